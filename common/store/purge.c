/*
 * A cell is a day of a deployment: all of it has one mode and one project, so that it is due or held as a whole. It is sealed with its first deletion, and from then on
 * ros-aggregate takes nothing more for it. Cells and ranges are found by seeking from one to the next, never by going through the record.
 */
#include "store/purge.h"

#include "base/timefmt.h"
#include "io/wait.h"
#include "store/hold.h"

#define CHUNK "2000" /* calls a transaction, more where they have the same time */

#define CELL "deployment_id = ?1 AND time_ms >= ?2 AND time_ms < ?3"
#define HELD_PROJECTS "(SELECT h.project_id FROM hold h WHERE h.project_id NOT NULL AND " HOLD_IN_FORCE ")"
#define HELD_RUNS "(SELECT h.run_id FROM hold h WHERE h.run_id NOT NULL AND " HOLD_IN_FORCE ")"

#define PREVIEW "(prompt_redacted IS NOT NULL OR output_redacted IS NOT NULL)"
#define PREVIEWS_DUE \
	"time_ms >= ?1 AND time_ms < ?2 AND " PREVIEW " AND NOT (ifnull(run_id IN " HELD_RUNS ", 0)" \
	" OR deployment_id IN (SELECT id FROM deployment WHERE project_id IN " HELD_PROJECTS "))"

/* Of the rows of a day, with ?3 and ?4 the times before which those of DEMO and of LIVE are due. */
#define DUE(mode, time) "CASE " mode " WHEN 'DEMO' THEN " time " < ?3 WHEN 'LIVE' THEN " time " < ?4 END"

/* A conflict is a whole event, as JSON. */
#define CONFLICT_HELD \
	"(lower(replace(event ->> '$.project_id', '-', '')) IN (SELECT lower(hex(h.project_id)) FROM hold h WHERE " HOLD_IN_FORCE ")" \
	" OR ifnull(lower(replace(event ->> '$.run_id', '-', '')) IN (SELECT lower(hex(h.run_id)) FROM hold h WHERE " HOLD_IN_FORCE "), 0))"
#define CONFLICTS_DUE "time_ms >= ?1 AND time_ms < ?2 AND " DUE("event ->> '$.governance_mode'", "time_ms") " AND NOT " CONFLICT_HELD
#define CONFLICT_PREVIEWS_DUE \
	"time_ms >= ?1 AND time_ms < ?2 AND (event ->> '$.prompt_redacted' IS NOT NULL OR event ->> '$.output_redacted' IS NOT NULL) AND NOT " CONFLICT_HELD

#define ACCESSES_DUE \
	"accessed_ms >= ?1 AND accessed_ms < ?2 AND " DUE("governance_mode", "accessed_ms") " AND NOT (ifnull(run_id IN " HELD_RUNS ", 0)" \
	" OR ifnull((SELECT project_id FROM dataset d WHERE d.id = dataset_id) IN " HELD_PROJECTS ", 0))"

enum statement {
	NEXT_DEPLOYMENT, NEXT_CALL, COUNT_CALLS, IS_HELD, CHUNK_END, CALLS, NOTE_RUNS, DELETE_CALLS, FIND_BATCH, PUT_BATCH, SEAL, /* cells */
	NEXT_PREVIEW, COUNT_PREVIEWS, PREVIEWS_END, DELETE_PREVIEWS,
	BEGIN_PURGE, NOTE_PURGE, END_PURGE,
	STATEMENTS
};

static const char *const texts[STATEMENTS] = {
	[NEXT_DEPLOYMENT] = "SELECT id, governance_mode FROM deployment WHERE id > ?1 ORDER BY id LIMIT 1",
	[NEXT_CALL] = "SELECT min(time_ms) FROM invocation WHERE " CELL,
	[COUNT_CALLS] = "SELECT count(*), min(time_ms), max(time_ms) FROM invocation WHERE " CELL,
	[IS_HELD] = "SELECT EXISTS (SELECT 1 FROM deployment WHERE id = ?1 AND project_id IN " HELD_PROJECTS ") OR EXISTS (SELECT 1 FROM hold h"
	            " JOIN invocation i ON i.run_id = h.run_id WHERE i.deployment_id = ?1 AND i.time_ms >= ?2 AND i.time_ms < ?3 AND " HOLD_IN_FORCE ")",
	[CHUNK_END] = "SELECT time_ms FROM invocation WHERE " CELL " ORDER BY time_ms LIMIT 1 OFFSET " CHUNK,
	[CALLS] = "SELECT batch, content_sha256, time_ms FROM invocation WHERE " CELL " ORDER BY time_ms",
	[NOTE_RUNS] = "INSERT INTO purged_run (run_id, calls, first_ms, last_ms) SELECT run_id, count(*), min(time_ms), max(time_ms) FROM invocation"
	              " WHERE " CELL " AND run_id NOT NULL GROUP BY run_id ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,"
	              " first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)",
	[DELETE_CALLS] = "DELETE FROM invocation WHERE " CELL,
	[FIND_BATCH] = "SELECT events, content_sum FROM purged_batch WHERE batch = ?1",
	[PUT_BATCH] = "INSERT OR REPLACE INTO purged_batch (batch, events, content_sum) VALUES (?1, ?2, ?3)",
	[SEAL] = "INSERT INTO sealed_day (day, deployment_id, calls) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls",
	[NEXT_PREVIEW] = "SELECT min(time_ms) FROM invocation WHERE time_ms >= ?1 AND time_ms < ?2 AND " PREVIEW,
	[COUNT_PREVIEWS] = "SELECT count(*) FROM invocation WHERE " PREVIEWS_DUE,
	[PREVIEWS_END] = "SELECT time_ms FROM invocation WHERE time_ms >= ?1 AND time_ms < ?2 AND " PREVIEW " ORDER BY time_ms LIMIT 1 OFFSET " CHUNK,
	[DELETE_PREVIEWS] = "UPDATE invocation SET prompt_redacted = NULL, output_redacted = NULL WHERE " PREVIEWS_DUE,
	[BEGIN_PURGE] = "INSERT INTO purge (started_ms, started_by, demo_before_ms, live_before_ms, previews_before_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
	[NOTE_PURGE] = "UPDATE purge SET invocations = ?2, first_ms = ?3, last_ms = ?4, content_sum = ?5, conflicts = ?6, dataset_accesses = ?7,"
	               " previews = ?8 WHERE id = ?1",
	[END_PURGE] = "UPDATE purge SET finished_ms = ?2 WHERE id = ?1",
};

/* What has few rows a day and no sums: a day is one transaction. */
enum { CONFLICT_PREVIEWS, CONFLICTS, ACCESSES, DAILIES };

static const struct daily {
	const char *next, *count, *delete;
} dailies[DAILIES] = {
	[CONFLICT_PREVIEWS] = { "SELECT min(time_ms) FROM conflict WHERE time_ms >= ?1", "SELECT count(*) FROM conflict WHERE " CONFLICT_PREVIEWS_DUE,
	                        "UPDATE conflict SET event = json_remove(event, '$.prompt_redacted', '$.output_redacted') WHERE " CONFLICT_PREVIEWS_DUE },
	[CONFLICTS] = { "SELECT min(time_ms) FROM conflict WHERE time_ms >= ?1", "SELECT count(*) FROM conflict WHERE " CONFLICTS_DUE,
	                "DELETE FROM conflict WHERE " CONFLICTS_DUE },
	[ACCESSES] = { "SELECT min(accessed_ms) FROM dataset_access WHERE accessed_ms >= ?1", "SELECT count(*) FROM dataset_access WHERE " ACCESSES_DUE,
	               "DELETE FROM dataset_access WHERE " ACCESSES_DUE },
};

struct purge {
	struct db *db;
	const struct purge_rules *rules;
	struct purge_counts *counts;
	bool look;   /* count, and change nothing */
	int64_t id;  /* of the deletion record */
	struct db_stmt *s[STATEMENTS];
	bool stopped;
};

struct cell {
	int64_t deployment, from_ms, to_ms;
};

static int prepare(struct purge *p, struct err *e)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (db_prepare(p->db, texts[i], &p->s[i], e) < 0)
			return -1;
	return 0;
}

static void finalize(struct purge *p)
{
	for (int i = 0; i < STATEMENTS; i++)
		db_finalize(p->s[i]);
}

static void bind_range(struct db_stmt *s, int64_t from_ms, int64_t to_ms)
{
	db_bind_int(s, 1, from_ms);
	db_bind_int(s, 2, to_ms);
}

/* What CELL names: all of the cell from a time on. */
static struct db_stmt *bind_cell(struct purge *p, enum statement which, const struct cell *c, int64_t from_ms)
{
	struct db_stmt *s = p->s[which];
	db_bind_int(s, 1, c->deployment);
	db_bind_int(s, 2, from_ms);
	db_bind_int(s, 3, c->to_ms);
	return s;
}

/* The one number that the statement gives, or `otherwise` where it gives none. */
static int ask(struct db_stmt *s, int64_t otherwise, int64_t *v, struct err *e)
{
	int rc = db_step(s, e);
	*v = rc == 1 && !db_is_null(s, 0) ? db_int(s, 0) : otherwise;
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

static struct str sha256_blob(const struct sha256 *h)
{
	return (struct str){ (const char *)h->b, sizeof h->b };
}

static void add_content(struct sha256 *sum, struct str stored)
{
	struct sha256 h = sha256_stored(stored);
	sha256_accumulate(sum, &h);
}

static void bind_bound(struct db_stmt *s, int i, int64_t before_ms)
{
	if (before_ms == PURGE_NOTHING)
		db_bind_null(s, i);
	else
		db_bind_int(s, i, before_ms);
}

/* --- the deletion record --- */

static int begin_record(struct purge *p, const char *by, struct err *e)
{
	struct db_stmt *s = p->s[BEGIN_PURGE];
	db_bind_int(s, 1, time_now_ms());
	db_bind_text(s, 2, str_of(by));
	bind_bound(s, 3, p->rules->demo_before_ms);
	bind_bound(s, 4, p->rules->live_before_ms);
	bind_bound(s, 5, p->rules->previews_before_ms);
	int rc = db_run(s, e);
	p->id = db_last_rowid(p->db);
	return rc;
}

static int note_record(struct purge *p, struct err *e)
{
	const struct purge_counts *c = p->counts;
	struct db_stmt *s = p->s[NOTE_PURGE];
	db_bind_int(s, 1, p->id);
	db_bind_int(s, 2, c->invocations);
	bind_bound(s, 3, c->invocations > 0 ? c->first_ms : PURGE_NOTHING);
	bind_bound(s, 4, c->invocations > 0 ? c->last_ms : PURGE_NOTHING);
	db_bind_blob(s, 5, sha256_blob(&c->content_sum));
	db_bind_int(s, 6, c->conflicts);
	db_bind_int(s, 7, c->dataset_accesses);
	db_bind_int(s, 8, c->previews);
	return db_run(s, e);
}

static int end_record(struct purge *p, struct err *e)
{
	db_bind_int(p->s[END_PURGE], 1, p->id);
	db_bind_int(p->s[END_PURGE], 2, time_now_ms());
	return db_run(p->s[END_PURGE], e);
}

/* --- transactions --- */

static int begin(struct purge *p, int64_t *began_ms, struct err *e)
{
	*began_ms = time_monotonic_ms();
	return p->look ? 0 : db_begin(p->db, e);
}

/* Ends what begin() began: commits, or rolls back after an error; then lets others have as much time. *counts is what it was in the last commit. */
static int end(struct purge *p, int rc, const struct purge_counts *before, int64_t began_ms, struct err *e)
{
	if (p->look)
		return rc;
	if (rc < 0 || note_record(p, e) < 0 || db_commit(p->db, e) < 0) {
		*p->counts = *before;
		db_rollback(p->db);
		return -1;
	}
	p->stopped = wait_fd(-1, 0, (int)(time_monotonic_ms() - began_ms) + 1) == WAIT_STOP;
	return 0;
}

/* --- calls --- */

static void widen(struct purge_counts *c, int64_t first_ms, int64_t last_ms)
{
	if (c->invocations == 0 || first_ms < c->first_ms)
		c->first_ms = first_ms;
	if (c->invocations == 0 || last_ms > c->last_ms)
		c->last_ms = last_ms;
}

/* Calls that one batch recorded, next to each other in time. */
struct batch_part {
	int64_t batch, events;
	struct sha256 content_sum;
};

static int note_batch(struct purge *p, struct batch_part *part, struct err *e)
{
	struct db_stmt *find = p->s[FIND_BATCH], *put = p->s[PUT_BATCH];
	if (part->events == 0)
		return 0;
	sha256_accumulate(&p->counts->content_sum, &part->content_sum);
	db_bind_int(find, 1, part->batch);
	int known = db_step(find, e);
	if (known < 0)
		return -1;
	if (known == 1) {
		part->events += db_int(find, 0);
		add_content(&part->content_sum, db_blob(find, 1));
	}
	db_reset(find);
	db_bind_int(put, 1, part->batch);
	db_bind_int(put, 2, part->events);
	db_bind_blob(put, 3, sha256_blob(&part->content_sum));
	return db_run(put, e);
}

/* Writes down, by batch, what is about to be deleted; *n: how many. */
static int note_batches(struct purge *p, const struct cell *c, int64_t *n, struct err *e)
{
	struct db_stmt *s = bind_cell(p, CALLS, c, c->from_ms);
	struct batch_part part = { 0 };
	int rc;
	*n = 0;
	while ((rc = db_step(s, e)) == 1) {
		if (part.batch != db_int(s, 0)) {
			if (note_batch(p, &part, e) < 0)
				break;
			part = (struct batch_part){ .batch = db_int(s, 0) };
		}
		add_content(&part.content_sum, db_blob(s, 1));
		part.events++;
		widen(p->counts, db_int(s, 2), db_int(s, 2));
		p->counts->invocations++;
		++*n;
	}
	db_reset(s);
	return rc != 0 ? -1 : note_batch(p, &part, e);
}

static int seal(struct purge *p, const struct cell *c, int64_t calls, struct err *e)
{
	struct db_stmt *s = p->s[SEAL];
	db_bind_int(s, 1, time_floor(c->from_ms, TIME_DAY_MS) / TIME_DAY_MS);
	db_bind_int(s, 2, c->deployment);
	db_bind_int(s, 3, calls);
	return db_run(s, e);
}

/* Deletes the first calls of the cell, and lets it begin after them. */
static int delete_calls(struct purge *p, struct cell *c, struct err *e)
{
	struct cell chunk = *c;
	int64_t n;
	if (ask(bind_cell(p, CHUNK_END, c, c->from_ms), c->to_ms, &chunk.to_ms, e) < 0)
		return -1;
	if (chunk.to_ms == c->from_ms)
		chunk.to_ms++;
	if (note_batches(p, &chunk, &n, e) < 0 || db_run(bind_cell(p, NOTE_RUNS, &chunk, chunk.from_ms), e) < 0 || seal(p, &chunk, n, e) < 0 ||
	    db_run(bind_cell(p, DELETE_CALLS, &chunk, chunk.from_ms), e) < 0)
		return -1;
	c->from_ms = chunk.to_ms;
	return 0;
}

/* Counts the calls of the cell that are left, and passes over it. */
static int count_calls(struct purge *p, struct cell *c, bool held, struct err *e)
{
	struct db_stmt *s = bind_cell(p, COUNT_CALLS, c, c->from_ms);
	if (db_step(s, e) < 0)
		return -1;
	int64_t n = db_int(s, 0);
	if (held) {
		p->counts->held += n;
	} else {
		widen(p->counts, db_int(s, 1), db_int(s, 2));
		p->counts->invocations += n;
	}
	db_reset(s);
	c->from_ms = c->to_ms;
	return 0;
}

/* One transaction of a cell. A hold counts from the moment on at which it is committed. */
static int take_calls(struct purge *p, struct cell *c, struct err *e)
{
	int64_t began_ms, held;
	struct purge_counts before = *p->counts;
	if (begin(p, &began_ms, e) < 0)
		return -1;
	int rc = ask(bind_cell(p, IS_HELD, c, time_floor(c->from_ms, TIME_DAY_MS)), 0, &held, e);
	if (rc == 0)
		rc = held || p->look ? count_calls(p, c, held, e) : delete_calls(p, c, e);
	return end(p, rc, &before, began_ms, e);
}

static int take_deployment(struct purge *p, int64_t deployment, int64_t before_ms, struct err *e)
{
	struct cell c = { deployment, INT64_MIN, before_ms };
	while (!p->stopped) {
		int64_t next;
		c.to_ms = before_ms;
		if (ask(bind_cell(p, NEXT_CALL, &c, c.from_ms), before_ms, &next, e) < 0)
			return -1;
		if (next == before_ms)
			break;
		c.from_ms = next;
		c.to_ms = time_floor(next, TIME_DAY_MS) + TIME_DAY_MS;
		if (take_calls(p, &c, e) < 0)
			return -1;
	}
	return 0;
}

static int take_deployments(struct purge *p, struct err *e)
{
	struct db_stmt *s = p->s[NEXT_DEPLOYMENT];
	int64_t id = 0;
	while (!p->stopped) {
		db_bind_int(s, 1, id);
		int rc = db_step(s, e);
		if (rc < 1)
			return rc;
		id = db_int(s, 0);
		int64_t before_ms = str_is(db_text(s, 1), "LIVE") ? p->rules->live_before_ms : p->rules->demo_before_ms;
		db_reset(s);
		if (before_ms != PURGE_NOTHING && take_deployment(p, id, before_ms, e) < 0)
			return -1;
	}
	return 0;
}

/* --- previews --- */

static int delete_previews(struct purge *p, int64_t *from_ms, struct err *e)
{
	int64_t to_ms;
	bind_range(p->s[PREVIEWS_END], *from_ms, p->rules->previews_before_ms);
	if (ask(p->s[PREVIEWS_END], p->rules->previews_before_ms, &to_ms, e) < 0)
		return -1;
	if (to_ms == *from_ms)
		to_ms++;
	bind_range(p->s[DELETE_PREVIEWS], *from_ms, to_ms);
	if (db_run(p->s[DELETE_PREVIEWS], e) < 0)
		return -1;
	p->counts->previews += db_changes(p->db);
	*from_ms = to_ms;
	return 0;
}

static int count_previews(struct purge *p, struct err *e)
{
	int64_t n;
	bind_range(p->s[COUNT_PREVIEWS], INT64_MIN, p->rules->previews_before_ms);
	if (ask(p->s[COUNT_PREVIEWS], 0, &n, e) < 0)
		return -1;
	p->counts->previews += n;
	return 0;
}

static int take_previews(struct purge *p, struct err *e)
{
	int64_t from_ms = INT64_MIN, before_ms = p->rules->previews_before_ms, began_ms;
	if (p->look)
		return count_previews(p, e);
	while (!p->stopped) {
		bind_range(p->s[NEXT_PREVIEW], from_ms, before_ms);
		if (ask(p->s[NEXT_PREVIEW], before_ms, &from_ms, e) < 0)
			return -1;
		if (from_ms >= before_ms)
			break;
		struct purge_counts before = *p->counts;
		if (begin(p, &began_ms, e) < 0 || end(p, delete_previews(p, &from_ms, e), &before, began_ms, e) < 0)
			return -1;
	}
	return 0;
}

/* --- days of other tables --- */

struct day {
	struct db_stmt *next, *act;
	int64_t *count;
	int64_t before_ms;
};

/* Counts the day's due rows, or deletes them. */
static int take_rows(struct purge *p, const struct day *d, int64_t from_ms, struct err *e)
{
	int64_t n;
	bind_range(d->act, from_ms, from_ms + TIME_DAY_MS);
	if (p->look ? ask(d->act, 0, &n, e) < 0 : db_run(d->act, e) < 0)
		return -1;
	*d->count += p->look ? n : db_changes(p->db);
	return 0;
}

static int take_days(struct purge *p, const struct day *d, struct err *e)
{
	int64_t from_ms = INT64_MIN, began_ms;
	while (!p->stopped) {
		db_bind_int(d->next, 1, from_ms);
		if (ask(d->next, d->before_ms, &from_ms, e) < 0)
			return -1;
		if (from_ms >= d->before_ms)
			break;
		from_ms = time_floor(from_ms, TIME_DAY_MS);
		struct purge_counts before = *p->counts;
		if (begin(p, &began_ms, e) < 0 || end(p, take_rows(p, d, from_ms, e), &before, began_ms, e) < 0)
			return -1;
		from_ms += TIME_DAY_MS;
	}
	return 0;
}

static int take_dailies(struct purge *p, struct err *e)
{
	const struct purge_rules *r = p->rules;
	int64_t record_ms = r->demo_before_ms > r->live_before_ms ? r->demo_before_ms : r->live_before_ms;
	struct day days[DAILIES] = {
		[CONFLICT_PREVIEWS] = { .count = &p->counts->previews, .before_ms = r->previews_before_ms },
		[CONFLICTS] = { .count = &p->counts->conflicts, .before_ms = record_ms },
		[ACCESSES] = { .count = &p->counts->dataset_accesses, .before_ms = record_ms },
	};
	int rc = 0;
	for (int i = 0; i < DAILIES && rc == 0; i++) {
		struct day *d = &days[i];
		rc = db_prepare(p->db, dailies[i].next, &d->next, e);
		if (rc == 0)
			rc = db_prepare(p->db, p->look ? dailies[i].count : dailies[i].delete, &d->act, e);
		if (rc == 0) {
			if (i != CONFLICT_PREVIEWS) {
				db_bind_int(d->act, 3, r->demo_before_ms);
				db_bind_int(d->act, 4, r->live_before_ms);
			}
			rc = take_days(p, d, e);
		}
		db_finalize(d->next);
		db_finalize(d->act);
	}
	return rc;
}

static int take_all(struct purge *p, struct err *e)
{
	if (p->rules->previews_before_ms != PURGE_NOTHING && take_previews(p, e) < 0)
		return -1;
	return take_dailies(p, e) < 0 ? -1 : take_deployments(p, e);
}

int purge_look(struct db *db, const struct purge_rules *rules, struct purge_counts *counts, struct err *e)
{
	struct purge p = { .db = db, .rules = rules, .counts = counts, .look = true };
	*counts = (struct purge_counts){ 0 };
	int rc = db_begin_read(db, e);
	if (rc == 0)
		rc = prepare(&p, e);
	if (rc == 0)
		rc = take_all(&p, e);
	finalize(&p);
	db_rollback(db);
	return rc;
}

int purge_run(struct db *db, const struct purge_rules *rules, const char *by, struct purge_counts *counts, bool *finished, struct err *e)
{
	struct purge p = { .db = db, .rules = rules, .counts = counts };
	*counts = (struct purge_counts){ 0 };
	int rc = db_exec(db, "PRAGMA secure_delete = ON", e);
	if (rc == 0)
		rc = prepare(&p, e);
	if (rc == 0)
		rc = begin_record(&p, by, e);
	if (rc == 0)
		rc = take_all(&p, e);
	*finished = rc == 0 && !p.stopped;
	if (*finished)
		rc = end_record(&p, e);
	finalize(&p);
	return rc < 0 ? -1 : db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", e);
}
