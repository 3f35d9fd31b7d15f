/* Two reports side by side. */
#ifndef ROS_REPORT_COMPARE_H
#define ROS_REPORT_COMPARE_H

#include "report/model.h"

/*
 * Fills r->against: figures of both, mode by mode: of all calls, then by tier, then by model. `with` is r's from here on. Differences of
 * shares have Newcombe's interval where both have calls; it takes them for independent samples.
 */
void compare(struct report *r, struct report *with);
void compare_free(struct report_comparison *c); /* NULL is fine */

#endif
