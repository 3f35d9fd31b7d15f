/*
 * Whether what data files say in text identifies a person: their lines through the scanner of phi/, cells of CSV each under the name of its column. What the
 * scanner does not promise (ros-phi(7)) holds here, too.
 */
#ifndef ROS_DATASET_SCREEN_H
#define ROS_DATASET_SCREEN_H

#include "base/map.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum screen_text { SCREEN_NO_TEXT, SCREEN_LINES, SCREEN_CSV };

struct screen; /* opaque */

/* `full`: all of each file; otherwise the first SCREEN_SAMPLE bytes of it. */
#define SCREEN_SAMPLE ((size_t)1 << 20)
struct screen *screen_new(bool full);
void screen_free(struct screen *s); /* NULL is fine */

/* A file begins, its bytes come in order, it ends. */
void screen_begin(struct screen *s, enum screen_text text);
void screen_take(struct screen *s, struct str bytes);
void screen_end(struct screen *s);

struct screen_result {
	const char *status;        /* pending: not all files are text; failed: a part could not be scanned; flagged; clean */
	int64_t rows;              /* that were scanned; without a CSV's first row */
	const struct map *findings; /* by label; the screen's */
};

struct screen_result screen_result(const struct screen *s);

#endif
