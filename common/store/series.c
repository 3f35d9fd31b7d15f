/*
 * Statements and keys are made from the schema's table. A series is looked up behind its deployment's number, which is the first column of its table.
 */
#include "store/series.h"

#include "base/mem.h"
#include "base/uuid.h"

#define BYTES_MAX ((size_t)4 << 20) /* then the memory starts anew: a hostile input has no end of names */
#define SQL_MAX ((size_t)1 << 14)
#define KEY_MAX ((size_t)4 << 20) /* an event has at most 1 MiB */

static const char *table_of(const struct combinations *c)
{
	return c->kind == COLUMN_DEPLOYMENT ? "deployment" : "series";
}

static bool has_field(const struct combinations *c, int field)
{
	return schema_ai.fields[field].column == c->kind;
}

/* Parameter ?1 is the deployment, where the table has one. */
static int first_parameter(const struct combinations *c)
{
	return c->kind == COLUMN_DEPLOYMENT ? 1 : 2;
}

static void find_sql(const struct combinations *c, struct buf *sql)
{
	int n = first_parameter(c);
	buf_fmt(sql, "SELECT id FROM %s WHERE %s", table_of(c), n == 2 ? "deployment_id = ?1" : "1");
	for (int f = 0; f < AI_FIELDS; f++) {
		if (!has_field(c, f))
			continue;
		const char *name = schema_ai.fields[f].column_name;
		if (schema_ai.fields[f].required)
			buf_fmt(sql, " AND %s = ?%d", name, n++);
		else
			buf_fmt(sql, " AND ifnull(%s, 0) = ifnull(?%d, 0)", name, n++); /* as the index series_key has it */
	}
}

static void insert_sql(const struct combinations *c, struct buf *sql)
{
	const char *lead = first_parameter(c) == 2 ? "deployment_id, " : "";
	int n = first_parameter(c) - 1;
	buf_fmt(sql, "INSERT INTO %s (", table_of(c));
	for (int f = 0; f < AI_FIELDS; f++) {
		if (!has_field(c, f))
			continue;
		buf_fmt(sql, "%s%s", lead, schema_ai.fields[f].column_name);
		lead = ", ";
		n++;
	}
	for (int i = 1; i <= n; i++)
		buf_fmt(sql, "%s?%d", i == 1 ? ") VALUES (" : ", ", i);
	buf_char(sql, ')');
}

static int combinations_init(struct combinations *c, struct db *db, enum schema_column kind, struct err *e)
{
	*c = (struct combinations){ .kind = kind, .ids = map_new() };
	struct buf find, insert;
	buf_init(&find, SQL_MAX);
	buf_init(&insert, SQL_MAX);
	find_sql(c, &find);
	insert_sql(c, &insert);
	int rc = db_prepare(db, buf_cstr(&find), &c->find, e);
	if (rc == 0)
		rc = db_prepare(db, buf_cstr(&insert), &c->insert, e);
	buf_free(&find);
	buf_free(&insert);
	return rc;
}

int series_init(struct series_set *s, struct db *db, struct err *e)
{
	*s = (struct series_set){ .db = db };
	buf_init(&s->key, KEY_MAX);
	if (combinations_init(&s->deployments, db, COLUMN_DEPLOYMENT, e) < 0)
		return -1;
	return combinations_init(&s->series, db, COLUMN_SERIES, e);
}

void series_free(struct series_set *s)
{
	map_free(s->deployments.ids);
	map_free(s->series.ids);
	buf_free(&s->key);
}

void series_forget(struct series_set *s)
{
	map_clear(s->deployments.ids);
	map_clear(s->series.ids);
	s->bytes = 0;
}

static struct str text_of(const struct event *ev, enum ai_field f)
{
	return f == AI_STATUS && !ev->field[f] ? STR("SUCCESS") : event_text(ev, f);
}

/*
 * The key in memory: the attributes as they are spelled. Another spelling of the same value is looked up once more, and found to be the
 * same.
 */
static void pack(struct series_set *s, const struct combinations *c, const struct event *ev, int64_t deployment)
{
	buf_clear(&s->key);
	buf_add(&s->key, &deployment, sizeof deployment);
	for (int f = 0; f < AI_FIELDS; f++) {
		if (!has_field(c, f))
			continue;
		struct str text = text_of(ev, (enum ai_field)f);
		size_t length = text.p ? text.n : SIZE_MAX;
		buf_add(&s->key, &length, sizeof length);
		buf_str(&s->key, text);
	}
}

static void bind(const struct combinations *c, struct db_stmt *stmt, const struct event *ev, int64_t deployment, struct uuid uuids[AI_FIELDS])
{
	int i = first_parameter(c);
	if (i == 2)
		db_bind_int(stmt, 1, deployment);
	for (int f = 0; f < AI_FIELDS; f++) {
		if (!has_field(c, f))
			continue;
		struct str text = text_of(ev, (enum ai_field)f);
		if (!text.p)
			db_bind_null(stmt, i);
		else if (schema_ai.fields[f].types & TYPE_INTEGER)
			db_bind_int(stmt, i, event_int(ev, (enum ai_field)f, 0));
		else if (schema_ai.fields[f].shape == SHAPE_UUID && uuid_parse(text, &uuids[f]))
			db_bind_blob(stmt, i, (struct str){ (const char *)uuids[f].b, sizeof uuids[f].b });
		else
			db_bind_text(stmt, i, text);
		i++;
	}
}

static int find_or_insert(struct series_set *s, const struct combinations *c, const struct event *ev, int64_t deployment, int64_t *id,
                          struct err *e)
{
	struct uuid uuids[AI_FIELDS];
	bind(c, c->find, ev, deployment, uuids);
	int found = db_step(c->find, e);
	if (found == 1)
		*id = db_int(c->find, 0);
	db_reset(c->find);
	if (found != 0)
		return found < 0 ? -1 : 0;
	bind(c, c->insert, ev, deployment, uuids);
	if (db_run(c->insert, e) < 0)
		return -1;
	*id = db_last_rowid(s->db);
	return 0;
}

static int look_up(struct series_set *s, struct combinations *c, const struct event *ev, int64_t deployment, int64_t *id, struct err *e)
{
	pack(s, c, ev, deployment);
	const int64_t *known = map_get(c->ids, buf_view(&s->key));
	if (known) {
		*id = *known;
		return 0;
	}
	if (s->bytes > BYTES_MAX)
		series_forget(s);
	if (find_or_insert(s, c, ev, deployment, id, e) < 0)
		return -1;
	*map_put(c->ids, buf_view(&s->key)) = *id;
	s->bytes += s->key.n;
	return 0;
}

int series_find(struct series_set *s, const struct event *ev, struct series *out, struct err *e)
{
	if (look_up(s, &s->deployments, ev, 0, &out->deployment, e) < 0)
		return -1;
	return look_up(s, &s->series, ev, out->deployment, &out->id, e);
}
