/* Slices as SQL over the row of a call. */
#include "lit/membership.h"

/* Appends what is "+1+3" of a call in the first slice and the third. */
static void put_numbers(struct buf *sql, const struct slices *found)
{
	buf_z(sql, "''");
	for (size_t i = 0; i < found->n; i++) {
		buf_z(sql, " || iif(");
		slice_where(&found->v[i], false, sql);
		buf_fmt(sql, ", '+%zu', '')", i + 1);
	}
}

static void put_field(struct buf *sql, struct str metric, const struct lit_worse *worse, size_t n)
{
	buf_z(sql, ", CASE WHEN 0 THEN ''");
	for (size_t i = 0; i < n; i++) {
		const struct lit_worse *w = &worse[i];
		if (!str_is(metric, w->found->metric->name))
			continue;
		buf_fmt(sql, " WHEN d.governance_mode = '%s' AND %s THEN ifnull('%s ' || nullif(substr(", w->mode, w->found->metric->known, w->mode);
		put_numbers(sql, w->found);
		buf_z(sql, ", 2), ''), 'none')");
	}
	buf_z(sql, " END");
}

void lit_membership_sql(const struct lit_fields *fields, const struct lit_worse *worse, size_t n, struct buf *sql)
{
	for (size_t i = 0; i < fields->n; i++)
		if (fields->v[i].worse_by.p)
			put_field(sql, fields->v[i].worse_by, worse, n);
}
