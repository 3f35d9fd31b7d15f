/*
 * Consumer names. Two processes never share one at once: what is pending under a name belongs to the process that holds its lock.
 * Names are stable across restarts, so that a consumer finds again what it left.
 */
#ifndef ROS_BUS_CONSUMER_H
#define ROS_BUS_CONSUMER_H

#include "base/err.h"

struct consumer {
	char name[256];
	int lock; /* descriptor that holds the lock file; -1: none */
};

/*
 * Takes a name by locking DIR/consumer-NAME.lock: the given one, or with NULL the host's name and the lowest free instance
 * number (host-1, host-2 ...). Errors: ROS_LATER the given name is in use; ROS_CONFIG it is no plain name; ROS_IO the lock
 * file. The lock is released by consumer_release() and by the end of the process, however it ends.
 */
int consumer_take(struct consumer *c, const char *dir, const char *name, struct err *e);
void consumer_release(struct consumer *c);

/*
 * Takes the next name of this host after host-*instance that was used before and is held by no process: that process has ended, and what is
 * pending under its name waits for somebody. 1: taken, *instance is its number; 0: there is none; -1: as above.
 */
int consumer_take_orphan(struct consumer *c, const char *dir, int *instance, struct err *e);

#endif
