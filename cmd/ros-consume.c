/*
 * ros-consume: entries of the bus, by a consumer group, to envelope lines on stdout. An entry stays pending until ros-ack
 * acknowledges it, so what the tools behind this one lose on the way comes again: first what was pending under this
 * consumer's name, then what consumers that are gone left behind, then what is new.
 *
 * A reply that was lost on the wire leaves entries that were delivered and never seen. So after each failure our own pending entries
 * are read again, from the last id that did come.
 */
#include "base/timefmt.h"
#include "bus/backoff.h"
#include "bus/carry.h"
#include "bus/consumer.h"
#include "bus/id.h"
#include "bus/look.h"
#include "bus/pace.h"
#include "bus/setup.h"
#include "io/tool.h"
#include "io/wait.h"
#include "stats/trace.h"
#include "stats/stats.h"

#include <inttypes.h>

#define CLAIM_EVERY_MS 10000 /* at most so often is looked for what others left behind */

struct consume {
	struct tool *tool;
	struct bus *bus;          /* NULL: not reached yet */
	const char *dir;          /* the state directory */
	struct consumer consumer;
	struct json_reader *reader;
	struct buf line;
	char own[ID_TEXT];        /* of our entries, all up to this id have come */
	char last[ID_TEXT];       /* id of the entry that came last */
	int64_t left;             /* entries that may still be asked for */
	int64_t given;            /* entries that were taken or looked at */
	struct pace pace;
	int64_t next_claim;       /* when to look for what others left behind (time_monotonic_ms()) */
	struct backoff backoff;
	int64_t failing_since;    /* 0: the bus answers */
	bool exposed;             /* LIVE can be read on its way from the bus, and that was not said yet */
	int status;
};

static struct tool tool;
static struct trace trace = TRACE_DEFAULTS;
static struct bus_setup setup = BUS_SETUP_DEFAULTS;
static struct stats stats = STATS_DEFAULTS;
static int64_t count = INT64_MAX, batch = 1000, block_ms = 5000, min_idle_ms = 300000;
static const char *consumer_name;
static bool follow, peek;
static struct look look;

static const struct option options[] = {
	{ "follow", 'f', OPTION_FLAG, &follow, NULL, "wait for more instead of ending when the stream is drained", NULL, 0, 0, NULL },
	{ "count", 'n', OPTION_INT, &count, "N", "end after so many entries", NULL, 1, INT64_MAX, NULL },
	{ "batch", 0, OPTION_INT, &batch, "N", "most entries asked for at a time (default 1000)", "INSIGHTS_BATCH_SIZE", 1, 100000, NULL },
	{ "block", 0, OPTION_INT, &block_ms, "MS", "with --follow: longest single wait (default 5000)", "INSIGHTS_BLOCK_TIMEOUT_MS",
	  1, 3600000, NULL },
	{ "consumer", 'c', OPTION_TEXT, &consumer_name, "NAME", "name in the group (default: host and lowest free number)", NULL, 0, 0,
	  NULL },
	{ "min-idle", 0, OPTION_INT, &min_idle_ms, "MS", "take over what other consumers have had for so long (default 300000)", NULL, 0,
	  INT64_C(1) << 40, NULL },
	BUS_OPTIONS(&setup),
	BUS_GROUP_OPTION(&setup),
	{ "peek", 0, OPTION_FLAG, &peek, NULL, "only look at what the group has not had yet: nothing is consumed", NULL, 0, 0, NULL },
	LOOK_OPTIONS(&look),
	STATS_OPTIONS(&stats),
	TRACE_OPTION(&trace),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-consume",
	.synopsis = "[option ...]",
	.summary = "Prints the entries of the bus that its consumer group has not acknowledged, as envelope lines.",
	.examples = "ros-consume | ros-aggregate | ros-ack\n"
	            "ros-consume --follow | ros-aggregate | ros-ack\n",
};

enum { CONSUMED, REDELIVERED, LOST, ERRORS, ENTRY_AGE_MS };

static const struct stats_item items[] = {
	[CONSUMED] = { "consumed", STATS_COUNTER },
	[REDELIVERED] = { "redelivered", STATS_COUNTER },
	[LOST] = { "lost", STATS_COUNTER },
	[ERRORS] = { "errors", STATS_COUNTER },
	[ENTRY_AGE_MS] = { "entry_age_ms", STATS_LATENCY },
	{ 0 },
};

static int print(struct consume *c, const struct envelope *env, const struct json *event, struct err *e)
{
	buf_clear(&c->line);
	carry_write(&c->line, env, event);
	if (!buf_ok(&c->line))
		return err_set(e, ROS_BUG, "entry %.*s: no room for its envelope", STR_ARG(env->id));
	out_str(&c->tool->out, buf_view(&c->line));
	return 0;
}

/* The same for the eye. */
static int show(struct consume *c, const struct view *v, struct err *e)
{
	buf_clear(&c->line);
	look_write(&look, v, &c->line);
	if (!buf_ok(&c->line))
		return err_set(e, ROS_BUG, "entry %.*s: no room for it", STR_ARG(v->env.id));
	out_str(&c->tool->out, buf_view(&c->line));
	return 0;
}

static struct envelope envelope(void)
{
	return (struct envelope){ .stream = str_of(setup.stream), .group = str_of(setup.group) };
}

/*
 * Pending, but trimmed away before it was acknowledged: it is gone, and nobody may take it for done. It stays pending, and is reported again,
 * until the acknowledgement of its line says that the loss is recorded.
 */
static void report_lost(void *arg, struct str id)
{
	struct consume *c = arg;
	struct envelope env = envelope();
	struct err e;
	log_error(&c->tool->log, "%s: entry %.*s is lost: it was pending and is no longer in the stream", setup.stream, STR_ARG(id));
	c->status = ROS_REFUSED;
	stats_add(&stats, LOST, 1);
	env.id = id;
	env.sequence = -1;
	env.refused = STR(REFUSED_LOST);
	print(c, &env, NULL, &e);
}

/* False: the output took no more; tool_end() says why. */
static bool write_out(struct consume *c)
{
	bool written = out_flush(&c->tool->out, NULL) == 0;
	if (!written)
		c->left = 0;
	return written;
}

static void note_stats(const struct bus_entry *entry)
{
	struct entry_id id;
	if (!stats.where)
		return;
	stats_add(&stats, CONSUMED, 1);
	stats_add(&stats, REDELIVERED, entry->deliveries > 1);
	if (id_parse(entry->id, 0, &id))
		stats_time(&stats, ENTRY_AGE_MS, time_now_ms() - (int64_t)id.ms);
}

static int deliver(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct consume *c = arg;
	snprintf(c->last, sizeof c->last, "%.*s", STR_ARG(entry->id));
	if (entry->n_fields == 0) {
		report_lost(c, entry->id);
		return 0;
	}
	c->left--;
	c->given++;
	if (c->exposed && str_is(bus_entry_get(entry, "governance_mode"), "LIVE")) {
		log_warn(&c->tool->log, BUS_EXPOSED);
		c->exposed = false;
	}
	note_stats(entry);
	pace_note(&c->pace, entry);
	struct envelope env = envelope();
	const struct json *event = carry_entry(c->reader, entry, &env);
	return look.format ? show(c, &(struct view){ entry, env, c->reader, event }, e) : print(c, &env, event, e);
}

static int next_count(struct consume *c)
{
	return pace_next(&c->pace, c->left < batch ? c->left : batch);
}

static bool goes_on(const struct consume *c)
{
	return c->left > 0 && !wait_stopping();
}

/* The bus answered with `came` entries, which are written out; or did not (-1). */
static int settle(struct consume *c, int came)
{
	write_out(c);
	stats_tick(&stats, time_monotonic_ms());
	if (came < 0)
		return -1;
	backoff_reset(&c->backoff);
	c->failing_since = 0;
	return came;
}

/* What is pending under a name, with ids after *after, which moves on. */
static int read_own(struct consume *c, const char *name, char after[ID_TEXT], struct err *e)
{
	int came = 1;
	while (goes_on(c) && came > 0) {
		came = settle(c, bus_read_own(c->bus, name, str_of(after), next_count(c), deliver, c, e));
		if (came > 0)
			memcpy(after, c->last, ID_TEXT);
	}
	return came < 0 ? -1 : 0;
}

/* What processes of this host left behind that ended without coming again under their names. */
static int adopt(struct consume *c, struct err *e)
{
	struct consumer orphan = { .lock = -1 };
	int instance = 0, rc = 0;
	while (rc == 0 && goes_on(c) && (rc = consumer_take_orphan(&orphan, c->dir, &instance, e)) == 1) {
		char after[ID_TEXT] = "0";
		rc = read_own(c, orphan.name, after, e);
		consumer_release(&orphan);
	}
	return rc < 0 ? -1 : 0;
}

/* What any consumer has had for too long. */
static int claim(struct consume *c, struct err *e)
{
	char cursor[ID_TEXT] = "0-0";
	do {
		int n = next_count(c);
		if (settle(c, bus_claim(c->bus, c->consumer.name, min_idle_ms, cursor, n, deliver, report_lost, c, e)) < 0)
			return -1;
	} while (goes_on(c) && strcmp(cursor, "0-0") != 0);
	c->next_claim = time_monotonic_ms() + (min_idle_ms < CLAIM_EVERY_MS ? CLAIM_EVERY_MS : min_idle_ms);
	return 0;
}

static int read_new(struct consume *c, struct err *e)
{
	int came = settle(c, bus_read_new(c->bus, c->consumer.name, next_count(c), follow ? (int)block_ms : 0, deliver, c, e));
	if (came > 0)
		memcpy(c->own, c->last, sizeof c->own);
	return came;
}

static int reach(struct consume *c, struct err *e)
{
	return c->bus || (bus_open(&c->bus, &setup.settings, e) == 0 && bus_group_create(c->bus, e) == 0) ? 0 : -1;
}

/* From our own entries to the end of what there is. */
static int consume(struct consume *c, struct err *e)
{
	int came = 1;
	if (reach(c, e) < 0 || read_own(c, c->consumer.name, c->own, e) < 0)
		return -1;
	if (c->next_claim == 0 && !consumer_name && adopt(c, e) < 0)
		return -1;
	while (goes_on(c) && (came > 0 || follow)) {
		if (time_monotonic_ms() >= c->next_claim && claim(c, e) < 0)
			return -1;
		if (goes_on(c) && (came = read_new(c, e)) < 0)
			return -1;
	}
	return 0;
}

/*
 * Whether to try again after a failure, when it is time. A consumer that follows waits for its bus as long as it takes; one that drains gives up
 * where it never reached it, or when the time-out is over.
 */
static bool recover(struct consume *c, const struct err *e)
{
	int64_t now = time_monotonic_ms();
	stats_add(&stats, ERRORS, 1);
	if (!backoff_helps(e) || (!follow && !c->bus) || wait_stopping())
		return false;
	if (c->failing_since == 0) {
		c->failing_since = now;
		log_warn(&c->tool->log, "%s: trying again", e->text);
	}
	if (!follow && now - c->failing_since >= setup.timeout_ms)
		return false;
	wait_fd(-1, 0, backoff_next(&c->backoff));
	return !wait_stopping();
}

/* --- looking: without the group, so that nothing is consumed --- */

static int note_delivered(void *arg, const struct bus_group *group, struct err *e)
{
	struct consume *c = arg;
	(void)e;
	if (str_is(group->name, setup.group))
		snprintf(c->last, sizeof c->last, "%.*s", STR_ARG(group->delivered));
	return 0;
}

static int look_at(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct consume *c = arg;
	snprintf(c->last, sizeof c->last, "%.*s", STR_ARG(entry->id));
	pace_note(&c->pace, entry);
	struct view v = { .entry = entry, .env = envelope(), .reader = c->reader };
	v.event = carry_entry(c->reader, entry, &v.env);
	if (c->left == 0 || !look_selects(&look, &v))
		return 0;
	c->left--;
	c->given++;
	return show(c, &v, e);
}

static int look_through(struct consume *c, struct err *e)
{
	char after[ID_TEXT + 1];
	int came = 1;
	snprintf(c->last, sizeof c->last, "0-0");
	if (bus_open(&c->bus, &setup.settings, e) < 0 || bus_groups(c->bus, note_delivered, c, e) < 0)
		return -1;
	while (goes_on(c) && came > 0) {
		snprintf(after, sizeof after, "(%s", c->last);
		came = bus_range(c->bus, str_of(after), STR("+"), pace_next(&c->pace, batch), look_at, c, e);
		write_out(c);
	}
	return came < 0 ? -1 : 0;
}

static int check_options(const struct consume *c, struct err *e)
{
	if (c->tool->n_operands > 0)
		return err_set(e, ROS_USAGE, "unexpected operand: %s", c->tool->operands[0]);
	if (look.filters.n > 0 && !peek)
		return err_set(e, ROS_USAGE, "--filter is for --peek: what is consumed must not be passed over");
	if (peek && follow)
		return err_set(e, ROS_USAGE, "--peek does not follow; ros-replay --follow does");
	return look_init(&look, c->tool->config, c->tool->out.fd, e);
}

static void run_group(struct consume *c)
{
	struct err e;
	if (stats_begin(&stats, &c->tool->log, items, &e) < 0 || config_state_dir(c->tool->config, &c->dir, &e) || consumer_take(&c->consumer, c->dir, consumer_name, &e) ||
	    bus_setup_settle(&setup, c->tool->config, &e)) {
		c->status = tool_fail(c->tool, &e);
		return;
	}
	c->exposed = bus_setup_exposed(&setup);
	log_note(&c->tool->log, "consumer %s of group %s, stream %s", c->consumer.name, setup.group, setup.stream);
	int rc;
	do
		rc = consume(c, &e);
	while (rc < 0 && recover(c, &e));
	if (rc < 0 && !wait_stopping())
		c->status = tool_fail(c->tool, &e);
}

static void run(struct consume *c)
{
	struct err e;
	if (check_options(c, &e) < 0 || trace_begin(&trace, c->tool, &e) < 0 ||
	    (peek && (bus_setup_settle(&setup, c->tool->config, &e) < 0 || look_through(c, &e) < 0))) {
		c->status = tool_fail(c->tool, &e);
		return;
	}
	if (!peek)
		run_group(c);
}

int main(int argc, char **argv, char **environment)
{
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	struct consume c = { .tool = &tool, .consumer.lock = -1, .left = count, .own = "0" };
	c.reader = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&c.line, (size_t)16 << 20);
	run(&c);
	look_free(&look);
	stats_end(&stats);
	bus_close(c.bus);
	bus_setup_free(&setup);
	consumer_release(&c.consumer);
	buf_free(&c.line);
	json_reader_free(c.reader);
	return tool_end(&tool, trace_end(&trace, &tool, c.given, c.status));
}
