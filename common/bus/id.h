/* Entry ids, as Redis Streams have them: milliseconds and a sequence number, "1769608800000-0". */
#ifndef ROS_BUS_ID_H
#define ROS_BUS_ID_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct entry_id {
	uint64_t ms, seq;
};

#define ID_TEXT 48 /* room for an id and its NUL */
#define ID_MAX ((struct entry_id){ UINT64_MAX, UINT64_MAX })

/* "MS-SEQ", or "MS" alone, which is completed with `missing_seq`. False: not an id. */
bool id_parse(struct str s, uint64_t missing_seq, struct entry_id *id);

/*
 * The ends of a range, both included: "-", "+", "MS-SEQ", "MS" (from: the first of that time; to: the last), and "("
 * before an id, which excludes it. False: not an end of a range, or nothing lies beyond it.
 */
bool id_parse_from(struct str s, struct entry_id *id);
bool id_parse_to(struct str s, struct entry_id *id);

void id_format(struct entry_id id, char out[ID_TEXT]);
int id_cmp(struct entry_id a, struct entry_id b);

/* The id right after; that of ID_MAX is ID_MAX. The id right before; that of 0-0 is 0-0. */
struct entry_id id_next(struct entry_id id);
struct entry_id id_previous(struct entry_id id);

#endif
