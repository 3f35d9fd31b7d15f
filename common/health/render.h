/* A report as text, for monitors, for programs and for Prometheus. Ask buf_ok() afterwards. */
#ifndef ROS_HEALTH_RENDER_H
#define ROS_HEALTH_RENDER_H

#include "base/buf.h"
#include "health/check.h"

/*
 * What a monitoring plugin prints (Monitoring Plugins Development Guidelines, "Plugin Output for Nagios"): a line `ROS STATE - words | performance data`,
 * then, where there is more to say than fits there, a line for each finding.
 */
void render_text(const struct health_report *r, struct buf *out);

/* One JSON object on a line: state, findings, measures. */
void render_json(const struct health_report *r, struct buf *out);

/* OpenMetrics text 1.0: a gauge for each measure in base units, and a state set; it ends in `# EOF`. */
void render_openmetrics(const struct health_report *r, struct buf *out);

/* The words alone: of the worst findings, or how things stand. */
void render_words(const struct health_report *r, struct buf *out);

#endif
