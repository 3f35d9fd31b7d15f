/* Prices and counts are multiplied and added as 128-bit integers: nothing is rounded but the sum. */
#include "price/rates.h"

bool rate_read(const struct json *v, int scale, int128 *rate)
{
	bool exact;
	return v->type == JSON_NUMBER && num_scaled_wide(v->text, scale, rate, &exact) && exact && *rate >= 0;
}

int64_t rates_context(const int64_t counts[RATE_KINDS])
{
	int128 sum = (int128)counts[RATE_INPUT] + counts[RATE_CACHE_READ] + counts[RATE_CACHE_WRITE];
	return sum < INT64_MAX ? (int64_t)sum : INT64_MAX;
}

static int128 rate_of(const struct rates *r, int kind)
{
	return kind == RATE_REASONING && r->v[kind] == 0 ? r->v[RATE_OUTPUT] : r->v[kind];
}

bool rates_cost(const struct rates *r, const int64_t counts[RATE_KINDS], int64_t *nano)
{
	int128 sum = 0, part;
	if (rates_context(counts) == 0 && counts[RATE_OUTPUT] == 0 && counts[RATE_REASONING] == 0)
		return false;
	for (int i = 0; i < RATE_KINDS; i++) {
		int128 rate = rate_of(r, i);
		if (counts[i] > 0 && rate == 0 && i != RATE_REQUEST)
			return false;
		if (__builtin_mul_overflow(rate, counts[i], &part) || __builtin_add_overflow(sum, part, &sum))
			return false;
	}
	return num_rescale(sum, RATE_SCALE, NUM_NANO, nano);
}
