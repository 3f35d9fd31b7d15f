/*
 * Lines from a descriptor. One buffer that holds the longest line and one read; lines are handed out in place, and
 * only an unfinished one is ever moved, to the buffer's start.
 */
#include "io/lines.h"

#include "base/mem.h"
#include "io/wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE ((size_t)256 * 1024)

void lines_init(struct lines *l, int fd, const char *name, size_t max)
{
	*l = (struct lines){ .fd = fd, .name = name, .max = max, .cap = max + 1 + READ_SIZE };
}

void lines_free(struct lines *l)
{
	free(l->p);
	lines_init(l, l->fd, l->name, l->max);
}

/* Hands out the n bytes at the start, and passes over `more` that follow them. */
static enum lines_event hand_out(struct lines *l, enum lines_event event, size_t n, size_t more, struct str *line)
{
	bool too_long = l->skipping || n > l->max;
	*line = (struct str){ l->p + l->start, too_long ? 0 : n };
	l->start += n + more;
	l->scanned = 0;
	l->skipping = false;
	l->number++;
	return too_long ? LINES_TOO_LONG : event;
}

/* Whether there is a whole line; *n is its length. */
static bool find_line(struct lines *l, size_t *n)
{
	size_t have = l->end - l->start;
	if (have == l->scanned)
		return false;
	const char *from = l->p + l->start, *newline = memchr(from + l->scanned, '\n', have - l->scanned);
	if (!newline) {
		l->scanned = have;
		return false;
	}
	*n = (size_t)(newline - from);
	return true;
}

/* Forgets the bytes of a line that is too long, moves an unfinished one to the start where room is short. */
static void make_room(struct lines *l)
{
	size_t have = l->end - l->start;
	if (!l->p)
		l->p = mem_alloc(l->cap);
	if (l->skipping || have > l->max) {
		l->skipping = true;
		have = 0;
	}
	if (have > 0 && l->cap - l->end >= READ_SIZE)
		return;
	if (have > 0)
		memmove(l->p, l->p + l->start, have);
	l->start = 0;
	l->end = l->scanned = have;
}

/* Reads once. */
static bool fill(struct lines *l, struct err *e)
{
	make_room(l);
	ssize_t n = read(l->fd, l->p + l->end, READ_SIZE);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n < 0) {
		err_sys(e, errno == EISDIR ? ROS_INPUT : ROS_IO, "cannot read %s", l->name);
		return false;
	}
	l->end += (size_t)n;
	l->ended = n == 0;
	return true;
}

enum lines_event lines_next(struct lines *l, int idle_ms, struct str *line, struct err *e)
{
	size_t n;
	while (!find_line(l, &n)) {
		if (l->ended && !l->skipping && l->end == l->start)
			return LINES_END;
		if (l->ended)
			return hand_out(l, LINES_LAST, l->end - l->start, 0, line);
		enum wait_result wait = wait_fd(l->fd, POLLIN, idle_ms);
		if (wait != WAIT_READY)
			return wait == WAIT_STOP ? LINES_STOP : LINES_IDLE;
		if (!fill(l, e))
			return LINES_ERROR;
	}
	return hand_out(l, LINES_LINE, n, 1, line);
}
