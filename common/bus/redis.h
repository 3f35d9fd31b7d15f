/* What the parts of the Redis driver share: redis.c publishing and reading, redis_dead.c dead letters, redis_state.c the state of the stream. */
#ifndef ROS_BUS_REDIS_H
#define ROS_BUS_REDIS_H

#include "base/buf.h"
#include "bus/driver.h"
#include "bus/wire.h"

#include <inttypes.h>
#include <stdio.h>

struct redis_bus {
	struct bus base;
	struct wire *wire;
	struct buf queue; /* XADDs that are not settled */
	size_t queued;
	size_t pushed;    /* bytes of the queue that were sent */
	bool push_failed; /* because of push_why */
	struct err push_why;
	struct buf out; /* the requests of the call at hand */
	size_t requests, answered;
	struct reply entries; /* what callbacks are given, so that they may call what does not read */
	struct reply answer;
	struct reply pending; /* what a claim looks at: its callbacks may use `answer` */
	struct field_list fields, burial;
	int64_t *counts; /* deliveries of `entries` */
	size_t counts_cap;
};

/* A call: compose requests, send them, take the replies. */
void redis_compose(struct redis_bus *b);
void redis_request(struct redis_bus *b, const struct str *args, size_t n);
int redis_send(struct redis_bus *b, struct err *e);

/* Adds a request of the arguments, each a struct str. */
#define REQUEST(b, ...) \
	redis_request((b), (struct str[]){ __VA_ARGS__ }, sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

/* Adds the XADD of one entry to a buffer of requests. */
void redis_request_xadd(struct buf *out, struct str stream, const struct entry_field *fields, size_t n);

/* The next reply, whatever it is. An error for want of permission names the command and the stream. */
int redis_reply(struct redis_bus *b, struct reply *r, struct err *e);

/* The next reply, which must not be an error; or the next, which must be a number. */
int redis_take(struct redis_bus *b, struct reply *r, struct err *e);
int redis_take_int(struct redis_bus *b, int64_t *v, struct err *e);

/* Sends what was composed and takes the first reply; *r is empty where none came. */
int redis_ask(struct redis_bus *b, struct reply *r, struct err *e);

/* Sends what was composed and takes all replies, of which *r keeps the last. */
int redis_ask_all(struct redis_bus *b, struct reply *r, struct err *e);

/* Whether the reply says that the group or its stream is not there (any more). */
bool redis_group_missing(const struct reply *r);

/* Each takes what stands there: an id; the fields of one entry, none where it was trimmed away (nil stands for them). */
struct entry_id redis_take_id(struct reply_at *at);
void redis_take_fields(struct reply_at *at, struct field_list *fields);

/* One item [id, consumer, idle, deliveries] of XPENDING. */
struct pending_item {
	struct entry_id id;
	struct str consumer;
	int64_t idle_ms, deliveries;
};

struct pending_item redis_take_pending(struct reply_at *at);

static inline struct redis_bus *redis_of(struct bus *b)
{
	return (struct redis_bus *)b;
}

static inline struct str number_text(int64_t v, char out[24])
{
	snprintf(out, 24, "%" PRId64, v);
	return str_of(out);
}

static inline struct str id_text(struct entry_id id, char out[ID_TEXT])
{
	id_format(id, out);
	return str_of(out);
}

static inline struct str stream_of(const struct redis_bus *b)
{
	return str_of(b->base.s.stream);
}

static inline struct str group_of(const struct redis_bus *b)
{
	return str_of(b->base.s.group);
}

static inline struct str dead_of(const struct redis_bus *b)
{
	return str_of(b->base.s.dead);
}

/* Calls of the driver, as driver.h has them. */
int redis_range(struct bus *base, bool dead, struct entry_id from, struct entry_id to, bool back, int count,
                bus_entry_fn *fn, void *arg, struct err *e);
int redis_dead(struct bus *base, struct entry_id id, struct str reason, enum bus_keep keep, struct err *e);
int redis_requeue(struct bus *base, struct entry_id id, struct err *e);
int redis_drop(struct bus *base, struct entry_id id, struct err *e);
int redis_info(struct bus *base, struct bus_info *info, struct err *e);
int redis_stream(struct bus *base, struct bus_stream *stream, struct err *e);
int redis_groups(struct bus *base, bus_group_fn *fn, void *arg, struct err *e);
int redis_server(struct bus *base, struct bus_server *server, struct err *e);
int redis_writable(struct bus *base, struct err *e);
int redis_query(struct bus *base, const struct str *args, size_t n, struct reply *reply, struct err *e);
int64_t redis_trim(struct bus *base, struct entry_id below, struct err *e);

#endif
