/* Which calls of the record are looked at: of a run, a project, a tenant, a period, a mode. A tool puts the option lines into its table. */
#ifndef ROS_STORE_SCOPE_H
#define ROS_STORE_SCOPE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "db/db.h"
#include "io/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As the options give it. */
struct scope_options {
	const char *run, *project, *tenant, *mode;
	struct option_time from, to;
};

#define SCOPE_OPTIONS(s) \
	{ "run", 'r', OPTION_TEXT, &(s)->run, "UUID", "only calls of this workflow run", NULL, 0, 0, NULL }, \
	{ "project", 'p', OPTION_TEXT, &(s)->project, "UUID", "only calls of this project", NULL, 0, 0, NULL }, \
	{ "tenant", 't', OPTION_TEXT, &(s)->tenant, "NAME", "only calls of this tenant", NULL, 0, 0, NULL }, \
	{ "from", 0, OPTION_TIME, &(s)->from, "TIME", "begin of the period: a date or an RFC 3339 time", NULL, 0, 0, NULL }, \
	{ "to", 0, OPTION_TIME, &(s)->to, "TIME", "end of the period, itself not in it", NULL, 0, 0, NULL }, \
	{ "mode", 'm', OPTION_ENUM, &(s)->mode, "MODE", "only calls of this mode: DEMO or LIVE", NULL, 0, 0, scope_modes }

extern const char *const scope_modes[];

#define SCOPE_FIRST_MS (-INT64_C(719529) * TIME_DAY_MS) /* where no begin is given: a day before year 0, for offsets */
#define SCOPE_END_MS (INT64_C(2932898) * TIME_DAY_MS)   /* a day after year 9999 */

struct scope {
	bool has_run, has_project;
	struct uuid run, project;
	const char *tenant;     /* NULL: all */
	const char *mode;       /* NULL: both */
	int64_t from_ms, to_ms; /* from <= time < to */
	int64_t last_batch;     /* calls that were recorded by later ones are left out */
};

/* Errors (ROS_USAGE) name the option. */
int scope_read(struct scope *s, const struct scope_options *o, struct err *e);

/*
 * Appends " FROM ... WHERE ..." for the calls, as tables i (invocation), s (series) and d (deployment) that are joined; they are found by the index of the run,
 * else of the deployments where project or mode are given, else of the time. Their order is no promise.
 */
void scope_sql(const struct scope *s, struct buf *sql);

/* Binds what that has as parameters ?1 to ?7; the scope must live as long. */
void scope_bind(const struct scope *s, struct db_stmt *stmt);

/* The times of the first and the last call; *any: false where there is none. */
int scope_period(const struct scope *s, struct db *db, bool *any, int64_t *first_ms, int64_t *last_ms, struct err *e);

/* Appends the conditions as SQL over the view ai_invocations, for a person to type: "WHERE timestamp >= '...' AND ...". */
void scope_view_sql(const struct scope *s, struct buf *sql);

/* Appends text as an SQL literal; the absent value as NULL. */
void scope_quote(struct buf *sql, struct str text);

#endif
