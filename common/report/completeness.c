/* What sources emitted, what became of it, and which numbers are missing: the views of migration 2, worst first. */
#include "report/gather.h"

#include "base/mem.h"
#include "report/query.h"

#include <stdlib.h>
#include <string.h>

const char *const report_fates[FATES] = { "emitted", "recorded", "repeated", "conflicting", "dead", "refused", "missing" };

/* Numbers that a source announces may be forged: a sum that does not fit stays at the largest integer. */
static void add(int64_t *sum, int64_t v)
{
	if (__builtin_add_overflow(*sum, v, sum))
		*sum = INT64_MAX;
}

static int take_source(struct gather *g, struct db_stmt *row, struct err *e)
{
	struct report_completeness *c = &g->complete;
	(void)e;
	if (c->n == g->cap_sources) {
		g->cap_sources = 2 * g->cap_sources + 16;
		c->v = mem_grow(c->v, g->cap_sources, sizeof *c->v);
	}
	struct report_source *source = &c->v[c->n++];
	*source = (struct report_source){ .name = texts_keep(g->texts, db_text(row, 0)) };
	for (int i = 0; i < FATES; i++) {
		source->n[i] = db_int(row, 1 + i);
		add(&c->total[i], source->n[i]);
	}
	return 0;
}

/* Gaps come in the order of the sources. */
static int take_gap(struct gather *g, struct db_stmt *row, struct err *e)
{
	(void)e;
	const char *name = texts_keep(g->texts, db_text(row, 0));
	while (g->source_at + 1 < g->complete.n && g->complete.v[g->source_at].name != name)
		g->source_at++;
	struct report_source *source = &g->complete.v[g->source_at];
	if (source->n_gaps < REPORT_GAPS_MAX)
		source->gaps[source->n_gaps] = (struct report_gap){ db_int(row, 1), db_int(row, 2) };
	source->n_gaps++;
	return 0;
}

static int take_loss(struct gather *g, struct db_stmt *row, struct err *e)
{
	struct report_completeness *c = &g->complete;
	(void)e;
	if (c->n_losses == g->cap_losses) {
		g->cap_losses = 2 * g->cap_losses + 4;
		c->losses = mem_grow(c->losses, g->cap_losses, sizeof *c->losses);
	}
	c->losses[c->n_losses++] = (struct report_reason){ texts_keep(g->texts, db_text(row, 0)), db_int(row, 1) };
	c->lost += db_int(row, 1);
	return 0;
}

static int worst_first(const void *x, const void *y)
{
	static const enum report_fate bad[] = { MISSING, DEAD };
	const struct report_source *a = x, *b = y;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (a->n[bad[i]] != b->n[bad[i]])
			return a->n[bad[i]] < b->n[bad[i]] ? 1 : -1;
	return strcmp(a->name, b->name);
}

static int read_sources(struct gather *g, struct err *e)
{
	struct report_completeness *c = &g->complete;
	if (query_each(g,
	               "SELECT name, emitted, recorded, repeated, conflicting, dead, refused, missing FROM sources ORDER BY name",
	               NULL, 0, take_source, e) < 0 ||
	    query_each(g, "SELECT source, first, last FROM source_gaps ORDER BY source, first", NULL, 0, take_gap, e) < 0)
		return -1;
	if (c->n > 0)
		qsort(c->v, c->n, sizeof *c->v, worst_first);
	c->listed = c->n < REPORT_SOURCES_MAX ? c->n : REPORT_SOURCES_MAX;
	return 0;
}

int gather_completeness(struct gather *g, struct err *e)
{
	const struct value last = value_as_of(g);
	if (g->scope->has_as_of)
		memcpy(g->complete.total, g->scope->fates, sizeof g->complete.total);
	else if (read_sources(g, e) < 0)
		return -1;
	return query_each(g,
	                  "SELECT stream, count(*) FROM loss WHERE ?1 IS NULL OR batch <= ?1 GROUP BY stream ORDER BY stream",
	                  &last, 1, take_loss, e);
}
