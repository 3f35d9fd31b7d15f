/* The step-up procedure of Benjamini and Hochberg. */
#include "stats/multiple.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

static int by_p(const void *a, const void *b)
{
	double p = **(const double *const *)a, q = **(const double *const *)b;
	return (p > q) - (p < q);
}

void multiple_adjust(const double *p, size_t n, double *adjusted)
{
	if (n == 0)
		return;
	const double **order = mem_array(n, sizeof *order);
	for (size_t i = 0; i < n; i++)
		order[i] = &p[i];
	qsort(order, n, sizeof *order, by_p);
	double least = 1;
	for (size_t rank = n; rank > 0; rank--) {
		least = fmin(least, *order[rank - 1] * (double)n / (double)rank);
		adjusted[order[rank - 1] - p] = least;
	}
	free(order);
}
