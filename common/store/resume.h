/* Where a workflow run goes on, by what the record says of its stages. */
#ifndef ROS_STORE_RESUME_H
#define ROS_STORE_RESUME_H

#include "base/buf.h"
#include "base/err.h"
#include "base/uuid.h"
#include "db/db.h"

#include <stdint.h>

#define RESUME_STAGES_MAX 20 /* the platform's */

enum resume_verdict {
	RESUME_GO,        /* with the stage, as that attempt */
	RESUME_DONE,      /* every stage is completed or skipped */
	RESUME_CANCELLED, /* at the stage */
	RESUME_EXHAUSTED, /* the stage has had all of its attempts */
};

struct resume {
	enum resume_verdict verdict;
	int64_t stage, attempt;
	struct buf status;     /* of the stage as it is recorded; empty: nothing is recorded of it, and then nothing below */
	struct buf name;
	struct buf checkpoint; /* JSON object; empty: none */
	int64_t checkpoint_version; /* -1: none */
	int64_t updated_ms;
};

void resume_init(struct resume *r);
void resume_free(struct resume *r);

/*
 * Finds the first of the stages 1 to n that is neither completed nor skipped. One that was running or has failed gets another attempt; one that
 * is pending or paused goes on with the same.
 */
int resume_find(struct db *db, const struct uuid *run, int64_t n, struct resume *r, struct err *e);

#endif
