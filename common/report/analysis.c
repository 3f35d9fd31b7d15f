/* The sections on reproducibility and on slices that are worse, of the calls of one mode. */
#include "report/content.h"

#include "base/timefmt.h"
#include "report/cells.h"
#include "report/command.h"
#include "report/human.h"

#include <math.h>

/* Why there is nothing, and how to have it. */
static void say_not_computed(struct doc *d, const struct report *r, const struct report_part *p, const char *tool)
{
	struct buf *out = doc_block(d, DOC_TEXT);
	buf_z(out, "Not computed: ");
	human_plural(out, p->total.m[CALLS], "call", "calls");
	buf_z(out, ". A report looks at calls one by one up to ");
	human_count(out, REPORT_ANALYSED_MAX);
	buf_z(out, " of them; this command does it for any number:");
	command_tool(doc_block(d, DOC_COMMAND), tool, r, p->mode);
}

static void cell_percent(struct doc *d, double share)
{
	human_percent(doc_cell(d), share);
}

static void say_interval(struct buf *out, struct interval in)
{
	human_percent(out, in.low);
	buf_z(out, " to ");
	human_percent(out, in.high);
}

static void cell_p(struct doc *d, double p)
{
	buf_fmt(doc_cell(d), "%.2g", p);
}

/* Reproducibility. */

static void say_compared(struct buf *out, const struct report_analysis *a)
{
	const struct stability *s = a->stability;
	buf_z(out, "Equal prompts are prompts of equal hash to one model, version and parameters. Not compared: ");
	human_count(out, s->failed);
	buf_z(out, " calls without success and ");
	human_count(out, s->unhashed);
	buf_z(out, " without hashes of prompt and output");
	if (a->deleted > 0) {
		buf_z(out, "; ");
		human_count(out, a->deleted);
		buf_z(out, " were deleted by retention and cannot be looked at");
	}
	buf_z(out, ". ");
}

/* TARr@N: Atil et al., arXiv 2408.04667. */
static void say_equal(struct buf *out, const struct stability *s)
{
	const struct stability_group *g = &s->overall;
	if (g->tested == 0) {
		buf_fmt(out, "No prompt was asked %d times, so that there is no rate of equal outputs.", s->repeats);
		return;
	}
	human_of(out, g->equal, g->tested, "prompts");
	buf_fmt(out, " that were asked %d times gave equal outputs (TARr@%d), 95 %% interval ", s->repeats, s->repeats);
	say_interval(out, g->tar);
	buf_char(out, '.');
	if (g->equal == g->tested) {
		buf_z(out, " No difference was seen; up to ");
		human_percent(out, interval_none_seen(g->tested));
		buf_z(out, " of prompts may still differ.");
	}
}

static void say_agreement(struct buf *out, const struct stability_group *g)
{
	buf_z(out, " Over ");
	human_plural(out, g->prompts, "prompt", "prompts");
	buf_z(out, " asked more than once, two calls agree in ");
	human_percent(out, g->agreement);
	buf_z(out, " (");
	say_interval(out, g->agreement_in);
	buf_z(out, "), and the most frequent output is ");
	human_percent(out, g->modal);
	buf_z(out, " of all (");
	say_interval(out, g->modal_in);
	buf_z(out, ").");
}

static void put_models(struct doc *d, const struct report_analysis *a)
{
	static const char *const names[] = { "Least stable models", "Provider", "Prompts", "Equal outputs", "95 % interval", "Two calls agree" };
	const struct stability *s = a->stability;
	if (s->n_groups == 0)
		return;
	open_table(d, "llrrlr", names);
	for (size_t i = 0; i < s->n_groups; i++) {
		const struct stability_group *g = &s->groups[i];
		doc_name(doc_cell(d), g->model->model.p);
		doc_name(doc_cell(d), g->model->provider.p);
		cell_count(d, g->tested);
		cell_share(d, g->equal, g->tested);
		say_interval(doc_cell(d), g->tar);
		cell_percent(d, g->agreement);
	}
}

static void put_versions(struct doc *d, const struct report_analysis *a)
{
	static const char *const names[] = { "Versions differ", "Provider", "Agree within", "Agree between", "Prompts", "Adjusted p" };
	const struct stability *s = a->stability;
	struct buf *out = doc_block(d, DOC_TEXT);
	if (a->version_tests == 0) {
		buf_z(out, "Versions of a model cannot be compared: no prompt was answered by two of them, and twice by one.");
		return;
	}
	buf_z(out, "Versions differ for ");
	human_count(out, a->versions_differ);
	buf_z(out, " of the ");
	human_plural(out, a->version_tests, "model", "models");
	buf_z(out, " of which several answered equal prompts.");
	if (s->n_versions == 0)
		return;
	open_table(d, "llrrrr", names);
	for (size_t i = 0; i < s->n_versions; i++) {
		const struct stability_versions *v = &s->versions[i];
		doc_name(doc_cell(d), v->model->model.p);
		doc_name(doc_cell(d), v->model->provider.p);
		cell_percent(d, v->within);
		cell_percent(d, v->between);
		cell_count(d, v->prompts);
		cell_p(d, v->adjusted);
	}
}

static void put_drift(struct doc *d, const struct stability_drift *v)
{
	doc_name(doc_cell(d), v->model->model.p);
	doc_name(doc_cell(d), v->model->provider.p);
	doc_cell_z(d, v->quantity);
	doc_cell_z(d, stability_measures[v->measure]);
	buf_fmt(doc_cell(d), "%.3g", v->test.effect);
	struct buf *interval = doc_cell(d);
	if (v->has_interval)
		buf_fmt(interval, "%.3g to %.3g", v->in.low, v->in.high);
	else
		buf_z(interval, "–");
	cell_count(d, v->before);
	cell_count(d, v->after);
	cell_p(d, v->adjusted);
}

static void put_drifts(struct doc *d, const struct report_analysis *a)
{
	static const char *const names[] = { "Drift of model", "Provider", "Figure", "Measure", "Effect", "95 % interval", "Before", "After", "Adjusted p" };
	const struct stability *s = a->stability;
	struct buf *out = doc_block(d, DOC_TEXT);
	if (s->n_tests == 0) {
		buf_z(out, "Drift cannot be tested: too few calls of a model, or figures that never change, before and after the middle of the period.");
		return;
	}
	buf_z(out, "Drift, the calls of a model before and after ");
	human_time(out, s->middle_ms);
	buf_z(out, ": ");
	human_plural(out, (int64_t)s->n_tests, "test", "tests");
	buf_z(out, "; after adjustment for their number ");
	human_count(out, a->drifted);
	buf_z(out, a->drifted == 1 ? " figure has drifted." : " figures have drifted.");
	if (s->n_drifts == 0)
		return;
	open_table(d, "llllrlrrr", names);
	for (size_t i = 0; i < s->n_drifts; i++)
		put_drift(d, &s->drifts[i]);
}

static void put_reproducibility(struct doc *d, const struct report_part *p, const struct report *r)
{
	const struct report_analysis *a = &p->analysis;
	doc_heading(d, 3, "Reproducibility");
	if (!a->done) {
		say_not_computed(d, r, p, "ros-stability --by model");
		return;
	}
	struct buf *out = doc_block(d, DOC_TEXT);
	say_compared(out, a);
	if (a->stability->overall.prompts == 0)
		buf_z(out, "Nothing can be said of outputs: no prompt was asked twice.");
	else {
		say_equal(out, a->stability);
		say_agreement(out, &a->stability->overall);
	}
	put_models(d, a);
	put_versions(d, a);
	put_drifts(d, a);
}

/* Slices. */

static void cell_side(struct doc *d, const struct slices *s, const struct slice_side *side)
{
	struct buf *cell = doc_cell(d);
	if (side->n == 0)
		buf_z(cell, "no calls");
	else if (s->metric->quantity)
		buf_fmt(cell, "median %.4g of ", side->median * s->metric->unit);
	else {
		human_share(cell, side->sum, side->n);
		buf_z(cell, " of ");
	}
	if (side->n > 0)
		human_count(cell, side->n);
}

static void cell_effect(struct doc *d, const struct slices *s, const struct slice_part *part)
{
	struct buf *cell = doc_cell(d);
	human_effect(cell, part->test.effect, !s->metric->quantity);
	if (!isfinite(part->effect_in.high))
		return;
	buf_z(cell, " (");
	human_effect(cell, part->effect_in.low, !s->metric->quantity);
	buf_z(cell, " to ");
	human_effect(cell, part->effect_in.high, !s->metric->quantity);
	buf_char(cell, ')');
}

static void put_conditions(struct buf *out, const struct slice_condition *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_fmt(out, "%s%s ", i > 0 ? ", " : "", c[i].attribute->name);
		doc_name(out, c[i].value.p);
	}
}

static void put_slice(struct doc *d, const struct slices *s, size_t n)
{
	const struct slice *r = &s->v[n];
	doc_cell_z(d, s->metric->what);
	cell_count(d, (int64_t)n + 1);
	struct buf *name = doc_cell(d);
	put_conditions(name, r->conditions, r->n_conditions);
	if (r->n_also > 0) {
		buf_z(name, " (all of them ");
		put_conditions(name, r->also, r->n_also);
		buf_char(name, ')');
	}
	cell_side(d, s, &r->found.in);
	cell_side(d, s, &r->found.out);
	cell_effect(d, s, &r->found);
	cell_p(d, r->adjusted);
	cell_effect(d, s, &r->held);
	doc_cell_z(d, !r->explained ? "–" : r->by->name);
}

static void put_confirmed(struct doc *d, const struct report_analysis *a)
{
	static const char *const names[] = { "Worse by", "No.", "Slice", "In the slice", "Elsewhere", "Effect, 95 % interval", "Adjusted p", "In the calls held back", "Explained by" };
	bool any = false;
	for (size_t i = 0; i < a->n_searches; i++)
		any |= a->searches[i].slices->n > 0;
	if (!any) {
		doc_text(d, DOC_TEXT, "No slice is worse than the rest and confirmed by the calls held back.");
		return;
	}
	open_table(d, "lrlrrlrll", names);
	for (size_t i = 0; i < a->n_searches; i++)
		for (size_t k = 0; k < a->searches[i].slices->n; k++)
			put_slice(d, a->searches[i].slices, k);
}

static void put_searches(struct doc *d, const struct report_analysis *a)
{
	static const char *const names[] = { "Searched for", "Calls", "Tests", "Too small", "Otherwise not tested", "Found", "Looked at again", "Confirmed" };
	open_table(d, "lrrrrrrr", names);
	for (size_t i = 0; i < a->n_searches; i++) {
		const struct slices *s = a->searches[i].slices;
		doc_cell_z(d, s->metric->what);
		cell_count(d, s->calls - s->unknown);
		cell_count(d, s->tests);
		cell_count(d, s->small);
		cell_count(d, s->whole + s->same + s->twins + s->untested);
		cell_count(d, s->found);
		cell_count(d, a->searches[i].judged);
		cell_count(d, a->searches[i].confirmed);
	}
}

static void say_search(struct buf *out, const struct slices *s)
{
	buf_z(out, "A slice is one value of ");
	for (size_t i = 0; i < s->options.n_by; i++)
		buf_fmt(out, "%s%s", i == 0 ? "" : i + 1 < s->options.n_by ? ", " : " or ", s->options.by[i]->name);
	buf_fmt(out, ", or of %d of them, with %d calls or more. Slices are found in the first two thirds of the calls, where they are worse than all other calls"
	             " with an adjusted p of at most %.2g, and looked at again in the last third, which is held back. ros-slice says more of each.",
	        s->options.depth, (int)s->options.min_size, SLICE_FOUND_P);
}

static void put_slices(struct doc *d, const struct report_part *p, const struct report *r)
{
	const struct report_analysis *a = &p->analysis;
	doc_heading(d, 3, "Slices that are worse");
	if (!a->done) {
		say_not_computed(d, r, p, "ros-slice");
		return;
	}
	if (a->n_searches == 0) {
		doc_text(d, DOC_TEXT, "Nothing to search: no figure of the calls varies.");
		return;
	}
	say_search(doc_block(d, DOC_TEXT), a->searches[0].slices);
	put_searches(d, a);
	put_confirmed(d, a);
}

void content_analysis(struct doc *d, const struct report_part *p, const struct report *r)
{
	put_reproducibility(d, p, r);
	put_slices(d, p, r);
}
