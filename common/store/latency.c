/* Latency sketches: read, merged and written back once a transaction. They merge exactly, so that order and batches do not matter. */
#include "store/latency.h"

#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

#define SKETCH_BYTES_MAX ((size_t)1 << 16) /* 2184 bins of at most 11 bytes are less */

int latency_init(struct latency *l, struct db *db, struct err *e)
{
	*l = (struct latency){ .places = map_new() };
	buf_init(&l->bytes, SKETCH_BYTES_MAX);
	if (db_prepare(db, "SELECT sketch FROM latency_day WHERE day = ?1 AND deployment_id = ?2", &l->find, e) < 0)
		return -1;
	return db_prepare(db, "INSERT INTO latency_day (day, deployment_id, sketch) VALUES (?1, ?2, ?3)"
	                  " ON CONFLICT (day, deployment_id) DO UPDATE SET sketch = excluded.sketch", &l->put, e);
}

void latency_clear(struct latency *l)
{
	for (size_t i = 0; i < map_count(l->places); i++)
		sketch_free(l->sketches[i]);
	map_clear(l->places);
}

void latency_free(struct latency *l)
{
	if (l->places)
		latency_clear(l);
	map_free(l->places);
	free(l->sketches);
	buf_free(&l->bytes);
}

size_t latency_size(const struct latency *l)
{
	return map_count(l->places);
}

static struct sketch *sketch_of(struct latency *l, int64_t day, int64_t deployment)
{
	int64_t key[2] = { day, deployment };
	size_t n = map_count(l->places);
	int64_t *place = map_put(l->places, (struct str){ (const char *)key, sizeof key });
	if (map_count(l->places) == n)
		return l->sketches[*place];
	if (n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->sketches = mem_grow(l->sketches, l->cap, sizeof(struct sketch *));
	}
	*place = (int64_t)n;
	return l->sketches[n] = sketch_new();
}

void latency_count(struct latency *l, int64_t day, int64_t deployment, int64_t ms)
{
	sketch_add(sketch_of(l, day, deployment), ms);
}

static int add_stored(struct latency *l, int64_t day, int64_t deployment, struct sketch *sketch, struct err *e)
{
	db_bind_int(l->find, 1, day);
	db_bind_int(l->find, 2, deployment);
	int found = db_step(l->find, e);
	if (found == 1 && !sketch_read(sketch, db_blob(l->find, 0)))
		found = err_set(e, ROS_INPUT, "the latency sketch of day %" PRId64 " is not readable", day);
	db_reset(l->find);
	return found < 0 ? -1 : 0;
}

int latency_write(struct latency *l, struct err *e)
{
	struct str key;
	size_t i = 0;
	for (const int64_t *place; (place = map_next(l->places, &i, &key));) {
		int64_t day_deployment[2];
		memcpy(day_deployment, key.p, sizeof day_deployment);
		if (add_stored(l, day_deployment[0], day_deployment[1], l->sketches[*place], e) < 0)
			return -1;
		buf_clear(&l->bytes);
		sketch_write(l->sketches[*place], &l->bytes);
		db_bind_int(l->put, 1, day_deployment[0]);
		db_bind_int(l->put, 2, day_deployment[1]);
		db_bind_blob(l->put, 3, buf_view(&l->bytes));
		if (db_run(l->put, e) < 0)
			return -1;
		sketch_free(l->sketches[*place]); /* it has grown by what the table had */
		l->sketches[*place] = NULL;
	}
	return 0;
}
