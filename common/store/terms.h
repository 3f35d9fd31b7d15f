/* Interned strings: the table `term`, with what was looked up kept in memory. */
#ifndef ROS_STORE_TERMS_H
#define ROS_STORE_TERMS_H

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "db/db.h"

#include <stddef.h>
#include <stdint.h>

struct terms {
	struct db *db;
	struct db_stmt *find, *insert;
	struct map *ids;
	size_t bytes; /* of the strings in memory */
};

int terms_init(struct terms *t, struct db *db, struct err *e);
void terms_free(struct terms *t);

/* The number of the string; a new one is inserted. Within a transaction only. */
int terms_id(struct terms *t, struct str text, int64_t *id, struct err *e);

/* Looks everything up again: after a rollback, and when somebody else has written. */
void terms_forget(struct terms *t);

#endif
