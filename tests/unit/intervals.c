/* Intervals of rates, against published values. */
#include "stats/intervals.h"

#include "../lib/unit.h"

#include <math.h>

static bool near(double got, double want, double by)
{
	return fabs(got - want) <= by;
}

/* Newcombe 1998 (one proportion), table I: 81/263, 15/148, 0/20, 1/29. */
static void wilson_gives_the_published_values(void)
{
	struct interval i = interval_wilson(81, 263);
	CHECK(near(i.low, .2553, 5e-5) && near(i.high, .3662, 5e-5));
	i = interval_wilson(15, 148);
	CHECK(near(i.low, .0624, 5e-5) && near(i.high, .1605, 5e-5));
	i = interval_wilson(0, 20);
	CHECK(i.low == 0 && near(i.high, .1611, 5e-5));
	i = interval_wilson(1, 29);
	CHECK(near(i.low, .0061, 5e-5) && near(i.high, .1718, 5e-5));
}

static void wilson_stays_within_0_and_1(void)
{
	for (int64_t n = 0; n < 300; n++)
		for (int64_t hits = 0; hits <= n; hits++) {
			struct interval i = interval_wilson(hits, n);
			CHECK(0 <= i.low && i.low < i.high && i.high <= 1);
			CHECK(n == 0 || (i.low <= (double)hits / (double)n && (double)hits / (double)n <= i.high));
		}
	struct interval all = interval_wilson(INT64_MAX, INT64_MAX);
	CHECK(all.low > .999 && all.high == 1);
}

/* Newcombe 1998 (two proportions), table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 0/20 - 0/10, 10/10 - 0/20. */
static void newcombe_gives_the_published_values(void)
{
	struct interval i = interval_newcombe(56, 70, 48, 80);
	CHECK(near(i.low, .0524, 5e-5) && near(i.high, .3339, 5e-5));
	i = interval_newcombe(9, 10, 3, 10);
	CHECK(near(i.low, .1705, 5e-5) && near(i.high, .8090, 5e-5));
	i = interval_newcombe(0, 20, 0, 10);
	CHECK(near(i.low, -.2775, 5e-5) && near(i.high, .1611, 5e-5));
	i = interval_newcombe(10, 10, 0, 20);
	CHECK(near(i.low, .6791, 5e-5) && near(i.high, 1, 5e-5));
}

static void newcombe_of_nothing_knows_nothing(void)
{
	struct interval i = interval_newcombe(0, 0, 0, 0);
	CHECK(i.low >= -1 && i.low < 0 && i.high > 0 && i.high <= 1);
	i = interval_newcombe(5, 10, 0, 0);
	CHECK(i.low < 0 && i.high > 0);
}

static void nothing_seen_bounds_the_rate(void)
{
	CHECK(interval_none_seen(0) == 1);
	CHECK(near(interval_none_seen(1), .95, 1e-12));
	CHECK(near(interval_none_seen(14), .1926, 5e-5)); /* Hanley and Lippman-Hand's 0 of 14: up to 19.3 %; 3/14 is 21.4 % */
	CHECK(near(interval_none_seen(1000000) * 1e6, 2.99573, 1e-4));
	CHECK(interval_none_seen(INT64_MAX) > 0);
}

int main(void)
{
	RUN(wilson_gives_the_published_values);
	RUN(wilson_stays_within_0_and_1);
	RUN(newcombe_gives_the_published_values);
	RUN(newcombe_of_nothing_knows_nothing);
	RUN(nothing_seen_bounds_the_rate);
	return unit_done();
}
