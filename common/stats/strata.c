/* Mantel-Haenszel: the names are those of Robins, Breslow and Greenland. */
#include "stats/strata.h"

#include "stats/distributions.h"
#include "stats/intervals.h"

#include <math.h>

struct sums {
	double r, s;         /* of a d / n, of b c / n */
	double pr, ps_qr, qs; /* for the variance of the logarithm */
	double excess, variance; /* of a above what margins make expected */
};

static void add_stratum(struct sums *t, const struct stratum *x)
{
	double a = (double)x->a, b = (double)x->b, c = (double)x->c, d = (double)x->d, n = a + b + c + d;
	if (n < 2)
		return;
	double p = (a + d) / n, q = (b + c) / n, r = a * d / n, s = b * c / n;
	t->r += r;
	t->s += s;
	t->pr += p * r;
	t->ps_qr += p * s + q * r;
	t->qs += q * s;
	t->excess += a - (a + b) * (a + c) / n;
	t->variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1));
}

bool strata_mantel_haenszel(const struct stratum *s, size_t n, struct strata_result *result)
{
	struct sums t = { 0 };
	for (size_t i = 0; i < n; i++)
		add_stratum(&t, &s[i]);
	if (t.r <= 0 || t.s <= 0)
		return false;
	double ratio = t.r / t.s;
	double reach = INTERVAL_Z * sqrt(t.pr / (2 * t.r * t.r) + t.ps_qr / (2 * t.r * t.s) + t.qs / (2 * t.s * t.s));
	*result = (struct strata_result){
		.odds_ratio = ratio,
		.low = ratio * exp(-reach),
		.high = ratio * exp(reach),
		.p = normal_two_sided(t.excess / sqrt(t.variance)),
	};
	return true;
}
