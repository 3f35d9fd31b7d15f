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

/* Serialised: a version byte, then varints; the same multiset always gives the same bytes. */
void sketch_write(const struct sketch *s, struct buf *out);

/* Merges serialised bytes into s. False: not a sketch of a version that is understood; s is unchanged. */
bool sketch_read(struct sketch *s, struct str bytes);

#endif
