/*
 * JSON, NDJSON and FHIR: one scanner for all three, as only the end of the text tells them apart. It follows
 * brackets, strings, commas and colons, keeps no more of the text than one key, and counts: values, elements
 * of an array that is all of the text, entries of a Bundle. The columns are the members of the records that
 * the head has whole; these are read by the strict reader.
 */
#include "base/map.h"
#include "base/mem.h"
#include "dataset/format.h"
#include "json/reader.h"

#include <inttypes.h>

#define DEPTH_MAX 512
#define WORD_MAX 16 /* room for the names that matter: resourceType, entry, Bundle */

enum due { DUE_VALUE, DUE_VALUE_OR_CLOSE, DUE_KEY, DUE_KEY_OR_CLOSE, DUE_COLON, DUE_COMMA_OR_CLOSE };

struct word {
	char text[WORD_MAX];
	size_t n; /* more than WORD_MAX: it is longer */
};

struct scan {
	enum due due;
	bool in_string, escaped, is_key, in_scalar;
	bool is_array[DEPTH_MAX]; /* of the open brackets */
	uint32_t depth;
	uint64_t line;
	uint64_t begun, ended;    /* lines of the value at the top: its first; the last of the one before */
	uint64_t spanning;        /* the first line of the first value that has several, or 0 */
	struct word word, key;    /* the string being read, and the last key, of the object at the top */
	bool is_resource, is_bundle, in_entry, array_first;
	uint64_t values, elements, entries, resources;
};

struct json_state {
	struct scan scan;
	const char *head, *record; /* the head, until it is fed; where in it the record being read begins */
	struct json_reader *reader;
	struct map *names;         /* the column of each member */
	struct layout layout;
	int64_t records, objects;  /* read of the head */
};

static bool word_is(const struct word *w, const char *z)
{
	return w->n <= WORD_MAX && str_is((struct str){ w->text, w->n }, z);
}

static void word_add(struct word *w, char c)
{
	if (w->n < WORD_MAX)
		w->text[w->n] = c;
	w->n += w->n <= WORD_MAX;
}

static enum value_type type_of(const struct json *v)
{
	enum value_type type;
	switch (v->type) {
	case JSON_NULL:
		return VALUE_EMPTY;
	case JSON_FALSE:
	case JSON_TRUE:
		return VALUE_BOOLEAN;
	case JSON_NUMBER:
		return value_type_of(v->text);
	case JSON_ARRAY:
		return VALUE_ARRAY;
	case JSON_OBJECT:
		return VALUE_OBJECT;
	case JSON_STRING:
		type = value_type_of(v->text);
		return type == VALUE_DATE || type == VALUE_DATE_TIME ? type : VALUE_TEXT;
	}
	return VALUE_EMPTY;
}

static struct column *column_of(struct json_state *j, struct str key)
{
	int64_t *at = map_put(j->names, key); /* 0 where it is new; else one more than the column's number */
	if (*at == 0) {
		layout_add(&j->layout, key, VALUE_EMPTY, false);
		*at = (int64_t)j->layout.count;
	}
	return *at <= (int64_t)j->layout.kept ? &j->layout.columns[*at - 1] : NULL;
}

static void take_record(struct json_state *j, struct str text)
{
	struct json_fault fault;
	const struct json *root = json_read(j->reader, text, &fault);
	if (!root)
		return;
	j->records++;
	j->objects += root->type == JSON_OBJECT;
	if (root->type != JSON_OBJECT)
		return;
	for (const struct json *v = json_first(root); v; v = json_next(j->reader, v)) {
		struct column *column = column_of(j, v->key);
		if (!column)
			continue;
		column->type = value_type_join(column->type, type_of(v));
		column->nullable |= v->type == JSON_NULL;
		column->seen++;
	}
}

/* Whether a value at this depth is a record: an element of the array that is first, or a value of the text. */
static bool is_record(const struct scan *s)
{
	return s->array_first && s->values == 1 ? s->depth == 1 : s->depth == 0;
}

static const char *begin_value(struct json_state *j, const char *at)
{
	struct scan *s = &j->scan;
	if (s->due != DUE_VALUE && s->due != DUE_VALUE_OR_CLOSE)
		return "not JSON";
	if (s->depth == 0) {
		if (s->ended == s->line)
			return "a second value";
		s->array_first |= s->values++ == 0 && *at == '[';
		s->begun = s->line;
		s->is_resource = false;
	} else if (s->depth == 1) {
		s->elements += s->is_array[0];
		s->in_entry = !s->is_array[0] && *at == '[' && word_is(&s->key, "entry");
	} else if (s->depth == 2 && s->in_entry) {
		s->entries++;
	}
	if (is_record(s))
		j->record = at;
	return NULL;
}

/* `after` is where the value ended. */
static void end_value(struct json_state *j, const char *after)
{
	struct scan *s = &j->scan;
	s->due = s->depth > 0 ? DUE_COMMA_OR_CLOSE : DUE_VALUE;
	if (s->depth == 0) {
		s->ended = s->line;
		if (s->begun != s->line && !s->spanning)
			s->spanning = s->begun;
	}
	if (s->depth == 1)
		s->in_entry = false;
	if (j->head && is_record(s))
		take_record(j, (struct str){ j->record, (size_t)(after - j->record) });
}

static void end_string(struct json_state *j, const char *after)
{
	struct scan *s = &j->scan;
	s->in_string = false;
	if (!s->is_key) {
		s->is_bundle |= s->depth == 1 && word_is(&s->key, "resourceType") && word_is(&s->word, "Bundle");
		end_value(j, after);
		return;
	}
	s->due = DUE_COLON;
	if (s->depth > 1)
		return;
	s->key = s->word;
	if (word_is(&s->key, "resourceType") && !s->is_resource) {
		s->is_resource = true;
		s->resources++;
	}
}

static const char *open_bracket(struct json_state *j, const char *at)
{
	struct scan *s = &j->scan;
	const char *wrong = begin_value(j, at);
	if (!wrong && s->depth == DEPTH_MAX)
		wrong = "nested too deeply";
	if (wrong)
		return wrong;
	s->is_array[s->depth++] = *at == '[';
	s->due = *at == '[' ? DUE_VALUE_OR_CLOSE : DUE_KEY_OR_CLOSE;
	return NULL;
}

static const char *close_bracket(struct json_state *j, const char *at)
{
	struct scan *s = &j->scan;
	bool array = *at == ']';
	if (s->depth == 0 || s->is_array[s->depth - 1] != array ||
	    (s->due != DUE_COMMA_OR_CLOSE && s->due != (array ? DUE_VALUE_OR_CLOSE : DUE_KEY_OR_CLOSE)))
		return "not JSON";
	s->depth--;
	end_value(j, at + 1);
	return NULL;
}

static const char *open_string(struct json_state *j, const char *at)
{
	struct scan *s = &j->scan;
	s->is_key = s->due == DUE_KEY || s->due == DUE_KEY_OR_CLOSE;
	s->in_string = true;
	s->word.n = 0;
	return s->is_key ? NULL : begin_value(j, at);
}

static bool is_scalar(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E';
}

/* A byte outside of strings and scalars. Returns what is wrong with it, or NULL. */
static const char *take_token(struct json_state *j, const char *at)
{
	struct scan *s = &j->scan;
	switch (*at) {
	case '\n':
		s->line++;
		return NULL;
	case ' ':
	case '\t':
	case '\r':
		return NULL;
	case '"':
		return open_string(j, at);
	case '{':
	case '[':
		return open_bracket(j, at);
	case '}':
	case ']':
		return close_bracket(j, at);
	case ':':
		if (s->due != DUE_COLON)
			return "not JSON";
		s->due = DUE_VALUE;
		return NULL;
	case ',':
		if (s->due != DUE_COMMA_OR_CLOSE)
			return "not JSON";
		s->due = s->is_array[s->depth - 1] ? DUE_VALUE : DUE_KEY;
		return NULL;
	}
	s->in_scalar = is_scalar(*at);
	return s->in_scalar ? begin_value(j, at) : "not JSON";
}

static const char *take_in_string(struct json_state *j, const char *at)
{
	struct scan *s = &j->scan;
	if ((unsigned char)*at < ' ')
		return "a control character in a string";
	if (*at == '"' && !s->escaped) {
		end_string(j, at + 1);
		return NULL;
	}
	s->escaped = *at == '\\' && !s->escaped;
	if (s->depth == 1)
		word_add(&s->word, *at);
	return NULL;
}

static int json_feed(void *state, struct str bytes, struct err *e)
{
	struct json_state *j = state;
	struct scan *s = &j->scan;
	const char *p = bytes.p, *end = p + bytes.n, *wrong = NULL;
	if (p == j->head && str_starts(bytes, "\xef\xbb\xbf"))
		p += 3;
	for (; p < end && !wrong; p++) {
		if (s->in_string) {
			wrong = take_in_string(j, p);
			continue;
		}
		if (s->in_scalar && is_scalar(*p))
			continue;
		if (s->in_scalar) {
			s->in_scalar = false;
			end_value(j, p);
		}
		wrong = take_token(j, p);
	}
	j->head = NULL;
	return wrong ? err_set(e, ROS_INPUT, "line %" PRIu64 ": %s", s->line, wrong) : 0;
}

static void json_free_state(void *state)
{
	struct json_state *j = state;
	if (!j)
		return;
	json_reader_free(j->reader);
	map_free(j->names);
	layout_free(&j->layout);
	free(j);
}

static int json_begin(struct str head, bool whole, void **state, struct err *e)
{
	(void)whole;
	(void)e;
	bool marked = str_starts(head, "\xef\xbb\xbf");
	struct str text = str_trim((struct str){ head.p + 3 * marked, head.n - 3 * marked });
	if (!str_starts(text, "{") && !str_starts(text, "["))
		return 0;
	struct json_state *j = mem_alloc(sizeof *j);
	j->scan.line = 1;
	j->head = head.p;
	j->reader = json_reader_new((struct json_limits){ .bytes = HEAD_MAX, .depth = DEPTH_MAX, .nodes = 65536 });
	j->names = map_new();
	*state = j;
	return 0;
}

/* A text that is one object is no table: its keys may be anything, also somebody's number. */
static void set_layout(struct json_state *j, struct facts *f)
{
	const struct scan *s = &j->scan;
	bool table = s->values > 1 ? !s->array_first : s->array_first;
	if (!table || j->records == 0 || j->objects != j->records)
		return;
	for (size_t i = 0; i < j->layout.kept; i++)
		j->layout.columns[i].nullable |= j->layout.columns[i].seen < (uint64_t)j->records;
	f->layout = j->layout; /* the facts' now */
	j->layout = (struct layout){ 0 };
	f->has_layout = true;
	f->typed_rows = j->records;
}

static int json_end(void *state, int fd, int64_t size, struct facts *f, struct err *e)
{
	struct json_state *j = state;
	struct scan *s = &j->scan;
	(void)fd;
	(void)size;
	if (s->in_string || s->depth > 0)
		return err_set(e, ROS_INPUT, "line %" PRIu64 ": cut off: the value that began on line %" PRIu64 " has no end", s->line,
		               s->begun);
	if (s->values > 1 && s->spanning)
		return err_set(e, ROS_INPUT, "line %" PRIu64 ": a value of several lines among others: neither json nor ndjson",
		               s->spanning);
	bool one = s->values == 1, fhir = s->resources == s->values;
	f->format = fhir ? "fhir" : one ? "json" : "ndjson";
	f->one_line = one && !s->spanning && !s->array_first;
	f->rows = (int64_t)s->values;
	if (one && s->array_first)
		f->rows = (int64_t)s->elements;
	else if (one && fhir && s->is_bundle)
		f->rows = (int64_t)s->entries;
	set_layout(j, f);
	return 0;
}

const struct format format_json = { json_begin, json_feed, json_end, json_free_state };
