/* Command lines: one table gives parsing, --help and completion. */
#include "io/options.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a value comes from: it decides the status of an error and what the text calls it. */
struct origin {
	enum ros_status status;
	const char *dashes, *name;
};

/* The command line while it is parsed. */
struct parser {
	const struct option *table;
	bool *given; /* by line of the table */
	int argc, i; /* i: the argument in hand */
	char **argv;
	const char **operands;
	size_t n_operands;
	struct err *e;
};

static size_t count_options(const struct option *table)
{
	size_t n = 0;
	while (table[n].name)
		n++;
	return n;
}

static int bad_value(struct origin from, const char *value, const char *rule, struct err *e)
{
	return err_set(e, from.status, "%s%s: '%s' is not %s", from.dashes, from.name, value, rule);
}

static int set_int(const struct option *o, const char *value, struct origin from, struct err *e)
{
	char rule[80];
	if (num_int_in(str_of(value), o->lo, o->hi, o->to))
		return 0;
	if (o->hi == INT64_MAX)
		snprintf(rule, sizeof rule, "an integer of at least %" PRId64, o->lo);
	else
		snprintf(rule, sizeof rule, "an integer from %" PRId64 " to %" PRId64, o->lo, o->hi);
	return bad_value(from, value, rule, e);
}

static int set_time(const struct option *o, const char *value, struct origin from, struct err *e)
{
	struct option_time *to = o->to;
	if (!time_parse_human(str_of(value), &to->ms))
		return bad_value(from, value, "a date or an RFC 3339 date-time", e);
	to->given = true;
	return 0;
}

static void add_choices(struct buf *b, const struct option *o, const char *between)
{
	for (size_t i = 0; o->choices[i]; i++)
		buf_fmt(b, "%s%s", i > 0 ? between : "", o->choices[i]);
}

static int set_enum(const struct option *o, const char *value, struct origin from, struct err *e)
{
	struct buf rule;
	for (size_t i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], value) == 0) {
			*(const char **)o->to = o->choices[i];
			return 0;
		}
	}
	buf_init(&rule, sizeof e->text);
	buf_z(&rule, "one of ");
	add_choices(&rule, o, ", ");
	bad_value(from, value, buf_cstr(&rule), e);
	buf_free(&rule);
	return -1;
}

/* A flag's value from a variable; on the command line a flag has none. */
static int set_flag(const struct option *o, const char *value, struct origin from, struct err *e)
{
	static const char *const words[] = { "0", "1", "false", "true", "no", "yes" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i], value) == 0) {
			*(bool *)o->to = i % 2 == 1;
			return 0;
		}
	}
	return bad_value(from, value, "one of 1, true, yes, 0, false, no", e);
}

static int add_to_list(const struct option *o, const char *value)
{
	struct option_list *list = o->to;
	list->v = mem_grow(list->v, list->n + 1, sizeof *list->v);
	list->v[list->n++] = value;
	return 0;
}

static int set_value(const struct option *o, const char *value, struct origin from, struct err *e)
{
	switch (o->kind) {
	case OPTION_FLAG:
		return set_flag(o, value, from, e);
	case OPTION_TEXT:
		*(const char **)o->to = value;
		return 0;
	case OPTION_LIST:
		return add_to_list(o, value);
	case OPTION_INT:
		return set_int(o, value, from, e);
	case OPTION_TIME:
		return set_time(o, value, from, e);
	case OPTION_ENUM:
		return set_enum(o, value, from, e);
	}
	return err_set(e, ROS_BUG, "option --%s has no kind", o->name);
}

/* One option of the command line. `value` is what is joined to it, or NULL: then it is the next argument. */
static int take_option(struct parser *p, const struct option *o, const char *value)
{
	p->given[o - p->table] = true;
	if (o->kind == OPTION_FLAG) {
		if (value)
			return err_set(p->e, ROS_USAGE, "option --%s takes no value", o->name);
		*(bool *)o->to = true;
		return 0;
	}
	if (!value && ++p->i == p->argc)
		return err_set(p->e, ROS_USAGE, "option --%s needs a value", o->name);
	return set_value(o, value ? value : p->argv[p->i], (struct origin){ ROS_USAGE, "--", o->name }, p->e);
}

/* name or name=VALUE, the text after the dashes. */
static int take_long(struct parser *p, const char *text)
{
	struct str name, value = str_cut(str_of(text), '=', &name);
	for (const struct option *o = p->table; o->name; o++)
		if (str_is(name, o->name))
			return take_option(p, o, value.p);
	return err_set(p->e, ROS_USAGE, "unknown option --%.*s (see --help)", STR_ARG(name));
}

/* Letters of flags, the last perhaps with a value: the text after the dash. */
static int take_letters(struct parser *p, const char *text)
{
	for (; *text; text++) {
		const struct option *o = p->table;
		while (o->name && o->letter != *text)
			o++;
		if (!o->name)
			return err_set(p->e, ROS_USAGE, "unknown option -%c (see --help)", *text);
		if (o->kind != OPTION_FLAG)
			return take_option(p, o, text[1] ? text + 1 : NULL);
		take_option(p, o, NULL);
	}
	return 0;
}

static int take_argument(struct parser *p)
{
	const char *text = p->argv[p->i];
	if (text[0] == '-' && text[1] == '-')
		return take_long(p, text + 2);
	if (text[0] == '-' && text[1] != '\0')
		return take_letters(p, text + 1);
	p->operands[p->n_operands++] = text;
	return 0;
}

static int parse_arguments(struct parser *p)
{
	for (p->i = 1; p->i < p->argc; p->i++) {
		if (strcmp(p->argv[p->i], "--") == 0)
			break;
		if (take_argument(p) != 0)
			return -1;
	}
	while (++p->i < p->argc)
		p->operands[p->n_operands++] = p->argv[p->i];
	return 0;
}

static int apply_variables(const struct parser *p, const char *(*lookup)(void *, const char *), void *arg)
{
	for (const struct option *o = p->table; o->name; o++) {
		const char *value = o->env && !p->given[o - p->table] ? lookup(arg, o->env) : NULL;
		if (value && set_value(o, value, (struct origin){ ROS_CONFIG, "", o->env }, p->e) != 0)
			return -1;
	}
	return 0;
}

int options_parse(const struct option *table, int argc, char **argv, const char *(*lookup)(void *, const char *),
                  void *arg, const char ***operands, size_t *n, struct err *e)
{
	struct parser p = { .table = table, .argc = argc, .argv = argv, .e = e };
	p.given = mem_array(count_options(table), sizeof *p.given);
	p.operands = mem_array((size_t)argc, sizeof *p.operands);
	int result = parse_arguments(&p);
	if (result == 0)
		result = apply_variables(&p, lookup, arg);
	free(p.given);
	if (result != 0) {
		free(p.operands);
		return -1;
	}
	*operands = p.operands; /* the caller's now */
	*n = p.n_operands;
	return 0;
}

void options_free(const struct option *table)
{
	for (const struct option *o = table; o->name; o++) {
		if (o->kind == OPTION_LIST) {
			struct option_list *list = o->to;
			free(list->v);
			*list = (struct option_list){ 0 };
		}
	}
}

static size_t left_width(const struct option *o)
{
	return strlen("-x, --") + strlen(o->name) + (o->value ? 1 + strlen(o->value) : 0);
}

void options_help(const struct option *table, struct buf *out)
{
	size_t width = 0;
	for (const struct option *o = table; o->name; o++)
		width = left_width(o) > width ? left_width(o) : width;
	for (const struct option *o = table; o->name; o++) {
		char letter[] = { '-', o->letter, ',', '\0' };
		const char *space = o->value ? " " : "", *value = o->value ? o->value : "";
		buf_fmt(out, "  %3s --%s%s%s", o->letter ? letter : "", o->name, space, value);
		buf_fmt(out, "%*s  %s\n", (int)(width - left_width(o)), "", o->help);
	}
}

/* A case of the completion for what follows an option with a value: its choices, else bash's own file names. */
static void add_value_case(struct buf *out, const struct option *o)
{
	buf_fmt(out, "\t--%s", o->name);
	if (o->letter)
		buf_fmt(out, "|-%c", o->letter);
	buf_z(out, ") ");
	if (o->kind == OPTION_ENUM) {
		buf_z(out, "COMPREPLY=($(compgen -W '");
		add_choices(out, o, " ");
		buf_z(out, "' -- \"$word\")); ");
	}
	buf_z(out, "return ;;\n");
}

/* The name of the function: the tool's with _ for -. */
static void add_function_name(struct buf *out, const char *tool)
{
	for (buf_char(out, '_'); *tool; tool++)
		buf_char(out, *tool == '-' ? '_' : *tool);
}

/* Bash takes --name=VALUE for three words. */
void options_completion(const struct option *table, const char *tool, struct buf *out)
{
	add_function_name(out, tool);
	buf_z(out, "()\n{\n"
	           "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	           "\t[ \"$word\" = = ] && word=\n"
	           "\t[ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
	           "\tCOMPREPLY=()\n"
	           "\tcase $before in\n");
	for (const struct option *o = table; o->name; o++)
		if (o->kind != OPTION_FLAG)
			add_value_case(out, o);
	buf_z(out, "\tesac\n"
	           "\t[[ $word == -* ]] && COMPREPLY=($(compgen -W '");
	for (const struct option *o = table; o->name; o++)
		buf_fmt(out, "%s--%s", o > table ? " " : "", o->name);
	buf_z(out, "' -- \"$word\"))\n}\ncomplete -o default -F ");
	add_function_name(out, tool);
	buf_fmt(out, " %s\n", tool);
}
