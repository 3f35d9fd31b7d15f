/* A report for programs. */
#include "health/render.h"

#include "json/writer.h"

static void add_limit(struct json_writer *w, const char *name, int64_t limit)
{
	json_key(w, name);
	if (limit == LIMIT_NONE)
		json_null(w);
	else
		json_int(w, limit);
}

static void add_measure(struct json_writer *w, const struct health_report *r, int m)
{
	json_key(w, health_measures[m].name);
	json_open(w, '{');
	json_key(w, "value");
	if (r->measured[m])
		json_int(w, r->value[m]);
	else
		json_null(w);
	json_key(w, "unit");
	json_z(w, health_unit_names[health_measures[m].unit]);
	json_key(w, "state");
	if (r->measured[m])
		json_z(w, health_state_name(r->of[m]));
	else
		json_null(w);
	add_limit(w, "warn", r->limits.warn[m]);
	add_limit(w, "crit", r->limits.crit[m]);
	json_close(w, '}');
}

static void add_findings(struct json_writer *w, const struct health_report *r)
{
	json_key(w, "findings");
	json_open(w, '[');
	for (size_t i = 0; i < r->n_findings; i++) {
		json_open(w, '{');
		json_key(w, "state");
		json_z(w, health_state_name(r->findings[i].state));
		json_key(w, "text");
		json_z(w, r->findings[i].text);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void render_json(const struct health_report *r, struct buf *out)
{
	struct json_writer w;
	json_writer_init(&w, out, false);
	json_open(&w, '{');
	json_key(&w, "state");
	json_z(&w, health_state_name(r->state));
	add_findings(&w, r);
	json_key(&w, "measures");
	json_open(&w, '{');
	for (int m = 0; m < MEASURES; m++)
		add_measure(&w, r, m);
	json_close(&w, '}');
	json_close(&w, '}');
	buf_char(out, '\n');
}
