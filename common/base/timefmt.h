/* Time: an integer of milliseconds since 1970 UTC inside, RFC 3339 outside. */
#ifndef ROS_BASE_TIMEFMT_H
#define ROS_BASE_TIMEFMT_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define TIME_HOUR_MS INT64_C(3600000)
#define TIME_DAY_MS INT64_C(86400000)
#define TIME_TEXT 32 /* room for a formatted time and its NUL */

/*
 * RFC 3339 date-time with years 0000 to 9999, `T` and `Z` in either case, any number of fraction digits (cut to
 * milliseconds, towards the past), offsets to +-23:59; second 60 only where UTC has 23:59:60 (it becomes the next
 * second). False where s is anything else. The verdicts are those of ajv-formats, down to its leap-second rule, which
 * also lets an hour of 24 pass where the offset makes it 23:59 UTC.
 */
bool time_parse(struct str s, int64_t *ms);

/*
 * By a format of %Y %m %d %H %M %S %f (1 to 9 fraction digits) %z (Z, +hh:mm, +hhmm) %s (seconds since 1970, fraction
 * allowed) %L (milliseconds since 1970) %b (English month) %a (English day) %% and literal bytes. Without a zone it
 * is UTC.
 */
bool time_parse_as(struct str s, struct str format, int64_t *ms);

/* Whether time_parse_as() can read anything by the format: it has fields, and no others than these. */
bool time_is_format(struct str format);

/* As a person types it for --from, --to: an RFC 3339 date-time or a date (midnight UTC). */
bool time_parse_human(struct str s, int64_t *ms);

/* As a person types it for --since: so long before `now` (90s, 15m, 2h, 7d, 4w, 6y: years of the calendar), else as time_parse_human(). */
bool time_parse_since(struct str s, int64_t now, int64_t *ms);

/* 2026-01-28T12:00:00.123Z; the milliseconds are always there. Years outside 0000..9999 are clamped. */
void time_format(int64_t ms, char out[TIME_TEXT]);

int64_t time_now_ms(void);       /* wall clock */
int64_t time_monotonic_ms(void); /* for deadlines */

/* ms rounded down to a multiple of unit, also before 1970. */
int64_t time_floor(int64_t ms, int64_t unit);

#endif
