/*
 * Chance by trying: what would come out if labels meant nothing, or if the calls had been drawn once more. Equal seeds give equal results on every machine: the
 * generator is SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014), whose state starts as the seed.
 */
#ifndef ROS_STATS_RESAMPLE_H
#define ROS_STATS_RESAMPLE_H

#include "stats/intervals.h"
#include "stats/sketch.h"

#include <stddef.h>
#include <stdint.h>

#define RESAMPLE_SEED 20260128 /* of the tools */

struct random {
	uint64_t state;
};

uint64_t random_bits(struct random *r);
double random_unit(struct random *r);              /* in [0, 1), of 53 bits */
uint64_t random_below(struct random *r, uint64_t n); /* 0 to n - 1; the product's high word, uneven by n / 2^64 at most */

/* What is asked of labels; larger is further from chance. */
typedef double statistic_fn(const uint32_t *labels, void *arg);

/*
 * How often labels that are shuffled within their blocks give a statistic at least as large as the labels given: p, in which the given ones count as one of the
 * shuffles, so that it is never 0 (Phipson, Smyth: Permutation p-values should never be zero, SAGMB 9, 2010). ends[i] is the place behind block i; `labels` come
 * back shuffled.
 */
double resample_permute(uint32_t *labels, const size_t *ends, size_t blocks, statistic_fn *statistic, void *arg, int rounds, uint64_t seed);

/*
 * The 95 % interval of the ratio of two quantiles (sketch_quantile()), a's to b's, by the percentile bootstrap (Efron: Bootstrap methods, Ann. Stat. 7, 1979) on the
 * bins. The r-th smallest of n draws is the quantile at a Beta(r, n + 1 - r) share: so one draw gives what n draws from the bins would. Both hold something, and
 * b's quantile is above 0 in at least one round; otherwise 0 to infinity.
 */
struct interval resample_ratio(const struct sketch *a, const struct sketch *b, double share, int rounds, uint64_t seed);

#endif
