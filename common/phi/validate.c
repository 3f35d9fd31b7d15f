/* Checks of candidates: digits and checksums, dates, names by lists. */
#include "phi/validate.h"

#include "phi/rules.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define DIGITS_MAX 24

struct digits {
	int n;
	int d[DIGITS_MAX];
};

/* The digits of s; more than there is room for: none. */
static struct digits digits_of(struct str s)
{
	struct digits out = { 0 };
	for (size_t i = 0; i < s.n; i++) {
		if (!isdigit((unsigned char)s.p[i]))
			continue;
		if (out.n == DIGITS_MAX)
			return (struct digits){ 0 };
		out.d[out.n++] = s.p[i] - '0';
	}
	return out;
}

static int number(const struct digits *d, int from, int n)
{
	int v = 0;
	for (int i = from; i < from + n; i++)
		v = v * 10 + d->d[i];
	return v;
}

/* Sum of Luhn (ISO/IEC 7812-1, annex B) over all digits, the last counting once. */
static int luhn(const struct digits *d)
{
	int sum = 0;
	for (int i = 0; i < d->n; i++) {
		int v = d->d[d->n - 1 - i] * (i % 2 ? 2 : 1);
		sum += v > 9 ? v - 9 : v;
	}
	return sum;
}

static bool has_length(struct str s, int low, int high)
{
	int n = digits_of(s).n;
	return n >= low && n <= high;
}

bool phi_in_table(const char *const *table, struct str word)
{
	char lower[32];
	size_t n = 0, low = 0;
	if (word.n >= sizeof lower)
		return false;
	for (size_t i = 0; i < word.n; i++)
		lower[i] = (char)tolower((unsigned char)word.p[i]);
	while (table[n])
		n++;
	while (low < n) {
		size_t middle = (low + n) / 2;
		int order = str_cmp((struct str){ lower, word.n }, str_of(table[middle]));
		if (order == 0)
			return true;
		if (order < 0)
			n = middle;
		else
			low = middle + 1;
	}
	return false;
}

bool phi_is_ssn(struct str s)
{
	struct digits d = digits_of(s);
	int area = d.n == 9 ? number(&d, 0, 3) : 0;
	return area > 0 && area < 900 && area != 666 && number(&d, 3, 2) > 0 && number(&d, 5, 4) > 0;
}

bool phi_is_ssn_length(struct str s)
{
	return has_length(s, 9, 9);
}

bool phi_is_card(struct str s)
{
	struct digits d = digits_of(s);
	if (d.n < 13 || d.n > 16 || luhn(&d) % 10 != 0)
		return false;
	int first = number(&d, 0, 4);
	return (first >= 2221 && first <= 2720) || (first >= 3000 && first < 5000) || (first >= 5100 && first < 5600) ||
	       (first >= 6000 && first < 7000);
}

bool phi_is_card_length(struct str s)
{
	return has_length(s, 11, 19);
}

bool phi_is_npi(struct str s)
{
	struct digits d = digits_of(s);
	return d.n == 10 && (d.d[0] == 1 || d.d[0] == 2) && (luhn(&d) + 24) % 10 == 0; /* 24: what 80840 adds */
}

bool phi_is_dea(struct str s)
{
	struct digits d = digits_of((struct str){ s.p + 2, s.n < 2 ? 0 : s.n - 2 });
	return d.n == 7 && (d.d[0] + d.d[2] + d.d[4] + 2 * (d.d[1] + d.d[3] + d.d[5])) % 10 == d.d[6];
}

/* 49 CFR 565.15, table III. */
static int vin_value(char c)
{
	static const char letters[] = "ABCDEFGH..JKLMN.P.R..STUVWXYZ";
	static const char values[] = "12345678..12345.7.9..23456789";
	if (isdigit((unsigned char)c))
		return c - '0';
	const char *at = c == '.' ? NULL : strchr(letters, c);
	return at && *at ? values[at - letters] - '0' : -1;
}

bool phi_is_vin(struct str s)
{
	static const int weights[17] = { 8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2 };
	int sum = 0;
	if (s.n != 17)
		return false;
	for (int i = 0; i < 17; i++) {
		int v = vin_value(s.p[i]);
		if (v < 0)
			return false;
		sum += v * weights[i];
	}
	return s.p[8] == (sum % 11 == 10 ? 'X' : '0' + sum % 11);
}

/* Letters count as two digits, A is 10. */
static int mod97(const char *p, size_t n, int rest)
{
	for (size_t i = 0; i < n; i++) {
		if (isdigit((unsigned char)p[i]))
			rest = (rest * 10 + p[i] - '0') % 97;
		else
			rest = (rest * 100 + p[i] - 'A' + 10) % 97;
	}
	return rest;
}

bool phi_is_iban(struct str s)
{
	char text[40];
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!isalnum((unsigned char)s.p[i]))
			continue;
		if (n == sizeof text)
			return false;
		text[n++] = (char)toupper((unsigned char)s.p[i]);
	}
	if (n < 15 || n > 34)
		return false;
	const char key[4] = { text[0], text[1], (char)('0' + n / 10), (char)('0' + n % 10) };
	for (const char *const *t = phi_table_iban_lengths; *t; t++)
		if (memcmp(*t, key, 4) == 0)
			return mod97(text, 4, mod97(text + 4, n - 4, 0)) == 1;
	return false;
}

bool phi_is_nhs(struct str s)
{
	struct digits d = digits_of(s);
	int sum = 0;
	if (d.n != 10)
		return false;
	for (int i = 0; i < 9; i++)
		sum += d.d[i] * (10 - i);
	return (11 - sum % 11) % 11 == d.d[9];
}

bool phi_is_sin(struct str s)
{
	struct digits d = digits_of(s);
	return d.n == 9 && luhn(&d) % 10 == 0 && number(&d, 0, 9) != 0;
}

bool phi_is_mbi(struct str s)
{
	return digits_of(s).n >= 5 && s.n >= 11 && s.p[0] != '0';
}

bool phi_is_ipv4(struct str s)
{
	return !str_starts(s, "127.") && !str_starts(s, "0.") && !str_starts(s, "255.");
}

bool phi_is_ipv6(struct str s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	int run = 0, long_groups = 0;
	if (s.n >= sizeof text)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == ':' ? 0 : run + 1;
		long_groups += run == 3;
		text[i] = s.p[i];
	}
	text[s.n] = '\0';
	return long_groups >= 2 && inet_pton(AF_INET6, text, &address) == 1;
}

bool phi_is_phone(struct str s)
{
	struct digits d = digits_of(s);
	int first = d.n - 10;
	return (first == 0 || first == 1) && d.d[first] > 1 && d.d[first + 3] > 1;
}

bool phi_is_phone_world(struct str s)
{
	return has_length(s, 8, 15);
}

bool phi_is_phone_length(struct str s)
{
	return has_length(s, 6, 15);
}

bool phi_is_zip_length(struct str s)
{
	return has_length(s, 3, 10);
}

/* The next number of *s, at most six digits of it; -1: none. */
static int next_number(struct str *s)
{
	int v = -1;
	while (s->n > 0 && !isdigit((unsigned char)*s->p))
		*s = (struct str){ s->p + 1, s->n - 1 };
	for (int i = 0; i < 6 && s->n > 0 && isdigit((unsigned char)*s->p); i++) {
		v = (v < 0 ? 0 : v) * 10 + *s->p - '0';
		*s = (struct str){ s->p + 1, s->n - 1 };
	}
	return v;
}

static bool day_and_month(int a, int b)
{
	return a >= 1 && b >= 1 && ((a <= 12 && b <= 31) || (a <= 31 && b <= 12));
}

bool phi_is_date(struct str s)
{
	int a = next_number(&s), b = next_number(&s), c = next_number(&s);
	return a > 31 ? day_and_month(b, c) : day_and_month(a, b);
}

bool phi_is_month_day(struct str s)
{
	int a = next_number(&s);
	return a >= 1 && a <= 31;
}

/* The next word of *s: letters, and what is no ASCII; empty at the end. */
static struct str next_word(struct str *s)
{
	size_t start = 0;
	while (start < s->n && (unsigned char)s->p[start] < 0x80 && !isalpha((unsigned char)s->p[start]))
		start++;
	size_t end = start;
	while (end < s->n && ((unsigned char)s->p[end] >= 0x80 || isalpha((unsigned char)s->p[end])))
		end++;
	struct str word = { s->p + start, end - start };
	*s = (struct str){ s->p + end, s->n - end };
	return word;
}

bool phi_is_not_stopped(struct str s)
{
	for (struct str word; (word = next_word(&s)).n > 0;)
		if (phi_in_table(phi_table_stop_words, word))
			return false;
	return true;
}

bool phi_is_address(struct str s)
{
	return next_number(&s) > 0;
}

bool phi_is_person(struct str s)
{
	struct str rest = s;
	return phi_in_table(phi_table_first_names, next_word(&rest)) && phi_is_not_stopped(s);
}

bool phi_is_person_last_first(struct str s)
{
	struct str rest = s;
	next_word(&rest);
	return phi_in_table(phi_table_first_names, next_word(&rest)) && phi_is_not_stopped(s);
}
