/*
 * Command lines. One table a tool gives parsing, --help and shell completions; a script holds the man page against it.
 * Long and short options, no abbreviations, `--name VALUE` and `--name=VALUE`, `--` ends them.
 */
#ifndef ROS_IO_OPTIONS_H
#define ROS_IO_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG, /* bool *to */
	OPTION_TEXT, /* const char **to: points into argv or the environment */
	OPTION_LIST, /* struct option_list *to: may stand several times */
	OPTION_INT,  /* int64_t *to, within lo..hi */
	OPTION_TIME, /* struct option_time *to: RFC 3339 or a date */
	OPTION_ENUM, /* const char **to: one of choices */
};

struct option_list {
	const char **v; /* freed by options_free() */
	size_t n;
};

struct option_time {
	bool given;
	int64_t ms;
};

/* One line of the table. The table ends with a line of zeros; groups of common options come from tool.h. */
struct option {
	const char *name;  /* long, without dashes */
	char letter;       /* short, or 0 */
	enum option_kind kind;
	void *to;
	const char *value; /* what --help shows for the value: FILE, N, TIME; NULL for a flag */
	const char *help;  /* one line, lower case */
	const char *env;   /* the variable that gives the value where the option is absent, or NULL */
	int64_t lo, hi;    /* OPTION_INT */
	const char *const *choices; /* OPTION_ENUM, ends with NULL */
};

/*
 * Parses argv[1..]; operands end up in *operands (pointing into argv, their number in *n). `lookup` gives the value of an
 * environment or configuration variable or NULL (see config.h). Error: status ROS_USAGE, or ROS_CONFIG where the value
 * came from a variable; the text names the option or variable and the rule.
 */
int options_parse(const struct option *table, int argc, char **argv, const char *(*lookup)(void *, const char *), void *arg,
                  const char ***operands, size_t *n, struct err *e);
void options_free(const struct option *table); /* the lists; `operands` is freed with free() */

/* Appends the lines `  -b, --bus URL    help` for the whole table. */
void options_help(const struct option *table, struct buf *out);

/* Appends a bash completion function for the tool. */
void options_completion(const struct option *table, const char *tool, struct buf *out);

#endif
