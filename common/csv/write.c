/* Writing CSV: a cell is quoted where it must be. */
#include "csv/write.h"

#include <csv.h>
#include <math.h>
#include <string.h>

static void begin_cell(struct csv_writer *w)
{
	if (w->some)
		buf_char(w->out, ',');
	w->some = true;
}

static bool is_formula(struct str s)
{
	return s.n > 0 && s.p[0] != '\0' && strchr("=+-@\t\r", s.p[0]);
}

static bool needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0' && strchr(",\"\r\n", s.p[i]))
			return true;
	return is_formula(s);
}

static void put_quoted(struct buf *out, struct str s)
{
	size_t n = csv_write(NULL, 0, s.p, s.n);
	char *to = buf_reserve(out, n);
	if (!to)
		return;
	csv_write(to, n, s.p, s.n);
	out->n += n;
	to[n] = '\0';
}

void csv_text(struct csv_writer *w, struct str s)
{
	begin_cell(w);
	if (!needs_quotes(s)) {
		buf_str(w->out, s);
		return;
	}
	struct buf safe;
	buf_init(&safe, s.n + 1);
	if (is_formula(s))
		buf_char(&safe, '\'');
	buf_str(&safe, s);
	put_quoted(w->out, buf_view(&safe));
	buf_free(&safe);
}

void csv_z(struct csv_writer *w, const char *z)
{
	csv_text(w, str_of(z));
}

void csv_number(struct csv_writer *w, struct str number)
{
	begin_cell(w);
	buf_str(w->out, number);
}

void csv_int(struct csv_writer *w, int64_t v)
{
	begin_cell(w);
	buf_int(w->out, v);
}

void csv_real(struct csv_writer *w, double v)
{
	begin_cell(w);
	if (isfinite(v))
		buf_fmt(w->out, "%.6g", v);
}

void csv_end_row(struct csv_writer *w)
{
	buf_char(w->out, '\n');
	w->some = false;
}
