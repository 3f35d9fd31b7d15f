/* Thrift's compact protocol. */
#include "dataset/thrift.h"

#define DEPTH_MAX 32 /* values inside each other; a footer has 10 */

static uint64_t fail(struct thrift *t)
{
	t->bad = true;
	t->p = t->end;
	return 0;
}

static unsigned take_byte(struct thrift *t)
{
	return t->p < t->end ? *t->p++ : (unsigned)fail(t);
}

static uint64_t take_varint(struct thrift *t)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned byte = take_byte(t);
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return v;
	}
	return fail(t);
}

static void pass(struct thrift *t, uint64_t n)
{
	if (n > (uint64_t)(t->end - t->p))
		fail(t);
	else
		t->p += n;
}

int64_t thrift_int(struct thrift *t)
{
	uint64_t v = take_varint(t);
	return (int64_t)(v >> 1 ^ (0 - (v & 1))); /* zigzag */
}

bool thrift_next(struct thrift *t, struct thrift_field *f)
{
	unsigned byte = take_byte(t);
	f->type = byte & 0x0f;
	if (f->type == THRIFT_STOP || f->type > THRIFT_STRUCT) {
		if (f->type != THRIFT_STOP)
			fail(t);
		return false;
	}
	int64_t id = byte >> 4 ? f->id + (int64_t)(byte >> 4) : thrift_int(t);
	if (id < 0 || id > INT16_MAX)
		fail(t);
	f->id = (int32_t)id;
	return !t->bad;
}

struct str thrift_binary(struct thrift *t)
{
	uint64_t n = take_varint(t);
	const char *at = (const char *)t->p;
	pass(t, n);
	return t->bad ? STR("") : (struct str){ at, n };
}

/* Every element takes a byte at least, so that no count can make a loop longer than the text. */
static uint32_t take_count(struct thrift *t, uint64_t n)
{
	return n > (uint64_t)(t->end - t->p) ? (uint32_t)fail(t) : (uint32_t)n;
}

static uint32_t take_list(struct thrift *t, enum thrift_type *element)
{
	unsigned byte = take_byte(t);
	*element = byte & 0x0f;
	return take_count(t, byte >> 4 == 15 ? take_varint(t) : byte >> 4);
}

uint32_t thrift_list(struct thrift *t, enum thrift_type element)
{
	enum thrift_type type;
	uint32_t n = take_list(t, &type);
	return n == 0 || type == element ? n : (uint32_t)fail(t);
}

static void skip(struct thrift *t, enum thrift_type type, bool element, unsigned depth);

static void skip_list(struct thrift *t, unsigned depth)
{
	enum thrift_type type;
	for (uint32_t n = take_list(t, &type); n > 0 && !t->bad; n--)
		skip(t, type, true, depth);
}

static void skip_map(struct thrift *t, unsigned depth)
{
	uint32_t n = take_count(t, take_varint(t));
	unsigned types = n > 0 ? take_byte(t) : 0;
	for (; n > 0 && !t->bad; n--) {
		skip(t, types >> 4, true, depth);
		skip(t, types & 0x0f, true, depth);
	}
}

static void skip_struct(struct thrift *t, unsigned depth)
{
	struct thrift_field f = { 0 };
	while (thrift_next(t, &f))
		skip(t, f.type, false, depth);
}

/* A boolean is in the type of a field, but a byte as an element. */
static void skip(struct thrift *t, enum thrift_type type, bool element, unsigned depth)
{
	if (depth == DEPTH_MAX) {
		fail(t);
		return;
	}
	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE:
		pass(t, element);
		break;
	case THRIFT_BYTE:
		pass(t, 1);
		break;
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64:
		take_varint(t);
		break;
	case THRIFT_DOUBLE:
		pass(t, 8);
		break;
	case THRIFT_BINARY:
		pass(t, take_varint(t));
		break;
	case THRIFT_LIST:
	case THRIFT_SET:
		skip_list(t, depth + 1);
		break;
	case THRIFT_MAP:
		skip_map(t, depth + 1);
		break;
	case THRIFT_STRUCT:
		skip_struct(t, depth + 1);
		break;
	default:
		fail(t);
	}
}

void thrift_skip(struct thrift *t, enum thrift_type type)
{
	skip(t, type, false, 0);
}
