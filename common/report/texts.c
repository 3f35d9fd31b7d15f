/* Kept strings: a map from the bytes to a place in an array of copies. */
#include "report/texts.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>

struct report_texts {
	struct map *places; /* number in v, plus 1 */
	char **v;
	size_t n, cap;
};

struct report_texts *texts_new(void)
{
	struct report_texts *t = mem_alloc(sizeof *t);
	t->places = map_new();
	return t;
}

void texts_free(struct report_texts *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i]);
	free(t->v);
	map_free(t->places);
	free(t);
}

static char *copy(struct str s)
{
	char *z = mem_strdup(s);
	for (char *c = z; !str_utf8(s) && *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return z;
}

const char *texts_keep(struct report_texts *t, struct str s)
{
	if (!s.p)
		return NULL;
	int64_t *place = map_put(t->places, s);
	if (*place == 0) {
		if (t->n == t->cap) {
			t->cap = 2 * t->cap + 64;
			t->v = mem_grow(t->v, t->cap, sizeof *t->v);
		}
		t->v[t->n++] = copy(s);
		*place = (int64_t)t->n;
	}
	return t->v[*place - 1];
}
