/*
 * A bundle for the Learning Interpretability Tool, LIT: a sample of the recorded calls as a dataset, what happened as a model that LIT holds against what was
 * asked, repeated prompts with a model for each version that answered, the report as its documentation, and a program that serves it all. schemas/lit_schema.json
 * has the tables.
 */
#ifndef ROS_LIT_LIT_H
#define ROS_LIT_LIT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "db/db.h"
#include "lit/sample.h"
#include "slice/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define LIT_ROWS 5000 /* by default: so many a browser shows in a minute */

#define LIT_WORSE_MAX 16 /* metrics of both modes */

/* What was found among the calls of a mode. */
struct lit_worse {
	const char *mode;
	const struct slices *found;
};

struct lit_request {
	struct lit_scope scope;
	struct lit_worse worse[LIT_WORSE_MAX]; /* the report's searches for slices */
	size_t n_worse;
	bool previews;      /* redacted previews of DEMO */
	const char *target; /* a directory, or an archive that ends in .tar.gz */
	const char *generated_by;
	int64_t generated_ms;
	struct str report_md, report_json; /* the report on the scope in these forms */
	struct uuid report_id;
	struct sha256 content_sum; /* of the record, up to the scope's last batch */
};

struct lit_result {
	const char *mode; /* DEMO, LIVE, MIXED */
	struct sha256 sha256;
	int64_t bytes, rows, calls, failures, failures_kept;
	int64_t unseen; /* calls of strata without a row: there were too few rows */
};

/*
 * Writes the bundle; the target is there as a whole, or not at all. Equal records, requests and times give equal bytes. Errors: ROS_REFUSED where the target is
 * there already, there is no call in the scope, or the PHI rules have a finding; ROS_IO; those of db.h.
 */
int lit_write(struct lit_result *result, struct db *db, const struct lit_request *q, struct err *e);

/*
 * Appends the event export.created, and \n, that tells the record what left. `by` is who made it. A bundle of both modes counts as LIVE. Error (ROS_USAGE): what
 * was said makes no valid event.
 */
int lit_export_event(struct buf *out, const struct lit_request *q, const struct lit_result *result, const char *by, int64_t now_ms, struct err *e);

#endif
