/* Holds: calls of a project or of a run that ros-purge keeps, whatever their age. */
#ifndef ROS_STORE_HOLD_H
#define ROS_STORE_HOLD_H

#include "base/err.h"
#include "base/uuid.h"
#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

/* As a condition of SQL on `hold h`: it is in force. */
#define HOLD_IN_FORCE "h.released_ms IS NULL"

/* Adds a hold of the project (run NULL) or of the run (project NULL); *id is its number. `by` is who asks for it. */
int hold_add(struct db *db, const struct uuid *project, const struct uuid *run, const char *reason, const char *by, int64_t *id, struct err *e);

/* Ends a hold; it stays in the list. Error ROS_REFUSED where none of that number is in force. */
int hold_release(struct db *db, int64_t id, const char *by, struct err *e);

/* Texts are empty, and released_ms -1, where there is none. */
struct hold {
	int64_t id;
	struct str project, run, reason, added_by, released_by;
	int64_t added_ms, released_ms;
};

typedef void hold_fn(void *arg, const struct hold *h);

/* Gives every hold, oldest first. */
int hold_each(struct db *db, hold_fn *each, void *arg, struct err *e);

#endif
