/* What a request costs: prices by the token, exactly, and tokens in the contract's disjoint meaning. */
#ifndef ROS_PRICE_RATES_H
#define ROS_PRICE_RATES_H

#include "base/num.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stdint.h>

enum rate_kind { RATE_INPUT, RATE_CACHE_READ, RATE_CACHE_WRITE, RATE_OUTPUT, RATE_REASONING, RATE_REQUEST, RATE_KINDS };

/* A price is an integer of 1e-27 USD: a double of 17 digits is exact from 1e-10 USD on. */
#define RATE_SCALE 27

/* The prices that hold for one request: of a token, and of the request itself. 0: there is none. */
struct rates {
	int128 v[RATE_KINDS];
};

/* Reads a JSON number times 10^scale as a price. False: it is no number, it is negative, or it cannot be held exactly. */
bool rate_read(const struct json *v, int scale, int128 *rate);

/* Tokens on the input's side, by which tiers are chosen; the largest integer where there are more. */
int64_t rates_context(const int64_t counts[RATE_KINDS]);

/*
 * Sum of counts[i] * r->v[i] in nano-dollars, rounded once, half to even; counts[RATE_REQUEST] is 1. Reasoning without a price of its own costs what output
 * does. False: nothing is counted, or there are tokens without a price (a price of 0 is none), or the sum leaves 64 bits.
 */
bool rates_cost(const struct rates *r, const int64_t counts[RATE_KINDS], int64_t *nano);

#endif
