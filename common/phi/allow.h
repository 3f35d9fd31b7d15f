/*
 * Findings that do not count: those of an earlier run (its JSON lines: the fingerprints), and those that somebody allowed, with a reason, until a day. A line of an
 * allow file is {"rule", "path" or "value", "reason", "expires": "2027-01-31"}; path is a JSON pointer, value the exact text found.
 */
#ifndef ROS_PHI_ALLOW_H
#define ROS_PHI_ALLOW_H

#include "base/err.h"
#include "phi/scan.h"

struct phi_allow; /* opaque */

struct phi_allow *phi_allow_new(void);
void phi_allow_free(struct phi_allow *a); /* NULL is fine */

/* Adds the lines of a file. An entry without reason, of no rule, or whose day is over is an error: ROS_CONFIG. */
int phi_allow_baseline(struct phi_allow *a, const char *path, struct err *e);
int phi_allow_read(struct phi_allow *a, const char *path, int64_t now_ms, struct err *e);

bool phi_allowed(const struct phi_allow *a, const struct phi_finding *f, const char *pointer, struct str value, const char *fingerprint);

#endif
