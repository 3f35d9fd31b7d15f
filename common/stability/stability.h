/*
 * Do equal prompts give equal outputs, and do the models stay what they were. Equal prompts are calls with one prompt hash, governance mode, provider, model that
 * served, model version and parameters; of calls without success, or without both hashes, the outputs are not compared. All is read from the record.
 *
 * stability_build() computes the model; a renderer gets the model and a buffer, never the database.
 */
#ifndef ROS_STABILITY_STABILITY_H
#define ROS_STABILITY_STABILITY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/intern.h"
#include "db/db.h"
#include "stats/intervals.h"
#include "stats/tests.h"
#include "store/scope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stability_by { STABILITY_OVERALL, STABILITY_BY_MODEL, STABILITY_BY_VERSION, STABILITY_BY_DAY };

#define STABILITY_BYTES_MAX ((size_t)32 << 20)

/* A model that served. */
struct stability_model {
	struct str mode, provider, model;
};

/* How stable the outputs of some prompts are. Prompts are counted where they were asked at least twice. */
struct stability_group {
	const struct stability_model *model; /* NULL: all */
	struct str version;                  /* absent: not stated, or not asked for */
	int64_t day_ms;
	int64_t calls, prompts, once; /* calls with outputs; prompts asked at least twice, and those asked once */
	int64_t tested, equal;        /* prompts with N calls or more; those whose first N outputs are all equal */
	struct interval tar;          /* of equal / tested, TARr@N (Atil et al., arXiv 2408.04667): Wilson's */
	double agreement;             /* mean over prompts of sum n_i (n_i - 1) / (N (N - 1)), n_i calls with output i: how often two calls agree */
	double modal;                 /* mean over prompts of the share of the most frequent output */
	struct interval agreement_in, modal_in; /* interval_mean() */
	int64_t outputs, most_outputs; /* different outputs: sum over the prompts, most of one */
	int64_t diverged;             /* prompts with more than one output */
	int64_t diverged_ms;          /* when an output first differed from the first to its prompt; 0 where none did */
	bool outside;                 /* of a day: the rate of all days is outside the day's interval (p-chart) */
};

/* Noise within the versions of a model, against drift between them: prompts that several versions have answered. */
struct stability_versions {
	const struct stability_model *model;
	int64_t prompts, calls;
	double within, between; /* agreement of two calls of one version, of two versions; means over the prompts */
	double p, adjusted;     /* permutation of the versions within each prompt */
};

/* What the effect of a drift measures. */
enum stability_measure { MEASURE_MEDIANS, MEASURE_SHARES, MEASURE_RATES, MEASURE_PSI };

extern const char *const stability_measures[]; /* in words */

/* A quantity of a model's calls in the second half of the period against the first. */
struct stability_drift {
	const struct stability_model *model;
	const char *quantity; /* what drifted */
	enum stability_measure measure;
	int64_t before, after;          /* calls */
	struct test test;
	bool has_interval;
	struct interval in; /* of the effect, where it has one */
	double adjusted;
	const char *untested; /* why there is no test, or NULL; then nothing above holds but the calls */
};

/* Another model served than was asked for. */
struct stability_mismatch {
	const struct stability_model *model;
	struct str asked;
	int64_t calls;
};

struct stability {
	int repeats; /* N of TARr@N */
	enum stability_by by;
	bool mixed; /* DEMO and LIVE are both in the scope */
	int64_t calls, failed, unhashed; /* all; without success; with success, but without both hashes */
	int64_t first_ms, middle_ms, last_ms;
	struct stability_group overall;
	struct stability_group *groups; /* in order of their names, or days */
	struct stability_versions *versions;
	struct stability_drift *drifts; /* tested ones first, by adjusted p */
	struct stability_mismatch *mismatches;
	size_t n_groups, n_versions, n_drifts, n_tests, n_mismatches;
	struct stability_model *models;
	size_t n_models;
	struct intern *names; /* holds all texts */
};

#define STABILITY_DRIFT_P 0.05 /* adjusted p at which drift is taken for real */

/* Within a read transaction. *s is the caller's, who frees it with stability_free(), also after an error. */
int stability_build(struct stability **s, struct db *db, const struct scope *scope, enum stability_by by, int repeats, struct err *e);
void stability_free(struct stability *s); /* NULL is fine */

/* How many quantities drifted, and how many models' versions differ: those with an adjusted p of at most STABILITY_DRIFT_P. */
size_t stability_drifted(const struct stability *s);

/*
 * Keeps of each list what matters most, so many at most: of the groups those with the smallest share of equal outputs, of versions and drifts those that
 * stability_drifted() counts, the surest first, of mismatches those of most calls.
 */
void stability_keep_worst(struct stability *s, size_t most);

struct stability_format {
	const char *name;
	void (*render)(const struct stability *s, struct buf *out);
};

/* text, json, csv; ends with a line of zeros. */
extern const struct stability_format stability_formats[];

void stability_text(const struct stability *s, struct buf *out);
void stability_json(const struct stability *s, struct buf *out);
/* What stability_json() writes, but for the object around it and what made it. */
struct json_writer;
void stability_json_members(struct json_writer *w, const struct stability *s);

void stability_csv(const struct stability *s, struct buf *out);

#endif
