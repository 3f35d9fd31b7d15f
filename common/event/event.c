/* Checks a JSON value against the generated tables, in one walk over its nodes. */
#include "event/event.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "event/uri.h"
#include "json/writer.h"

#include <stdio.h>
#include <string.h>

struct check {
	const struct json_reader *r;
	struct event *ev;
	struct json_fault *fault;
};

static const struct schema_field *field_at(int f)
{
	return &schema_ai.fields[f];
}

static bool fail(struct check *c, const struct json *v, const char *rule)
{
	c->fault->rule = rule;
	c->fault->offset = 0;
	json_pointer(c->r, c->ev->root, v, c->fault->pointer, sizeof c->fault->pointer);
	return false;
}

static bool fail_missing(struct check *c, const struct schema_field *f)
{
	c->fault->rule = "required";
	c->fault->offset = 0;
	snprintf(c->fault->pointer, sizeof c->fault->pointer, "%s", f->pointer);
	return false;
}

static bool semver(struct str s, int64_t part[3])
{
	struct str rest = s, head;
	for (int i = 0; i < 3; i++) {
		if (!rest.p)
			return false;
		rest = str_cut(rest, '.', &head);
		if (head.n == 0 || head.n > 4 || (head.p[0] == '0' && head.n > 1) || !num_int_in(head, 0, 9999, &part[i]))
			return false;
	}
	return !rest.p;
}

/* Settles the version before anything else: what is not of major 1 is not ours to judge. */
static bool check_version(struct check *c)
{
	const struct json *v = json_get(c->r, c->ev->root, STR("schema_version"));
	int64_t part[3];
	if (!v || v->type != JSON_STRING || !semver(v->text, part))
		return true; /* absent: 1.0.0; malformed: the walk says so */
	if (part[0] != 1)
		return fail(c, v, "version");
	c->ev->minor = (int)part[1];
	return true;
}

static bool hex64(struct str s)
{
	if (s.n != 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

static bool digest(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return str_starts(s, prefix) && hex64((struct str){ s.p + n, s.n - n });
}

static bool shape_holds(enum schema_shape shape, struct str s)
{
	struct uuid u;
	int64_t ms, part[3];
	switch (shape) {
	case SHAPE_UUID: return uuid_parse(s, &u);
	case SHAPE_TIMESTAMP: return time_parse(s, &ms);
	case SHAPE_SHA256: return digest(s, "sha256:");
	case SHAPE_HMAC: return digest(s, "hmac-sha256:");
	case SHAPE_HASH: return digest(s, "sha256:") || digest(s, "hmac-sha256:");
	case SHAPE_SEMVER: return semver(s, part) && part[0] == 1;
	case SHAPE_URI: return uri_valid(s);
	case SHAPE_NONE:
	case SHAPE_ENUM:
	case SHAPE_TOKEN:
	case SHAPE_TEXT: return true;
	}
	return false;
}

static bool check_string(struct check *c, const struct json *v, const struct schema_field *f)
{
	if (f->n_choices) {
		uint16_t i = 0;
		while (i < f->n_choices && !str_eq(v->text, f->choices[i]))
			i++;
		return i < f->n_choices || fail(c, v, "enum");
	}
	if (!shape_holds(f->shape, v->text))
		return fail(c, v, "format");
	if (f->max_length && v->text.n > f->max_length && str_codepoints(v->text) > f->max_length)
		return fail(c, v, "max-length");
	if (f->min_length && str_codepoints(v->text) < f->min_length)
		return fail(c, v, "min-length");
	return true;
}

/* 12.0 and 1e2 are integers, as in JSON Schema; beyond 64 bits nothing of ours could keep one exactly. */
static const char *integer_rule(const struct schema_field *f, struct str number)
{
	int64_t i;
	bool exact = true;
	bool fits = num_int(number, &i) || num_scaled(number, 0, &i, &exact);
	if (!fits || !exact)
		return fits ? "type" : "integer-range";
	return i < f->lo ? "minimum" : i > f->hi ? "maximum" : NULL;
}

/* The rule that the number breaks, or NULL. */
static const char *number_rule(const struct schema_field *f, struct str number)
{
	if (f->types & TYPE_INTEGER)
		return integer_rule(f, number);
	if (f->minimum.p && num_cmp(number, f->minimum) < 0)
		return "minimum";
	return f->maximum.p && num_cmp(number, f->maximum) > 0 ? "maximum" : NULL;
}

static bool check_number(struct check *c, const struct json *v, const struct schema_field *f)
{
	const char *rule = number_rule(f, v->text);
	return !rule || fail(c, v, rule);
}

bool event_number_fits(enum ai_field f, struct str number)
{
	return !number_rule(field_at(f), number);
}

static bool type_allowed(const struct check *c, const struct json *v, const struct schema_field *f)
{
	switch (v->type) {
	case JSON_NULL: return (f->types & TYPE_NULL) && c->ev->minor >= f->null_since;
	case JSON_FALSE:
	case JSON_TRUE: return f->types & TYPE_BOOLEAN;
	case JSON_NUMBER: return f->types & (TYPE_INTEGER | TYPE_NUMBER);
	case JSON_STRING: return f->types & TYPE_STRING;
	case JSON_ARRAY: return f->types & TYPE_ARRAY;
	case JSON_OBJECT: return f->types & TYPE_OBJECT;
	}
	return false;
}

/*
 * The declared member with that key, or -1. Producers write members in one order, so the search begins behind the last hit. A closed
 * object does not know members that a later minor version brought; in an open one their declaration holds in every version.
 */
static int find_member(int minor, const struct schema_field *object, struct str key, uint16_t *hint)
{
	uint16_t k = *hint;
	for (uint16_t i = 0; i < object->children; i++, k++) {
		if (k >= object->children)
			k = 0;
		const struct schema_field *f = field_at(object->child + k);
		if (f->name.n == key.n && memcmp(f->name.p, key.p, key.n) == 0) {
			*hint = (uint16_t)(k + 1);
			return object->open || f->since <= minor ? object->child + k : -1;
		}
	}
	return -1;
}

static bool check_value(struct check *c, const struct json *v, int field);

static bool check_undeclared(struct check *c, const struct json *v, const struct schema_field *object)
{
	if (object->items)
		return check_value(c, v, object->items);
	if (!object->open && c->ev->minor <= schema_ai.minor) {
		fail(c, v, "undeclared");
		c->fault->offset = (size_t)(v->raw.p - c->ev->root->raw.p); /* the pointer does not show a key that can be PHI */
		return false;
	}
	c->ev->undeclared = true;
	return true;
}

static bool check_object(struct check *c, const struct json *v, const struct schema_field *object)
{
	uint64_t seen = 0;
	uint16_t hint = 0;
	for (const struct json *m = json_first(v); m; m = json_next(c->r, m)) {
		int field = find_member(c->ev->minor, object, m->key, &hint);
		if (field < 0) {
			if (!check_undeclared(c, m, object))
				return false;
			continue;
		}
		seen |= UINT64_C(1) << (field - object->child);
		if (!check_value(c, m, field))
			return false;
	}
	for (uint16_t i = 0; i < object->children; i++)
		if (field_at(object->child + i)->required && !(seen >> i & 1))
			return fail_missing(c, field_at(object->child + i));
	return true;
}

static bool check_array(struct check *c, const struct json *v, const struct schema_field *f)
{
	for (const struct json *m = json_first(v); m; m = json_next(c->r, m))
		if (f->items && !check_value(c, m, f->items))
			return false;
	return true;
}

static bool check_value(struct check *c, const struct json *v, int field)
{
	const struct schema_field *f = field_at(field);
	if (!type_allowed(c, v, f))
		return fail(c, v, "type");
	if (v->type != JSON_NULL)
		c->ev->field[field] = v;
	switch (v->type) {
	case JSON_STRING: return check_string(c, v, f);
	case JSON_NUMBER: return check_number(c, v, f);
	case JSON_OBJECT: return check_object(c, v, f);
	case JSON_ARRAY: return check_array(c, v, f);
	default: return true;
	}
}

bool event_declares(struct str key)
{
	static const char *const envelope[] = { "stream", "group", "id", "type", "deliveries", "source", "sequence", "event", "refused" };
	for (size_t i = 0; i < sizeof envelope / sizeof envelope[0]; i++)
		if (str_is(key, envelope[i]))
			return true;
	for (int f = 0; f < AI_FIELDS; f++)
		if (str_eq(key, field_at(f)->name))
			return true;
	return false;
}

bool event_check(const struct json_reader *r, const struct json *root, struct event *ev, struct json_fault *fault)
{
	*ev = (struct event){ .root = root };
	struct check c = { r, ev, fault };
	if (!check_version(&c) || !check_value(&c, root, AI_ROOT))
		return false;
	ev->live = str_is(event_text(ev, AI_GOVERNANCE_MODE), "LIVE");
	uuid_parse(event_text(ev, AI_INVOCATION_ID), &ev->id);
	time_parse(event_text(ev, AI_TIMESTAMP), &ev->time_ms);
	return true;
}

struct str event_text(const struct event *ev, enum ai_field f)
{
	return ev->field[f] ? ev->field[f]->text : (struct str){ 0 };
}

int64_t event_int(const struct event *ev, enum ai_field f, int64_t otherwise)
{
	int64_t v = otherwise;
	if (ev->field[f] && !num_int(ev->field[f]->text, &v))
		num_scaled(ev->field[f]->text, 0, &v, NULL);
	return v;
}

bool event_true(const struct event *ev, enum ai_field f)
{
	return ev->field[f] && ev->field[f]->type == JSON_TRUE;
}

struct sha256 event_content(struct json_reader *r, const struct event *ev, struct buf *scratch)
{
	const struct json *phi = ev->field[AI_PHI], *guard = ev->field[AI_PHI_GUARD];
	/* A phi object that only ros-emit made, to hold its attestation, is not content either. */
	const struct json *skip = guard && phi->count == 1 ? phi : guard;
	buf_clear(scratch);
	json_canonical(r, ev->root, skip, scratch);
	return sha256_of(buf_view(scratch));
}

struct collect {
	struct json_reader *r;
	const struct event *ev;
	struct buf *out;
	struct buf pointer; /* RFC 6901, unmasked: it goes where the values go */
};

static void add_reference(struct buf *b, struct str key)
{
	buf_char(b, '/');
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] == '~' || key.p[i] == '/')
			buf_z(b, key.p[i] == '~' ? "~0" : "~1");
		else
			buf_char(b, key.p[i]);
	}
}

static void collect_undeclared(struct collect *k, const struct json *v, const struct schema_field *object)
{
	uint16_t hint = 0;
	for (const struct json *m = json_first(v); m; m = json_next(k->r, m)) {
		int field = find_member(k->ev->minor, object, m->key, &hint);
		size_t length = k->pointer.n;
		add_reference(&k->pointer, m->key);
		if (field < 0 && !object->items) {
			buf_char(k->out, k->out->n ? ',' : '{');
			json_quote(k->out, buf_view(&k->pointer));
			buf_char(k->out, ':');
			json_canonical(k->r, m, NULL, k->out);
		} else if (field >= 0 && m->type == JSON_OBJECT) {
			collect_undeclared(k, m, field_at(field));
		}
		k->pointer.n = length;
	}
}

void event_undeclared(struct json_reader *r, const struct event *ev, struct buf *out)
{
	if (!ev->undeclared)
		return;
	struct collect k = { .r = r, .ev = ev, .out = out };
	buf_init(&k.pointer, 2 * EVENT_LINE_MAX); /* escaped, a key is at most twice as long */
	collect_undeclared(&k, ev->root, field_at(AI_ROOT));
	if (out->n)
		buf_char(out, '}');
	buf_free(&k.pointer);
}
