/* What monitors read. */
#include "health/render.h"

#include <inttypes.h>

static void add_standing(const struct health_report *r, struct buf *out)
{
	static const struct {
		enum health_measure m;
		const char *words;
	} parts[] = { { STREAM_LENGTH, "stream" }, { LAG, "lag" }, { PENDING, "pending" }, { DEAD_LETTERS, "dead" }, { QUEUE_DEPTH, "queued" },
		      { AGGREGATE_AGE, "last record" } };
	const char *comma = "";
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!r->measured[parts[i].m])
			continue;
		const char *unit = health_unit_names[health_measures[parts[i].m].unit];
		buf_fmt(out, "%s%s %" PRId64 "%s%s", comma, parts[i].words, r->value[parts[i].m], unit[0] ? " " : "", unit);
		comma = ", ";
	}
}

/* A bar would begin the performance data. */
static void add_words(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		buf_char(out, *text == '|' ? '/' : *text);
}

void render_words(const struct health_report *r, struct buf *out)
{
	if (r->state == HEALTH_OK)
		add_standing(r, out);
	for (size_t i = 0; i < r->n_findings && r->findings[i].state == r->state; i++) {
		buf_z(out, i > 0 ? "; " : "");
		add_words(out, r->findings[i].text);
	}
}

/* A range of the guidelines: alert above N is `N`, alert below it is `N:`. */
static void add_limit(struct buf *out, int64_t limit, bool below)
{
	buf_char(out, ';');
	if (limit != LIMIT_NONE)
		buf_fmt(out, "%" PRId64 "%s", limit, below ? ":" : "");
}

/* LABEL=VALUE[UNIT];WARN;CRIT;MIN;MAX; what is not known is U. */
static void add_measure(const struct health_report *r, int m, struct buf *out)
{
	const struct health_measure_row *row = &health_measures[m];
	buf_fmt(out, " %s=", row->name);
	if (r->measured[m])
		buf_fmt(out, "%" PRId64 "%s", r->value[m], health_unit_names[row->unit]);
	else
		buf_char(out, 'U');
	add_limit(out, r->limits.warn[m], row->below);
	add_limit(out, r->limits.crit[m], row->below);
	buf_z(out, ";0");
	if (m == STREAM_LENGTH)
		buf_fmt(out, ";%" PRId64, r->max_len);
	else if (row->unit == UNIT_PERCENT)
		buf_z(out, ";100");
}

void render_text(const struct health_report *r, struct buf *out)
{
	buf_fmt(out, "ROS %s - ", health_state_name(r->state));
	render_words(r, out);
	buf_z(out, " |");
	for (int m = 0; m < MEASURES; m++)
		add_measure(r, m, out);
	buf_char(out, '\n');
	for (size_t i = 0; i < r->n_findings && r->n_findings > 1; i++) {
		buf_fmt(out, "%s: ", health_state_name(r->findings[i].state));
		add_words(out, r->findings[i].text);
		buf_char(out, '\n');
	}
}
