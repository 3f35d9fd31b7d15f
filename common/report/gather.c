/*
 * Reading calls and sums. Rows are summed here rather than by GROUP BY: SQLite would sort all rows of a period on disk
 * first, where an array of series is enough.
 */
#include "report/gather.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "report/query.h"
#include "store/scope.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SQL_MAX 65536

#define TERM(column) "(SELECT text FROM term WHERE id = " column ")"
#define COST_SOURCE TERM("cost_source_term")

/* What the producer says of the scan of the input or the output. */
#define SCAN(text, member) "(phi_scan_summary ->> '$." text "_scan." member "')"
#define IS_SKIPPED(text) "(" SCAN(text, "status") " IS 'skipped')"
#define IS_SCANNED(text) "((json_type(phi_scan_summary, '$." text "_scan') IS 'object') - " IS_SKIPPED(text) ")"
#define IS_FLAGGED(text) "ifnull(" SCAN(text, "status") " IN ('flagged', 'redacted'), 0)"
#define REDACTIONS(text) "ifnull(" SCAN(text, "redaction_count") ", 0)"

/* A measure is a column of rollup_hour, and an expression over one row of the record. */
static const struct {
	const char *rollup, *record;
	bool max;
} measures[MEASURES] = {
	[CALLS] = { "calls", "1", false },
	[INPUT_TOKENS] = { "input_tokens", "input_tokens", false },
	[OUTPUT_TOKENS] = { "output_tokens", "output_tokens", false },
	[CACHE_READ_TOKENS] = { "cache_read_tokens", "cache_read_tokens", false },
	[CACHE_WRITE_TOKENS] = { "cache_write_tokens", "cache_write_tokens", false },
	[REASONING_TOKENS] = { "reasoning_tokens", "reasoning_tokens", false },
	[COST_NANO] = { "cost_nano", "cost_nano", false },
	[COST_NANO_MAX] = { "cost_nano_max", "cost_nano", true },
	[PRICED_PROVIDER] = { "priced_provider", "cost_nano NOT NULL AND " COST_SOURCE " IS 'provider'", false },
	[PRICED_LOCAL] = { "priced_local", "cost_nano NOT NULL AND " COST_SOURCE " IS 'local'", false },
	[PRICED_UNSTATED] = { "priced_unstated",
	                      "cost_nano NOT NULL AND ifnull(" COST_SOURCE ", '') NOT IN ('provider', 'local')", false },
	[TIMED] = { "timed", "latency_ms NOT NULL", false },
	[LATENCY_MS] = { "latency_ms", "latency_ms", false },
	[LATENCY_MS_MAX] = { "latency_ms_max", "latency_ms", true },
	[ESCALATED] = { "escalated", "escalated", false },
	[GATED] = { "gated", "quality_gate_passed NOT NULL", false },
	[GATE_FAILED] = { "gate_failed", "quality_gate_passed IS 0", false },
	[PHI_SCANS] = { "phi_scans", IS_SCANNED("input") " + " IS_SCANNED("output"), false },
	[PHI_SKIPPED] = { "phi_skipped", IS_SKIPPED("input") " + " IS_SKIPPED("output"), false },
	[PHI_FLAGS] = { "phi_flags", IS_FLAGGED("input") " + " IS_FLAGGED("output"), false },
	[PHI_REDACTIONS] = { "phi_redactions", REDACTIONS("input") " + " REDACTIONS("output"), false },
	[ATTESTED] = { "attested", "attested", false },
};

static const char *const tally_names[COUNT_KINDS] = {
	[OF_ERROR] = "error_code", [OF_ESCALATION] = "escalated_from", [OF_ASKED] = "model_requested", [OF_PHI_TYPE] = "phi_type"
};

#define COLUMN_SERIES_ID 0
#define COLUMN_FIRST 1 /* of a call both are its time */
#define COLUMN_LAST 2
#define COLUMN_MEASURES 3
#define COLUMN_ID (COLUMN_MEASURES + MEASURES) /* NULL for an hour */

int mode_number(const char *mode)
{
	return strcmp(mode, "LIVE") == 0;
}

void gather_add(struct gather *g, int64_t *count, int64_t v)
{
	if (__builtin_add_overflow(*count, v, count))
		g->overflow = true;
}

static struct value project_value(const struct gather *g)
{
	return g->scope->has_project ? value_blob(g->scope->project.b, sizeof g->scope->project.b) : value_blob(NULL, 0);
}

static struct value run_value(const struct gather *g)
{
	return value_blob(g->scope->run.b, sizeof g->scope->run.b);
}

/* Series. */

static struct latency *latency_of(struct gather *g, const struct attributes *is)
{
	/* Kept texts: equal names are equal pointers. */
	const void *key[] = { is->mode,       is->project, is->tier,  is->provider, is->model, (const void *)(intptr_t)is->stage,
		              is->stage_name, is->purpose, is->tenant };
	int64_t *place = map_put(g->latency_places, (struct str){ (const char *)key, sizeof key });
	if (*place == 0) {
		if (g->n_latencies == g->cap_latencies) {
			g->cap_latencies = 2 * g->cap_latencies + 64;
			g->latencies = mem_grow(g->latencies, g->cap_latencies, sizeof *g->latencies);
		}
		g->latencies[g->n_latencies++] = (struct latency){ .is = *is, .sketch = sketch_new() };
		*place = (int64_t)g->n_latencies;
	}
	return &g->latencies[*place - 1];
}

static const char *keep(struct gather *g, const struct db_stmt *row, int column)
{
	return texts_keep(g->texts, db_text(row, column));
}

static const char *keep_uuid(struct gather *g, struct str bytes)
{
	struct uuid u = { 0 };
	char text[UUID_TEXT];
	if (bytes.n == sizeof u.b)
		memcpy(u.b, bytes.p, sizeof u.b);
	uuid_format(&u, text);
	return texts_keep(g->texts, str_of(text));
}

/* What a sketch is kept for. */
static struct attributes latency_attributes(const struct gather *g, const struct attributes *is)
{
	struct attributes kept = { .mode = is->mode, .project = is->project, .tier = is->tier, .provider = is->provider, .model = is->model };
	if (g->scope->has_run) {
		kept.stage = is->stage;
		kept.stage_name = is->stage_name;
		kept.purpose = is->purpose;
		kept.tenant = is->tenant;
	}
	return kept;
}

static enum report_status status_of(struct str name)
{
	for (int i = 0; i < STATUSES; i++)
		if (str_is(name, report_statuses[i]))
			return (enum report_status)i;
	return STATUS_FAILED;
}

static int take_series(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	if (g->n_series == g->cap_series) {
		g->cap_series = 2 * g->cap_series + 64;
		g->series = mem_grow(g->series, g->cap_series, sizeof *g->series);
	}
	struct attributes is = {
		.mode = keep(g, row, 1),
		.project = keep_uuid(g, db_blob(row, 2)),
		.tier = keep(g, row, 3),
		.provider = keep(g, row, 4),
		.model = keep(g, row, 5),
		.stage = db_int(row, 6),
		.stage_name = keep(g, row, 7),
		.purpose = keep(g, row, 8),
		.status = status_of(db_text(row, 9)),
		.tenant = keep(g, row, 11),
	};
	const struct attributes timed = latency_attributes(g, &is);
	size_t latency = (size_t)(latency_of(g, &timed) - g->latencies);
	g->series[g->n_series++] = (struct series){
		.id = db_int(row, 0), .deployment = db_int(row, 10), .is = is, .latency = latency
	};
	return 0;
}

static int load_series(struct gather *g, struct err *e)
{
	const struct value values[] = { project_value(g), value_text(g->scope->mode), value_text(g->scope->tenant) };
	return query_each(g,
	                  "SELECT s.id, governance_mode, project_id, tier, provider, model, stage, stage_name, purpose,"
	                  " status, deployment_id, tenant_id FROM series s JOIN deployment d ON d.id = s.deployment_id"
	                  " WHERE (?1 IS NULL OR project_id = ?1) AND (?2 IS NULL OR governance_mode = ?2)"
	                  " AND (?3 IS NULL OR tenant_id = ?3) ORDER BY s.id",
	                  values, 3, take_series, e);
}

static int by_id(const void *key, const void *element)
{
	int64_t id = *(const int64_t *)key, other = ((const struct series *)element)->id;
	return (id > other) - (id < other);
}

/* The series of the row, or NULL where it is outside the scope. */
static struct series *series_of(const struct gather *g, const struct db_stmt *row)
{
	int64_t id = db_int(row, COLUMN_SERIES_ID);
	return g->n_series > 0 ? bsearch(&id, g->series, g->n_series, sizeof *g->series, by_id) : NULL;
}

/* Sums. */

static void add_measures(struct series *s, const struct db_stmt *row)
{
	for (int i = 0; i < MEASURES; i++) {
		int64_t v = db_int(row, COLUMN_MEASURES + i); /* NULL, an unknown value, counts nothing */
		if (!measures[i].max)
			s->m[i] += v;
		else if (v > s->m[i])
			s->m[i] = v;
	}
}

static void note_times(struct series *s, int64_t first_ms, int64_t last_ms)
{
	if (s->m[CALLS] == 0 || first_ms < s->first_ms)
		s->first_ms = first_ms;
	if (s->m[CALLS] == 0 || last_ms > s->last_ms)
		s->last_ms = last_ms;
}

static struct report_moment *moment_of(struct gather *g, int mode, int64_t start_ms)
{
	size_t *at = &g->moment_at[mode];
	if (*at < g->n_moments && g->moments[*at].mode == mode && g->moments[*at].sums.start_ms == start_ms)
		return &g->moments[*at].sums;
	const int64_t key[] = { mode, start_ms };
	int64_t *place = map_put(g->moment_places, (struct str){ (const char *)key, sizeof key });
	if (*place == 0) {
		if (g->n_moments == g->cap_moments) {
			g->cap_moments = 2 * g->cap_moments + 64;
			g->moments = mem_grow(g->moments, g->cap_moments, sizeof *g->moments);
		}
		g->moments[g->n_moments++] = (struct moment){ .mode = mode, .sums = { .start_ms = start_ms } };
		*place = (int64_t)g->n_moments;
	}
	*at = (size_t)*place - 1;
	return &g->moments[*at].sums;
}

static void add_moment(struct gather *g, const struct series *s, const struct db_stmt *row)
{
	struct report_moment *m =
		moment_of(g, mode_number(s->is.mode), time_floor(db_int(row, COLUMN_FIRST), TIME_HOUR_MS));
	int64_t calls = db_int(row, COLUMN_MEASURES + CALLS);
	m->calls += calls;
	m->succeeded += s->is.status == STATUS_SUCCESS ? calls : 0;
	m->cost_nano += db_int(row, COLUMN_MEASURES + COST_NANO);
	for (int i = PRICED_PROVIDER; i <= PRICED_UNSTATED; i++)
		m->priced += db_int(row, COLUMN_MEASURES + i);
}

static void offer(struct gather *g, const struct series *s, const struct db_stmt *row)
{
	struct peak p = {
		.cost_nano = db_int(row, COLUMN_MEASURES + COST_NANO_MAX),
		.time_ms = db_int(row, COLUMN_FIRST),
		.series = (size_t)(s - g->series),
	};
	struct str id = db_blob(row, COLUMN_ID);
	if (id.n == sizeof p.id.b)
		memcpy(p.id.b, id.p, sizeof p.id.b);
	else
		p.time_ms = time_floor(p.time_ms, TIME_HOUR_MS);
	peaks_offer(&g->peaks[mode_number(s->is.mode)], &p);
}

/* A call, or an hour of calls. */
static int take_sums(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	struct series *s = series_of(g, row);
	if (s) {
		note_times(s, db_int(row, COLUMN_FIRST), db_int(row, COLUMN_LAST));
		add_measures(s, row);
		add_moment(g, s, row);
		offer(g, s, row);
	}
	return 0;
}

/* A sum of a rollup that does not fit stays at the largest integer. */
static bool is_full(const struct db_stmt *row)
{
	for (int i = 0; i < MEASURES; i++)
		if (db_int(row, COLUMN_MEASURES + i) == INT64_MAX)
			return true;
	return false;
}

/* An hour of calls. The record has the sums that its rollup has not. */
static int take_hour(struct gather *g, struct db_stmt *row, struct err *e)
{
	struct series *s = series_of(g, row);
	if (!s || !is_full(row))
		return take_sums(g, row, e);
	if (g->n_full == g->cap_full) {
		g->cap_full = 2 * g->cap_full + 16;
		g->full = mem_grow(g->full, g->cap_full, sizeof *g->full);
	}
	g->full[g->n_full++] = (struct full_hour){
		.series = s,
		.start_ms = time_floor(db_int(row, COLUMN_FIRST), TIME_HOUR_MS),
		.calls = db_int(row, COLUMN_MEASURES + CALLS),
	};
	return 0;
}

static enum report_count_kind kind_of(struct str name)
{
	int i = 0;
	while (i < COUNT_KINDS && !str_is(name, tally_names[i]))
		i++;
	return (enum report_count_kind)i;
}

static struct tally *tally_of(struct gather *g, enum report_count_kind kind, const struct series *s, struct str name)
{
	const char *kept = texts_keep(g->texts, name);
	const void *key[] = { tally_names[kind], kept, s };
	int64_t *place = map_put(g->tally_places, (struct str){ (const char *)key, sizeof key });
	if (*place == 0) {
		if (g->n_tallies == g->cap_tallies) {
			g->cap_tallies = 2 * g->cap_tallies + 64;
			g->tallies = mem_grow(g->tallies, g->cap_tallies, sizeof *g->tallies);
		}
		g->tallies[g->n_tallies++] = (struct tally){ .kind = kind, .name = kept, .is = &s->is };
		*place = (int64_t)g->n_tallies;
	}
	return &g->tallies[*place - 1];
}

/* series, kind, name, count */
static int take_tally(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	const struct series *s = series_of(g, row);
	enum report_count_kind kind = kind_of(db_text(row, 1));
	if (s && kind < COUNT_KINDS && !db_is_null(row, 2))
		gather_add(g, &tally_of(g, kind, s, db_text(row, 2))->count, db_int(row, 3));
	return 0;
}

/* series, latency */
static int take_latency(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	const struct series *s = series_of(g, row);
	if (s)
		sketch_add(g->latencies[s->latency].sketch, db_int(row, 1));
	return 0;
}

static int take_sketch(struct gather *g, struct db_stmt *row, struct err *e)
{
	struct attributes is = {
		.mode = keep(g, row, 0),
		.project = keep_uuid(g, db_blob(row, 1)),
		.tier = keep(g, row, 2),
		.provider = keep(g, row, 3),
		.model = keep(g, row, 4),
	};
	if (!sketch_read(latency_of(g, &is)->sketch, db_blob(row, 5)))
		return err_set(e, ROS_INPUT, "database %s: a latency sketch is unreadable", db_path(g->db));
	return 0;
}

/* The record. */

/* A day of a deployment that lost calls to ros-purge: it does not change any more, and its sums remain. */
#define DAY_OF(time, unit) "((" time " - (" time " % " unit " + " unit ") % " unit ") / " unit ")"
#define IS_SEALED(day, deployment) "EXISTS (SELECT 1 FROM sealed_day x WHERE x.day = " day " AND x.deployment_id = " deployment ")"
#define HOUR_IS_SEALED \
	IS_SEALED(DAY_OF("hour", "24"), "(SELECT deployment_id FROM series WHERE series.id = series_id)")

/* Gives fn the rows of `select` whose calls are of the scope's run and from <= time < to. */
static int each_of_record(struct gather *g, const char *select, int64_t from_ms, int64_t to_ms, row_fn *fn,
                          struct err *e)
{
	if (from_ms >= to_ms)
		return 0;
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	buf_fmt(&sql, "WITH call AS NOT MATERIALIZED (SELECT * FROM invocation WHERE time_ms >= ?1 AND time_ms < ?2%s",
	        g->scope->has_run ? " AND run_id = ?3" : "");
	if (g->scope->has_as_of)
		buf_fmt(&sql, " AND batch <= %" PRId64 "%s", g->scope->as_of,
		        g->scope->has_run ? "" : " AND NOT " IS_SEALED(DAY_OF("time_ms", "86400000"), "invocation.deployment_id"));
	buf_fmt(&sql, ") %s", select);
	const struct value values[] = { value_int(from_ms), value_int(to_ms), run_value(g) };
	int rc = query_each(g, buf_cstr(&sql), values, g->scope->has_run ? 3 : 2, fn, e);
	buf_free(&sql);
	return rc;
}

#define ALL_SERIES 0 /* is the id of none */

static int sum_record(struct gather *g, int64_t from_ms, int64_t to_ms, int64_t series, struct err *e)
{
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	buf_z(&sql, "SELECT series_id, time_ms, time_ms");
	for (int i = 0; i < MEASURES; i++)
		buf_fmt(&sql, ", %s", measures[i].record);
	buf_z(&sql, ", invocation_id FROM call");
	if (series != ALL_SERIES)
		buf_fmt(&sql, " WHERE series_id = %" PRId64, series);
	int rc = each_of_record(g, buf_cstr(&sql), from_ms, to_ms, take_sums, e);
	buf_free(&sql);
	return rc;
}

#define PHI_TYPES(text) \
	"SELECT series_id, 'phi_type', type.value, 1" \
	" FROM call, json_each(phi_scan_summary, '$." text "_scan.phi_types_detected') AS type"

static int tally_record(struct gather *g, int64_t from_ms, int64_t to_ms, struct err *e)
{
	return each_of_record(g,
	                      "SELECT series_id, 'error_code', " TERM("error_code_term") ", 1"
	                      " FROM call WHERE error_code_term NOT NULL"
	                      " UNION ALL SELECT series_id, 'escalated_from', " TERM("initial_tier_term") ", 1"
	                      " FROM call WHERE escalated"
	                      " UNION ALL SELECT series_id, 'model_requested', " TERM("model_requested_term") ", 1"
	                      " FROM call JOIN deployment ON deployment.id = deployment_id"
	                      " WHERE " TERM("model_requested_term") " <> model"
	                      " UNION ALL " PHI_TYPES("input") " UNION ALL " PHI_TYPES("output"),
	                      from_ms, to_ms, take_tally, e);
}

static int time_record(struct gather *g, int64_t from_ms, int64_t to_ms, struct err *e)
{
	return each_of_record(g, "SELECT series_id, latency_ms FROM call WHERE latency_ms NOT NULL", from_ms, to_ms,
	                      take_latency, e);
}

static int read_record(struct gather *g, int64_t from_ms, int64_t to_ms, struct err *e)
{
	return sum_record(g, from_ms, to_ms, ALL_SERIES, e) < 0 || tally_record(g, from_ms, to_ms, e) < 0 ? -1 : 0;
}

/* Rollups. */

static int sum_rollups(struct gather *g, const struct value hours[2], struct err *e)
{
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	buf_z(&sql, "SELECT series_id, first_ms, last_ms");
	for (int i = 0; i < MEASURES; i++)
		buf_fmt(&sql, ", %s", measures[i].rollup);
	buf_z(&sql, ", NULL FROM rollup_hour WHERE hour >= ?1 AND hour < ?2");
	buf_z(&sql, g->scope->has_as_of ? " AND " HOUR_IS_SEALED : "");
	int rc = query_each(g, buf_cstr(&sql), hours, 2, take_hour, e);
	buf_free(&sql);
	return rc;
}

static int sum_full_hours(struct gather *g, struct err *e)
{
	for (size_t i = 0; i < g->n_full; i++) {
		const struct full_hour *f = &g->full[i];
		int128 before = f->series->m[CALLS];
		if (sum_record(g, f->start_ms, f->start_ms + TIME_HOUR_MS, f->series->id, e) < 0)
			return -1;
		if (f->series->m[CALLS] - before != f->calls)
			return err_set(e, ROS_INPUT,
			               "database %s: the sum of an hour does not fit in 64 bits, and its calls are not recorded any more",
			               db_path(g->db));
	}
	return 0;
}

static int read_rollups(struct gather *g, int64_t from_ms, int64_t to_ms, struct err *e)
{
	const struct value hours[] = { value_int(from_ms / TIME_HOUR_MS), value_int(to_ms / TIME_HOUR_MS) };
	if (sum_rollups(g, hours, e) < 0 || sum_full_hours(g, e) < 0)
		return -1;
	return query_each(g,
	                  g->scope->has_as_of ?
	                          "SELECT series_id, kind, name, count FROM tally_hour WHERE hour >= ?1 AND hour < ?2 AND " HOUR_IS_SEALED :
	                          "SELECT series_id, kind, name, count FROM tally_hour WHERE hour >= ?1 AND hour < ?2",
	                  hours, 2, take_tally, e);
}

#define SKETCHES \
	"SELECT governance_mode, project_id, tier, provider, model, sketch" \
	" FROM latency_day JOIN deployment ON id = deployment_id WHERE day >= ?1 AND day < ?2 AND (?3 IS NULL OR project_id = ?3)" \
	" AND (?4 IS NULL OR governance_mode = ?4)"

static int read_sketches(struct gather *g, int64_t from_ms, int64_t to_ms, struct err *e)
{
	const struct value values[] = {
		value_int(from_ms / TIME_DAY_MS),
		value_int(to_ms / TIME_DAY_MS),
		project_value(g),
		value_text(g->scope->mode),
	};
	return query_each(g, g->scope->has_as_of ? SKETCHES " AND " IS_SEALED("latency_day.day", "latency_day.deployment_id") : SKETCHES, values, 4,
	                  take_sketch, e);
}

typedef int range_fn(struct gather *g, int64_t from_ms, int64_t to_ms, struct err *e);

static int64_t ceiling(int64_t ms, int64_t unit)
{
	return time_floor(ms + unit - 1, unit);
}

/* Whole units by `whole`, the rest at both edges by `edge`. */
static int read_split(struct gather *g, int64_t unit, range_fn *whole, range_fn *edge, struct err *e)
{
	int64_t first = ceiling(g->from_ms, unit), end = time_floor(g->to_ms, unit);
	if (first >= end)
		return edge(g, g->from_ms, g->to_ms, e);
	if (edge(g, g->from_ms, first, e) < 0 || whole(g, first, end, e) < 0)
		return -1;
	return edge(g, end, g->to_ms, e);
}

/* All from the record; as of a batch, but for what ros-purge took away: of that the sums remain. */
static int read_calls(struct gather *g, struct err *e)
{
	if (read_record(g, g->from_ms, g->to_ms, e) < 0 || time_record(g, g->from_ms, g->to_ms, e) < 0)
		return -1;
	if (g->scope->has_run)
		return 0;
	return read_rollups(g, g->from_ms, g->to_ms, e) < 0 ||
	                       read_sketches(g, ceiling(g->from_ms, TIME_DAY_MS), time_floor(g->to_ms, TIME_DAY_MS), e) < 0 ?
	               -1 :
	               0;
}

static int read_period(struct gather *g, struct err *e)
{
	if (read_split(g, TIME_HOUR_MS, read_rollups, read_record, e) < 0)
		return -1;
	if (g->scope->tenant) /* sketches do not know tenants */
		return time_record(g, g->from_ms, g->to_ms, e);
	return read_split(g, TIME_DAY_MS, read_sketches, time_record, e);
}

/* All. */

static int take_one(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)row;
	(void)e;
	g->run_found = true;
	return 0;
}

static int check_run(struct gather *g, struct err *e)
{
	if (!g->scope->has_run)
		return 0;
	const struct value run = run_value(g);
	if (query_each(g,
	               "SELECT 1 FROM invocation WHERE run_id = ?1 UNION ALL SELECT 1 FROM stage_run WHERE run_id = ?1 LIMIT 1",
	               &run, 1, take_one, e) < 0)
		return -1;
	char text[UUID_TEXT];
	uuid_format(&g->scope->run, text);
	return g->run_found ? 0 : err_set(e, ROS_REFUSED, "run %s: no event in database %s", text, db_path(g->db));
}

static void set_bounds(struct gather *g)
{
	const struct report_scope *s = g->scope;
	bool exact = s->exact || s->has_run;
	g->from_ms = !s->has_from ? SCOPE_FIRST_MS : exact ? s->from_ms : time_floor(s->from_ms, TIME_HOUR_MS);
	g->to_ms = !s->has_to ? SCOPE_END_MS : exact ? s->to_ms : ceiling(s->to_ms, TIME_HOUR_MS);
}

int gather_all(struct gather *g, struct db *db, const struct report_scope *scope, struct report_texts *texts,
               struct err *e)
{
	*g = (struct gather){ .db = db, .scope = scope, .texts = texts };
	g->latency_places = map_new();
	g->tally_places = map_new();
	g->moment_places = map_new();
	for (int i = 0; i < 2; i++)
		peaks_init(&g->peaks[i], (size_t)scope->top);
	set_bounds(g);
	if (check_run(g, e) < 0 || load_series(g, e) < 0)
		return -1;
	if ((scope->has_run || scope->has_as_of ? read_calls(g, e) : read_period(g, e)) < 0)
		return -1;
	return gather_touched(g, e) < 0 || gather_state(g, e) < 0 || gather_completeness(g, e) < 0 ? -1 : 0;
}

void gather_free(struct gather *g)
{
	for (size_t i = 0; i < g->n_latencies; i++)
		sketch_free(g->latencies[i].sketch);
	for (int i = 0; i < 2; i++)
		peaks_free(&g->peaks[i]);
	map_free(g->latency_places);
	map_free(g->tally_places);
	map_free(g->moment_places);
	free(g->moments);
	free(g->series);
	free(g->latencies);
	free(g->tallies);
	free(g->refusals);
	free(g->complete.v);
	free(g->complete.losses);
	free(g->full);
	for (int i = 0; i < TOUCHED; i++)
		free(g->touched[i].v);
	free(g->stage_runs);
}
