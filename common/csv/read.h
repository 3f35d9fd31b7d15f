/*
 * Rows of a CSV text (RFC 4180), line by line, by libcsv in its strict mode. Cells may be quoted and then hold
 * delimiters, quotes and line ends; blanks are part of a cell, quoted or not. Empty lines are passed over. A row has at most CSV_ROW_MAX bytes, so
 * that a quote left open cannot take all memory.
 */
#ifndef ROS_CSV_READ_H
#define ROS_CSV_READ_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_ROW_MAX ((size_t)1 << 20)

struct table; /* opaque */

/* The row last read. Valid until the next call. */
struct table_row {
	struct str *cells;
	size_t n;
	uint64_t line; /* on which it began */
};

enum table_result {
	TABLE_MORE, /* no row yet: an empty line, or a quoted cell goes on in the next line */
	TABLE_ROW,
	TABLE_BAD,  /* *e (ROS_REFUSED) says what is wrong; the row is dropped, the next line begins a new one */
};

struct table *table_new(char delimiter); /* between the cells of a row: comma, semicolon, tab */
void table_free(struct table *t); /* NULL is fine */

/* Takes one line with its number; `whole`: a \n followed it. row->line is set for TABLE_BAD as well. */
enum table_result table_line(struct table *t, struct str line, bool whole, uint64_t number, struct table_row *row,
                             struct err *e);

/* Drops the row that line `number` belongs to, for a reason of the caller's. Always TABLE_BAD. */
enum table_result table_drop(struct table *t, uint64_t number, struct table_row *row, const char *why, struct err *e);

/* The end of the text: the last row, where no \n followed it. */
enum table_result table_end(struct table *t, struct table_row *row, struct err *e);

#endif
