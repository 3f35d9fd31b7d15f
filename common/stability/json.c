/* The stability of a scope as JSON. Each estimate is an object of its value, its n and its interval; what is not known is null. */
#include "stability/stability.h"

#include "base/timefmt.h"
#include "json/writer.h"

#define DIGITS 6

static void add_str(struct json_writer *w, const char *name, struct str v)
{
	json_key(w, name);
	json_str(w, v);
}

static void add_int(struct json_writer *w, const char *name, int64_t v)
{
	json_key(w, name);
	json_int(w, v);
}

static void add_real(struct json_writer *w, const char *name, double v)
{
	json_key(w, name);
	json_real(w, v, DIGITS);
}

static void add_time(struct json_writer *w, const char *name, bool known, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	json_key(w, name);
	json_z(w, known ? text : NULL);
}

static void add_bounds(struct json_writer *w, bool known, struct interval in)
{
	json_key(w, "low");
	known ? json_real(w, in.low, DIGITS) : json_null(w);
	json_key(w, "high");
	known ? json_real(w, in.high, DIGITS) : json_null(w);
}

static void add_estimate(struct json_writer *w, const char *name, double value, int64_t n, struct interval in)
{
	json_key(w, name);
	json_open(w, '{');
	json_key(w, "value");
	n > 0 ? json_real(w, value, DIGITS) : json_null(w);
	add_int(w, "n", n);
	add_bounds(w, n > 0, in);
	json_close(w, '}');
}

static void add_model(struct json_writer *w, const struct stability_model *m)
{
	add_str(w, "governance_mode", m->mode);
	add_str(w, "provider", m->provider);
	add_str(w, "model", m->model);
}

static void add_group(struct json_writer *w, const struct stability *s, const struct stability_group *g)
{
	add_int(w, "calls", g->calls);
	add_int(w, "prompts", g->prompts);
	add_int(w, "prompts_asked_once", g->once);
	add_estimate(w, "tar", g->tested ? (double)g->equal / (double)g->tested : 0, g->tested, g->tar);
	json_key(w, "difference_at_most");
	g->tested > 0 && g->equal == g->tested ? json_real(w, interval_none_seen(g->tested), DIGITS) : json_null(w);
	add_estimate(w, "pairwise_agreement", g->agreement, g->prompts, g->agreement_in);
	add_estimate(w, "modal_share", g->modal, g->prompts, g->modal_in);
	add_int(w, "distinct_outputs", g->outputs);
	add_int(w, "most_distinct_outputs", g->most_outputs);
	add_int(w, "prompts_diverged", g->diverged);
	add_time(w, "first_divergence", g->diverged > 0, g->diverged_ms);
	if (s->by == STABILITY_BY_DAY && g != &s->overall) {
		json_key(w, "outside");
		json_bool(w, g->outside);
	}
}

static void add_groups(struct json_writer *w, const struct stability *s)
{
	json_key(w, "groups");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_groups; i++) {
		const struct stability_group *g = &s->groups[i];
		json_open(w, '{');
		if (g->model)
			add_model(w, g->model);
		if (s->by == STABILITY_BY_VERSION)
			add_str(w, "model_version", g->version);
		if (s->by == STABILITY_BY_DAY)
			add_time(w, "day", true, g->day_ms);
		add_group(w, s, g);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void add_versions(struct json_writer *w, const struct stability *s)
{
	json_key(w, "versions");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_versions; i++) {
		const struct stability_versions *v = &s->versions[i];
		json_open(w, '{');
		add_model(w, v->model);
		add_int(w, "prompts", v->prompts);
		add_int(w, "calls", v->calls);
		add_real(w, "agreement_within", v->within);
		add_real(w, "agreement_between", v->between);
		add_str(w, "test", STR("permutation test"));
		add_real(w, "p", v->p);
		add_real(w, "adjusted_p", v->adjusted);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void add_drift(struct json_writer *w, const struct stability_drift *d)
{
	json_open(w, '{');
	add_model(w, d->model);
	add_str(w, "quantity", str_of(d->quantity));
	add_int(w, "n_before", d->before);
	add_int(w, "n_after", d->after);
	if (d->untested) {
		add_str(w, "not_tested", str_of(d->untested));
	} else {
		add_str(w, "test", str_of(d->test.name));
		add_str(w, "measure", str_of(stability_measures[d->measure]));
		add_real(w, "effect", d->test.effect);
		add_bounds(w, d->has_interval, d->in);
		add_real(w, "p", d->test.p);
		add_real(w, "adjusted_p", d->adjusted);
	}
	json_close(w, '}');
}

static void add_mismatches(struct json_writer *w, const struct stability *s)
{
	json_key(w, "asked_not_served");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_mismatches; i++) {
		json_open(w, '{');
		add_str(w, "asked", s->mismatches[i].asked);
		add_model(w, s->mismatches[i].model);
		add_int(w, "calls", s->mismatches[i].calls);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void add_scope(struct json_writer *w, const struct stability *s)
{
	add_int(w, "repeats", s->repeats);
	json_key(w, "mixed_modes");
	json_bool(w, s->mixed);
	add_time(w, "first_call", s->calls > 0, s->first_ms);
	add_time(w, "middle", s->calls > 0, s->middle_ms);
	add_time(w, "last_call", s->calls > 0, s->last_ms);
	add_int(w, "calls", s->calls);
	add_int(w, "calls_without_success", s->failed);
	add_int(w, "calls_without_hashes", s->unhashed);
}

void stability_json_members(struct json_writer *w, const struct stability *s)
{
	add_scope(w, s);
	add_estimate(w, "tar", s->overall.tested ? (double)s->overall.equal / (double)s->overall.tested : 0, s->overall.tested, s->overall.tar);
	json_key(w, "overall");
	json_open(w, '{');
	add_group(w, s, &s->overall);
	json_close(w, '}');
	add_groups(w, s);
	add_versions(w, s);
	json_key(w, "drift");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_drifts; i++)
		add_drift(w, &s->drifts[i]);
	json_close(w, ']');
	add_int(w, "drift_tests", (int64_t)s->n_tests);
	add_mismatches(w, s);
}

void stability_json(const struct stability *s, struct buf *out)
{
	struct json_writer w;
	json_writer_init(&w, out, true);
	json_open(&w, '{');
	add_str(&w, "generated_by", STR("ros-stability " ROS_VERSION_TEXT));
	add_str(&w, "read_from", STR("record"));
	stability_json_members(&w, s);
	json_close(&w, '}');
	buf_char(out, '\n');
}
