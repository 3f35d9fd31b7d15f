/* Drawing the sample: one pass counts the strata, a second one draws. Only what is drawn is kept in memory. */
#include "lit/sample.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "stats/resample.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SQL_MAX 16384
#define TOKENS_MAX 1000000000 /* of a call that counts for prices: so the sums fit */

enum column { COLUMN_ROWID, COLUMN_TIME, COLUMN_ID, COLUMN_SERIES, COLUMN_COST, COLUMN_INPUT, COLUMN_OUTPUT };

#define COLUMNS "SELECT i.rowid, i.time_ms, i.invocation_id, i.series_id, i.cost_nano, i.input_tokens, i.output_tokens"
#define SERIES \
	"SELECT s.id, d.governance_mode, d.provider, d.model, d.tier, s.status, s.stage" \
	" FROM series s JOIN deployment d ON d.id = s.deployment_id ORDER BY 2, 3, 4, 5, 7, 6"

/* The stratum of each series. */
struct places {
	uint32_t *of;
	size_t n;
	struct map *strata, *prices; /* their keys: numbers */
};

void lit_scope_sql(const struct lit_scope *scope, struct buf *sql)
{
	scope_sql(&scope->scope, sql);
	if (scope->stages)
		buf_fmt(sql, " AND s.stage NOT NULL AND (%" PRIu32 " >> s.stage & 1)", scope->stages);
}

/* --- strata --- */

static struct str kept(struct lit_sample *s, struct str text)
{
	return intern_name(s->names, intern_id(s->names, text));
}

static uint32_t price_number(struct lit_sample *s, struct places *p, const struct lit_stratum *of)
{
	struct buf key;
	buf_init(&key, SQL_MAX);
	buf_fmt(&key, "%.*s\n%.*s", STR_ARG(of->provider), STR_ARG(of->model));
	int64_t *number = map_put(p->prices, buf_view(&key));
	if (*number == 0) {
		s->prices = mem_more(s->prices, s->n_prices, sizeof *s->prices);
		s->prices[s->n_prices++] = (struct lit_price){ .fits = false };
		*number = (int64_t)s->n_prices;
	}
	buf_free(&key);
	return (uint32_t)*number - 1;
}

static uint32_t stratum_number(struct lit_sample *s, struct places *p, const struct db_stmt *row)
{
	struct lit_stratum x = { .stage = db_is_null(row, 6) ? 0 : db_int(row, 6) };
	struct str *texts[] = { &x.mode, &x.provider, &x.model, &x.tier, &x.status };
	struct buf key;
	buf_init(&key, SQL_MAX);
	buf_int(&key, x.stage);
	for (int i = 0; i < 5; i++) {
		*texts[i] = kept(s, db_text(row, i + 1));
		buf_char(&key, '\n');
		buf_str(&key, *texts[i]);
	}
	int64_t *number = map_put(p->strata, buf_view(&key));
	if (*number == 0) {
		x.failed = !str_is(x.status, "SUCCESS");
		x.price = price_number(s, p, &x);
		s->strata = mem_more(s->strata, s->n_strata, sizeof *s->strata);
		s->strata[s->n_strata++] = x;
		*number = (int64_t)s->n_strata;
	}
	buf_free(&key);
	return (uint32_t)*number - 1;
}

static int read_places(struct lit_sample *s, struct places *p, struct db *db, struct err *e)
{
	struct db_stmt *row;
	if (db_prepare(db, SERIES, &row, e) < 0)
		return -1;
	int rc;
	while ((rc = db_step(row, e)) == 1) {
		size_t id = (size_t)db_int(row, 0);
		if (id >= p->n) {
			p->of = mem_grow(p->of, id + 1, sizeof *p->of);
			p->n = id + 1;
		}
		p->of[id] = stratum_number(s, p, row);
	}
	db_finalize(row);
	return rc;
}

/* --- prices --- */

static void add_price(struct lit_price *p, const struct db_stmt *row)
{
	if (db_is_null(row, COLUMN_COST) || db_is_null(row, COLUMN_INPUT) || db_is_null(row, COLUMN_OUTPUT))
		return;
	int128 x = db_int(row, COLUMN_INPUT), y = db_int(row, COLUMN_OUTPUT), c = db_int(row, COLUMN_COST);
	if (x > TOKENS_MAX || y > TOKENS_MAX)
		return;
	p->xx += x * x;
	p->xy += x * y;
	p->yy += y * y;
	p->xc += x * c;
	p->yc += y * c;
}

/* Least squares of c = input x + output y: the normal equations, by Cramer's rule. The determinant is exactly 0 where calls do not tell the two apart. */
static void fit_price(struct lit_price *p)
{
	double xx = (double)p->xx, xy = (double)p->xy, yy = (double)p->yy, xc = (double)p->xc, yc = (double)p->yc;
	double determinant = xx * yy - xy * xy;
	p->fits = determinant > 1e-9 * xx * yy;
	if (!p->fits)
		return;
	p->input = (xc * yy - yc * xy) / determinant;
	p->output = (yc * xx - xc * xy) / determinant;
}

/* --- sharing --- */

struct share {
	int64_t remainder;
	size_t stratum;
};

static int by_remainder(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	if (x->remainder != y->remainder)
		return x->remainder > y->remainder ? -1 : 1;
	return x->stratum < y->stratum ? -1 : 1;
}

/* Shares the rows among the n strata named in v: one each where they suffice, the rest in proportion to the calls, by the largest remainders. */
static void share_rows(struct lit_sample *s, struct share *v, size_t n, int64_t rows)
{
	int64_t least = rows >= (int64_t)n, calls = 0;
	for (size_t i = 0; i < n; i++)
		calls += s->strata[v[i].stratum].calls - least;
	int64_t spare = rows - least * (int64_t)n, left = spare < calls ? spare : calls;
	spare = left;
	for (size_t i = 0; i < n; i++) {
		struct lit_stratum *x = &s->strata[v[i].stratum];
		int128 share = (int128)spare * (x->calls - least);
		x->rows = least + (calls ? (int64_t)(share / calls) : 0);
		v[i].remainder = calls ? (int64_t)(share % calls) : 0;
		left -= x->rows - least;
	}
	qsort(v, n, sizeof *v, by_remainder);
	for (size_t i = 0; i < n && left > 0; i++, left--)
		s->strata[v[i].stratum].rows++;
}

/* Those with calls. */
static size_t list_strata(const struct lit_sample *s, struct share *v, bool success, bool failure)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_strata; i++)
		if (s->strata[i].calls > 0 && (s->strata[i].failed ? failure : success))
			v[n++].stratum = i;
	return n;
}

static void settle_rows(struct lit_sample *s, int64_t max_rows)
{
	struct share *v = mem_array(s->n_strata + 1, sizeof *v);
	size_t n = list_strata(s, v, true, false);
	if (s->failures + (int64_t)n <= max_rows) {
		share_rows(s, v, n, max_rows - s->failures);
		n = list_strata(s, v, false, true);
		share_rows(s, v, n, s->failures);
	} else {
		n = list_strata(s, v, true, true);
		share_rows(s, v, n, max_rows);
	}
	free(v);
	for (size_t i = 0; i < s->n_strata; i++) {
		struct lit_stratum *x = &s->strata[i];
		x->first = s->n;
		s->n += (size_t)x->rows;
		s->failures_kept += x->failed ? x->rows : 0;
	}
	s->picks = mem_array(s->n + 1, sizeof *s->picks);
}

/* --- the two passes --- */

static void count_call(struct lit_sample *s, struct lit_stratum *x, const struct db_stmt *row)
{
	x->calls++;
	s->calls++;
	s->failures += x->failed;
	*(str_is(x->mode, "LIVE") ? &s->live : &s->demo) = true;
	add_price(&s->prices[x->price], row);
}

/* SplitMix64 behind FNV-1a, whose low bits are weak. */
static uint64_t rank_of(const struct lit_pick *p)
{
	uint64_t h = hash_fold(HASH_FOLD ^ RESAMPLE_SEED, (struct str){ (const char *)p->id.b, sizeof p->id.b });
	struct random r = { h ^ (uint64_t)p->time_ms };
	return random_bits(&r);
}

/* Lets the pick at the top of a heap, the highest rank first, sink to its place. */
static void sink(struct lit_pick *heap, size_t n, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		child += child + 1 < n && heap[child + 1].rank > heap[child].rank;
		if (heap[at].rank >= heap[child].rank)
			return;
		struct lit_pick swap = heap[at];
		heap[at] = heap[child];
		heap[child] = swap;
	}
}

/* Keeps the lowest ranks of the stratum; when all places are taken they stand as a heap. */
static void draw_call(struct lit_sample *s, struct lit_stratum *x, const struct db_stmt *row)
{
	struct lit_pick p = { .rowid = db_int(row, COLUMN_ROWID), .time_ms = db_int(row, COLUMN_TIME), .stratum = (uint32_t)(x - s->strata) };
	struct lit_pick *heap = &s->picks[x->first];
	size_t n = (size_t)x->rows;
	struct str id = db_blob(row, COLUMN_ID);
	memcpy(p.id.b, id.p, sizeof p.id.b);
	p.rank = rank_of(&p);
	if (x->drawn < n) {
		heap[x->drawn++] = p;
		for (size_t at = n / 2; x->drawn == n && at-- > 0;)
			sink(heap, n, at);
	} else if (n > 0 && p.rank < heap[0].rank) {
		heap[0] = p;
		sink(heap, n, 0);
	}
}

static int pass(struct lit_sample *s, const struct places *p, struct db_stmt *row, bool draw, struct err *e)
{
	int rc;
	while ((rc = db_step(row, e)) == 1) {
		struct lit_stratum *x = &s->strata[p->of[db_int(row, COLUMN_SERIES)]];
		if (draw)
			draw_call(s, x, row);
		else
			count_call(s, x, row);
	}
	return rc;
}

static int by_time(const void *a, const void *b)
{
	const struct lit_pick *x = a, *y = b;
	if (x->time_ms != y->time_ms)
		return x->time_ms < y->time_ms ? -1 : 1;
	return memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

static int read_calls(struct lit_sample *s, const struct places *p, struct db *db, const struct lit_scope *scope, struct err *e)
{
	struct buf sql;
	struct db_stmt *row;
	buf_init(&sql, SQL_MAX);
	buf_z(&sql, COLUMNS);
	lit_scope_sql(scope, &sql);
	int rc = db_prepare(db, buf_cstr(&sql), &row, e);
	if (rc == 0) {
		scope_bind(&scope->scope, row);
		rc = pass(s, p, row, false, e);
		settle_rows(s, scope->max_rows);
		if (rc == 0)
			rc = pass(s, p, row, true, e);
		db_finalize(row);
	}
	buf_free(&sql);
	return rc;
}

int lit_sample_draw(struct lit_sample *s, struct db *db, const struct lit_scope *scope, struct err *e)
{
	struct places p = { .strata = map_new(), .prices = map_new() };
	*s = (struct lit_sample){ .names = intern_new() };
	int rc = read_places(s, &p, db, e);
	if (rc == 0)
		rc = read_calls(s, &p, db, scope, e);
	for (size_t i = 0; i < s->n_prices; i++)
		fit_price(&s->prices[i]);
	if (rc == 0)
		qsort(s->picks, s->n, sizeof *s->picks, by_time);
	map_free(p.strata);
	map_free(p.prices);
	free(p.of);
	return rc;
}

void lit_sample_free(struct lit_sample *s)
{
	intern_free(s->names);
	free(s->strata);
	free(s->prices);
	free(s->picks);
}
