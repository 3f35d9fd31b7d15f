/*
 * The wrapper of SQLite. One list of statements hangs on each database, so that db_close() frees what was prepared; a
 * failed bind is kept and said at the next step, so that binding needs no checks.
 */
#include "db/db.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "io/file.h"
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_TEXT_MAX ((size_t)1 << 16)
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define PAUSE_MAX_MS 10 /* between two tries for a lock */

struct db {
	sqlite3 *h;
	char *path;     /* as it was given, for messages */
	char *resolved; /* the same file, for SQLite */
	int busy_ms;
	int64_t busy_deadline; /* of the lock that is waited for */
	struct db_stmt *statements;
	struct db_stmt *data_version;
};

struct db_stmt {
	sqlite3_stmt *h;
	struct db *db;
	struct db_stmt *next;
	int bind_error; /* first failed bind since the last step, or SQLITE_OK */
};

static enum ros_status status_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return ROS_LATER;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return ROS_IO;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
	case SQLITE_CANTOPEN:
		return ROS_INPUT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return ROS_CONFIG;
	default:
		return ROS_BUG;
	}
}

/*
 * Says what SQLite reports about rc; the reason of the system, where it has one, is more telling than SQLite's own
 * words.
 */
static int fail(struct db *db, int rc, struct err *e)
{
	int system_errno = db->h ? sqlite3_system_errno(db->h) : 0;
	int primary = rc & 0xff;
	if ((primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR) && system_errno != 0) {
		errno = system_errno;
		return err_sys(e, errno == EISDIR ? ROS_INPUT : status_of(rc), primary == SQLITE_CANTOPEN ? "cannot open %s" : "database %s",
		               db->path);
	}
	return err_set(e, status_of(rc), "database %s: %s", db->path,
	               db->h ? sqlite3_errmsg(db->h) : sqlite3_errstr(rc));
}

/*
 * SQLite would make the file with mode 0644. O_EXCL, because closing a file that is open elsewhere in this process
 * drops its locks (sqlite.org/howtocorrupt.html, 2.2).
 */
static int make_private(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno != EEXIST)
		return err_sys(e, ROS_INPUT, "cannot create %s", path);
	if (fd >= 0)
		close(fd);
	return 0;
}

/* The path as an SQLite URI that promises that nobody changes the file. */
static void immutable_uri(const char *path, struct buf *uri)
{
	buf_z(uri, "file:");
	for (const char *c = path; *c != '\0'; c++) {
		if (*c == '%' || *c == '?' || *c == '#')
			buf_fmt(uri, "%%%02x", (unsigned)*c);
		else
			buf_char(uri, *c);
	}
	buf_z(uri, "?immutable=1");
}

/*
 * Waits a little, longer with each try for the same lock. False: the deadline has come, or a stop leaves no more time;
 * SQLite's own wait (sqlite3_busy_timeout) sleeps through signals.
 */
static bool pause_for_lock(int64_t deadline, int tries)
{
	int64_t now = time_monotonic_ms();
	if (now >= deadline || now >= wait_stop_deadline())
		return false;
	poll(NULL, 0, tries < PAUSE_MAX_MS ? tries + 1 : PAUSE_MAX_MS);
	return true;
}

/* SQLite calls it while another connection holds a lock, and gives up when it returns 0. */
static int wait_busy(void *arg, int tries)
{
	struct db *db = arg;
	if (tries == 0)
		db->busy_deadline = time_monotonic_ms() + db->busy_ms;
	return pause_for_lock(db->busy_deadline, tries);
}

/*
 * The path with the links among its directories followed, since SQLITE_OPEN_NOFOLLOW, which holds against a link made meanwhile, refuses
 * one anywhere in a path. Where the directory cannot be found the path stays as it is, and opening it says why.
 */
static char *resolve_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *copy = mem_strdup(str_of(path)), *directory = realpath(dirname(copy), NULL);
	struct buf resolved;
	buf_init(&resolved, PATH_TEXT_MAX);
	if (directory)
		buf_fmt(&resolved, "%s/", directory);
	buf_z(&resolved, directory && slash ? slash + 1 : path);
	char *result = mem_strdup(buf_view(&resolved));
	buf_free(&resolved);
	free(directory);
	free(copy);
	return result;
}

static int open_handle(struct db *db, const char *name, int flags, struct err *e)
{
	int rc = sqlite3_open_v2(name, &db->h, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
	if (rc != SQLITE_OK)
		return fail(db, rc, e);
	sqlite3_extended_result_codes(db->h, 1);
	sqlite3_busy_handler(db->h, wait_busy, db);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(db->h, SQLITE_LIMIT_ATTACHED, 0);
	return 0;
}

static int exec(struct db *db, const char *sql)
{
	return sqlite3_exec(db->h, sql, NULL, NULL, NULL);
}

static int refuse_link(const char *path, const char *suffix, struct err *e)
{
	struct buf name;
	buf_init(&name, PATH_TEXT_MAX);
	buf_fmt(&name, "%s%s", path, suffix);
	int rc = file_refuse_link(buf_cstr(&name), e);
	buf_free(&name);
	return rc;
}

static int64_t wal_bytes(const char *path)
{
	struct buf wal;
	buf_init(&wal, PATH_TEXT_MAX);
	buf_z(&wal, path);
	buf_z(&wal, "-wal");
	struct stat st;
	int64_t bytes = stat(buf_cstr(&wal), &st) == 0 ? (int64_t)st.st_size : 0;
	buf_free(&wal);
	return bytes;
}

/*
 * Reading a database in WAL mode makes its -shm file. Where the directory forbids that, nobody can be writing there as
 * this user; the file is then read as it is, provided that no WAL holds newer content.
 */
static int open_read(struct db *db, struct err *e)
{
	if (open_handle(db, db->resolved, SQLITE_OPEN_READONLY, e) < 0)
		return -1;
	int rc = exec(db, "SELECT 1 FROM sqlite_schema LIMIT 1");
	if (rc == SQLITE_OK)
		return 0;
	bool no_shm = (rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY;
	if (!no_shm || wal_bytes(db->path) > 0)
		return fail(db, rc, e);
	sqlite3_close(db->h);
	db->h = NULL;
	struct buf uri;
	buf_init(&uri, PATH_TEXT_MAX);
	immutable_uri(db->resolved, &uri);
	int result = open_handle(db, buf_cstr(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
	buf_free(&uri);
	return result;
}

/* Switching to WAL takes a lock that SQLite does not wait for: several processes may open a new file at once. */
static int set_wal(struct db *db, struct err *e)
{
	int64_t deadline = time_monotonic_ms() + db->busy_ms;
	for (int tries = 0;; tries++) {
		int rc = exec(db, "PRAGMA journal_mode = WAL");
		if (rc == SQLITE_OK)
			return 0;
		if ((rc & 0xff) != SQLITE_BUSY || !pause_for_lock(deadline, tries))
			return fail(db, rc, e);
	}
}

static int open_write(struct db *db, enum db_mode mode, struct err *e)
{
	if (mode != DB_WRITE && make_private(db->path, e) < 0)
		return -1;
	if (open_handle(db, db->resolved, SQLITE_OPEN_READWRITE, e) < 0)
		return -1;
	/* Only a file without content takes these. */
	if (mode != DB_WRITE && db_exec(db, "PRAGMA page_size = 16384", e) < 0)
		return -1;
	if (mode == DB_CREATE_QUEUE && db_exec(db, "PRAGMA auto_vacuum = INCREMENTAL", e) < 0)
		return -1;
	if (set_wal(db, e) < 0)
		return -1;
	return db_exec(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = " TEXT(DB_LOG_LIMIT), e);
}

int db_open(struct db **out, const char *path, enum db_mode mode, int busy_ms, struct err *e)
{
	struct db *db = mem_alloc(sizeof *db);
	db->path = mem_strdup(str_of(path));
	db->resolved = resolve_directory(path);
	db->busy_ms = busy_ms;
	int rc = -1;
	if (refuse_link(path, "", e) == 0 && refuse_link(path, "-wal", e) == 0 && refuse_link(path, "-shm", e) == 0)
		rc = mode == DB_READ ? open_read(db, e) : open_write(db, mode, e);
	if (rc < 0) {
		db_close(db);
		db = NULL;
	}
	*out = db;
	return rc;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	while (db->statements)
		db_finalize(db->statements);
	sqlite3_close(db->h);
	free(db->path);
	free(db->resolved);
	free(db);
}

const char *db_path(const struct db *db)
{
	return db->path;
}

int db_exec(struct db *db, const char *sql, struct err *e)
{
	int rc = exec(db, sql);
	return rc == SQLITE_OK ? 0 : fail(db, rc, e);
}

int db_prepare(struct db *db, const char *sql, struct db_stmt **out, struct err *e)
{
	*out = NULL;
	sqlite3_stmt *h;
	int rc = sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &h, NULL);
	if (rc != SQLITE_OK)
		return fail(db, rc, e);
	struct db_stmt *s = mem_alloc(sizeof *s);
	*s = (struct db_stmt){ .h = h, .db = db, .next = db->statements };
	db->statements = s;
	*out = s;
	return 0;
}

void db_finalize(struct db_stmt *s)
{
	if (!s)
		return;
	struct db_stmt **link = &s->db->statements;
	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	sqlite3_finalize(s->h);
	free(s);
}

static void note_bind(struct db_stmt *s, int rc)
{
	if (s->bind_error == SQLITE_OK)
		s->bind_error = rc;
}

void db_bind_int(struct db_stmt *s, int i, int64_t v)
{
	note_bind(s, sqlite3_bind_int64(s->h, i, v));
}

void db_bind_text(struct db_stmt *s, int i, struct str v)
{
	note_bind(s, sqlite3_bind_text64(s->h, i, v.p, v.n, SQLITE_STATIC, SQLITE_UTF8));
}

void db_bind_blob(struct db_stmt *s, int i, struct str v)
{
	note_bind(s, sqlite3_bind_blob64(s->h, i, v.p, v.n, SQLITE_STATIC));
}

void db_bind_null(struct db_stmt *s, int i)
{
	note_bind(s, sqlite3_bind_null(s->h, i));
}

int db_step(struct db_stmt *s, struct err *e)
{
	int rc = s->bind_error != SQLITE_OK ? s->bind_error : sqlite3_step(s->h);
	if (rc == SQLITE_ROW)
		return 1;
	int result = rc == SQLITE_DONE ? 0 : fail(s->db, rc, e);
	db_reset(s);
	return result;
}

int db_run(struct db_stmt *s, struct err *e)
{
	int rc = db_step(s, e);
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

void db_reset(struct db_stmt *s)
{
	sqlite3_reset(s->h);
	s->bind_error = SQLITE_OK;
}

bool db_is_null(const struct db_stmt *s, int i)
{
	return sqlite3_column_type(s->h, i) == SQLITE_NULL;
}

int64_t db_int(const struct db_stmt *s, int i)
{
	return sqlite3_column_int64(s->h, i);
}

/* SQLite gives NULL for an empty value as well. */
static struct str value(const struct db_stmt *s, int i, const void *p)
{
	if (db_is_null(s, i))
		return (struct str){ NULL, 0 };
	return (struct str){ p ? p : "", (size_t)sqlite3_column_bytes(s->h, i) };
}

struct str db_text(const struct db_stmt *s, int i)
{
	return value(s, i, sqlite3_column_text(s->h, i));
}

struct str db_blob(const struct db_stmt *s, int i)
{
	return value(s, i, sqlite3_column_blob(s->h, i));
}

int db_copy(struct db *db, const char *path, struct err *e)
{
	struct db_stmt *s;
	sqlite3_limit(db->h, SQLITE_LIMIT_ATTACHED, 1); /* which the copy is while it is made */
	int rc = db_prepare(db, "VACUUM INTO ?1", &s, e);
	if (rc == 0) {
		db_bind_text(s, 1, str_of(path));
		rc = db_run(s, e);
		db_finalize(s);
	}
	sqlite3_limit(db->h, SQLITE_LIMIT_ATTACHED, 0);
	return rc;
}

int db_begin(struct db *db, struct err *e)
{
	return db_exec(db, "BEGIN IMMEDIATE", e);
}

int db_begin_read(struct db *db, struct err *e)
{
	return db_exec(db, "BEGIN", e);
}

int db_commit(struct db *db, struct err *e)
{
	return db_exec(db, "COMMIT", e);
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->h))
		exec(db, "ROLLBACK");
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes64(db->h);
}

int64_t db_last_rowid(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->h);
}

int64_t db_log_bytes(const struct db *db)
{
	return wal_bytes(db->path);
}

int64_t db_data_version(struct db *db)
{
	if (!db->data_version && db_prepare(db, "PRAGMA data_version", &db->data_version, NULL) < 0)
		return 0;
	int64_t version = db_step(db->data_version, NULL) == 1 ? db_int(db->data_version, 0) : 0;
	db_reset(db->data_version);
	return version;
}
