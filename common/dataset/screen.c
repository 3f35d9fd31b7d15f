/* A file's first row is taken as its columns' names: where it names nothing, they are no context that a rule knows. */
#include "dataset/screen.h"

#include "base/buf.h"
#include "base/mem.h"
#include "csv/read.h"
#include "phi/line.h"

#include <stdlib.h>
#include <string.h>

struct screen {
	bool full;
	struct phi_line *lines;
	struct phi_scanner *cells;
	struct map *findings;
	bool not_text, failed, blocked;
	int64_t rows;

	enum screen_text text; /* of the file: */
	size_t taken;          /* bytes of it */
	struct buf rest;       /* of a line that goes on */
	struct table *table;
	struct buf names;      /* of its columns, each with a NUL behind it */
	size_t n_names;
	uint64_t line;
};

struct screen *screen_new(bool full)
{
	struct screen *s = mem_alloc(sizeof *s);
	s->full = full;
	s->lines = phi_line_new(NULL, NULL);
	s->cells = phi_scanner_new();
	s->findings = map_new();
	buf_init(&s->rest, PHI_LINE_MAX);
	buf_init(&s->names, CSV_ROW_MAX * 2);
	return s;
}

void screen_free(struct screen *s)
{
	if (!s)
		return;
	phi_line_free(s->lines);
	phi_scanner_free(s->cells);
	map_free(s->findings);
	table_free(s->table);
	buf_free(&s->rest);
	buf_free(&s->names);
	free(s);
}

void screen_begin(struct screen *s, enum screen_text text)
{
	s->text = text;
	s->not_text |= text == SCREEN_NO_TEXT;
	s->taken = s->n_names = 0;
	s->line = 0;
	buf_clear(&s->rest);
	buf_clear(&s->names);
	table_free(s->table);
	s->table = NULL;
}

static void count(struct screen *s, const struct phi_finding *f)
{
	++*map_put(s->findings, str_of(f->rule->label));
	s->blocked |= f->rule->block;
}

static void count_hit(void *arg, const struct phi_hit *hit)
{
	count(arg, hit->finding);
}

static void take_text(struct screen *s, struct str line)
{
	s->failed |= phi_line_take(s->lines, line, false, count_hit, s, NULL, NULL) != 0;
}

/* The delimiter that the first line has most of. */
static char delimiter_of(struct str line)
{
	size_t n[3] = { 0 };
	static const char delimiters[] = { ',', ';', '\t' };
	for (size_t i = 0; i < line.n; i++)
		for (int d = 0; d < 3; d++)
			n[d] += line.p[i] == delimiters[d];
	return n[1] > n[0] && n[1] >= n[2] ? ';' : n[2] > n[0] ? '\t' : ',';
}

static void take_names(struct screen *s, const struct table_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		buf_str(&s->names, row->cells[i]);
		buf_char(&s->names, '\0');
		take_text(s, row->cells[i]);
	}
	s->n_names = row->n;
}

static void take_cell(struct screen *s, struct str name, struct str cell)
{
	const struct phi_finding *found;
	size_t n;
	if (phi_scan(s->cells, name, cell, &found, &n, NULL) != 0)
		s->failed = true;
	else
		for (size_t i = 0; i < n; i++)
			count(s, &found[i]);
}

static void take_row(struct screen *s, const struct table_row *row)
{
	struct str names = buf_view(&s->names);
	if (s->n_names == 0) {
		take_names(s, row);
		return;
	}
	for (size_t i = 0; i < row->n; i++) {
		struct str name = { 0 };
		if (i < s->n_names)
			names = str_cut(names, '\0', &name);
		take_cell(s, name, row->cells[i]);
	}
	s->rows++;
}

static void take_line(struct screen *s, struct str line)
{
	struct table_row row;
	struct err e;
	s->line++;
	if (s->text == SCREEN_LINES) {
		take_text(s, line);
		s->rows += str_trim(line).n > 0;
		return;
	}
	if (!s->table)
		s->table = table_new(delimiter_of(line));
	enum table_result got = table_line(s->table, line, true, s->line, &row, &e);
	if (got == TABLE_ROW)
		take_row(s, &row);
	s->failed |= got == TABLE_BAD;
}

/* A part of a line; `ends`: the last. */
static void take_part(struct screen *s, struct str part, bool ends)
{
	if (s->rest.n == 0 && ends) {
		take_line(s, part);
		return;
	}
	buf_str(&s->rest, part);
	if (!ends)
		return;
	if (buf_ok(&s->rest))
		take_line(s, buf_view(&s->rest));
	else
		s->failed = true;
	buf_clear(&s->rest);
}

void screen_take(struct screen *s, struct str bytes)
{
	if (s->text == SCREEN_NO_TEXT)
		return;
	if (!s->full && bytes.n > SCREEN_SAMPLE - s->taken)
		bytes.n = SCREEN_SAMPLE - s->taken;
	s->taken += s->full ? 0 : bytes.n;
	while (bytes.n > 0) {
		const char *end = memchr(bytes.p, '\n', bytes.n);
		size_t n = end ? (size_t)(end - bytes.p) : bytes.n;
		take_part(s, (struct str){ bytes.p, n }, end != NULL);
		n += end != NULL;
		bytes = (struct str){ bytes.p + n, bytes.n - n };
	}
}

/* A sample breaks off anywhere: what its last line begins with is scanned as well. */
void screen_end(struct screen *s)
{
	struct table_row row;
	struct err e;
	if (s->rest.n > 0)
		take_part(s, STR(""), true);
	if (s->table && table_end(s->table, &row, &e) == TABLE_ROW)
		take_row(s, &row);
}

struct screen_result screen_result(const struct screen *s)
{
	const char *status = s->blocked ? "flagged" : s->failed ? "failed" : s->not_text ? "pending" : "clean";
	return (struct screen_result){ status, s->rows, s->findings };
}
