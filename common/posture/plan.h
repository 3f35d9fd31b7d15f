/*
 * A production configuration of Redis for the stream, computed once as a structure: sizes, settings with the reason for each, and users
 * with the rights that the tools need and no more. Renderers (formats.h) only give it a form.
 */
#ifndef ROS_POSTURE_PLAN_H
#define ROS_POSTURE_PLAN_H

#include "base/err.h"
#include "base/hash.h"
#include "io/options.h"

#include <stddef.h>
#include <stdint.h>

/* What the configuration is for. All is kept by reference. */
struct plan_needs {
	int64_t events_per_day, event_bytes, retention_days, replicas;
	const char *fsync;                 /* always, everysec */
	const char *stream, *group, *dead;
	const char *port;                  /* of TLS; NULL: 6379 */
	int db;
};

#define PLAN_NEEDS_DEFAULTS { .events_per_day = 10000, .event_bytes = 2000, .retention_days = 7, .fsync = "always" }

extern const char *const plan_fsyncs[];

#define PLAN_OPTIONS(n) \
	{ "events-per-day", 0, OPTION_INT, &(n)->events_per_day, "N", "config: events published a day (default 10000)", NULL, 1, 1000000000, NULL }, \
	{ "event-bytes", 0, OPTION_INT, &(n)->event_bytes, "N", "config: bytes of an event, with the guard's attestation (default 2000)", NULL, 1, 1 << 20, NULL }, \
	{ "retention", 0, OPTION_INT, &(n)->retention_days, "DAYS", "config, audit: how long the stream keeps an event (default 7)", NULL, 1, 365, NULL }, \
	{ "replicas", 0, OPTION_INT, &(n)->replicas, "N", "config: copies of the server (default 0)", NULL, 0, 16, NULL }, \
	{ "fsync", 0, OPTION_ENUM, &(n)->fsync, "WHEN", "config: confirm after fsync (always), or up to a second before (everysec)", NULL, 0, 0, plan_fsyncs }

/* One line of a configuration. */
struct plan_line {
	const char *name;
	char value[256];
	const char *reason;
};

#define PLAN_LINES 64

struct plan_lines {
	struct plan_line v[PLAN_LINES];
	size_t n;
};

struct plan_user {
	const char *name, *reason;
	char rules[2048];       /* keys and commands, as an ACL has them */
	char hash[SHA256_TEXT]; /* of the password; empty: not known */
};

#define PLAN_USERS 6

struct plan {
	struct plan_needs needs;
	int64_t entries;     /* that the retention comes to */
	int64_t max_len;     /* the cap, INSIGHTS_MAX_LEN */
	int64_t entry_bytes; /* of memory, an upper bound */
	int64_t maxmemory, host_memory; /* bytes, whole MiB */
	struct plan_lines settings;     /* of redis.conf */
	struct plan_lines variables;    /* of the tools */
	struct plan_user users[PLAN_USERS];
	size_t n_users;
};

/* Computes it. Error (ROS_CONFIG): a name that cannot stand in an access list. */
int plan_make(struct plan *p, const struct plan_needs *needs, struct err *e);

/*
 * users.c: fills in the users: who they are, and what each may do. plan_passwords() reads the first line of DIR/NAME for each, of at least
 * PLAN_PASSWORD_MIN bytes, since its hash is unsalted, and keeps only the SHA-256 of it.
 */
#define PLAN_PASSWORD_MIN 32
void plan_add_users(struct plan *p);
int plan_passwords(struct plan *p, const char *dir, struct err *e);

#endif
