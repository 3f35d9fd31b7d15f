/* Commands. */
#include "report/command.h"

#include "base/timefmt.h"

#include <string.h>

static void put_time_option(struct buf *out, const char *name, bool given, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	if (given)
		buf_fmt(out, " %s %s", name, text);
}

/* Whether a shell takes it as it is. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *text))
			return false;
	return true;
}

void command_scope(struct buf *out, const struct report_scope *s, int64_t from_ms, int64_t to_ms, const char *mode)
{
	char text[UUID_TEXT];
	uuid_format(&s->run, text);
	if (s->has_run)
		buf_fmt(out, " --run %s", text);
	uuid_format(&s->project, text);
	if (s->has_project)
		buf_fmt(out, " --project %s", text);
	put_time_option(out, "--from", s->has_from, from_ms);
	put_time_option(out, "--to", s->has_to, to_ms);
	if (mode)
		buf_fmt(out, " --mode %s", mode);
	if (s->tenant)
		buf_fmt(out, " --tenant %s", is_plain(s->tenant) ? s->tenant : "NAME");
}

void command_tool(struct buf *out, const char *tool, const struct report *r, const char *mode)
{
	buf_z(out, tool);
	command_scope(out, &r->scope, r->from_ms, r->to_ms, mode);
}
