/* Names by number: a map from the name to the number plus 1, and an array of copies. */
#include "base/intern.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>

struct intern {
	struct map *ids;
	struct str *names;
	size_t n, cap;
	uint32_t absent; /* its number plus 1 */
};

struct intern *intern_new(void)
{
	struct intern *t = mem_alloc(sizeof *t);
	t->ids = map_new();
	return t;
}

void intern_free(struct intern *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free((char *)t->names[i].p);
	free(t->names);
	map_free(t->ids);
	free(t);
}

static uint32_t add(struct intern *t, struct str name)
{
	if (t->n == t->cap) {
		t->cap = 2 * t->cap + 16;
		t->names = mem_grow(t->names, t->cap, sizeof *t->names);
	}
	t->names[t->n] = (struct str){ mem_strdup(name), name.n };
	return (uint32_t)++t->n;
}

uint32_t intern_id(struct intern *t, struct str name)
{
	if (!name.p) {
		if (t->absent == 0)
			t->absent = add(t, name);
		return t->absent - 1;
	}
	int64_t *id = map_put(t->ids, name);
	if (*id == 0)
		*id = add(t, name);
	return (uint32_t)*id - 1;
}

struct str intern_name(const struct intern *t, uint32_t id)
{
	return t->names[id];
}

size_t intern_count(const struct intern *t)
{
	return t->n;
}
