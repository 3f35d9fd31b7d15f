/* Differences of two reports. What is compared of a group stands in one table; groups are matched by their keys. */
#include "report/compare.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "stats/intervals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_SCALE 6
#define MS_SCALE 3
#define KEY_MAX ((size_t)1 << 21) /* two texts of an event */

/* A group in both reports; a report that does not have it has an empty one. */
struct pair {
	const char *mode, *tier, *provider, *model;
	const struct report_group *group[2], *total[2];
};

static const struct report_group empty = { .latency = { -1, -1, -1, -1 } };

/* What is compared: part and n of a share; else a value, and of how many calls. */
struct figure {
	const char *name;
	enum report_unit unit;
	void (*look)(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side);
};

static void set(struct report_difference *d, int side, bool known, int128 value, int128 n)
{
	d->known[side] = known;
	d->value[side] = known ? value : 0;
	d->n[side] = n;
}

/* Rounded half up. */
static void set_share(struct report_difference *d, int side, int128 part, int128 n)
{
	int128 one = 1;
	for (int i = 0; i < SHARE_SCALE; i++)
		one *= 10;
	set(d, side, n > 0, n > 0 ? (2 * part * one + n) / (2 * n) : 0, n);
	d->part[side] = part;
}

static void look_calls(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set(d, side, true, g->m[CALLS], g->m[CALLS]);
}

static void look_share(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	set_share(d, side, g->m[CALLS], total->m[CALLS]);
}

static void look_success(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set_share(d, side, g->status[STATUS_SUCCESS], g->m[CALLS]);
}

static void look_escalated(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set_share(d, side, g->m[ESCALATED], g->m[CALLS]);
}

static void look_gate(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set_share(d, side, g->m[GATE_FAILED], g->m[GATED]);
}

static void look_phi(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set_share(d, side, g->m[PHI_FLAGS], g->m[PHI_SCANS]);
}

static void look_unpriced(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set_share(d, side, g->m[CALLS] - report_priced(g), g->m[CALLS]);
}

static void look_cost(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set(d, side, report_priced(g) > 0, g->m[COST_NANO], report_priced(g));
}

static void look_mean_cost(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	int128 n = report_priced(g);
	set(d, side, n > 0, n > 0 ? (2 * g->m[COST_NANO] + n) / (2 * n) : 0, n);
}

static void set_latency(const struct report_group *g, enum report_percentile p, struct report_difference *d, int side)
{
	bool known = g->latency[p] >= 0;
	set(d, side, known, known ? (int128)llround(g->latency[p] * 1000) : 0, g->m[TIMED]);
}

static void look_p50(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set_latency(g, P50, d, side);
}

static void look_p95(const struct report_group *g, const struct report_group *total, struct report_difference *d, int side)
{
	(void)total;
	set_latency(g, P95, d, side);
}

static const struct figure of_all[] = {
	{ "calls", UNIT_COUNT, look_calls },
	{ "success_rate", UNIT_SHARE, look_success },
	{ "escalation_rate", UNIT_SHARE, look_escalated },
	{ "quality_gate_failure_rate", UNIT_SHARE, look_gate },
	{ "phi_flag_rate", UNIT_SHARE, look_phi },
	{ "unpriced_rate", UNIT_SHARE, look_unpriced },
	{ "cost_usd", UNIT_USD, look_cost },
	{ "cost_per_call_usd", UNIT_USD, look_mean_cost },
	{ "latency_p50_ms", UNIT_MS, look_p50 },
	{ "latency_p95_ms", UNIT_MS, look_p95 },
};
static const struct figure of_groups[] = {
	{ "calls", UNIT_COUNT, look_calls },        { "share_of_calls", UNIT_SHARE, look_share },
	{ "success_rate", UNIT_SHARE, look_success }, { "cost_per_call_usd", UNIT_USD, look_mean_cost },
	{ "latency_p50_ms", UNIT_MS, look_p50 },
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Comparing. */

static int scale_of(enum report_unit unit)
{
	static const int scales[] = {
		[UNIT_COUNT] = 0, [UNIT_USD] = NUM_NANO, [UNIT_MS] = MS_SCALE, [UNIT_SHARE] = SHARE_SCALE
	};
	return scales[unit];
}

static void add_interval(struct report_difference *d)
{
	if (d->unit != UNIT_SHARE || !d->known[0] || !d->known[1])
		return;
	struct interval i = interval_newcombe((int64_t)d->part[0], (int64_t)d->n[0], (int64_t)d->part[1], (int64_t)d->n[1]);
	d->has_interval = true;
	d->low = i.low;
	d->high = i.high;
}

static void add(struct report_comparison *c, const struct pair *p, const struct figure *figures, size_t n)
{
	c->v = mem_grow(c->v, c->n + n, sizeof *c->v);
	for (size_t i = 0; i < n; i++) {
		struct report_difference *d = &c->v[c->n++];
		*d = (struct report_difference){
			.mode = p->mode,
			.figure = figures[i].name,
			.tier = p->tier,
			.provider = p->provider,
			.model = p->model,
			.unit = figures[i].unit,
			.scale = scale_of(figures[i].unit),
		};
		for (int side = 0; side < 2; side++)
			figures[i].look(p->group[side], p->total[side], d, side);
		if (d->known[0] && d->known[1])
			d->difference = d->value[0] - d->value[1];
		add_interval(d);
	}
}

static void add_tiers(struct report_comparison *c, struct pair p, const struct report_part *parts[2])
{
	for (size_t i = 0; i < parts[0]->by[BY_TIER].n; i++) { /* both list all three */
		p.tier = parts[0]->by[BY_TIER].v[i].key.name;
		for (int side = 0; side < 2; side++)
			p.group[side] = &parts[side]->by[BY_TIER].v[i];
		add(c, &p, of_groups, COUNT(of_groups));
	}
}

static int64_t *place(struct map *map, const struct report_key *key)
{
	struct buf b;
	buf_init(&b, KEY_MAX);
	buf_z(&b, key->provider);
	buf_char(&b, '\0');
	buf_z(&b, key->name);
	int64_t *at = map_put(map, buf_view(&b));
	buf_free(&b);
	return at;
}

/* Models of the first report in its order, then those that only the second has. */
static void add_models(struct report_comparison *c, struct pair p, const struct report_part *parts[2])
{
	for (int side = 0; side < 2; side++) {
		const struct report_list *models = &parts[side]->by[BY_MODEL], *others = &parts[!side]->by[BY_MODEL];
		struct map *numbers = map_new(); /* of the others, from 1 */
		for (size_t i = 0; i < others->n; i++)
			*place(numbers, &others->v[i].key) = (int64_t)i + 1;
		for (size_t i = 0; i < models->n; i++) {
			int64_t other = *place(numbers, &models->v[i].key);
			if (side == 1 && other > 0)
				continue;
			p.model = models->v[i].key.name;
			p.provider = models->v[i].key.provider;
			p.group[side] = &models->v[i];
			p.group[!side] = other > 0 ? &others->v[other - 1] : &empty;
			add(c, &p, of_groups, COUNT(of_groups));
		}
		map_free(numbers);
	}
}

/* How many of the prompts that were asked often enough have equal outputs. */
static void add_stability(struct report_comparison *c, const char *mode, const struct report_part *parts[2])
{
	if (!parts[0]->analysis.done || !parts[1]->analysis.done)
		return;
	struct report_difference *d = &c->stability[c->n_stability++];
	*d = (struct report_difference){ .mode = mode, .figure = "equal_outputs_rate", .unit = UNIT_SHARE, .scale = SHARE_SCALE };
	for (int side = 0; side < 2; side++) {
		const struct stability_group *g = &parts[side]->analysis.stability->overall;
		set_share(d, side, g->equal, g->tested);
	}
	if (d->known[0] && d->known[1])
		d->difference = d->value[0] - d->value[1];
	add_interval(d);
}

void compare(struct report *r, struct report *with)
{
	static const char *const modes[2] = { "DEMO", "LIVE" };
	struct report_comparison *c = r->against = mem_alloc(sizeof *c);
	c->with = with;
	for (int i = 0; i < 2; i++) {
		const struct report_part *parts[2] = { &r->mode[i], &with->mode[i] };
		if (!parts[0]->mode && !parts[1]->mode)
			continue;
		struct pair all = { .mode = modes[i] };
		for (int side = 0; side < 2; side++)
			all.group[side] = all.total[side] = &parts[side]->total;
		add(c, &all, of_all, COUNT(of_all));
		add_tiers(c, all, parts);
		add_models(c, all, parts);
		add_stability(c, modes[i], parts);
	}
}

void compare_free(struct report_comparison *c)
{
	if (!c)
		return;
	report_free(c->with);
	free(c->v);
	free(c);
}
