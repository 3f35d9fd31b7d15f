/* Recursive descent over the bytes into a flat list of nodes; the depth limit bounds the recursion. */
#include "json/reader.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/num.h"
#include "json/writer.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many members of an object are compared with each other; the keys of one with more are in a set. */
#define FEW_MEMBERS 32

/* A place in the set of the keys seen in this text, for refusing duplicates in constant time a key. */
struct key_slot {
	uint32_t text; /* which text it belongs to: old slots count as empty */
	uint32_t node;
};

/* A member while its object is sorted: the first eight bytes of the key decide nearly every comparison. */
struct sorting {
	uint64_t prefix;
	uint32_t node;
};

#define PLACES 64 /* arrays whose last asked place is remembered */

/* A place in an array that was counted: pointers to many elements of a long array must not count from its start. */
struct place {
	uint32_t text, node, i; /* the text that it belongs to, as in key_slot */
};

struct json_reader {
	struct json_limits limits;
	struct json *nodes;
	uint32_t n, cap;
	const char *base, *at, *end;
	char *decoded; /* strings that had escapes; as long as the text at the most */
	size_t decoded_n, decoded_cap;
	struct key_slot *keys;
	uint32_t keys_cap, keys_n, text_number;
	struct sorting *sorting; /* a stack, one stretch an open object */
	uint32_t sorting_n, sorting_cap;
	struct place *places;
	struct json_fault *fault;
};

struct json_reader *json_reader_new(struct json_limits limits)
{
	struct json_reader *r = mem_alloc(sizeof *r);
	r->limits = limits;
	r->cap = 256;
	r->nodes = mem_array(r->cap, sizeof *r->nodes);
	r->keys_cap = 256;
	r->keys = mem_array(r->keys_cap, sizeof *r->keys);
	r->places = mem_array(PLACES, sizeof *r->places);
	return r;
}

void json_reader_free(struct json_reader *r)
{
	if (!r)
		return;
	free(r->nodes);
	free(r->decoded);
	free(r->keys);
	free(r->sorting);
	free(r->places);
	free(r);
}

static bool fail(struct json_reader *r, uint32_t parent, struct str key, const char *rule)
{
	struct json_fault *f = r->fault;
	f->rule = rule;
	f->offset = (size_t)(r->at - r->base);
	f->pointer[0] = '\0';
	if (r->n == 0)
		return false;
	struct json here = { .parent = parent, .key = key };
	json_pointer(r, &r->nodes[0], &here, f->pointer, sizeof f->pointer);
	return false;
}

static void skip_space(struct json_reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
		r->at++;
}

/*
 * How many of the eight bytes at p begin a run of plain ASCII in a string: up to a control character, a quote, a backslash or what is not ASCII. In each
 * byte of `found` the high bit says so; a borrow can only spoil the bytes behind the first that is found (Hacker's Delight, 6-1).
 */
static unsigned plain_run(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
	uint64_t w;
	memcpy(&w, p, sizeof w);
	w = le64toh(w);
	uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
	uint64_t found = (w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & high;
	return found ? (unsigned)__builtin_ctzll(found) / 8 : 8;
}

/* Moves over plain ASCII. */
static void skip_plain(struct json_reader *r)
{
	unsigned run = 8;
	while (run == 8 && r->end - r->at >= 8) {
		run = plain_run(r->at);
		r->at += run;
	}
}

/* Length of the well-formed UTF-8 sequence at p that starts with a byte of 0x80 or more; 0: none (RFC 3629). */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	unsigned char lo = 0x80, hi = 0xBF;
	size_t length;
	if (p[0] >= 0xC2 && p[0] <= 0xDF) {
		length = 2;
	} else if ((p[0] & 0xF0) == 0xE0) {
		length = 3;
		lo = p[0] == 0xE0 ? 0xA0 : lo;
		hi = p[0] == 0xED ? 0x9F : hi;
	} else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
		length = 4;
		lo = p[0] == 0xF0 ? 0x90 : lo;
		hi = p[0] == 0xF4 ? 0x8F : hi;
	} else {
		return 0;
	}
	if (n < length || p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return length;
}

static int hex4(const char *p, const char *end)
{
	if (end - p < 4)
		return -1;
	int v = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

static char *encode_utf8(char *o, uint32_t c)
{
	if (c < 0x80) {
		*o++ = (char)c;
	} else if (c < 0x800) {
		*o++ = (char)(0xC0 | c >> 6);
		*o++ = (char)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		*o++ = (char)(0xE0 | c >> 12);
		*o++ = (char)(0x80 | (c >> 6 & 0x3F));
		*o++ = (char)(0x80 | (c & 0x3F));
	} else {
		*o++ = (char)(0xF0 | c >> 18);
		*o++ = (char)(0x80 | (c >> 12 & 0x3F));
		*o++ = (char)(0x80 | (c >> 6 & 0x3F));
		*o++ = (char)(0x80 | (c & 0x3F));
	}
	return o;
}

/* \uXXXX at r->at (behind the u), with its second half where it is a surrogate. NULL or the rule that it breaks. */
static const char *read_unicode(struct json_reader *r, char **o)
{
	int c = hex4(r->at, r->end);
	if (c < 0)
		return "syntax";
	r->at += 4;
	if (c >= 0xDC00 && c <= 0xDFFF)
		return "utf8";
	if (c >= 0xD800 && c <= 0xDBFF) {
		int low = r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u' ? hex4(r->at + 2, r->end) : -1;
		if (low < 0xDC00 || low > 0xDFFF)
			return "utf8";
		r->at += 6;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	*o = encode_utf8(*o, (uint32_t)c);
	return NULL;
}

static const char *read_escape(struct json_reader *r, char **o)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	r->at++;
	if (r->at == r->end)
		return "syntax";
	char c = *r->at++;
	if (c == 'u')
		return read_unicode(r, o);
	const char *p = c ? strchr(from, c) : NULL;
	if (!p)
		return "syntax";
	*(*o)++ = to[p - from];
	return NULL;
}

/* The string whose opening quote is at r->at. Without escapes it stays where it is in the text. */
static const char *read_string(struct json_reader *r, struct str *s)
{
	const char *start = ++r->at, *plain = start;
	char *decoded = NULL, *o = NULL;
	for (;;) {
		skip_plain(r);
		if (r->at == r->end)
			return "syntax";
		unsigned char c = (unsigned char)*r->at;
		if (c == '"')
			break;
		if (c < 0x20)
			return "syntax";
		if (c == '\\') {
			if (!decoded)
				decoded = o = r->decoded + r->decoded_n;
			memcpy(o, plain, (size_t)(r->at - plain));
			o += r->at - plain;
			const char *rule = read_escape(r, &o);
			if (rule)
				return rule;
			plain = r->at;
		} else if (c >= 0x80) {
			size_t length = utf8_length((const unsigned char *)r->at, (size_t)(r->end - r->at));
			if (length == 0)
				return "utf8";
			r->at += length;
		} else {
			r->at++;
		}
	}
	*s = (struct str){ start, (size_t)(r->at - start) };
	if (decoded) {
		memcpy(o, plain, (size_t)(r->at - plain));
		o += r->at - plain;
		*s = (struct str){ decoded, (size_t)(o - decoded) };
		r->decoded_n += s->n;
	}
	r->at++;
	return NULL;
}

static const char *skip_digits(struct json_reader *r)
{
	const char *start = r->at;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at == start ? NULL : start;
}

/* RFC 8259 section 6; what a double cannot hold is refused, since readers beside us would see infinity. */
static const char *read_number(struct json_reader *r, struct str *s)
{
	const char *start = r->at;
	bool exponent = false;
	if (*r->at == '-')
		r->at++;
	const char *digits = skip_digits(r);
	if (!digits || (*digits == '0' && r->at - digits > 1))
		return "syntax";
	if (r->at < r->end && *r->at == '.') {
		r->at++;
		if (!skip_digits(r))
			return "syntax";
	}
	if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		exponent = true;
		r->at++;
		if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
			r->at++;
		if (!skip_digits(r))
			return "syntax";
	}
	*s = (struct str){ start, (size_t)(r->at - start) };
	if (exponent || s->n > 300) {
		struct str magnitude = *start == '-' ? (struct str){ start + 1, s->n - 1 } : *s;
		/* The smallest number that rounds to infinity, 2^1024 - 2^970, to 20 digits. */
		if (num_cmp(magnitude, STR("1.7976931348623158079e308")) >= 0)
			return "number-range";
	}
	return NULL;
}

static const char *read_word(struct json_reader *r, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return "syntax";
	r->at += n;
	return NULL;
}

static void keys_grow(struct json_reader *r);

/* Notes the member's key within its object in the set. False: it was there already. */
static bool note_key(struct json_reader *r, uint32_t node)
{
	if (r->keys_n * 2 >= r->keys_cap)
		keys_grow(r);
	const struct json *v = &r->nodes[node];
	uint32_t i = (uint32_t)(hash_bytes(v->key.p, v->key.n) + v->parent * UINT64_C(0x9E3779B97F4A7C15)) & (r->keys_cap - 1);
	for (; r->keys[i].text == r->text_number; i = (i + 1) & (r->keys_cap - 1)) {
		const struct json *other = &r->nodes[r->keys[i].node];
		if (other->parent == v->parent && str_eq(other->key, v->key))
			return false;
	}
	r->keys[i] = (struct key_slot){ r->text_number, node };
	r->keys_n++;
	return true;
}

static void keys_grow(struct json_reader *r)
{
	struct key_slot *old = r->keys;
	uint32_t n = r->keys_cap;
	r->keys_cap *= 2;
	r->keys = mem_array(r->keys_cap, sizeof *r->keys);
	r->keys_n = 0;
	for (uint32_t i = 0; i < n; i++)
		if (old[i].text == r->text_number)
			note_key(r, old[i].node);
	free(old);
}

/* Whether the object, whose count of members is `node`'s not included, has no other member with that key. */
static bool key_is_new(struct json_reader *r, uint32_t node)
{
	const struct json *object = &r->nodes[r->nodes[node].parent], *v = &r->nodes[node];
	if (object->count > FEW_MEMBERS)
		return note_key(r, node);
	for (const struct json *m = object + 1; m < v; m = &r->nodes[m->after])
		if (str_eq(m->key, v->key))
			return false;
	if (object->count == FEW_MEMBERS) /* from now on by the set */
		for (const struct json *m = object + 1; m <= v; m = &r->nodes[m->after])
			note_key(r, (uint32_t)(m - r->nodes));
	return true;
}

static bool add_node(struct json_reader *r, uint32_t parent, struct str key)
{
	if (r->n == r->limits.nodes)
		return fail(r, parent, key, "size");
	if (r->n == r->cap) {
		r->cap *= 2;
		r->nodes = mem_grow(r->nodes, r->cap, sizeof *r->nodes);
	}
	r->nodes[r->n++] = (struct json){ .parent = parent, .key = key };
	return true;
}

static bool read_value(struct json_reader *r, uint32_t parent, struct str key, uint32_t depth);

static bool read_member(struct json_reader *r, uint32_t object, uint32_t depth)
{
	struct str key = { 0 };
	if (r->at == r->end || *r->at != '"')
		return fail(r, object, key, "syntax");
	const char *rule = read_string(r, &key);
	if (rule)
		return fail(r, object, (struct str){ 0 }, rule);
	skip_space(r);
	if (r->at == r->end || *r->at != ':')
		return fail(r, object, key, "syntax");
	r->at++;
	uint32_t node = r->n;
	if (!read_value(r, object, key, depth))
		return false;
	return key_is_new(r, node) || fail(r, object, key, "duplicate-key");
}

/* The object or array whose bracket is at r->at; `self` is its node. */
static bool read_container(struct json_reader *r, uint32_t self, char closing, uint32_t depth)
{
	struct str none = { 0 };
	if (depth > r->limits.depth)
		return fail(r, self, none, "depth");
	r->at++;
	skip_space(r);
	if (r->at < r->end && *r->at == closing) {
		r->at++;
		return true;
	}
	for (;;) {
		skip_space(r);
		if (closing == '}' ? !read_member(r, self, depth) : !read_value(r, self, none, depth))
			return false;
		r->nodes[self].count++;
		skip_space(r);
		if (r->at == r->end || (*r->at != ',' && *r->at != closing))
			return fail(r, self, none, "syntax");
		if (*r->at++ == closing)
			return true;
	}
}

static bool read_value(struct json_reader *r, uint32_t parent, struct str key, uint32_t depth)
{
	skip_space(r);
	uint32_t self = r->n;
	if (!add_node(r, parent, key))
		return false;
	if (r->at == r->end)
		return fail(r, parent, key, "syntax");
	const char *start = r->at, *rule = NULL;
	enum json_type type = JSON_NUMBER;
	struct str text = { 0 };
	switch (*start) {
	case '{': type = JSON_OBJECT; break;
	case '[': type = JSON_ARRAY; break;
	case '"': type = JSON_STRING; rule = read_string(r, &text); break;
	case 't': type = JSON_TRUE; rule = read_word(r, "true"); break;
	case 'f': type = JSON_FALSE; rule = read_word(r, "false"); break;
	case 'n': type = JSON_NULL; rule = read_word(r, "null"); break;
	default: rule = read_number(r, &text); break;
	}
	if (rule)
		return fail(r, parent, key, rule);
	r->nodes[self].type = type;
	r->nodes[self].text = text;
	if (type >= JSON_ARRAY && !read_container(r, self, type == JSON_OBJECT ? '}' : ']', depth + 1))
		return false;
	r->nodes[self].raw = (struct str){ start, (size_t)(r->at - start) };
	r->nodes[self].after = r->n;
	return true;
}

static void begin(struct json_reader *r, struct str text, struct json_fault *fault)
{
	r->fault = fault;
	r->base = r->at = text.p;
	r->end = text.p + text.n;
	r->n = r->keys_n = 0;
	r->decoded_n = 0;
	if (r->decoded_cap < text.n) {
		r->decoded_cap = text.n;
		r->decoded = mem_grow(r->decoded, r->decoded_cap, 1);
	}
	if (++r->text_number == 0) { /* after 2^32 texts: old slots must not look new */
		memset(r->keys, 0, r->keys_cap * sizeof *r->keys);
		memset(r->places, 0, PLACES * sizeof *r->places);
		r->text_number = 1;
	}
}

const struct json *json_read(struct json_reader *r, struct str text, struct json_fault *fault)
{
	struct str none = { 0 };
	if (text.n > r->limits.bytes) {
		*fault = (struct json_fault){ .rule = "size" };
		return NULL;
	}
	begin(r, text, fault);
	if (str_starts(text, "\xEF\xBB\xBF")) {
		fail(r, 0, none, "byte-order-mark");
		return NULL;
	}
	if (!read_value(r, 0, none, 0))
		return NULL;
	skip_space(r);
	if (r->at != r->end) {
		fail(r, 0, none, "syntax");
		return NULL;
	}
	return &r->nodes[0];
}

const struct json *json_first(const struct json *v)
{
	return v->count ? v + 1 : NULL;
}

const struct json *json_next(const struct json_reader *r, const struct json *v)
{
	const struct json *next = &r->nodes[v->after];
	return v != r->nodes && v->after < r->nodes[v->parent].after ? next : NULL;
}

const struct json *json_get(const struct json_reader *r, const struct json *v, struct str key)
{
	if (!v || v->type != JSON_OBJECT)
		return NULL;
	for (const struct json *m = json_first(v); m; m = json_next(r, m))
		if (str_eq(m->key, key))
			return m;
	return NULL;
}

static const struct json *element(const struct json_reader *r, const struct json *v, struct str index)
{
	int64_t i;
	if (!num_int_in(index, 0, v->count ? (int64_t)v->count - 1 : -1, &i))
		return NULL;
	const struct json *m = json_first(v);
	while (m && i-- > 0)
		m = json_next(r, m);
	return m;
}

/* Whether a step of a path spells the key. */
static bool spells(struct str step, struct str key)
{
	size_t i = 0, n = 0;
	for (; i < step.n && n < key.n; i++, n++) {
		char c = step.p[i];
		if (c == '~' && i + 1 < step.n && (step.p[i + 1] == '0' || step.p[i + 1] == '1'))
			c = step.p[++i] == '0' ? '~' : '/';
		if (c != key.p[n])
			return false;
	}
	return i == step.n && n == key.n;
}

static const struct json *member(const struct json_reader *r, const struct json *v, struct str step)
{
	const struct json *m = v->type == JSON_OBJECT ? json_first(v) : NULL;
	while (m && !spells(step, m->key))
		m = json_next(r, m);
	return m;
}

const struct json *json_at(const struct json_reader *r, const struct json *v, const char *path)
{
	struct str rest = str_of(path), head;
	while (v && rest.p) {
		rest = str_cut(rest, '/', &head);
		v = v->type == JSON_ARRAY ? element(r, v, head) : member(r, v, head);
	}
	return v;
}

static bool may_show(const struct json_reader *r, struct str key)
{
	return r->limits.may_show && r->limits.may_show(key);
}

/* The place of v in its array, from 0. A value that is still being read has no place in the list yet: it is the next one. */
static uint32_t position(const struct json_reader *r, const struct json *v)
{
	const struct json *parent = &r->nodes[v->parent];
	uint32_t i = 0;
	if (v < r->nodes || v >= r->nodes + r->n)
		return parent->count;
	const struct json *m = parent + 1;
	struct place *last = &r->places[v->parent % PLACES];
	if (last->text == r->text_number && last->node <= v - r->nodes && r->nodes[last->node].parent == v->parent) {
		m = &r->nodes[last->node];
		i = last->i;
	}
	for (; m < v && m->after; m = &r->nodes[m->after])
		i++;
	*last = (struct place){ r->text_number, (uint32_t)(m - r->nodes), i };
	return i;
}

static size_t append(char *out, size_t size, size_t n, const char *p, size_t length)
{
	for (size_t i = 0; i < length && n + 1 < size; i++)
		out[n++] = p[i];
	out[n] = '\0';
	return n;
}

static size_t pointer(const struct json_reader *r, const struct json *root, const struct json *v, char *out, size_t size)
{
	if (v == root || v == r->nodes)
		return append(out, size, 0, "", 0);
	const struct json *parent = &r->nodes[v->parent];
	size_t n = pointer(r, root, parent, out, size);
	char index[16];
	if (v->key.p) {
		n = append(out, size, n, "/", 1);
		return may_show(r, v->key) ? append(out, size, n, v->key.p, v->key.n) : append(out, size, n, "?", 1);
	}
	if (parent->type != JSON_ARRAY)
		return n;
	int length = snprintf(index, sizeof index, "/%u", position(r, v));
	return append(out, size, n, index, (size_t)length);
}

void json_pointer(const struct json_reader *r, const struct json *root, const struct json *v, char *out, size_t size)
{
	pointer(r, root, v, out, size);
}

static uint64_t key_prefix(struct str key)
{
	uint64_t w = 0;
	memcpy(&w, key.p, key.n < sizeof w ? key.n : sizeof w);
	return be64toh(w);
}

static bool sorts_before(const struct json_reader *r, const struct sorting *a, const struct sorting *b)
{
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix;
	return str_cmp(r->nodes[a->node].key, r->nodes[b->node].key) < 0;
}

/* Shell sort: no recursion, no worst case that hurts at the limit of nodes, fast where members are few. */
static void sort_members(const struct json_reader *r, struct sorting *s, uint32_t n)
{
	static const uint32_t gaps[] = { 29524, 9841, 3280, 1093, 364, 121, 40, 13, 4, 1 };
	for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
		for (uint32_t i = gaps[g]; i < n; i++) {
			struct sorting moving = s[i];
			uint32_t k = i;
			for (; k >= gaps[g] && sorts_before(r, &moving, &s[k - gaps[g]]); k -= gaps[g])
				s[k] = s[k - gaps[g]];
			s[k] = moving;
		}
	}
}

/* The string between `before` and `after`, which are one character or none. */
static void canonical_string(const struct json_reader *r, const char *before, struct str s, const char *after, struct buf *out)
{
	if (s.p < r->base || s.p >= r->end) {
		buf_z(out, before);
		json_quote(out, s);
		buf_z(out, after);
		return;
	}
	char *start = buf_reserve(out, s.n + 4), *o = start; /* it had no escapes, so it needs none */
	if (!o)
		return;
	if (*before)
		*o++ = *before;
	*o++ = '"';
	memcpy(o, s.p, s.n);
	o += s.n;
	*o++ = '"';
	if (*after)
		*o++ = *after;
	out->n += (size_t)(o - start);
}

static void canonical_members(struct json_reader *r, const struct json *v, const struct json *skip, struct buf *out)
{
	uint32_t first = r->sorting_n;
	if (r->sorting_cap - first < v->count) {
		r->sorting_cap = first + v->count + 64;
		r->sorting = mem_grow(r->sorting, r->sorting_cap, sizeof *r->sorting);
	}
	for (const struct json *m = json_first(v); m; m = json_next(r, m))
		if (m != skip)
			r->sorting[r->sorting_n++] = (struct sorting){ key_prefix(m->key), (uint32_t)(m - r->nodes) };
	uint32_t n = r->sorting_n - first;
	sort_members(r, r->sorting + first, n);
	for (uint32_t i = 0; i < n; i++) {
		const struct json *m = &r->nodes[r->sorting[first + i].node];
		canonical_string(r, i ? "," : "", m->key, ":", out);
		json_canonical(r, m, skip, out);
	}
	r->sorting_n = first;
}

static void canonical_elements(struct json_reader *r, const struct json *v, const struct json *skip, struct buf *out)
{
	bool some = false;
	for (const struct json *m = json_first(v); m; m = json_next(r, m)) {
		if (m == skip)
			continue;
		if (some)
			buf_char(out, ',');
		some = true;
		json_canonical(r, m, skip, out);
	}
}

void json_canonical(struct json_reader *r, const struct json *v, const struct json *skip, struct buf *out)
{
	switch (v->type) {
	case JSON_NULL: buf_z(out, "null"); break;
	case JSON_FALSE: buf_z(out, "false"); break;
	case JSON_TRUE: buf_z(out, "true"); break;
	case JSON_NUMBER: num_canonical(out, v->text); break;
	case JSON_STRING: canonical_string(r, "", v->text, "", out); break;
	case JSON_ARRAY:
		buf_char(out, '[');
		canonical_elements(r, v, skip, out);
		buf_char(out, ']');
		break;
	case JSON_OBJECT:
		buf_char(out, '{');
		canonical_members(r, v, skip, out);
		buf_char(out, '}');
		break;
	}
}
