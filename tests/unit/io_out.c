/* io/out, io/log: what is written, in which pieces, and what is said when it cannot be. */
#include "io/out.h"

#include "../lib/unit.h"
#include "io/log.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Pairs of sockets that keep every write(2) apart, so that a test sees the pieces. */
static void packets(int fd[2])
{
	int room = 1 << 20;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) != 0)
		abort();
	setsockopt(fd[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

static ssize_t next_packet(int fd, char *to, size_t n)
{
	return recv(fd, to, n, MSG_DONTWAIT);
}

static void held_until_flushed(void)
{
	int fd[2];
	char got[100];
	struct out o;
	packets(fd);
	out_init(&o, fd[1], "test");
	out_z(&o, "a");
	out_str(&o, STR("b"));
	out_add(&o, "c", 1);
	out_fmt(&o, "%d\n", 7);
	CHECK(next_packet(fd[0], got, sizeof got) < 0);
	CHECK_INT(out_flush(&o, NULL), 0);
	ssize_t n = next_packet(fd[0], got, sizeof got);
	CHECK_INT(n, 5);
	CHECK(memcmp(got, "abc7\n", 5) == 0);
	CHECK_INT(out_flush(&o, NULL), 0);
	CHECK(next_packet(fd[0], got, sizeof got) < 0);
	out_free(&o);
	close(fd[0]);
	close(fd[1]);
}

/* 100 KB of lines: every packet ends in \n, has at most PIPE_BUF bytes, and together they are what was put in. */
static void pieces_of_whole_lines(void)
{
	int fd[2], bad = 0;
	char got[2 * PIPE_BUF], want[32];
	struct out o;
	struct buf all, back;
	packets(fd);
	out_init(&o, fd[1], "test");
	o.lines = true;
	buf_init(&all, 1 << 20);
	buf_init(&back, 1 << 20);
	for (int i = 0; i < 5000; i++) {
		int n = snprintf(want, sizeof want, "ack a stream %d\n", i * i);
		out_z(&o, "ack a stream ");
		out_fmt(&o, "%d\n", i * i);
		buf_add(&all, want, (size_t)n);
		for (ssize_t m; (m = next_packet(fd[0], got, sizeof got)) > 0;) {
			bad += m > PIPE_BUF || got[m - 1] != '\n';
			buf_add(&back, got, (size_t)m);
		}
	}
	CHECK(back.n > 0);
	CHECK_INT(out_flush(&o, NULL), 0);
	for (ssize_t m; (m = next_packet(fd[0], got, sizeof got)) > 0;) {
		bad += m > PIPE_BUF || got[m - 1] != '\n';
		buf_add(&back, got, (size_t)m);
	}
	CHECK_INT(bad, 0);
	CHECK(str_eq(buf_view(&all), buf_view(&back)));
	buf_free(&all);
	buf_free(&back);
	out_free(&o);
	close(fd[0]);
	close(fd[1]);
}

/* A line longer than PIPE_BUF is written alone and whole. */
static void long_line(void)
{
	int fd[2];
	char line[2 * PIPE_BUF], got[3 * PIPE_BUF];
	struct out o;
	packets(fd);
	out_init(&o, fd[1], "test");
	o.lines = true;
	memset(line, 'x', sizeof line);
	line[sizeof line - 1] = '\n';
	out_z(&o, "short\n");
	out_add(&o, line, sizeof line);
	out_z(&o, "short\n");
	CHECK_INT(out_flush(&o, NULL), 0);
	CHECK_INT(next_packet(fd[0], got, sizeof got), 6);
	CHECK_INT(next_packet(fd[0], got, sizeof got), sizeof line);
	CHECK_INT(next_packet(fd[0], got, sizeof got), 6);
	out_free(&o);
	close(fd[0]);
	close(fd[1]);
}

/* A piece that is larger than the buffer goes behind what is in it. */
static void large_piece(void)
{
	FILE *f = tmpfile();
	size_t n = 200000;
	char *bytes = malloc(n);
	struct out o;
	memset(bytes, 'x', n);
	out_init(&o, fileno(f), "test");
	out_z(&o, "begin");
	out_add(&o, bytes, n);
	out_z(&o, "end");
	CHECK_INT(out_flush(&o, NULL), 0);
	CHECK_INT(lseek(fileno(f), 0, SEEK_END), (int64_t)n + 8);
	CHECK_INT(pread(fileno(f), bytes, 6, 0), 6);
	CHECK(memcmp(bytes, "beginx", 6) == 0);
	CHECK_INT(pread(fileno(f), bytes, 4, (off_t)n + 4), 4);
	CHECK(memcmp(bytes, "xend", 4) == 0);
	out_free(&o);
	free(bytes);
	fclose(f);
}

static void failure_sticks(void)
{
	struct out o;
	struct err e;
	int fd = open("/dev/full", O_WRONLY);
	out_init(&o, fd, "standard output");
	CHECK_INT(out_flush(&o, &e), 0);
	out_z(&o, "x\n");
	CHECK_INT(out_flush(&o, &e), -1);
	CHECK_INT(e.status, ROS_IO);
	CHECK_STR(str_of(e.text), "cannot write standard output: no space left on device");
	o.fd = STDERR_FILENO;
	out_z(&o, "x\n");
	out_fmt(&o, "%s\n", "x");
	CHECK_INT(o.buf.n, 0);
	CHECK_INT(out_flush(&o, NULL), -1);
	out_free(&o);
	close(fd);
}

static void endless_line(void)
{
	struct out o;
	struct err e;
	static char megabyte[1 << 20];
	int fd = open("/dev/null", O_WRONLY);
	out_init(&o, fd, "test");
	o.lines = true;
	for (int i = 0; i < 65; i++)
		out_add(&o, megabyte, sizeof megabyte);
	CHECK_INT(out_flush(&o, &e), -1);
	CHECK_STR(str_of(e.text), "cannot write test: a line is too long");
	out_free(&o);
	close(fd);
}

/* What a log with these settings says of one error, one warning and one note. */
static struct str said(struct log l)
{
	static char text[4096];
	int fd[2];
	if (pipe(fd) != 0)
		abort();
	l.tool = "ros-test";
	l.fd = fd[1];
	log_error(&l, "cannot %s", "go\x1b[2J on\n");
	log_warn(&l, "careful");
	log_note(&l, "by the way");
	close(fd[1]);
	ssize_t n = read(fd[0], text, sizeof text);
	close(fd[0]);
	return (struct str){ text, n > 0 ? (size_t)n : 0 };
}

static void messages(void)
{
	CHECK_STR(said((struct log){ 0 }), "ros-test: cannot go?[2J on?\nros-test: careful\n");
	CHECK_STR(said((struct log){ .quiet = true, .verbose = true }), "ros-test: cannot go?[2J on?\n");
	CHECK_STR(said((struct log){ .verbose = true }),
	          "ros-test: cannot go?[2J on?\nros-test: careful\nros-test: by the way\n");
}

static void messages_as_json(void)
{
	struct log l = { .tool = "ros-test", .json = true };
	char text[512] = "";
	int fd[2];
	if (pipe(fd) != 0)
		abort();
	l.fd = fd[1];
	log_error(&l, "a \"quoted\" back\\slash \xff");
	CHECK(read(fd[0], text, sizeof text - 1) > 0);
	char *end = strstr(text, "Z\",");
	CHECK(str_starts(str_of(text), "{\"time\":\"20"));
	CHECK(end);
	CHECK_STR(str_of(end + 3),
	          "\"tool\":\"ros-test\",\"level\":\"error\",\"message\":\"a \\\"quoted\\\" back\\\\slash ?\"}\n");
	close(fd[0]);
	close(fd[1]);
}

static void message_without_reader(void)
{
	struct log l = { .tool = "ros-test", .fd = -1 };
	log_error(&l, "nobody hears this");
	CHECK_INT(l.fd, -1);
}

int main(void)
{
	RUN(held_until_flushed);
	RUN(pieces_of_whole_lines);
	RUN(long_line);
	RUN(large_piece);
	RUN(failure_sticks);
	RUN(endless_line);
	RUN(messages);
	RUN(messages_as_json);
	RUN(message_without_reader);
	return unit_done();
}
