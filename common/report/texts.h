/* The strings of a report: each kept once, so that equal names are equal pointers and one call frees them all. */
#ifndef ROS_REPORT_TEXTS_H
#define ROS_REPORT_TEXTS_H

#include "base/str.h"

struct report_texts; /* opaque */

struct report_texts *texts_new(void);
void texts_free(struct report_texts *t); /* NULL is fine */

/*
 * The kept copy, ending with NUL; NULL for the absent value. Bytes that are not UTF-8 become '?': renderers can rely on
 * it.
 */
const char *texts_keep(struct report_texts *t, struct str s);

#endif
