/* The fields of an entry as one blob: each name and value with its length in front (LEB128). */
#ifndef ROS_BUS_FIELDS_H
#define ROS_BUS_FIELDS_H

#include "base/buf.h"
#include "bus/driver.h"

#include <stdbool.h>

void fields_encode(struct buf *out, const struct entry_field *fields, size_t n);

/* The fields point into the blob. False: the blob is damaged. */
bool fields_decode(struct str blob, struct field_list *l);

#endif
