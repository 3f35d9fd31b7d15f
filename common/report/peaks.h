/*
 * The most expensive of many candidates, in bounded memory. A candidate is a call, or an hour of a series with the cost
 * of its dearest call: the record need not be read to know in which hours to look. Every candidate that could hold one
 * of the `keep` first calls is kept, ties as well.
 */
#ifndef ROS_REPORT_PEAKS_H
#define ROS_REPORT_PEAKS_H

#include "base/uuid.h"

#include <stddef.h>
#include <stdint.h>

struct peak {
	int64_t cost_nano;
	int64_t time_ms; /* of the call; or the start of the hour */
	size_t series;
	struct uuid id;  /* of the call; zero for an hour */
};

struct peaks {
	size_t keep;
	struct peak *v;
	size_t n, cap;
};

void peaks_init(struct peaks *p, size_t keep);
void peaks_free(struct peaks *p);

/* A candidate that costs nothing is passed over. */
void peaks_offer(struct peaks *p, const struct peak *candidate);

/*
 * Sorts: cost, most first; then time; then id. Drops what is behind the `keep`th, but for what ties with it in cost and
 * time.
 */
void peaks_settle(struct peaks *p);

#endif
