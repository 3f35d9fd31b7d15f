/* What the report rests on: completeness, limitations, verification. */
#include "report/content.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "report/cells.h"
#include "report/command.h"
#include "report/human.h"
#include "report/rules.h"

#include <inttypes.h>

#define SOURCES_SHOWN 20
#define GAPS_NAMED 5 /* of a source */

static void say_completeness(struct buf *out, const struct report *r)
{
	const struct report_completeness *c = &r->complete;
	if (c->n == 0) {
		buf_z(out, "No entry came with a number of its source: whether any was lost on the way cannot be told.");
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

static void put_fates(struct doc *d, const int64_t n[FATES])
{
	for (int i = 0; i < FATES; i++)
		cell_count(d, n[i]);
}

/* What the sources behind the first ones come to together. */
static void put_other_sources(struct doc *d, const struct report_completeness *c, size_t shown)
{
	int64_t rest[FATES];
	for (int i = 0; i < FATES; i++) {
		rest[i] = c->total[i];
		for (size_t k = 0; k < shown; k++)
			rest[i] -= c->v[k].n[i];
	}
	buf_fmt(doc_cell(d), "%zu others", c->n - shown);
	put_fates(d, rest);
	doc_cell_z(d, "");
}

static void put_completeness(struct doc *d, const struct report *r)
{
	static const char *const names[] = { "Source", "Emitted", "Recorded", "Repeated",       "Conflicting",
		                             "Dead",   "Refused", "Missing",  "Missing numbers" };
	const struct report_completeness *c = &r->complete;
	size_t shown = c->n <= SOURCES_SHOWN ? c->n : SOURCES_SHOWN - 1;
	doc_heading(d, 2, "Completeness");
	say_completeness(doc_block(d, DOC_TEXT), r);
	if (c->n == 0)
		return;
	open_table(d, "lrrrrrrrl", names);
	for (size_t i = 0; i < shown; i++) {
		doc_name(doc_cell(d), c->v[i].name);
		put_fates(d, c->v[i].n);
		put_gaps(doc_cell(d), &c->v[i]);
	}
	if (shown < c->n)
		put_other_sources(d, c, shown);
}

static void put_limitations(struct doc *d, const struct report *r)
{
	doc_heading(d, 2, "Limitations");
	for (size_t i = 0; i < r->n_limitations; i++)
		doc_text(d, DOC_ITEM, r->limitations[i]);
	if (r->n_limitations == 0)
		doc_text(d, DOC_TEXT, "None recorded.");
	doc_heading(d, 2, "Not covered");
	doc_text(d, DOC_TEXT, "This report counts calls that were recorded. It does not judge whether answers were right,"
	                      " and it does not see AI use that sent no event.");
}

/* Verification. */

static void put_rules(struct buf *out, const struct report_scope *s)
{
	int64_t defaults[RULES];
	rules_defaults(defaults);
	for (int i = 0; i < RULES; i++) {
		if (s->thresholds[i] == defaults[i])
			continue;
		buf_fmt(out, " --rule %s=", report_rules[i]);
		num_decimal(out, s->thresholds[i], RULE_SCALE);
	}
}

static void put_against(struct buf *out, const struct report_scope *s)
{
	char run[UUID_TEXT], from[TIME_TEXT], to[TIME_TEXT];
	uuid_format(&s->run, run);
	time_format(s->from_ms, from);
	time_format(s->to_ms, to);
	if (s->has_run)
		buf_fmt(out, " --against %s", run);
	else
		buf_fmt(out, " --against %s/%s", from, to);
}

/* The command that makes the report again. */
static void put_command(struct buf *out, const struct report *r)
{
	const struct report_scope *s = &r->scope;
	buf_z(out, "ros-report");
	command_scope(out, s, s->from_ms, s->to_ms, s->mode);
	buf_fmt(out, "%s --top %d", s->exact ? " --exact" : "", s->top);
	if (s->min_cell != REPORT_MIN_CELL)
		buf_fmt(out, " --min-cell %" PRId64, s->min_cell);
	put_rules(out, s);
	if (r->against)
		put_against(out, &r->against->with->scope);
}

static void put_verification(struct doc *d, const struct report *r)
{
	char sum[SHA256_TEXT];
	sha256_format(&r->record.content_sum, sum);
	doc_heading(d, 2, "Verification");
	doc_table(d, DOC_FACTS, "ll");
	doc_cell_z(d, "Last batch of the record");
	cell_count(d, r->record.last_batch);
	doc_cell_z(d, "Events recorded");
	cell_count(d, r->record.recorded);
	doc_cell_z(d, "Sum of their SHA-256");
	doc_code(doc_cell(d), sum);
	doc_text(d, DOC_TEXT, "Over this state of the record, this command makes the same report with the same id:");
	put_command(doc_block(d, DOC_COMMAND), r);
	doc_text(d, DOC_TEXT, "Its JSON form can be held against the record at any later time, also when events have come in since:");
	doc_text(d, DOC_COMMAND, "ros-report --verify report.json");
}

void content_evidence(struct doc *d, const struct report *r)
{
	put_completeness(d, r);
	put_limitations(d, r);
	put_verification(d, r);
}
