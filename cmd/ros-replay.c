/*
 * ros-replay: a range of the stream to envelope lines on stdout, without a group: nothing is consumed, nothing is acknowledged.
 */
#include "base/timefmt.h"
#include "bus/carry.h"
#include "bus/id.h"
#include "bus/pace.h"
#include "bus/setup.h"
#include "event/event.h"
#include "io/tool.h"
#include "io/wait.h"

#define END_TEXT (ID_TEXT + 1) /* "(" before an id */
#define BATCH 1000

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
static struct bus_setup setup = BUS_SETUP_DEFAULTS;
static const char *from, *to, *run_id, *tier, *mode;
static int64_t count = INT64_MAX;

static const struct option options[] = {
	{ "from", 0, OPTION_TEXT, &from, "ID|TIME", "first entry, by id or publishing time (default: the oldest)", NULL, 0, 0, NULL },
	{ "to", 0, OPTION_TEXT, &to, "ID|TIME", "last entry, by id or publishing time (default: the newest)", NULL, 0, 0, NULL },
	{ "run", 0, OPTION_TEXT, &run_id, "UUID", "only events of this workflow run", NULL, 0, 0, NULL },
	{ "tier", 0, OPTION_TEXT, &tier, "TIER", "only events of this tier", NULL, 0, 0, NULL },
	{ "mode", 0, OPTION_TEXT, &mode, "MODE", "only events of this governance mode", NULL, 0, 0, NULL },
	{ "count", 'n', OPTION_INT, &count, "N", "end after so many lines", NULL, 1, INT64_MAX, NULL },
	BUS_OPTIONS(&setup),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-replay",
	.synopsis = "[option ...]",
	.summary = "Prints a range of the stream as envelope lines, without a group: nothing is consumed.",
	.examples = "ros-replay --from 2026-01-28 --to 2026-01-29 | ros-aggregate > /dev/null\n"
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

static int parse_range(struct replay *r, struct err *e)
{
	snprintf(r->from, sizeof r->from, "-");
	snprintf(r->to, sizeof r->to, "+");
	if (from && parse_end("from", from, 0, r->from, e))
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

static bool selected(const struct replay *r, const struct json *event)
{
	return has_run(r, event) && has(r, event, STR("tier"), tier) && has(r, event, STR("governance_mode"), mode);
}

static int print(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct replay *r = arg;
	snprintf(r->from, sizeof r->from, "(%.*s", STR_ARG(entry->id));
	pace_note(&r->pace, entry);
	struct envelope env = { .stream = str_of(setup.stream) };
	const struct json *event = carry_entry(r->reader, entry, &env);
	if (r->left == 0 || !selected(r, event))
		return 0;
	r->left--;
	buf_clear(&r->line);
	carry_write(&r->line, &env, event);
	if (!buf_ok(&r->line))
		return err_set(e, ROS_BUG, "entry %.*s: no room for its envelope", STR_ARG(entry->id));
	out_str(&r->tool->out, buf_view(&r->line));
	return 0;
}

static int run(struct replay *r, struct err *e)
{
	if (parse_range(r, e) || parse_filters(r, e) || bus_setup_open(&setup, r->tool->config, &r->bus, e))
		return -1;
	int came;
	do {
		char after[END_TEXT];
		memcpy(after, r->from, sizeof after);
		came = bus_range(r->bus, str_of(after), str_of(r->to), pace_next(&r->pace, BATCH), print, r, e);
	} while (came > 0 && r->left > 0 && out_flush(&r->tool->out, NULL) == 0 && !wait_stopping());
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
	buf_free(&r.line);
	json_reader_free(r.reader);
	return tool_end(&tool, status);
}
