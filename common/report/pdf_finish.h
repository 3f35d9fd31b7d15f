/* What cairo cannot say in a PDF, added by libqpdf. */
#ifndef ROS_REPORT_PDF_FINISH_H
#define ROS_REPORT_PDF_FINISH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

struct pdf_extras {
	const char *title, *creator, *created; /* created: RFC 3339 */
	struct str attached;                   /* JSON; goes in as report.json */
	const struct buf *figures;             /* the figures' texts in order, each ending with NUL */
};

/*
 * Replaces the PDF by one that also has: its language, title and metadata (XMP), the attached file, a text for each
 * figure, the scope of table headings, and an id that depends on nothing but the content. Errors: ROS_BUG.
 */
int pdf_finish(struct buf *pdf, const struct pdf_extras *x, struct err *e);

#endif
