/* Where the file bus may lie. */
#ifndef ROS_BUS_PLACE_H
#define ROS_BUS_PLACE_H

#include "base/err.h"

/*
 * Makes the directory of `path`, mode 0700, where it is missing. Error ROS_CONFIG on a network file system: WAL needs
 * memory that is shared by all who have the file open. `name` is what messages call the bus.
 */
int place_make(const char *path, const char *name, struct err *e);

#endif
