/* The rules of store_check() over the events beside the invocations: each a query that gives a text for each thing that is wrong. */
#ifndef ROS_STORE_CHECK_NOTICES_H
#define ROS_STORE_CHECK_NOTICES_H

#include "base/buf.h"

/* Events that are in no table, and those that went without a purge. */
extern const char check_missing_sql[];

/* Steps of a stage that cannot follow each other. */
extern const char check_transition_sql[];

/* Whether each field of the tables has the value of the newest event that has it; made from the schemas. But for what the start of an attempt takes back. */
void check_fields_sql(struct buf *sql);

#endif
