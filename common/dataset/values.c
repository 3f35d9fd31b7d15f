/* Kinds of values. */
#include "dataset/values.h"

#include "base/num.h"
#include "base/timefmt.h"

#include <strings.h>

const char *value_type_name(enum value_type type)
{
	static const char *const names[] = {
		[VALUE_EMPTY] = "empty", [VALUE_BOOLEAN] = "boolean", [VALUE_INTEGER] = "integer", [VALUE_NUMBER] = "number",
		[VALUE_DATE] = "date", [VALUE_DATE_TIME] = "date-time", [VALUE_TEXT] = "text", [VALUE_BINARY] = "binary",
		[VALUE_ARRAY] = "array", [VALUE_OBJECT] = "object",
	};
	return names[type];
}

static size_t digits(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return n;
}

static bool is_one_of(struct str s, size_t at, const char *set)
{
	return at < s.n && s.p[at] != '\0' && strchr(set, s.p[at]);
}

/* JSON's number (RFC 8259, section 6). */
static bool is_number(struct str s)
{
	size_t at = is_one_of(s, 0, "-"), n = digits(s, at);
	if (n == 0 || (n > 1 && s.p[at] == '0'))
		return false;
	at += n;
	if (is_one_of(s, at, ".")) {
		n = digits(s, at + 1);
		if (n == 0)
			return false;
		at += 1 + n;
	}
	if (is_one_of(s, at, "eE")) {
		at++;
		at += is_one_of(s, at, "+-");
		n = digits(s, at);
		if (n == 0)
			return false;
		at += n;
	}
	return at == s.n;
}

static bool is_word(struct str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static enum value_type type_of_time(struct str s)
{
	int64_t ms;
	if (time_parse_as(s, STR("%Y-%m-%d"), &ms))
		return VALUE_DATE;
	if (time_parse(s, &ms) || time_parse_as(s, STR("%Y-%m-%d %H:%M:%S"), &ms) ||
	    time_parse_as(s, STR("%Y-%m-%d %H:%M:%S.%f"), &ms))
		return VALUE_DATE_TIME;
	return VALUE_TEXT;
}

enum value_type value_type_of(struct str cell)
{
	int64_t v;
	if (cell.n == 0)
		return VALUE_EMPTY;
	if (is_number(cell))
		return num_int(cell, &v) ? VALUE_INTEGER : VALUE_NUMBER;
	if (is_word(cell, "true") || is_word(cell, "false"))
		return VALUE_BOOLEAN;
	return digits(cell, 0) == 4 ? type_of_time(cell) : VALUE_TEXT;
}

enum value_type value_type_join(enum value_type a, enum value_type b)
{
	if (a == b || b == VALUE_EMPTY)
		return a;
	if (a == VALUE_EMPTY)
		return b;
	bool numbers = (a == VALUE_INTEGER || a == VALUE_NUMBER) && (b == VALUE_INTEGER || b == VALUE_NUMBER);
	return numbers ? VALUE_NUMBER : VALUE_TEXT;
}
