/*
 * Findings that do not count. An allow file names them by rule and place or value, each with a reason and a last day; a
 * baseline is what an earlier run found, and lets as many pass as it has.
 */
#ifndef ROS_PHI_ALLOW_H
#define ROS_PHI_ALLOW_H

#include "base/err.h"
#include "base/map.h"
#include "json/reader.h"
#include "phi/rules.h"
#include "phi/site.h"

struct phi_allow; /* opaque */

struct phi_allow *phi_allow_new(void);
void phi_allow_free(struct phi_allow *a); /* NULL is fine */

/*
 * Adds the entries of a file, JSON lines {"rule", "path" or "value", "reason", "expires"}: path is an RFC 6901 pointer,
 * value the exact text found, expires the last day (UTC), 2027-01-31. Error (ROS_CONFIG, with the line): one that is no
 * such object, names no rule, has no reason, or whose last day is over at now_ms.
 */
int phi_allow_read(struct phi_allow *a, const char *path, const struct phi_site *site, int64_t now_ms, struct err *e);

/*
 * Whether a finding of the rule is allowed: in `v` of the JSON text `root` (NULL: it is in a key, or the line is no
 * JSON), with this value. `a` NULL: none is.
 */
bool phi_allowed(const struct phi_allow *a, const struct phi_rule *rule, const struct json_reader *r, const struct json *root, const struct json *v,
                 struct str value);

/*
 * Counts the findings of an earlier run, lines of ros-scan --format jsonl, by their fingerprint. Error (ROS_CONFIG,
 * with the line): one without a fingerprint.
 */
int phi_baseline_read(struct map *baseline, const char *path, struct err *e);

/*
 * Whether the baseline has one more of that fingerprint; it has one less then: masked, two numbers look alike, and a
 * new one must not pass for an old one.
 */
bool phi_baseline_take(struct map *baseline, const char *fingerprint);

#endif
