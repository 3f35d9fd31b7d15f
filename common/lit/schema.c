/* Reading the schema of the bundle's tables. */
#include "lit/schema.h"

#include "base/mem.h"
#include "json/reader.h"
#include "lit/data.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum lit_kind kind;
} types[] = {
	{ "Integer", LIT_INTEGER },
	{ "Scalar", LIT_REAL },
	{ "RegressionScore", LIT_REAL },
	{ "CategoryLabel", LIT_CATEGORY },
	{ "StringLitType", LIT_STRING },
	{ "TextSegment", LIT_STRING },
	{ "GeneratedText", LIT_STRING },
	{ "SparseMultilabel", LIT_LABELS },
	{ "MulticlassPreds", LIT_CLASSES },
};

static const char *const forms[] = {
	[LIT_PLAIN] = "", [LIT_NANO] = "nano", [LIT_UUID] = "uuid", [LIT_SHORT] = "short", [LIT_HASH] = "hash", [LIT_TIME] = "time",
};

static struct str text_of(const struct json_reader *r, const struct json *v, const char *key)
{
	const struct json *found = json_get(r, v, str_of(key));
	return found ? found->text : (struct str){ NULL, 0 };
}

static bool is_true(const struct json_reader *r, const struct json *v, const char *key)
{
	const struct json *found = json_get(r, v, str_of(key));
	return found && found->type == JSON_TRUE;
}

/* Of the member, which may not be there. */
static const struct json *first_of(const struct json_reader *r, const struct json *v, const char *key)
{
	const struct json *found = json_get(r, v, str_of(key));
	return found ? json_first(found) : NULL;
}

static bool read_kind(struct lit_field *f, struct str form)
{
	size_t t = 0, n = sizeof types / sizeof types[0], forms_n = sizeof forms / sizeof forms[0];
	while (t < n && !str_is(f->type, types[t].name))
		t++;
	while (f->form < forms_n && form.p && !str_is(form, forms[f->form]))
		f->form++;
	if (t == n || f->form == forms_n)
		return false;
	f->kind = types[t].kind;
	return true;
}

static bool read_field(const struct json_reader *r, const struct json *v, struct lit_field *f)
{
	*f = (struct lit_field){
		.name = text_of(r, v, "name"),
		.type = text_of(r, v, "type"),
		.sql = text_of(r, v, "sql"),
		.parent = text_of(r, v, "parent"),
		.worse_by = text_of(r, v, "worse_by"),
		.optional = is_true(r, v, "optional"),
	};
	const struct json *word = first_of(r, v, "vocab");
	for (; word && f->n_vocab < LIT_VOCAB_MAX; word = json_next(r, word))
		f->vocab[f->n_vocab++] = word->text;
	return f->name.p && !word && read_kind(f, text_of(r, v, "form"));
}

static bool read_fields(const struct json_reader *r, const struct json *root, const char *table, bool previews, struct lit_fields *to)
{
	const struct json *v = first_of(r, json_get(r, root, str_of(table)), "fields");
	for (; v && to->n < LIT_FIELDS_MAX; v = json_next(r, v)) {
		if (is_true(r, v, "preview") && !previews)
			continue;
		if (!read_field(r, v, &to->v[to->n++]))
			return false;
	}
	return to->n > 0 && !v;
}

int lit_schema_read(struct lit_schema **schema, bool previews, struct err *e)
{
	struct json_fault fault;
	struct str text = str_of(lit_schema_text);
	struct lit_schema *s = *schema = mem_alloc(sizeof *s);
	struct json_reader *r = s->reader = json_reader_new((struct json_limits){ .bytes = text.n, .depth = 8, .nodes = 4096 });
	const struct json *root = json_read(r, text, &fault);
	s->lit_nlp = text_of(r, root, "lit_nlp");
	if (root && read_fields(r, root, "invocations", previews, &s->invocations) && read_fields(r, root, "recorded", previews, &s->recorded) &&
	    read_fields(r, root, "prompts", previews, &s->prompts) && read_fields(r, root, "version", previews, &s->version))
		return 0;
	return err_set(e, ROS_BUG, "lit_schema.json is not what the writer takes");
}

void lit_schema_free(struct lit_schema *s)
{
	if (!s)
		return;
	json_reader_free(s->reader);
	free(s);
}
