/*
 * The faces of a report. A renderer appends the whole report to a buffer and knows nothing but the model; a new format
 * is one file and one line of the table.
 */
#ifndef ROS_REPORT_FORMATS_H
#define ROS_REPORT_FORMATS_H

#include "base/buf.h"
#include "report/model.h"

#include <stddef.h>

#define REPORT_BYTES_MAX ((size_t)32 << 20) /* longest report */

struct report_format {
	const char *name;      /* of --format */
	const char *extension; /* of files */
	/* Appends the whole report; errors: what the format needs and does not find (ROS_CONFIG). */
	int (*render)(const struct report *r, struct buf *out, struct err *e);
};

extern const struct report_format report_formats[];
extern const size_t n_report_formats;

/* The format with the name, or the one for the file's extension; NULL: none. */
const struct report_format *report_format_named(const char *name);
const struct report_format *report_format_of_file(const char *path);

/* Markdown (GFM): one page first, then the details. */
int report_markdown(const struct report *r, struct buf *out, struct err *e);

/*
 * JSON: the model as it is, with the names that the platform's readers expect at the top. Before the report is
 * identified, its id and time are null.
 */
int report_json(const struct report *r, struct buf *out, struct err *e);

/* CSV, one table of all figures: section, name, dimensions (a JSON object), value, unit. */
int report_csv(const struct report *r, struct buf *out, struct err *e);

/* Appends the i-th of its tables with a column a figure; returns the name, or NULL behind the last. */
const char *report_csv_table(const struct report *r, size_t i, struct buf *out);

/* For a terminal of r->columns columns. */
int report_text(const struct report *r, struct buf *out, struct err *e);
/* The transparency panel: one HTML page with charts, without scripts, that works offline and prints. */
int report_html(const struct report *r, struct buf *out, struct err *e);

/* PDF: A4 pages, tagged, with an outline and the JSON form attached. Errors: ROS_CONFIG where no font is installed. */
int report_pdf(const struct report *r, struct buf *out, struct err *e);

#endif
