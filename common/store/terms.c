/* Interned strings. */
#include "store/terms.h"

#define BYTES_MAX ((size_t)4 << 20) /* then the memory starts anew: a hostile input has no end of strings */

int terms_init(struct terms *t, struct db *db, struct err *e)
{
	*t = (struct terms){ .db = db, .ids = map_new() };
	if (db_prepare(db, "SELECT id FROM term WHERE text = ?1", &t->find, e) < 0)
		return -1;
	return db_prepare(db, "INSERT INTO term (text) VALUES (?1)", &t->insert, e);
}

void terms_free(struct terms *t)
{
	map_free(t->ids);
}

void terms_forget(struct terms *t)
{
	map_clear(t->ids);
	t->bytes = 0;
}

static int find_or_insert(struct terms *t, struct str text, int64_t *id, struct err *e)
{
	db_bind_text(t->find, 1, text);
	int found = db_step(t->find, e);
	if (found == 1)
		*id = db_int(t->find, 0);
	db_reset(t->find);
	if (found != 0)
		return found < 0 ? -1 : 0;
	db_bind_text(t->insert, 1, text);
	if (db_run(t->insert, e) < 0)
		return -1;
	*id = db_last_rowid(t->db);
	return 0;
}

int terms_id(struct terms *t, struct str text, int64_t *id, struct err *e)
{
	const int64_t *known = map_get(t->ids, text);
	if (known) {
		*id = *known;
		return 0;
	}
	if (find_or_insert(t, text, id, e) < 0)
		return -1;
	if (t->bytes > BYTES_MAX)
		terms_forget(t);
	*map_put(t->ids, text) = *id;
	t->bytes += text.n;
	return 0;
}
