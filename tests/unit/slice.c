/* Slices: the score, and the search against a brute-force one that knows nothing of it. */
#include "base/mem.h"
#include "slice/slice.h"
#include "slice/table.h"
#include "stats/resample.h"

#include "../lib/unit.h"

#include <math.h>
#include <stdlib.h>

#define COLUMNS 3
#define VALUES 3
#define ROWS 600

static const char *const names[VALUES] = { "x", "y", "z" };

/* SliceLine's formula as the paper prints it, for a slice of sizes and sums that are given as shares. */
static void the_score_is_slicelines(void)
{
	CHECK(fabs(slice_score(10, 5, 100, 10, .95) - (.95 * (.5 / .1 - 1) - .05 * (100.0 / 10 - 1))) < 1e-12);
	CHECK(fabs(slice_score(100, 10, 100, 10, .95)) < 1e-12); /* all of it */
	CHECK(slice_score(50, 0, 100, 10, .95) < 0);
	CHECK(fabs(slice_score(10, 5, 100, 10, 1) - 4) < 1e-12);
	CHECK(slice_score(0, 0, 100, 10, .95) == 0 && slice_score(10, 0, 100, 0, .95) == 0);
}

static struct slices *make(struct random *r, size_t rows)
{
	struct slices *s = mem_alloc(sizeof *s);
	s->metric = slice_metrics;
	s->options = (struct slice_options){ .metric = s->metric, .n_by = COLUMNS, .depth = 3, .min_size = 10, .top = 1000 };
	s->table = slice_table_new(COLUMNS);
	for (size_t c = 0; c < COLUMNS; c++)
		s->options.by[c] = &slice_attributes[c];
	for (size_t i = 0; i < rows; i++) {
		struct str row[COLUMNS];
		size_t v[COLUMNS];
		for (size_t c = 0; c < COLUMNS; c++)
			row[c] = str_of(names[v[c] = random_below(r, VALUES)]);
		bool bad = (v[0] == 1 && v[1] == 2) || v[2] == 0;
		slice_table_add(s->table, (int64_t)i, random_unit(r) < (bad ? .5 : .1), row);
	}
	slice_table_split(s);
	slice_search(s);
	return s;
}

/* A slice by three numbers, 0 to VALUES - 1, VALUES for any. */
static bool matches(const struct slices *s, size_t row, const size_t *want)
{
	for (size_t c = 0; c < COLUMNS; c++)
		if (want[c] < VALUES && !str_is(intern_name(s->table->names[c], s->table->codes[c][row]), names[want[c]]))
			return false;
	return true;
}

static double brute_score(const struct slices *s, const size_t *want)
{
	double n = 0, sum = 0, all = 0, all_sum = 0;
	for (size_t i = 0; i < s->table->n; i++) {
		if (s->table->times[i] >= s->split_ms)
			continue;
		bool in = matches(s, i, want);
		n += in;
		sum += in ? (double)s->table->values[i] : 0;
		all++;
		all_sum += (double)s->table->values[i];
	}
	return n < 10 ? -1e9 : .95 * ((sum / n) / (all_sum / all) - 1) - .05 * (all / n - 1);
}

static void want_of(const struct slice *slice, size_t *want)
{
	for (size_t c = 0; c < COLUMNS; c++)
		want[c] = VALUES;
	for (size_t i = 0; i < slice->n_conditions; i++)
		for (size_t v = 0; v < VALUES; v++)
			if (str_is(slice->conditions[i].value, names[v]))
				want[slice->conditions[i].attribute - slice_attributes] = v;
}

static void the_ranking_is_that_of_brute_force(void)
{
	struct random r = { 5 };
	for (int round = 0; round < 20; round++) {
		struct slices *s = make(&r, ROWS);
		double last = INFINITY;
		CHECK(s->n > 0 && s->tests + s->small + s->untested == 63); /* 4^3 - 1 */
		for (size_t i = 0; i < s->n; i++) {
			size_t want[COLUMNS];
			want_of(&s->v[i], want);
			double score = brute_score(s, want);
			CHECK(fabs(score - s->v[i].score) < 1e-12 && score <= last);
			last = score;
		}
		slice_free(s);
	}
}

/* The best slice of all by brute force is either shown first, or it is no worse than a shorter one. */
static void the_best_of_all_is_first(void)
{
	struct random r = { 6 };
	int first = 0;
	for (int round = 0; round < 20; round++) {
		struct slices *s = make(&r, ROWS);
		double best = -1e9;
		for (size_t k = 0; k < 63; k++) {
			size_t want[COLUMNS] = { k % 4, k / 4 % 4, k / 16 };
			double score = brute_score(s, want);
			best = score > best ? score : best;
		}
		CHECK(s->n > 0 && s->v[0].score <= best + 1e-12);
		first += s->n > 0 && fabs(s->v[0].score - best) < 1e-12;
		slice_free(s);
	}
	CHECK(first >= 10);
}

static void nothing_comes_of_nothing(void)
{
	struct random r = { 7 };
	for (size_t rows = 0; rows < 3; rows++) {
		struct slices *s = make(&r, rows);
		CHECK(s->n == 0 && s->tests == 0);
		slice_free(s);
	}
}

int main(void)
{
	RUN(the_score_is_slicelines);
	RUN(the_ranking_is_that_of_brute_force);
	RUN(the_best_of_all_is_first);
	RUN(nothing_comes_of_nothing);
	return unit_done();
}
