/*
 * stat-values: what common/stats/ gives for many made-up samples, a line each, "NAME INPUT... = OUTPUT...", so that another implementation can say whether
 * it agrees (tests/cli/statistics.bats). Equal at each run. A sample of quantities is written as n and its values.
 */
#include "stats/distributions.h"
#include "stats/intervals.h"
#include "stats/multiple.h"
#include "stats/resample.h"
#include "stats/tests.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define CASES 200
#define SAMPLE_MAX 101

static struct random source = { 42 };

static int64_t below(int64_t n)
{
	return (int64_t)random_below(&source, (uint64_t)n);
}

static void rates(void)
{
	int64_t scale = below(2) ? 2000 : 30, n = 1 + below(scale), m = 1 + below(scale), a = below(n + 1), b = below(m + 1);
	struct interval w = interval_wilson(a, n), d = interval_newcombe(a, n, b, m);
	printf("wilson %" PRId64 " %" PRId64 " = %.17g %.17g\n", a, n, w.low, w.high);
	printf("newcombe %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " = %.17g %.17g\n", a, n, b, m, d.low, d.high);
	printf("fisher %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " = %.17g\n", a, n - a, b, m - b, test_fisher(a, n - a, b, m - b));
	printf("proportions %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " = %.17g\n", a, n, b, m, test_two_proportions(a, n, b, m));
}

static struct sketch *sample(size_t n, double scale)
{
	struct sketch *s = sketch_new();
	printf(" %zu", n);
	for (size_t i = 0; i < n; i++) {
		int64_t v = (int64_t)(scale * exp(4 * random_unit(&source))) - 1;
		printf(" %" PRId64, v);
		sketch_add(s, v);
	}
	return s;
}

static void quantities(void)
{
	printf("samples");
	struct sketch *a = sample(2 + (size_t)below(SAMPLE_MAX), 1 + 9 * random_unit(&source));
	struct sketch *b = sample(2 + (size_t)below(SAMPLE_MAX), 1 + 9 * random_unit(&source));
	struct logs x = logs_of(a), y = logs_of(b);
	struct test ranks, steps, means = { 0 };
	test_mann_whitney(a, b, &ranks);
	test_kolmogorov_smirnov(a, b, &steps);
	test_welch(&x, &y, &means);
	printf(" = %.17g %.17g %.17g %.17g %.17g %.17g\n", ranks.effect, ranks.p, steps.effect, steps.p, means.effect, means.p);
	sketch_free(a);
	sketch_free(b);
}

/* Of 101 values each percentile is one of them by every definition. */
static void percentiles(void)
{
	printf("percentiles");
	struct sketch *s = sample(SAMPLE_MAX, 1000);
	printf(" =");
	for (int percent = 1; percent <= 100; percent++)
		printf(" %.17g", sketch_percentile(s, percent));
	printf("\n");
	sketch_free(s);
}

static void tails(void)
{
	double x = 6 * random_unit(&source), df = 1 + (double)below(300);
	printf("tails %.17g %.17g = %.17g %.17g %.17g %.17g\n", x, df, normal_two_sided(x), student_two_sided(x, df), chi_square_above(x * df / 3, df),
	       kolmogorov_above(x / 2));
}

static void adjusted(void)
{
	double p[30], q[30];
	size_t n = 1 + (size_t)below(30);
	printf("adjusted");
	for (size_t i = 0; i < n; i++)
		printf(" %.17g", p[i] = below(4) ? random_unit(&source) * random_unit(&source) : 0.25);
	multiple_adjust(p, n, q);
	printf(" =");
	for (size_t i = 0; i < n; i++)
		printf(" %.17g", q[i]);
	printf("\n");
}

int main(void)
{
	for (int i = 0; i < CASES; i++) {
		rates();
		quantities();
		percentiles();
		tails();
		adjusted();
	}
	return 0;
}
