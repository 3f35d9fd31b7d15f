/* The stability of a scope for people: sentences and small tables of at most 100 columns or so, each figure with its n and interval. */
#include "stability/stability.h"

#include "base/timefmt.h"

#include <inttypes.h>

static void add_time(struct buf *out, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	buf_fmt(out, "%.10s %.8s UTC", text, text + 11);
}

static void add_share(struct buf *out, double v, struct interval in)
{
	buf_fmt(out, "%.1f %% (%.1f to %.1f)", 100 * v, 100 * in.low, 100 * in.high);
}

static void add_model(struct buf *out, const struct stability *s, const struct stability_model *m)
{
	buf_fmt(out, "%.*s/%.*s", STR_ARG(m->provider), STR_ARG(m->model));
	if (s->mixed)
		buf_fmt(out, " (%.*s)", STR_ARG(m->mode));
}

static void add_label(struct buf *out, const struct stability *s, const struct stability_group *g)
{
	char day[TIME_TEXT];
	time_format(g->day_ms, day);
	if (g->model)
		add_model(out, s, g->model);
	else
		buf_fmt(out, "%.10s", g == &s->overall ? "all" : day);
	if (s->by == STABILITY_BY_VERSION && g->model)
		buf_fmt(out, " %.*s", STR_ARG(g->version.p ? g->version : STR("(version not stated)")));
}

static void add_tar(struct buf *out, const struct stability_group *g)
{
	if (g->tested == 0) {
		buf_z(out, "    no prompt was asked often enough for a rate\n");
		return;
	}
	buf_z(out, "    all equal            ");
	add_share(out, (double)g->equal / (double)g->tested, g->tar);
	buf_fmt(out, ", %" PRId64 " of ", g->equal);
	buf_plural(out, g->tested, "prompt", "prompts");
	buf_z(out, g->outside ? "; unlike the other days\n" : "\n");
	if (g->equal == g->tested)
		buf_fmt(out, "                         no difference was seen; as many as %.2g %% of prompts may still differ\n",
		        100 * interval_none_seen(g->tested));
}

static void add_group(struct buf *out, const struct stability *s, const struct stability_group *g)
{
	buf_z(out, "\n  ");
	add_label(out, s, g);
	buf_z(out, ": ");
	buf_plural(out, g->calls, "call, ", "calls, ");
	buf_plural(out, g->prompts, "prompt", "prompts");
	buf_fmt(out, " asked more than once, %" PRId64 " asked once\n", g->once);
	if (g->prompts == 0)
		return;
	add_tar(out, g);
	buf_z(out, "    two calls agree      ");
	add_share(out, g->agreement, g->agreement_in);
	buf_z(out, "\n    most frequent output ");
	add_share(out, g->modal, g->modal_in);
	buf_fmt(out, "\n    different outputs    %.2f a prompt, at most %" PRId64 "\n", (double)g->outputs / (double)g->prompts, g->most_outputs);
	if (g->diverged > 0) {
		buf_z(out, "    first difference     ");
		add_time(out, g->diverged_ms);
		buf_z(out, ", in ");
		buf_plural(out, g->diverged, "prompt in all\n", "prompts in all\n");
	}
}

static void add_p(struct buf *out, double p, double adjusted)
{
	buf_fmt(out, "p %.2g, adjusted %.2g", p, adjusted);
}

static void add_versions(struct buf *out, const struct stability *s)
{
	buf_z(out, "\nVersions of a model: do two calls of one version agree more often than two of different versions?\n\n");
	if (s->n_versions == 0)
		buf_z(out, "  not tested: no prompt was answered by two versions of a model, and twice by one of them\n");
	for (size_t i = 0; i < s->n_versions; i++) {
		const struct stability_versions *v = &s->versions[i];
		buf_z(out, "  ");
		add_model(out, s, v->model);
		buf_fmt(out, ": %.1f %% within a version, %.1f %% between; %" PRId64 " calls, ", 100 * v->within, 100 * v->between, v->calls);
		buf_plural(out, v->prompts, "prompt; permutation test, ", "prompts; permutation test, ");
		add_p(out, v->p, v->adjusted);
		buf_z(out, v->adjusted <= STABILITY_DRIFT_P ? ": the versions differ\n" : ": no difference shown\n");
	}
}

static void add_drift(struct buf *out, const struct stability *s, const struct stability_drift *d)
{
	buf_z(out, "  ");
	add_model(out, s, d->model);
	buf_fmt(out, ", %s: %s %.3g", d->quantity, stability_measures[d->measure], d->test.effect);
	if (d->has_interval)
		buf_fmt(out, " (%.3g to %.3g)", d->in.low, d->in.high);
	buf_fmt(out, "; n %" PRId64 ", %" PRId64 "; %s, ", d->before, d->after, d->test.name);
	add_p(out, d->test.p, d->adjusted);
	buf_char(out, '\n');
}

static void add_drifts(struct buf *out, const struct stability *s)
{
	buf_fmt(out, "\nDrift, before and after ");
	add_time(out, s->middle_ms);
	buf_z(out, ": ");
	buf_plural(out, (int64_t)s->n_tests, "test", "tests");
	buf_fmt(out, "; taken for real where the adjusted p is at most %.2g\n\n", STABILITY_DRIFT_P);
	size_t real = 0;
	for (; real < s->n_tests && s->drifts[real].adjusted <= STABILITY_DRIFT_P; real++)
		add_drift(out, s, &s->drifts[real]);
	buf_fmt(out, "  no drift is shown by the other %zu; --format json and csv have their figures\n", s->n_tests - real);
	for (size_t i = s->n_tests; i < s->n_drifts; i++) {
		buf_z(out, "  ");
		add_model(out, s, s->drifts[i].model);
		buf_fmt(out, ", %s: not tested, %s\n", s->drifts[i].quantity, s->drifts[i].untested);
	}
}

static void add_mismatches(struct buf *out, const struct stability *s)
{
	buf_z(out, "\nAsked for one model, served by another\n\n");
	if (s->n_mismatches == 0)
		buf_z(out, "  none recorded\n");
	for (size_t i = 0; i < s->n_mismatches; i++) {
		const struct stability_mismatch *m = &s->mismatches[i];
		buf_fmt(out, "  %.*s: served by ", STR_ARG(m->asked));
		add_model(out, s, m->model);
		buf_z(out, ", ");
		buf_plural(out, m->calls, "call\n", "calls\n");
	}
}

void stability_text(const struct stability *s, struct buf *out)
{
	if (s->calls == 0) {
		buf_z(out, "No calls in the scope.\n");
		return;
	}
	buf_z(out, "Stability of ");
	buf_plural(out, s->calls, "call, ", "calls, ");
	add_time(out, s->first_ms);
	buf_z(out, " to ");
	add_time(out, s->last_ms);
	buf_fmt(out, "\nRead from the record. Left out: %" PRId64 " without success, %" PRId64 " without hashes of prompt and output.\n", s->failed, s->unhashed);
	if (s->mixed)
		buf_z(out, "DEMO and LIVE calls are both in the scope, and stand together in the figures for all.\n");
	buf_fmt(out, "\nEqual prompts, equal outputs? Shares with 95 %% intervals; \"all equal\" is TARr@%d: the first %d outputs of a prompt.\n", s->repeats,
	        s->repeats);
	add_group(out, s, &s->overall);
	for (size_t i = 0; i < s->n_groups; i++)
		add_group(out, s, &s->groups[i]);
	add_versions(out, s);
	add_drifts(out, s);
	add_mismatches(out, s);
}
