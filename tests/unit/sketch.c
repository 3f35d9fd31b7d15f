/* The latency sketch: accuracy, merging, the stored form. */
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

static void quantiles_are_within_one_percent(void)
{
	int64_t v[MANY];
	fill(v, MANY);
	struct sketch *s = sketch_of(v, MANY);
	qsort(v, MANY, sizeof v[0], by_value);
	CHECK_INT(sketch_count(s), MANY);
	for (int percent = 0; percent <= 100; percent++) {
		double q = percent / 100.0;
		CHECK(near(sketch_quantile(s, q), v[(size_t)(q * (MANY - 1))]));
	}
	sketch_free(s);
}

static void every_size_of_value_is_within_one_percent(void)
{
	struct sketch *s = sketch_new();
	for (int64_t v = 1; v > 0 && v < INT64_MAX / 3; v = v * 3 / 2 + 1) {
		sketch_clear(s);
		sketch_add(s, v);
		CHECK(near(sketch_quantile(s, 0.5), v));
	}
	sketch_clear(s);
	sketch_add(s, INT64_MAX);
	CHECK(near(sketch_quantile(s, 1), INT64_MAX));
	sketch_free(s);
}

static void ranks_are_lower_ones(void)
{
	int64_t v[] = { 0, 0, 10, 1000 };
	struct sketch *s = sketch_of(v, 4);
	CHECK(sketch_quantile(s, 0) == 0);
	CHECK(sketch_quantile(s, 0.5) == 0); /* rank floor(1.5) */
	CHECK(near(sketch_quantile(s, 0.67), 10));
	CHECK(near(sketch_quantile(s, 0.99), 10));
	CHECK(near(sketch_quantile(s, 1), 1000));
	CHECK(near(sketch_quantile(s, 7), 1000));
	CHECK(sketch_quantile(s, -1) == 0);
	sketch_free(s);
}

static void empty_has_no_quantile(void)
{
	struct sketch *s = sketch_new();
	CHECK(sketch_quantile(s, 0.5) == -1.0);
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
	RUN(quantiles_are_within_one_percent);
	RUN(every_size_of_value_is_within_one_percent);
	RUN(ranks_are_lower_ones);
	RUN(empty_has_no_quantile);
	RUN(order_and_grouping_do_not_matter);
	RUN(what_is_written_is_read);
	RUN(what_is_not_a_sketch_is_refused);
	RUN(bytes_are_stable);
	return unit_done();
}
