/* Whether a call is in a slice, as SQL. */
#include "slice/slice.h"

static void add_condition(struct buf *sql, const struct slice_condition *c, const char *attribute)
{
	if (!c->attribute->is_list) {
		buf_fmt(sql, "%s IS ", attribute);
		scope_quote(sql, c->value);
		return;
	}
	buf_fmt(sql, "%sEXISTS (SELECT 1 FROM json_each(%s)", c->value.p ? "" : "NOT ", attribute);
	if (c->value.p) {
		buf_z(sql, " WHERE value = ");
		scope_quote(sql, c->value);
	}
	buf_char(sql, ')');
}

void slice_where(const struct slice *s, bool view, struct buf *sql)
{
	for (size_t i = 0; i < s->n_conditions; i++) {
		const struct slice_condition *c = &s->conditions[i];
		buf_z(sql, i ? " AND " : "");
		add_condition(sql, c, view ? c->attribute->view : c->attribute->column);
	}
}
