/*
 * Publishing: a batch of entries goes to the bus, or, where the bus cannot take it now, to the local queue. Whatever comes, each entry of the
 * batch ends as published (with its id), as queued (synced in the local queue), or as refused, and the caller is told which.
 *
 * The order of a source's numbers is kept: while something waits in the local queue, it goes first, and what could overtake it is queued
 * behind it. Nothing trims what a group still needs: near the cap (max_len) the stream is trimmed by need, and where that does not free
 * enough, what does not fit is queued.
 */
#ifndef ROS_BUS_PUBLISH_H
#define ROS_BUS_PUBLISH_H

#include "bus/bus.h"
#include "bus/producer.h"
#include "bus/queue.h"

#include <stdbool.h>
#include <stdint.h>

struct publisher; /* opaque */

/* Kept by reference. */
struct publisher_settings {
	const struct bus_settings *bus;
	struct queue *queue;        /* the local queue; NULL: there is none */
	struct producer *producer;  /* numbers the entries; NULL: they go without */
	int64_t max_len;            /* longest stream */
};

/* Connects to nothing yet. */
struct publisher *publisher_new(const struct publisher_settings *s);
void publisher_free(struct publisher *p); /* NULL is fine; what was not settled is dropped */

/*
 * Adds an entry to the batch; the fields are copied. `numbered`: with source and sequence. The first entry of a batch may wait for the bus, up to its
 * time-out.
 */
void publisher_add(struct publisher *p, const struct entry_field *fields, size_t n, bool numbered);

size_t publisher_bytes(const struct publisher *p); /* of the batch */

enum published { PUBLISHED, QUEUED, NOT_TAKEN };

/* Called for each entry of the batch in order. `id` is absent but for PUBLISHED. */
typedef void published_fn(void *arg, enum published what, struct str id);

/*
 * Ends the batch. 0: everything is on the bus or in the local queue. -1: the rest is not; *e says why the queue did not take it, or, where
 * there is none, why the bus did not. The batch is empty afterwards.
 */
int publisher_settle(struct publisher *p, published_fn *fn, void *arg, struct err *e);

/* Forwards what waits in the local queue, until `deadline` (time_monotonic_ms()); returns how many, or -1 and why no more. */
int64_t publisher_forward(struct publisher *p, int64_t deadline, struct err *e);

struct publisher_state {
	const struct err *trouble; /* why the bus did not take all of the last batch; NULL: it did */
	const struct err *queue_trouble; /* why the local queue could not be read; NULL: it could */
	int stuck;                 /* status of trouble that only a person can mend: ROS_CONFIG, ROS_IO; 0: there was none */
	bool nearly_full;          /* the stream had more than 80 % of max_len, all of it needed */
	int64_t published, queued, forwarded;
	int64_t failures;          /* of the bus */
	int64_t waiting;           /* in the local queue, as far as is known */
};

void publisher_look(const struct publisher *p, struct publisher_state *state);

#endif
