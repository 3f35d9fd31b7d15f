/* Normalising: each step takes one piece of the text, appends what it means, and notes where that came from. */
#include "phi/normalise.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BASE64_SHORTEST 11
#define BASE64_PROBE 32    /* characters that tell whether it is text */
#define BASE64_LINE 60     /* a line of so many goes on in the next one */
#define SPACED_SHORTEST 7  /* characters */

struct work {
	struct str in;
	struct buf *out;
	struct phi_map *map;
	bool changed;
};

void phi_map_free(struct phi_map *m)
{
	free(m->v);
	*m = (struct phi_map){ 0 };
}

static const struct phi_piece *piece_at(const struct phi_map *m, size_t at)
{
	size_t low = 0, high = m->n;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (m->v[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return &m->v[low];
}

void phi_map_back(const struct phi_map *m, size_t *start, size_t *n)
{
	size_t last = *start + *n - 1;
	const struct phi_piece *a = piece_at(m, *start), *b = piece_at(m, last);
	*start = a->to > 0 ? a->from : a->from + (*start - a->at);
	*n = (b->to > 0 ? b->to : b->from + (last - b->at) + 1) - *start;
}

/* The next bytes of out are those of the original from `from` on, or, with a `to`, what from..to means. */
static void note(struct work *w, size_t from, size_t to)
{
	struct phi_map *m = w->map;
	if (m->n > 0 && to == 0 && m->v[m->n - 1].to == 0 && from - m->v[m->n - 1].from == w->out->n - m->v[m->n - 1].at)
		return;
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 64;
		m->v = mem_grow(m->v, m->cap, sizeof *m->v);
	}
	m->v[m->n++] = (struct phi_piece){ (uint32_t)w->out->n, (uint32_t)from, (uint32_t)to };
}

static void copy(struct work *w, size_t from, size_t n)
{
	note(w, from, 0);
	buf_add(w->out, w->in.p + from, n);
}

static void put_decoded(struct work *w, const char *p, size_t n, size_t from, size_t to)
{
	note(w, from, to);
	buf_add(w->out, p, n);
	w->changed = true;
}

/* Zero-width and soft hyphen, marks of direction, variation selectors, combining accents. */
static bool is_dropped(uint32_t c)
{
	return c == 0xAD || c == 0x34F || (c >= 0x300 && c <= 0x36F) || c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF;
}

/* First of ten decimal digits: Unicode 15, general category Nd, the scripts of the ten widest languages that have their own. */
static const uint32_t digit_zeros[] = { 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0,
	                                0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6 };

static bool is_space(uint32_t c)
{
	return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_dash(uint32_t c)
{
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2043 || c == 0x2212 || c == 0xFE58 || c == 0xFE63;
}

/* Letters with accents, U+00C0 to U+017F, to the letter; a dot: two letters or none. */
static uint32_t base_letter(uint32_t c)
{
	static const char letters[] = "AAAAAA.CEEEEIIIIDNOOOOO.OUUUUY..aaaaaa.ceeeeiiiidnooooo.ouuuuy.yAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGg"
	                              "GgGgHhHhIiIiIiIiIi..JjKkkLlLlLlLlLlNnNnNnnNnOoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
	return c >= 0xC0 && c < 0x180 && letters[c - 0xC0] != '.' ? (unsigned char)letters[c - 0xC0] : c;
}

/* The ASCII character that a code point stands for; itself where there is none. */
static uint32_t folded(uint32_t c)
{
	if (c < 0x80)
		return c;
	if (is_space(c))
		return ' ';
	if (is_dash(c))
		return '-';
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFF01 + '!';
	if (c == 0x2018 || c == 0x2019 || c == 0x2BC)
		return '\'';
	if (c == 0x201C || c == 0x201D)
		return '"';
	for (size_t i = 0; i < sizeof digit_zeros / sizeof *digit_zeros; i++)
		if (c >= digit_zeros[i] && c < digit_zeros[i] + 10)
			return c - digit_zeros[i] + '0';
	return base_letter(c);
}

static uint32_t rune_at(const char *p, size_t n)
{
	static const unsigned char lead[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t c = (unsigned char)p[0] & lead[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)p[i] & 0x3F);
	return c;
}

static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x80)
		return out[0] = (char)c, 1;
	if (c < 0x800)
		return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
	if (c < 0x10000)
		return out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3F)), out[2] = (char)(0x80 | (c & 0x3F)), 3;
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/* A code point that from..to of the original stands for. */
static void put_rune(struct work *w, uint32_t c, size_t from, size_t to)
{
	char bytes[4];
	bool is_one = c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
	if (is_dropped(c))
		w->changed = true;
	else
		put_decoded(w, bytes, encode(is_one ? folded(c) : '?', bytes), from, to);
}

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* Up to `most` digits of the base; *n is how many there are. */
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

static struct str tail(struct str s, size_t n)
{
	return n < s.n ? (struct str){ s.p + n, s.n - n } : (struct str){ s.p + s.n, 0 };
}

/* The lengths of these are those of what they stand for in s; 0: none is there. */
static size_t entity_at(struct str s, uint32_t *c)
{
	static const struct {
		const char *name;
		char c;
	} named[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' }, { "&nbsp;", ' ' }, { "&commat;", '@' },
	              { "&period;", '.' }, { "&hyphen;", '-' }, { "&dash;", '-' }, { "&colon;", ':' }, { "&sol;", '/' }, { "&num;", '#' }, { "&plus;", '+' } };
	size_t n;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (str_starts(s, named[i].name))
			return *c = (unsigned char)named[i].c, strlen(named[i].name);
	if (!str_starts(s, "&#") || s.n < 4)
		return 0;
	size_t head = s.p[2] == 'x' || s.p[2] == 'X' ? 3 : 2;
	*c = digits_at(tail(s, head), 7, head == 3 ? 16 : 10, &n);
	return n > 0 && head + n < s.n && s.p[head + n] == ';' ? head + n + 1 : 0;
}

/* \u and four digits, two of them for a surrogate pair, or \x and two. */
static size_t backslash_at(struct str s, uint32_t *c)
{
	size_t n, more;
	if (str_starts(s, "\\x"))
		return *c = digits_at(tail(s, 2), 2, 16, &n), n == 2 ? 4 : 0;
	*c = digits_at(tail(s, 2), 4, 16, &n);
	if (!str_starts(s, "\\u") || n != 4)
		return 0;
	if (*c < 0xD800 || *c > 0xDBFF || !str_starts(tail(s, 6), "\\u"))
		return 6;
	uint32_t low = digits_at(tail(s, 8), 4, 16, &more);
	if (more == 4 && low >= 0xDC00 && low <= 0xDFFF)
		return *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00), 12;
	return 6;
}

/* A run of %XX is UTF-8 as a whole: decodes one code point of it. */
static size_t percent_at(struct str s, uint32_t *c)
{
	char bytes[4];
	size_t n, have = 0;
	while (have < 4 && have * 3 + 2 < s.n && s.p[have * 3] == '%') {
		bytes[have] = (char)digits_at(tail(s, have * 3 + 1), 2, 16, &n);
		if (n != 2)
			break;
		have++;
	}
	size_t rune = have > 0 ? str_rune((struct str){ bytes, have }) : 0;
	*c = rune > 0 ? rune_at(bytes, rune) : '?';
	return have == 0 ? 0 : rune > 0 ? rune * 3 : 3;
}

static size_t escape_at(struct str s, uint32_t *c)
{
	switch (*s.p) {
	case '&':
		return entity_at(s, c);
	case '\\':
		return backslash_at(s, c);
	case '%':
		return percent_at(s, c);
	default:
		return 0;
	}
}

/* 1 more than the value of each character, of both alphabets; 0: none. */
static const uint8_t base64_values[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, ['+'] = 63, ['-'] = 63, ['/'] = 64, ['_'] = 64,
};

static int base64_value(char c)
{
	return base64_values[(unsigned char)c] - 1;
}

/* The line break in the middle of a run, which long lines go on behind: its length, else 0. */
static size_t base64_break(struct str s, size_t line)
{
	size_t n = str_starts(s, "\r\n") ? 2 : str_starts(s, "\n") ? 1 : 0;
	return n > 0 && line >= BASE64_LINE && n < s.n && base64_value(s.p[n]) >= 0 ? n : 0;
}

/*
 * Decodes the run of base64 at the start of s into out (NULL: only counts), up to its end or to what would be a control character: how many bytes, and
 * from how many characters (*used).
 */
static size_t base64_decode(struct str s, char *out, size_t *used)
{
	uint32_t bits = 0;
	size_t n = 0, have = 0, line = 0, gap = 0;
	for (*used = 0; *used < s.n; *used += gap > 0 ? gap : 1) {
		int v = base64_value(s.p[*used]);
		gap = v < 0 ? base64_break(tail(s, *used), line) : 0;
		if (v < 0 && gap == 0)
			break;
		line = gap > 0 ? 0 : line + 1;
		if (gap > 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		if (have++ % 4 == 0)
			continue;
		unsigned char c = bits >> (6 - (have - 1) % 4 * 2) & 0xFF;
		if (c == 0x7F || (c < ' ' && !isspace(c)))
			break;
		if (out)
			out[n] = (char)c;
		n++;
	}
	return n;
}

bool phi_is_base64_text(struct str s)
{
	char text[BASE64_PROBE];
	struct str probe = { s.p, s.n < BASE64_PROBE ? s.n : BASE64_PROBE };
	size_t used, n = base64_decode(probe, text, &used), at = 0, plain = 0;
	if (used < BASE64_SHORTEST || (used < probe.n && base64_value(s.p[used]) >= 0))
		return false;
	while (at < n) {
		size_t rune = str_rune((struct str){ text + at, n - at });
		if (rune == 0 && n - at > 3)
			return false;
		plain += rune == 1;
		at += rune > 0 ? rune : n - at; /* the end may be cut */
	}
	return plain * 4 >= n * 3;
}

/* A run of base64 at i that holds text: appends that, as far as it goes, and says how long the run is; else 0. */
static size_t take_base64(struct work *w, size_t i)
{
	struct str s = tail(w->in, i);
	if (!phi_is_base64_text(s))
		return 0;
	size_t used, n = base64_decode(s, NULL, &used), end = i + used;
	char *text = mem_alloc(n);
	base64_decode(s, text, &used);
	while (end < w->in.n && w->in.p[end] == '=')
		end++;
	put_decoded(w, text, n, i, end);
	free(text);
	return end - i;
}

static size_t spaces_at(struct str s)
{
	size_t n = 0;
	while (n < s.n && n < 3 && s.p[n] == ' ')
		n++;
	return n;
}

/* How many bytes at the start of s are characters with a space between, three between words; 0: too few of them. */
static size_t spaced_run(struct str s)
{
	size_t end = 0, count = 0;
	for (;;) {
		struct str rest = tail(s, end);
		size_t rune = rest.n > 0 && (unsigned char)*rest.p > ' ' ? str_rune(rest) : 0;
		size_t gap = rune > 0 ? spaces_at(tail(rest, rune)) : 0;
		if (rune == 0 || (gap == 0 && rune < rest.n && rest.p[rune] != '\n'))
			break;
		count++;
		end += rune + gap;
	}
	return count < SPACED_SHORTEST ? 0 : end;
}

/* Appends them closed up. */
static size_t take_spaced(struct work *w, size_t start)
{
	size_t n = spaced_run(tail(w->in, start));
	for (size_t i = start; i < start + n;) {
		size_t rune = str_rune(tail(w->in, i)), gap = spaces_at(tail(w->in, i + rune));
		copy(w, i, rune);
		if (gap > 1)
			copy(w, i + rune, 1);
		i += rune + gap;
	}
	if (n > 0 && w->in.p[start + n - 1] == ' ')
		copy(w, start + n - 1, 1);
	w->changed = w->changed || n > 0;
	return n;
}

/* One step from i: how many bytes of the original it took. */
static size_t step(struct work *w, size_t i)
{
	struct str rest = tail(w->in, i);
	uint32_t c = 0;
	bool begins = i == 0 || !isalnum((unsigned char)rest.p[-1]);
	size_t n = escape_at(rest, &c);
	if (n > 0)
		return put_rune(w, c, i, i + n), n;
	if ((unsigned char)*rest.p >= 0x80) {
		n = str_rune(rest);
		c = n > 0 ? rune_at(rest.p, n) : '?';
		if (c >= 0x80 && !is_dropped(c) && folded(c) == c)
			copy(w, i, n);
		else
			put_rune(w, c, i, i + (n > 0 ? n : 1));
		return n > 0 ? n : 1;
	}
	if (begins && (i == 0 || isspace((unsigned char)rest.p[-1])) && (n = take_spaced(w, i)) > 0)
		return n;
	if (begins && isalnum((unsigned char)*rest.p) && (n = take_base64(w, i)) > 0)
		return n;
	n = 1;
	while (n < rest.n && isalnum((unsigned char)rest.p[n - 1]) && isalnum((unsigned char)rest.p[n]))
		n++;
	copy(w, i, n);
	return n;
}

bool phi_normalise(struct str text, struct buf *out, struct phi_map *map)
{
	struct work w = { .in = text, .out = out, .map = map };
	buf_clear(out);
	map->n = 0;
	for (size_t i = 0; i < text.n;)
		i += step(&w, i);
	return w.changed;
}
