/*
 * The numbers of sources: ranges against a plain list of what was seen, in any order and any batches; each number once; summaries once; and that memory
 * agrees with the tables after rollbacks and other writers. What the tools show of it is tests/cli/ros-aggregate.bats.
 */
#include "store/migrate.h"
#include "store/source.h"

#include "../lib/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_MS 2000
#define NUMBERS 300

static char dir[] = "/tmp/unit-source-XXXXXX";
static char path[64];
static struct err err;

static struct db *open_fresh(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct db *db;
	int steps;
	for (size_t i = 0; i < 3; i++) {
		char name[80];
		snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
		unlink(name);
	}
	if (migrate_open(&db, path, DB_CREATE, BUSY_MS, &err) < 0 || migrate_up(db, migrations, n_migrations, &steps, &err) < 0) {
		printf("# %s\n", err.text);
		exit(1);
	}
	return db;
}

static int64_t number(struct db *db, const char *sql)
{
	struct db_stmt *s;
	int64_t v = -999;
	if (db_prepare(db, sql, &s, &err) == 0 && db_step(s, &err) == 1)
		v = db_int(s, 0);
	else
		printf("# %s: %s\n", sql, err.text);
	db_finalize(s);
	return v;
}

static void count(struct sources *s, const char *name, int64_t sequence, enum source_outcome what)
{
	CHECK_INT(sources_count(s, &(struct origin){ str_of(name), sequence }, what, &err), 0);
}

static void begin(struct db *db)
{
	CHECK_INT(db_begin(db, &err), 0);
}

static void commit(struct sources *s)
{
	CHECK_INT(sources_write(s, &err), 0);
	CHECK_INT(db_commit(s->db, &err), 0);
}

/* Whether the table's ranges are exactly the runs of what was seen. */
static void check_ranges(struct db *db, const bool seen[NUMBERS + 2])
{
	struct db_stmt *s;
	CHECK_INT(db_prepare(db, "SELECT first, last FROM source_range ORDER BY first", &s, &err), 0);
	for (int64_t i = 1; i <= NUMBERS; i++) {
		if (!seen[i] || seen[i - 1])
			continue;
		int64_t last = i;
		while (seen[last + 1])
			last++;
		CHECK_INT(db_step(s, &err), 1);
		CHECK_INT(db_int(s, 0), i);
		CHECK_INT(db_int(s, 1), last);
	}
	CHECK_INT(db_step(s, &err), 0);
	db_finalize(s);
}

static uint64_t state;

static int64_t draw(int64_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((state >> 33) % (uint64_t)n);
}

/* Batches of any size, in order and out of it; after some the memory starts anew, some are rolled back. */
static void ranges_are_what_was_seen(void)
{
	for (int round = 0; round < 20; round++) {
		bool seen[NUMBERS + 2] = { 0 }, before[NUMBERS + 2];
		int64_t total = 0;
		struct sources s;
		struct db *db = open_fresh();
		CHECK_INT(sources_init(&s, db, &err), 0);
		state = (uint64_t)round;
		for (int batch = 0; batch < 30; batch++) {
			memcpy(before, seen, sizeof seen);
			begin(db);
			for (int64_t k = draw(40); k > 0; k--) {
				int64_t n = 1 + (draw(3) ? (batch * 10 + k) % NUMBERS : draw(NUMBERS));
				count(&s, "a", n, SOURCE_RECORDED);
				seen[n] = true;
			}
			int64_t end = draw(4);
			if (end == 0) {
				db_rollback(db);
				memcpy(seen, before, sizeof seen);
			} else {
				commit(&s);
			}
			if (end <= 1)
				sources_forget(&s);
			check_ranges(db, seen);
		}
		for (int i = 1; i <= NUMBERS; i++)
			total += seen[i];
		CHECK_INT(number(db, "SELECT recorded FROM source"), total);
		CHECK_INT(number(db, "SELECT emitted = recorded + missing FROM sources"), 1);
		sources_free(&s);
		db_close(db);
	}
}

static void a_number_counts_once_by_its_first_sighting(void)
{
	struct sources s;
	struct db *db = open_fresh();
	CHECK_INT(sources_init(&s, db, &err), 0);
	begin(db);
	count(&s, "a", 1, SOURCE_DEAD);
	count(&s, "a", 1, SOURCE_REPEATED);
	count(&s, "a", 2, SOURCE_REPEATED);
	count(&s, "a", 2, SOURCE_DEAD);
	count(&s, "b", 1, SOURCE_CONFLICTING);
	commit(&s);
	CHECK(!sources_changed(&s));
	begin(db);
	count(&s, "a", 1, SOURCE_CONFLICTING);
	CHECK(!sources_changed(&s));
	count(&s, "a", 3, SOURCE_RECORDED);
	CHECK(sources_changed(&s));
	commit(&s);
	CHECK_INT(number(db, "SELECT count(*) FROM source WHERE name = 'a' AND (recorded, repeated, conflicting, dead) = (1, 1, 0, 1)"), 1);
	CHECK_INT(number(db, "SELECT count(*) FROM source WHERE name = 'b' AND (recorded, repeated, conflicting, dead) = (0, 0, 1, 0)"), 1);
	CHECK_INT(number(db, "SELECT count(*) FROM source_gaps"), 0);
	sources_free(&s);
	db_close(db);
}

static void a_dead_number_comes_back_once(void)
{
	struct sources s;
	struct db *db = open_fresh();
	CHECK_INT(sources_init(&s, db, &err), 0);
	begin(db);
	count(&s, "a", 1, SOURCE_DEAD);
	count(&s, "a", 2, SOURCE_DEAD);
	commit(&s);
	sources_forget(&s);
	begin(db);
	count(&s, "a", 1, SOURCE_RECORDED);
	CHECK(sources_changed(&s));
	commit(&s);
	CHECK_INT(number(db, "SELECT count(*) FROM source WHERE (recorded, dead) = (1, 1)"), 1);
	begin(db);
	count(&s, "a", 2, SOURCE_RECORDED);
	count(&s, "a", 2, SOURCE_RECORDED);
	commit(&s);
	CHECK_INT(number(db, "SELECT count(*) FROM source WHERE (recorded, dead) = (2, 0)"), 1);
	CHECK_INT(number(db, "SELECT emitted = recorded + dead + missing FROM sources"), 1);
	sources_free(&s);
	db_close(db);
}

/* 9, then 3, then 1 with a batch each, from memory and from the table. */
static void a_row_that_grows_downwards_leaves_no_other(void)
{
	for (int forget = 0; forget < 2; forget++) {
		static const int64_t order[] = { 9, 3, 8, 4, 1, 2, 6, 7, 5 };
		struct sources s;
		struct db *db = open_fresh();
		CHECK_INT(sources_init(&s, db, &err), 0);
		for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
			begin(db);
			count(&s, "a", order[i], SOURCE_RECORDED);
			commit(&s);
			if (forget)
				sources_forget(&s);
		}
		CHECK_INT(number(db, "SELECT count(*) FROM source_range"), 1);
		CHECK_INT(number(db, "SELECT count(*) FROM source_range WHERE (first, last) = (1, 9)"), 1);
		sources_free(&s);
		db_close(db);
	}
}

static bool summarize(struct sources *s, uint8_t id, int64_t first, int64_t last)
{
	struct summary summary = { .id = { { id } }, .source = STR("a"), .first = first, .last = last,
		.refused = { { STR("format"), 2 }, { STR("type"), 1 } }, .n_refused = 2 };
	bool fresh;
	CHECK_INT(sources_summarize(s, &summary, 7, &fresh, &err), 0);
	return fresh;
}

static void a_summary_counts_once(void)
{
	struct sources s;
	struct db *db = open_fresh();
	CHECK_INT(sources_init(&s, db, &err), 0);
	begin(db);
	CHECK(summarize(&s, 1, 1, 10));
	CHECK(!summarize(&s, 1, 1, 99));
	count(&s, "a", 4, SOURCE_RECORDED);
	commit(&s);
	sources_forget(&s);
	begin(db);
	CHECK(!summarize(&s, 1, 1, 10));
	CHECK(!sources_changed(&s));
	CHECK(summarize(&s, 2, 5, 4));
	commit(&s);
	CHECK_INT(number(db, "SELECT announced FROM source"), 10);
	CHECK_INT(number(db, "SELECT count(*) FROM sources WHERE (emitted, recorded, refused, missing) = (16, 1, 6, 9)"), 1);
	CHECK_INT(number(db, "SELECT count(*) FROM source_gaps WHERE (first, last) IN ((1, 3), (5, 10))"), 2);
	sources_free(&s);
	db_close(db);
}

/* More sources than memory keeps: nothing is lost, and the memory starts anew. */
static void memory_is_bounded(void)
{
	struct sources s;
	struct db *db = open_fresh();
	char name[4096];
	CHECK_INT(sources_init(&s, db, &err), 0);
	for (int i = 0; i < 6000; i++) {
		if (i % 1000 == 0)
			begin(db);
		snprintf(name, sizeof name, "%04000d", i);
		count(&s, name, 1, SOURCE_RECORDED);
		if (i % 1000 == 999)
			commit(&s);
	}
	CHECK(s.n < 6000);
	CHECK_INT(number(db, "SELECT count(*) FROM source"), 6000);
	CHECK_INT(number(db, "SELECT sum(recorded) FROM source"), 6000);
	sources_free(&s);
	db_close(db);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/ros.db", dir);
	RUN(ranges_are_what_was_seen);
	RUN(a_number_counts_once_by_its_first_sighting);
	RUN(a_dead_number_comes_back_once);
	RUN(a_row_that_grows_downwards_leaves_no_other);
	RUN(a_summary_counts_once);
	RUN(memory_is_bounded);
	unlink(path);
	rmdir(dir);
	return unit_done();
}
