/*
 * ros-health: is everything well? One check for monitors and cron, with their exit statuses 0 1 2 3; or, with --listen, one every few seconds, told over
 * HTTP. A change of state may run a command.
 */
#include "base/timefmt.h"
#include "bus/setup.h"
#include "health/alert.h"
#include "health/check.h"
#include "health/past.h"
#include "health/render.h"
#include "health/serve.h"
#include "io/tool.h"
#include "io/wait.h"
#include "store/setup.h"

#include <inttypes.h>
#include <poll.h>

#define TICK_MS 5 /* between two looks at processes that run */
#define TEXT_BYTES ((size_t)1 << 20)

struct health {
	struct health_target target;
	struct health_limits limits;
	struct health_report report;
	struct past past;
	struct alert alert;
	struct check *check;
	bool checking;
	int64_t due_ms; /* of the next check */
	struct serve *serve;
	struct buf words, text;
};

static struct tool tool;
static struct bus_setup bus = BUS_SETUP_DEFAULTS;
static struct store_setup store = STORE_SETUP_DEFAULTS;
static struct option_list warn, crit;
static int64_t max_len = 100000, timeout_ms = 1500, cool_down_s = 300, interval_s = 10;
static const char *const formats[] = { "text", "json", "openmetrics", NULL };
static const char *format = "text", *command, *place;

static const struct option options[] = {
	{ "bus", 'b', OPTION_TEXT, &bus.url, "URL", "bus: redis://, rediss://, unix:// or file:// (default: a file in the state directory)", "ROS_BUS",
	  0, 0, NULL },
	{ "stream", 0, OPTION_TEXT, &bus.stream, "NAME", "stream of events (default ros:insights)", "INSIGHTS_STREAM_NAME", 0, 0, NULL },
	BUS_GROUP_OPTION(&bus),
	{ "max-len", 0, OPTION_INT, &max_len, "N", "longest stream (default 100000)", "INSIGHTS_MAX_LEN", 1, INT64_MAX, NULL },
	{ "db", 'd', OPTION_TEXT, &store.file, "FILE", "database (default: ros.db in the state directory)", "ROS_DB", 0, 0, NULL },
	{ "timeout", 0, OPTION_INT, &timeout_ms, "MS", "longest time for a check (default 1500)", NULL, 100, 60000, NULL },
	{ "warn", 'w', OPTION_LIST, &warn, "MEASURE=N", "limit of a warning, or none; may stand several times", NULL, 0, 0, NULL },
	{ "crit", 'c', OPTION_LIST, &crit, "MEASURE=N", "limit of a critical state, or none; likewise", NULL, 0, 0, NULL },
	{ "format", 0, OPTION_ENUM, &format, "FORMAT", "print text, json or openmetrics (default text)", NULL, 0, 0, formats },
	{ "exec", 0, OPTION_TEXT, &command, "COMMAND", "run this by sh when the state has changed", NULL, 0, 0, NULL },
	{ "cool-down", 0, OPTION_INT, &cool_down_s, "S", "least time between two such commands, in seconds (default 300)", NULL, 0, 86400, NULL },
	{ "listen", 0, OPTION_TEXT, &place, "ADDR:PORT", "check again and again, and tell it over HTTP", NULL, 0, 0, NULL },
	{ "interval", 0, OPTION_INT, &interval_s, "S", "with --listen: time between two checks, in seconds (default 10)", NULL, 1, 86400, NULL },
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-health",
	.synopsis = "[option ...]",
	.summary = "Says whether bus, local queue, database and disks are well, as monitors want it: 0 ok, 1 warning, 2 critical, 3 unknown.",
	.examples = "ros-health\n"
	            "ros-health --warn lag=1000 --crit lag=20000 --warn dead_letters=none\n"
	            "ros-health --listen 127.0.0.1:9100 --exec 'logger -t ros \"$ROS_HEALTH_TEXT\"'\n",
};

/* --- checks --- */

/* In the process of a probe nothing is left to do. */
static void begin_check(struct health *h)
{
	h->target.seen_group = h->past.group;
	h->target.seen_database = h->past.database;
	if (check_begin(h->check) == 1)
		exit(0);
	h->checking = true;
}

static void tell_alert(struct health *h)
{
	struct err e;
	bool failed;
	alert_done(&h->alert, &failed, &e);
	if (failed)
		log_warn(&tool.log, "%s", e.text);
}

/* What is to be known at the next check; and who is to know of this one. */
static void end_check(struct health *h)
{
	struct err e;
	struct past before = h->past;
	h->checking = false;
	check_report(h->check, &h->report);
	h->past.group |= h->report.group;
	h->past.database |= h->report.database;
	if (alert_begin(&h->alert, &h->report, &h->past, &e) < 0)
		log_warn(&tool.log, "%s", e.text);
	bool same = before.group == h->past.group && before.database == h->past.database && before.told_ms == h->past.told_ms;
	if (!same && past_write(&h->past, &e) < 0)
		log_warn(&tool.log, "%s", e.text);
}

/* --- one check --- */

static int check_once(struct health *h, struct err *e)
{
	begin_check(h);
	while (!check_done(h->check))
		if (wait_fd(-1, 0, TICK_MS) == WAIT_STOP)
			return err_set(e, ROS_LATER, "stopped by a signal");
	end_check(h);
	if (strcmp(format, "json") == 0)
		render_json(&h->report, &h->text);
	else if (strcmp(format, "openmetrics") == 0)
		render_openmetrics(&h->report, &h->text);
	else
		render_text(&h->report, &h->text);
	out_str(&tool.out, buf_view(&h->text));
	out_flush(&tool.out, NULL); /* before a command may take its time */
	while (h->alert.running && wait_fd(-1, 0, TICK_MS) != WAIT_STOP)
		tell_alert(h);
	return (int)h->report.state;
}

/* --- one after another --- */

/* The first state, and each that is another than the one before. */
static void log_change(const struct health *h, bool first, enum health_state before)
{
	if (!first && h->report.state == before)
		return;
	if (h->report.state == HEALTH_OK)
		log_note(&tool.log, "OK: %s", buf_cstr(&h->words));
	else
		log_warn(&tool.log, "%s: %s", health_state_name(h->report.state), buf_cstr(&h->words));
}

static void publish(struct health *h)
{
	bool first = h->words.n == 0;
	enum health_state before = h->report.state;
	end_check(h);
	buf_clear(&h->words);
	render_words(&h->report, &h->words);
	log_change(h, first, before);
	buf_clear(&h->text);
	render_openmetrics(&h->report, &h->text);
	struct buf line;
	buf_init(&line, TEXT_BYTES);
	buf_fmt(&line, "%s: %s\n", health_state_name(h->report.state), buf_cstr(&h->words));
	serve_set(h->serve, h->report.state < HEALTH_CRITICAL, buf_view(&line), buf_view(&h->text));
	buf_free(&line);
}

static int patience(const struct health *h)
{
	int64_t left = h->due_ms - time_monotonic_ms();
	if (h->checking || h->alert.running)
		left = TICK_MS;
	int serve = serve_patience(h->serve);
	left = serve >= 0 && serve < left ? serve : left;
	return left > 0 ? (int)left : 0;
}

static int watch(struct health *h, struct err *e)
{
	if (serve_open(&h->serve, place, e) < 0)
		return -1;
	out_fmt(&tool.out, "listening on port %d\n", serve_port(h->serve));
	out_flush(&tool.out, NULL);
	if (serve_is_open(h->serve))
		log_warn(&tool.log, "%s: other hosts can reach it, and it asks nobody who they are", place);
	do {
		serve_run(h->serve);
		tell_alert(h);
		if (h->checking && check_done(h->check))
			publish(h);
		if (!h->checking && time_monotonic_ms() >= h->due_ms) {
			h->due_ms = time_monotonic_ms() + interval_s * 1000;
			begin_check(h);
		}
	} while (wait_fd(serve_fd(h->serve), POLLIN, patience(h)) != WAIT_STOP);
	return HEALTH_OK;
}

/* --- the command line --- */

static int open_all(struct health *h, char **environment, struct err *e)
{
	if (tool.n_operands > 0)
		return err_set(e, ROS_USAGE, "unexpected operand: %s", tool.operands[0]);
	bus.timeout_ms = timeout_ms - timeout_ms / 4; /* a probe that gives up itself can say more than one that is killed */
	h->target.max_len = max_len;
	h->target.patience_ms = (int)bus.timeout_ms;
	if (health_limits_read(&h->limits, &warn, &crit, e) < 0 || config_state_dir(tool.config, &h->target.state_dir, e) < 0 ||
	    bus_setup_settle(&bus, tool.config, e) < 0 || store_setup_path(&store, tool.config, &h->target.database, e) < 0)
		return -1;
	h->target.bus = bus.settings;
	past_read(&h->past, &h->target);
	h->alert = (struct alert){ .command = command, .environment = environment, .cool_down_ms = cool_down_s * 1000 };
	return check_new(&h->check, &h->target, &h->limits, (int)timeout_ms, e);
}

/* Monitors read standard output. */
static int unknown(const struct err *e)
{
	if (!place)
		out_fmt(&tool.out, "ROS UNKNOWN - %s\n", e->text);
	tool_fail(&tool, e);
	return HEALTH_UNKNOWN;
}

/* Whatever goes wrong, monitors know four statuses. */
static int monitors_status(int status)
{
	return status > HEALTH_UNKNOWN ? HEALTH_UNKNOWN : status;
}

int main(int argc, char **argv, char **environment)
{
	int status;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return monitors_status(status);
	static struct health h;
	buf_init(&h.words, TEXT_BYTES);
	buf_init(&h.text, TEXT_BYTES);
	status = open_all(&h, environment, &e) < 0 ? -1 : place ? watch(&h, &e) : check_once(&h, &e);
	if (status < 0)
		status = unknown(&e);
	serve_close(h.serve);
	check_free(h.check);
	child_kill(&h.alert.child);
	past_free(&h.past);
	buf_free(&h.words);
	buf_free(&h.text);
	bus_setup_free(&bus);
	store_setup_free(&store);
	return monitors_status(tool_end(&tool, status));
}
