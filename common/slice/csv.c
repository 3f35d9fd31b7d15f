/* Slices as CSV: a row a slice. */
#include "slice/slice.h"

#include "csv/write.h"

#include <math.h>

static void add_side(struct csv_writer *c, const struct slices *s, const struct slice_side *side)
{
	csv_int(c, side->n);
	if (side->n == 0)
		csv_real(c, NAN);
	else
		csv_real(c, s->metric->quantity ? side->median * s->metric->unit : (double)side->sum / (double)side->n);
}

static void add_part(struct csv_writer *c, const struct slices *s, const struct slice_part *p)
{
	add_side(c, s, &p->in);
	add_side(c, s, &p->out);
	csv_z(c, p->tested ? p->test.name : NULL);
	csv_real(c, p->tested ? p->test.effect : NAN);
	csv_real(c, p->tested ? p->effect_in.low : NAN);
	csv_real(c, p->tested ? p->effect_in.high : NAN);
	csv_real(c, p->tested ? p->test.p : NAN);
}

static void add_name(struct csv_writer *c, const struct slice *r, void (*put)(const struct slice *, struct buf *))
{
	struct buf name;
	buf_init(&name, SLICE_BYTES_MAX);
	put(r, &name);
	csv_text(c, buf_view(&name));
	buf_free(&name);
}

static void add_slice(struct csv_writer *c, const struct slices *s, const struct slice *r)
{
	add_name(c, r, slice_name);
	csv_real(c, r->score);
	add_part(c, s, &r->found);
	csv_real(c, r->adjusted);
	add_part(c, s, &r->held);
	csv_z(c, r->confirmed ? "yes" : "no");
	csv_real(c, r->has_crude ? r->crude.odds_ratio : NAN);
	csv_z(c, r->has_adjusted ? r->by->name : NULL);
	csv_real(c, r->has_adjusted ? r->like_with_like.odds_ratio : NAN);
	csv_real(c, r->has_adjusted ? r->like_with_like.low : NAN);
	csv_real(c, r->has_adjusted ? r->like_with_like.high : NAN);
	csv_z(c, r->explained ? "yes" : "no");
	add_name(c, r, slice_also);
	csv_end_row(c);
}

void slice_csv(const struct slices *s, struct buf *out)
{
	struct csv_writer c = { .out = out };
	buf_z(out, "slice,score,n,value,rest_n,rest_value,test,effect,low,high,p,adjusted_p,held_n,held_value,held_rest_n,held_rest_value,held_test,held_effect,"
	           "held_low,held_high,held_p,confirmed,odds_ratio,within_each,odds_ratio_within,odds_ratio_low,odds_ratio_high,explained,also\n");
	for (size_t i = 0; i < s->n; i++)
		add_slice(&c, s, &s->v[i]);
}
