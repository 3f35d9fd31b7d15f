/*
 * The transparency report as one structure. report_build() computes it from one snapshot of the record; the renderers
 * (formats.h) get the model and a buffer, never the database. DEMO and LIVE stand apart: each has a part of its own,
 * beside the part of all calls in the scope.
 */
#ifndef ROS_REPORT_MODEL_H
#define ROS_REPORT_MODEL_H

#include "base/err.h"
#include "base/hash.h"
#include "base/num.h"
#include "base/uuid.h"
#include "db/db.h"
#include "slice/slice.h"
#include "stability/stability.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_VERSION "1.4.0" /* of the model and its JSON form */

#define REPORT_MIN_CELL 11 /* the default of min_cell: the smallest count that the cell size suppression policy of CMS lets be shown */

/* What is counted of calls: the columns of rollup_hour, in the order of gather.c's table. */
enum report_measure {
	CALLS,
	INPUT_TOKENS,
	OUTPUT_TOKENS,
	CACHE_READ_TOKENS,
	CACHE_WRITE_TOKENS,
	REASONING_TOKENS,
	COST_NANO,     /* of the calls whose cost is known */
	COST_NANO_MAX, /* of one call */
	PRICED_PROVIDER,
	PRICED_LOCAL,
	PRICED_UNSTATED,
	TIMED,         /* calls whose latency is known */
	LATENCY_MS,    /* their sum */
	LATENCY_MS_MAX,
	ESCALATED,
	GATED,         /* calls with an answer of the quality gate */
	GATE_FAILED,
	PHI_SCANS,     /* of input and of output, skipped ones not counted */
	PHI_SKIPPED,
	PHI_FLAGS,     /* scans that flagged or redacted */
	PHI_REDACTIONS,
	ATTESTED,      /* calls whose guard's attestation held */
	MEASURES
};

enum report_status { STATUS_SUCCESS, STATUS_FAILED, STATUS_BLOCKED, STATUS_TIMEOUT, STATUS_RATE_LIMITED, STATUSES };

extern const char *const report_statuses[STATUSES];

/*
 * Percentiles of latency in milliseconds, from a sketch with a relative error of at most 1 %; -1 where no call is
 * timed.
 */
enum report_percentile { P50, P90, P95, P99, PERCENTILES };

extern const char *const report_percentiles[PERCENTILES]; /* "p50" ... */

/*
 * What a group is about; members that do not belong to its list are NULL or 0, as are values that the calls do not
 * state.
 */
struct report_key {
	const char *name;     /* what the list goes by; the model asked for; the tier escalated from */
	const char *provider; /* of models */
	const char *to;       /* model served where another was asked; tier escalated to */
	int64_t stage;        /* number */
};

struct report_group {
	struct report_key key;
	int128 m[MEASURES];
	int128 status[STATUSES];  /* calls */
	double latency[PERCENTILES]; /* of the total, tiers, providers, models and projects; of a run also of stages, purposes and tenants */
};

struct report_list {
	struct report_group *v;
	size_t n;
};

/* Lists are in order of calls, most first, then of the key; tiers and stages in their own order. */
enum report_list_kind {
	BY_TIER, /* always NANO, MINI, FRONTIER */
	BY_PROVIDER,
	BY_MODEL,
	BY_STAGE,
	BY_PURPOSE,
	BY_PROJECT,
	BY_TENANT,
	LISTS
};

/* What is only counted, most first, then in order of the key. */
struct report_count {
	struct report_key key;
	int128 n;
};

struct report_counts {
	struct report_count *v;
	size_t n;
};

enum report_count_kind {
	OF_ERROR,      /* calls with the error code */
	OF_ESCALATION, /* calls by tier from and to */
	OF_ASKED,      /* calls for which another model was asked than served */
	OF_PHI_TYPE,   /* times that a scan lists the type */
	COUNT_KINDS
};

struct report_call {
	struct uuid id;
	int64_t time_ms;
	int64_t cost_nano;
	int64_t latency_ms; /* -1: unknown */
	const char *mode, *tier, *provider, *model, *stage_name, *purpose, *status;
	int64_t stage;
};

/* The calls of an hour or a day (UTC). */
struct report_moment {
	int64_t start_ms;
	int128 calls, succeeded, priced, cost_nano;
};

/* A count of rows, that is perhaps of people: one below the scope's min_cell is suppressed, and so is one that others would give away. */
struct report_rows {
	enum { ROWS_KNOWN, ROWS_UNKNOWN, ROWS_SUPPRESSED } is;
	int64_t n; /* 0 unless known: no format can show what is suppressed */
};

/* A dataset, by the log of accesses to it in the scope. */
struct report_dataset {
	const char *id;
	const char *name, *format, *phi_scan_status; /* NULL where the dataset is not registered */
	int64_t accesses, failed, risky; /* risky: of medium or high risk to expose PHI */
	int64_t first_ms, last_ms;
	const char *access_types; /* "read, export" */
	struct report_rows rows;  /* in the dataset */
	struct report_rows rows_accessed; /* sum over its accesses */
};

/*
 * Reproducibility, and where it is worse: of the calls of a mode, one by one, so they are looked at where a report is on so many calls at most. With more the
 * section says the commands that do it.
 */
#define REPORT_ANALYSED_MAX 50000
#define REPORT_WORST 5      /* so many of each list are kept */
#define REPORT_REPEATS 5    /* N of TARr@N */
#define REPORT_METRICS_MAX 5

/* A search for slices. */
struct report_search {
	struct slices *slices; /* found, looked at again in the calls held back, and confirmed: REPORT_WORST at most */
	int64_t judged, confirmed; /* how many were looked at again; and confirmed */
};

struct report_analysis {
	bool done;
	int64_t deleted; /* calls that retention took from the record: they are in the sums alone */
	struct stability *stability; /* of each list the REPORT_WORST worst */
	int64_t models, version_tests, versions_differ, drifted; /* how many there are: models whose prompts were asked often enough, ... */
	struct report_search searches[REPORT_METRICS_MAX]; /* of the metrics that vary */
	size_t n_searches;
};

/* What may need attention (schemas/report-rules.json), the gravest first. */
enum report_rule {
	RULE_PHI_FLAGS,
	RULE_MISSING_SEQUENCES,
	RULE_DEAD_LETTERS,
	RULE_CONFLICTS,
	RULE_FAILURES,
	RULE_SLICES_OF_RATES,
	RULE_DRIFT_OF_FAILURES,
	RULE_VERSIONS_DIFFER,
	RULE_QUALITY_GATE,
	RULE_ESCALATIONS,
	RULE_UNSTABLE_OUTPUTS,
	RULE_SLICES_OF_QUANTITIES,
	RULE_DRIFT_OF_QUANTITIES,
	RULE_UNPRICED_CALLS,
	RULE_COST_OUTLIERS,
	RULES
};

extern const char *const report_rules[RULES]; /* their ids */

#define RULE_SCALE 6 /* decimals of thresholds and of what is held against them */

/* What a rule has found: the numbers that it was found by, and what to do. */
struct report_finding {
	enum report_rule rule;
	const char *mode;       /* DEMO, LIVE; NULL: the whole database, whatever the scope */
	const char *title, *recommendation;
	const char *evidence;   /* sentence with the numbers */
	const char *model, *provider, *slice; /* that it is about, or NULL */
	enum { FINDING_SHARE, FINDING_DIFFERENCE, FINDING_FACTOR } unit; /* the value is a share, part of n; a difference of two shares; a multiple */
	int128 part, n;
	int64_t value, threshold; /* times 10^RULE_SCALE: the value is above the threshold */
	bool has_interval;
	double low, high;       /* 95 % interval of the value */
	bool tested;
	double adjusted;        /* p, adjusted for all tests that were made with it */
};

struct report_part {
	const char *mode; /* DEMO, LIVE, MIXED; NULL where it has no calls */
	int64_t first_ms, last_ms; /* of its calls, where it has some */
	struct report_group total;
	struct report_list by[LISTS];
	struct report_counts counts[COUNT_KINDS];
	struct report_call *top; /* most expensive calls: cost, then time, then id */
	size_t n_top;
	int64_t conflicts; /* repeated ids with other content, quarantined */
	struct report_moment *moments; /* in order of time, those without calls left out */
	size_t n_moments;
	struct report_dataset *datasets; /* most accessed first, then by id */
	size_t n_datasets;
	struct report_rows rows_accessed; /* of all datasets */
	struct report_analysis analysis; /* of DEMO and of LIVE alone */
};

/* A stage of the workflow run that the report is on, as its workflow says. */
struct report_stage_run {
	int64_t stage;
	const char *name, *status, *mode;
	int64_t attempt, max_attempts;             /* -1: not stated, here and below */
	int64_t items_total, items_done, items_failed;
	bool has_started, has_completed;
	int64_t started_ms, completed_ms, duration_ms;
};

/* What is reported on. */
struct report_scope {
	bool has_run, has_project;
	struct uuid run, project;
	const char *mode; /* DEMO, LIVE, or NULL for both */
	const char *tenant; /* or NULL for all */
	bool has_from, has_to;
	int64_t from_ms, to_ms; /* from <= time < to */
	bool exact; /* read the record at the edges; a report on a run is always exact */
	int top;    /* how many expensive calls */
	int64_t min_cell; /* smallest count of rows that is shown */
	int64_t thresholds[RULES]; /* times 10^RULE_SCALE; rules_defaults() fills them */
	const struct report_scope *against; /* to compare with, or NULL; by reference, as is fates, until report_build() returns */
	bool has_as_of; /* as the record was after the batch: it is read itself, not the rollups, and what it does not know of then is left out */
	int64_t as_of;
	const int64_t *fates; /* with has_as_of: what became of all that was emitted, which the record knows only for now */
};

/* The state of the record that the report saw. */
struct report_record {
	int64_t last_batch; /* number; 0: none */
	int64_t committed_ms; /* when */
	int64_t recorded, repeated, conflicting, refused; /* sums over all batches */
	struct sha256 content_sum;
	int64_t purged; /* calls of the scope's run that retention deleted */
};

struct report_reason {
	const char *name;
	int64_t count;
};

/*
 * Completeness, of the whole database whatever the scope: sources do not know runs or projects. What a source emitted is the sum of what follows it.
 */
enum report_fate {
	EMITTED,
	RECORDED,
	REPEATED,    /* the event was recorded already, under another number or none */
	CONFLICTING, /* its time and id were recorded already, with other content */
	DEAD,        /* refused for good, by ros-aggregate */
	REFUSED,     /* by ros-emit, before it had a number */
	MISSING,     /* numbers that were never seen: lost, or under way */
	FATES
};

extern const char *const report_fates[FATES]; /* "emitted" ..., also the columns of the view `sources` */

#define REPORT_SOURCES_MAX 1000
#define REPORT_GAPS_MAX 16

struct report_gap {
	int64_t first, last;
};

struct report_source {
	const char *name;
	int64_t n[FATES];
	size_t n_gaps; /* runs of missing numbers; the first REPORT_GAPS_MAX stand in gaps */
	struct report_gap gaps[REPORT_GAPS_MAX];
};

struct report_completeness {
	struct report_source *v; /* worst first: most missing, then most dead, then by name; REPORT_SOURCES_MAX at most are listed */
	size_t n, listed;
	int64_t total[FATES];    /* of all sources */
	struct report_reason *losses; /* entries that were trimmed away while they were pending, by stream */
	size_t n_losses;
	int64_t lost;            /* their sum */
};

/* What a rule or guideline asks for, and the section that answers it (schemas/report-crosswalk.json). */
struct report_crosswalk {
	const char *framework, *source, *dated; /* the document, where it is found, of when it is */
	const char *item, *asks;
	const char *section; /* a heading of the report, or "not covered" */
};

/* A figure of two reports: this one and the one that it is held against. */
enum report_unit { UNIT_COUNT, UNIT_USD, UNIT_MS, UNIT_SHARE };

struct report_difference {
	const char *mode;       /* DEMO, LIVE */
	const char *figure;     /* "calls", "success_rate" ... */
	const char *tier, *provider, *model; /* that it is of; NULL: of all calls */
	enum report_unit unit;
	int scale;              /* decimals of the values */
	bool known[2];
	int128 value[2], difference; /* times 10^scale; the difference, first less second, where both are known */
	int128 part[2], n[2];   /* of a share; of another figure n calls have it */
	bool has_interval;      /* of the difference of two shares, 95 %, Newcombe */
	double low, high;
};

struct report_comparison {
	struct report *with;
	struct report_difference *v;
	size_t n;
	struct report_difference stability[2]; /* equal outputs by mode, where both reports have looked at the calls one by one */
	size_t n_stability;
};

struct report {
	struct uuid id; /* version 5, of the JSON form with report_id and generated_at null: that of the content */
	bool identified;
	int64_t generated_ms;
	const char *generated_by; /* "ros-report 0.1.0" */
	struct report_scope scope;
	int64_t from_ms, to_ms;   /* the bounds that were used, where the scope has them */
	bool widened_from, widened_to; /* to the hour */
	const char *project;      /* of the scope, or the only one of the calls; else NULL */
	struct report_part all, mode[2]; /* all calls in the scope; DEMO; LIVE */
	int64_t moment_ms;        /* length of the moments: an hour, or a day where the calls are spread over more than three */
	struct report_stage_run *stage_runs; /* in order of the stage */
	size_t n_stage_runs;
	const char *run_status;   /* running, completed, failed ...: of the run by its stages; NULL: not known */
	struct report_finding *findings; /* in the order of the rules, then of the modes */
	size_t n_findings;
	const char **recommendations; /* those of the findings, each once */
	size_t n_recommendations;
	struct report_record record;
	struct report_reason *refusals; /* of the whole database, by reason */
	size_t n_refusals;
	struct report_completeness complete;
	char **limitations; /* sentences */
	size_t n_limitations;
	struct report_crosswalk *crosswalk; /* in the order of the frameworks */
	size_t n_crosswalk;
	struct report_comparison *against; /* NULL: none */
	size_t columns;  /* of the terminal that the form of text is for; 0: 80. The caller sets it after report_build(), as colour */
	bool colour;
	struct report_texts *texts; /* what all names point into */
};

/*
 * Computes the report in one read transaction. `generated_by` is kept by reference. Errors: ROS_REFUSED where the run
 * of the scope is not in the database; ROS_INPUT where a count does not fit in 64 bits, the sum of an hour does not and
 * its calls are not recorded any more, or a sketch is unreadable; those of db.h. After an error nothing is left to free.
 */
int report_build(struct report **r, struct db *db, const struct report_scope *scope, const char *generated_by,
                 int64_t generated_ms, struct err *e);
void report_free(struct report *r); /* NULL is fine */

/* Sums and derived figures of a group. */
int128 report_priced(const struct report_group *g); /* calls whose cost is known */
int128 report_tokens(const struct report_group *g); /* of all five kinds */

/* LATENCY_MS / TIMED in thousandths of a millisecond, rounded half up; -1 where no call is timed. */
int128 report_latency_mean_us(const struct report_group *g);

/* The status that all calls of the group share, else "MIXED"; NULL without calls. */
const char *report_status(const struct report_group *g);

#endif
