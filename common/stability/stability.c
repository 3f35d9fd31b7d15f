/* The stability of a scope: read once, then each part of it measured. */
#include "stability/stability.h"

#include "base/mem.h"
#include "stability/calls.h"

#include <stdlib.h>

const struct stability_format stability_formats[] = {
	{ "text", stability_text },
	{ "json", stability_json },
	{ "csv", stability_csv },
	{ 0 },
};

int stability_build(struct stability **built, struct db *db, const struct scope *scope, enum stability_by by, int repeats, struct err *e)
{
	struct calls c;
	struct stability *s = *built = mem_alloc(sizeof *s);
	s->names = intern_new();
	s->by = by;
	s->repeats = repeats;
	int rc = calls_read(&c, s, db, scope, e);
	if (rc == 0) {
		groups_measure(&c);
		versions_compare(&c);
		drift_test(&c);
	}
	calls_free(&c);
	return rc;
}

void stability_free(struct stability *s)
{
	if (!s)
		return;
	free(s->groups);
	free(s->versions);
	free(s->drifts);
	free(s->mismatches);
	free(s->models);
	intern_free(s->names);
	free(s);
}

size_t stability_drifted(const struct stability *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_drifts; i++)
		n += !s->drifts[i].untested && s->drifts[i].adjusted <= STABILITY_DRIFT_P;
	for (size_t i = 0; i < s->n_versions; i++)
		n += s->versions[i].adjusted <= STABILITY_DRIFT_P;
	return n;
}

static int by_rate(const void *a, const void *b)
{
	const struct stability_group *x = a, *y = b;
	if (x->tested == 0 || y->tested == 0)
		return (x->tested == 0) - (y->tested == 0);
	double p = (double)x->equal / (double)x->tested, q = (double)y->equal / (double)y->tested;
	return p != q ? (p < q ? -1 : 1) : models_order(x->model, y->model);
}

static int by_adjusted(const void *a, const void *b)
{
	const struct stability_versions *x = a, *y = b;
	return x->adjusted != y->adjusted ? (x->adjusted < y->adjusted ? -1 : 1) : models_order(x->model, y->model);
}

static int by_calls(const void *a, const void *b)
{
	const struct stability_mismatch *x = a, *y = b;
	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	int order = models_order(x->model, y->model);
	return order ? order : str_cmp(x->asked, y->asked);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

void stability_keep_worst(struct stability *s, size_t most)
{
	size_t tested = 0, differ = 0, drifted = 0;
	if (s->n_groups > 0)
		qsort(s->groups, s->n_groups, sizeof *s->groups, by_rate);
	if (s->n_versions > 0)
		qsort(s->versions, s->n_versions, sizeof *s->versions, by_adjusted);
	if (s->n_mismatches > 0)
		qsort(s->mismatches, s->n_mismatches, sizeof *s->mismatches, by_calls);
	while (tested < s->n_groups && s->groups[tested].tested > 0)
		tested++;
	while (differ < s->n_versions && s->versions[differ].adjusted <= STABILITY_DRIFT_P)
		differ++;
	while (drifted < s->n_tests && s->drifts[drifted].adjusted <= STABILITY_DRIFT_P)
		drifted++;
	s->n_groups = smaller(tested, most);
	s->n_versions = smaller(differ, most);
	s->n_drifts = smaller(drifted, most);
	s->n_mismatches = smaller(s->n_mismatches, most);
	s->groups = mem_grow(s->groups, s->n_groups + 1, sizeof *s->groups); /* the memory of many models goes */
	s->drifts = mem_grow(s->drifts, s->n_drifts + 1, sizeof *s->drifts);
}
