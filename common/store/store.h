/*
 * The record: one SQLite database that ros-aggregate alone writes. A transaction holds events, rollups, tallies, latency sketches,
 * conflicts, refusals, losses, the numbers of the sources and the row of the batch together. Recording is idempotent: an event delivered twice
 * changes nothing.
 */
#ifndef ROS_STORE_STORE_H
#define ROS_STORE_STORE_H

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"
#include "event/event.h"
#include "event/lines.h"
#include "event/summary.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stdint.h>

struct store; /* opaque */

enum store_outcome {
	STORE_RECORDED,    /* new */
	STORE_REPEATED,    /* known, with the same content; or a conflict that is quarantined already */
	STORE_CONFLICTING, /* the same time and id are recorded with other content: quarantined */
	STORE_SEALED,      /* not taken: its day is purged (purge.h); who sent it should be told, by store_refuse() where it is an entry */
};

struct store_counts {
	int64_t recorded, repeated, conflicting, refused, lost, summarized;
};

/*
 * Opens the database for recording; a missing or empty one is made and migrated up. Errors: ROS_INPUT not a database of ours (it is
 * left as it is); ROS_VERSION older or newer than this program; ROS_LATER locked for busy_ms.
 */
int store_open(struct store **s, const char *path, int busy_ms, struct err *e);
void store_close(struct store *s); /* NULL is fine; rolls back what is not committed */

/* Opens it for reading only: as store_open(), but a missing or empty one is an error (ROS_INPUT, ROS_VERSION). The caller closes *db. */
int store_open_read(struct db **db, const char *path, int busy_ms, struct err *e);

/* Starts a transaction; waits for another writer. */
int store_begin(struct store *s, struct err *e);

/*
 * Records one event that event_check() has passed. `origin` (or NULL, also below) is who published its entry: the number counts by the outcome, where it
 * is seen for the first time. After an error only store_rollback() may follow, here and below.
 */
int store_record(struct store *s, struct json_reader *r, const struct event *ev, const struct origin *origin, enum store_outcome *outcome,
                 struct err *e);

/* Keeps that an entry of the bus was refused for good, and why (a token). An entry that is known as refused changes nothing. */
int store_refuse(struct store *s, struct str stream, struct str entry_id, struct str reason, const struct origin *origin, struct err *e);

/* Keeps that an entry of the bus was trimmed away while it was pending. A known loss changes nothing. */
int store_lose(struct store *s, struct str stream, struct str entry_id, struct err *e);

/* Keeps what a source says of a run. A summary whose id is known changes nothing. */
int store_summarize(struct store *s, const struct summary *summary, struct err *e);

/*
 * Notes, in a transaction of its own, that the entry is about to be looked at, and may kill who does. *attempts: how often that is noted, with this
 * time; store_survive() takes all of them back, within a transaction that settles the entry or notes that its reader is alive.
 */
int store_attempt(struct store *s, struct str stream, struct str entry_id, int64_t *attempts, struct err *e);
int store_survive(struct store *s, struct str stream, struct str entry_id, struct err *e);

/* Whether what the transaction gathers in memory has grown so large that it should be committed now. */
bool store_full(const struct store *s);

/* Whether a reader that stays keeps the database's log from being begun anew, so that it has grown: *bytes is its size. */
bool store_log_grows(const struct store *s, int64_t *bytes);

/*
 * Writes the rollups, the sources and the batch's row and commits, synced. *counts is what this transaction came to. A transaction that brought
 * nothing new has no batch. On an error everything since store_begin() is rolled back.
 */
int store_commit(struct store *s, struct store_counts *counts, struct err *e);
void store_rollback(struct store *s); /* harmless where nothing is open */

#endif
