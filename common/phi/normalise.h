/*
 * The text as a reader would see it, for the scanner: zero-width characters dropped, other digits, letters, dashes and spaces folded to ASCII, percent,
 * entity and \u escapes decoded once, base64 that holds text decoded, characters spaced out one by one closed up. With a map back to the original.
 */
#ifndef ROS_PHI_NORMALISE_H
#define ROS_PHI_NORMALISE_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* A piece of the new text, from `at` to the next piece: a copy of the original from `from` on, or what the bytes from..to of it mean. */
struct phi_piece {
	uint32_t at, from, to; /* to = 0: a copy */
};

struct phi_map {
	struct phi_piece *v;
	size_t n, cap;
};

void phi_map_free(struct phi_map *m);

/* Turns a place of n bytes (1 or more) in the new text into that of the original. */
void phi_map_back(const struct phi_map *m, size_t *start, size_t *n);

/*
 * Replaces what is in out by the normalised text and fills the map; out gets no longer than the text, which is shorter than 4 GiB. True: something was
 * changed. What is decoded is not decoded further: the caller goes round again.
 */
bool phi_normalise(struct str text, struct buf *out, struct phi_map *map);

/* Whether the text begins with base64 of readable text, eight bytes of it at least. */
bool phi_is_base64_text(struct str text);

#endif
