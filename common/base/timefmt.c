/*
 * Time as text. Days are counted by the proleptic Gregorian calendar in eras of 400 years that start on March 1st, so
 * that the leap day is the last of its year (Howard Hinnant, chrono-Compatible Low-Level Date Algorithms).
 */
#include "base/timefmt.h"

#include "base/num.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ERA_DAYS 146097          /* 400 years */
#define ERA_TO_1970 719468       /* days from 0000-03-01 to 1970-01-01 */
#define FIRST_MS INT64_C(-62167219200000) /* 0000-01-01T00:00:00.000Z */
#define LAST_MS INT64_C(253402300799999)  /* 9999-12-31T23:59:59.999Z */

/* A time in its parts, as written. */
struct parts {
	int64_t year, month, day, hour, minute, second, ms;
	int64_t zone_sign, zone_hour, zone_minute; /* east of UTC is +1 */
};

static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400, year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - ERA_TO_1970;
}

static int64_t month_days(int64_t year, int64_t month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

/*
 * The verdict of ajv-formats, so that both sides of the contract accept the same events: an hour, minute or second
 * too large is forgiven where the time less its offset, reckoned as here, is 23:59, the minute that can have a leap
 * second.
 */
static bool valid_clock(const struct parts *t)
{
	if (t->zone_hour > 23 || t->zone_minute > 59)
		return false;
	if (t->hour <= 23 && t->minute <= 59 && t->second <= 59)
		return true;
	int64_t minute = t->minute - t->zone_sign * t->zone_minute;
	int64_t hour = t->hour - t->zone_sign * t->zone_hour - (minute < 0);
	return (hour == 23 || hour == -1) && (minute == 59 || minute == -1) && t->second <= 60;
}

static bool parts_to_ms(const struct parts *t, int64_t *ms)
{
	if (t->month < 1 || t->month > 12 || t->day < 1 || t->day > month_days(t->year, t->month) || !valid_clock(t))
		return false;
	int64_t minutes = t->hour * 60 + t->minute - t->zone_sign * (t->zone_hour * 60 + t->zone_minute);
	int64_t days = days_since_1970(t->year, t->month, t->day);
	*ms = days * TIME_DAY_MS + (minutes * 60 + t->second) * 1000 + t->ms;
	return true;
}

static struct str rest_of(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.n - n };
}

/* Takes one byte of `any`. */
static bool take(struct str *s, const char *any)
{
	if (s->n == 0 || s->p[0] == '\0' || !strchr(any, s->p[0]))
		return false;
	*s = rest_of(*s, 1);
	return true;
}

static size_t count_digits(struct str s, size_t most)
{
	size_t n = 0;
	while (n < s.n && n < most && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

/* Takes `least` to `most` digits, as many as there are. */
static bool take_digits(struct str *s, size_t least, size_t most, int64_t *v)
{
	size_t n = count_digits(*s, most);
	if (n < least || n == 0 || !num_int((struct str){ s->p, n }, v))
		return false;
	*s = rest_of(*s, n);
	return true;
}

/* Takes all digits that follow, 1 to `most`, as a fraction of a second cut to milliseconds. */
static bool take_fraction(struct str *s, size_t most, int64_t *ms)
{
	size_t n = count_digits(*s, SIZE_MAX);
	if (n == 0 || n > most)
		return false;
	*ms = 0;
	for (size_t i = 0; i < 3; i++)
		*ms = *ms * 10 + (i < n ? s->p[i] - '0' : 0);
	*s = rest_of(*s, n);
	return true;
}

/* Takes Z, +hh:mm or, where `compact` is allowed, +hhmm. */
static bool take_zone(struct str *s, bool compact, struct parts *t)
{
	t->zone_sign = t->zone_hour = t->zone_minute = 0;
	if (take(s, "Zz"))
		return true;
	t->zone_sign = s->n > 0 && s->p[0] == '-' ? -1 : 1;
	return take(s, "+-") && take_digits(s, 2, 2, &t->zone_hour) && (take(s, ":") || compact) &&
	       take_digits(s, 2, 2, &t->zone_minute);
}

static bool take_date(struct str *s, struct parts *t)
{
	return take_digits(s, 4, 4, &t->year) && take(s, "-") && take_digits(s, 2, 2, &t->month) && take(s, "-") &&
	       take_digits(s, 2, 2, &t->day);
}

static bool take_clock(struct str *s, struct parts *t)
{
	return take_digits(s, 2, 2, &t->hour) && take(s, ":") && take_digits(s, 2, 2, &t->minute) && take(s, ":") &&
	       take_digits(s, 2, 2, &t->second) && (!take(s, ".") || take_fraction(s, SIZE_MAX, &t->ms));
}

bool time_parse(struct str s, int64_t *ms)
{
	struct parts t = { 0 };
	return take_date(&s, &t) && take(&s, "Tt") && take_clock(&s, &t) && take_zone(&s, false, &t) && s.n == 0 &&
	       parts_to_ms(&t, ms);
}

bool time_parse_human(struct str s, int64_t *ms)
{
	struct parts t = { 0 };
	struct str date = s;
	if (take_date(&date, &t) && date.n == 0)
		return parts_to_ms(&t, ms);
	return time_parse(s, ms);
}

/* Milliseconds of a unit of time, or 0. */
static int64_t unit_ms(char unit)
{
	switch (unit) {
	case 's':
		return 1000;
	case 'm':
		return 60000;
	case 'h':
		return TIME_HOUR_MS;
	case 'd':
		return TIME_DAY_MS;
	case 'w':
		return 7 * TIME_DAY_MS;
	default:
		return 0;
	}
}

/* The same day of the calendar and the same clock n years before, the 28th for a 29th of February that is none; never before year 0. */
static int64_t years_before(int64_t ms, int64_t n)
{
	char text[TIME_TEXT], year[5];
	int64_t then;
	time_format(ms, text);
	int64_t years = strtoll(text, NULL, 10);
	snprintf(year, sizeof year, "%04d", (int)(years > n ? years - n : 0));
	memcpy(text, year, 4);
	if (!time_parse(str_of(text), &then)) {
		memcpy(text + 8, "28", 2);
		time_parse(str_of(text), &then);
	}
	return then;
}

bool time_parse_since(struct str s, int64_t now, int64_t *ms)
{
	int64_t n;
	struct str unit = s;
	if (!take_digits(&unit, 1, 8, &n) || unit.n != 1 || (unit.p[0] != 'y' && unit_ms(unit.p[0]) == 0))
		return time_parse_human(s, ms);
	*ms = unit.p[0] == 'y' ? years_before(now, n) : now - n * unit_ms(unit.p[0]);
	return true;
}

/* Takes one of n English names of three letters, in any case; *v is its number from 1. */
static bool take_name(struct str *s, const char *names, int64_t n, int64_t *v)
{
	for (*v = 1; *v <= n; (*v)++, names += 3) {
		if (s->n >= 3 && strncasecmp(s->p, names, 3) == 0) {
			*s = rest_of(*s, 3);
			return true;
		}
	}
	return false;
}

/* Takes [-]digits[.digits], in seconds (per_unit 1000) or milliseconds (1, no fraction), as a time of its own. */
static bool take_epoch(struct str *s, int64_t per_unit, int64_t *ms)
{
	bool negative = take(s, "-");
	int64_t units = 0, fraction = 0;
	if (!take_digits(s, 1, 15, &units))
		return false;
	if (per_unit == 1000 && take(s, ".") && !take_fraction(s, SIZE_MAX, &fraction))
		return false;
	*ms = (units * per_unit + fraction) * (negative ? -1 : 1);
	return true;
}

/* Takes what one % of a format stands for. A time since 1970 goes to *epoch and sets *has_epoch. */
static bool take_field(struct str *s, char field, struct parts *t, int64_t *epoch, bool *has_epoch)
{
	int64_t weekday;
	switch (field) {
	case 'Y':
		return take_digits(s, 4, 4, &t->year);
	case 'm':
		return take_digits(s, 1, 2, &t->month);
	case 'd':
		return take_digits(s, 1, 2, &t->day);
	case 'H':
		return take_digits(s, 1, 2, &t->hour);
	case 'M':
		return take_digits(s, 1, 2, &t->minute);
	case 'S':
		return take_digits(s, 1, 2, &t->second);
	case 'f':
		return take_fraction(s, 9, &t->ms);
	case 'z':
		return take_zone(s, true, t);
	case 'b':
		return take_name(s, "janfebmaraprmayjunjulaugsepoctnovdec", 12, &t->month);
	case 'a':
		return take_name(s, "montuewedthufrisatsun", 7, &weekday);
	case 's':
		return *has_epoch = take_epoch(s, 1000, epoch);
	case 'L':
		return *has_epoch = take_epoch(s, 1, epoch);
	default:
		return field == '%' && take(s, "%");
	}
}

bool time_parse_as(struct str s, struct str format, int64_t *ms)
{
	struct parts t = { .year = 1970, .month = 1, .day = 1 };
	int64_t epoch = 0;
	bool has_epoch = false;
	for (; format.n > 0; format = rest_of(format, 1)) {
		if (format.p[0] == '%' && format.n > 1) {
			format = rest_of(format, 1);
			if (!take_field(&s, format.p[0], &t, &epoch, &has_epoch))
				return false;
		} else {
			if (s.n == 0 || s.p[0] != format.p[0])
				return false;
			s = rest_of(s, 1);
		}
	}
	if (s.n > 0)
		return false;
	if (!has_epoch)
		return parts_to_ms(&t, ms);
	if (epoch < FIRST_MS || epoch > LAST_MS)
		return false;
	*ms = epoch;
	return true;
}

bool time_is_format(struct str format)
{
	bool some = false;
	for (; format.n > 0; format = rest_of(format, 1)) {
		if (format.p[0] != '%')
			continue;
		format = rest_of(format, 1);
		if (format.n == 0 || !memchr("YmdHMSfzbasL%", format.p[0], sizeof "YmdHMSfzbasL%" - 1))
			return false;
		some |= format.p[0] != '%';
	}
	return some;
}

int64_t time_floor(int64_t ms, int64_t unit)
{
	int64_t over = ms % unit;
	return ms - (over < 0 ? over + unit : over);
}

static void civil_from_days(int64_t days, struct parts *t)
{
	days += ERA_TO_1970;
	int64_t era = time_floor(days, ERA_DAYS) / ERA_DAYS, day = days - era * ERA_DAYS;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	int64_t month = (5 * day + 2) / 153; /* March is 0 */
	t->day = day - (153 * month + 2) / 5 + 1;
	t->month = month < 10 ? month + 3 : month - 9;
	t->year = year + era * 400 + (t->month <= 2);
}

/* Writes v in exactly n digits, then one byte. */
static char *put(char *to, int64_t v, size_t n, char after)
{
	for (size_t i = n; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	to[n] = after;
	return to + n + 1;
}

void time_format(int64_t ms, char out[TIME_TEXT])
{
	struct parts t;
	ms = ms < FIRST_MS ? FIRST_MS : ms > LAST_MS ? LAST_MS : ms;
	int64_t midnight = time_floor(ms, TIME_DAY_MS), rest = ms - midnight;
	civil_from_days(midnight / TIME_DAY_MS, &t);
	out = put(out, t.year, 4, '-');
	out = put(out, t.month, 2, '-');
	out = put(out, t.day, 2, 'T');
	out = put(out, rest / TIME_HOUR_MS, 2, ':');
	out = put(out, rest / 60000 % 60, 2, ':');
	out = put(out, rest / 1000 % 60, 2, '.');
	out = put(out, rest % 1000, 3, 'Z');
	*out = '\0';
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec ts;
	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t time_now_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t time_monotonic_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}
