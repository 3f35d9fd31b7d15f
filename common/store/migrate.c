/* Migrations. All that one call does is one transaction that begins as a writer (BEGIN IMMEDIATE), so that any number may run at once. */
#include "store/migrate.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/timefmt.h"
#include "store/copy.h"

#include <sys/stat.h>

static int read_int(struct db *db, const char *sql, int64_t *v, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db, sql, &s, e) < 0)
		return -1;
	int rc = db_step(s, e);
	*v = rc == 1 ? db_int(s, 0) : 0;
	db_finalize(s);
	return rc < 0 ? -1 : 0;
}

int migrate_version(struct db *db, int *version, struct err *e)
{
	int64_t application, user, tables;
	if (read_int(db, "PRAGMA application_id", &application, e) < 0 || read_int(db, "PRAGMA user_version", &user, e) < 0 ||
	    read_int(db, "SELECT count(*) FROM sqlite_schema", &tables, e) < 0)
		return -1;
	bool ours = application == MIGRATE_APPLICATION_ID && user >= 0, empty = application == 0 && user == 0 && tables == 0;
	if (!ours && !empty)
		return err_set(e, ROS_INPUT, "%s is not a database of ros-insights", db_path(db));
	*version = (int)user;
	return 0;
}

static int refuse_foreign(const char *path, int busy_ms, struct err *e)
{
	struct stat st;
	struct db *db;
	int version;
	if (stat(path, &st) < 0 || st.st_size == 0)
		return 0;
	if (db_open(&db, path, DB_READ, busy_ms, e) < 0)
		return -1;
	int rc = migrate_version(db, &version, e);
	db_close(db);
	return rc;
}

int migrate_open(struct db **db, const char *path, enum db_mode mode, int busy_ms, struct err *e)
{
	*db = NULL;
	return refuse_foreign(path, busy_ms, e) < 0 ? -1 : db_open(db, path, mode, busy_ms, e);
}

static int refuse_newer(struct db *db, int version, size_t n, struct err *e)
{
	if ((size_t)version <= n)
		return 0;
	return err_set(e, ROS_VERSION, "%s has version %d, this program knows %zu", db_path(db), version, n);
}

int migrate_require(struct db *db, const struct migration *list, size_t n, struct err *e)
{
	int version, newest = list[n - 1].version;
	if (migrate_version(db, &version, e) < 0 || refuse_newer(db, version, n, e) < 0)
		return -1;
	if (version < newest)
		return err_set(e, ROS_VERSION, "%s has version %d, this program needs %d: run ros-migrate up", db_path(db), version, newest);
	return 0;
}

static int set_version(struct db *db, int version, struct err *e)
{
	char sql[128];
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", MIGRATE_APPLICATION_ID, version);
	return db_exec(db, sql, e);
}

static int make_history(struct db *db, struct err *e)
{
	return db_exec(db, "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
	               " sha256 BLOB NOT NULL CHECK (length(sha256) = 32), applied_ms INTEGER NOT NULL) STRICT", e);
}

static int note_applied(struct db *db, const struct migration *m, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db, "INSERT INTO schema_migrations (version, name, sha256, applied_ms) VALUES (?1, ?2, ?3, ?4)", &s, e) < 0)
		return -1;
	struct sha256 text = sha256_of(str_of(m->up));
	db_bind_int(s, 1, m->version);
	db_bind_text(s, 2, str_of(m->name));
	db_bind_blob(s, 3, (struct str){ (const char *)text.b, sizeof text.b });
	db_bind_int(s, 4, time_now_ms());
	int rc = db_run(s, e);
	db_finalize(s);
	return rc;
}

static int note_taken_back(struct db *db, const struct migration *m, struct err *e)
{
	char sql[128];
	if (m->version == 1)
		return db_exec(db, "DROP TABLE schema_migrations", e);
	snprintf(sql, sizeof sql, "DELETE FROM schema_migrations WHERE version = %d", m->version);
	return db_exec(db, sql, e);
}

static int up_inside(struct db *db, const struct migration *list, size_t n, int *steps, struct err *e)
{
	int version;
	if (migrate_version(db, &version, e) < 0 || refuse_newer(db, version, n, e) < 0 || make_history(db, e) < 0)
		return -1;
	for (*steps = 0; (size_t)version < n; version++, ++*steps) {
		const struct migration *m = &list[version];
		if (db_exec(db, m->up, e) < 0 || note_applied(db, m, e) < 0 || set_version(db, m->version, e) < 0)
			return -1;
	}
	return 0;
}

/* The copy is made by a connection of its own, which sees what was committed before; nobody else can write until this is over. */
static int down_inside(struct db *db, const struct migration *list, size_t n, int *steps, const char *backup, struct err *e)
{
	int version, wanted = *steps;
	if (migrate_version(db, &version, e) < 0 || refuse_newer(db, version, n, e) < 0)
		return -1;
	if (backup && version > 0 && store_copy(db_path(db), backup, 0, e) < 0)
		return -1;
	for (*steps = 0; version > 0 && *steps < wanted; version--, ++*steps) {
		const struct migration *m = &list[version - 1];
		if (db_exec(db, m->down, e) < 0 || note_taken_back(db, m, e) < 0 || set_version(db, m->version - 1, e) < 0)
			return -1;
	}
	return 0;
}

static int finish(struct db *db, int rc, struct err *e)
{
	if (rc == 0)
		rc = db_commit(db, e);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

int migrate_up(struct db *db, const struct migration *list, size_t n, int *steps, struct err *e)
{
	return db_begin(db, e) < 0 ? -1 : finish(db, up_inside(db, list, n, steps, e), e);
}

int migrate_down(struct db *db, const struct migration *list, size_t n, int *steps, const char *backup, struct err *e)
{
	return db_begin(db, e) < 0 ? -1 : finish(db, down_inside(db, list, n, steps, backup, e), e);
}

static int read_history(struct db *db, const struct migration *list, int version, struct migrate_state *state, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db, "SELECT version, sha256, applied_ms FROM schema_migrations WHERE version BETWEEN 1 AND ?1", &s, e) < 0)
		return -1;
	db_bind_int(s, 1, version);
	int rc;
	while ((rc = db_step(s, e)) == 1) {
		int64_t i = db_int(s, 0) - 1;
		struct sha256 text = sha256_of(str_of(list[i].up));
		bool same = str_eq(db_blob(s, 1), (struct str){ (const char *)text.b, sizeof text.b });
		state[i] = (struct migrate_state){ .applied = true, .changed = !same, .applied_ms = db_int(s, 2) };
	}
	db_finalize(s);
	return rc;
}

int migrate_status(struct db *db, const struct migration *list, size_t n, struct migrate_state *state, struct err *e)
{
	int version;
	for (size_t i = 0; i < n; i++)
		state[i] = (struct migrate_state){ 0 };
	if (migrate_version(db, &version, e) < 0 || refuse_newer(db, version, n, e) < 0)
		return -1;
	return version == 0 ? 0 : read_history(db, list, version, state, e);
}
