/* Queries of the report: a statement, its parameters, and what takes its rows. */
#ifndef ROS_REPORT_QUERY_H
#define ROS_REPORT_QUERY_H

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

#include <stddef.h>
#include <stdint.h>

struct gather;

/* A parameter. */
struct value {
	enum { VALUE_INT, VALUE_TEXT, VALUE_BLOB } kind;
	int64_t number;
	struct str bytes; /* taken by reference; the absent value is NULL */
};

struct value value_int(int64_t v);
struct value value_text(const char *z); /* NULL is NULL */
struct value value_blob(const void *p, size_t n);
struct value value_as_of(const struct gather *g); /* the last batch that counts, or NULL: all do */

/* Sets ?1, ?2 ... of the statement. */
void query_bind(struct db_stmt *s, const struct value *values, size_t n);

/* Takes one row; -1 with *e filled ends the query. */
typedef int row_fn(struct gather *g, struct db_stmt *row, struct err *e);

/* Gives every row to fn. */
int query_each(struct gather *g, const char *sql, const struct value *values, size_t n, row_fn *fn, struct err *e);

#endif
