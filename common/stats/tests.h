/*
 * Tests of two samples against each other: is there a difference, how large is it, and how often would one as large come by chance (p, two-sided) if there were none.
 * Quantities are tested as sketches: values of one bin, which lie within 2 % of each other, count as equal.
 */
#ifndef ROS_STATS_TESTS_H
#define ROS_STATS_TESTS_H

#include "stats/sketch.h"

#include <stdbool.h>
#include <stdint.h>

struct test {
	const char *name;
	double effect; /* what it measures, said at each test */
	double p;
};

/* All return false, and leave *t, where nothing can be tested: a sample is empty, or too small, or nothing varies. */

/*
 * Two rates, hits of n; effect: a's rate minus b's. Fisher's exact test where an expected count is below 1000, otherwise the z test of two
 * proportions. The usual limit of 5 (Cochran: Some methods for strengthening the common chi-square tests, Biometrics 10, 1954) is for p near 0.05; the small p that
 * many tests at once must reach lie in a tail where the normal distribution is too thin, and gives false alarms.
 */
bool test_rates(int64_t a_hits, int64_t a_n, int64_t b_hits, int64_t b_n, struct test *t);

/*
 * Fisher's exact test of the table [[a, b], [c, d]] of counts: the sum of the probabilities of all tables with these margins that are not more probable
 * (Fisher: Statistical Methods for Research Workers, 1934; the two-sided rule is that of R and scipy). It takes as many steps as the smallest margin.
 */
double test_fisher(int64_t a, int64_t b, int64_t c, int64_t d);

/* The z test of two proportions with the pooled variance, without continuity correction (Pearson's chi-square of the table); 1 where it is 0. */
double test_two_proportions(int64_t a_hits, int64_t a_n, int64_t b_hits, int64_t b_n);

/*
 * Which of the two has the larger values; effect: the chance that a value of a is larger than one of b, equal ones half: 0.5 where there is no difference. The
 * normal approximation with correction for ties, without one for continuity (Mann, Whitney: Ann. Math. Stat. 18, 1947; Lehmann: Nonparametrics, 1975).
 */
bool test_mann_whitney(const struct sketch *a, const struct sketch *b, struct test *t);

/*
 * Any difference of the distributions; effect: the largest difference of the shares below a value. p by Kolmogorov's limiting distribution, which for ties, as in
 * bins, is too large rather than too small (Smirnov: Ann. Math. Stat. 19, 1948; Noether: Elements of Nonparametric Statistics, 1967).
 */
bool test_kolmogorov_smirnov(const struct sketch *a, const struct sketch *b, struct test *t);

/* n values whose logarithms are known by their bins, as integers: their number, sum, and sum of squares. Zeros have no logarithm, and are left out. */
struct logs {
	int64_t n, sum;
	double squares; /* an integer as well, exact below 2^53 */
};

void logs_add(struct logs *l, int64_t value, int64_t count);
struct logs logs_of(const struct sketch *s);

/*
 * Means of logarithms, for quantities that differ by factors; effect: the ratio of the geometric means, a's to b's. Welch's t test (Welch: The generalization of
 * Student's problem, Biometrika 34, 1947). At least two values a side.
 */
bool test_welch(const struct logs *a, const struct logs *b, struct test *t);

#endif
