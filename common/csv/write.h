/*
 * Rows of CSV (RFC 4180, but with LF as line end), by libcsv. Cells of text that a spreadsheet would take for a formula (they
 * begin with = + - @, tab or CR: OWASP, CSV Injection) get an apostrophe in front, which spreadsheets do not show.
 */
#ifndef ROS_CSV_WRITE_H
#define ROS_CSV_WRITE_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct csv_writer {
	struct buf *out;
	bool some; /* the row has a cell already */
};

/* Write freely, check buf_ok(out) once. Each adds a cell; the absent value is an empty one. */
void csv_text(struct csv_writer *w, struct str s);
void csv_z(struct csv_writer *w, const char *z);
void csv_number(struct csv_writer *w, struct str number); /* as it is: digits, sign, point and exponent */
void csv_int(struct csv_writer *w, int64_t v);
void csv_real(struct csv_writer *w, double v); /* six significant digits; not finite: an empty cell */
void csv_end_row(struct csv_writer *w);

#endif
