/* Numbers as text, exactly: integers to 64 bits, decimals without floats. */
#ifndef ROS_BASE_NUM_H
#define ROS_BASE_NUM_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Nano-dollars in a dollar: money is an integer of 1e-9 USD everywhere inside. */
#define NUM_NANO 9
#define NUM_NANO_PER_USD INT64_C(1000000000)

/* Sums of 64-bit integers: room for as many as 64 bits count. */
__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

/* All of s as a decimal integer, with an optional '-'. False: not one, or outside 64 bits. */
bool num_int(struct str s, int64_t *v);

/* All of s as an integer within lo..hi. */
bool num_int_in(struct str s, int64_t lo, int64_t hi, int64_t *v);

/*
 * A JSON number (RFC 8259 grammar, already checked) times 10^scale as an integer, rounded half to even. With scale 0 and
 * exact != NULL it also says whether nothing was rounded. False: the result is outside 64 bits.
 */
bool num_scaled(struct str json_number, int scale, int64_t *v, bool *exact);

/* As num_scaled(), within 38 digits. */
bool num_scaled_wide(struct str json_number, int scale, int128 *v, bool *exact);

/* v / 10^from times 10^to, from >= to, rounded half to even. False: the result is outside 64 bits. */
bool num_rescale(int128 v, int from, int to, int64_t *out);

/*
 * The sign of a - b for a JSON number a and a JSON number b, exactly, of whatever length and exponent (but exponents beyond
 * +-10^17 count as +-10^17, here and below).
 */
int num_cmp(struct str a, struct str b);

/* Appends a JSON number in its one canonical spelling: equal values have equal spellings (1.50 and 15e-1: 1.5; -0: 0). */
void num_canonical(struct buf *b, struct str json_number);

/* Appends v / 10^scale, scale 0 to 20, in decimal, without trailing zeros: (1500000000, 9) is 1.5. */
void num_decimal(struct buf *b, int128 v, int scale);

#endif
