/* The table `rollup_hour`: sums by hour and series. They gather in memory and are added to the table's rows at the end of a transaction. */
#ifndef ROS_STORE_ROLLUP_H
#define ROS_STORE_ROLLUP_H

#include "base/err.h"
#include "base/map.h"
#include "db/db.h"
#include "event/event.h"
#include "json/reader.h"

#include <stddef.h>
#include <stdint.h>

/* The columns after (hour, series_id, first_ms, last_ms), in their order. */
enum rollup_column {
	ROLLUP_CALLS,
	ROLLUP_INPUT_TOKENS,
	ROLLUP_OUTPUT_TOKENS,
	ROLLUP_CACHE_READ_TOKENS,
	ROLLUP_CACHE_WRITE_TOKENS,
	ROLLUP_REASONING_TOKENS,
	ROLLUP_COST_NANO,
	ROLLUP_COST_NANO_MAX,
	ROLLUP_PRICED_PROVIDER,
	ROLLUP_PRICED_LOCAL,
	ROLLUP_PRICED_UNSTATED,
	ROLLUP_TIMED,
	ROLLUP_LATENCY_MS,
	ROLLUP_LATENCY_MS_MAX,
	ROLLUP_ESCALATED,
	ROLLUP_GATED,
	ROLLUP_GATE_FAILED,
	ROLLUP_PHI_SCANS,
	ROLLUP_PHI_SKIPPED,
	ROLLUP_PHI_FLAGS,
	ROLLUP_PHI_REDACTIONS,
	ROLLUP_ATTESTED,
	ROLLUP_COLUMNS
};

struct rollup_row {
	int64_t first_ms, last_ms;
	int64_t v[ROLLUP_COLUMNS];
};

struct rollup {
	struct db_stmt *add;
	struct map *places; /* (hour, series): number of its row */
	struct rollup_row *rows;
	size_t cap;
};

int rollup_init(struct rollup *r, struct db *db, struct err *e);
void rollup_free(struct rollup *r);

/* Counts one recorded event. A sum that would leave 64 bits stays at the largest integer. */
void rollup_count(struct rollup *r, int64_t hour, int64_t series, const struct event *ev);
size_t rollup_size(const struct rollup *r); /* rows in memory */

/* Adds what was counted to the table. */
int rollup_write(struct rollup *r, struct err *e);
void rollup_clear(struct rollup *r);

#endif
