/* The latency sketch: accuracy, merging, the stored form. */
#include "stats/resample.h"
#include "stats/sketch.h"

#include "../lib/unit.h"

#include <math.h>
#include <stdlib.h>

#define MANY 5000

static struct sketch *sketch_of(const int64_t *v, size_t n)
{
	struct sketch *s = sketch_new();
	for (size_t i = 0; i < n; i++)
		sketch_add(s, v[i]);
	return s;
}

static bool same_bytes(const struct sketch *a, const struct sketch *b)
{
	struct buf x, y;
	buf_init(&x, 1 << 16);
	buf_init(&y, 1 << 16);
	sketch_write(a, &x);
	sketch_write(b, &y);
	bool same = buf_ok(&x) && str_eq(buf_view(&x), buf_view(&y));
	buf_free(&x);
	buf_free(&y);
	return same;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* A fixed sequence that looks like latencies: many small values, a long tail, some zeros. */
static void fill(int64_t *v, size_t n)
{
	uint64_t x = 42;
	for (size_t i = 0; i < n; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		v[i] = i % 50 == 0 ? 0 : (int64_t)(x >> 33) >> (x >> 59);
	}
}

static bool near(double got, int64_t want)
{
	return fabs(got - (double)want) <= SKETCH_ALPHA * (double)want * (1 + 1e-9);
}

/* The least of the sorted values that at least so many percent of them do not exceed: the definition, without a formula. */
static int64_t nearest_rank(const int64_t *sorted, size_t n, size_t percent)
{
	size_t rank = 1;
	while (100 * rank < percent * n)
		rank++;
	return sorted[rank - 1];
}

static void percentiles_are_within_one_percent_of_the_nearest_rank(void)
{
	int64_t v[MANY];
	for (size_t n = 1; n <= MANY; n = n < 210 ? n + 1 : 2 * n + 7) {
		fill(v, n);
		struct sketch *s = sketch_of(v, n);
		qsort(v, n, sizeof v[0], by_value);
		CHECK_INT(sketch_count(s), n);
		for (int percent = 1; percent <= 100; percent++)
			CHECK(near(sketch_percentile(s, percent), nearest_rank(v, n, (size_t)percent)));
		sketch_free(s);
	}
}

static double draw_constant(struct random *r)
{
	(void)r;
	return 4711;
}

static double draw_linear(struct random *r)
{
	return 1 + 1e5 * random_unit(r);
}

static double draw_normal(struct random *r)
{
	double sum = 0;
	for (int i = 0; i < 12; i++)
		sum += random_unit(r);
	return fmax(1, 1e4 + 2e3 * (sum - 6));
}

static double draw_lognormal(struct random *r)
{
	return exp(draw_normal(r) / 1e3);
}

static double draw_exponential(struct random *r)
{
	return 1 - 1e4 * log1p(-random_unit(r));
}

static void the_error_is_kept_for_every_shape(void)
{
	double (*const shapes[])(struct random *) = { draw_constant, draw_linear, draw_normal, draw_lognormal, draw_exponential };
	struct random r = { 11 };
	for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
		int64_t v[MANY];
		for (int i = 0; i < MANY; i++)
			v[i] = (int64_t)shapes[k](&r);
		struct sketch *s = sketch_of(v, MANY);
		qsort(v, MANY, sizeof v[0], by_value);
		for (int percent = 1; percent <= 100; percent++)
			CHECK(near(sketch_percentile(s, percent), nearest_rank(v, MANY, (size_t)percent)));
		sketch_free(s);
	}
}

static void every_size_of_value_is_within_one_percent(void)
{
	struct sketch *s = sketch_new();
	for (int64_t v = 1; v > 0 && v < INT64_MAX / 3; v = v * 3 / 2 + 1) {
		sketch_clear(s);
		sketch_add(s, v);
		CHECK(near(sketch_percentile(s, 50), v));
	}
	sketch_clear(s);
	sketch_add(s, INT64_MAX);
	CHECK(near(sketch_percentile(s, 100), INT64_MAX));
	sketch_free(s);
}

static void ranks_are_exact(void)
{
	int64_t v[] = { 0, 0, 10, 1000 };
	struct sketch *s = sketch_of(v, 4);
	CHECK(sketch_percentile(s, 1) == 0);
	CHECK(sketch_percentile(s, 50) == 0); /* rank 2 */
	CHECK(near(sketch_percentile(s, 51), 10));
	CHECK(near(sketch_percentile(s, 75), 10));
	CHECK(near(sketch_percentile(s, 76), 1000));
	CHECK(near(sketch_percentile(s, 100), 1000));
	sketch_free(s);
}

/* Of two, the median is the smaller, and all that is above it the larger. */
static void of_two_values(void)
{
	int64_t v[] = { 10, 1000 };
	struct sketch *s = sketch_of(v, 2);
	CHECK(near(sketch_percentile(s, 50), 10));
	CHECK(near(sketch_percentile(s, 90), 1000));
	CHECK(near(sketch_percentile(s, 99), 1000));
	sketch_free(s);
}

/* 2^62 values, beyond what a float counts exactly, and their product with the percentage is beyond 64 bits. */
static void ranks_of_very_many_values_are_exact(void)
{
	struct sketch *s = sketch_new();
	sketch_add(s, 10);
	for (int i = 0; i < 61; i++)
		sketch_merge(s, s);
	CHECK_INT(sketch_count(s), INT64_C(1) << 61);
	struct sketch *high = sketch_new();
	sketch_add(high, 1000);
	for (int i = 0; i < 61; i++)
		sketch_merge(high, high);
	sketch_merge(s, high);
	CHECK(near(sketch_percentile(s, 50), 10));
	CHECK(near(sketch_percentile(s, 51), 1000));
	sketch_add(s, 1000); /* one more above: its rank is that of the first 1000 */
	CHECK(near(sketch_percentile(s, 50), 1000));
	sketch_free(high);
	sketch_free(s);
}

static void empty_has_no_percentile(void)
{
	struct sketch *s = sketch_new();
	CHECK(sketch_percentile(s, 50) == -1.0);
	CHECK_INT(sketch_count(s), 0);
	sketch_free(s);
	sketch_free(NULL);
}

static void order_and_grouping_do_not_matter(void)
{
	int64_t v[MANY], reversed[MANY];
	fill(v, MANY);
	for (size_t i = 0; i < MANY; i++)
		reversed[i] = v[MANY - 1 - i];
	struct sketch *all = sketch_of(v, MANY), *back = sketch_of(reversed, MANY), *parts = sketch_new();
	for (size_t i = 0; i < MANY; i += 100) {
		struct sketch *part = sketch_of(reversed + i, 100);
		sketch_merge(parts, part);
		sketch_free(part);
	}
	CHECK(same_bytes(all, back));
	CHECK(same_bytes(all, parts));
	CHECK_INT(sketch_count(parts), MANY);
	sketch_add(parts, 7);
	CHECK(!same_bytes(all, parts));
	sketch_free(all);
	sketch_free(back);
	sketch_free(parts);
}

static void what_is_written_is_read(void)
{
	int64_t v[MANY];
	fill(v, MANY);
	v[1] = INT64_MAX;
	struct sketch *s = sketch_of(v, MANY), *read = sketch_new();
	struct buf bytes;
	buf_init(&bytes, 1 << 16);
	sketch_write(s, &bytes);
	CHECK(sketch_read(read, buf_view(&bytes)));
	CHECK(same_bytes(s, read));
	CHECK(sketch_read(read, buf_view(&bytes))); /* it merges */
	CHECK_INT(sketch_count(read), 2 * MANY);
	buf_free(&bytes);
	sketch_free(s);
	sketch_free(read);
}

static void what_is_not_a_sketch_is_refused(void)
{
	static const struct str bad[] = {
		{ "", 0 },
		{ "\2\0", 2 },                                   /* another version */
		{ "\1", 1 },                                     /* cut */
		{ "\1\0\5", 3 },                                 /* a bin without its count */
		{ "\1\0\5\0", 4 },                               /* an empty bin */
		{ "\1\0\5\1\0\1", 6 },                           /* the same bin again */
		{ "\1\0\5\200", 4 },                             /* a cut number */
		{ "\1\200\0", 3 },                               /* a longer spelling of 0 */
		{ "\1\0\200\200\1\1", 6 },                       /* bin 16384 */
		{ "\1\200\200\200\200\200\200\200\200\200\1", 11 }, /* more than 63 bits */
		{ "\1\377\377\377\377\377\377\377\377\177\1\1", 12 }, /* the counts overflow */
	};
	struct sketch *s = sketch_new(), *before = sketch_new();
	sketch_add(s, 3);
	sketch_merge(before, s);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!sketch_read(s, bad[i]));
	CHECK(same_bytes(s, before));
	sketch_free(s);
	sketch_free(before);
}

/* The format is stored: it may not change unnoticed. 1000 is bin 346: ceil(ln 1000 / ln (1.01 / 0.99)). */
static void bytes_are_stable(void)
{
	int64_t v[] = { 0, 1, 1000, 1000 };
	struct sketch *s = sketch_of(v, 4);
	struct buf bytes;
	buf_init(&bytes, 64);
	sketch_write(s, &bytes);
	CHECK_INT(bytes.n, 7);
	CHECK(bytes.n == 7 && memcmp(bytes.p, "\1\1\0\1\332\2\2", 7) == 0);
	buf_free(&bytes);
	sketch_free(s);
}

int main(void)
{
	RUN(percentiles_are_within_one_percent_of_the_nearest_rank);
	RUN(the_error_is_kept_for_every_shape);
	RUN(every_size_of_value_is_within_one_percent);
	RUN(ranks_are_exact);
	RUN(of_two_values);
	RUN(ranks_of_very_many_values_are_exact);
	RUN(empty_has_no_percentile);
	RUN(order_and_grouping_do_not_matter);
	RUN(what_is_written_is_read);
	RUN(what_is_not_a_sketch_is_refused);
	RUN(bytes_are_stable);
	return unit_done();
}
