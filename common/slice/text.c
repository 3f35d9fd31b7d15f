/* Slices for people: a sentence a figure, each with its n and interval. */
#include "slice/slice.h"

#include "base/timefmt.h"

#include <inttypes.h>

static void add_time(struct buf *out, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	buf_fmt(out, "%.10s %.8s UTC", text, text + 11);
}

/* Names come from the record, and go to a terminal. */
static void add_name(struct buf *out, const struct slice *s, void (*put)(const struct slice *, struct buf *))
{
	size_t start = out->n;
	put(s, out);
	if (buf_ok(out))
		str_mask(out->p + start, out->n - start);
}

static void add_side(struct buf *out, const struct slices *s, const struct slice_side *side)
{
	if (side->n == 0) {
		buf_z(out, "no calls");
		return;
	}
	if (s->metric->quantity)
		buf_fmt(out, "median %.4g of ", side->median * s->metric->unit);
	else
		buf_fmt(out, "%.1f %% of ", 100 * (double)side->sum / (double)side->n);
	buf_plural(out, side->n, "call", "calls");
}

static void add_part(struct buf *out, const struct slices *s, const struct slice_part *p)
{
	add_side(out, s, &p->in);
	buf_z(out, " against ");
	add_side(out, s, &p->out);
	if (!p->tested)
		buf_z(out, ": not tested");
	else if (s->metric->quantity)
		buf_fmt(out, ": %.3g times (%.3g to %.3g)", p->test.effect, p->effect_in.low, p->effect_in.high);
	else
		buf_fmt(out, ": %+.1f points (%.1f to %.1f)", 100 * p->test.effect, 100 * p->effect_in.low, 100 * p->effect_in.high);
}

static void add_strata(struct buf *out, const struct slice *r)
{
	if (!r->has_crude)
		return;
	buf_fmt(out, "   like with like: odds ratio %.3g over all calls", r->crude.odds_ratio);
	if (!r->has_adjusted)
		buf_z(out, "; no other attribute can be held equal\n");
	else
		buf_fmt(out, ", %.3g (%.3g to %.3g) within each %s: %s\n", r->like_with_like.odds_ratio, r->like_with_like.low, r->like_with_like.high,
		        r->by->name, r->explained ? "explained by it" : "not explained by it");
}

static void add_slice(struct buf *out, const struct slices *s, size_t i)
{
	const struct slice *r = &s->v[i];
	buf_fmt(out, "\n%zu. ", i + 1);
	add_name(out, r, slice_name);
	buf_fmt(out, "   (score %.3f)\n", r->score);
	if (r->n_also > 0) {
		buf_z(out, "   its calls all have: ");
		add_name(out, r, slice_also);
		buf_char(out, '\n');
	}
	buf_z(out, "   found:     ");
	add_part(out, s, &r->found);
	buf_fmt(out, "\n              %s, p %.2g, adjusted %.2g\n   held back: ", r->found.test.name, r->found.test.p, r->adjusted);
	add_part(out, s, &r->held);
	buf_z(out, r->confirmed ? "\n              confirmed" : "\n              not confirmed");
	if (r->held.tested)
		buf_fmt(out, ", p %.2g", r->held.test.p);
	buf_char(out, '\n');
	add_strata(out, r);
}

static void add_search(struct buf *out, const struct slices *s)
{
	buf_z(out, "Searched: ");
	for (size_t i = 0; i < s->options.n_by; i++)
		buf_fmt(out, "%s%s", i ? ", " : "", s->options.by[i]->name);
	buf_fmt(out, ", up to %d at once; slices of at least %" PRId64 " calls of the first two thirds.\n", s->options.depth, s->options.min_size);
	buf_plural(out, s->tests, "test", "tests");
	buf_fmt(out, ". Not tested: %" PRId64 " too small, %" PRId64 " with too few calls outside, %" PRId64 " of the same calls as a shorter one, %" PRId64
	             " of the same calls as another, %" PRId64 " where nothing varies.\n", s->small, s->whole, s->same, s->twins, s->untested);
}

void slice_text(const struct slices *s, struct buf *out)
{
	buf_fmt(out, "Where is it worse: %s. ", s->metric->what);
	buf_plural(out, s->calls, "call", "calls");
	buf_fmt(out, ", read from the record; %" PRId64 " of them without that figure.\n", s->unknown);
	if (s->all.n == 0)
		return;
	add_time(out, s->first_ms);
	buf_z(out, " to ");
	add_time(out, s->last_ms);
	buf_z(out, ", held back from ");
	add_time(out, s->split_ms);
	buf_z(out, " on. All: ");
	add_side(out, s, &s->all);
	buf_z(out, ".\n");
	if (s->mixed)
		buf_z(out, "DEMO and LIVE calls are both in the scope, and stand together.\n");
	add_search(out, s);
	if (s->found == 0)
		buf_z(out, "\nNo slice is worse than the rest, beyond what chance gives.\n");
	else
		buf_fmt(out, "\nSlices worse than the rest (adjusted p at most %.2g): %" PRId64 "; the first %zu by score. %" PRId64 " more only echo a shorter one.\n", SLICE_FOUND_P,
		        s->found, s->n, s->echoes);
	for (size_t i = 0; i < s->n; i++)
		add_slice(out, s, i);
}
