/*
 * One check: all probes at once, each in a process of its own, and what they come to. So a check ends in time whatever hangs: a server, a lock, a name
 * server, a disk.
 */
#ifndef ROS_HEALTH_CHECK_H
#define ROS_HEALTH_CHECK_H

#include "health/measure.h"
#include "health/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINDINGS_MAX 64

struct health_report {
	enum health_state state;      /* the worst of what follows */
	bool measured[MEASURES];
	int64_t value[MEASURES];
	enum health_state of[MEASURES];
	size_t n_findings;
	struct health_finding findings[FINDINGS_MAX]; /* the worst first */
	bool group, database;         /* they are there */
	struct health_limits limits;  /* what it was judged by */
	int64_t max_len;
};

struct check; /* opaque */

/* Both are kept by reference; the target may be changed between checks. timeout_ms is for a whole check. Error: ROS_IO. */
int check_new(struct check **c, const struct health_target *t, const struct health_limits *l, int timeout_ms, struct err *e);
void check_free(struct check *c); /* NULL is fine; kills what still runs */

/* Starts the probes: 0, or 1 in the process of a probe that is done: it must end at once, by exit(). */
int check_begin(struct check *c);

/* Whether every probe is done. At the deadline those that are not are killed, and it is true. To be asked every few milliseconds. */
bool check_done(struct check *c);

/* What it comes to, after check_done(). */
void check_report(const struct check *c, struct health_report *report);

#endif
