/*
 * Thrift's compact protocol, as far as reading a Parquet footer needs it
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). Never reads beyond the
 * end; what is wrong sticks, and everything read after it is 0.
 */
#ifndef ROS_DATASET_THRIFT_H
#define ROS_DATASET_THRIFT_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum thrift_type {
	THRIFT_STOP, THRIFT_TRUE, THRIFT_FALSE, THRIFT_BYTE, THRIFT_I16, THRIFT_I32, THRIFT_I64, THRIFT_DOUBLE,
	THRIFT_BINARY, THRIFT_LIST, THRIFT_SET, THRIFT_MAP, THRIFT_STRUCT,
};

struct thrift {
	const unsigned char *p, *end;
	bool bad;
};

struct thrift_field {
	enum thrift_type type;
	int32_t id; /* 0 before the first one */
};

/* The next field of a struct; f is the one before. False at the struct's end, and where something is wrong. */
bool thrift_next(struct thrift *t, struct thrift_field *f);

int64_t thrift_int(struct thrift *t);      /* the value of an I16, I32 or I64 */
struct str thrift_binary(struct thrift *t); /* points into the text */

/* The number of elements of a list; a list of another type is wrong. */
uint32_t thrift_list(struct thrift *t, enum thrift_type element);

/* Passes over a value. */
void thrift_skip(struct thrift *t, enum thrift_type type);

#endif
