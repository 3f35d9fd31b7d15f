/*
 * Lock files, held by flock(2): the kernel releases a lock with the process, however it ends. The files stay.
 */
#ifndef ROS_IO_LOCK_H
#define ROS_IO_LOCK_H

#include "base/err.h"

/*
 * Locks the file at path, made with mode 0600 where it is missing; a symbolic link there is an error (ROS_CONFIG). 0: *fd holds the lock until it is
 * closed, and can be read and written. 1: another process holds it, and *fd is -1. -1: ROS_IO.
 */
int lock_take(const char *path, int *fd, struct err *e);

/*
 * Locks the first that is free of the files PATH1SUFFIX, PATH2SUFFIX ...; returns its number, 0 where the first 1000 are held, -1 as above.
 */
int lock_take_lowest(const char *path, const char *suffix, int *fd, struct err *e);

#endif
