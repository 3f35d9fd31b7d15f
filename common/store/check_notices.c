/* Nothing here shares code with what makes the rows: SQLite reads the events' JSON by itself. */
#include "store/check_notices.h"

#include "event/schema.h"

#define UUID(x) \
	"lower(substr(hex(" x "), 1, 8) || '-' || substr(hex(" x "), 9, 4) || '-' || substr(hex(" x "), 13, 4) || '-' || substr(hex(" x "), 17, 4)" \
	" || '-' || substr(hex(" x "), 21))"

const char check_missing_sql[] =
	"SELECT printf('the event %s is not in its table', " UUID("event_id") ") FROM notice WHERE event NOT NULL AND NOT CASE type"
	" WHEN 'dataset.registered' THEN EXISTS (SELECT 1 FROM dataset WHERE id = subject)"
	" WHEN 'dataset.accessed' THEN EXISTS (SELECT 1 FROM dataset_access WHERE accessed_ms = notice.time_ms AND id = event_id)"
	" WHEN 'workflow.stage.updated' THEN EXISTS (SELECT 1 FROM stage_run s WHERE s.run_id = subject AND s.stage_number = notice.stage_number)"
	" ELSE EXISTS (SELECT 1 FROM export e WHERE e.time_ms = notice.time_ms AND id = event_id) END"
	" UNION ALL SELECT printf('%d events are deleted, %d by purges', gone, purged) FROM (SELECT (SELECT count(*) FROM notice WHERE event IS NULL) AS gone,"
	" (SELECT ifnull(sum(dataset_accesses), 0) FROM purge) AS purged) WHERE gone > purged";

/* What has ended begins again only by another attempt; what failed can be given up; nothing becomes pending again. */
const char check_transition_sql[] =
	"SELECT printf('run %s, stage %d: from %s to %s', " UUID("subject") ", stage_number, was, status)"
	" FROM (SELECT subject, stage_number, status, attempt, lag(status) OVER stage AS was,"
	" max(attempt) OVER (stage ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before"
	" FROM (SELECT subject, stage_number, time_ms, content_sha256, event ->> '$.status' AS status, ifnull(event ->> '$.attempt_number', 1) AS attempt"
	" FROM notice WHERE type = 'workflow.stage.updated')"
	" WINDOW stage AS (PARTITION BY subject, stage_number ORDER BY time_ms, content_sha256))"
	" WHERE status <> was AND (status = 'pending' OR (was IN ('completed', 'failed', 'skipped', 'cancelled') AND NOT (status = 'running' AND attempt > before)"
	" AND NOT (was = 'failed' AND status IN ('skipped', 'cancelled'))))";

/* The tables, what a row of theirs is called, and its events. */
static const struct {
	const struct schema *schema;
	const char *table, *name, *events;
} tables[] = {
	{ &schema_dataset, "dataset", UUID("r.id"), "subject = r.id AND stage_number IS NULL" },
	{ &schema_stage, "stage_run", UUID("r.run_id") " || ', stage ' || r.stage_number", "subject = r.run_id AND stage_number = r.stage_number" },
	{ &schema_access, "dataset_access", UUID("r.id"), "time_ms = r.accessed_ms AND event_id = r.id" },
	{ &schema_export, "export", UUID("r.id"), "time_ms = r.time_ms AND event_id = r.id" },
};

/* How the column and the value of the event, v, are held against each other; left NULL: not at all. */
struct comparison {
	const char *arrow, *left, *right;
};

/* A time in SQLite's reckoning can be a millisecond off, and it knows no second 60. */
static struct comparison comparison_of(const struct schema_field *f)
{
	switch ((enum schema_column)f->column) {
	case COLUMN_TEXT:
	case COLUMN_INT: return (struct comparison){ "->>", "", " IS NOT v" };
	case COLUMN_JSON: return (struct comparison){ "->", "", " IS NOT v" };
	case COLUMN_UUID: return (struct comparison){ "->>", "hex(", ") IS NOT upper(replace(ifnull(v, ''), '-', ''))" };
	case COLUMN_SHA256: return (struct comparison){ "->>", "hex(", ") IS NOT upper(substr(ifnull(v, ''), 8))" };
	case COLUMN_MS: return (struct comparison){ "->>", "ifnull(abs(", " - round((julianday(v) - 2440587.5) * 86400000)) > 1, 0)" };
	default: return (struct comparison){ 0 };
	}
}

static bool is_taken_back(const struct schema_field *f)
{
	return f == &schema_stage.fields[STAGE_COMPLETED_AT] || f == &schema_stage.fields[STAGE_DURATION_MS];
}

/* One field of the table number t. */
static void field_sql(size_t t, const struct schema_field *f, struct buf *sql)
{
	struct comparison c = comparison_of(f);
	if (!c.left || is_taken_back(f))
		return;
	buf_fmt(sql, "%sSELECT printf('%s %%s: its %s is not that of its newest event', which) FROM (SELECT %s AS which, %s,"
	        " (SELECT event %s '$.%s' FROM notice WHERE %s AND event ->> '$.%s' NOT NULL ORDER BY time_ms DESC, content_sha256 DESC LIMIT 1) AS v"
	        " FROM %s r) WHERE %s%s%s", sql->n ? " UNION ALL " : "", tables[t].table, f->column_name, tables[t].name, f->column_name,
	        c.arrow, f->name.p, tables[t].events, f->name.p, tables[t].table, c.left, f->column_name, c.right);
}

void check_fields_sql(struct buf *sql)
{
	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
		for (int f = 0; f < tables[t].schema->n_fields; f++)
			field_sql(t, &tables[t].schema->fields[f], sql);
}
