/* What of a model has drifted: its quantities and statuses in the second half of the period against the first. */
#include "stability/calls.h"

#include "base/mem.h"
#include "stats/multiple.h"
#include "stats/psi.h"
#include "stats/resample.h"

#include <math.h>
#include <stdlib.h>

#define CALLS_MIN 20 /* a half: with less the distributions that p comes from do not hold */
#define ROUNDS 2000

static const char *const quantities[QUANTITIES] = { "latency", "cost", "input tokens", "output tokens" };

const char *const stability_measures[] = {
	[MEASURE_MEDIANS] = "median, later / earlier",
	[MEASURE_SHARES] = "largest difference of shares",
	[MEASURE_RATES] = "rate, later - earlier",
	[MEASURE_PSI] = "population stability index",
};

static struct stability_drift *add(struct stability *s, size_t model, const char *quantity, enum stability_measure measure, int64_t before, int64_t after)
{
	s->drifts = mem_more(s->drifts, s->n_drifts, sizeof *s->drifts);
	struct stability_drift *d = &s->drifts[s->n_drifts++];
	*d = (struct stability_drift){ .model = &s->models[model], .quantity = quantity, .measure = measure, .before = before, .after = after };
	if (before < CALLS_MIN || after < CALLS_MIN)
		d->untested = "fewer than 20 calls with that figure in a half of the period";
	return d;
}

/*
 * Latencies have long tails: ranks. Costs differ by factors: logarithms. Tokens: any change of their distribution, as of another mix of prompts. Where ranks or
 * logarithms differ, the ratio of medians says by how much.
 */
static void test_quantity(struct stability *s, size_t model, enum quantity q, const struct half *before, const struct half *after)
{
	static const enum stability_measure measures[QUANTITIES] = { MEASURE_MEDIANS, MEASURE_MEDIANS, MEASURE_SHARES, MEASURE_SHARES };
	const struct sketch *b = before->quantities[q], *a = after->quantities[q];
	struct logs later = logs_of(a), earlier = logs_of(b);
	struct stability_drift *d = add(s, model, quantities[q], measures[q], sketch_count(b), sketch_count(a));
	if (d->untested)
		return;
	bool ok = q == QUANTITY_LATENCY ? test_mann_whitney(a, b, &d->test) :
	          q == QUANTITY_COST    ? test_welch(&later, &earlier, &d->test) :
	                                  test_kolmogorov_smirnov(a, b, &d->test);
	if (!ok) {
		d->untested = "the value never changes";
	} else if (q == QUANTITY_LATENCY || q == QUANTITY_COST) {
		double median = sketch_quantile(b, 0.5);
		d->test.effect = sketch_quantile(a, 0.5) / median;
		d->in = resample_ratio(a, b, 0.5, ROUNDS, RESAMPLE_SEED);
		d->has_interval = isfinite(d->in.high);
		if (median <= 0)
			d->untested = "the earlier median is 0";
	}
}

static int64_t calls_of(const struct half *h)
{
	int64_t n = 0;
	for (int i = 0; i < STATUSES; i++)
		n += h->statuses[i];
	return n;
}

static void test_statuses(struct stability *s, size_t model, const struct half *before, const struct half *after)
{
	int64_t n = calls_of(before), m = calls_of(after), failed = n - before->statuses[0], failed_later = m - after->statuses[0];
	struct stability_drift *d = add(s, model, "calls without success", MEASURE_RATES, n, m);
	if (!d->untested) {
		test_rates(failed_later, m, failed, n, &d->test);
		d->in = interval_newcombe(failed_later, m, failed, n);
		d->has_interval = true;
	}
	d = add(s, model, "mix of statuses", MEASURE_PSI, n, m);
	if (!d->untested && !psi_test(before->statuses, after->statuses, STATUSES, &d->test))
		d->untested = "all calls have one status";
}

/* Tested ones first, the surest at the top; otherwise as they were made. */
static int by_adjusted(const void *a, const void *b)
{
	const struct stability_drift *x = a, *y = b;
	if (!x->untested != !y->untested)
		return x->untested ? 1 : -1;
	if (!x->untested && x->adjusted != y->adjusted)
		return x->adjusted < y->adjusted ? -1 : 1;
	int order = models_order(x->model, y->model);
	return order ? order : str_cmp(str_of(x->quantity), str_of(y->quantity));
}

static void adjust(struct stability *s)
{
	double *p = mem_array(s->n_drifts + 1, sizeof *p), *adjusted = mem_array(s->n_drifts + 1, sizeof *adjusted);
	size_t n = 0;
	for (size_t i = 0; i < s->n_drifts; i++)
		if (!s->drifts[i].untested)
			p[n++] = s->drifts[i].test.p;
	multiple_adjust(p, n, adjusted);
	s->n_tests = n;
	n = 0;
	for (size_t i = 0; i < s->n_drifts; i++)
		if (!s->drifts[i].untested)
			s->drifts[i].adjusted = adjusted[n++];
	free(p);
	free(adjusted);
}

void drift_test(struct calls *c)
{
	struct stability *s = c->s;
	for (size_t i = 0; i < s->n_models; i++) {
		const struct half *before = &c->halves[i].before, *after = &c->halves[i].after;
		if (calls_of(before) + calls_of(after) == 0)
			continue;
		for (int q = 0; q < QUANTITIES; q++)
			test_quantity(s, i, (enum quantity)q, before, after);
		test_statuses(s, i, before, after);
	}
	adjust(s);
	if (s->n_drifts > 0)
		qsort(s->drifts, s->n_drifts, sizeof *s->drifts, by_adjusted);
}
