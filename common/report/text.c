/*
 * The document for a terminal: as wide as that is, with the calls over time as sparklines, and with colours only where they
 * are wanted. Nothing is said by colour alone.
 */
#include "report/formats.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "report/columns.h"
#include "report/content.h"
#include "report/doc.h"
#include "report/human.h"

#include <stdlib.h>

#define DEFAULT_COLUMNS 80
#define LEAST_COLUMNS 20
#define LEVELS 8

struct screen {
	struct buf *out;
	const struct report *report;
	size_t columns;
	const char *heading, *bold, *plain; /* escape sequences, or empty */
};

static struct screen screen_of(const struct report *r, struct buf *out)
{
	struct screen s = { .out = out, .report = r, .columns = r->columns, .heading = "", .bold = "", .plain = "" };
	if (s.columns == 0)
		s.columns = DEFAULT_COLUMNS;
	if (s.columns < LEAST_COLUMNS)
		s.columns = LEAST_COLUMNS;
	if (r->colour) {
		s.heading = "\033[1;36m";
		s.bold = "\033[1m";
		s.plain = "\033[0m";
	}
	return s;
}

/* Appends the text without its marks. */
static void flatten(struct buf *out, const char *text)
{
	struct doc_run run;
	while (doc_next_run(&text, &run))
		buf_str(out, run.text);
}

static void put_text(const struct screen *s, const char *text, const char *first, const char *next)
{
	struct buf flat;
	buf_init(&flat, REPORT_BYTES_MAX);
	flatten(&flat, text);
	columns_wrap(s->out, buf_view(&flat), s->columns, first, next);
	buf_free(&flat);
}

static void put_table(const struct screen *s, const struct doc *d, const struct doc_block *b)
{
	struct buf flat;
	struct str *cells = mem_array(b->n + 1, sizeof *cells);
	size_t *ends = mem_array(b->n + 1, sizeof *ends);
	const char *text = doc_first(d, b);
	buf_init(&flat, REPORT_BYTES_MAX);
	for (size_t i = 0; i < b->n; i++, text = doc_next(text)) {
		flatten(&flat, text);
		ends[i] = flat.n;
	}
	for (size_t i = 0; i < b->n; i++) {
		size_t begin = i > 0 ? ends[i - 1] : 0;
		cells[i] = (struct str){ buf_cstr(&flat) + begin, ends[i] - begin };
	}
	struct columns_table t = {
		.cells = cells, .n = b->n, .align = b->align, .has_head = b->kind != DOC_FACTS, .bold = s->bold, .plain = s->plain
	};
	columns_table(s->out, &t, s->columns);
	free(cells);
	free(ends);
	buf_free(&flat);
}

/* Sparklines. */

/* v[i] of the moments, in `n` places from the first to the last of both modes; what shares a place is added. */
static void spread(const struct report *r, const struct report_part *p, bool cost, double *v, size_t n, size_t span)
{
	for (size_t i = 0; i < p->n_moments; i++) {
		size_t at = (size_t)((p->moments[i].start_ms - r->all.moments[0].start_ms) / r->moment_ms);
		v[at * n / span] += (double)(cost ? p->moments[i].cost_nano : p->moments[i].calls);
	}
}

static void put_line(struct buf *out, const double *v, size_t n)
{
	static const char *const levels[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	double most = 0;
	for (size_t i = 0; i < n; i++)
		most = v[i] > most ? v[i] : most;
	for (size_t i = 0; i < n; i++) {
		int level = v[i] > 0 ? (int)(v[i] / most * LEVELS) : -1;
		buf_z(out, level < 0 ? " " : levels[level < LEVELS ? level : LEVELS - 1]);
	}
	buf_char(out, '\n');
}

static void put_sparklines(const struct screen *s)
{
	const struct report *r = s->report;
	const struct report_moment *moments = r->all.moments;
	if (r->all.n_moments < 2)
		return;
	size_t span = (size_t)((moments[r->all.n_moments - 1].start_ms - moments[0].start_ms) / r->moment_ms) + 1;
	size_t label = sizeof "DEMO calls  " - 1, n = span < s->columns - label ? span : s->columns - label;
	double *v = mem_array(n, sizeof *v);
	buf_char(s->out, '\n');
	put_text(s, r->moment_ms == TIME_HOUR_MS ? "From the first hour to the last:" : "From the first day to the last:", "", "");
	for (int i = 0; i < 4; i++) {
		const struct report_part *p = &r->mode[i / 2];
		bool cost = i % 2;
		if (!p->mode || (cost && report_priced(&p->total) == 0))
			continue;
		memset(v, 0, n * sizeof *v);
		spread(r, p, cost, v, n, span);
		buf_fmt(s->out, "%s %s  ", p->mode, cost ? "cost " : "calls");
		put_line(s->out, v, n);
	}
	free(v);
}

/* Blocks. */

static void put_heading(const struct screen *s, const char *text, int level)
{
	buf_z(s->out, level < 3 ? s->heading : s->bold);
	put_text(s, text, "", "");
	buf_z(s->out, s->plain);
}

static void put_block(const struct screen *s, const struct doc *d, const struct doc_block *b)
{
	const char *text = doc_first(d, b);
	switch (b->kind) {
	case DOC_BANNER:
		buf_z(s->out, s->bold);
		put_text(s, text, "", "");
		buf_z(s->out, s->plain);
		break;
	case DOC_HEADING: put_heading(s, text, b->level); break;
	case DOC_QUOTE: put_text(s, text, "  | ", "  | "); break;
	case DOC_ITEM: put_text(s, text, "- ", "  "); break;
	case DOC_COMMAND:
		buf_z(s->out, "    "); /* on one line, to be copied */
		flatten(s->out, text);
		buf_char(s->out, '\n');
		break;
	case DOC_FACTS:
	case DOC_TABLE: put_table(s, d, b); break;
	case DOC_NUMBERS:
		put_table(s, d, b);
		put_sparklines(s);
		break;
	default: put_text(s, text, "", "");
	}
}

int report_text(const struct report *r, struct buf *out, struct err *e)
{
	const struct doc_block *before = NULL;
	struct screen s = screen_of(r, out);
	struct doc d;
	(void)e;
	doc_init(&d);
	report_content(r, &d);
	for (size_t i = 0; i < d.n; i++) {
		const struct doc_block *b = &d.blocks[i];
		if (b->kind == DOC_CHART) /* the table behind each says the same */
			continue;
		if (before && (before->kind != DOC_ITEM || b->kind != DOC_ITEM))
			buf_char(out, '\n');
		put_block(&s, &d, b);
		before = b;
	}
	if (!buf_ok(&d.text))
		out->failed = true;
	doc_free(&d);
	return 0;
}
