/* What the calls of a scope touched: datasets, and the stages of their workflow run. */
#ifndef ROS_REPORT_TOUCHED_H
#define ROS_REPORT_TOUCHED_H

#include "report/model.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Sums up rows_accessed of each part's datasets, then suppresses counts of rows from 1 to min_cell - 1. Where that is one
 * count of a part alone, the sum would give it away: the smallest of the others is suppressed as well, or the sum where there
 * is none. Where one mode's rows are suppressed and the other has some, too, all are in the part over both.
 */
void cells_suppress(struct report *r);

/*
 * running: a stage runs, or one is pending beside others that are over; paused, failed, cancelled: so is one, in this order;
 * completed: all are completed or skipped; pending: all are. NULL without stages.
 */
const char *stages_status(const struct report_stage_run *v, size_t n);

#endif
