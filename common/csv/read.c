/* Rows of a CSV text. libcsv hands out cells and row ends by callbacks; here they are kept until the row is whole. */
#include "csv/read.h"

#include "base/mem.h"

#include <csv.h>
#include <inttypes.h>

struct table {
	struct csv_parser parser;
	char delimiter;
	struct buf text;       /* the cells, one behind the other */
	size_t *ends;          /* where each ends in text */
	struct str *cells;     /* the finished row */
	size_t n, cap;
	size_t fed;            /* bytes of the row so far */
	uint64_t line, last;   /* on which the row began; the last one taken */
	bool open, done;       /* within a row; a row was finished */
};

/* Only \n ends a row, so that one line never gives two rows. */
static int is_term(unsigned char c)
{
	return c == '\n';
}

/* Blanks are part of a cell (RFC 4180): none may be trimmed. */
static int is_space(unsigned char c)
{
	(void)c;
	return 0;
}

/* Begins a new row with a parser in its first state. Its options are valid, so csv_init() cannot fail. */
static void restart(struct table *t)
{
	csv_free(&t->parser);
	(void)csv_init(&t->parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_set_delim(&t->parser, (unsigned char)t->delimiter);
	csv_set_term_func(&t->parser, is_term);
	csv_set_space_func(&t->parser, is_space);
	t->open = false;
}

struct table *table_new(char delimiter)
{
	struct table *t = mem_alloc(sizeof *t);
	t->delimiter = delimiter;
	buf_init(&t->text, CSV_ROW_MAX);
	restart(t);
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	csv_free(&t->parser);
	buf_free(&t->text);
	free(t->ends);
	free(t->cells);
	free(t);
}

static void on_cell(void *p, size_t n, void *arg)
{
	struct table *t = arg;
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->ends = mem_grow(t->ends, t->cap, sizeof *t->ends);
		t->cells = mem_grow(t->cells, t->cap, sizeof *t->cells);
	}
	buf_add(&t->text, p, n);
	t->ends[t->n++] = t->text.n;
}

static void on_row(int end, void *arg)
{
	(void)end;
	((struct table *)arg)->done = true;
}

enum table_result table_drop(struct table *t, uint64_t number, struct table_row *row, const char *why, struct err *e)
{
	row->line = t->open ? t->line : number;
	restart(t);
	if (number > row->line)
		err_set(e, ROS_REFUSED, "%s (the row goes on to line %" PRIu64 ")", why, number);
	else
		err_set(e, ROS_REFUSED, "%s", why);
	return TABLE_BAD;
}

static enum table_result finish(struct table *t, struct table_row *row)
{
	if (!t->done)
		return TABLE_MORE;
	t->open = false;
	size_t start = 0;
	for (size_t i = 0; i < t->n; i++) {
		t->cells[i] = (struct str){ buf_cstr(&t->text) + start, t->ends[i] - start };
		start = t->ends[i];
	}
	row->cells = t->cells;
	row->n = t->n;
	return TABLE_ROW;
}

static void begin(struct table *t, uint64_t number)
{
	buf_clear(&t->text);
	t->n = t->fed = 0;
	t->done = false;
	t->line = number;
	t->open = true;
}

/* Whether a quoted cell is open, and the last byte was not the quote that may close it. */
static bool is_quoting(const struct table *t)
{
	return t->parser.quoted && t->parser.pstate == 2;
}

static bool feed(struct table *t, const char *p, size_t n)
{
	return csv_parse(&t->parser, p, n, on_cell, on_row, t) == n;
}

/* The line, then its end. A \r before it is of the end, but within quotes, where it is of the cell. */
static bool feed_line(struct table *t, struct str line, bool whole)
{
	size_t cr = line.n > 0 && line.p[line.n - 1] == '\r', n = line.n - cr;
	if (!feed(t, line.p, n) || (is_quoting(t) && !feed(t, line.p + n, cr)))
		return false;
	return !whole || feed(t, "\n", 1);
}

enum table_result table_line(struct table *t, struct str line, bool whole, uint64_t number, struct table_row *row,
                             struct err *e)
{
	if (!t->open)
		begin(t, number);
	t->last = number;
	row->line = t->line;
	t->fed += line.n + 1;
	if (memchr(line.p, 0, line.n))
		return table_drop(t, number, row, "NUL byte", e);
	if (!str_utf8(line))
		return table_drop(t, number, row, "not UTF-8", e);
	if (t->fed > CSV_ROW_MAX)
		return table_drop(t, number, row, "the row is too long; is a quote left open?", e);
	if (!feed_line(t, line, whole))
		return table_drop(t, number, row, "misplaced quote", e);
	if (t->parser.pstate == 0 && !t->done)
		t->open = false; /* an empty line */
	return finish(t, row);
}

enum table_result table_end(struct table *t, struct table_row *row, struct err *e)
{
	if (!t->open)
		return TABLE_MORE;
	row->line = t->line;
	if (csv_fini(&t->parser, on_cell, on_row, t) != 0)
		return table_drop(t, t->last, row, "quote left open", e);
	return finish(t, row);
}
