/* What needs attention, each with its numbers: the rules have found it, here it is only said. */
#include "report/content.h"

#include "report/cells.h"
#include "report/human.h"

#define RULE_ONE 1e6 /* 10^RULE_SCALE */
#define FINDINGS_FIRST 5 /* on the first page */

static void say_interval(struct buf *out, const struct report_finding *f)
{
	human_percent(out, f->low);
	buf_z(out, " to ");
	human_percent(out, f->high);
}

static void say_subject(struct buf *out, const struct report_finding *f)
{
	buf_z(out, f->mode ? f->mode : "whole database");
	if (!f->model)
		return;
	buf_z(out, ", ");
	doc_name(out, f->model);
	buf_z(out, " of ");
	doc_name(out, f->provider);
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
		if (!f->is_factor) {
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

/* The value of a share or a factor, as the rule holds it against its threshold. */
static void cell_value(struct doc *d, const struct report_finding *f, int64_t value)
{
	struct buf *cell = doc_cell(d);
	if (f->is_factor)
		buf_fmt(cell, "%.1f times", (double)value / RULE_ONE);
	else
		human_percent(cell, (double)value / RULE_ONE);
}

static void put_finding(struct doc *d, const struct report_finding *f)
{
	doc_cell_z(d, f->title);
	say_subject(doc_cell(d), f);
	cell_value(d, f, f->value);
	cell_value(d, f, f->threshold);
	cell_count(d, f->n);
	struct buf *interval = doc_cell(d);
	if (f->is_factor)
		buf_z(interval, "–");
	else
		say_interval(interval, f);
	doc_cell_z(d, f->recommendation);
}

void content_findings(struct doc *d, const struct report *r)
{
	static const char *const names[] = { "Finding", "In", "Value", "Threshold", "Of", "95 % interval", "What to do" };
	if (r->n_findings == 0)
		return;
	doc_heading(d, 2, "All findings");
	doc_text(d, DOC_TEXT, "Each is above the threshold of its rule, which --rule sets.");
	open_table(d, "llrrrll", names);
	for (size_t i = 0; i < r->n_findings && i < CONTENT_ROWS; i++)
		put_finding(d, &r->findings[i]);
}
