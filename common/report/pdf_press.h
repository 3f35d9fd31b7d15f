/*
 * Paper: pages with a head and a foot, onto which rows of texts and pictures are put from top to bottom, each within tags
 * that say what it is. Drawing is by cairo, layout by Pango, pictures by librsvg. Lengths are points, from the left and
 * upper edge of the text.
 *
 * The number of pages must be known before the first is drawn: the whole is done twice.
 */
#ifndef ROS_REPORT_PDF_PRESS_H
#define ROS_REPORT_PDF_PRESS_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct press; /* opaque */

/* What stands on every page, in plain text; the number of the page is added at the lower right. */
struct press_page {
	const char *title, *creator, *created; /* of the file; created: RFC 3339 */
	const char *head_left, *head_right, *head_note;
	const char *foot;
};

/*
 * Begins a document; *page is kept by reference. `pages` is what the first run has come to, 0 in the first run. The file
 * is appended to `out`. Errors: ROS_CONFIG where no font is installed.
 */
int press_begin(struct press **p, const struct press_page *page, int pages, struct buf *out, struct err *e);

/* Ends and frees it; *pages is their number. Errors: ROS_BUG, what the libraries say. */
int press_end(struct press *p, int *pages, struct err *e);

double press_width(void); /* of the text */

/* Tags around others: "Document", "Table", "TR". */
void press_open(struct press *p, const char *tag);
void press_close(struct press *p, const char *tag);

struct press_style {
	double size; /* of the letters */
	bool bold;
	const char *color; /* #rrggbb */
};

/* A text in Pango's markup, in lines that are `width` long. */
struct press_cell {
	const char *tag; /* NULL: tagged by nobody, since it repeats something */
	const char *markup;
	double x, width;
	bool right; /* aligned */
};

/* The height of cells side by side: that of the highest. */
double press_height(struct press *p, const struct press_cell *cells, size_t n, const struct press_style *s);

/* The width of a text that is one line. */
double press_natural(struct press *p, const char *markup, const struct press_style *s);

/* Puts cells side by side, on the next page where they do not fit on this one, and goes below them. */
void press_row(struct press *p, const struct press_cell *cells, size_t n, const struct press_style *s);

/* One text over the whole width. */
void press_text(struct press *p, const char *tag, const char *markup, const struct press_style *s);

/* Begins a new page where less than `height` is left on this one; says whether it did. */
bool press_need(struct press *p, double height);

/* Goes down; press_skip() not at the top of a page. */
void press_move(struct press *p, double by);
void press_skip(struct press *p, double by);

/* A filled rectangle, from here down; nothing moves. */
void press_box(struct press *p, const char *color, double x, double width, double height);

/* An entry of the outline that leads here; level 1 to 3. */
void press_outline(struct press *p, int level, const char *text);

/* An SVG picture of so many pixels' height, over the whole width, in a style sheet. The pixels are made smaller by `scale`. */
void press_picture(struct press *p, const char *svg, const char *css, double pixels, double scale);

#endif
