/*
 * Numbers as text. A JSON number is looked at as 0.DIGITS x 10^point, where DIGITS neither starts nor ends with a
 * zero: then equal numbers have equal parts, and no arithmetic is needed but on the exponent.
 */
#include "base/num.h"

#include <inttypes.h>
#include <string.h>

/* Larger exponents count as this: ten times as much fits in 64 bits, and no text in memory has as many digits. */
#define EXPONENT_MAX INT64_C(100000000000000000)

/* Digits that fit in an integer of 128 bits, whatever they are. */
#define WIDE_DIGITS 38

/* Plain notation up to 10^21 and down to 10^-7, as ECMAScript writes numbers. */
#define PLAIN_MAX 21
#define PLAIN_MIN (-6)

struct number {
	bool negative;
	struct str whole, fraction; /* as written */
	size_t first, n;            /* DIGITS among those of whole and fraction; n is 0 for zero */
	int64_t point;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A JSON number of at most 18 digits and nothing else: most numbers are, and need no taking apart. */
static bool plain(struct str s)
{
	size_t i = 0;
	while (i < s.n && is_digit(s.p[i]))
		i++;
	return i == s.n && i > 0 && i <= 18;
}

/* Takes the digits at the start of *s. */
static struct str take_digits(struct str *s)
{
	struct str digits = { s->p, 0 };
	while (digits.n < s->n && is_digit(s->p[digits.n]))
		digits.n++;
	*s = (struct str){ s->p + digits.n, s->n - digits.n };
	return digits;
}

static bool take(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = (struct str){ s->p + 1, s->n - 1 };
	return true;
}

static int64_t take_exponent(struct str *s)
{
	if (!take(s, 'e') && !take(s, 'E'))
		return 0;
	bool negative = take(s, '-');
	take(s, '+');
	struct str digits = take_digits(s);
	int64_t v = 0;
	for (size_t i = 0; i < digits.n && v < EXPONENT_MAX; i++)
		v = v * 10 + (digits.p[i] - '0');
	v = v < EXPONENT_MAX ? v : EXPONENT_MAX;
	return negative ? -v : v;
}

static char written_digit(const struct number *x, size_t i)
{
	return i < x->whole.n ? x->whole.p[i] : x->fraction.p[i - x->whole.n];
}

/* The i-th of DIGITS, which go on with zeros. */
static char digit(const struct number *x, size_t i)
{
	return i < x->n ? written_digit(x, x->first + i) : '0';
}

static struct number number_of(struct str s)
{
	struct number x = { 0 };
	x.negative = take(&s, '-');
	x.whole = take_digits(&s);
	if (take(&s, '.'))
		x.fraction = take_digits(&s);
	int64_t exponent = take_exponent(&s);
	size_t end = x.whole.n + x.fraction.n;
	while (x.first < end && written_digit(&x, x.first) == '0')
		x.first++;
	while (end > x.first && written_digit(&x, end - 1) == '0')
		end--;
	x.n = end - x.first;
	if (x.n > 0)
		x.point = exponent + (int64_t)x.whole.n - (int64_t)x.first;
	else
		x.negative = false;
	return x;
}

/* -u or u, where it fits. */
static bool with_sign(bool negative, uint64_t u, int64_t *v)
{
	if (u > (uint64_t)INT64_MAX + negative)
		return false;
	*v = (int64_t)(negative ? -u : u);
	return true;
}

bool num_int(struct str s, int64_t *v)
{
	bool negative = take(&s, '-');
	struct str digits = take_digits(&s);
	uint64_t u = 0;
	if (digits.n == 0 || s.n > 0)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		unsigned d = (unsigned)(digits.p[i] - '0');
		if (i >= 18 && u > (UINT64_MAX - d) / 10)
			return false;
		u = u * 10 + d;
	}
	return with_sign(negative, u, v);
}

bool num_int_in(struct str s, int64_t lo, int64_t hi, int64_t *v)
{
	int64_t got;
	if (!num_int(s, &got) || got < lo || got > hi)
		return false;
	*v = got;
	return true;
}

/* Whether what follows the first `keep` digits rounds u up: more than half, or half and u is odd. */
static bool rounds_up(const struct number *x, size_t keep, uint128 u)
{
	char next = digit(x, keep);
	return next > '5' || (next == '5' && (x->n > keep + 1 || u % 2 == 1));
}

bool num_scaled_wide(struct str json_number, int scale, int128 *v, bool *exact)
{
	struct number x = number_of(json_number);
	int64_t digits = x.point + scale;
	if (x.n > 0 && digits > WIDE_DIGITS)
		return false;
	size_t keep = x.n > 0 && digits > 0 ? (size_t)digits : 0;
	uint128 u = 0;
	for (size_t i = 0; i < keep; i++)
		u = u * 10 + (uint128)(digit(&x, i) - '0');
	if (digits >= 0 && rounds_up(&x, keep, u))
		u++;
	if (exact)
		*exact = x.n <= keep;
	*v = x.negative ? -(int128)u : (int128)u;
	return true;
}

/* Where it fits. */
static bool narrow(int128 wide, int64_t *v)
{
	if (wide < INT64_MIN || wide > INT64_MAX)
		return false;
	*v = (int64_t)wide;
	return true;
}

bool num_scaled(struct str json_number, int scale, int64_t *v, bool *exact)
{
	int128 wide;
	return num_scaled_wide(json_number, scale, &wide, exact) && narrow(wide, v);
}

bool num_rescale(int128 v, int from, int to, int64_t *out)
{
	int128 unit = 1;
	for (int i = to; i < from; i++)
		unit *= 10;
	int128 whole = v / unit, rest = v % unit, twice = 2 * (rest < 0 ? -rest : rest);
	if (twice > unit || (twice == unit && whole % 2 != 0))
		whole += v < 0 ? -1 : 1;
	return narrow(whole, out);
}

static int sign(const struct number *x)
{
	return x->n == 0 ? 0 : x->negative ? -1 : 1;
}

static int cmp_magnitude(const struct number *a, const struct number *b)
{
	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	size_t n = a->n > b->n ? a->n : b->n;
	for (size_t i = 0; i < n; i++)
		if (digit(a, i) != digit(b, i))
			return digit(a, i) < digit(b, i) ? -1 : 1;
	return 0;
}

int num_cmp(struct str a, struct str b)
{
	if (plain(a) && plain(b)) {
		int order = a.n == b.n ? memcmp(a.p, b.p, a.n) : a.n < b.n ? -1 : 1;
		return (order > 0) - (order < 0);
	}
	struct number x = number_of(a), y = number_of(b);
	int sx = sign(&x), sy = sign(&y);
	return sx != sy ? (sx > sy) - (sx < sy) : sx * cmp_magnitude(&x, &y);
}

/* Digits from..to of x. */
static void add_digits(struct buf *b, const struct number *x, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		buf_char(b, digit(x, i));
}

static void add_fraction(struct buf *b, const struct number *x, size_t from)
{
	if (from < x->n)
		buf_char(b, '.');
	add_digits(b, x, from, x->n);
}

void num_canonical(struct buf *b, struct str json_number)
{
	if (plain(json_number)) {
		buf_str(b, json_number);
		return;
	}
	struct number x = number_of(json_number);
	if (x.negative)
		buf_char(b, '-');
	if (x.n == 0) {
		buf_char(b, '0');
	} else if (x.point > PLAIN_MAX || x.point <= PLAIN_MIN) {
		add_digits(b, &x, 0, 1);
		add_fraction(b, &x, 1);
		buf_z(b, x.point > 0 ? "e+" : "e");
		buf_int(b, x.point - 1);
	} else if (x.point > 0) {
		add_digits(b, &x, 0, (size_t)x.point);
		add_fraction(b, &x, (size_t)x.point);
	} else {
		buf_z(b, "0.");
		buf_add(b, "00000", (size_t)-x.point);
		add_digits(b, &x, 0, x.n);
	}
}

void num_decimal(struct buf *b, int128 v, int scale)
{
	char text[64], *end = text + sizeof text, *point = end - scale, *p = end;
	uint128 magnitude = v < 0 ? -(uint128)v : (uint128)v;
	for (; magnitude > 0 || p >= point; magnitude /= 10)
		*--p = (char)('0' + (int)(magnitude % 10));
	while (end > point && end[-1] == '0')
		end--;
	if (v < 0)
		buf_char(b, '-');
	buf_add(b, p, (size_t)(point - p));
	if (end > point)
		buf_char(b, '.');
	buf_add(b, point, (size_t)(end - point));
}
