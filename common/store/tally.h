/* The table `tally_hour`: counts of named things by hour and series. They gather in memory like the rollups. */
#ifndef ROS_STORE_TALLY_H
#define ROS_STORE_TALLY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "db/db.h"
#include "event/event.h"
#include "json/reader.h"

#include <stddef.h>
#include <stdint.h>

struct tally {
	struct db_stmt *add;
	struct map *counts; /* (hour, series, kind, name): count */
	struct buf key;
};

int tally_init(struct tally *t, struct db *db, struct err *e);
void tally_free(struct tally *t);

/* Counts what one recorded event names. */
void tally_count(struct tally *t, int64_t hour, int64_t series, const struct json_reader *reader, const struct event *ev);
size_t tally_size(const struct tally *t); /* counts in memory */

/* Adds what was counted to the table. */
int tally_write(struct tally *t, struct err *e);
void tally_clear(struct tally *t);

#endif
