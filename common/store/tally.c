/* Counts of named things by hour and series. */
#include "store/tally.h"

#include <string.h>

#define KEY_MAX ((size_t)2 << 20) /* a name is at most as long as an event */

enum kind { ERROR_CODE, ESCALATED_FROM, MODEL_REQUESTED, PHI_TYPE };

static const char *const kinds[] = { "error_code", "escalated_from", "model_requested", "phi_type" };

struct key {
	int64_t hour, series, kind; /* before the name; no padding, so that equal keys are equal bytes */
};

int tally_init(struct tally *t, struct db *db, struct err *e)
{
	*t = (struct tally){ .counts = map_new() };
	buf_init(&t->key, KEY_MAX);
	return db_prepare(db, "INSERT INTO tally_hour (hour, series_id, kind, name, count) VALUES (?1, ?2, ?3, ?4, ?5)"
	                  " ON CONFLICT (hour, series_id, kind, name) DO UPDATE SET count = count + excluded.count", &t->add, e);
}

void tally_free(struct tally *t)
{
	map_free(t->counts);
	buf_free(&t->key);
}

void tally_clear(struct tally *t)
{
	map_clear(t->counts);
}

size_t tally_size(const struct tally *t)
{
	return map_count(t->counts);
}

static void count(struct tally *t, int64_t hour, int64_t series, enum kind kind, struct str name)
{
	struct key key = { hour, series, kind };
	buf_clear(&t->key);
	buf_add(&t->key, &key, sizeof key);
	buf_str(&t->key, name);
	++*map_put(t->counts, buf_view(&t->key));
}

void tally_count(struct tally *t, int64_t hour, int64_t series, const struct json_reader *reader, const struct event *ev)
{
	static const enum ai_field types[] = { AI_PHI_INPUT_SCAN_PHI_TYPES_DETECTED, AI_PHI_OUTPUT_SCAN_PHI_TYPES_DETECTED };
	struct str requested = event_text(ev, AI_MODEL_REQUESTED);
	if (ev->field[AI_ERROR_CODE])
		count(t, hour, series, ERROR_CODE, event_text(ev, AI_ERROR_CODE));
	if (event_true(ev, AI_ROUTING_ESCALATED) && ev->field[AI_ROUTING_INITIAL_TIER])
		count(t, hour, series, ESCALATED_FROM, event_text(ev, AI_ROUTING_INITIAL_TIER));
	if (requested.p && !str_eq(requested, event_text(ev, AI_MODEL)))
		count(t, hour, series, MODEL_REQUESTED, requested);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		const struct json *list = ev->field[types[i]];
		for (const struct json *type = list ? json_first(list) : NULL; type; type = json_next(reader, type))
			count(t, hour, series, PHI_TYPE, type->text);
	}
}

int tally_write(struct tally *t, struct err *e)
{
	struct str packed;
	size_t i = 0;
	for (const int64_t *n; (n = map_next(t->counts, &i, &packed));) {
		struct key key;
		memcpy(&key, packed.p, sizeof key);
		db_bind_int(t->add, 1, key.hour);
		db_bind_int(t->add, 2, key.series);
		db_bind_text(t->add, 3, str_of(kinds[key.kind]));
		db_bind_text(t->add, 4, (struct str){ packed.p + sizeof key, packed.n - sizeof key });
		db_bind_int(t->add, 5, *n);
		if (db_run(t->add, e) < 0)
			return -1;
	}
	return 0;
}
