/*
 * What the report reads: everything in the scope, summed by series. Rollups give the whole hours, latency sketches the
 * whole days, the record what is left at the edges; for one run the record gives all, by its own index. Both give rows
 * of one shape, so that all behind here is the same.
 */
#ifndef ROS_REPORT_GATHER_H
#define ROS_REPORT_GATHER_H

#include "base/err.h"
#include "base/map.h"
#include "report/model.h"
#include "report/peaks.h"
#include "report/texts.h"
#include "stats/sketch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a call is counted by. */
struct attributes {
	const char *mode, *project, *tier, *provider, *model, *stage_name, *purpose, *tenant;
	int64_t stage; /* 0: none */
	enum report_status status;
};

struct series {
	int64_t id, deployment;
	struct attributes is;
	int128 m[MEASURES];
	int64_t first_ms, last_ms; /* of its calls, where it has some */
	size_t latency;            /* number of its sketch */
};

/* The latencies of a deployment; of a run, which is read from the record, also of a stage, purpose and tenant. */
struct latency {
	struct attributes is;
	struct sketch *sketch;
};

/* An hour of a series of which a sum did not fit in its rollup. */
struct full_hour {
	struct series *series;
	int64_t start_ms, calls;
};

/* How often something with a name happened to the calls of a series. */
struct tally {
	enum report_count_kind kind;
	const char *name;
	const struct attributes *is;
	int64_t count;
};

/* The calls of a mode in an hour. */
struct moment {
	int mode;
	struct report_moment sums;
};

struct touched {
	struct report_dataset *v;
	size_t n, cap;
};

#define TOUCHED 3

struct gather {
	struct db *db;
	const struct report_scope *scope;
	int64_t from_ms, to_ms; /* from <= time < to: the scope's bounds, widened to the hour unless exact */
	struct report_texts *texts;
	struct series *series; /* in order of id */
	size_t n_series, cap_series;
	struct latency *latencies;
	size_t n_latencies, cap_latencies;
	struct map *latency_places; /* number in latencies, plus 1 */
	struct map *tally_places;   /* number in tallies, plus 1 */
	struct tally *tallies;
	size_t n_tallies, cap_tallies;
	struct map *moment_places;  /* number in moments, plus 1 */
	struct moment *moments;
	size_t n_moments, cap_moments;
	size_t moment_at[2];        /* of the row before, by mode */
	struct peaks peaks[2];      /* DEMO, LIVE */
	int64_t conflicts[2];
	struct touched touched[TOUCHED]; /* by all calls, in DEMO, in LIVE mode */
	struct report_stage_run *stage_runs;
	size_t n_stage_runs, cap_stage_runs;
	struct report_record record;
	struct report_reason *refusals; /* in order of name */
	size_t n_refusals, cap_refusals;
	struct report_completeness complete; /* in order of name until gather_completeness() is done */
	size_t cap_sources, cap_losses;
	size_t source_at;           /* whose gaps are being read */
	bool run_found;
	struct full_hour *full;
	size_t n_full, cap_full;
	bool overflow;              /* a count did not fit */
};

/* 0 DEMO, 1 LIVE */
int mode_number(const char *mode);

/* Reads all within one read transaction; gather_free() is due also after an error. Names are kept in texts. */
int gather_all(struct gather *g, struct db *db, const struct report_scope *scope, struct report_texts *texts,
               struct err *e);
void gather_free(struct gather *g);

/* The part of gather_all() that is not about calls: batches, conflicts, refusals. */
int gather_state(struct gather *g, struct err *e);

/* The part of gather_all() that is about sources: what they emitted, and what became of it. */
int gather_completeness(struct gather *g, struct err *e);

/* The part of gather_all() that is about datasets and the workflow's stages. */
int gather_touched(struct gather *g, struct err *e);

/* *count += v, or g->overflow. */
void gather_add(struct gather *g, int64_t *count, int64_t v);

/* Replaces the hours among the candidates by their dearest calls and settles; must be within the transaction. */
int gather_calls(struct gather *g, struct peaks *p, struct err *e);

/* The call's details, for a peak that is a call. */
int gather_call(struct gather *g, const struct peak *p, struct report_call *call, struct err *e);

#endif
