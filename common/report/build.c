/*
 * From what was gathered to the model. Every list comes about in one way: items with a key are sorted by it, and
 * neighbours with equal keys are folded into a group. Items are series (sums), sketches (latency) or counts.
 */
#include "report/analyse.h"
#include "report/compare.h"
#include "report/crosswalk.h"
#include "report/formats.h"
#include "report/gather.h"
#include "report/limits.h"
#include "report/rules.h"
#include "report/touched.h"

#include "base/mem.h"
#include "base/timefmt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const report_statuses[STATUSES] = { "SUCCESS", "FAILED", "BLOCKED", "TIMEOUT", "RATE_LIMITED" };
const char *const report_percentiles[PERCENTILES] = { "p50", "p90", "p95", "p99" };

static const int percents[PERCENTILES] = { 50, 90, 95, 99 };
static const char *const tiers[] = { "NANO", "MINI", "FRONTIER" };

#define N_TIERS (sizeof tiers / sizeof tiers[0])
#define HOURS_SHOWN_MS (3 * TIME_DAY_MS)

struct item {
	struct report_key key;
	const struct series *series;
	const struct sketch *sketch;
};

/* A list while it is made. */
struct folding {
	struct gather *gather;
	const char *mode; /* only items of this mode; NULL: of both */
	struct item *items;
	size_t n, cap;
	struct sketch *latency; /* of the group at hand */
	struct report_list *list;
};

typedef struct report_key key_fn(const struct attributes *is);

static struct report_key key_none(const struct attributes *is)
{
	(void)is;
	return (struct report_key){ 0 };
}

static struct report_key key_tier(const struct attributes *is)
{
	return (struct report_key){ .name = is->tier };
}

static struct report_key key_provider(const struct attributes *is)
{
	return (struct report_key){ .name = is->provider };
}

static struct report_key key_model(const struct attributes *is)
{
	return (struct report_key){ .name = is->model, .provider = is->provider };
}

static struct report_key key_stage(const struct attributes *is)
{
	return (struct report_key){ .stage = is->stage, .name = is->stage_name };
}

static struct report_key key_purpose(const struct attributes *is)
{
	return (struct report_key){ .name = is->purpose };
}

static struct report_key key_tenant(const struct attributes *is)
{
	return (struct report_key){ .name = is->tenant };
}

static struct report_key key_project(const struct attributes *is)
{
	return (struct report_key){ .name = is->project };
}

/* Order. */

/* Absent names come last. */
static int name_order(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

/* Stage 0, none, comes last. */
static int stage_order(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return (a == 0) - (b == 0);
	return (a > b) - (a < b);
}

static int key_order(const struct report_key *a, const struct report_key *b)
{
	int o = stage_order(a->stage, b->stage);
	if (o == 0)
		o = name_order(a->name, b->name);
	if (o == 0)
		o = name_order(a->to, b->to);
	return o ? o : name_order(a->provider, b->provider);
}

static int items_by_key(const void *a, const void *b)
{
	return key_order(&((const struct item *)a)->key, &((const struct item *)b)->key);
}

static int groups_by_calls(const void *x, const void *y)
{
	const struct report_group *a = x, *b = y;
	if (a->m[CALLS] != b->m[CALLS])
		return a->m[CALLS] < b->m[CALLS] ? 1 : -1;
	return key_order(&a->key, &b->key);
}

static int tier_number(const char *tier)
{
	int i = 0;
	while (i < (int)N_TIERS && strcmp(tiers[i], tier) != 0)
		i++;
	return i;
}

static int groups_by_tier(const void *x, const void *y)
{
	const struct report_group *a = x, *b = y;
	return tier_number(a->key.name) - tier_number(b->key.name);
}

/* Folding. */

static void add_item(struct folding *f, const struct attributes *is, struct item item)
{
	if (f->mode && strcmp(f->mode, is->mode) != 0)
		return;
	if (f->n == f->cap) {
		f->cap = 2 * f->cap + 64;
		f->items = mem_grow(f->items, f->cap, sizeof *f->items);
	}
	f->items[f->n++] = item;
}

static void add_series(struct folding *f, key_fn *key)
{
	for (size_t i = 0; i < f->gather->n_series; i++) {
		const struct series *s = &f->gather->series[i];
		if (s->m[CALLS] > 0)
			add_item(f, &s->is, (struct item){ .key = key(&s->is), .series = s });
	}
}

static void add_latencies(struct folding *f, key_fn *key)
{
	for (size_t i = 0; i < f->gather->n_latencies; i++) {
		const struct latency *l = &f->gather->latencies[i];
		if (sketch_count(l->sketch) > 0)
			add_item(f, &l->is, (struct item){ .key = key(&l->is), .sketch = l->sketch });
	}
}

static void fold_series(struct report_group *into, const struct series *s)
{
	for (int i = 0; i < MEASURES; i++) {
		if (i != COST_NANO_MAX && i != LATENCY_MS_MAX)
			into->m[i] += s->m[i];
		else if (s->m[i] > into->m[i])
			into->m[i] = s->m[i];
	}
	into->status[s->is.status] += s->m[CALLS];
}

static void fold_item(struct folding *f, struct report_group *into, const struct item *item)
{
	if (item->series)
		fold_series(into, item->series);
	if (item->sketch)
		sketch_merge(f->latency, item->sketch);
}

/* Folds the items from `at` that have one key; returns where the next key begins. */
static size_t fold_group(struct folding *f, size_t at)
{
	struct report_group *group = &f->list->v[f->list->n++];
	*group = (struct report_group){ .key = f->items[at].key };
	sketch_clear(f->latency);
	while (at < f->n && key_order(&f->items[at].key, &group->key) == 0)
		fold_item(f, group, &f->items[at++]);
	for (int i = 0; i < PERCENTILES; i++)
		group->latency[i] = fmin(sketch_percentile(f->latency, percents[i]), (double)group->m[LATENCY_MS_MAX]);
	return at;
}

/* Of the sorted items. */
static size_t count_keys(const struct folding *f)
{
	size_t n = f->n > 0;
	for (size_t i = 1; i < f->n; i++)
		n += key_order(&f->items[i - 1].key, &f->items[i].key) != 0;
	return n;
}

static void fold(struct folding *f, struct report_list *list)
{
	f->list = list;
	if (f->n > 0)
		qsort(f->items, f->n, sizeof *f->items, items_by_key);
	list->v = mem_array(count_keys(f) + N_TIERS, sizeof *list->v); /* room for tiers that have no calls */
	for (size_t at = 0; at < f->n;)
		at = fold_group(f, at);
	f->n = 0;
}

/* Parts. */

static void sort(struct report_list *list, int (*order)(const void *, const void *))
{
	if (list->n > 0)
		qsort(list->v, list->n, sizeof *list->v, order);
}

static void complete_tiers(struct report_list *list)
{
	for (size_t t = 0; t < N_TIERS; t++) {
		size_t i = 0;
		while (i < list->n && strcmp(list->v[i].key.name, tiers[t]) != 0)
			i++;
		if (i == list->n)
			list->v[list->n++] = (struct report_group){ .key = { .name = tiers[t] }, .latency = { -1, -1, -1, -1 } };
	}
	sort(list, groups_by_tier);
}

static void fold_total(struct folding *f, struct report_group *total)
{
	struct report_list one = { 0 };
	add_series(f, key_none);
	add_latencies(f, key_none);
	fold(f, &one);
	*total = one.n > 0 ? one.v[0] : (struct report_group){ .latency = { -1, -1, -1, -1 } };
	free(one.v);
}

static void fold_lists(struct folding *f, struct report_list by[LISTS])
{
	const bool of_run = f->gather->scope->has_run;
	const struct {
		enum report_list_kind list;
		key_fn *key;
		bool latency; /* sketches have this key, too */
	} groupings[] = {
		{ BY_TIER, key_tier, true },       { BY_PROVIDER, key_provider, true }, { BY_MODEL, key_model, true },
		{ BY_PROJECT, key_project, true }, { BY_STAGE, key_stage, of_run },     { BY_PURPOSE, key_purpose, of_run },
		{ BY_TENANT, key_tenant, of_run },
	};
	for (size_t i = 0; i < sizeof groupings / sizeof groupings[0]; i++) {
		add_series(f, groupings[i].key);
		if (groupings[i].latency)
			add_latencies(f, groupings[i].key);
		fold(f, &by[groupings[i].list]);
	}
	for (int i = 0; i < LISTS; i++)
		if (i != BY_STAGE)
			sort(&by[i], groups_by_calls);
	complete_tiers(&by[BY_TIER]);
}

/* Counts. */

static struct report_key key_tally(const struct tally *t)
{
	struct report_key key = { .name = t->name };
	if (t->kind == OF_ESCALATION)
		key.to = t->is->tier;
	if (t->kind == OF_ASKED) {
		key.to = t->is->model;
		key.provider = t->is->provider;
	}
	return key;
}

static int counts_by_key(const void *a, const void *b)
{
	return key_order(&((const struct report_count *)a)->key, &((const struct report_count *)b)->key);
}

static int counts_by_calls(const void *x, const void *y)
{
	const struct report_count *a = x, *b = y;
	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return key_order(&a->key, &b->key);
}

/* The tallies of the kind and the mode into v, or only their number where v is NULL. */
static size_t take_tallies(const struct folding *f, enum report_count_kind kind, struct report_count *v)
{
	size_t n = 0;
	for (size_t i = 0; i < f->gather->n_tallies; i++) {
		const struct tally *t = &f->gather->tallies[i];
		if (t->kind != kind || (f->mode && strcmp(f->mode, t->is->mode) != 0))
			continue;
		if (v)
			v[n] = (struct report_count){ .key = key_tally(t), .n = t->count };
		n++;
	}
	return n;
}

static void count_up(const struct folding *f, enum report_count_kind kind, struct report_counts *counts)
{
	size_t n = take_tallies(f, kind, NULL);
	struct report_count *v = counts->v = mem_array(n + 1, sizeof *v);
	take_tallies(f, kind, v);
	qsort(v, n, sizeof *v, counts_by_key);
	for (size_t i = 0; i < n; i++) {
		if (counts->n > 0 && counts_by_key(&v[counts->n - 1], &v[i]) == 0)
			v[counts->n - 1].n += v[i].n;
		else
			v[counts->n++] = v[i];
	}
	qsort(v, counts->n, sizeof *v, counts_by_calls);
}

/* Over time. */

static int moments_by_time(const void *x, const void *y)
{
	const struct report_moment *a = x, *b = y;
	return (a->start_ms > b->start_ms) - (a->start_ms < b->start_ms);
}

static void fold_moment(struct report_part *part, const struct report_moment *m, int64_t unit_ms)
{
	int64_t start_ms = time_floor(m->start_ms, unit_ms);
	if (part->n_moments == 0 || part->moments[part->n_moments - 1].start_ms != start_ms)
		part->moments[part->n_moments++] = (struct report_moment){ .start_ms = start_ms };
	struct report_moment *into = &part->moments[part->n_moments - 1];
	into->calls += m->calls;
	into->succeeded += m->succeeded;
	into->priced += m->priced;
	into->cost_nano += m->cost_nano;
}

static void build_moments(struct report_part *part, const struct folding *f, int64_t unit_ms)
{
	const struct gather *g = f->gather;
	part->moments = mem_array(g->n_moments + 1, sizeof *part->moments);
	struct report_moment *hours = mem_array(g->n_moments + 1, sizeof *hours);
	size_t n = 0;
	for (size_t i = 0; i < g->n_moments; i++)
		if (!f->mode || g->moments[i].mode == mode_number(f->mode))
			hours[n++] = g->moments[i].sums;
	qsort(hours, n, sizeof *hours, moments_by_time);
	for (size_t i = 0; i < n; i++)
		fold_moment(part, &hours[i], unit_ms);
	free(hours);
}

/* Hours where all calls lie within three days, else days. */
static int64_t moment_length(const struct gather *g)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (size_t i = 0; i < g->n_moments; i++) {
		int64_t start = g->moments[i].sums.start_ms;
		first = start < first ? start : first;
		last = start > last ? start : last;
	}
	return g->n_moments == 0 || last - first < HOURS_SHOWN_MS ? TIME_HOUR_MS : TIME_DAY_MS;
}

static void set_period(struct report_part *part, const struct folding *f)
{
	bool some = false;
	for (size_t i = 0; i < f->gather->n_series; i++) {
		const struct series *s = &f->gather->series[i];
		if (s->m[CALLS] == 0 || (f->mode && strcmp(f->mode, s->is.mode) != 0))
			continue;
		if (!some || s->first_ms < part->first_ms)
			part->first_ms = s->first_ms;
		if (!some || s->last_ms > part->last_ms)
			part->last_ms = s->last_ms;
		some = true;
	}
}

static void build_part(struct report_part *part, struct gather *g, const char *mode, int64_t moment_ms)
{
	struct folding f = { .gather = g, .mode = mode, .latency = sketch_new() };
	fold_total(&f, &part->total);
	fold_lists(&f, part->by);
	for (int i = 0; i < COUNT_KINDS; i++)
		count_up(&f, (enum report_count_kind)i, &part->counts[i]);
	set_period(part, &f);
	build_moments(part, &f, moment_ms);
	sketch_free(f.latency);
	free(f.items);
}

static int build_top(struct report_part *part, struct gather *g, const struct peaks *peaks, struct err *e)
{
	part->n_top = peaks->n < peaks->keep ? peaks->n : peaks->keep;
	part->top = mem_array(part->n_top + 1, sizeof *part->top);
	for (size_t i = 0; i < part->n_top; i++)
		if (gather_call(g, &peaks->v[i], &part->top[i], e) < 0)
			return -1;
	return 0;
}

static int build_tops(struct report *r, struct gather *g, struct err *e)
{
	struct peaks both;
	peaks_init(&both, (size_t)r->scope.top);
	int rc = 0;
	for (int i = 0; rc == 0 && i < 2; i++) {
		rc = gather_calls(g, &g->peaks[i], e);
		if (rc == 0)
			rc = build_top(&r->mode[i], g, &g->peaks[i], e);
		for (size_t k = 0; k < g->peaks[i].n; k++)
			peaks_offer(&both, &g->peaks[i].v[k]);
	}
	peaks_settle(&both);
	if (rc == 0)
		rc = build_top(&r->all, g, &both, e);
	peaks_free(&both);
	return rc;
}

static const char *keep_uuid(struct report_texts *texts, const struct uuid *u)
{
	char text[UUID_TEXT];
	uuid_format(u, text);
	return texts_keep(texts, str_of(text));
}

static void build_parts(struct report *r, struct gather *g)
{
	static const char *const modes[2] = { "DEMO", "LIVE" };
	r->moment_ms = moment_length(g);
	build_part(&r->all, g, NULL, r->moment_ms);
	for (int i = 0; i < 2; i++) {
		build_part(&r->mode[i], g, modes[i], r->moment_ms);
		r->mode[i].conflicts = g->conflicts[i];
		r->all.conflicts += g->conflicts[i];
		if (r->mode[i].total.m[CALLS] > 0)
			r->mode[i].mode = modes[i];
	}
	r->all.mode = r->mode[0].mode && r->mode[1].mode ? "MIXED" : r->mode[0].mode ? r->mode[0].mode : r->mode[1].mode;
	if (r->scope.has_project)
		r->project = keep_uuid(r->texts, &r->scope.project);
	else if (r->all.by[BY_PROJECT].n == 1)
		r->project = r->all.by[BY_PROJECT].v[0].key.name;
}

/* The report. */

static void take_touched(struct report *r, struct gather *g)
{
	struct report_part *const parts[TOUCHED] = { &r->all, &r->mode[0], &r->mode[1] };
	for (int i = 0; i < TOUCHED; i++) {
		parts[i]->datasets = g->touched[i].v; /* ours from here on, as are the stages */
		parts[i]->n_datasets = g->touched[i].n;
		g->touched[i].v = NULL;
	}
	cells_suppress(r);
	r->stage_runs = g->stage_runs;
	r->n_stage_runs = g->n_stage_runs;
	g->stage_runs = NULL;
	r->run_status = stages_status(r->stage_runs, r->n_stage_runs);
}

static void take_state(struct report *r, struct gather *g)
{
	take_touched(r, g);
	r->record = g->record;
	r->refusals = g->refusals; /* ours from here on */
	r->n_refusals = g->n_refusals;
	g->refusals = NULL;
	r->complete = g->complete; /* likewise */
	g->complete = (struct report_completeness){ 0 };
	const struct report_scope *s = &r->scope;
	r->from_ms = g->from_ms;
	r->to_ms = g->to_ms;
	r->widened_from = s->has_from && g->from_ms != s->from_ms;
	r->widened_to = s->has_to && g->to_ms != s->to_ms;
}

static int build(struct report *r, struct gather *g, struct db *db, struct err *e)
{
	if (gather_all(g, db, &r->scope, r->texts, e) < 0)
		return -1;
	build_parts(r, g);
	if (build_tops(r, g, e) < 0)
		return -1;
	take_state(r, g);
	return g->overflow ? err_set(e, ROS_INPUT, "database %s: a count does not fit in 64 bits", db_path(db)) : 0;
}

static int build_against(struct report *r, struct db *db, struct err *e);

/* Name space of report ids, minted for this purpose. */
static const struct uuid space = {
	{ 0x0b, 0x6d, 0x3f, 0x7e, 0x5a, 0x1c, 0x4e, 0x0d, 0x9a, 0x44, 0x1c, 0x86, 0xe2, 0x57, 0x93, 0xd8 }
};

static int identify(struct report *r, struct err *e)
{
	struct buf content;
	buf_init(&content, REPORT_BYTES_MAX);
	report_json(r, &content, NULL);
	bool ok = buf_ok(&content);
	r->id = uuid_named(&space, buf_view(&content));
	r->identified = true;
	buf_free(&content);
	return ok ? 0 : err_set(e, ROS_INPUT, "the report is longer than %d MiB", (int)(REPORT_BYTES_MAX >> 20));
}

/* Within a read transaction. */
static int build_one(struct report **out, struct db *db, const struct report_scope *scope, const char *generated_by,
                     int64_t generated_ms, struct err *e)
{
	struct report *r = mem_alloc(sizeof *r);
	r->scope = *scope;
	r->generated_by = generated_by;
	r->generated_ms = generated_ms;
	r->texts = texts_new();
	struct gather g = { 0 };
	int rc = build(r, &g, db, e);
	gather_free(&g);
	if (rc == 0)
		rc = report_analyse(r, db, e);
	if (rc == 0) {
		limits_state(r);
		rules_find(r);
		crosswalk_read(r);
		rc = build_against(r, db, e);
	}
	if (rc == 0)
		rc = identify(r, e);
	if (rc < 0) {
		report_free(r);
		r = NULL;
	}
	*out = r;
	return rc;
}

static int build_against(struct report *r, struct db *db, struct err *e)
{
	struct report *with;
	if (!r->scope.against)
		return 0;
	if (build_one(&with, db, r->scope.against, r->generated_by, r->generated_ms, e) < 0)
		return -1;
	compare(r, with);
	return 0;
}

int report_build(struct report **r, struct db *db, const struct report_scope *scope, const char *generated_by,
                 int64_t generated_ms, struct err *e)
{
	*r = NULL;
	if (db_begin_read(db, e) < 0)
		return -1;
	int rc = build_one(r, db, scope, generated_by, generated_ms, e);
	db_rollback(db); /* nothing was written */
	return rc;
}

static void free_part(struct report_part *part)
{
	for (int i = 0; i < LISTS; i++)
		free(part->by[i].v);
	for (int i = 0; i < COUNT_KINDS; i++)
		free(part->counts[i].v);
	free(part->top);
	free(part->moments);
	free(part->datasets);
	report_analysis_free(&part->analysis);
}

void report_free(struct report *r)
{
	if (!r)
		return;
	free_part(&r->all);
	free_part(&r->mode[0]);
	free_part(&r->mode[1]);
	for (size_t i = 0; i < r->n_limitations; i++)
		free(r->limitations[i]);
	free(r->limitations);
	free(r->stage_runs);
	free(r->findings);
	free(r->recommendations);
	free(r->crosswalk);
	compare_free(r->against);
	free(r->refusals);
	free(r->complete.v);
	free(r->complete.losses);
	texts_free(r->texts);
	free(r);
}

/* Derived figures. */

int128 report_priced(const struct report_group *g)
{
	return g->m[PRICED_PROVIDER] + g->m[PRICED_LOCAL] + g->m[PRICED_UNSTATED];
}

int128 report_tokens(const struct report_group *g)
{
	int128 sum = 0;
	for (int i = INPUT_TOKENS; i <= REASONING_TOKENS; i++)
		sum += g->m[i];
	return sum;
}

int128 report_latency_mean_us(const struct report_group *g)
{
	if (g->m[TIMED] == 0)
		return -1;
	int128 n = g->m[TIMED], whole = g->m[LATENCY_MS] / n, rest = g->m[LATENCY_MS] % n;
	return whole * 1000 + (rest * 1000 + n / 2) / n;
}

const char *report_status(const struct report_group *g)
{
	const char *shared = NULL;
	for (int i = 0; i < STATUSES; i++) {
		if (g->status[i] > 0 && shared)
			return "MIXED";
		if (g->status[i] > 0)
			shared = report_statuses[i];
	}
	return shared;
}
