/* Sentences about the calls of a mode. */
#ifndef ROS_REPORT_WORDS_H
#define ROS_REPORT_WORDS_H

#include "base/buf.h"
#include "report/model.h"

void say_phi(struct buf *out, const struct report_group *g);
void say_cost(struct buf *out, const struct report_group *g);

/* How it went, in a line. */
void say_status(struct buf *out, const struct report_part *p);

/* What can be pasted into the Methods section of a paper. */
void say_methods(struct buf *out, const struct report *r, const struct report_part *p);

#endif
