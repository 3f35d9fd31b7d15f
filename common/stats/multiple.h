/* Many tests at once. */
#ifndef ROS_STATS_MULTIPLE_H
#define ROS_STATS_MULTIPLE_H

#include <stddef.h>

/*
 * adjusted[0..n) of p[0..n): taking all tests whose adjusted p is at most q for real lets a share of at most q of them be false, on average (Benjamini, Hochberg:
 * Controlling the false discovery rate, JRSS B 57, 1995; adjusted as by Yekutieli, Benjamini, 1999). The order is kept.
 */
void multiple_adjust(const double *p, size_t n, double *adjusted);

#endif
