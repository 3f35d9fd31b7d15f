/* The calls as columns of small numbers, for counting again and again. */
#ifndef ROS_SLICE_TABLE_H
#define ROS_SLICE_TABLE_H

#include "base/intern.h"
#include "slice/lists.h"
#include "slice/slice.h"

struct slice_table {
	size_t n, cap;          /* calls whose value is known */
	size_t n_columns;
	uint32_t *codes[SLICE_COLUMNS_MAX]; /* one a column: numbers of names, or of lists of them */
	struct intern *names[SLICE_COLUMNS_MAX];
	struct lists *lists[SLICE_COLUMNS_MAX]; /* NULL where a call has one value */
	int64_t *values, *times; /* one a call */
};

struct slice_table *slice_table_new(size_t n_columns);
void slice_table_free(struct slice_table *t); /* NULL is fine */

/* From here on the column's names are JSON arrays of values. */
void slice_table_make_lists(struct slice_table *t, size_t column);

/* The numbers of the values that a call has in a column, one at least. */
const uint32_t *slice_table_values(const struct slice_table *t, size_t column, size_t row, size_t *n);

/* How many different codes a column has. */
size_t slice_table_codes(const struct slice_table *t, size_t column);

/* Adds a call; one name a column. */
void slice_table_add(struct slice_table *t, int64_t time_ms, int64_t value, const struct str *names);

/* Reads the scope's calls into s->table, and into s their number and how many have no value. */
int slice_table_read(struct slices *s, struct db *db, struct err *e);

/* Parts the calls: sets s->split_ms so that two thirds of them, at most, are before. */
void slice_table_split(struct slices *s);

/* Finds slices in the table, and fills all of the model that comes of it. */
void slice_search(struct slices *s);

/* Of a slice that was found: intervals, the held-back part, like with like, what else its calls have. */
void slice_judge(const struct slices *s, struct slice *slice);

#endif
