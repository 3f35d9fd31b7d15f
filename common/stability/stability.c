/* The stability of a scope: read once, then each part of it measured. */
#include "stability/stability.h"

#include "base/mem.h"
#include "stability/calls.h"

#include <stdlib.h>

const struct stability_format stability_formats[] = {
	{ "text", stability_text },
	{ "json", stability_json },
	{ "csv", stability_csv },
	{ 0 },
};

int stability_build(struct stability **built, struct db *db, const struct scope *scope, enum stability_by by, int repeats, struct err *e)
{
	struct calls c;
	struct stability *s = *built = mem_alloc(sizeof *s);
	s->names = intern_new();
	s->by = by;
	s->repeats = repeats;
	if (db_begin_read(db, e) < 0)
		return -1;
	int rc = calls_read(&c, s, db, scope, e);
	db_rollback(db);
	if (rc == 0) {
		groups_measure(&c);
		versions_compare(&c);
		drift_test(&c);
	}
	calls_free(&c);
	return rc;
}

void stability_free(struct stability *s)
{
	if (!s)
		return;
	free(s->groups);
	free(s->versions);
	free(s->drifts);
	free(s->mismatches);
	free(s->models);
	intern_free(s->names);
	free(s);
}

size_t stability_drifted(const struct stability *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_drifts; i++)
		n += !s->drifts[i].untested && s->drifts[i].adjusted <= STABILITY_DRIFT_P;
	for (size_t i = 0; i < s->n_versions; i++)
		n += s->versions[i].adjusted <= STABILITY_DRIFT_P;
	return n;
}
