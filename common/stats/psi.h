/* Has the mix of categories shifted. */
#ifndef ROS_STATS_PSI_H
#define ROS_STATS_PSI_H

#include "stats/tests.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The population stability index of counts in n categories, before and after: sum (p - q) ln(p / q). The usual limits of 0.1 and 0.25 mean nothing without the
 * numbers behind them; but with equal mixes it is distributed as chi-square with n - 1 degrees of freedom times 1/N + 1/M (Yurdakul: Statistical properties of
 * population stability index, Western Michigan University, 2018), which gives p. Categories that are empty on both sides are left out; each other cell is taken half
 * a call larger, so that none is 0. False, and *t unchanged: a side is empty, or there are less than two categories.
 */
bool psi_test(const int64_t *before, const int64_t *after, size_t n, struct test *t);

#endif
