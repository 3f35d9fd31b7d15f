/* In which of the slices that a report found worse a call is, so that LIT can part the calls by it. */
#ifndef ROS_LIT_MEMBERSHIP_H
#define ROS_LIT_MEMBERSHIP_H

#include "base/buf.h"
#include "lit/lit.h"
#include "lit/schema.h"

/*
 * For each field that says by which metric a call's slices are worse, appends a comma and the SQL of its value: the mode and the numbers of the slices in the
 * report's order, as "DEMO 1" or "DEMO 1+3"; "none"; NULL where the report did not search among such calls.
 */
void lit_membership_sql(const struct lit_fields *fields, const struct lit_worse *worse, size_t n, struct buf *sql);

#endif
