/* Intervals of rates, in closed form. */
#include "stats/intervals.h"

#include <math.h>

static double rate(int64_t hits, int64_t n)
{
	return n > 0 ? (double)hits / (double)n : 0.5;
}

struct interval interval_wilson(int64_t hits, int64_t n)
{
	return interval_mean(rate(hits, n), n);
}

struct interval interval_mean(double p, int64_t n)
{
	if (n <= 0)
		return (struct interval){ 0, 1 };
	double z2 = INTERVAL_Z * INTERVAL_Z, m = (double)n;
	double centre = p + z2 / (2 * m);
	double reach = INTERVAL_Z * sqrt(p * (1 - p) / m + z2 / (4 * m * m));
	struct interval i = { (centre - reach) / (1 + z2 / m), (centre + reach) / (1 + z2 / m) };
	if (p <= 0)
		i.low = 0; /* exactly, whatever was rounded */
	if (p >= 1)
		i.high = 1;
	return i;
}

struct interval interval_newcombe(int64_t a_hits, int64_t a_n, int64_t b_hits, int64_t b_n)
{
	struct interval a = interval_wilson(a_hits, a_n), b = interval_wilson(b_hits, b_n);
	double p = rate(a_hits, a_n), q = rate(b_hits, b_n);
	return (struct interval){ p - q - hypot(p - a.low, b.high - q), p - q + hypot(a.high - p, q - b.low) };
}

double interval_none_seen(int64_t n)
{
	return n > 0 ? -expm1(log(0.05) / (double)n) : 1;
}
