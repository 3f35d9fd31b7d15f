/* Unit tests that print TAP: static void tests, RUN() each from main(), return unit_done(). */
#ifndef ROS_TESTS_UNIT_H
#define ROS_TESTS_UNIT_H

#include "base/str.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int unit_number, unit_failures, unit_failed_here;

static inline void unit_fail(const char *file, int line, const char *what)
{
	printf("# %s:%d: %s\n", file, line, what);
	unit_failed_here++;
}

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			unit_fail(__FILE__, __LINE__, #condition); \
	} while (0)

#define CHECK_INT(got, want) \
	do { \
		int64_t got_ = (int64_t)(got), want_ = (int64_t)(want); \
		if (got_ != want_) { \
			unit_fail(__FILE__, __LINE__, #got); \
			printf("#   got %" PRId64 ", want %" PRId64 "\n", got_, want_); \
		} \
	} while (0)

#define CHECK_STR(got, want) \
	do { \
		struct str got_ = (got), want_ = str_of(want); \
		if (!str_eq(got_, want_)) { \
			unit_fail(__FILE__, __LINE__, #got); \
			printf("#   got  %.*s\n#   want %.*s\n", STR_ARG(got_), STR_ARG(want_)); \
		} \
	} while (0)

#define RUN(test) \
	do { \
		unit_failed_here = 0; \
		test(); \
		printf("%sok %d - %s\n", unit_failed_here ? "not " : "", ++unit_number, #test); \
		unit_failures += unit_failed_here != 0; \
	} while (0)

static inline int unit_done(void)
{
	printf("1..%d\n", unit_number);
	return unit_failures != 0;
}

#endif
