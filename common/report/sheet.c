/* Cells of both layouts of CSV. */
#include "report/sheet.h"

#include "base/timefmt.h"
#include "json/writer.h"

#define DIMENSIONS_MAX ((size_t)1 << 22) /* the texts of an event, escaped */
#define NUMBER_MAX 128

void sheet_init(struct sheet *s, struct buf *out, bool tidy)
{
	*s = (struct sheet){ .csv = { .out = out }, .tidy = tidy };
	buf_init(&s->dimensions, DIMENSIONS_MAX);
}

void sheet_free(struct sheet *s)
{
	buf_free(&s->dimensions);
}

void sheet_head(struct sheet *s)
{
	static const char *const names[] = { "section", "name", "dimensions", "value", "unit" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		csv_z(&s->csv, names[i]);
	csv_end_row(&s->csv);
}

void sheet_table(struct sheet *s, const char *section, const struct sheet_column *columns, size_t n)
{
	s->section = section;
	s->columns = columns;
	s->n = n;
	s->at = 0;
	for (size_t i = 0; !s->tidy && i < n; i++)
		csv_z(&s->csv, columns[i].head);
	if (!s->tidy)
		csv_end_row(&s->csv);
}

static void begin_dimension(struct sheet *s)
{
	if (s->at == 0)
		buf_clear(&s->dimensions);
	buf_char(&s->dimensions, s->dimensions.n == 0 ? '{' : ',');
	json_quote(&s->dimensions, str_of(s->columns[s->at].name));
	buf_char(&s->dimensions, ':');
}

/* A value of the tidy layout, which is a row; is_number: not to be held for a formula. */
static void put_row(struct sheet *s, struct str value, bool is_number)
{
	const struct sheet_column *c = &s->columns[s->at];
	csv_z(&s->csv, s->section);
	csv_z(&s->csv, c->name);
	if (s->dimensions.n > 0 && s->columns[0].role == DIMENSION) {
		buf_char(&s->dimensions, '}');
		csv_text(&s->csv, buf_view(&s->dimensions));
		s->dimensions.n--;
	} else {
		csv_z(&s->csv, "");
	}
	if (is_number)
		csv_number(&s->csv, value);
	else
		csv_text(&s->csv, value);
	csv_z(&s->csv, c->unit);
	csv_end_row(&s->csv);
}

static void next_cell(struct sheet *s)
{
	if (++s->at < s->n)
		return;
	s->at = 0;
	if (!s->tidy)
		csv_end_row(&s->csv);
}

void sheet_text(struct sheet *s, const char *text)
{
	enum sheet_role role = s->columns[s->at].role;
	if (!s->tidy)
		csv_z(&s->csv, text);
	else if (role == VALUE)
		put_row(s, str_of(text), false);
	else if (role == DIMENSION) {
		begin_dimension(s);
		if (text)
			json_quote(&s->dimensions, str_of(text));
		else
			buf_z(&s->dimensions, "null");
	}
	next_cell(s);
}

/* A number as it is written, or the empty text. */
static void put_number(struct sheet *s, struct str number)
{
	if (!s->tidy)
		csv_number(&s->csv, number);
	else if (s->columns[s->at].role == VALUE)
		put_row(s, number, true);
	else {
		begin_dimension(s);
		buf_str(&s->dimensions, number.n > 0 ? number : STR("null"));
	}
	next_cell(s);
}

void sheet_decimal(struct sheet *s, bool known, int128 v, int scale)
{
	struct buf b;
	buf_init(&b, NUMBER_MAX);
	if (known)
		num_decimal(&b, v, scale);
	put_number(s, buf_view(&b));
	buf_free(&b);
}

void sheet_int(struct sheet *s, int128 v)
{
	sheet_decimal(s, true, v, 0);
}

void sheet_real(struct sheet *s, bool known, double v, int digits)
{
	struct buf b;
	struct json_writer w;
	buf_init(&b, NUMBER_MAX);
	json_writer_init(&w, &b, false);
	if (known)
		json_real(&w, v, digits);
	put_number(s, buf_view(&b));
	buf_free(&b);
}

void sheet_time(struct sheet *s, bool known, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	sheet_text(s, known ? text : NULL);
}
