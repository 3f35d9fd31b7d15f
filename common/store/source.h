/*
 * Completeness: what became of each number that a source gave to an entry. The tables `source`, `source_range`, `emit_summary` and `emit_refusal`; the
 * sources that were looked up are kept in memory with the ranges of their numbers, and written at the end of a transaction.
 */
#ifndef ROS_STORE_SOURCE_H
#define ROS_STORE_SOURCE_H

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "db/db.h"
#include "event/lines.h"
#include "event/summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What came of an entry: the columns of the table, in their order. */
enum source_outcome { SOURCE_RECORDED, SOURCE_REPEATED, SOURCE_CONFLICTING, SOURCE_DEAD, SOURCE_OUTCOMES };

struct source_range {
	int64_t first, last;
};

struct source {
	int64_t id, announced;
	int64_t counts[SOURCE_OUTCOMES]; /* numbers, by what came of them first */
	struct source_range *ranges;     /* the numbers seen: ascending, each as long as can be */
	size_t n, cap;
	struct source_range fresh;       /* lowest and highest number that is not written yet; 0 to 0: none */
	bool changed;                    /* its row is not written yet */
	size_t name_n;
};

struct sources {
	struct db *db;
	struct db_stmt *find, *insert, *update;
	struct db_stmt *ranges, *erase, *put;
	struct db_stmt *put_summary, *put_refusal;
	struct map *places; /* name: number in v */
	struct source *v;
	size_t n, cap;
	bool changed;       /* one of them is */
};

int sources_init(struct sources *s, struct db *db, struct err *e);
void sources_free(struct sources *s);

/*
 * Counts what came of the number, unless it was seen before: then only SOURCE_RECORDED changes anything, and takes the place of one that is dead, if
 * there is one: a dead letter was requeued, or another group refused the entry. Within a transaction only, as all below.
 */
int sources_count(struct sources *s, const struct origin *origin, enum source_outcome what, struct err *e);

/* Keeps the summary and what it announces. *fresh: false where its id is there already; then nothing is changed. */
int sources_summarize(struct sources *s, const struct summary *summary, int64_t batch, bool *fresh, struct err *e);

/* Whether anything was counted or announced that is not written yet. */
bool sources_changed(const struct sources *s);

/* Writes what has changed. */
int sources_write(struct sources *s, struct err *e);

/* Looks everything up again: after a rollback, and when somebody else has written. */
void sources_forget(struct sources *s);

#endif
