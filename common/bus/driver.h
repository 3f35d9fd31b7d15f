/*
 * What a driver of the bus is: the calls of bus.h, whose arguments bus.c has checked. Included by bus.c, letter.c and the drivers
 * only.
 */
#ifndef ROS_BUS_DRIVER_H
#define ROS_BUS_DRIVER_H

#include "base/hash.h"
#include "bus/bus.h"
#include "bus/fields.h"
#include "bus/id.h"
#include "bus/url.h"

struct bus_driver {
	struct bus *(*make)(void);                    /* the driver's own struct, zeroed but for what close needs */
	int (*connect)(struct bus *b, struct err *e); /* the common part is filled */
	void (*close)(struct bus *b);
	int (*append)(struct bus *b, const struct entry_field *fields, size_t n, struct err *e);
	int (*settle)(struct bus *b, bus_reply_fn *reply, void *arg, struct err *e);
	int (*group_create)(struct bus *b, struct err *e);
	int (*read_new)(struct bus *b, const char *consumer, int count, int block_ms, bus_entry_fn *fn, void *arg,
	                struct err *e);
	int (*read_own)(struct bus *b, const char *consumer, struct entry_id after, int count, bus_entry_fn *fn,
	                void *arg, struct err *e);
	int (*claim)(struct bus *b, const char *consumer, int64_t min_idle_ms, struct entry_id *cursor, int count,
	             bus_entry_fn *fn, bus_lost_fn *lost, void *arg, struct err *e);
	int (*range)(struct bus *b, bool dead, struct entry_id from, struct entry_id to, bool back, int count,
	             bus_entry_fn *fn, void *arg, struct err *e); /* dead: of the dead letters; back: the newest first */
	int (*follow)(struct bus *b, struct entry_id from, int count, int block_ms, bus_entry_fn *fn, void *arg,
	              struct err *e);
	int (*ack)(struct bus *b, const struct entry_id *ids, size_t n, struct err *e);
	int (*dead)(struct bus *b, struct entry_id id, struct str reason, enum bus_keep keep, struct err *e);
	int (*requeue)(struct bus *b, struct entry_id id, struct err *e); /* 0: no such letter */
	int (*drop)(struct bus *b, struct entry_id id, struct err *e);    /* likewise */
	int (*info)(struct bus *b, struct bus_info *info, struct err *e);
	int (*stream)(struct bus *b, struct bus_stream *stream, struct err *e);
	int (*groups)(struct bus *b, bus_group_fn *fn, void *arg, struct err *e);
	int (*server)(struct bus *b, struct bus_server *server, struct err *e); /* NULL: there is none */
	int (*writable)(struct bus *b, struct err *e); /* NULL: it always is */
	int (*query)(struct bus *b, const struct str *args, size_t n, struct reply *reply, struct err *e); /* likewise */
	int64_t (*trim)(struct bus *b, struct entry_id below, struct err *e);
};

/* The consumers of one group. */
struct consumer_list {
	struct bus_consumer *v;
	size_t n, cap;
};

/* The first member of every driver's own struct. */
struct bus {
	const struct bus_driver *driver;
	struct bus_settings s;
	struct url url;
	char name[256];       /* bus_name() of the URL */
	struct entry_id *ids; /* scratch of bus_ack() */
	size_t ids_cap;
};

extern const struct bus_driver redis_driver, file_driver;

/* The name is copied. */
void consumer_list_add(struct consumer_list *l, struct bus_consumer consumer);
void consumer_list_free(struct consumer_list *l);

/*
 * letter.c: turns an entry's fields into those of its dead letter: what is kept of them, then reason and original_id. `hash` is where the digest's text lives.
 */
void field_list_bury(struct field_list *l, struct str id, struct str reason, enum bus_keep keep, char hash[SHA256_TEXT]);

/* letter.c: turns a dead letter's fields back into those of its entry. -1: its data was not kept. */
int field_list_unbury(struct field_list *l, struct str id, struct err *e);

/*
 * Long waits are cut: a connection that died without a word is noticed, and so is a commit whose process died before it
 * could announce it.
 */
#define SLICE_MS 5000

#endif
