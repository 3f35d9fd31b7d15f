/* Dead letters: the fields of an entry that was refused for good, and then reason and original_id. */
#ifndef ROS_BUS_LETTER_H
#define ROS_BUS_LETTER_H

#include "bus/bus.h"

struct letter {
	struct str reason;      /* a token; absent where the letter has none */
	struct str original_id; /* of the entry; absent where the letter has none */
	struct str data;        /* the event; absent where it was not kept */
	struct str digest;      /* its SHA-256 in hex, where that was kept in its place; else absent */
	size_t n_fields;        /* the first so many of the letter's fields are the entry's own */
};

/*
 * Reads a letter. Others may have written it, and anything may stand in it: a reason, id or digest that is none counts as absent, so that
 * only `data` can hold something of an event. All lives as long as the entry.
 */
void letter_read(const struct bus_entry *entry, struct letter *out);

#endif
