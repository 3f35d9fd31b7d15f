/*
 * Charts as SVG, drawn line by line. Widths are shares of whatever room there is, so that the same drawing fits a phone
 * and a page; heights are pixels. Colours and fonts come from the style sheet around it, by class.
 */
#ifndef ROS_REPORT_SVG_H
#define ROS_REPORT_SVG_H

#include "base/buf.h"
#include "base/str.h"

#include <stddef.h>

struct svg {
	struct buf drawing;     /* the elements */
	struct buf description; /* the same in words */
	int height;
};

void svg_init(struct svg *s);
void svg_free(struct svg *s);

/* A line of a bar chart. `share` is that of the longest bar, 0 to 1; below 0 there is no bar, the value is unknown. */
void svg_bar(struct svg *s, const char *label, const char *value, double share, const char *class);

/* A line from at[0] over at[1] to at[2], shares of the scale: a dot, a thick and a thin stroke. */
void svg_range(struct svg *s, const char *label, const char *value, const double at[3]);

/* Columns side by side, shares of the highest; `top` says what that is, `first` and `last` stand below the ends. */
void svg_columns(struct svg *s, const double *share, size_t n, const char *top, const char *first, const char *last,
                 const char *class);

/*
 * The whole picture: <svg> with role, title and description. `attributes` go into the tag; `id` begins the ids of title
 * and description.
 */
void svg_picture(struct buf *out, const char *attributes, const char *id, const char *title, const char *description,
                 const char *drawing, int height);

#endif
