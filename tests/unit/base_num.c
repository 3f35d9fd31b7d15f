/* base/num: integers and decimals, exactly. */
#include "base/num.h"

#include "../lib/unit.h"

static void integers(void)
{
	int64_t v = 7;
	CHECK(num_int(STR("0"), &v) && v == 0);
	CHECK(num_int(STR("-0"), &v) && v == 0);
	CHECK(num_int(STR("007"), &v) && v == 7);
	CHECK(num_int(STR("9223372036854775807"), &v) && v == INT64_MAX);
	CHECK(num_int(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	CHECK(!num_int(STR("9223372036854775808"), &v));
	CHECK(!num_int(STR("-9223372036854775809"), &v));
	CHECK(!num_int(STR("18446744073709551616"), &v));
	CHECK(!num_int(STR("99999999999999999999999999"), &v));
}

static void not_integers(void)
{
	static const char *const bad[] = { "", "-", "+1", "1 ", " 1", "1.0", "1e3", "0x10", "--1", "1-" };
	int64_t v = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!num_int(str_of(bad[i]), &v));
	CHECK(!num_int((struct str){ "1\0", 2 }, &v));
	CHECK(!num_int(str_of(NULL), &v));
	CHECK_INT(v, 7);
}

static void bounds(void)
{
	int64_t v = 7;
	CHECK(num_int_in(STR("1"), 1, 3, &v) && v == 1);
	CHECK(num_int_in(STR("3"), 1, 3, &v) && v == 3);
	CHECK(!num_int_in(STR("0"), 1, 3, &v));
	CHECK(!num_int_in(STR("4"), 1, 3, &v));
	CHECK_INT(v, 3);
}

struct scaled {
	const char *text;
	int scale;
	int64_t want;
	bool exact;
};

static void scaled(void)
{
	static const struct scaled cases[] = {
		{ "0", 9, 0, true },
		{ "-0.000e5", 9, 0, true },
		{ "0e99999999999999999999999", 9, 0, true },
		{ "1.5", 9, 1500000000, true },
		{ "15e-1", 9, 1500000000, true },
		{ "0.0000000015", 9, 2, false },  /* half to even: 1.5 is 2 */
		{ "0.0000000025", 9, 2, false },  /* 2.5 is 2 */
		{ "0.00000000250000001", 9, 3, false },
		{ "0.0000000005", 9, 0, false },
		{ "0.00000000051", 9, 1, false },
		{ "0.00000000005", 9, 0, false },
		{ "0.00000000009", 9, 0, false },
		{ "-0.0000000015", 9, -2, false },
		{ "-2.5", 0, -2, false },
		{ "3.5", 0, 4, false },
		{ "1e-999999999999999999999", 9, 0, false },
		{ "9223372036854775807", 0, INT64_MAX, true },
		{ "-9223372036854775808", 0, INT64_MIN, true },
		{ "9223372036854775807.4", 0, INT64_MAX, false },
		{ "922337203685477580700e-2", 0, INT64_MAX, true },
		{ "0.00000000000000000000000000000001e32", 0, 1, true },
		{ "1.0", 0, 1, true },
		{ "9.99", 0, 10, false },
		{ "12E+2", 0, 1200, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t v = -77;
		bool exact = !cases[i].exact;
		CHECK(num_scaled(str_of(cases[i].text), cases[i].scale, &v, &exact));
		CHECK_INT(v, cases[i].want);
		CHECK_INT(exact, cases[i].exact);
	}
}

static void scaled_too_large(void)
{
	static const char *const bad[] = {
		"9223372036854775808", "-9223372036854775809", "9223372036854775807.5", "1e19", "1e400",
		"1e99999999999999999999999", "-1e2147483648", "99999999999999999999",
	};
	int64_t v = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!num_scaled(str_of(bad[i]), 0, &v, NULL));
	CHECK(!num_scaled(STR("9223372037"), NUM_NANO, &v, NULL));
	CHECK_INT(v, 7);
}

static void scaled_wide(void)
{
	int128 v = 7;
	bool exact;
	CHECK(num_scaled_wide(STR("1.4499999999999999e-07"), 27, &v, &exact) && exact && v == (int128)INT64_C(14499999999999999) * 10000);
	CHECK(num_scaled_wide(STR("-99999999999999999999999999999999999999"), 0, &v, &exact) && exact && v < -(int128)INT64_MAX);
	CHECK(num_scaled_wide(STR("0"), 27, &v, &exact) && exact && v == 0);
	CHECK(num_scaled_wide(STR("1e-28"), 27, &v, &exact) && !exact && v == 0);
	CHECK(!num_scaled_wide(STR("1e38"), 0, &v, &exact));
}

static void rescaled(void)
{
	int64_t v = 7;
	CHECK(num_rescale(25, 1, 0, &v) && v == 2);
	CHECK(num_rescale(35, 1, 0, &v) && v == 4);
	CHECK(num_rescale(-25, 1, 0, &v) && v == -2);
	CHECK(num_rescale(-26, 1, 0, &v) && v == -3);
	CHECK(num_rescale(2501, 3, 0, &v) && v == 3);
	CHECK(num_rescale((int128)INT64_MAX * 10 + 4, 10, 9, &v) && v == INT64_MAX);
	CHECK(!num_rescale((int128)INT64_MAX * 10 + 5, 10, 9, &v));
	CHECK_INT(v, INT64_MAX);
}

/* In ascending order: every pair is compared both ways. */
static void order(void)
{
	static const char *const sorted[] = {
		"-1e99999999999", "-10", "-9.5", "-1", "-1e-400", "0", "1e-99999999999", "1e-400", "0.1",
		"0.10000000000000000000000000000001", "0.5", "1", "1.9999999999999999999", "2", "9", "10",
		"123456789012345678901234567890", "123456789012345678901234567891", "1e30", "1e400", "1e99999999999",
	};
	int n = sizeof sorted / sizeof sorted[0];
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			CHECK_INT(num_cmp(str_of(sorted[i]), str_of(sorted[j])), (i > j) - (i < j));
	CHECK_INT(num_cmp(STR("1.50"), STR("15e-1")), 0);
	CHECK_INT(num_cmp(STR("-0"), STR("0.0e7")), 0);
	CHECK_INT(num_cmp(STR("100"), STR("0.001E5")), 0);
}

static void canonical(void)
{
	static const char *const cases[][2] = {
		{ "1.50", "1.5" }, { "15e-1", "1.5" }, { "-0", "0" }, { "0.00", "0" }, { "0e9", "0" },
		{ "-0.0E-3", "0" }, { "100", "100" }, { "1e2", "100" }, { "1E+2", "100" }, { "-12.340", "-12.34" },
		{ "0.000001", "0.000001" }, { "0.0000001", "1e-7" }, { "123e-9", "1.23e-7" },
		{ "1e20", "100000000000000000000" }, { "1e21", "1e+21" }, { "-1234567e30", "-1.234567e+36" },
		{ "9007199254740993", "9007199254740993" },
		{ "0.1234567890123456789012345", "0.1234567890123456789012345" }, { "1e-1", "0.1" },
		{ "1e5000000000", "1e+5000000000" },
	};
	struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&b);
		num_canonical(&b, str_of(cases[i][0]));
		CHECK_STR(buf_view(&b), cases[i][1]);
	}
	buf_free(&b);
}

static void decimal(void)
{
	static const struct {
		int128 v;
		int scale;
		const char *want;
	} cases[] = {
		{ 1500000000, 9, "1.5" }, { 0, 9, "0" }, { 1, 9, "0.000000001" }, { -1, 9, "-0.000000001" },
		{ 2000000000, 9, "2" }, { 1230, 0, "1230" }, { 1050, 3, "1.05" },
		{ INT64_MIN, 9, "-9223372036.854775808" }, { INT64_MAX, 18, "9.223372036854775807" },
		{ (int128)INT64_MAX * INT64_MAX, 9, "85070591730234615847396907784.232501249" },
		{ (int128)((uint128)1 << 127), 0, "-170141183460469231731687303715884105728" },
		{ (int128)(((uint128)1 << 127) - 1), 20, "1701411834604692317.31687303715884105727" },
	};
	struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&b);
		num_decimal(&b, cases[i].v, cases[i].scale);
		CHECK_STR(buf_view(&b), cases[i].want);
	}
	buf_free(&b);
}

int main(void)
{
	RUN(integers);
	RUN(not_integers);
	RUN(bounds);
	RUN(scaled);
	RUN(scaled_too_large);
	RUN(scaled_wide);
	RUN(rescaled);
	RUN(order);
	RUN(canonical);
	RUN(decimal);
	return unit_done();
}
