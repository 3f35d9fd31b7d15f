/*
 * Tables of figures as CSV, in one of two layouts: a wide one, a column a figure; and a tidy one, a row a figure (section,
 * name, dimensions, value, unit), which holds all tables. Both are written by the same calls.
 */
#ifndef ROS_REPORT_SHEET_H
#define ROS_REPORT_SHEET_H

#include "base/num.h"
#include "csv/write.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sheet_role {
	DIMENSION, /* what the row is about: before the values */
	VALUE,
	CONSTANT   /* what the wide layout repeats in each row; the tidy one has it as the unit */
};

struct sheet_column {
	const char *name; /* in the tidy layout */
	const char *head; /* in the wide one: FOCUS's name where it has one, else x_ and ours */
	enum sheet_role role;
	const char *unit;
};

struct sheet {
	struct csv_writer csv;
	bool tidy;
	const char *section;
	const struct sheet_column *columns;
	size_t n, at;
	struct buf dimensions; /* of the tidy layout's row: a JSON object */
};

void sheet_init(struct sheet *s, struct buf *out, bool tidy);
void sheet_free(struct sheet *s);

/* The head of the tidy layout, once. */
void sheet_head(struct sheet *s);

/* Begins a table. */
void sheet_table(struct sheet *s, const char *section, const struct sheet_column *columns, size_t n);

/* Each adds the next cell; the last of a row ends it. The absent text is an empty cell, or null. */
void sheet_text(struct sheet *s, const char *text);
void sheet_decimal(struct sheet *s, bool known, int128 v, int scale);
void sheet_int(struct sheet *s, int128 v);
void sheet_real(struct sheet *s, bool known, double v, int digits); /* as json_real() has it */
void sheet_time(struct sheet *s, bool known, int64_t ms);

#endif
