/* What a call has several of, as tags or datasets: each different list by number, its values by theirs. */
#ifndef ROS_SLICE_LISTS_H
#define ROS_SLICE_LISTS_H

#include "base/intern.h"

struct lists; /* opaque */

/* The numbers of values are those of `names`, which must live as long. */
struct lists *lists_new(struct intern *names);
void lists_free(struct lists *l); /* NULL is fine */

/* The number of the list, a JSON array of strings; an absent or empty one has the absent value alone. A value that stands twice counts once. */
uint32_t lists_id(struct lists *l, struct str json);
size_t lists_count(const struct lists *l);

/* The list's values, one at least. */
const uint32_t *lists_values(const struct lists *l, uint32_t id, size_t *n);

#endif
