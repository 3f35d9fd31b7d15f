/* Child processes: for probes, which may hang, and for the command that is told of a change. */
#ifndef ROS_HEALTH_CHILD_H
#define ROS_HEALTH_CHILD_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;  /* 0: none */
	int status; /* as waitpid(2) has it, of the one that ended last */
};

/*
 * Forks, where none is there: 0 in this process, 1 in the new one, -1 where it failed (ROS_IO). The child is a process group of its own, and is killed
 * when its parent ends. Of the descriptors it keeps the standard ones alone. In the child the caller ends the process soon, by exit().
 */
int child_fork(struct child *c, struct err *e);

/* Whether it has ended, or there is none. */
bool child_ended(struct child *c);

/* Kills it with all that it started. It has ended when child_ended() says so: one that waits for a broken disk may not. */
void child_kill(const struct child *c);

#endif
