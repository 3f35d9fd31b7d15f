/*
 * The map of genai-prices, data.json: [{"id", "provider_match", "models": [{"match", "prices"}]}], USD by the million tokens.
 *
 * Prices are an object, or an array of such with constraints, of which the last that holds counts. A price is a number, or {"base", "tiers"}: the tier is
 * chosen by the input of the request, and all its tokens cost what the tier says. Clauses of type `regex` never match here.
 */
#include "base/timefmt.h"
#include "price/format.h"

#include <stdio.h>

#define CLAUSES_DEPTH 8

static const struct {
	const char *name;
	enum rate_kind kind;
	int scale; /* RATE_SCALE less the number that the price is for */
} members[] = {
	{ "input_mtok", RATE_INPUT, RATE_SCALE - 6 },
	{ "cache_read_mtok", RATE_CACHE_READ, RATE_SCALE - 6 },
	{ "cache_write_mtok", RATE_CACHE_WRITE, RATE_SCALE - 6 },
	{ "output_mtok", RATE_OUTPUT, RATE_SCALE - 6 },
	{ "requests_kcount", RATE_REQUEST, RATE_SCALE - 3 },
};

#define N_MEMBERS (sizeof members / sizeof *members)

static bool ends_with(struct str s, struct str end)
{
	return s.n >= end.n && str_eq((struct str){ s.p + s.n - end.n, end.n }, end);
}

static bool contains(struct str s, struct str part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (str_eq((struct str){ s.p + i, part.n }, part))
			return true;
	return false;
}

static bool starts_with(struct str s, struct str start)
{
	return s.n >= start.n && str_eq((struct str){ s.p, start.n }, start);
}

static bool holds(const struct price_document *d, const struct json *clause, struct str s, int depth);

/* Whether all (or one) of the clauses hold. */
static bool hold(const struct price_document *d, const struct json *clauses, bool all, struct str s, int depth)
{
	for (const struct json *v = json_first(clauses); v; v = json_next(d->reader, v))
		if (holds(d, v, s, depth + 1) != all)
			return !all;
	return all;
}

static bool holds(const struct price_document *d, const struct json *clause, struct str s, int depth)
{
	static const struct {
		const char *name;
		bool (*test)(struct str s, struct str value);
	} tests[] = {
		{ "equals", str_eq }, { "starts_with", starts_with }, { "ends_with", ends_with }, { "contains", contains },
	};
	const struct json *v = clause && clause->type == JSON_OBJECT ? json_first(clause) : NULL;
	if (!v || depth > CLAUSES_DEPTH)
		return false;
	if (v->type == JSON_ARRAY && (str_is(v->key, "or") || str_is(v->key, "and")))
		return hold(d, v, str_is(v->key, "and"), s, depth);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		if (v->type == JSON_STRING && str_is(v->key, tests[i].name))
			return tests[i].test(s, v->text);
	return false;
}

static bool is_text(const struct json *v)
{
	return v && v->type == JSON_STRING;
}

/* Time of the day, in milliseconds, of a text as "16:30:00Z". */
static bool time_of_day(const struct json *v, int64_t *ms)
{
	char text[64];
	if (!is_text(v))
		return false;
	snprintf(text, sizeof text, "1970-01-02T%.*s", STR_ARG(v->text));
	if (!time_parse(str_of(text), ms))
		return false;
	*ms -= time_floor(*ms, TIME_DAY_MS);
	return true;
}

/* Whether the constraint can be judged; then *active: whether it holds at the time. */
static bool judge(const struct price_document *d, const struct json *constraint, int64_t at_ms, bool *active)
{
	const struct json *date = json_get(d->reader, constraint, STR("start_date"));
	int64_t start, end, time = at_ms - time_floor(at_ms, TIME_DAY_MS);
	if (!constraint || constraint->type == JSON_NULL) {
		*active = true;
		return true;
	}
	if (date) {
		bool good = is_text(date) && time_parse_human(date->text, &start);
		*active = good && at_ms >= start;
		return good;
	}
	if (!time_of_day(json_get(d->reader, constraint, STR("start_time")), &start) ||
	    !time_of_day(json_get(d->reader, constraint, STR("end_time")), &end))
		return false;
	*active = start <= end ? time >= start && time < end : time >= start || time < end;
	return true;
}

static int check_price(const struct price_document *d, const struct json *v, int scale, struct err *e)
{
	static const char what[] = "not a price: a number from 0 on, of at most 27 decimals by the token";
	int128 rate;
	int64_t start;
	if (v->type != JSON_OBJECT)
		return v->type == JSON_NULL || rate_read(v, scale, &rate) ? 0 : price_fail(d, v, what, e);
	const struct json *base = json_get(d->reader, v, STR("base")), *tiers = json_get(d->reader, v, STR("tiers"));
	if (!base || !rate_read(base, scale, &rate))
		return price_fail(d, base ? base : v, what, e);
	if (!tiers || tiers->type != JSON_ARRAY)
		return price_fail(d, v, "no tiers", e);
	for (const struct json *tier = json_first(tiers); tier; tier = json_next(d->reader, tier)) {
		const struct json *from = json_get(d->reader, tier, STR("start")), *price = json_get(d->reader, tier, STR("price"));
		if (!from || from->type != JSON_NUMBER || !num_scaled(from->text, 0, &start, NULL))
			return price_fail(d, tier, "no start", e);
		if (!price || !rate_read(price, scale, &rate))
			return price_fail(d, price ? price : tier, what, e);
	}
	return 0;
}

static int check_prices(const struct price_document *d, const struct json *prices, struct err *e)
{
	if (!prices || prices->type != JSON_OBJECT)
		return price_fail(d, prices ? prices : d->root, "not an object of prices", e);
	for (size_t i = 0; i < N_MEMBERS; i++) {
		const struct json *v = json_get(d->reader, prices, str_of(members[i].name));
		if (v && check_price(d, v, members[i].scale, e) != 0)
			return -1;
	}
	return 0;
}

static int check_model(const struct price_document *d, const struct json *model, struct err *e)
{
	bool active;
	const struct json *prices = json_get(d->reader, model, STR("prices"));
	if (!prices)
		return price_fail(d, model, "no prices", e);
	if (prices->type != JSON_ARRAY)
		return check_prices(d, prices, e);
	for (const struct json *v = json_first(prices); v; v = json_next(d->reader, v)) {
		if (!judge(d, json_get(d->reader, v, STR("constraint")), 0, &active))
			return price_fail(d, v, "not a constraint by date or time", e);
		if (check_prices(d, json_get(d->reader, v, STR("prices")), e) != 0)
			return -1;
	}
	return 0;
}

static bool genai_is(const struct price_document *d)
{
	const struct json *v = d->root->type == JSON_ARRAY ? json_first(d->root) : NULL;
	return is_text(json_get(d->reader, v, STR("id"))) && json_get(d->reader, v, STR("models"));
}

static int genai_open(struct price_document *d, struct err *e)
{
	for (const struct json *p = json_first(d->root); p; p = json_next(d->reader, p)) {
		const struct json *models = json_get(d->reader, p, STR("models"));
		if (!is_text(json_get(d->reader, p, STR("id"))) || !models || models->type != JSON_ARRAY)
			return price_fail(d, p, "not a provider with id and models", e);
		for (const struct json *v = json_first(models); v; v = json_next(d->reader, v))
			if (check_model(d, v, e) != 0)
				return -1;
	}
	return 0;
}

static const struct json *provider_called(const struct price_document *d, struct str id)
{
	const struct json *p = json_first(d->root);
	while (p && !str_eq(json_get(d->reader, p, STR("id"))->text, id))
		p = json_next(d->reader, p);
	return p;
}

/* By its id, else by the map's own rule. */
static const struct json *provider_of(const struct price_document *d, struct str name)
{
	const struct json *p = provider_called(d, name);
	if (p)
		return p;
	for (p = json_first(d->root); p; p = json_next(d->reader, p))
		if (holds(d, json_get(d->reader, p, STR("provider_match")), name, 0))
			break;
	return p;
}

static const struct json *model_of(const struct price_document *d, const struct json *provider, struct str model)
{
	const struct json *models = json_get(d->reader, provider, STR("models"));
	const struct json *v = models ? json_first(models) : NULL;
	while (v && !holds(d, json_get(d->reader, v, STR("match")), model, 0))
		v = json_next(d->reader, v);
	return v;
}

/* The provider's own model, else that of a provider whose models it serves. */
static const struct json *served_model(const struct price_document *d, const struct json *provider, struct str name)
{
	const struct json *model = model_of(d, provider, name);
	const struct json *others = json_get(d->reader, provider, STR("fallback_model_providers"));
	const struct json *v = others && others->type == JSON_ARRAY ? json_first(others) : NULL;
	for (; !model && v; v = json_next(d->reader, v))
		model = is_text(v) ? model_of(d, provider_called(d, v->text), name) : NULL;
	return model;
}

/* The last whose constraint holds; NULL: none does. */
static const struct json *prices_at(const struct price_document *d, const struct json *prices, int64_t at_ms)
{
	const struct json *last = NULL;
	bool active;
	if (prices->type != JSON_ARRAY)
		return prices;
	for (const struct json *v = json_first(prices); v; v = json_next(d->reader, v))
		if (judge(d, json_get(d->reader, v, STR("constraint")), at_ms, &active) && active)
			last = json_get(d->reader, v, STR("prices"));
	return last;
}

static int128 price_of(const struct price_document *d, const struct json *v, int scale, int64_t context)
{
	int128 rate = 0;
	int64_t highest = -1, start = 0;
	if (v->type != JSON_OBJECT) {
		rate_read(v, scale, &rate);
		return rate;
	}
	rate_read(json_get(d->reader, v, STR("base")), scale, &rate);
	const struct json *tier = json_first(json_get(d->reader, v, STR("tiers")));
	for (; tier; tier = json_next(d->reader, tier)) {
		num_scaled(json_get(d->reader, tier, STR("start"))->text, 0, &start, NULL);
		if (context > start && start > highest) {
			highest = start;
			rate_read(json_get(d->reader, tier, STR("price")), scale, &rate);
		}
	}
	return rate;
}

static bool genai_find(const struct price_document *d, const struct price_query *q, struct rates *rates)
{
	const struct json *provider = provider_of(d, q->provider);
	const struct json *model = provider ? served_model(d, provider, q->model) : NULL;
	if (!model)
		return false;
	*rates = (struct rates){ 0 };
	const struct json *prices = prices_at(d, json_get(d->reader, model, STR("prices")), q->at_ms);
	for (size_t i = 0; prices && i < N_MEMBERS; i++) {
		const struct json *v = json_get(d->reader, prices, str_of(members[i].name));
		if (v && v->type != JSON_NULL)
			rates->v[members[i].kind] = price_of(d, v, members[i].scale, q->context);
	}
	return true;
}

const struct price_format price_genai = { genai_is, genai_open, genai_find };
