/* The slices of a scope: read, parted, searched. */
#include "slice/slice.h"

#include "base/intern.h"
#include "base/mem.h"
#include "slice/table.h"
#include "stats/sketch.h"

#include <stdlib.h>

const struct slice_format slice_formats[] = {
	{ "text", slice_text },
	{ "json", slice_json },
	{ "csv", slice_csv },
	{ 0 },
};

static void sum_up(struct slices *s)
{
	struct sketch *values = sketch_new();
	s->all.n = (int64_t)s->table->n;
	for (size_t i = 0; i < s->table->n; i++) {
		s->all.sum += s->table->values[i];
		sketch_add(values, s->table->values[i]);
	}
	s->all.median = sketch_quantile(values, 0.5);
	sketch_free(values);
}

static void keep_values(struct intern *texts, struct slice_condition *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c[i].value = intern_name(texts, intern_id(texts, c[i].value));
}

/* The texts of the slices that are kept are few: the table, which has all, is not needed any more. */
static void keep_texts(struct slices *s)
{
	s->texts = intern_new();
	for (size_t i = 0; i < s->n; i++) {
		keep_values(s->texts, s->v[i].conditions, s->v[i].n_conditions);
		keep_values(s->texts, s->v[i].also, s->v[i].n_also);
	}
	slice_table_free(s->table);
	s->table = NULL;
}

int slice_build(struct slices **built, struct db *db, const struct scope *scope, const struct slice_options *options, struct err *e)
{
	struct slices *s = *built = mem_alloc(sizeof *s);
	s->scope = *scope;
	s->options = *options;
	s->metric = options->metric;
	s->table = slice_table_new(options->n_by);
	for (size_t i = 0; i < options->n_by; i++)
		if (options->by[i]->is_list)
			slice_table_make_lists(s->table, i);
	if (slice_table_read(s, db, e) < 0)
		return -1;
	slice_table_split(s);
	sum_up(s);
	slice_search(s);
	keep_texts(s);
	return 0;
}

void slice_free(struct slices *s)
{
	if (!s)
		return;
	slice_table_free(s->table);
	intern_free(s->texts);
	free(s->v);
	free(s);
}

size_t slice_keep_confirmed(struct slices *s, size_t most)
{
	size_t confirmed = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].confirmed)
			s->v[confirmed++] = s->v[i];
	s->n = confirmed < most ? confirmed : most;
	return confirmed;
}

static void put_conditions(struct buf *out, const struct slice_condition *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_fmt(out, "%s%s %.*s", i ? ", " : "", c[i].attribute->name, STR_ARG(c[i].value.p ? c[i].value : STR("not stated")));
}

void slice_name(const struct slice *s, struct buf *out)
{
	put_conditions(out, s->conditions, s->n_conditions);
}

void slice_also(const struct slice *s, struct buf *out)
{
	put_conditions(out, s->also, s->n_also);
}
