/* Rows of a CSV text (RFC 4180, lines end in \n), cell by cell. */
#ifndef ROS_IO_CELLS_H
#define ROS_IO_CELLS_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct cells {
	struct buf *out;
	bool some; /* the row has a cell already */
};

/* Quoted where needed; a text that a spreadsheet would take for a formula (= + - @, tab, CR) gets an apostrophe in front. The absent value is an empty cell. */
void cells_text(struct cells *c, struct str text);
void cells_z(struct cells *c, const char *text); /* NULL: absent */
void cells_int(struct cells *c, int64_t v);
void cells_real(struct cells *c, double v); /* six significant digits; not finite: an empty cell */
void cells_end(struct cells *c);            /* ends the row */

#endif
