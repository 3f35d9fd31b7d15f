/*
 * A JSON writer: write freely into a buffer, check buf_ok() once. Commas are its business; the caller opens, closes and names. An object
 * or array with `lines` set is written one member a line, indented, for people, but for what is within an array: an element
 * is on one line. Otherwise all is on one line.
 */
#ifndef ROS_JSON_WRITER_H
#define ROS_JSON_WRITER_H

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define JSON_WRITER_DEPTH 32

struct json_writer {
	struct buf *out;
	bool lines;
	uint32_t depth;
	uint32_t row;                 /* depth within the array whose element is being written on one line; 0: none */
	bool some[JSON_WRITER_DEPTH]; /* the level has a member already */
	bool list[JSON_WRITER_DEPTH]; /* the level is an array */
	bool named;                   /* a key was just written */
};

void json_writer_init(struct json_writer *w, struct buf *out, bool lines);

void json_open(struct json_writer *w, char bracket);  /* '{' or '[' */
void json_close(struct json_writer *w, char bracket); /* '}' or ']' */
void json_key(struct json_writer *w, const char *name);
void json_key_str(struct json_writer *w, struct str name);

void json_str(struct json_writer *w, struct str s); /* well-formed UTF-8; the absent value is null */
void json_z(struct json_writer *w, const char *z);
void json_int(struct json_writer *w, int64_t v);
void json_decimal(struct json_writer *w, int128 v, int scale); /* v / 10^scale, exactly */
void json_real(struct json_writer *w, double v, int digits);    /* rounded to so many significant digits; not finite: null */
void json_bool(struct json_writer *w, bool v);
void json_null(struct json_writer *w);
void json_raw(struct json_writer *w, struct str json); /* a JSON text as it is */

/* Appends s as a JSON string with the shortest escapes, without a writer. */
void json_quote(struct buf *out, struct str s);

#endif
