/* Files as a whole. */
#ifndef ROS_IO_FILE_H
#define ROS_IO_FILE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Opens an input: "-" is standard input. A directory is an error (ROS_INPUT), as is what cannot be opened. On success *fd is owned by the caller,
 * but for 0. *name is what messages call it.
 */
int file_open_input(const char *path, int *fd, const char **name, struct err *e);

/* Reads a whole file of at most b->max bytes into b. */
int file_read(const char *path, struct buf *b, struct err *e);

/*
 * As file_read(), a file that nobody but its owner may read or write; messages call it `what`. Every error is ROS_CONFIG.
 */
int file_read_secret(const char *what, const char *path, struct buf *b, struct err *e);

/* An error (ROS_CONFIG) where the path is a symbolic link: in the place of a file of ours, that would lead its content elsewhere. */
int file_refuse_link(const char *path, struct err *e);

/* mkdir -p, every new directory with mode 0700. */
int file_make_dir(const char *path, struct err *e);

#endif
