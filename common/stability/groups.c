/* How stable the outputs are: overall, and by model, version or day. */
#include "stability/calls.h"

#include "base/mem.h"
#include "base/timefmt.h"

#include <stdlib.h>

/* Sums over prompts, of which a group's means are made. */
struct sums {
	double agreement, modal;
};

struct grouping {
	struct calls *calls;
	struct map *places; /* of groups, plus 1 */
	struct sums *sums;  /* one a group */
	uint64_t *outputs;  /* scratch */
};

/* What a prompt's calls say. */
struct prompt {
	size_t n, different;
	double agreement, modal;
	bool tested, equal;
	int64_t diverged_ms; /* where they differ */
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Counts the different outputs of n sorted ones, how many pairs agree, and how often the most frequent one comes. */
static void count_outputs(const uint64_t *sorted, size_t n, struct prompt *p)
{
	double pairs = 0, most = 0;
	for (size_t start = 0, end; start < n; start = end) {
		for (end = start; end < n && sorted[end] == sorted[start];)
			end++;
		double same = (double)(end - start);
		pairs += same * (same - 1);
		most = same > most ? same : most;
		p->different++;
	}
	p->modal = most / (double)n;
	p->agreement = n > 1 ? pairs / ((double)n * (double)(n - 1)) : 0;
}

static struct prompt measure(const struct call *c, size_t n, size_t repeats, uint64_t *scratch)
{
	struct prompt p = { .n = n, .tested = n >= repeats };
	size_t first = 1;
	while (first < n && c[first].output == c[0].output)
		first++;
	p.equal = p.tested && first >= repeats;
	p.diverged_ms = first < n ? c[first].time_ms : 0;
	for (size_t i = 0; i < n; i++)
		scratch[i] = c[i].output;
	qsort(scratch, n, sizeof *scratch, by_value);
	count_outputs(scratch, n, &p);
	return p;
}

static void add_prompt(struct stability_group *g, struct sums *sums, const struct prompt *p)
{
	g->calls += (int64_t)p->n;
	if (p->n < 2) {
		g->once++;
		return;
	}
	g->prompts++;
	g->tested += p->tested;
	g->equal += p->equal;
	g->outputs += (int64_t)p->different;
	if ((int64_t)p->different > g->most_outputs)
		g->most_outputs = (int64_t)p->different;
	if (p->different > 1 && (g->diverged++ == 0 || p->diverged_ms < g->diverged_ms))
		g->diverged_ms = p->diverged_ms;
	sums->agreement += p->agreement;
	sums->modal += p->modal;
}

static void settle(struct stability_group *g, const struct sums *sums)
{
	double n = g->prompts > 0 ? (double)g->prompts : 1;
	g->agreement = sums->agreement / n;
	g->modal = sums->modal / n;
	g->tar = interval_wilson(g->equal, g->tested);
	g->agreement_in = interval_mean(g->agreement, g->prompts);
	g->modal_in = interval_mean(g->modal, g->prompts);
}

/* The group of the call, new or known, or NULL where only all are asked for. */
static struct stability_group *group_of(struct grouping *g, const struct call *c, struct sums **sums)
{
	struct stability *s = g->calls->s;
	struct stability_group new = { .day_ms = (int64_t)c->day * TIME_DAY_MS };
	const uint32_t key[] = { c->model, c->version, (uint32_t)c->day };
	struct str bytes = { (const char *)&key[2], sizeof key[2] };
	if (s->by == STABILITY_OVERALL)
		return NULL;
	if (s->by != STABILITY_BY_DAY) {
		bytes = (struct str){ (const char *)key, (s->by == STABILITY_BY_VERSION ? 2 : 1) * sizeof key[0] };
		new.model = &s->models[c->model];
	}
	if (s->by == STABILITY_BY_VERSION)
		new.version = calls_keep(g->calls, intern_name(g->calls->versions, c->version));
	int64_t *place = map_put(g->places, bytes);
	if (*place == 0) {
		s->groups = mem_more(s->groups, s->n_groups, sizeof *s->groups);
		g->sums = mem_more(g->sums, s->n_groups, sizeof *g->sums);
		g->sums[s->n_groups] = (struct sums){ 0 };
		s->groups[s->n_groups] = new;
		*place = (int64_t)++s->n_groups;
	}
	*sums = &g->sums[*place - 1];
	return &s->groups[*place - 1];
}

static bool same_prompt(const struct call *a, const struct call *b)
{
	return a->prompt == b->prompt && a->model == b->model && a->parameters == b->parameters && a->day == b->day && a->version == b->version;
}

/* Over all prompts of the sorted calls: into the group that each belongs to, or into `all`. */
static void measure_all(struct grouping *g, struct stability_group *all, bool groups)
{
	const struct calls *c = g->calls;
	struct sums of_all = { 0 }, *sums = &of_all;
	for (size_t start = 0, end; start < c->n; start = end) {
		for (end = start + 1; end < c->n && same_prompt(&c->v[start], &c->v[end]);)
			end++;
		struct prompt p = measure(&c->v[start], end - start, (size_t)c->s->repeats, g->outputs);
		if (all)
			add_prompt(all, &of_all, &p);
		struct stability_group *group = groups ? group_of(g, &c->v[start], &sums) : NULL;
		if (group)
			add_prompt(group, sums, &p);
	}
	if (all)
		settle(all, &of_all);
}

/* Days are told apart, or not. */
static void part_days(struct calls *c, bool apart)
{
	for (size_t i = 0; i < c->n; i++)
		c->v[i].day = apart ? (int32_t)(time_floor(c->v[i].time_ms, TIME_DAY_MS) / TIME_DAY_MS) : 0;
	calls_sort(c);
}

/* The p-chart: a day whose interval does not hold the rate of all days stands out. */
static void chart(struct stability *s)
{
	int64_t tested = 0, equal = 0;
	for (size_t i = 0; i < s->n_groups; i++) {
		tested += s->groups[i].tested;
		equal += s->groups[i].equal;
	}
	for (size_t i = 0; i < s->n_groups && tested > 0; i++) {
		double rate = (double)equal / (double)tested;
		s->groups[i].outside = s->groups[i].tested > 0 && (rate < s->groups[i].tar.low || rate > s->groups[i].tar.high);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct stability_group *x = a, *y = b;
	if (x->day_ms != y->day_ms)
		return x->day_ms < y->day_ms ? -1 : 1;
	int order = x->model ? models_order(x->model, y->model) : 0;
	return order ? order : str_cmp(x->version, y->version);
}

void groups_measure(struct calls *c)
{
	struct stability *s = c->s;
	struct grouping g = { .calls = c, .places = map_new(), .outputs = mem_array(c->n + 1, sizeof *g.outputs) };
	if (s->by == STABILITY_BY_DAY) {
		part_days(c, true);
		measure_all(&g, NULL, true);
	}
	part_days(c, false);
	measure_all(&g, &s->overall, s->by != STABILITY_BY_DAY);
	for (size_t i = 0; i < s->n_groups; i++)
		settle(&s->groups[i], &g.sums[i]);
	if (s->by == STABILITY_BY_DAY)
		chart(s);
	if (s->n_groups > 0)
		qsort(s->groups, s->n_groups, sizeof *s->groups, by_name);
	map_free(g.places);
	free(g.sums);
	free(g.outputs);
}
