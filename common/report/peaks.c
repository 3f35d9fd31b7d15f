/* Candidates are gathered and cut back now and then: amortised, each costs a comparison of a sort. */
#include "report/peaks.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SPARE 1024 /* candidates beyond `keep` before the first cut */

void peaks_init(struct peaks *p, size_t keep)
{
	*p = (struct peaks){ .keep = keep };
}

void peaks_free(struct peaks *p)
{
	free(p->v);
	peaks_init(p, p->keep);
}

static int order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_cost_and_time(const struct peak *a, const struct peak *b)
{
	int o = order(b->cost_nano, a->cost_nano);
	return o ? o : order(a->time_ms, b->time_ms);
}

static int by_all(const void *x, const void *y)
{
	const struct peak *a = x, *b = y;
	int o = by_cost_and_time(a, b);
	if (o == 0)
		o = memcmp(&a->id, &b->id, sizeof a->id);
	return o ? o : order((int64_t)a->series, (int64_t)b->series);
}

void peaks_settle(struct peaks *p)
{
	if (p->n > 0)
		qsort(p->v, p->n, sizeof *p->v, by_all);
	if (p->n <= p->keep)
		return;
	size_t n = p->keep;
	while (n > 0 && n < p->n && by_cost_and_time(&p->v[n], &p->v[p->keep - 1]) == 0)
		n++;
	p->n = n;
}

static void make_room(struct peaks *p)
{
	if (p->n > p->keep)
		peaks_settle(p);
	if (p->cap == 0 || p->n > p->cap / 2) {
		p->cap = 2 * p->cap + p->keep + SPARE;
		p->v = mem_grow(p->v, p->cap, sizeof *p->v);
	}
}

void peaks_offer(struct peaks *p, const struct peak *candidate)
{
	if (candidate->cost_nano <= 0 || p->keep == 0)
		return;
	if (p->n == p->cap)
		make_room(p);
	p->v[p->n++] = *candidate;
}
