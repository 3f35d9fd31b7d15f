/*
 * Buffered output. Bytes wait until there are OUT_SIZE of them. For pipes that several read or that may be cut,
 * `lines` makes every write end where a line ends: the kernel keeps a write of at most PIPE_BUF bytes in one piece.
 */
#include "io/out.h"

#include "base/timefmt.h"
#include "io/wait.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>

#define OUT_SIZE ((size_t)64 * 1024)
#define NONBLOCKING_WAIT_MS 100 /* then a stop is looked for */
#define OUT_MAX ((size_t)64 * 1024 * 1024) /* the longest line, or the longest piece of one out_fmt() */

void out_init(struct out *o, int fd, const char *name)
{
	*o = (struct out){ .fd = fd, .name = name };
	buf_init(&o->buf, OUT_MAX);
}

void out_free(struct out *o)
{
	buf_free(&o->buf);
}

static bool failed(const struct out *o)
{
	return o->err.text[0] != '\0';
}

/* After a stop a reader that does not read is waited for no longer than is granted. */
static bool reader_too_slow(void)
{
	return time_monotonic_ms() >= wait_stop_deadline();
}

static void write_all(struct out *o, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = wait_write(o->fd, p, n);
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (done < 0 && errno != EINTR && errno != EAGAIN) {
			err_sys(&o->err, ROS_IO, "cannot write %s", o->name);
			return;
		} else if (reader_too_slow()) {
			err_set(&o->err, ROS_IO, "cannot write %s: stopped by a signal while nobody read it", o->name);
			return;
		} else if (done < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = o->fd, .events = POLLOUT }, 1, NONBLOCKING_WAIT_MS);
		}
	}
}

/* Length of the next write: as many whole lines as fit in PIPE_BUF, but at least one. */
static size_t chunk(const char *p, size_t n)
{
	if (n <= PIPE_BUF)
		return n;
	const char *last = memrchr(p, '\n', PIPE_BUF);
	if (!last)
		last = memchr(p + PIPE_BUF, '\n', n - PIPE_BUF);
	return last ? (size_t)(last - p) + 1 : n;
}

/* Writes what is buffered. */
static void drain(struct out *o)
{
	struct str rest = buf_view(&o->buf);
	if (!buf_ok(&o->buf) && !failed(o))
		err_set(&o->err, ROS_IO, "cannot write %s: a line is too long", o->name);
	while (rest.n > 0 && !failed(o)) {
		size_t n = o->lines ? chunk(rest.p, rest.n) : rest.n;
		write_all(o, rest.p, n);
		rest = (struct str){ rest.p + n, rest.n - n };
	}
	buf_clear(&o->buf);
}

/* With `lines`, an unfinished line stays until its \n has come. */
static void settle(struct out *o)
{
	bool full = o->buf.n >= OUT_SIZE && (!o->lines || o->buf.p[o->buf.n - 1] == '\n');
	if (full || !buf_ok(&o->buf))
		drain(o);
}

void out_add(struct out *o, const void *p, size_t n)
{
	if (failed(o))
		return;
	if (n >= OUT_SIZE && !o->lines) {
		drain(o);
		write_all(o, p, n);
		return;
	}
	buf_add(&o->buf, p, n);
	settle(o);
}

void out_str(struct out *o, struct str s)
{
	out_add(o, s.p, s.n);
}

void out_z(struct out *o, const char *z)
{
	out_add(o, z, strlen(z));
}

void out_fmt(struct out *o, const char *fmt, ...)
{
	va_list args;
	if (failed(o))
		return;
	va_start(args, fmt);
	buf_vfmt(&o->buf, fmt, args);
	va_end(args);
	settle(o);
}

int out_flush(struct out *o, struct err *e)
{
	drain(o);
	if (!failed(o))
		return 0;
	if (e)
		*e = o->err;
	return -1;
}
