/* The calls of a report one by one: reproducibility, and where it is worse. */
#ifndef ROS_REPORT_ANALYSE_H
#define ROS_REPORT_ANALYSE_H

#include "report/model.h"

/* Fills the analyses of both modes of a report whose parts are complete; within its read transaction. */
int report_analyse(struct report *r, struct db *db, struct err *e);
void report_analysis_free(struct report_analysis *a);

#endif
