/*
 * CSV: rows, columns and their types.
 *
 * Every byte is read once by the scanner below, which counts rows and cells and notes for each column of
 * which kinds its bytes are. The cells themselves are read by libcsv, but only in the head: it takes 5 to 7
 * ns a byte, the scanner about one. So a column gets the type of its first rows, and keeps it only if the
 * bytes of all its other cells can be of that type.
 */
#include "base/mem.h"
#include "csv/read.h"
#include "dataset/format.h"

#include <inttypes.h>

/* Kinds of bytes. A column's are or-ed together. */
enum {
	DIGIT = 1,
	MINUS = 2,
	POINT = 4,  /* . e E +: of numbers that are no integers */
	OTHER = 8,
	NONE = 16,  /* an empty cell was seen */
	SPECIAL = 128,
};

struct scan {
	uint8_t kind[256];
	uint8_t *kinds;        /* of each column */
	bool in_quotes, quote; /* within a quoted cell; right behind a quote that may close it */
	bool quoted;           /* the cell began with a quote */
	bool passing;          /* a header, whose cells say nothing of the columns */
	uint8_t bits;          /* kinds of the cell's bytes so far */
	uint64_t cell;         /* its number in the row, from 0 */
	uint64_t line, opened; /* the line; where the open quote is */
	uint64_t rows, columns, ragged, ragged_line, row_line;
};

struct csv {
	struct scan scan;
	struct layout layout; /* by the head */
	enum value_type *first; /* types of the first row's cells, as many as the layout keeps */
	char delimiter;
	bool header;
	bool marked;            /* a byte order mark is to be passed over */
	int64_t typed_rows;
};

static void scan_init(struct scan *s, char delimiter)
{
	*s = (struct scan){ .line = 1, .row_line = 1 };
	memset(s->kind, OTHER, sizeof s->kind);
	memset(s->kind + '0', DIGIT, 10);
	s->kind['-'] = MINUS;
	s->kind['.'] = s->kind['e'] = s->kind['E'] = s->kind['+'] = POINT;
	s->kind['\r'] = 0; /* of the line's end */
	s->kind[0] = s->kind['\n'] = s->kind['"'] = s->kind[(unsigned char)delimiter] = SPECIAL;
	s->kinds = mem_array(LAYOUT_MAX, 1);
}

static int fault(const struct scan *s, const char *what, struct err *e)
{
	return err_set(e, ROS_INPUT, "line %" PRIu64 ", field %" PRIu64 ": %s", s->line, s->cell + 1, what);
}

static inline void end_cell(struct scan *s)
{
	if (s->cell < LAYOUT_MAX && !s->passing)
		s->kinds[s->cell] |= s->bits ? s->bits : NONE;
	s->cell++;
	s->bits = 0;
	s->quoted = s->quote = false;
}

static void end_row(struct scan *s)
{
	bool empty_line = s->cell == 0 && !s->bits && !s->quoted;
	if (empty_line)
		return;
	end_cell(s);
	if (s->rows++ == 0)
		s->columns = s->cell;
	if (s->cell != s->columns && s->ragged++ == 0)
		s->ragged_line = s->row_line;
	s->cell = 0;
	s->passing = false;
}

/* The bytes of a quoted cell, up to its next quote. */
static const unsigned char *pass_quoted(struct scan *s, const unsigned char *p, const unsigned char *end)
{
	for (; p < end && *p != '"' && *p != '\0'; p++) {
		s->bits |= s->kind[*p] & SPECIAL ? OTHER : s->kind[*p];
		s->line += *p == '\n';
	}
	return p;
}

/* Other bytes, up to the next one that may mean something. */
static const unsigned char *pass_plain(struct scan *s, const unsigned char *p, const unsigned char *end)
{
	uint8_t bits = s->bits, kind;
	for (; p < end && !((kind = s->kind[*p]) & SPECIAL); p++)
		bits |= kind;
	s->bits = bits;
	return p;
}

/*
 * A quote: opens the cell at its start, may close a quoted one, is doubled in it, or is a byte like others in
 * one that is not quoted.
 */
static void take_quote(struct scan *s)
{
	if (s->in_quotes) {
		s->in_quotes = false;
		s->quote = true;
	} else if (s->quote) {
		s->in_quotes = true;
		s->quote = false;
		s->bits |= OTHER;
	} else if (!s->bits) {
		s->in_quotes = s->quoted = true;
		s->opened = s->line;
	} else {
		s->bits |= OTHER;
	}
}

static int take_special(struct scan *s, unsigned char c, struct err *e)
{
	if (c == '"') {
		take_quote(s);
	} else if (c == '\n') {
		end_row(s);
		s->row_line = ++s->line;
	} else if (c == '\0') {
		return fault(s, "NUL byte", e);
	} else {
		end_cell(s);
	}
	return 0;
}

static int scan(struct scan *s, struct str bytes, struct err *e)
{
	const unsigned char *p = (const unsigned char *)bytes.p, *end = p + bytes.n;
	for (;;) {
		if (s->in_quotes) {
			p = pass_quoted(s, p, end);
		} else {
			uint8_t before = s->bits;
			s->bits = 0;
			p = pass_plain(s, p, end);
			if (s->quote && s->bits)
				return fault(s, "misplaced quote", e);
			s->bits |= before;
		}
		if (p == end)
			return 0;
		if (take_special(s, *p++, e) != 0)
			return -1;
	}
}

static int scan_end(struct scan *s, struct err *e)
{
	if (s->in_quotes)
		return err_set(e, ROS_INPUT, "line %" PRIu64 ", field %" PRIu64 ": quote left open", s->opened, s->cell + 1);
	end_row(s);
	return 0;
}

static bool is_text(struct str head)
{
	size_t controls = 0;
	for (size_t i = 0; i < head.n; i++)
		controls += (unsigned char)head.p[i] < ' ' && head.p[i] != '\t' && head.p[i] != '\n' && head.p[i] != '\r';
	return controls <= 8 || controls <= head.n / 100;
}

/*
 * The columns of the head with that delimiter, where at least half of its rows have as many as the first one;
 * else 0.
 */
static uint64_t columns_with(char delimiter, struct str head, bool whole)
{
	struct scan s;
	scan_init(&s, delimiter);
	if (scan(&s, head, NULL) == 0 && whole)
		(void)scan_end(&s, NULL); /* what is wrong is said when the file is read */
	free(s.kinds);
	if (s.rows == 0)
		return s.cell + 1;
	return 2 * s.ragged <= s.rows - 1 ? s.columns : 0;
}

/* A column alone: no delimiter anywhere, and a first line that is a plain name, with others below. */
static bool is_list(struct str head)
{
	struct str first, rest = str_cut(head, '\n', &first);
	first = str_trim(first);
	for (size_t i = 0; i < first.n; i++)
		if (!strchr("_-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", first.p[i]))
			return false;
	return first.n > 0 && str_trim(rest).n > 0 && !memchr(head.p, ',', head.n) && !memchr(head.p, ';', head.n) &&
	       !memchr(head.p, '\t', head.n);
}

/* The delimiter that makes most columns; 0: none makes a table of the head. */
static char find_delimiter(struct str head, bool whole)
{
	static const char delimiters[] = { ',', ';', '\t' };
	uint64_t most = 1;
	char found = is_list(head) ? ',' : 0;
	for (size_t i = 0; i < sizeof delimiters; i++) {
		uint64_t n = columns_with(delimiters[i], head, whole);
		if (n > most) {
			most = n;
			found = delimiters[i];
		}
	}
	return found;
}

static void take_first(struct csv *c, const struct table_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		layout_add(&c->layout, row->cells[i], VALUE_EMPTY, false);
	c->first = mem_array(c->layout.kept + 1, sizeof *c->first);
	for (size_t i = 0; i < c->layout.kept; i++)
		c->first[i] = value_type_of(row->cells[i]);
}

static void take_types(struct csv *c, const struct table_row *row)
{
	if (row->n != c->layout.count)
		return;
	for (size_t i = 0; i < c->layout.kept; i++)
		c->layout.columns[i].type = value_type_join(c->layout.columns[i].type, value_type_of(row->cells[i]));
	c->typed_rows++;
}

/* Reads the rows that the head has whole. */
static int sample(struct csv *c, struct str head, bool whole, struct err *e)
{
	struct table *t = table_new(c->delimiter);
	struct table_row row;
	struct err why;
	struct str line;
	enum table_result got = TABLE_MORE;
	uint64_t number = 0;
	for (bool more = true; more && (c->first || got != TABLE_BAD);) {
		head = str_cut(head, '\n', &line);
		more = head.p != NULL;
		if (!more && !whole)
			break;
		got = table_line(t, line, more, ++number, &row, &why);
		if (got == TABLE_MORE && !more)
			got = table_end(t, &row, &why);
		if (got == TABLE_ROW)
			(c->first ? take_types : take_first)(c, &row);
	}
	table_free(t);
	if (c->first)
		return 0;
	if (got == TABLE_BAD)
		return err_set(e, ROS_INPUT, "line %" PRIu64 ": %s", row.line, why.text);
	return err_set(e, ROS_INPUT, "line 1: the first row is longer than %zu bytes", HEAD_MAX);
}

static bool is_typed(enum value_type type)
{
	return type != VALUE_EMPTY && type != VALUE_TEXT;
}

/*
 * Whether the first row names the columns: it has text where the rows below have numbers or dates, or it has
 * nothing but text.
 */
static bool has_header(const struct csv *c)
{
	bool typed = false;
	for (size_t i = 0; i < c->layout.kept; i++) {
		if (c->first[i] == VALUE_TEXT && is_typed(c->layout.columns[i].type))
			return true;
		typed |= is_typed(c->first[i]);
	}
	return !typed;
}

/* The first row is a row like the others, and its cells are nobody's names. */
static void drop_names(struct csv *c)
{
	for (size_t i = 0; i < c->layout.kept; i++) {
		struct column *column = &c->layout.columns[i];
		free(column->name);
		column->name = NULL;
		column->type = value_type_join(column->type, c->first[i]);
	}
	c->typed_rows++;
}

static void csv_free_state(void *state)
{
	struct csv *c = state;
	if (!c)
		return;
	layout_free(&c->layout);
	free(c->first);
	free(c->scan.kinds);
	free(c);
}

static int csv_begin(struct str head, bool whole, void **state, struct err *e)
{
	bool marked = str_starts(head, "\xef\xbb\xbf");
	struct str text = { head.p + 3 * marked, head.n - 3 * marked };
	char delimiter = is_text(text) ? find_delimiter(text, whole) : 0;
	if (!delimiter)
		return 0;
	struct csv *c = mem_alloc(sizeof *c);
	c->delimiter = delimiter;
	c->marked = marked;
	scan_init(&c->scan, delimiter);
	if (sample(c, text, whole, e) != 0) {
		csv_free_state(c);
		return -1;
	}
	c->header = c->scan.passing = has_header(c);
	if (!c->header)
		drop_names(c);
	*state = c;
	return 0;
}

static int csv_feed(void *state, struct str bytes, struct err *e)
{
	struct csv *c = state;
	if (c->marked)
		bytes = (struct str){ bytes.p + 3, bytes.n - 3 };
	c->marked = false;
	return scan(&c->scan, bytes, e);
}

/* The type of a column whose first values had the given one, and all of whose values have bytes of these kinds. */
static enum value_type settle(enum value_type type, uint8_t kinds)
{
	switch (type) {
	case VALUE_EMPTY:
		return kinds & (DIGIT | MINUS | POINT | OTHER) ? VALUE_TEXT : VALUE_EMPTY;
	case VALUE_BOOLEAN:
		return kinds & (DIGIT | MINUS) ? VALUE_TEXT : type;
	case VALUE_INTEGER:
		if (kinds & OTHER)
			return VALUE_TEXT;
		return kinds & POINT ? VALUE_NUMBER : type;
	case VALUE_NUMBER:
		return kinds & OTHER ? VALUE_TEXT : type;
	case VALUE_DATE:
		return kinds & (POINT | OTHER) ? VALUE_TEXT : type;
	default:
		return type;
	}
}

static int csv_end(void *state, int fd, int64_t size, struct facts *f, struct err *e)
{
	struct csv *c = state;
	(void)fd;
	(void)size;
	if (scan_end(&c->scan, e) != 0)
		return -1;
	for (size_t i = 0; i < c->layout.kept; i++) {
		struct column *column = &c->layout.columns[i];
		column->type = settle(column->type, c->scan.kinds[i]);
		column->nullable = c->scan.kinds[i] & NONE;
	}
	f->format = "csv";
	f->rows = (int64_t)c->scan.rows - c->header;
	f->layout = c->layout; /* the facts' now */
	c->layout = (struct layout){ 0 };
	f->has_layout = true;
	f->typed_rows = c->typed_rows;
	f->delimiter = c->delimiter;
	f->header = c->header;
	f->ragged = (int64_t)c->scan.ragged;
	f->ragged_line = c->scan.ragged_line;
	return 0;
}

const struct format format_csv = { csv_begin, csv_feed, csv_end, csv_free_state };
