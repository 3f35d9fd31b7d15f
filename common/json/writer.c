/* The JSON writer: where a comma, a line break and an indent belong is decided in one place, before each value. */
#include "json/writer.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void json_writer_init(struct json_writer *w, struct buf *out, bool lines)
{
	*w = (struct json_writer){ .out = out, .lines = lines };
}

static void indent(struct json_writer *w)
{
	if (!w->lines || w->row > 0)
		return;
	buf_char(w->out, '\n');
	for (uint32_t i = 0; i < w->depth; i++)
		buf_z(w->out, "  ");
}

static void separate(struct json_writer *w)
{
	if (w->named || w->depth == 0) {
		w->named = false;
		return;
	}
	if (w->some[w->depth - 1])
		buf_char(w->out, ',');
	w->some[w->depth - 1] = true;
	indent(w);
}

void json_open(struct json_writer *w, char bracket)
{
	separate(w);
	buf_char(w->out, bracket);
	if (w->depth == JSON_WRITER_DEPTH) {
		w->out->failed = true;
		return;
	}
	if (w->row == 0 && w->depth > 0 && w->list[w->depth - 1])
		w->row = w->depth;
	w->some[w->depth] = false;
	w->list[w->depth++] = bracket == '[';
}

void json_close(struct json_writer *w, char bracket)
{
	bool some = w->some[--w->depth];
	if (some)
		indent(w);
	if (w->row == w->depth)
		w->row = 0;
	buf_char(w->out, bracket);
}

void json_key_str(struct json_writer *w, struct str name)
{
	separate(w);
	json_quote(w->out, name);
	buf_z(w->out, w->lines && w->row == 0 ? ": " : ":");
	w->named = true;
}

void json_key(struct json_writer *w, const char *name)
{
	json_key_str(w, str_of(name));
}

void json_str(struct json_writer *w, struct str s)
{
	if (!s.p) {
		json_null(w);
		return;
	}
	separate(w);
	json_quote(w->out, s);
}

void json_z(struct json_writer *w, const char *z)
{
	json_str(w, str_of(z));
}

void json_int(struct json_writer *w, int64_t v)
{
	separate(w);
	buf_int(w->out, v);
}

void json_decimal(struct json_writer *w, int128 v, int scale)
{
	separate(w);
	num_decimal(w->out, v, scale);
}

void json_real(struct json_writer *w, double v, int digits)
{
	if (!isfinite(v)) {
		json_null(w);
		return;
	}
	separate(w);
	buf_fmt(w->out, "%.*g", digits, v);
}

void json_bool(struct json_writer *w, bool v)
{
	json_raw(w, v ? STR("true") : STR("false"));
}

void json_null(struct json_writer *w)
{
	json_raw(w, STR("null"));
}

void json_raw(struct json_writer *w, struct str json)
{
	separate(w);
	buf_str(w->out, json);
}

static void quote_control(struct buf *out, unsigned char c)
{
	static const char from[] = "\b\f\n\r\t", to[] = "bfnrt";
	const char *p = c ? strchr(from, c) : NULL;
	if (p)
		buf_fmt(out, "\\%c", to[p - from]);
	else
		buf_fmt(out, "\\u%04x", c);
}

void json_quote(struct buf *out, struct str s)
{
	size_t plain = 0;
	buf_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s.p + plain, i - plain);
		plain = i + 1;
		if (c < 0x20)
			quote_control(out, c);
		else
			buf_fmt(out, "\\%c", c);
	}
	buf_add(out, s.p + plain, s.n - plain);
	buf_char(out, '"');
}
