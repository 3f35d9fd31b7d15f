/* Data files of the report that the build puts into the tools: schemas/report-rules.json and schemas/report-crosswalk.json. */
#ifndef ROS_REPORT_DATA_H
#define ROS_REPORT_DATA_H

extern const char report_rules_text[], report_crosswalk_text[];

#endif
