/* Widths and line breaks. */
#include "report/columns.h"

#include <stdint.h>
#include <string.h>

#define COLUMNS_MAX 16
#define NARROWEST 6 /* columns of a cell that is broken */
#define GAP 2

struct range {
	uint32_t first, last;
};

static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },   { 0xa960, 0xa97c },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f000, 0x1faff }, { 0x20000, 0x3fffd },
};
static const struct range marks[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x610, 0x61a },   { 0x64b, 0x65f },   { 0x93c, 0x93c },
	{ 0x941, 0x948 }, { 0x94d, 0x94d },   { 0xe31, 0xe31 },   { 0xe34, 0xe3a },   { 0xe47, 0xe4e },   { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_in(const struct range *ranges, size_t n, uint32_t point)
{
	for (size_t i = 0; i < n; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

/* Length in bytes and width of the first code point. */
static size_t point_of(struct str s, size_t *width)
{
	size_t n = str_rune(s);
	unsigned char c = (unsigned char)s.p[0];
	uint32_t point = n <= 1 ? c : c & (0x7fU >> n);
	for (size_t i = 1; i < n; i++)
		point = point << 6 | ((unsigned char)s.p[i] & 0x3f);
	*width = is_in(marks, COUNT(marks), point) ? 0 : is_in(wide, COUNT(wide), point) ? 2 : 1;
	return n > 0 ? n : 1;
}

size_t columns_of(struct str s)
{
	size_t columns = 0, width;
	for (size_t i = 0; i < s.n; columns += width)
		i += point_of((struct str){ s.p + i, s.n - i }, &width);
	return columns;
}

static struct str skip_blanks(struct str s)
{
	while (s.n > 0 && s.p[0] == ' ')
		s = (struct str){ s.p + 1, s.n - 1 };
	return s;
}

struct str columns_cut(struct str s, size_t width, struct str *line)
{
	size_t i = 0, used = 0, blank = 0;
	while (i < s.n) {
		size_t wide_by, n = point_of((struct str){ s.p + i, s.n - i }, &wide_by);
		if (s.p[i] == ' ')
			blank = i;
		if (used + wide_by > width && i > 0)
			break;
		used += wide_by;
		i += n;
	}
	if (i < s.n && blank > 0)
		i = blank;
	*line = (struct str){ s.p, i };
	struct str rest = skip_blanks((struct str){ s.p + i, s.n - i });
	return rest.n > 0 ? rest : (struct str){ 0 };
}

void columns_wrap(struct buf *out, struct str text, size_t width, const char *first, const char *next)
{
	size_t indent = columns_of(str_of(first));
	const char *before = first;
	do {
		struct str line;
		text = columns_cut(text, width > indent ? width - indent : 1, &line);
		buf_z(out, before);
		buf_str(out, line);
		buf_char(out, '\n');
		before = next;
	} while (text.p);
}

/* Tables. */

struct layout {
	const struct columns_table *table;
	size_t columns, width[COLUMNS_MAX];
};

static size_t total_width(const struct layout *l)
{
	size_t total = GAP * (l->columns - 1);
	for (size_t c = 0; c < l->columns; c++)
		total += l->width[c];
	return total;
}

static struct layout natural(const struct columns_table *t)
{
	struct layout l = { .table = t, .columns = strlen(t->align) };
	for (size_t i = 0; i < t->n; i++) {
		size_t w = columns_of(t->cells[i]);
		if (w > l.width[i % l.columns])
			l.width[i % l.columns] = w;
	}
	return l;
}

/* The widest column that can be narrowed: one of text, before one of numbers. */
static size_t widest(const struct layout *l)
{
	size_t best = l->columns;
	for (int numbers = 0; numbers < 2 && best == l->columns; numbers++)
		for (size_t c = 0; c < l->columns; c++)
			if ((l->table->align[c] == 'r') == numbers && l->width[c] > NARROWEST &&
			    (best == l->columns || l->width[c] > l->width[best]))
				best = c;
	return best;
}

/* False: it cannot. */
static bool fit(struct layout *l, size_t width)
{
	while (total_width(l) > width) {
		size_t c = widest(l);
		if (c == l->columns)
			return false;
		l->width[c]--;
	}
	return true;
}

static void repeat(struct buf *out, size_t n, const char *z)
{
	while (n-- > 0)
		buf_z(out, z);
}

static void put_cell(struct buf *out, const struct layout *l, size_t c, struct str line)
{
	size_t used = columns_of(line), missing = l->width[c] > used ? l->width[c] - used : 0;
	bool last = c + 1 == l->columns;
	if (l->table->align[c] == 'r')
		repeat(out, missing, " ");
	buf_str(out, line);
	if (l->table->align[c] == 'l' && !last)
		repeat(out, missing, " ");
	if (!last)
		repeat(out, GAP, " ");
}

/* As many lines as the highest cell has. */
static void put_row(struct buf *out, const struct layout *l, const struct str *cells)
{
	struct str rest[COLUMNS_MAX];
	bool more = true;
	memcpy(rest, cells, l->columns * sizeof *cells);
	while (more) {
		more = false;
		for (size_t c = 0; c < l->columns; c++) {
			struct str line = { 0 };
			if (rest[c].p)
				rest[c] = columns_cut(rest[c], l->width[c], &line);
			more |= rest[c].p != NULL;
			put_cell(out, l, c, line);
		}
		buf_char(out, '\n');
	}
}

static void put_head(struct buf *out, const struct layout *l)
{
	buf_z(out, l->table->bold);
	put_row(out, l, l->table->cells);
	buf_z(out, l->table->plain);
	for (size_t c = 0; c < l->columns; c++) {
		repeat(out, l->width[c], "─");
		repeat(out, c + 1 < l->columns ? GAP : 0, " ");
	}
	buf_char(out, '\n');
}

/* A row as lines of `head: cell`. */
static void put_record(struct buf *out, const struct columns_table *t, size_t row, size_t columns, size_t width)
{
	struct buf line;
	buf_init(&line, out->max);
	for (size_t c = 0; c < columns; c++) {
		buf_clear(&line);
		if (t->has_head)
			buf_fmt(&line, "%.*s: ", STR_ARG(t->cells[c]));
		buf_str(&line, t->cells[row * columns + c]);
		columns_wrap(out, buf_view(&line), width, c == 0 ? "" : "  ", c == 0 ? "" : "  ");
	}
	buf_free(&line);
}

void columns_table(struct buf *out, const struct columns_table *t, size_t width)
{
	struct layout l = natural(t);
	size_t first = t->has_head, rows = t->n / l.columns;
	bool fits = fit(&l, width);
	if (fits && t->has_head)
		put_head(out, &l);
	for (size_t row = first; row < rows; row++) {
		if (fits)
			put_row(out, &l, t->cells + row * l.columns);
		else
			put_record(out, t, row, l.columns, width);
	}
}
