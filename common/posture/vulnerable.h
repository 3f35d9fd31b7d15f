/* Which known vulnerabilities a version of Redis has: schemas/redis-vulnerabilities.json, which the build embeds. */
#ifndef ROS_POSTURE_VULNERABLE_H
#define ROS_POSTURE_VULNERABLE_H

#include "base/buf.h"
#include "posture/audit.h"

extern const char redis_vulnerabilities_text[];

/* Three numbers with dots, as an integer that orders them; -1: it is none. */
int64_t version_number(struct str version);

/*
 * Looks the version up: appends which it has, with the date of the data, to `evidence`, and the worst severity to *severity. CHECK_UNSEEN: a
 * distribution mends this version without changing its number; what is known of the packages is appended.
 */
enum check_state vulnerable(struct str version, struct buf *evidence, enum severity *severity);

#endif
