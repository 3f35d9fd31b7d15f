/*
 * What a running tool tells of itself. All figures are since the start, so that a line that was dropped loses nothing. A line has at most PIPE_BUF bytes and is one
 * write: several tools may append to one file or pipe.
 */
#include "stats/stats.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "json/writer.h"
#include "stats/sketch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define UNSET (-1)

struct stats_cell {
	int64_t value;    /* counter, gauge */
	int64_t min, max; /* latency */
	struct sketch *sketch;
};

static void complain(struct stats *s)
{
	struct err e;
	err_sys(&e, ROS_IO, "cannot write statistics to %s", s->where);
	if (!s->failed)
		log_warn(s->log, "%s", e.text);
	s->failed = true;
}

/* Not 0 and 1, which are what the tools work with. */
static bool writable(int64_t fd)
{
	int flags = fd > STDOUT_FILENO ? fcntl((int)fd, F_GETFL) : -1;
	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* O_NONBLOCK: a FIFO that nobody reads is an error, not a wait. */
static int open_place(struct stats *s, struct err *e)
{
	int64_t fd;
	if (num_int_in(str_of(s->where), 0, INT_MAX, &fd)) {
		if (!writable(fd))
			return err_set(e, ROS_USAGE, "--stats: '%s' is no descriptor above 1 that is open for writing", s->where);
		s->fd = (int)fd;
		return 0;
	}
	s->fd = open(s->where, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	s->opened = s->fd >= 0;
	if (s->fd < 0)
		complain(s);
	return 0;
}

int stats_begin(struct stats *s, const struct log *log, const struct stats_item *items, struct err *e)
{
	s->log = log;
	s->items = items;
	if (!s->where)
		return 0;
	if (open_place(s, e) != 0)
		return -1;
	while (items[s->n].name)
		s->n++;
	s->cells = mem_array(s->n, sizeof *s->cells);
	for (size_t i = 0; i < s->n; i++) {
		if (items[i].kind == STATS_GAUGE)
			s->cells[i].value = UNSET;
		if (items[i].kind == STATS_LATENCY)
			s->cells[i].sketch = sketch_new();
	}
	s->start_ms = time_monotonic_ms();
	s->due_ms = s->start_ms + s->interval_ms;
	return 0;
}

void stats_add(struct stats *s, size_t which, int64_t n)
{
	if (s->fd >= 0)
		s->cells[which].value += n;
}

void stats_set(struct stats *s, size_t which, int64_t value)
{
	if (s->fd >= 0)
		s->cells[which].value = value;
}

void stats_time(struct stats *s, size_t which, int64_t ms)
{
	if (s->fd < 0)
		return;
	struct stats_cell *c = &s->cells[which];
	ms = ms < 0 ? 0 : ms;
	if (sketch_count(c->sketch) == 0 || ms < c->min)
		c->min = ms;
	if (ms > c->max)
		c->max = ms;
	sketch_add(c->sketch, ms);
}

/* The sketch is off by 1 % at the most; never beyond what was seen. */
static void add_percentile(struct json_writer *w, const char *name, const struct stats_cell *c, int percent)
{
	double v = sketch_percentile(c->sketch, percent);
	v = v < (double)c->min ? (double)c->min : v > (double)c->max ? (double)c->max : v;
	json_key(w, name);
	json_real(w, v, 3);
}

static void add_latency(struct json_writer *w, const struct stats_cell *c)
{
	int64_t n = sketch_count(c->sketch);
	json_open(w, '{');
	json_key(w, "count");
	json_int(w, n);
	if (n > 0) {
		json_key(w, "min");
		json_int(w, c->min);
		add_percentile(w, "p50", c, 50);
		add_percentile(w, "p95", c, 95);
		add_percentile(w, "p99", c, 99);
		json_key(w, "max");
		json_int(w, c->max);
	}
	json_close(w, '}');
}

static void add_item(struct json_writer *w, const struct stats_item *item, const struct stats_cell *c)
{
	json_key(w, item->name);
	if (item->kind == STATS_LATENCY)
		add_latency(w, c);
	else if (item->kind == STATS_GAUGE && c->value == UNSET)
		json_null(w);
	else
		json_int(w, c->value);
}

static void add_line(const struct stats *s, const char *event, int64_t now_ms, struct buf *out)
{
	char time[TIME_TEXT];
	struct json_writer w;
	time_format(time_now_ms(), time);
	json_writer_init(&w, out, false);
	json_open(&w, '{');
	json_key(&w, "time");
	json_z(&w, time);
	json_key(&w, "tool");
	json_z(&w, s->log->tool);
	json_key(&w, "pid");
	json_int(&w, getpid());
	json_key(&w, "event");
	json_z(&w, event);
	json_key(&w, "seconds");
	json_decimal(&w, now_ms - s->start_ms, 3);
	for (size_t i = 0; i < s->n; i++)
		add_item(&w, &s->items[i], &s->cells[i]);
	json_close(&w, '}');
	buf_char(out, '\n');
}

/* A pipe without a reader is an error here, and no signal: that is for who does not read standard output. */
static ssize_t write_unsignalled(int fd, struct str line)
{
	sigset_t broken, before;
	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	sigprocmask(SIG_BLOCK, &broken, &before);
	ssize_t n = write(fd, line.p, line.n);
	int why = errno;
	if (n < 0 && why == EPIPE)
		sigtimedwait(&broken, NULL, &(struct timespec){ 0 });
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = why;
	return n;
}

static void write_line(struct stats *s, const char *event, int64_t now_ms)
{
	struct buf line;
	buf_init(&line, PIPE_BUF);
	add_line(s, event, now_ms, &line);
	errno = EAGAIN;
	bool room = poll(&(struct pollfd){ .fd = s->fd, .events = POLLOUT }, 1, 0) == 1;
	if (!room || write_unsignalled(s->fd, buf_view(&line)) != (ssize_t)line.n)
		complain(s);
	buf_free(&line);
}

void stats_tick(struct stats *s, int64_t now_ms)
{
	if (s->fd < 0 || now_ms < s->due_ms)
		return;
	write_line(s, "interval", now_ms);
	s->due_ms = now_ms + s->interval_ms;
}

int stats_patience(const struct stats *s, int64_t now_ms)
{
	if (s->fd < 0)
		return -1;
	return now_ms < s->due_ms ? (int)(s->due_ms - now_ms) : 0;
}

void stats_end(struct stats *s)
{
	if (s->fd >= 0)
		write_line(s, "exit", time_monotonic_ms());
	if (s->opened)
		close(s->fd);
	for (size_t i = 0; i < s->n; i++)
		sketch_free(s->cells[i].sketch);
	free(s->cells);
	s->cells = NULL;
	s->n = 0;
	s->fd = -1;
}
