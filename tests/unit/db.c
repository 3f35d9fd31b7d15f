/* The wrapper of SQLite: modes, values, transactions, and what each failure comes to. */
#include "db/db.h"
#include "../lib/unit.h"
#include "base/timefmt.h"
#include "io/wait.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static char dir[64];

static const char *path_of(const char *name)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static struct db *open_db(const char *name, enum db_mode mode)
{
	struct db *db;
	struct err e;
	if (db_open(&db, path_of(name), mode, 2000, &e) < 0)
		printf("# %s\n", e.text);
	return db;
}

static int64_t number(struct db *db, const char *sql)
{
	struct db_stmt *s;
	if (db_prepare(db, sql, &s, NULL) < 0)
		return -1;
	int64_t v = db_step(s, NULL) == 1 ? db_int(s, 0) : -1;
	db_finalize(s);
	return v;
}

static enum ros_status open_status(const char *name, enum db_mode mode)
{
	struct db *db;
	struct err e = { .status = ROS_DONE };
	db_open(&db, path_of(name), mode, 100, &e);
	CHECK(e.status == ROS_DONE || strlen(e.text) > 0);
	db_close(db);
	return e.status;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");
	fputs(text, f);
	fclose(f);
}

static void a_new_file_is_private_and_in_wal_mode(void)
{
	struct db *db = open_db("new.db", DB_CREATE);
	CHECK(db != NULL);
	struct stat st;
	CHECK_INT(stat(path_of("new.db"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(number(db, "PRAGMA synchronous"), 2);
	CHECK_INT(number(db, "PRAGMA foreign_keys"), 1);
	struct db_stmt *s;
	CHECK_INT(db_prepare(db, "PRAGMA journal_mode", &s, NULL), 0);
	CHECK_INT(db_step(s, NULL), 1);
	CHECK_STR(db_text(s, 0), "wal");
	CHECK_STR(str_of(db_path(db)), path_of("new.db"));
	db_close(db);
}

static void values_come_back_as_they_went_in(void)
{
	struct db *db = open_db("values.db", DB_CREATE);
	struct db_stmt *in, *out;
	CHECK_INT(db_exec(db, "CREATE TABLE t (i, t, b, n, empty_t, empty_b); CREATE TABLE u (x)", NULL), 0);
	CHECK_INT(db_prepare(db, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", &in, NULL), 0);
	db_bind_int(in, 1, INT64_MIN);
	db_bind_text(in, 2, STR("a\0b"));
	db_bind_blob(in, 3, STR("\0\xff"));
	db_bind_text(in, 4, (struct str){ NULL, 0 });
	db_bind_text(in, 5, STR(""));
	db_bind_blob(in, 6, STR(""));
	CHECK_INT(db_run(in, NULL), 0);
	CHECK_INT(db_changes(db), 1);
	CHECK_INT(db_last_rowid(db), 1);

	CHECK_INT(db_prepare(db, "SELECT * FROM t", &out, NULL), 0);
	CHECK_INT(db_step(out, NULL), 1);
	CHECK(db_int(out, 0) == INT64_MIN);
	CHECK(str_eq(db_text(out, 1), STR("a\0b")));
	CHECK(str_eq(db_blob(out, 2), STR("\0\xff")));
	CHECK(db_is_null(out, 3) && db_text(out, 3).p == NULL && db_blob(out, 3).p == NULL);
	CHECK(!db_is_null(out, 4) && db_text(out, 4).p != NULL && db_text(out, 4).n == 0);
	CHECK(!db_is_null(out, 5) && db_blob(out, 5).p != NULL && db_blob(out, 5).n == 0);
	CHECK_INT(db_step(out, NULL), 0);
	CHECK_INT(db_step(out, NULL), 1); /* reset at the end */
	db_close(db);
}

static void a_failed_bind_is_said_by_the_step(void)
{
	struct db *db = open_db("bind.db", DB_CREATE);
	struct db_stmt *s;
	struct err e;
	CHECK_INT(db_prepare(db, "SELECT ?", &s, NULL), 0);
	db_bind_int(s, 2, 1);
	CHECK_INT(db_step(s, &e), -1);
	CHECK_INT(e.status, ROS_BUG);
	db_bind_int(s, 1, 7);
	CHECK_INT(db_step(s, &e), 1);
	CHECK_INT(db_int(s, 0), 7);
	db_close(db);
}

static void rollback_undoes_and_close_rolls_back(void)
{
	struct db *db = open_db("roll.db", DB_CREATE);
	CHECK_INT(db_exec(db, "CREATE TABLE t (x)", NULL), 0);
	CHECK_INT(db_begin(db, NULL), 0);
	CHECK_INT(db_exec(db, "INSERT INTO t VALUES (1)", NULL), 0);
	db_rollback(db);
	db_rollback(db);
	CHECK_INT(number(db, "SELECT count(*) FROM t"), 0);
	CHECK_INT(db_begin(db, NULL), 0);
	CHECK_INT(db_exec(db, "INSERT INTO t VALUES (1)", NULL), 0);
	CHECK_INT(db_commit(db, NULL), 0);
	CHECK_INT(db_begin(db, NULL), 0);
	CHECK_INT(db_exec(db, "INSERT INTO t VALUES (2)", NULL), 0);
	db_close(db);
	db = open_db("roll.db", DB_WRITE);
	CHECK_INT(number(db, "SELECT count(*) FROM t"), 1);
	db_close(db);
}

static void a_reader_sees_one_snapshot(void)
{
	struct db *writer = open_db("snap.db", DB_CREATE);
	CHECK_INT(db_exec(writer, "CREATE TABLE t (x)", NULL), 0);
	struct db *reader = open_db("snap.db", DB_READ);
	CHECK_INT(db_begin_read(reader, NULL), 0);
	CHECK_INT(number(reader, "SELECT count(*) FROM t"), 0);
	CHECK_INT(db_exec(writer, "INSERT INTO t VALUES (1)", NULL), 0);
	CHECK_INT(number(reader, "SELECT count(*) FROM t"), 0);
	CHECK_INT(db_commit(reader, NULL), 0);
	CHECK_INT(number(reader, "SELECT count(*) FROM t"), 1);
	struct err e;
	CHECK_INT(db_exec(reader, "INSERT INTO t VALUES (2)", &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	db_close(reader);
	db_close(writer);
}

static void another_commit_changes_the_version(void)
{
	struct db *a = open_db("version.db", DB_CREATE), *b = open_db("version.db", DB_WRITE);
	int64_t before = db_data_version(a);
	CHECK_INT(db_data_version(a), before);
	CHECK_INT(db_exec(a, "CREATE TABLE mine (x)", NULL), 0);
	CHECK_INT(db_data_version(a), before);
	CHECK_INT(db_exec(b, "CREATE TABLE other (x)", NULL), 0);
	CHECK(db_data_version(a) != before);
	db_close(a);
	db_close(b);
}

static void a_lock_is_a_reason_to_try_later(void)
{
	struct db *holder = open_db("busy.db", DB_CREATE), *waiter;
	struct err e;
	CHECK_INT(db_open(&waiter, path_of("busy.db"), DB_WRITE, 50, &e), 0);
	CHECK_INT(db_begin(holder, NULL), 0);
	CHECK_INT(db_begin(waiter, &e), -1);
	CHECK_INT(e.status, ROS_LATER);
	CHECK_INT(db_commit(holder, NULL), 0);
	CHECK_INT(db_begin(waiter, &e), 0);
	db_close(waiter);
	db_close(holder);
}

/* In a process of its own, which has the signal pending. */
static int try_after_stop(void)
{
	struct db *waiter;
	struct err e;
	wait_install();
	raise(SIGTERM);
	int64_t start = time_monotonic_ms();
	if (db_open(&waiter, path_of("stop.db"), DB_WRITE, 60000, &e) < 0)
		return 1;
	for (int i = 0; i < 3; i++)
		if (db_begin(waiter, &e) == 0 || e.status != ROS_LATER)
			return 2;
	db_close(waiter);
	int64_t took = time_monotonic_ms() - start;
	return took < 500 || took > 1000;
}

static void a_stop_ends_the_wait_for_a_lock(void)
{
	struct db *holder = open_db("stop.db", DB_CREATE);
	CHECK_INT(db_begin(holder, NULL), 0);
	int status = -1;
	fflush(stdout);
	if (fork() == 0)
		_exit(try_after_stop());
	wait(&status);
	CHECK_INT(status, 0);
	db_close(holder);
}

static void what_cannot_be_opened_is_said(void)
{
	write_file("text.db", "this is no database, it is a text that is long enough to have a header in SQLite's "
	                      "eyes: 100 bytes and more");
	CHECK_INT(open_status("text.db", DB_WRITE), ROS_INPUT);
	CHECK_INT(open_status("text.db", DB_READ), ROS_INPUT);
	CHECK_INT(open_status("missing.db", DB_READ), ROS_INPUT);
	CHECK_INT(open_status("missing.db", DB_WRITE), ROS_INPUT);
	CHECK_INT(open_status("no/such/dir.db", DB_CREATE), ROS_INPUT);
	CHECK_INT(access(path_of("missing.db"), F_OK), -1);
}

static void no_other_file_can_be_attached(void)
{
	struct db *db = open_db("attach.db", DB_CREATE);
	CHECK_INT(db_exec(db, "ATTACH ':memory:' AS other", NULL), -1);
	CHECK_INT(db_exec(db, "SELECT load_extension('x')", NULL), -1);
	db_close(db);
}

static void space_is_given_back(void)
{
	struct db *db = open_db("space.db", DB_CREATE_QUEUE);
	CHECK_INT(db_exec(db, "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(1000000)); DELETE FROM t", NULL), 0);
	CHECK(number(db, "PRAGMA page_count") > 50);
	CHECK_INT(db_exec(db, "PRAGMA incremental_vacuum", NULL), 0);
	CHECK(number(db, "PRAGMA page_count") < 10);
	db_close(db);
}

/* Opens and writes as soon as the pipe is closed. */
static void open_at_once(const char *name, const int go[2])
{
	char c;
	close(go[1]);
	if (read(go[0], &c, 1) != 0)
		_exit(1);
	struct db *db = open_db(name, DB_CREATE);
	_exit(!db || db_exec(db, "CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1)", NULL) < 0);
}

/* Without a wait for the switch to WAL most of them fail, one time or other. */
static void many_may_open_a_new_file_at_once(void)
{
	int failed = 0;
	for (int round = 0; round < 20; round++) {
		char name[32];
		int go[2];
		snprintf(name, sizeof name, "many%d.db", round);
		CHECK_INT(pipe(go), 0);
		for (int i = 0; i < 8; i++)
			if (fork() == 0)
				open_at_once(name, go);
		close(go[0]);
		close(go[1]);
		for (int i = 0, status; i < 8; i++)
			failed += wait(&status) < 0 || status != 0;
		struct db *db = open_db(name, DB_READ);
		CHECK_INT(number(db, "SELECT count(*) FROM t"), 8);
		db_close(db);
	}
	CHECK_INT(failed, 0);
}

/* As a user who may read the file and cannot write its directory. */
static int read_as_nobody(void)
{
	if (geteuid() == 0 && seteuid(NOBODY) < 0)
		return 1;
	struct db *db = open_db("frozen/a%b?.db", DB_READ);
	int wrong = !db || number(db, "SELECT x FROM t") != 5;
	db_close(db);
	return wrong || access(path_of("frozen/a%b?.db-shm"), F_OK) == 0;
}

static void a_directory_that_cannot_be_written_can_be_read(void)
{
	mkdir(path_of("frozen"), 0755);
	struct db *db = open_db("frozen/a%b?.db", DB_CREATE);
	CHECK_INT(db_exec(db, "CREATE TABLE t (x); INSERT INTO t VALUES (5)", NULL), 0);
	db_close(db);
	chmod(dir, 0755);
	chmod(path_of("frozen/a%b?.db"), 0444);
	chmod(path_of("frozen"), 0555);
	int status = -1;
	if (fork() == 0)
		_exit(read_as_nobody());
	wait(&status);
	CHECK_INT(status, 0);
	chmod(path_of("frozen"), 0755);
}

static void remove_dir(void)
{
	if (fork() == 0)
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
	wait(NULL);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(dir, sizeof dir, "%s/ros-db-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	RUN(a_new_file_is_private_and_in_wal_mode);
	RUN(values_come_back_as_they_went_in);
	RUN(a_failed_bind_is_said_by_the_step);
	RUN(rollback_undoes_and_close_rolls_back);
	RUN(a_reader_sees_one_snapshot);
	RUN(another_commit_changes_the_version);
	RUN(a_lock_is_a_reason_to_try_later);
	RUN(a_stop_ends_the_wait_for_a_lock);
	RUN(what_cannot_be_opened_is_said);
	RUN(no_other_file_can_be_attached);
	RUN(space_is_given_back);
	RUN(many_may_open_a_new_file_at_once);
	RUN(a_directory_that_cannot_be_written_can_be_read);
	remove_dir();
	return unit_done();
}
