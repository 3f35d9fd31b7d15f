/* The walk over a value's nodes. */
#include "event/check.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "event/uri.h"

#include <stdio.h>
#include <string.h>

static const struct schema_field *field_at(const struct check *c, int f)
{
	return &c->schema->fields[f];
}

bool check_fail(const struct check *c, const struct json *v, const char *rule)
{
	c->fault->rule = rule;
	c->fault->offset = 0;
	json_pointer(c->reader, c->root, v, c->fault->pointer, sizeof c->fault->pointer);
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
	const struct json *v = json_get(c->reader, c->root, STR("schema_version"));
	int64_t part[3];
	if (!v || v->type != JSON_STRING || !semver(v->text, part))
		return true; /* absent: 1.0.0; malformed: the walk says so */
	if (part[0] != 1)
		return check_fail(c, v, "version");
	c->minor = (int)part[1];
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
	case SHAPE_REFERENCE: return uuid_parse(s, &u) || uri_valid(s);
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
		return i < f->n_choices || check_fail(c, v, "enum");
	}
	if (!shape_holds(f->shape, v->text))
		return check_fail(c, v, "format");
	if (f->max_length && v->text.n > f->max_length && str_codepoints(v->text) > f->max_length)
		return check_fail(c, v, "max-length");
	if (f->min_length && str_codepoints(v->text) < f->min_length)
		return check_fail(c, v, "min-length");
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

const char *check_number_rule(const struct schema_field *f, struct str number)
{
	if (f->types & TYPE_INTEGER)
		return integer_rule(f, number);
	if (f->minimum.p && num_cmp(number, f->minimum) < 0)
		return "minimum";
	return f->maximum.p && num_cmp(number, f->maximum) > 0 ? "maximum" : NULL;
}

int64_t check_int(const struct json *v, int64_t otherwise)
{
	int64_t i = otherwise;
	if (v && !num_int(v->text, &i))
		num_scaled(v->text, 0, &i, NULL);
	return i;
}

static bool check_number(struct check *c, const struct json *v, const struct schema_field *f)
{
	const char *rule = check_number_rule(f, v->text);
	return !rule || check_fail(c, v, rule);
}

static bool type_allowed(const struct check *c, const struct json *v, const struct schema_field *f)
{
	switch (v->type) {
	case JSON_NULL: return (f->types & TYPE_NULL) && c->minor >= f->null_since;
	case JSON_FALSE:
	case JSON_TRUE: return f->types & TYPE_BOOLEAN;
	case JSON_NUMBER: return f->types & (TYPE_INTEGER | TYPE_NUMBER);
	case JSON_STRING: return f->types & TYPE_STRING;
	case JSON_ARRAY: return f->types & TYPE_ARRAY;
	case JSON_OBJECT: return f->types & TYPE_OBJECT;
	}
	return false;
}

/* A closed object does not know members that a later minor version brought; in an open one their declaration holds in every version. */
int check_member(const struct schema *s, int minor, const struct schema_field *object, struct str key, uint16_t *hint)
{
	uint16_t k = *hint;
	for (uint16_t i = 0; i < object->children; i++, k++) {
		if (k >= object->children)
			k = 0;
		const struct schema_field *f = &s->fields[object->child + k];
		if (f->name.n == key.n && memcmp(f->name.p, key.p, key.n) == 0) {
			*hint = (uint16_t)(k + 1);
			return object->open || f->since <= minor ? object->child + k : -1;
		}
	}
	return -1;
}

int check_minor(const struct json_reader *r, const struct json *root)
{
	const struct json *v = json_get(r, root, STR("schema_version"));
	int64_t part[3];
	return v && v->type == JSON_STRING && semver(v->text, part) ? (int)part[1] : 0;
}

static bool check_value(struct check *c, const struct json *v, int field);

static bool check_undeclared(struct check *c, const struct json *v, const struct schema_field *object)
{
	if (object->items)
		return check_value(c, v, object->items);
	if (!object->open && c->minor <= c->schema->minor) {
		check_fail(c, v, "undeclared");
		c->fault->offset = (size_t)(v->raw.p - c->root->raw.p); /* the pointer does not show a key that can be PHI */
		return false;
	}
	c->undeclared = true;
	return true;
}

static bool check_object(struct check *c, const struct json *v, const struct schema_field *object)
{
	uint64_t seen = 0;
	uint16_t hint = 0;
	for (const struct json *m = json_first(v); m; m = json_next(c->reader, m)) {
		int field = check_member(c->schema, c->minor, object, m->key, &hint);
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
		if (field_at(c, object->child + i)->required && !(seen >> i & 1))
			return fail_missing(c, field_at(c, object->child + i));
	return true;
}

static bool check_array(struct check *c, const struct json *v, const struct schema_field *f)
{
	for (const struct json *m = json_first(v); m; m = json_next(c->reader, m))
		if (f->items && !check_value(c, m, f->items))
			return false;
	return true;
}

static bool check_value(struct check *c, const struct json *v, int field)
{
	const struct schema_field *f = field_at(c, field);
	if (!type_allowed(c, v, f))
		return check_fail(c, v, "type");
	if (v->type != JSON_NULL)
		c->field[field] = v;
	switch (v->type) {
	case JSON_STRING: return check_string(c, v, f);
	case JSON_NUMBER: return check_number(c, v, f);
	case JSON_OBJECT: return check_object(c, v, f);
	case JSON_ARRAY: return check_array(c, v, f);
	default: return true;
	}
}

bool check_run(struct check *c)
{
	return check_version(c) && check_value(c, c->root, 0);
}
