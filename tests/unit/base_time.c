/* base/timefmt: RFC 3339 in and out, and times in the formats of others. */
#include "base/timefmt.h"

#include "../lib/unit.h"

#define NOON INT64_C(1769601600000) /* 2026-01-28T12:00:00Z */

struct timecase {
	const char *text;
	int64_t want;
};

static void parse(void)
{
	static const struct timecase cases[] = {
		{ "2026-01-28T12:00:00Z", NOON },
		{ "2026-01-28t12:00:00z", NOON },
		{ "2026-01-28T12:00:00.123Z", NOON + 123 },
		{ "2026-01-28T12:00:00.1Z", NOON + 100 },
		{ "2026-01-28T12:00:00.1239999999999999999999Z", NOON + 123 },
		{ "2026-01-28T13:00:00+01:00", NOON },
		{ "2026-01-28T06:15:00-05:45", NOON },
		{ "2026-01-28T12:00:00-00:00", NOON },
		{ "2026-01-29T11:59:00+23:59", NOON },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "0000-01-01T00:00:00Z", INT64_C(-62167219200000) },
		{ "0000-02-29T00:00:00Z", INT64_C(-62162121600000) },
		{ "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400000) },
		{ "2016-12-31T23:59:60Z", INT64_C(1483228800000) },
		{ "2016-12-31T23:59:60.5Z", INT64_C(1483228800500) },
		{ "2017-01-01T05:29:60+05:30", INT64_C(1483228800000) },
		{ "2016-12-31T15:29:60-08:30", INT64_C(1483228800000) },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t ms = -77;
		CHECK(time_parse(str_of(cases[i].text), &ms));
		CHECK_INT(ms, cases[i].want);
	}
}

static void refuse(void)
{
	static const char *const bad[] = {
		"", "2026-01-28", "2026-01-28T12:00:00", "2026-01-28 12:00:00Z", "2026-1-28T12:00:00Z",
		"2026-01-28T12:00Z", "2026-00-28T12:00:00Z", "2026-13-28T12:00:00Z", "2026-01-00T12:00:00Z",
		"2026-01-32T12:00:00Z", "2026-02-29T12:00:00Z", "1900-02-29T12:00:00Z", "2026-04-31T12:00:00Z",
		"2026-01-28T24:00:00Z", "2026-01-28T12:60:00Z", "2026-01-28T12:00:60Z", "2026-01-28T23:59:61Z",
		"2026-01-28T12:00:00.Z", "2026-01-28T12:00:00,5Z", "2026-01-28T12:00:00+0100",
		"2026-01-28T12:00:00+01", "2026-01-28T12:00:00+24:00", "2026-01-28T12:00:00+01:60",
		"2026-01-28T12:00:00ZZ", " 2026-01-28T12:00:00Z", "2026-01-28T12:00:00Z\n", "+2026-01-28T12:00:00Z",
		"02026-01-28T12:00:00Z", "2026-01-28T23:59:60+01:00", "2026-01-28TT12:00:00Z",
	};
	int64_t ms = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!time_parse(str_of(bad[i]), &ms));
	CHECK(!time_parse(str_of(NULL), &ms));
	CHECK_INT(ms, 7);
}

/* Ajv accepts these, so that we must as well: see valid_clock(). */
static void forgive_as_ajv(void)
{
	int64_t ms;
	CHECK(time_parse(STR("2026-01-28T24:59:00+01:00"), &ms) && ms == NOON + INT64_C(43140000));
	CHECK(time_parse(STR("2026-01-28T23:60:00+00:01"), &ms) && ms == NOON + INT64_C(43140000));
}

static void formats(void)
{
	static const char *const good[] = { "%Y-%m-%d %H:%M:%S.%f%z", "%s", "%L", "%a, %d %b", "100%% %Y" };
	static const char *const bad[] = { "", " ", "2026-01-02", "%%", "%", "%Y%", "%Q", "%Y-%M-%D", "%Y %\xff" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(time_is_format(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!time_is_format(str_of(bad[i])));
}

static void parse_as(void)
{
	static const struct {
		const char *text, *format;
		int64_t want;
	} cases[] = {
		{ "2026-01-28 12:00:00.1239999", "%Y-%m-%d %H:%M:%S.%f", NOON + 123 },
		{ "28/1/2026 9:00", "%d/%m/%Y %H:%M", NOON - 3 * TIME_HOUR_MS },
		{ "20260128120000", "%Y%m%d%H%M%S", NOON },
		{ "Wed, 28 Jan 2026 12:00:00 Z", "%a, %d %b %Y %H:%M:%S %z", NOON },
		{ "28/JAN/2026:13:00:00 +0100", "%d/%b/%Y:%H:%M:%S %z", NOON },
		{ "2026-01-28 13:00:00+01:00", "%Y-%m-%d %H:%M:%S%z", NOON },
		{ "1769601600", "%s", NOON },
		{ "1769601600.5", "%s", NOON + 500 },
		{ "-1", "%s", -1000 },
		{ "1769601600123", "%L", NOON + 123 },
		{ "100% 2026", "100%% %Y", INT64_C(1767225600000) },
		{ "at 2026-01-28", "at %Y-%m-%d", NOON - 12 * TIME_HOUR_MS },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t ms = -77;
		CHECK(time_parse_as(str_of(cases[i].text), str_of(cases[i].format), &ms));
		CHECK_INT(ms, cases[i].want);
	}
}

static void refuse_as(void)
{
	static const char *const bad[][2] = {
		{ "2026-02-30", "%Y-%m-%d" }, { "2026-01-28 ", "%Y-%m-%d" }, { "26-01-28", "%Y-%m-%d" },
		{ "2026-01", "%Y-%m-%d" }, { "2026/01/28", "%Y-%m-%d" }, { "28 Foo 2026", "%d %b %Y" },
		{ "0.1234567891", "0.%f" }, { "", "%s" }, { "1.5", "%L" }, { "99999999999999999999", "%s" },
		{ "1769601600123", "%s" }, { "2026", "%Q" }, { "2026", "%Y%" }, { "1769601600.", "%s" },
	};
	int64_t ms = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!time_parse_as(str_of(bad[i][0]), str_of(bad[i][1]), &ms));
	CHECK_INT(ms, 7);
}

static void human(void)
{
	int64_t ms;
	CHECK(time_parse_human(STR("2026-01-28"), &ms) && ms == NOON - 12 * TIME_HOUR_MS);
	CHECK(time_parse_human(STR("2026-01-28T12:00:00Z"), &ms) && ms == NOON);
	CHECK(!time_parse_human(STR("2026-02-30"), &ms));
	CHECK(!time_parse_human(STR("yesterday"), &ms));
}

static void since(void)
{
	int64_t ms;
	CHECK(time_parse_since(STR("90s"), NOON, &ms) && ms == NOON - 90000);
	CHECK(time_parse_since(STR("15m"), NOON, &ms) && ms == NOON - 900000);
	CHECK(time_parse_since(STR("2h"), NOON, &ms) && ms == NOON - 2 * TIME_HOUR_MS);
	CHECK(time_parse_since(STR("7d"), NOON, &ms) && ms == NOON - 7 * TIME_DAY_MS);
	CHECK(time_parse_since(STR("4w"), NOON, &ms) && ms == NOON - 28 * TIME_DAY_MS);
	CHECK(time_parse_since(STR("0s"), NOON, &ms) && ms == NOON);
	CHECK(time_parse_since(STR("6y"), NOON, &ms) && ms == NOON - (6 * 365 + 2) * TIME_DAY_MS); /* 2020 and 2024 */
	CHECK(time_parse_since(STR("0y"), NOON, &ms) && ms == NOON);
	CHECK(time_parse_since(STR("1y"), NOON - 699 * TIME_DAY_MS, &ms) && ms == NOON - (699 + 366) * TIME_DAY_MS); /* 29 February 2024 */
	CHECK(time_parse_since(STR("9999y"), NOON, &ms));
	CHECK(time_parse_since(STR("2026-01-28"), 0, &ms) && ms == NOON - 12 * TIME_HOUR_MS);
	CHECK(!time_parse_since(STR("2"), NOON, &ms));
	CHECK(!time_parse_since(STR("h"), NOON, &ms));
	CHECK(!time_parse_since(STR("2hours"), NOON, &ms));
	CHECK(!time_parse_since(STR("2 y"), NOON, &ms));
	CHECK(!time_parse_since(STR("-2h"), NOON, &ms));
	CHECK(!time_parse_since(STR("999999999w"), NOON, &ms));
	CHECK(!time_parse_since(STR(""), NOON, &ms));
}

static struct str formatted(int64_t ms)
{
	static char text[TIME_TEXT];
	time_format(ms, text);
	return str_of(text);
}

static void format(void)
{
	CHECK_STR(formatted(0), "1970-01-01T00:00:00.000Z");
	CHECK_STR(formatted(-1), "1969-12-31T23:59:59.999Z");
	CHECK_STR(formatted(NOON + 123), "2026-01-28T12:00:00.123Z");
	CHECK_STR(formatted(INT64_C(951782400000)), "2000-02-29T00:00:00.000Z");
	CHECK_STR(formatted(INT64_MIN), "0000-01-01T00:00:00.000Z");
	CHECK_STR(formatted(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

/* What is formatted parses to the same, through every day of 10,000 years. */
static void round_trip(void)
{
	int64_t wrong = 0;
	for (int64_t ms = INT64_C(-62167219200000); ms <= INT64_C(253402300799999); ms += TIME_DAY_MS - 1) {
		int64_t back = 0;
		wrong += !time_parse(formatted(ms), &back) || back != ms;
	}
	CHECK_INT(wrong, 0);
}

static void floors(void)
{
	CHECK_INT(time_floor(TIME_HOUR_MS + 1, TIME_HOUR_MS), TIME_HOUR_MS);
	CHECK_INT(time_floor(TIME_HOUR_MS, TIME_HOUR_MS), TIME_HOUR_MS);
	CHECK_INT(time_floor(-1, TIME_HOUR_MS), -TIME_HOUR_MS);
	CHECK_INT(time_floor(-TIME_HOUR_MS, TIME_HOUR_MS), -TIME_HOUR_MS);
}

static void clocks(void)
{
	int64_t before = time_monotonic_ms();
	CHECK(time_now_ms() > INT64_C(1700000000000));
	CHECK(time_monotonic_ms() >= before);
}

int main(void)
{
	RUN(parse);
	RUN(refuse);
	RUN(forgive_as_ajv);
	RUN(formats);
	RUN(parse_as);
	RUN(refuse_as);
	RUN(human);
	RUN(since);
	RUN(format);
	RUN(round_trip);
	RUN(floors);
	RUN(clocks);
	return unit_done();
}
