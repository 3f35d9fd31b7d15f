/* Sums by hour and series. Statement and rows are made from one list of columns. */
#include "store/rollup.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"

#include <string.h>

#define SQL_MAX ((size_t)1 << 14)

static const char *const names[ROLLUP_COLUMNS] = {
	[ROLLUP_CALLS] = "calls",
	[ROLLUP_INPUT_TOKENS] = "input_tokens",
	[ROLLUP_OUTPUT_TOKENS] = "output_tokens",
	[ROLLUP_CACHE_READ_TOKENS] = "cache_read_tokens",
	[ROLLUP_CACHE_WRITE_TOKENS] = "cache_write_tokens",
	[ROLLUP_REASONING_TOKENS] = "reasoning_tokens",
	[ROLLUP_COST_NANO] = "cost_nano",
	[ROLLUP_COST_NANO_MAX] = "cost_nano_max",
	[ROLLUP_PRICED_PROVIDER] = "priced_provider",
	[ROLLUP_PRICED_LOCAL] = "priced_local",
	[ROLLUP_PRICED_UNSTATED] = "priced_unstated",
	[ROLLUP_TIMED] = "timed",
	[ROLLUP_LATENCY_MS] = "latency_ms",
	[ROLLUP_LATENCY_MS_MAX] = "latency_ms_max",
	[ROLLUP_ESCALATED] = "escalated",
	[ROLLUP_GATED] = "gated",
	[ROLLUP_GATE_FAILED] = "gate_failed",
	[ROLLUP_PHI_SCANS] = "phi_scans",
	[ROLLUP_PHI_SKIPPED] = "phi_skipped",
	[ROLLUP_PHI_FLAGS] = "phi_flags",
	[ROLLUP_PHI_REDACTIONS] = "phi_redactions",
	[ROLLUP_ATTESTED] = "attested",
};

static bool is_max(int column)
{
	return column == ROLLUP_COST_NANO_MAX || column == ROLLUP_LATENCY_MS_MAX;
}

/* An integer sum that leaves 64 bits becomes a real in SQLite: the smaller of it and the largest integer is the latter. */
static void add_sql(struct buf *sql)
{
	buf_z(sql, "INSERT INTO rollup_hour (hour, series_id, first_ms, last_ms");
	for (int c = 0; c < ROLLUP_COLUMNS; c++)
		buf_fmt(sql, ", %s", names[c]);
	buf_z(sql, ") VALUES (?1, ?2, ?3, ?4");
	for (int c = 0; c < ROLLUP_COLUMNS; c++)
		buf_fmt(sql, ", ?%d", 5 + c);
	buf_z(sql, ") ON CONFLICT (hour, series_id) DO UPDATE SET"
	           " first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)");
	for (int c = 0; c < ROLLUP_COLUMNS; c++) {
		if (is_max(c))
			buf_fmt(sql, ", %s = max(%s, excluded.%s)", names[c], names[c], names[c]);
		else
			buf_fmt(sql, ", %s = min(%s + excluded.%s, 9223372036854775807)", names[c], names[c], names[c]);
	}
}

int rollup_init(struct rollup *r, struct db *db, struct err *e)
{
	*r = (struct rollup){ .places = map_new() };
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	add_sql(&sql);
	int rc = db_prepare(db, buf_cstr(&sql), &r->add, e);
	buf_free(&sql);
	return rc;
}

void rollup_free(struct rollup *r)
{
	map_free(r->places);
	free(r->rows);
}

void rollup_clear(struct rollup *r)
{
	map_clear(r->places);
}

size_t rollup_size(const struct rollup *r)
{
	return map_count(r->places);
}

static struct rollup_row *row_of(struct rollup *r, int64_t hour, int64_t series)
{
	int64_t key[2] = { hour, series };
	size_t n = map_count(r->places);
	int64_t *place = map_put(r->places, (struct str){ (const char *)key, sizeof key });
	if (map_count(r->places) == n)
		return &r->rows[*place];
	if (n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 64;
		r->rows = mem_grow(r->rows, r->cap, sizeof *r->rows);
	}
	*place = (int64_t)n;
	r->rows[n] = (struct rollup_row){ 0 };
	return &r->rows[n];
}

static void add(struct rollup_row *row, enum rollup_column c, int64_t v)
{
	if (__builtin_add_overflow(row->v[c], v, &row->v[c]))
		row->v[c] = INT64_MAX;
}

static void raise(struct rollup_row *row, enum rollup_column c, int64_t v)
{
	if (v > row->v[c])
		row->v[c] = v;
}

static void count_usage(struct rollup_row *row, const struct event *ev)
{
	add(row, ROLLUP_CALLS, 1);
	add(row, ROLLUP_INPUT_TOKENS, event_int(ev, AI_USAGE_INPUT_TOKENS, 0));
	add(row, ROLLUP_OUTPUT_TOKENS, event_int(ev, AI_USAGE_OUTPUT_TOKENS, 0));
	add(row, ROLLUP_CACHE_READ_TOKENS, event_int(ev, AI_USAGE_CACHE_READ_TOKENS, 0));
	add(row, ROLLUP_CACHE_WRITE_TOKENS, event_int(ev, AI_USAGE_CACHE_WRITE_TOKENS, 0));
	add(row, ROLLUP_REASONING_TOKENS, event_int(ev, AI_USAGE_REASONING_TOKENS, 0));
}

static enum rollup_column priced_by(struct str source)
{
	if (str_is(source, "provider"))
		return ROLLUP_PRICED_PROVIDER;
	return str_is(source, "local") ? ROLLUP_PRICED_LOCAL : ROLLUP_PRICED_UNSTATED;
}

static void count_cost(struct rollup_row *row, const struct event *ev)
{
	int64_t nano;
	if (!ev->field[AI_USAGE_COST_USD] || !num_scaled(event_text(ev, AI_USAGE_COST_USD), NUM_NANO, &nano, NULL))
		return;
	add(row, ROLLUP_COST_NANO, nano);
	raise(row, ROLLUP_COST_NANO_MAX, nano);
	add(row, priced_by(event_text(ev, AI_USAGE_COST_SOURCE)), 1);
}

static void count_latency(struct rollup_row *row, const struct event *ev)
{
	int64_t ms = event_int(ev, AI_USAGE_LATENCY_MS, -1);
	if (ms < 0)
		return;
	add(row, ROLLUP_TIMED, 1);
	add(row, ROLLUP_LATENCY_MS, ms);
	raise(row, ROLLUP_LATENCY_MS_MAX, ms);
}

static void count_routing(struct rollup_row *row, const struct event *ev)
{
	bool gated = ev->field[AI_ROUTING_QUALITY_GATE_PASSED];
	add(row, ROLLUP_ESCALATED, event_true(ev, AI_ROUTING_ESCALATED));
	add(row, ROLLUP_GATED, gated);
	add(row, ROLLUP_GATE_FAILED, gated && !event_true(ev, AI_ROUTING_QUALITY_GATE_PASSED));
}

static void count_scan(struct rollup_row *row, const struct event *ev, enum ai_field scan, enum ai_field status, enum ai_field redactions)
{
	if (!ev->field[scan])
		return;
	struct str said = event_text(ev, status);
	bool skipped = str_is(said, "skipped");
	add(row, skipped ? ROLLUP_PHI_SKIPPED : ROLLUP_PHI_SCANS, 1);
	add(row, ROLLUP_PHI_FLAGS, str_is(said, "flagged") || str_is(said, "redacted"));
	add(row, ROLLUP_PHI_REDACTIONS, event_int(ev, redactions, 0));
}

void rollup_count(struct rollup *r, int64_t hour, int64_t series, const struct event *ev)
{
	struct rollup_row *row = row_of(r, hour, series);
	if (row->v[ROLLUP_CALLS] == 0 || ev->time_ms < row->first_ms)
		row->first_ms = ev->time_ms;
	if (row->v[ROLLUP_CALLS] == 0 || ev->time_ms > row->last_ms)
		row->last_ms = ev->time_ms;
	count_usage(row, ev);
	count_cost(row, ev);
	count_latency(row, ev);
	count_routing(row, ev);
	count_scan(row, ev, AI_PHI_INPUT_SCAN, AI_PHI_INPUT_SCAN_STATUS, AI_PHI_INPUT_SCAN_REDACTION_COUNT);
	count_scan(row, ev, AI_PHI_OUTPUT_SCAN, AI_PHI_OUTPUT_SCAN_STATUS, AI_PHI_OUTPUT_SCAN_REDACTION_COUNT);
	add(row, ROLLUP_ATTESTED, ev->attested);
}

int rollup_write(struct rollup *r, struct err *e)
{
	struct str key;
	size_t i = 0;
	for (const int64_t *place; (place = map_next(r->places, &i, &key));) {
		int64_t hour_series[2];
		memcpy(hour_series, key.p, sizeof hour_series);
		db_bind_int(r->add, 1, hour_series[0]);
		const struct rollup_row *row = &r->rows[*place];
		db_bind_int(r->add, 2, hour_series[1]);
		db_bind_int(r->add, 3, row->first_ms);
		db_bind_int(r->add, 4, row->last_ms);
		for (int c = 0; c < ROLLUP_COLUMNS; c++)
			db_bind_int(r->add, 5 + c, row->v[c]);
		if (db_run(r->add, e) < 0)
			return -1;
	}
	return 0;
}
