/* CSV, cell by cell. */
#include "io/cells.h"

#include <math.h>
#include <string.h>

static void next(struct cells *c)
{
	if (c->some)
		buf_char(c->out, ',');
	c->some = true;
}

void cells_text(struct cells *c, struct str text)
{
	next(c);
	bool formula = text.n > 0 && strchr("=+-@\t\r", text.p[0]), quoted = false;
	for (size_t i = 0; i < text.n; i++)
		quoted |= strchr(",\"\r\n", text.p[i]) != NULL;
	if (quoted)
		buf_char(c->out, '"');
	if (formula)
		buf_char(c->out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_char(c->out, '"');
		buf_char(c->out, text.p[i]);
	}
	if (quoted)
		buf_char(c->out, '"');
}

void cells_z(struct cells *c, const char *text)
{
	cells_text(c, str_of(text));
}

void cells_int(struct cells *c, int64_t v)
{
	next(c);
	buf_int(c->out, v);
}

void cells_real(struct cells *c, double v)
{
	next(c);
	if (isfinite(v))
		buf_fmt(c->out, "%.6g", v);
}

void cells_end(struct cells *c)
{
	buf_char(c->out, '\n');
	c->some = false;
}
