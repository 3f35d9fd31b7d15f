/*
 * The batch is kept as encoded fields until it is settled, since an entry may have to go two ways: to the bus, and, when no reply came, to
 * the queue. What did arrive although its reply was lost is then published twice, with the same number: the record counts it once.
 */
#include "bus/publish.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "bus/backoff.h"
#include "bus/driver.h"
#include "bus/fields.h"
#include "io/wait.h"

#include <inttypes.h>
#include <stdlib.h>

#define BATCH_MAX ((size_t)1 << 30)
#define FORWARD_AT_ONCE 1000
#define NUMBER_TEXT 24 /* room for an integer and its NUL */
#define NEARLY_FULL_PART 5 /* less than a fifth is free */

/* In front of each entry's fields in the batch. */
struct held {
	size_t bytes;
	bool numbered;
};

struct outcome {
	enum published what;
	char id[ID_TEXT];
};

struct publisher {
	struct publisher_settings s;
	struct bus *bus; /* NULL: not connected yet */
	struct buf batch;
	size_t n, numbered;
	struct outcome *outcome;
	size_t outcome_cap;
	struct field_list fields;
	bool sent;               /* something of the batch went towards the bus */
	size_t replied;          /* to which outcomes have been told */
	struct err why;          /* of the first entry of the batch that the bus refused */

	struct backoff backoff;
	int64_t retry_at;
	struct err trouble;
	struct publisher_state state;
};

struct publisher *publisher_new(const struct publisher_settings *s)
{
	struct publisher *p = mem_alloc(sizeof *p);
	p->s = *s;
	buf_init(&p->batch, BATCH_MAX);
	return p;
}

void publisher_free(struct publisher *p)
{
	if (!p)
		return;
	bus_close(p->bus);
	buf_free(&p->batch);
	field_list_free(&p->fields);
	free(p->outcome);
	free(p);
}

void publisher_add(struct publisher *p, const struct entry_field *fields, size_t n, bool numbered)
{
	struct held held = { 0, numbered && p->s.producer };
	size_t at = p->batch.n;
	buf_add(&p->batch, &held, sizeof held);
	fields_encode(&p->batch, fields, n);
	if (!buf_ok(&p->batch))
		mem_fatal("out of memory");
	held.bytes = p->batch.n - at - sizeof held;
	memcpy(p->batch.p + at, &held, sizeof held);
	p->n++;
	p->numbered += held.numbered;
}

size_t publisher_batch(const struct publisher *p)
{
	return p->n;
}

size_t publisher_bytes(const struct publisher *p)
{
	return p->batch.n;
}

/* The entry at *at with its number, which counts up; *at moves behind it. */
static void decode(struct publisher *p, size_t *at, struct origin *origin, char number[NUMBER_TEXT])
{
	struct held held;
	memcpy(&held, p->batch.p + *at, sizeof held);
	fields_decode((struct str){ p->batch.p + *at + sizeof held, held.bytes }, &p->fields);
	*at += sizeof held + held.bytes;
	if (!held.numbered || origin->sequence == 0)
		return;
	snprintf(number, NUMBER_TEXT, "%" PRId64, origin->sequence++);
	field_list_add(&p->fields, STR("source"), origin->source);
	field_list_add(&p->fields, STR("sequence"), str_of(number));
}

/* --- the bus --- */

static void note_trouble(struct publisher *p, const struct err *why)
{
	p->trouble = *why;
	p->state.trouble = &p->trouble;
	if (!backoff_helps(why) && (int)why->status > p->state.stuck)
		p->state.stuck = (int)why->status;
	p->retry_at = time_monotonic_ms() + backoff_next(&p->backoff);
	p->state.failures++;
}

/* Whether it is time to try the bus, and it is there. */
static bool reach(struct publisher *p)
{
	struct err why;
	if (p->state.trouble && time_monotonic_ms() < p->retry_at)
		return false;
	if (p->bus || bus_open(&p->bus, p->s.bus, &why) == 0)
		return true;
	note_trouble(p, &why);
	return false;
}

/* The cap: what no group needs any more makes room, before the stream is full; what a group needs is never pushed out. */
static int make_room(struct publisher *p, int64_t n, struct err *e)
{
	struct bus_info info;
	int64_t near = p->s.max_len - p->s.max_len / NEARLY_FULL_PART;
	if (bus_info(p->bus, &info, e) < 0)
		return -1;
	int64_t trimmed = info.length + n > near ? bus_trim(p->bus, INT64_MAX, e) : 0;
	if (trimmed < 0)
		return -1;
	int64_t length = info.length - trimmed;
	p->state.nearly_full |= length + n > near;
	if (length <= p->s.max_len - n)
		return 0;
	return err_set(e, ROS_LATER, "the stream %s is full: %" PRId64 " entries that are not acknowledged yet, the limit is %" PRId64,
	               p->s.bus->stream, length, p->s.max_len);
}

/* Replies come in the order of the entries that were appended. */
static void note_reply(void *arg, struct str id, const struct err *why)
{
	struct publisher *p = arg;
	struct outcome *o = &p->outcome[p->replied++];
	if (id.p) {
		o->what = PUBLISHED;
		snprintf(o->id, sizeof o->id, "%.*s", STR_ARG(id));
		p->state.published++;
	} else if (p->why.text[0] == '\0') {
		p->why = *why;
	}
}

/* Sends the batch. -1: not all of it is on the bus. */
static int send_batch(struct publisher *p, struct origin origin, struct err *e)
{
	struct err later;
	char number[NUMBER_TEXT];
	if (make_room(p, (int64_t)p->n, e) < 0)
		return -1;
	int rc = 0;
	p->sent = true;
	for (size_t i = 0, at = 0; i < p->n && rc == 0; i++) {
		decode(p, &at, &origin, number);
		rc = bus_append(p->bus, p->fields.v, p->fields.n, e);
	}
	if (bus_settle(p->bus, note_reply, p, &later) < 0 && rc == 0)
		rc = err_set(e, later.status, "%s", later.text);
	if (rc == 0 && p->why.text[0] != '\0')
		rc = err_set(e, p->why.status, "%s", p->why.text);
	return rc;
}

/* --- the queue --- */

static int count_waiting(struct publisher *p, struct err *e)
{
	struct queue_info info = { 0 };
	int rc = p->s.queue ? queue_info(p->s.queue, &info, e) : 0;
	p->state.waiting = info.entries;
	return rc;
}

/* One batch. */
static int forward(struct publisher *p, struct err *e)
{
	int most = p->state.waiting < FORWARD_AT_ONCE ? (int)p->state.waiting : FORWARD_AT_ONCE;
	if (!p->bus && bus_open(&p->bus, p->s.bus, e) < 0)
		return -1;
	return make_room(p, most, e) < 0 ? -1 : queue_forward(p->s.queue, p->bus, most, e);
}

int64_t publisher_forward(struct publisher *p, int64_t deadline, struct err *e)
{
	int64_t moved = 0;
	int n = 1;
	if (count_waiting(p, e) < 0)
		return -1;
	while (n > 0 && p->state.waiting > 0 && time_monotonic_ms() < deadline && !wait_stopping()) {
		n = forward(p, e);
		if (n < 0 || count_waiting(p, e) < 0)
			return -1;
		moved += n;
		p->state.forwarded += n;
	}
	return moved;
}

/* Whether nothing waits in the queue (any more) that the batch could overtake. A queue that cannot be read holds nobody up. */
static bool queue_is_empty(struct publisher *p)
{
	struct err why;
	if (count_waiting(p, &why) < 0)
		return true;
	if (publisher_forward(p, time_monotonic_ms() + p->s.bus->timeout_ms, &why) < 0)
		note_trouble(p, &why);
	return p->state.waiting == 0;
}

/* In the order of the entries that have not been published. */
static void note_queued(void *arg, struct str id, const struct err *why)
{
	struct publisher *p = arg;
	(void)why;
	while (p->outcome[p->replied].what == PUBLISHED)
		p->replied++;
	if (id.p) {
		p->outcome[p->replied].what = QUEUED;
		p->state.queued++;
		p->state.waiting++;
	}
	p->replied++;
}

/* Queues what was not published. */
static int queue_rest(struct publisher *p, struct origin origin, struct err *e)
{
	char number[NUMBER_TEXT];
	int rc = 0;
	struct err later;
	for (size_t i = 0, at = 0; i < p->n && rc == 0; i++) {
		decode(p, &at, &origin, number);
		if (p->outcome[i].what != PUBLISHED)
			rc = queue_append(p->s.queue, p->fields.v, p->fields.n, e);
	}
	p->replied = 0;
	if (queue_settle(p->s.queue, note_queued, p, &later) < 0 && rc == 0)
		rc = err_set(e, later.status, "%s", later.text);
	return rc;
}

/* --- the batch --- */

static void begin(struct publisher *p)
{
	if (p->n > p->outcome_cap) {
		p->outcome_cap = p->n;
		p->outcome = mem_grow(p->outcome, p->n, sizeof *p->outcome);
	}
	for (size_t i = 0; i < p->n; i++)
		p->outcome[i].what = NOT_TAKEN;
	p->sent = false;
	p->replied = 0;
	p->why = (struct err){ 0 };
}

/* Numbers are noted before they are used. Where that fails, entries go without: a number that is given twice would hide a loss. */
static struct origin take_numbers(struct publisher *p)
{
	struct err e;
	if (p->numbered == 0)
		return (struct origin){ 0 };
	int64_t first = producer_reserve(p->s.producer, p->numbered, &e);
	return first < 0 ? (struct origin){ 0 } : (struct origin){ str_of(p->s.producer->source), first };
}

/* What was refused as a whole before anything was sent leaves no gap. */
static void settle_numbers(struct publisher *p, struct origin origin, int rc)
{
	struct err e;
	if (origin.sequence > 0)
		producer_settle(p->s.producer, rc < 0 && !p->sent && p->outcome[0].what == NOT_TAKEN ? p->numbered : 0, &e);
}

static void tell(struct publisher *p, published_fn *fn, void *arg)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct outcome *o = &p->outcome[i];
		fn(arg, o->what, o->what == PUBLISHED ? str_of(o->id) : (struct str){ 0 });
	}
}

int publisher_settle(struct publisher *p, published_fn *fn, void *arg, struct err *e)
{
	if (p->n == 0)
		return 0;
	begin(p);
	struct origin origin = take_numbers(p);
	struct err why = { 0 };
	int rc = -1;
	if (reach(p)) {
		p->state.trouble = NULL;
		if (queue_is_empty(p) && (rc = send_batch(p, origin, &why)) < 0)
			note_trouble(p, &why);
	}
	if (rc == 0)
		backoff_reset(&p->backoff);
	else if (p->s.queue)
		rc = queue_rest(p, origin, e);
	else
		*e = p->trouble;
	settle_numbers(p, origin, rc);
	tell(p, fn, arg);
	buf_clear(&p->batch);
	p->n = p->numbered = 0;
	return rc;
}

void publisher_look(const struct publisher *p, struct publisher_state *state)
{
	*state = p->state;
}
