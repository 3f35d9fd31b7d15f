/* What stands behind the details. */
#include "report/content.h"

#include "base/num.h"
#include "report/cells.h"
#include "report/human.h"

#include <math.h>
#include <string.h>

/* The run by its stages, as its workflow says. */

static void cell_stated(struct doc *d, int64_t n)
{
	if (n < 0)
		doc_cell_z(d, "–");
	else
		cell_count(d, n);
}

static void cell_time(struct doc *d, bool known, int64_t ms)
{
	if (known)
		human_time(doc_cell(d), ms);
	else
		doc_cell_z(d, "–");
}

static void put_stage_run(struct doc *d, const struct report_stage_run *s)
{
	cell_count(d, s->stage);
	doc_name(doc_cell(d), s->name);
	doc_cell_z(d, s->status);
	doc_cell_z(d, s->mode);
	cell_stated(d, s->attempt);
	cell_stated(d, s->items_done);
	cell_stated(d, s->items_total);
	cell_stated(d, s->items_failed);
	cell_time(d, s->has_started, s->started_ms);
	cell_time(d, s->has_completed, s->completed_ms);
}

static void put_run(struct doc *d, const struct report *r)
{
	static const char *const names[] = { "Stage", "Name",  "Status", "Mode",    "Attempt",
		                             "Items", "of all", "Failed", "Started", "Completed" };
	if (r->n_stage_runs == 0)
		return;
	doc_heading(d, 2, "The run by its stages");
	buf_fmt(doc_block(d, DOC_TEXT), "As the workflow states it. The run is %s.", r->run_status);
	open_table(d, "rlllrrrrll", names);
	for (size_t i = 0; i < r->n_stage_runs; i++)
		put_stage_run(d, &r->stage_runs[i]);
}

/* Comparison. */

/* A value with its unit; a difference has its sign. */
static void cell_figure(struct doc *d, const struct report_difference *f, bool known, int128 value, bool sign)
{
	struct buf *cell = doc_cell(d);
	int128 size = value < 0 ? -value : value;
	if (!known) {
		buf_z(cell, "unknown");
		return;
	}
	buf_z(cell, value < 0 ? "−" : sign && value > 0 ? "+" : "");
	switch (f->unit) {
	case UNIT_COUNT: human_count(cell, size); break;
	case UNIT_USD: human_usd(cell, size); break;
	case UNIT_MS: human_ms(cell, (double)size / pow(10, f->scale)); break;
	case UNIT_SHARE: num_decimal(cell, size, f->scale - 2); buf_z(cell, sign ? " points" : " %"); break;
	}
}

static void put_difference(struct doc *d, const struct report_difference *f)
{
	struct buf *of = doc_cell(d);
	if (f->model)
		doc_name(of, f->model);
	else
		buf_z(of, f->tier ? f->tier : "all calls");
	doc_cell_z(d, f->mode);
	struct buf *figure = doc_cell(d);
	for (const char *p = f->figure; *p != '\0'; p++)
		buf_char(figure, *p == '_' ? ' ' : *p);
	cell_figure(d, f, f->known[0], f->value[0], false);
	cell_figure(d, f, f->known[1], f->value[1], false);
	cell_figure(d, f, f->known[0] && f->known[1], f->difference, true);
	struct buf *interval = doc_cell(d);
	if (f->has_interval)
		buf_fmt(interval, "%+.1f to %+.1f points", 100 * f->low, 100 * f->high);
	else
		buf_z(interval, "–");
}

static void put_comparison(struct doc *d, const struct report *r)
{
	static const char *const names[] = { "Of", "Mode", "Figure", "This report", "The other", "Difference", "95 % interval" };
	const struct report_comparison *c = r->against;
	if (!c)
		return;
	doc_heading(d, 2, "Comparison");
	struct buf *out = doc_block(d, DOC_TEXT);
	buf_z(out, "Held against: ");
	put_scope(out, c->with);
	buf_z(out, c->with->scope.has_from || c->with->scope.has_to ? ", " : "");
	put_period(out, c->with);
	buf_z(out, ". Differences are this report less the other one; intervals of differences of shares are Newcombe's, of"
	           " independent samples.");
	open_table(d, "lllrrrl", names);
	for (size_t i = 0; i < c->n_stability; i++)
		put_difference(d, &c->stability[i]);
	for (size_t i = 0; i < c->n && i < CONTENT_ROWS; i++)
		put_difference(d, &c->v[i]);
	if (c->n > CONTENT_ROWS)
		doc_text(d, DOC_TEXT, "More differences are in the JSON form.");
}

static void put_refusals(struct doc *d, const struct report *r)
{
	if (r->n_refusals == 0)
		return;
	doc_heading(d, 2, "Refused entries of the bus (whole database)");
	open_table(d, "lr", (const char *const[]){ "Reason", "Entries" });
	for (size_t i = 0; i < r->n_refusals; i++) {
		doc_name(doc_cell(d), r->refusals[i].name);
		cell_count(d, r->refusals[i].count);
	}
}

/* The crosswalk. */

static void begin_framework(struct doc *d, const struct report_crosswalk *c)
{
	doc_heading(d, 3, c->framework);
	buf_fmt(doc_block(d, DOC_TEXT), "%s, as of %s", c->source, c->dated);
	open_table(d, "lll", (const char *const[]){ "Item", "Asks for", "Answered in" });
}

static void put_crosswalk(struct doc *d, const struct report *r)
{
	if (r->n_crosswalk == 0)
		return;
	doc_heading(d, 2, "Crosswalk");
	doc_text(d, DOC_TEXT, "Which section answers what rules and reporting guidelines ask for. It helps to find one's way; the"
	                      " report is evidence, and fulfils none of them by itself.");
	for (size_t i = 0; i < r->n_crosswalk; i++) {
		const struct report_crosswalk *c = &r->crosswalk[i];
		if (i == 0 || strcmp(c->framework, r->crosswalk[i - 1].framework) != 0)
			begin_framework(d, c);
		doc_cell_z(d, c->item);
		doc_cell_z(d, c->asks);
		doc_cell_z(d, c->section);
	}
}

void content_annex(struct doc *d, const struct report *r)
{
	put_run(d, r);
	put_comparison(d, r);
	put_refusals(d, r);
	put_crosswalk(d, r);
}
