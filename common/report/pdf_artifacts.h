/* Marks what no tag covers, in the content of a page. */
#ifndef ROS_REPORT_PDF_ARTIFACTS_H
#define ROS_REPORT_PDF_ARTIFACTS_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Appends the content stream with all that stands outside of marked content marked as an artifact (ISO 32000-1, 14.8.2.2):
 * heads, feet, rules and grounds, so that a reader passes over them. cairo 1.16 cannot say so itself.
 */
void pdf_mark_artifacts(struct str content, struct buf *out);

#endif
