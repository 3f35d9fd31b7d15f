/*
 * planted N: what the statistics make of N data sets of which the truth is known, a line a figure: "NAME VALUE OF". A third of the sets has a slice that is
 * bad, a third a model that has drifted, a third nothing. Then how often intervals hold the truth. Equal arguments give equal lines.
 */
#include "base/mem.h"
#include "slice/slice.h"
#include "slice/table.h"
#include "stability/calls.h"
#include "stats/multiple.h"
#include "stats/resample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COLUMNS 4
#define ROWS 6000
#define MODELS 5
#define HALF 600      /* calls of a model in a half */
#define COVERAGE 50   /* samples of each interval, times N */
#define ROUNDS 400

static struct random source = { 2026 };

static double normal(void)
{
	return sqrt(-2 * log1p(-random_unit(&source))) * cos(2 * M_PI * random_unit(&source));
}

/* Slices. */

static const int cardinality[COLUMNS] = { 6, 8, 3, 2 };

/* What is bad: one or two columns with a value. */
struct plant {
	int columns[2], values[2];
	int one_in; /* 0: as chance will have it */
	double base, factor;
};

static bool is_planted(const struct plant *p, const int *row)
{
	return row[p->columns[0]] == p->values[0] && (p->columns[1] < 0 || row[p->columns[1]] == p->values[1]);
}

/* Large enough for 100 calls at least in the part that is searched: 4000 / (6 x 6), 4000 / (8 x 3) ... */
static struct plant draw_plant(void)
{
	static const int pairs[][2] = { { 0, -1 }, { 1, -1 }, { 0, 2 }, { 1, 2 }, { 0, 3 }, { 1, 3 } };
	const int *pair = pairs[random_below(&source, 6)];
	struct plant p = { .columns = { pair[0], pair[1] }, .base = .1 + .2 * random_unit(&source), .factor = 2 + random_unit(&source) };
	for (int i = 0; i < 2; i++)
		p.values[i] = p.columns[i] < 0 ? 0 : (int)random_below(&source, (uint64_t)cardinality[p.columns[i]]);
	return p;
}

/* One value of a column, which a call in forty has: 100 of those that are searched. */
static struct plant draw_small_plant(void)
{
	return (struct plant){ .columns = { 0, -1 }, .one_in = 40, .base = .1 + .2 * random_unit(&source), .factor = 2 + random_unit(&source) };
}

static struct slices *make_slices(const struct plant *p, bool planted)
{
	static const char *const names[] = { "0", "1", "2", "3", "4", "5", "6", "7" };
	struct slices *s = mem_alloc(sizeof *s);
	s->metric = slice_metrics;
	s->options = (struct slice_options){ .metric = s->metric, .n_by = COLUMNS, .depth = 3, .min_size = 30, .top = 1000 };
	s->table = slice_table_new(COLUMNS);
	for (int c = 0; c < COLUMNS; c++)
		s->options.by[c] = &slice_attributes[c];
	for (int i = 0; i < ROWS; i++) {
		int row[COLUMNS];
		struct str cells[COLUMNS];
		for (int c = 0; c < COLUMNS; c++)
			row[c] = (int)random_below(&source, (uint64_t)cardinality[c]);
		if (p->one_in > 0)
			row[0] = i % p->one_in == 0 ? p->values[0] : 1 + (int)random_below(&source, (uint64_t)cardinality[0] - 1);
		for (int c = 0; c < COLUMNS; c++)
			cells[c] = str_of(names[row[c]]);
		double rate = p->base * (planted && is_planted(p, row) ? p->factor : 1);
		slice_table_add(s->table, i, random_unit(&source) < rate, cells);
	}
	slice_table_split(s);
	slice_search(s);
	return s;
}

/* How the slice relates to what was planted: 2 it is that, 1 it is worse in truth, since it shares a condition and contradicts none, 0 it is a false alarm. */
static int truth_of(const struct slice *r, const struct plant *p, bool planted)
{
	int shared = 0, conditions = p->columns[1] < 0 ? 1 : 2;
	for (size_t i = 0; i < r->n_conditions && planted; i++)
		for (int k = 0; k < conditions; k++) {
			if (r->conditions[i].attribute - slice_attributes != p->columns[k])
				continue;
			if (r->conditions[i].value.p[0] - '0' != p->values[k])
				return 0;
			shared++;
		}
	return shared == conditions && r->n_conditions == (size_t)conditions ? 2 : shared > 0;
}

struct tally {
	double sets, planted, found, first, confirmed, false_share, false_confirmed_share, alarms;
};

static void count_slices(struct tally *t, const struct slices *s, const struct plant *p, bool planted)
{
	double wrong = 0, confirmed = 0, wrong_confirmed = 0;
	for (size_t i = 0; i < s->n; i++) {
		int truth = truth_of(&s->v[i], p, planted);
		t->found += truth == 2;
		t->first += truth == 2 && i == 0;
		t->confirmed += truth == 2 && s->v[i].confirmed;
		wrong += truth == 0;
		confirmed += s->v[i].confirmed;
		wrong_confirmed += truth == 0 && s->v[i].confirmed;
	}
	t->sets++;
	t->planted += planted;
	t->false_share += s->n ? wrong / (double)s->n : 0;
	t->false_confirmed_share += confirmed > 0 ? wrong_confirmed / confirmed : 0;
	t->alarms += !planted && s->n > 0;
}

/* The p of the one test of the slice that is known to be bad. */
static double p_of_plant(const struct slices *s, const struct plant *p)
{
	int64_t in = 0, hits = 0, all = 0;
	struct test t;
	for (size_t row = 0; row < s->table->n; row++) {
		if (s->table->times[row] >= s->split_ms)
			continue;
		bool planted = row % (size_t)p->one_in == 0;
		in += planted;
		hits += planted ? s->table->values[row] : 0;
		all += s->table->values[row];
	}
	return test_rates(hits, in, all - hits, s->first_n - in, &t) && t.effect > 0 ? t.p : 1;
}

/*
 * Recall of slices of exactly 100 calls, and what the exact test allows: how often it sees the slice alone, and how often at the level that remains for one of the
 * tests that were made, as it must where nothing else is bad.
 */
static void print_small_slices(int n)
{
	int found = 0, alone = 0, among = 0;
	for (int i = 0; i < n; i++) {
		struct plant plant = draw_small_plant();
		struct slices *s = make_slices(&plant, true);
		double p = p_of_plant(s, &plant);
		for (size_t k = 0; k < s->n; k++)
			found += truth_of(&s->v[k], &plant, true) == 2;
		alone += p <= SLICE_FOUND_P;
		among += p <= SLICE_FOUND_P / (double)s->tests;
		slice_free(s);
	}
	printf("slices_found_of_100_calls %.4f %d\n", (double)found / n, n);
	printf("power_at_100_calls_one_test %.4f %d\n", (double)alone / n, n);
	printf("power_at_100_calls_all_tests %.4f %d\n", (double)among / n, n);
}

/* Drift: models whose latency, cost, tokens and failures are drawn; one of them changes. */

struct world {
	struct stability s;
	struct calls c;
};

static void fill_half(struct half *h, double factor, double failures)
{
	for (int i = 0; i < HALF; i++) {
		int status = random_unit(&source) < failures ? 1 + (int)random_below(&source, STATUSES - 1) : 0;
		h->statuses[status]++;
		sketch_add(h->quantities[QUANTITY_LATENCY], (int64_t)(1000 * factor * exp(.6 * normal())));
		sketch_add(h->quantities[QUANTITY_COST], (int64_t)(1e6 * factor * exp(.9 * normal())));
		sketch_add(h->quantities[QUANTITY_INPUT], (int64_t)(500 * exp(.5 * normal())));
		sketch_add(h->quantities[QUANTITY_OUTPUT], (int64_t)(200 * factor * exp(.7 * normal())));
	}
}

/* Counts what is found of model 0, which drifted where that is asked for, and what is found of others. */
static void try_drift(bool drifted, double *expected, double *found, double *false_share)
{
	struct world w = { .s = { .n_models = MODELS } };
	struct halves halves[MODELS] = { 0 };
	struct stability_model models[MODELS] = { 0 };
	w.s.models = models;
	w.c = (struct calls){ .s = &w.s, .halves = halves };
	for (int m = 0; m < MODELS; m++) {
		double factor = drifted && m == 0 ? 2 : 1, rate = .1 + .05 * m;
		for (int q = 0; q < QUANTITIES; q++) {
			halves[m].before.quantities[q] = sketch_new();
			halves[m].after.quantities[q] = sketch_new();
		}
		fill_half(&halves[m].before, 1, rate);
		fill_half(&halves[m].after, factor, rate * factor);
	}
	drift_test(&w.c);
	double wrong = 0, real = 0;
	for (size_t i = 0; i < w.s.n_tests; i++) {
		const struct stability_drift *d = &w.s.drifts[i];
		bool true_drift = drifted && d->model == models && str_cmp(str_of(d->quantity), STR("input tokens")) != 0;
		*expected += true_drift;
		real += d->adjusted <= STABILITY_DRIFT_P;
		*found += true_drift && d->adjusted <= STABILITY_DRIFT_P;
		wrong += !true_drift && d->adjusted <= STABILITY_DRIFT_P;
	}
	*false_share += real > 0 ? wrong / real : 0;
	for (int m = 0; m < MODELS; m++)
		for (int q = 0; q < QUANTITIES; q++) {
			sketch_free(halves[m].before.quantities[q]);
			sketch_free(halves[m].after.quantities[q]);
		}
	free(w.s.drifts);
}

/* Intervals. */

static int64_t hits(int64_t n, double rate)
{
	int64_t h = 0;
	for (int64_t i = 0; i < n; i++)
		h += random_unit(&source) < rate;
	return h;
}

static bool holds(struct interval i, double truth)
{
	return i.low <= truth && truth <= i.high;
}

static bool wilson_holds(void)
{
	int64_t n = 50 + (int64_t)random_below(&source, 400);
	double rate = .05 + .9 * random_unit(&source);
	return holds(interval_wilson(hits(n, rate), n), rate);
}

static bool newcombe_holds(void)
{
	int64_t n = 50 + (int64_t)random_below(&source, 400), m = 50 + (int64_t)random_below(&source, 400);
	double p = .05 + .9 * random_unit(&source), q = .05 + .9 * random_unit(&source);
	return holds(interval_newcombe(hits(n, p), n, hits(m, q), m), p - q);
}

static bool ratio_holds(void)
{
	int64_t n = 50 + (int64_t)random_below(&source, 400), m = 50 + (int64_t)random_below(&source, 400);
	double ratio = .5 + 2 * random_unit(&source);
	struct sketch *a = sketch_new(), *b = sketch_new();
	for (int64_t i = 0; i < n; i++)
		sketch_add(a, (int64_t)(5000 * ratio * exp(.7 * normal())));
	for (int64_t i = 0; i < m; i++)
		sketch_add(b, (int64_t)(5000 * exp(.7 * normal())));
	bool ok = holds(resample_ratio(a, b, .5, ROUNDS, random_bits(&source)), ratio);
	sketch_free(a);
	sketch_free(b);
	return ok;
}

static bool odds_holds(void)
{
	struct stratum s[4];
	struct strata_result r;
	double odds = 1 + 3 * random_unit(&source);
	for (int i = 0; i < 4; i++) {
		double p = .1 + .2 * i, o = p / (1 - p) * odds;
		int64_t n = 60 + (int64_t)random_below(&source, 200), m = 60 + (int64_t)random_below(&source, 200), a = hits(n, o / (1 + o)), c = hits(m, p);
		s[i] = (struct stratum){ a, n - a, c, m - c };
	}
	return strata_mantel_haenszel(s, 4, &r) && r.low <= odds && odds <= r.high;
}

static void print_coverage(const char *name, bool (*one)(void), int n)
{
	int held = 0;
	for (int i = 0; i < n; i++)
		held += one();
	printf("covers_%s %.4f %d\n", name, (double)held / n, n);
}

int main(int argc, char **argv)
{
	int64_t n = 0;
	if (argc != 2 || !num_int_in(str_of(argv[1]), 3, 100000, &n)) {
		fputs("usage: planted N\n", stderr);
		return ROS_USAGE;
	}
	struct tally t = { 0 };
	double expected = 0, drifts = 0, false_drifts = 0;
	for (int64_t i = 0; i < n; i++) {
		struct plant p = draw_plant();
		struct slices *s = make_slices(&p, i % 3 == 0);
		count_slices(&t, s, &p, i % 3 == 0);
		slice_free(s);
		try_drift(i % 3 == 1, &expected, &drifts, &false_drifts);
	}
	printf("slices_found %.4f %.0f\n", t.found / t.planted, t.planted);
	printf("slices_found_first %.4f %.0f\n", t.first / t.planted, t.planted);
	printf("slices_confirmed %.4f %.0f\n", t.confirmed / t.planted, t.planted);
	printf("slices_false_share %.4f %.0f\n", t.false_share / t.sets, t.sets);
	printf("slices_false_share_confirmed %.4f %.0f\n", t.false_confirmed_share / t.sets, t.sets);
	printf("slices_alarms_where_nothing_is %.4f %.0f\n", t.alarms / (t.sets - t.planted), t.sets - t.planted);
	printf("drifts_found %.4f %.0f\n", drifts / expected, expected);
	printf("drifts_false_share %.4f %.0f\n", false_drifts / (double)n, (double)n);
	print_coverage("wilson", wilson_holds, (int)n * COVERAGE);
	print_coverage("newcombe", newcombe_holds, (int)n * COVERAGE);
	print_coverage("ratio_of_medians", ratio_holds, (int)n * COVERAGE / 5);
	print_coverage("odds_ratio", odds_holds, (int)n * COVERAGE);
	print_small_slices((int)n);
	return 0;
}
