/* What stands behind a keyword, or around a word or a shape: "MRN: 12-345", "patientName":"Xu Li", "phone number is 555 1234". */
#ifndef ROS_PHI_VALUE_H
#define ROS_PHI_VALUE_H

#include "base/str.h"
#include "phi/rules.h"

/*
 * The value of the kind that begins within a few bytes of the start of s, punctuation and words such as `number` and `is` passed over; empty where there
 * is none. What stands in brackets as redaction writes it is no value. An id has a digit and four characters at least.
 */
struct str phi_value(enum phi_value kind, struct str s);

/*
 * The capitalized words that end where a keyword begins, at `start`, with the keyword, which goes up to `end`; empty where there are none. Looks back to
 * `first`.
 */
struct str phi_value_before(const char *first, const char *start, const char *end);

/* The same for `123 Maple Street`: up to four words and the number of the house. */
struct str phi_value_street(const char *first, const char *start, const char *end);

/* The date that begins with the name of a month at the start of s; empty where it is a time, too, as logs have it. */
struct str phi_value_month(struct str s);

/* The same for `Springfield, IL`, where the keyword is a state, and a code of two letters is in capitals. */
struct str phi_value_city(const char *first, const char *start, const char *end);

/*
 * What a shape or a word of a table grows to in a text that goes from `first` up to `end`. Person: the word is a first name, a surname follows. Last_first:
 * a comma and a first name follow. Mailbox: what stands before the @. Others: itself. Empty where it does not grow.
 */
struct str phi_value_grown(enum phi_value kind, const char *first, const char *end, struct str shape);

/* The nth field of a segment of HL7 version 2; s begins behind the segment's name. Empty where there is none. */
struct str phi_value_field(struct str s, unsigned nth);

#endif
