/* Checks of candidates: digits and checksums, dates, places. */
#include "phi/validate.h"

#include "phi/rules.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

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

bool phi_in_table(const char *const *table, struct str text)
{
	for (; *table; table++)
		if (strlen(*table) == text.n && strncasecmp(*table, text.p, text.n) == 0)
			return true;
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
	return s.n == 9 && d.n == 7 && isalpha((unsigned char)s.p[0]) && (isalpha((unsigned char)s.p[1]) || s.p[1] == '9') && (d.d[0] + d.d[2] + d.d[4] + 2 * (d.d[1] + d.d[3] + d.d[5])) % 10 == d.d[6];
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

size_t phi_iban_length(const char country[2])
{
	for (const char *const *t = phi_table_iban_lengths; *t; t++)
		if (strncasecmp(*t, country, 2) == 0)
			return (size_t)((*t)[2] - '0') * 10 + (size_t)((*t)[3] - '0');
	return 0;
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

/* The letters and digits of s, upper case, at most `most` of them; more: none. */
static size_t alnum_of(struct str s, char *out, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!isalnum((unsigned char)s.p[i]))
			continue;
		if (n == most)
			return 0;
		out[n++] = (char)toupper((unsigned char)s.p[i]);
	}
	return n;
}

/* Whether the text is of the form: 9 a digit, A a letter, others themselves. */
static bool has_form(const char *text, size_t n, const char *form)
{
	if (n != strlen(form))
		return false;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '9' ? !isdigit((unsigned char)text[i]) : form[i] == 'A' ? !isalpha((unsigned char)text[i]) : text[i] != form[i])
			return false;
	return true;
}

bool phi_is_mbi(struct str s)
{
	static const char form[] = "9AX9AX9AA99"; /* X: either */
	char text[11];
	if (s.n > 13 || alnum_of(s, text, sizeof text) != 11 || text[0] == '0')
		return false;
	for (int i = 0; i < 11; i++) {
		bool letter = isalpha((unsigned char)text[i]) != 0;
		if ((letter && (form[i] == '9' || strchr("SLOIBZ", text[i]))) || (!letter && form[i] == 'A'))
			return false;
	}
	return true;
}

bool phi_is_nino(struct str s)
{
	static const char *const not_given[] = { "BG", "GB", "NK", "KN", "TN", "NT", "ZZ" };
	char text[9];
	if (s.n > 13 || !has_form(text, alnum_of(s, text, sizeof text), "AA999999A") || text[8] > 'D')
		return false;
	for (size_t i = 0; i < sizeof not_given / sizeof *not_given; i++)
		if (memcmp(not_given[i], text, 2) == 0)
			return false;
	return !strchr("DFIUV", text[0]) && !strchr("DFIOUV", text[1]);
}

bool phi_is_ramq(struct str s)
{
	char text[12];
	if (s.n > 14 || !has_form(text, alnum_of(s, text, sizeof text), "AAAA99999999"))
		return false;
	int month = ((text[6] - '0') * 10 + text[7] - '0') % 50, day = (text[8] - '0') * 10 + text[9] - '0';
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool phi_is_wallet(struct str s)
{
	bool mixed = false;
	if (s.n < 26 || s.n > 35 || (*s.p != '1' && *s.p != '3'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!isalnum((unsigned char)s.p[i]) || strchr("0OIl", s.p[i]))
			return false;
		mixed = mixed || isupper((unsigned char)s.p[i]);
	}
	return mixed;
}

bool phi_is_iban(struct str s)
{
	char text[34];
	size_t n = alnum_of(s, text, sizeof text);
	return n > 4 && n == phi_iban_length(text) && mod97(text, 4, mod97(text + 4, n - 4, 0)) == 1;
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

/* x12: an extension is no part of the number. */
static struct str before_extension(struct str s)
{
	size_t n = 0;
	while (n < s.n && (s.p[n] | 0x20) != 'x')
		n++;
	return (struct str){ s.p, n };
}

bool phi_is_phone(struct str s)
{
	struct digits d = digits_of(before_extension(s));
	int first = d.n - 10;
	return (first == 0 || first == 1) && d.d[first] > 1 && d.d[first + 3] > 1;
}

bool phi_is_phone_world(struct str s)
{
	return has_length(s, 8, 15);
}

/* 2026-01-28 and what follows it. */
static bool starts_as_date(struct str s)
{
	const char *form = "dddd-dd-dd";
	size_t i = 0;
	while (form[i] && i < s.n && (form[i] == 'd' ? isdigit((unsigned char)s.p[i]) != 0 : s.p[i] == form[i]))
		i++;
	return !form[i];
}

bool phi_is_phone_length(struct str s)
{
	return has_length(s, 7, 15) && !starts_as_date(s);
}

bool phi_is_imei(struct str s)
{
	struct digits d = digits_of(s);
	return d.n == 15 && luhn(&d) % 10 == 0;
}

bool phi_is_udi(struct str s)
{
	struct digits d = digits_of(s);
	int sum = 0;
	for (int i = 2; i < d.n; i++)
		sum += d.d[i] * (i % 2 ? 1 : 3);
	return d.n == 16 && sum % 10 == 0;
}

bool phi_is_zip(struct str s)
{
	struct digits d = digits_of(s);
	const char area[3] = { (char)('0' + d.d[0]), (char)('0' + d.d[1]), (char)('0' + d.d[2]) };
	return d.n == 5 || d.n == 9 || (d.n == 3 && phi_in_table(phi_table_zip3_restricted, (struct str){ area, 3 }));
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

bool phi_is_day(struct str s)
{
	bool letters = false;
	struct digits d = digits_of(s);
	for (size_t i = 0; i < s.n; i++)
		letters = letters || isalpha((unsigned char)s.p[i]);
	int year = d.n == 4 ? number(&d, 0, 4) : 0;
	return letters || d.n != 4 || year < 1900 || year > 2099;
}

bool phi_is_month_day(struct str s)
{
	int day = isalpha((unsigned char)*s.p) ? next_number(&s) : 0;
	return day >= 1 && day <= 31;
}

bool phi_is_month(struct str s)
{
	int month = next_number(&s);
	return month >= 1 && month <= 12;
}

bool phi_is_stamp(struct str s)
{
	struct digits d = digits_of(s);
	if (d.n != 8)
		return false;
	int first = number(&d, 0, 4), last = number(&d, 4, 4);
	return (first >= 1900 && first < 2100 && day_and_month(last / 100, last % 100)) ||
	       (last >= 1900 && last < 2100 && day_and_month(first / 100, first % 100));
}

bool phi_is_age90(struct str s)
{
	int age = next_number(&s);
	return age >= 90 && age <= 125;
}

static size_t count(struct str s, int (*is)(int))
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += is((unsigned char)s.p[i]) != 0;
	return n;
}

bool phi_is_id(struct str s)
{
	size_t digits = count(s, isdigit);
	if (digits == 0)
		return false;
	return s.n - digits > 1 || (s.n == digits ? phi_is_day(s) : !memchr(s.p, '.', s.n));
}

bool phi_is_long_id(struct str s)
{
	return phi_is_id(s) && count(s, isdigit) >= 4;
}

bool phi_is_ssn_end(struct str s)
{
	return has_length(s, 4, 4);
}

bool phi_is_street(struct str s)
{
	return count(s, isdigit) > 0 && count(s, isalpha) > 2 && memchr(s.p, ' ', s.n);
}

bool phi_is_place(struct str s)
{
	return !phi_in_table(phi_table_broad_places, s);
}

bool phi_is_mailbox(struct str s)
{
	static const char *const programs[] = { "git@", "noreply@", "no-reply@", "donotreply@" };
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (s.n > strlen(programs[i]) && strncasecmp(s.p, programs[i], strlen(programs[i])) == 0)
			return false;
	return true;
}

bool phi_is_town(struct str s)
{
	return phi_is_place(s) && count(s, islower) > 0 && !(phi_word_is(s) & PHI_IS_COMMON);
}

bool phi_is_letters(struct str s)
{
	return count(s, isdigit) == 0 && count(s, isalpha) > 0;
}

bool phi_is_capital_name(struct str s)
{
	return phi_is_letters(s) && (isupper((unsigned char)*s.p) || (unsigned char)*s.p >= 0x80) && !memchr(s.p, '_', s.n) && !memchr(s.p, '/', s.n);
}
