/*
 * The local queue: entries that could not be published, on disk until they can be. It is a file bus of its own, queue.db in the state
 * directory, with one stream for each bus and stream that entries are meant for and one group that forwards them, so that what a bus
 * promises holds here as well: an entry is synced before it counts, is given to one process at a time, and is removed only when its
 * reply has come. Many processes share it.
 */
#ifndef ROS_BUS_QUEUE_H
#define ROS_BUS_QUEUE_H

#include "bus/bus.h"

#include <stdint.h>

struct queue; /* opaque */

/* `dir` is the state directory; `bus` says what the entries are meant for. Kept by reference. */
struct queue_settings {
	const char *dir;
	const struct bus_settings *bus;
	int64_t max_bytes;  /* of the file on disk: at that size nothing more is taken */
	int64_t max_age_ms; /* when the oldest entry is older, nothing more is taken: nobody has forwarded for too long */
};

#define QUEUE_BYTES (INT64_C(1) << 30)
#define QUEUE_AGE_MS (INT64_C(7) * 24 * 3600 * 1000)

/* Touches no file: the queue is opened when it is needed first. */
struct queue *queue_new(const struct queue_settings *s);
void queue_free(struct queue *q); /* NULL is fine */

/* The file's name, for messages. */
const char *queue_path(const struct queue *q);

struct queue_info {
	int64_t entries; /* waiting to be forwarded */
	int64_t oldest_ms; /* when the oldest was put in; 0 without entries */
};

/* What waits. Makes no file where there is none. */
int queue_info(struct queue *q, struct queue_info *info, struct err *e);

/*
 * Takes entries as bus_append() and bus_settle() do. ROS_LATER: the queue is full, or its oldest entry is too old; ROS_IO: the disk.
 * After a refusal nothing is held back.
 */
int queue_append(struct queue *q, const struct entry_field *fields, size_t n, struct err *e);
int queue_settle(struct queue *q, bus_reply_fn *reply, void *arg, struct err *e);

/*
 * Publishes up to `most` entries on the bus `to`, oldest first, and removes those that got an id. Returns how many: 0 where nothing is
 * there, or another process is forwarding. -1: the error of the bus or of the queue; what was published by then is removed.
 */
int queue_forward(struct queue *q, struct bus *to, int most, struct err *e);

#endif
