/*
 * A report for Prometheus (OpenMetrics 1.0). Names end in their unit, and units are base units: seconds, bytes, ratios. What is not known has no sample.
 */
#include "health/render.h"

#include "base/num.h"

#include <ctype.h>

static const struct {
	const char *name; /* "" has none */
	int scale;        /* the value is divided by 10^scale */
} bases[UNITS] = {
	[UNIT_COUNT] = { "", 0 },
	[UNIT_MS] = { "seconds", 3 },
	[UNIT_SECONDS] = { "seconds", 0 },
	[UNIT_BYTES] = { "bytes", 0 },
	[UNIT_PERCENT] = { "ratio", 2 },
};

static void add_head(struct buf *out, const char *name, const char *type, const char *unit, const char *help)
{
	const char *line = unit[0] ? "_" : "";
	buf_fmt(out, "# TYPE ros_%s%s%s %s\n", name, line, unit, type);
	if (unit[0])
		buf_fmt(out, "# UNIT ros_%s%s%s %s\n", name, line, unit, unit);
	buf_fmt(out, "# HELP ros_%s%s%s %s.\n", name, line, unit, help);
}

static void add_measure(const struct health_report *r, int m, struct buf *out)
{
	const struct health_measure_row *row = &health_measures[m];
	const char *unit = bases[row->unit].name;
	if (!r->measured[m])
		return;
	add_head(out, row->name, "gauge", unit, row->words);
	buf_fmt(out, "ros_%s%s%s ", row->name, unit[0] ? "_" : "", unit);
	num_decimal(out, r->value[m], bases[row->unit].scale);
	buf_char(out, '\n');
}

static void add_state(const struct health_report *r, struct buf *out)
{
	add_head(out, "health", "stateset", "", "what a check comes to");
	for (int state = HEALTH_OK; state <= HEALTH_UNKNOWN; state++) {
		buf_z(out, "ros_health{ros_health=\"");
		for (const char *c = health_state_name(state); *c != '\0'; c++)
			buf_char(out, (char)tolower((unsigned char)*c));
		buf_fmt(out, "\"} %d\n", r->state == (enum health_state)state);
	}
}

/* The state of each measure as its monitor's number, so that a rule needs no limits of its own. */
static void add_states(const struct health_report *r, struct buf *out)
{
	add_head(out, "health_measure", "gauge", "", "state of each measure: 0 ok, 1 warning, 2 critical");
	for (int m = 0; m < MEASURES; m++)
		if (r->measured[m])
			buf_fmt(out, "ros_health_measure{measure=\"%s\"} %d\n", health_measures[m].name, (int)r->of[m]);
}

void render_openmetrics(const struct health_report *r, struct buf *out)
{
	add_state(r, out);
	add_states(r, out);
	for (int m = 0; m < MEASURES; m++)
		add_measure(r, m, out);
	buf_z(out, "# EOF\n");
}
