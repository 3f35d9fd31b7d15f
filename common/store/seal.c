/* Nearly every event is younger than the last sealed day, so that it costs a comparison. */
#include "store/seal.h"

int seals_init(struct seals *s, struct db *db, struct err *e)
{
	*s = (struct seals){ .last_day = INT64_MIN };
	if (db_prepare(db, "SELECT max(day) FROM sealed_day", &s->last, e) < 0)
		return -1;
	return db_prepare(db, "SELECT 1 FROM sealed_day WHERE day = ?1 AND deployment_id = ?2", &s->find, e);
}

int seals_look(struct seals *s, struct err *e)
{
	int rc = db_step(s->last, e);
	s->last_day = rc == 1 && !db_is_null(s->last, 0) ? db_int(s->last, 0) : INT64_MIN;
	db_reset(s->last);
	return rc < 0 ? -1 : 0;
}

int seals_has(struct seals *s, int64_t day, int64_t deployment, bool *sealed, struct err *e)
{
	*sealed = false;
	if (day > s->last_day)
		return 0;
	db_bind_int(s->find, 1, day);
	db_bind_int(s->find, 2, deployment);
	int rc = db_step(s->find, e);
	*sealed = rc == 1;
	db_reset(s->find);
	return rc < 0 ? -1 : 0;
}
