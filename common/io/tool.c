/* What every tool does first and last. */
#include "io/tool.h"

#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_MAX ((size_t)64 * 1024)

const char *const tool_log_formats[] = { "text", "json", NULL };
const char *const tool_shells[] = { "bash", NULL };
const char *tool_log_format, *tool_completion;
bool tool_help, tool_version;

/* The lowest free descriptor is what open() gives, so that going upwards each lands in its place. */
static void hold_closed_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Whether the command line asks for a page instead of work. */
static bool wants_page(void)
{
	return tool_help || tool_version || tool_completion;
}

/* Values of variables; a bad one must not stand in the way of --help. */
static const char *lookup(void *arg, const char *name)
{
	const struct tool *t = arg;
	return wants_page() || !t->config ? NULL : config_get(t->config, name);
}

/* Appends every line of text behind a lead, the first behind another. */
static void add_lines(struct buf *b, const char *first, const char *lead, const char *text)
{
	struct str rest = str_of(text), line;
	for (; rest.n > 0; first = lead) {
		rest = str_cut(rest, '\n', &line);
		buf_z(b, first);
		buf_str(b, line);
		buf_char(b, '\n');
	}
}

static void add_help(struct buf *b, const struct tool *t)
{
	char first[64], lead[64];
	snprintf(first, sizeof first, "usage: %s ", t->page->name);
	snprintf(lead, sizeof lead, "       %s ", t->page->name);
	add_lines(b, first, lead, t->page->synopsis);
	buf_char(b, '\n');
	add_lines(b, "", "", t->page->summary);
	buf_z(b, "\noptions:\n");
	options_help(t->options, b);
	buf_z(b, "\nexamples:\n");
	add_lines(b, "  ", "  ", t->page->examples);
}

static int print_page(struct tool *t)
{
	struct buf b;
	buf_init(&b, PAGE_MAX);
	if (tool_help)
		add_help(&b, t);
	else if (tool_version)
		buf_fmt(&b, "%s %s\n", t->page->name, ROS_VERSION_TEXT);
	else
		options_completion(t->options, t->page->name, &b);
	out_str(&t->out, buf_view(&b));
	buf_free(&b);
	return tool_end(t, ROS_DONE);
}

static int parse(struct tool *t, int argc, char **argv, char **environment, struct err *e)
{
	struct err later;
	int opened = config_open(&t->config, environment, &later);
	if (options_parse(t->options, argc, argv, lookup, t, &t->operands, &t->n_operands, e) != 0)
		return -1;
	t->log.json = strcmp(tool_log_format, "json") == 0;
	if (opened != 0 && !wants_page()) {
		*e = later;
		return -1;
	}
	return 0;
}

bool tool_begin(struct tool *t, const struct tool_page *page, const struct option *table, int argc, char **argv,
                char **environment, int *status)
{
	struct err e;
	hold_closed_descriptors();
	wait_install();
	*t = (struct tool){ .page = page, .options = table, .log = { .tool = page->name, .fd = STDERR_FILENO } };
	out_init(&t->out, STDOUT_FILENO, "standard output");
	tool_log_format = tool_log_formats[0];
	tool_completion = NULL;
	tool_help = tool_version = false;
	if (parse(t, argc, argv, environment, &e) != 0) {
		*status = tool_end(t, tool_fail(t, &e));
		return false;
	}
	if (!wants_page())
		return true;
	*status = print_page(t);
	return false;
}

/* A file system may tell of a lost write only when the file is closed. */
static int finish_output(struct out *o, struct err *e)
{
	if (out_flush(o, e) != 0)
		return -1;
	if (close(o->fd) != 0)
		return err_sys(e, ROS_IO, "cannot write %s", o->name);
	return 0;
}

int tool_end(struct tool *t, int status)
{
	struct err e;
	if (finish_output(&t->out, &e) != 0) {
		log_error(&t->log, "%s", e.text);
		status = status < ROS_IO ? ROS_IO : status;
	}
	out_free(&t->out);
	options_free(t->options);
	free(t->operands);
	config_close(t->config);
	return status;
}

int tool_fail(const struct tool *t, const struct err *e)
{
	log_error(&t->log, "%s", e->text);
	return e->status;
}
