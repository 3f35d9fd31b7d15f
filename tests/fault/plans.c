/*
 * Preloaded into a tool: every statement that it prepares is appended to the file PLANS with the plan that SQLite has for it, each line of the plan as
 * "PLAN<TAB>STATEMENT". What a statement means is not changed.
 */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int prepare_fn(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **stmt, const char **tail);

static void write_plan(prepare_fn *prepare, sqlite3 *db, const char *sql, FILE *out)
{
	sqlite3_stmt *plan;
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	if (prepare(db, explain, -1, 0, &plan, NULL) == SQLITE_OK) {
		while (sqlite3_step(plan) == SQLITE_ROW)
			fprintf(out, "%s\t%s\n", (const char *)sqlite3_column_text(plan, 3), sql);
		sqlite3_finalize(plan);
	}
	sqlite3_free(explain);
}

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **stmt, const char **tail)
{
	prepare_fn *prepare = NULL;
	void *symbol = dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
	memcpy(&prepare, &symbol, sizeof prepare); /* ISO C has no cast from an object's address to a function's */
	const char *path = getenv("PLANS");
	FILE *out = path ? fopen(path, "a") : NULL;
	if (out) {
		write_plan(prepare, db, sql, out);
		fclose(out);
	}
	return prepare(db, sql, n, flags, stmt, tail);
}
