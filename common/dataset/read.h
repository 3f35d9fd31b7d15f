/* One data file, in one pass and in constant memory: size, hash, format and what the format says. */
#ifndef ROS_DATASET_READ_H
#define ROS_DATASET_READ_H

#include "base/err.h"
#include "base/hash.h"
#include "dataset/format.h"
#include "dataset/screen.h"

#include <stddef.h>
#include <stdint.h>

struct part {
	int64_t bytes;
	struct sha256 hash;
	struct facts facts; /* facts_free() */
};

/* Told of every piece that was read. */
typedef void read_progress_fn(void *arg, size_t bytes);

/*
 * Reads the regular file at path; a symbolic link is not followed. The screen (NULL: none) sees it. On success *p is the caller's. Errors name
 * the path, and line and field where there are some, never content: ROS_INPUT, also where it is empty or no
 * regular file; ROS_IO; ROS_LATER: it changed while it was read, or SIGTERM or SIGINT came.
 */
int part_read(const char *path, struct screen *screen, read_progress_fn *progress, void *arg, struct part *p, struct err *e);

#endif
