/*
 * The search: every combination of attributes, one after the other, is counted over the calls of the first part; each set of values with enough calls within and
 * outside is a slice, and is tested against all calls outside. What is found is then kept by its score.
 *
 * A value that has too few calls by itself has too few in every combination, and is left out of them all: so few cells remain of an attribute with
 * thousands of values.
 */
#include "slice/table.h"

#include "base/map.h"
#include "base/mem.h"
#include "stats/multiple.h"

#include <stdlib.h>
#include <string.h>

#define ECHO_P 0.05     /* against the rest of a shorter slice */
#define PLACES_MAX 65536 /* of an array; with more combinations of values a map is smaller */

/* What is counted of a set of calls. */
struct cell {
	struct slice_side side;
	struct logs logs; /* of a quantity */
	uint64_t calls;   /* which calls: equal sums of their numbers' hashes are taken for equal calls */
};

struct counted {
	struct cell cell;
	uint32_t codes[SLICE_DEPTH_MAX];
};

/* A set of values: columns in ascending order, -1 behind the last. Also the key of a map. */
struct key {
	int32_t columns[SLICE_DEPTH_MAX];
	uint32_t codes[SLICE_DEPTH_MAX];
};

struct candidate {
	struct key key;
	struct cell in;
	struct test test;
};

struct search {
	struct slices *s;
	const struct slice_table *t;
	struct cell all;      /* the first part */
	bool *frequent[SLICE_COLUMNS_MAX]; /* by column and code: enough calls */
	struct map *sets;     /* key of each set of calls that is large enough: its place in large, plus 1 */
	struct cell *large;
	size_t large_cap;
	struct candidate *candidates; /* tested */
	size_t n, cap;
	struct counted *cells; /* of the columns at hand */
	size_t n_cells, cells_cap;
	int64_t *places;      /* number of a cell, plus 1, by its codes, where these have few combinations */
	size_t n_places;      /* 0: they are in place_map */
	struct map *place_map;
};

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014). */
static uint64_t hash_number(uint64_t n)
{
	n = (n + 1) * UINT64_C(0x9E3779B97F4A7C15);
	n = (n ^ n >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	n = (n ^ n >> 27) * UINT64_C(0x94D049BB133111EB);
	return n ^ n >> 31;
}

static void count_call(struct cell *c, size_t row, int64_t value, bool quantity)
{
	c->side.n++;
	c->calls += hash_number(row);
	c->side.sum += value;
	if (quantity)
		logs_add(&c->logs, value, 1);
}

static struct cell difference(const struct cell *all, const struct cell *in)
{
	return (struct cell){
		.side = { .n = all->side.n - in->side.n, .sum = all->side.sum - in->side.sum },
		.logs = { all->logs.n - in->logs.n, all->logs.sum - in->logs.sum, all->logs.squares - in->logs.squares },
	};
}

static bool test_cells(const struct slices *s, const struct cell *in, const struct cell *out, struct test *t)
{
	if (s->metric->quantity)
		return test_welch(&in->logs, &out->logs, t);
	int64_t hits = (int64_t)in->side.sum, hits_out = (int64_t)out->side.sum;
	if (hits + hits_out == 0 || hits + hits_out == in->side.n + out->side.n)
		return false;
	return test_rates(hits, in->side.n, hits_out, out->side.n, t);
}

static struct str key_bytes(const struct key *k)
{
	return (struct str){ (const char *)k, sizeof *k };
}

/* The key without one of its columns. */
static struct key shorter(const struct key *k, int without)
{
	struct key r = { { -1, -1, -1 }, { 0 } };
	for (int i = 0, n = 0; i < SLICE_DEPTH_MAX && k->columns[i] >= 0; i++)
		if (i != without) {
			r.columns[n] = k->columns[i];
			r.codes[n++] = k->codes[i];
		}
	return r;
}

static void keep_set(struct search *f, const struct key *k, const struct cell *cell)
{
	int64_t *place = map_put(f->sets, key_bytes(k));
	size_t n = map_count(f->sets);
	*place = (int64_t)n;
	if (n > f->large_cap) {
		f->large_cap = 2 * n + 256;
		f->large = mem_grow(f->large, f->large_cap, sizeof *f->large);
	}
	f->large[n - 1] = *cell;
}

/* The set with one condition less, which has been counted already. */
static const struct cell *parent_of(const struct search *f, const struct key *k, int without)
{
	struct key less = shorter(k, without);
	return &f->large[*map_get(f->sets, key_bytes(&less)) - 1];
}

static int conditions_of(const struct key *k)
{
	int n = 0;
	while (n < SLICE_DEPTH_MAX && k->columns[n] >= 0)
		n++;
	return n;
}

/* Whether one condition less gives the same calls: then the slice says nothing new. */
static bool is_same(const struct search *f, const struct key *k, int64_t n)
{
	int conditions = conditions_of(k);
	for (int i = 0; i < conditions && conditions > 1; i++)
		if (parent_of(f, k, i)->side.n == n)
			return true;
	return false;
}

/* Whether it is worse within: of a rate a difference above 0, of a quantity a ratio above 1. */
static bool is_worse(const struct slices *s, const struct test *t)
{
	return t->effect > (s->metric->quantity ? 1 : 0);
}

/* Whether the slice is an echo: no worse than the rest of a slice with one condition less, or not surely. */
static bool is_echo(const struct search *f, const struct candidate *c)
{
	int conditions = conditions_of(&c->key);
	struct test t;
	for (int i = 0; i < conditions && conditions > 1; i++) {
		struct cell rest = difference(parent_of(f, &c->key, i), &c->in);
		if (!test_cells(f->s, &c->in, &rest, &t) || !is_worse(f->s, &t) || t.p > ECHO_P)
			return true;
	}
	return false;
}

static void keep_candidate(struct search *f, const struct candidate *c)
{
	if (f->n == f->cap) {
		f->cap = 2 * f->cap + 256;
		f->candidates = mem_grow(f->candidates, f->cap, sizeof *f->candidates);
	}
	f->candidates[f->n++] = *c;
}

static void weigh(struct search *f, const struct key *k, const struct cell *in)
{
	struct slices *s = f->s;
	struct candidate c = { .key = *k, .in = *in };
	if (in->side.n < s->options.min_size) {
		s->small++;
		return;
	}
	keep_set(f, k, in);
	struct cell out = difference(&f->all, in);
	if (is_same(f, k, in->side.n))
		s->same++;
	else if (out.side.n < s->options.min_size)
		s->whole++;
	else if (!test_cells(s, in, &out, &c.test))
		s->untested++;
	else
		keep_candidate(f, &c);
}

/* Where the number of the cell stands that has k's values, or is to stand. */
static int64_t *place_of(struct search *f, const struct key *k, int depth)
{
	if (f->n_places == 0)
		return map_put(f->place_map, (struct str){ (const char *)k->codes, (size_t)depth * sizeof *k->codes });
	size_t at = 0;
	for (int d = 0; d < depth; d++)
		at = at * intern_count(f->t->names[k->columns[d]]) + k->codes[d];
	return &f->places[at];
}

static struct cell *cell_of(struct search *f, const struct key *k, int depth)
{
	int64_t *place = place_of(f, k, depth);
	if (*place == 0) {
		if (f->n_cells == f->cells_cap) {
			f->cells_cap = 2 * f->cells_cap + 64;
			f->cells = mem_grow(f->cells, f->cells_cap, sizeof *f->cells);
		}
		f->cells[f->n_cells] = (struct counted){ .cell = { .side = { .n = 0 } } };
		memcpy(f->cells[f->n_cells].codes, k->codes, sizeof k->codes);
		*place = (int64_t)++f->n_cells;
	}
	return &f->cells[*place - 1].cell;
}

static void clear_cells(struct search *f, const struct key *k, int depth)
{
	size_t n = 1;
	for (int d = 0; d < depth && n <= PLACES_MAX; d++)
		n *= intern_count(f->t->names[k->columns[d]]);
	f->n_cells = 0;
	f->n_places = n <= PLACES_MAX ? n : 0;
	memset(f->places, 0, f->n_places * sizeof *f->places);
	map_clear(f->place_map);
}

/* Counts a call by the columns of k, once for each combination of its values there; k's values are those up to `chosen`. */
static void count_row(struct search *f, struct key *k, int depth, int chosen, size_t row)
{
	if (chosen == depth) {
		count_call(cell_of(f, k, depth), row, f->t->values[row], f->s->metric->quantity);
		return;
	}
	size_t n;
	const uint32_t *values = slice_table_values(f->t, (size_t)k->columns[chosen], row, &n);
	for (size_t i = 0; i < n; i++) {
		k->codes[chosen] = values[i];
		if (depth == 1 || f->frequent[k->columns[chosen]][values[i]])
			count_row(f, k, depth, chosen + 1, row);
	}
}

/* Counts the calls of the first part by the columns of k. */
static void count_columns(struct search *f, struct key k, int depth)
{
	clear_cells(f, &k, depth);
	for (size_t i = 0; i < f->t->n; i++)
		if (f->t->times[i] < f->s->split_ms)
			count_row(f, &k, depth, 0, i);
}

static void search_columns(struct search *f, struct key k, int depth)
{
	count_columns(f, k, depth);
	for (size_t i = 0; i < f->n_cells; i++) {
		const struct cell *cell = &f->cells[i].cell;
		memcpy(k.codes, f->cells[i].codes, (size_t)depth * sizeof *k.codes);
		if (depth == 1)
			f->frequent[k.columns[0]][k.codes[0]] = cell->side.n >= f->s->options.min_size;
		weigh(f, &k, cell);
	}
}

/* All combinations of so many columns, in ascending order. */
static void search_depth(struct search *f, struct key k, int depth, int chosen)
{
	if (chosen == depth) {
		search_columns(f, k, depth);
		return;
	}
	for (int c = chosen ? k.columns[chosen - 1] + 1 : 0; c < (int)f->t->n_columns; c++) {
		k.columns[chosen] = c;
		search_depth(f, k, depth, chosen + 1);
	}
}

double slice_score(int64_t n, double sum, int64_t all_n, double all_sum, double alpha)
{
	if (n <= 0 || all_n <= 0 || all_sum <= 0)
		return 0;
	return alpha * ((sum / (double)n) / (all_sum / (double)all_n) - 1) - (1 - alpha) * ((double)all_n / (double)n - 1);
}

static struct slice make_slice(const struct search *f, const struct candidate *c, double adjusted)
{
	const struct slices *s = f->s;
	struct slice r = { .found = { .in = c->in.side, .out = difference(&f->all, &c->in).side, .tested = true, .test = c->test }, .adjusted = adjusted };
	for (; r.n_conditions < SLICE_DEPTH_MAX && c->key.columns[r.n_conditions] >= 0; r.n_conditions++) {
		int column = c->key.columns[r.n_conditions];
		r.conditions[r.n_conditions] = (struct slice_condition){ s->options.by[column],
			                                                 intern_name(f->t->names[column], c->key.codes[r.n_conditions]) };
	}
	r.score = slice_score(c->in.side.n, (double)c->in.side.sum, f->all.side.n, (double)f->all.side.sum, SLICE_ALPHA);
	return r;
}

#define COMPARE(a, b) \
	if ((a) != (b)) \
	return (a) < (b) ? -1 : 1

/* Those of the same calls stand together: the one with the fewest conditions first, then by the order of the attributes, then by name. */
static int by_calls(const void *a, const void *b, void *table)
{
	const struct slice_table *t = table;
	const struct candidate *x = a, *y = b;
	COMPARE(x->in.side.n, y->in.side.n);
	COMPARE(x->in.calls, y->in.calls);
	COMPARE(conditions_of(&x->key), conditions_of(&y->key));
	for (int i = 0; i < conditions_of(&x->key); i++)
		COMPARE(x->key.columns[i], y->key.columns[i]);
	for (int i = 0; i < conditions_of(&x->key); i++) {
		const struct intern *names = t->names[x->key.columns[i]];
		int order = str_cmp(intern_name(names, x->key.codes[i]), intern_name(names, y->key.codes[i]));
		if (order)
			return order;
	}
	return 0;
}

/* Of candidates of the same calls one is kept: the others would say the same under another name. */
static void drop_twins(struct search *f)
{
	size_t kept = 0;
	if (f->n > 0)
		qsort_r(f->candidates, f->n, sizeof *f->candidates, by_calls, (void *)f->t);
	for (size_t i = 0; i < f->n; i++) {
		const struct cell *in = &f->candidates[i].in, *last = kept ? &f->candidates[kept - 1].in : NULL;
		if (last && last->side.n == in->side.n && last->calls == in->calls)
			f->s->twins++;
		else
			f->candidates[kept++] = f->candidates[i];
	}
	f->n = kept;
}

/* Best first; equal scores by fewer conditions, more calls, then by name. */
static int by_score(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->n_conditions != y->n_conditions)
		return x->n_conditions < y->n_conditions ? -1 : 1;
	if (x->found.in.n != y->found.in.n)
		return x->found.in.n > y->found.in.n ? -1 : 1;
	for (size_t i = 0; i < x->n_conditions; i++) {
		int order = str_cmp(str_of(x->conditions[i].attribute->name), str_of(y->conditions[i].attribute->name));
		order = order ? order : str_cmp(x->conditions[i].value, y->conditions[i].value);
		if (order)
			return order;
	}
	return 0;
}

static void keep_found(struct search *f)
{
	struct slices *s = f->s;
	double *p = mem_array(f->n + 1, sizeof *p), *adjusted = mem_array(f->n + 1, sizeof *adjusted);
	for (size_t i = 0; i < f->n; i++)
		p[i] = f->candidates[i].test.p;
	multiple_adjust(p, f->n, adjusted);
	s->tests = (int64_t)f->n;
	s->v = mem_array(f->n + 1, sizeof *s->v);
	for (size_t i = 0; i < f->n; i++) {
		const struct candidate *c = &f->candidates[i];
		if (adjusted[i] > SLICE_FOUND_P || !is_worse(s, &c->test))
			continue;
		if (is_echo(f, c))
			s->echoes++;
		else
			s->v[s->n++] = make_slice(f, c, adjusted[i]);
	}
	qsort(s->v, s->n, sizeof *s->v, by_score);
	s->found = (int64_t)s->n;
	if (s->n > s->options.top)
		s->n = s->options.top;
	free(p);
	free(adjusted);
}

static void begin(struct search *f)
{
	const struct slice_table *t = f->t;
	f->sets = map_new();
	f->places = mem_array(PLACES_MAX, sizeof *f->places);
	f->place_map = map_new();
	for (size_t i = 0; i < t->n; i++)
		if (t->times[i] < f->s->split_ms)
			count_call(&f->all, i, t->values[i], f->s->metric->quantity);
	for (size_t c = 0; c < t->n_columns; c++)
		f->frequent[c] = mem_array(intern_count(t->names[c]) + 1, sizeof *f->frequent[c]);
}

static void end(struct search *f)
{
	for (size_t c = 0; c < f->t->n_columns; c++)
		free(f->frequent[c]);
	map_free(f->sets);
	free(f->large);
	free(f->places);
	map_free(f->place_map);
	free(f->candidates);
	free(f->cells);
}

void slice_search(struct slices *s)
{
	struct search f = { .s = s, .t = s->table };
	begin(&f);
	for (int depth = 1; depth <= s->options.depth; depth++)
		search_depth(&f, (struct key){ { -1, -1, -1 }, { 0 } }, depth, 0);
	drop_twins(&f);
	keep_found(&f);
	end(&f);
	for (size_t i = 0; i < s->n; i++)
		slice_judge(s, &s->v[i]);
}
