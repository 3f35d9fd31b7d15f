/*
 * Which columns become which fields. A rule is a field and one or more columns: a value takes one, a hash and the
 * identity any number. Several cells are joined as the canonical JSON array of strings, which no other cells can give.
 */
#include "import/columns.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "json/writer.h"

enum rule_kind { RULE_VALUE, RULE_HASH, RULE_IDENTITY };

struct column {
	struct str name;
	size_t index; /* in the row; known after the header */
};

struct rule {
	enum rule_kind kind;
	enum ai_field field;
	struct column *columns;
	size_t n;
};

struct columns {
	const char *date_format; /* NULL: RFC 3339 */
	struct rule *rules;
	size_t n;
	size_t width; /* cells of the header */
};

struct columns *columns_new(void)
{
	return mem_alloc(sizeof(struct columns));
}

void columns_free(struct columns *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		free(c->rules[i].columns);
	free(c->rules);
	free(c);
}

static void add_rule(struct columns *c, enum rule_kind kind, enum ai_field field, struct str names)
{
	struct rule rule = { .kind = kind, .field = field };
	while (names.p) {
		struct column column = { .index = 0 };
		if (kind == RULE_VALUE) {
			column.name = names;
			names.p = NULL;
		} else {
			names = str_cut(names, ',', &column.name);
		}
		rule.columns = mem_grow(rule.columns, rule.n + 1, sizeof *rule.columns);
		rule.columns[rule.n++] = column;
	}
	c->rules = mem_grow(c->rules, c->n + 1, sizeof *c->rules);
	c->rules[c->n++] = rule;
}

/* Whether the field has a column already, where one is all that it can have. */
static bool is_taken(const struct columns *c, enum ai_field field)
{
	bool taken = false;
	for (size_t i = 0; i < c->n; i++)
		taken |= c->rules[i].field == field;
	return taken && !(schema_ai.fields[field].types & TYPE_ARRAY);
}

int columns_value(struct columns *c, struct str rule, struct err *e)
{
	struct str path, name = str_cut(rule, '=', &path);
	enum ai_field field = draft_field(path);
	if (!name.p || name.n == 0)
		return err_set(e, ROS_USAGE, "--column %.*s: not FIELD=COLUMN", STR_ARG(rule));
	if (field == AI_ROOT)
		return err_set(e, ROS_USAGE, "--column %.*s: no such field of the event", STR_ARG(rule));
	if (is_taken(c, field))
		return err_set(e, ROS_USAGE, "--column %.*s: the field has a column already", STR_ARG(rule));
	add_rule(c, RULE_VALUE, field, name);
	return 0;
}

int columns_hash(struct columns *c, struct str rule, struct err *e)
{
	struct str path, names = str_cut(rule, '=', &path);
	enum ai_field field = draft_field(path);
	if (!names.p || names.n == 0)
		return err_set(e, ROS_USAGE, "--hash %.*s: not FIELD=COLUMN,COLUMN", STR_ARG(rule));
	if (field != AI_PROMPT_HASH && field != AI_OUTPUT_HASH)
		return err_set(e, ROS_USAGE, "--hash %.*s: the field is not prompt_hash or output_hash", STR_ARG(rule));
	if (is_taken(c, field))
		return err_set(e, ROS_USAGE, "--hash %.*s: the field has a column already", STR_ARG(rule));
	add_rule(c, RULE_HASH, field, names);
	return 0;
}

int columns_identity(struct columns *c, struct str names, struct err *e)
{
	if (names.n == 0)
		return err_set(e, ROS_USAGE, "--id: no column named");
	add_rule(c, RULE_IDENTITY, AI_ROOT, names);
	return 0;
}

int columns_dates(struct columns *c, const char *format, struct err *e)
{
	if (!time_is_format(str_of(format)))
		return err_set(e, ROS_USAGE, "--date-format: '%s' is not a format of dates", format);
	c->date_format = format;
	return 0;
}

static int find(struct column *column, const struct table_row *header, struct err *e)
{
	size_t found = 0;
	for (size_t i = 0; i < header->n; i++)
		if (str_eq(str_trim(header->cells[i]), str_trim(column->name))) {
			column->index = i;
			found++;
		}
	if (found != 1)
		return err_set(e, ROS_INPUT, "%s column %.*s in the header", found ? "more than one" : "no",
		               STR_ARG(column->name));
	return 0;
}

int columns_header(struct columns *c, const struct table_row *header, struct err *e)
{
	c->width = header->n;
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->rules[i].n; k++)
			if (find(&c->rules[i].columns[k], header, e) != 0)
				return -1;
	return 0;
}

void columns_join(const struct table_row *row, struct buf *out)
{
	for (size_t i = 0; i < row->n; i++) {
		buf_char(out, i == 0 ? '[' : ',');
		json_quote(out, row->cells[i]);
	}
	buf_char(out, ']');
}

static void join(const struct rule *rule, const struct table_row *row, struct buf *out)
{
	for (size_t i = 0; i < rule->n; i++) {
		buf_char(out, i == 0 ? '[' : ',');
		json_quote(out, row->cells[rule->columns[i].index]);
	}
	buf_char(out, ']');
}

static void set_hash(const struct rule *rule, const struct table_row *row, struct draft *d, struct buf *scratch)
{
	buf_clear(scratch);
	join(rule, row, scratch);
	draft_hash(d, rule->field, buf_view(scratch));
}

static bool set_time(struct draft *d, const char *format, struct str cell)
{
	int64_t ms;
	char text[TIME_TEXT];
	cell = str_trim(cell);
	if (cell.n > 0) {
		if (!(format ? time_parse_as(cell, str_of(format), &ms) : time_parse(cell, &ms)))
			return false;
		time_format(ms, text);
		draft_text(d, AI_TIMESTAMP, str_of(text));
	}
	return true;
}

static int set_value(const struct columns *c, const struct rule *rule, struct json_reader *r, struct str cell,
                     struct draft *d, struct err *e)
{
	if (rule->field == AI_TIMESTAMP && !set_time(d, c->date_format, cell))
		return err_set(e, ROS_REFUSED, "/timestamp: not a date of the given format");
	if (rule->field != AI_TIMESTAMP && !draft_cell(d, r, rule->field, cell))
		return err_set(e, ROS_REFUSED, "%s: not a number or boolean", schema_ai.fields[rule->field].pointer);
	return 0;
}

int columns_row(const struct columns *c, struct json_reader *r, const struct table_row *row, struct draft *d,
                struct buf *identity, struct buf *scratch, struct err *e)
{
	if (row->n != c->width)
		return err_set(e, ROS_REFUSED, "%zu cells, the header has %zu", row->n, c->width);
	for (size_t i = 0; i < c->n; i++) {
		const struct rule *rule = &c->rules[i];
		if (rule->kind == RULE_IDENTITY)
			join(rule, row, identity);
		else if (rule->kind == RULE_HASH)
			set_hash(rule, row, d, scratch);
		else if (set_value(c, rule, r, row->cells[rule->columns[0].index], d, e) != 0)
			return -1;
	}
	return 0;
}
