/*
 * Errors: the text is made where the error happens and masked once, so that nobody has to mask it when it is printed.
 */
#include "base/err.h"

#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* C0, DEL, and C1 in its two bytes of UTF-8. */
static bool is_control(const unsigned char *p, size_t n)
{
	return n == 1 ? *p < 0x20 || *p == 0x7f : n == 2 && p[0] == 0xc2 && p[1] < 0xa0;
}

void err_mask(char *text)
{
	struct str rest = str_of(text);
	while (rest.n > 0) {
		size_t n = str_rune(rest), step = n > 0 ? n : 1;
		if (n == 0 || is_control((const unsigned char *)text, n))
			memset(text, '?', step);
		text += step;
		rest = (struct str){ rest.p + step, rest.n - step };
	}
}

/* strerror() starts with a capital, our messages do not; names such as RFS stay. */
static void add_errno(struct err *e, int number)
{
	const char *why = strerror(number);
	size_t n = strlen(e->text);
	int first = islower((unsigned char)why[1]) ? tolower((unsigned char)why[0]) : why[0];
	snprintf(e->text + n, sizeof e->text - n, ": %c%s", first, why + 1);
}

int err_set(struct err *e, enum ros_status status, const char *fmt, ...)
{
	if (!e)
		return -1;
	va_list args;
	va_start(args, fmt);
	e->status = status;
	vsnprintf(e->text, sizeof e->text, fmt, args);
	va_end(args);
	err_mask(e->text);
	return -1;
}

int err_sys(struct err *e, enum ros_status status, const char *fmt, ...)
{
	int number = errno;
	if (!e)
		return -1;
	va_list args;
	va_start(args, fmt);
	e->status = status;
	vsnprintf(e->text, sizeof e->text, fmt, args);
	va_end(args);
	add_errno(e, number);
	err_mask(e->text);
	return -1;
}
