/*
 * Token counts of providers' usage objects, brought to the contract's disjoint meaning: no token is in two of the
 * counts.
 */
#ifndef ROS_IMPORT_TOKENS_H
#define ROS_IMPORT_TOKENS_H

#include "base/err.h"
#include "json/reader.h"

#include <stdint.h>

struct tokens {
	int64_t input;                   /* neither read from a cache nor written to one */
	int64_t cache_read, cache_write;
	int64_t output;                  /* without reasoning */
	int64_t reasoning;
};

/*
 * Reads a usage object by its shape, not by who sent it (the table is in tokens.c and in ros-import(1)); null and NULL
 * give zeros. What a provider counts inside another count is taken out of it, at most to 0; what it bills for this
 * model beside its counts (compactions) is added. -1: the shape is unknown,
 * or a count is not a whole number from 0.
 */
int tokens_read(const struct json_reader *r, const struct json *usage, struct tokens *t, struct err *e);

/* The sum of the five. */
int64_t tokens_total(const struct tokens *t);

#endif
