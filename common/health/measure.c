/* The measures, and their limits. */
#include "health/measure.h"

#include "base/num.h"
#include "base/str.h"

const char *health_state_name(enum health_state state)
{
	static const char *const names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	return names[state];
}

const char *const health_unit_names[UNITS] = { "", "ms", "s", "B", "%" };

const struct health_measure_row health_measures[MEASURES] = {
	[BUS_LATENCY] = { "bus_latency", UNIT_MS, false, 100, 1000, "time that the bus took to answer" },
	[STREAM_LENGTH] = { "stream_length", UNIT_COUNT, false, LIMIT_NONE, LIMIT_NONE, "entries in the stream" },
	[STREAM_FILL] = { "stream_fill", UNIT_PERCENT, false, 80, 95, "length of the stream, of its cap" },
	[LAG] = { "lag", UNIT_COUNT, false, 10000, 50000, "entries that wait for the group" },
	[LAG_AGE] = { "lag_age", UNIT_SECONDS, false, 300, 3600, "age of the oldest entry that waits for the group" },
	[PENDING] = { "pending", UNIT_COUNT, false, 40000, 80000, "entries given out and not acknowledged" },
	[PENDING_AGE] = { "pending_age", UNIT_SECONDS, false, 300, 3600, "age of the oldest entry not acknowledged" },
	[DEAD_LETTERS] = { "dead_letters", UNIT_COUNT, false, 0, 1000, "dead letters" },
	[EVENTS_DIRECT] = { "events_direct", UNIT_COUNT, false, LIMIT_NONE, LIMIT_NONE, "latest events published as they came" },
	[EVENT_AGE_P50] = { "event_age_p50", UNIT_MS, false, LIMIT_NONE, LIMIT_NONE, "median age of events when published" },
	[EVENT_AGE_P99] = { "event_age_p99", UNIT_MS, false, 50, 1000, "99th percentile of the age of events when published" },
	[EVENTS_QUEUED] = { "events_queued", UNIT_COUNT, false, LIMIT_NONE, LIMIT_NONE, "latest events that came through the local queue" },
	[QUEUED_AGE_P99] = { "queued_age_p99", UNIT_MS, false, LIMIT_NONE, LIMIT_NONE, "99th percentile of the age of queued events when published" },
	[EVENTS_LATE] = { "events_late", UNIT_COUNT, false, LIMIT_NONE, LIMIT_NONE, "latest events that were older than an hour when published" },
	[QUEUE_DEPTH] = { "queue_depth", UNIT_COUNT, false, 1000, 100000, "events in the local queue" },
	[QUEUE_AGE] = { "queue_age", UNIT_SECONDS, false, 60, 3600, "age of the oldest event in the local queue" },
	[RECORD_AGE] = { "record_age", UNIT_SECONDS, false, LIMIT_NONE, LIMIT_NONE, "age of the newest event in the record" },
	[AGGREGATE_AGE] = { "aggregate_age", UNIT_SECONDS, false, 86400, LIMIT_NONE, "time since something was recorded" },
	[AGGREGATE_RECORDED] = { "aggregate_recorded", UNIT_COUNT, false, LIMIT_NONE, LIMIT_NONE, "events that the last batch recorded" },
	[AGGREGATE_REFUSED] = { "aggregate_refused", UNIT_COUNT, false, LIMIT_NONE, LIMIT_NONE, "entries that the last batch refused" },
	[DATABASE_SIZE] = { "database_size", UNIT_BYTES, false, LIMIT_NONE, LIMIT_NONE, "size of the database" },
	[STATE_FREE] = { "state_free", UNIT_PERCENT, true, 10, 5, "free on the disk of the state directory" },
	[DATABASE_FREE] = { "database_free", UNIT_PERCENT, true, 10, 5, "free on the disk of the database" },
};

static int find_measure(struct str name)
{
	int m = 0;
	while (m < MEASURES && !str_is(name, health_measures[m].name))
		m++;
	return m;
}

static int read_list(int64_t limits[MEASURES], const char *option, const struct option_list *list, struct err *e)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str name, value = str_cut(str_of(list->v[i]), '=', &name);
		int m = find_measure(name);
		if (m == MEASURES)
			return err_set(e, ROS_USAGE, "--%s: '%s': there is no measure of that name", option, list->v[i]);
		limits[m] = LIMIT_NONE;
		if (!str_is(value, "none") && !num_int_in(value, 0, INT64_MAX, &limits[m]))
			return err_set(e, ROS_USAGE, "--%s: '%s' is not MEASURE=N, N a whole number or none", option, list->v[i]);
	}
	return 0;
}

int health_limits_read(struct health_limits *l, const struct option_list *warn, const struct option_list *crit, struct err *e)
{
	for (int m = 0; m < MEASURES; m++) {
		l->warn[m] = health_measures[m].warn;
		l->crit[m] = health_measures[m].crit;
	}
	return read_list(l->warn, "warn", warn, e) < 0 ? -1 : read_list(l->crit, "crit", crit, e);
}

static bool is_beyond(int64_t value, int64_t limit, bool below)
{
	return limit != LIMIT_NONE && (below ? value < limit : value > limit);
}

enum health_state health_limits_judge(const struct health_limits *l, enum health_measure m, int64_t value)
{
	bool below = health_measures[m].below;
	if (is_beyond(value, l->crit[m], below))
		return HEALTH_CRITICAL;
	return is_beyond(value, l->warn[m], below) ? HEALTH_WARNING : HEALTH_OK;
}
