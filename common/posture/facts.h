/*
 * What an audit has to go by: asked from the server before anything is judged, so that what is judged is one look at it. What the server does not let
 * us see is missing, and the right that it takes is known.
 */
#ifndef ROS_POSTURE_FACTS_H
#define ROS_POSTURE_FACTS_H

#include "bus/bus.h"
#include "bus/url.h"
#include "bus/wire.h"

/* Where facts come from; a check names those that it needs. */
enum source {
	FROM_INFO = 1,
	FROM_CONFIG = 2,
	FROM_USERS = 4,    /* ACL LIST */
	FROM_RIGHTS = 8,   /* ACL DRYRUN of each user */
	FROM_REFUSALS = 16, /* ACL LOG */
	FROM_STREAM = 32,
	FROM_GROUPS = 64,
};

/* A user that may log in. */
struct fact_user {
	struct str name;
	bool no_password, all_keys, all_commands;
	struct buf dangerous; /* the commands that it may run and nobody needs, with commas */
};

struct posture {
	struct url url;
	int64_t now_ms, max_len, retention_days; /* of the caller, */
	const char *group;                       /* by reference */
	int missing;                             /* sources that could not be asked */
	struct reply info, config, refusals;
	struct reply list; /* ACL LIST, which the names of users point into */
	struct fact_user *users;
	size_t n_users;
	struct bus_stream stream;
	struct bus_info counts;
	int64_t oldest_idle_ms; /* of the group; -1: nothing is pending */
};

/* What decides beside the server. */
struct posture_asked {
	const struct bus_settings *bus;
	int64_t now_ms, max_len, retention_days;
};

/* Asks. Errors are those of the bus, but for a lack of rights, which goes into `missing`. After a failure, too, posture_free() is due. */
int posture_collect(struct posture *f, struct bus *b, const struct posture_asked *asked, struct err *e);
void posture_free(struct posture *f);

/* The rights that the sources take, with commas: "+info, +config|get". */
void posture_rights(int sources, struct buf *out);

/* A field of INFO; a setting of CONFIG GET. Absent where the server has none of that name. */
struct str posture_info(const struct posture *f, const char *name);
struct str posture_config(const struct posture *f, const char *name);

/* The same as a number; 0 where it is none. */
int64_t posture_info_int(const struct posture *f, const char *name);
int64_t posture_config_int(const struct posture *f, const char *name);

#endif
