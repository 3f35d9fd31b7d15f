/* Cells that several tables have. */
#include "report/cells.h"

#include "report/human.h"

void cell_count(struct doc *d, int128 n)
{
	human_count(doc_cell(d), n);
}

void cell_share(struct doc *d, int128 part, int128 whole)
{
	human_share(doc_cell(d), part, whole);
}

void human_mean(struct buf *out, const struct report_group *g)
{
	int128 us = report_latency_mean_us(g);
	human_ms(out, us < 0 ? -1 : (double)us / 1000);
}

/* Says how many calls a figure covers where not all. */
static void say_coverage(struct buf *cell, int128 covered, int128 calls)
{
	if (covered == 0 || covered == calls)
		return;
	buf_z(cell, " for ");
	human_count(cell, covered);
}

void cell_mean(struct doc *d, const struct report_group *g)
{
	if (g->m[CALLS] == 0) {
		doc_cell_z(d, "–");
		return;
	}
	struct buf *cell = doc_cell(d);
	human_mean(cell, g);
	say_coverage(cell, g->m[TIMED], g->m[CALLS]);
}

void cell_cost(struct doc *d, const struct report_group *g)
{
	struct buf *cell = doc_cell(d);
	int128 priced = report_priced(g);
	if (g->m[CALLS] == 0)
		buf_z(cell, "–");
	else if (priced == 0)
		buf_z(cell, "unknown");
	else
		human_usd(cell, g->m[COST_NANO]);
	say_coverage(cell, priced, g->m[CALLS]);
}

void cell_model_figures(struct doc *d, const struct report_part *p, const struct report_group *g)
{
	cell_count(d, g->m[CALLS]);
	cell_share(d, g->m[CALLS], p->total.m[CALLS]);
	cell_share(d, g->status[STATUS_SUCCESS], g->m[CALLS]);
	cell_count(d, report_tokens(g));
	cell_cost(d, g);
}

void put_uuid(struct buf *out, const struct uuid *u)
{
	char text[UUID_TEXT];
	uuid_format(u, text);
	doc_code(out, text);
}

/* The comma after what was said before. */
static struct buf *next_part(struct buf *cell, size_t begin)
{
	buf_z(cell, cell->n > begin ? ", " : "");
	return cell;
}

void put_scope(struct buf *cell, const struct report *r)
{
	const struct report_scope *s = &r->scope;
	size_t begin = cell->n;
	if (s->has_run) {
		buf_z(cell, "run ");
		put_uuid(cell, &s->run);
	}
	if (s->has_project) {
		buf_z(next_part(cell, begin), "project ");
		put_uuid(cell, &s->project);
	}
	if (s->tenant) {
		buf_z(next_part(cell, begin), "tenant ");
		doc_name(cell, s->tenant);
	}
	if (s->mode)
		buf_fmt(next_part(cell, begin), "%s%s calls", cell->n > begin ? "" : "all ", s->mode);
	if (cell->n == begin)
		buf_z(cell, "all recorded calls");
}

void put_period(struct buf *cell, const struct report *r)
{
	if (r->scope.has_from) {
		buf_z(cell, "from ");
		human_time(cell, r->from_ms);
	}
	if (r->scope.has_to) {
		buf_z(cell, r->scope.has_from ? " until before " : "until before ");
		human_time(cell, r->to_ms);
	}
	if (r->widened_from || r->widened_to)
		buf_z(cell, " (widened to whole hours)");
}

void put_span(struct buf *out, int64_t first_ms, int64_t last_ms)
{
	human_time(out, first_ms);
	if (first_ms != last_ms) {
		buf_z(out, " to ");
		human_time(out, last_ms);
	}
}


void open_table(struct doc *d, const char *align, const char *const *headings)
{
	doc_table(d, DOC_TABLE, align);
	for (size_t i = 0; align[i] != '\0'; i++)
		doc_cell_z(d, headings[i]);
}
