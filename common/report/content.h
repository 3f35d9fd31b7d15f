/* The report as a document: the first page, then the details. */
#ifndef ROS_REPORT_CONTENT_H
#define ROS_REPORT_CONTENT_H

#include "report/doc.h"
#include "report/model.h"

#define CONTENT_ROWS 200 /* longest list shown; the JSON form has all */

/* All of it. */
void report_content(const struct report *r, struct doc *d);

/* The title, for windows and files: plain text. */
void content_title(struct buf *out, const struct report *r);

/* One page that can be read in a minute. */
void content_first(struct doc *d, const struct report *r);

/* What the report rests on: completeness, limitations, verification. */
void content_evidence(struct doc *d, const struct report *r);

/* All groups of the calls of one mode. */
void content_details(struct doc *d, const struct report_part *p);

/* The parts that have calls: their number. */
size_t content_parts(const struct report *r, const struct report_part *parts[2]);

/* What the groups from a number on come to together. */
struct report_group content_rest(const struct report_list *list, size_t from);

#endif
