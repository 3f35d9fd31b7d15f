/*
 * ros-consume: entries of the bus, by a consumer group, to envelope lines on stdout. An entry stays pending until ros-ack
 * acknowledges it, so what the tools behind this one lose on the way comes again: first what was pending under this
 * consumer's name, then what is new.
 */
#include "bus/carry.h"
#include "bus/consumer.h"
#include "bus/id.h"
#include "bus/pace.h"
#include "bus/setup.h"
#include "io/tool.h"
#include "io/wait.h"

#include <inttypes.h>

struct consume {
	struct tool *tool;
	struct bus *bus;
	struct consumer consumer;
	struct json_reader *reader;
	struct buf line;
	char last[ID_TEXT]; /* id of the entry that came last */
	int64_t left;        /* entries that may still be asked for */
	struct pace pace;
	int status;
};

static struct tool tool;
static struct bus_setup setup = BUS_SETUP_DEFAULTS;
static int64_t count = INT64_MAX, batch = 1000, block_ms = 5000;
static const char *consumer_name;
static bool follow;

static const struct option options[] = {
	{ "follow", 'f', OPTION_FLAG, &follow, NULL, "wait for more instead of ending when the stream is drained", NULL, 0, 0, NULL },
	{ "count", 'n', OPTION_INT, &count, "N", "end after so many entries", NULL, 1, INT64_MAX, NULL },
	{ "batch", 0, OPTION_INT, &batch, "N", "most entries asked for at a time (default 1000)", "INSIGHTS_BATCH_SIZE", 1, 100000, NULL },
	{ "block", 0, OPTION_INT, &block_ms, "MS", "with --follow: longest single wait (default 5000)", "INSIGHTS_BLOCK_TIMEOUT_MS",
	  1, 3600000, NULL },
	{ "consumer", 'c', OPTION_TEXT, &consumer_name, "NAME", "name in the group (default: host and lowest free number)", NULL, 0, 0,
	  NULL },
	BUS_OPTIONS(&setup),
	BUS_GROUP_OPTION(&setup),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-consume",
	.synopsis = "[option ...]",
	.summary = "Prints the entries of the bus that its consumer group has not acknowledged, as envelope lines.",
	.examples = "ros-consume | ros-aggregate | ros-ack\n"
	            "ros-consume --follow | ros-aggregate | ros-ack\n",
};

/* Pending, but trimmed away before it was acknowledged: it is gone, and nobody may take it for done. */
static void report_loss(struct consume *c, struct str id)
{
	log_error(&c->tool->log, "%s: entry %.*s is lost: it was pending and is no longer in the stream", setup.stream, STR_ARG(id));
	c->status = ROS_REFUSED;
}

static int deliver(void *arg, const struct bus_entry *entry, struct err *e)
{
	struct consume *c = arg;
	snprintf(c->last, sizeof c->last, "%.*s", STR_ARG(entry->id));
	c->left--;
	pace_note(&c->pace, entry);
	if (entry->n_fields == 0) {
		report_loss(c, entry->id);
		return 0;
	}
	struct envelope env = { .stream = str_of(setup.stream), .group = str_of(setup.group) };
	const struct json *event = carry_entry(c->reader, entry, &env);
	buf_clear(&c->line);
	carry_write(&c->line, &env, event);
	if (!buf_ok(&c->line))
		return err_set(e, ROS_BUG, "entry %.*s: no room for its envelope", STR_ARG(entry->id));
	out_str(&c->tool->out, buf_view(&c->line));
	return 0;
}

static int next_count(struct consume *c)
{
	return pace_next(&c->pace, c->left < batch ? c->left : batch);
}

/* False: time to end; what failed is said. */
static bool settle(struct consume *c, int came, const struct err *e)
{
	bool written = out_flush(&c->tool->out, NULL) == 0; /* tool_end() says it */
	if (came < 0)
		c->status = tool_fail(c->tool, e);
	return came >= 0 && written && c->left > 0 && !wait_stopping();
}

/* What an earlier run under this name left pending. False: time to end. */
static bool deliver_own(struct consume *c)
{
	struct err e;
	int came;
	bool go_on;
	snprintf(c->last, sizeof c->last, "0");
	do {
		char after[ID_TEXT];
		memcpy(after, c->last, sizeof after);
		came = bus_read_own(c->bus, c->consumer.name, str_of(after), next_count(c), deliver, c, &e);
		go_on = settle(c, came, &e);
	} while (go_on && came > 0);
	return go_on;
}

static void deliver_new(struct consume *c)
{
	struct err e;
	int came;
	do
		came = bus_read_new(c->bus, c->consumer.name, next_count(c), follow ? (int)block_ms : 0, deliver, c, &e);
	while (settle(c, came, &e) && (came > 0 || follow));
}

static void run(struct consume *c)
{
	struct err e;
	const char *dir;
	if (config_state_dir(c->tool->config, &dir, &e) || consumer_take(&c->consumer, dir, consumer_name, &e) ||
	    bus_setup_open(&setup, c->tool->config, &c->bus, &e) || bus_group_create(c->bus, &e)) {
		c->status = tool_fail(c->tool, &e);
		return;
	}
	log_note(&c->tool->log, "consumer %s of group %s, stream %s", c->consumer.name, setup.group, setup.stream);
	if (deliver_own(c))
		deliver_new(c);
}

int main(int argc, char **argv, char **environment)
{
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	struct consume c = { .tool = &tool, .consumer.lock = -1, .left = count };
	c.reader = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&c.line, (size_t)16 << 20);
	if (tool.n_operands > 0) {
		log_error(&tool.log, "unexpected operand: %s", tool.operands[0]);
		c.status = ROS_USAGE;
	} else {
		run(&c);
	}
	bus_close(c.bus);
	bus_setup_free(&setup);
	consumer_release(&c.consumer);
	buf_free(&c.line);
	json_reader_free(c.reader);
	return tool_end(&tool, c.status);
}
