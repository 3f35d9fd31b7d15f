/* Permutations and the bootstrap. */
#include "stats/resample.h"

#include "base/mem.h"
#include "base/num.h"

#include <math.h>
#include <stdlib.h>

uint64_t random_bits(struct random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

double random_unit(struct random *r)
{
	return (double)(random_bits(r) >> 11) * 0x1p-53;
}

uint64_t random_below(struct random *r, uint64_t n)
{
	return (uint64_t)((uint128)random_bits(r) * n >> 64);
}

/* Fisher and Yates. */
static void shuffle(uint32_t *labels, size_t n, struct random *r)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = random_below(r, i);
		uint32_t label = labels[i - 1];
		labels[i - 1] = labels[j];
		labels[j] = label;
	}
}

double resample_permute(uint32_t *labels, const size_t *ends, size_t blocks, statistic_fn *statistic, void *arg, int rounds, uint64_t seed)
{
	struct random r = { seed };
	double observed = statistic(labels, arg);
	int as_large = 0;
	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0, start = 0; i < blocks; start = ends[i++])
			shuffle(labels + start, ends[i] - start, &r);
		as_large += statistic(labels, arg) >= observed - 1e-12 * fabs(observed);
	}
	return (1.0 + as_large) / (1.0 + rounds);
}

/* Box and Muller; 1 - u is never 0. */
static double draw_normal(struct random *r)
{
	double u = random_unit(r), v = random_unit(r);
	return sqrt(-2 * log1p(-u)) * cos(2 * M_PI * v);
}

/* Of shape >= 1: Marsaglia, Tsang: A simple method for generating gamma variables, ACM TOMS 26, 2000. */
static double draw_gamma(struct random *r, double shape)
{
	double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
	for (;;) {
		double x = draw_normal(r), v = (1 + c * x) * (1 + c * x) * (1 + c * x);
		if (v > 0 && log1p(-random_unit(r)) < x * x / 2 + d - d * v + d * log(v))
			return d * v;
	}
}

static double draw_quantile(struct random *r, const struct sketch *s, double share)
{
	double n = (double)sketch_count(s), rank = fmin(fmax(ceil(share * n), 1), n);
	double g = draw_gamma(r, rank), h = draw_gamma(r, n + 1 - rank);
	return sketch_quantile(s, g / (g + h));
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct interval resample_ratio(const struct sketch *a, const struct sketch *b, double share, int rounds, uint64_t seed)
{
	struct interval i = { 0, INFINITY };
	if (sketch_count(a) == 0 || sketch_count(b) == 0)
		return i;
	struct random r = { seed };
	double *ratios = mem_array((size_t)rounds, sizeof *ratios);
	size_t n = 0;
	for (int round = 0; round < rounds; round++) {
		double above = draw_quantile(&r, a, share), below = draw_quantile(&r, b, share);
		if (below > 0)
			ratios[n++] = above / below;
	}
	qsort(ratios, n, sizeof *ratios, by_value);
	if (n > 0)
		i = (struct interval){ ratios[n * 25 / 1000], ratios[(n * 975 - 1) / 1000] };
	free(ratios);
	return i;
}
