/* An event in the making, written by walking the schema's tables. */
#include "import/draft.h"

#include "base/hash.h"
#include "event/event.h"
#include "json/writer.h"

void draft_init(struct draft *d, const struct phi_keys *keys)
{
	*d = (struct draft){ .keys = keys };
	buf_init(&d->text, 2 * EVENT_LINE_MAX);
}

void draft_free(struct draft *d)
{
	buf_free(&d->text);
}

void draft_keep(struct draft *d)
{
	memcpy(d->kept, d->value, sizeof d->kept);
	d->kept_n = d->text.n;
}

void draft_reset(struct draft *d)
{
	memcpy(d->value, d->kept, sizeof d->value);
	d->text.n = d->kept_n;
	d->text.failed = false;
}

static void set(struct draft *d, enum ai_field f, enum draft_kind kind, struct str s)
{
	if (!s.p)
		return;
	d->value[f] = (struct draft_value){ .kind = kind, .at = d->text.n, .n = s.n };
	buf_str(&d->text, s);
}

void draft_text(struct draft *d, enum ai_field f, struct str s)
{
	set(d, f, DRAFT_TEXT, s);
}

void draft_json(struct draft *d, enum ai_field f, struct str json)
{
	set(d, f, DRAFT_JSON, json);
}

void draft_int(struct draft *d, enum ai_field f, int64_t v)
{
	size_t at = d->text.n;
	buf_int(&d->text, v);
	d->value[f] = (struct draft_value){ .kind = DRAFT_JSON, .at = at, .n = d->text.n - at };
}

void draft_hash(struct draft *d, enum ai_field f, struct str text)
{
	char hash[PHI_HASH_TEXT] = "sha256:"; /* the longer of the two */
	if (!str_is(draft_get(d, AI_GOVERNANCE_MODE), "LIVE")) {
		struct sha256 h = sha256_of(text);
		sha256_format(&h, hash + strlen(hash));
	} else if (d->keys) {
		phi_keys_hash(d->keys, text, hash);
	} else {
		return;
	}
	draft_text(d, f, str_of(hash));
}

/* The list so far is copied to the end of the text, where it can grow. */
static void add(struct draft *d, enum ai_field f, struct str s)
{
	struct draft_value *v = &d->value[f];
	size_t at = d->text.n;
	if (v->kind == DRAFT_LIST && buf_reserve(&d->text, v->n)) {
		memcpy(d->text.p + at, d->text.p + v->at, v->n);
		d->text.n += v->n;
		buf_char(&d->text, ',');
	}
	json_quote(&d->text, s);
	*v = (struct draft_value){ .kind = DRAFT_LIST, .at = at, .n = d->text.n - at };
}

bool draft_cell(struct draft *d, struct json_reader *r, enum ai_field f, struct str cell)
{
	uint8_t types = schema_ai.fields[f].types;
	if (cell.n == 0)
		return true;
	if (types & TYPE_ARRAY) {
		add(d, f, cell);
	} else if (types & TYPE_STRING) {
		draft_text(d, f, cell);
	} else if (str_trim(cell).n > 0) {
		struct json_fault fault;
		const struct json *v = json_read(r, cell, &fault);
		if (!v || (v->type != JSON_NUMBER && v->type != JSON_TRUE && v->type != JSON_FALSE))
			return false;
		draft_json(d, f, v->raw);
	}
	return true;
}

struct str draft_get(const struct draft *d, enum ai_field f)
{
	const struct draft_value *v = &d->value[f];
	if (v->kind == DRAFT_ABSENT || !buf_ok(&d->text))
		return (struct str){ NULL, 0 };
	return (struct str){ buf_cstr(&d->text) + v->at, v->n };
}

static bool is_called(const struct schema_field *field, struct str path)
{
	const char *pointer = field->pointer;
	if (strlen(pointer) != path.n + 1)
		return false;
	for (size_t i = 0; i < path.n; i++)
		if (pointer[i + 1] != (path.p[i] == '.' ? '/' : path.p[i]))
			return false;
	return true;
}

enum ai_field draft_field(struct str path)
{
	for (uint16_t f = AI_ROOT + 1; f < schema_ai.n_fields; f++) {
		const struct schema_field *field = &schema_ai.fields[f];
		if (!(field->types & TYPE_OBJECT) && field->name.p && is_called(field, path))
			return (enum ai_field)f;
	}
	return AI_ROOT;
}

enum ai_field draft_lacks(const struct draft *d)
{
	const struct schema_field *root = &schema_ai.fields[AI_ROOT];
	for (uint16_t f = root->child; f < root->child + root->children; f++)
		if (schema_ai.fields[f].required && d->value[f].kind == DRAFT_ABSENT)
			return (enum ai_field)f;
	return AI_ROOT;
}

/* Whether anything is set in the field or inside it. */
static bool is_set(const struct draft *d, uint16_t f)
{
	const struct schema_field *field = &schema_ai.fields[f];
	if (d->value[f].kind != DRAFT_ABSENT)
		return true;
	for (uint16_t c = field->child; c < field->child + field->children; c++)
		if (is_set(d, c))
			return true;
	return false;
}

static void write_value(const struct draft *d, struct json_writer *w, enum ai_field f)
{
	struct str s = draft_get(d, f);
	if (d->value[f].kind == DRAFT_TEXT) {
		json_str(w, s);
	} else if (d->value[f].kind == DRAFT_JSON) {
		json_raw(w, s);
	} else {
		json_open(w, '[');
		json_raw(w, s);
		json_close(w, ']');
	}
}

static void write_object(const struct draft *d, struct json_writer *w, uint16_t f)
{
	const struct schema_field *field = &schema_ai.fields[f];
	json_open(w, '{');
	for (uint16_t c = field->child; c < field->child + field->children; c++) {
		if (!is_set(d, c))
			continue;
		json_key_str(w, schema_ai.fields[c].name);
		if (d->value[c].kind != DRAFT_ABSENT)
			write_value(d, w, (enum ai_field)c);
		else
			write_object(d, w, c);
	}
	json_close(w, '}');
}

bool draft_write(const struct draft *d, struct buf *out)
{
	struct json_writer w;
	json_writer_init(&w, out, false);
	write_object(d, &w, AI_ROOT);
	return buf_ok(&d->text) && buf_ok(out);
}
