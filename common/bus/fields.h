/* The fields of an entry: as a list, and as one blob, in which each name and value has its length in front (LEB128). */
#ifndef ROS_BUS_FIELDS_H
#define ROS_BUS_FIELDS_H

#include "base/buf.h"
#include "event/lines.h"

#include <stdbool.h>
#include <stddef.h>

/* The fields of one entry, in memory that is kept from entry to entry. */
struct field_list {
	struct entry_field *v;
	size_t n, cap;
};

void field_list_add(struct field_list *l, struct str name, struct str value);
void field_list_free(struct field_list *l);

void fields_encode(struct buf *out, const struct entry_field *fields, size_t n);

/* The fields point into the blob. False: the blob is damaged. */
bool fields_decode(struct str blob, struct field_list *l);

#endif
