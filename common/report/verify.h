/* Whether a report that was made before is what the database says: of the state that the report names, whatever came in since. */
#ifndef ROS_REPORT_VERIFY_H
#define ROS_REPORT_VERIFY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

#include <stddef.h>
#include <stdint.h>

struct verdict {
	size_t differences;
	struct buf text; /* a line a difference, the first VERIFY_SHOWN, then one line that sums it up; freed by the caller */
};

#define VERIFY_SHOWN 20

/*
 * Computes the report in `json`, of its JSON form, again; `name` is what messages call it. Where batches were recorded after
 * the one that the report names, all is read from the record, which knows the batch of each event; what it knows only for
 * now is not compared, and the last line says so: completeness, datasets, and the stages of a run. What ros-purge deleted
 * since is in the sums of sealed days, but for single calls. When the report was made makes no difference, nor does the
 * release that did, where it is not `generated_by`. Errors: ROS_INPUT no report of ours; ROS_VERSION of another version;
 * ROS_REFUSED the database has not the batch, or retention deleted what is needed; those of report_build().
 */
int report_verify(struct verdict *v, struct db *db, const char *name, struct str json, const char *generated_by, struct err *e);

#endif
