/* Datasets by the log of accesses to them, stages as the workflow states them, and which counts of rows may be shown. */
#include "report/touched.h"

#include "base/buf.h"
#include "base/mem.h"
#include "report/gather.h"
#include "report/query.h"

#include <string.h>

#define SQL_MAX 4096

/* Bits of the query's column, in this order. */
static const char *const access_types[] = { "read", "download", "export", "transform", "share", "delete" };

#define N_ACCESS_TYPES (sizeof access_types / sizeof access_types[0])

static const char *keep_uuid(struct gather *g, struct str bytes)
{
	struct uuid u = { 0 };
	char text[UUID_TEXT];
	if (bytes.n == sizeof u.b)
		memcpy(u.b, bytes.p, sizeof u.b);
	uuid_format(&u, text);
	return texts_keep(g->texts, str_of(text));
}

static const char *keep_access_types(struct gather *g, int64_t bits)
{
	struct buf b;
	buf_init(&b, SQL_MAX);
	for (size_t i = 0; i < N_ACCESS_TYPES; i++)
		if (bits >> i & 1)
			buf_fmt(&b, "%s%s", b.n > 0 ? ", " : "", access_types[i]);
	const char *kept = texts_keep(g->texts, buf_view(&b));
	buf_free(&b);
	return kept;
}

static struct report_rows rows_of(const struct db_stmt *row, int column)
{
	if (db_is_null(row, column))
		return (struct report_rows){ .is = ROWS_UNKNOWN };
	return (struct report_rows){ .is = ROWS_KNOWN, .n = db_int(row, column) };
}

static void add_dataset(struct touched *t, struct report_dataset d)
{
	if (t->n == t->cap) {
		t->cap = 2 * t->cap + 16;
		t->v = mem_grow(t->v, t->cap, sizeof *t->v);
	}
	t->v[t->n++] = d;
}

/* The columns of accesses_sql, into the list of their mode. */
static int take_dataset(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	add_dataset(&g->touched[db_int(row, 0)],
	            (struct report_dataset){
			    .id = keep_uuid(g, db_blob(row, 1)),
			    .name = texts_keep(g->texts, db_text(row, 2)),
			    .format = texts_keep(g->texts, db_text(row, 3)),
			    .phi_scan_status = texts_keep(g->texts, db_text(row, 4)),
			    .rows = rows_of(row, 5),
			    .accesses = db_int(row, 6),
			    .failed = db_int(row, 7),
			    .risky = db_int(row, 8),
			    .first_ms = db_int(row, 9),
			    .last_ms = db_int(row, 10),
			    .access_types = keep_access_types(g, db_int(row, 11)),
			    .rows_accessed = rows_of(row, 12),
		    });
	return 0;
}

/* Rows accessed that come to more than a count of people can be stay at 2^53 - 1, up to which total() is exact. */
static const char accesses_sql[] =
	"SELECT ?1, a.dataset_id, d.name, d.format, d.phi_scan_status, d.row_count, count(*), sum(NOT success),"
	" ifnull(sum(phi_exposure_risk IN ('medium', 'high')), 0), min(accessed_ms), max(accessed_ms),"
	" sum(DISTINCT CASE access_type WHEN 'read' THEN 1 WHEN 'download' THEN 2 WHEN 'export' THEN 4 WHEN 'transform' THEN 8"
	" WHEN 'share' THEN 16 ELSE 32 END),"
	" CASE WHEN count(rows_accessed) > 0 THEN CAST(min(total(rows_accessed), 9007199254740991) AS INTEGER) END"
	" FROM dataset_access a LEFT JOIN dataset d ON d.id = a.dataset_id"
	" WHERE accessed_ms >= ?2 AND accessed_ms < ?3 AND (?4 IS NULL OR a.governance_mode = ?4)"
	" AND (?5 IS NULL OR d.project_id = ?5) AND (?6 IS NULL OR d.tenant_id = ?6)%s"
	" GROUP BY a.dataset_id ORDER BY count(*) DESC, a.dataset_id";

static int read_datasets(struct gather *g, int list, const char *mode, struct err *e)
{
	const struct report_scope *s = g->scope;
	if (s->mode && mode && strcmp(s->mode, mode) != 0)
		return 0;
	const struct value values[] = {
		value_int(list),
		value_int(g->from_ms),
		value_int(g->to_ms),
		value_text(mode ? mode : s->mode),
		value_blob(s->has_project ? s->project.b : NULL, sizeof s->project.b),
		value_text(s->tenant),
		value_blob(s->run.b, sizeof s->run.b),
	};
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	buf_fmt(&sql, accesses_sql, s->has_run ? " AND run_id = ?7" : "");
	int rc = query_each(g, buf_cstr(&sql), values, s->has_run ? 7 : 6, take_dataset, e);
	buf_free(&sql);
	return rc;
}

static int64_t stated(const struct db_stmt *row, int column)
{
	return db_is_null(row, column) ? -1 : db_int(row, column);
}

static int take_stage(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	if (g->n_stage_runs == g->cap_stage_runs) {
		g->cap_stage_runs = 2 * g->cap_stage_runs + 20;
		g->stage_runs = mem_grow(g->stage_runs, g->cap_stage_runs, sizeof *g->stage_runs);
	}
	g->stage_runs[g->n_stage_runs++] = (struct report_stage_run){
		.stage = db_int(row, 0),
		.name = texts_keep(g->texts, db_text(row, 1)),
		.status = texts_keep(g->texts, db_text(row, 2)),
		.mode = texts_keep(g->texts, db_text(row, 3)),
		.attempt = stated(row, 4),
		.max_attempts = stated(row, 5),
		.items_total = stated(row, 6),
		.items_done = stated(row, 7),
		.items_failed = stated(row, 8),
		.has_started = !db_is_null(row, 9),
		.started_ms = db_int(row, 9),
		.has_completed = !db_is_null(row, 10),
		.completed_ms = db_int(row, 10),
		.duration_ms = stated(row, 11),
	};
	return 0;
}

static int read_stages(struct gather *g, struct err *e)
{
	if (!g->scope->has_run)
		return 0;
	const struct value values[] = { value_blob(g->scope->run.b, sizeof g->scope->run.b), value_text(g->scope->mode) };
	return query_each(g,
	                  "SELECT stage_number, stage_name, status, governance_mode, attempt_number, max_attempts, items_total,"
	                  " items_processed, items_failed, started_ms, completed_ms, duration_ms FROM stage_run"
	                  " WHERE run_id = ?1 AND (?2 IS NULL OR governance_mode = ?2) ORDER BY stage_number",
	                  values, 2, take_stage, e);
}

int gather_touched(struct gather *g, struct err *e)
{
	static const char *const modes[TOUCHED] = { NULL, "DEMO", "LIVE" };
	if (g->scope->has_as_of)
		return 0;
	for (int i = 0; i < TOUCHED; i++)
		if (read_datasets(g, i, modes[i], e) < 0)
			return -1;
	return read_stages(g, e);
}

/* Small cells. */

static void suppress(struct report_rows *rows)
{
	*rows = (struct report_rows){ .is = ROWS_SUPPRESSED };
}

static bool is_small(const struct report_rows *rows, int64_t min_cell)
{
	return rows->is == ROWS_KNOWN && rows->n > 0 && rows->n < min_cell;
}

static struct report_rows sum_of_rows(const struct report_part *part)
{
	struct report_rows sum = { .is = ROWS_UNKNOWN };
	for (size_t i = 0; i < part->n_datasets; i++) {
		const struct report_rows *rows = &part->datasets[i].rows_accessed;
		if (rows->is != ROWS_KNOWN)
			continue;
		sum.is = ROWS_KNOWN;
		if (__builtin_add_overflow(sum.n, rows->n, &sum.n))
			sum.n = INT64_MAX;
	}
	return sum;
}

/* The smallest count that is shown and not 0, or NULL. */
static struct report_rows *smallest_shown(struct report_part *part)
{
	struct report_rows *smallest = NULL;
	for (size_t i = 0; i < part->n_datasets; i++) {
		struct report_rows *rows = &part->datasets[i].rows_accessed;
		if (rows->is == ROWS_KNOWN && rows->n > 0 && (!smallest || rows->n < smallest->n))
			smallest = rows;
	}
	return smallest;
}

/* Whether anything was. */
static bool suppress_part(struct report_part *part, int64_t min_cell)
{
	size_t suppressed = 0;
	part->rows_accessed = sum_of_rows(part);
	for (size_t i = 0; i < part->n_datasets; i++) {
		struct report_dataset *d = &part->datasets[i];
		if (is_small(&d->rows, min_cell))
			suppress(&d->rows);
		if (is_small(&d->rows_accessed, min_cell)) {
			suppress(&d->rows_accessed);
			suppressed++;
		}
	}
	if (suppressed == 1) {
		struct report_rows *other = smallest_shown(part);
		suppress(other ? other : &part->rows_accessed);
	}
	if (is_small(&part->rows_accessed, min_cell))
		suppress(&part->rows_accessed);
	return suppressed > 0;
}

static void suppress_all(struct report_part *part)
{
	suppress(&part->rows_accessed);
	for (size_t i = 0; i < part->n_datasets; i++)
		if (part->datasets[i].rows_accessed.is == ROWS_KNOWN)
			suppress(&part->datasets[i].rows_accessed);
}

void cells_suppress(struct report *r)
{
	bool some = false, both = r->mode[0].n_datasets > 0 && r->mode[1].n_datasets > 0;
	for (int i = 0; i < 2; i++)
		some |= suppress_part(&r->mode[i], r->scope.min_cell);
	suppress_part(&r->all, r->scope.min_cell);
	if (both && some)
		suppress_all(&r->all);
}

/* Stages. */

static bool has_status(const struct report_stage_run *v, size_t n, const char *status)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].status, status) == 0)
			return true;
	return false;
}

const char *stages_status(const struct report_stage_run *v, size_t n)
{
	static const char *const order[] = { "running", "paused", "failed", "cancelled" };
	if (n == 0)
		return NULL;
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (has_status(v, n, order[i]))
			return order[i];
	bool pending = has_status(v, n, "pending"), over = has_status(v, n, "completed") || has_status(v, n, "skipped");
	return !pending ? "completed" : over ? "running" : "pending";
}
