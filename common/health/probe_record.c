/*
 * The database as a probe sees it. It is read as ros-report reads it. Whether others can write there is known to who asks for the lock that a writer needs and
 * gives it back at once: a lock that is held all the time while no batch is committed keeps everybody from recording.
 */
#include "base/timefmt.h"
#include "db/db.h"
#include "health/probe.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

struct last_batch {
	int64_t number, committed_ms, recorded, refused; /* number 0: there is none */
};

static int read_batch(struct db *db, struct last_batch *last, struct err *e)
{
	struct db_stmt *s;
	*last = (struct last_batch){ 0 };
	if (db_prepare(db, "SELECT number, committed_ms, recorded, refused FROM batch ORDER BY number DESC LIMIT 1", &s, e) < 0)
		return -1;
	int rc = db_step(s, e);
	if (rc == 1)
		*last = (struct last_batch){ db_int(s, 0), db_int(s, 1), db_int(s, 2), db_int(s, 3) };
	db_finalize(s);
	return rc < 0 ? -1 : 0;
}

/* *newest_ms: the time of the newest event; -1: there is none. */
static int read_newest(struct db *db, int64_t *newest_ms, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db, "SELECT max(time_ms) FROM invocation", &s, e) < 0)
		return -1;
	int rc = db_step(s, e);
	*newest_ms = rc == 1 && !db_is_null(s, 0) ? db_int(s, 0) : -1;
	db_finalize(s);
	return rc < 0 ? -1 : 0;
}

static int note_record(struct db *db, struct health_probe *p, struct last_batch *last, struct err *e)
{
	int64_t newest_ms, now = time_now_ms();
	if (read_batch(db, last, e) < 0 || read_newest(db, &newest_ms, e) < 0)
		return -1;
	if (newest_ms >= 0)
		health_note(p, RECORD_AGE, (now - newest_ms) / 1000);
	if (last->number > 0) {
		health_note(p, AGGREGATE_AGE, (now - last->committed_ms) / 1000);
		health_note(p, AGGREGATE_RECORDED, last->recorded);
		health_note(p, AGGREGATE_REFUSED, last->refused);
	}
	return 0;
}

/* Who watches may not be allowed to write: then nobody knows. */
static void look_whether_writable(struct db *db, const struct last_batch *before, int64_t deadline, struct health_probe *p)
{
	struct db *writer;
	struct err e;
	struct last_batch after;
	int64_t left = deadline - time_monotonic_ms();
	int rc = db_open(&writer, db_path(db), DB_WRITE, left > 0 ? (int)left : 0, &e);
	if (rc == 0 && (rc = db_begin(writer, &e)) == 0)
		db_rollback(writer);
	db_close(writer);
	if (rc == 0 || e.status == ROS_CONFIG || e.status == ROS_INPUT)
		return;
	if (e.status != ROS_LATER)
		health_find(p, HEALTH_CRITICAL, "nothing can be recorded: %s", e.text);
	else if (read_batch(db, &after, NULL) == 0 && after.number == before->number)
		health_find(p, HEALTH_WARNING, "nothing can be recorded now: %s", e.text);
}

static void look_at_record(const struct health_target *t, struct health_probe *p)
{
	int64_t deadline = time_monotonic_ms() + t->patience_ms;
	struct db *db = NULL;
	struct err e;
	struct last_batch last;
	if (store_open_read(&db, t->database, t->patience_ms, &e) < 0 || note_record(db, p, &last, &e) < 0)
		health_find(p, HEALTH_CRITICAL, "%s", e.text);
	else
		look_whether_writable(db, &last, deadline, p);
	db_close(db);
}

void health_probe_record(const struct health_target *t, struct health_probe *p)
{
	struct stat st;
	p->doing = "the database";
	int rc = stat(t->database, &st);
	if (rc < 0 && errno == ENOENT) {
		health_find(p, t->seen_database ? HEALTH_CRITICAL : HEALTH_WARNING, "the database %s %s", t->database,
		            t->seen_database ? "has vanished" : "does not exist yet");
		return;
	}
	p->there = true;
	if (rc == 0)
		health_note(p, DATABASE_SIZE, st.st_size);
	look_at_record(t, p);
}
