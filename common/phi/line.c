/*
 * A line through the scanner: the nodes of a JSON text in their order, so that all but what is replaced can be copied
 * as it stands.
 */
#include "phi/line.h"

#include "base/map.h"
#include "base/mem.h"
#include "event/event.h"
#include "json/writer.h"
#include "phi/leaf.h"
#include "phi/redact.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 64
#define NODES (1u << 20)
#define CLEAN_KEYS 4096            /* so many are remembered */
#define OUT_MAX (4 * PHI_LINE_MAX) /* a label may be longer than what it replaces */

static const struct str no_key;

struct phi_line {
	struct phi_scanner *scanner;
	struct phi_site *site;
	const struct phi_allow *allow;
	struct json_reader *reader;
	struct map *clean;         /* keys without findings: the same ones come in every line */
	struct phi_finding *found; /* of the text in hand */
	size_t n, cap;
	struct buf text;           /* a text with its findings replaced */

	struct str line;
	const struct json *root;   /* NULL: the line is no JSON */
	phi_sink *sink;
	void *arg;
	struct buf *out;
	const char *copied;        /* so far the line is in out */
	const char *counted;       /* so far its characters are counted */
	size_t characters;
	struct err *e;
	bool failed, changed;
};

struct phi_line *phi_line_new(struct phi_site *site, const struct phi_allow *allow)
{
	struct phi_line *l = mem_alloc(sizeof *l);
	*l = (struct phi_line){ .scanner = phi_scanner_new(), .site = site, .allow = allow };
	l->reader = json_reader_new((struct json_limits){ .bytes = PHI_LINE_MAX, .depth = DEPTH, .nodes = NODES, .may_show = event_declares });
	l->clean = map_new();
	buf_init(&l->text, OUT_MAX);
	return l;
}

void phi_line_free(struct phi_line *l)
{
	if (!l)
		return;
	phi_scanner_free(l->scanner);
	json_reader_free(l->reader);
	map_free(l->clean);
	buf_free(&l->text);
	free(l->found);
	free(l);
}

/* The first failure is the one that is told. */
static void fail(struct phi_line *l, const struct err *e)
{
	if (!l->failed)
		*l->e = *e;
	l->failed = true;
}

static void fail_with(struct phi_line *l, enum ros_status status, const char *why)
{
	struct err e;
	err_set(&e, status, "%s", why);
	fail(l, &e);
}

/* Adds findings in the order of their start. */
static void add(struct phi_line *l, const struct phi_finding *found, size_t n)
{
	if (l->cap < l->n + n) {
		l->cap = 2 * (l->n + n);
		l->found = mem_grow(l->found, l->cap, sizeof *l->found);
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = l->n++;
		for (; at > 0 && l->found[at - 1].start > found[i].start; at--)
			l->found[at] = l->found[at - 1];
		l->found[at] = found[i];
	}
}

static void find(struct phi_line *l, struct str key, struct str text)
{
	const struct phi_finding *found;
	struct err e;
	size_t n;
	l->n = 0;
	if (phi_scan(l->scanner, key, text, &found, &n, &e) == 0)
		add(l, found, n);
	else
		fail(l, &e);
	if (!l->site)
		return;
	if (phi_site_scan(l->site, key, text, &found, &n, &e) != 0)
		fail(l, &e);
	add(l, found, n);
}

/* Leaves out what is allowed. */
static void weed(struct phi_line *l, const struct json *v, struct str text)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->n; i++) {
		const struct phi_finding *f = &l->found[i];
		if (!phi_allowed(l->allow, f->rule, l->reader, l->root, v, (struct str){ text.p + f->start, f->n }))
			l->found[kept++] = *f;
	}
	l->n = kept;
}

/* Goes on counting where the last finding was, so that a long line with many costs no more than its length. */
static size_t column(struct phi_line *l, const struct json *v, struct str text, size_t start)
{
	bool plain = text.p >= l->line.p && text.p < l->line.p + l->line.n;
	const char *at = plain ? text.p + start : v->raw.p;
	if (at < l->counted) {
		l->counted = l->line.p;
		l->characters = 0;
	}
	l->characters += str_codepoints((struct str){ l->counted, (size_t)(at - l->counted) });
	l->counted = at;
	return l->characters + 1;
}

static void tell(struct phi_line *l, const struct json *v, bool in_key, struct str text)
{
	char pointer[256] = "";
	if (v && l->n > 0)
		json_pointer(l->reader, l->root, v, pointer, sizeof pointer);
	for (size_t i = 0; i < l->n; i++)
		l->sink(l->arg, &(struct phi_hit){ &l->found[i], text, pointer, in_key, column(l, v, text, l->found[i].start) });
}

/* The text without its findings, in l->text. Two of its halves may make a new one: then all of it goes. */
static void redact(struct phi_line *l, const struct json *v, struct str key, struct str text)
{
	buf_clear(&l->text);
	phi_replace(&l->text, text, l->found, l->n);
	find(l, key, buf_view(&l->text));
	weed(l, v, buf_view(&l->text));
	if (l->n > 0) {
		buf_clear(&l->text);
		buf_z(&l->text, "[REDACTED]");
	}
	if (!buf_ok(&l->text))
		fail_with(l, ROS_INPUT, "too long once it is redacted");
	l->changed = true;
}

static void copy_to(struct phi_line *l, const char *end)
{
	buf_add(l->out, l->copied, (size_t)(end - l->copied));
	l->copied = end;
}

/* Finds, tells, and says whether there is something to be taken out. */
static bool take_text(struct phi_line *l, const struct json *v, bool in_key, struct str key, struct str text)
{
	find(l, key, text);
	weed(l, in_key ? NULL : v, text);
	tell(l, v, in_key, text);
	return l->n > 0 && l->out;
}

static void take_key(struct phi_line *l, const struct json *v)
{
	if (map_get(l->clean, v->key))
		return;
	if (take_text(l, v, true, no_key, v->key))
		fail_with(l, ROS_REFUSED, "a finding in a key cannot be taken out");
	if (l->n > 0 || l->failed)
		return;
	if (map_count(l->clean) == CLEAN_KEYS)
		map_clear(l->clean);
	map_put(l->clean, v->key);
}

static void take_value(struct phi_line *l, const struct json *v)
{
	struct str key = phi_leaf_key(l->reader, l->root, v);
	if (v->key.p)
		take_key(l, v);
	if (v->type != JSON_STRING && v->type != JSON_NUMBER)
		return;
	char integer[PHI_INTEGER];
	struct str text = v->type == JSON_NUMBER ? phi_leaf_integer(v->text, integer) : (struct str){ 0 };
	if (text.n == 0)
		text = v->text;
	if (take_text(l, v, false, key, text)) {
		redact(l, v, key, text);
		copy_to(l, v->raw.p);
		json_quote(l->out, buf_view(&l->text));
		l->copied += v->raw.n;
	}
}

/* Whether a JSON text ends where more of it was to come: at its end, in a word, or in the digits behind \u. */
static bool is_cut(struct str text, const struct json_fault *fault)
{
	size_t i = fault->offset;
	while (i < text.n && isalnum((unsigned char)text.p[i]))
		i++;
	return i == text.n && i - fault->offset < 5;
}

/*
 * The line as JSON. A line that does not begin as JSON, or breaks its syntax, is text; what looks like JSON and cannot
 * be decoded, or is cut off, is a failure, and then scanned as text as well as it goes.
 */
static const struct json *read_json(struct phi_line *l, struct str line, bool last)
{
	struct str text = str_trim(str_starts(line, "\xEF\xBB\xBF") ? (struct str){ line.p + 3, line.n - 3 } : line);
	struct json_fault fault;
	if (text.n == 0 || !strchr("{[\"-0123456789", *text.p))
		return NULL;
	const struct json *root = json_read(l->reader, text, &fault);
	if (root || (*text.p != '{' && *text.p != '['))
		return root;
	if (strcmp(fault.rule, "syntax") != 0) {
		struct err e;
		err_set(&e, ROS_INPUT, "JSON that cannot be decoded: %s", fault.rule);
		fail(l, &e);
	} else if (last && is_cut(text, &fault)) {
		fail_with(l, ROS_INPUT, "cut off");
	}
	return NULL;
}

static void take(struct phi_line *l, struct str line, bool last)
{
	l->line = line;
	l->copied = l->counted = line.p;
	l->characters = 0;
	if (memchr(line.p, '\0', line.n))
		fail_with(l, ROS_INPUT, "binary, it has a NUL byte");
	l->root = read_json(l, line, last);
	if (l->root) {
		for (const struct json *v = l->root; v < l->root + l->root->after; v++)
			take_value(l, v);
	} else if (take_text(l, NULL, false, no_key, line)) {
		redact(l, NULL, no_key, line);
		buf_str(l->out, buf_view(&l->text));
		l->copied += line.n;
	}
	if (l->out)
		copy_to(l, line.p + line.n);
}

static void raise(void *arg, const struct phi_hit *hit)
{
	(void)hit;
	*(bool *)arg = true;
}

/*
 * Whether the line that would be passed on is clean when it is scanned itself: taking something out can make other
 * text, or JSON, of it.
 */
static bool is_clean(struct phi_line *l)
{
	struct buf *out = l->out;
	bool found = false;
	l->sink = raise;
	l->arg = &found;
	l->out = NULL;
	take(l, buf_view(out), false);
	return !found;
}

int phi_line_take(struct phi_line *l, struct str line, bool last, phi_sink *sink, void *arg, struct buf *out, struct err *e)
{
	l->sink = sink;
	l->arg = arg;
	l->out = out;
	l->e = e;
	l->failed = l->changed = false;
	if (out)
		buf_clear(out);
	take(l, line, last);
	if (out && !buf_ok(out))
		fail_with(l, ROS_INPUT, "too long once it is redacted");
	if (!l->failed && l->changed && !is_clean(l))
		fail_with(l, ROS_REFUSED, "it is not clean once it is redacted");
	return l->failed ? -1 : 0;
}
