/* Values behind keywords: small grammars, by hand. */
#include "phi/value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FILLER_BYTES 14  /* punctuation in front of a value */
#define FILLER_WORDS 3
#define ID_LONGEST 40
#define NAME_WORDS 3

static struct str from(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.n - n };
}

static struct str skip_punctuation(struct str s)
{
	size_t n = 0;
	while (n < s.n && n < FILLER_BYTES && s.p[n] && strchr(" \t\r\n:=#\"'.,?*-_>[", s.p[n]))
		n++;
	return from(s, n);
}

static size_t letters(struct str s)
{
	size_t n = 0;
	while (n < s.n && isalpha((unsigned char)s.p[n]))
		n++;
	return n;
}

/* Past one of the words that may stand between keyword and value; s itself where there is none. */
static struct str skip_word(struct str s)
{
	static const char *const words[] = { "is", "was", "no", "number", "num", "nr", "id", "are", "of", "to", "at", "code", "ending", "value", "string" };
	size_t n = letters(s);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (n == strlen(words[i]) && strncasecmp(s.p, words[i], n) == 0 && n < s.n && !isalnum((unsigned char)s.p[n]) && s.p[n] != '-')
			return from(s, n);
	return s;
}

static struct str skip_filler(struct str s)
{
	s = skip_punctuation(s);
	for (int i = 0; i < FILLER_WORDS; i++) {
		struct str next = skip_word(s);
		if (next.p == s.p)
			break;
		s = skip_punctuation(next);
	}
	return *s.p == '(' && s.n > 0 ? s : skip_punctuation(s);
}

/* A character that joins two others of an id. */
static bool joins(struct str s, size_t i, const char *joints)
{
	return i > 0 && i + 1 < s.n && s.p[i] && strchr(joints, s.p[i]) && isalnum((unsigned char)s.p[i - 1]) && isalnum((unsigned char)s.p[i + 1]);
}

static struct str id_value(struct str s)
{
	size_t n = 0, digits = 0;
	for (; n < s.n && n < ID_LONGEST && (isalnum((unsigned char)s.p[n]) || joins(s, n, "-/._")); n++)
		digits += isdigit((unsigned char)s.p[n]) != 0;
	return (struct str){ s.p, digits >= 2 && n >= 4 && n < ID_LONGEST ? n : 0 };
}

static struct str digits_value(struct str s)
{
	size_t n = 0, last = 0;
	for (; n < s.n && n < ID_LONGEST; n++) {
		if (isdigit((unsigned char)s.p[n]))
			last = n + 1;
		else if (!s.p[n] || !strchr(" -.()+/", s.p[n]) || n > last + 1)
			break;
	}
	return (struct str){ s.p, last < s.n && isalpha((unsigned char)s.p[last]) ? 0 : last };
}

static bool upper_at(struct str s, size_t i)
{
	return i < s.n && (isupper((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0xC3);
}

static struct str name_value(struct str s)
{
	size_t end = 0, i = 0;
	for (int words = 0; words < NAME_WORDS && upper_at(s, i); words++) {
		while (i < s.n && (isalpha((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80 || joins(s, i, "-'")))
			i++;
		end = i;
		i += i < s.n && s.p[i] == '.';
		i += i < s.n && s.p[i] == ' ';
	}
	return (struct str){ s.p, end > 1 ? end : 0 };
}

static struct str date_value(struct str s)
{
	size_t n = 0, digits = 0;
	while (n < s.n && n < ID_LONGEST && (isalnum((unsigned char)s.p[n]) || joins(s, n, "-/.:+") || (s.p[n] == ' ' && digits < 4 && n > 0)))
		digits += isdigit((unsigned char)s.p[n++]) != 0;
	return (struct str){ s.p, digits >= 4 && digits < ID_LONGEST ? n : 0 };
}

struct str phi_value(enum phi_value kind, struct str s)
{
	if (s.n == 0 || isalnum((unsigned char)*s.p))
		return (struct str){ s.p, 0 };
	s = skip_filler(s);
	switch (kind) {
	case PHI_VALUE_ID:
		return id_value(s);
	case PHI_VALUE_DIGITS:
		return digits_value(s);
	case PHI_VALUE_NAME:
		return name_value(s);
	case PHI_VALUE_DATE:
		return date_value(s);
	default:
		return (struct str){ s.p, 0 };
	}
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '.' || c == '\'' || c == '-';
}

struct str phi_value_before(const char *first, const char *end, size_t n)
{
	const char *start = end - n;
	for (int words = 0; words < 5 && start - first >= 2 && start[-1] == ' '; words++) {
		const char *word = start - 1;
		while (word > first && in_name(word[-1]))
			word--;
		bool joint = start - word == 4 && memcmp(word, "and", 3) == 0;
		if (word == start - 1 || !(isupper((unsigned char)*word) || joint))
			break;
		start = word;
	}
	return (struct str){ start, start == end - n ? 0 : (size_t)(end - start) };
}

/* " B" and what follows; where that is one letter, the next word is taken as well. */
static struct str person_value(const char *end, struct str shape)
{
	const char *p = shape.p + shape.n;
	for (int words = 0; words < 2 && end - p >= 2 && p[0] == ' ' && (isupper((unsigned char)p[1]) || (unsigned char)p[1] >= 0xC3); words++) {
		const char *word = ++p;
		while (p < end && (isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80 || ((*p == '-' || *p == '\'') && end - p > 1 && isupper((unsigned char)p[1]))))
			p++;
		bool initial = p - word == 1;
		shape.n = (size_t)(p - shape.p);
		if (!initial)
			return shape;
		p += p < end && *p == '.';
		shape.n = (size_t)(p - shape.p);
	}
	return (struct str){ shape.p, memchr(shape.p, ' ', shape.n) ? shape.n : 0 };
}

struct str phi_value_grown(enum phi_value kind, const char *first, const char *end, struct str shape)
{
	const char *start = shape.p;
	if (kind == PHI_VALUE_PERSON)
		return person_value(end, shape);
	if (kind != PHI_VALUE_MAILBOX)
		return shape;
	while (start > first && (isalnum((unsigned char)start[-1]) || (start[-1] && strchr("._%+-", start[-1]))))
		start--;
	return (struct str){ start, start == shape.p ? 0 : shape.n + (size_t)(shape.p - start) };
}
