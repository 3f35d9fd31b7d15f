/* What needs attention, each with its numbers: the rules have found it, here it is only said. */
#include "report/content.h"

#include "report/cells.h"
#include "report/human.h"

#define RULE_ONE 1e6 /* 10^RULE_SCALE */
#define FINDINGS_FIRST 5 /* on the first page */

static void say_interval(struct buf *out, const struct report_finding *f)
{
	if (f->unit == FINDING_SHARE)
		human_percent(out, f->low);
	else
		human_effect(out, f->low, f->unit == FINDING_DIFFERENCE);
	buf_z(out, " to ");
	if (f->unit == FINDING_SHARE)
		human_percent(out, f->high);
	else
		human_effect(out, f->high, f->unit == FINDING_DIFFERENCE);
}

static void say_subject(struct buf *out, const struct report_finding *f)
{
	buf_z(out, f->mode ? f->mode : "whole database");
	if (f->slice) {
		buf_z(out, ", ");
		doc_name(out, f->slice);
	}
	if (f->model) {
		buf_z(out, ", ");
		doc_name(out, f->model);
		buf_z(out, " of ");
		doc_name(out, f->provider);
	}
}

void content_attention(struct doc *d, const struct report *r)
{
	size_t shown = r->n_findings < FINDINGS_FIRST ? r->n_findings : FINDINGS_FIRST;
	doc_heading(d, 2, "Needs attention");
	for (size_t i = 0; i < shown; i++) {
		const struct report_finding *f = &r->findings[i];
		struct buf *out = doc_block(d, DOC_ITEM);
		doc_strong(out, f->title);
		buf_z(out, " (");
		say_subject(out, f);
		buf_fmt(out, "): %s", f->evidence);
		if (f->has_interval) {
			buf_z(out, " 95 % interval: ");
			say_interval(out, f);
			buf_char(out, '.');
		}
	}
	if (shown < r->n_findings)
		human_plural(doc_block(d, DOC_ITEM), (int64_t)(r->n_findings - shown), "more finding is below.",
		             "more findings are below.");
	if (shown == 0)
		doc_text(d, DOC_TEXT, "No rule has found anything.");
}

/* The value as the rule holds it against its threshold. */
static void cell_value(struct doc *d, const struct report_finding *f, int64_t value)
{
	struct buf *cell = doc_cell(d);
	if (f->unit == FINDING_SHARE)
		human_percent(cell, (double)value / RULE_ONE);
	else
		human_effect(cell, (double)value / RULE_ONE, f->unit == FINDING_DIFFERENCE);
}

static void put_finding(struct doc *d, const struct report_finding *f)
{
	doc_cell_z(d, f->title);
	say_subject(doc_cell(d), f);
	cell_value(d, f, f->value);
	cell_value(d, f, f->threshold);
	cell_count(d, f->n);
	struct buf *interval = doc_cell(d);
	if (f->has_interval)
		say_interval(interval, f);
	else
		buf_z(interval, "–");
	if (f->tested)
		buf_fmt(doc_cell(d), "%.2g", f->adjusted);
	else
		doc_cell_z(d, "–");
	doc_cell_z(d, f->recommendation);
}

void content_findings(struct doc *d, const struct report *r)
{
	static const char *const names[] = { "Finding", "In", "Value", "Threshold", "Of", "95 % interval", "Adjusted p", "What to do" };
	if (r->n_findings == 0)
		return;
	doc_heading(d, 2, "All findings");
	doc_text(d, DOC_TEXT, "Each is above the threshold of its rule, which --rule sets.");
	open_table(d, "llrrrlrl", names);
	for (size_t i = 0; i < r->n_findings && i < CONTENT_ROWS; i++)
		put_finding(d, &r->findings[i]);
}
