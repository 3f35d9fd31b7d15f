/* Which files a data set has: from the operands of a command line to a sorted list. */
#ifndef ROS_DATASET_FILES_H
#define ROS_DATASET_FILES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_file {
	char *path; /* to open it, as the operand has it */
	char *real; /* absolute, without links */
};

struct files {
	struct data_file *v; /* in the order of the bytes of `real` */
	size_t n, cap;
	char *base;      /* directory that holds them all, above any KEY=VALUE; absolute, with a slash at its end */
	int64_t bytes;   /* of all, now */
	bool one;        /* the only operand was a file */
	uint64_t links;  /* symbolic links in directories, which were passed over */
};

/*
 * An operand is a file, a directory (all files below it, but for names that begin with . or _, which by
 * custom are no data), or a pattern of glob(7). Symbolic links are not followed. Errors name the operand or
 * path: ROS_INPUT: nothing there, no file in it, no regular file; ROS_USAGE: a file is given twice. After an
 * error, too, files_free() is due.
 */
int files_find(struct files *f, const char *const *operands, size_t n, struct err *e);
void files_free(struct files *f);

/* The file's path below the base. */
const char *files_name(const struct files *f, size_t i);

#endif
