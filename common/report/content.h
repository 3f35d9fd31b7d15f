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

/* What needs attention: the gravest findings in the first page, and all where there are more. */
void content_attention(struct doc *d, const struct report *r);
void content_findings(struct doc *d, const struct report *r);

/* What the report rests on: completeness, limitations, verification. */
void content_evidence(struct doc *d, const struct report *r);

/* All groups of the calls of one mode. */
void content_details(struct doc *d, const struct report_part *p, const struct report *r);

/* Reproducibility and slices, of the calls of one mode. */
void content_analysis(struct doc *d, const struct report_part *p, const struct report *r);

/* What stands behind the details: the run by its stages, the comparison, refused entries, the crosswalk. */
void content_annex(struct doc *d, const struct report *r);

/* The parts that have calls: their number. */
size_t content_parts(const struct report *r, const struct report_part *parts[2]);

/* What the groups from a number on come to together. */
struct report_group content_rest(const struct report_list *list, size_t from);

#endif
