/* Names by number: 0, 1, 2 ... in the order in which they first come. */
#ifndef ROS_BASE_INTERN_H
#define ROS_BASE_INTERN_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct intern; /* opaque */

struct intern *intern_new(void);
void intern_free(struct intern *t); /* NULL is fine */

/* The name's number; it is copied where it is new. The absent value is a name of its own. */
uint32_t intern_id(struct intern *t, struct str name);

/* The name, or the absent value; valid as long as t. `id` was given out before. */
struct str intern_name(const struct intern *t, uint32_t id);
size_t intern_count(const struct intern *t);

#endif
