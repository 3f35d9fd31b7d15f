/*
 * Which calls a bundle has. There may be more in the record than a browser can show, so the calls are parted into strata, and of each stratum calls are drawn at
 * random: those whose time and id, hashed with the seed, come lowest, so that the sample does not depend on the order of the record.
 */
#ifndef ROS_LIT_SAMPLE_H
#define ROS_LIT_SAMPLE_H

#include "base/err.h"
#include "base/intern.h"
#include "base/num.h"
#include "base/uuid.h"
#include "db/db.h"
#include "store/scope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIT_STAGES 20 /* of a workflow */

/* What is asked for. */
struct lit_scope {
	struct scope scope;
	uint32_t stages;    /* bit n: stage n; 0: all, and calls without a stage */
	int64_t max_rows;
};

/* Calls that are alike. */
struct lit_stratum {
	struct str mode, provider, model, tier, status;
	int64_t stage; /* 0: none */
	bool failed;
	int64_t calls, rows; /* in the record; in the bundle */
	size_t first, drawn; /* its place among the picks */
	uint32_t price;
};

/* What fits the costs of a model: sums over its calls whose cost and tokens are known. x: input tokens, y: output tokens, c: nano-dollars. */
struct lit_price {
	int128 xx, xy, yy, xc, yc;
	bool fits;
	double input, output; /* nano-dollars a token */
};

struct lit_pick {
	uint64_t rank;
	int64_t rowid, time_ms;
	struct uuid id;
	uint32_t stratum;
	uint32_t prompt, version; /* numbers of answers.h; LIT_NONE: no hashes, or no success */
};

#define LIT_NONE UINT32_MAX

struct lit_sample {
	struct intern *names; /* holds the texts */
	struct lit_stratum *strata;
	size_t n_strata;
	struct lit_price *prices;
	size_t n_prices;
	struct lit_pick *picks; /* in order of time and id */
	size_t n;
	int64_t calls, failures, failures_kept;
	bool demo, live; /* calls of that mode are there */
};

/*
 * Two passes over the scope; within a read transaction. Each stratum gets one row where there is room for one each; calls without success all stay where there
 * is; the rest is shared in proportion to the calls. lit_sample_free() is due also after an error.
 */
int lit_sample_draw(struct lit_sample *s, struct db *db, const struct lit_scope *scope, struct err *e);
void lit_sample_free(struct lit_sample *s);

/* Appends the tables and conditions of the scope, as scope_sql() does. */
void lit_scope_sql(const struct lit_scope *scope, struct buf *sql);

#endif
