/* The annex of a report that says which of its sections answers which rule or guideline. */
#ifndef ROS_REPORT_CROSSWALK_H
#define ROS_REPORT_CROSSWALK_H

#include "report/model.h"

/* Fills the crosswalk of a model; its texts are kept in those of the model. */
void crosswalk_read(struct report *r);

#endif
