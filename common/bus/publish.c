/*
 * Entries go to the bus as they are added, which works on them meanwhile. They are kept as encoded fields as well until the batch is settled, since an
 * entry may have to go two ways: to the bus, and, when no reply came, to the queue. What did arrive although its reply was lost is then published
 * twice, with the same number: the record counts it once.
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
#define AT_ONCE 1000 /* entries forwarded, and numbers reserved */
#define NEARLY_FULL_PART 5 /* less than a fifth is free */
#define NUMBER_TEXT 24 /* room for an integer and its NUL */

/* In front of each entry's fields in the batch. */
struct held {
	size_t bytes;
	int64_t sequence; /* 0: none */
};

struct outcome {
	enum published what;
	char id[ID_TEXT];
};

struct publisher {
	struct publisher_settings s;
	struct bus *bus; /* NULL: not connected yet */

	/* The batch. */
	struct buf batch;
	size_t n;
	size_t appended;         /* of its entries to the bus: the first of them */
	int64_t room;            /* how many more may be; 0: the batch goes to the queue */
	size_t numbers;          /* reserved and not given yet */
	bool in_doubt;           /* some that were appended got no reply */
	struct err why;          /* of the first entry that the bus did not take */
	struct outcome *outcome; /* of each entry, when it is settled */
	size_t outcome_cap, replied;
	struct field_list fields;

	struct backoff backoff;
	int64_t retry_at;
	struct err trouble, queue_trouble;
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

size_t publisher_bytes(const struct publisher *p)
{
	return p->batch.n;
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

/*
 * How many entries the stream may take. The cap: what no group needs any more makes room, before the stream is full; what a group needs is
 * never pushed out.
 */
static int64_t make_room(struct publisher *p, struct err *e)
{
	struct bus_info info;
	int64_t near = p->s.max_len - p->s.max_len / NEARLY_FULL_PART;
	if (bus_info(p->bus, &info, e) < 0)
		return -1;
	int64_t trimmed = info.length >= near ? bus_trim(p->bus, INT64_MAX, e) : 0;
	if (trimmed < 0 && e->status != ROS_CONFIG)
		return -1;
	int64_t length = info.length - (trimmed > 0 ? trimmed : 0); /* a producer may have no right to trim: `ros-bus trim` has */
	p->state.nearly_full |= length >= near;
	if (length < p->s.max_len)
		return p->s.max_len - length;
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

/* --- the queue --- */

static int count_waiting(struct publisher *p, struct err *e)
{
	struct queue_info info = { 0 };
	int rc = p->s.queue ? queue_info(p->s.queue, &info, e) : 0;
	p->state.waiting = info.entries;
	return rc;
}

/* Once: up to AT_ONCE entries. */
static int forward(struct publisher *p, struct err *e)
{
	if (!p->bus && bus_open(&p->bus, p->s.bus, e) < 0)
		return -1;
	int64_t most = make_room(p, e);
	if (most < 0)
		return -1;
	return queue_forward(p->s.queue, p->bus, most < AT_ONCE ? (int)most : AT_ONCE, e);
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
	if (count_waiting(p, &p->queue_trouble) < 0) {
		p->state.queue_trouble = &p->queue_trouble;
		return true;
	}
	if (publisher_forward(p, time_monotonic_ms() + p->s.bus->timeout_ms, &why) < 0) {
		note_trouble(p, &why);
	} else if (p->state.waiting > 0) {
		err_set(&p->trouble, ROS_LATER, "another process forwards the local queue");
		p->state.trouble = &p->trouble;
	}
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

static void add_number(struct publisher *p, int64_t sequence, char number[NUMBER_TEXT])
{
	if (sequence == 0)
		return;
	snprintf(number, NUMBER_TEXT, "%" PRId64, sequence);
	field_list_add(&p->fields, STR("source"), str_of(p->s.producer->source));
	field_list_add(&p->fields, STR("sequence"), str_of(number));
}

/* The entry at *at, which moves behind it. */
static void decode(struct publisher *p, size_t *at, char number[NUMBER_TEXT])
{
	struct held held;
	memcpy(&held, p->batch.p + *at, sizeof held);
	fields_decode((struct str){ p->batch.p + *at + sizeof held, held.bytes }, &p->fields);
	add_number(p, held.sequence, number);
	*at += sizeof held + held.bytes;
}

/* Queues what was not published. */
static int queue_rest(struct publisher *p, struct err *e)
{
	char number[NUMBER_TEXT];
	int rc = 0;
	struct err later;
	for (size_t i = 0, at = 0; i < p->n && rc == 0; i++) {
		decode(p, &at, number);
		if (p->outcome[i].what != PUBLISHED)
			rc = queue_append(p->s.queue, p->fields.v, p->fields.n, e);
	}
	p->replied = 0;
	if (queue_settle(p->s.queue, note_queued, p, &later) < 0 && rc == 0)
		rc = err_set(e, later.status, "%s", later.text);
	return rc;
}

/* --- the batch --- */

/* Where the batch goes: to the bus, as long as there is room, or to the queue. */
static void begin(struct publisher *p)
{
	p->appended = 0;
	p->room = 0;
	p->in_doubt = false;
	p->why = (struct err){ 0 };
	if (!reach(p))
		return;
	struct err why;
	p->state.trouble = NULL;
	if (queue_is_empty(p) && (p->room = make_room(p, &why)) < 0)
		note_trouble(p, &why);
}

/*
 * The next number; 0: none. Numbers are noted before they are used. Where that fails, entries go without: a number that is given twice would hide a
 * loss.
 */
static int64_t next_number(struct publisher *p)
{
	struct err e;
	if (p->numbers == 0 && producer_reserve(p->s.producer, AT_ONCE, &e) < 0)
		return 0;
	p->numbers = p->numbers ? p->numbers : AT_ONCE;
	return p->s.producer->next - (int64_t)p->numbers--;
}

/* What the entry is until its reply has come. */
static void hold(struct publisher *p, const struct entry_field *fields, size_t n, int64_t sequence)
{
	struct held held = { 0, sequence };
	size_t at = p->batch.n;
	buf_add(&p->batch, &held, sizeof held);
	fields_encode(&p->batch, fields, n);
	if (!buf_ok(&p->batch))
		mem_fatal("out of memory");
	held.bytes = p->batch.n - at - sizeof held;
	memcpy(p->batch.p + at, &held, sizeof held);
	p->n++;
}

void publisher_add(struct publisher *p, const struct entry_field *fields, size_t n, bool numbered)
{
	char number[NUMBER_TEXT];
	if (p->n == 0)
		begin(p);
	int64_t sequence = numbered && p->s.producer ? next_number(p) : 0;
	hold(p, fields, n, sequence);
	if (p->room <= 0)
		return;
	p->fields.n = 0;
	for (size_t i = 0; i < n; i++)
		field_list_add(&p->fields, fields[i].name, fields[i].value);
	add_number(p, sequence, number);
	if (bus_append(p->bus, p->fields.v, p->fields.n, &p->why) < 0) {
		p->room = 0;
		return;
	}
	p->appended++;
	p->room--;
}

/* The replies to what was appended. -1: not all of the batch is on the bus; why is known, or there was no more room. */
static int settle_bus(struct publisher *p)
{
	struct err why;
	p->replied = 0;
	p->in_doubt = p->appended > 0 && bus_settle(p->bus, note_reply, p, &why) < 0;
	if (p->in_doubt || p->why.text[0] != '\0') {
		note_trouble(p, p->in_doubt ? &why : &p->why);
		return -1;
	}
	if (p->appended == p->n)
		return 0;
	if (p->appended > 0 && make_room(p, &why) < 0)
		note_trouble(p, &why);
	return -1;
}

/* Whether that entry's number was never used: the bus refused the entry or never saw it, and the queue did not take it. */
static bool is_unused(const struct publisher *p, size_t i)
{
	return p->outcome[i].what == NOT_TAKEN && (i >= p->appended || !p->in_doubt);
}

/* What was refused at the end of the batch leaves no gap. */
static void settle_numbers(struct publisher *p)
{
	struct err e;
	size_t unused = p->numbers, last = p->n;
	while (last > 0 && is_unused(p, last - 1))
		last--;
	for (size_t i = 0, at = 0; i < p->n; i++) {
		struct held held;
		memcpy(&held, p->batch.p + at, sizeof held);
		at += sizeof held + held.bytes;
		unused += i >= last && held.sequence > 0;
	}
	p->numbers = 0;
	producer_settle(p->s.producer, unused, &e);
}

static void tell(struct publisher *p, published_fn *fn, void *arg)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct outcome *o = &p->outcome[i];
		fn(arg, o->what, o->what == PUBLISHED ? str_of(o->id) : (struct str){ 0 });
	}
}

static void make_outcomes(struct publisher *p)
{
	if (p->n > p->outcome_cap) {
		p->outcome_cap = p->n;
		p->outcome = mem_grow(p->outcome, p->n, sizeof *p->outcome);
	}
	for (size_t i = 0; i < p->n; i++)
		p->outcome[i].what = NOT_TAKEN;
}

int publisher_settle(struct publisher *p, published_fn *fn, void *arg, struct err *e)
{
	if (p->n == 0)
		return 0;
	make_outcomes(p);
	int rc = settle_bus(p);
	if (rc == 0)
		backoff_reset(&p->backoff);
	else if (p->s.queue)
		rc = queue_rest(p, e);
	else
		*e = p->trouble;
	if (p->s.producer)
		settle_numbers(p);
	tell(p, fn, arg);
	buf_clear(&p->batch);
	p->n = 0;
	return rc;
}

void publisher_look(const struct publisher *p, struct publisher_state *state)
{
	*state = p->state;
}
