/*
 * Retention: deletes what is older than the rules want it kept, whole days (UTC) at a time, and writes down what went. Rollups, tallies and latency sketches
 * of such a day stay, sealed: reports by time and project do not change. What a hold covers stays: every day of a project; every day of a deployment
 * (a model as a project uses it) on which the run made a call.
 */
#ifndef ROS_STORE_PURGE_H
#define ROS_STORE_PURGE_H

#include "base/err.h"
#include "base/hash.h"
#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

#define PURGE_NOTHING INT64_MIN /* as a time before which something is due */

/* Times in milliseconds, each the begin of a day. Previews are the texts prompt_redacted and output_redacted. */
struct purge_rules {
	int64_t demo_before_ms, live_before_ms, previews_before_ms;
};

struct purge_counts {
	int64_t invocations, conflicts, dataset_accesses;
	int64_t previews;          /* calls and conflicts that lose theirs */
	int64_t held;              /* calls that are due, and kept by a hold */
	int64_t first_ms, last_ms; /* of the invocations, where there are some */
	struct sha256 content_sum; /* of the invocations */
};

/* What purge_run() would do now. content_sum stays 0. */
int purge_look(struct db *db, const struct purge_rules *rules, struct purge_counts *counts, struct err *e);

/*
 * Does it, in transactions of a fraction of a second, with as much time for other writers between them. `by` is who asks for it. What is deleted is overwritten
 * in the file, and the log of the database is emptied where no reader stands in the way. A signal (wait.h) ends it after the transaction in hand:
 * *finished is false, and the next purge goes on. After an error, what was committed is in *counts and in the deletion record.
 */
int purge_run(struct db *db, const struct purge_rules *rules, const char *by, struct purge_counts *counts, bool *finished, struct err *e);

#endif
