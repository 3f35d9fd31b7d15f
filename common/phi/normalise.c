/* Normalising: each step takes one piece of the text, appends what it means, and notes where that came from. */
#include "phi/normalise.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BASE64_SHORTEST 8
#define SPACED_SHORTEST 7 /* characters */

struct work {
	struct str in;
	struct buf *out;
	struct phi_map *map;
	bool changed;
};

void phi_map_free(struct phi_map *m)
{
	free(m->from);
	free(m->to);
	*m = (struct phi_map){ 0 };
}

static void put(struct work *w, char c, size_t from, size_t to)
{
	w->map->from[w->out->n] = (uint32_t)from;
	w->map->to[w->out->n] = (uint32_t)to;
	buf_char(w->out, c);
}

/* One code point of Latin-1 or of what folds to ASCII; others are dropped to a '?', which is no part of any shape. */
static void put_rune(struct work *w, uint32_t c, size_t from, size_t to)
{
	if (c < 0x80) {
		put(w, (char)c, from, to);
	} else if (c >= 0xC0 && c < 0x800) {
		put(w, (char)(0xC0 | c >> 6), from, to);
		put(w, (char)(0x80 | (c & 0x3F)), from, to);
	} else {
		put(w, '?', from, to);
	}
}

static bool dropped(uint32_t c)
{
	return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

/* Unicode: digits of Arabic and Devanagari, full-width forms, dashes (Pd), spaces (Zs). */
static uint32_t folded(uint32_t c)
{
	if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000)
		return ' ';
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63)
		return '-';
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFF01 + '!';
	if (c >= 0x660 && c <= 0x669)
		return c - 0x660 + '0';
	if (c >= 0x6F0 && c <= 0x6F9)
		return c - 0x6F0 + '0';
	return c >= 0x966 && c <= 0x96F ? c - 0x966 + '0' : c;
}

static uint32_t rune_at(const char *p, size_t n)
{
	static const unsigned char lead[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t c = (unsigned char)p[0] & lead[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)p[i] & 0x3F);
	return c;
}

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* Up to `most` hexadecimal digits, or decimal ones; *n is how many there are. */
static uint32_t digits_at(struct str s, size_t most, uint32_t base, size_t *n)
{
	uint32_t v = 0;
	for (*n = 0; *n < most && *n < s.n; ++*n) {
		int d = hex_value(s.p[*n]);
		if (d < 0 || (uint32_t)d >= base)
			break;
		v = v * base + (uint32_t)d;
	}
	return v;
}

static size_t named_entity(struct str s, uint32_t *c)
{
	static const struct {
		const char *name;
		uint32_t c;
	} names[] = { { "&amp;", '&' }, { "&nbsp;", ' ' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' },
		      { "&commat;", '@' }, { "&ndash;", '-' }, { "&mdash;", '-' }, { "&shy;", 0xAD }, { "&hyphen;", '-' }, { "&period;", '.' } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_starts(s, names[i].name)) {
			*c = names[i].c;
			return strlen(names[i].name);
		}
	return 0;
}

/* An escape at the start of s: its length and its code point; 0: none. */
static size_t escape_at(struct str s, uint32_t *c)
{
	size_t n;
	if (s.n >= 3 && s.p[0] == '%') {
		*c = digits_at((struct str){ s.p + 1, 2 }, 2, 16, &n);
		return n == 2 && *c < 0x80 && *c >= ' ' ? 3 : 0;
	}
	if (s.n >= 6 && s.p[0] == '\\' && s.p[1] == 'u') {
		*c = digits_at((struct str){ s.p + 2, 4 }, 4, 16, &n);
		return n == 4 ? 6 : 0;
	}
	if (s.n < 4 || s.p[0] != '&')
		return 0;
	if (s.p[1] != '#')
		return named_entity(s, c);
	size_t head = s.p[2] == 'x' || s.p[2] == 'X' ? 3 : 2;
	*c = digits_at((struct str){ s.p + head, s.n - head }, 6, head == 3 ? 16 : 10, &n);
	return n > 0 && head + n < s.n && s.p[head + n] == ';' ? head + n + 1 : 0;
}

static int base64_value(char c)
{
	if (isupper((unsigned char)c))
		return c - 'A';
	if (islower((unsigned char)c))
		return c - 'a' + 26;
	if (isdigit((unsigned char)c))
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static size_t base64_run(struct str s)
{
	size_t n = 0;
	while (n < s.n && base64_value(s.p[n]) >= 0)
		n++;
	return n;
}

/* Decodes into out (NULL: only looks) and says how many bytes, 0 where one of them is no readable text. */
static size_t base64_decode(struct str s, char *out)
{
	uint32_t bits = 0;
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bits = bits << 6 | (uint32_t)base64_value(s.p[i]);
		if (i % 4 == 0)
			continue;
		unsigned char c = bits >> (6 - i % 4 * 2) & 0xFF;
		if (c == 0x7F || (c < ' ' && !isspace(c)))
			return 0;
		if (out)
			out[n] = (char)c;
		n++;
	}
	return s.n % 4 == 1 ? 0 : n;
}

bool phi_is_base64_text(struct str s)
{
	char text[24];
	if (s.n < BASE64_SHORTEST)
		return false;
	size_t n = base64_decode((struct str){ s.p, s.n < 32 ? s.n : 32 }, text), plain = 0;
	for (size_t i = 0; i < n; i++)
		plain += (unsigned char)text[i] < 0x80;
	return n > 0 && plain == n;
}

/* A run of base64 at i that holds text: appends that, and says how long the run is; else 0. */
static size_t take_base64(struct work *w, size_t i)
{
	struct str s = { w->in.p + i, w->in.n - i };
	s.n = base64_run(s);
	if (s.n < BASE64_SHORTEST || !phi_is_base64_text(s))
		return 0;
	char *text = mem_alloc(s.n);
	size_t n = base64_decode(s, text), end = i + s.n;
	if (n == 0 || !str_utf8((struct str){ text, n })) {
		free(text);
		return 0;
	}
	while (end < w->in.n && w->in.p[end] == '=')
		end++;
	for (size_t k = 0; k < n; k++)
		put(w, text[k], i, end);
	free(text);
	return end - i;
}

/* Characters one by one with a space between: appends them closed up (three spaces: one), and says how many bytes; else 0. */
static size_t take_spaced(struct work *w, size_t start)
{
	const char *p = w->in.p;
	size_t n = w->in.n, end = start, count = 0;
	while (end < n && (unsigned char)p[end] > ' ' && (end + 1 == n || p[end + 1] == ' ' || p[end + 1] == '\n')) {
		count++;
		size_t gap = end + 1;
		while (gap < n && gap < end + 4 && p[gap] == ' ')
			gap++;
		end = gap;
	}
	if (count < SPACED_SHORTEST)
		return 0;
	for (size_t i = start; i < end; i++)
		if (p[i] != ' ' || (i > start && i + 1 < end && p[i - 1] == ' ' && p[i + 1] == ' '))
			put(w, p[i], i, i + 1);
	if (end < n)
		put(w, ' ', end - 1, end);
	return end - start;
}

static bool starts_word(const struct work *w, size_t i)
{
	return i == 0 || base64_value(w->in.p[i - 1]) < 0;
}

static size_t step(struct work *w, size_t i)
{
	struct str rest = { w->in.p + i, w->in.n - i };
	uint32_t c = 0;
	size_t n = escape_at(rest, &c);
	if (n == 0 && (i == 0 || isspace((unsigned char)w->in.p[i - 1])) && (n = take_spaced(w, i)) > 0)
		return w->changed = true, n;
	if (n == 0 && starts_word(w, i) && (n = take_base64(w, i)) > 0)
		return w->changed = true, n;
	bool escaped = n > 0;
	if (n == 0 && (n = str_rune(rest)) > 0)
		c = rune_at(rest.p, n);
	if (n == 0) {
		put(w, '?', i, i + 1);
		return 1;
	}
	w->changed = w->changed || escaped || dropped(c) || folded(c) != c;
	if (!dropped(c))
		put_rune(w, folded(c), i, i + n);
	return n;
}

bool phi_normalise(struct str text, struct buf *out, struct phi_map *map)
{
	struct work w = { .in = text, .out = out, .map = map };
	if (map->cap < text.n + 1) {
		map->cap = text.n + 1;
		map->from = mem_grow(map->from, map->cap, sizeof *map->from);
		map->to = mem_grow(map->to, map->cap, sizeof *map->to);
	}
	buf_clear(out);
	for (size_t i = 0; i < text.n;)
		i += step(&w, i);
	return w.changed;
}
