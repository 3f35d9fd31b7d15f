/* What else is to be said of a slice that was found: how large the effect is, whether the last third agrees, and whether another attribute explains it. */
#include "slice/table.h"

#include "base/mem.h"
#include "stats/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 2000
#define CONFIRMED_P 0.1 /* two-sided: 0.05 in the direction that was found */

/* The values of a quantity, in and out of a slice. */
struct sides {
	struct sketch *in, *out;
};

/* The columns of a slice's conditions, and the numbers of their values. */
struct lookup {
	const struct slice_table *table;
	size_t n, columns[SLICE_DEPTH_MAX];
	uint32_t values[SLICE_DEPTH_MAX];
};

static size_t column_of(const struct slices *s, const struct slice_attribute *a)
{
	size_t c = 0;
	while (s->options.by[c] != a)
		c++;
	return c;
}

static struct lookup lookup_of(const struct slices *s, const struct slice *slice)
{
	struct lookup l = { .table = s->table, .n = slice->n_conditions };
	for (size_t i = 0; i < l.n; i++) {
		l.columns[i] = column_of(s, slice->conditions[i].attribute);
		l.values[i] = intern_id(s->table->names[l.columns[i]], slice->conditions[i].value);
	}
	return l;
}

static bool is_in(const struct lookup *l, size_t row)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t n, at = 0;
		const uint32_t *values = slice_table_values(l->table, l->columns[i], row, &n);
		while (at < n && values[at] != l->values[i])
			at++;
		if (at == n)
			return false;
	}
	return true;
}

static void count(struct slice_side *side, struct sketch *values, int64_t value)
{
	side->n++;
	side->sum += value;
	if (values)
		sketch_add(values, value);
}

static void count_parts(const struct slices *s, struct slice *slice, const struct lookup *l, struct sides *first, struct sides *held)
{
	const struct slice_table *t = s->table;
	slice->found.in = slice->found.out = slice->held.in = slice->held.out = (struct slice_side){ .n = 0 };
	for (size_t i = 0; i < t->n; i++) {
		bool early = t->times[i] < s->split_ms, in = is_in(l, i);
		struct slice_part *part = early ? &slice->found : &slice->held;
		struct sides *values = early ? first : held;
		count(in ? &part->in : &part->out, in ? values->in : values->out, t->values[i]);
	}
}

static void judge_rate(struct slice_part *p)
{
	int64_t in = (int64_t)p->in.sum, out = (int64_t)p->out.sum;
	p->tested = test_rates(in, p->in.n, out, p->out.n, &p->test);
	p->effect_in = interval_newcombe(in, p->in.n, out, p->out.n);
	p->worse = p->tested && p->test.effect > 0;
}

static void judge_quantity(struct slice_part *p, const struct sides *values)
{
	struct logs in = logs_of(values->in), out = logs_of(values->out);
	p->in.median = sketch_quantile(values->in, 0.5);
	p->out.median = sketch_quantile(values->out, 0.5);
	p->effect_in = resample_ratio(values->in, values->out, 0.5, ROUNDS, RESAMPLE_SEED);
	p->tested = test_welch(&in, &out, &p->test) && p->out.median > 0;
	p->worse = p->tested && p->test.effect > 1;
	if (p->tested)
		p->test.effect = p->in.median / p->out.median;
}

static void judge_parts(const struct slices *s, struct slice *slice, const struct lookup *l)
{
	struct sides first = { NULL, NULL }, held = { NULL, NULL };
	if (s->metric->quantity) {
		first = (struct sides){ sketch_new(), sketch_new() };
		held = (struct sides){ sketch_new(), sketch_new() };
	}
	count_parts(s, slice, l, &first, &held);
	if (s->metric->quantity) {
		judge_quantity(&slice->found, &first);
		judge_quantity(&slice->held, &held);
	} else {
		judge_rate(&slice->found);
		judge_rate(&slice->held);
	}
	slice->confirmed = slice->held.worse && slice->held.test.p <= CONFIRMED_P;
	sketch_free(first.in);
	sketch_free(first.out);
	sketch_free(held.in);
	sketch_free(held.out);
}

/* Counts the calls of one value of an attribute; of a quantity a hit is a value above the median of all calls. */
static void count_stratum(const struct slices *s, struct stratum *x, bool in, int64_t value)
{
	bool hit = s->metric->quantity ? (double)value > s->all.median : value != 0;
	++*(in ? hit ? &x->a : &x->b : hit ? &x->c : &x->d);
}

/* The odds ratio within the values of a column, or over all calls (NULL). */
static bool odds(const struct slices *s, const struct lookup *l, const uint32_t *codes, size_t n_codes, struct strata_result *r)
{
	struct stratum *strata = mem_array(n_codes, sizeof *strata);
	for (size_t i = 0; i < s->table->n; i++)
		count_stratum(s, &strata[codes ? codes[i] : 0], is_in(l, i), s->table->values[i]);
	bool ok = strata_mantel_haenszel(strata, n_codes, r);
	free(strata);
	return ok;
}

static bool is_condition(const struct slice *slice, const struct slice_attribute *a)
{
	for (size_t i = 0; i < slice->n_conditions; i++)
		if (slice->conditions[i].attribute == a)
			return true;
	return false;
}

/* Like with like: within the values of each other attribute, or its equal lists of them; kept is the one that takes most away. */
static void judge_strata(const struct slices *s, struct slice *slice, const struct lookup *l)
{
	struct strata_result r;
	slice->has_crude = odds(s, l, NULL, 1, &slice->crude);
	for (size_t c = 0; c < s->options.n_by && slice->has_crude; c++) {
		size_t codes = slice_table_codes(s->table, c);
		if (codes < 2 || is_condition(slice, s->options.by[c]) || !odds(s, l, s->table->codes[c], codes, &r))
			continue;
		if (slice->has_adjusted && fabs(log(r.odds_ratio)) >= fabs(log(slice->like_with_like.odds_ratio)))
			continue;
		slice->has_adjusted = true;
		slice->like_with_like = r;
		slice->by = s->options.by[c];
	}
	slice->explained = slice->has_adjusted && slice->like_with_like.low <= 1;
}

/* Whether all calls of the slice have the value, and not all calls do. */
static bool is_shared(const struct slices *s, const struct lookup *slice, const struct lookup *value)
{
	bool all = true;
	for (size_t i = 0; i < s->table->n; i++) {
		bool has = is_in(value, i);
		if (!has && is_in(slice, i))
			return false;
		all &= has;
	}
	return !all;
}

static void find_also(const struct slices *s, struct slice *slice, const struct lookup *l)
{
	size_t first = 0, n;
	while (!is_in(l, first))
		first++;
	for (size_t c = 0; c < s->options.n_by; c++) {
		const uint32_t *values = slice_table_values(s->table, c, first, &n);
		for (size_t i = 0; i < n && !is_condition(slice, s->options.by[c]); i++) {
			struct lookup value = { .table = s->table, .n = 1, .columns = { c }, .values = { values[i] } };
			if (!is_shared(s, l, &value))
				continue;
			slice->also[slice->n_also++] = (struct slice_condition){ s->options.by[c], intern_name(s->table->names[c], values[i]) };
			break;
		}
	}
}

void slice_judge(const struct slices *s, struct slice *slice)
{
	struct lookup l = lookup_of(s, slice);
	judge_parts(s, slice, &l);
	judge_strata(s, slice, &l);
	find_also(s, slice, &l);
}
