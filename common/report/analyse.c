/*
 * Stability and slices of a report: of each mode by itself, as the tools ros-stability and ros-slice do it, and cut to what matters most. This reads the record, so
 * it is done where the scope has few calls. Metrics that do not vary, as the sums tell, are not searched.
 */
#include "report/analyse.h"

#include <string.h>

#define DEPTH 2
#define SIZE_MIN 30
#define JUDGED 10 /* slices of a metric that are looked at again in the calls held back */

static const char *const attributes[] = { "model", "provider", "tier", "stage", "purpose", "caller" };

static struct scope scope_of(const struct report *r, const char *mode)
{
	const struct report_scope *s = &r->scope;
	return (struct scope){
		.has_run = s->has_run,
		.has_project = s->has_project,
		.run = s->run,
		.project = s->project,
		.tenant = s->tenant,
		.mode = mode,
		.from_ms = r->from_ms,
		.to_ms = r->to_ms,
		.last_batch = s->has_as_of ? s->as_of : INT64_MAX,
	};
}

static int analyse_stability(struct report_analysis *a, int128 calls, struct db *db, const struct scope *scope, struct err *e)
{
	if (stability_build(&a->stability, db, scope, STABILITY_BY_MODEL, REPORT_REPEATS, e) < 0)
		return -1;
	struct stability *s = a->stability;
	a->deleted = (int64_t)calls - s->calls;
	for (size_t i = 0; i < s->n_groups; i++)
		a->models += s->groups[i].tested > 0;
	a->version_tests = (int64_t)s->n_versions;
	for (size_t i = 0; i < s->n_versions; i++)
		a->versions_differ += s->versions[i].adjusted <= STABILITY_DRIFT_P;
	a->drifted = (int64_t)stability_drifted(s) - a->versions_differ;
	stability_keep_worst(s, REPORT_WORST);
	return 0;
}

/* Whether some calls are worse than others, or may be. */
static bool varies(const struct report_group *g, const char *metric)
{
	const int128 *m = g->m, failed = m[CALLS] - g->status[STATUS_SUCCESS];
	if (strcmp(metric, "error") == 0)
		return failed > 0 && failed < m[CALLS];
	if (strcmp(metric, "latency") == 0)
		return m[LATENCY_MS] > 0;
	if (strcmp(metric, "cost") == 0)
		return m[COST_NANO] > 0;
	if (strcmp(metric, "escalation") == 0)
		return m[ESCALATED] > 0;
	return strcmp(metric, "quality") == 0 && m[GATE_FAILED] > 0;
}

static struct slice_options options_of(const struct slice_metric *metric)
{
	struct slice_options o = { .metric = metric, .depth = DEPTH, .min_size = SIZE_MIN, .top = JUDGED };
	for (const struct slice_attribute *a = slice_attributes; a->name; a++)
		for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
			if (strcmp(a->name, attributes[i]) == 0)
				o.by[o.n_by++] = a;
	return o;
}

static int analyse_slices(struct report_analysis *a, const struct report_group *total, struct db *db, const struct scope *scope, struct err *e)
{
	for (const struct slice_metric *m = slice_metrics; m->name; m++) {
		if (!varies(total, m->name))
			continue;
		struct report_search *search = &a->searches[a->n_searches++];
		struct slice_options o = options_of(m);
		if (slice_build(&search->slices, db, scope, &o, e) < 0)
			return -1;
		search->judged = (int64_t)search->slices->n;
		search->confirmed = (int64_t)slice_keep_confirmed(search->slices, REPORT_WORST);
	}
	return 0;
}

int report_analyse(struct report *r, struct db *db, struct err *e)
{
	for (int i = 0; i < 2 && r->all.total.m[CALLS] <= REPORT_ANALYSED_MAX; i++) {
		struct report_part *p = &r->mode[i];
		if (!p->mode)
			continue;
		const struct scope scope = scope_of(r, p->mode);
		p->analysis.done = true;
		if (analyse_stability(&p->analysis, p->total.m[CALLS], db, &scope, e) < 0 ||
		    analyse_slices(&p->analysis, &p->total, db, &scope, e) < 0)
			return -1;
	}
	return 0;
}

void report_analysis_free(struct report_analysis *a)
{
	stability_free(a->stability);
	for (size_t i = 0; i < a->n_searches; i++)
		slice_free(a->searches[i].slices);
}
