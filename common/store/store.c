/*
 * A transaction of the record. Only newly recorded events count in rollups, tallies and sketches; these gather in memory and are
 * written before COMMIT, each row once. What the record knows by number (terms, series), and the sources, is kept in memory from
 * transaction to transaction, until another writer has been there.
 */
#include "store/store.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "store/latency.h"
#include "store/migrate.h"
#include "store/record.h"
#include "store/rollup.h"
#include "store/seal.h"
#include "store/series.h"
#include "store/source.h"
#include "store/tally.h"
#include "store/terms.h"

#define CANONICAL_MAX (EVENT_LINE_MAX * 4)
#define GATHERED_MAX 65536 /* rows in memory: some 20 MB at most */

/*
 * A batch's pages nearly fit in the cache; the log is copied back every few batches. Foreign keys hold by construction: the numbers come from their
 * tables within the transaction, and nothing deletes there. Looking each one up again took a seventh of the insert.
 */
#define TUNING "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 2000; PRAGMA foreign_keys = OFF"

struct store {
	struct db *db;
	struct terms terms;
	struct series_set series;
	struct record record;
	struct rollup rollup;
	struct tally tally;
	struct latency latency;
	struct sources sources;
	struct seals seals;
	struct db_stmt *next_batch, *put_batch, *put_conflict, *put_refusal, *put_loss, *put_attempt, *clear_attempts;
	struct buf canonical;
	int64_t seen; /* db_data_version() of the last transaction */

	int64_t batch; /* of this transaction */
	struct store_counts counts;
	struct sha256 content_sum;
};

static struct str sha256_blob(const struct sha256 *h)
{
	return (struct str){ (const char *)h->b, sizeof h->b };
}

static int open_database(struct store *s, const char *path, int busy_ms, struct err *e)
{
	int version, steps;
	if (migrate_open(&s->db, path, DB_CREATE, busy_ms, e) < 0 || migrate_version(s->db, &version, e) < 0)
		return -1;
	if (version == 0)
		return migrate_up(s->db, migrations, n_migrations, &steps, e);
	return migrate_require(s->db, migrations, n_migrations, e);
}

static int prepare(struct store *s, struct err *e)
{
	struct db *db = s->db;
	if (db_exec(db, TUNING, e) < 0 || terms_init(&s->terms, db, e) < 0 || series_init(&s->series, db, e) < 0 ||
	    record_init(&s->record, db, &s->terms, e) < 0 || rollup_init(&s->rollup, db, e) < 0 || tally_init(&s->tally, db, e) < 0 ||
	    latency_init(&s->latency, db, e) < 0 || sources_init(&s->sources, db, e) < 0 || seals_init(&s->seals, db, e) < 0)
		return -1;
	if (db_prepare(db, "SELECT ifnull(max(number), 0) + 1 FROM batch", &s->next_batch, e) < 0 ||
	    db_prepare(db, "INSERT INTO batch (number, committed_ms, recorded, repeated, conflicting, refused, content_sum)"
	               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", &s->put_batch, e) < 0 ||
	    db_prepare(db, "INSERT INTO conflict (time_ms, invocation_id, content_sha256, batch, event)"
	               " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", &s->put_conflict, e) < 0 ||
	    db_prepare(db, "INSERT INTO refusal (stream, entry_id, reason, batch) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	               &s->put_refusal, e) < 0 ||
	    db_prepare(db, "INSERT INTO loss (stream, entry_id, batch) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", &s->put_loss, e) < 0 ||
	    db_prepare(db, "INSERT INTO suspect (stream, entry_id, attempts) VALUES (?1, ?2, 1)"
	               " ON CONFLICT DO UPDATE SET attempts = attempts + 1 RETURNING attempts", &s->put_attempt, e) < 0 ||
	    db_prepare(db, "DELETE FROM suspect WHERE stream = ?1 AND entry_id = ?2", &s->clear_attempts, e) < 0)
		return -1;
	return 0;
}

int store_open(struct store **out, const char *path, int busy_ms, struct err *e)
{
	struct store *s = mem_alloc(sizeof *s);
	buf_init(&s->canonical, CANONICAL_MAX);
	s->seen = -1;
	if (open_database(s, path, busy_ms, e) < 0 || prepare(s, e) < 0) {
		store_close(s);
		*out = NULL;
		return -1;
	}
	*out = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	terms_free(&s->terms);
	series_free(&s->series);
	record_free(&s->record);
	rollup_free(&s->rollup);
	tally_free(&s->tally);
	latency_free(&s->latency);
	sources_free(&s->sources);
	buf_free(&s->canonical);
	db_close(s->db);
	free(s);
}

int store_open_read(struct db **db, const char *path, int busy_ms, struct err *e)
{
	if (db_open(db, path, DB_READ, busy_ms, e) < 0)
		return -1;
	if (migrate_require(*db, migrations, n_migrations, e) < 0) {
		db_close(*db);
		*db = NULL;
		return -1;
	}
	return 0;
}

static void forget_known(struct store *s)
{
	terms_forget(&s->terms);
	series_forget(&s->series);
	sources_forget(&s->sources);
}

/* Somebody else may have written, even another schema. */
static int look_again(struct store *s, struct err *e)
{
	int64_t version = db_data_version(s->db);
	if (version == s->seen)
		return 0;
	s->seen = version;
	forget_known(s);
	return migrate_require(s->db, migrations, n_migrations, e) < 0 ? -1 : seals_look(&s->seals, e);
}

static int number_batch(struct store *s, struct err *e)
{
	if (db_step(s->next_batch, e) < 0)
		return -1;
	s->batch = db_int(s->next_batch, 0);
	db_reset(s->next_batch);
	return 0;
}

int store_begin(struct store *s, struct err *e)
{
	if (db_begin(s->db, e) < 0)
		return -1;
	if (look_again(s, e) < 0 || number_batch(s, e) < 0) {
		store_rollback(s);
		return -1;
	}
	s->counts = (struct store_counts){ 0 };
	s->content_sum = (struct sha256){ 0 };
	return 0;
}

static int64_t day_of(const struct event *ev)
{
	return time_floor(ev->time_ms, TIME_DAY_MS) / TIME_DAY_MS;
}

static void gather(struct store *s, struct json_reader *r, const struct event *ev, const struct series *series)
{
	int64_t hour = time_floor(ev->time_ms, TIME_HOUR_MS) / TIME_HOUR_MS;
	int64_t latency_ms = event_int(ev, AI_USAGE_LATENCY_MS, -1);
	rollup_count(&s->rollup, hour, series->id, ev);
	tally_count(&s->tally, hour, series->id, r, ev);
	if (latency_ms >= 0)
		latency_count(&s->latency, day_of(ev), series->deployment, latency_ms);
}

/* *fresh: false where the very conflict is there already. */
static int quarantine(struct store *s, struct json_reader *r, const struct event *ev, const struct sha256 *content, bool *fresh,
                      struct err *e)
{
	buf_clear(&s->canonical);
	json_canonical(r, ev->root, NULL, &s->canonical);
	db_bind_int(s->put_conflict, 1, ev->time_ms);
	db_bind_blob(s->put_conflict, 2, (struct str){ (const char *)ev->id.b, sizeof ev->id.b });
	db_bind_blob(s->put_conflict, 3, sha256_blob(content));
	db_bind_int(s->put_conflict, 4, s->batch);
	db_bind_text(s->put_conflict, 5, buf_view(&s->canonical));
	if (db_run(s->put_conflict, e) < 0)
		return -1;
	*fresh = db_changes(s->db) > 0;
	return 0;
}

/* An event whose time and id are recorded already. */
static int settle_known(struct store *s, struct json_reader *r, const struct event *ev, const struct sha256 *content,
                        enum store_outcome *outcome, struct err *e)
{
	bool same, fresh = false;
	if (record_same(&s->record, ev, content, &same, e) < 0)
		return -1;
	if (!same && quarantine(s, r, ev, content, &fresh, e) < 0)
		return -1;
	*outcome = fresh ? STORE_CONFLICTING : STORE_REPEATED;
	s->counts.conflicting += fresh;
	s->counts.repeated += !fresh;
	return 0;
}

static int record_event(struct store *s, struct json_reader *r, const struct event *ev, enum store_outcome *outcome, struct err *e)
{
	struct sha256 content = event_content(r, ev, &s->canonical);
	struct series series;
	bool inserted, sealed;
	if (series_find(&s->series, ev, &series, e) < 0 || seals_has(&s->seals, day_of(ev), series.deployment, &sealed, e) < 0)
		return -1;
	if (sealed) {
		*outcome = STORE_SEALED;
		return 0;
	}
	if (record_insert(&s->record, r, ev, &series, s->batch, &content, &inserted, e) < 0)
		return -1;
	if (!inserted)
		return settle_known(s, r, ev, &content, outcome, e);
	gather(s, r, ev, &series);
	sha256_accumulate(&s->content_sum, &content);
	s->counts.recorded++;
	*outcome = STORE_RECORDED;
	return 0;
}

int store_record(struct store *s, struct json_reader *r, const struct event *ev, const struct origin *origin, enum store_outcome *outcome,
                 struct err *e)
{
	static const enum source_outcome counted[] = {
		[STORE_RECORDED] = SOURCE_RECORDED, [STORE_REPEATED] = SOURCE_REPEATED, [STORE_CONFLICTING] = SOURCE_CONFLICTING
	};
	if (record_event(s, r, ev, outcome, e) < 0)
		return -1;
	return origin && *outcome != STORE_SEALED ? sources_count(&s->sources, origin, counted[*outcome], e) : 0;
}

int store_refuse(struct store *s, struct str stream, struct str entry_id, struct str reason, const struct origin *origin, struct err *e)
{
	db_bind_text(s->put_refusal, 1, stream);
	db_bind_text(s->put_refusal, 2, entry_id);
	db_bind_text(s->put_refusal, 3, reason);
	db_bind_int(s->put_refusal, 4, s->batch);
	if (db_run(s->put_refusal, e) < 0)
		return -1;
	s->counts.refused += db_changes(s->db);
	return origin ? sources_count(&s->sources, origin, SOURCE_DEAD, e) : 0;
}

int store_lose(struct store *s, struct str stream, struct str entry_id, struct err *e)
{
	db_bind_text(s->put_loss, 1, stream);
	db_bind_text(s->put_loss, 2, entry_id);
	db_bind_int(s->put_loss, 3, s->batch);
	if (db_run(s->put_loss, e) < 0)
		return -1;
	s->counts.lost += db_changes(s->db);
	return 0;
}

int store_summarize(struct store *s, const struct summary *summary, struct err *e)
{
	bool fresh;
	if (sources_summarize(&s->sources, summary, s->batch, &fresh, e) < 0)
		return -1;
	s->counts.summarized += fresh;
	return 0;
}

static int note_attempt(struct store *s, struct str stream, struct str entry_id, int64_t *attempts, struct err *e)
{
	db_bind_text(s->put_attempt, 1, stream);
	db_bind_text(s->put_attempt, 2, entry_id);
	if (db_step(s->put_attempt, e) < 0)
		return -1;
	*attempts = db_int(s->put_attempt, 0);
	db_reset(s->put_attempt);
	return 0;
}

int store_attempt(struct store *s, struct str stream, struct str entry_id, int64_t *attempts, struct err *e)
{
	if (store_begin(s, e) < 0)
		return -1;
	if (note_attempt(s, stream, entry_id, attempts, e) < 0 || db_commit(s->db, e) < 0) {
		store_rollback(s);
		return -1;
	}
	return 0;
}

int store_survive(struct store *s, struct str stream, struct str entry_id, struct err *e)
{
	db_bind_text(s->clear_attempts, 1, stream);
	db_bind_text(s->clear_attempts, 2, entry_id);
	return db_run(s->clear_attempts, e);
}

bool store_full(const struct store *s)
{
	return rollup_size(&s->rollup) + tally_size(&s->tally) + latency_size(&s->latency) > GATHERED_MAX;
}

bool store_log_grows(const struct store *s, int64_t *bytes)
{
	*bytes = db_log_bytes(s->db);
	return *bytes > 2 * (int64_t)DB_LOG_LIMIT;
}

static bool brings_something(const struct store *s)
{
	const struct store_counts *c = &s->counts;
	return c->recorded + c->conflicting + c->refused + c->lost + c->summarized > 0 || sources_changed(&s->sources);
}

static int write_batch(struct store *s, struct err *e)
{
	if (!brings_something(s))
		return 0;
	db_bind_int(s->put_batch, 1, s->batch);
	db_bind_int(s->put_batch, 2, time_now_ms());
	db_bind_int(s->put_batch, 3, s->counts.recorded);
	db_bind_int(s->put_batch, 4, s->counts.repeated);
	db_bind_int(s->put_batch, 5, s->counts.conflicting);
	db_bind_int(s->put_batch, 6, s->counts.refused);
	db_bind_blob(s->put_batch, 7, sha256_blob(&s->content_sum));
	return db_run(s->put_batch, e);
}

static void clear_gathered(struct store *s)
{
	rollup_clear(&s->rollup);
	tally_clear(&s->tally);
	latency_clear(&s->latency);
}

int store_commit(struct store *s, struct store_counts *counts, struct err *e)
{
	if (rollup_write(&s->rollup, e) < 0 || tally_write(&s->tally, e) < 0 || latency_write(&s->latency, e) < 0 || write_batch(s, e) < 0 ||
	    sources_write(&s->sources, e) < 0 || db_commit(s->db, e) < 0) {
		store_rollback(s);
		return -1;
	}
	clear_gathered(s);
	*counts = s->counts;
	return 0;
}

void store_rollback(struct store *s)
{
	db_rollback(s->db);
	clear_gathered(s);
	forget_known(s);
}
