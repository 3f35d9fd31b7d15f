/* See the header. */
#include "bus/queue.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "bus/fields.h"
#include "bus/id.h"
#include "bus/pace.h"
#include "io/lock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 8192
#define NAME_BYTES 16384
#define GROUP "forward"
#define FORWARD_MOST 1000

struct queue {
	struct queue_settings s;
	struct bus_settings file; /* the file bus's own */
	struct buf url, stream, dead, lock;
	const char *path; /* in url */
	struct bus *bus;  /* NULL until it is needed */
	size_t held;      /* entries appended and not settled */
	struct pace pace;
	struct field_list fields;

	/* The batch that is being forwarded. */
	struct bus *to;
	char text[FORWARD_MOST][ID_TEXT];
	struct str ids[FORWARD_MOST]; /* of the entries; first those that were published */
	size_t taken, replied, published;
	struct err why; /* of the first that was not */
};

struct queue *queue_new(const struct queue_settings *s)
{
	struct queue *q = mem_alloc(sizeof *q);
	size_t name_bytes = strlen(s->bus->url) + 1;
	char *name = mem_alloc(name_bytes);
	q->s = *s;
	buf_init(&q->url, PATH_BYTES);
	buf_init(&q->stream, NAME_BYTES);
	buf_init(&q->dead, NAME_BYTES);
	buf_init(&q->lock, PATH_BYTES);
	bus_name(s->bus->url, name, name_bytes);
	buf_fmt(&q->url, "file://%s/queue.db", s->dir);
	bool tls = str_starts(str_of(name), "rediss:"); /* the same bus as without: what waits for a URL that had to be mended goes on */
	buf_fmt(&q->stream, "%s %s%s", s->bus->stream, tls ? "redis" : "", tls ? name + strlen("rediss") : name);
	buf_fmt(&q->dead, "%s dead", buf_cstr(&q->stream));
	free(name);
	buf_fmt(&q->lock, "%s/queue.lock", s->dir);
	q->path = buf_cstr(&q->url) + (buf_ok(&q->url) ? sizeof "file://" - 1 : 0);
	q->file = (struct bus_settings){ .url = buf_cstr(&q->url), .stream = buf_cstr(&q->stream), .group = GROUP, .dead = buf_cstr(&q->dead),
		                         .timeout_ms = s->bus->timeout_ms };
	return q;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	bus_close(q->bus);
	field_list_free(&q->fields);
	buf_free(&q->url);
	buf_free(&q->stream);
	buf_free(&q->dead);
	buf_free(&q->lock);
	free(q);
}

const char *queue_path(const struct queue *q)
{
	return q->path;
}

static int open_file(struct queue *q, struct err *e)
{
	if (q->bus)
		return 0;
	if (!buf_ok(&q->url) || !buf_ok(&q->lock) || !buf_ok(&q->dead))
		return err_set(e, ROS_CONFIG, "the name of the state directory or of the bus is too long");
	return bus_open(&q->bus, &q->file, e);
}

static int note_age(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct queue_info *info = arg;
	struct entry_id id;
	(void)e;
	if (id_parse(entry->id, 0, &id))
		info->oldest_ms = (int64_t)id.ms;
	return 0;
}

int queue_info(struct queue *q, struct queue_info *info, struct err *e)
{
	struct bus_info state;
	*info = (struct queue_info){ 0 };
	if (!q->bus && access(q->path, F_OK) != 0)
		return 0;
	if (open_file(q, e) < 0 || bus_info(q->bus, &state, e) < 0)
		return -1;
	info->entries = state.length;
	return info->entries > 0 ? bus_range(q->bus, STR("-"), STR("+"), 1, note_age, info, e) : 0;
}

/* Of the file and of its log, in bytes. */
static int64_t bytes_on_disk(const struct queue *q)
{
	struct stat st;
	struct buf log;
	int64_t bytes = stat(q->path, &st) == 0 ? st.st_size : 0;
	buf_init(&log, PATH_BYTES);
	buf_fmt(&log, "%s-wal", q->path);
	if (stat(buf_cstr(&log), &st) == 0)
		bytes += st.st_size;
	buf_free(&log);
	return bytes;
}

static int check_limits(struct queue *q, struct err *e)
{
	struct queue_info info;
	if (queue_info(q, &info, e) < 0)
		return -1;
	if (info.entries > 0 && bytes_on_disk(q) >= q->s.max_bytes)
		return err_set(e, ROS_LATER, "the local queue %s is full: %" PRId64 " events wait in it, the limit is %" PRId64 " bytes", q->path,
		               info.entries, q->s.max_bytes);
	if (info.entries > 0 && time_now_ms() - info.oldest_ms > q->s.max_age_ms)
		return err_set(e, ROS_LATER, "the local queue %s takes nothing more: its oldest event has waited for %" PRId64 " hours", q->path,
		               (time_now_ms() - info.oldest_ms) / TIME_HOUR_MS);
	return 0;
}

int queue_append(struct queue *q, const struct entry_field *fields, size_t n, struct err *e)
{
	if (open_file(q, e) < 0 || (q->held == 0 && check_limits(q, e) < 0) || bus_append(q->bus, fields, n, e) < 0)
		return -1;
	q->held++;
	return 0;
}

int queue_settle(struct queue *q, bus_reply_fn *reply, void *arg, struct err *e)
{
	if (q->held == 0)
		return 0;
	q->held = 0;
	return bus_settle(q->bus, reply, arg, e);
}

/* --- forwarding --- */

/* What is forwarded says since when it waited, so that how old it is at its arrival tells of the outage, not of the bus. */
static int forward_entry(struct queue *q, const struct bus_entry *entry, struct err *e)
{
	struct str since;
	str_cut(entry->id, '-', &since);
	q->fields.n = 0;
	for (size_t i = 0; i < entry->n_fields; i++)
		field_list_add(&q->fields, entry->fields[i].name, entry->fields[i].value);
	field_list_add(&q->fields, STR("queued"), since);
	return bus_append(q->to, q->fields.v, q->fields.n, e);
}

static int take(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct queue *q = arg;
	pace_note(&q->pace, entry);
	snprintf(q->text[q->taken], ID_TEXT, "%.*s", STR_ARG(entry->id));
	q->ids[q->taken] = str_of(q->text[q->taken]);
	q->taken++;
	return forward_entry(q, entry, e);
}

/* Replies come in the order of the entries. */
static void note_reply(void *arg, struct str id, const struct err *why)
{
	struct queue *q = arg;
	struct str entry = q->ids[q->replied++];
	if (id.p)
		q->ids[q->published++] = entry;
	else if (q->why.text[0] == '\0')
		q->why = *why;
}

/* What an earlier batch left behind comes first: it is older. */
static int read_batch(struct queue *q, int most, struct err *e)
{
	int count = pace_next(&q->pace, most < FORWARD_MOST ? most : FORWARD_MOST);
	int n = bus_read_own(q->bus, GROUP, STR("0"), count, take, q, e);
	return n != 0 ? n : bus_read_new(q->bus, GROUP, count, 0, take, q, e);
}

/* What was published leaves the queue; and what an earlier process had published when it was killed. */
static int remove_published(struct queue *q, struct err *e)
{
	if (q->published > 0 && bus_ack(q->bus, q->ids, q->published, e) < 0)
		return -1;
	return bus_trim(q->bus, INT64_MAX, e) < 0 ? -1 : 0;
}

/* Whatever failed, what was published is removed. */
static int forward(struct queue *q, int most, struct err *e)
{
	struct err later;
	q->taken = q->replied = q->published = 0;
	q->why = (struct err){ 0 };
	int rc = read_batch(q, most, e);
	if (bus_settle(q->to, note_reply, q, &later) < 0 && rc >= 0)
		rc = err_set(e, later.status, "%s", later.text);
	else if (rc > 0 && q->published < q->taken)
		rc = err_set(e, q->why.status, "%s", q->why.text);
	if (remove_published(q, &later) < 0 && rc >= 0)
		rc = err_set(e, later.status, "%s", later.text);
	if (rc < 0)
		q->pace = (struct pace){ 0 }; /* it may have been too much at once for the time */
	return rc < 0 ? -1 : (int)q->published;
}

int queue_forward(struct queue *q, struct bus *to, int most, struct err *e)
{
	int lock, rc;
	if (!q->bus && access(q->path, F_OK) != 0)
		return 0;
	if (open_file(q, e) < 0 || (rc = lock_take(buf_cstr(&q->lock), &lock, e)) < 0)
		return -1;
	if (rc == 1)
		return 0;
	q->to = to;
	rc = forward(q, most, e);
	close(lock);
	return rc;
}
