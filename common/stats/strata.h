/* One question asked in several strata: does a difference remain when like is compared with like. */
#ifndef ROS_STATS_STRATA_H
#define ROS_STATS_STRATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stratum {
	int64_t a, b; /* within: hits, others */
	int64_t c, d; /* outside: hits, others */
};

struct strata_result {
	double odds_ratio, low, high; /* 95 % */
	double p;                     /* of an odds ratio of 1 in all strata */
};

/*
 * The odds ratio common to the strata (Mantel, Haenszel: Statistical aspects of the analysis of data from retrospective studies, JNCI 22, 1959, p without
 * continuity correction), with the interval of Robins, Breslow, Greenland (Biometrics 42, 1986). One stratum gives the crude one. False: no stratum has both a hit
 * within and a non-hit outside, and one has the reverse; then there is no finite ratio.
 */
bool strata_mantel_haenszel(const struct stratum *s, size_t n, struct strata_result *result);

#endif
