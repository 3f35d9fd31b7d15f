/* Envelope lines, ack lines, bus entries. */
#include "event/lines.h"

#include "base/num.h"
#include "json/writer.h"

#include <string.h>

static void member(struct buf *out, const char *lead, struct str value)
{
	if (!value.p)
		return;
	buf_z(out, lead);
	json_quote(out, value);
}

void envelope_write(struct buf *out, const struct envelope *env, struct str event)
{
	member(out, "{\"stream\":", env->stream);
	member(out, ",\"group\":", env->group);
	member(out, ",\"id\":", env->id);
	member(out, ",\"type\":", env->type);
	buf_z(out, ",\"deliveries\":");
	buf_int(out, env->deliveries);
	member(out, ",\"source\":", env->source);
	if (env->sequence >= 0) {
		buf_z(out, ",\"sequence\":");
		buf_int(out, env->sequence);
	}
	buf_z(out, ",\"event\":");
	if (env->refused.p) {
		buf_z(out, "null");
		member(out, ",\"refused\":", env->refused);
	} else {
		buf_line(out, event); /* line breaks can only be white space between tokens: strings have none */
	}
	buf_z(out, "}\n");
}

bool envelope_is(const struct json_reader *r, const struct json *root)
{
	return json_get(r, root, STR("stream")) && json_get(r, root, STR("id")) && json_get(r, root, STR("event"));
}

struct reading {
	const struct json_reader *r;
	const struct json *root;
	struct json_fault *fault;
};

static bool fail(const struct reading *g, const struct json *v, const char *rule)
{
	g->fault->rule = rule;
	g->fault->offset = 0;
	json_pointer(g->r, g->root, v ? v : g->root, g->fault->pointer, sizeof g->fault->pointer);
	return false;
}

static bool text_member(const struct reading *g, const char *name, bool required, struct str *out)
{
	const struct json *v = json_get(g->r, g->root, str_of(name));
	*out = (struct str){ 0 };
	if (!v)
		return !required || fail(g, NULL, "required");
	if (v->type != JSON_STRING)
		return fail(g, v, "type");
	*out = v->text;
	return true;
}

static bool int_member(const struct reading *g, const char *name, int64_t otherwise, int64_t *out)
{
	const struct json *v = json_get(g->r, g->root, str_of(name));
	*out = otherwise;
	if (v && (v->type != JSON_NUMBER || !num_int_in(v->text, 0, INT64_MAX, out)))
		return fail(g, v, "type");
	return true;
}

/* A name in an ack line: not empty, no white space, no control characters. */
static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F)
			return false;
	return s.n > 0;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= 20;
}

static bool is_id(struct str s)
{
	struct str ms, seq = str_cut(s, '-', &ms);
	return seq.p && is_number(ms) && is_number(seq);
}

bool token_valid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return s.n > 0 && s.n <= 64;
}

bool refused_by_guard(struct str reason)
{
	static const char *const reasons[] = { REFUSED_PHI, REFUSED_KEY, REFUSED_UNKEYED, REFUSED_NO_KEY, REFUSED_NO_GUARD, REFUSED_SCAN };
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (str_is(reason, reasons[i]))
			return true;
	return false;
}

bool envelope_read(const struct json_reader *r, const struct json *root, struct envelope *env, struct json_fault *fault)
{
	struct reading g = { r, root, fault };
	if (!text_member(&g, "stream", true, &env->stream) || !text_member(&g, "group", false, &env->group) ||
	    !text_member(&g, "id", true, &env->id) || !text_member(&g, "type", false, &env->type) ||
	    !text_member(&g, "source", false, &env->source) || !text_member(&g, "refused", false, &env->refused) ||
	    !int_member(&g, "deliveries", 0, &env->deliveries) || !int_member(&g, "sequence", -1, &env->sequence))
		return false;
	if (!is_name(env->stream))
		return fail(&g, json_get(r, root, STR("stream")), "format");
	if (env->group.p && !is_name(env->group))
		return fail(&g, json_get(r, root, STR("group")), "format");
	if (!is_id(env->id))
		return fail(&g, json_get(r, root, STR("id")), "format");
	if (env->refused.p && !token_valid(env->refused))
		return fail(&g, json_get(r, root, STR("refused")), "format");
	env->event = json_get(r, root, STR("event"));
	if (!env->event)
		return fail(&g, NULL, "required");
	if ((env->event->type == JSON_NULL) != (env->refused.p != NULL))
		return fail(&g, env->event, "type");
	if (env->refused.p)
		env->event = NULL;
	return true;
}

/* The bounds of a number are those that a summary can announce. */
bool envelope_origin(const struct envelope *env, struct origin *origin)
{
	const struct schema_field *last = &schema_summary.fields[SUMMARY_LAST];
	*origin = (struct origin){ env->source, env->sequence };
	return env->source.n > 0 && env->sequence >= 1 && env->sequence <= last->hi;
}

void ack_write(struct buf *out, const struct ack *a)
{
	buf_z(out, a->reason.p ? "bad " : "ack ");
	buf_str(out, a->stream);
	buf_char(out, ' ');
	buf_str(out, a->group);
	buf_char(out, ' ');
	buf_str(out, a->id);
	if (a->reason.p) {
		buf_char(out, ' ');
		buf_str(out, a->reason);
	}
	buf_char(out, '\n');
}

bool ack_read(struct str line, struct ack *a)
{
	struct str verb, rest = str_cut(line, ' ', &verb);
	bool bad = str_is(verb, "bad");
	if (!bad && !str_is(verb, "ack"))
		return false;
	rest = str_cut(rest, ' ', &a->stream);
	if (!rest.p)
		return false;
	rest = str_cut(rest, ' ', &a->group);
	if (!rest.p)
		return false;
	a->reason = str_cut(rest, ' ', &a->id);
	return is_name(a->stream) && is_name(a->group) && is_id(a->id) && (bad ? a->reason.p && token_valid(a->reason) : !a->reason.p);
}

/* The event's member of that name at the top; NULL: absent, null, or not of its type. */
static const struct json *top_member(const struct event *ev, struct str name)
{
	const struct schema_field *root = &ev->schema->fields[0];
	for (int f = root->child; f < root->child + root->children; f++)
		if (str_eq(ev->schema->fields[f].name, name))
			return ev->field[f];
	return NULL;
}

size_t entry_fields(const struct event *ev, struct str data, struct entry_field out[ENTRY_FIELDS_MAX])
{
#define SAME(name) { { name, sizeof name - 1 }, { name, sizeof name - 1 } }
	static const struct {
		struct str name, member;
	} all[] = {
		SAME("timestamp"), SAME("governance_mode"), SAME("project_id"), SAME("tier"), SAME("status"), SAME("run_id"), SAME("stage"),
		{ { "stage", 5 }, { "stage_number", 12 } }, SAME("agent_id"), SAME("user_id"), SAME("tenant_id"),
	};
#undef SAME
	size_t n = 0;
	out[n++] = (struct entry_field){ STR("type"), ev->schema->event_type };
	out[n++] = (struct entry_field){ STR("data"), data };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct json *v = top_member(ev, all[i].member);
		if (v)
			out[n++] = (struct entry_field){ all[i].name, v->text };
		else if (ev->schema == &schema_ai && str_is(all[i].name, "status"))
			out[n++] = (struct entry_field){ all[i].name, STR("SUCCESS") };
	}
	return n;
}
