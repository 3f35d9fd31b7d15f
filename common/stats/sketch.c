/*
 * DDSketch with sparse bins: an array of (bin, count), sorted by bin. It has few hundred bins for real latencies, so that a binary
 * search and a short move beat a tree; and it never has more bins than values, so that many small sketches stay small.
 */
#include "stats/sketch.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

#define VERSION 1
#define BIN_MAX 2184 /* of INT64_MAX */
#define VARINT_MAX 9 /* bytes of INT64_MAX: 63 bits in sevens */

struct bin {
	int32_t k;
	int64_t count;
};

struct sketch {
	int64_t zeros, count; /* count: zeros as well */
	struct bin *bins;
	size_t n, cap;
};

struct sketch *sketch_new(void)
{
	return mem_alloc(sizeof(struct sketch));
}

void sketch_free(struct sketch *s)
{
	if (!s)
		return;
	free(s->bins);
	free(s);
}

void sketch_clear(struct sketch *s)
{
	s->zeros = 0;
	s->count = 0;
	s->n = 0;
}

int64_t sketch_count(const struct sketch *s)
{
	return s->count;
}

static double gamma_of_alpha(void)
{
	return (1 + SKETCH_ALPHA) / (1 - SKETCH_ALPHA);
}

static int32_t bin_of(int64_t value)
{
	return (int32_t)ceil(log((double)value) / log(gamma_of_alpha()));
}

double sketch_log_gamma(void)
{
	return log(gamma_of_alpha());
}

int32_t sketch_bin_of(int64_t value)
{
	return value > 0 ? bin_of(value) : SKETCH_ZERO;
}

static double value_of(int32_t k)
{
	return 2 * pow(gamma_of_alpha(), k) / (gamma_of_alpha() + 1);
}

/* The first place whose bin is not less than k. */
static size_t place_of(const struct sketch *s, int32_t k)
{
	size_t lo = 0, hi = s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->bins[mid].k < k)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void insert_bin(struct sketch *s, size_t at, int32_t k)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 4;
		s->bins = mem_grow(s->bins, s->cap, sizeof *s->bins);
	}
	memmove(&s->bins[at + 1], &s->bins[at], (s->n - at) * sizeof *s->bins);
	s->bins[at] = (struct bin){ .k = k };
	s->n++;
}

static void count_bin(struct sketch *s, int32_t k, int64_t count)
{
	size_t at = place_of(s, k);
	if (at == s->n || s->bins[at].k != k)
		insert_bin(s, at, k);
	s->bins[at].count += count;
	s->count += count;
}

static void count_zeros(struct sketch *s, int64_t count)
{
	s->zeros += count;
	s->count += count;
}

void sketch_add(struct sketch *s, int64_t value)
{
	if (value <= 0)
		count_zeros(s, 1);
	else
		count_bin(s, bin_of(value), 1);
}

void sketch_merge(struct sketch *into, const struct sketch *from)
{
	count_zeros(into, from->zeros);
	for (size_t i = 0; i < from->n; i++)
		count_bin(into, from->bins[i].k, from->bins[i].count);
}

/* ceil(percent n / 100), in parts that fit in 64 bits. */
static int64_t nearest_rank(int64_t n, int percent)
{
	return n / 100 * percent + (n % 100 * percent + 99) / 100;
}

double sketch_percentile(const struct sketch *s, int percent)
{
	if (s->count == 0)
		return -1.0;
	int64_t rank = nearest_rank(s->count, percent), upto = s->zeros;
	if (rank <= upto)
		return 0;
	size_t i = 0;
	while (rank > (upto += s->bins[i].count))
		i++;
	return value_of(s->bins[i].k);
}

double sketch_quantile(const struct sketch *s, double share)
{
	if (s->count == 0)
		return -1.0;
	double rank = share * (double)s->count, before = (double)s->zeros;
	if (s->n == 0 || (s->zeros > 0 && rank <= before))
		return 0;
	size_t i = 0;
	while (i + 1 < s->n && rank > before + (double)s->bins[i].count)
		before += (double)s->bins[i++].count;
	double part = fmin(fmax((rank - before) / (double)s->bins[i].count, 0), 1);
	return pow(gamma_of_alpha(), s->bins[i].k - 1 + part);
}

bool sketch_bin(const struct sketch *s, size_t i, int32_t *k, int64_t *count)
{
	if (i > s->n)
		return false;
	*k = i == 0 ? SKETCH_ZERO : s->bins[i - 1].k;
	*count = i == 0 ? s->zeros : s->bins[i - 1].count;
	return true;
}

/* Seven bits a byte, the low ones first, the top bit set in all bytes but the last. */
static void put_varint(struct buf *out, int64_t v)
{
	while (v > 0x7f) {
		buf_char(out, (char)(v | 0x80));
		v >>= 7;
	}
	buf_char(out, (char)v);
}

void sketch_write(const struct sketch *s, struct buf *out)
{
	int32_t last = 0;
	put_varint(out, VERSION);
	put_varint(out, s->zeros);
	for (size_t i = 0; i < s->n; i++) {
		put_varint(out, s->bins[i].k - last);
		put_varint(out, s->bins[i].count);
		last = s->bins[i].k;
	}
}

static bool take_varint(struct str *bytes, int64_t *v)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < VARINT_MAX && i < bytes->n; i++) {
		uint8_t byte = (uint8_t)bytes->p[i];
		sum |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte <= 0x7f) {
			*bytes = (struct str){ bytes->p + i + 1, bytes->n - i - 1 };
			*v = (int64_t)sum;
			return i == 0 || byte != 0; /* one spelling each */
		}
	}
	return false;
}

/* Into an empty sketch, which may be left half filled. */
static bool parse(struct sketch *s, struct str bytes)
{
	int64_t version, zeros, step, count;
	if (!take_varint(&bytes, &version) || version != VERSION || !take_varint(&bytes, &zeros))
		return false;
	count_zeros(s, zeros);
	int64_t k = 0;
	while (bytes.n > 0) {
		if (!take_varint(&bytes, &step) || !take_varint(&bytes, &count))
			return false;
		if (step > BIN_MAX - k || (step == 0 && s->n > 0) || count == 0 || count > INT64_MAX - s->count)
			return false;
		k += step;
		count_bin(s, (int32_t)k, count);
	}
	return true;
}

bool sketch_read(struct sketch *s, struct str bytes)
{
	struct sketch *read = sketch_new();
	bool ok = parse(read, bytes) && read->count <= INT64_MAX - s->count;
	if (ok)
		sketch_merge(s, read);
	sketch_free(read);
	return ok;
}
