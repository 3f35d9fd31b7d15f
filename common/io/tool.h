/*
 * What every tool does first and last: standard descriptors repaired, signals, configuration, options, --help, --version; at the end
 * stdout finished, the exit status settled. A tool's main() is: tool_begin, its own work, tool_end.
 */
#ifndef ROS_IO_TOOL_H
#define ROS_IO_TOOL_H

#include "base/err.h"
#include "io/config.h"
#include "io/log.h"
#include "io/options.h"
#include "io/out.h"

#include <stdbool.h>
#include <stddef.h>

/* What --help says around the option table. */
struct tool_page {
	const char *name;     /* ros-emit */
	const char *synopsis; /* "[option ...] [FILE ...]", one form a line */
	const char *summary;  /* one or two lines: what it does */
	const char *examples; /* lines that can be typed as they are */
};

struct tool {
	const struct tool_page *page;
	const struct option *options;
	struct config *config;
	struct log log;
	struct out out; /* stdout */
	const char **operands;
	size_t n_operands;
};

/*
 * Options that every tool has, to be put at the end of its table: --quiet, --verbose, --log-format, --completion, --help, --version.
 */
#define TOOL_OPTIONS(t) \
	{ "quiet", 'q', OPTION_FLAG, &(t)->log.quiet, NULL, "print errors only", NULL, 0, 0, NULL }, \
	{ "verbose", 'v', OPTION_FLAG, &(t)->log.verbose, NULL, "say what is done", NULL, 0, 0, NULL }, \
	{ "log-format", 0, OPTION_ENUM, &tool_log_format, "FORMAT", "messages as text or json", NULL, 0, 0, tool_log_formats }, \
	{ "completion", 0, OPTION_ENUM, &tool_completion, "SHELL", "print a completion script (bash)", NULL, 0, 0, tool_shells }, \
	{ "help", 'h', OPTION_FLAG, &tool_help, NULL, "print this help", NULL, 0, 0, NULL }, \
	{ "version", 'V', OPTION_FLAG, &tool_version, NULL, "print the version", NULL, 0, 0, NULL }, \
	{ 0 }

extern const char *tool_log_format, *tool_completion;
extern const char *const tool_log_formats[], *const tool_shells[];
extern bool tool_help, tool_version;

/*
 * Where this returns false, the tool returns *status from main() at once (help was printed, or the command line is unusable).
 * A closed descriptor 0, 1 or 2 is held by one on which every read or write fails, so that no file of ours lands there.
 */
bool tool_begin(struct tool *t, const struct tool_page *page, const struct option *table, int argc, char **argv, char **environment,
                int *status);

/*
 * Flushes and checks stdout, says what failed, frees; returns the exit status: the given one, but ROS_IO (74) where
 * output was lost and the given one is less.
 */
int tool_end(struct tool *t, int status);

/* Prints e's text as an error and returns its status: `return tool_end(&t, tool_fail(&t, &e));`. */
int tool_fail(const struct tool *t, const struct err *e);

#endif
