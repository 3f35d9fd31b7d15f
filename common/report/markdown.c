/*
 * Markdown for people who decide about AI in a study: one page that can be read in a minute, then the details. Where a
 * report is over DEMO and LIVE, each has its own column or its own chapter; the two are never added.
 */
#include "report/formats.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "report/human.h"
#include "report/md.h"

#include <string.h>

#define MODELS_NAMED 5  /* in the paragraph for a Methods section */
#define MODELS_SHOWN 10 /* rows on the first page */
#define SOURCES_SHOWN 20
#define GAPS_NAMED 5    /* of a source */

/* The parts that have calls. */
static size_t parts_of(const struct report *r, const struct report_part *parts[2])
{
	size_t n = 0;
	for (int i = 0; i < 2; i++)
		if (r->mode[i].mode)
			parts[n++] = &r->mode[i];
	return n;
}

static bool is_mixed(const struct report *r)
{
	return r->mode[0].mode && r->mode[1].mode;
}

static void heading(struct buf *out, const char *level, const char *text)
{
	buf_fmt(out, "\n%s %s\n\n", level, text);
}

/* Cells. */

static void cell_count(struct md_table *t, int128 n)
{
	human_count(md_cell(t), n);
}

static void cell_share(struct md_table *t, int128 part, int128 whole)
{
	human_share(md_cell(t), part, whole);
}

static void put_mean(struct buf *out, const struct report_group *g)
{
	int128 us = report_latency_mean_us(g);
	human_ms(out, us < 0 ? -1 : (double)us / 1000);
}

/* Says how many calls a figure covers where not all. */
static void say_coverage(struct buf *cell, int128 covered, int128 calls)
{
	if (covered == 0 || covered == calls)
		return;
	buf_z(cell, " for ");
	human_count(cell, covered);
}

static void cell_mean(struct md_table *t, const struct report_group *g)
{
	if (g->m[CALLS] == 0) {
		md_cell_z(t, "–");
		return;
	}
	put_mean(md_cell(t), g);
	say_coverage(&t->cells, g->m[TIMED], g->m[CALLS]);
}

static void cell_cost(struct md_table *t, const struct report_group *g)
{
	struct buf *cell = md_cell(t);
	int128 priced = report_priced(g);
	if (g->m[CALLS] == 0)
		buf_z(cell, "–");
	else if (priced == 0)
		buf_z(cell, "unknown");
	else
		human_usd(cell, g->m[COST_NANO]);
	say_coverage(cell, priced, g->m[CALLS]);
}

/* The first page: what this is. */

static void put_banner(struct buf *out, const struct report *r)
{
	if (is_mixed(r))
		buf_z(out, "> **MIXED: DEMO and LIVE.** DEMO calls are synthetic; LIVE calls may have touched data of patients."
		           " They stand apart in every figure.\n");
	else if (!r->all.mode)
		buf_z(out, "> **NO CALLS.** Nothing is recorded in this scope.\n");
	else if (strcmp(r->all.mode, "LIVE") == 0)
		buf_z(out, "> **LIVE.** The callers mark these calls LIVE: they may have touched data of patients.\n");
	else
		buf_z(out, "> **DEMO.** The callers mark these calls DEMO: synthetic data, no patients.\n");
}

static void put_uuid(struct buf *out, const struct uuid *u)
{
	char text[UUID_TEXT];
	uuid_format(u, text);
	buf_fmt(out, "`%s`", text);
}

static void put_span(struct buf *out, int64_t first_ms, int64_t last_ms)
{
	human_time(out, first_ms);
	if (first_ms != last_ms) {
		buf_z(out, " to ");
		human_time(out, last_ms);
	}
}

static void put_scope(struct buf *cell, const struct report *r)
{
	const struct report_scope *s = &r->scope;
	if (!s->has_run && !s->has_project && !s->mode)
		buf_z(cell, "all recorded calls");
	if (s->has_run) {
		buf_z(cell, "run ");
		put_uuid(cell, &s->run);
	}
	if (s->has_project) {
		buf_z(cell, s->has_run ? ", project " : "project ");
		put_uuid(cell, &s->project);
	}
	if (s->mode)
		buf_fmt(cell, "%s%s calls", s->has_run || s->has_project ? ", " : "all ", s->mode);
}

static void put_bounds(struct md_table *t, const struct report *r)
{
	if (!r->scope.has_from && !r->scope.has_to)
		return;
	md_cell_z(t, "Period");
	struct buf *cell = md_cell(t);
	if (r->scope.has_from) {
		buf_z(cell, "from ");
		human_time(cell, r->from_ms);
	}
	if (r->scope.has_to) {
		buf_z(cell, r->scope.has_from ? " until before " : "until before ");
		human_time(cell, r->to_ms);
	}
	if (r->widened_from || r->widened_to)
		buf_z(cell, " (widened to whole hours)");
}

static void put_identity(struct buf *out, const struct report *r)
{
	struct md_table t;
	md_table_begin(&t, "ll");
	md_cell_z(&t, "Report");
	put_uuid(md_cell(&t), &r->id);
	md_cell_z(&t, "Scope");
	put_scope(md_cell(&t), r);
	put_bounds(&t, r);
	if (r->all.mode) {
		md_cell_z(&t, "First to last call");
		put_span(md_cell(&t), r->all.first_ms, r->all.last_ms);
	}
	md_cell_z(&t, "Generated");
	struct buf *cell = md_cell(&t);
	human_time(cell, r->generated_ms);
	buf_fmt(cell, " by %s", r->generated_by);
	md_table_end(&t, out);
}

/* In words. */

static void say_phi(struct buf *out, const struct report_group *g)
{
	if (g->m[PHI_SCANS] == 0) {
		buf_z(out, "no PHI scan is reported");
		return;
	}
	buf_z(out, "PHI was flagged in ");
	human_of(out, g->m[PHI_FLAGS], g->m[PHI_SCANS], "scans");
}

static void say_status(struct buf *out, const struct report_part *p)
{
	const struct report_group *g = &p->total;
	int128 calls = g->m[CALLS], good = g->status[STATUS_SUCCESS];
	buf_fmt(out, "**%s:** ", p->mode);
	human_plural(out, calls, "call", "calls");
	buf_z(out, " recorded. ");
	if (good == calls) {
		buf_z(out, calls == 1 ? "It succeeded; " : "All succeeded; ");
	} else {
		human_of(out, calls - good, calls, "calls");
		buf_z(out, " did not succeed; ");
	}
	say_phi(out, g);
	buf_z(out, "; the cost is ");
	if (report_priced(g) == calls)
		buf_z(out, "known for all.\n");
	else if (report_priced(g) == 0)
		buf_z(out, "unknown.\n");
	else {
		buf_z(out, "known for ");
		human_of(out, report_priced(g), calls, "calls");
		buf_z(out, ".\n");
	}
}

static void put_status(struct buf *out, const struct report *r)
{
	const struct report_part *parts[2];
	size_t n = parts_of(r, parts);
	for (size_t i = 0; i < n; i++) {
		buf_char(out, '\n');
		say_status(out, parts[i]);
	}
	if (n == 0)
		buf_z(out, "\nNo calls are recorded in this scope. That is not a proof that no AI was used:"
		           " only calls that were recorded can be reported.\n");
}

/* For a Methods section. */

static void say_models(struct buf *out, const struct report_part *p)
{
	const struct report_list *models = &p->by[BY_MODEL];
	buf_z(out, "They were served by ");
	human_plural(out, (int64_t)models->n, "model of ", "models of ");
	human_plural(out, (int64_t)p->by[BY_PROVIDER].n, "provider: ", "providers: ");
	size_t named = models->n < MODELS_NAMED ? models->n : MODELS_NAMED;
	for (size_t i = 0; i < named; i++) {
		buf_z(out, i > 0 ? ", " : "");
		md_name(out, models->v[i].key.name);
		buf_z(out, " of ");
		md_name(out, models->v[i].key.provider);
		buf_z(out, " (");
		human_share(out, models->v[i].m[CALLS], p->total.m[CALLS]);
		buf_char(out, ')');
	}
	if (named < models->n) {
		buf_z(out, " and ");
		human_plural(out, (int64_t)(models->n - named), "other", "others");
	}
	buf_z(out, ". ");
}

static void say_purposes(struct buf *out, const struct report_part *p)
{
	const struct report_list *purposes = &p->by[BY_PURPOSE];
	if (purposes->n == 1 && !purposes->v[0].key.name) {
		buf_z(out, "What they were for is not recorded. ");
		return;
	}
	buf_z(out, "They were for: ");
	for (size_t i = 0; i < purposes->n; i++) {
		buf_z(out, i > 0 ? ", " : "");
		buf_z(out, purposes->v[i].key.name ? purposes->v[i].key.name : "not stated");
		buf_z(out, " (");
		human_share(out, purposes->v[i].m[CALLS], p->total.m[CALLS]);
		buf_char(out, ')');
	}
	buf_z(out, ". ");
}

static void say_latency(struct buf *out, const struct report_group *g)
{
	if (g->m[TIMED] == 0) {
		buf_z(out, "Latency is not recorded.");
		return;
	}
	buf_z(out, "Median latency was ");
	human_ms(out, g->latency[P50]);
	buf_z(out, ", the 95th percentile ");
	human_ms(out, g->latency[P95]);
	buf_z(out, " (known for ");
	human_of(out, g->m[TIMED], g->m[CALLS], "calls");
	buf_z(out, "; relative error of percentiles at most 1 %).");
}

static void say_cost(struct buf *out, const struct report_group *g)
{
	if (report_priced(g) == 0) {
		buf_z(out, "The cost is unknown.");
		return;
	}
	buf_z(out, "The known cost was ");
	human_usd(out, g->m[COST_NANO]);
	buf_z(out, ", for ");
	human_of(out, report_priced(g), g->m[CALLS], "calls");
	buf_char(out, '.');
}

static void say_methods(struct buf *out, const struct report *r, const struct report_part *p)
{
	const struct report_group *g = &p->total;
	buf_z(out, "> ");
	human_plural(out, g->m[CALLS], "call", "calls");
	buf_fmt(out, " to large language models in %s mode (%s) ", p->mode,
	        strcmp(p->mode, "DEMO") == 0 ? "synthetic data" : "data that may be of patients");
	buf_z(out, g->m[CALLS] == 1 ? "was recorded, at " : "were recorded, from ");
	put_span(out, p->first_ms, p->last_ms);
	buf_z(out, ". ");
	say_models(out, p);
	say_purposes(out, p);
	human_of(out, g->status[STATUS_SUCCESS], g->m[CALLS], "calls");
	buf_z(out, " succeeded. They used ");
	human_plural(out, report_tokens(g), "token", "tokens");
	buf_z(out, ". ");
	say_latency(out, g);
	buf_char(out, ' ');
	say_cost(out, g);
	buf_z(out, " Regarding protected health information, ");
	say_phi(out, g);
	buf_fmt(out, ". Source: %s, report ", r->generated_by);
	put_uuid(out, &r->id);
	buf_z(out, ".\n");
}

/* Six numbers: a column a mode. */

static void six_succeeded(struct buf *cell, const struct report_group *g)
{
	human_of(cell, g->status[STATUS_SUCCESS], g->m[CALLS], "calls");
}

static void six_cost(struct buf *cell, const struct report_group *g)
{
	if (report_priced(g) == 0)
		buf_z(cell, "unknown");
	else
		human_usd(cell, g->m[COST_NANO]);
	buf_z(cell, ", known for ");
	human_of(cell, report_priced(g), g->m[CALLS], "calls");
}

static void six_tokens(struct buf *cell, const struct report_group *g)
{
	human_count(cell, report_tokens(g));
	buf_z(cell, " in ");
	human_plural(cell, g->m[CALLS], "call", "calls");
}

static void six_latency(struct buf *cell, const struct report_group *g)
{
	human_ms(cell, g->latency[P50]);
	buf_z(cell, ", known for ");
	human_of(cell, g->m[TIMED], g->m[CALLS], "calls");
}

static void six_phi(struct buf *cell, const struct report_group *g)
{
	if (g->m[PHI_SCANS] == 0) {
		buf_z(cell, "unknown, no scan reported");
		return;
	}
	human_of(cell, g->m[PHI_FLAGS], g->m[PHI_SCANS], "scans");
}

static void six_escalated(struct buf *cell, const struct report_group *g)
{
	human_of(cell, g->m[ESCALATED], g->m[CALLS], "calls");
}

static void put_six(struct buf *out, const struct report *r)
{
	static const struct {
		const char *label;
		void (*put)(struct buf *cell, const struct report_group *g);
	} rows[] = {
		{ "Calls that succeeded", six_succeeded },
		{ "Known cost", six_cost },
		{ "Tokens", six_tokens },
		{ "Median latency", six_latency },
		{ "PHI flagged", six_phi },
		{ "Reported as escalated", six_escalated },
	};
	const struct report_part *parts[2];
	size_t n = parts_of(r, parts);
	struct md_table t;
	md_table_begin(&t, n == 2 ? "lll" : "ll");
	md_cell_z(&t, "Figure");
	for (size_t i = 0; i < n; i++)
		md_cell_z(&t, parts[i]->mode);
	for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
		md_cell_z(&t, rows[row].label);
		for (size_t i = 0; i < n; i++)
			rows[row].put(md_cell(&t), &parts[i]->total);
	}
	heading(out, "##", "Six numbers");
	md_table_end(&t, out);
}

/* Models. */

static void put_headings(struct md_table *t, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		md_cell_z(t, names[i]);
}

static void put_model_figures(struct md_table *t, const struct report_part *p, const struct report_group *g)
{
	cell_count(t, g->m[CALLS]);
	cell_share(t, g->m[CALLS], p->total.m[CALLS]);
	cell_share(t, g->status[STATUS_SUCCESS], g->m[CALLS]);
	cell_count(t, report_tokens(g));
	cell_cost(t, g);
}

/* What the models behind the first page's come to together. */
static struct report_group sum_of_rest(const struct report_list *list, size_t from)
{
	struct report_group rest = { 0 };
	for (size_t i = from; i < list->n; i++) {
		for (int m = 0; m < MEASURES; m++)
			rest.m[m] += list->v[i].m[m];
		for (int s = 0; s < STATUSES; s++)
			rest.status[s] += list->v[i].status[s];
	}
	return rest;
}

static void put_first_models(struct md_table *t, const struct report_part *p, bool mixed)
{
	const struct report_list *models = &p->by[BY_MODEL];
	size_t shown = models->n <= MODELS_SHOWN ? models->n : MODELS_SHOWN - 1;
	for (size_t i = 0; i < shown; i++) {
		if (mixed)
			md_cell_z(t, p->mode);
		md_name(md_cell(t), models->v[i].key.name);
		md_name(md_cell(t), models->v[i].key.provider);
		put_model_figures(t, p, &models->v[i]);
	}
	if (shown == models->n)
		return;
	struct report_group rest = sum_of_rest(models, shown);
	if (mixed)
		md_cell_z(t, p->mode);
	buf_fmt(md_cell(t), "%zu others, listed in the details", models->n - shown);
	md_cell_z(t, "");
	put_model_figures(t, p, &rest);
}

static void put_models(struct buf *out, const struct report *r)
{
	static const char *const names[] = { "Mode",  "Model served", "Provider", "Calls",
		                             "Share", "Succeeded",    "Tokens",   "Known cost" };
	const struct report_part *parts[2];
	size_t n = parts_of(r, parts);
	bool mixed = n == 2;
	struct md_table t;
	md_table_begin(&t, mixed ? "lllrrrrr" : "llrrrrr");
	put_headings(&t, names + !mixed, sizeof names / sizeof names[0] - !mixed);
	for (size_t i = 0; i < n; i++)
		put_first_models(&t, parts[i], mixed);
	heading(out, "##", "Models");
	md_table_end(&t, out);
}

/* Incidents and limitations. */

static void put_failures(struct buf *out, const struct report_part *p)
{
	const struct report_group *g = &p->total;
	int128 bad = g->m[CALLS] - g->status[STATUS_SUCCESS];
	if (bad == 0)
		return;
	buf_fmt(out, "- %s: ", p->mode);
	human_of(out, bad, g->m[CALLS], "calls");
	buf_z(out, " did not succeed:");
	const char *separator = " ";
	for (int i = STATUS_SUCCESS + 1; i < STATUSES; i++) {
		if (g->status[i] == 0)
			continue;
		buf_z(out, separator);
		human_count(out, g->status[i]);
		buf_fmt(out, " %s", report_statuses[i]);
		separator = ", ";
	}
	buf_z(out, ".\n");
}

static void put_flags(struct buf *out, const struct report_part *p)
{
	if (p->total.m[PHI_FLAGS] == 0)
		return;
	buf_fmt(out, "- %s: ", p->mode);
	human_of(out, p->total.m[PHI_FLAGS], p->total.m[PHI_SCANS], "PHI scans");
	buf_z(out, " flagged something; ");
	human_plural(out, p->total.m[PHI_REDACTIONS], "redaction was made.\n", "redactions were made.\n");
}

/* Also of a mode that has no calls. */
static void put_conflicts(struct buf *out, const char *mode, int64_t conflicts)
{
	if (conflicts == 0)
		return;
	buf_fmt(out, "- %s: ", mode);
	human_plural(out, conflicts, "event", "events");
	buf_z(out, " came with the time and id of a recorded one but with other content.\n");
}

static void put_refused(struct buf *out, const struct report *r)
{
	int64_t refused = 0;
	for (size_t i = 0; i < r->n_refusals; i++)
		refused += r->refusals[i].count;
	if (refused == 0)
		return;
	buf_z(out, "- ");
	human_plural(out, refused, "entry of the bus was", "entries of the bus were");
	buf_z(out, " refused for good, in the whole database.\n");
}

static bool is_incomplete(const struct report *r)
{
	return r->complete.total[MISSING] > 0 || r->complete.lost > 0;
}

static void put_missing(struct buf *out, const struct report_completeness *c)
{
	if (c->total[MISSING] > 0) {
		buf_z(out, "- ");
		human_of(out, c->total[MISSING], c->total[EMITTED], "emitted events");
		buf_z(out, " of the whole database did not arrive: lost, or still under way.\n");
	}
	if (c->lost > 0) {
		buf_z(out, "- ");
		human_plural(out, c->lost, "entry of the bus was", "entries of the bus were");
		buf_z(out, " trimmed away while pending, in the whole database.\n");
	}
}

static void put_incidents(struct buf *out, const struct report *r)
{
	heading(out, "##", "Incidents");
	size_t before = out->n;
	for (int i = 0; i < 2; i++) {
		put_failures(out, &r->mode[i]);
		put_flags(out, &r->mode[i]);
		put_conflicts(out, i == 0 ? "DEMO" : "LIVE", r->mode[i].conflicts);
	}
	put_refused(out, r);
	put_missing(out, &r->complete);
	if (out->n == before)
		buf_z(out, "None recorded.\n");
}

/* Completeness. */

static void say_completeness(struct buf *out, const struct report *r)
{
	const struct report_completeness *c = &r->complete;
	if (c->n == 0) {
		buf_z(out, "No entry came with a number of its source: whether any was lost on the way cannot be told.\n");
		return;
	}
	human_of(out, c->total[EMITTED] - c->total[MISSING], c->total[EMITTED], "events");
	buf_z(out, " that ");
	human_plural(out, (int64_t)c->n, "source", "sources");
	buf_z(out, " emitted are accounted for. This is over the whole database, whatever the scope of the report:"
	           " sources do not know runs.");
	if (r->record.recorded > c->total[RECORDED]) {
		buf_z(out, " Of ");
		human_plural(out, r->record.recorded - c->total[RECORDED], "event", "events");
		buf_z(out, " that came without a number nothing can be told.");
	}
	buf_z(out, "\n\n");
}

static void put_gaps(struct buf *cell, const struct report_source *s)
{
	size_t named = s->n_gaps < GAPS_NAMED ? s->n_gaps : GAPS_NAMED;
	for (size_t i = 0; i < named; i++) {
		buf_z(cell, i > 0 ? ", " : "");
		buf_int(cell, s->gaps[i].first);
		if (s->gaps[i].last > s->gaps[i].first) {
			buf_z(cell, " to ");
			buf_int(cell, s->gaps[i].last);
		}
	}
	if (named < s->n_gaps) {
		buf_z(cell, " and ");
		human_plural(cell, (int64_t)(s->n_gaps - named), "other gap", "other gaps");
	}
}

static void put_fates(struct md_table *t, const int64_t n[FATES])
{
	for (int i = 0; i < FATES; i++)
		cell_count(t, n[i]);
}

/* What the sources behind the first ones come to together. */
static void put_other_sources(struct md_table *t, const struct report_completeness *c, size_t shown)
{
	int64_t rest[FATES];
	for (int i = 0; i < FATES; i++) {
		rest[i] = c->total[i];
		for (size_t k = 0; k < shown; k++)
			rest[i] -= c->v[k].n[i];
	}
	buf_fmt(md_cell(t), "%zu others", c->n - shown);
	put_fates(t, rest);
	md_cell_z(t, "");
}

static void put_completeness(struct buf *out, const struct report *r)
{
	static const char *const names[] = { "Source", "Emitted", "Recorded", "Repeated",       "Conflicting",
		                             "Dead",   "Refused", "Missing",  "Missing numbers" };
	const struct report_completeness *c = &r->complete;
	size_t shown = c->n <= SOURCES_SHOWN ? c->n : SOURCES_SHOWN - 1;
	heading(out, "##", "Completeness");
	say_completeness(out, r);
	if (c->n == 0)
		return;
	struct md_table t;
	md_table_begin(&t, "lrrrrrrrl");
	put_headings(&t, names, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < shown; i++) {
		md_name(md_cell(&t), c->v[i].name);
		put_fates(&t, c->v[i].n);
		put_gaps(md_cell(&t), &c->v[i]);
	}
	if (shown < c->n)
		put_other_sources(&t, c, shown);
	md_table_end(&t, out);
}

static void put_limitations(struct buf *out, const struct report *r)
{
	heading(out, "##", "Limitations");
	for (size_t i = 0; i < r->n_limitations; i++)
		buf_fmt(out, "- %s\n", r->limitations[i]);
	if (r->n_limitations == 0)
		buf_z(out, "None recorded.\n");
	heading(out, "##", "Not covered");
	buf_z(out, "This report counts calls that were recorded. It does not judge whether answers were right,"
	           " and it does not see AI use that sent no event.\n");
}

/* Verification. */

static void put_time_option(struct buf *out, const char *name, bool given, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	if (given)
		buf_fmt(out, " %s %s", name, text);
}

/* The command that makes the report again. */
static void put_command(struct buf *out, const struct report *r)
{
	const struct report_scope *s = &r->scope;
	char text[UUID_TEXT];
	buf_z(out, "ros-report");
	uuid_format(&s->run, text);
	if (s->has_run)
		buf_fmt(out, " --run %s", text);
	uuid_format(&s->project, text);
	if (s->has_project)
		buf_fmt(out, " --project %s", text);
	put_time_option(out, "--from", s->has_from, s->from_ms);
	put_time_option(out, "--to", s->has_to, s->to_ms);
	if (s->mode)
		buf_fmt(out, " --mode %s", s->mode);
	buf_fmt(out, "%s --top %d", s->exact ? " --exact" : "", s->top);
}

static void put_verification(struct buf *out, const struct report *r)
{
	char sum[SHA256_TEXT];
	sha256_format(&r->record.content_sum, sum);
	struct md_table t;
	md_table_begin(&t, "ll");
	md_cell_z(&t, "State of the record");
	md_cell_z(&t, "");
	md_cell_z(&t, "Last batch");
	cell_count(&t, r->record.last_batch);
	md_cell_z(&t, "Events recorded");
	cell_count(&t, r->record.recorded);
	md_cell_z(&t, "Sum of their SHA-256");
	buf_fmt(md_cell(&t), "`%s`", sum);
	heading(out, "##", "Verification");
	md_table_end(&t, out);
	buf_z(out, "\nOver this state of the record, this command makes the same report with the same id:\n\n    ");
	put_command(out, r);
	buf_char(out, '\n');
}

/* Details. */

static void put_group(struct md_table *t, const struct report_group *g, int128 calls)
{
	cell_count(t, g->m[CALLS]);
	cell_share(t, g->m[CALLS], calls);
	cell_share(t, g->status[STATUS_SUCCESS], g->m[CALLS]);
	cell_count(t, report_tokens(g));
	cell_cost(t, g);
	cell_mean(t, g);
}

static void put_groups(struct buf *out, const struct report_part *p, enum report_list_kind list, const char *title,
                       const char *what)
{
	static const char *const names[] = { "Calls", "Share", "Succeeded", "Tokens", "Known cost", "Average latency" };
	struct md_table t;
	md_table_begin(&t, "lrrrrrr");
	md_cell_z(&t, what);
	put_headings(&t, names, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < p->by[list].n; i++) {
		md_name(md_cell(&t), p->by[list].v[i].key.name);
		put_group(&t, &p->by[list].v[i], p->total.m[CALLS]);
	}
	heading(out, "###", title);
	md_table_end(&t, out);
}

static void put_all_models(struct buf *out, const struct report_part *p)
{
	static const char *const names[] = { "Model served", "Provider",   "Calls", "Share",  "Succeeded",
		                             "Tokens",       "Known cost", "Timed", "Median", "p95" };
	const struct report_list *models = &p->by[BY_MODEL];
	struct md_table t;
	md_table_begin(&t, "llrrrrrrrr");
	put_headings(&t, names, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < models->n; i++) {
		const struct report_group *g = &models->v[i];
		md_name(md_cell(&t), g->key.name);
		md_name(md_cell(&t), g->key.provider);
		put_model_figures(&t, p, g);
		cell_count(&t, g->m[TIMED]);
		human_ms(md_cell(&t), g->latency[P50]);
		human_ms(md_cell(&t), g->latency[P95]);
	}
	heading(out, "###", "Models");
	md_table_end(&t, out);
}

static void put_stages(struct buf *out, const struct report_part *p)
{
	static const char *const names[] = { "Stage",  "Name",       "Calls",           "Share", "Succeeded",
		                             "Tokens", "Known cost", "Average latency", "Status" };
	const struct report_list *stages = &p->by[BY_STAGE];
	heading(out, "###", "Workflow stages");
	if (stages->n == 1 && stages->v[0].key.stage == 0 && !stages->v[0].key.name) {
		buf_z(out, "No call names a stage.\n");
		return;
	}
	struct md_table t;
	md_table_begin(&t, "rlrrrrrrl");
	put_headings(&t, names, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < stages->n; i++) {
		const struct report_group *g = &stages->v[i];
		if (g->key.stage > 0)
			cell_count(&t, g->key.stage);
		else
			md_cell_z(&t, "–");
		md_name(md_cell(&t), g->key.name);
		put_group(&t, g, p->total.m[CALLS]);
		md_cell_z(&t, report_status(g));
	}
	md_table_end(&t, out);
}

/* Rows of a label and a count with its share. */
static void row_of(struct md_table *t, const char *label, int128 n, int128 whole)
{
	md_cell_z(t, label);
	cell_count(t, n);
	cell_share(t, n, whole);
}

static void begin_counts(struct md_table *t, const char *what, const char *count, const char *share)
{
	md_table_begin(t, "lrr");
	md_cell_z(t, what);
	md_cell_z(t, count);
	md_cell_z(t, share);
}

static void put_statuses(struct buf *out, const struct report_part *p)
{
	struct md_table t;
	begin_counts(&t, "Status", "Calls", "Share");
	for (int i = 0; i < STATUSES; i++)
		row_of(&t, report_statuses[i], p->total.status[i], p->total.m[CALLS]);
	heading(out, "###", "Status");
	md_table_end(&t, out);
}

/* A list of named counts, as a table where there are some. */
static void put_names(struct buf *out, const struct report_list *list, const char *what, const char *count,
                      int128 whole)
{
	if (list->n == 0) {
		buf_z(out, "None recorded.\n");
		return;
	}
	struct md_table t;
	begin_counts(&t, what, count, "Share");
	for (size_t i = 0; i < list->n; i++) {
		md_name(md_cell(&t), list->v[i].key.name);
		cell_count(&t, list->v[i].m[CALLS]);
		cell_share(&t, list->v[i].m[CALLS], whole);
	}
	md_table_end(&t, out);
}

static void put_errors(struct buf *out, const struct report_part *p)
{
	heading(out, "###", "Errors");
	put_names(out, &p->by[BY_ERROR], "Error code", "Calls", p->total.m[CALLS]);
}

static void put_tokens(struct buf *out, const struct report_part *p)
{
	static const char *const labels[] = { "Input, not cached", "Output", "Read from a cache", "Written to a cache",
		                              "Reasoning" };
	struct md_table t;
	begin_counts(&t, "Kind", "Tokens", "Share");
	int128 all = report_tokens(&p->total);
	for (int i = INPUT_TOKENS; i <= REASONING_TOKENS; i++)
		row_of(&t, labels[i - INPUT_TOKENS], p->total.m[i], all);
	row_of(&t, "All", all, all);
	heading(out, "###", "Tokens");
	buf_z(out, "No token is counted in two kinds.\n\n");
	md_table_end(&t, out);
}

static void put_cost(struct buf *out, const struct report_part *p)
{
	const struct report_group *g = &p->total;
	struct md_table t;
	begin_counts(&t, "The cost is known from", "Calls", "Share");
	row_of(&t, "the provider", g->m[PRICED_PROVIDER], g->m[CALLS]);
	row_of(&t, "a local price list", g->m[PRICED_LOCAL], g->m[CALLS]);
	row_of(&t, "a source not stated", g->m[PRICED_UNSTATED], g->m[CALLS]);
	row_of(&t, "nowhere: unknown", g->m[CALLS] - report_priced(g), g->m[CALLS]);
	heading(out, "###", "Cost");
	say_cost(out, g);
	buf_z(out, "\n\n");
	md_table_end(&t, out);
}

static void put_latency(struct buf *out, const struct report_part *p)
{
	static const char *const names[] = { "Timed", "Average", "p50", "p90", "p95", "p99", "Longest" };
	const struct report_group *g = &p->total;
	heading(out, "###", "Latency");
	if (g->m[TIMED] == 0) {
		buf_z(out, "Not recorded.\n");
		return;
	}
	buf_z(out, "Percentiles are estimates with a relative error of at most 1 %; average and longest are exact."
	           " All are rounded to the millisecond.\n\n");
	struct md_table t;
	md_table_begin(&t, "rrrrrrr");
	put_headings(&t, names, sizeof names / sizeof names[0]);
	human_of(md_cell(&t), g->m[TIMED], g->m[CALLS], "calls");
	put_mean(md_cell(&t), g);
	for (int i = 0; i < PERCENTILES; i++)
		human_ms(md_cell(&t), g->latency[i]);
	human_ms(md_cell(&t), (double)g->m[LATENCY_MS_MAX]);
	md_table_end(&t, out);
}

static void put_privacy(struct buf *out, const struct report_part *p)
{
	const int128 *m = p->total.m;
	struct md_table t;
	begin_counts(&t, "Texts (an input and an output a call)", "Count", "Share");
	row_of(&t, "scanned, nothing found", m[PHI_SCANS] - m[PHI_FLAGS], 2 * m[CALLS]);
	row_of(&t, "scanned, flagged or redacted", m[PHI_FLAGS], 2 * m[CALLS]);
	row_of(&t, "scan skipped", m[PHI_SKIPPED], 2 * m[CALLS]);
	row_of(&t, "no scan reported", 2 * m[CALLS] - m[PHI_SCANS] - m[PHI_SKIPPED], 2 * m[CALLS]);
	heading(out, "###", "Privacy");
	buf_z(out, "Scans for protected health information (PHI), as the callers report them. Redactions made: ");
	human_count(out, m[PHI_REDACTIONS]);
	buf_z(out, ".\nAttested by the guard of ros-emit before they were published: attested ");
	human_of(out, m[ATTESTED], m[CALLS], "calls");
	buf_z(out, ".\n\n");
	md_table_end(&t, out);
	heading(out, "###", "PHI types");
	put_names(out, &p->by[BY_PHI_TYPE], "PHI type", "Scans that found it", m[PHI_SCANS]);
}

static void put_escalations(struct buf *out, const struct report_list *list, int128 calls)
{
	if (list->n == 0)
		return;
	struct md_table t;
	md_table_begin(&t, "llrr");
	md_cell_z(&t, "From tier");
	md_cell_z(&t, "To tier");
	md_cell_z(&t, "Calls");
	md_cell_z(&t, "Share");
	for (size_t i = 0; i < list->n; i++) {
		md_name(md_cell(&t), list->v[i].key.name);
		md_name(md_cell(&t), list->v[i].key.to);
		cell_count(&t, list->v[i].m[CALLS]);
		cell_share(&t, list->v[i].m[CALLS], calls);
	}
	buf_char(out, '\n');
	md_table_end(&t, out);
}

static void put_routing(struct buf *out, const struct report_part *p)
{
	const int128 *m = p->total.m;
	heading(out, "###", "Routing");
	buf_z(out, "Reported as escalated: ");
	human_of(out, m[ESCALATED], m[CALLS], "calls");
	buf_z(out, ". Failed at the quality gate: ");
	if (m[GATED] == 0)
		buf_z(out, "unknown, no call reports one.\n");
	else {
		human_of(out, m[GATE_FAILED], m[GATED], "calls that report one");
		buf_z(out, ".\n");
	}
	put_escalations(out, &p->by[BY_ESCALATION], m[CALLS]);
}

static void put_asked(struct buf *out, const struct report_part *p)
{
	const struct report_list *asked = &p->by[BY_ASKED];
	heading(out, "###", "Asked and served");
	if (asked->n == 0) {
		buf_z(out, "No call is recorded for which another model was asked than served.\n");
		return;
	}
	struct md_table t;
	md_table_begin(&t, "lllrr");
	static const char *const names[] = { "Model asked", "Model served", "Provider", "Calls", "Share" };
	put_headings(&t, names, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < asked->n; i++) {
		md_name(md_cell(&t), asked->v[i].key.name);
		md_name(md_cell(&t), asked->v[i].key.to);
		md_name(md_cell(&t), asked->v[i].key.provider);
		cell_count(&t, asked->v[i].m[CALLS]);
		cell_share(&t, asked->v[i].m[CALLS], p->total.m[CALLS]);
	}
	md_table_end(&t, out);
}

static void put_call(struct md_table *t, const struct report_call *c)
{
	human_usd(md_cell(t), c->cost_nano);
	human_time(md_cell(t), c->time_ms);
	md_name(md_cell(t), c->model);
	buf_z(md_cell(t), c->purpose ? c->purpose : "not stated");
	struct buf *stage = md_cell(t);
	if (c->stage > 0)
		buf_int(stage, c->stage);
	else
		buf_z(stage, "–");
	human_ms(md_cell(t), (double)c->latency_ms);
	md_cell_z(t, c->status);
	put_uuid(md_cell(t), &c->id);
}

static void put_top(struct buf *out, const struct report_part *p)
{
	static const char *const names[] = { "Cost",  "Time",    "Model",  "Purpose",
		                             "Stage", "Latency", "Status", "Invocation" };
	heading(out, "###", "Most expensive calls");
	if (p->n_top == 0) {
		buf_z(out, "No call with a known cost above 0 is listed.\n");
		return;
	}
	struct md_table t;
	md_table_begin(&t, "rlllrrll");
	put_headings(&t, names, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < p->n_top; i++)
		put_call(&t, &p->top[i]);
	md_table_end(&t, out);
}

static void put_details(struct buf *out, const struct report_part *p)
{
	buf_fmt(out, "\n## Details: %s\n", p->mode);
	put_groups(out, p, BY_TIER, "Tiers", "Tier");
	put_groups(out, p, BY_PROVIDER, "Providers", "Provider");
	put_all_models(out, p);
	put_asked(out, p);
	put_stages(out, p);
	put_groups(out, p, BY_PURPOSE, "Purposes", "Purpose");
	if (p->by[BY_PROJECT].n > 1)
		put_groups(out, p, BY_PROJECT, "Projects", "Project");
	put_statuses(out, p);
	put_errors(out, p);
	put_tokens(out, p);
	put_cost(out, p);
	put_latency(out, p);
	put_privacy(out, p);
	put_routing(out, p);
	put_top(out, p);
}

static void put_refusals(struct buf *out, const struct report *r)
{
	if (r->n_refusals == 0)
		return;
	struct md_table t;
	md_table_begin(&t, "lr");
	md_cell_z(&t, "Reason");
	md_cell_z(&t, "Entries");
	for (size_t i = 0; i < r->n_refusals; i++) {
		md_name(md_cell(&t), r->refusals[i].name);
		cell_count(&t, r->refusals[i].count);
	}
	heading(out, "##", "Refused entries of the bus (whole database)");
	md_table_end(&t, out);
}

void report_markdown(const struct report *r, struct buf *out)
{
	const struct report_part *parts[2];
	size_t n = parts_of(r, parts);
	put_banner(out, r);
	buf_z(out, "\n# AI transparency report\n\n");
	put_identity(out, r);
	put_status(out, r);
	if (n > 0) {
		heading(out, "##", "For a Methods section");
		for (size_t i = 0; i < n; i++) {
			buf_z(out, i > 0 ? ">\n" : "");
			say_methods(out, r, parts[i]);
		}
		put_six(out, r);
		put_models(out, r);
	}
	if (n > 0 || is_incomplete(r))
		put_incidents(out, r);
	put_completeness(out, r);
	put_limitations(out, r);
	put_verification(out, r);
	for (size_t i = 0; i < n; i++)
		put_details(out, parts[i]);
	put_refusals(out, r);
}
