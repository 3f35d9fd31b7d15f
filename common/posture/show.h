/* What an audit came to, in the forms that it is printed in: one file and one row of the table each. */
#ifndef ROS_POSTURE_SHOW_H
#define ROS_POSTURE_SHOW_H

#include "posture/audit.h"

/* Appends the whole text; `bus` is its name, without a password. */
typedef void audit_render_fn(const struct audit *a, const char *bus, int64_t now_ms, struct buf *out);

audit_render_fn audit_text;  /* for people: what did not pass, the most severe first */
audit_render_fn audit_json;  /* one object, with what passed as well */
audit_render_fn audit_sarif; /* SARIF 2.1.0: what did not pass as results */

/* By its name, text, json or sarif; NULL where it has none. */
audit_render_fn *audit_format(const char *name);

#endif
