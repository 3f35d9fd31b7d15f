/* When to try a bus again that did not answer: full jitter, so that many clients of a server that came back do not come at once. */
#ifndef ROS_BUS_BACKOFF_H
#define ROS_BUS_BACKOFF_H

#include "base/err.h"

#include <stdbool.h>

struct backoff {
	int tries; /* that failed in a row */
};

/* Whether time mends it (unreachable, or try again later); all else is for a person. */
bool backoff_helps(const struct err *e);

/*
 * Counts one more failure and returns how many milliseconds to wait: a random number from 0 to 50 ms, doubled from try to try up to 10 s.
 * (Full jitter as in Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 */
int backoff_next(struct backoff *b);

/* It answered. */
void backoff_reset(struct backoff *b);

#endif
