/* A new field of the event is a line in the schema and a column in a migration: what stands here is made from the schema's table. */
#include "store/record.h"

#include "store/bind.h"

#define SQL_MAX ((size_t)1 << 14)
#define JSON_MAX (EVENT_LINE_MAX * 4) /* numbers can grow in the canonical form: 1e20; but an event has not many nodes */
#define OWN_COLUMNS 6 /* that no field fills: deployment_id, series_id, batch, content_sha256, undeclared, attested */

static enum ai_field json_member(const struct schema_field *object)
{
	for (int f = object->child; f < object->child + object->children; f++)
		if (schema_ai.fields[f].column == COLUMN_JSON)
			return (enum ai_field)f;
	return AI_ROOT;
}

static void list_columns(struct record *r)
{
	for (int f = 0; f < AI_FIELDS; f++) {
		const struct schema_field *field = &schema_ai.fields[f];
		if (field->column == COLUMN_NONE || field->column == COLUMN_DEPLOYMENT || field->column == COLUMN_SERIES)
			continue;
		struct record_column *c = &r->columns[r->n++];
		c->field = (enum ai_field)f;
		c->apart = json_member(field);
	}
}

static void insert_sql(const struct record *r, struct buf *sql)
{
	buf_z(sql, "INSERT INTO invocation (deployment_id, series_id, batch, content_sha256, undeclared, attested");
	for (int i = 0; i < r->n; i++)
		buf_fmt(sql, ", %s", schema_ai.fields[r->columns[i].field].column_name);
	for (int i = 1; i <= OWN_COLUMNS + r->n; i++)
		buf_fmt(sql, "%s?%d", i == 1 ? ") VALUES (" : ", ", i);
	buf_z(sql, ") ON CONFLICT (time_ms, invocation_id) DO NOTHING");
}

int record_init(struct record *r, struct db *db, struct terms *terms, struct err *e)
{
	*r = (struct record){ .terms = terms };
	buf_init(&r->json, JSON_MAX);
	list_columns(r);
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	insert_sql(r, &sql);
	int rc = db_prepare(db, buf_cstr(&sql), &r->insert, e);
	buf_free(&sql);
	if (rc < 0)
		return -1;
	return db_prepare(db, "SELECT content_sha256 FROM invocation WHERE time_ms = ?1 AND invocation_id = ?2", &r->find, e);
}

void record_free(struct record *r)
{
	buf_free(&r->json);
}

/* All of them before the first is bound: the buffer may move while it grows. Returns the length of the undeclared members. */
static size_t write_json(struct record *r, struct json_reader *reader, const struct event *ev)
{
	buf_clear(&r->json);
	event_undeclared(reader, ev, &r->json);
	size_t undeclared = r->json.n;
	for (int i = 0; i < r->n; i++) {
		struct record_column *c = &r->columns[i];
		c->from = r->json.n;
		if (ev->field[c->field] && schema_ai.fields[c->field].column == COLUMN_JSON)
			json_canonical(reader, ev->field[c->field], c->apart == AI_ROOT ? NULL : ev->field[c->apart], &r->json);
		c->to = r->json.n;
	}
	return undeclared;
}

static struct str json_text(const struct record *r, size_t from, size_t to)
{
	return from < to ? (struct str){ r->json.p + from, to - from } : (struct str){ 0 };
}

static int bind(struct record *r, int i, struct record_column *c, const struct event *ev, struct err *e)
{
	const struct schema_field *f = &schema_ai.fields[c->field];
	const struct json *v = ev->field[c->field];
	int64_t term;
	if (v && f->column == COLUMN_TERM) {
		if (terms_id(r->terms, v->text, &term, e) < 0)
			return -1;
		db_bind_int(r->insert, i, term);
	} else if (v && f->column == COLUMN_JSON) {
		db_bind_text(r->insert, i, json_text(r, c->from, c->to));
	} else {
		bind_value(r->insert, i, f, v, c->bytes);
	}
	return 0;
}

static struct str sha256_blob(const struct sha256 *h)
{
	return (struct str){ (const char *)h->b, sizeof h->b };
}

int record_insert(struct record *r, struct json_reader *reader, const struct event *ev, const struct series *series,
                  int64_t batch, const struct sha256 *content, bool *inserted, struct err *e)
{
	size_t undeclared = write_json(r, reader, ev);
	db_bind_int(r->insert, 1, series->deployment);
	db_bind_int(r->insert, 2, series->id);
	db_bind_int(r->insert, 3, batch);
	db_bind_blob(r->insert, 4, sha256_blob(content));
	db_bind_text(r->insert, 5, json_text(r, 0, undeclared));
	db_bind_int(r->insert, 6, ev->attested);
	for (int i = 0; i < r->n; i++)
		if (bind(r, OWN_COLUMNS + 1 + i, &r->columns[i], ev, e) < 0)
			return -1;
	if (db_run(r->insert, e) < 0)
		return -1;
	*inserted = db_changes(r->terms->db) > 0;
	return 0;
}

int record_same(struct record *r, const struct event *ev, const struct sha256 *content, bool *same, struct err *e)
{
	db_bind_int(r->find, 1, ev->time_ms);
	db_bind_blob(r->find, 2, (struct str){ (const char *)ev->id.b, sizeof ev->id.b });
	int found = db_step(r->find, e);
	*same = found == 1 && str_eq(db_blob(r->find, 0), sha256_blob(content));
	db_reset(r->find);
	return found < 0 ? -1 : 0;
}
