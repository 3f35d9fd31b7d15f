/* The table `stage_usage`: what AI the stages of the runs took. It gathers in memory like the rollups; each invocation counts as it is recorded, once. */
#ifndef ROS_STORE_USAGE_H
#define ROS_STORE_USAGE_H

#include "base/err.h"
#include "base/map.h"
#include "db/db.h"
#include "event/event.h"

#include <stddef.h>
#include <stdint.h>

struct usage_row {
	int64_t calls, priced, cost_nano, latency_ms;
};

struct usage {
	struct db_stmt *add;
	struct map *places; /* (run, stage): number of its row */
	struct usage_row *rows;
	size_t cap;
};

int usage_init(struct usage *u, struct db *db, struct err *e);
void usage_free(struct usage *u);

/* Counts one recorded invocation, where it names a run and a stage. A sum that would leave 64 bits stays at the largest integer. */
void usage_count(struct usage *u, const struct event *ev);
size_t usage_size(const struct usage *u); /* rows in memory */

/* Adds what was counted to the table. */
int usage_write(struct usage *u, struct err *e);
void usage_clear(struct usage *u);

#endif
