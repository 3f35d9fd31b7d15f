/*
 * What is printed of an entry of the bus when a person looks at it: a text with directives, as printf has them, read once and written for each entry.
 *
 *     %i id   %t time of publishing (RFC 3339)   %s stream   %T type   %d deliveries
 *     %p the event as JSON   %r why the entry cannot be carried   %{NAME} a value of the event, or a field of the entry   %%
 *     \n \t \\
 *
 * A number behind the % is the least width, filled with spaces on the left, or with a dash before it on the right. What is absent is written as a dash.
 */
#ifndef ROS_BUS_FORMAT_H
#define ROS_BUS_FORMAT_H

#include "base/buf.h"
#include "base/err.h"
#include "bus/bus.h"
#include "event/lines.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stddef.h>

/* An entry and what carry_entry() made of it. */
struct view {
	const struct bus_entry *entry;
	struct envelope env;
	const struct json_reader *reader;
	const struct json *event; /* NULL: it cannot be carried */
};

/*
 * The value of a name in the entry: "/usage/input_tokens" is a JSON pointer into the event; "model" a member of the event, or, where it has none, a field of the entry.
 * Strings are decoded, all else is JSON as written. Absent and null are the absent value, and so is a field that is longer than any event.
 */
struct str view_value(const struct view *v, const char *name);

struct format_piece {
	char what;        /* the letter of the directive, '{' for a name, 0 for bytes as they are */
	struct str text;  /* the bytes, or the name, followed by NUL */
	size_t width;
	bool left;
};

struct format {
	bool terminal; /* to be set by the caller: control characters are masked in payloads as well */
	bool colours;  /* to be set by the caller: ids and times are dim, statuses and reasons coloured */
	struct format_piece *pieces;
	size_t n;
	char *bytes; /* what the pieces point to */
	struct buf value;
};

/* Reads the text. Error (ROS_USAGE): names the byte, counted from 1, and what is wrong with it. After an error, too, format_free() is due. */
int format_read(struct format *f, const char *text, struct err *e);
void format_free(struct format *f);

/*
 * Appends the entry and a line feed, unless the text ends in one itself. A value never breaks the line: its line breaks become spaces, its other control characters '?'.
 * Where it does not go to a terminal, a payload keeps all but its line breaks, which are only white space there: it is still the same event.
 */
void format_write(struct format *f, const struct view *v, struct buf *out);

#endif
