/*
 * ros-replay: entries of the stream on stdout, without a group: nothing is consumed, nothing is acknowledged. In a pipe they are envelope lines; for a person at a
 * terminal there are a compact line, formats and filters.
 */
#include "base/timefmt.h"
#include "bus/carry.h"
#include "bus/id.h"
#include "bus/look.h"
#include "bus/pace.h"
#include "bus/setup.h"
#include "event/event.h"
#include "io/tool.h"
#include "io/wait.h"
#include "stats/trace.h"

#define END_TEXT (ID_TEXT + 1) /* "(" before an id */
#define BATCH 1000
#define BLOCK_MS 5000 /* a single wait for new entries */
#define NO_TAIL (-1)

struct replay {
	struct tool *tool;
	struct bus *bus;
	struct json_reader *reader;
	struct buf line;
	char from[END_TEXT], to[END_TEXT];
	struct uuid run;
	int64_t left; /* lines that may still be printed */
	struct pace pace;
};

static struct tool tool;
static struct trace trace = TRACE_DEFAULTS;
static struct bus_setup setup = BUS_SETUP_DEFAULTS;
static struct look look;
static const char *from, *to, *since, *run_id, *tier, *mode;
static int64_t count = INT64_MAX, tail = NO_TAIL;
static bool follow;

static const struct option options[] = {
	{ "from", 0, OPTION_TEXT, &from, "ID|TIME", "first entry, by id or publishing time (default: the oldest)", NULL, 0, 0, NULL },
	{ "to", 0, OPTION_TEXT, &to, "ID|TIME", "last entry, by id or publishing time (default: the newest)", NULL, 0, 0, NULL },
	{ "since", 0, OPTION_TEXT, &since, "TIME", "begin so long ago (90s, 15m, 2h, 7d, 4w, 1y), or at a time", NULL, 0, 0, NULL },
	{ "tail", 0, OPTION_INT, &tail, "N", "only the last N of what is asked for", NULL, 0, INT64_MAX, NULL },
	{ "follow", 'f', OPTION_FLAG, &follow, NULL, "go on with what is published later", NULL, 0, 0, NULL },
	{ "run", 0, OPTION_TEXT, &run_id, "UUID", "only events of this workflow run", NULL, 0, 0, NULL },
	{ "tier", 0, OPTION_TEXT, &tier, "TIER", "only events of this tier", NULL, 0, 0, NULL },
	{ "mode", 0, OPTION_TEXT, &mode, "MODE", "only events of this governance mode", NULL, 0, 0, NULL },
	{ "count", 'n', OPTION_INT, &count, "N", "end after so many entries", NULL, 1, INT64_MAX, NULL },
	LOOK_OPTIONS(&look),
	BUS_OPTIONS(&setup),
	TRACE_OPTION(&trace),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-replay",
	.synopsis = "[option ...]",
	.summary = "Prints entries of the stream, without a group: nothing is consumed.\n"
	           "In a pipe envelope lines, on a terminal a compact line for people.",
	.examples = "ros-replay --from 2026-01-28 --to 2026-01-29 | ros-aggregate > /dev/null\n"
	            "ros-replay --tail 20 --follow\n"
	            "ros-replay --since 15m --filter status=FAILED --format '%t %{provider} %{model} %{/error/code}'\n"
	            "ros-replay --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 | jq .event.usage\n",
};

/* An id, or a time, which is what ids start with; `sequence` completes it where there is none. */
static int parse_end(const char *name, const char *text, uint64_t sequence, char out[END_TEXT], struct err *e)
{
	struct entry_id id;
	int64_t ms;
	if (id_parse(str_of(text), sequence, &id))
		id_format(id, out);
	else if (time_parse_human(str_of(text), &ms))
		id_format((struct entry_id){ ms < 0 ? 0 : (uint64_t)ms, sequence }, out);
	else
		return err_set(e, ROS_USAGE, "--%s: '%s' is neither an entry id nor a time", name, text);
	return 0;
}

static int parse_since(char out[END_TEXT], struct err *e)
{
	int64_t ms;
	if (!time_parse_since(str_of(since), time_now_ms(), &ms))
		return err_set(e, ROS_USAGE, "--since: '%s' is neither an age (90s, 15m, 2h, 7d, 4w, 1y) nor a time", since);
	id_format((struct entry_id){ ms < 0 ? 0 : (uint64_t)ms, 0 }, out);
	return 0;
}

static int parse_range(struct replay *r, struct err *e)
{
	if (from && since)
		return err_set(e, ROS_USAGE, "--from and --since are both the beginning");
	if (to && follow)
		return err_set(e, ROS_USAGE, "--follow has no end: not together with --to");
	snprintf(r->from, sizeof r->from, "-");
	snprintf(r->to, sizeof r->to, "+");
	if ((from && parse_end("from", from, 0, r->from, e)) || (since && parse_since(r->from, e)))
		return -1;
	return to ? parse_end("to", to, UINT64_MAX, r->to, e) : 0;
}

/* Whether the contract knows the value: a misspelt filter must not look like an empty stream. */
static int check_choice(const char *name, const char *text, enum ai_field f, struct err *e)
{
	const struct schema_field *field = &schema_ai.fields[f];
	for (size_t i = 0; text && i < field->n_choices; i++)
		if (str_is(field->choices[i], text))
			return 0;
	return text ? err_set(e, ROS_USAGE, "--%s: '%s' is no value of the contract", name, text) : 0;
}

static int parse_filters(struct replay *r, struct err *e)
{
	if (run_id && !uuid_parse(str_of(run_id), &r->run))
		return err_set(e, ROS_USAGE, "--run: '%s' is not a uuid", run_id);
	if (check_choice("tier", tier, AI_TIER, e) || check_choice("mode", mode, AI_GOVERNANCE_MODE, e))
		return -1;
	return 0;
}

static bool has(const struct replay *r, const struct json *event, struct str key, const char *wanted)
{
	const struct json *v = json_get(r->reader, event, key);
	return !wanted || (v && v->type == JSON_STRING && str_is(v->text, wanted));
}

static bool has_run(const struct replay *r, const struct json *event)
{
	const struct json *v = json_get(r->reader, event, STR("run_id"));
	struct uuid uuid;
	return !run_id || (v && v->type == JSON_STRING && uuid_parse(v->text, &uuid) && memcmp(&uuid, &r->run, sizeof uuid) == 0);
}

static struct view view_of(const struct replay *r, const struct bus_entry *entry)
{
	struct view v = { .entry = entry, .env.stream = str_of(setup.stream), .reader = r->reader };
	v.event = carry_entry(r->reader, entry, &v.env);
	return v;
}

static bool selected(const struct replay *r, const struct view *v)
{
	return has_run(r, v->event) && has(r, v->event, STR("tier"), tier) && has(r, v->event, STR("governance_mode"), mode) &&
	       look_selects(&look, v);
}

static void beyond(const struct bus_entry *entry, char out[END_TEXT])
{
	snprintf(out, END_TEXT, "(%.*s", STR_ARG(entry->id));
}

static int print(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct replay *r = arg;
	beyond(entry, r->from);
	pace_note(&r->pace, entry);
	struct view v = view_of(r, entry);
	if (r->left == 0 || !selected(r, &v))
		return 0;
	r->left--;
	buf_clear(&r->line);
	look_write(&look, &v, &r->line);
	if (!buf_ok(&r->line))
		return err_set(e, ROS_BUG, "entry %.*s: no room for its line", STR_ARG(entry->id));
	out_str(&r->tool->out, buf_view(&r->line));
	return 0;
}

/* A walk from the end of the range towards its beginning. */
struct walk {
	struct replay *r;
	int64_t left;          /* entries that --tail still wants */
	char at[END_TEXT];     /* before this */
	char first[END_TEXT];  /* the earliest that it wants; empty: none */
	char newest[END_TEXT]; /* of all; empty: there is none */
};

static int step_back(void *arg, const struct bus_entry *entry, struct err *e)
{
	(void)e;
	struct walk *w = arg;
	beyond(entry, w->at);
	pace_note(&w->r->pace, entry);
	if (!w->newest[0])
		memcpy(w->newest, w->at, sizeof w->newest);
	struct view v = view_of(w->r, entry);
	if (w->left > 0 && selected(w->r, &v)) {
		w->left--;
		snprintf(w->first, sizeof w->first, "%.*s", STR_ARG(entry->id));
	}
	return 0;
}

/* Makes the range begin with the last `tail` entries that are selected, and end with the newest entry of now. */
static int find_tail(struct replay *r, struct err *e)
{
	struct walk w = { .r = r, .left = tail };
	int came;
	memcpy(w.at, r->to, sizeof w.at);
	do {
		char before[END_TEXT];
		memcpy(before, w.at, sizeof before);
		came = bus_range_back(r->bus, str_of(r->from), str_of(before), pace_next(&r->pace, BATCH), step_back, &w, e);
	} while (came > 0 && w.left > 0 && !wait_stopping());
	if (came < 0)
		return -1;
	if (w.newest[0]) {
		memcpy(r->from, w.first[0] ? w.first : w.newest, sizeof r->from);
		memcpy(r->to, w.newest + 1, sizeof w.newest - 1); /* without its bracket */
	}
	return 0;
}

/* The next entries of the range, or of what is published later. */
static int read_on(struct replay *r, struct err *e)
{
	char at[END_TEXT];
	memcpy(at, r->from, sizeof at);
	int most = pace_next(&r->pace, BATCH);
	if (follow)
		return bus_follow(r->bus, str_of(at), most, BLOCK_MS, print, r, e);
	return bus_range(r->bus, str_of(at), str_of(r->to), most, print, r, e);
}

static int run(struct replay *r, struct err *e)
{
	if (parse_range(r, e) || parse_filters(r, e) || look_init(&look, r->tool->config, r->tool->out.fd, e) || trace_begin(&trace, r->tool, e) ||
	    bus_setup_open(&setup, r->tool->config, &r->bus, e) || (tail != NO_TAIL && find_tail(r, e)))
		return -1;
	int came;
	do
		came = read_on(r, e);
	while ((came > 0 || (follow && came == 0)) && r->left > 0 && out_flush(&r->tool->out, NULL) == 0 && !wait_stopping());
	return came < 0 ? -1 : 0;
}

int main(int argc, char **argv, char **environment)
{
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	struct replay r = { .tool = &tool, .left = count };
	r.reader = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&r.line, (size_t)16 << 20);
	if (tool.n_operands > 0) {
		status = ROS_USAGE;
		log_error(&tool.log, "unexpected operand: %s", tool.operands[0]);
	} else {
		struct err e;
		status = run(&r, &e) ? tool_fail(&tool, &e) : ROS_DONE;
	}
	bus_close(r.bus);
	bus_setup_free(&setup);
	look_free(&look);
	buf_free(&r.line);
	json_reader_free(r.reader);
	return tool_end(&tool, trace_end(&trace, &tool, count - r.left, status));
}
