/* What kind of value a cell holds, and the kind of a column of cells. */
#ifndef ROS_DATASET_VALUES_H
#define ROS_DATASET_VALUES_H

#include "base/str.h"

enum value_type {
	VALUE_EMPTY,     /* no value was seen */
	VALUE_BOOLEAN,   /* true, false */
	VALUE_INTEGER,   /* within 64 bits */
	VALUE_NUMBER,
	VALUE_DATE,      /* 2026-01-28 */
	VALUE_DATE_TIME, /* RFC 3339, or the same with a blank for the T and without a zone */
	VALUE_TEXT,
	VALUE_BINARY,
	VALUE_ARRAY,
	VALUE_OBJECT,
};

/* As it stands in the event: integer, date-time ... */
const char *value_type_name(enum value_type type);

/*
 * The type of a cell of text, by its spelling. Numbers have JSON's grammar: what has leading zeros or a plus
 * is an identifier, and so text. Never one of those after VALUE_TEXT.
 */
enum value_type value_type_of(struct str cell);

/* The narrowest type that holds the values of both. */
enum value_type value_type_join(enum value_type a, enum value_type b);

#endif
