/* Values behind keywords, and names around words: small grammars, by hand. */
#include "phi/value.h"

#include "phi/validate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FILLER_BYTES 14 /* punctuation in front of a value */
#define FILLER_WORDS 4
#define ID_LONGEST 64
#define NAME_WORDS 4
#define NAME_LONGEST 48   /* of a word */
#define SEGMENT_LONGEST 4096
#define WHOLE_LONGEST 200

static const struct str none;

static struct str from(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.n - n };
}

static bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool upper(char c)
{
	return isupper((unsigned char)c);
}

/* [SSN]: as redaction writes it. */
static bool is_label(struct str s)
{
	size_t n = 1;
	while (n < s.n && (upper(s.p[n]) || s.p[n] == '_'))
		n++;
	return s.n > 2 && *s.p == '[' && n > 1 && n < s.n && s.p[n] == ']';
}

static struct str skip_punctuation(struct str s)
{
	size_t n = 0;
	while (n < s.n && n < FILLER_BYTES && is_in(s.p[n], " \t\r\n:;=#\"'.,?*-_<>|[`\\") && !is_label(from(s, n)))
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

static struct str word_at(struct str s)
{
	return (struct str){ s.p, letters(s) };
}

/* Past one of the words that may stand between keyword and value; s itself where there is none. */
static struct str skip_word(struct str s)
{
	size_t n = letters(s);
	bool ends = n < s.n && !isalnum((unsigned char)s.p[n]) && s.p[n] != '-';
	return ends && (phi_word_is(word_at(s)) & PHI_IS_FILLER) ? from(s, n) : s;
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
	return s;
}

/* A character that joins two others. */
static bool joins(struct str s, size_t i, const char *joints)
{
	return i > 0 && i + 1 < s.n && is_in(s.p[i], joints) && isalnum((unsigned char)s.p[i - 1]) && isalnum((unsigned char)s.p[i + 1]);
}

/* A space between two groups of two to four digits: 123 456 789. */
static bool joins_groups(struct str s, size_t i)
{
	return i >= 2 && i <= 12 && i + 2 < s.n && s.p[i] == ' ' && isdigit((unsigned char)s.p[i - 1]) && isdigit((unsigned char)s.p[i - 2]) &&
	       isdigit((unsigned char)s.p[i + 1]) && isdigit((unsigned char)s.p[i + 2]);
}

static struct str id_value(struct str s)
{
	if (s.n > 0 && *s.p == '(')
		s = skip_punctuation(from(s, 1));
	size_t n = letters(s), digits = 0, group = 0;
	n = n > 0 && n < 4 && n + 1 < s.n && s.p[n] == ' ' && isdigit((unsigned char)s.p[n + 1]) ? n + 1 : 0; /* AB 123456 */
	for (; n < s.n && n < ID_LONGEST && (isalnum((unsigned char)s.p[n]) || joins(s, n, "-/._") || (group < 5 && joins_groups(s, n))); n++) {
		digits += isdigit((unsigned char)s.p[n]) != 0;
		group = isalnum((unsigned char)s.p[n]) ? group + 1 : 0;
	}
	return (struct str){ s.p, digits >= 1 && n >= 4 && n < ID_LONGEST ? n : 0 };
}

static struct str digits_value(struct str s)
{
	size_t n = 0, last = 0;
	for (; n < s.n && n < ID_LONGEST; n++) {
		if (isdigit((unsigned char)s.p[n]))
			last = n + 1;
		else if (!is_in(s.p[n], " -.()+/") || n > last + 1)
			break;
	}
	return (struct str){ s.p, last < s.n && isalpha((unsigned char)s.p[last]) ? 0 : last };
}

/* de la Cruz, van der Berg: the words of a surname that have no capital. */
static bool is_particle(struct str word)
{
	static const char *const particles[] = { "de", "la", "del", "van", "der", "den", "von", "bin", "al", "el", "da", "di", "du", "st" };
	for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
		if (str_is(word, particles[i]))
			return true;
	return false;
}

/* A word of a name: letters, and what joins two: O'Brien, Smith-Jones. Bytes beyond ASCII are letters. */
static size_t name_word(struct str s)
{
	size_t n = 0;
	while (n < s.n && n < NAME_LONGEST && (isalpha((unsigned char)s.p[n]) || (unsigned char)s.p[n] >= 0x80 || (joins(s, n, "-'") && (upper(s.p[n + 1]) || s.p[n] == '-'))))
		n++;
	return n;
}

static bool begins_name(struct str s)
{
	return s.n > 0 && (upper(*s.p) || (unsigned char)*s.p >= 0xC3);
}

static bool is_stop(struct str word)
{
	return (phi_word_is(word) & PHI_IS_STOP) != 0;
}

/* Capitalized words, initials and particles at the start of s, up to one of the stop list; *words is how many have more than one letter. */
static size_t name_run(struct str s, int most, int *words)
{
	size_t end = 0, at = 0;
	*words = 0;
	for (int i = 0; i < most; i++) {
		struct str rest = from(s, at), word = { rest.p, name_word(rest) };
		bool particle = is_particle(word);
		if (!particle && (!begins_name(rest) || is_stop(word_at(rest))))
			break;
		*words += !particle && word.n > 1;
		at += word.n;
		if (!particle)
			end = at;
		at += at < s.n && s.p[at] == '.' && word.n == 1;
		if (at >= s.n || s.p[at] != ' ')
			break;
		at++;
	}
	return end;
}

static struct str name_value(struct str s)
{
	int words;
	size_t n = name_run(s, NAME_WORDS, &words);
	if (words == 1 && n + 2 < s.n && s.p[n] == ',' && s.p[n + 1] == ' ' && begins_name(from(s, n + 2)) && !is_stop(word_at(from(s, n + 2)))) {
		size_t more = name_run(from(s, n + 2), 2, &words);
		n += more > 0 ? 2 + more : 0;
	}
	return (struct str){ s.p, n > 1 ? n : 0 };
}

/* A name whose first word, or the one behind an initial, is in the lists. */
static struct str listed_name_value(struct str s)
{
	struct str name = name_value(s);
	unsigned is = phi_word_is(word_at(name));
	return (is & (PHI_IS_FIRST | PHI_IS_SURNAME)) && !(is & PHI_IS_COMMON) ? name : none;
}

static bool is_month(struct str word)
{
	static const char *const months[] = { "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
		                              "december" };
	for (size_t i = 0; i < sizeof months / sizeof *months; i++)
		if ((word.n == 3 || word.n == 4 || word.n == strlen(months[i])) && word.n <= strlen(months[i]) && strncasecmp(word.p, months[i], word.n) == 0)
			return true;
	return false;
}

static bool is_ordinal(struct str word)
{
	return str_is(word, "st") || str_is(word, "nd") || str_is(word, "rd") || str_is(word, "th") || str_is(word, "of");
}

/* Numbers and months: two of them, or eight digits. */
static struct str date_value(struct str s)
{
	size_t at = 0, end = 0, digits = 0, parts = 0;
	while (at < s.n && at < ID_LONGEST && parts < 3) {
		struct str rest = from(s, at), word = word_at(rest);
		size_t n = 0;
		while (n < rest.n && isdigit((unsigned char)rest.p[n]))
			n++;
		if (n == 0 && !is_month(word) && !(parts > 0 && is_ordinal(word)))
			break;
		if (n > 0 && n != 4 && parts == 2 && isalpha((unsigned char)*s.p) && s.p[at - 1] != '\'')
			break;
		parts += n > 0 || !is_ordinal(word);
		digits += n;
		at += n > 0 ? n : word.n;
		end = is_ordinal(word) && str_is(word, "of") ? end : at;
		for (int gap = 0; gap < 2 && at < s.n && is_in(s.p[at], " ,.-/'"); gap++)
			at++;
	}
	return (struct str){ s.p, digits > 0 && digits < 9 && (parts > 1 || digits == 8) ? end : 0 };
}

struct str phi_value_month(struct str s)
{
	struct str date = date_value(s), rest = from(s, date.n);
	size_t digits = 0;
	while (digits < rest.n && (rest.p[digits] == ' ' || isdigit((unsigned char)rest.p[digits])))
		digits++;
	bool is_time = digits < rest.n && digits > 0 && rest.p[digits] == ':', is_share = rest.n > 0 && *rest.p == '%';
	bool is_verb = strncmp(s.p, "may ", 4) == 0 && date.n < strlen("may 1 2000");
	return is_time || is_share || is_verb ? none : date;
}

static struct str age_value(struct str s)
{
	size_t n = 0;
	while (n < s.n && isdigit((unsigned char)s.p[n]))
		n++;
	return (struct str){ s.p, n < s.n && joins(s, n, ".-/:") ? 0 : n };
}

static struct str place_value(struct str s)
{
	int words;
	return (struct str){ s.p, name_run(s, 3, &words) };
}

static struct str quoted_value(struct str s)
{
	size_t n = 0;
	while (n < s.n && n < ID_LONGEST && !is_in(s.p[n], "\"\\\r\n") && s.p[n])
		n++;
	return (struct str){ s.p, n < s.n && s.p[-1] == '"' && is_in(s.p[n], "\"\\") ? n : 0 }; /* a keyword stands in front */
}

/* All of a value that says something: not empty, not redacted, not `unknown`. */
static struct str whole_value(struct str s)
{
	static const char *const says_nothing[] = { "null", "none", "unknown", "true", "false", "undefined", "na", "string" };
	s = str_trim((struct str){ s.p + (s.n > 0 && *s.p == ':'), s.n - (s.n > 0 && *s.p == ':') });
	for (size_t i = 0; i < sizeof says_nothing / sizeof *says_nothing; i++)
		if (s.n == strlen(says_nothing[i]) && strncasecmp(s.p, says_nothing[i], s.n) == 0)
			return none;
	for (size_t i = 0; i < s.n; i++)
		if (isalnum((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			return s.n < 2 || s.n > WHOLE_LONGEST || *s.p == '[' ? none : s;
	return none;
}

struct str phi_value(enum phi_value kind, struct str s)
{
	if (kind == PHI_VALUE_WHOLE)
		return whole_value(s);
	s = skip_filler(s);
	switch (kind) {
	case PHI_VALUE_ID:
		return id_value(s);
	case PHI_VALUE_DIGITS:
		return digits_value(s);
	case PHI_VALUE_NAME:
		return name_value(s);
	case PHI_VALUE_TITLED_NAME:
		return name_value(s);
	case PHI_VALUE_LISTED_NAME:
		return listed_name_value(s);
	case PHI_VALUE_DATE:
		return date_value(s);
	case PHI_VALUE_AGE:
		return age_value(s);
	case PHI_VALUE_PLACE:
		return place_value(s);
	case PHI_VALUE_QUOTED:
		return quoted_value(s);
	default:
		return none;
	}
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '.' || c == '\'' || c == '-';
}

struct str phi_value_before(const char *first, const char *start, const char *end)
{
	const char *at = start;
	for (int words = 0; words < 5 && at - first >= 2 && at[-1] == ' '; words++) {
		const char *word = at - 1;
		while (word > first && in_name(word[-1]))
			word--;
		struct str text = { word, (size_t)(at - 1 - word) };
		bool joint = at != start && (str_is(text, "and") || str_is(text, "of") || str_is(text, "the"));
		if (text.n == 0 || (!joint && !upper(*word)) || is_in(word[text.n - 1], ".") || is_stop(text))
			break;
		at = word;
	}
	while (at < start && !upper(*at)) /* no joint in front */
		at += letters((struct str){ at, (size_t)(start - at) }) + 1;
	return (struct str){ at, at >= start ? 0 : (size_t)(end - at) };
}

/* An ordinal or a direction. */
static bool is_street_word(struct str word)
{
	return word.n > 0 && (upper(*word.p) || (isdigit((unsigned char)*word.p) && isalpha((unsigned char)word.p[word.n - 1])));
}

struct str phi_value_street(const char *first, const char *start, const char *end)
{
	const char *at = start;
	for (int words = 0; words < 5 && at - first >= 2 && at[-1] == ' '; words++) {
		const char *behind = at - 1, *word = behind;
		while (word > first && in_name(word[-1]))
			word--;
		struct str text = { word, (size_t)(behind - word) };
		at = word;
		if (words > 0 && text.n > 0 && text.n < 7 && isdigit((unsigned char)*word) && isdigit((unsigned char)word[text.n - (text.n > 1)]))
			return (struct str){ word, (size_t)(end - word) };
		if (!is_street_word(text))
			break;
	}
	return none;
}

struct str phi_value_city(const char *first, const char *start, const char *end)
{
	const char *comma = start;
	while (comma > first && comma[-1] == ' ')
		comma--;
	if (comma == first || comma[-1] != ',' || !upper(*start) || (end - start == 2 && !upper(start[1])))
		return none;
	const char *at = --comma;
	for (int words = 0; words < 3; words++) {
		const char *word = at - (at > first && at < comma && at[-1] == ' ');
		const char *behind = word;
		while (word > first && in_name(word[-1]))
			word--;
		if (word == behind || !upper(*word) || is_stop((struct str){ word, (size_t)(behind - word) }))
			break;
		at = word;
	}
	return (struct str){ at, at == comma ? 0 : (size_t)(end - at) };
}

/*
 * John Smith, John Q. Smith, John S. A first name that is an ordinary word, too, needs a surname of the list. No word of the stop list stands in it or follows
 * it.
 */
static struct str person(const char *end, struct str first)
{
	int words;
	struct str all = { first.p, (size_t)(end - first.p) };
	size_t n = name_run(all, 3, &words);
	const char *last = first.p + n;
	while (last > first.p && last[-1] != ' ')
		last--;
	struct str surname = { last, (size_t)(first.p + n - last) };
	unsigned is = phi_word_is(word_at(surname)), is_first = phi_word_is(first);
	if (n <= first.n || last == first.p || is_stop(first) || (words < 2 && surname.n > 1))
		return none;
	bool followed = n + 1 < all.n && all.p[n] == ' ' && begins_name(from(all, n + 1)) && is_stop(word_at(from(all, n + 1)));
	bool sure = (is & PHI_IS_SURNAME) && !(is & PHI_IS_COMMON);
	if ((is & PHI_IS_COMMON) && !(is & PHI_IS_SURNAME))
		return none;
	if (followed || !phi_is_place(surname) || ((is_first & PHI_IS_COMMON) && !sure) || (surname.n == 1 && ((is_first & PHI_IS_COMMON) || first.n < 3)))
		return none;
	return (struct str){ first.p, n };
}

static struct str last_first(const char *first, const char *end, struct str last)
{
	struct str rest = { last.p + last.n, (size_t)(end - last.p) - last.n };
	int words;
	if (!str_starts(rest, ", ") || (last.p > first && last.p[-1] == '-'))
		return none;
	struct str given = from(rest, 2);
	unsigned is = phi_word_is(word_at(given));
	size_t n = name_run(given, 2, &words);
	return n > 1 && (is & PHI_IS_FIRST) && !(is & PHI_IS_COMMON) && !is_stop(last) ? (struct str){ last.p, last.n + 2 + n } : none;
}

/* The capitals and digits of an IBAN, as many as the country's have. */
static struct str iban(struct str shape)
{
	bool begins = shape.n > 14 && upper(shape.p[0]) && upper(shape.p[1]) && isdigit((unsigned char)shape.p[2]);
	size_t n = 0, have = 0, want = begins ? phi_iban_length(shape.p) : 0;
	for (; n < shape.n && have < want && !islower((unsigned char)shape.p[n]); n++)
		have += isalnum((unsigned char)shape.p[n]) != 0;
	return (struct str){ shape.p, want > 0 && have == want ? n : 0 };
}

struct str phi_value_grown(enum phi_value kind, const char *first, const char *end, struct str shape)
{
	const char *start = shape.p;
	if (kind == PHI_VALUE_PERSON)
		return person(end, shape);
	if (kind == PHI_VALUE_LAST_FIRST)
		return last_first(first, end, shape);
	if (kind == PHI_VALUE_IBAN)
		return iban(shape);
	if (kind != PHI_VALUE_MAILBOX)
		return shape;
	while (start > first && (isalnum((unsigned char)start[-1]) || (unsigned char)start[-1] >= 0x80 || is_in(start[-1], "._%+-'")))
		start--;
	return (struct str){ start, start == shape.p ? 0 : shape.n + (size_t)(shape.p - start) };
}

struct str phi_value_field(struct str s, unsigned nth)
{
	size_t end = 0;
	while (end < s.n && end < SEGMENT_LONGEST && !is_in(s.p[end], "\r\n\"") && !(s.p[end] == '\\' && end + 1 < s.n && is_in(s.p[end + 1], "rn")))
		end++;
	s.n = end;
	for (; nth > 0; nth--) {
		const char *bar = memchr(s.p, '|', s.n);
		if (!bar)
			return none;
		s = from(s, (size_t)(bar - s.p) + 1);
	}
	const char *bar = memchr(s.p, '|', s.n);
	return whole_value((struct str){ s.p, bar ? (size_t)(bar - s.p) : s.n });
}
