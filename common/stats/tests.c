/* Tests of two samples. */
#include "stats/tests.h"

#include "stats/distributions.h"

#include <math.h>

#define EXPECTED_MIN 1000
#define NOT_MORE (1 + 1e-7) /* probabilities that differ by rounding only are equal */

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Hypergeometric probabilities relative to that of the observed table, by their ratios from one table to the next: no factorials, which would lose digits. */
struct margins {
	int64_t hits, row, n; /* hits in both rows; first row; both rows */
};

/* P(k + 1) / P(k) for the upper left cell. */
static double ratio_after(const struct margins *m, int64_t k)
{
	return (double)(m->row - k) * (double)(m->hits - k) / ((double)(k + 1) * (double)(m->n - m->row - m->hits + k + 1));
}

static void add_table(double p, double *all, double *extreme)
{
	*all += p;
	if (p <= NOT_MORE)
		*extreme += p;
}

double test_fisher(int64_t a, int64_t b, int64_t c, int64_t d)
{
	struct margins m = { a + c, a + b, a + b + c + d };
	int64_t low = m.row + m.hits > m.n ? m.row + m.hits - m.n : 0, high = smaller(m.row, m.hits);
	double all = 1, extreme = 1, p = 1;
	for (int64_t k = a; k < high && p > 0; k++)
		add_table(p *= ratio_after(&m, k), &all, &extreme);
	p = 1;
	for (int64_t k = a; k > low && p > 0; k--)
		add_table(p /= ratio_after(&m, k - 1), &all, &extreme);
	return isfinite(all) ? fmin(extreme / all, 1) : 0;
}

double test_two_proportions(int64_t a_hits, int64_t a_n, int64_t b_hits, int64_t b_n)
{
	double n = (double)a_n, m = (double)b_n, pooled = ((double)a_hits + (double)b_hits) / (n + m);
	double variance = pooled * (1 - pooled) * (1 / n + 1 / m);
	return variance > 0 ? normal_two_sided(((double)a_hits / n - (double)b_hits / m) / sqrt(variance)) : 1;
}

/* Whether the smallest expected count of the table is below the limit. */
static bool is_small(int64_t a_n, int64_t b_n, int64_t hits)
{
	int64_t n = a_n + b_n;
	return (double)smaller(a_n, b_n) * (double)smaller(hits, n - hits) < EXPECTED_MIN * (double)n;
}

bool test_rates(int64_t a_hits, int64_t a_n, int64_t b_hits, int64_t b_n, struct test *t)
{
	if (a_n <= 0 || b_n <= 0)
		return false;
	t->effect = (double)a_hits / (double)a_n - (double)b_hits / (double)b_n;
	if (is_small(a_n, b_n, a_hits + b_hits)) {
		t->name = "Fisher's exact test";
		t->p = test_fisher(a_hits, a_n - a_hits, b_hits, b_n - b_hits);
	} else {
		t->name = "z test of two proportions";
		t->p = test_two_proportions(a_hits, a_n, b_hits, b_n);
	}
	return true;
}

/* Both sketches' bins side by side, in ascending order. */
struct walk {
	const struct sketch *a, *b;
	size_t i, j;
};

static bool next_bin(struct walk *w, double *a_count, double *b_count)
{
	int32_t k = 0, l = 0;
	int64_t a = 0, b = 0;
	bool more_a = sketch_bin(w->a, w->i, &k, &a), more_b = sketch_bin(w->b, w->j, &l, &b);
	bool take_a = more_a && (!more_b || k <= l), take_b = more_b && (!more_a || l <= k);
	w->i += take_a;
	w->j += take_b;
	*a_count = take_a ? (double)a : 0;
	*b_count = take_b ? (double)b : 0;
	return take_a || take_b;
}

bool test_mann_whitney(const struct sketch *a, const struct sketch *b, struct test *t)
{
	double n = (double)sketch_count(a), m = (double)sketch_count(b), all = n + m;
	double u = 0, ties = 0, below = 0, a_here, b_here;
	struct walk w = { .a = a, .b = b };
	while (next_bin(&w, &a_here, &b_here)) {
		double tied = a_here + b_here;
		u += a_here * (below + b_here / 2);
		ties += tied * tied * tied - tied;
		below += b_here;
	}
	if (n < 1 || m < 1)
		return false;
	double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
	if (variance <= 0)
		return false;
	*t = (struct test){ "Mann-Whitney test", u / (n * m), normal_two_sided((u - n * m / 2) / sqrt(variance)) };
	return true;
}

bool test_kolmogorov_smirnov(const struct sketch *a, const struct sketch *b, struct test *t)
{
	double n = (double)sketch_count(a), m = (double)sketch_count(b);
	if (n < 1 || m < 1)
		return false;
	double a_below = 0, b_below = 0, a_here, b_here, most = 0;
	struct walk w = { .a = a, .b = b };
	while (next_bin(&w, &a_here, &b_here)) {
		a_below += a_here;
		b_below += b_here;
		most = fmax(most, fabs(a_below / n - b_below / m));
	}
	*t = (struct test){ "Kolmogorov-Smirnov test", most, kolmogorov_above(most * sqrt(n * m / (n + m))) };
	return true;
}

static void add_bin(struct logs *l, int32_t k, int64_t count)
{
	if (k == SKETCH_ZERO)
		return;
	l->n += count;
	l->sum += k * count;
	l->squares += (double)k * k * (double)count;
}

void logs_add(struct logs *l, int64_t value, int64_t count)
{
	add_bin(l, sketch_bin_of(value), count);
}

struct logs logs_of(const struct sketch *s)
{
	struct logs l = { 0 };
	int32_t k;
	int64_t count;
	for (size_t i = 0; sketch_bin(s, i, &k, &count); i++)
		add_bin(&l, k, count);
	return l;
}

static double mean(const struct logs *l)
{
	return (double)l->sum / (double)l->n;
}

/* Of the mean. */
static double variance(const struct logs *l)
{
	double n = (double)l->n, sum = (double)l->sum;
	return fmax(l->squares - sum * sum / n, 0) / (n - 1) / n;
}

bool test_welch(const struct logs *a, const struct logs *b, struct test *t)
{
	if (a->n < 2 || b->n < 2)
		return false;
	double v = variance(a), w = variance(b), difference = mean(a) - mean(b);
	if (v + w <= 0)
		return false;
	double df = (v + w) * (v + w) / (v * v / (double)(a->n - 1) + w * w / (double)(b->n - 1));
	*t = (struct test){ "Welch's t test of logarithms", exp(difference * sketch_log_gamma()), student_two_sided(difference / sqrt(v + w), df) };
	return true;
}
