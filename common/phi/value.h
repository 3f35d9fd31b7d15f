/* What stands behind a keyword: "MRN: 12-345", "patientName":"Xu Li", "phone number is 555 1234". */
#ifndef ROS_PHI_VALUE_H
#define ROS_PHI_VALUE_H

#include "base/str.h"
#include "phi/rules.h"

/*
 * The value of the kind that begins within a few bytes of the start of s, punctuation and words such as `number` and `is` passed over; empty where there
 * is none. An id has two digits and four characters at least.
 */
struct str phi_value(enum phi_value kind, struct str s);

/* The words with a capital that end at `end` in a keyword of n bytes, with the keyword; empty where there is none but that. Looks back to `first`. */
struct str phi_value_before(const char *first, const char *end, size_t n);

/*
 * What a shape grows to in a text that goes from `first` up to `end`. Person: the word, then a surname or an initial, an initial between them, too. Mailbox: what stands before
 * the @. Others: itself. Empty where it does not grow.
 */
struct str phi_value_grown(enum phi_value kind, const char *first, const char *end, struct str shape);

#endif
