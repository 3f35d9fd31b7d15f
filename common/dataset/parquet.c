/*
 * Parquet: everything is said by its footer, which stands at the end with its length and the magic bytes of
 * the start.
 */
#include "dataset/parquet.h"

#include "base/buf.h"
#include "base/mem.h"
#include "dataset/thrift.h"

#define FOOTER_MAX ((int64_t)64 << 20)
#define MAGIC 4        /* PAR1 */
#define TAIL 8         /* the footer's length, and the magic bytes again */
#define DEPTH_MAX 64   /* groups inside each other */
#define PATH_BYTES 4096 /* longest name of a column */

/* parquet.thrift */
enum { META_SCHEMA = 2, META_NUM_ROWS = 3 };
enum { ELEMENT_TYPE = 1, ELEMENT_REPETITION = 3, ELEMENT_NAME, ELEMENT_CHILDREN, ELEMENT_CONVERTED, ELEMENT_LOGICAL = 10 };
enum { PHYSICAL_BOOLEAN, PHYSICAL_INT32, PHYSICAL_INT64, PHYSICAL_INT96, PHYSICAL_FLOAT, PHYSICAL_DOUBLE };
enum { REQUIRED, OPTIONAL, REPEATED };
enum {
	CONVERTED_UTF8, CONVERTED_ENUM = 4, CONVERTED_DECIMAL, CONVERTED_DATE, CONVERTED_TIMESTAMP_MILLIS = 9, CONVERTED_TIMESTAMP_MICROS,
	CONVERTED_JSON = 19,
};
enum {
	LOGICAL_STRING = 1, LOGICAL_ENUM = 4, LOGICAL_DECIMAL, LOGICAL_DATE, LOGICAL_TIMESTAMP = 8, LOGICAL_JSON = 12, LOGICAL_UUID = 14,
};

struct element {
	struct str name;
	int64_t physical, repetition, children, converted, logical; /* -1: absent */
};

/* The groups that are open, from the root. */
struct walk {
	struct buf path;
	size_t depth;
	struct {
		int64_t left;     /* children to come */
		size_t path;      /* length of the path before the group */
		bool nullable;
	} open[DEPTH_MAX];
};

/* A union has one field; its number says which. */
static int64_t take_union(struct thrift *t)
{
	struct thrift_field f = { 0 };
	int64_t id = -1;
	while (thrift_next(t, &f)) {
		id = f.id;
		thrift_skip(t, f.type);
	}
	return id;
}

static struct element take_element(struct thrift *t)
{
	struct element el = {
		.name = STR(""), .physical = -1, .repetition = -1, .children = -1, .converted = -1, .logical = -1,
	};
	struct thrift_field f = { 0 };
	while (thrift_next(t, &f)) {
		bool number = f.type == THRIFT_I32;
		if (f.id == ELEMENT_TYPE && number)
			el.physical = thrift_int(t);
		else if (f.id == ELEMENT_REPETITION && number)
			el.repetition = thrift_int(t);
		else if (f.id == ELEMENT_NAME && f.type == THRIFT_BINARY)
			el.name = thrift_binary(t);
		else if (f.id == ELEMENT_CHILDREN && number)
			el.children = thrift_int(t);
		else if (f.id == ELEMENT_CONVERTED && number)
			el.converted = thrift_int(t);
		else if (f.id == ELEMENT_LOGICAL && f.type == THRIFT_STRUCT)
			el.logical = take_union(t);
		else
			thrift_skip(t, f.type);
	}
	return el;
}

static enum value_type type_of(const struct element *el)
{
	switch (el->logical) {
	case LOGICAL_STRING:
	case LOGICAL_ENUM:
	case LOGICAL_JSON:
	case LOGICAL_UUID:
		return VALUE_TEXT;
	case LOGICAL_DECIMAL:
		return VALUE_NUMBER;
	case LOGICAL_DATE:
		return VALUE_DATE;
	case LOGICAL_TIMESTAMP:
		return VALUE_DATE_TIME;
	}
	switch (el->converted) {
	case CONVERTED_UTF8:
	case CONVERTED_ENUM:
	case CONVERTED_JSON:
		return VALUE_TEXT;
	case CONVERTED_DECIMAL:
		return VALUE_NUMBER;
	case CONVERTED_DATE:
		return VALUE_DATE;
	case CONVERTED_TIMESTAMP_MILLIS:
	case CONVERTED_TIMESTAMP_MICROS:
		return VALUE_DATE_TIME;
	}
	switch (el->physical) {
	case PHYSICAL_BOOLEAN:
		return VALUE_BOOLEAN;
	case PHYSICAL_INT32:
	case PHYSICAL_INT64:
		return VALUE_INTEGER;
	case PHYSICAL_INT96:
		return VALUE_DATE_TIME; /* it was never used for anything else */
	case PHYSICAL_FLOAT:
	case PHYSICAL_DOUBLE:
		return VALUE_NUMBER;
	}
	return VALUE_BINARY;
}

/* Takes the next element of the tree, which comes depth first. False: it cannot stand there. */
static bool walk_element(struct walk *w, const struct element *el, struct layout *l)
{
	size_t before = w->path.n;
	bool nullable = el->repetition == OPTIONAL || el->repetition == REPEATED;
	if (w->depth > 0) {
		nullable |= w->open[w->depth - 1].nullable;
		w->open[w->depth - 1].left--;
		buf_z(&w->path, before > 0 ? "." : "");
		buf_str(&w->path, el->name);
	}
	if (el->children > 0 && w->depth < DEPTH_MAX) {
		w->open[w->depth].left = el->children;
		w->open[w->depth].path = before;
		w->open[w->depth++].nullable = nullable;
	} else if (el->children > 0 || w->depth == 0 || el->physical < 0) {
		return false;
	} else {
		layout_add(l, buf_view(&w->path), type_of(el), nullable);
		w->path.n = before;
	}
	while (w->depth > 0 && w->open[w->depth - 1].left == 0)
		w->path.n = w->open[--w->depth].path;
	return buf_ok(&w->path);
}

static bool take_schema(struct thrift *t, struct layout *l)
{
	struct walk w = { 0 };
	uint32_t n = thrift_list(t, THRIFT_STRUCT), i;
	buf_init(&w.path, PATH_BYTES);
	for (i = 0; i < n && !t->bad; i++) {
		struct element el = take_element(t);
		if ((i > 0 && w.depth == 0) || !walk_element(&w, &el, l))
			break;
	}
	buf_free(&w.path);
	return !t->bad && i == n && n > 1 && w.depth == 0;
}

int parquet_footer(struct str footer, struct facts *f, struct err *e)
{
	const unsigned char *p = (const unsigned char *)footer.p;
	struct thrift t = { .p = p, .end = p + footer.n };
	struct thrift_field field = { 0 };
	while (thrift_next(&t, &field)) {
		if (field.id == META_SCHEMA && field.type == THRIFT_LIST && !f->has_layout) {
			f->has_layout = take_schema(&t, &f->layout);
			if (!f->has_layout)
				t.bad = true;
		} else if (field.id == META_NUM_ROWS && field.type == THRIFT_I64) {
			f->rows = thrift_int(&t);
		} else {
			thrift_skip(&t, field.type);
		}
	}
	if (t.bad || !f->has_layout || f->rows < 0)
		return err_set(e, ROS_INPUT, "its footer is damaged");
	return 0;
}

static int parquet_begin(struct str head, bool whole, void **state, struct err *e)
{
	(void)whole;
	if (str_starts(head, "PARE"))
		return err_set(e, ROS_INPUT, "it is parquet with an encrypted footer, which is not read");
	if (str_starts(head, "PAR1"))
		*state = mem_alloc(1);
	return 0;
}

/* The length of the footer, by the last bytes of the file; -1: an error. */
static int64_t footer_size(int fd, int64_t size, struct err *e)
{
	struct buf tail;
	int64_t n = -1;
	buf_init(&tail, TAIL);
	int rc = size < MAGIC + TAIL ? 0 : format_read_at(fd, size - TAIL, TAIL, &tail, e);
	if (rc == 0 && (tail.n == 0 || memcmp(tail.p + TAIL - MAGIC, "PAR1", MAGIC) != 0)) {
		err_set(e, ROS_INPUT, "it begins as parquet and does not end so: it is cut off");
	} else if (rc == 0) {
		const unsigned char *p = (const unsigned char *)tail.p;
		n = (int64_t)p[0] | (int64_t)p[1] << 8 | (int64_t)p[2] << 16 | (int64_t)p[3] << 24;
		if (n > size - MAGIC - TAIL)
			n = err_set(e, ROS_INPUT, "its footer is damaged");
		else if (n > FOOTER_MAX)
			n = err_set(e, ROS_INPUT, "its footer is larger than 64 MiB");
	}
	buf_free(&tail);
	return n;
}

static int parquet_end(void *state, int fd, int64_t size, struct facts *f, struct err *e)
{
	struct buf footer;
	(void)state;
	f->format = "parquet";
	int64_t n = footer_size(fd, size, e);
	if (n < 0)
		return -1;
	buf_init(&footer, FOOTER_MAX);
	int rc = format_read_at(fd, size - TAIL - n, (size_t)n, &footer, e);
	if (rc == 0)
		rc = parquet_footer(buf_view(&footer), f, e);
	buf_free(&footer);
	return rc;
}

const struct format format_parquet = { parquet_begin, NULL, parquet_end, free };
