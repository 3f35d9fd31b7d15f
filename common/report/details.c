/* The details: all groups of the calls of one mode, each as a chart where one helps, and as a table. */
#include "report/content.h"

#include "base/timefmt.h"
#include "report/cells.h"
#include "report/charts.h"
#include "report/human.h"
#include "report/words.h"

#include <string.h>

#define CHART_ROWS 20

static void put_group(struct doc *d, const struct report_group *g, int128 calls)
{
	cell_count(d, g->m[CALLS]);
	cell_share(d, g->m[CALLS], calls);
	cell_share(d, g->status[STATUS_SUCCESS], g->m[CALLS]);
	cell_count(d, report_tokens(g));
	cell_cost(d, g);
	cell_mean(d, g);
}

/* How many rows of a list are shown, of which the last may be for all others. */
static size_t shown_of(size_t n)
{
	return n <= CONTENT_ROWS ? n : CONTENT_ROWS - 1;
}

/* For lists whose rest cannot be summed up in a row. */
static void say_rest(struct doc *d, size_t n)
{
	if (shown_of(n) < n)
		doc_text(d, DOC_TEXT, "The rest is in the JSON form.");
}

static void put_groups(struct doc *d, const struct report_part *p, enum report_list_kind kind, const char *title,
                       const char *what, const char *chart)
{
	const struct report_list *list = &p->by[kind];
	size_t shown = shown_of(list->n);
	doc_heading(d, 3, title);
	chart_of_cost(d, chart, list, CHART_ROWS, label_name);
	open_table(d, "lrrrrrr", (const char *const[]){ what, "Calls", "Share", "Succeeded", "Tokens", "Known cost",
	                                                "Average latency" });
	for (size_t i = 0; i < shown; i++) {
		doc_name(doc_cell(d), list->v[i].key.name);
		put_group(d, &list->v[i], p->total.m[CALLS]);
	}
	if (shown < list->n) {
		struct report_group rest = content_rest(list, shown);
		buf_fmt(doc_cell(d), "%zu others", list->n - shown);
		put_group(d, &rest, p->total.m[CALLS]);
	}
}

static void put_model(struct doc *d, const struct report_part *p, const struct report_group *g)
{
	doc_name(doc_cell(d), g->key.name);
	doc_name(doc_cell(d), g->key.provider);
	cell_model_figures(d, p, g);
	cell_count(d, g->m[TIMED]);
	human_ms(doc_cell(d), g->latency[P50]);
	human_ms(doc_cell(d), g->latency[P95]);
}

static void put_all_models(struct doc *d, const struct report_part *p)
{
	static const char *const names[] = { "Model served", "Provider",   "Calls", "Share",  "Succeeded",
		                             "Tokens",       "Known cost", "Timed", "Median", "p95" };
	const struct report_list *models = &p->by[BY_MODEL];
	size_t shown = shown_of(models->n);
	doc_heading(d, 3, "Models");
	open_table(d, "llrrrrrrrr", names);
	for (size_t i = 0; i < shown; i++)
		put_model(d, p, &models->v[i]);
	if (shown == models->n)
		return;
	struct report_group rest = content_rest(models, shown);
	buf_fmt(doc_cell(d), "%zu others, listed in the JSON form", models->n - shown);
	doc_cell_z(d, "");
	cell_model_figures(d, p, &rest);
	cell_count(d, rest.m[TIMED]);
	doc_cell_z(d, "–");
	doc_cell_z(d, "–");
}

static void put_stage(struct doc *d, const struct report_part *p, const struct report_group *g)
{
	if (g->key.stage > 0)
		cell_count(d, g->key.stage);
	else
		doc_cell_z(d, "–");
	doc_name(doc_cell(d), g->key.name);
	put_group(d, g, p->total.m[CALLS]);
	doc_cell_z(d, report_status(g));
}

static void put_stages(struct doc *d, const struct report_part *p)
{
	static const char *const names[] = { "Stage",  "Name",       "Calls",           "Share", "Succeeded",
		                             "Tokens", "Known cost", "Average latency", "Status" };
	const struct report_list *stages = &p->by[BY_STAGE];
	doc_heading(d, 3, "Workflow stages");
	if (stages->n == 1 && stages->v[0].key.stage == 0 && !stages->v[0].key.name) {
		doc_text(d, DOC_TEXT, "No call names a stage.");
		return;
	}
	chart_of_cost(d, "Known cost by stage", stages, CHART_ROWS, label_stage);
	open_table(d, "rlrrrrrrl", names);
	for (size_t i = 0; i < shown_of(stages->n); i++)
		put_stage(d, p, &stages->v[i]);
	say_rest(d, stages->n);
}

/* Rows of a label and a count with its share. */
static void row_of(struct doc *d, const char *label, int128 n, int128 whole)
{
	doc_cell_z(d, label);
	cell_count(d, n);
	cell_share(d, n, whole);
}

static void begin_counts(struct doc *d, const char *what, const char *count, const char *share)
{
	open_table(d, "lrr", (const char *const[]){ what, count, share });
}

static void put_statuses(struct doc *d, const struct report_part *p)
{
	doc_heading(d, 3, "Status");
	chart_of_counts(d, "Calls by status", report_statuses, p->total.status, STATUSES, "calls");
	begin_counts(d, "Status", "Calls", "Share");
	for (int i = 0; i < STATUSES; i++)
		row_of(d, report_statuses[i], p->total.status[i], p->total.m[CALLS]);
}

/* A list of named counts, as a table where there are some. */
static void put_names(struct doc *d, const struct report_counts *list, const char *what, const char *count,
                      int128 whole)
{
	if (list->n == 0) {
		doc_text(d, DOC_TEXT, "None recorded.");
		return;
	}
	begin_counts(d, what, count, "Share");
	for (size_t i = 0; i < shown_of(list->n); i++) {
		doc_name(doc_cell(d), list->v[i].key.name);
		cell_count(d, list->v[i].n);
		cell_share(d, list->v[i].n, whole);
	}
	say_rest(d, list->n);
}

static void put_errors(struct doc *d, const struct report_part *p)
{
	doc_heading(d, 3, "Errors");
	put_names(d, &p->counts[OF_ERROR], "Error code", "Calls", p->total.m[CALLS]);
}

static void put_tokens(struct doc *d, const struct report_part *p)
{
	static const char *const labels[] = { "Input, not cached", "Output", "Read from a cache", "Written to a cache",
		                              "Reasoning" };
	doc_heading(d, 3, "Tokens");
	doc_text(d, DOC_TEXT, "No token is counted in two kinds.");
	begin_counts(d, "Kind", "Tokens", "Share");
	int128 all = report_tokens(&p->total);
	for (int i = INPUT_TOKENS; i <= REASONING_TOKENS; i++)
		row_of(d, labels[i - INPUT_TOKENS], p->total.m[i], all);
	row_of(d, "All", all, all);
}

static void put_cost(struct doc *d, const struct report_part *p)
{
	const struct report_group *g = &p->total;
	doc_heading(d, 3, "Cost");
	say_cost(doc_block(d, DOC_TEXT), g);
	begin_counts(d, "The cost is known from", "Calls", "Share");
	row_of(d, "the provider", g->m[PRICED_PROVIDER], g->m[CALLS]);
	row_of(d, "a local price list", g->m[PRICED_LOCAL], g->m[CALLS]);
	row_of(d, "a source not stated", g->m[PRICED_UNSTATED], g->m[CALLS]);
	row_of(d, "nowhere: unknown", g->m[CALLS] - report_priced(g), g->m[CALLS]);
}

static void put_latencies(struct doc *d, const char *tier, const struct report_group *g)
{
	doc_cell_z(d, tier);
	human_of(doc_cell(d), g->m[TIMED], g->m[CALLS], "calls");
	human_mean(doc_cell(d), g);
	for (int i = 0; i < PERCENTILES; i++)
		human_ms(doc_cell(d), g->latency[i]);
}

static void put_latency(struct doc *d, const struct report_part *p)
{
	static const char *const names[] = { "Tier", "Timed", "Average", "p50", "p90", "p95", "p99" };
	doc_heading(d, 3, "Latency");
	if (p->total.m[TIMED] == 0) {
		doc_text(d, DOC_TEXT, "Not recorded.");
		return;
	}
	struct buf *out = doc_block(d, DOC_TEXT);
	buf_z(out, "The longest call took ");
	human_ms(out, (double)p->total.m[LATENCY_MS_MAX]);
	buf_z(out, ". Percentiles are estimates with a relative error of at most 1 %; average and longest are exact. All are"
	           " rounded to the millisecond.");
	chart_of_latency(d, "Latency by tier: a dot at the median, thick to p95, thin to p99", &p->by[BY_TIER]);
	open_table(d, "lrrrrrr", names);
	for (size_t i = 0; i < p->by[BY_TIER].n; i++)
		put_latencies(d, p->by[BY_TIER].v[i].key.name, &p->by[BY_TIER].v[i]);
	put_latencies(d, "All", &p->total);
}

static void put_privacy(struct doc *d, const struct report_part *p)
{
	static const char *const labels[] = { "scanned, nothing found", "scanned, flagged or redacted", "scan skipped",
		                              "no scan reported" };
	const int128 *m = p->total.m;
	const int128 texts[] = { m[PHI_SCANS] - m[PHI_FLAGS], m[PHI_FLAGS], m[PHI_SKIPPED],
		                 2 * m[CALLS] - m[PHI_SCANS] - m[PHI_SKIPPED] };
	doc_heading(d, 3, "Privacy");
	struct buf *out = doc_block(d, DOC_TEXT);
	buf_z(out, "Scans for protected health information (PHI), as the callers report them. Redactions made: ");
	human_count(out, m[PHI_REDACTIONS]);
	buf_z(out, ". Before they were published, the guard of ros-emit attested ");
	human_of(out, m[ATTESTED], m[CALLS], "calls");
	buf_char(out, '.');
	chart_of_counts(d, "Texts by PHI scan", labels, texts, 4, "texts");
	begin_counts(d, "Texts (an input and an output a call)", "Count", "Share");
	for (int i = 0; i < 4; i++)
		row_of(d, labels[i], texts[i], 2 * m[CALLS]);
	doc_heading(d, 3, "PHI types");
	put_names(d, &p->counts[OF_PHI_TYPE], "PHI type", "Scans that found it", m[PHI_SCANS]);
}

static void put_escalations(struct doc *d, const struct report_counts *list, int128 calls)
{
	if (list->n == 0)
		return;
	open_table(d, "llrr", (const char *const[]){ "From tier", "To tier", "Calls", "Share" });
	for (size_t i = 0; i < list->n; i++) {
		doc_name(doc_cell(d), list->v[i].key.name);
		doc_name(doc_cell(d), list->v[i].key.to);
		cell_count(d, list->v[i].n);
		cell_share(d, list->v[i].n, calls);
	}
}

static void put_routing(struct doc *d, const struct report_part *p)
{
	const int128 *m = p->total.m;
	doc_heading(d, 3, "Routing");
	struct buf *out = doc_block(d, DOC_TEXT);
	buf_z(out, "Reported as escalated: ");
	human_of(out, m[ESCALATED], m[CALLS], "calls");
	buf_z(out, ". Failed at the quality gate: ");
	if (m[GATED] == 0)
		buf_z(out, "unknown, no call reports one.");
	else {
		human_of(out, m[GATE_FAILED], m[GATED], "calls that report one");
		buf_z(out, ".");
	}
	put_escalations(d, &p->counts[OF_ESCALATION], m[CALLS]);
}

static void put_asked(struct doc *d, const struct report_part *p)
{
	static const char *const names[] = { "Model asked", "Model served", "Provider", "Calls", "Share" };
	const struct report_counts *asked = &p->counts[OF_ASKED];
	doc_heading(d, 3, "Asked and served");
	if (asked->n == 0) {
		doc_text(d, DOC_TEXT, "No call is recorded for which another model was asked than served.");
		return;
	}
	open_table(d, "lllrr", names);
	for (size_t i = 0; i < shown_of(asked->n); i++) {
		doc_name(doc_cell(d), asked->v[i].key.name);
		doc_name(doc_cell(d), asked->v[i].key.to);
		doc_name(doc_cell(d), asked->v[i].key.provider);
		cell_count(d, asked->v[i].n);
		cell_share(d, asked->v[i].n, p->total.m[CALLS]);
	}
	say_rest(d, asked->n);
}

static void put_call(struct doc *d, const struct report_call *c)
{
	human_usd(doc_cell(d), c->cost_nano);
	human_time(doc_cell(d), c->time_ms);
	doc_name(doc_cell(d), c->model);
	buf_z(doc_cell(d), c->purpose ? c->purpose : "not stated");
	struct buf *stage = doc_cell(d);
	if (c->stage > 0)
		buf_int(stage, c->stage);
	else
		buf_z(stage, "–");
	human_ms(doc_cell(d), (double)c->latency_ms);
	doc_cell_z(d, c->status);
	put_uuid(doc_cell(d), &c->id);
}

static void put_top(struct doc *d, const struct report_part *p)
{
	static const char *const names[] = { "Cost",  "Time",    "Model",  "Purpose",
		                             "Stage", "Latency", "Status", "Invocation" };
	doc_heading(d, 3, "Most expensive calls");
	if (p->n_top == 0) {
		doc_text(d, DOC_TEXT, "No call with a known cost above 0 is listed.");
		return;
	}
	open_table(d, "rlllrrll", names);
	for (size_t i = 0; i < p->n_top; i++)
		put_call(d, &p->top[i]);
}

/* Over time: hours or days, several together where there are many. */

static void put_moment(struct doc *d, const struct report_moment *m)
{
	human_time(doc_cell(d), m->start_ms);
	cell_count(d, m->calls);
	human_of(doc_cell(d), m->succeeded, m->calls, "calls");
	struct buf *cost = doc_cell(d);
	if (m->priced > 0)
		human_usd(cost, m->cost_nano);
	else
		buf_z(cost, "unknown");
	cell_count(d, m->priced);
}

static void put_over_time(struct doc *d, const struct report_part *p, int64_t moment_ms)
{
	static const char *const names[] = { "From", "Calls", "Succeeded", "Known cost", "of calls" };
	struct times t = times_of(p, moment_ms);
	doc_heading(d, 3, "Over time");
	struct buf *out = doc_block(d, DOC_TEXT);
	buf_z(out, "Each column is ");
	human_plural(out, t.length_ms / TIME_HOUR_MS, "hour", "hours");
	buf_z(out, "; those without calls are not in the table.");
	chart_of_times(d, "Calls over time", &t, false);
	if (report_priced(&p->total) > 0)
		chart_of_times(d, "Known cost over time", &t, true);
	open_table(d, "lrrrr", names);
	for (size_t i = 0; i < t.n; i++)
		if (t.v[i].calls > 0)
			put_moment(d, &t.v[i]);
	times_free(&t);
}

/* Datasets. */

static void cell_rows(struct doc *d, const struct report_rows *rows)
{
	static const char *const words[] = { [ROWS_KNOWN] = "", [ROWS_UNKNOWN] = "unknown", [ROWS_SUPPRESSED] = "suppressed" };
	if (rows->is == ROWS_KNOWN)
		cell_count(d, rows->n);
	else
		doc_cell_z(d, words[rows->is]);
}

static void put_dataset(struct doc *d, const struct report_dataset *s)
{
	doc_name(doc_cell(d), s->id);
	doc_name(doc_cell(d), s->name);
	doc_name(doc_cell(d), s->format);
	doc_name(doc_cell(d), s->phi_scan_status);
	cell_rows(d, &s->rows);
	cell_count(d, s->accesses);
	cell_count(d, s->failed);
	cell_count(d, s->risky);
	cell_rows(d, &s->rows_accessed);
}

static void put_datasets(struct doc *d, const struct report_part *p, int64_t min_cell)
{
	static const char *const names[] = { "Dataset", "Name",   "Format", "PHI scan",     "Rows",
		                             "Accesses", "Failed", "Risky",  "Rows accessed" };
	size_t shown = p->n_datasets <= CONTENT_ROWS ? p->n_datasets : CONTENT_ROWS;
	doc_heading(d, 3, "Datasets");
	if (p->n_datasets == 0) {
		doc_text(d, DOC_TEXT, "No access to a dataset is recorded.");
		return;
	}
	struct buf *out = doc_block(d, DOC_TEXT);
	human_plural(out, (int64_t)p->n_datasets, "dataset was", "datasets were");
	buf_fmt(out, " accessed. Counts of rows below %d are suppressed, and so are those that would give them away;"
	             " risky are accesses with a medium or high risk to expose PHI.", (int)min_cell);
	open_table(d, "llllrrrrr", names);
	for (size_t i = 0; i < shown; i++)
		put_dataset(d, &p->datasets[i]);
	if (shown < p->n_datasets)
		doc_text(d, DOC_TEXT, "More datasets are in the JSON form.");
}

void content_details(struct doc *d, const struct report_part *p, const struct report *r)
{
	bool demo = strcmp(p->mode, "DEMO") == 0;
	d->part = demo ? "demo-" : "live-";
	doc_heading(d, 2, demo ? "Details: DEMO" : "Details: LIVE");
	put_over_time(d, p, r->moment_ms);
	put_groups(d, p, BY_TIER, "Tiers", "Tier", "Known cost by tier");
	put_groups(d, p, BY_PROVIDER, "Providers", "Provider", "Known cost by provider");
	put_all_models(d, p);
	put_asked(d, p);
	put_stages(d, p);
	put_groups(d, p, BY_PURPOSE, "Purposes", "Purpose", "Known cost by purpose");
	if (p->by[BY_PROJECT].n > 1)
		put_groups(d, p, BY_PROJECT, "Projects", "Project", "Known cost by project");
	if (p->by[BY_TENANT].n > 1)
		put_groups(d, p, BY_TENANT, "Tenants", "Tenant", "Known cost by tenant");
	content_analysis(d, p, r);
	put_datasets(d, p, r->scope.min_cell);
	put_statuses(d, p);
	put_errors(d, p);
	put_tokens(d, p);
	put_cost(d, p);
	put_latency(d, p);
	put_privacy(d, p);
	put_routing(d, p);
	put_top(d, p);
}
