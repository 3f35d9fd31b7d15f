/* The rules' examples, held against the scanner: by the unit tests, and by ros-scan --self-test and --canary. */
#ifndef ROS_PHI_EXAMPLE_H
#define ROS_PHI_EXAMPLE_H

#include "phi/scan.h"

/* A text of an example and the key that it stands under, absent where there is none (rules.h: before a tab). */
struct phi_example {
	struct str key, text;
};

struct phi_example phi_example_of(const char *example);

/*
 * Holds every rule against its examples: one that must match is found by the rule or another of its label, one that must not is not found by the rule. How many do
 * not hold; each is told to `wrong` (or NULL) by its rule, its list and its number from 1, never by its text.
 */
size_t phi_test_examples(struct phi_scanner *s, void (*wrong)(void *with, const struct phi_rule *rule, const char *list, size_t number), void *with);

#endif
