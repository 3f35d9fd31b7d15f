/* The first page, but for what it rests on (evidence.c). */
#include "report/content.h"

#include "report/cells.h"
#include "report/charts.h"
#include "report/human.h"
#include "report/words.h"

#include <string.h>

#define MODELS_SHOWN 10

static bool is_mixed(const struct report *r)
{
	return r->mode[0].mode && r->mode[1].mode;
}

/* What this is. */

void content_title(struct buf *out, const struct report *r)
{
	char id[UUID_TEXT];
	uuid_format(r->scope.has_run ? &r->scope.run : &r->scope.project, id);
	buf_z(out, "AI transparency report");
	if (r->scope.has_run || r->scope.has_project)
		buf_fmt(out, " of %s %s", r->scope.has_run ? "run" : "project", id);
}

static void put_banner(struct doc *d, const struct report *r)
{
	struct buf *b = doc_block(d, DOC_BANNER);
	if (is_mixed(r)) {
		doc_strong(b, "MIXED: DEMO and LIVE.");
		buf_z(b, " DEMO calls are synthetic; LIVE calls may have touched data of patients."
		         " They stand apart in every figure.");
	} else if (!r->all.mode) {
		doc_strong(b, "NO CALLS.");
		buf_z(b, " Nothing is recorded in this scope.");
	} else if (strcmp(r->all.mode, "LIVE") == 0) {
		doc_strong(b, "LIVE.");
		buf_z(b, " The callers mark these calls LIVE: they may have touched data of patients.");
	} else {
		doc_strong(b, "DEMO.");
		buf_z(b, " The callers mark these calls DEMO: synthetic data, no patients.");
	}
}

static void put_identity(struct doc *d, const struct report *r)
{
	doc_table(d, DOC_FACTS, "ll");
	doc_cell_z(d, "Report");
	put_uuid(doc_cell(d), &r->id);
	doc_cell_z(d, "Scope");
	put_scope(doc_cell(d), r);
	if (r->scope.has_from || r->scope.has_to) {
		doc_cell_z(d, "Period");
		put_period(doc_cell(d), r);
	}
	if (r->all.mode) {
		doc_cell_z(d, "First to last call");
		put_span(doc_cell(d), r->all.first_ms, r->all.last_ms);
	}
	if (r->run_status) {
		doc_cell_z(d, "Run, by its stages");
		doc_cell_z(d, r->run_status);
	}
	doc_cell_z(d, "Generated");
	struct buf *cell = doc_cell(d);
	human_time(cell, r->generated_ms);
	buf_fmt(cell, " by %s", r->generated_by);
}

static void put_status(struct doc *d, const struct report *r)
{
	const struct report_part *parts[2];
	size_t n = content_parts(r, parts);
	for (size_t i = 0; i < n; i++)
		say_status(doc_block(d, DOC_TEXT), parts[i]);
	if (n == 0)
		doc_text(d, DOC_TEXT, "No calls are recorded in this scope. That is not a proof that no AI was used:"
		                      " only calls that were recorded can be reported.");
}

static void put_methods(struct doc *d, const struct report *r)
{
	const struct report_part *parts[2];
	size_t n = content_parts(r, parts);
	doc_heading(d, 2, "For a Methods section");
	for (size_t i = 0; i < n; i++)
		say_methods(doc_block(d, DOC_QUOTE), r, parts[i]);
}

/* Six numbers: a column a mode. */

/* "1,939 of 2,100 calls (92.3 %)" */
static void six_of(struct buf *cell, int128 part, int128 whole, const char *what)
{
	doc_begin_figure(cell);
	human_count(cell, part);
	doc_end_figure(cell);
	buf_z(cell, " of ");
	human_count(cell, whole);
	buf_fmt(cell, " %s (", what);
	human_share(cell, part, whole);
	buf_char(cell, ')');
}

static void six_succeeded(struct buf *cell, const struct report_group *g)
{
	six_of(cell, g->status[STATUS_SUCCESS], g->m[CALLS], "calls");
}

static void six_cost(struct buf *cell, const struct report_group *g)
{
	doc_begin_figure(cell);
	if (report_priced(g) == 0)
		buf_z(cell, "unknown");
	else
		human_usd(cell, g->m[COST_NANO]);
	doc_end_figure(cell);
	doc_joint(cell, ", ");
	buf_z(cell, "known for ");
	human_of(cell, report_priced(g), g->m[CALLS], "calls");
}

static void six_tokens(struct buf *cell, const struct report_group *g)
{
	doc_begin_figure(cell);
	human_count(cell, report_tokens(g));
	doc_end_figure(cell);
	buf_z(cell, " in ");
	human_plural(cell, g->m[CALLS], "call", "calls");
}

static void six_latency(struct buf *cell, const struct report_group *g)
{
	doc_begin_figure(cell);
	human_ms(cell, g->latency[P50]);
	doc_end_figure(cell);
	doc_joint(cell, ", ");
	buf_z(cell, "known for ");
	human_of(cell, g->m[TIMED], g->m[CALLS], "calls");
}

static void six_phi(struct buf *cell, const struct report_group *g)
{
	if (g->m[PHI_SCANS] > 0) {
		six_of(cell, g->m[PHI_FLAGS], g->m[PHI_SCANS], "scans");
		return;
	}
	doc_begin_figure(cell);
	buf_z(cell, "unknown");
	doc_end_figure(cell);
	doc_joint(cell, ", ");
	buf_z(cell, "no scan reported");
}

static void six_escalated(struct buf *cell, const struct report_group *g)
{
	six_of(cell, g->m[ESCALATED], g->m[CALLS], "calls");
}

static void put_six(struct doc *d, const struct report *r)
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
	size_t n = content_parts(r, parts);
	doc_heading(d, 2, "Six numbers");
	doc_table(d, DOC_NUMBERS, n == 2 ? "lll" : "ll");
	doc_cell_z(d, "Figure");
	for (size_t i = 0; i < n; i++)
		doc_cell_z(d, parts[i]->mode);
	for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
		doc_cell_z(d, rows[row].label);
		for (size_t i = 0; i < n; i++)
			rows[row].put(doc_cell(d), &parts[i]->total);
	}
}

/* Models. */

static void put_first_models(struct doc *d, const struct report_part *p, bool mixed)
{
	const struct report_list *models = &p->by[BY_MODEL];
	size_t shown = models->n <= MODELS_SHOWN ? models->n : MODELS_SHOWN - 1;
	for (size_t i = 0; i < shown; i++) {
		if (mixed)
			doc_cell_z(d, p->mode);
		doc_name(doc_cell(d), models->v[i].key.name);
		doc_name(doc_cell(d), models->v[i].key.provider);
		cell_model_figures(d, p, &models->v[i]);
	}
	if (shown == models->n)
		return;
	struct report_group rest = content_rest(models, shown);
	if (mixed)
		doc_cell_z(d, p->mode);
	buf_fmt(doc_cell(d), "%zu others, listed in the details", models->n - shown);
	doc_cell_z(d, "");
	cell_model_figures(d, p, &rest);
}

static void put_models(struct doc *d, const struct report *r)
{
	static const char *const names[] = { "Mode",  "Model served", "Provider", "Calls",
		                             "Share", "Succeeded",    "Tokens",   "Known cost" };
	const struct report_part *parts[2];
	size_t n = content_parts(r, parts);
	bool mixed = n == 2;
	doc_heading(d, 2, "Models");
	for (size_t i = 0; i < n; i++)
		chart_of_cost(d, mixed ? i == 0 ? "DEMO: known cost by model" : "LIVE: known cost by model" : "Known cost by model",
		              &parts[i]->by[BY_MODEL], MODELS_SHOWN, label_model);
	open_table(d, mixed ? "lllrrrrr" : "llrrrrr", names + !mixed);
	for (size_t i = 0; i < n; i++)
		put_first_models(d, parts[i], mixed);
}

/* Incidents and limitations. */

static void put_failures(struct doc *d, const struct report_part *p)
{
	const struct report_group *g = &p->total;
	int128 bad = g->m[CALLS] - g->status[STATUS_SUCCESS];
	if (bad == 0)
		return;
	struct buf *out = doc_block(d, DOC_ITEM);
	buf_fmt(out, "%s: ", p->mode);
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
	buf_z(out, ".");
}

static void put_flags(struct doc *d, const struct report_part *p)
{
	if (p->total.m[PHI_FLAGS] == 0)
		return;
	struct buf *out = doc_block(d, DOC_ITEM);
	buf_fmt(out, "%s: ", p->mode);
	human_of(out, p->total.m[PHI_FLAGS], p->total.m[PHI_SCANS], "PHI scans");
	buf_z(out, " flagged something; ");
	human_plural(out, p->total.m[PHI_REDACTIONS], "redaction was made.", "redactions were made.");
}

/* Also of a mode that has no calls. */
static void put_conflicts(struct doc *d, const char *mode, int64_t conflicts)
{
	if (conflicts == 0)
		return;
	struct buf *out = doc_block(d, DOC_ITEM);
	buf_fmt(out, "%s: ", mode);
	human_plural(out, conflicts, "event", "events");
	buf_z(out, " came with the time and id of a recorded one but with other content.");
}

static void put_refused(struct doc *d, const struct report *r)
{
	int64_t refused = 0;
	for (size_t i = 0; i < r->n_refusals; i++)
		refused += r->refusals[i].count;
	if (refused == 0)
		return;
	struct buf *out = doc_block(d, DOC_ITEM);
	human_plural(out, refused, "entry of the bus was", "entries of the bus were");
	buf_z(out, " refused for good, in the whole database.");
}

static bool is_incomplete(const struct report *r)
{
	return r->complete.total[MISSING] > 0 || r->complete.lost > 0;
}

static void put_missing(struct doc *d, const struct report_completeness *c)
{
	if (c->total[MISSING] > 0) {
		struct buf *out = doc_block(d, DOC_ITEM);
		human_of(out, c->total[MISSING], c->total[EMITTED], "emitted events");
		buf_z(out, " of the whole database did not arrive: lost, or still under way.");
	}
	if (c->lost > 0) {
		struct buf *out = doc_block(d, DOC_ITEM);
		human_plural(out, c->lost, "entry of the bus was", "entries of the bus were");
		buf_z(out, " trimmed away while pending, in the whole database.");
	}
}

static void put_incidents(struct doc *d, const struct report *r)
{
	doc_heading(d, 2, "Incidents");
	size_t before = d->n;
	for (int i = 0; i < 2; i++) {
		put_failures(d, &r->mode[i]);
		put_flags(d, &r->mode[i]);
		put_conflicts(d, i == 0 ? "DEMO" : "LIVE", r->mode[i].conflicts);
	}
	put_refused(d, r);
	put_missing(d, &r->complete);
	if (d->n == before)
		doc_text(d, DOC_TEXT, "None recorded.");
}

void content_first(struct doc *d, const struct report *r)
{
	put_banner(d, r);
	doc_heading(d, 1, "AI transparency report");
	put_identity(d, r);
	put_status(d, r);
	if (r->all.mode) {
		put_methods(d, r);
		put_six(d, r);
		put_models(d, r);
	}
	if (r->all.mode || r->n_findings > 0)
		content_attention(d, r);
	if (r->all.mode || is_incomplete(r))
		put_incidents(d, r);
}
