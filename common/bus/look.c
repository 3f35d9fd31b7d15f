/* Looking at entries of the bus by hand. */
#include "bus/look.h"

#include "base/mem.h"
#include "bus/carry.h"

#include <stdlib.h>
#include <unistd.h>

/* What a terminal gets: invocations in columns, other events as they are, entries that cannot be carried with the reason. */
static const char *const texts[LOOK_LINES] = {
	[LOOK_CALL] = "%t %-16i %-8{tier} %-12{status} %-26{model} %7{/usage/input_tokens} %6{/usage/output_tokens} %{/usage/cost_usd}",
	[LOOK_OTHER] = "%t %-16i %T %p",
	[LOOK_REFUSED] = "%t %-16i %T %r",
};

static int read_filters(struct look *l, struct err *e)
{
	l->wanted = mem_array(l->filters.n + 1, sizeof *l->wanted);
	for (size_t i = 0; i < l->filters.n; i++) {
		struct str name, value = str_cut(str_of(l->filters.v[i]), '=', &name);
		if (!value.p || name.n == 0)
			return err_set(e, ROS_USAGE, "--filter: '%s' is not NAME=VALUE", l->filters.v[i]);
		l->wanted[l->n_wanted++] = (struct look_filter){ mem_strdup(name), value };
	}
	return 0;
}

static int read_lines(struct look *l, bool terminal, bool colours, struct err *e)
{
	for (size_t i = 0; i < LOOK_LINES; i++) {
		const char *text = i == LOOK_GIVEN ? l->format : texts[i];
		if (!text)
			continue;
		if (format_read(&l->lines[i], text, e) != 0)
			return -1;
		l->lines[i].terminal = terminal;
		l->lines[i].colours = colours;
	}
	return 0;
}

int look_init(struct look *l, const struct config *c, int fd, struct err *e)
{
	bool terminal = isatty(fd);
	l->envelopes = !terminal && !l->format;
	if (read_filters(l, e) != 0)
		return -1;
	return read_lines(l, terminal, terminal && !config_get(c, "NO_COLOR"), e);
}

void look_free(struct look *l)
{
	for (size_t i = 0; i < l->n_wanted; i++)
		free(l->wanted[i].name);
	free(l->wanted);
	l->wanted = NULL;
	l->n_wanted = 0;
	for (size_t i = 0; i < LOOK_LINES; i++)
		format_free(&l->lines[i]);
}

bool look_selects(const struct look *l, const struct view *v)
{
	for (size_t i = 0; i < l->n_wanted; i++) {
		struct str value = view_value(v, l->wanted[i].name);
		if (!value.p || !str_eq(value, l->wanted[i].value))
			return false;
	}
	return true;
}

static enum look_line line_for(const struct look *l, const struct view *v)
{
	if (l->format)
		return LOOK_GIVEN;
	if (!v->event)
		return LOOK_REFUSED;
	return str_is(v->env.type, EVENT_TYPE_AI) ? LOOK_CALL : LOOK_OTHER;
}

void look_write(struct look *l, const struct view *v, struct buf *out)
{
	if (l->envelopes)
		carry_write(out, &v->env, v->event);
	else
		format_write(&l->lines[line_for(l, v)], v, out);
}
