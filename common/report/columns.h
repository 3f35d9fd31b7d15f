/* Text in columns of a terminal: how wide it is, where a line ends, and tables that fit. */
#ifndef ROS_REPORT_COLUMNS_H
#define ROS_REPORT_COLUMNS_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Columns that well-formed UTF-8 takes: two for what is wide in East Asian scripts and for emoji, none for marks that stand
 * on the letter before; after the classes of Unicode's EastAsianWidth.txt and of general category Mn, in the ranges that
 * names have use for.
 */
size_t columns_of(struct str s);

/*
 * Cuts off a line of at most `width` columns (one code point at least), at a blank where there is one. The rest is absent
 * behind the last line.
 */
struct str columns_cut(struct str s, size_t width, struct str *line);

/*
 * Appends the text in lines of at most `width` columns; `first` and `next` (of one width) stand before the first and the
 * other lines.
 */
void columns_wrap(struct buf *out, struct str text, size_t width, const char *first, const char *next);

/* A table: n cells row by row, the first row its head where it has one; a letter a column, l or r. */
struct columns_table {
	const struct str *cells;
	size_t n;
	const char *align;
	bool has_head;
	const char *bold, *plain; /* around the head */
};

/*
 * Appends it within `width` columns. Where it is too wide, cells are broken into lines; where even that does not do, each
 * row becomes a list of `head: cell`. Nothing is cut off.
 */
void columns_table(struct buf *out, const struct columns_table *t, size_t width);

#endif
