/*
 * Plain text stands in a code span, in which nothing has a meaning but the backtick; where there is a character that
 * could end the span or the cell, the name stands in <code> with such characters as entities, which never have a
 * meaning in Markdown.
 */
#include "report/md.h"

#include "base/str.h"

#include <stdbool.h>
#include <string.h>

#define PAD_MAX 80     /* widest column that is padded */
#define TABLE_MAX ((size_t)32 << 20)

/* Whether the text can stand in a code span as it is. */
static bool is_plain(struct str text)
{
	bool plain = text.n > 0 && text.p[0] != ' ' && text.p[text.n - 1] != ' ';
	for (size_t i = 0; plain && i < text.n; i++)
		plain = !strchr("`|\\", text.p[i]);
	return plain;
}

/* Letters, digits, and what is no ASCII, have no meaning anywhere. */
static bool is_harmless(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

void md_code(struct buf *out, struct str text)
{
	if (is_plain(text)) {
		buf_fmt(out, "`%.*s`", STR_ARG(text));
		return;
	}
	buf_z(out, "<code>");
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (is_harmless(c))
			buf_char(out, text.p[i]);
		else
			buf_fmt(out, "&#%u;", (unsigned)c);
	}
	buf_z(out, "</code>");
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
