/* Baselines and allow files: short lists, walked from the front. */
#include "phi/allow.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "io/file.h"
#include "json/reader.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)16 << 20)

struct entry {
	char *rule, *path, *value, *fingerprint; /* NULL: any */
};

struct phi_allow {
	struct entry *entries;
	size_t n, cap;
};

struct phi_allow *phi_allow_new(void)
{
	return mem_alloc(sizeof(struct phi_allow));
}

void phi_allow_free(struct phi_allow *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n; i++) {
		free(a->entries[i].rule);
		free(a->entries[i].path);
		free(a->entries[i].value);
		free(a->entries[i].fingerprint);
	}
	free(a->entries);
	free(a);
}

static struct entry *new_entry(struct phi_allow *a)
{
	if (a->n == a->cap) {
		a->cap = a->cap * 2 + 16;
		a->entries = mem_grow(a->entries, a->cap, sizeof *a->entries);
	}
	a->entries[a->n] = (struct entry){ 0 };
	return &a->entries[a->n++];
}

/* The string member, copied; NULL where there is none. */
static char *member(const struct json_reader *r, const struct json *root, const char *name)
{
	const struct json *v = json_get(r, root, str_of(name));
	return v && v->type == JSON_STRING && v->text.n > 0 ? mem_strdup(v->text) : NULL;
}

static bool known_rule(const char *id)
{
	for (size_t i = 0; id && i < phi_n_rules; i++)
		if (strcmp(phi_rules[i].id, id) == 0)
			return true;
	return false;
}

static const char *take_allowed(struct phi_allow *a, const struct json_reader *r, const struct json *root, int64_t now_ms)
{
	const struct json *expires = json_get(r, root, STR("expires"));
	char *reason = member(r, root, "reason"), day[32];
	struct entry *entry = new_entry(a);
	int64_t end;
	*entry = (struct entry){ member(r, root, "rule"), member(r, root, "path"), member(r, root, "value"), NULL };
	bool reasoned = reason != NULL;
	free(reason);
	if (!known_rule(entry->rule) || (!entry->path == !entry->value) || !reasoned)
		return "needs a known rule, a path or a value, and a reason";
	if (!expires || expires->type != JSON_STRING || expires->text.n != 10)
		return "needs a day in expires";
	snprintf(day, sizeof day, "%.*sT23:59:59Z", STR_ARG(expires->text));
	if (!time_parse(str_of(day), &end))
		return "needs a day in expires";
	return end < now_ms ? "has expired" : NULL;
}

static const char *take_baseline(struct phi_allow *a, const struct json_reader *r, const struct json *root)
{
	struct entry *entry = new_entry(a);
	entry->fingerprint = member(r, root, "fingerprint");
	return entry->fingerprint ? NULL : "has no fingerprint";
}

/* now_ms < 0: a baseline. */
static int read_lines(struct phi_allow *a, const char *path, int64_t now_ms, struct err *e)
{
	const struct json_limits limits = { .bytes = 1 << 16, .depth = 4, .nodes = 64 };
	struct json_reader *r = json_reader_new(limits);
	struct json_fault fault;
	struct buf b;
	int rc = -1, number = 0;
	buf_init(&b, FILE_MAX);
	if (file_read(path, &b, e) != 0)
		goto out;
	struct str rest = buf_view(&b), line;
	while (rest.n > 0) {
		const char *wrong = "is no JSON object";
		rest = str_cut(rest, '\n', &line);
		number++;
		if (str_trim(line).n == 0)
			continue;
		const struct json *root = json_read(r, line, &fault);
		if (root && root->type == JSON_OBJECT)
			wrong = now_ms < 0 ? take_baseline(a, r, root) : take_allowed(a, r, root, now_ms);
		if (wrong) {
			err_set(e, ROS_CONFIG, "%s: line %d %s", path, number, wrong);
			goto out;
		}
	}
	rc = 0;
out:
	buf_free(&b);
	json_reader_free(r);
	return rc;
}

int phi_allow_baseline(struct phi_allow *a, const char *path, struct err *e)
{
	return read_lines(a, path, -1, e);
}

int phi_allow_read(struct phi_allow *a, const char *path, int64_t now_ms, struct err *e)
{
	return read_lines(a, path, now_ms, e);
}

static bool fits(const char *wanted, struct str is)
{
	return !wanted || str_is(is, wanted);
}

bool phi_allowed(const struct phi_allow *a, const struct phi_finding *f, const char *pointer, struct str value, const char *fingerprint)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct entry *entry = &a->entries[i];
		if (fits(entry->rule, str_of(f->rule->id)) && fits(entry->path, str_of(pointer)) && fits(entry->value, value) &&
		    fits(entry->fingerprint, str_of(fingerprint)))
			return true;
	}
	return false;
}
