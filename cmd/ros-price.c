/* ros-price: event lines in, event lines out; a cost that is missing is filled in from a price map. */
#include "base/uuid.h"
#include "event/event.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/tool.h"
#include "io/wait.h"
#include "price/fill.h"

#include <inttypes.h>
#include <unistd.h>

#define PRICED_MAX (2 * EVENT_LINE_MAX) /* room for what is filled in */
#define LINGER_MS 1                       /* so long without input, and what is priced goes out */

struct prices {
	struct price_map *map;
	struct json_reader *reader;
	struct buf line;
	const char *file; /* the operand being read; NULL: standard input without operands */
	uint64_t refused, counts[PRICE_UNKNOWN + 1];
};

static struct tool tool;
static const char *map_file;
static struct option_time at;

static const struct option options[] = {
	{ "map", 'm', OPTION_TEXT, &map_file, "FILE", "price map, of LiteLLM or of genai-prices", NULL, 0, 0, NULL },
	{ "at", 0, OPTION_TIME, &at, "TIME", "prices of that time (default: of the event's)", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool)
};

static const struct tool_page page = {
	.name = "ros-price",
	.synopsis = "--map FILE [option ...] [FILE ...]",
	.summary = "Fills in the cost of events that have none, from a price map. A cost that is there stays as it is;\n"
	           "what has no price in the map stays unknown, never 0.",
	.examples = "ros-import --from provider-calls calls.jsonl | ros-price --map prices.json | ros-emit\n"
	            "ros-price --map genai-prices.json --at 2026-07-01 events.jsonl",
};

/* Names a refused line by its rule and, where it is an event, by its id; never by its content. */
static void refuse(struct prices *p, uint64_t line, const struct json_fault *fault, const struct json *root)
{
	const struct json *id = json_get(p->reader, root, STR("invocation_id"));
	struct buf text;
	struct uuid uuid;
	buf_init(&text, 8192);
	if (p->file)
		buf_fmt(&text, "%s: ", p->file);
	buf_fmt(&text, "line %" PRIu64 ": %s%s%s", line, fault->pointer, fault->pointer[0] ? ": " : "", fault->rule);
	if (fault->offset > 0)
		buf_fmt(&text, " at byte %zu", fault->offset + 1);
	if (id && id->type == JSON_STRING && uuid_parse(id->text, &uuid))
		buf_fmt(&text, " (invocation_id %.*s)", STR_ARG(id->text));
	log_error(&tool.log, "%s", buf_cstr(&text));
	buf_free(&text);
	p->refused++;
}

static void take_line(struct prices *p, struct str text, uint64_t number)
{
	struct json_fault fault;
	struct event ev;
	if (str_trim(text).n == 0)
		return;
	const struct json *root = json_read(p->reader, text, &fault);
	if (!root || !event_check(p->reader, root, &ev, &fault)) {
		refuse(p, number, &fault, root);
		return;
	}
	buf_clear(&p->line);
	p->counts[price_fill(p->map, p->reader, &ev, at.given ? at.ms : ev.time_ms, &p->line)]++;
	out_str(&tool.out, buf_view(&p->line));
}

static int take_lines(struct prices *p, struct lines *in, struct err *e)
{
	static const struct json_fault too_long = { .rule = "size" };
	bool written = true;
	for (;;) {
		struct str text;
		switch (lines_next(in, written ? -1 : LINGER_MS, &text, e)) {
		case LINES_LINE:
		case LINES_LAST:
			take_line(p, text, in->number);
			written = false;
			break;
		case LINES_TOO_LONG:
			refuse(p, in->number, &too_long, NULL);
			break;
		case LINES_IDLE:
			if (out_flush(&tool.out, e) != 0)
				return -1;
			written = true;
			break;
		case LINES_STOP:
			log_warn(&tool.log, "stopped by a signal after line %" PRIu64, in->number);
			return 0;
		case LINES_END:
			return 0;
		case LINES_ERROR:
			return -1;
		}
	}
}

static int take_file(struct prices *p, const char *path, struct err *e)
{
	struct lines in;
	const char *name;
	int fd;
	if (file_open_input(path, &fd, &name, e) != 0)
		return -1;
	lines_init(&in, fd, name, EVENT_LINE_MAX);
	int rc = take_lines(p, &in, e);
	lines_free(&in);
	if (fd != STDIN_FILENO)
		close(fd);
	return rc;
}

static int take_files(struct prices *p, struct err *e)
{
	if (tool.n_operands == 0)
		return take_file(p, "-", e);
	for (size_t i = 0; i < tool.n_operands && !wait_stopping(); i++) {
		p->file = tool.operands[i];
		if (take_file(p, p->file, e) != 0)
			return -1;
	}
	return 0;
}

static int run(struct err *e)
{
	struct prices p = { 0 };
	if (!map_file)
		return err_set(e, ROS_USAGE, "--map is needed: a price map");
	if (price_map_open(&p.map, map_file, e) != 0)
		return -1;
	p.reader = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&p.line, PRICED_MAX);
	int rc = take_files(&p, e);
	log_note(&tool.log, "%" PRIu64 " costs filled in, %" PRIu64 " unknown, %" PRIu64 " events kept as they were", p.counts[PRICE_FILLED],
	         p.counts[PRICE_UNKNOWN], p.counts[PRICE_KEPT]);
	buf_free(&p.line);
	json_reader_free(p.reader);
	price_map_close(p.map);
	return rc == 0 && p.refused > 0 ? ROS_REFUSED : rc;
}

int main(int argc, char **argv, char **environment)
{
	struct err e;
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	status = run(&e);
	if (status < 0)
		status = tool.out.err.text[0] ? ROS_IO : tool_fail(&tool, &e);
	return tool_end(&tool, status);
}
