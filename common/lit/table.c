/* Rows and their types, as LIT's own writer of them has it: lit_nlp.api.dataset, load_lit_format(). */
#include "lit/table.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "json/writer.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)8 << 20) /* an event has 1 MiB, and escapes are longer */
#define TEXT_MAX 256
#define DIGITS 15
#define SHORT_HASH 6 /* bytes, as below */
#define SHORT_UUID 4
#define UNKNOWN_WORDS "not stated"

void lit_table_begin(struct lit_table *t, struct lit_bundle *b, const struct lit_fields *fields, const char *path)
{
	*t = (struct lit_table){ .fields = fields, .bundle = b, .path = mem_strdup(str_of(path)) };
	t->columns = mem_array(fields->n, sizeof *t->columns);
	for (size_t i = 0; i < fields->n; i++) {
		buf_init(&t->columns[i].text, TEXT_MAX);
		t->columns[i].found = intern_new();
	}
	buf_init(&t->line, LINE_MAX_BYTES);
	buf_fmt(&t->line, "%s.lit.jsonl", path);
	t->file = lit_file_begin(b, buf_cstr(&t->line));
}

void lit_fields_sql(const struct lit_fields *fields, struct buf *sql)
{
	for (size_t i = 0; i < fields->n; i++)
		if (fields->v[i].sql.p)
			buf_fmt(sql, ", %.*s", STR_ARG(fields->v[i].sql));
}

void lit_hash_text(struct buf *out, struct str stored)
{
	if (stored.n > SHORT_HASH)
		buf_hex(out, stored.p + 1, SHORT_HASH); /* behind its kind */
}

static void form_text(enum lit_form form, struct buf *out, const struct db_stmt *row, int at)
{
	char time[TIME_TEXT], uuid[UUID_TEXT];
	struct uuid u = { { 0 } };
	struct str stored = db_blob(row, at);
	switch (form) {
	case LIT_HASH: lit_hash_text(out, stored); break;
	case LIT_TIME:
		time_format(db_int(row, at), time);
		buf_z(out, time);
		break;
	case LIT_SHORT: buf_hex(out, stored.p, stored.n < SHORT_UUID ? stored.n : SHORT_UUID); break;
	default:
		memcpy(u.b, stored.p, stored.n < sizeof u.b ? stored.n : sizeof u.b);
		uuid_format(&u, uuid);
		buf_z(out, uuid);
		break;
	}
}

static void take(const struct lit_field *f, struct lit_column *c, const struct db_stmt *row, int at)
{
	if (db_is_null(row, at)) {
		c->value.is = LIT_UNKNOWN;
	} else if (f->kind == LIT_INTEGER || f->kind == LIT_REAL) {
		c->value = (struct lit_value){ .is = LIT_NUMBER, .number = db_int(row, at) };
	} else if (f->form == LIT_PLAIN) {
		c->value = (struct lit_value){ .is = LIT_WORDS, .words = db_text(row, at) };
	} else {
		buf_clear(&c->text);
		form_text(f->form, &c->text, row, at);
		c->value = (struct lit_value){ .is = LIT_WORDS, .words = buf_view(&c->text) };
	}
}

int lit_table_take(struct lit_table *t, const struct db_stmt *row, int at)
{
	for (size_t i = 0; i < t->fields->n; i++)
		if (t->fields->v[i].sql.p)
			take(&t->fields->v[i], &t->columns[i], row, at++);
	return at;
}

struct lit_value *lit_table_value(struct lit_table *t, const char *name)
{
	size_t i = 0;
	while (!str_is(t->fields->v[i].name, name))
		i++;
	return &t->columns[i].value;
}

static void note(struct lit_column *c, double v)
{
	if (!c->any || v < c->min)
		c->min = v;
	if (!c->any || v > c->max)
		c->max = v;
	c->any = true;
}

static void put_number(struct json_writer *w, const struct lit_field *f, struct lit_column *c)
{
	const struct lit_value *v = &c->value;
	double unit = f->form == LIT_NANO ? (double)NUM_NANO_PER_USD : 1;
	if (v->is == LIT_FRACTION)
		json_real(w, v->fraction, DIGITS);
	else
		json_decimal(w, v->number, f->form == LIT_NANO ? NUM_NANO : 0);
	note(c, v->is == LIT_FRACTION ? v->fraction : (double)v->number / unit);
}

/* All or nothing: 1 for the class that it is. */
static void put_classes(struct json_writer *w, const struct lit_field *f, struct str is)
{
	json_open(w, '[');
	for (size_t i = 0; i < f->n_vocab; i++)
		json_int(w, is.p && str_eq(f->vocab[i], is));
	json_close(w, ']');
}

static void put_value(struct json_writer *w, const struct lit_field *f, struct lit_column *c)
{
	bool known = c->value.is != LIT_UNKNOWN;
	struct str words = known ? c->value.words : (struct str){ NULL, 0 };
	json_key_str(w, f->name);
	if (!known && f->optional) {
		json_null(w);
		return;
	}
	switch (f->kind) {
	case LIT_INTEGER:
	case LIT_REAL: put_number(w, f, c); break;
	case LIT_LABELS: json_raw(w, known ? words : STR("[]")); break;
	case LIT_CLASSES: put_classes(w, f, words); break;
	case LIT_STRING: json_str(w, known ? words : STR("")); break;
	case LIT_CATEGORY:
		words = known ? words : STR(UNKNOWN_WORDS);
		intern_id(c->found, words);
		json_str(w, words);
		break;
	}
}

static void put_meta(struct json_writer *w, const char *key)
{
	json_key(w, key);
	json_raw(w, STR("{\"added\":null,\"parentId\":null,\"source\":null}"));
}

void lit_table_row(struct lit_table *t, struct str id)
{
	struct json_writer w;
	buf_clear(&t->line);
	json_writer_init(&w, &t->line, false);
	json_open(&w, '{');
	json_key(&w, "data");
	json_open(&w, '{');
	for (size_t i = 0; i < t->fields->n; i++) {
		put_value(&w, &t->fields->v[i], &t->columns[i]);
		t->columns[i].value.is = LIT_UNKNOWN;
	}
	json_key(&w, "_id");
	json_str(&w, id);
	put_meta(&w, "_meta");
	json_close(&w, '}');
	json_key(&w, "id");
	json_str(&w, id);
	put_meta(&w, "meta");
	json_close(&w, '}');
	if (lit_bundle_fits(t->bundle, &t->line))
		lit_file_line(t->file, buf_view(&t->line));
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* What can be there, in the schema's order, otherwise what was, in that of the alphabet. */
static void put_vocab(struct json_writer *w, const struct lit_field *f, const struct intern *found)
{
	size_t n = f->n_vocab ? f->n_vocab : intern_count(found);
	struct str *words = mem_array(n + 1, sizeof *words);
	for (size_t i = 0; i < n; i++)
		words[i] = f->n_vocab ? f->vocab[i] : intern_name(found, (uint32_t)i);
	if (!f->n_vocab)
		qsort(words, n, sizeof *words, by_text);
	json_key(w, "vocab");
	json_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_str(w, words[i]);
	json_close(w, ']');
	free(words);
}

static void put_bounds(struct json_writer *w, const struct lit_column *c)
{
	json_key(w, "min_val");
	json_real(w, c->any ? c->min : 0, DIGITS);
	json_key(w, "max_val");
	json_real(w, c->any ? c->max : 1, DIGITS);
}

static void put_type(struct json_writer *w, const struct lit_field *f, const struct lit_column *c)
{
	json_key_str(w, f->name);
	json_open(w, '{');
	json_key(w, "__name__");
	json_str(w, f->type);
	json_key(w, "required");
	json_bool(w, !f->optional);
	if (f->kind == LIT_INTEGER || f->kind == LIT_REAL)
		put_bounds(w, c);
	if (f->kind == LIT_CATEGORY || f->kind == LIT_CLASSES)
		put_vocab(w, f, c->found);
	if (f->parent.p) {
		json_key(w, "parent");
		json_str(w, f->parent);
	}
	json_close(w, '}');
}

static void write_types(struct lit_table *t)
{
	struct json_writer w;
	struct buf path;
	buf_init(&path, LINE_MAX_BYTES);
	buf_fmt(&path, "%s.lit.jsonl.spec", t->path);
	buf_clear(&t->line);
	json_writer_init(&w, &t->line, false);
	json_open(&w, '{');
	for (size_t i = 0; i < t->fields->n; i++)
		put_type(&w, &t->fields->v[i], &t->columns[i]);
	json_close(&w, '}');
	if (lit_bundle_fits(t->bundle, &t->line))
		lit_bundle_text(t->bundle, buf_cstr(&path), buf_view(&t->line));
	buf_free(&path);
}

void lit_table_end(struct lit_table *t)
{
	lit_file_end(t->file);
	write_types(t);
	for (size_t i = 0; i < t->fields->n; i++) {
		buf_free(&t->columns[i].text);
		intern_free(t->columns[i].found);
	}
	free(t->columns);
	free(t->path);
	buf_free(&t->line);
}
