/*
 * Migrations of the record. The version is SQLite's user_version, the mark that a database is ours its application_id; the table
 * schema_migrations says when each version was applied, and from which text. Each call is one transaction, and waits for another
 * writer.
 */
#ifndef ROS_STORE_MIGRATE_H
#define ROS_STORE_MIGRATE_H

#include "base/err.h"
#include "db/db.h"
#include "store/migrations.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIGRATE_APPLICATION_ID 0x524f5369 /* "ROSi" */

/* Opens the database for writing (DB_WRITE, DB_CREATE). A file that is not ours is left as it is, even its journal mode (ROS_INPUT). */
int migrate_open(struct db **db, const char *path, enum db_mode mode, int busy_ms, struct err *e);

/* *version of the database; 0 where it is empty. Error: ROS_INPUT where it is not ours. */
int migrate_version(struct db *db, int *version, struct err *e);

/* Error ROS_VERSION unless the database has exactly the last version of the list. */
int migrate_require(struct db *db, const struct migration *list, size_t n, struct err *e);

/* Applies what is missing; *steps: how many. Error ROS_VERSION where the database is newer than the list. */
int migrate_up(struct db *db, const struct migration *list, size_t n, int *steps, struct err *e);

/*
 * Takes back the last *steps versions, or as many as there are, and says in *steps how many. Version 0 is an empty database of ours. What is taken back is
 * copied to the file `backup` before (store_copy()), unless that is NULL.
 */
int migrate_down(struct db *db, const struct migration *list, size_t n, int *steps, const char *backup, struct err *e);

struct migrate_state {
	bool applied;
	bool changed;       /* applied from another text than the list has */
	int64_t applied_ms; /* where it is applied */
};

/* Fills state[0..n) for the list. */
int migrate_status(struct db *db, const struct migration *list, size_t n, struct migrate_state *state, struct err *e);

#endif
