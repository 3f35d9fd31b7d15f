/*
 * ros-emit: event lines, or one event given by options, to the bus; prints the stream ids.
 *
 * A batch is what the input has now: it is published when the input is idle, or when it is full. Every line of the input
 * ends in one of four ways: its id on stdout; `queued` and its invocation_id on stdout, when it is synced in the local queue; named on
 * stderr as refused; or named on stderr as neither published nor queued.
 *
 * The guard is behind the check of the contract and before all else: what has not passed it is in this process alone, and is not dumped when that dies.
 */
#include "base/timefmt.h"
#include "bus/publish.h"
#include "bus/setup.h"
#include "event/event.h"
#include "event/lines.h"
#include "event/summary.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/tool.h"
#include "json/writer.h"
#include "phi/guard.h"
#include "stats/stats.h"

#include <inttypes.h>
#include <sys/prctl.h>
#include <unistd.h>

#define BATCH_LINES 1000
#define BATCH_BYTES ((size_t)4 << 20)
#define LINGER_MS 1        /* idle means: nothing for so long */
#define FORWARD_MS 1000    /* between two looks at the local queue while the input is idle */
#define RANGES_A_MESSAGE 50
#define NO_LINE 0          /* "line number" of the event given by options */

struct line {
	uint64_t number;
	int64_t time_ms;               /* of the event */
	char invocation[UUID_TEXT];
};

struct emit {
	struct tool *tool;
	struct publisher *publisher;   /* NULL: --dry-run */
	struct queue *queue;           /* NULL: no state directory */
	struct producer producer;
	struct json_reader *reader;
	struct phi_keys *keys;         /* NULL: no key file */
	struct phi_guard *guard;
	struct buf guarded;            /* the event as it leaves */
	const char *file;              /* the operand being read; NULL: standard input without operands */
	struct line line[BATCH_LINES]; /* of each event of the batch */
	size_t batch, told;
	uint64_t left[BATCH_LINES];    /* the lines that were neither published nor queued */
	size_t n_left;
	uint64_t last_line;            /* that came into a batch */
	int64_t first_number;          /* that this run may give */
	struct summary_refusal refused[SUMMARY_RULES_MAX];
	size_t n_refused;              /* rules that refused something */
	uint64_t seen;                 /* events that came */
	bool warned_trouble, warned_queue, warned_full, told_key;
	bool exposed;                  /* LIVE can be read on its way to the bus, and that was not said yet */
	struct publisher_state noted;  /* what --stats knows of it */
	int64_t settled_ms;            /* when the batch began to be settled, by the wall clock */
	int status;
	bool over;                     /* publishing failed, or a signal came: read no further */
};

static struct tool tool;
static struct bus_setup setup = BUS_SETUP_DEFAULTS;
static struct stats stats = STATS_DEFAULTS;
static bool dry_run;
static const char *phi = "on", *live_text = "hash";
static const char *const phi_choices[] = { "on", "off", NULL }, *const text_choices[] = { "hash", "scan", NULL };
static int64_t max_len = 100000, queue_bytes = QUEUE_BYTES, queue_days = QUEUE_AGE_MS / TIME_DAY_MS;

/* The event given by options: the texts of its fields. The contract's tables say where they go and which are numbers. */
static const char *given[AI_FIELDS];
static struct option_list tags, datasets;

#define GIVEN_OPTION(name, field, value, help) { name, 0, OPTION_TEXT, &given[field], value, help, NULL, 0, 0, NULL }

static const struct option options[] = {
	{ "dry-run", 'n', OPTION_FLAG, &dry_run, NULL, "check the events and publish nothing", NULL, 0, 0, NULL },
	BUS_OPTIONS(&setup),
	{ "max-len", 0, OPTION_INT, &max_len, "N", "longest stream (default 100000)", "INSIGHTS_MAX_LEN", 1, INT64_MAX, NULL },
	{ "queue-bytes", 0, OPTION_INT, &queue_bytes, "N", "largest local queue (default 1073741824)", "ROS_QUEUE_BYTES", 1, INT64_MAX, NULL },
	{ "queue-days", 0, OPTION_INT, &queue_days, "N", "longest wait in the local queue (default 7)", "ROS_QUEUE_DAYS", 1, 36500, NULL },
	{ "phi", 0, OPTION_ENUM, &phi, "WHETHER", "the PHI guard: on, or off, for DEMO alone (default on)", NULL, 0, 0, phi_choices },
	{ "live-text", 0, OPTION_ENUM, &live_text, "HOW", "text of LIVE: hash, or scan (default hash)", NULL, 0, 0, text_choices },
	GIVEN_OPTION("invocation-id", AI_INVOCATION_ID, "UUID", "event: its identity (default: minted)"),
	GIVEN_OPTION("timestamp", AI_TIMESTAMP, "TIME", "event: when it completed, RFC 3339 (default: now)"),
	GIVEN_OPTION("mode", AI_GOVERNANCE_MODE, "MODE", "event: governance mode, DEMO or LIVE"),
	GIVEN_OPTION("project", AI_PROJECT_ID, "UUID", "event: project"),
	GIVEN_OPTION("caller", AI_CALLER, "NAME", "event: orchestrator, worker or web"),
	GIVEN_OPTION("tier", AI_TIER, "TIER", "event: NANO, MINI or FRONTIER"),
	GIVEN_OPTION("provider", AI_PROVIDER, "NAME", "event: who served"),
	GIVEN_OPTION("model", AI_MODEL, "NAME", "event: the model that served"),
	GIVEN_OPTION("model-requested", AI_MODEL_REQUESTED, "NAME", "event: the model that was asked for"),
	GIVEN_OPTION("model-version", AI_MODEL_VERSION, "TEXT", "event: version of the model that served"),
	GIVEN_OPTION("run", AI_RUN_ID, "UUID", "event: workflow run"),
	GIVEN_OPTION("stage", AI_STAGE, "N", "event: workflow stage, 1 to 20"),
	GIVEN_OPTION("stage-name", AI_STAGE_NAME, "NAME", "event: name of the stage"),
	GIVEN_OPTION("purpose", AI_PURPOSE, "NAME", "event: generate, extract, classify ..."),
	GIVEN_OPTION("prompt-ref", AI_PROMPT_REF, "URI", "event: where the prompt is kept"),
	GIVEN_OPTION("output-ref", AI_OUTPUT_REF, "URI", "event: where the output is kept"),
	GIVEN_OPTION("prompt-hash", AI_PROMPT_HASH, "HASH", "event: sha256: or hmac-sha256: and 64 hex digits"),
	GIVEN_OPTION("output-hash", AI_OUTPUT_HASH, "HASH", "event: likewise"),
	GIVEN_OPTION("status", AI_STATUS, "STATUS", "event: SUCCESS, FAILED, BLOCKED, TIMEOUT or RATE_LIMITED"),
	GIVEN_OPTION("agent", AI_AGENT_ID, "NAME", "event: the agent that acted"),
	GIVEN_OPTION("user", AI_USER_ID, "UUID", "event: on whose behalf"),
	GIVEN_OPTION("tenant", AI_TENANT_ID, "NAME", "event: tenant"),
	GIVEN_OPTION("input-tokens", AI_USAGE_INPUT_TOKENS, "N", "event: input tokens, but cached ones"),
	GIVEN_OPTION("output-tokens", AI_USAGE_OUTPUT_TOKENS, "N", "event: output tokens, but reasoning ones"),
	GIVEN_OPTION("cache-read-tokens", AI_USAGE_CACHE_READ_TOKENS, "N", "event: input tokens read from a cache"),
	GIVEN_OPTION("cache-write-tokens", AI_USAGE_CACHE_WRITE_TOKENS, "N", "event: input tokens written to a cache"),
	GIVEN_OPTION("reasoning-tokens", AI_USAGE_REASONING_TOKENS, "N", "event: output tokens spent on reasoning"),
	GIVEN_OPTION("total-tokens", AI_USAGE_TOTAL_TOKENS, "N", "event: the producer's total"),
	GIVEN_OPTION("cost", AI_USAGE_COST_USD, "USD", "event: cost in dollars (default: unknown)"),
	GIVEN_OPTION("cost-source", AI_USAGE_COST_SOURCE, "WHO", "event: provider, local or unknown"),
	GIVEN_OPTION("latency", AI_USAGE_LATENCY_MS, "MS", "event: time to the whole response (default: unknown)"),
	GIVEN_OPTION("ttft", AI_USAGE_TIME_TO_FIRST_TOKEN_MS, "MS", "event: time to the first token"),
	STATS_OPTIONS(&stats),
	{ "tag", 0, OPTION_LIST, &tags, "TEXT", "event: a label; may be repeated", NULL, 0, 0, NULL },
	{ "dataset", 0, OPTION_LIST, &datasets, "UUID", "event: a dataset that was seen; may be repeated", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-emit",
	.synopsis = "[option ...] [FILE ...]",
	.summary = "Publishes event lines from standard input or files, or the one event given by options, and prints the stream ids.",
	.examples = "ros-emit events.jsonl\n"
	            "ros-emit --dry-run < events.jsonl\n"
	            "ros-emit --mode DEMO --project 1b4e28ba-2fa1-41d2-883f-0016d3cca427 --caller worker --tier MINI \\\n"
	            "    --provider anthropic --model claude-haiku-4-5 --input-tokens 1200 --output-tokens 340\n"
	            PHI_KEY_COMMAND "   # the key of LIVE\n"
	            "ROS_PHI_KEY_FILE=FILE ros-emit events.jsonl\n",
};

enum { EVENTS, EVENTS_PUBLISHED, EVENTS_QUEUED, EVENTS_FORWARDED, EVENTS_REFUSED, EVENTS_LEFT, ERRORS, QUEUE_DEPTH, PUBLISH_MS, EVENT_AGE_MS };

static const struct stats_item items[] = {
	[EVENTS] = { "events", STATS_COUNTER },
	[EVENTS_PUBLISHED] = { "published", STATS_COUNTER },
	[EVENTS_QUEUED] = { "queued", STATS_COUNTER },
	[EVENTS_FORWARDED] = { "forwarded", STATS_COUNTER },
	[EVENTS_REFUSED] = { "refused", STATS_COUNTER },
	[EVENTS_LEFT] = { "left", STATS_COUNTER },
	[ERRORS] = { "errors", STATS_COUNTER },
	[QUEUE_DEPTH] = { "queue_depth", STATS_GAUGE },
	[PUBLISH_MS] = { "publish_ms", STATS_LATENCY },
	[EVENT_AGE_MS] = { "event_age_ms", STATS_LATENCY },
	{ 0 },
};

static void worsen(struct emit *em, int status)
{
	if (status > em->status)
		em->status = status;
}

/* "FILE: line 7", "line 7", "event". */
static void add_place(const struct emit *em, uint64_t line, struct buf *out)
{
	if (em->file)
		buf_fmt(out, "%s: ", em->file);
	if (line == NO_LINE)
		buf_z(out, "event");
	else
		buf_fmt(out, "line %" PRIu64, line);
}

/* For the summary. */
static void count_refusal(struct emit *em, const char *rule)
{
	size_t i = 0;
	stats_add(&stats, EVENTS_REFUSED, 1);
	while (i < em->n_refused && !str_is(em->refused[i].rule, rule))
		i++;
	if (i == SUMMARY_RULES_MAX)
		return;
	if (i == em->n_refused)
		em->refused[em->n_refused++] = (struct summary_refusal){ str_of(rule), 0 };
	em->refused[i].count++;
}

static void add_id(const struct emit *em, const struct json *root, const char *name, struct buf *out)
{
	const struct json *id = json_get(em->reader, root, str_of(name));
	struct uuid uuid;
	if (id && id->type == JSON_STRING && uuid_parse(id->text, &uuid))
		buf_fmt(out, " (%s %.*s)", name, STR_ARG(id->text));
}

/* Names a refused line. `root` is the event where it was JSON, so that its id can be named; else NULL. */
static void refuse(struct emit *em, uint64_t line, const char *rule, const char *words, const struct json *root)
{
	count_refusal(em, rule);
	struct buf text;
	buf_init(&text, 8192);
	add_place(em, line, &text);
	buf_fmt(&text, ": %s", words);
	add_id(em, root, "invocation_id", &text);
	add_id(em, root, "event_id", &text);
	log_error(&em->tool->log, "%s", buf_cstr(&text));
	buf_free(&text);
	worsen(em, ROS_REFUSED);
}

/* "/usage/cost_usd: minimum"; where a pointer cannot say it, "syntax at byte 12". */
static void refuse_fault(struct emit *em, uint64_t line, const struct json_fault *fault, const struct json *root)
{
	char words[512], at[40] = "";
	if (fault->offset > 0)
		snprintf(at, sizeof at, " at byte %zu", fault->offset + 1);
	snprintf(words, sizeof words, "%s%s%s%s", fault->pointer, fault->pointer[0] ? ": " : "", fault->rule, at);
	refuse(em, line, fault->rule, words, root);
}

/* Says which lines were left, as ranges, in as many messages as it takes. */
static void name_left(const struct emit *em)
{
	if (em->left[0] == NO_LINE) {
		log_error(&em->tool->log, "the event is neither published nor queued");
		return;
	}
	const char *file = em->file ? em->file : "", *colon = em->file ? ": " : "";
	struct buf text;
	buf_init(&text, 8192);
	for (size_t i = 0; i < em->n_left;) {
		buf_clear(&text);
		for (int ranges = 0; i < em->n_left && ranges < RANGES_A_MESSAGE; ranges++) {
			size_t last = i;
			while (last + 1 < em->n_left && em->left[last + 1] == em->left[last] + 1)
				last++;
			buf_fmt(&text, "%s%" PRIu64, ranges ? ", " : "", em->left[i]);
			if (last > i)
				buf_fmt(&text, "-%" PRIu64, em->left[last]);
			i = last + 1;
		}
		log_error(&em->tool->log, "%s%slines neither published nor queued: %s", file, colon, buf_cstr(&text));
	}
	log_error(&em->tool->log, "%s%snothing after line %" PRIu64 " was taken", file, colon, em->last_line);
	buf_free(&text);
}

/* The outcomes come in the order of the lines. */
static void take_outcome(void *arg, enum published what, struct str id)
{
	struct emit *em = arg;
	const struct line *line = &em->line[em->told++];
	if (what == PUBLISHED)
		stats_time(&stats, EVENT_AGE_MS, em->settled_ms - line->time_ms);
	if (what == PUBLISHED)
		out_fmt(&em->tool->out, "%.*s\n", STR_ARG(id));
	else if (what == QUEUED)
		out_fmt(&em->tool->out, "queued %s\n", line->invocation);
	else
		em->left[em->n_left++] = line->number;
}

/* What the operator should know, once. */
static void warn(struct emit *em, const struct publisher_state *state)
{
	if (state->trouble && state->queued > 0 && !em->warned_trouble)
		log_warn(&em->tool->log, "%s: events go to the local queue %s", state->trouble->text, queue_path(em->queue));
	em->warned_trouble |= state->trouble && state->queued > 0;
	if (state->queue_trouble && !em->warned_queue)
		log_warn(&em->tool->log, "%s: what may wait in the local queue is not forwarded", state->queue_trouble->text);
	em->warned_queue |= state->queue_trouble != NULL;
	if (state->nearly_full && !em->warned_full)
		log_warn(&em->tool->log, "the stream %s has more than 80 %% of its limit of %" PRId64 " entries, and none can be trimmed",
		         setup.stream, max_len);
	em->warned_full |= state->nearly_full;
}

/* The publisher's figures are since its start. */
static void note_stats(struct emit *em, const struct publisher_state *now, int64_t ms)
{
	const struct publisher_state *was = &em->noted;
	stats_add(&stats, EVENTS_PUBLISHED, now->published - was->published);
	stats_add(&stats, EVENTS_QUEUED, now->queued - was->queued);
	stats_add(&stats, EVENTS_FORWARDED, now->forwarded - was->forwarded);
	stats_add(&stats, EVENTS_LEFT, (int64_t)em->n_left);
	stats_add(&stats, ERRORS, now->failures - was->failures);
	stats_set(&stats, QUEUE_DEPTH, now->waiting);
	stats_time(&stats, PUBLISH_MS, ms);
	em->noted = *now;
}

static void publish(struct emit *em)
{
	struct err e;
	struct publisher_state state;
	if (em->batch == 0)
		return;
	em->told = em->n_left = 0;
	em->settled_ms = time_now_ms();
	int64_t begin = time_monotonic_ms();
	int rc = publisher_settle(em->publisher, take_outcome, em, &e);
	em->batch = 0;
	publisher_look(em->publisher, &state);
	note_stats(em, &state, time_monotonic_ms() - begin);
	warn(em, &state);
	worsen(em, state.stuck);
	if (rc < 0) {
		worsen(em, tool_fail(em->tool, &e));
		name_left(em);
		em->over = true;
	}
	out_flush(&em->tool->out, NULL); /* the error sticks; tool_end() says it */
	stats_tick(&stats, time_monotonic_ms());
}

static void add(struct emit *em, const struct event *ev, uint64_t line)
{
	if (ev->live && em->exposed)
		log_warn(&em->tool->log, BUS_EXPOSED);
	em->exposed &= !ev->live;
	struct entry_field fields[ENTRY_FIELDS_MAX];
	size_t n = entry_fields(ev, buf_view(&em->guarded), fields);
	struct line *l = &em->line[em->batch++];
	l->number = em->last_line = line;
	l->time_ms = ev->time_ms;
	uuid_format(&ev->id, l->invocation);
	publisher_add(em->publisher, fields, n, true);
	if (em->batch == BATCH_LINES || publisher_bytes(em->publisher) >= BATCH_BYTES)
		publish(em);
}

/* What the operator must do, not the producer; how is said once. */
static void ask_for_key(struct emit *em)
{
	if (!em->told_key)
		log_error(&em->tool->log, "LIVE needs a key; make one, and let ROS_PHI_KEY_FILE name it: %s", PHI_KEY_COMMAND);
	em->told_key = true;
}

static bool guard(struct emit *em, const struct event *ev, uint64_t line)
{
	struct json_fault fault;
	if (phi_guard(em->guard, ev->schema, em->reader, ev->root, &em->guarded, &fault))
		return true;
	refuse_fault(em, line, &fault, ev->root);
	if (str_is(str_of(fault.rule), REFUSED_NO_KEY))
		ask_for_key(em);
	if (str_is(str_of(fault.rule), REFUSED_NO_KEY) || str_is(str_of(fault.rule), REFUSED_NO_GUARD))
		worsen(em, ROS_CONFIG);
	return false;
}

static void take_line(struct emit *em, struct str text, uint64_t line)
{
	if (str_trim(text).n == 0)
		return;
	em->seen++;
	stats_add(&stats, EVENTS, 1);
	struct json_fault fault;
	struct event ev;
	const struct json *root = json_read(em->reader, text, &fault);
	if (!root || !event_check(em->reader, root, &ev, &fault))
		refuse_fault(em, line, &fault, root);
	else if (guard(em, &ev, line) && !dry_run)
		add(em, &ev, line);
}

/* While the input is idle, what waits in the local queue is tried again. */
static void forward(struct emit *em)
{
	struct err e;
	if (em->batch > 0)
		publish(em);
	else if (em->publisher && publisher_forward(em->publisher, time_monotonic_ms() + FORWARD_MS, &e) < 0)
		log_note(&em->tool->log, "%s: events stay in the local queue", e.text);
}

/* How long to wait for a line. */
static int patience(const struct emit *em)
{
	struct publisher_state state = { 0 };
	if (em->batch > 0)
		return LINGER_MS;
	if (em->publisher)
		publisher_look(em->publisher, &state);
	return state.waiting > 0 ? FORWARD_MS : stats_patience(&stats, time_monotonic_ms());
}

static void take_lines(struct emit *em, struct lines *in)
{
	for (enum lines_event what = LINES_LINE; !em->over && what != LINES_END;) {
		struct str text;
		struct err e;
		what = lines_next(in, patience(em), &text, &e);
		if (what == LINES_IDLE)
			stats_tick(&stats, time_monotonic_ms());
		switch (what) {
		case LINES_LINE:
		case LINES_LAST: /* counts when it is a whole object, as every line must be */
			take_line(em, text, in->number);
			break;
		case LINES_TOO_LONG:
			em->seen++;
			stats_add(&stats, EVENTS, 1);
			refuse(em, in->number, "size", "longer than 1 MiB", NULL);
			break;
		case LINES_ERROR:
			publish(em);
			worsen(em, tool_fail(em->tool, &e));
			return;
		case LINES_STOP:
			publish(em);
			log_warn(&em->tool->log, "stopped by a signal after line %" PRIu64, in->number);
			em->over = true;
			return;
		case LINES_IDLE:
			forward(em);
			break;
		case LINES_END:
			publish(em);
			break;
		}
	}
}

/* Its id is of no use to anybody. */
static void ignore_outcome(void *arg, enum published what, struct str id)
{
	(void)arg, (void)what, (void)id;
}

static void publish_summary(struct emit *em, const struct summary *s)
{
	struct buf text;
	char time[TIME_TEXT];
	struct err e;
	time_format(s->time_ms, time);
	buf_init(&text, EVENT_LINE_MAX);
	summary_write(&text, s);
	const struct entry_field fields[] = { { STR("type"), schema_summary.event_type }, { STR("data"), buf_view(&text) },
		                              { STR("timestamp"), str_of(time) }, { STR("source"), s->source } };
	publisher_add(em->publisher, fields, sizeof fields / sizeof fields[0], false);
	if (publisher_settle(em->publisher, ignore_outcome, NULL, &e) < 0)
		log_warn(&em->tool->log, "%s: the summary of what was refused is not published", e.text);
	buf_free(&text);
}

/*
 * What the sink could not know: what was refused here, and the last number of a source that ended in doubt.
 */
static void summarize(struct emit *em)
{
	const struct producer *p = &em->producer;
	if (!em->publisher || p->fd < 0)
		return;
	struct summary s = { .id = uuid_random(), .time_ms = time_now_ms(), .source = str_of(p->source), .first = em->first_number,
		             .last = p->next - 1, .n_refused = em->n_refused };
	memcpy(s.refused, em->refused, sizeof s.refused);
	if (em->n_refused > 0)
		publish_summary(em, &s);
	if (p->left_last > 0 && p->next > em->first_number)
		publish_summary(em, &(struct summary){ .id = uuid_random(), .time_ms = s.time_ms, .source = str_of(p->left), .first = 1,
		                                       .last = p->left_last });
}

static void read_file(struct emit *em, const char *path)
{
	int fd;
	const char *name;
	struct err e;
	if (file_open_input(path, &fd, &name, &e)) {
		worsen(em, tool_fail(em->tool, &e));
		return;
	}
	struct lines in;
	lines_init(&in, fd, name, EVENT_LINE_MAX);
	take_lines(em, &in);
	lines_free(&in);
	if (fd != STDIN_FILENO)
		close(fd);
}

static void read_input(struct emit *em)
{
	if (em->tool->n_operands == 0)
		read_file(em, "-");
	for (size_t i = 0; i < em->tool->n_operands && !em->over; i++) {
		em->file = em->tool->operands[i];
		read_file(em, em->file);
	}
	if (em->seen == 0 && em->status == ROS_DONE && !em->over)
		log_warn(&em->tool->log, "no events in the input");
}

/* Whether a member of that object was given by an option. */
static bool some_given(enum ai_field object)
{
	const struct schema_field *o = &schema_ai.fields[object];
	for (int i = o->child; i < o->child + o->children; i++)
		if (given[i])
			return true;
	return false;
}

static bool is_given(void)
{
	return some_given(AI_ROOT) || some_given(AI_USAGE) || tags.n + datasets.n > 0;
}

static bool is_number(int field)
{
	return schema_ai.fields[field].types & (TYPE_INTEGER | TYPE_NUMBER);
}

static const char *option_name(const void *to)
{
	const struct option *o = options;
	while (o->to != to)
		o++;
	return o->name;
}

/* Whether the text can stand in JSON. */
static bool check_text(struct emit *em, const void *option, const char *text, bool number)
{
	struct json_fault fault;
	const struct json *value = number ? json_read(em->reader, str_of(text), &fault) : NULL;
	bool good = number ? value && value->type == JSON_NUMBER : str_utf8(str_of(text));
	if (!good)
		log_error(&em->tool->log, "--%s: '%s' is not %s", option_name(option), text, number ? "a number" : "UTF-8");
	return good;
}

static bool check_list(struct emit *em, const struct option_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!check_text(em, list, list->v[i], false))
			return false;
	return true;
}

static bool check_given(struct emit *em)
{
	for (int i = 0; i < AI_FIELDS; i++)
		if (given[i] && !check_text(em, &given[i], given[i], is_number(i)))
			return false;
	return check_list(em, &tags) && check_list(em, &datasets);
}

/* A member that must be there and may be null is null where it was not given: unknown cost and latency. */
static void write_members(struct json_writer *w, enum ai_field object)
{
	const struct schema_field *o = &schema_ai.fields[object];
	for (int i = o->child; i < o->child + o->children; i++) {
		const struct schema_field *f = &schema_ai.fields[i];
		bool null = !given[i] && f->required && (f->types & TYPE_NULL);
		if (!given[i] && !null)
			continue;
		json_key_str(w, f->name);
		if (null)
			json_null(w);
		else if (is_number(i))
			json_raw(w, str_of(given[i]));
		else
			json_z(w, given[i]);
	}
}

static void write_list(struct json_writer *w, enum ai_field field, const struct option_list *list)
{
	if (list->n == 0)
		return;
	json_key_str(w, schema_ai.fields[field].name);
	json_open(w, '[');
	for (size_t i = 0; i < list->n; i++)
		json_z(w, list->v[i]);
	json_close(w, ']');
}

static void mint(void)
{
	static char id[UUID_TEXT], now[TIME_TEXT];
	struct uuid uuid = uuid_random();
	uuid_format(&uuid, id);
	time_format(time_now_ms(), now);
	if (!given[AI_INVOCATION_ID])
		given[AI_INVOCATION_ID] = id;
	if (!given[AI_TIMESTAMP])
		given[AI_TIMESTAMP] = now;
	given[AI_SCHEMA_VERSION] = "1.1.0";
}

static void write_event(struct buf *out)
{
	struct json_writer w;
	json_writer_init(&w, out, false);
	json_open(&w, '{');
	write_members(&w, AI_ROOT);
	write_list(&w, AI_TAGS, &tags);
	write_list(&w, AI_DATASET_IDS, &datasets);
	if (some_given(AI_USAGE)) {
		json_key_str(&w, schema_ai.fields[AI_USAGE].name);
		json_open(&w, '{');
		write_members(&w, AI_USAGE);
		json_close(&w, '}');
	}
	json_close(&w, '}');
}

static void take_given(struct emit *em)
{
	struct buf text;
	buf_init(&text, EVENT_LINE_MAX);
	mint();
	write_event(&text);
	if (buf_ok(&text))
		take_line(em, buf_view(&text), NO_LINE);
	else
		refuse(em, NO_LINE, "size", "longer than 1 MiB", NULL);
	publish(em);
	buf_free(&text);
}

/* Without a state directory, events can still be published: without numbers, and with no queue behind them. */
static int open_publisher(struct emit *em, struct err *e)
{
	const char *dir;
	struct err why;
	if (bus_setup_settle(&setup, em->tool->config, e) < 0)
		return -1;
	em->exposed = bus_setup_exposed(&setup);
	bool numbered = false;
	if (config_state_dir(em->tool->config, &dir, &why) == 0) {
		em->queue = queue_new(&(struct queue_settings){ dir, &setup.settings, queue_bytes, queue_days * TIME_DAY_MS });
		numbered = producer_take(&em->producer, dir, &why) == 0;
		em->first_number = em->producer.next;
	}
	if (!numbered)
		log_warn(&em->tool->log, "%s: events carry no numbers that prove completeness", why.text);
	em->publisher = publisher_new(&(struct publisher_settings){ &setup.settings, em->queue, numbered ? &em->producer : NULL, max_len });
	return 0;
}

static int open_guard(struct emit *em, struct err *e)
{
	if (phi_keys_open(&em->keys, em->tool->config, e) < 0)
		return -1;
	em->guard = phi_guard_new(&(struct phi_guard_settings){ em->keys, str_is(str_of(phi), "off"), str_is(str_of(live_text), "scan") });
	return 0;
}

static void run(struct emit *em)
{
	bool one = is_given();
	if (one && em->tool->n_operands > 0) {
		log_error(&em->tool->log, "an event given by options takes no FILE");
		em->status = ROS_USAGE;
		return;
	}
	if (one && !check_given(em)) {
		em->status = ROS_USAGE;
		return;
	}
	struct err e;
	if (stats_begin(&stats, &em->tool->log, items, &e) < 0 || open_guard(em, &e) < 0 || (!dry_run && open_publisher(em, &e) < 0)) {
		em->status = tool_fail(em->tool, &e);
		return;
	}
	if (one)
		take_given(em);
	else
		read_input(em);
	summarize(em);
}

int main(int argc, char **argv, char **environment)
{
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	prctl(PR_SET_DUMPABLE, 0);
	static struct emit em;
	em.tool = &tool;
	buf_init(&em.guarded, EVENT_LINE_MAX);
	em.producer.fd = -1;
	em.reader = json_reader_new(JSON_EVENT_LIMITS);
	run(&em);
	stats_end(&stats);
	publisher_free(em.publisher);
	queue_free(em.queue);
	producer_release(&em.producer);
	bus_setup_free(&setup);
	json_reader_free(em.reader);
	phi_guard_free(em.guard);
	phi_keys_free(em.keys);
	buf_free(&em.guarded);
	return tool_end(&tool, em.status);
}
