/*
 * A plain name stands in a code span, in which nothing has a meaning but the backtick; where there is a character that
 * could end the span or the cell, the name stands in <code> with such characters as entities, which never have a
 * meaning in Markdown.
 */
#include "report/md.h"

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NAME_POINTS 60 /* longest name shown, in code points */
#define PAD_MAX 80     /* widest column that is padded */
#define TABLE_MAX ((size_t)32 << 20)

/* Decodes the first code point of well-formed UTF-8; returns its length. */
static size_t decode(const char *p, uint32_t *point)
{
	unsigned char c = (unsigned char)*p;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	*point = n == 1 ? c : c & (0x7fU >> n);
	for (size_t i = 1; i < n; i++)
		*point = *point << 6 | ((unsigned char)p[i] & 0x3f);
	return n;
}

/* Controls, separators of lines, marks without width, marks of direction, tags, private use. */
static bool is_invisible(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0xa0 },     { 0xad, 0xad },     { 0x61c, 0x61c },   { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
		{ 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xe000, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 }, { 0xfff0, 0xffff }, { 0xe0000, 0x10ffff },
	};
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Whether the name can stand in a code span as it is. */
static bool is_plain(const char *name)
{
	size_t n = strlen(name);
	bool plain = n > 0 && name[0] != ' ' && name[n - 1] != ' ';
	while (plain && *name != '\0') {
		uint32_t point;
		name += decode(name, &point);
		plain = !is_invisible(point) && !strchr("`|\\", point < 0x80 ? (int)point : 'x');
	}
	return plain;
}

static void add_entity(struct buf *out, const char *p, size_t n, uint32_t point)
{
	bool harmless = point >= 0x80 || (point >= '0' && point <= '9') || ((point | 0x20) >= 'a' && (point | 0x20) <= 'z');
	if (is_invisible(point))
		buf_fmt(out, "[U+%04X]", (unsigned)point);
	else if (harmless)
		buf_add(out, p, n);
	else
		buf_fmt(out, "&#%u;", (unsigned)point);
}

/* Appends the first NAME_POINTS code points. */
static void add_points(struct buf *out, const char *name, bool plain)
{
	for (int i = 0; *name != '\0' && i < NAME_POINTS; i++) {
		uint32_t point;
		size_t n = decode(name, &point);
		if (plain)
			buf_add(out, name, n);
		else
			add_entity(out, name, n, point);
		name += n;
	}
	if (*name != '\0')
		buf_z(out, "…");
}

void md_name(struct buf *out, const char *name)
{
	if (!name) {
		buf_z(out, "not stated");
		return;
	}
	bool plain = is_plain(name);
	buf_z(out, plain ? "`" : "<code>");
	add_points(out, name, plain);
	buf_z(out, plain ? "`" : "</code>");
}

void md_table_begin(struct md_table *t, const char *align)
{
	t->align = align;
	buf_init(&t->cells, TABLE_MAX);
}

struct buf *md_cell(struct md_table *t)
{
	buf_char(&t->cells, '\n');
	return &t->cells;
}

void md_cell_z(struct md_table *t, const char *text)
{
	buf_z(md_cell(t), text);
}

/* Cuts the next cell off. */
static struct str next_cell(struct str *rest)
{
	struct str cell;
	*rest = str_cut((struct str){ rest->p + 1, rest->n - 1 }, '\n', &cell);
	if (rest->p)
		*rest = (struct str){ rest->p - 1, rest->n + 1 }; /* each cell keeps the line break before it */
	return cell;
}

static size_t width_of(struct str cell)
{
	size_t width = str_codepoints(cell);
	return width < PAD_MAX ? width : PAD_MAX;
}

static void pad(struct buf *out, size_t n, char with)
{
	while (n-- > 0)
		buf_char(out, with);
}

static void put_cell(struct buf *out, struct str cell, char align, size_t width)
{
	size_t missing = width - width_of(cell);
	buf_z(out, "| ");
	if (align == 'r')
		pad(out, missing, ' ');
	buf_str(out, cell);
	if (align == 'l')
		pad(out, missing, ' ');
	buf_char(out, ' ');
}

static void put_rule(struct buf *out, const char *align, const size_t *width, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		buf_z(out, "| ");
		pad(out, width[i] - (align[i] == 'r'), '-');
		buf_z(out, align[i] == 'r' ? ": " : " ");
	}
	buf_z(out, "|\n");
}

#define COLUMNS_MAX 16

void md_table_end(struct md_table *t, struct buf *out)
{
	size_t columns = strlen(t->align), width[COLUMNS_MAX] = { 0 }, i = 0;
	for (struct str rest = buf_view(&t->cells); rest.p && rest.n > 0; i++) {
		size_t w = width_of(next_cell(&rest));
		if (w < 3)
			w = 3;
		if (w > width[i % columns])
			width[i % columns] = w;
	}
	i = 0;
	for (struct str rest = buf_view(&t->cells); rest.p && rest.n > 0; i++) {
		put_cell(out, next_cell(&rest), t->align[i % columns], width[i % columns]);
		if ((i + 1) % columns == 0)
			buf_z(out, "|\n");
		if (i + 1 == columns)
			put_rule(out, t->align, width, columns);
	}
	if (!buf_ok(&t->cells))
		out->failed = true;
	buf_free(&t->cells);
}
