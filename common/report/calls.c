/* The most expensive calls: from hours that may hold one to the calls themselves, and their details. */
#include "report/gather.h"

#include "base/timefmt.h"
#include "report/query.h"

#include <string.h>

/* The dearest calls of a series within the hour, the candidates that it stands for. */
static int expand(struct gather *g, struct db_stmt *s, const struct peak *hour, struct peaks *into, struct err *e)
{
	const struct value values[] = {
		value_int(g->series[hour->series].deployment),
		value_int(g->series[hour->series].id),
		value_int(hour->time_ms),
		value_int(hour->time_ms + TIME_HOUR_MS),
		value_int((int64_t)into->keep),
	};
	query_bind(s, values, 5);
	int rc;
	while ((rc = db_step(s, e)) == 1) {
		struct peak call = { .cost_nano = db_int(s, 2), .time_ms = db_int(s, 0), .series = hour->series };
		struct str id = db_blob(s, 1);
		if (id.n == sizeof call.id.b)
			memcpy(call.id.b, id.p, sizeof call.id.b);
		peaks_offer(into, &call);
	}
	return rc;
}

static bool is_hour(const struct peak *p)
{
	static const struct uuid none;
	return memcmp(&p->id, &none, sizeof none) == 0;
}

int gather_calls(struct gather *g, struct peaks *p, struct err *e)
{
	struct peaks calls;
	peaks_init(&calls, p->keep);
	peaks_settle(p);
	struct db_stmt *s;
	int rc = db_prepare(g->db,
	                    "SELECT time_ms, invocation_id, cost_nano FROM invocation"
	                    " WHERE deployment_id = ?1 AND series_id = ?2 AND time_ms >= ?3 AND time_ms < ?4"
	                    " ORDER BY cost_nano DESC, time_ms, invocation_id LIMIT ?5",
	                    &s, e);
	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		if (is_hour(&p->v[i]))
			rc = expand(g, s, &p->v[i], &calls, e);
		else
			peaks_offer(&calls, &p->v[i]);
	}
	db_finalize(s);
	peaks_settle(&calls);
	peaks_free(p);
	*p = calls;
	return rc;
}

int gather_call(struct gather *g, const struct peak *p, struct report_call *call, struct err *e)
{
	const struct attributes *is = &g->series[p->series].is;
	*call = (struct report_call){
		.id = p->id,
		.time_ms = p->time_ms,
		.cost_nano = p->cost_nano,
		.latency_ms = -1,
		.mode = is->mode,
		.tier = is->tier,
		.provider = is->provider,
		.model = is->model,
		.stage = is->stage,
		.stage_name = is->stage_name,
		.purpose = is->purpose,
		.status = report_statuses[is->status],
	};
	struct db_stmt *s;
	if (db_prepare(g->db, "SELECT latency_ms FROM invocation WHERE time_ms = ?1 AND invocation_id = ?2", &s, e) < 0)
		return -1;
	const struct value values[] = { value_int(p->time_ms), value_blob(p->id.b, sizeof p->id.b) };
	query_bind(s, values, 2);
	int rc = db_step(s, e);
	if (rc == 1 && !db_is_null(s, 0))
		call->latency_ms = db_int(s, 0);
	db_finalize(s);
	return rc < 0 ? -1 : 0;
}
