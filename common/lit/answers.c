/* Prompts and their answers. A call with one of the prompts takes 32 bytes until all are read; hashes are folded to 64 bits to tell them apart. */
#include "lit/answers.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SQL_MAX 16384

enum column { COLUMN_ROWID, COLUMN_TIME, COLUMN_OUTPUT, COLUMN_MODE, COLUMN_PROMPT, COLUMN_PARAMETERS, COLUMN_PROVIDER, COLUMN_MODEL, COLUMN_VERSION };

#define COLUMNS \
	"SELECT i.rowid, i.time_ms, i.output_hash, d.governance_mode, i.prompt_hash, ifnull(i.parameters, ''), d.provider, d.model," \
	" (SELECT text FROM term WHERE id = i.model_version_term)"
#define ANSWERED " AND s.status = 'SUCCESS' AND i.prompt_hash NOT NULL AND i.output_hash NOT NULL"
#define OF_PICK \
	COLUMNS " FROM invocation i JOIN series s ON s.id = i.series_id JOIN deployment d ON d.id = i.deployment_id WHERE i.rowid = ?1" ANSWERED

struct answer {
	uint64_t output;
	int64_t time_ms, rowid;
	uint32_t prompt, version;
};

struct reading {
	struct lit_prompts *p;
	struct map *prompts, *versions; /* folded: number */
	struct answer *v;
	size_t n, cap;
};

static uint64_t fold(const struct db_stmt *row, int from, int to)
{
	uint64_t h = HASH_FOLD;
	for (int i = from; i <= to; i++) {
		h = hash_fold(h, db_blob(row, i));
		h = hash_fold(h, STR("\0"));
	}
	return h;
}

static struct str bytes_of(const uint64_t *h)
{
	return (struct str){ (const char *)h, sizeof *h };
}

static uint32_t version_number(struct reading *r, const struct db_stmt *row)
{
	struct lit_prompts *p = r->p;
	uint64_t h = fold(row, COLUMN_PROVIDER, COLUMN_VERSION);
	int64_t *number = map_put(r->versions, bytes_of(&h));
	if (*number == 0) {
		struct str texts[3];
		for (int i = 0; i < 3; i++)
			texts[i] = intern_name(p->names, intern_id(p->names, db_text(row, COLUMN_PROVIDER + i)));
		p->versions = mem_grow(p->versions, p->n_versions + 1, sizeof *p->versions);
		p->versions[p->n_versions++] = (struct lit_version){ texts[0], texts[1], texts[2], 0 };
		*number = (int64_t)p->n_versions;
	}
	return (uint32_t)*number - 1;
}

static int number_picks(struct reading *r, struct db *db, struct lit_sample *sample, struct err *e)
{
	struct db_stmt *row;
	if (db_prepare(db, OF_PICK, &row, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; i < sample->n && rc >= 0; i++) {
		struct lit_pick *pick = &sample->picks[i];
		pick->prompt = pick->version = LIT_NONE;
		db_bind_int(row, 1, pick->rowid);
		rc = db_step(row, e);
		if (rc == 1) {
			uint64_t h = fold(row, COLUMN_MODE, COLUMN_PARAMETERS);
			int64_t *number = map_put(r->prompts, bytes_of(&h));
			if (*number == 0)
				*number = (int64_t)map_count(r->prompts);
			pick->prompt = (uint32_t)*number - 1;
			pick->version = version_number(r, row);
		}
		db_reset(row);
	}
	db_finalize(row);
	return rc < 0 ? -1 : 0;
}

static void take(struct reading *r, const struct db_stmt *row)
{
	uint64_t h = fold(row, COLUMN_MODE, COLUMN_PARAMETERS);
	const int64_t *prompt = map_get(r->prompts, bytes_of(&h));
	if (!prompt)
		return;
	if (r->n == r->cap) {
		r->cap = r->cap + r->cap / 2 + 1024;
		r->v = mem_grow(r->v, r->cap, sizeof *r->v);
	}
	uint32_t number = (uint32_t)*prompt - 1, version = version_number(r, row);
	r->p->versions[version].calls++;
	r->v[r->n++] = (struct answer){ hash_fold(HASH_FOLD, db_blob(row, COLUMN_OUTPUT)), db_int(row, COLUMN_TIME), db_int(row, COLUMN_ROWID), number, version };
}

static int read_answers(struct reading *r, struct db *db, const struct lit_scope *scope, struct err *e)
{
	struct buf sql;
	struct db_stmt *row;
	buf_init(&sql, SQL_MAX);
	buf_z(&sql, COLUMNS);
	lit_scope_sql(scope, &sql);
	buf_z(&sql, ANSWERED);
	int rc = db_prepare(db, buf_cstr(&sql), &row, e);
	if (rc == 0) {
		scope_bind(&scope->scope, row);
		while ((rc = db_step(row, e)) == 1)
			take(r, row);
		db_finalize(row);
	}
	buf_free(&sql);
	return rc;
}

#define COMPARE(a, b, member) \
	if ((a)->member != (b)->member) \
	return (a)->member < (b)->member ? -1 : 1

static int by_output(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	COMPARE(x, y, prompt);
	COMPARE(x, y, version);
	COMPARE(x, y, output);
	COMPARE(x, y, time_ms);
	COMPARE(x, y, rowid);
	return 0;
}

/* The answers of one version to one prompt, sorted: v[0..n). */
static struct lit_answers sum_up(const struct answer *v, size_t n)
{
	struct lit_answers a = { v[0].prompt, v[0].version, (int64_t)n, 0, 0, 0 };
	int64_t first_ms = 0;
	for (size_t start = 0, end; start < n; start = end) {
		for (end = start; end < n && v[end].output == v[start].output;)
			end++;
		int64_t calls = (int64_t)(end - start);
		a.outputs++;
		if (calls > a.usual_calls || (calls == a.usual_calls && v[start].time_ms < first_ms)) {
			a.usual_calls = calls;
			a.usual_rowid = v[start].rowid;
			first_ms = v[start].time_ms;
		}
	}
	return a;
}

static void settle(struct reading *r)
{
	struct lit_prompts *p = r->p;
	if (r->n > 0)
		qsort(r->v, r->n, sizeof *r->v, by_output);
	for (size_t start = 0, end; start < r->n; start = end) {
		for (end = start; end < r->n && r->v[end].prompt == r->v[start].prompt && r->v[end].version == r->v[start].version;)
			end++;
		if ((p->n & (p->n - 1)) == 0)
			p->v = mem_grow(p->v, p->n ? 2 * p->n : 1, sizeof *p->v);
		p->v[p->n++] = sum_up(&r->v[start], end - start);
	}
}

int lit_prompts_read(struct lit_prompts *p, struct db *db, const struct lit_scope *scope, struct lit_sample *sample, struct err *e)
{
	struct reading r = { .p = p, .prompts = map_new(), .versions = map_new() };
	*p = (struct lit_prompts){ .names = intern_new() };
	int rc = number_picks(&r, db, sample, e);
	if (rc == 0)
		rc = read_answers(&r, db, scope, e);
	if (rc == 0)
		settle(&r);
	map_free(r.prompts);
	map_free(r.versions);
	free(r.v);
	return rc;
}

void lit_prompts_free(struct lit_prompts *p)
{
	intern_free(p->names);
	free(p->versions);
	free(p->v);
}

static int by_place(const void *a, const void *b)
{
	const struct lit_answers *x = a, *y = b;
	COMPARE(x, y, prompt);
	COMPARE(x, y, version);
	return 0;
}

const struct lit_answers *lit_answers_to(const struct lit_prompts *p, uint32_t prompt, uint32_t version)
{
	struct lit_answers key = { .prompt = prompt, .version = version };
	return p->n ? bsearch(&key, p->v, p->n, sizeof *p->v, by_place) : NULL;
}
