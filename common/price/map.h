/* A price map: a file that says what the tokens of which model cost, in one of the formats of format.h. */
#ifndef ROS_PRICE_MAP_H
#define ROS_PRICE_MAP_H

#include "base/err.h"
#include "price/format.h"

#include <stdbool.h>

struct price_map; /* opaque */

/*
 * Reads the file, recognises its format by its content and checks every price in it. Error ROS_INPUT: the file cannot be read, is no JSON, is of
 * no known format, or has a price that is no number from 0 on.
 */
int price_map_open(struct price_map **m, const char *path, struct err *e);
void price_map_close(struct price_map *m); /* NULL is fine */

/* "sha256:" and the hash of the file in hex. */
const char *price_map_digest(const struct price_map *m);

/* The prices of the request's model, by the names of names.h in their order. False: none of them is in the map. */
bool price_map_find(const struct price_map *m, const struct price_query *q, struct rates *rates);

#endif
