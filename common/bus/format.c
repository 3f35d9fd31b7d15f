/* What is printed of an entry: see the header. */
#include "bus/format.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "bus/id.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH_MAX 1000

#define DIM "\x1b[2m"
#define RED "\x1b[31m"
#define GREEN "\x1b[32m"
#define YELLOW "\x1b[33m"
#define PLAIN "\x1b[0m"

struct str view_value(const struct view *v, const char *name)
{
	bool pointer = name[0] == '/';
	const struct json *m = pointer ? json_at(v->reader, v->event, name + 1) : json_get(v->reader, v->event, str_of(name));
	if (m && m->type != JSON_NULL)
		return m->type == JSON_STRING ? m->text : m->raw;
	struct str field = pointer ? (struct str){ NULL, 0 } : bus_entry_get(v->entry, name);
	return field.n <= EVENT_LINE_MAX ? field : (struct str){ NULL, 0 };
}

/* --- reading --- */

/* The text while it is read. */
struct reading {
	const char *text, *at;
	struct format *f;
	char *end; /* of f->bytes */
	struct err *e;
};

static int fail(const struct reading *r, const char *at, const char *what)
{
	return err_set(r->e, ROS_USAGE, "--format: byte %zu: %s", (size_t)(at - r->text) + 1, what);
}

static void add_byte(struct reading *r, char c)
{
	struct format *f = r->f;
	if (f->n == 0 || f->pieces[f->n - 1].what != 0)
		f->pieces[f->n++] = (struct format_piece){ .text = { r->end, 0 } };
	f->pieces[f->n - 1].text.n++;
	*r->end++ = c;
}

static int read_escape(struct reading *r)
{
	static const char from[] = "nt\\", to[] = "\n\t\\";
	const char *start = r->at++, *c = *r->at ? strchr(from, *r->at) : NULL;
	if (!c)
		return fail(r, start, "not one of \\n \\t \\\\");
	r->at++;
	add_byte(r, to[c - from]);
	return 0;
}

static int read_name(struct reading *r, struct format_piece *p)
{
	size_t n = strcspn(r->at, "}");
	if (r->at[n] == '\0')
		return fail(r, r->at - 1, "{ without }");
	if (n == 0)
		return fail(r, r->at - 1, "no name between { and }");
	p->text = (struct str){ r->end, n };
	memcpy(r->end, r->at, n);
	r->end += n;
	*r->end++ = '\0';
	r->at += n + 1;
	return 0;
}

static int read_directive(struct reading *r)
{
	const char *start = r->at++;
	if (*r->at == '%') {
		add_byte(r, *r->at++);
		return 0;
	}
	struct format_piece p = { .left = *r->at == '-' };
	r->at += p.left;
	for (; *r->at >= '0' && *r->at <= '9' && p.width <= WIDTH_MAX; r->at++)
		p.width = p.width * 10 + (size_t)(*r->at - '0');
	if (p.width > WIDTH_MAX)
		return fail(r, start, "a width of more than 1000");
	p.what = *r->at;
	if (p.what == '\0' || !strchr("itsTdpr{", p.what))
		return fail(r, start, "not one of %i %t %s %T %d %p %r %{NAME} %%");
	r->at++;
	if (p.what == '{' && read_name(r, &p) != 0)
		return -1;
	r->f->pieces[r->f->n++] = p;
	return 0;
}

int format_read(struct format *f, const char *text, struct err *e)
{
	size_t n = strlen(text);
	*f = (struct format){ .pieces = mem_array(n + 1, sizeof *f->pieces), .bytes = mem_alloc(n + 1) };
	buf_init(&f->value, EVENT_LINE_MAX);
	struct reading r = { text, text, f, f->bytes, e };
	while (*r.at) {
		int rc = 0;
		if (*r.at == '%')
			rc = read_directive(&r);
		else if (*r.at == '\\')
			rc = read_escape(&r);
		else
			add_byte(&r, *r.at++);
		if (rc != 0)
			return -1;
	}
	if (r.end == f->bytes || f->pieces[f->n - 1].what != 0 || r.end[-1] != '\n')
		add_byte(&r, '\n');
	return 0;
}

void format_free(struct format *f)
{
	free(f->pieces);
	free(f->bytes);
	buf_free(&f->value);
	*f = (struct format){ 0 };
}

/* --- writing --- */

static void add_time(struct buf *out, struct str id)
{
	struct entry_id parsed;
	char text[TIME_TEXT];
	id_parse(id, 0, &parsed);
	time_format(parsed.ms > INT64_MAX ? INT64_MAX : (int64_t)parsed.ms, text);
	buf_z(out, text);
}

static void add_text(struct buf *out, struct str s, bool mask)
{
	size_t start = out->n;
	buf_line(out, s.p ? s : STR("-"));
	if (mask && buf_ok(out))
		str_mask(out->p + start, out->n - start);
}

static void add_value(const struct format_piece *p, const struct view *v, bool terminal, struct buf *out)
{
	switch (p->what) {
	case 'i':
		buf_str(out, v->env.id);
		break;
	case 't':
		add_time(out, v->env.id);
		break;
	case 's':
		buf_str(out, v->env.stream);
		break;
	case 'T':
		add_text(out, v->env.type, true);
		break;
	case 'd':
		buf_int(out, v->env.deliveries);
		break;
	case 'p':
		add_text(out, v->event ? v->event->raw : (struct str){ NULL, 0 }, terminal);
		break;
	case 'r':
		add_text(out, v->env.refused, true);
		break;
	default:
		add_text(out, view_value(v, p->text.p), true);
	}
}

static const char *status_colour(struct str status)
{
	if (str_is(status, "SUCCESS"))
		return GREEN;
	return str_is(status, "RATE_LIMITED") ? YELLOW : RED;
}

/* The colour of a value, or NULL. */
static const char *colour_of(const struct format_piece *p, struct str value)
{
	if (p->what == 'i' || p->what == 't')
		return DIM;
	if (str_is(value, "-"))
		return NULL;
	if (p->what == 'r')
		return RED;
	return p->what == '{' && (str_is(p->text, "status") || str_is(p->text, "/status")) ? status_colour(value) : NULL;
}

static void write_value(struct format *f, const struct format_piece *p, const struct view *v, struct buf *out)
{
	buf_clear(&f->value);
	add_value(p, v, f->terminal, &f->value);
	struct str value = buf_view(&f->value);
	const char *colour = f->colours ? colour_of(p, value) : NULL;
	size_t used = p->width > 0 ? str_codepoints(value) : 0, room = p->width > used ? p->width - used : 0;
	if (!p->left)
		buf_fmt(out, "%*s", (int)room, "");
	if (colour)
		buf_z(out, colour);
	buf_str(out, value);
	if (colour)
		buf_z(out, PLAIN);
	if (p->left)
		buf_fmt(out, "%*s", (int)room, "");
}

void format_write(struct format *f, const struct view *v, struct buf *out)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct format_piece *p = &f->pieces[i];
		if (p->what == 0)
			buf_str(out, p->text);
		else
			write_value(f, p, v, out);
	}
}
