/*
 * ros-ack: ack lines from stdin to acknowledgements on the bus; `bad` lines move their entry to the dead letters. A line
 * that does not get here acknowledges nothing, so its entry is delivered again.
 */
#include "base/timefmt.h"
#include "bus/backoff.h"
#include "bus/carry.h"
#include "bus/id.h"
#include "bus/setup.h"
#include "event/lines.h"
#include "io/lines.h"
#include "io/tool.h"
#include "io/wait.h"

#include <inttypes.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH 1000
#define LINE_BYTES 4096

struct acker {
	struct tool *tool;
	struct bus *bus;
	char text[BATCH][ID_TEXT]; /* where ids[i] is */
	struct str ids[BATCH];
	size_t n;
	uint64_t asked, done; /* entries: to be acknowledged, and that were pending */
	struct backoff backoff;
	int64_t failing_since; /* 0: the bus answers */
	int status;
	bool over;
};

static struct tool tool;
static struct bus_setup setup = BUS_SETUP_DEFAULTS;

static const struct option options[] = {
	BUS_OPTIONS(&setup),
	BUS_GROUP_OPTION(&setup),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-ack",
	.synopsis = "[option ...]",
	.summary = "Acknowledges the entries that the ack lines on standard input name, and moves bad ones to the dead letters.",
	.examples = "ros-consume | ros-aggregate | ros-ack\n",
};

static void refuse(struct acker *a, uint64_t line, const char *why)
{
	log_error(&a->tool->log, "line %" PRIu64 ": %s", line, why);
	a->status = ROS_REFUSED;
}

static void give_up(struct acker *a, size_t missed, const struct err *e)
{
	a->status = tool_fail(a->tool, e);
	log_error(&a->tool->log, "not acknowledged: %zu %s, and all that the lines behind name; they will be delivered again", missed,
	          missed == 1 ? "entry" : "entries");
	a->n = 0;
	a->over = true;
}

/* Whether more lines may come: somebody still has the other end of the pipe. */
static bool has_writer(void)
{
	struct pollfd p = { .fd = STDIN_FILENO };
	struct stat st;
	return fstat(STDIN_FILENO, &st) == 0 && S_ISFIFO(st.st_mode) && poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
}

/*
 * Whether to try again after a failure, when it is time. While lines may come it is never too late: who writes them waits meanwhile. At their
 * end, a bus that was reached before is tried until the time-out is over.
 */
static bool recover(struct acker *a, const struct err *e)
{
	int64_t now = time_monotonic_ms();
	if (!backoff_helps(e) || wait_stopping() || (!a->bus && !has_writer()))
		return false;
	if (a->failing_since == 0) {
		a->failing_since = now;
		log_warn(&a->tool->log, "%s: trying again", e->text);
	}
	if (now - a->failing_since >= setup.timeout_ms && !has_writer())
		return false;
	wait_fd(-1, 0, backoff_next(&a->backoff));
	return !wait_stopping();
}

static void note_done(struct acker *a, size_t asked, int done)
{
	a->asked += asked;
	a->done += (uint64_t)done;
	a->failing_since = 0;
	backoff_reset(&a->backoff);
}

static void acknowledge(struct acker *a)
{
	struct err e;
	int done = -1;
	if (a->n == 0)
		return;
	do
		done = bus_ack(a->bus, a->ids, a->n, &e);
	while (done < 0 && recover(a, &e));
	if (done < 0) {
		give_up(a, a->n, &e);
		return;
	}
	note_done(a, a->n, done);
	a->n = 0;
}

static void bury(struct acker *a, const struct ack *bad)
{
	struct err e;
	int done;
	do
		done = bus_dead(a->bus, bad->id, bad->reason, carry_kept(bad->reason), &e);
	while (done < 0 && recover(a, &e));
	if (done < 0)
		give_up(a, a->n + 1, &e);
	else
		note_done(a, 1, done);
}

static void take_line(struct acker *a, struct str text, uint64_t line)
{
	struct ack ack;
	struct entry_id id;
	if (!ack_read(text, &ack) || !id_parse(ack.id, 0, &id)) {
		refuse(a, line, "not an ack line");
	} else if (!str_is(ack.stream, setup.stream) || !str_is(ack.group, setup.group)) {
		refuse(a, line, "of another stream or group");
	} else if (ack.reason.p) {
		bury(a, &ack);
	} else {
		memcpy(a->text[a->n], ack.id.p, ack.id.n);
		a->ids[a->n] = (struct str){ a->text[a->n], ack.id.n };
		if (++a->n == BATCH)
			acknowledge(a);
	}
}

static void take_lines(struct acker *a, struct lines *in)
{
	enum lines_event what = LINES_LINE;
	while (!a->over && what != LINES_END && what != LINES_STOP && what != LINES_ERROR) {
		struct str text;
		struct err e;
		what = lines_next(in, a->n > 0 ? 0 : -1, &text, &e);
		if (what == LINES_LINE)
			take_line(a, text, in->number);
		else if (what == LINES_TOO_LONG)
			refuse(a, in->number, "not an ack line");
		else if (what == LINES_LAST)
			log_warn(&a->tool->log, "line %" PRIu64 ": cut off, ignored", in->number);
		else
			acknowledge(a);
		if (what == LINES_ERROR)
			a->status = tool_fail(a->tool, &e);
	}
}

static void run(struct acker *a)
{
	struct err e;
	int rc = bus_setup_settle(&setup, a->tool->config, &e);
	if (rc == 0)
		do
			rc = bus_open(&a->bus, &setup.settings, &e);
		while (rc < 0 && recover(a, &e));
	if (rc < 0) {
		a->status = tool_fail(a->tool, &e);
		return;
	}
	a->failing_since = 0;
	struct lines in;
	lines_init(&in, STDIN_FILENO, "standard input", LINE_BYTES);
	take_lines(a, &in);
	lines_free(&in);
	if (a->asked > 0 && a->done == 0) {
		char name[256];
		bus_name(setup.settings.url, name, sizeof name);
		log_warn(&a->tool->log, "nothing acknowledged: none of %" PRIu64 " entries was pending on %s: another bus?", a->asked,
		         name);
	}
}

int main(int argc, char **argv, char **environment)
{
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	static struct acker a;
	a.tool = &tool;
	if (tool.n_operands > 0) {
		log_error(&tool.log, "unexpected operand: %s", tool.operands[0]);
		a.status = ROS_USAGE;
	} else {
		run(&a);
	}
	bus_close(a.bus);
	bus_setup_free(&setup);
	return tool_end(&tool, a.status);
}
