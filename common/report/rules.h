/* What in a report needs attention, by rules that are data: schemas/report-rules.json. */
#ifndef ROS_REPORT_RULES_H
#define ROS_REPORT_RULES_H

#include "base/err.h"
#include "report/model.h"

/* The thresholds of the data file. */
void rules_defaults(int64_t thresholds[RULES]);

/*
 * "ID=VALUE": sets the threshold of a rule, a decimal number from 0 on with at most RULE_SCALE decimals. Error: ROS_USAGE, which
 * names the rules where there is none with the id.
 */
int rules_set(int64_t thresholds[RULES], const char *text, struct err *e);

/* Fills findings and recommendations of a model that is complete otherwise. Nothing is found where there is nothing to count. */
void rules_find(struct report *r);

#endif
