/* Intervals of rates: how far from what was counted the true rate may be. All are at 95 % confidence. */
#ifndef ROS_STATS_INTERVALS_H
#define ROS_STATS_INTERVALS_H

#include <stdint.h>

#define INTERVAL_Z 1.959963984540054 /* the normal distribution's 97.5 % point */

struct interval {
	double low, high;
};

/*
 * Of a rate: hits of n, 0 <= hits <= n; of none (n 0) all is possible, 0 to 1. Wilson's score interval without continuity correction (Wilson: Probable
 * inference, the law of succession, and statistical inference, JASA 22, 1927): it holds for small n, and for rates of 0 and 1.
 */
struct interval interval_wilson(int64_t hits, int64_t n);

/*
 * Of a mean of n values that lie between 0 and 1 themselves, such as shares: they vary no more than yes and no with the same mean do, so that Wilson's interval
 * holds, and is rather too wide than too narrow.
 */
struct interval interval_mean(double mean, int64_t n);

/*
 * Of the difference of two rates, a_hits / a_n - b_hits / b_n, of independent samples, within -1 to 1. Newcombe's hybrid score interval, his method 10
 * (Newcombe: Interval estimation for the difference between independent proportions, Statistics in Medicine 17, 1998).
 */
struct interval interval_newcombe(int64_t a_hits, int64_t a_n, int64_t b_hits, int64_t b_n);

/*
 * How large a rate may be of which nothing was seen in n: the exact one-sided bound, 1 - 0.05^(1/n), of which 3/n is the well-known short form (Hanley,
 * Lippman-Hand: If nothing goes wrong, is everything all right?, JAMA 249, 1983). 1 where n is 0.
 */
double interval_none_seen(int64_t n);

#endif
