/* The columns of a data set: names, types, whether a value can be missing. */
#ifndef ROS_DATASET_LAYOUT_H
#define ROS_DATASET_LAYOUT_H

#include "base/str.h"
#include "dataset/values.h"
#include "json/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_MAX 4096  /* columns that are kept; the others are counted */
#define LAYOUT_NAME 128  /* longest name in bytes; what is longer is cut */

struct column {
	char *name; /* well-formed UTF-8; NULL: the column has none */
	enum value_type type;
	bool nullable;
	uint64_t seen; /* for the format's own use: rows that have the column */
};

struct layout {
	struct column *columns; /* kept of them */
	size_t kept, cap;
	uint64_t count;         /* all */
};

void layout_free(struct layout *l); /* can be used again, as if it were zeroed */

/*
 * Adds a column and returns it, or NULL where it is only counted. An absent name is none; bytes of it that
 * are no UTF-8 are masked.
 */
struct column *layout_add(struct layout *l, struct str name, enum value_type type, bool nullable);

/*
 * Widens the types of l by those of other, column by column. False: the two have other names or another
 * number of columns, and l is as it was.
 */
bool layout_join(struct layout *l, const struct layout *other);

/*
 * Writes the columns as a JSON array of {name, type, nullable}, without a name where there is none, as many
 * as fit in `budget` bytes; returns how many were left out.
 */
uint64_t layout_write(const struct layout *l, struct json_writer *w, size_t budget);

#endif
