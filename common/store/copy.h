/* A whole database to another file, for backups and their way back. */
#ifndef ROS_STORE_COPY_H
#define ROS_STORE_COPY_H

#include "base/err.h"

/*
 * Copies the database as it is at one moment, while others read and write it. The copy is made beside `to` and synced before it gets its name, so
 * `to` is whole or not there. Errors: ROS_INPUT where `from` is no database of ours; ROS_IO where `to`, or the log of a database of that name, is there
 * already.
 */
int store_copy(const char *from, const char *to, int busy_ms, struct err *e);

#endif
