/* Days of deployments that ros-purge has purged: the table `sealed_day`. */
#ifndef ROS_STORE_SEAL_H
#define ROS_STORE_SEAL_H

#include "base/err.h"
#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

struct seals {
	struct db_stmt *last, *find;
	int64_t last_day; /* sealed of any deployment; INT64_MIN: none */
};

int seals_init(struct seals *s, struct db *db, struct err *e);

/* Looks again which day is the last: at first, and when somebody else has written. */
int seals_look(struct seals *s, struct err *e);

/* *sealed: whether the day (since 1970 UTC) of the deployment is. */
int seals_has(struct seals *s, int64_t day, int64_t deployment, bool *sealed, struct err *e);

#endif
