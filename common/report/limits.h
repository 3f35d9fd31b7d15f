/* What the reader of a report must know about its figures. */
#ifndef ROS_REPORT_LIMITS_H
#define ROS_REPORT_LIMITS_H

#include "report/model.h"

/* Fills the limitations of a model that is complete otherwise: one sentence each, in plain words, with its numbers. */
void limits_state(struct report *r);

#endif
