/* Sentences about the calls of a mode. */
#include "report/words.h"

#include "report/cells.h"
#include "report/doc.h"
#include "report/human.h"

#include <string.h>

#define MODELS_NAMED 5 /* in the paragraph for a Methods section */

void say_phi(struct buf *out, const struct report_group *g)
{
	if (g->m[PHI_SCANS] == 0) {
		buf_z(out, "no PHI scan is reported");
		return;
	}
	buf_z(out, "PHI was flagged in ");
	human_of(out, g->m[PHI_FLAGS], g->m[PHI_SCANS], "scans");
}

void say_status(struct buf *out, const struct report_part *p)
{
	const struct report_group *g = &p->total;
	int128 calls = g->m[CALLS], good = g->status[STATUS_SUCCESS];
	doc_strong(out, p->mode);
	buf_z(out, ": ");
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
		buf_z(out, "known for all.");
	else if (report_priced(g) == 0)
		buf_z(out, "unknown.");
	else {
		buf_z(out, "known for ");
		human_of(out, report_priced(g), calls, "calls");
		buf_z(out, ".");
	}
}

static void say_models(struct buf *out, const struct report_part *p)
{
	const struct report_list *models = &p->by[BY_MODEL];
	buf_z(out, "They were served by ");
	human_plural(out, (int64_t)models->n, "model of ", "models of ");
	human_plural(out, (int64_t)p->by[BY_PROVIDER].n, "provider: ", "providers: ");
	size_t named = models->n < MODELS_NAMED ? models->n : MODELS_NAMED;
	for (size_t i = 0; i < named; i++) {
		buf_z(out, i > 0 ? ", " : "");
		doc_name(out, models->v[i].key.name);
		buf_z(out, " of ");
		doc_name(out, models->v[i].key.provider);
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

void say_cost(struct buf *out, const struct report_group *g)
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

void say_methods(struct buf *out, const struct report *r, const struct report_part *p)
{
	const struct report_group *g = &p->total;
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
	buf_z(out, ".");
}
