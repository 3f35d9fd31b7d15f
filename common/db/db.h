/*
 * One wrapper of SQLite, for the file bus and the store. No other directory includes sqlite3.h. Statements are prepared
 * once and kept; every call that can fail says what failed in words, and comes to the right exit status: busy
 * ROS_LATER, full or I/O ROS_IO, not a database or corrupt ROS_INPUT.
 */
#ifndef ROS_DB_DB_H
#define ROS_DB_DB_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct db_stmt;

enum db_mode {
	DB_READ,
	DB_WRITE,
	DB_CREATE,
	DB_CREATE_QUEUE, /* as DB_CREATE, for rows that come and go: space is given back by PRAGMA incremental_vacuum */
};

/*
 * Opens a database file: WAL, synchronous FULL, foreign keys on, defensive mode, no attached databases or extensions. A
 * lock is waited for up to busy_ms, but after a stop (wait.h) no longer than wait_stop_deadline(). A new file gets mode
 * 0600 and pages of 16 KiB, since rows are a kilobyte and more. A symbolic link in the place of the file, or of the two
 * that SQLite keeps beside it, is an error (ROS_CONFIG). DB_READ never creates and never writes, and works on a
 * file whose directory cannot be written.
 */
int db_open(struct db **db, const char *path, enum db_mode mode, int busy_ms, struct err *e);
void db_close(struct db *db); /* NULL is fine; rolls back what is open; finalizes its statements */
const char *db_path(const struct db *db);

/* Runs one or several statements that give no rows. */
int db_exec(struct db *db, const char *sql, struct err *e);

/* Prepares; owned by the database, which frees it at db_close(). */
int db_prepare(struct db *db, const char *sql, struct db_stmt **s, struct err *e);
void db_finalize(struct db_stmt *s); /* before its time; NULL is fine */

/*
 * Parameters count from 1. Bytes are taken by reference: they must live until the statement is reset. The absent value
 * binds NULL.
 */
void db_bind_int(struct db_stmt *s, int i, int64_t v);
void db_bind_text(struct db_stmt *s, int i, struct str v);
void db_bind_blob(struct db_stmt *s, int i, struct str v);
void db_bind_null(struct db_stmt *s, int i);

/* 1: a row is there; 0: done (and reset); -1: failed (and reset). Bindings stay. */
int db_step(struct db_stmt *s, struct err *e);

/* Steps a statement that gives no row. */
int db_run(struct db_stmt *s, struct err *e);
void db_reset(struct db_stmt *s);

/* Columns count from 0; valid until the next step. */
bool db_is_null(const struct db_stmt *s, int i);
int64_t db_int(const struct db_stmt *s, int i);
struct str db_text(const struct db_stmt *s, int i); /* the absent value for NULL */
struct str db_blob(const struct db_stmt *s, int i);

/* Copies the database as it is at one moment into a file that is empty (VACUUM INTO); it is not synced. */
int db_copy(struct db *db, const char *path, struct err *e);

int db_begin(struct db *db, struct err *e);      /* BEGIN IMMEDIATE */
int db_begin_read(struct db *db, struct err *e); /* BEGIN: one snapshot for all reads that follow */
int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);         /* harmless where nothing is open */
int64_t db_changes(const struct db *db); /* rows changed by the last statement */
int64_t db_last_rowid(const struct db *db);

/*
 * The size of the log (FILE-wal). Every few megabytes it is copied back and begun anew, but not past what a reader still sees: a reader that
 * stays lets it grow. When it is begun anew, it is cut back to DB_LOG_LIMIT.
 */
#define DB_LOG_LIMIT 67108864
int64_t db_log_bytes(const struct db *db);

/* A number that changes whenever another connection has committed: for following without busy waiting. */
int64_t db_data_version(struct db *db);

#endif
