/*
 * The bus as a probe sees it. Nothing is made, consumed or acknowledged, and the group's lag is what bus_groups() counts, since Redis' own is wrong after a
 * trim.
 *
 * How old events were when they were published is the time in the entry's id less the event's own timestamp, of the latest entries. What came through the
 * local queue has the field `queued`, and is counted apart: it tells of an outage. So is what was older than an hour: it was imported, or a clock is wrong.
 */
#include "base/timefmt.h"
#include "bus/id.h"
#include "bus/pace.h"
#include "bus/url.h"
#include "health/probe.h"
#include "stats/sketch.h"

#include <inttypes.h>
#include <unistd.h>

#define LATEST 1000           /* entries whose age is looked at, */
#define LATEST_MS (5 * 60000) /* published no longer ago */
#define LATE_MS TIME_HOUR_MS
#define MANY_WAIT 100000      /* more are not counted */
#define END_TEXT (ID_TEXT + 1) /* "(" before an id */

struct look {
	const struct health_target *target;
	struct health_probe *probe;
	struct bus *bus;
	int64_t now_ms;

	bool waiting;              /* entries wait for the group, */
	char delivered[END_TEXT];  /* behind this one */

	struct pace pace;
	char before[END_TEXT];     /* where the next page of the latest entries ends */
	int64_t looked;
	bool over;                 /* the rest was published too long ago */
	struct sketch *direct, *queued;
	int64_t late;
};

static int64_t id_time(struct str id)
{
	struct entry_id parsed;
	return id_parse(id, 0, &parsed) && parsed.ms < INT64_MAX ? (int64_t)parsed.ms : 0;
}

/* --- the group --- */

static int note_group(void *arg, const struct bus_group *group, struct err *e)
{
	(void)e;
	struct look *l = arg;
	if (!str_is(group->name, l->target->bus.group))
		return 0;
	health_note(l->probe, LAG, group->waiting < 0 ? MANY_WAIT : group->waiting);
	health_note(l->probe, PENDING, group->pending);
	health_note(l->probe, PENDING_AGE, group->oldest.p ? (l->now_ms - id_time(group->oldest)) / 1000 : 0);
	l->waiting = group->waiting != 0;
	snprintf(l->delivered, sizeof l->delivered, "(%.*s", STR_ARG(group->delivered));
	return 0;
}

static int note_lag_age(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	struct look *l = arg;
	health_note(l->probe, LAG_AGE, (l->now_ms - id_time(entry->id)) / 1000);
	return 0;
}

static int look_at_group(struct look *l, struct err *e)
{
	l->probe->doing = "the bus to tell what waits for its groups";
	if (bus_groups(l->bus, note_group, l, e) < 0)
		return -1;
	health_note(l->probe, LAG_AGE, 0);
	return l->waiting ? bus_range(l->bus, str_of(l->delivered), STR("+"), 1, note_lag_age, l, e) : 0;
}

static void find_missing(struct look *l, const char *what, const char *name)
{
	bool seen = l->target->seen_group;
	health_find(l->probe, seen ? HEALTH_CRITICAL : HEALTH_WARNING, "the %s %s %s", what, name, seen ? "has vanished" : "does not exist yet");
}

/* --- the latest entries --- */

static int note_age(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	struct look *l = arg;
	int64_t published = id_time(entry->id), made;
	pace_note(&l->pace, entry);
	snprintf(l->before, sizeof l->before, "(%.*s", STR_ARG(entry->id));
	l->over |= published < l->now_ms - LATEST_MS;
	l->looked++;
	if (l->over || !time_parse(bus_entry_get(entry, "timestamp"), &made))
		return 0;
	int64_t age = published > made ? published - made : 0;
	if (bus_entry_get(entry, "queued").p)
		sketch_add(l->queued, age);
	else if (age > LATE_MS)
		l->late++;
	else
		sketch_add(l->direct, age);
	return 0;
}

static int read_latest(struct look *l, struct err *e)
{
	int came, asked;
	snprintf(l->before, sizeof l->before, "+");
	do {
		char to[END_TEXT];
		memcpy(to, l->before, sizeof to);
		asked = pace_next(&l->pace, LATEST);
		came = bus_range_back(l->bus, STR("-"), str_of(to), asked, note_age, l, e);
	} while (came == asked && !l->over && l->looked < LATEST);
	return came < 0 ? -1 : 0;
}

static void note_percentile(struct health_probe *p, enum health_measure m, const struct sketch *s, int percent)
{
	if (sketch_count(s) > 0)
		health_note(p, m, (int64_t)(sketch_percentile(s, percent) + 0.5));
}

static int look_at_ages(struct look *l, struct err *e)
{
	l->probe->doing = "the latest entries of the bus";
	if (read_latest(l, e) < 0)
		return -1;
	health_note(l->probe, EVENTS_DIRECT, sketch_count(l->direct));
	note_percentile(l->probe, EVENT_AGE_P50, l->direct, 50);
	note_percentile(l->probe, EVENT_AGE_P99, l->direct, 99);
	health_note(l->probe, EVENTS_QUEUED, sketch_count(l->queued));
	note_percentile(l->probe, QUEUED_AGE_P99, l->queued, 99);
	health_note(l->probe, EVENTS_LATE, l->late);
	return 0;
}

/* --- the whole --- */

/* Who watches may not be allowed to write: then nobody knows. */
static void look_whether_writable(struct look *l)
{
	struct err e;
	if (bus_writable(l->bus, &e) < 0 && e.status != ROS_CONFIG)
		health_find(l->probe, HEALTH_CRITICAL, "the bus takes no events: %s", e.text);
}

static int look_at_stream(struct look *l, bool *group, struct err *e)
{
	struct bus_info info;
	int64_t begin = time_monotonic_ms();
	if (bus_info(l->bus, &info, e) < 0)
		return -1;
	health_note(l->probe, BUS_LATENCY, time_monotonic_ms() - begin);
	health_note(l->probe, STREAM_LENGTH, info.length);
	health_note(l->probe, STREAM_FILL, info.length < INT64_MAX / 100 ? info.length * 100 / l->target->max_len : 100);
	health_note(l->probe, DEAD_LETTERS, info.dead);
	*group = l->probe->there = info.group;
	return 0;
}

static int look_around(struct look *l, struct err *e)
{
	bool group;
	if (bus_open(&l->bus, &l->target->bus, e) < 0 || look_at_stream(l, &group, e) < 0)
		return -1;
	look_whether_writable(l);
	if (!group)
		find_missing(l, "group", l->target->bus.group);
	else if (look_at_group(l, e) < 0)
		return -1;
	return look_at_ages(l, e);
}

/* A file bus that is not there would be made by who opens it. */
static bool is_missing(const struct health_target *t)
{
	struct url url;
	struct err e;
	bool missing = url_parse(t->bus.url, &url, &e) == 0 && url.scheme == URL_FILE && access(url.path, F_OK) != 0;
	url_free(&url);
	return missing;
}

void health_probe_bus(const struct health_target *t, struct health_probe *p)
{
	struct err e;
	struct look l = { .target = t, .probe = p, .now_ms = time_now_ms(), .direct = sketch_new(), .queued = sketch_new() };
	char name[256];
	bus_name(t->bus.url, name, sizeof name);
	p->doing = "the bus";
	if (is_missing(t))
		find_missing(&l, "bus", name);
	else if (look_around(&l, &e) < 0)
		health_find(p, HEALTH_CRITICAL, "%s", e.text);
	bus_close(l.bus);
	sketch_free(l.direct);
	sketch_free(l.queued);
}
