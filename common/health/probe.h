/*
 * The probes: each looks at one part of the suite, and writes down what it measured and what it found wrong. A probe may hang where its part does; who
 * runs it (check.h) gives it a process of its own, and memory that both see.
 */
#ifndef ROS_HEALTH_PROBE_H
#define ROS_HEALTH_PROBE_H

#include "bus/bus.h"
#include "health/measure.h"

#include <stdbool.h>
#include <stdint.h>

/* What is looked at. Everything is kept by reference. */
struct health_target {
	struct bus_settings bus;
	const char *state_dir, *database;
	int64_t max_len;     /* the cap of the stream */
	int patience_ms;     /* for one probe */
	bool seen_group, seen_database; /* they were there at an earlier check */
};

struct health_finding {
	enum health_state state;
	char text[400]; /* lower case, no full stop, never event content */
};

#define FINDINGS_A_PROBE 8

/* What one probe tells. It is written from front to back, so that it can be read when the probe was killed. */
struct health_probe {
	const char *doing; /* what it may be waiting for */
	bool measured[MEASURES];
	int64_t value[MEASURES];
	bool there; /* the group, the database */
	size_t n_findings;
	struct health_finding findings[FINDINGS_A_PROBE];
};

typedef void health_probe_fn(const struct health_target *t, struct health_probe *p);

/* The bus: whether it answers and takes entries, the stream, its group, dead letters, how old events were when they were published. */
void health_probe_bus(const struct health_target *t, struct health_probe *p);

/* The local queue of that bus and stream. */
void health_probe_queue(const struct health_target *t, struct health_probe *p);

/* The database: whether it can be read, and written by others; when something was recorded last. */
void health_probe_record(const struct health_target *t, struct health_probe *p);

/* How much is free where state directory and database lie. */
void health_probe_disk(const struct health_target *t, struct health_probe *p);

/* Writes down a measure; a value below 0 (two clocks) counts as 0. */
void health_note(struct health_probe *p, enum health_measure m, int64_t value);

/* Writes down what is wrong; control characters are masked. What does not fit any more is dropped. */
void health_find(struct health_probe *p, enum health_state state, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
