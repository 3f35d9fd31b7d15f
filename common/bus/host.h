/* The host's name, and what a name may be that goes into a file's name and into Redis' lists. */
#ifndef ROS_BUS_HOST_H
#define ROS_BUS_HOST_H

#include "base/str.h"

#include <stdbool.h>

#define HOST_BYTES 200 /* room for the longest such name and its NUL */

/* 1 to HOST_BYTES - 1 bytes of UTF-8 without white space, control characters and slashes. */
bool host_name_plain(struct str name);

/* False: the host's name is no plain one. */
bool host_name(char out[HOST_BYTES]);

#endif
