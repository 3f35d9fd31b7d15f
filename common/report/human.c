/* Numbers for people: in integers, so that a rounded share never shows more or less than there is. */
#include "report/human.h"

#include "base/num.h"
#include "base/timefmt.h"

#include <math.h>
#include <string.h>

#define NUMBER_MAX 64

/* Appends a decimal number with commas between the thousands. */
static void group_digits(struct buf *b, struct str number)
{
	size_t digits = 0;
	while (digits < number.n && number.p[digits] != '.')
		digits++;
	for (size_t i = 0; i < number.n; i++) {
		if (i > 0 && i < digits && (digits - i) % 3 == 0 && number.p[i - 1] != '-')
			buf_char(b, ',');
		buf_char(b, number.p[i]);
	}
}

void human_count(struct buf *b, int128 n)
{
	struct buf text;
	buf_init(&text, NUMBER_MAX);
	num_decimal(&text, n, 0);
	group_digits(b, buf_view(&text));
	buf_free(&text);
}

void human_usd(struct buf *b, int128 nano)
{
	struct buf text;
	buf_init(&text, NUMBER_MAX);
	num_decimal(&text, nano, NUM_NANO);
	const char *dot = strchr(buf_cstr(&text), '.');
	if (!dot)
		buf_z(&text, ".00");
	else if (dot[1] != '\0' && dot[2] == '\0')
		buf_char(&text, '0');
	buf_char(b, '$');
	group_digits(b, buf_view(&text));
	buf_free(&text);
}

void human_share(struct buf *b, int128 part, int128 whole)
{
	if (whole <= 0) {
		buf_z(b, "n/a");
		return;
	}
	int128 tenths = (part * 2000 + whole) / (whole * 2);
	if (part == 0 || part == whole)
		buf_z(b, part ? "100 %" : "0 %");
	else if (tenths < 1)
		buf_z(b, "< 0.1 %");
	else if (tenths > 999)
		buf_z(b, "> 99.9 %");
	else
		buf_fmt(b, "%d.%d %%", (int)(tenths / 10), (int)(tenths % 10));
}

void human_of(struct buf *b, int128 part, int128 whole, const char *what)
{
	human_count(b, part);
	buf_z(b, " of ");
	human_count(b, whole);
	buf_fmt(b, " %s (", what);
	human_share(b, part, whole);
	buf_char(b, ')');
}

void human_percent(struct buf *b, double share)
{
	buf_fmt(b, "%.1f %%", 100 * share);
}

void human_effect(struct buf *b, double v, bool is_difference)
{
	if (is_difference)
		buf_fmt(b, "%.1f points", 100 * v);
	else
		buf_fmt(b, "%.3g times", v);
}

void human_ms(struct buf *b, double ms)
{
	if (ms < 0) {
		buf_z(b, "unknown");
		return;
	}
	human_count(b, (int64_t)llround(ms));
	buf_z(b, " ms");
}

void human_time(struct buf *b, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	struct str date = { text, 10 }, time = { text + 11, 8 };
	buf_str(b, date);
	buf_char(b, ' ');
	buf_str(b, time);
	buf_z(b, " UTC");
}

void human_plural(struct buf *b, int128 n, const char *one, const char *many)
{
	human_count(b, n);
	buf_char(b, ' ');
	buf_z(b, n == 1 ? one : many);
}
