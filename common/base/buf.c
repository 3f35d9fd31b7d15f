/* A growable buffer. It grows by doubling, never beyond its maximum, and keeps one byte more for the NUL. */
#include "base/buf.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 256

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_free(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		mem_wipe(b->p, b->cap);
	buf_free(b);
}

/* Counts n bytes that are already in place. */
static void count(struct buf *b, size_t n)
{
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p)
		b->p[0] = '\0';
}

static void grow(struct buf *b, size_t need)
{
	size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if (cap > b->max)
		cap = b->max + 1;
	b->p = mem_grow(b->p, cap, 1);
	b->cap = cap;
}

char *buf_reserve(struct buf *b, size_t n)
{
	if (b->failed || n > b->max - b->n) {
		b->failed = true;
		return NULL;
	}
	if (b->n + n >= b->cap)
		grow(b, b->n + n + 1);
	return b->p + b->n;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_reserve(b, n);
	if (!to)
		return;
	if (n > 0)
		memcpy(to, p, n);
	count(b, n);
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_z(struct buf *b, const char *z)
{
	buf_add(b, z, strlen(z));
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_line(struct buf *b, struct str s)
{
	size_t start = b->n;
	buf_str(b, s);
	if (b->failed || s.n == 0)
		return;
	for (char *p = b->p + start; (p = memchr(p, '\n', (size_t)(b->p + b->n - p))); p++)
		*p = ' ';
	for (char *p = b->p + start; (p = memchr(p, '\r', (size_t)(b->p + b->n - p))); p++)
		*p = ' ';
}

void buf_int(struct buf *b, int64_t v)
{
	char text[20], *p = text + sizeof text; /* -9223372036854775808 */
	uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;
	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (v < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(text + sizeof text - p));
}

void buf_plural(struct buf *b, int64_t n, const char *one, const char *many)
{
	buf_int(b, n);
	buf_char(b, ' ');
	buf_z(b, n == 1 ? one : many);
}

void buf_vfmt(struct buf *b, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	char *to = n < 0 ? NULL : buf_reserve(b, (size_t)n);
	if (to) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		count(b, (size_t)n);
	} else {
		b->failed = true;
	}
	va_end(again);
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	buf_vfmt(b, fmt, args);
	va_end(args);
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
	const unsigned char *from = p;
	char *to = n > SIZE_MAX / 2 ? NULL : buf_reserve(b, 2 * n);
	if (!to) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = "0123456789abcdef"[from[i] >> 4];
		to[2 * i + 1] = "0123456789abcdef"[from[i] & 15];
	}
	count(b, 2 * n);
}

void buf_drop(struct buf *b, size_t n)
{
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = '\0';
}

bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

struct str buf_view(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

/* The NUL is set once more, for bytes that a caller of buf_reserve() counted by hand. */
const char *buf_cstr(const struct buf *b)
{
	if (!b->p)
		return "";
	b->p[b->n] = '\0';
	return b->p;
}
