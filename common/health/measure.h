/* What is measured: one row a measure, with its unit and the limits beyond which it is a warning or critical. */
#ifndef ROS_HEALTH_MEASURE_H
#define ROS_HEALTH_MEASURE_H

#include "base/err.h"
#include "io/options.h"

#include <stdbool.h>
#include <stdint.h>

/* The monitors' states, which are their exit statuses as well. */
enum health_state { HEALTH_OK, HEALTH_WARNING, HEALTH_CRITICAL, HEALTH_UNKNOWN };

/* Upper case, as monitors show them. */
const char *health_state_name(enum health_state state);

enum health_unit { UNIT_COUNT, UNIT_MS, UNIT_SECONDS, UNIT_BYTES, UNIT_PERCENT, UNITS };

/* As performance data have it: "", "ms", "s", "B", "%". */
extern const char *const health_unit_names[UNITS];

enum health_measure {
	BUS_LATENCY,
	STREAM_LENGTH,
	STREAM_FILL,
	LAG,
	LAG_AGE,
	PENDING,
	PENDING_AGE,
	DEAD_LETTERS,
	EVENTS_DIRECT,
	EVENT_AGE_P50,
	EVENT_AGE_P99,
	EVENTS_QUEUED,
	QUEUED_AGE_P99,
	EVENTS_LATE,
	QUEUE_DEPTH,
	QUEUE_AGE,
	RECORD_AGE,
	AGGREGATE_AGE,
	AGGREGATE_RECORDED,
	AGGREGATE_REFUSED,
	DATABASE_SIZE,
	STATE_FREE,
	DATABASE_FREE,
	MEASURES
};

#define LIMIT_NONE INT64_C(-1)

/* A value is a whole number of its unit, 0 or more. */
struct health_measure_row {
	const char *name;
	enum health_unit unit;
	bool below;         /* bad is what is below the limits, not above */
	int64_t warn, crit; /* the defaults; LIMIT_NONE: no limit */
	const char *words;  /* what people are told that it is */
};

extern const struct health_measure_row health_measures[MEASURES];

struct health_limits {
	int64_t warn[MEASURES], crit[MEASURES];
};

/*
 * The defaults, and on top of them the options --warn and --crit, each MEASURE=VALUE; the value is a whole number, or `none`. Error: ROS_USAGE, which
 * names the option.
 */
int health_limits_read(struct health_limits *l, const struct option_list *warn, const struct option_list *crit, struct err *e);

/* What the value comes to. */
enum health_state health_limits_judge(const struct health_limits *l, enum health_measure m, int64_t value);

#endif
