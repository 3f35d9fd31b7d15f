/* A hash table from byte strings to 64-bit integers; it copies its keys. */
#ifndef ROS_BASE_MAP_H
#define ROS_BASE_MAP_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct map; /* opaque */

struct map *map_new(void);
void map_free(struct map *m); /* NULL is fine */
void map_clear(struct map *m); /* keeps the memory */
size_t map_count(const struct map *m);

/* The value's place, or NULL. Valid until the next map_put() or map_clear(). */
int64_t *map_get(const struct map *m, struct str key);

/* The value's place, made with value 0 where the key is new. Valid until the next map_put() or map_clear(). */
int64_t *map_put(struct map *m, struct str key);

/* Walks the entries in the order they were put: start with *i = 0, until it returns NULL. */
int64_t *map_next(const struct map *m, size_t *i, struct str *key);

#endif
