/* What a tool tells of itself: the lines, when they come, and that nothing about them stops the tool. */
#include "stats/stats.h"

#include "../lib/unit.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "json/reader.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PUBLISHED, QUEUE_DEPTH, PUBLISH_MS };

static const struct stats_item items[] = {
	[PUBLISHED] = { "published", STATS_COUNTER },
	[QUEUE_DEPTH] = { "queue_depth", STATS_GAUGE },
	[PUBLISH_MS] = { "publish_ms", STATS_LATENCY },
	{ 0 },
};

static struct json_reader *reader;
static struct log out_log = { .tool = "ros-test" };
static int warnings; /* read end of what the log writes to */
static char dir[64], path[96];

/* The text of the next warnings, or nothing. */
static struct str warned(void)
{
	static char text[4096];
	ssize_t n = read(warnings, text, sizeof text);
	return (struct str){ text, n > 0 ? (size_t)n : 0 };
}

static struct stats begun(const char *where)
{
	struct stats s = STATS_DEFAULTS;
	struct err e;
	s.where = where;
	CHECK_INT(stats_begin(&s, &out_log, items, &e), 0);
	return s;
}

/* Takes the next line off a pipe. */
static const struct json *next_line(int fd)
{
	static char line[8192];
	size_t n = 0;
	while (n < sizeof line && read(fd, line + n, 1) == 1 && line[n] != '\n')
		n++;
	struct json_fault fault;
	return n > 0 ? json_read(reader, (struct str){ line, n }, &fault) : NULL;
}

static struct str raw(const struct json *line, const char *name)
{
	const struct json *v = json_at(reader, line, name);
	return v ? v->raw : (struct str){ NULL, 0 };
}

static bool between(struct str number, int64_t lo, int64_t hi)
{
	int64_t v;
	return number.n > 0 && num_scaled(number, 0, &v, NULL) && v >= lo && v <= hi;
}

/* A pipe, and the statistics on its write end. */
static struct stats piped(int fd[2])
{
	static char number[16];
	if (pipe2(fd, O_NONBLOCK) != 0)
		abort();
	snprintf(number, sizeof number, "%d", fd[1]);
	return begun(number);
}

static void off_without_the_option(void)
{
	struct stats s = begun(NULL);
	stats_add(&s, PUBLISHED, 1);
	stats_set(&s, QUEUE_DEPTH, 1);
	stats_time(&s, PUBLISH_MS, 1);
	stats_tick(&s, INT64_MAX);
	stats_end(&s);
	CHECK_INT(warned().n, 0);
}

static void a_line_has_all_figures(void)
{
	int fd[2];
	char pid[16];
	struct stats s = piped(fd);
	stats_add(&s, PUBLISHED, 3);
	stats_add(&s, PUBLISHED, 4);
	for (int64_t ms = 1; ms <= 1000; ms++)
		stats_time(&s, PUBLISH_MS, ms);
	stats_end(&s);
	const struct json *line = next_line(fd[0]);
	int64_t ms;
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	CHECK(time_parse(json_at(reader, line, "time")->text, &ms));
	CHECK_STR(raw(line, "tool"), "\"ros-test\"");
	CHECK_STR(raw(line, "pid"), pid);
	CHECK_STR(raw(line, "event"), "\"exit\"");
	CHECK(raw(line, "seconds").n > 0);
	CHECK_STR(raw(line, "published"), "7");
	CHECK_STR(raw(line, "queue_depth"), "null");
	CHECK_STR(raw(line, "publish_ms/count"), "1000");
	CHECK_STR(raw(line, "publish_ms/min"), "1");
	CHECK_STR(raw(line, "publish_ms/max"), "1000");
	CHECK(between(raw(line, "publish_ms/p50"), 495, 505));
	CHECK(between(raw(line, "publish_ms/p95"), 940, 960));
	CHECK(between(raw(line, "publish_ms/p99"), 980, 1000));
	CHECK(fcntl(fd[1], F_GETFD) >= 0); /* a descriptor is not ours to close */
	close(fd[0]);
	close(fd[1]);
}

static void latencies_stay_within_what_was_seen(void)
{
	int fd[2];
	struct stats s = piped(fd);
	stats_tick(&s, s.due_ms);
	stats_time(&s, PUBLISH_MS, 1);
	stats_end(&s);
	CHECK_STR(raw(next_line(fd[0]), "publish_ms"), "{\"count\":0}");
	CHECK_STR(raw(next_line(fd[0]), "publish_ms"), "{\"count\":1,\"min\":1,\"p50\":1,\"p95\":1,\"p99\":1,\"max\":1}");
	s = begun(s.where);
	stats_time(&s, PUBLISH_MS, -5);
	stats_end(&s);
	CHECK_STR(raw(next_line(fd[0]), "publish_ms/max"), "0");
	close(fd[0]);
	close(fd[1]);
}

static void lines_come_at_the_interval_and_go_on_counting(void)
{
	int fd[2];
	struct stats s = piped(fd);
	int64_t start = s.start_ms;
	stats_add(&s, PUBLISHED, 1);
	stats_set(&s, QUEUE_DEPTH, 9);
	stats_tick(&s, start);
	stats_tick(&s, start + 9999);
	CHECK(!next_line(fd[0]));
	stats_tick(&s, start + 10000);
	stats_tick(&s, start + 19999);
	const struct json *line = next_line(fd[0]);
	CHECK_STR(raw(line, "event"), "\"interval\"");
	CHECK_STR(raw(line, "seconds"), "10");
	CHECK_STR(raw(line, "published"), "1");
	CHECK_STR(raw(line, "queue_depth"), "9");
	CHECK(!next_line(fd[0]));
	stats_add(&s, PUBLISHED, 1);
	stats_set(&s, QUEUE_DEPTH, 0);
	stats_tick(&s, start + 20500);
	line = next_line(fd[0]);
	CHECK_STR(raw(line, "seconds"), "20.5");
	CHECK_STR(raw(line, "published"), "2");
	CHECK_STR(raw(line, "queue_depth"), "0");
	stats_end(&s);
	CHECK_STR(raw(next_line(fd[0]), "event"), "\"exit\"");
	close(fd[0]);
	close(fd[1]);
}

static void a_file_is_private_and_appended_to(void)
{
	struct stat st;
	struct stats one = begun(path), two = begun(path);
	stats_end(&one);
	stats_end(&two);
	int fd = open(path, O_RDONLY);
	CHECK(fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0600);
	CHECK(next_line(fd) && next_line(fd) && !next_line(fd));
	close(fd);
	unlink(path);
	CHECK_INT(warned().n, 0);
}

static void a_number_that_is_no_descriptor_is_refused(void)
{
	int fd[2];
	char reading[16];
	if (pipe(fd) != 0)
		abort();
	snprintf(reading, sizeof reading, "%d", fd[0]);
	const char *const bad[] = { "0", "1", "9999", reading };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct stats s = STATS_DEFAULTS;
		struct err e;
		s.where = bad[i];
		CHECK_INT(stats_begin(&s, &out_log, items, &e), -1);
		CHECK_INT(e.status, ROS_USAGE);
		stats_end(&s);
	}
	close(fd[0]);
	close(fd[1]);
}

/* Three lines to a place where none can be written: one warning. */
static void fails_quietly(struct stats s, const char *message)
{
	stats_add(&s, PUBLISHED, 1);
	stats_tick(&s, s.due_ms);
	stats_tick(&s, s.due_ms);
	stats_end(&s);
	CHECK_STR(warned(), message);
}

static void what_cannot_be_written_is_said_once(void)
{
	fails_quietly(begun("/dev/full"), "ros-test: cannot write statistics to /dev/full: no space left on device\n");
	fails_quietly(begun("/nowhere/stats"), "ros-test: cannot write statistics to /nowhere/stats: no such file or directory\n");
}

static void a_fifo_without_reader_is_no_wait(void)
{
	char message[256];
	CHECK_INT(mkfifo(path, 0600), 0);
	snprintf(message, sizeof message, "ros-test: cannot write statistics to %s: no such device or address\n", path);
	fails_quietly(begun(path), message);
	unlink(path);
}

static void a_reader_that_left_is_no_signal(void)
{
	int fd[2];
	char message[256];
	struct stats s = piped(fd);
	close(fd[0]);
	snprintf(message, sizeof message, "ros-test: cannot write statistics to %s: broken pipe\n", s.where);
	fails_quietly(s, message);
	sigset_t pending;
	CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGPIPE));
	close(fd[1]);
}

/* The write end blocks, as an inherited one does. */
static void a_full_pipe_is_no_wait(void)
{
	int fd[2];
	char page[4096] = { 0 }, message[256];
	struct stats s = piped(fd);
	while (write(fd[1], page, sizeof page) > 0)
		;
	fcntl(fd[1], F_SETFL, 0);
	snprintf(message, sizeof message, "ros-test: cannot write statistics to %s: resource temporarily unavailable\n", s.where);
	fails_quietly(s, message);
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	int log_pipe[2];
	const char *tmp = getenv("TMPDIR");
	snprintf(dir, sizeof dir, "%s/ros-stats-XXXXXX", tmp ? tmp : "/tmp");
	if (pipe2(log_pipe, O_NONBLOCK) != 0 || !mkdtemp(dir))
		abort();
	warnings = log_pipe[0];
	out_log.fd = log_pipe[1];
	snprintf(path, sizeof path, "%s/stats", dir);
	reader = json_reader_new((struct json_limits){ .bytes = 8192, .depth = 8, .nodes = 100 });
	RUN(off_without_the_option);
	RUN(a_line_has_all_figures);
	RUN(latencies_stay_within_what_was_seen);
	RUN(lines_come_at_the_interval_and_go_on_counting);
	RUN(a_file_is_private_and_appended_to);
	RUN(a_number_that_is_no_descriptor_is_refused);
	RUN(what_cannot_be_written_is_said_once);
	RUN(a_fifo_without_reader_is_no_wait);
	RUN(a_reader_that_left_is_no_signal);
	RUN(a_full_pipe_is_no_wait);
	rmdir(dir);
	json_reader_free(reader);
	return unit_done();
}
