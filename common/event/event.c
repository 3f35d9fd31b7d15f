/* The AI event: checked by its schema, read by field, compared by content. */
#include "event/event.h"

#include "base/timefmt.h"
#include "event/check.h"
#include "json/writer.h"

bool event_declares(struct str key)
{
	static const struct schema *const schemas[] = { &schema_ai, &schema_summary };
	static const char *const envelope[] = { "stream", "group", "id", "type", "deliveries", "source", "sequence", "event", "refused" };
	for (size_t i = 0; i < sizeof envelope / sizeof envelope[0]; i++)
		if (str_is(key, envelope[i]))
			return true;
	for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++)
		for (int f = 0; f < schemas[i]->n_fields; f++)
			if (str_eq(key, schemas[i]->fields[f].name))
				return true;
	return false;
}

bool event_check(const struct json_reader *r, const struct json *root, struct event *ev, struct json_fault *fault)
{
	*ev = (struct event){ .root = root };
	struct check c = { .schema = &schema_ai, .reader = r, .root = root, .field = ev->field, .fault = fault };
	if (!check_run(&c))
		return false;
	ev->minor = c.minor;
	ev->undeclared = c.undeclared;
	ev->live = str_is(event_text(ev, AI_GOVERNANCE_MODE), "LIVE");
	uuid_parse(event_text(ev, AI_INVOCATION_ID), &ev->id);
	time_parse(event_text(ev, AI_TIMESTAMP), &ev->time_ms);
	return true;
}

bool event_number_fits(enum ai_field f, struct str number)
{
	return !check_number_rule(&schema_ai.fields[f], number);
}

struct str event_text(const struct event *ev, enum ai_field f)
{
	return ev->field[f] ? ev->field[f]->text : (struct str){ 0 };
}

int64_t event_int(const struct event *ev, enum ai_field f, int64_t otherwise)
{
	return check_int(ev->field[f], otherwise);
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
		int field = check_member(&schema_ai, k->ev->minor, object, m->key, &hint);
		size_t length = k->pointer.n;
		add_reference(&k->pointer, m->key);
		if (field < 0 && !object->items) {
			buf_char(k->out, k->out->n ? ',' : '{');
			json_quote(k->out, buf_view(&k->pointer));
			buf_char(k->out, ':');
			json_canonical(k->r, m, NULL, k->out);
		} else if (field >= 0 && m->type == JSON_OBJECT) {
			collect_undeclared(k, m, &schema_ai.fields[field]);
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
	collect_undeclared(&k, ev->root, &schema_ai.fields[AI_ROOT]);
	if (out->n)
		buf_char(out, '}');
	buf_free(&k.pointer);
}
