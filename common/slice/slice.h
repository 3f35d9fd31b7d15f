/*
 * Where is it worse: slices of the calls, which are one value of an attribute or of up to three at once, against all calls that are not in them. A call that has
 * several values of an attribute, as tags, is in the slices of each. Slices are found in the first two thirds of the calls, in order of time, and looked at again
 * in the last third, which took no part in finding them. All is read from the record.
 *
 * slice_build() computes the model; a renderer gets the model and a buffer, never the database.
 */
#ifndef ROS_SLICE_SLICE_H
#define ROS_SLICE_SLICE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "db/db.h"
#include "stats/intervals.h"
#include "stats/strata.h"
#include "stats/tests.h"
#include "store/scope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLICE_DEPTH_MAX 3
#define SLICE_COLUMNS_MAX 16
#define SLICE_FOUND_P 0.05  /* adjusted p at which a slice is taken for worse */
#define SLICE_ALPHA 0.95    /* of the score */
#define SLICE_BYTES_MAX ((size_t)32 << 20)

/* What is worse where it is more. A rate counts hits; a quantity has values. */
struct slice_metric {
	const char *name, *what; /* of --metric; in words */
	bool quantity;
	const char *known, *value; /* over the tables of scope_sql(): whether a call counts, and its value; a hit is 1 */
	const char *view_known, *view_value; /* the same over the view ai_invocations */
	double unit;             /* of values as they are shown */
	bool of_prompts;         /* known of calls whose prompt was asked twice: whether the output is the usual one */
};

extern const struct slice_metric slice_metrics[]; /* ends with a line of zeros */

struct slice_attribute {
	const char *name;
	const char *column, *view; /* over the tables of scope_sql(); over the view ai_invocations */
	bool is_list;              /* a JSON array: a call has each of its values */
};

extern const struct slice_attribute slice_attributes[]; /* ends with a line of zeros */

struct slice_options {
	const struct slice_metric *metric;
	const struct slice_attribute *by[SLICE_COLUMNS_MAX];
	size_t n_by;
	int depth;        /* 1 to SLICE_DEPTH_MAX */
	int64_t min_size; /* calls in the first part, within the slice and outside of it */
	size_t top;       /* of the slices found, so many are kept */
};

struct slice_condition {
	const struct slice_attribute *attribute;
	struct str value; /* absent: not stated */
};

/* Calls within a slice or outside: their number, and the sum of their values, of a rate the hits. */
struct slice_side {
	int64_t n;
	int128 sum;
	double median; /* of a quantity */
};

/* A slice in one part of the period. The effect of a rate is the difference of the rates, with Newcombe's interval; of a quantity the ratio of the medians, bootstrapped. */
struct slice_part {
	struct slice_side in, out;
	bool tested; /* whether what follows holds */
	struct test test;
	struct interval effect_in;
	bool worse;
};

struct slice {
	struct slice_condition conditions[SLICE_DEPTH_MAX];
	size_t n_conditions;
	struct slice_condition also[SLICE_COLUMNS_MAX]; /* what else all its calls have, and not all calls: one value of an attribute at most */
	size_t n_also;
	struct slice_part found, held;
	double adjusted; /* p of the finding, adjusted for all tests */
	double score;    /* SliceLine's */
	bool confirmed;  /* the held-back part is worse as well, p at most 0.1 two-sided, which is 0.05 in this direction */
	bool has_crude, has_adjusted;
	struct strata_result crude;                 /* odds ratio over all calls; a quantity's hits are values above the median */
	struct strata_result like_with_like;        /* within the values of `by`: the attribute that takes most of the difference away */
	const struct slice_attribute *by;
	bool explained; /* within its values no difference is shown */
};

struct slices {
	const struct slice_metric *metric;
	struct slice_options options;
	struct scope scope;
	bool mixed;
	int64_t calls, unknown;     /* in the scope; of those without the value that is asked for */
	int64_t first_n, held_n;    /* in the first part, and held back */
	int64_t first_ms, split_ms, last_ms; /* times of the first call, the first that is held back, the last */
	struct slice_side all;      /* of both parts */
	int64_t tests, same, twins, small, whole; /* slices tested; of the same calls as a shorter one, as another; too small; with too few calls outside */
	int64_t untested;           /* nothing varies */
	int64_t found, echoes;      /* slices that are worse; others that are, but no worse than a slice with one condition less */
	struct slice *v;            /* the best of them, by score */
	size_t n;
	struct slice_table *table;  /* of all calls, while slice_build() is at work */
	struct intern *texts;       /* of the slices that are kept */
};

/*
 * SliceLine's score (Sagadeeva, Boehm: SliceLine: Fast, linear-algebra-based slice finding for ML model debugging, SIGMOD 2021): alpha ((sum / n) / (all_sum / all_n) - 1)
 * - (1 - alpha) (all_n / n - 1). 0 where there is no sum at all.
 */
double slice_score(int64_t n, double sum, int64_t all_n, double all_sum, double alpha);

/* Within a read transaction. *s is the caller's, who frees it with slice_free(), also after an error. */
int slice_build(struct slices **s, struct db *db, const struct scope *scope, const struct slice_options *options, struct err *e);
void slice_free(struct slices *s); /* NULL is fine */

/* Of the slices that are kept, keeps the confirmed ones, so many at most; returns how many were confirmed. */
size_t slice_keep_confirmed(struct slices *s, size_t most);

struct slice_format {
	const char *name;
	void (*render)(const struct slices *s, struct buf *out);
};

extern const struct slice_format slice_formats[]; /* text, json, csv; ends with a line of zeros */

void slice_text(const struct slices *s, struct buf *out);
void slice_json(const struct slices *s, struct buf *out);
/* What slice_json() writes, but for the object around it and what made it. */
struct json_writer;
void slice_json_members(struct json_writer *w, const struct slices *s);

void slice_csv(const struct slices *s, struct buf *out);

/* Appends, for each slice, the SQL that gives its numbers from the view ai_invocations, and the numbers. */
void slice_explain(const struct slices *s, struct buf *out);

/* Appends the SQL condition that a call is in the slice: over the view ai_invocations, or over the tables of scope_sql(). */
void slice_where(const struct slice *s, bool view, struct buf *sql);

/* Appends "stage 3, model gpt-5". */
void slice_name(const struct slice *s, struct buf *out);

/* Appends in the same way what else all its calls have; nothing where there is nothing. */
void slice_also(const struct slice *s, struct buf *out);

#endif
