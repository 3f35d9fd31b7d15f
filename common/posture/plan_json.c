/* A plan as one JSON object, as schemas/redis-config.schema.json describes it. */
#include "json/writer.h"
#include "posture/formats.h"

static void member(struct json_writer *w, const char *name, const char *value)
{
	json_key(w, name);
	json_z(w, value);
}

static void number(struct json_writer *w, const char *name, int64_t value)
{
	json_key(w, name);
	json_int(w, value);
}

static void write_stream(struct json_writer *w, const struct plan *p)
{
	json_key(w, "stream");
	json_open(w, '{');
	member(w, "name", p->needs.stream);
	member(w, "dead_letters", p->needs.dead);
	member(w, "group", p->needs.group);
	number(w, "max_len", p->max_len);
	member(w, "create", "ros-bus create");
	member(w, "acknowledgement", "explicit");
	member(w, "reason", "create makes the group at 0, as ros-admin, so that it gets what was published before; an entry is acknowledged when the record "
	                    "has it, never by NOACK, which forgets what a killed worker had in hand");
	json_close(w, '}');
}

static void write_sizes(struct json_writer *w, const struct plan *p)
{
	const struct plan_needs *n = &p->needs;
	json_key(w, "sizes");
	json_open(w, '{');
	number(w, "events_per_day", n->events_per_day);
	number(w, "event_bytes", n->event_bytes);
	number(w, "retention_days", n->retention_days);
	number(w, "replicas", n->replicas);
	number(w, "entries", p->entries);
	number(w, "entry_bytes", p->entry_bytes);
	number(w, "maxmemory_bytes", p->maxmemory);
	number(w, "host_memory_bytes", p->host_memory);
	json_close(w, '}');
}

static void write_lines(struct json_writer *w, const char *name, const struct plan_lines *l)
{
	json_key(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < l->n; i++) {
		json_open(w, '{');
		member(w, "name", l->v[i].name);
		member(w, "value", l->v[i].value);
		member(w, "reason", l->v[i].reason);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_users(struct json_writer *w, const struct plan *p)
{
	json_key(w, "users");
	json_open(w, '[');
	for (size_t i = 0; i < p->n_users; i++) {
		json_open(w, '{');
		member(w, "name", p->users[i].name);
		member(w, "rules", p->users[i].rules);
		member(w, "reason", p->users[i].reason);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void plan_json(const struct plan *p, struct buf *out)
{
	struct json_writer w;
	json_writer_init(&w, out, true);
	json_open(&w, '{');
	member(&w, "schema_version", "1.0.0");
	write_stream(&w, p);
	write_sizes(&w, p);
	write_lines(&w, "settings", &p->settings);
	write_lines(&w, "variables", &p->variables);
	write_users(&w, p);
	json_close(&w, '}');
	buf_char(out, '\n');
}
