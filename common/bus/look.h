/*
 * Looking at entries of the bus by hand: which of them, and what is shown. A tool puts the option lines into its table. Without --format a terminal gets one compact
 * line an entry, in colour, and anything else the envelope line.
 */
#ifndef ROS_BUS_LOOK_H
#define ROS_BUS_LOOK_H

#include "bus/format.h"
#include "io/config.h"
#include "io/options.h"

enum look_line { LOOK_GIVEN, LOOK_CALL, LOOK_OTHER, LOOK_REFUSED, LOOK_LINES };

struct look_filter {
	char *name; /* as for view_value() */
	struct str value;
};

struct look {
	const char *format;         /* --format, or NULL */
	struct option_list filters; /* --filter */
	struct look_filter *wanted; /* the filters, taken apart */
	size_t n_wanted;
	struct format lines[LOOK_LINES];
	bool envelopes; /* envelope lines are printed, no formats */
};

#define LOOK_OPTIONS(l) \
	{ "format", 0, OPTION_TEXT, &(l)->format, "TEXT", "print this of each entry: %i %t %s %T %d %p %r %{NAME} \\n \\t", NULL, 0, 0, NULL }, \
	{ "filter", 0, OPTION_LIST, &(l)->filters, "NAME=VALUE", "only entries with this value; may stand several times", NULL, 0, 0, NULL }

/*
 * After the options are read. `fd` is where it will be printed; NO_COLOR comes from `c`. Error: ROS_USAGE. After an error, too, look_free() is due.
 */
int look_init(struct look *l, const struct config *c, int fd, struct err *e);
void look_free(struct look *l);

/* Whether every filter has its value in the entry. */
bool look_selects(const struct look *l, const struct view *v);

/* Appends what is to be seen of the entry. Ask buf_ok() afterwards. */
void look_write(struct look *l, const struct view *v, struct buf *out);

#endif
