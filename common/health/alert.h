/* A command that is run when the state is another than the one that was told last. */
#ifndef ROS_HEALTH_ALERT_H
#define ROS_HEALTH_ALERT_H

#include "base/err.h"
#include "health/check.h"
#include "health/child.h"
#include "health/past.h"

#include <stdbool.h>
#include <stdint.h>

#define ALERT_MS 10000 /* a command that takes longer is killed */

struct alert {
	const char *command;  /* for sh -c; NULL: none */
	char **environment;   /* what it gets beside its own variables */
	int64_t cool_down_ms; /* the least time between two */
	struct child child;
	int64_t deadline;     /* while it runs */
	bool running, late;
};

/*
 * Begins the command where one is due: ROS_HEALTH_STATE, ROS_HEALTH_PREVIOUS and ROS_HEALTH_TEXT are in its environment, its output goes to standard
 * error. The time is noted in `past`, and the state as told. A state that comes and goes within the cool-down is not told; one that stays is told after
 * it.
 */
int alert_begin(struct alert *a, const struct health_report *r, struct past *past, struct err *e);

/*
 * Whether no command runs. One that takes too long is killed. *failed says, once, that it failed: *e says how (ROS_REFUSED).
 */
bool alert_done(struct alert *a, bool *failed, struct err *e);

#endif
