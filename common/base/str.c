/* Runs of bytes. */
#include "base/str.h"

#include <stdint.h>
#include <string.h>

struct str str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_cut(struct str s, char sep, struct str *head)
{
	const char *at = s.n > 0 ? memchr(s.p, sep, s.n) : NULL;
	if (!at) {
		*head = s;
		return (struct str){ NULL, 0 };
	}
	*head = (struct str){ s.p, (size_t)(at - s.p) };
	return (struct str){ at + 1, s.n - head->n - 1 };
}

/*
 * A `*` first takes nothing; where the rest does not fit, the last `*` takes one byte more. Earlier ones need no
 * second try.
 */
bool str_glob(struct str pattern, struct str s)
{
	size_t p = 0, i = 0, star = SIZE_MAX, taken = 0;
	while (i < s.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			taken = i;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++taken;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static bool continues(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* RFC 3629, section 4: only the second byte has other bounds than 80..BF. */
size_t str_rune(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	if (s.n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	size_t n = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	if (n == 0 || s.n < n || !continues(p + 1, n - 1))
		return 0;
	unsigned low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
	return p[1] >= low && p[1] <= high ? n : 0;
}

/* Bytes of ASCII at the start of s, counted by eights. */
static size_t ascii_run(struct str s)
{
	size_t n = 0;
	for (uint64_t w; n + sizeof w <= s.n; n += sizeof w) {
		memcpy(&w, s.p + n, sizeof w);
		if (w & UINT64_C(0x8080808080808080))
			break;
	}
	return n;
}

bool str_utf8(struct str s)
{
	while (s.n > 0) {
		size_t n = ascii_run(s);
		if (n == 0)
			n = str_rune(s);
		if (n == 0)
			return false;
		s = (struct str){ s.p + n, s.n - n };
	}
	return true;
}

/* C0, DEL, and C1 in its two bytes of UTF-8. */
static bool is_control(const unsigned char *p, size_t n)
{
	return n == 1 ? *p < 0x20 || *p == 0x7f : n == 2 && p[0] == 0xc2 && p[1] < 0xa0;
}

void str_mask(char *p, size_t n)
{
	while (n > 0) {
		size_t rune = str_rune((struct str){ p, n }), step = rune > 0 ? rune : 1;
		if (rune == 0 || is_control((const unsigned char *)p, rune))
			memset(p, '?', step);
		p += step;
		n -= step;
	}
}

size_t str_codepoints(struct str s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.n; i++)
		count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return count;
}
