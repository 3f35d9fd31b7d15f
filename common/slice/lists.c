/* Lists by number. Many calls have equal lists: each is read once, when it first comes. */
#include "slice/lists.h"

#include "base/mem.h"
#include "json/reader.h"

#include <stdlib.h>

#define LIST_BYTES_MAX ((size_t)1 << 20) /* as long as an event can be */

struct lists {
	struct intern *names; /* of the values: not ours */
	struct intern *texts; /* of the lists */
	struct json_reader *reader;
	uint32_t *values;     /* of all lists, one behind the other */
	size_t n_values, cap_values;
	size_t *ends;         /* one a list: where its values end */
	size_t n, cap;
};

struct lists *lists_new(struct intern *names)
{
	static const struct json_limits limits = { .bytes = LIST_BYTES_MAX, .depth = 2, .nodes = LIST_BYTES_MAX };
	struct lists *l = mem_alloc(sizeof *l);
	l->names = names;
	l->texts = intern_new();
	l->reader = json_reader_new(limits);
	return l;
}

void lists_free(struct lists *l)
{
	if (!l)
		return;
	intern_free(l->texts);
	json_reader_free(l->reader);
	free(l->values);
	free(l->ends);
	free(l);
}

static size_t start_of(const struct lists *l, size_t list)
{
	return list > 0 ? l->ends[list - 1] : 0;
}

/* To the list that is being read, the last one. */
static void add_value(struct lists *l, struct str name)
{
	uint32_t value = intern_id(l->names, name);
	for (size_t i = start_of(l, l->n); i < l->n_values; i++)
		if (l->values[i] == value)
			return;
	if (l->n_values == l->cap_values) {
		l->cap_values = 2 * l->cap_values + 64;
		l->values = mem_grow(l->values, l->cap_values, sizeof *l->values);
	}
	l->values[l->n_values++] = value;
}

static void read_list(struct lists *l, struct str json)
{
	struct json_fault fault;
	const struct json *list = json.p ? json_read(l->reader, json, &fault) : NULL;
	for (const struct json *v = list ? json_first(list) : NULL; v; v = json_next(l->reader, v))
		add_value(l, v->text);
	if (l->n_values == start_of(l, l->n))
		add_value(l, (struct str){ NULL, 0 });
	if (l->n == l->cap) {
		l->cap = 2 * l->cap + 64;
		l->ends = mem_grow(l->ends, l->cap, sizeof *l->ends);
	}
	l->ends[l->n++] = l->n_values;
}

uint32_t lists_id(struct lists *l, struct str json)
{
	uint32_t id = intern_id(l->texts, json);
	if (id == l->n)
		read_list(l, json);
	return id;
}

size_t lists_count(const struct lists *l)
{
	return l->n;
}

const uint32_t *lists_values(const struct lists *l, uint32_t id, size_t *n)
{
	size_t start = start_of(l, id);
	*n = l->ends[id] - start;
	return l->values + start;
}
