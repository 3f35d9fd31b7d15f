/* What is not about the calls that count: the state of the record, conflicts, refusals. */
#include "report/gather.h"

#include "base/mem.h"
#include "report/query.h"

#include <string.h>

static int take_batch(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	g->record.last_batch = db_int(row, 0);
	g->record.committed_ms = db_int(row, 6);
	gather_add(g, &g->record.recorded, db_int(row, 1));
	gather_add(g, &g->record.repeated, db_int(row, 2));
	gather_add(g, &g->record.conflicting, db_int(row, 3));
	gather_add(g, &g->record.refused, db_int(row, 4));
	struct str sum = db_blob(row, 5);
	struct sha256 h;
	if (sum.n == sizeof h.b) {
		memcpy(h.b, sum.p, sizeof h.b);
		sha256_accumulate(&g->record.content_sum, &h);
	}
	return 0;
}

static int take_conflict(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	g->conflicts[str_is(db_text(row, 0), "LIVE")] += db_int(row, 1);
	return 0;
}

static int read_conflicts(struct gather *g, struct err *e)
{
	char run[UUID_TEXT], project[UUID_TEXT];
	uuid_format(&g->scope->run, run);
	uuid_format(&g->scope->project, project);
	const struct value values[] = {
		value_int(g->from_ms),
		value_int(g->to_ms),
		value_text(g->scope->has_run ? run : NULL),
		value_text(g->scope->has_project ? project : NULL),
		value_text(g->scope->mode),
		value_text(g->scope->tenant),
		value_as_of(g),
	};
	return query_each(g,
	                  "SELECT event ->> '$.governance_mode', count(*) FROM conflict"
	                  " WHERE time_ms >= ?1 AND time_ms < ?2 AND (?3 IS NULL OR lower(event ->> '$.run_id') = ?3)"
	                  " AND (?4 IS NULL OR lower(event ->> '$.project_id') = ?4)"
	                  " AND (?5 IS NULL OR event ->> '$.governance_mode' = ?5)"
	                  " AND (?6 IS NULL OR event ->> '$.tenant_id' = ?6) AND (?7 IS NULL OR batch <= ?7) GROUP BY 1",
	                  values, 7, take_conflict, e);
}

static int take_refusal(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	if (g->n_refusals == g->cap_refusals) {
		g->cap_refusals = 2 * g->cap_refusals + 16;
		g->refusals = mem_grow(g->refusals, g->cap_refusals, sizeof *g->refusals);
	}
	g->refusals[g->n_refusals++] = (struct report_reason){ texts_keep(g->texts, db_text(row, 0)), db_int(row, 1) };
	return 0;
}

static int read_batches(struct gather *g, struct err *e)
{
	const struct value last = value_as_of(g);
	return query_each(g,
	                  "SELECT number, recorded, repeated, conflicting, refused, content_sum, committed_ms FROM batch"
	                  " WHERE ?1 IS NULL OR number <= ?1 ORDER BY number",
	                  &last, 1, take_batch, e);
}

static int read_refusals(struct gather *g, struct err *e)
{
	const struct value last = value_as_of(g);
	return query_each(g,
	                  "SELECT reason, count(*) FROM refusal WHERE ?1 IS NULL OR batch <= ?1 GROUP BY reason ORDER BY reason",
	                  &last, 1, take_refusal, e);
}

static int take_purged(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	g->record.purged = db_int(row, 0);
	return 0;
}

static int read_purged(struct gather *g, struct err *e)
{
	const struct value run = value_blob(g->scope->run.b, sizeof g->scope->run.b);
	return g->scope->has_run ? query_each(g, "SELECT calls FROM purged_run WHERE run_id = ?1", &run, 1, take_purged, e) : 0;
}

int gather_state(struct gather *g, struct err *e)
{
	if (read_purged(g, e) < 0)
		return -1;
	return read_batches(g, e) < 0 || read_refusals(g, e) < 0 || read_conflicts(g, e) < 0 ? -1 : 0;
}
