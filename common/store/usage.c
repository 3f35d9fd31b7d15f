/* AI usage by run and stage. */
#include "store/usage.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>

struct key {
	struct uuid run;
	int64_t stage; /* no padding, so that equal keys are equal bytes */
};

/* An integer sum that leaves 64 bits becomes a real in SQLite: the smaller of it and the largest integer is the latter. */
int usage_init(struct usage *u, struct db *db, struct err *e)
{
	*u = (struct usage){ .places = map_new() };
	return db_prepare(db, "INSERT INTO stage_usage (run_id, stage_number, calls, priced, cost_nano, latency_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	                  " ON CONFLICT (run_id, stage_number) DO UPDATE SET calls = calls + excluded.calls, priced = priced + excluded.priced,"
	                  " cost_nano = min(cost_nano + excluded.cost_nano, 9223372036854775807),"
	                  " latency_ms = min(latency_ms + excluded.latency_ms, 9223372036854775807)", &u->add, e);
}

void usage_free(struct usage *u)
{
	map_free(u->places);
	free(u->rows);
}

void usage_clear(struct usage *u)
{
	map_clear(u->places);
}

size_t usage_size(const struct usage *u)
{
	return map_count(u->places);
}

static struct usage_row *row_of(struct usage *u, const struct key *key)
{
	size_t n = map_count(u->places);
	int64_t *place = map_put(u->places, (struct str){ (const char *)key, sizeof *key });
	if (map_count(u->places) == n)
		return &u->rows[*place];
	if (n == u->cap) {
		u->cap = u->cap ? 2 * u->cap : 64;
		u->rows = mem_grow(u->rows, u->cap, sizeof *u->rows);
	}
	*place = (int64_t)n;
	u->rows[n] = (struct usage_row){ 0 };
	return &u->rows[n];
}

static void add(int64_t *sum, int64_t v)
{
	if (__builtin_add_overflow(*sum, v, sum))
		*sum = INT64_MAX;
}

void usage_count(struct usage *u, const struct event *ev)
{
	struct key key = { .stage = event_int(ev, AI_STAGE, 0) };
	int64_t nano;
	if (key.stage == 0 || !uuid_parse(event_text(ev, AI_RUN_ID), &key.run))
		return;
	struct usage_row *row = row_of(u, &key);
	row->calls++;
	add(&row->latency_ms, event_int(ev, AI_USAGE_LATENCY_MS, 0));
	if (ev->field[AI_USAGE_COST_USD] && num_scaled(event_text(ev, AI_USAGE_COST_USD), NUM_NANO, &nano, NULL)) {
		row->priced++;
		add(&row->cost_nano, nano);
	}
}

int usage_write(struct usage *u, struct err *e)
{
	struct str packed;
	size_t i = 0;
	for (const int64_t *place; (place = map_next(u->places, &i, &packed));) {
		struct key key;
		memcpy(&key, packed.p, sizeof key);
		const struct usage_row *row = &u->rows[*place];
		db_bind_blob(u->add, 1, (struct str){ (const char *)key.run.b, sizeof key.run.b });
		db_bind_int(u->add, 2, key.stage);
		db_bind_int(u->add, 3, row->calls);
		db_bind_int(u->add, 4, row->priced);
		db_bind_int(u->add, 5, row->cost_nano);
		db_bind_int(u->add, 6, row->latency_ms);
		if (db_run(u->add, e) < 0)
			return -1;
	}
	return 0;
}
