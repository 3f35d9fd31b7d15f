/*
 * A growable buffer with a maximum from birth. Errors stick: append freely, ask buf_ok() once. A failed append leaves
 * what was there. The content is always followed by a NUL that does not count.
 */
#ifndef ROS_BASE_BUF_H
#define ROS_BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p; /* NULL until the first append */
	size_t n, cap, max;
	bool failed; /* an append did not fit in max */
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b); /* the buffer can be used again, empty, with the same max */
void buf_wipe(struct buf *b); /* buf_free() of a secret: overwrites it first */

/* Empties it and forgets a failure; keeps the memory, so that a steady state allocates nothing. */
void buf_clear(struct buf *b);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_char(struct buf *b, char c);
void buf_z(struct buf *b, const char *z);
void buf_str(struct buf *b, struct str s);
void buf_line(struct buf *b, struct str s); /* on one line: line breaks (LF, CR) become spaces */
void buf_int(struct buf *b, int64_t v);
void buf_plural(struct buf *b, int64_t n, const char *one, const char *many); /* 1 call, 2 calls */
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vfmt(struct buf *b, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
void buf_hex(struct buf *b, const void *p, size_t n); /* lower case */

/* Room for n more bytes at p + n, which the caller fills and then counts into b->n. NULL, and failed, without room. */
char *buf_reserve(struct buf *b, size_t n);

/* Drops the first n bytes. */
void buf_drop(struct buf *b, size_t n);

bool buf_ok(const struct buf *b);
struct str buf_view(const struct buf *b); /* valid until the next append */
const char *buf_cstr(const struct buf *b); /* never NULL */

#endif
