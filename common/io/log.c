/* Messages on stderr. */
#include "io/log.h"

#include "base/buf.h"
#include "base/timefmt.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define TEXT_MAX 1024
#define MESSAGE_MAX (4 * TEXT_MAX) /* room for escapes and fields; not over PIPE_BUF, so one piece in a pipe */

/* A JSON string. Control characters are masked already. */
static void add_quoted(struct buf *b, const char *z)
{
	buf_char(b, '"');
	for (; *z; z++) {
		if (*z == '"' || *z == '\\')
			buf_char(b, '\\');
		buf_char(b, *z);
	}
	buf_char(b, '"');
}

static void add_json(struct buf *b, const struct log *l, const char *level, const char *text)
{
	char now[TIME_TEXT];
	time_format(time_now_ms(), now);
	buf_fmt(b, "{\"time\":\"%s\",\"tool\":", now);
	add_quoted(b, l->tool);
	buf_fmt(b, ",\"level\":\"%s\",\"message\":", level);
	add_quoted(b, text);
	buf_z(b, "}\n");
}

__attribute__((format(printf, 3, 0)))
static void message(const struct log *l, const char *level, const char *fmt, va_list args)
{
	char text[TEXT_MAX];
	struct buf b;
	vsnprintf(text, sizeof text, fmt, args);
	err_mask(text);
	buf_init(&b, MESSAGE_MAX);
	if (l->json)
		add_json(&b, l, level, text);
	else
		buf_fmt(&b, "%s: %s\n", l->tool, text);
	ssize_t ignored = write(l->fd, buf_cstr(&b), b.n);
	(void)ignored;
	buf_free(&b);
}

void log_error(const struct log *l, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(l, "error", fmt, args);
	va_end(args);
}

void log_warn(const struct log *l, const char *fmt, ...)
{
	va_list args;
	if (l->quiet)
		return;
	va_start(args, fmt);
	message(l, "warning", fmt, args);
	va_end(args);
}

void log_note(const struct log *l, const char *fmt, ...)
{
	va_list args;
	if (l->quiet || !l->verbose)
		return;
	va_start(args, fmt);
	message(l, "note", fmt, args);
	va_end(args);
}
