/* What the normaliser makes of a text, and where each part of it comes from. */
#include "phi/normalise.h"

#include "../lib/unit.h"

#include <stdlib.h>

static struct buf out;
static struct phi_map map;

/* The text normalised, and what bytes of the original the part of it stands for. */
static void normalises(const char *text, const char *want, const char *part, const char *from)
{
	CHECK(phi_normalise(str_of(text), &out, &map));
	CHECK_STR(buf_view(&out), want);
	const char *at = strstr(buf_cstr(&out), part);
	CHECK(at != NULL);
	size_t start = at ? (size_t)(at - out.p) : 0, n = strlen(part);
	phi_map_back(&map, &start, &n);
	CHECK(start + n <= strlen(text));
	CHECK_STR(((struct str){ text + start, n }), from);
}

static void stays(const char *text)
{
	CHECK(!phi_normalise(str_of(text), &out, &map));
	CHECK_STR(buf_view(&out), text);
}

static void signs_without_width_are_dropped(void)
{
	normalises("SS\u200BN 1\u00AD2", "SSN 12", "12", "1\u00AD2");
	normalises("\uFEFF" "a\u2060b", "ab", "b", "b");
}

static void digits_letters_dashes_and_spaces_are_folded(void)
{
	normalises("x \uFF13\uFF14", "x 34", "34", "\uFF13\uFF14");
	normalises("\u0661\u0969", "13", "3", "\u0969");
	normalises("12\u20113", "12-3", "-", "\u2011");
	normalises("a\u00A0b", "a b", " ", "\u00A0");
	normalises("Jos\u00E9 \u0141", "Jose L", "Jose", "Jos\u00E9");
	normalises("\uFF2D\uFF32\uFF2E", "MRN", "RN", "\uFF32\uFF2E");
}

static void escapes_are_decoded(void)
{
	normalises("&#49;&#x32;&amp;", "12&", "2", "&#x32;");
	normalises("%4D%52n", "MRn", "R", "%52");
	normalises("%C3%A9", "e", "e", "%C3%A9");
	normalises("a\\u0031\\x32", "a12", "1", "\\u0031");
}

static void base64_of_text_is_decoded(void)
{
	normalises("x=MTIzLTQ1LTY3ODk=.", "x=123-45-6789.", "123-45-6789", "MTIzLTQ1LTY3ODk=");
	stays("9afcd44d14cf8bfe6775dc7701564f61");
	stays("internationalization");
}

static void characters_apart_are_closed_up(void)
{
	normalises("S S N   1 2 3 4", "SSN 1234", "1234", "1 2 3 4");
	stays("a b c d");
}

static void what_is_plain_stays(void)
{
	stays("");
	stays("100 % of it & more; C:\\users");
	stays("\u4E2D");
}

static void bytes_that_are_no_utf8_become_marks(void)
{
	normalises("1\xFF" "2", "1?2", "?", "\xFF");
}

int main(void)
{
	buf_init(&out, 1 << 16);
	RUN(signs_without_width_are_dropped);
	RUN(digits_letters_dashes_and_spaces_are_folded);
	RUN(escapes_are_decoded);
	RUN(base64_of_text_is_decoded);
	RUN(characters_apart_are_closed_up);
	RUN(what_is_plain_stays);
	RUN(bytes_that_are_no_utf8_become_marks);
	buf_free(&out);
	phi_map_free(&map);
	return unit_done();
}
