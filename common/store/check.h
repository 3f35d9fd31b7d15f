/* The record against itself: what fsck is to a disk. Reads only. */
#ifndef ROS_STORE_CHECK_H
#define ROS_STORE_CHECK_H

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

/* Is told each finding: the rule's name, and what was found, in words and without content of events. */
typedef void check_found(void *arg, const char *rule, struct str what);

/*
 * Checks the database, of this program's version, in one snapshot: the file, foreign keys, batches, rollups, tallies and latency sketches against a
 * recomputation from the record, but for days that are purged, the deletion record against what is gone, the sources' counts against their numbers,
 * conflicts, ids at several times. At most ten findings a rule are told, then how many more there are. A file that is broken itself is not asked further. Returns the number of findings, or -1.
 */
int64_t store_check(struct db *db, check_found *found, void *arg, struct err *e);

#endif
