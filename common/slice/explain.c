/* The SQL that a person can type to get a slice's numbers from the view ai_invocations, and the numbers that it must give. */
#include "slice/slice.h"

#include "base/timefmt.h"

#include <inttypes.h>

static void add_conditions(struct buf *out, const struct slice *r)
{
	for (size_t i = 0; i < r->n_conditions; i++) {
		buf_fmt(out, "%s%s IS ", i ? " AND " : "", r->conditions[i].attribute->view);
		scope_quote(out, r->conditions[i].value);
	}
}

static void add_sql(struct buf *out, const struct slices *s, const struct slice *r)
{
	char split[TIME_TEXT];
	time_format(s->split_ms, split);
	buf_fmt(out, "SELECT timestamp >= '%s' AS held_back, ", split);
	add_conditions(out, r);
	buf_z(out, " AS in_slice, count(*) AS n");
	if (s->metric->view_value)
		buf_fmt(out, ", %s(%s) AS %s", s->metric->quantity ? "avg" : "sum", s->metric->view_value, s->metric->quantity ? "mean" : "hits");
	buf_z(out, "\nFROM ai_invocations ");
	scope_view_sql(&s->scope, out);
	buf_fmt(out, " AND %s\nGROUP BY 1, 2 ORDER BY 1, 2 DESC;\n", s->metric->view_known);
}

static void add_numbers(struct buf *out, const struct slices *s, int held, int in, const struct slice_side *side)
{
	if (side->n == 0)
		return;
	buf_fmt(out, "-- %d|%d|%" PRId64, held, in, side->n);
	if (s->metric->quantity)
		buf_fmt(out, "|%.10g", (double)side->sum / (double)side->n * s->metric->unit);
	else
		buf_fmt(out, "|%" PRId64, (int64_t)side->sum);
	buf_char(out, '\n');
}

void slice_explain(const struct slices *s, struct buf *out)
{
	if (!s->metric->view_value)
		buf_z(out, "\n-- Which output of a prompt is the usual one, and which prompts were asked once and are left out, these queries do not say.\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct slice *r = &s->v[i];
		buf_fmt(out, "\n-- %zu\n", i + 1);
		add_sql(out, s, r);
		add_numbers(out, s, 0, 1, &r->found.in);
		add_numbers(out, s, 0, 0, &r->found.out);
		add_numbers(out, s, 1, 1, &r->held.in);
		add_numbers(out, s, 1, 0, &r->held.out);
	}
}
