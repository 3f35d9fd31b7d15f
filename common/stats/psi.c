/* The population stability index, with a critical value that knows how many calls there are. */
#include "stats/psi.h"

#include "stats/distributions.h"

#include <math.h>

bool psi_test(const int64_t *before, const int64_t *after, size_t n, struct test *t)
{
	double a = 0, b = 0, kinds = 0, psi = 0;
	for (size_t i = 0; i < n; i++) {
		a += (double)before[i];
		b += (double)after[i];
		kinds += before[i] + after[i] > 0;
	}
	if (a < 1 || b < 1 || kinds < 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		double p = ((double)before[i] + 0.5) / (a + kinds / 2), q = ((double)after[i] + 0.5) / (b + kinds / 2);
		if (before[i] + after[i] > 0)
			psi += (p - q) * log(p / q);
	}
	*t = (struct test){ "population stability index", psi, chi_square_above(psi / (1 / a + 1 / b), kinds - 1) };
	return true;
}
