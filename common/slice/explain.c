/* The SQL that a person can type to get a slice's numbers from the view ai_invocations, and the numbers that it must give. */
#include "slice/slice.h"

#include "base/timefmt.h"

#include <inttypes.h>

static void add_calls(struct buf *out, const struct slices *s)
{
	buf_z(out, "ai_invocations ");
	scope_view_sql(&s->scope, out);
	buf_fmt(out, " AND %s", s->metric->view_known);
}

#define PROMPT "PARTITION BY governance_mode, provider, model, model_version, parameters, prompt_hash"

/* The usual output of a prompt is the most frequent one; of several, the one that came first. */
static void add_answers(struct buf *out, const struct slices *s)
{
	buf_z(out, "(SELECT *, first_value(output_hash) OVER (" PROMPT " ORDER BY same DESC, since) AS usual\n"
	           "FROM (SELECT *, count(*) OVER (" PROMPT ") AS asked,\n"
	           "count(*) OVER (" PROMPT ", output_hash) AS same, min(timestamp) OVER (" PROMPT ", output_hash) AS since\nFROM ");
	add_calls(out, s);
	buf_z(out, ") WHERE asked > 1)");
}

static void add_sql(struct buf *out, const struct slices *s, const struct slice *r)
{
	char split[TIME_TEXT];
	time_format(s->split_ms, split);
	buf_fmt(out, "SELECT timestamp >= '%s' AS held_back, ", split);
	slice_where(r, true, out);
	buf_fmt(out, " AS in_slice, count(*) AS n, %s(%s) AS %s\nFROM ", s->metric->quantity ? "avg" : "sum", s->metric->view_value,
	        s->metric->quantity ? "mean" : "hits");
	s->metric->of_prompts ? add_answers(out, s) : add_calls(out, s);
	buf_z(out, "\nGROUP BY 1, 2 ORDER BY 1, 2 DESC;\n");
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
