/* Tests, strata, many tests at once, resampling, the stability index: published values, and what follows from the definitions. */
#include "base/mem.h"
#include "stats/distributions.h"
#include "stats/multiple.h"
#include "stats/psi.h"
#include "stats/resample.h"
#include "stats/strata.h"
#include "stats/tests.h"

#include "../lib/unit.h"

#include <math.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool near(double got, double want, double by)
{
	if (!(fabs(got - want) <= by))
		printf("#   got %.12g, want %.12g\n", got, want);
	return fabs(got - want) <= by;
}

/* Tables of the distributions: Abramowitz and Stegun 26.7, 26.8, 26.10; Smirnov's 1.3581 for 5 %. */
static void tails_are_those_of_the_tables(void)
{
	CHECK(near(normal_two_sided(1.959963984540054), .05, 1e-12));
	CHECK(near(student_two_sided(2.2281388519649385, 10), .05, 1e-10));
	CHECK(near(student_two_sided(0, 3), 1, 1e-12));
	CHECK(near(student_two_sided(12.706204736432095, 1), .05, 1e-10));
	CHECK(near(student_two_sided(1.9599663568141166, 1e6), .05, 1e-8));
	CHECK(near(chi_square_above(3.841458820694124, 1), .05, 1e-12));
	CHECK(near(chi_square_above(18.307038053275146, 10), .05, 1e-12));
	CHECK(near(chi_square_above(0, 4), 1, 0));
	CHECK(near(chi_square_above(2, 2), exp(-1), 1e-12));
	CHECK(near(kolmogorov_above(1.3580986393225505), .05, 1e-9));
	CHECK(kolmogorov_above(0) == 1);
	CHECK(near(kolmogorov_above(1 - 1e-12), kolmogorov_above(1), 1e-10));
}

/* Fisher's tea of 1935 with 3 of 4 cups; scipy's documentation; a table whose probabilities cannot be numbers. */
static void fisher_gives_the_published_values(void)
{
	CHECK(near(test_fisher(3, 1, 1, 3), 34.0 / 70, 1e-14));
	CHECK(near(test_fisher(8, 2, 1, 5), .03496503496503495, 1e-14));
	CHECK(test_fisher(0, 0, 0, 0) == 1);
	CHECK(test_fisher(0, 5, 0, 7) == 1);
	CHECK(test_fisher(100000, 0, 0, 100000) == 0);
}

static void rates_are_tested_exactly_where_counts_are_small(void)
{
	struct test t;
	CHECK(test_rates(3, 4, 1, 4, &t));
	CHECK_STR(str_of(t.name), "Fisher's exact test");
	CHECK(near(t.effect, .5, 1e-15));
	CHECK(test_rates(5600, 7000, 4800, 8000, &t));
	CHECK_STR(str_of(t.name), "z test of two proportions");
	CHECK(near(t.effect, .2, 1e-15));
	CHECK(near(test_two_proportions(56, 70, 48, 80), normal_two_sided(.2 / sqrt(104.0 / 150 * 46 / 150 * (1.0 / 70 + 1.0 / 80))), 1e-15));
	CHECK(near(test_fisher(5050, 4950, 4900, 5100), test_two_proportions(5050, 10000, 4900, 10000), 2e-3)); /* they meet where counts are large */
	CHECK(test_rates(100, 100, 100, 100, &t) && t.p == 1);
	CHECK(test_rates(0, 1000, 0, 1, &t) && t.p == 1);
	CHECK(!test_rates(0, 0, 1, 2, &t));
}

static struct sketch *sketch_of(const int64_t *v, size_t n)
{
	struct sketch *s = sketch_new();
	for (size_t i = 0; i < n; i++)
		sketch_add(s, v[i]);
	return s;
}

/* All values are in bins of their own, so that the bins lose nothing; the sums are done by hand. */
static void ranks_and_steps_are_counted_over_bins(void)
{
	const int64_t a[] = { 0, 10, 100, 1000 }, b[] = { 0, 20, 100, 100, 5000 };
	struct sketch *x = sketch_of(a, COUNT(a)), *y = sketch_of(b, COUNT(b)), *none = sketch_new();
	struct test t;
	/* U: 0 beats 0.5; 10 beats 1; 100 beats 2 + 1; 1000 beats 4. Ties: 0 twice, 100 three times. */
	CHECK(test_mann_whitney(x, y, &t));
	CHECK(near(t.effect, 8.5 / 20, 1e-15));
	CHECK(near(t.p, normal_two_sided((8.5 - 10) / sqrt(20.0 / 12 * (10 - (6.0 + 24) / 72))), 1e-14));
	CHECK(test_kolmogorov_smirnov(x, y, &t));
	CHECK(near(t.effect, .3, 1e-15)); /* at 10: 2 of 4 against 1 of 5 */
	CHECK(near(t.p, kolmogorov_above(.3 * sqrt(20.0 / 9)), 1e-15));
	CHECK(!test_mann_whitney(x, none, &t) && !test_kolmogorov_smirnov(none, y, &t));
	sketch_free(x);
	sketch_free(y);
	sketch_free(none);
}

static void what_does_not_vary_is_not_tested(void)
{
	const int64_t seven[] = { 7, 7, 7 }, zeros[] = { 0, 0, 0 };
	struct sketch *x = sketch_of(seven, 3), *z = sketch_of(zeros, 3);
	struct logs of_x = logs_of(x), of_z = logs_of(z);
	struct test t;
	CHECK(!test_mann_whitney(x, x, &t));
	CHECK(!test_welch(&of_x, &of_x, &t));
	CHECK(!test_welch(&of_z, &of_x, &t));
	CHECK(test_kolmogorov_smirnov(x, x, &t) && t.effect == 0 && t.p == 1);
	CHECK(test_mann_whitney(x, z, &t) && t.effect == 1);
	sketch_free(x);
	sketch_free(z);
}

/* Bins 400, 401, 402 against 400, 410: means 401 and 405, variances 1/3 and 25 of the means, 1.03 degrees of freedom. */
static void logarithms_are_tested_by_welch(void)
{
	struct logs a = { 0 }, b = { 0 };
	for (int k = 400; k <= 402; k++)
		logs_add(&a, (int64_t)exp((k - 0.5) * sketch_log_gamma()), 1);
	logs_add(&b, (int64_t)exp(399.5 * sketch_log_gamma()), 1);
	logs_add(&b, (int64_t)exp(409.5 * sketch_log_gamma()), 1);
	logs_add(&b, 0, 5);
	CHECK_INT(a.sum, 1203);
	CHECK_INT(b.n, 2);
	struct test t;
	double v = 1.0 / 3, w = 25, df = (v + w) * (v + w) / (v * v / 2 + w * w);
	CHECK(test_welch(&a, &b, &t));
	CHECK(near(t.effect, exp(-4 * sketch_log_gamma()), 1e-12));
	CHECK(near(t.p, student_two_sided(4 / sqrt(v + w), df), 1e-12));
}

/* The fifteen p values of the paper's example: four are taken at .05, where Bonferroni takes three. */
static void benjamini_and_hochberg_take_four_of_fifteen(void)
{
	const double p[] = { .0459, .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .3240, .4262, .5719, .6528, .7590, 1 };
	double q[COUNT(p)];
	int taken = 0, bonferroni = 0;
	multiple_adjust(p, COUNT(p), q);
	for (size_t i = 0; i < COUNT(p); i++) {
		taken += q[i] <= .05;
		bonferroni += p[i] * COUNT(p) <= .05;
		CHECK(q[i] >= p[i] && q[i] <= 1);
	}
	CHECK_INT(taken, 4);
	CHECK_INT(bonferroni, 3);
	CHECK(near(q[4], .0095 * 15 / 4, 1e-15));
	multiple_adjust(p, 0, q);
}

/* Bickel, Hammel, O'Connell 1975, as R's UCBAdmissions and mantelhaen.test have it: men and women admitted and refused by six departments. */
static void admissions_to_berkeley_turn_around(void)
{
	const struct stratum ucb[] = { { 512, 313, 89, 19 },   { 353, 207, 17, 8 },   { 120, 205, 202, 391 },
		                       { 138, 279, 131, 244 }, { 53, 138, 94, 299 }, { 22, 351, 24, 317 } };
	struct stratum crude = { 0 };
	for (size_t i = 0; i < COUNT(ucb); i++) {
		crude.a += ucb[i].a;
		crude.b += ucb[i].b;
		crude.c += ucb[i].c;
		crude.d += ucb[i].d;
	}
	struct strata_result r;
	CHECK(strata_mantel_haenszel(&crude, 1, &r));
	CHECK(near(r.odds_ratio, 1.84108, 5e-6) && r.p < 1e-15);
	CHECK(strata_mantel_haenszel(ucb, COUNT(ucb), &r));
	CHECK(near(r.odds_ratio, .9046968, 5e-8));
	CHECK(near(r.low, .7719074, 5e-8) && near(r.high, 1.0603298, 5e-8));
	CHECK(r.p > .2 && r.p < .25);
}

static void strata_without_an_answer_have_none(void)
{
	const struct stratum empty[] = { { 0 }, { 1, 0, 0, 0 }, { 5, 0, 7, 0 } };
	struct strata_result r;
	CHECK(!strata_mantel_haenszel(empty, COUNT(empty), &r));
	CHECK(!strata_mantel_haenszel(NULL, 0, &r));
}

/* Vigna's test vector of SplitMix64, seed 1234567. */
static void the_generator_is_splitmix64(void)
{
	struct random r = { 1234567 };
	CHECK(random_bits(&r) == UINT64_C(6457827717110365317));
	CHECK(random_bits(&r) == UINT64_C(3203168211198807973));
	for (int i = 0; i < 1000; i++) {
		double u = random_unit(&r);
		CHECK(u >= 0 && u < 1 && random_below(&r, 3) < 3);
	}
}

/* Whether labels 1 are in front. */
static double front(const uint32_t *labels, void *n)
{
	size_t sum = 0, half = *(size_t *)n / 2;
	for (size_t i = 0; i < half; i++)
		sum += labels[i];
	return (double)sum;
}

/* Of 20 choices of 3 places of 6 one has the three labels in front: p is 1/20. */
static void a_permutation_test_counts_what_is_as_large(void)
{
	size_t n = 6;
	uint32_t labels[] = { 1, 1, 1, 0, 0, 0 }, other[] = { 1, 1, 1, 0, 0, 0 };
	double p = resample_permute(labels, &n, 1, front, &n, 20000, 1);
	CHECK(near(p, .05, .005));
	CHECK(p == resample_permute(other, &n, 1, front, &n, 20000, 1));
}

static void labels_stay_in_their_blocks(void)
{
	const size_t ends[] = { 2, 4 };
	size_t n = 4;
	uint32_t labels[] = { 1, 1, 0, 0 };
	CHECK(resample_permute(labels, ends, 2, front, &n, 100, 1) == 1);
	CHECK(labels[0] == 1 && labels[1] == 1 && labels[2] == 0);
}

/* The quantile of a resample by one draw and by as many draws as there are values have the same distribution: here their ratios' quartiles. */
static void a_resample_is_one_draw(void)
{
	int64_t v[99];
	for (int i = 0; i < 99; i++)
		v[i] = 1000 + i * i;
	struct sketch *a = sketch_of(v, 99), *b = sketch_of(v, 99);
	struct interval i = resample_ratio(a, b, .5, 4000, 7);
	CHECK(i.low < 1 && i.high > 1 && i.high < 3);
	struct random r = { 9 };
	int below = 0, above = 0;
	for (int round = 0; round < 2000; round++) {
		struct sketch *x = sketch_new(), *y = sketch_new();
		for (int k = 0; k < 99; k++) {
			sketch_add(x, v[random_below(&r, 99)]);
			sketch_add(y, v[random_below(&r, 99)]);
		}
		double ratio = sketch_percentile(x, 50) / sketch_percentile(y, 50);
		below += ratio < i.low;
		above += ratio > i.high;
		sketch_free(x);
		sketch_free(y);
	}
	CHECK(near(below / 2000.0, .025, .013) && near(above / 2000.0, .025, .013));
	sketch_free(a);
	sketch_free(b);
}

static void a_ratio_of_nothing_is_not_known(void)
{
	const int64_t zeros[] = { 0, 0 }, seven[] = { 7, 7 };
	struct sketch *none = sketch_new(), *z = sketch_of(zeros, 2), *s = sketch_of(seven, 2);
	CHECK(isinf(resample_ratio(s, none, .5, 100, 1).high));
	CHECK(isinf(resample_ratio(s, z, .5, 100, 1).high));
	CHECK(resample_ratio(z, s, .5, 100, 1).high == 0);
	sketch_free(none);
	sketch_free(z);
	sketch_free(s);
}

/* Equal mixes of any size are called shifted in one of twenty samples; the usual limit of 0.1 would call it of most small ones and of no large one. */
static void the_stability_index_is_calibrated(void)
{
	struct random r = { 3 };
	for (int64_t n = 100; n <= 10000; n *= 10) {
		int shifted = 0;
		for (int round = 0; round < 1000; round++) {
			int64_t mix[2][4] = { { 0 } };
			for (int64_t i = 0; i < 2 * n; i++)
				mix[i % 2][random_below(&r, 8) % 5 % 4]++;
			struct test t;
			CHECK(psi_test(mix[0], mix[1], 4, &t));
			shifted += t.p <= .05;
		}
		CHECK(near(shifted / 1000.0, .05, .02));
	}
}

static void the_stability_index_of_nothing_is_not_known(void)
{
	const int64_t none[] = { 0, 0 }, one[] = { 5, 0 }, two[] = { 5, 5 };
	struct test t;
	CHECK(!psi_test(none, two, 2, &t) && !psi_test(one, one, 2, &t));
	CHECK(psi_test(one, two, 2, &t) && isfinite(t.effect) && t.p < 1);
}

static void quantiles_move_within_bins(void)
{
	const int64_t v[] = { 0, 1000, 1000, 1000 };
	struct sketch *s = sketch_of(v, 4), *none = sketch_new(), *zero = sketch_of(v, 1);
	CHECK(sketch_quantile(none, .5) == -1 && sketch_quantile(zero, 1) == 0 && sketch_quantile(s, .25) == 0);
	CHECK(sketch_quantile(s, .5) < sketch_quantile(s, .75));
	for (double share = .26; share < 1; share += .01)
		CHECK(near(sketch_quantile(s, share), 1000, 20));
	sketch_free(s);
	sketch_free(none);
	sketch_free(zero);
}

int main(void)
{
	RUN(tails_are_those_of_the_tables);
	RUN(fisher_gives_the_published_values);
	RUN(rates_are_tested_exactly_where_counts_are_small);
	RUN(ranks_and_steps_are_counted_over_bins);
	RUN(what_does_not_vary_is_not_tested);
	RUN(logarithms_are_tested_by_welch);
	RUN(benjamini_and_hochberg_take_four_of_fifteen);
	RUN(admissions_to_berkeley_turn_around);
	RUN(strata_without_an_answer_have_none);
	RUN(the_generator_is_splitmix64);
	RUN(a_permutation_test_counts_what_is_as_large);
	RUN(labels_stay_in_their_blocks);
	RUN(a_resample_is_one_draw);
	RUN(a_ratio_of_nothing_is_not_known);
	RUN(the_stability_index_is_calibrated);
	RUN(the_stability_index_of_nothing_is_not_known);
	RUN(quantiles_move_within_bins);
	return unit_done();
}
