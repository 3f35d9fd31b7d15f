/*
 * DDSketch (Masson, Rim, Lee: DDSketch, VLDB 2019) of non-negative integers: quantiles with a relative error of at most 1 %. Merging is exact and does not
 * depend on order: equal multisets of values give equal bytes. Bins are sparse.
 *
 * gamma = (1 + alpha) / (1 - alpha), alpha = 0.01. A value v > 0 falls in the bin k = ceil(log_gamma(v)), which stands for 2 gamma^k / (gamma + 1); zeros are
 * counted apart. The p-th percentile of n values is the nearest rank's: the value of rank ceil(p n / 100), counted from 1, in ascending order.
 */
#ifndef ROS_STATS_SKETCH_H
#define ROS_STATS_SKETCH_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define SKETCH_ALPHA 0.01

struct sketch; /* opaque */

struct sketch *sketch_new(void);
void sketch_free(struct sketch *s); /* NULL is fine */
void sketch_clear(struct sketch *s);
void sketch_add(struct sketch *s, int64_t value); /* value >= 0 */
void sketch_merge(struct sketch *into, const struct sketch *from);
int64_t sketch_count(const struct sketch *s);

/* The value at the percentile, of 1 to 100, or -1.0 where the sketch is empty. */
double sketch_percentile(const struct sketch *s, int percent);

/*
 * The value that a share of the values, 0 to 1, lies below, -1.0 where the sketch is empty. Unlike the percentile it moves within a bin, from gamma^(k - 1) to
 * gamma^k as the share moves through its values: for ratios, which the width of a bin would make jump.
 */
double sketch_quantile(const struct sketch *s, double share);

/*
 * The bins in ascending order, for tests of whole distributions: the i-th, or false behind the last. The first is that of the zeros, which may be empty, with
 * k SKETCH_ZERO; log_gamma(v) is at most k and more than k - 1.
 */
#define SKETCH_ZERO INT32_MIN
bool sketch_bin(const struct sketch *s, size_t i, int32_t *k, int64_t *count);

/* The bin of a value: SKETCH_ZERO for 0, otherwise ceil(log_gamma(value)); ln(gamma). */
int32_t sketch_bin_of(int64_t value);
double sketch_log_gamma(void);

/* Serialised: a version byte, then varints; the same multiset always gives the same bytes. */
void sketch_write(const struct sketch *s, struct buf *out);

/* Merges serialised bytes into s. False: not a sketch of a version that is understood; s is unchanged. */
bool sketch_read(struct sketch *s, struct str bytes);

#endif
