/* Listings, as JSON lines or as text. */
#include "json/listing.h"

#include <inttypes.h>
#include <stdio.h>

#define RECORD_BYTES ((size_t)16 << 20)
#define NAME_WIDTH 16

void listing_init(struct listing *r, struct out *out, bool json)
{
	*r = (struct listing){ .out = out, .json = json };
	buf_init(&r->text, RECORD_BYTES);
	buf_init(&r->head, RECORD_BYTES);
}

void listing_free(struct listing *r)
{
	buf_free(&r->text);
	buf_free(&r->head);
}

void listing_begin(struct listing *r)
{
	buf_clear(&r->text);
	buf_clear(&r->head);
	json_writer_init(&r->writer, &r->text, false);
	if (r->json)
		json_open(&r->writer, '{');
}

void listing_end(struct listing *r)
{
	if (r->json)
		json_close(&r->writer, '}');
	if (r->json || r->head.n > 0)
		buf_char(&r->text, '\n');
	if (!buf_ok(&r->text) && r->out->err.text[0] == '\0')
		err_set(&r->out->err, ROS_IO, "cannot write %s: a line is too long", r->out->name);
	if (r->head.n > 0 && !r->headed)
		out_fmt(r->out, "%s\n", buf_cstr(&r->head));
	r->headed = true;
	out_str(r->out, buf_view(&r->text));
}

/* In the head names stand in capitals. */
static void add_cell(struct listing *r, const char *name, int width, const char *text)
{
	const char *space = r->head.n > 0 ? " " : "";
	size_t start = r->head.n;
	buf_fmt(&r->head, "%s%-*s", space, width, name);
	for (size_t i = start; i < r->head.n; i++)
		if (r->head.p[i] >= 'a' && r->head.p[i] <= 'z')
			r->head.p[i] = (char)(r->head.p[i] - 'a' + 'A');
	buf_fmt(&r->text, "%s%-*s", space, width, text);
}

static void add(struct listing *r, const char *name, int width, const char *text)
{
	if (width > 0)
		add_cell(r, name, width, text);
	else
		buf_fmt(&r->text, "%-*s %s\n", NAME_WIDTH, name, text);
}

void listing_text(struct listing *r, const char *name, int width, const char *text)
{
	if (!r->json) {
		add(r, name, width, text[0] ? text : "-");
		return;
	}
	json_key(&r->writer, name);
	json_str(&r->writer, text[0] ? str_of(text) : (struct str){ 0 });
}

void listing_int(struct listing *r, const char *name, int width, int64_t v)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, v);
	if (!r->json) {
		add(r, name, width, v < 0 ? "-" : text);
		return;
	}
	json_key(&r->writer, name);
	json_raw(&r->writer, str_of(v < 0 ? "null" : text));
}

void listing_bool(struct listing *r, const char *name, int width, bool v)
{
	if (!r->json) {
		add(r, name, width, v ? "yes" : "no");
		return;
	}
	json_key(&r->writer, name);
	json_bool(&r->writer, v);
}
