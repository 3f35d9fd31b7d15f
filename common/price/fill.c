/* Only the text of `usage` is written anew; what stands before and behind it is copied. */
#include "price/fill.h"

#include "json/writer.h"
#include "price/rates.h"

/* Whether the contract takes such a cost. */
static bool fits(int64_t nano)
{
	struct buf text;
	buf_init(&text, 64);
	num_decimal(&text, nano, NUM_NANO);
	bool fit = event_number_fits(AI_USAGE_COST_USD, buf_view(&text));
	buf_free(&text);
	return fit;
}

static bool find_cost(const struct price_map *m, const struct event *ev, int64_t at_ms, int64_t *nano)
{
	const int64_t counts[RATE_KINDS] = {
		[RATE_INPUT] = event_int(ev, AI_USAGE_INPUT_TOKENS, 0),
		[RATE_CACHE_READ] = event_int(ev, AI_USAGE_CACHE_READ_TOKENS, 0),
		[RATE_CACHE_WRITE] = event_int(ev, AI_USAGE_CACHE_WRITE_TOKENS, 0),
		[RATE_OUTPUT] = event_int(ev, AI_USAGE_OUTPUT_TOKENS, 0),
		[RATE_REASONING] = event_int(ev, AI_USAGE_REASONING_TOKENS, 0),
		[RATE_REQUEST] = 1,
	};
	const struct price_query query = { event_text(ev, AI_PROVIDER), event_text(ev, AI_MODEL), at_ms, rates_context(counts) };
	struct rates rates;
	return price_map_find(m, &query, &rates) && rates_cost(&rates, counts, nano) && fits(*nano);
}

/* Members that are decided here. */
static bool is_ours(struct str key)
{
	return str_is(key, "cost_usd") || str_is(key, "cost_source") || str_is(key, "price_map");
}

/* Appends the object `usage` with the cost, or without one where map is NULL. */
static void write_usage(const struct json_reader *r, const struct json *usage, const char *map, int64_t nano, struct buf *line)
{
	struct json_writer w;
	json_writer_init(&w, line, false);
	json_open(&w, '{');
	for (const struct json *v = json_first(usage); v; v = json_next(r, v)) {
		if (is_ours(v->key))
			continue;
		json_key_str(&w, v->key);
		json_raw(&w, v->raw);
	}
	json_key(&w, "cost_usd");
	if (map)
		json_decimal(&w, nano, NUM_NANO);
	else
		json_null(&w);
	json_key(&w, "cost_source");
	json_z(&w, map ? "local" : "unknown");
	if (map) {
		json_key(&w, "price_map");
		json_z(&w, map);
	}
	json_close(&w, '}');
}

static void add_around(struct buf *line, const struct json *root, const struct json *usage, bool before)
{
	const char *start = before ? root->raw.p : usage->raw.p + usage->raw.n;
	const char *end = before ? usage->raw.p : root->raw.p + root->raw.n;
	buf_add(line, start, (size_t)(end - start));
}

enum price_outcome price_fill(const struct price_map *m, const struct json_reader *r, const struct event *ev, int64_t at_ms, struct buf *line)
{
	const struct json *usage = ev->schema == &schema_ai ? json_get(r, ev->root, STR("usage")) : NULL;
	enum price_outcome outcome = PRICE_KEPT;
	int64_t nano = 0;
	if (usage && usage->type == JSON_OBJECT && !ev->field[AI_USAGE_COST_USD])
		outcome = find_cost(m, ev, at_ms, &nano) ? PRICE_FILLED : PRICE_UNKNOWN;
	if (outcome == PRICE_KEPT || (outcome == PRICE_UNKNOWN && str_is(event_text(ev, AI_USAGE_COST_SOURCE), "unknown"))) {
		buf_str(line, ev->root->raw);
	} else {
		add_around(line, ev->root, usage, true);
		write_usage(r, usage, outcome == PRICE_FILLED ? price_map_digest(m) : NULL, nano, line);
		add_around(line, ev->root, usage, false);
	}
	buf_char(line, '\n');
	return outcome;
}
