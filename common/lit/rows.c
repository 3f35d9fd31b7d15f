/* From the record to rows. */
#include "lit/rows.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "lit/membership.h"
#include "lit/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SQL_MAX ((size_t)1 << 20) /* the names of models and stages in it are the record's */
#define PATH_TEXT 64
#define HASH_TEXT 128
#define NANO_MAX 9e18

/* --- hashes --- */

enum { HASH_OF_PROMPT, HASH_OF_OUTPUT };

static int open_hashes(struct db *db, struct db_stmt **row, struct err *e)
{
	return db_prepare(db, "SELECT prompt_hash, output_hash FROM invocation WHERE rowid = ?1", row, e);
}

/* Sets the value to the hash of the call, whose text `text` holds. */
static int set_hash(struct lit_value *v, struct buf *text, struct db_stmt *row, int which, int64_t rowid, struct err *e)
{
	db_bind_int(row, 1, rowid);
	int rc = db_step(row, e);
	if (rc == 1) {
		buf_clear(text);
		lit_hash_text(text, db_blob(row, which));
		*v = (struct lit_value){ .is = LIT_WORDS, .words = buf_view(text) };
	}
	db_reset(row);
	return rc < 0 ? -1 : 0;
}

/* --- calls --- */

struct calls {
	struct lit_table rows, recorded;
	struct db_stmt *row, *hashes;
	struct buf usual, id;
};

static int open_calls(struct calls *t, const struct lit_content *c, struct err *e)
{
	struct buf sql;
	buf_init(&sql, SQL_MAX);
	buf_z(&sql, "SELECT 0");
	lit_fields_sql(&c->schema->invocations, &sql);
	lit_fields_sql(&c->schema->recorded, &sql);
	lit_membership_sql(&c->schema->invocations, c->worse, c->n_worse, &sql);
	buf_z(&sql, " FROM invocation i JOIN series s ON s.id = i.series_id JOIN deployment d ON d.id = i.deployment_id WHERE i.rowid = ?1");
	int rc = db_prepare(c->db, buf_cstr(&sql), &t->row, e);
	if (rc == 0)
		rc = open_hashes(c->db, &t->hashes, e);
	buf_free(&sql);
	return rc;
}

/* The tokens of the call at the prices that fit its model; unknown where a part of that is. */
static void set_cost(struct calls *t, const struct lit_price *p)
{
	const struct lit_value *input = lit_table_value(&t->rows, "input_tokens"), *output = lit_table_value(&t->rows, "output_tokens");
	double nano = (double)input->number * p->input + (double)output->number * p->output;
	if (p->fits && input->is == LIT_NUMBER && output->is == LIT_NUMBER && fabs(nano) < NANO_MAX)
		*lit_table_value(&t->recorded, "cost_expected") = (struct lit_value){ .is = LIT_NUMBER, .number = llround(nano) };
}

static void set_id(struct buf *id, const struct lit_pick *pick)
{
	char time[TIME_TEXT], uuid[UUID_TEXT];
	time_format(pick->time_ms, time);
	uuid_format(&pick->id, uuid);
	buf_clear(id);
	buf_fmt(id, "%s/%s", time, uuid);
}

static void take_membership(struct lit_table *t, const struct db_stmt *row, int at)
{
	for (size_t i = 0; i < t->fields->n; i++)
		if (t->fields->v[i].worse_by.p && !db_is_null(row, at++))
			t->columns[i].value = (struct lit_value){ .is = LIT_WORDS, .words = db_text(row, at - 1) };
}

static int write_call(struct calls *t, const struct lit_content *c, const struct lit_pick *pick, struct err *e)
{
	const struct lit_stratum *x = &c->sample->strata[pick->stratum];
	const struct lit_answers *a = lit_answers_to(c->prompts, pick->prompt, pick->version);
	db_bind_int(t->row, 1, pick->rowid);
	if (db_step(t->row, e) < 0)
		return -1;
	take_membership(&t->rows, t->row, lit_table_take(&t->recorded, t->row, lit_table_take(&t->rows, t->row, 1)));
	*lit_table_value(&t->rows, "weight") = (struct lit_value){ .is = LIT_FRACTION, .fraction = (double)x->calls / (double)x->rows };
	if (a && a->calls > 1 && set_hash(lit_table_value(&t->rows, "usual_output"), &t->usual, t->hashes, HASH_OF_OUTPUT, a->usual_rowid, e) < 0)
		return -1;
	set_cost(t, &c->sample->prices[x->price]);
	set_id(&t->id, pick);
	lit_table_row(&t->rows, buf_view(&t->id));
	lit_table_row(&t->recorded, buf_view(&t->id));
	db_reset(t->row);
	return 0;
}

int lit_write_calls(struct lit_content *c, struct err *e)
{
	struct calls t = { .row = NULL };
	if (open_calls(&t, c, e) < 0)
		return -1;
	buf_init(&t.usual, HASH_TEXT);
	buf_init(&t.id, HASH_TEXT);
	lit_table_begin(&t.rows, c->bundle, &c->schema->invocations, "data/invocations");
	lit_table_begin(&t.recorded, c->bundle, &c->schema->recorded, "data/invocations.preds");
	int rc = 0;
	for (size_t i = 0; i < c->sample->n && rc == 0 && !c->bundle->failed; i++)
		rc = write_call(&t, c, &c->sample->picks[i], e);
	lit_table_end(&t.rows);
	lit_table_end(&t.recorded);
	db_finalize(t.row);
	db_finalize(t.hashes);
	buf_free(&t.usual);
	buf_free(&t.id);
	return rc;
}

/* --- prompts --- */

/* The answers to one prompt, of one version after the other. */
struct prompt {
	const struct lit_answers *v;
	size_t n;
	int64_t calls, outputs;
	const struct lit_answers *most; /* of the version that answered most often */
};

/* The prompt whose answers begin at *at, which becomes the end; those asked once are passed over. False: there is no more. */
static bool next_prompt(const struct lit_prompts *p, size_t *at, struct prompt *x)
{
	while (*at < p->n) {
		*x = (struct prompt){ .v = &p->v[*at], .most = &p->v[*at] };
		for (; *at < p->n && p->v[*at].prompt == x->v->prompt; ++*at, x->n++) {
			const struct lit_answers *a = &p->v[*at];
			x->calls += a->calls;
			x->outputs += a->outputs;
			x->most = a->calls > x->most->calls ? a : x->most;
		}
		if (x->calls > 1)
			return true;
	}
	return false;
}

static void set_number(struct lit_table *t, const char *name, int64_t n)
{
	*lit_table_value(t, name) = (struct lit_value){ .is = LIT_NUMBER, .number = n };
}

static int write_prompt(struct lit_table *t, struct db_stmt *hashes, const struct prompt *x, struct str number, struct buf texts[2], struct err *e)
{
	set_number(t, "calls", x->calls);
	set_number(t, "outputs", x->outputs);
	set_number(t, "versions", (int64_t)x->n);
	*lit_table_value(t, "number") = (struct lit_value){ .is = LIT_WORDS, .words = number };
	if (set_hash(lit_table_value(t, "prompt_hash"), &texts[0], hashes, HASH_OF_PROMPT, x->most->usual_rowid, e) < 0 ||
	    set_hash(lit_table_value(t, "usual_output"), &texts[1], hashes, HASH_OF_OUTPUT, x->most->usual_rowid, e) < 0)
		return -1;
	lit_table_row(t, number);
	return 0;
}

static int write_answers(struct lit_table *t, struct db_stmt *hashes, const struct prompt *x, uint32_t version, struct str number, struct buf *text,
                         struct err *e)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct lit_answers *a = &x->v[i];
		if (a->version != version)
			continue;
		*lit_table_value(t, "agreement") =
			(struct lit_value){ .is = LIT_FRACTION, .fraction = (double)a->usual_calls / (double)a->calls };
		if (set_hash(lit_table_value(t, "output_hash"), text, hashes, HASH_OF_OUTPUT, a->usual_rowid, e) < 0)
			return -1;
	}
	lit_table_row(t, number);
	return 0;
}

/* The table of the prompts, or with a version that of its answers. */
static int write_table(struct lit_content *c, struct db_stmt *hashes, const char *path, const uint32_t *version, struct err *e)
{
	char number[24];
	struct prompt x;
	struct lit_table t;
	struct buf texts[2];
	int64_t n = 0;
	buf_init(&texts[0], HASH_TEXT);
	buf_init(&texts[1], HASH_TEXT);
	lit_table_begin(&t, c->bundle, version ? &c->schema->version : &c->schema->prompts, path);
	int rc = 0;
	for (size_t at = 0; rc == 0 && !c->bundle->failed && next_prompt(c->prompts, &at, &x);) {
		snprintf(number, sizeof number, "%06" PRId64, ++n);
		rc = version ? write_answers(&t, hashes, &x, *version, str_of(number), texts, e) :
		               write_prompt(&t, hashes, &x, str_of(number), texts, e);
	}
	lit_table_end(&t);
	buf_free(&texts[0]);
	buf_free(&texts[1]);
	return rc;
}

static int by_calls(const void *a, const void *b, void *versions)
{
	const struct lit_version *v = versions, *x = &v[*(const uint32_t *)a], *y = &v[*(const uint32_t *)b];
	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	int order = str_cmp(x->provider, y->provider);
	order = order ? order : str_cmp(x->model, y->model);
	return order ? order : str_cmp(x->version, y->version);
}

/* Counts the rows, and chooses the versions that have answers among them. */
static void choose_versions(struct lit_content *c)
{
	struct lit_prompts *p = c->prompts;
	struct prompt x;
	uint32_t *v = mem_array(p->n_versions + 1, sizeof *v);
	bool *there = mem_array(p->n_versions + 1, sizeof *there);
	size_t n = 0;
	for (size_t at = 0; next_prompt(p, &at, &x); c->n_prompts++)
		for (size_t i = 0; i < x.n; i++)
			there[x.v[i].version] = true;
	for (uint32_t i = 0; i < p->n_versions; i++)
		if (there[i])
			v[n++] = i;
	qsort_r(v, n, sizeof *v, by_calls, p->versions);
	while (c->n_versions < n && c->n_versions < LIT_VERSIONS_MAX) {
		c->versions[c->n_versions] = v[c->n_versions];
		c->n_versions++;
	}
	free(v);
	free(there);
}

int lit_write_prompts(struct lit_content *c, struct err *e)
{
	char path[PATH_TEXT];
	struct db_stmt *hashes = NULL;
	choose_versions(c);
	if (c->n_prompts == 0)
		return 0;
	if (open_hashes(c->db, &hashes, e) < 0)
		return -1;
	int rc = write_table(c, hashes, "data/prompts", NULL, e);
	for (size_t i = 0; i < c->n_versions && rc == 0; i++) {
		snprintf(path, sizeof path, "data/prompts.%zu.preds", i + 1);
		rc = write_table(c, hashes, path, &c->versions[i], e);
	}
	db_finalize(hashes);
	return rc;
}
