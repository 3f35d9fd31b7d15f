/* ros-stage: tells of the stages of a workflow run, as events for ros-emit; and where a run that broke off goes on. */
#include "base/num.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "event/event.h"
#include "io/tool.h"
#include "json/writer.h"
#include "store/resume.h"
#include "store/setup.h"
#include "store/store.h"

#include <inttypes.h>
#include <string.h>

static struct tool tool;
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static const char *checkpoint, *format = "text";
static int64_t stages = RESUME_STAGES_MAX;
static const char *const formats[] = { "text", "json", NULL };

/* The texts of the event's fields. The contract's tables say which are numbers. */
static const char *given[STAGE_FIELDS];

#define GIVEN_OPTION(name, field, value, help) { name, 0, OPTION_TEXT, &given[field], value, help, NULL, 0, 0, NULL }

static const struct option options[] = {
	GIVEN_OPTION("mode", STAGE_GOVERNANCE_MODE, "MODE", "governance mode, DEMO or LIVE; every event needs it"),
	GIVEN_OPTION("name", STAGE_STAGE_NAME, "NAME", "name of the stage"),
	GIVEN_OPTION("project", STAGE_PROJECT_ID, "UUID", "project"),
	GIVEN_OPTION("user", STAGE_USER_ID, "UUID", "on whose behalf"),
	GIVEN_OPTION("tenant", STAGE_TENANT_ID, "NAME", "tenant"),
	GIVEN_OPTION("attempt", STAGE_ATTEMPT_NUMBER, "N", "which attempt this is (default of start: 1)"),
	GIVEN_OPTION("max-attempts", STAGE_MAX_ATTEMPTS, "N", "how many there may be"),
	GIVEN_OPTION("percent", STAGE_PROGRESS_PERCENT, "N", "how far it is (default of finish: 100)"),
	GIVEN_OPTION("items-total", STAGE_ITEMS_TOTAL, "N", "items to process"),
	GIVEN_OPTION("items-processed", STAGE_ITEMS_PROCESSED, "N", "items that are processed"),
	GIVEN_OPTION("items-failed", STAGE_ITEMS_FAILED, "N", "items that failed"),
	{ "checkpoint", 0, OPTION_TEXT, &checkpoint, "JSON", "what the stage needs to go on: {\"row\":1200}", NULL, 0, 0, NULL },
	GIVEN_OPTION("checkpoint-version", STAGE_CHECKPOINT_VERSION, "N", "of the checkpoint's layout, or its counter"),
	GIVEN_OPTION("input-ref", STAGE_INPUT_REF, "URI", "where its input is kept"),
	GIVEN_OPTION("output-ref", STAGE_OUTPUT_REF, "URI", "where its output is kept"),
	GIVEN_OPTION("error", STAGE_LAST_ERROR, "TEXT", "what went wrong"),
	GIVEN_OPTION("timestamp", STAGE_TIMESTAMP, "TIME", "when this was so, RFC 3339 (default: now)"),
	STORE_OPTIONS(&setup),
	{ "stages", 0, OPTION_INT, &stages, "N", "resume: stages of the run (default 20)", NULL, 1, RESUME_STAGES_MAX, NULL },
	{ "format", 'f', OPTION_ENUM, &format, "FORMAT", "resume: text or json", NULL, 0, 0, formats },
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-stage",
	.synopsis = "[option ...] start|progress|checkpoint|pause|finish|fail|skip|cancel RUN STAGE\n[option ...] resume RUN",
	.summary = "Prints an event that tells of a stage of a workflow run, for ros-emit; or says where a run goes on: the stage, the attempt,\n"
	           "the checkpoint.",
	.examples = "ros-stage --mode DEMO --name extract start 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 3 | ros-emit\n"
	            "ros-stage --mode DEMO --checkpoint '{\"row\":1200}' checkpoint 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 3 | ros-emit\n"
	            "ros-stage resume 9c5b94b1-35ad-49bb-b118-8e8fc24abf80\n",
};

/* --- telling --- */

/* What a command says: the status, and the field that has the event's time. */
static const struct command {
	const char *name, *status;
	int at; /* 0: none */
} commands[] = {
	{ "start", "running", STAGE_STARTED_AT },
	{ "progress", "running", 0 },
	{ "checkpoint", "running", 0 },
	{ "pause", "paused", 0 },
	{ "finish", "completed", STAGE_COMPLETED_AT },
	{ "fail", "failed", STAGE_COMPLETED_AT },
	{ "skip", "skipped", STAGE_COMPLETED_AT },
	{ "cancel", "cancelled", STAGE_COMPLETED_AT },
};

static const struct command *command_of(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static bool is_number(int field)
{
	return schema_stage.fields[field].types & TYPE_INTEGER;
}

static void set_default(int field, const char *text)
{
	if (!given[field])
		given[field] = text;
}

/* What the caller has not said. The stage of a run has the same identity in every event. */
static void fill(const struct command *c, const struct uuid *run, int64_t stage)
{
	static char event_id[UUID_TEXT], id[UUID_TEXT], now[TIME_TEXT], name[32];
	struct uuid uuid = uuid_random();
	uuid_format(&uuid, event_id);
	snprintf(name, sizeof name, "stage %" PRId64, stage);
	uuid = uuid_named(run, str_of(name));
	uuid_format(&uuid, id);
	time_format(time_now_ms(), now);
	given[STAGE_SCHEMA_VERSION] = "1.1.0";
	given[STAGE_EVENT_TYPE] = schema_stage.event_type.p;
	given[STAGE_EVENT_ID] = event_id;
	given[STAGE_ID] = id;
	given[STAGE_STATUS] = c->status;
	set_default(STAGE_TIMESTAMP, now);
	if (c->at)
		given[c->at] = given[STAGE_TIMESTAMP];
	if (c->at == STAGE_STARTED_AT)
		set_default(STAGE_ATTEMPT_NUMBER, "1");
	if (strcmp(c->status, "completed") == 0)
		set_default(STAGE_PROGRESS_PERCENT, "100");
	if (checkpoint)
		given[STAGE_LAST_CHECKPOINT_AT] = given[STAGE_TIMESTAMP];
}

/* The text as JSON, where it can stand there. */
static int put_field(struct json_writer *w, struct json_reader *r, int field, struct err *e)
{
	struct str name = schema_stage.fields[field].name, text = str_of(given[field]);
	struct json_fault fault;
	bool number = is_number(field);
	const struct json *v = number ? json_read(r, text, &fault) : NULL;
	if (number ? !v || v->type != JSON_NUMBER : !str_utf8(text))
		return err_set(e, ROS_USAGE, "%.*s: not %s", STR_ARG(name), number ? "a number" : "UTF-8");
	json_key_str(w, name);
	if (number)
		json_raw(w, v->raw);
	else
		json_str(w, text);
	return 0;
}

static int put_checkpoint(struct json_writer *w, struct json_reader *r, struct err *e)
{
	struct json_fault fault;
	struct buf canonical;
	if (!checkpoint)
		return 0;
	const struct json *v = json_read(r, str_of(checkpoint), &fault);
	if (!v)
		return err_set(e, ROS_USAGE, "--checkpoint: not JSON: %s at byte %zu", fault.rule, fault.offset + 1);
	buf_init(&canonical, 4 * EVENT_LINE_MAX);
	json_canonical(r, v, NULL, &canonical);
	json_key_str(w, schema_stage.fields[STAGE_CHECKPOINT_DATA].name);
	json_raw(w, buf_view(&canonical));
	buf_free(&canonical);
	return 0;
}

static int write_event(struct json_reader *r, struct buf *out, struct err *e)
{
	struct json_writer w;
	json_writer_init(&w, out, false);
	json_open(&w, '{');
	for (int f = 1; f < STAGE_FIELDS; f++)
		if (given[f] && put_field(&w, r, f, e) < 0)
			return -1;
	if (put_checkpoint(&w, r, e) < 0)
		return -1;
	json_close(&w, '}');
	return buf_ok(out) ? 0 : err_set(e, ROS_USAGE, "the event is longer than 1 MiB");
}

/* As ros-emit would judge it. */
static int check(struct json_reader *r, struct str line, struct err *e)
{
	struct event ev;
	struct json_fault fault;
	const struct json *root = json_read(r, line, &fault);
	if (root && event_check(r, root, &ev, &fault))
		return 0;
	return err_set(e, ROS_USAGE, "%s: %s", fault.pointer[0] ? fault.pointer + 1 : "event", fault.rule);
}

static int tell(const struct command *c, const char *run, const char *stage, struct err *e)
{
	struct uuid uuid;
	int64_t number;
	struct buf line;
	if (!uuid_parse(str_of(run), &uuid))
		return err_set(e, ROS_USAGE, "'%s' is not the uuid of a run", run);
	if (!num_int_in(str_of(stage), 1, RESUME_STAGES_MAX, &number))
		return err_set(e, ROS_USAGE, "'%s' is not a stage: 1 to %d", stage, RESUME_STAGES_MAX);
	if (strcmp(c->name, "checkpoint") == 0 && !checkpoint)
		return err_set(e, ROS_USAGE, "checkpoint needs --checkpoint");
	given[STAGE_RUN_ID] = run;
	given[STAGE_STAGE_NUMBER] = stage;
	fill(c, &uuid, number);
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&line, EVENT_LINE_MAX);
	int rc = write_event(r, &line, e);
	if (rc == 0)
		rc = check(r, buf_view(&line), e);
	if (rc == 0)
		out_fmt(&tool.out, "%s\n", buf_cstr(&line));
	buf_free(&line);
	json_reader_free(r);
	return rc;
}

/* --- resuming --- */

static void print_text(const struct resume *r)
{
	out_fmt(&tool.out, "%" PRId64 " %" PRId64 " %s\n", r->stage, r->attempt, r->checkpoint.n ? buf_cstr(&r->checkpoint) : "-");
}

/* null where nothing is recorded. */
static void put_text(struct json_writer *w, const char *key, struct str text)
{
	json_key(w, key);
	json_str(w, text.n ? text : (struct str){ 0 });
}

static void print_json(const struct resume *r)
{
	char time[TIME_TEXT] = "";
	struct buf text;
	struct json_writer w;
	if (r->status.n)
		time_format(r->updated_ms, time);
	buf_init(&text, 8 * EVENT_LINE_MAX);
	json_writer_init(&w, &text, false);
	json_open(&w, '{');
	json_key(&w, "stage");
	json_int(&w, r->stage);
	json_key(&w, "attempt");
	json_int(&w, r->attempt);
	put_text(&w, "name", buf_view(&r->name));
	put_text(&w, "status", buf_view(&r->status));
	put_text(&w, "updated_at", str_of(time));
	json_key(&w, "checkpoint");
	json_raw(&w, r->checkpoint.n ? buf_view(&r->checkpoint) : STR("null"));
	json_key(&w, "checkpoint_version");
	if (r->checkpoint_version < 0)
		json_null(&w);
	else
		json_int(&w, r->checkpoint_version);
	json_close(&w, '}');
	out_fmt(&tool.out, "%s\n", buf_cstr(&text));
	buf_free(&text);
}

/* Whether there is something to go on with; says why not. */
static int say(const struct resume *r)
{
	switch (r->verdict) {
	case RESUME_DONE: log_warn(&tool.log, "all %" PRId64 " stages are completed or skipped", stages); return ROS_REFUSED;
	case RESUME_CANCELLED: log_warn(&tool.log, "stage %" PRId64 " is cancelled", r->stage); return ROS_REFUSED;
	case RESUME_EXHAUSTED:
		log_warn(&tool.log, "stage %" PRId64 " has had all of its %" PRId64 " attempts", r->stage, r->attempt - 1);
		return ROS_REFUSED;
	case RESUME_GO: break;
	}
	if (strcmp(format, "json") == 0)
		print_json(r);
	else
		print_text(r);
	return ROS_DONE;
}

static int resume(const char *run, struct err *e)
{
	struct uuid uuid;
	struct db *db;
	const char *path;
	if (!uuid_parse(str_of(run), &uuid))
		return err_set(e, ROS_USAGE, "'%s' is not the uuid of a run", run);
	if (store_setup_path(&setup, tool.config, &path, e) < 0 || store_open_read(&db, path, store_setup_busy_ms(&setup), e) < 0)
		return -1;
	struct resume r;
	resume_init(&r);
	int rc = resume_find(db, &uuid, stages, &r, e);
	if (rc == 0)
		rc = say(&r);
	resume_free(&r);
	db_close(db);
	return rc;
}

static int run(struct err *e)
{
	const char **operand = tool.operands;
	size_t n = tool.n_operands;
	if (n == 0)
		return err_set(e, ROS_USAGE, "what is to be told? see --help");
	if (strcmp(operand[0], "resume") == 0)
		return n == 2 ? resume(operand[1], e) : err_set(e, ROS_USAGE, "resume takes RUN");
	const struct command *c = command_of(operand[0]);
	if (!c)
		return err_set(e, ROS_USAGE, "'%s' is no command", operand[0]);
	return n == 3 ? tell(c, operand[1], operand[2], e) : err_set(e, ROS_USAGE, "%s takes RUN and STAGE", c->name);
}

int main(int argc, char **argv, char **environment)
{
	int status;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	status = run(&e);
	if (status < 0)
		status = tool_fail(&tool, &e);
	store_setup_free(&setup);
	return tool_end(&tool, status);
}
