/* Slices as JSON; what is not known is null. */
#include "slice/slice.h"

#include "base/timefmt.h"
#include "json/writer.h"

#define DIGITS 6

static void add_int(struct json_writer *w, const char *name, int64_t v)
{
	json_key(w, name);
	json_int(w, v);
}

static void add_real(struct json_writer *w, const char *name, bool known, double v)
{
	json_key(w, name);
	known ? json_real(w, v, DIGITS) : json_null(w);
}

static void add_text(struct json_writer *w, const char *name, const char *v)
{
	json_key(w, name);
	json_z(w, v);
}

static void add_time(struct json_writer *w, const char *name, bool known, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	add_text(w, name, known ? text : NULL);
}

static void add_side(struct json_writer *w, const char *name, const struct slices *s, const struct slice_side *side)
{
	json_key(w, name);
	json_open(w, '{');
	add_int(w, "n", side->n);
	if (s->metric->quantity) {
		add_real(w, "median", side->n > 0, side->median * s->metric->unit);
	} else {
		add_int(w, "hits", (int64_t)side->sum);
		add_real(w, "rate", side->n > 0, side->n ? (double)side->sum / (double)side->n : 0);
	}
	json_close(w, '}');
}

static void add_part(struct json_writer *w, const char *name, const struct slices *s, const struct slice_part *p)
{
	json_key(w, name);
	json_open(w, '{');
	add_side(w, "slice", s, &p->in);
	add_side(w, "rest", s, &p->out);
	add_text(w, "test", p->tested ? p->test.name : NULL);
	add_real(w, "effect", p->tested, p->test.effect);
	add_real(w, "low", p->tested, p->effect_in.low);
	add_real(w, "high", p->tested, p->effect_in.high);
	add_real(w, "p", p->tested, p->test.p);
	json_close(w, '}');
}

static void add_odds(struct json_writer *w, const char *name, bool known, const struct strata_result *r)
{
	json_key(w, name);
	if (!known) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	add_real(w, "odds_ratio", true, r->odds_ratio);
	add_real(w, "low", true, r->low);
	add_real(w, "high", true, r->high);
	add_real(w, "p", true, r->p);
	json_close(w, '}');
}

static void add_conditions(struct json_writer *w, const char *name, const struct slice_condition *c, size_t n)
{
	json_key(w, name);
	json_open(w, '{');
	for (size_t i = 0; i < n; i++) {
		json_key(w, c[i].attribute->name);
		json_str(w, c[i].value);
	}
	json_close(w, '}');
}

static void add_slice(struct json_writer *w, const struct slices *s, const struct slice *r)
{
	json_open(w, '{');
	add_conditions(w, "conditions", r->conditions, r->n_conditions);
	add_conditions(w, "also", r->also, r->n_also);
	add_real(w, "score", true, r->score);
	add_real(w, "adjusted_p", true, r->adjusted);
	add_part(w, "found", s, &r->found);
	add_part(w, "held_back", s, &r->held);
	json_key(w, "confirmed");
	json_bool(w, r->confirmed);
	add_odds(w, "crude", r->has_crude, &r->crude);
	add_odds(w, "like_with_like", r->has_adjusted, &r->like_with_like);
	add_text(w, "within_each", r->has_adjusted ? r->by->name : NULL);
	json_key(w, "explained");
	json_bool(w, r->explained);
	json_close(w, '}');
}

static void add_search(struct json_writer *w, const struct slices *s)
{
	json_key(w, "by");
	json_open(w, '[');
	for (size_t i = 0; i < s->options.n_by; i++)
		json_z(w, s->options.by[i]->name);
	json_close(w, ']');
	add_int(w, "depth", s->options.depth);
	add_int(w, "min_size", s->options.min_size);
	add_int(w, "tests", s->tests);
	json_key(w, "not_tested");
	json_open(w, '{');
	add_int(w, "too_small", s->small);
	add_int(w, "too_few_outside", s->whole);
	add_int(w, "same_calls_as_a_shorter_one", s->same);
	add_int(w, "same_calls_as_another", s->twins);
	add_int(w, "nothing_varies", s->untested);
	json_close(w, '}');
	add_int(w, "found", s->found);
	add_int(w, "echoes", s->echoes);
}

void slice_json_members(struct json_writer *w, const struct slices *s)
{
	bool any = s->all.n > 0;
	add_text(w, "metric", s->metric->name);
	json_key(w, "mixed_modes");
	json_bool(w, s->mixed);
	add_int(w, "calls", s->calls);
	add_int(w, "calls_without_figure", s->unknown);
	add_time(w, "first_call", any, s->first_ms);
	add_time(w, "held_back_from", any, s->split_ms);
	add_time(w, "last_call", any, s->last_ms);
	add_side(w, "all", s, &s->all);
	add_search(w, s);
	json_key(w, "slices");
	json_open(w, '[');
	for (size_t i = 0; i < s->n; i++)
		add_slice(w, s, &s->v[i]);
	json_close(w, ']');
}

void slice_json(const struct slices *s, struct buf *out)
{
	struct json_writer w;
	json_writer_init(&w, out, true);
	json_open(&w, '{');
	add_text(&w, "generated_by", "ros-slice " ROS_VERSION_TEXT);
	add_text(&w, "read_from", "record");
	slice_json_members(&w, s);
	json_close(&w, '}');
	buf_char(out, '\n');
}
