/*
 * Giving rights up. A tool that reads hostile content for long (ros-scan, ros-report) needs few of them, and what a fault in it could be
 * made to do is bounded by those that are left.
 */
#ifndef ROS_IO_CONFINE_H
#define ROS_IO_CONFINE_H

#include "io/log.h"

#include <stddef.h>

/*
 * From here on, and for good, this process runs no program, makes no process (threads may be made), opens no socket, traces nobody and reaches
 * for no facility of the kernel that it has no use for: such calls fail with EPERM. Files and directories are written, made and removed only at or below
 * the paths of `writable`, which must be there already; what is open stays open, and reading is left alone. By seccomp(2) and
 * landlock(7), which need no privilege; where the kernel does not offer one of them, this says so as a note and goes on.
 */
void confine(const struct log *log, const char *const *writable, size_t n);

#endif
