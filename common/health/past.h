/*
 * What earlier checks saw, kept in the state directory in one file for each bus, stream, group and database that is watched: so that what has vanished is told
 * from what does not exist yet, and a change of state from a state that lasts. Who removed something on purpose removes the file as well.
 */
#ifndef ROS_HEALTH_PAST_H
#define ROS_HEALTH_PAST_H

#include "base/buf.h"
#include "base/err.h"
#include "health/probe.h"

#include <stdbool.h>
#include <stdint.h>

struct past {
	bool group, database;   /* they were there */
	enum health_state told; /* the state that was told last; HEALTH_OK at first */
	int64_t told_ms;        /* when; 0: never */
	struct buf path;
};

/* Reads what is known of the target. A file that is missing, damaged or a symbolic link tells nothing. In the end past_free() is due. */
void past_read(struct past *p, const struct health_target *t);
void past_free(struct past *p);

/* Replaces the file as a whole, mode 0600. Errors: ROS_IO; ROS_CONFIG where it is a symbolic link. */
int past_write(const struct past *p, struct err *e);

#endif
