/*
 * Noise within a model's versions against drift between them. Two calls of one prompt agree or not; were the versions alike, pairs within one version would agree as
 * often as pairs across two. How far apart the two rates are is held against what comes out when the versions are shuffled among the calls of each prompt.
 */
#include "stability/calls.h"

#include "base/mem.h"
#include "stats/multiple.h"
#include "stats/resample.h"

#include <stdlib.h>

#define ROUNDS 999
#define CALLS_MAX 50000 /* that are shuffled, a model: more would take long, and say no more */

/* A prompt that several versions have answered; labels within it are shuffled. */
struct block {
	double pairs, within_pairs, same; /* pairs of calls, of calls of one version; pairs that agree */
};

/* The calls of a model that are shuffled: block by block, within it by output. */
struct shuffle {
	struct block *blocks;
	size_t *ends;
	size_t n_blocks, cap_blocks;
	uint32_t *labels;
	uint64_t *outputs;
	size_t n, cap;
	int64_t *counts; /* scratch, one a label, all 0 */
	double within, between; /* of the labels last looked at */
};

static int by_output(const void *a, const void *b)
{
	const struct call *x = a, *y = b;
	return (x->output > y->output) - (x->output < y->output);
}

/* Pairs of the calls start to end that have one label. */
static double same_label_pairs(const struct shuffle *s, const uint32_t *labels, size_t start, size_t end)
{
	double pairs = 0;
	for (size_t i = start; i < end; i++)
		pairs += (double)s->counts[labels[i]]++;
	for (size_t i = start; i < end; i++)
		s->counts[labels[i]] = 0;
	return pairs;
}

/* Pairs of a block that have one label and one output. */
static double agreeing_within(const struct shuffle *s, const uint32_t *labels, size_t start, size_t end)
{
	double pairs = 0;
	for (size_t from = start, to; from < end; from = to) {
		for (to = from; to < end && s->outputs[to] == s->outputs[from];)
			to++;
		pairs += same_label_pairs(s, labels, from, to);
	}
	return pairs;
}

/* By how much two calls of one version agree more often than two of two versions; also kept apart in the shuffle. */
static double excess(const uint32_t *labels, void *arg)
{
	struct shuffle *s = arg;
	s->within = s->between = 0;
	for (size_t i = 0, start = 0; i < s->n_blocks; start = s->ends[i++]) {
		const struct block *b = &s->blocks[i];
		double within = agreeing_within(s, labels, start, s->ends[i]);
		s->within += within / b->within_pairs / (double)s->n_blocks;
		s->between += (b->same - within) / (b->pairs - b->within_pairs) / (double)s->n_blocks;
	}
	return s->within - s->between;
}

static void grow(struct shuffle *s, size_t n)
{
	if (s->n + n > s->cap) {
		s->cap = 2 * (s->n + n);
		s->labels = mem_grow(s->labels, s->cap, sizeof *s->labels);
		s->outputs = mem_grow(s->outputs, s->cap, sizeof *s->outputs);
	}
	if (s->n_blocks == s->cap_blocks) {
		s->cap_blocks = 2 * s->cap_blocks + 64;
		s->blocks = mem_grow(s->blocks, s->cap_blocks, sizeof *s->blocks);
		s->ends = mem_grow(s->ends, s->cap_blocks, sizeof *s->ends);
	}
}

/* Pairs within each output, whatever their labels. */
static double agreeing(const struct shuffle *s, size_t start, size_t end)
{
	double pairs = 0;
	for (size_t from = start, to; from < end; from = to) {
		for (to = from; to < end && s->outputs[to] == s->outputs[from];)
			to++;
		pairs += (double)(to - from) * (double)(to - from - 1) / 2;
	}
	return pairs;
}

/* Takes a prompt's calls, which come sorted by output; a prompt that gives no pair within a version, or none across two, says nothing. */
static void add_block(struct shuffle *s, const struct call *c, size_t n)
{
	grow(s, n);
	size_t start = s->n, end = start + n;
	for (size_t i = 0; i < n; i++) {
		s->labels[start + i] = c[i].version;
		s->outputs[start + i] = c[i].output;
	}
	struct block b = { .pairs = (double)n * (double)(n - 1) / 2, .within_pairs = same_label_pairs(s, s->labels, start, end) };
	if (b.within_pairs <= 0 || b.within_pairs >= b.pairs)
		return;
	b.same = agreeing(s, start, end);
	s->blocks[s->n_blocks] = b;
	s->ends[s->n_blocks++] = s->n = end;
}

static bool same_question(const struct call *a, const struct call *b)
{
	return a->prompt == b->prompt && a->model == b->model && a->parameters == b->parameters;
}

/* All prompts into the shuffles of their models. The calls lose their order within a prompt. */
static void gather(struct calls *c, struct shuffle *shuffles)
{
	for (size_t start = 0, end; start < c->n; start = end) {
		for (end = start + 1; end < c->n && same_question(&c->v[start], &c->v[end]);)
			end++;
		struct shuffle *s = &shuffles[c->v[start].model];
		if (c->v[start].version == c->v[end - 1].version || s->n >= CALLS_MAX)
			continue;
		qsort(&c->v[start], end - start, sizeof *c->v, by_output);
		add_block(s, &c->v[start], end - start);
	}
}

static void compare(struct stability *s, size_t model, struct shuffle *shuffle)
{
	struct stability_versions v = { .model = &s->models[model], .prompts = (int64_t)shuffle->n_blocks, .calls = (int64_t)shuffle->n };
	excess(shuffle->labels, shuffle);
	v.within = shuffle->within;
	v.between = shuffle->between;
	v.p = resample_permute(shuffle->labels, shuffle->ends, shuffle->n_blocks, excess, shuffle, ROUNDS, RESAMPLE_SEED);
	s->versions = mem_more(s->versions, s->n_versions, sizeof *s->versions);
	s->versions[s->n_versions++] = v;
}

static void adjust(struct stability *s)
{
	double *p = mem_array(s->n_versions + 1, sizeof *p), *adjusted = mem_array(s->n_versions + 1, sizeof *adjusted);
	for (size_t i = 0; i < s->n_versions; i++)
		p[i] = s->versions[i].p;
	multiple_adjust(p, s->n_versions, adjusted);
	for (size_t i = 0; i < s->n_versions; i++)
		s->versions[i].adjusted = adjusted[i];
	free(p);
	free(adjusted);
}

void versions_compare(struct calls *c)
{
	struct stability *s = c->s;
	struct shuffle *shuffles = mem_array(s->n_models + 1, sizeof *shuffles);
	int64_t *counts = mem_array(intern_count(c->versions) + 1, sizeof *counts);
	for (size_t i = 0; i < s->n_models; i++)
		shuffles[i].counts = counts;
	gather(c, shuffles);
	for (size_t i = 0; i < s->n_models; i++) {
		if (shuffles[i].n_blocks > 0)
			compare(s, i, &shuffles[i]);
		free(shuffles[i].blocks);
		free(shuffles[i].ends);
		free(shuffles[i].labels);
		free(shuffles[i].outputs);
	}
	adjust(s);
	free(shuffles);
	free(counts);
}
