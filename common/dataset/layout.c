/* The columns of a data set. */
#include "dataset/layout.h"

#include "base/mem.h"

void layout_free(struct layout *l)
{
	for (size_t i = 0; i < l->kept; i++)
		free(l->columns[i].name);
	free(l->columns);
	*l = (struct layout){ 0 };
}

/* A copy, cut where a code point ends. */
static char *copy_name(struct str name)
{
	if (name.n > LAYOUT_NAME) {
		name.n = LAYOUT_NAME;
		while (name.n > 0 && (name.p[name.n] & 0xc0) == 0x80)
			name.n--;
	}
	char *copy = mem_strdup(name);
	if (copy && !str_utf8(name))
		str_mask(copy, name.n);
	return copy;
}

struct column *layout_add(struct layout *l, struct str name, enum value_type type, bool nullable)
{
	l->count++;
	if (l->kept == LAYOUT_MAX)
		return NULL;
	if (l->kept == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 32;
		l->columns = mem_grow(l->columns, l->cap, sizeof *l->columns);
	}
	l->columns[l->kept] = (struct column){ .name = copy_name(name), .type = type, .nullable = nullable };
	return &l->columns[l->kept++];
}

bool layout_join(struct layout *l, const struct layout *other)
{
	if (l->count != other->count || l->kept != other->kept)
		return false;
	for (size_t i = 0; i < l->kept; i++)
		if (!str_eq(str_of(l->columns[i].name), str_of(other->columns[i].name)))
			return false;
	for (size_t i = 0; i < l->kept; i++) {
		l->columns[i].type = value_type_join(l->columns[i].type, other->columns[i].type);
		l->columns[i].nullable |= other->columns[i].nullable;
	}
	return true;
}

uint64_t layout_write(const struct layout *l, struct json_writer *w, size_t budget)
{
	size_t i, end = w->out->n + budget;
	json_open(w, '[');
	for (i = 0; i < l->kept && w->out->n < end; i++) {
		json_open(w, '{');
		if (l->columns[i].name) {
			json_key(w, "name");
			json_z(w, l->columns[i].name);
		}
		json_key(w, "type");
		json_z(w, value_type_name(l->columns[i].type));
		json_key(w, "nullable");
		json_bool(w, l->columns[i].nullable);
		json_close(w, '}');
	}
	json_close(w, ']');
	return l->count - i;
}
