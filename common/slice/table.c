/*
 * Reading the calls. What an attribute is comes from one table of SQL, so that --explain says the same. Whether an output is the usual one of its prompt needs all
 * calls first: then hashes are kept until the end, and the value of each call is settled there.
 */
#include "slice/table.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SQL_MAX 16384
#define TERM(column) "(SELECT text FROM term WHERE id = " column ")"
#define OUTPUTS "s.status = 'SUCCESS' AND i.prompt_hash NOT NULL AND i.output_hash NOT NULL"

const struct slice_metric slice_metrics[] = {
	{ "error", "calls without success", false, "1", "s.status <> 'SUCCESS'", "1", "status <> 'SUCCESS'", 1, false },
	{ "latency", "latency, ms", true, "i.latency_ms NOT NULL", "i.latency_ms", "latency_ms NOT NULL", "latency_ms", 1, false },
	{ "cost", "cost, USD", true, "i.cost_nano NOT NULL", "i.cost_nano", "cost_usd NOT NULL", "cost_usd", 1e-9, false },
	{ "escalation", "escalated calls", false, "i.escalated NOT NULL", "i.escalated", "escalated NOT NULL", "escalated", 1, false },
	{ "quality", "calls that did not pass the quality gate", false, "i.quality_gate_passed NOT NULL", "i.quality_gate_passed = 0",
	  "quality_gate_passed NOT NULL", "quality_gate_passed = 0", 1, false },
	{ "stability", "outputs that are not the usual one of their prompt", false, OUTPUTS, "0",
	  "status = 'SUCCESS' AND prompt_hash NOT NULL AND output_hash NOT NULL", "output_hash <> usual", 1, true },
	{ 0 },
};

const struct slice_attribute slice_attributes[] = {
	{ "model", "d.model", "model", false },
	{ "provider", "d.provider", "provider", false },
	{ "tier", "d.tier", "tier", false },
	{ "stage", "s.stage", "stage", false },
	{ "purpose", "s.purpose", "purpose", false },
	{ "caller", TERM("i.caller_service_term"), "caller_service", false },
	{ "mode", "d.governance_mode", "governance_mode", false },
	{ "agent", TERM("i.agent_id_term"), "agent_id", false },
	{ "dataset", "i.dataset_ids", "dataset_ids", true },
	{ "tag", "i.tags", "tags", true },
	{ "hour", "strftime('%H', i.time_ms / 1000, 'unixepoch')", "substr(timestamp, 12, 2)", false },
	{ 0 },
};

/* The columns before those of the attributes. What makes prompts equal is what ros-stability takes: the mode, and the five behind it. */
enum column { COLUMN_TIME, COLUMN_KNOWN, COLUMN_VALUE, COLUMN_OUTPUT, COLUMN_MODE, COLUMN_NAMES = COLUMN_MODE + 6 };

#define PROMPT \
	"i.output_hash, d.governance_mode, i.prompt_hash, d.provider, d.model, ifnull(i.model_version_term, 0), ifnull(i.parameters, '')"
#define NO_PROMPT "NULL, d.governance_mode, NULL, NULL, NULL, NULL, NULL" /* a third faster to read */

/* A call's prompt and output, folded, for the metric of stability. */
struct answer {
	uint64_t prompt, output;
	size_t row;
};

struct answers {
	struct answer *v;
	size_t n, cap;
};

struct slice_table *slice_table_new(size_t n_columns)
{
	struct slice_table *t = mem_alloc(sizeof *t);
	t->n_columns = n_columns;
	for (size_t i = 0; i < n_columns; i++)
		t->names[i] = intern_new();
	return t;
}

void slice_table_free(struct slice_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_columns; i++) {
		free(t->codes[i]);
		lists_free(t->lists[i]);
		intern_free(t->names[i]);
	}
	free(t->values);
	free(t->times);
	free(t);
}

void slice_table_make_lists(struct slice_table *t, size_t column)
{
	t->lists[column] = lists_new(t->names[column]);
}

const uint32_t *slice_table_values(const struct slice_table *t, size_t column, size_t row, size_t *n)
{
	if (t->lists[column])
		return lists_values(t->lists[column], t->codes[column][row], n);
	*n = 1;
	return &t->codes[column][row];
}

size_t slice_table_codes(const struct slice_table *t, size_t column)
{
	return t->lists[column] ? lists_count(t->lists[column]) : intern_count(t->names[column]);
}

static void grow(struct slice_table *t)
{
	t->cap = t->cap + t->cap / 2 + 1024;
	t->values = mem_grow(t->values, t->cap, sizeof *t->values);
	t->times = mem_grow(t->times, t->cap, sizeof *t->times);
	for (size_t i = 0; i < t->n_columns; i++)
		t->codes[i] = mem_grow(t->codes[i], t->cap, sizeof *t->codes[i]);
}

void slice_table_add(struct slice_table *t, int64_t time_ms, int64_t value, const struct str *names)
{
	if (t->n == t->cap)
		grow(t);
	t->times[t->n] = time_ms;
	t->values[t->n] = value;
	for (size_t i = 0; i < t->n_columns; i++)
		t->codes[i][t->n] = t->lists[i] ? lists_id(t->lists[i], names[i]) : intern_id(t->names[i], names[i]);
	t->n++;
}

static void keep_answer(struct answers *a, const struct db_stmt *row, size_t at)
{
	if (a->n == a->cap) {
		a->cap = a->cap + a->cap / 2 + 1024;
		a->v = mem_grow(a->v, a->cap, sizeof *a->v);
	}
	uint64_t prompt = HASH_FOLD;
	for (int i = COLUMN_MODE; i < COLUMN_NAMES; i++) {
		prompt = hash_fold(prompt, db_blob(row, i));
		prompt = hash_fold(prompt, STR("\0"));
	}
	a->v[a->n++] = (struct answer){ prompt, hash_fold(HASH_FOLD, db_blob(row, COLUMN_OUTPUT)), at };
}

static void take_call(struct slices *s, const struct db_stmt *row, struct answers *answers, const char **mode)
{
	struct str names[SLICE_COLUMNS_MAX] = { { NULL, 0 } }, of = db_text(row, COLUMN_MODE);
	const char *is = str_is(of, "LIVE") ? "LIVE" : "DEMO";
	s->mixed |= *mode && strcmp(*mode, is) != 0;
	*mode = is;
	s->calls++;
	if (db_int(row, COLUMN_KNOWN) == 0) {
		s->unknown++;
		return;
	}
	for (size_t i = 0; i < s->options.n_by; i++)
		names[i] = db_text(row, COLUMN_NAMES + (int)i);
	if (s->metric->of_prompts)
		keep_answer(answers, row, s->table->n);
	slice_table_add(s->table, db_int(row, COLUMN_TIME), db_int(row, COLUMN_VALUE), names);
}

#define COMPARE(a, b) \
	if ((a) != (b)) \
	return (a) < (b) ? -1 : 1

static int by_answer(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	COMPARE(x->prompt, y->prompt);
	COMPARE(x->output, y->output);
	COMPARE(x->row, y->row);
	return 0;
}

/* The usual output of the prompt whose answers are given: the most frequent; of several, the one that came first. */
static uint64_t usual_output(const struct slice_table *t, const struct answer *v, size_t n)
{
	size_t most = 0;
	uint64_t best = 0;
	int64_t best_since = 0;
	for (size_t start = 0, end; start < n; start = end) {
		int64_t since = t->times[v[start].row];
		for (end = start; end < n && v[end].output == v[start].output; end++)
			since = t->times[v[end].row] < since ? t->times[v[end].row] : since;
		if (end - start > most || (end - start == most && since < best_since)) {
			most = end - start;
			best = v[start].output;
			best_since = since;
		}
	}
	return best;
}

#define UNKNOWN (-1)

static void settle_answers(struct slices *s, struct answers *a)
{
	struct slice_table *t = s->table;
	if (a->n > 0)
		qsort(a->v, a->n, sizeof *a->v, by_answer);
	for (size_t start = 0, end; start < a->n; start = end) {
		for (end = start; end < a->n && a->v[end].prompt == a->v[start].prompt;)
			end++;
		uint64_t usual = usual_output(t, &a->v[start], end - start);
		for (size_t i = start; i < end; i++)
			t->values[a->v[i].row] = end - start < 2 ? UNKNOWN : a->v[i].output != usual;
	}
}

/* A prompt asked once says nothing. */
static void drop_unknown(struct slices *s)
{
	struct slice_table *t = s->table;
	size_t kept = 0;
	for (size_t i = 0; i < t->n; i++) {
		if (t->values[i] == UNKNOWN)
			continue;
		t->times[kept] = t->times[i];
		t->values[kept] = t->values[i];
		for (size_t c = 0; c < t->n_columns; c++)
			t->codes[c][kept] = t->codes[c][i];
		kept++;
	}
	s->unknown += (int64_t)(t->n - kept);
	t->n = kept;
}

static void write_sql(const struct slices *s, struct buf *sql)
{
	buf_fmt(sql, "SELECT i.time_ms, %s, %s, %s", s->metric->known, s->metric->value, s->metric->of_prompts ? PROMPT : NO_PROMPT);
	for (size_t i = 0; i < s->options.n_by; i++)
		buf_fmt(sql, ", %s", s->options.by[i]->column);
	scope_sql(&s->scope, sql);
}

int slice_table_read(struct slices *s, struct db *db, struct err *e)
{
	struct answers answers = { NULL, 0, 0 };
	struct db_stmt *row;
	struct buf sql;
	const char *mode = NULL;
	buf_init(&sql, SQL_MAX);
	write_sql(s, &sql);
	int rc = db_prepare(db, buf_cstr(&sql), &row, e);
	if (rc == 0) {
		scope_bind(&s->scope, row);
		while ((rc = db_step(row, e)) == 1)
			take_call(s, row, &answers, &mode);
		db_finalize(row);
	}
	if (rc == 0 && s->metric->of_prompts) {
		settle_answers(s, &answers);
		drop_unknown(s);
	}
	free(answers.v);
	buf_free(&sql);
	return rc;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

void slice_table_split(struct slices *s)
{
	const struct slice_table *t = s->table;
	if (t->n == 0)
		return;
	int64_t *times = mem_array(t->n, sizeof *times);
	memcpy(times, t->times, t->n * sizeof *times);
	qsort(times, t->n, sizeof *times, by_time);
	s->first_ms = times[0];
	s->split_ms = times[t->n * 2 / 3];
	s->last_ms = times[t->n - 1];
	free(times);
	for (size_t i = 0; i < t->n; i++)
		*(t->times[i] < s->split_ms ? &s->first_n : &s->held_n) += 1;
}
