/* The table `hold`. */
#include "store/hold.h"

#include "base/timefmt.h"

#include <inttypes.h>

static void bind_uuid(struct db_stmt *s, int i, const struct uuid *id)
{
	db_bind_blob(s, i, id ? (struct str){ (const char *)id->b, sizeof id->b } : (struct str){ 0 });
}

int hold_add(struct db *db, const struct uuid *project, const struct uuid *run, const char *reason, const char *by, int64_t *id, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db, "INSERT INTO hold (project_id, run_id, reason, added_ms, added_by) VALUES (?1, ?2, ?3, ?4, ?5)", &s, e) < 0)
		return -1;
	bind_uuid(s, 1, project);
	bind_uuid(s, 2, run);
	db_bind_text(s, 3, str_of(reason));
	db_bind_int(s, 4, time_now_ms());
	db_bind_text(s, 5, str_of(by));
	int rc = db_run(s, e);
	*id = db_last_rowid(db);
	db_finalize(s);
	return rc;
}

int hold_release(struct db *db, int64_t id, const char *by, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db, "UPDATE hold SET released_ms = ?2, released_by = ?3 WHERE id = ?1 AND released_ms IS NULL", &s, e) < 0)
		return -1;
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, time_now_ms());
	db_bind_text(s, 3, str_of(by));
	int rc = db_run(s, e);
	if (rc == 0 && db_changes(db) == 0)
		rc = err_set(e, ROS_REFUSED, "no hold %" PRId64 " is in force", id);
	db_finalize(s);
	return rc;
}

int hold_each(struct db *db, hold_fn *each, void *arg, struct err *e)
{
	struct db_stmt *s;
	int rc;
	if (db_prepare(db, "SELECT v.id, v.project_id, v.run_id, v.reason, v.added_by, v.released_by, h.added_ms, ifnull(h.released_ms, -1)"
	                   " FROM holds v JOIN hold h USING (id) ORDER BY v.id", &s, e) < 0)
		return -1;
	while ((rc = db_step(s, e)) == 1)
		each(arg, &(struct hold){ db_int(s, 0), db_text(s, 1), db_text(s, 2), db_text(s, 3), db_text(s, 4), db_text(s, 5), db_int(s, 6),
		                          db_int(s, 7) });
	db_finalize(s);
	return rc;
}
