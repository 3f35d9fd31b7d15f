/*
 * LiteLLM's map, model_prices_and_context_window.json: {"PREFIX/MODEL": {"litellm_provider", "input_cost_per_token", ...}}, USD by the token.
 *
 * Tiers are members NAME_above_Nk_tokens, or elements of `tiered_pricing` with a `range`. A tier is chosen by the input of the request, and all its
 * tokens cost what the tier says. It has no effective dates.
 */
#include "base/buf.h"
#include "price/format.h"
#include "price/names.h"

#define KEY_MAX 512

static const struct {
	const char *name;
	enum rate_kind kind;
} members[] = {
	{ "input_cost_per_token", RATE_INPUT },
	{ "cache_read_input_token_cost", RATE_CACHE_READ },
	{ "cache_creation_input_token_cost", RATE_CACHE_WRITE },
	{ "output_cost_per_token", RATE_OUTPUT },
	{ "output_cost_per_reasoning_token", RATE_REASONING },
	{ "input_cost_per_request", RATE_REQUEST },
};

/* "" is 0, "_above_200k_tokens" is 200000; anything else is of another service class or another clock: no tier of ours. */
static bool tier_start(struct str suffix, int64_t *start)
{
	static const struct str before = { "_above_", 7 }, after = { "k_tokens", 8 };
	*start = 0;
	if (suffix.n == 0)
		return true;
	if (!str_starts(suffix, before.p) || suffix.n <= before.n + after.n)
		return false;
	struct str digits = { suffix.p + before.n, suffix.n - before.n - after.n };
	if (!str_is((struct str){ digits.p + digits.n, after.n }, after.p) || !num_int_in(digits, 1, INT64_MAX / 1000, start))
		return false;
	*start *= 1000;
	return true;
}

/* Whether the member is a price by the token, and which. */
static bool is_price(struct str key, enum rate_kind *kind, int64_t *start)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		size_t n = str_of(members[i].name).n;
		if (str_starts(key, members[i].name) && tier_start((struct str){ key.p + n, key.n - n }, start)) {
			*kind = members[i].kind;
			return true;
		}
	}
	return false;
}

static int check_prices(const struct price_document *d, const struct json *entry, struct err *e)
{
	enum rate_kind kind;
	int64_t start;
	int128 rate;
	for (const struct json *v = json_first(entry); v; v = json_next(d->reader, v))
		if (is_price(v->key, &kind, &start) && v->type != JSON_NULL && !rate_read(v, RATE_SCALE, &rate))
			return price_fail(d, v, "not a price: a number from 0 on, of at most 27 decimals", e);
	return 0;
}

static int check_entry(const struct price_document *d, const struct json *entry, struct err *e)
{
	const struct json *tiers = json_get(d->reader, entry, STR("tiered_pricing"));
	if (entry->type != JSON_OBJECT)
		return price_fail(d, entry, "not an object", e);
	if (tiers && tiers->type != JSON_ARRAY)
		return price_fail(d, tiers, "not an array", e);
	for (const struct json *v = tiers ? json_first(tiers) : NULL; v; v = json_next(d->reader, v))
		if (check_prices(d, v, e) != 0)
			return -1;
	return check_prices(d, entry, e);
}

static bool litellm_is(const struct price_document *d)
{
	const struct json *v = d->root->type == JSON_OBJECT ? json_first(d->root) : NULL;
	while (v && !json_get(d->reader, v, STR("litellm_provider")))
		v = json_next(d->reader, v);
	return v != NULL;
}

static int litellm_open(struct price_document *d, struct err *e)
{
	for (const struct json *v = json_first(d->root); v; v = json_next(d->reader, v)) {
		if (check_entry(d, v, e) != 0)
			return -1;
		*map_put(d->index, v->key) = v - d->root;
	}
	return 0;
}

static const struct json *entry_at(const struct price_document *d, struct str key)
{
	const int64_t *at = map_get(d->index, key);
	return at ? d->root + *at : NULL;
}

static const struct json *with_prefix(const struct price_document *d, struct str prefix, struct str model)
{
	struct buf key;
	buf_init(&key, KEY_MAX);
	buf_str(&key, prefix);
	buf_char(&key, '/');
	buf_str(&key, model);
	const struct json *entry = buf_ok(&key) ? entry_at(d, buf_view(&key)) : NULL;
	buf_free(&key);
	return entry;
}

/* A key without a prefix counts only where it is the provider's own. */
static const struct json *without_prefix(const struct price_document *d, struct str owner, struct str model)
{
	const struct json *entry = entry_at(d, model);
	const struct json *provider = json_get(d->reader, entry, STR("litellm_provider"));
	return provider && provider->type == JSON_STRING && str_glob(owner, provider->text) ? entry : NULL;
}

static const struct json *entry_of(const struct price_document *d, const struct price_query *q)
{
	struct provider_names names;
	if (!provider_names(q->provider, &names)) {
		const struct json *entry = with_prefix(d, q->provider, q->model);
		return entry ? entry : without_prefix(d, q->provider, q->model);
	}
	for (int i = 0; i < 2 && names.prefix[i]; i++) {
		const struct json *entry = with_prefix(d, str_of(names.prefix[i]), q->model);
		if (entry)
			return entry;
	}
	return without_prefix(d, str_of(names.owner), q->model);
}

/* Takes the object's prices, of each kind that of the highest tier below the request's input. */
static void take_prices(const struct price_document *d, const struct json *object, int64_t context, struct rates *rates)
{
	int64_t highest[RATE_KINDS] = { 0 }, start;
	enum rate_kind kind;
	for (const struct json *v = json_first(object); v; v = json_next(d->reader, v)) {
		if (v->type == JSON_NULL || !is_price(v->key, &kind, &start) || start < highest[kind] || (start > 0 && context <= start))
			continue;
		highest[kind] = start;
		rate_read(v, RATE_SCALE, &rates->v[kind]);
	}
}

static bool in_range(const struct price_document *d, const struct json *tier, int64_t context)
{
	const struct json *from = json_at(d->reader, tier, "range/0"), *to = json_at(d->reader, tier, "range/1");
	int64_t low, high;
	return from && to && from->type == JSON_NUMBER && to->type == JSON_NUMBER && num_scaled(from->text, 0, &low, NULL) &&
	       num_scaled(to->text, 0, &high, NULL) && (context > low || low == 0) && context <= high;
}

static bool litellm_find(const struct price_document *d, const struct price_query *q, struct rates *rates)
{
	const struct json *entry = entry_of(d, q);
	if (!entry)
		return false;
	*rates = (struct rates){ 0 };
	const struct json *tiers = json_get(d->reader, entry, STR("tiered_pricing"));
	if (!tiers) {
		take_prices(d, entry, q->context, rates);
		return true;
	}
	for (const struct json *v = json_first(tiers); v; v = json_next(d->reader, v))
		if (in_range(d, v, q->context))
			take_prices(d, v, q->context, rates);
	return true;
}

const struct price_format price_litellm = { litellm_is, litellm_open, litellm_find };
