/*
 * A strict JSON reader (RFC 8259). One pass over the bytes makes a flat list of nodes in memory that is kept from text to text, so a
 * steady state allocates nothing. UTF-8 is checked, duplicate keys are refused, numbers stay text (exact), depth,
 * nodes and length are limited. Errors name rule and place, never a value: it might be PHI.
 */
#ifndef ROS_JSON_READER_H
#define ROS_JSON_READER_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A value. Members and elements follow their parent in the list; json_first() and json_next() walk them. */
struct json {
	enum json_type type;
	uint32_t parent; /* index of the parent; the root's own is 0 */
	uint32_t after;  /* index of the first node behind this one and all inside it */
	uint32_t count;  /* members or elements */
	struct str key;  /* decoded; absent but for members of objects */
	struct str text; /* string: decoded; number: as written */
	struct str raw;  /* the value as written, without white space around it */
};

struct json_limits {
	size_t bytes;
	uint32_t depth; /* arrays and objects inside each other */
	uint32_t nodes;
	bool (*may_show)(struct str key); /* whether a pointer may show the key; NULL: none, since a key can be PHI, too */
};

/* What was wrong and where. */
struct json_fault {
	const char *rule;    /* a token: syntax, utf8, byte-order-mark, duplicate-key, depth, size, number-range; and the contract's (event.h) */
	size_t offset;       /* in bytes, of what json_read() stopped at; 0 where the pointer says it all */
	char pointer[256];   /* JSON pointer to the value or to the missing member; cut where longer */
};

struct json_reader; /* opaque */

struct json_reader *json_reader_new(struct json_limits limits);
void json_reader_free(struct json_reader *r); /* NULL is fine */

/*
 * Reads one JSON text. The root, valid until the next call and while `text` is there; or NULL and *fault. A number outside the
 * range of a double is refused (number-range).
 */
const struct json *json_read(struct json_reader *r, struct str text, struct json_fault *fault);

/* First child or NULL; next sibling or NULL. */
const struct json *json_first(const struct json *v);
const struct json *json_next(const struct json_reader *r, const struct json *v);

/* The member with that key, or NULL (also where v is NULL or no object). */
const struct json *json_get(const struct json_reader *r, const struct json *v, struct str key);

/*
 * json_get() along a path "usage/input_tokens" of keys and array indexes: an RFC 6901 pointer without its first slash, so that ~1 is a slash in a key and ~0
 * a tilde.
 */
const struct json *json_at(const struct json_reader *r, const struct json *v, const char *path);

/*
 * Writes the RFC 6901 pointer of v, seen from `root`, into out, cut to size. A key that the reader's limits do not let show stands as `?`.
 */
void json_pointer(const struct json_reader *r, const struct json *root, const struct json *v, char *out, size_t size);

/*
 * Appends v in the one canonical form: no white space, members sorted by the bytes of their keys, numbers by num_canonical(), strings
 * with the shortest escapes. Equal values give equal bytes. `skip` (or NULL) is left out, with its key.
 */
void json_canonical(struct json_reader *r, const struct json *v, const struct json *skip, struct buf *out);

#endif
