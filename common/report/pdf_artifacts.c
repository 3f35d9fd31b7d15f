/*
 * A content stream is operands followed by their operator. It is cut where marked content begins and ends; what lies
 * between is an artifact where it paints anything. Marks need not pair with q and Q, only with BT and ET, and cairo never
 * leaves a text open around a mark.
 */
#include "report/pdf_artifacts.h"

#include <stdbool.h>
#include <string.h>

static bool is_space(char c)
{
	return c != '\0' && strchr(" \t\r\n\f", c);
}

static bool is_delimiter(char c)
{
	return c == '\0' || is_space(c) || strchr("()<>[]/%", c);
}

/* Behind the string that begins at `at`: parentheses nest, a backslash takes the next byte's meaning away. */
static size_t skip_string(struct str s, size_t at)
{
	int depth = 0;
	for (; at < s.n; at++) {
		if (s.p[at] == '\\')
			at++;
		else if (s.p[at] == '(')
			depth++;
		else if (s.p[at] == ')' && --depth == 0)
			return at + 1;
	}
	return s.n;
}

/* Cuts the next token off: a string, a delimiter, or a run of other bytes. */
static struct str next_token(struct str s, size_t *at)
{
	while (*at < s.n && is_space(s.p[*at]))
		(*at)++;
	size_t begin = *at;
	if (begin == s.n)
		return (struct str){ s.p + begin, 0 };
	if (s.p[begin] == '(')
		*at = skip_string(s, begin);
	else
		do
			(*at)++;
		while (*at < s.n && !is_delimiter(s.p[*at]) && !is_delimiter(s.p[begin]));
	return (struct str){ s.p + begin, *at - begin };
}

static bool is_one_of(struct str token, const char *const *names)
{
	while (*names && !str_is(token, *names))
		names++;
	return *names != NULL;
}

/* Letters that are no operand; a name's are behind a '/', which is a token of its own. */
static bool is_operator(struct str token, struct str before)
{
	char c = token.n > 0 ? token.p[0] : '\0';
	return ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) && !str_is(before, "/");
}

static void put_outside(struct buf *out, struct str bytes, bool paints)
{
	buf_z(out, paints ? "/Artifact BMC\n" : "");
	buf_str(out, bytes);
	buf_z(out, paints ? "\nEMC\n" : "");
}

void pdf_mark_artifacts(struct str s, struct buf *out)
{
	static const char *const begins[] = { "BMC", "BDC", NULL }, *const ends[] = { "EMC", NULL };
	static const char *const paint[] = { "f", "f*", "F", "S", "s", "B", "B*", "b", "b*", "Tj", "TJ", "Do", "sh", NULL };
	size_t at = 0, from = 0, operand = 0; /* of what is not copied yet; of the operator's first operand */
	int depth = 0;
	bool paints = false;
	struct str before = { "", 0 };
	for (struct str token = next_token(s, &at); token.n > 0; before = token, token = next_token(s, &at)) {
		if (!is_operator(token, before))
			continue;
		if (is_one_of(token, begins) && depth++ == 0) {
			put_outside(out, (struct str){ s.p + from, operand - from }, paints);
			from = operand;
			paints = false;
		} else if (is_one_of(token, ends) && depth > 0 && --depth == 0) {
			buf_add(out, s.p + from, at - from);
			buf_char(out, '\n');
			from = at;
		} else if (depth == 0) {
			paints = paints || is_one_of(token, paint);
		}
		operand = at;
	}
	put_outside(out, (struct str){ s.p + from, s.n - from }, paints);
}
