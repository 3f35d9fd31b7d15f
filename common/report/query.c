/* Binding and stepping, for every query of the report alike. */
#include "report/query.h"

#include "report/gather.h"

struct value value_int(int64_t v)
{
	return (struct value){ .kind = VALUE_INT, .number = v };
}

struct value value_text(const char *z)
{
	return (struct value){ .kind = VALUE_TEXT, .bytes = str_of(z) };
}

struct value value_blob(const void *p, size_t n)
{
	return (struct value){ .kind = VALUE_BLOB, .bytes = { p, n } };
}

struct value value_as_of(const struct gather *g)
{
	return g->scope->has_as_of ? value_int(g->scope->as_of) : value_text(NULL);
}

void query_bind(struct db_stmt *s, const struct value *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int at = (int)i + 1;
		if (values[i].kind == VALUE_INT)
			db_bind_int(s, at, values[i].number);
		else if (!values[i].bytes.p)
			db_bind_null(s, at);
		else if (values[i].kind == VALUE_TEXT)
			db_bind_text(s, at, values[i].bytes);
		else
			db_bind_blob(s, at, values[i].bytes);
	}
}

int query_each(struct gather *g, const char *sql, const struct value *values, size_t n, row_fn *fn, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(g->db, sql, &s, e) < 0)
		return -1;
	query_bind(s, values, n);
	int rc;
	while ((rc = db_step(s, e)) == 1)
		if ((rc = fn(g, s, e)) < 0)
			break;
	db_finalize(s);
	return rc;
}
