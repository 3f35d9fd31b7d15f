/* The event `emit.summary`: what one run of ros-emit did, for the record to tell what is missing. */
#ifndef ROS_EVENT_SUMMARY_H
#define ROS_EVENT_SUMMARY_H

#include "base/buf.h"
#include "base/str.h"
#include "base/uuid.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUMMARY_RULES_MAX 64 /* the schema's maxProperties of `refused` */

struct summary_refusal {
	struct str rule; /* a token of [a-z0-9-], 1 to 64 of them */
	int64_t count;   /* >= 1 */
};

struct summary {
	struct uuid id;      /* summary_id */
	int64_t time_ms;     /* timestamp */
	struct str source;
	int64_t first, last; /* the numbers of the source that the run used; last is first - 1 where it used none */
	struct summary_refusal refused[SUMMARY_RULES_MAX]; /* events that were refused and have no number; each rule once */
	size_t n_refused;
};

/*
 * Checks the JSON value against the schema, and that last is at least first - 1 (`minimum`), that rules are tokens (`format`) and not too many
 * (`maximum`). True: *s is filled and points into the reader's text. False: *fault as event_check() fills it.
 */
bool summary_check(const struct json_reader *r, const struct json *root, struct summary *s, struct json_fault *fault);

/* Appends the event's JSON text, on one line, without a line end. */
void summary_write(struct buf *out, const struct summary *s);

#endif
