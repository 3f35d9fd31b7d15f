/* The scope of a question as options, as conditions on the record, and as SQL for people. */
#include "store/scope.h"

#define SQL_MAX 4096

const char *const scope_modes[] = { "DEMO", "LIVE", NULL };

static int read_uuid(const char *option, const char *text, bool *given, struct uuid *u, struct err *e)
{
	*given = text != NULL;
	if (text && !uuid_parse(str_of(text), u))
		return err_set(e, ROS_USAGE, "%s: not a uuid: '%s'", option, text);
	return 0;
}

int scope_read(struct scope *s, const struct scope_options *o, struct err *e)
{
	*s = (struct scope){
		.tenant = o->tenant,
		.mode = o->mode,
		.from_ms = o->from.given ? o->from.ms : SCOPE_FIRST_MS,
		.to_ms = o->to.given ? o->to.ms : SCOPE_END_MS,
		.last_batch = INT64_MAX,
	};
	if (s->from_ms >= s->to_ms)
		return err_set(e, ROS_USAGE, "--to: not after --from");
	if (read_uuid("--run", o->run, &s->has_run, &s->run, e) < 0)
		return -1;
	return read_uuid("--project", o->project, &s->has_project, &s->project, e);
}

/* The order of a CROSS JOIN is kept by SQLite, which cannot know which of the three is shorter. */
void scope_sql(const struct scope *s, struct buf *sql)
{
	if (s->has_run)
		buf_z(sql, " FROM invocation i CROSS JOIN series s CROSS JOIN deployment d"
		           " WHERE i.run_id = ?1 AND ");
	else if (s->has_project || s->mode)
		buf_z(sql, " FROM deployment d CROSS JOIN invocation i CROSS JOIN series s"
		           " WHERE ?1 IS NULL AND ");
	else
		buf_z(sql, " FROM invocation i CROSS JOIN series s CROSS JOIN deployment d WHERE ?1 IS NULL AND ");
	buf_z(sql, "(?2 IS NULL OR d.project_id = ?2) AND (?3 IS NULL OR d.governance_mode = ?3)"
	           " AND i.time_ms >= ?4 AND i.time_ms < ?5 AND s.id = i.series_id AND d.id = i.deployment_id"
	           " AND (?6 IS NULL OR s.tenant_id = ?6) AND i.batch <= ?7");
}

void scope_bind(const struct scope *s, struct db_stmt *stmt)
{
	const struct str none = { NULL, 0 };
	db_bind_blob(stmt, 1, s->has_run ? (struct str){ (const char *)s->run.b, sizeof s->run.b } : none);
	db_bind_blob(stmt, 2, s->has_project ? (struct str){ (const char *)s->project.b, sizeof s->project.b } : none);
	db_bind_text(stmt, 3, str_of(s->mode));
	db_bind_int(stmt, 4, s->from_ms);
	db_bind_int(stmt, 5, s->to_ms);
	db_bind_text(stmt, 6, str_of(s->tenant));
	db_bind_int(stmt, 7, s->last_batch);
}

#define EDGE(which) "(SELECT " which "(time_ms) FROM invocation WHERE deployment_id = d.id AND time_ms >= ?4 AND time_ms < ?5)"

/* The index of the deployments knows the times, a step or two for each; but nothing of runs, tenants and batches: of those all calls are read. */
int scope_period(const struct scope *s, struct db *db, bool *any, int64_t *first_ms, int64_t *last_ms, struct err *e)
{
	const char *sql = "SELECT min(first), max(last) FROM (SELECT " EDGE("min") " AS first, " EDGE("max") " AS last FROM deployment d"
	                  " WHERE ?1 IS NULL AND ?6 IS NULL AND ?7 NOT NULL AND (?2 IS NULL OR project_id = ?2) AND (?3 IS NULL OR governance_mode = ?3))";
	struct buf by_calls;
	struct db_stmt *stmt;
	buf_init(&by_calls, SQL_MAX);
	if (s->has_run || s->tenant || s->last_batch < INT64_MAX) {
		buf_z(&by_calls, "SELECT min(i.time_ms), max(i.time_ms)");
		scope_sql(s, &by_calls);
		sql = buf_cstr(&by_calls);
	}
	int rc = db_prepare(db, sql, &stmt, e);
	if (rc == 0) {
		scope_bind(s, stmt);
		rc = db_step(stmt, e);
		*any = rc == 1 && !db_is_null(stmt, 0);
		*first_ms = *any ? db_int(stmt, 0) : 0;
		*last_ms = *any ? db_int(stmt, 1) : 0;
		db_finalize(stmt);
	}
	buf_free(&by_calls);
	return rc < 0 ? -1 : 0;
}

void scope_quote(struct buf *sql, struct str text)
{
	if (!text.p) {
		buf_z(sql, "NULL");
		return;
	}
	buf_char(sql, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			buf_char(sql, '\'');
		buf_char(sql, text.p[i]);
	}
	buf_char(sql, '\'');
}

static void add_uuid(struct buf *sql, const char *column, const struct uuid *u)
{
	char text[UUID_TEXT];
	uuid_format(u, text);
	buf_fmt(sql, " AND %s = '%s'", column, text);
}

void scope_view_sql(const struct scope *s, struct buf *sql)
{
	char from[TIME_TEXT], to[TIME_TEXT];
	time_format(s->from_ms, from);
	time_format(s->to_ms, to);
	buf_fmt(sql, "WHERE timestamp >= '%s' AND timestamp < '%s'", from, to);
	if (s->has_run)
		add_uuid(sql, "run_id", &s->run);
	if (s->has_project)
		add_uuid(sql, "project_id", &s->project);
	if (s->tenant) {
		buf_z(sql, " AND tenant_id = ");
		scope_quote(sql, str_of(s->tenant));
	}
	if (s->mode)
		buf_fmt(sql, " AND governance_mode = '%s'", s->mode);
}
