/* See the header. */
#include "bus/fields.h"

#include "base/mem.h"

#include <stdlib.h>

void field_list_add(struct field_list *l, struct str name, struct str value)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : ENTRY_FIELDS_MAX;
		l->v = mem_grow(l->v, l->cap, sizeof *l->v);
	}
	l->v[l->n++] = (struct entry_field){ name, value };
}

void field_list_free(struct field_list *l)
{
	free(l->v);
	*l = (struct field_list){ 0 };
}

static void put(struct buf *out, struct str s)
{
	size_t n = s.n;
	for (; n > 0x7f; n >>= 7)
		buf_char(out, (char)(n | 0x80));
	buf_char(out, (char)n);
	buf_str(out, s);
}

/* Takes one string off the front of *blob. */
static bool get(struct str *blob, struct str *s)
{
	size_t n = 0, i = 0;
	unsigned char c;
	do {
		if (i == blob->n || i == 5)
			return false;
		c = (unsigned char)blob->p[i];
		n |= (size_t)(c & 0x7f) << (7 * i++);
	} while (c & 0x80);
	if (n > blob->n - i)
		return false;
	*s = (struct str){ blob->p + i, n };
	*blob = (struct str){ s->p + n, blob->n - i - n };
	return true;
}

void fields_encode(struct buf *out, const struct entry_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put(out, fields[i].name);
		put(out, fields[i].value);
	}
}

bool fields_decode(struct str blob, struct field_list *l)
{
	l->n = 0;
	while (blob.n > 0) {
		struct str name, value;
		if (!get(&blob, &name) || !get(&blob, &value))
			return false;
		field_list_add(l, name, value);
	}
	return true;
}
