/* The forms of a plan: one file and one row of the table each. */
#ifndef ROS_POSTURE_FORMATS_H
#define ROS_POSTURE_FORMATS_H

#include "base/buf.h"
#include "posture/plan.h"

/* Appends the whole text. None has a secret in it. */
typedef void plan_render_fn(const struct plan *p, struct buf *out);

plan_render_fn plan_json;    /* all of it, as schemas/redis-config.schema.json says */
plan_render_fn plan_conf;    /* redis.conf */
plan_render_fn plan_acl;     /* the file of users that redis.conf includes */
plan_render_fn plan_compose; /* compose.yaml: a server with both */

/* By its name, json, redis.conf, acl or compose; NULL where it has none. */
plan_render_fn *plan_format(const char *name);

#endif
