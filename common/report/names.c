/* Names that can be seen: no control, no mark without width and no turn of direction gets through. */
#include "report/names.h"

#include "base/str.h"
#include "report/columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NAME_MAX_BYTES 8192

/* Decodes the first code point of well-formed UTF-8; returns its length. */
static size_t decode(const char *p, uint32_t *point)
{
	unsigned char c = (unsigned char)*p;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	*point = n == 1 ? c : c & (0x7fU >> n);
	for (size_t i = 1; i < n; i++)
		*point = *point << 6 | ((unsigned char)p[i] & 0x3f);
	return n;
}

/* Controls, separators of lines, marks without width, marks of direction, tags, private use. */
static bool is_invisible(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0xa0 },     { 0xad, 0xad },     { 0x61c, 0x61c },   { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
		{ 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xe000, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 }, { 0xfff0, 0xffff }, { 0xe0000, 0x10ffff },
	};
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static void add_point(struct buf *out, const char *p, size_t n, uint32_t point)
{
	if (is_invisible(point))
		buf_fmt(out, "[U+%04X]", (unsigned)point);
	else
		buf_add(out, p, n);
}

void name_visible(struct buf *out, const char *name, int points)
{
	for (int i = 0; *name != '\0' && i < points; i++) {
		uint32_t point;
		size_t n = decode(name, &point);
		add_point(out, name, n, point);
		name += n;
	}
	if (*name != '\0')
		buf_z(out, "…");
}

void name_fitted(struct buf *out, const char *name, size_t columns)
{
	struct buf visible;
	buf_init(&visible, NAME_MAX_BYTES);
	name_visible(&visible, name, (int)columns + 1);
	struct str s = buf_view(&visible);
	if (columns_of(s) <= columns) {
		buf_str(out, s);
	} else {
		size_t n = 0;
		while (columns_of((struct str){ s.p, n + str_rune((struct str){ s.p + n, s.n - n }) }) < columns)
			n += str_rune((struct str){ s.p + n, s.n - n });
		buf_add(out, s.p, n);
		buf_z(out, "…");
	}
	buf_free(&visible);
}
