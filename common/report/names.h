/* Names from the data, which nobody has checked, as text that a person can see. */
#ifndef ROS_REPORT_NAMES_H
#define ROS_REPORT_NAMES_H

#include "base/buf.h"

#include <stddef.h>

/*
 * Appends the first `points` code points of the name, which is UTF-8, and an ellipsis where there are more. Characters
 * that cannot be seen, or that turn the direction of writing, are shown by number: [U+202E].
 */
void name_visible(struct buf *out, const char *name, int points);

/* As that, but within so many columns of text, as columns_of() counts them. */
void name_fitted(struct buf *out, const char *name, size_t columns);

#endif
