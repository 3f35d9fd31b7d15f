/* The charts of the report: which figures they show, by what label. */
#ifndef ROS_REPORT_CHARTS_H
#define ROS_REPORT_CHARTS_H

#include "base/num.h"
#include "report/doc.h"
#include "report/model.h"

#include <stddef.h>

/* Appends what a group is called, as name_fitted() has it. */
typedef void group_label_fn(struct buf *out, const struct report_group *g, size_t columns);
group_label_fn label_name, label_model, label_stage;

/* Bars of the known cost of the first `shown` groups, and of all others together. */
void chart_of_cost(struct doc *d, const char *title, const struct report_list *list, size_t shown, group_label_fn *label);

/* Bars of counts, with their share of the whole. */
void chart_of_counts(struct doc *d, const char *title, const char *const *labels, const int128 *v, size_t n,
                     const char *what);

/* From the median to the 99th percentile, a line a group. */
void chart_of_latency(struct doc *d, const char *title, const struct report_list *list);

/* The moments of a part in columns of equal length, several in one where there are many; with gaps, in order of time. */
struct times {
	struct report_moment *v;
	size_t n;
	int64_t length_ms; /* of each */
};

struct times times_of(const struct report_part *p, int64_t moment_ms);
void times_free(struct times *t);

/* Columns of the calls, or of their known cost. */
void chart_of_times(struct doc *d, const char *title, const struct times *t, bool cost);

#endif
