/* Tails of the distributions that tests need. */
#ifndef ROS_STATS_DISTRIBUTIONS_H
#define ROS_STATS_DISTRIBUTIONS_H

/* P(|Z| >= |z|) of the standard normal distribution. */
double normal_two_sided(double z);

/* P(|T| >= |t|) of Student's t with df > 0 degrees of freedom: an incomplete beta function (DLMF 8.17, continued fraction 8.17.22). */
double student_two_sided(double t, double df);

/* P(X >= x) of chi-square with df > 0 degrees of freedom, x >= 0: an incomplete gamma function (DLMF 8.11.4 and 8.9.2). */
double chi_square_above(double x, double df);

/* P(K >= x), x >= 0, of Kolmogorov's limiting distribution (Marsaglia, Tsang, Wang: Evaluating Kolmogorov's distribution, JSS 8(18), 2003, its two series). */
double kolmogorov_above(double x);

#endif
