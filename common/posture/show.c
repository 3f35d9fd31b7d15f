/* An audit as text and as JSON. */
#include "posture/show.h"

#include "base/timefmt.h"
#include "json/writer.h"

#include <string.h>

static const char *const state_names[] = { [CHECK_PASSED] = "passed", [CHECK_FOUND] = "found", [CHECK_UNSEEN] = "unseen" };

audit_render_fn *audit_format(const char *name)
{
	static const struct {
		const char *name;
		audit_render_fn *render;
	} formats[] = { { "text", audit_text }, { "json", audit_json }, { "sarif", audit_sarif } };
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].render;
	return NULL;
}

static size_t count_state(const struct audit *a, enum check_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n; i++)
		n += a->v[i].state == state;
	return n;
}

/* --- text --- */

static void write_finding(const struct finding *f, struct buf *out)
{
	buf_fmt(out, "%-9s %s: %s\n", severity_names[f->severity], f->check->id, f->check->title);
	buf_fmt(out, "          %s\n", buf_cstr(&f->evidence));
	buf_fmt(out, "          %s; remedy: %s\n", f->check->hipaa, f->check->remedy);
}

void audit_text(const struct audit *a, const char *bus, int64_t now_ms, struct buf *out)
{
	char time[TIME_TEXT];
	time_format(now_ms, time);
	buf_fmt(out, "%s, %s\n\n", bus, time);
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_NOTE; severity--)
		for (size_t i = 0; i < a->n; i++)
			if (a->v[i].state != CHECK_PASSED && (int)a->v[i].severity == severity)
				write_finding(&a->v[i], out);
	buf_fmt(out, "\n%zu checks: %zu passed, %zu found, %zu not seen\n", a->n, count_state(a, CHECK_PASSED), count_state(a, CHECK_FOUND),
	        count_state(a, CHECK_UNSEEN));
}

/* --- JSON --- */

static void member(struct json_writer *w, const char *name, const char *value)
{
	json_key(w, name);
	json_z(w, value);
}

static void write_object(struct json_writer *w, const struct finding *f)
{
	json_open(w, '{');
	member(w, "id", f->check->id);
	member(w, "state", state_names[f->state]);
	member(w, "severity", severity_names[f->severity]);
	member(w, "title", f->check->title);
	member(w, "evidence", buf_cstr(&f->evidence));
	member(w, "hipaa", f->check->hipaa);
	member(w, "remedy", f->check->remedy);
	json_close(w, '}');
}

void audit_json(const struct audit *a, const char *bus, int64_t now_ms, struct buf *out)
{
	struct json_writer w;
	char time[TIME_TEXT];
	time_format(now_ms, time);
	json_writer_init(&w, out, true);
	json_open(&w, '{');
	member(&w, "bus", bus);
	member(&w, "time", time);
	json_key(&w, "counts");
	json_open(&w, '{');
	for (int state = CHECK_PASSED; state <= CHECK_UNSEEN; state++) {
		json_key(&w, state_names[state]);
		json_int(&w, (int64_t)count_state(a, (enum check_state)state));
	}
	json_close(&w, '}');
	json_key(&w, "checks");
	json_open(&w, '[');
	for (size_t i = 0; i < a->n; i++)
		write_object(&w, &a->v[i]);
	json_close(&w, ']');
	json_close(&w, '}');
	buf_char(out, '\n');
}
