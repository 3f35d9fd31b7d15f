/*
 * Lines from a descriptor, in constant memory. Reads what is there now and hands out whole lines; says when input is idle, so
 * that a tool can settle what it has before it waits. SIGTERM and SIGINT end the waiting (see wait.h).
 */
#ifndef ROS_IO_LINES_H
#define ROS_IO_LINES_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lines_event {
	LINES_LINE,     /* a whole line, without its \n (a \r before it stays: it is white space in JSON) */
	LINES_LAST,     /* the last bytes of the input, without \n: the caller decides whether they count */
	LINES_TOO_LONG, /* a line over the limit; its bytes are passed over */
	LINES_IDLE,     /* nothing came within the time */
	LINES_STOP,     /* SIGTERM or SIGINT, and nothing whole is left in the buffer */
	LINES_END,      /* end of input */
	LINES_ERROR,    /* reading failed */
};

struct lines {
	int fd;
	const char *name; /* for messages: a file's name or "standard input" */
	size_t max;       /* longest line, in bytes without \n */
	uint64_t number;  /* of the line last handed out, from 1 */
	char *p;
	size_t start, end, cap, scanned;
	bool skipping, ended;
};

/* Does not own fd. */
void lines_init(struct lines *l, int fd, const char *name, size_t max);
void lines_free(struct lines *l);

/*
 * The next event. `idle_ms`: how long to wait for more bytes before LINES_IDLE; 0 does not wait, -1 waits without end. *line is
 * valid until the next call. Only LINES_ERROR fills *e.
 */
enum lines_event lines_next(struct lines *l, int idle_ms, struct str *line, struct err *e);

#endif
