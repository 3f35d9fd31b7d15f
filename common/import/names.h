/*
 * Names that a log does not hold: the provider behind a host, the tier of a model. Both are small tables of shell
 * patterns.
 */
#ifndef ROS_IMPORT_NAMES_H
#define ROS_IMPORT_NAMES_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

struct tier_rule {
	struct str glob, tier;
};

/* Reads `GLOB=TIER`; the rule points into text. Error: ROS_USAGE. */
int tier_rule_read(struct str text, struct tier_rule *rule, struct err *e);

/* The tier of the first rule whose pattern the model matches: the given rules, then the built-in ones. */
struct str tier_of(const struct tier_rule *rules, size_t n, struct str model);

/* The provider's name; the host itself where the table does not know it. */
struct str provider_of(struct str host);

#endif
