/* Statements are made from the schemas' tables: a new field of one of these events is a line in its schema and a column in a migration. */
#include "store/notices.h"

#include "base/uuid.h"
#include "store/bind.h"

#include <string.h>

#define SQL_MAX ((size_t)1 << 14)
#define JSON_MAX (EVENT_LINE_MAX * 4) /* as the record's: the canonical form can be longer */

/* A row that many events make has a key; the others have the event's time and id. */
static const struct {
	const struct schema *schema;
	const char *table;
	int subject, stage; /* fields of the key; 0: none */
} types[NOTICE_TYPES] = {
	{ &schema_dataset, "dataset", DATASET_ID, 0 },
	{ &schema_stage, "stage_run", STAGE_RUN_ID, STAGE_STAGE_NUMBER },
	{ &schema_access, "dataset_access", 0, 0 },
	{ &schema_export, "export", 0, 0 },
};

/* What tells rows apart in the memory of late ones; no padding, so that equal keys are equal bytes. */
struct late_key {
	struct uuid subject;
	int64_t type, stage;
};

static int type_of(const struct event *ev)
{
	int t = 0;
	while (types[t].schema != ev->schema)
		t++;
	return t;
}

/* What the end of an attempt says, and the beginning of another takes back. */
static bool ends_attempt(int type, int field)
{
	return types[type].schema == &schema_stage && (field == STAGE_COMPLETED_AT || field == STAGE_DURATION_MS);
}

static void list_columns(struct notice_table *t, int type)
{
	const struct schema *s = types[type].schema;
	for (int f = 0; f < s->n_fields; f++)
		if (s->fields[f].column != COLUMN_NONE)
			t->columns[t->n++].field = f;
}

static const char *column_name(int type, int field)
{
	return types[type].schema->fields[field].column_name;
}

/* The newer event over the row: what it does not say stays. */
static void overlay_sql(const struct notice_table *t, int type, struct buf *sql)
{
	buf_fmt(sql, " ON CONFLICT (%s%s%s) DO UPDATE SET ", column_name(type, types[type].subject), types[type].stage ? ", " : "",
	        types[type].stage ? column_name(type, types[type].stage) : "");
	for (int i = 0; i < t->n; i++) {
		const char *name = column_name(type, t->columns[i].field);
		buf_fmt(sql, "%s%s = ", i ? ", " : "", name);
		if (ends_attempt(type, t->columns[i].field))
			buf_fmt(sql, "CASE WHEN excluded.started_ms IS NULL THEN ifnull(excluded.%s, %s) ELSE excluded.%s END", name, name, name);
		else
			buf_fmt(sql, "ifnull(excluded.%s, %s)", name, name);
	}
}

/* ?1, where the row has a key: when its first event was. */
static int prepare_put(struct notice_table *t, int type, struct db *db, struct err *e)
{
	bool keyed = types[type].subject;
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	buf_fmt(&sql, "INSERT INTO %s (", types[type].table);
	for (int i = 0; i < t->n; i++)
		buf_fmt(&sql, "%s%s", i ? ", " : "", column_name(type, t->columns[i].field));
	buf_fmt(&sql, "%s) VALUES (", keyed ? ", created_ms" : "");
	for (int i = 1; i <= t->n; i++)
		buf_fmt(&sql, "%s?%d", i > 1 ? ", " : "", i + 1);
	buf_z(&sql, keyed ? ", ?1)" : ")");
	if (keyed)
		overlay_sql(t, type, &sql);
	int rc = db_prepare(db, buf_cstr(&sql), &t->put, e);
	buf_free(&sql);
	return rc;
}

static int prepare_erase(struct notice_table *t, int type, struct db *db, struct err *e)
{
	if (!types[type].subject)
		return 0;
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	buf_fmt(&sql, "DELETE FROM %s WHERE %s = ?1", types[type].table, column_name(type, types[type].subject));
	if (types[type].stage)
		buf_fmt(&sql, " AND %s = ?2", column_name(type, types[type].stage));
	int rc = db_prepare(db, buf_cstr(&sql), &t->erase, e);
	buf_free(&sql);
	return rc;
}

int notices_init(struct notices *n, struct db *db, struct err *e)
{
	struct json_limits limits = JSON_EVENT_LIMITS;
	limits.bytes = JSON_MAX;
	*n = (struct notices){ .db = db, .reader = json_reader_new(limits), .late = map_new() };
	buf_init(&n->event, JSON_MAX);
	buf_init(&n->json, JSON_MAX);
	for (int t = 0; t < NOTICE_TYPES; t++) {
		list_columns(&n->tables[t], t);
		if (prepare_put(&n->tables[t], t, db, e) < 0 || prepare_erase(&n->tables[t], t, db, e) < 0)
			return -1;
	}
	if (db_prepare(db, "INSERT INTO notice (time_ms, event_id, type, subject, stage_number, batch, content_sha256, event)"
	               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (time_ms, event_id) DO NOTHING", &n->insert, e) < 0 ||
	    db_prepare(db, "SELECT content_sha256 FROM notice WHERE time_ms = ?1 AND event_id = ?2", &n->find, e) < 0 ||
	    db_prepare(db, "SELECT 1 FROM notice WHERE subject = ?1 AND stage_number IS ?2 AND (time_ms, content_sha256) > (?3, ?4) LIMIT 1",
	               &n->newer, e) < 0 ||
	    db_prepare(db, "SELECT event FROM notice WHERE subject = ?1 AND stage_number IS ?2 ORDER BY time_ms, content_sha256",
	               &n->history, e) < 0)
		return -1;
	return db_prepare(db, "INSERT INTO notice_batch (batch, recorded, content_sum) VALUES (?1, ?2, ?3)", &n->put_batch, e);
}

void notices_free(struct notices *n)
{
	json_reader_free(n->reader);
	map_free(n->late);
	buf_free(&n->event);
	buf_free(&n->json);
}

void notices_clear(struct notices *n)
{
	map_clear(n->late);
	n->recorded = 0;
	n->content_sum = (struct sha256){ 0 };
}

static struct str sha256_blob(const struct sha256 *h)
{
	return (struct str){ (const char *)h->b, sizeof h->b };
}

static struct str uuid_blob(const struct uuid *u)
{
	return (struct str){ (const char *)u->b, sizeof u->b };
}

/* Which row the event is about. False: one of its own. */
static bool key_of(const struct event *ev, struct late_key *key)
{
	int type = type_of(ev);
	*key = (struct late_key){ .type = type };
	if (!types[type].subject)
		return false;
	uuid_parse(event_text(ev, types[type].subject), &key->subject);
	key->stage = types[type].stage ? event_int(ev, types[type].stage, 0) : 0;
	return true;
}

static void bind_key(struct db_stmt *s, int i, const struct late_key *key)
{
	db_bind_blob(s, i, uuid_blob(&key->subject));
	if (key->stage)
		db_bind_int(s, i + 1, key->stage);
	else
		db_bind_null(s, i + 1);
}

/* All JSON texts before the first is bound: the buffer may move while it grows. */
static void write_json(struct notices *n, struct notice_table *t, struct json_reader *r, const struct event *ev)
{
	buf_clear(&n->json);
	for (int i = 0; i < t->n; i++) {
		struct notice_column *c = &t->columns[i];
		c->from = n->json.n;
		if (ev->field[c->field] && ev->schema->fields[c->field].column == COLUMN_JSON)
			json_canonical(r, ev->field[c->field], NULL, &n->json);
		c->to = n->json.n;
	}
}

/* Lays the event over its row, or makes the row. */
static int put(struct notices *n, struct json_reader *r, const struct event *ev, struct err *e)
{
	struct notice_table *t = &n->tables[type_of(ev)];
	write_json(n, t, r, ev);
	if (t->erase)
		db_bind_int(t->put, 1, ev->time_ms);
	for (int i = 0; i < t->n; i++) {
		struct notice_column *c = &t->columns[i];
		const struct schema_field *f = &ev->schema->fields[c->field];
		if (f->column == COLUMN_JSON)
			db_bind_text(t->put, 2 + i, c->from < c->to ? (struct str){ n->json.p + c->from, c->to - c->from } : (struct str){ 0 });
		else
			bind_value(t->put, 2 + i, f, ev->field[c->field], c->bytes);
	}
	return db_run(t->put, e);
}

static int insert(struct notices *n, struct json_reader *r, const struct event *ev, const struct late_key *key, bool keyed, int64_t batch,
                  const struct sha256 *content, struct err *e)
{
	buf_clear(&n->event);
	json_canonical(r, ev->root, NULL, &n->event);
	db_bind_int(n->insert, 1, ev->time_ms);
	db_bind_blob(n->insert, 2, uuid_blob(&ev->id));
	db_bind_text(n->insert, 3, ev->schema->event_type);
	bind_key(n->insert, 4, key);
	if (!keyed)
		db_bind_null(n->insert, 4);
	db_bind_int(n->insert, 6, batch);
	db_bind_blob(n->insert, 7, sha256_blob(content));
	db_bind_text(n->insert, 8, buf_view(&n->event));
	return db_run(n->insert, e);
}

/* Whether a newer event of the row is recorded: 1, 0, or -1. */
static int is_late(struct notices *n, const struct event *ev, const struct late_key *key, const struct sha256 *content, struct err *e)
{
	bind_key(n->newer, 1, key);
	db_bind_int(n->newer, 3, ev->time_ms);
	db_bind_blob(n->newer, 4, sha256_blob(content));
	int found = db_step(n->newer, e);
	db_reset(n->newer);
	return found;
}

int notices_insert(struct notices *n, struct json_reader *r, const struct event *ev, int64_t batch, const struct sha256 *content, bool *inserted,
                   struct err *e)
{
	struct late_key key;
	bool keyed = key_of(ev, &key);
	if (insert(n, r, ev, &key, keyed, batch, content, e) < 0)
		return -1;
	*inserted = db_changes(n->db) > 0;
	if (!*inserted)
		return 0;
	n->recorded++;
	sha256_accumulate(&n->content_sum, content);
	int late = keyed ? is_late(n, ev, &key, content, e) : 0;
	if (late == 1)
		*map_put(n->late, (struct str){ (const char *)&key, sizeof key }) = 1;
	return late == 0 ? put(n, r, ev, e) : late < 0 ? -1 : 0;
}

int notices_same(struct notices *n, const struct event *ev, const struct sha256 *content, bool *same, struct err *e)
{
	db_bind_int(n->find, 1, ev->time_ms);
	db_bind_blob(n->find, 2, uuid_blob(&ev->id));
	int found = db_step(n->find, e);
	*same = found == 1 && str_eq(db_blob(n->find, 0), sha256_blob(content));
	db_reset(n->find);
	return found < 0 ? -1 : 0;
}

static int put_again(struct notices *n, struct str text, struct err *e)
{
	struct json_fault fault;
	struct event ev;
	const struct json *root = json_read(n->reader, text, &fault);
	if (!root || !event_check(n->reader, root, &ev, &fault))
		return err_set(e, ROS_INPUT, "%s: a row of notice is not an event: %s", db_path(n->db), fault.rule);
	return put(n, n->reader, &ev, e);
}

/* The row from all of its events, from the oldest to the newest. */
static int make_anew(struct notices *n, const struct late_key *key, struct err *e)
{
	struct db_stmt *erase = n->tables[key->type].erase;
	db_bind_blob(erase, 1, uuid_blob(&key->subject));
	if (key->stage)
		db_bind_int(erase, 2, key->stage);
	if (db_run(erase, e) < 0)
		return -1;
	bind_key(n->history, 1, key);
	int rc;
	while ((rc = db_step(n->history, e)) == 1)
		if (put_again(n, db_text(n->history, 0), e) < 0) {
			db_reset(n->history);
			return -1;
		}
	return rc;
}

int notices_write(struct notices *n, int64_t batch, struct err *e)
{
	struct str packed;
	size_t i = 0;
	while (map_next(n->late, &i, &packed)) {
		struct late_key key;
		memcpy(&key, packed.p, sizeof key);
		if (make_anew(n, &key, e) < 0)
			return -1;
	}
	if (n->recorded == 0)
		return 0;
	db_bind_int(n->put_batch, 1, batch);
	db_bind_int(n->put_batch, 2, n->recorded);
	db_bind_blob(n->put_batch, 3, sha256_blob(&n->content_sum));
	return db_run(n->put_batch, e);
}
