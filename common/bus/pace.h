/*
 * How many entries to ask the bus for at a time. A read is held in memory as a whole, so its bytes are what must be bounded: the number starts small and doubles from
 * read to read while the entries allow it. Only where entries grow from one read to the next by far can a read be larger than meant.
 */
#ifndef ROS_BUS_PACE_H
#define ROS_BUS_PACE_H

#include "bus/bus.h"

#include <stddef.h>
#include <stdint.h>

#define PACE_BYTES ((size_t)4 << 20) /* what a read is meant to hold at the most */

struct pace {
	int64_t count;  /* asked for last */
	size_t largest; /* entry that came since then, in bytes; 0: none */
};

/* How many to ask for now: 1 to `most`. */
int pace_next(struct pace *p, int64_t most);

/* To be told of every entry that came. */
void pace_note(struct pace *p, const struct bus_entry *entry);

#endif
