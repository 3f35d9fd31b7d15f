/*
 * Logs and exports to event lines: the loops over lines, what every event gets whatever its log, and the check before
 * it is printed.
 *
 * The id is made from the log's name (--source) and then from the record's own identity, or else from its text and how
 * many equal ones came before it. So it does not matter in which file and where in it a record stands: files that were
 * moved, rotated, grown or exported again over an overlapping time give each record the id it had, and records that
 * differ never share one.
 */
#include "import/import.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "event/event.h"
#include "import/draft.h"
#include "import/provider_calls.h"
#include "json/writer.h"

#include <inttypes.h>

#define MARK_BYTES 8 /* two texts with one mark would be counted as one text, and have ids of their own all the same */
#define SCRATCH_MAX ((size_t)32 << 20) /* canonical forms of a record of 16 MiB */

struct import {
	const struct import_settings *settings;
	struct json_reader *records, *events;
	struct draft draft;
	struct buf identity, scratch, line;
	struct map *times; /* how often each text came, of records without an identity; by MARK_BYTES of its SHA-256 */
	struct import_counts counts;
};

struct import *import_new(const struct import_settings *s)
{
	struct import *im = mem_alloc(sizeof *im);
	im->settings = s;
	im->records = json_reader_new(IMPORT_CALL_LIMITS);
	im->events = json_reader_new(JSON_EVENT_LIMITS);
	draft_init(&im->draft, s->keys);
	buf_init(&im->identity, SCRATCH_MAX);
	buf_init(&im->scratch, SCRATCH_MAX);
	buf_init(&im->line, EVENT_LINE_MAX + 1);
	im->times = map_new();
	draft_text(&im->draft, AI_SCHEMA_VERSION, STR("1.1.0"));
	draft_keep(&im->draft);
	return im;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	json_reader_free(im->records);
	json_reader_free(im->events);
	draft_free(&im->draft);
	buf_free(&im->identity);
	buf_free(&im->scratch);
	buf_free(&im->line);
	map_free(im->times);
	free(im);
}

struct import_counts import_counts(const struct import *im)
{
	return im->counts;
}

static bool is_set(const struct import *im, enum ai_field f)
{
	return draft_get(&im->draft, f).p != NULL;
}

static int refuse(const struct json_fault *fault, struct err *e)
{
	if (fault->pointer[0])
		return err_set(e, ROS_REFUSED, "%s: %s", fault->pointer, fault->rule);
	return err_set(e, ROS_REFUSED, "%s at byte %zu", fault->rule, fault->offset + 1);
}

/* A new draft with nothing but the constants. */
static void start(struct import *im)
{
	draft_reset(&im->draft);
	buf_clear(&im->identity);
}

/* For a record that has no identity of its own. */
static void identify(struct import *im, struct str record)
{
	char text[SHA256_TEXT];
	struct sha256 h = sha256_of(record);
	int64_t *times = map_put(im->times, (struct str){ (const char *)h.b, MARK_BYTES });
	sha256_format(&h, text);
	json_quote(&im->identity, str_of(text));
	buf_fmt(&im->identity, ",%" PRId64, ++*times);
}

static void set_id(struct import *im, struct str record)
{
	char text[UUID_TEXT];
	if (im->identity.n == 0)
		identify(im, record);
	buf_clear(&im->scratch);
	buf_char(&im->scratch, '[');
	json_quote(&im->scratch, im->settings->source);
	buf_char(&im->scratch, ',');
	buf_str(&im->scratch, buf_view(&im->identity));
	buf_char(&im->scratch, ']');
	struct uuid id = uuid_named(&uuid_ros, buf_view(&im->scratch));
	uuid_format(&id, text);
	draft_text(&im->draft, AI_INVOCATION_ID, str_of(text));
}

static void set_default(struct import *im, enum ai_field f, struct str json)
{
	if (!is_set(im, f))
		draft_json(&im->draft, f, json);
}

/* The sum of the disjoint counts. Counts that are none are left to event_check(). */
static int64_t total_tokens(const struct import *im)
{
	static const enum ai_field counts[] = {
		AI_USAGE_INPUT_TOKENS, AI_USAGE_CACHE_READ_TOKENS, AI_USAGE_CACHE_WRITE_TOKENS,
		AI_USAGE_OUTPUT_TOKENS, AI_USAGE_REASONING_TOKENS,
	};
	uint64_t sum = 0;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		int64_t n = 0;
		if (is_set(im, counts[i]) && num_scaled(draft_get(&im->draft, counts[i]), 0, &n, NULL) && n > 0)
			sum += (uint64_t)n;
	}
	return sum > INT64_MAX ? INT64_MAX : (int64_t)sum;
}

/* What an event has whatever its log. Unknown cost and latency are null, never 0. */
static void set_defaults(struct import *im)
{
	const struct import_settings *s = im->settings;
	set_default(im, AI_USAGE_INPUT_TOKENS, STR("0"));
	set_default(im, AI_USAGE_OUTPUT_TOKENS, STR("0"));
	set_default(im, AI_USAGE_LATENCY_MS, STR("null"));
	if (!is_set(im, AI_USAGE_TOTAL_TOKENS))
		draft_int(&im->draft, AI_USAGE_TOTAL_TOKENS, total_tokens(im));
	if (!is_set(im, AI_USAGE_COST_USD)) {
		draft_json(&im->draft, AI_USAGE_COST_USD, STR("null"));
		draft_text(&im->draft, AI_USAGE_COST_SOURCE, STR("unknown"));
	}
	if (!is_set(im, AI_STATUS))
		draft_text(&im->draft, AI_STATUS, STR("SUCCESS"));
	if (!is_set(im, AI_TIER))
		draft_text(&im->draft, AI_TIER, tier_of(s->tiers, s->n_tiers, draft_get(&im->draft, AI_MODEL)));
}

/* Writes the draft into im->line and checks it. */
static int write_event(struct import *im, struct err *e)
{
	struct json_fault fault;
	struct event ev;
	set_defaults(im);
	enum ai_field lacks = draft_lacks(&im->draft);
	if (lacks != AI_ROOT)
		return err_set(e, ROS_REFUSED, "no %.*s", STR_ARG(schema_ai.fields[lacks].name));
	buf_clear(&im->line);
	if (!draft_write(&im->draft, &im->line))
		return err_set(e, ROS_REFUSED, "the event is too large");
	const struct json *root = json_read(im->events, buf_view(&im->line), &fault);
	if (!root || !event_check(im->events, root, &ev, &fault))
		return refuse(&fault, e);
	if (ev.live && !im->settings->keys)
		return err_set(e, ROS_CONFIG, "LIVE needs a key; make one, and let ROS_PHI_KEY_FILE name it: " PHI_KEY_COMMAND);
	return 0;
}

/* The finished draft becomes an event line. `record` is its text in the log. */
static int finish(struct import *im, struct str record, struct out *out, struct err *e)
{
	char at[TIME_TEXT];
	bool undated = !is_set(im, AI_TIMESTAMP);
	time_format(im->settings->at_ms, at);
	if (undated)
		draft_text(&im->draft, AI_TIMESTAMP, str_of(at));
	if (!is_set(im, AI_INVOCATION_ID))
		set_id(im, record);
	if (write_event(im, e) != 0)
		return -1;
	buf_char(&im->line, '\n');
	out_str(out, buf_view(&im->line));
	im->counts.events++;
	im->counts.undated += undated;
	return 0;
}

static struct str sample(const struct schema_field *field)
{
	if (field->n_choices > 0)
		return field->choices[0];
	if (field->shape == SHAPE_UUID)
		return STR("00000000-0000-0000-0000-000000000000");
	return field->shape == SHAPE_TIMESTAMP ? STR("1970-01-01T00:00:00Z") : STR("sample");
}

/* Tries the constants so far in an event that is a sample otherwise. */
static int try_constants(struct import *im, struct err *e)
{
	enum ai_field lacks;
	start(im);
	while ((lacks = draft_lacks(&im->draft)) != AI_ROOT)
		draft_text(&im->draft, lacks, sample(&schema_ai.fields[lacks]));
	return write_event(im, e);
}

int import_constant(struct import *im, struct str path, struct str value, struct err *e)
{
	struct err why;
	enum ai_field field = draft_field(path);
	if (field == AI_ROOT)
		return err_set(e, ROS_USAGE, "no such field of the event");
	start(im);
	if (value.n == 0 || !draft_cell(&im->draft, im->records, field, value))
		return err_set(e, ROS_USAGE, "not a value of the field");
	draft_keep(&im->draft);
	if (try_constants(im, &why) != 0)
		return err_set(e, why.status == ROS_CONFIG ? ROS_CONFIG : ROS_USAGE, "%s", why.text);
	return 0;
}

/* The next line; what was written is flushed before waiting for more. */
static enum lines_event next_line(struct lines *l, struct out *out, struct str *line, struct err *e)
{
	enum lines_event event = out->err.text[0] ? LINES_IDLE : lines_next(l, 0, line, e);
	if (event != LINES_IDLE)
		return event;
	if (out_flush(out, e) != 0)
		return LINES_ERROR;
	return lines_next(l, -1, line, e);
}

static int call_line(struct import *im, struct str line, struct out *out, struct err *e)
{
	struct json_fault fault;
	start(im);
	const struct json *record = json_read(im->records, line, &fault);
	if (!record)
		return refuse(&fault, e);
	if (provider_call(im->records, record, &im->draft, &im->identity, &im->scratch, e) != 0)
		return -1;
	return finish(im, line, out, e);
}

int import_calls(struct import *im, struct lines *l, struct out *out, import_refused_fn *refused, void *arg,
                 struct err *e)
{
	for (;;) {
		struct str line;
		struct err why;
		int rc = 0;
		enum lines_event event = next_line(l, out, &line, e);
		if (event == LINES_ERROR)
			return -1;
		if (event == LINES_STOP || event == LINES_END)
			return 0;
		if (event == LINES_TOO_LONG)
			rc = err_set(&why, ROS_REFUSED, "longer than %zu bytes", l->max);
		else if (str_trim(line).n > 0)
			rc = call_line(im, str_trim(line), out, &why);
		if (rc != 0) {
			im->counts.refused++;
			refused(arg, l->name, l->number, why.text);
		}
	}
}

static struct str without_mark(struct str line)
{
	return str_starts(line, "\xef\xbb\xbf") ? (struct str){ line.p + 3, line.n - 3 } : line;
}

/* What an event of the lines means for the table. */
static enum table_result feed(struct table *t, const struct lines *l, enum lines_event event, struct str line,
                              struct table_row *row, struct err *e)
{
	if (event == LINES_END)
		return table_end(t, row, e);
	if (event == LINES_TOO_LONG)
		return table_drop(t, l->number, row, "the line is too long", e);
	return table_line(t, l->number == 1 ? without_mark(line) : line, event == LINES_LINE, l->number, row, e);
}

static int take_header(struct columns *columns, enum table_result got, const struct table_row *row, const char *file,
                       struct err *e)
{
	struct err why;
	if (got == TABLE_BAD)
		return err_set(e, ROS_INPUT, "%s: no header line", file);
	if (columns_header(columns, row, &why) != 0)
		return err_set(e, why.status, "%s: %s", file, why.text);
	return 0;
}

static int take_row(struct import *im, const struct columns *columns, const struct table_row *row, struct out *out,
                    struct err *e)
{
	start(im);
	if (columns_row(columns, im->records, row, &im->draft, &im->identity, &im->scratch, e) != 0)
		return -1;
	buf_clear(&im->scratch);
	columns_join(row, &im->scratch);
	return finish(im, buf_view(&im->scratch), out, e);
}

int import_table(struct import *im, struct columns *columns, struct lines *l, struct out *out,
                 import_refused_fn *refused, void *arg, struct err *e)
{
	struct table *t = table_new(',');
	enum lines_event event;
	bool header = false;
	int rc = 0;
	do {
		struct str line;
		struct table_row row;
		struct err why;
		event = next_line(l, out, &line, e);
		if (event == LINES_ERROR)
			rc = -1;
		if (event == LINES_ERROR || event == LINES_STOP)
			break;
		enum table_result got = feed(t, l, event, line, &row, &why);
		if (got == TABLE_MORE)
			continue;
		if (!header) {
			header = true;
			rc = take_header(columns, got, &row, l->name, e);
		} else if (got == TABLE_BAD || take_row(im, columns, &row, out, &why) != 0) {
			im->counts.refused++;
			refused(arg, l->name, row.line, why.text);
		}
	} while (rc == 0 && event != LINES_END);
	table_free(t);
	return rc;
}
