/* Events: checked by the schema of their type, read by field, compared by content. */
#include "event/event.h"

#include "base/timefmt.h"
#include "event/check.h"
#include "json/writer.h"

#include <string.h>

/* The types, and the fields that mean the same in each of them. */
struct event_type {
	const struct schema *schema;
	int id, time, mode, phi, guard;
};

static const struct event_type types[] = {
	{ &schema_ai, AI_INVOCATION_ID, AI_TIMESTAMP, AI_GOVERNANCE_MODE, AI_PHI, AI_PHI_GUARD },
	{ &schema_dataset, DATASET_EVENT_ID, DATASET_TIMESTAMP, DATASET_GOVERNANCE_MODE, DATASET_PHI, DATASET_PHI_GUARD },
	{ &schema_access, ACCESS_EVENT_ID, ACCESS_TIMESTAMP, ACCESS_GOVERNANCE_MODE, ACCESS_PHI, ACCESS_PHI_GUARD },
	{ &schema_stage, STAGE_EVENT_ID, STAGE_TIMESTAMP, STAGE_GOVERNANCE_MODE, STAGE_PHI, STAGE_PHI_GUARD },
	{ &schema_export, EXPORT_EVENT_ID, EXPORT_TIMESTAMP, EXPORT_GOVERNANCE_MODE, EXPORT_PHI, EXPORT_PHI_GUARD },
};

_Static_assert(EVENT_FIELDS_MAX >= (int)DATASET_FIELDS && EVENT_FIELDS_MAX >= (int)ACCESS_FIELDS && EVENT_FIELDS_MAX >= (int)STAGE_FIELDS &&
               EVENT_FIELDS_MAX >= (int)EXPORT_FIELDS, "room for the fields of every type");

/* NULL: unknown. */
static const struct event_type *type_of(struct str name)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (str_eq(name, types[i].schema->event_type))
			return &types[i];
	return NULL;
}

const struct schema *event_schema(struct str type)
{
	const struct event_type *known = type_of(type);
	return known ? known->schema : NULL;
}

static bool declares(const struct schema *schema, struct str key)
{
	for (int f = 0; f < schema->n_fields; f++)
		if (str_eq(key, schema->fields[f].name))
			return true;
	return false;
}

bool event_declares(struct str key)
{
	static const char *const envelope[] = { "stream", "group", "id", "type", "deliveries", "source", "sequence", "event", "refused" };
	for (size_t i = 0; i < sizeof envelope / sizeof envelope[0]; i++)
		if (str_is(key, envelope[i]))
			return true;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (declares(types[i].schema, key))
			return true;
	return declares(&schema_summary, key);
}

/* 1 to 64 of A-Z, a-z, 0-9, _, . and -. */
static bool is_name(struct str s)
{
	static const char others[] = "_.-";
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], lower = (char)(c | 0x20);
		if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && !memchr(others, c, sizeof others - 1))
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

/* What the schema says by propertyNames: a checkpoint's keys are names, not texts. */
static bool check_checkpoint(const struct check *c)
{
	const struct json *data = c->field[STAGE_CHECKPOINT_DATA];
	for (const struct json *m = data ? json_first(data) : NULL; m; m = json_next(c->reader, m))
		if (!is_name(m->key))
			return check_fail(c, m, "format");
	return true;
}

bool event_check(const struct json_reader *r, const struct json *root, struct event *ev, struct json_fault *fault)
{
	const struct json *name = json_get(r, root, STR("event_type"));
	const struct event_type *type = name ? type_of(name->text) : &types[0];
	*ev = (struct event){ .root = root };
	struct check c = { .reader = r, .root = root, .field = ev->field, .fault = fault };
	if (!type)
		return check_fail(&c, name, "event-type");
	c.schema = ev->schema = type->schema;
	if (!check_run(&c) || (ev->schema == &schema_stage && !check_checkpoint(&c)))
		return false;
	ev->minor = c.minor;
	ev->undeclared = c.undeclared;
	ev->live = str_is(event_text(ev, type->mode), "LIVE");
	uuid_parse(event_text(ev, type->id), &ev->id);
	time_parse(event_text(ev, type->time), &ev->time_ms);
	return true;
}

bool event_number_fits(enum ai_field f, struct str number)
{
	return !check_number_rule(&schema_ai.fields[f], number);
}

struct str event_text(const struct event *ev, int f)
{
	return ev->field[f] ? ev->field[f]->text : (struct str){ 0 };
}

int64_t event_int(const struct event *ev, int f, int64_t otherwise)
{
	return check_int(ev->field[f], otherwise);
}

bool event_true(const struct event *ev, int f)
{
	return ev->field[f] && ev->field[f]->type == JSON_TRUE;
}

struct sha256 event_content(struct json_reader *r, const struct event *ev, struct buf *scratch)
{
	const struct event_type *type = type_of(ev->schema->event_type);
	const struct json *phi = ev->field[type->phi], *guard = ev->field[type->guard];
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
		int field = check_member(k->ev->schema, k->ev->minor, object, m->key, &hint);
		size_t length = k->pointer.n;
		add_reference(&k->pointer, m->key);
		if (field < 0 && !object->items) {
			buf_char(k->out, k->out->n ? ',' : '{');
			json_quote(k->out, buf_view(&k->pointer));
			buf_char(k->out, ':');
			json_canonical(k->r, m, NULL, k->out);
		} else if (field >= 0 && m->type == JSON_OBJECT) {
			collect_undeclared(k, m, &k->ev->schema->fields[field]);
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
	collect_undeclared(&k, ev->root, &ev->schema->fields[0]);
	if (out->n)
		buf_char(out, '}');
	buf_free(&k.pointer);
}
