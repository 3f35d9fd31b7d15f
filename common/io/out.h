/*
 * Buffered output to a descriptor, with a sticky error: write freely, check once. What could not be written is never reported
 * as done: >/dev/full and >&- end in an error.
 */
#ifndef ROS_IO_OUT_H
#define ROS_IO_OUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

struct out {
	int fd;
	const char *name; /* for messages: "standard output", or a file's name */
	bool lines;       /* every write(2) ends in \n and has at most PIPE_BUF bytes, where the lines themselves have no more */
	struct buf buf;
	struct err err;   /* text is empty while all is well */
};

void out_init(struct out *o, int fd, const char *name);
void out_free(struct out *o);

void out_add(struct out *o, const void *p, size_t n);
void out_str(struct out *o, struct str s);
void out_z(struct out *o, const char *z);
void out_fmt(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Writes what is buffered. -1: the error, also from any earlier write, is in *e (may be NULL), status ROS_IO. */
int out_flush(struct out *o, struct err *e);

#endif
