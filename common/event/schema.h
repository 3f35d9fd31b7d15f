/*
 * The contract as tables: what the build generates from schemas/<name>_event.schema.json (scripts/schema2c.c). The schema files are the
 * single source; a new field is one line there.
 */
#ifndef ROS_EVENT_SCHEMA_H
#define ROS_EVENT_SCHEMA_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* x-ros-type: what a string is. The first group is safe by its shape once it fully matches; the second is not. */
enum schema_shape {
	SHAPE_NONE,      /* not a string */
	SHAPE_ENUM,      /* one of choices */
	SHAPE_UUID,
	SHAPE_TIMESTAMP, /* RFC 3339 date-time */
	SHAPE_SHA256,    /* sha256: and 64 lower-case hex digits */
	SHAPE_HMAC,      /* hmac-sha256: and 64 lower-case hex digits */
	SHAPE_HASH,      /* either of them */
	SHAPE_SEMVER,    /* 1.MINOR.PATCH */
	SHAPE_TOKEN,     /* a name */
	SHAPE_URI,       /* RFC 3986, absolute */
	SHAPE_REFERENCE, /* a uuid or a URI; a hash is one */
	SHAPE_TEXT,      /* free text */
};

/* x-ros-column: how the record keeps a field (store/). */
enum schema_column {
	COLUMN_NONE,
	COLUMN_DEPLOYMENT, /* part of the event's deployment */
	COLUMN_SERIES,     /* part of its series, with the deployment */
	COLUMN_MS,     /* integer milliseconds */
	COLUMN_UUID,   /* 16 bytes */
	COLUMN_HASH,   /* 1 byte kind (1 sha256, 2 hmac-sha256) and 32 bytes */
	COLUMN_SHA256, /* 32 bytes */
	COLUMN_TERM,   /* id of an interned string */
	COLUMN_TEXT,
	COLUMN_INT,    /* also booleans, as 0 and 1 */
	COLUMN_NANO,   /* integer nano-dollars */
	COLUMN_JSON,   /* canonical JSON */
};

/* Bits of schema_field.types. JSON_FALSE and JSON_TRUE share one. */
enum { TYPE_NULL = 1, TYPE_BOOLEAN = 2, TYPE_INTEGER = 4, TYPE_NUMBER = 8, TYPE_STRING = 16, TYPE_ARRAY = 32, TYPE_OBJECT = 64 };

struct schema_field {
	struct str name;      /* the key; absent for the root and for items of arrays */
	const char *pointer;  /* RFC 6901, of the field; items as * */
	uint8_t types;
	uint8_t shape;        /* enum schema_shape */
	uint8_t column;       /* enum schema_column */
	bool required;
	bool open;            /* an object that lets undeclared members pass in every version */
	uint8_t since;        /* minor version that brought the field */
	uint8_t null_since;   /* minor version from which null is allowed, where types has TYPE_NULL */
	uint16_t child, children; /* members of an object: fields[child .. child + children) */
	uint16_t items;       /* field that every element of an array, or every undeclared member of an object, must be; 0 none */
	const struct str *choices; /* enum; n_choices of them */
	uint16_t n_choices;
	uint32_t min_length, max_length; /* code points; max 0: none */
	int64_t lo, hi;                  /* bounds of an integer */
	struct str minimum, maximum;     /* of a number, as JSON; absent: none */
	const char *column_name;
};

struct schema {
	struct str event_type; /* ai.invocation.completed */
	uint8_t minor;         /* the newest minor version of major 1 that is known */
	const struct schema_field *fields; /* [0] is the root */
	uint16_t n_fields;
};

/* Generated: enum ai_field { AI_ROOT, AI_INVOCATION_ID, ... AI_USAGE_COST_USD, ... AI_FIELDS } and schema_ai, for each schema file. */
#include "event_tables.h"

#endif
