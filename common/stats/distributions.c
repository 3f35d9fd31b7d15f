/* Tails of distributions, by series and continued fractions to about twelve digits. */
#include "stats/distributions.h"

#include <float.h>
#include <math.h>

#define STEPS_MAX 100000
#define TINY 1e-300 /* in the place of a denominator of 0 */

double normal_two_sided(double z)
{
	return erfc(fabs(z) / M_SQRT2);
}

static double off_zero(double v)
{
	return fabs(v) < TINY ? TINY : v;
}

/* One step of Lentz's evaluation of a continued fraction with numerator a and denominator b; returns the factor that it changes the value by. */
static double lentz(double a, double b, double *c, double *d)
{
	*d = 1 / off_zero(b + a * *d);
	*c = off_zero(b + a / *c);
	return *c * *d;
}

/* The fraction of I_x(a, b), which is quick for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / off_zero(1 - (a + b) * x / (a + 1)), value = d, factor = 0;
	for (int m = 1; m < STEPS_MAX && fabs(factor - 1) > DBL_EPSILON; m++) {
		value *= lentz(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1, &c, &d);
		factor = lentz(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1, &c, &d);
		value *= factor;
	}
	return value;
}

static double beta_regularized(double a, double b, double x)
{
	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_two_sided(double t, double df)
{
	return beta_regularized(df / 2, 0.5, df / (df + t * t));
}

static double gamma_series(double a, double x)
{
	double term = 1 / a, sum = term;
	for (int n = 1; n < STEPS_MAX && term > sum * DBL_EPSILON; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return sum;
}

static double gamma_fraction(double a, double x)
{
	double c = 1 / TINY, d = 1 / off_zero(x + 1 - a), value = d, factor = 0;
	for (int n = 1; n < STEPS_MAX && fabs(factor - 1) > DBL_EPSILON; n++) {
		factor = lentz(-n * (n - a), x + 2 * n + 1 - a, &c, &d);
		value *= factor;
	}
	return value;
}

double chi_square_above(double x, double df)
{
	double a = df / 2, h = x / 2;
	if (h <= 0)
		return 1;
	double front = exp(a * log(h) - h - lgamma(a));
	return h < a + 1 ? 1 - front * gamma_series(a, h) : front * gamma_fraction(a, h);
}

double kolmogorov_above(double x)
{
	if (x < 0.04)
		return 1; /* to more than 300 digits */
	double sum = 0;
	if (x < 1) {
		for (int k = 1; k <= 9; k += 2)
			sum += exp(-k * k * M_PI * M_PI / (8 * x * x));
		return 1 - sqrt(2 * M_PI) / x * sum;
	}
	for (int k = 1; k <= 5; k++)
		sum += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * x * x);
	return sum;
}
