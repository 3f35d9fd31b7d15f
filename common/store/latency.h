/* The table `latency_day`: latency sketches by day and deployment. They gather in memory like the rollups. */
#ifndef ROS_STORE_LATENCY_H
#define ROS_STORE_LATENCY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "db/db.h"
#include "stats/sketch.h"

#include <stddef.h>
#include <stdint.h>

struct latency {
	struct db_stmt *find, *put;
	struct map *places; /* (day, deployment): number of its sketch */
	struct sketch **sketches;
	size_t cap;
	struct buf bytes;
};

int latency_init(struct latency *l, struct db *db, struct err *e);
void latency_free(struct latency *l);

void latency_count(struct latency *l, int64_t day, int64_t deployment, int64_t ms);
size_t latency_size(const struct latency *l); /* sketches in memory */

/* Merges what was counted into the table. */
int latency_write(struct latency *l, struct err *e);
void latency_clear(struct latency *l);

#endif
