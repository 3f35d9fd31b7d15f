/*
 * The record: migrations, idempotent recording, rollback, two writers, limits. What the tools show of it is
 * tests/cli/ros-aggregate.bats.
 */
#include "store/migrate.h"
#include "store/store.h"

#include "../lib/unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 2000

static char dir[] = "/tmp/unit-store-XXXXXX";
static char path[64];
static struct json_reader *reader;
static struct err err;

static const struct migration two[] = {
	{ 1, "first", "CREATE TABLE a (x INTEGER) STRICT;", "DROP TABLE a;" },
	{ 2, "second", "CREATE TABLE b (y TEXT) STRICT; CREATE INDEX a_x ON a (x);", "DROP INDEX a_x; DROP TABLE b;" },
};
static const struct migration broken[] = {
	{ 1, "first", "CREATE TABLE a (x INTEGER) STRICT;", "DROP TABLE a;" },
	{ 2, "second", "CREATE TABLE b (y TEXT) STRICT; CREATE TABLE a (x);", "" },
};

static void fresh(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < 3; i++) {
		char name[80];
		snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

static struct db *open_plain(enum db_mode mode)
{
	struct db *db;
	if (db_open(&db, path, mode, BUSY_MS, &err) < 0) {
		printf("# %s\n", err.text);
		exit(1);
	}
	return db;
}

static struct store *open_store(void)
{
	struct store *s;
	if (store_open(&s, path, BUSY_MS, &err) < 0) {
		printf("# %s\n", err.text);
		exit(1);
	}
	return s;
}

static int64_t number(const char *sql)
{
	struct db *db = open_plain(DB_READ);
	struct db_stmt *s;
	int64_t v = -999;
	if (db_prepare(db, sql, &s, &err) == 0 && db_step(s, &err) == 1)
		v = db_int(s, 0);
	else
		printf("# %s: %s\n", sql, err.text);
	db_close(db);
	return v;
}

/* An event line with the last digits of its id, its time and its usage as given. */
static const char *line(int id, const char *time, const char *usage)
{
	static char text[1024];
	snprintf(text, sizeof text,
	         "{\"schema_version\":\"1.1.0\",\"invocation_id\":\"7d0a2c3e-5b1f-4c8a-9e6d-%012d\",\"timestamp\":\"%s\",\"governance_mode\":\"DEMO\","
	         "\"project_id\":\"1b4e28ba-2fa1-41d2-883f-0016d3cca427\",\"caller\":\"worker\",\"tier\":\"MINI\",\"provider\":\"p\",\"model\":\"m\","
	         "\"usage\":{%s}}", id, time, usage);
	return text;
}

#define USAGE "\"input_tokens\":10,\"output_tokens\":5,\"cost_usd\":0.25,\"latency_ms\":100"
#define NOON "2026-01-28T12:00:00.000Z"

static int record_from(struct store *s, const struct origin *origin, const char *text)
{
	struct json_fault fault;
	struct event ev;
	enum store_outcome outcome;
	const struct json *root = json_read(reader, str_of(text), &fault);
	if (!root || !event_check(reader, root, &ev, &fault)) {
		printf("# %s at %s\n", fault.rule, fault.pointer);
		return -2;
	}
	return store_record(s, reader, &ev, origin, &outcome, &err) < 0 ? -1 : (int)outcome;
}

static int record(struct store *s, const char *text)
{
	return record_from(s, NULL, text);
}

static struct store_counts commit(struct store *s)
{
	struct store_counts counts = { -1, -1, -1, -1, -1, -1 };
	if (store_commit(s, &counts, &err) < 0)
		printf("# %s\n", err.text);
	return counts;
}

static void migrates_up_and_down(void)
{
	struct migrate_state state[2];
	int steps, version;
	fresh();
	struct db *db = open_plain(DB_CREATE);
	CHECK_INT(migrate_require(db, two, 2, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	CHECK_INT(migrate_up(db, two, 2, &steps, &err), 0);
	CHECK_INT(steps, 2);
	CHECK_INT(migrate_require(db, two, 2, &err), 0);
	CHECK_INT(migrate_up(db, two, 2, &steps, &err), 0);
	CHECK_INT(steps, 0);

	steps = 1;
	CHECK_INT(migrate_down(db, two, 2, &steps, NULL, &err), 0);
	CHECK_INT(steps, 1);
	CHECK_INT(migrate_version(db, &version, &err), 0);
	CHECK_INT(version, 1);
	CHECK_INT(migrate_status(db, two, 2, state, &err), 0);
	CHECK(state[0].applied && !state[0].changed && state[0].applied_ms > 0 && !state[1].applied);

	steps = 9;
	CHECK_INT(migrate_down(db, two, 2, &steps, NULL, &err), 0);
	CHECK_INT(steps, 1);
	CHECK_INT(migrate_version(db, &version, &err), 0);
	CHECK_INT(version, 0);
	db_close(db);
	CHECK_INT(number("SELECT count(*) FROM sqlite_schema"), 0);
	CHECK_INT(number("PRAGMA application_id"), MIGRATE_APPLICATION_ID);
}

static void older_is_refused_with_the_cure(void)
{
	int steps;
	fresh();
	struct db *db = open_plain(DB_CREATE);
	CHECK_INT(migrate_up(db, two, 1, &steps, &err), 0);
	CHECK_INT(migrate_require(db, two, 2, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	CHECK(strstr(err.text, "run ros-migrate up"));
	db_close(db);
}

static void newer_is_refused_everywhere(void)
{
	struct migrate_state state[2];
	struct store *s;
	int steps = 1;
	fresh();
	struct db *db = open_plain(DB_CREATE);
	CHECK_INT(migrate_up(db, two, 2, &steps, &err), 0);
	CHECK_INT(migrate_up(db, two, 1, &steps, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	CHECK_INT(migrate_down(db, two, 1, &steps, NULL, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	CHECK_INT(migrate_status(db, two, 1, state, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	CHECK_INT(migrate_require(db, two, 1, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	CHECK_INT(db_exec(db, "PRAGMA user_version = 999", &err), 0);
	db_close(db);
	CHECK_INT(store_open(&s, path, BUSY_MS, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
}

static void a_changed_migration_is_seen(void)
{
	struct migration other[] = { two[0], two[1] };
	struct migrate_state state[2];
	int steps;
	other[1].up = "CREATE TABLE c (z)";
	fresh();
	struct db *db = open_plain(DB_CREATE);
	CHECK_INT(migrate_up(db, two, 2, &steps, &err), 0);
	CHECK_INT(migrate_status(db, other, 2, state, &err), 0);
	CHECK(!state[0].changed && state[1].applied && state[1].changed);
	db_close(db);
}

static void a_failing_migration_leaves_nothing(void)
{
	int steps;
	fresh();
	struct db *db = open_plain(DB_CREATE);
	CHECK_INT(migrate_up(db, broken, 2, &steps, &err), -1);
	db_close(db);
	CHECK_INT(number("SELECT count(*) FROM sqlite_schema"), 0);
	CHECK_INT(number("PRAGMA user_version"), 0);
}

static void a_foreign_database_is_left_as_it_is(void)
{
	struct store *s;
	struct stat before, after;
	fresh();
	struct db *db = open_plain(DB_CREATE);
	CHECK_INT(db_exec(db, "PRAGMA journal_mode = DELETE; CREATE TABLE mine (x)", &err), 0);
	db_close(db);
	CHECK_INT(stat(path, &before), 0);
	CHECK_INT(store_open(&s, path, BUSY_MS, &err), -1);
	CHECK_INT(err.status, ROS_INPUT);
	CHECK_INT(stat(path, &after), 0);
	CHECK(before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void reading_needs_a_database_of_this_version(void)
{
	struct db *db;
	fresh();
	CHECK_INT(store_open_read(&db, path, BUSY_MS, &err), -1);
	CHECK_INT(err.status, ROS_INPUT);
	db_close(open_plain(DB_CREATE));
	CHECK_INT(store_open_read(&db, path, BUSY_MS, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	store_close(open_store());
	CHECK_INT(store_open_read(&db, path, BUSY_MS, &err), 0);
	db_close(db);
}

static void recording_is_idempotent(void)
{
	fresh();
	struct store *s = open_store();
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_RECORDED);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_REPEATED);
	CHECK_INT(record(s, line(1, "2026-01-28T12:00:00.001Z", USAGE)), STORE_RECORDED);
	struct store_counts counts = commit(s);
	CHECK_INT(counts.recorded, 2);
	CHECK_INT(counts.repeated, 1);

	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_REPEATED);
	CHECK_INT(commit(s).repeated, 1);
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM batch"), 1);
	CHECK_INT(number("SELECT calls FROM rollup_hour"), 2);
	CHECK_INT(number("SELECT cost_nano FROM rollup_hour"), 500000000);
}

static void a_conflict_is_quarantined_once(void)
{
	fresh();
	struct store *s = open_store();
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_RECORDED);
	CHECK_INT(record(s, line(1, NOON, USAGE ",\"total_tokens\":15")), STORE_CONFLICTING);
	CHECK_INT(record(s, line(1, NOON, USAGE ",\"total_tokens\":16")), STORE_CONFLICTING);
	CHECK_INT(record(s, line(1, NOON, USAGE ",\"total_tokens\":15")), STORE_REPEATED);
	CHECK_INT(commit(s).conflicting, 2);
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM conflict"), 2);
	CHECK_INT(number("SELECT count(*) FROM conflict WHERE event ->> '$.usage.total_tokens' IN (15, 16)"), 2);
	CHECK_INT(number("SELECT count(*) FROM invocation WHERE total_tokens IS NULL"), 1);
	CHECK_INT(number("SELECT calls FROM rollup_hour"), 1);
}

static void a_refusal_is_kept_once(void)
{
	fresh();
	struct store *s = open_store();
	for (int i = 0; i < 2; i++) {
		CHECK_INT(store_begin(s, &err), 0);
		CHECK_INT(store_refuse(s, STR("s"), STR("1-0"), STR("version"), NULL, &err), 0);
		CHECK_INT(commit(s).refused, i == 0);
	}
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM refusal WHERE reason = 'version' AND batch = 1"), 1);
	CHECK_INT(number("SELECT count(*) FROM batch"), 1);
}

static void a_loss_is_kept_once(void)
{
	fresh();
	struct store *s = open_store();
	for (int i = 0; i < 2; i++) {
		CHECK_INT(store_begin(s, &err), 0);
		CHECK_INT(store_lose(s, STR("s"), STR("1-0"), &err), 0);
		CHECK_INT(commit(s).lost, i == 0);
	}
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM loss WHERE stream = 's' AND entry_id = '1-0' AND batch = 1"), 1);
	CHECK_INT(number("SELECT count(*) FROM batch"), 1);
}

static void numbers_count_by_the_outcome(void)
{
	fresh();
	struct store *s = open_store();
	struct origin origin = { STR("host-0"), 0 };
	for (int i = 0; i < 2; i++) { /* delivered again, nothing changes and no batch is written */
		CHECK_INT(store_begin(s, &err), 0);
		origin.sequence = 1;
		CHECK(record_from(s, &origin, line(1, NOON, USAGE)) >= 0);
		origin.sequence = 2;
		CHECK_INT(record_from(s, &origin, line(1, NOON, USAGE)), STORE_REPEATED);
		origin.sequence = 3;
		CHECK(record_from(s, &origin, line(1, NOON, USAGE ",\"total_tokens\":15")) >= 0);
		origin.sequence = 5;
		CHECK_INT(store_refuse(s, STR("s"), STR("1-0"), STR("version"), &origin, &err), 0);
		commit(s);
	}
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM sources WHERE (emitted, recorded, repeated, conflicting, dead, missing) = (5, 1, 1, 1, 1, 1)"), 1);
	CHECK_INT(number("SELECT count(*) FROM batch"), 1);
}

/* An event that is known, under a number that is new: the record's state has changed. */
static void a_new_number_of_a_known_event_makes_a_batch(void)
{
	fresh();
	struct store *s = open_store();
	for (int i = 1; i <= 2; i++) {
		CHECK_INT(store_begin(s, &err), 0);
		CHECK(record_from(s, &(struct origin){ STR("a"), i }, line(1, NOON, USAGE)) >= 0);
		commit(s);
	}
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM batch"), 2);
	CHECK_INT(number("SELECT repeated FROM sources"), 1);
}

static void two_writers_share_sources(void)
{
	fresh();
	struct store *a = open_store(), *b = open_store();
	for (int i = 1; i <= 6; i++) {
		struct store *s = i % 2 ? b : a;
		CHECK_INT(store_begin(s, &err), 0);
		CHECK_INT(record_from(s, &(struct origin){ STR("a"), i }, line(i, NOON, USAGE)), STORE_RECORDED);
		commit(s);
	}
	CHECK_INT(store_begin(a, &err), 0);
	CHECK_INT(record_from(a, &(struct origin){ STR("a"), 7 }, line(7, NOON, USAGE)), STORE_RECORDED);
	store_rollback(a);
	CHECK_INT(store_begin(a, &err), 0);
	CHECK_INT(record_from(a, &(struct origin){ STR("a"), 8 }, line(8, NOON, USAGE)), STORE_RECORDED);
	commit(a);
	store_close(a);
	store_close(b);
	CHECK_INT(number("SELECT count(*) FROM source_range WHERE (first, last) IN ((1, 6), (8, 8))"), 2);
	CHECK_INT(number("SELECT recorded FROM sources"), 7);
	CHECK_INT(number("SELECT count(*) FROM source_range"), 2);
}

static int64_t attempt(struct store *s, const char *id)
{
	int64_t attempts = -1;
	CHECK_INT(store_attempt(s, STR("s"), str_of(id), &attempts, &err), 0);
	return attempts;
}

/* Those of one entry are counted in transactions of their own, and leave no batch. */
static void attempts_are_noted_at_once(void)
{
	fresh();
	struct store *s = open_store();
	CHECK_INT(attempt(s, "1-0"), 1);
	CHECK_INT(attempt(s, "2-0"), 1);
	store_close(s);
	s = open_store();
	CHECK_INT(attempt(s, "1-0"), 2);
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(store_survive(s, STR("s"), STR("1-0"), &err), 0);
	store_rollback(s);
	CHECK_INT(attempt(s, "1-0"), 3);
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(store_survive(s, STR("s"), STR("1-0"), &err), 0);
	commit(s);
	CHECK_INT(attempt(s, "1-0"), 1);
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM suspect"), 2);
	CHECK_INT(number("SELECT count(*) FROM batch"), 0);
}

/* What a rolled-back transaction interned and counted is forgotten in memory as well. */
static void a_rollback_leaves_nothing(void)
{
	fresh();
	struct store *s = open_store();
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_RECORDED);
	store_rollback(s);
	store_rollback(s);
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(2, NOON, USAGE)), STORE_RECORDED);
	CHECK_INT(commit(s).recorded, 1);
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM ai_invocations WHERE caller_service = 'worker' AND model = 'm'"), 1);
	CHECK_INT(number("SELECT calls FROM rollup_hour"), 1);
	CHECK_INT(number("SELECT max(number) FROM batch"), 1);
}

static void two_writers_share_series_and_terms(void)
{
	fresh();
	struct store *a = open_store(), *b = open_store();
	for (int i = 0; i < 4; i++) {
		struct store *s = i % 2 ? b : a;
		CHECK_INT(store_begin(s, &err), 0);
		CHECK_INT(record(s, line(i, NOON, USAGE)), STORE_RECORDED);
		CHECK_INT(commit(s).recorded, 1);
	}
	CHECK_INT(store_begin(a, &err), 0);
	CHECK_INT(record(a, line(3, NOON, USAGE)), STORE_REPEATED);
	store_close(a);
	store_close(b);
	CHECK_INT(number("SELECT count(*) FROM series"), 1);
	CHECK_INT(number("SELECT count(*) FROM term WHERE text = 'worker'"), 1);
	CHECK_INT(number("SELECT calls FROM rollup_hour"), 4);
	CHECK_INT(number("SELECT max(number) FROM batch"), 4);
}

/* The other writer has taken the tables away and made them anew: numbers in memory mean nothing any more. */
static void a_database_made_anew_is_noticed(void)
{
	int steps = (int)n_migrations;
	fresh();
	struct store *s = open_store();
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_RECORDED);
	CHECK_INT(commit(s).recorded, 1);
	struct db *db = open_plain(DB_WRITE);
	CHECK_INT(migrate_down(db, migrations, n_migrations, &steps, NULL, &err), 0);
	CHECK_INT(store_begin(s, &err), -1);
	CHECK_INT(err.status, ROS_VERSION);
	CHECK_INT(migrate_up(db, migrations, n_migrations, &steps, &err), 0);
	db_close(db);
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_RECORDED);
	CHECK_INT(commit(s).recorded, 1);
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM ai_invocations"), 1);
}

static void a_second_writer_waits_and_gives_up(void)
{
	fresh();
	struct store *a = open_store(), *b;
	CHECK_INT(store_open(&b, path, 1, &err), 0);
	CHECK_INT(store_begin(a, &err), 0);
	CHECK_INT(store_begin(b, &err), -1);
	CHECK_INT(err.status, ROS_LATER);
	store_rollback(a);
	CHECK_INT(store_begin(b, &err), 0);
	store_close(a);
	store_close(b);
}

static void sums_stay_at_the_largest_integer(void)
{
	fresh();
	struct store *s = open_store();
	for (int i = 0; i < 12; i++) { /* 1e9 USD each; six a transaction, so that memory and table both overflow */
		if (i % 6 == 0)
			CHECK_INT(store_begin(s, &err), 0);
		CHECK_INT(record(s, line(i, NOON, "\"input_tokens\":1,\"output_tokens\":1,\"cost_usd\":1e9,\"latency_ms\":null")), STORE_RECORDED);
		if (i % 6 == 5)
			CHECK_INT(commit(s).recorded, 6);
	}
	store_close(s);
	CHECK_INT(number("SELECT cost_nano FROM rollup_hour"), INT64_MAX);
	CHECK_INT(number("SELECT cost_nano_max FROM rollup_hour"), INT64_C(1000000000000000000));
	CHECK_INT(number("SELECT calls FROM rollup_hour"), 12);
	CHECK_INT(number("SELECT timed FROM rollup_hour"), 0);
	CHECK_INT(number("SELECT count(*) FROM latency_day"), 0);
}

static void says_when_memory_fills(void)
{
	fresh();
	struct store *s = open_store();
	CHECK_INT(store_begin(s, &err), 0);
	CHECK(!store_full(s));
	int n = 0;
	for (; n < 40000 && !store_full(s); n++) { /* an hour and a day of its own each */
		char time[32];
		snprintf(time, sizeof time, "%04d-%02d-%02dT12:00:00Z", 1000 + n / 336, 1 + n / 28 % 12, 1 + n % 28);
		if (record(s, line(n, time, USAGE)) != STORE_RECORDED)
			break;
	}
	CHECK(n > 1000 && n < 40000);
	CHECK_INT(commit(s).recorded, n);
	CHECK(!store_full(s));
	store_close(s);
	CHECK_INT(number("SELECT count(*) FROM latency_day"), n);
}

static void a_batch_sums_its_content(void)
{
	fresh();
	struct store *s = open_store();
	CHECK_INT(store_begin(s, &err), 0);
	CHECK_INT(record(s, line(1, NOON, USAGE)), STORE_RECORDED);
	CHECK_INT(commit(s).recorded, 1);
	store_close(s);
	CHECK_INT(number("SELECT content_sum = (SELECT content_sha256 FROM invocation) FROM batch"), 1);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/ros.db", dir);
	reader = json_reader_new(JSON_EVENT_LIMITS);
	RUN(migrates_up_and_down);
	RUN(older_is_refused_with_the_cure);
	RUN(newer_is_refused_everywhere);
	RUN(a_changed_migration_is_seen);
	RUN(a_failing_migration_leaves_nothing);
	RUN(a_foreign_database_is_left_as_it_is);
	RUN(reading_needs_a_database_of_this_version);
	RUN(recording_is_idempotent);
	RUN(a_conflict_is_quarantined_once);
	RUN(a_refusal_is_kept_once);
	RUN(a_loss_is_kept_once);
	RUN(numbers_count_by_the_outcome);
	RUN(a_new_number_of_a_known_event_makes_a_batch);
	RUN(two_writers_share_sources);
	RUN(attempts_are_noted_at_once);
	RUN(a_rollback_leaves_nothing);
	RUN(two_writers_share_series_and_terms);
	RUN(a_database_made_anew_is_noticed);
	RUN(a_second_writer_waits_and_gives_up);
	RUN(sums_stay_at_the_largest_integer);
	RUN(says_when_memory_fills);
	RUN(a_batch_sums_its_content);
	json_reader_free(reader);
	fresh();
	rmdir(dir);
	return unit_done();
}
