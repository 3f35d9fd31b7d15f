/* What cairo cannot say in a PDF, added by libqpdf. */
#ifndef ROS_REPORT_PDF_FINISH_H
#define ROS_REPORT_PDF_FINISH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

/* A file that goes into the PDF as report.json: compressed at once, so that its text need not be kept while pages are made. */
struct pdf_attachment {
	size_t n;            /* bytes of the file */
	struct buf deflated; /* RFC 1950 */
};

/* To be freed by buf_free(&a->deflated). Errors: ROS_BUG. */
int pdf_attachment(struct pdf_attachment *a, struct str file, struct err *e);

struct pdf_extras {
	const char *title, *creator, *created; /* created: RFC 3339 */
	const struct pdf_attachment *json;
	const struct buf *figures;             /* the figures' texts in order, each ending with NUL */
};

/*
 * Replaces the PDF by one that also has: its language, title and metadata (XMP), the attachment, a text for each
 * figure, the scope of table headings, and an id that depends on nothing but the content. Errors: ROS_BUG.
 */
int pdf_finish(struct buf *pdf, const struct pdf_extras *x, struct err *e);

#endif
