/*
 * Reading the calls, one pass over the scope. A call takes 40 bytes, so that a million fit in memory and sorting finds equal prompts; quantities go into sketches
 * as they come.
 */
#include "stability/calls.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/timefmt.h"

#include <stdlib.h>
#include <string.h>

#define SQL_MAX 4096

enum column {
	COLUMN_TIME,
	COLUMN_DEPLOYMENT,
	COLUMN_VERSION,
	COLUMN_ASKED,
	COLUMN_STATUS,
	COLUMN_PROMPT,
	COLUMN_OUTPUT,
	COLUMN_PARAMETERS,
	COLUMN_QUANTITIES, /* in the order of enum quantity */
};

#define COLUMNS \
	"SELECT i.time_ms, i.deployment_id, (SELECT text FROM term WHERE id = i.model_version_term)," \
	" (SELECT text FROM term WHERE id = i.model_requested_term), s.status, i.prompt_hash, i.output_hash, i.parameters," \
	" i.latency_ms, i.cost_nano, i.input_tokens, i.output_tokens"

static const char *const statuses[STATUSES] = { "SUCCESS", "FAILED", "BLOCKED", "TIMEOUT", "RATE_LIMITED" };

static uint32_t keep(struct calls *c, struct str text)
{
	char *copy = mem_strdup(text);
	if (copy)
		str_mask(copy, text.n);
	uint32_t id = intern_id(c->s->names, (struct str){ copy, text.n });
	free(copy);
	return id;
}

struct str calls_keep(struct calls *c, struct str text)
{
	return intern_name(c->s->names, keep(c, text));
}

int models_order(const struct stability_model *a, const struct stability_model *b)
{
	int order = str_cmp(a->mode, b->mode);
	order = order ? order : str_cmp(a->provider, b->provider);
	return order ? order : str_cmp(a->model, b->model);
}

/* Equal models come one after the other. */
static uint32_t model_number(struct calls *c, const struct stability_model *m)
{
	struct stability *s = c->s;
	if (s->n_models > 0 && models_order(&s->models[s->n_models - 1], m) == 0)
		return (uint32_t)s->n_models - 1;
	s->models = mem_more(s->models, s->n_models, sizeof *s->models);
	s->models[s->n_models] = *m;
	return (uint32_t)s->n_models++;
}

static void make_half(struct half *h)
{
	for (int q = 0; q < QUANTITIES; q++)
		h->quantities[q] = sketch_new();
}

static void free_half(struct half *h)
{
	for (int q = 0; q < QUANTITIES; q++)
		sketch_free(h->quantities[q]);
}

/* Models by number, in order of their names; deployments of several projects or tiers can share one. */
static int read_models(struct calls *c, struct db *db, struct err *e)
{
	struct db_stmt *row;
	if (db_prepare(db, "SELECT id, governance_mode, provider, model FROM deployment ORDER BY 2, 3, 4", &row, e) < 0)
		return -1;
	int rc;
	while ((rc = db_step(row, e)) == 1) {
		size_t id = (size_t)db_int(row, 0);
		if (id >= c->n_deployments) {
			c->model_of = mem_grow(c->model_of, id + 1, sizeof *c->model_of);
			c->n_deployments = id + 1;
		}
		struct stability_model m = { calls_keep(c, db_text(row, 1)), calls_keep(c, db_text(row, 2)), calls_keep(c, db_text(row, 3)) };
		c->model_of[id] = model_number(c, &m);
	}
	db_finalize(row);
	c->halves = mem_array(c->s->n_models, sizeof *c->halves);
	for (size_t i = 0; i < c->s->n_models; i++) {
		make_half(&c->halves[i].before);
		make_half(&c->halves[i].after);
	}
	return rc;
}

static void take_output(struct calls *c, const struct db_stmt *row, uint32_t model)
{
	struct str prompt = db_blob(row, COLUMN_PROMPT), output = db_blob(row, COLUMN_OUTPUT);
	if (!prompt.p || !output.p) {
		c->s->unhashed++;
		return;
	}
	if (c->n == c->cap) {
		c->cap = c->cap + c->cap / 2 + 1024;
		c->v = mem_grow(c->v, c->cap, sizeof *c->v);
	}
	c->v[c->n++] = (struct call){
		.prompt = hash_fold(HASH_FOLD, prompt),
		.output = hash_fold(HASH_FOLD, output),
		.time_ms = db_int(row, COLUMN_TIME),
		.model = model,
		.version = intern_id(c->versions, db_text(row, COLUMN_VERSION)),
		.parameters = intern_id(c->parameters, db_text(row, COLUMN_PARAMETERS)),
	};
}

static int status_number(struct str status)
{
	int i = 0;
	while (i < STATUSES - 1 && !str_is(status, statuses[i]))
		i++;
	return i;
}

static void take_quantities(struct half *h, const struct db_stmt *row, int status)
{
	h->statuses[status]++;
	for (int q = 0; q < QUANTITIES; q++)
		if (!db_is_null(row, COLUMN_QUANTITIES + q))
			sketch_add(h->quantities[q], db_int(row, COLUMN_QUANTITIES + q));
}

static void take_asked(struct calls *c, struct str asked, uint32_t model)
{
	if (!asked.p || str_eq(asked, c->s->models[model].model))
		return;
	const uint32_t key[] = { model, keep(c, asked) };
	++*map_put(c->mismatches, (struct str){ (const char *)key, sizeof key });
}

static void take_call(struct calls *c, const struct db_stmt *row)
{
	struct stability *s = c->s;
	uint32_t model = c->model_of[db_int(row, COLUMN_DEPLOYMENT)];
	int status = status_number(db_text(row, COLUMN_STATUS));
	bool early = db_int(row, COLUMN_TIME) < s->middle_ms;
	s->calls++;
	take_quantities(early ? &c->halves[model].before : &c->halves[model].after, row, status);
	take_asked(c, db_text(row, COLUMN_ASKED), model);
	if (status == 0)
		take_output(c, row, model);
	else
		s->failed++;
}

static int read_calls(struct calls *c, struct db *db, const struct scope *scope, struct err *e)
{
	struct buf sql;
	struct db_stmt *row;
	buf_init(&sql, SQL_MAX);
	buf_z(&sql, COLUMNS);
	scope_sql(scope, &sql);
	int rc = db_prepare(db, buf_cstr(&sql), &row, e);
	if (rc == 0) {
		scope_bind(scope, row);
		while ((rc = db_step(row, e)) == 1)
			take_call(c, row);
		db_finalize(row);
	}
	buf_free(&sql);
	return rc;
}

static bool has_calls(const struct half *h)
{
	int64_t n = 0;
	for (int i = 0; i < STATUSES; i++)
		n += h->statuses[i];
	return n > 0;
}

static void note_modes(struct calls *c)
{
	struct str seen = { NULL, 0 };
	for (size_t i = 0; i < c->s->n_models; i++) {
		if (!has_calls(&c->halves[i].before) && !has_calls(&c->halves[i].after))
			continue;
		c->s->mixed |= seen.p && !str_eq(seen, c->s->models[i].mode);
		seen = c->s->models[i].mode;
	}
}

static int by_model_and_name(const void *a, const void *b)
{
	const struct stability_mismatch *x = a, *y = b;
	int order = models_order(x->model, y->model);
	return order ? order : str_cmp(x->asked, y->asked);
}

static void list_mismatches(struct calls *c)
{
	struct stability *s = c->s;
	size_t at = 0;
	struct str key;
	const int64_t *count;
	s->mismatches = mem_array(map_count(c->mismatches) + 1, sizeof *s->mismatches);
	while ((count = map_next(c->mismatches, &at, &key))) {
		uint32_t of[2];
		memcpy(of, key.p, sizeof of);
		s->mismatches[s->n_mismatches++] = (struct stability_mismatch){ &s->models[of[0]], intern_name(s->names, of[1]), *count };
	}
	qsort(s->mismatches, s->n_mismatches, sizeof *s->mismatches, by_model_and_name);
}

int calls_read(struct calls *c, struct stability *s, struct db *db, const struct scope *scope, struct err *e)
{
	bool any;
	*c = (struct calls){ .s = s, .versions = intern_new(), .parameters = intern_new(), .mismatches = map_new() };
	if (scope_period(scope, db, &any, &s->first_ms, &s->last_ms, e) < 0)
		return -1;
	s->middle_ms = s->first_ms + (s->last_ms - s->first_ms + 1) / 2;
	if (read_models(c, db, e) < 0 || read_calls(c, db, scope, e) < 0)
		return -1;
	note_modes(c);
	list_mismatches(c);
	return 0;
}

void calls_free(struct calls *c)
{
	for (size_t i = 0; c->halves && i < c->s->n_models; i++) {
		free_half(&c->halves[i].before);
		free_half(&c->halves[i].after);
	}
	free(c->halves);
	free(c->v);
	free(c->model_of);
	intern_free(c->versions);
	intern_free(c->parameters);
	map_free(c->mismatches);
}

#define COMPARE(a, b, member) \
	if ((a)->member != (b)->member) \
	return (a)->member < (b)->member ? -1 : 1

static int by_prompt(const void *a, const void *b)
{
	const struct call *x = a, *y = b;
	COMPARE(x, y, prompt);
	COMPARE(x, y, model);
	COMPARE(x, y, parameters);
	COMPARE(x, y, day);
	COMPARE(x, y, version);
	COMPARE(x, y, time_ms);
	COMPARE(x, y, output);
	return 0;
}

void calls_sort(struct calls *c)
{
	if (c->n > 0)
		qsort(c->v, c->n, sizeof *c->v, by_prompt);
}
