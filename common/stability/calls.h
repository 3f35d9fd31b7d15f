/* The calls as they are read: what compares outputs, and by model the quantities of both halves of the period. */
#ifndef ROS_STABILITY_CALLS_H
#define ROS_STABILITY_CALLS_H

#include "base/map.h"
#include "stability/stability.h"
#include "stats/sketch.h"

/* A call with an output. Hashes are folded to 64 bits. */
struct call {
	uint64_t prompt, output;
	int64_t time_ms;
	uint32_t model, version, parameters; /* numbers: of the model, and by calls of the version's name and the parameters' text */
	int32_t day;                         /* since 1970 where days are apart, otherwise 0 */
};

enum quantity { QUANTITY_LATENCY, QUANTITY_COST, QUANTITY_INPUT, QUANTITY_OUTPUT, QUANTITIES };

#define STATUSES 5

/* A model's calls in one half of the period. */
struct half {
	struct sketch *quantities[QUANTITIES];
	int64_t statuses[STATUSES]; /* SUCCESS is the first */
};

struct halves {
	struct half before, after;
};

struct calls {
	struct stability *s;
	struct call *v;
	size_t n, cap;
	struct halves *halves;    /* one a model */
	uint32_t *model_of;       /* by the deployment's id */
	size_t n_deployments;
	struct intern *versions, *parameters; /* by the order of the calls alone: other names must not disturb the shuffling of versions */
	struct map *mismatches;   /* (model, term asked for): calls */
};

/* Fills the calls, and in the model counts, period, models and names. Within a read transaction; calls_free() is due also after an error. */
int calls_read(struct calls *c, struct stability *s, struct db *db, const struct scope *scope, struct err *e);
void calls_free(struct calls *c);

/* The parts of the model that come of them, in this order; calls_read() has filled the rest. Groups leave the calls sorted, without days. */
void groups_measure(struct calls *c);
void versions_compare(struct calls *c);
void drift_test(struct calls *c);

/* A text that is safe to show, kept with the model. */
struct str calls_keep(struct calls *c, struct str text);

/* In order of prompt, model, parameters, day, version, time. */
void calls_sort(struct calls *c);

/* Names before other names, absent ones first: for qsort(). */
int models_order(const struct stability_model *a, const struct stability_model *b);

#endif
