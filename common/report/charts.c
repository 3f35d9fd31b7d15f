/* From groups to lines of a chart. Labels are short; the table that follows has names and figures in full. */
#include "report/charts.h"

#include "base/mem.h"
#include "report/human.h"
#include "report/names.h"
#include "report/svg.h"

#include <stdlib.h>

#define COLUMNS_MAX 60 /* in a chart over time */
#define LABEL_COLUMNS 30
#define LABEL_MAX 1024

static void add_chart(struct doc *d, const char *title, struct svg *s)
{
	struct doc_block *b;
	doc_text(d, DOC_CHART, title);
	doc_cell_z(d, buf_cstr(&s->description));
	doc_cell_z(d, buf_cstr(&s->drawing));
	b = &d->blocks[d->n - 1];
	b->level = s->height;
	svg_free(s);
}

void label_name(struct buf *out, const struct report_group *g, size_t columns)
{
	name_fitted(out, g->key.name ? g->key.name : "not stated", columns);
}

void label_model(struct buf *out, const struct report_group *g, size_t columns)
{
	label_name(out, g, columns * 2 / 3);
	buf_z(out, " (");
	name_fitted(out, g->key.provider ? g->key.provider : "not stated", columns / 3);
	buf_char(out, ')');
}

void label_stage(struct buf *out, const struct report_group *g, size_t columns)
{
	if (g->key.stage > 0)
		buf_fmt(out, "%d ", (int)g->key.stage);
	label_name(out, g, columns - 3);
}

static double share_of(int128 part, int128 whole)
{
	return whole > 0 ? (double)part / (double)whole : 0;
}

static void put_cost(struct svg *s, const char *label, const struct report_group *g, int128 most)
{
	struct buf value;
	buf_init(&value, LABEL_MAX);
	bool known = report_priced(g) > 0;
	if (known)
		human_usd(&value, g->m[COST_NANO]);
	else
		buf_z(&value, g->m[CALLS] > 0 ? "unknown" : "no calls");
	svg_bar(s, label, buf_cstr(&value), known ? share_of(g->m[COST_NANO], most) : -1, "s1");
	buf_free(&value);
}

/* The groups of one list whose costs are drawn. */
struct costs {
	const struct report_list *list;
	size_t shown;
	struct report_group rest; /* all others */
	int128 most;
};

static struct costs costs_of(const struct report_list *list, size_t shown)
{
	struct costs c = { .list = list, .shown = list->n <= shown ? list->n : shown - 1 };
	for (size_t i = 0; i < list->n; i++) {
		const struct report_group *g = &list->v[i];
		if (i < c.shown && g->m[COST_NANO] > c.most)
			c.most = g->m[COST_NANO];
		for (int m = 0; i >= c.shown && m < MEASURES; m++)
			c.rest.m[m] += g->m[m];
	}
	if (c.rest.m[COST_NANO] > c.most)
		c.most = c.rest.m[COST_NANO];
	return c;
}

void chart_of_cost(struct doc *d, const char *title, const struct report_list *list, size_t shown, group_label_fn *label)
{
	struct costs c = costs_of(list, shown);
	struct svg s;
	struct buf text;
	svg_init(&s);
	buf_init(&text, LABEL_MAX);
	for (size_t i = 0; i < c.shown; i++) {
		buf_clear(&text);
		label(&text, &list->v[i], LABEL_COLUMNS);
		put_cost(&s, buf_cstr(&text), &list->v[i], c.most);
	}
	if (c.shown < list->n) {
		buf_clear(&text);
		buf_fmt(&text, "%zu others", list->n - c.shown);
		put_cost(&s, buf_cstr(&text), &c.rest, c.most);
	}
	buf_free(&text);
	add_chart(d, title, &s);
}

void chart_of_counts(struct doc *d, const char *title, const char *const *labels, const int128 *v, size_t n,
                     const char *what)
{
	int128 whole = 0;
	struct svg s;
	struct buf value;
	svg_init(&s);
	buf_init(&value, LABEL_MAX);
	for (size_t i = 0; i < n; i++)
		whole += v[i];
	for (size_t i = 0; i < n; i++) {
		buf_clear(&value);
		human_count(&value, v[i]);
		buf_fmt(&value, " %s (", what);
		human_share(&value, v[i], whole);
		buf_char(&value, ')');
		svg_bar(&s, labels[i], buf_cstr(&value), share_of(v[i], whole), i == 0 ? "s1" : "s2");
	}
	buf_free(&value);
	add_chart(d, title, &s);
}

static void put_latency(struct svg *s, const struct report_group *g, double longest)
{
	struct buf label, value;
	buf_init(&label, LABEL_MAX);
	buf_init(&value, LABEL_MAX);
	label_name(&label, g, LABEL_COLUMNS);
	if (g->latency[P50] < 0) {
		svg_bar(s, buf_cstr(&label), g->m[CALLS] > 0 ? "unknown" : "no calls", -1, "s1");
	} else {
		const double at[3] = { g->latency[P50] / longest, g->latency[P95] / longest, g->latency[P99] / longest };
		buf_z(&value, "median ");
		human_ms(&value, g->latency[P50]);
		buf_z(&value, ", p95 ");
		human_ms(&value, g->latency[P95]);
		svg_range(s, buf_cstr(&label), buf_cstr(&value), at);
	}
	buf_free(&label);
	buf_free(&value);
}

void chart_of_latency(struct doc *d, const char *title, const struct report_list *list)
{
	double longest = 1;
	struct svg s;
	svg_init(&s);
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].latency[P99] > longest)
			longest = list->v[i].latency[P99];
	for (size_t i = 0; i < list->n; i++)
		put_latency(&s, &list->v[i], longest);
	add_chart(d, title, &s);
}

struct times times_of(const struct report_part *p, int64_t moment_ms)
{
	if (p->n_moments == 0)
		return (struct times){ .length_ms = moment_ms };
	int64_t first = p->moments[0].start_ms, last = p->moments[p->n_moments - 1].start_ms;
	int64_t span = (last - first) / moment_ms + 1, together = (span + COLUMNS_MAX - 1) / COLUMNS_MAX;
	struct times t = { .n = (size_t)((span + together - 1) / together), .length_ms = together * moment_ms };
	t.v = mem_array(t.n, sizeof *t.v);
	for (size_t i = 0; i < t.n; i++)
		t.v[i].start_ms = first + (int64_t)i * t.length_ms;
	for (size_t i = 0; i < p->n_moments; i++) {
		const struct report_moment *m = &p->moments[i];
		struct report_moment *sum = &t.v[(m->start_ms - first) / t.length_ms];
		sum->calls += m->calls;
		sum->succeeded += m->succeeded;
		sum->priced += m->priced;
		sum->cost_nano += m->cost_nano;
	}
	return t;
}

void times_free(struct times *t)
{
	free(t->v);
}

static int128 height_of(const struct report_moment *m, bool cost)
{
	return cost ? m->cost_nano : m->calls;
}

/* "at most 1,234 calls", and the same in words for those who do not see the chart. */
static void say_most(struct buf *out, int128 most, bool cost)
{
	buf_z(out, "at most ");
	if (cost)
		human_usd(out, most);
	else
		human_plural(out, most, "call", "calls");
}

static void draw_times(struct svg *s, const struct times *t, bool cost, int128 most)
{
	struct buf top, first, last;
	double *share = mem_array(t->n, sizeof *share);
	buf_init(&top, LABEL_MAX);
	buf_init(&first, LABEL_MAX);
	buf_init(&last, LABEL_MAX);
	say_most(&top, most, cost);
	human_time(&first, t->v[0].start_ms);
	human_time(&last, t->v[t->n - 1].start_ms + t->length_ms);
	for (size_t i = 0; i < t->n; i++)
		share[i] = share_of(height_of(&t->v[i], cost), most);
	svg_columns(s, share, t->n, buf_cstr(&top), buf_cstr(&first), buf_cstr(&last), cost ? "s3" : "s1");
	free(share);
	buf_free(&top);
	buf_free(&first);
	buf_free(&last);
}

void chart_of_times(struct doc *d, const char *title, const struct times *t, bool cost)
{
	int128 most = 0;
	struct svg s;
	if (t->n == 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		most = height_of(&t->v[i], cost) > most ? height_of(&t->v[i], cost) : most;
	svg_init(&s);
	draw_times(&s, t, cost, most);
	add_chart(d, title, &s);
}
