/*
 * Deployments and series: the combinations of attributes that calls are found and counted by. The tables of these names, with what was looked up kept
 * in memory. The schema says which fields belong to which (x-ros-column ... deployment, ... series).
 */
#ifndef ROS_STORE_SERIES_H
#define ROS_STORE_SERIES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "db/db.h"
#include "event/event.h"

#include <stddef.h>
#include <stdint.h>

struct series {
	int64_t deployment, id;
};

/* One of the two tables. */
struct combinations {
	enum schema_column kind;
	struct db_stmt *find, *insert;
	struct map *ids; /* packed attributes: id */
};

struct series_set {
	struct db *db;
	struct combinations deployments, series;
	size_t bytes; /* of the keys in memory */
	struct buf key;
};

int series_init(struct series_set *s, struct db *db, struct err *e);
void series_free(struct series_set *s);

/* The event's series; what is new is inserted. Within a transaction only. */
int series_find(struct series_set *s, const struct event *ev, struct series *out, struct err *e);

/* Looks everything up again: after a rollback, and when somebody else has written. */
void series_forget(struct series_set *s);

#endif
