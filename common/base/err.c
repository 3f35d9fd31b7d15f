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

void err_mask(char *text)
{
	str_mask(text, strlen(text));
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
