/* A run has at most 20 rows, which stand side by side. */
#include "store/resume.h"

#define TEXT_MAX ((size_t)4 << 20)

void resume_init(struct resume *r)
{
	*r = (struct resume){ .checkpoint_version = -1 };
	buf_init(&r->status, TEXT_MAX);
	buf_init(&r->name, TEXT_MAX);
	buf_init(&r->checkpoint, TEXT_MAX);
}

void resume_free(struct resume *r)
{
	buf_free(&r->status);
	buf_free(&r->name);
	buf_free(&r->checkpoint);
}

/* The stage that is not at its end. */
static void take_row(const struct db_stmt *s, struct resume *r)
{
	struct str status = db_text(s, 1);
	bool again = str_is(status, "running") || str_is(status, "failed");
	int64_t attempts = db_is_null(s, 2) ? 1 : db_int(s, 2);
	r->stage = db_int(s, 0);
	r->attempt = again ? attempts + 1 : attempts;
	if (str_is(status, "cancelled"))
		r->verdict = RESUME_CANCELLED;
	else if (!db_is_null(s, 3) && r->attempt > db_int(s, 3))
		r->verdict = RESUME_EXHAUSTED;
	buf_str(&r->status, status);
	buf_str(&r->name, db_text(s, 4));
	buf_str(&r->checkpoint, db_text(s, 5));
	if (!db_is_null(s, 6))
		r->checkpoint_version = db_int(s, 6);
	r->updated_ms = db_int(s, 7);
}

int resume_find(struct db *db, const struct uuid *run, int64_t n, struct resume *r, struct err *e)
{
	struct db_stmt *s;
	int64_t next = 1;
	int rc;
	if (db_prepare(db, "SELECT stage_number, status, attempt_number, max_attempts, stage_name, checkpoint_data, checkpoint_version, updated_ms"
	               " FROM stage_run WHERE run_id = ?1 AND stage_number <= ?2 ORDER BY stage_number", &s, e) < 0)
		return -1;
	db_bind_blob(s, 1, (struct str){ (const char *)run->b, sizeof run->b });
	db_bind_int(s, 2, n);
	while ((rc = db_step(s, e)) == 1 && db_int(s, 0) == next && (str_is(db_text(s, 1), "completed") || str_is(db_text(s, 1), "skipped")))
		next++;
	if (rc == 1 && db_int(s, 0) == next) {
		take_row(s, r);
	} else {
		r->verdict = next > n ? RESUME_DONE : RESUME_GO;
		r->stage = next;
		r->attempt = 1;
	}
	db_finalize(s);
	return rc < 0 ? -1 : 0;
}
