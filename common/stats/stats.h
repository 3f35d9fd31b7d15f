/*
 * What a running tool tells of itself to who watches it (--stats): counters, gauges and latencies as JSON lines (ros-event(5), Statistics line), at an interval and at
 * the end. It is beside the work and never stops or delays it: what cannot be written is said once as a warning, and a line for which a pipe has no room is dropped.
 *
 * Without --stats every call returns at once.
 */
#ifndef ROS_STATS_STATS_H
#define ROS_STATS_STATS_H

#include "base/err.h"
#include "io/log.h"
#include "io/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stats_kind {
	STATS_COUNTER, /* starts at 0 and only grows */
	STATS_GAUGE,   /* null until it is set */
	STATS_LATENCY, /* milliseconds: count, min, p50, p95, p99, max */
};

/* One line of a tool's table, which ends with a line of zeros. */
struct stats_item {
	const char *name;
	enum stats_kind kind;
};

struct stats {
	const char *where;   /* --stats, or NULL */
	int64_t interval_ms; /* --stats-interval */
	const struct log *log;
	const struct stats_item *items;
	struct stats_cell *cells; /* one an item */
	size_t n;
	int fd;      /* -1: off */
	bool opened; /* fd is ours to close */
	bool failed; /* a failure was said already */
	int64_t start_ms, due_ms;
};

#define STATS_DEFAULTS { .interval_ms = 10000, .fd = -1 }

#define STATS_OPTIONS(s) \
	{ "stats", 0, OPTION_TEXT, &(s)->where, "FILE|FD", "append counters and latencies as JSON lines to a file or descriptor", NULL, 0, 0, NULL }, \
	{ "stats-interval", 0, OPTION_INT, &(s)->interval_ms, "MS", "time between them; one comes at the end as well (default 10000)", NULL, \
	  1, 86400000, NULL }

/*
 * After the options are read and before anything else is opened, so that a descriptor is the one that was meant. All is kept by reference; the log's tool is named in the
 * lines. Error (ROS_USAGE): --stats is a number, but no descriptor above 1 that is open for writing. A file that cannot be opened is a warning, and nothing is written.
 */
int stats_begin(struct stats *s, const struct log *log, const struct stats_item *items, struct err *e);

/* `which` is the place in the table. A latency below 0 (two clocks) counts as 0. */
void stats_add(struct stats *s, size_t which, int64_t n);
void stats_set(struct stats *s, size_t which, int64_t value);
void stats_time(struct stats *s, size_t which, int64_t ms);

/* To be called now and then, such as once a batch, with time_monotonic_ms(): writes a line where the interval is over. */
void stats_tick(struct stats *s, int64_t now_ms);

/* How many milliseconds a tool may wait before it should call stats_tick(); -1: as long as it likes. */
int stats_patience(const struct stats *s, int64_t now_ms);

/* Writes the last line and frees. Also fine where stats_begin() failed or was not called. */
void stats_end(struct stats *s);

#endif
