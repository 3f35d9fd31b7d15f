/*
 * How far a long work is, for a person who waits: one line on a terminal that is drawn again and again, and
 * goes away at the end.
 */
#ifndef ROS_IO_PROGRESS_H
#define ROS_IO_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	int fd;         /* -1: nothing is shown */
	int64_t total, done;
	int64_t begun, drawn; /* when, monotonic milliseconds */
};

/*
 * Shows bytes of `total` on fd, where that is a terminal and `wanted`; after half a second, so that short
 * work shows nothing.
 */
void progress_begin(struct progress *p, int fd, bool wanted, int64_t total);
void progress_add(struct progress *p, int64_t bytes);
void progress_end(struct progress *p); /* before anything else is written there */

#endif
