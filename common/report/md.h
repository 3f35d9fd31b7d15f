/*
 * Markdown (GFM) from data that nobody has checked: names that cannot break out of their place, and tables that are
 * also readable as plain text.
 */
#ifndef ROS_REPORT_MD_H
#define ROS_REPORT_MD_H

#include "base/buf.h"
#include "base/str.h"

#include <stddef.h>

/* Appends text as code: it can neither end a cell or a line nor become a link, an entity or markup. */
void md_code(struct buf *out, struct str text);

/* A table that is gathered cell by cell, so that its columns can be aligned. */
struct md_table {
	const char *align; /* a letter a column: l or r */
	struct buf cells;  /* each after a line break */
};

/* The headings are the first cells. */
void md_table_begin(struct md_table *t, const char *align);

/* Begins the next cell: append its text to what is returned, without line breaks. */
struct buf *md_cell(struct md_table *t);
void md_cell_z(struct md_table *t, const char *text);

/* Appends the table, and frees it. */
void md_table_end(struct md_table *t, struct buf *out);

#endif
