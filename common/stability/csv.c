/* The stability of a scope as one tidy table: a row a figure. */
#include "stability/stability.h"

#include "base/timefmt.h"
#include "csv/write.h"

#include <math.h>

#define DATE (sizeof "2026-01-01" - 1)

struct row {
	const char *section, *measure, *test;
	const struct stability_model *model;
	struct str version;
	bool has_day;
	int64_t day_ms, n;
	double value, p, adjusted;
	struct interval in;
};

static const struct row empty = { .value = NAN, .p = NAN, .adjusted = NAN, .in = { NAN, NAN } };

static void add_row(struct buf *out, const struct row *r)
{
	struct csv_writer c = { .out = out };
	char day[TIME_TEXT];
	time_format(r->day_ms, day);
	csv_z(&c, r->section);
	csv_text(&c, r->model ? r->model->mode : STR(""));
	csv_text(&c, r->model ? r->model->provider : STR(""));
	csv_text(&c, r->model ? r->model->model : STR(""));
	csv_text(&c, r->version);
	csv_text(&c, (struct str){ day, r->has_day ? DATE : 0 });
	csv_z(&c, r->measure);
	csv_real(&c, r->value);
	csv_real(&c, r->in.low);
	csv_real(&c, r->in.high);
	csv_int(&c, r->n);
	csv_z(&c, r->test);
	csv_real(&c, r->p);
	csv_real(&c, r->adjusted);
	csv_end_row(&c);
}

/* A figure that comes of n prompts, unless there are none. */
static void add_figure(struct buf *out, struct row *r, const char *measure, double value, int64_t n, struct interval in)
{
	r->measure = measure;
	r->value = n > 0 ? value : NAN;
	r->n = n;
	r->in = in;
	add_row(out, r);
}

static void add_group(struct buf *out, const struct stability *s, const char *section, const struct stability_group *g)
{
	struct row r = empty;
	r.section = section;
	r.model = g->model;
	r.version = g->version;
	r.has_day = s->by == STABILITY_BY_DAY && g != &s->overall;
	r.day_ms = g->day_ms;
	add_figure(out, &r, "tar", (double)g->equal / (double)g->tested, g->tested, g->tar);
	add_figure(out, &r, "pairwise_agreement", g->agreement, g->prompts, g->agreement_in);
	add_figure(out, &r, "modal_share", g->modal, g->prompts, g->modal_in);
	add_figure(out, &r, "distinct_outputs", (double)g->outputs, g->prompts, empty.in);
	add_figure(out, &r, "prompts_diverged", (double)g->diverged, g->prompts, empty.in);
}

static void add_versions(struct buf *out, const struct stability_versions *v)
{
	struct row r = empty;
	r.section = "versions";
	r.model = v->model;
	add_figure(out, &r, "agreement_within", v->within, v->prompts, empty.in);
	r.test = "permutation test";
	r.p = v->p;
	r.adjusted = v->adjusted;
	add_figure(out, &r, "agreement_between", v->between, v->prompts, empty.in);
}

static void add_drift(struct buf *out, const struct stability_drift *d)
{
	struct row r = empty;
	r.section = "drift";
	r.model = d->model;
	r.test = d->untested ? d->untested : d->test.name;
	if (!d->untested) {
		r.p = d->test.p;
		r.adjusted = d->adjusted;
	}
	add_figure(out, &r, d->quantity, d->untested ? NAN : d->test.effect, d->before + d->after, d->has_interval ? d->in : empty.in);
}

static void add_mismatch(struct buf *out, const struct stability_mismatch *m)
{
	struct row r = empty;
	r.section = "asked_not_served";
	r.model = m->model;
	r.version = m->asked;
	add_figure(out, &r, "calls", (double)m->calls, m->calls, empty.in);
}

void stability_csv(const struct stability *s, struct buf *out)
{
	buf_z(out, "section,governance_mode,provider,model,version_or_asked,day,measure,value,low,high,n,test,p,adjusted_p\n");
	add_group(out, s, "overall", &s->overall);
	for (size_t i = 0; i < s->n_groups; i++)
		add_group(out, s, "group", &s->groups[i]);
	for (size_t i = 0; i < s->n_versions; i++)
		add_versions(out, &s->versions[i]);
	for (size_t i = 0; i < s->n_drifts; i++)
		add_drift(out, &s->drifts[i]);
	for (size_t i = 0; i < s->n_mismatches; i++)
		add_mismatch(out, &s->mismatches[i]);
}
