/*
 * The text as a reader would see it, for the scanner: zero-width characters dropped, other digits, dashes and spaces folded to ASCII, percent, entity
 * and \u escapes decoded, base64 that holds text decoded, letters spaced out one by one closed up. With a map back to the original.
 */
#ifndef ROS_PHI_NORMALISE_H
#define ROS_PHI_NORMALISE_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Where each byte of the text comes from: bytes from[i] up to to[i] of the original. */
struct phi_map {
	uint32_t *from, *to;
	size_t cap;
};

void phi_map_free(struct phi_map *m);

/*
 * Replaces what is in out by the normalised text and fills the map; out gets no longer than the text. base64 inside base64 is decoded once more. True: something was
 * changed.
 */
bool phi_normalise(struct str text, struct buf *out, struct phi_map *map);

/* Whether the word is base64 of readable text. */
bool phi_is_base64_text(struct str word);

#endif
