/* io/lines, io/wait: lines from pipes and files; a stop in between. */
#include "io/lines.h"

#include "../lib/unit.h"
#include "io/wait.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A pipe that holds these bytes; its end to write is in *to. */
static int pipe_with(struct str bytes, int *to)
{
	int fd[2];
	if (pipe(fd) != 0 || write(fd[1], bytes.p, bytes.n) != (ssize_t)bytes.n)
		abort();
	*to = fd[1];
	return fd[0];
}

/* A file that holds these bytes, without a name. */
static int file_with(struct str bytes)
{
	FILE *f = tmpfile();
	int fd = f ? dup(fileno(f)) : -1;
	if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	fclose(f);
	return fd;
}

#define EXPECT(l, event, text) \
	do { \
		struct str line_ = { "", 0 }; \
		struct err e_; \
		CHECK_INT(lines_next(l, 0, &line_, &e_), event); \
		CHECK_STR(line_, text); \
	} while (0)

static void whole_lines(void)
{
	struct lines l;
	int fd = file_with(STR("one\n\ntwo\r\nlast"));
	lines_init(&l, fd, "test", 100);
	EXPECT(&l, LINES_LINE, "one");
	EXPECT(&l, LINES_LINE, "");
	EXPECT(&l, LINES_LINE, "two\r");
	CHECK_INT(l.number, 3);
	EXPECT(&l, LINES_LAST, "last");
	CHECK_INT(l.number, 4);
	EXPECT(&l, LINES_END, "");
	EXPECT(&l, LINES_END, "");
	lines_free(&l);
	close(fd);
}

static void empty_input(void)
{
	struct lines l;
	int fd = file_with(STR(""));
	lines_init(&l, fd, "test", 100);
	EXPECT(&l, LINES_END, "");
	CHECK_INT(l.number, 0);
	lines_free(&l);
	close(fd);
}

static void too_long(void)
{
	struct lines l;
	int fd = file_with(STR("12345\n123456\n12345\n1234567890"));
	lines_init(&l, fd, "test", 5);
	EXPECT(&l, LINES_LINE, "12345");
	EXPECT(&l, LINES_TOO_LONG, "");
	CHECK_INT(l.number, 2);
	EXPECT(&l, LINES_LINE, "12345");
	EXPECT(&l, LINES_TOO_LONG, "");
	EXPECT(&l, LINES_END, "");
	lines_free(&l);
	close(fd);
}

/* Ten million bytes in one line, in a buffer much smaller than that. */
static void far_too_long(void)
{
	size_t n = 10000000;
	char *bytes = malloc(n + 6);
	memset(bytes, 'x', n);
	memcpy(bytes + n, "\nnext\n", 6);
	int fd = file_with((struct str){ bytes, n + 6 });
	struct lines l;
	lines_init(&l, fd, "test", 1000);
	EXPECT(&l, LINES_TOO_LONG, "");
	EXPECT(&l, LINES_LINE, "next");
	EXPECT(&l, LINES_END, "");
	CHECK(l.cap < 1000000);
	lines_free(&l);
	close(fd);
	free(bytes);
}

/* Lines of all lengths across the ends of many reads; every byte is checked. */
static void many_reads(void)
{
	enum { COUNT = 3000 };
	size_t n = 0;
	char *bytes = malloc((size_t)COUNT * COUNT);
	for (int i = 0; i < COUNT; i++) {
		memset(bytes + n, 'a' + i % 26, (size_t)i);
		n += (size_t)i;
		bytes[n++] = '\n';
	}
	int fd = file_with((struct str){ bytes, n }), wrong = 0;
	struct lines l;
	struct str line;
	lines_init(&l, fd, "test", COUNT);
	for (int i = 0; i < COUNT; i++) {
		if (lines_next(&l, -1, &line, NULL) != LINES_LINE || line.n != (size_t)i)
			wrong++;
		for (size_t j = 0; j < line.n; j++)
			wrong += line.p[j] != 'a' + i % 26;
	}
	CHECK_INT(wrong, 0);
	EXPECT(&l, LINES_END, "");
	lines_free(&l);
	close(fd);
	free(bytes);
}

static void idle_then_more(void)
{
	struct lines l;
	int to, from = pipe_with(STR("one\ntw"), &to);
	lines_init(&l, from, "test", 100);
	EXPECT(&l, LINES_LINE, "one");
	EXPECT(&l, LINES_IDLE, "");
	EXPECT(&l, LINES_IDLE, "");
	CHECK_INT(write(to, "o\n", 2), 2);
	EXPECT(&l, LINES_LINE, "two");
	close(to);
	EXPECT(&l, LINES_END, "");
	lines_free(&l);
	close(from);
}

static void unreadable(void)
{
	struct lines l;
	struct str line;
	struct err e;
	int fd = open("/dev/null", O_WRONLY), dir = open("/", O_RDONLY);
	lines_init(&l, fd, "standard input", 100);
	CHECK_INT(lines_next(&l, -1, &line, &e), LINES_ERROR);
	CHECK_INT(e.status, ROS_IO);
	CHECK_STR(str_of(e.text), "cannot read standard input: bad file descriptor");
	lines_free(&l);
	lines_init(&l, dir, "/", 100);
	CHECK_INT(lines_next(&l, -1, &line, &e), LINES_ERROR);
	CHECK_INT(e.status, ROS_INPUT);
	lines_free(&l);
	close(fd);
	close(dir);
}

/*
 * Runs `test` in a process of its own, as what it does to signals cannot be taken back; its result is the exit
 * status.
 */
static int in_child(int (*test)(void))
{
	int status = -1;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		exit(test());
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* The whole lines that are in the buffer still come; then the stop, again and again, although more could be read. */
static int stop_between_lines(void)
{
	struct lines l;
	struct str line;
	int to, from = pipe_with(STR("1\n2\n3"), &to);
	wait_install();
	lines_init(&l, from, "test", 100);
	bool good = !wait_stopping() && lines_next(&l, -1, &line, NULL) == LINES_LINE;
	raise(SIGTERM);
	good = good && lines_next(&l, -1, &line, NULL) == LINES_LINE && str_is(line, "2");
	good = good && write(to, "\n", 1) == 1;
	good = good && lines_next(&l, -1, &line, NULL) == LINES_STOP && lines_next(&l, -1, &line, NULL) == LINES_STOP;
	lines_free(&l);
	return good && wait_stopping();
}

static int stop_while_waiting(void)
{
	int to, from = pipe_with(STR(""), &to);
	wait_install();
	pid_t self = getpid();
	if (fork() == 0)
		_exit(kill(self, SIGINT));
	return wait_fd(from, POLLIN, 60000) == WAIT_STOP && wait_fd(-1, 0, 60000) == WAIT_STOP;
}

static int ignored_stays_ignored(void)
{
	signal(SIGINT, SIG_IGN);
	wait_install();
	raise(SIGINT);
	return !wait_stopping() && wait_fd(-1, 0, 1) == WAIT_TIMEOUT;
}

static void stops(void)
{
	CHECK_INT(in_child(stop_between_lines), 1);
	CHECK_INT(in_child(stop_while_waiting), 1);
	CHECK_INT(in_child(ignored_stays_ignored), 1);
}

static void waits(void)
{
	int to, from = pipe_with(STR(""), &to);
	int64_t none = wait_fd(from, POLLIN, 0);
	CHECK_INT(none, WAIT_TIMEOUT);
	CHECK_INT(wait_fd(to, POLLOUT, -1), WAIT_READY);
	close(to);
	CHECK_INT(wait_fd(from, POLLIN, -1), WAIT_READY);
	close(from);
}

int main(void)
{
	RUN(whole_lines);
	RUN(empty_input);
	RUN(too_long);
	RUN(far_too_long);
	RUN(many_reads);
	RUN(idle_then_more);
	RUN(unreadable);
	RUN(stops);
	RUN(waits);
	return unit_done();
}
