/*
 * Allow files and baselines: JSON lines, read whole and strictly, since an entry with a misspelt member would allow too
 * much.
 */
#include "phi/allow.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)64 << 20)

static const struct json_limits limits = { .bytes = 1 << 16, .depth = 4, .nodes = 64 };

struct entry {
	char *rule, *path, *value; /* path or value is NULL */
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
	}
	free(a->entries);
	free(a);
}

/* Takes one line of a file; what is wrong with it, or NULL. */
typedef const char *take_fn(void *arg, const struct json_reader *r, const struct json *root);

static int read_lines(const char *path, take_fn *take, void *arg, struct err *e)
{
	struct json_reader *r = json_reader_new(limits);
	struct json_fault fault;
	struct buf b;
	int rc = 0;
	buf_init(&b, FILE_MAX);
	if (file_read(path, &b, e) != 0) {
		e->status = ROS_CONFIG;
		rc = -1;
	}
	struct str rest = buf_view(&b), line;
	for (int number = 1; rc == 0 && rest.n > 0; number++) {
		rest = str_cut(rest, '\n', &line);
		if (str_trim(line).n == 0)
			continue;
		const struct json *root = json_read(r, line, &fault);
		const char *wrong = root && root->type == JSON_OBJECT ? take(arg, r, root) : "is no JSON object";
		if (wrong)
			rc = err_set(e, ROS_CONFIG, "%s: line %d: %s", path, number, wrong);
	}
	buf_free(&b);
	json_reader_free(r);
	return rc;
}

struct allowing {
	struct phi_allow *allow;
	const struct phi_site *site;
	int64_t now_ms;
};

/* The last millisecond of a day; false where it is none. */
static bool day_end(struct str day, int64_t *ms)
{
	if (day.n != 10 || !time_parse_human(day, ms))
		return false;
	*ms += TIME_DAY_MS - 1;
	return true;
}

static const char *check_entry(const struct allowing *to, struct str rule, struct str path, struct str value, struct str reason, struct str expires)
{
	int64_t end;
	if (!phi_rule_find(to->site, rule))
		return "names no rule";
	if (!path.p == !value.p)
		return "needs either path or value";
	if (path.p && !str_starts(path, "/"))
		return "path is no JSON pointer";
	if (str_trim(reason).n == 0)
		return "has no reason";
	if (!day_end(expires, &end))
		return "needs a day in expires, such as 2027-01-31";
	return end < to->now_ms ? "has expired" : NULL;
}

static const char *take_entry(void *arg, const struct json_reader *r, const struct json *root)
{
	static const char *const names[] = { "rule", "path", "value", "reason", "expires" };
	const struct allowing *to = arg;
	struct phi_allow *a = to->allow;
	struct str m[5] = { 0 };
	for (const struct json *v = json_first(root); v; v = json_next(r, v)) {
		size_t i = 0;
		while (i < 5 && !str_is(v->key, names[i]))
			i++;
		if (i == 5 || v->type != JSON_STRING)
			return "has a member that is not one of rule, path, value, reason, expires, or no string";
		m[i] = v->text;
	}
	const char *wrong = check_entry(to, m[0], m[1], m[2], m[3], m[4]);
	if (wrong)
		return wrong;
	if (a->n == a->cap) {
		a->cap = a->cap * 2 + 16;
		a->entries = mem_grow(a->entries, a->cap, sizeof *a->entries);
	}
	a->entries[a->n++] = (struct entry){ mem_strdup(m[0]), mem_strdup(m[1]), mem_strdup(m[2]) };
	return NULL;
}

int phi_allow_read(struct phi_allow *a, const char *path, const struct phi_site *site, int64_t now_ms, struct err *e)
{
	struct allowing to = { a, site, now_ms };
	return read_lines(path, take_entry, &to, e);
}

bool phi_allowed(const struct phi_allow *a, const struct phi_rule *rule, const struct json_reader *r, const struct json *root, const struct json *v,
                 struct str value)
{
	for (size_t i = 0; a && i < a->n; i++) {
		const struct entry *entry = &a->entries[i];
		if (strcmp(entry->rule, rule->id) != 0)
			continue;
		if (entry->value ? str_is(value, entry->value) : v && json_at(r, root, entry->path + 1) == v)
			return true;
	}
	return false;
}

static const char *take_finding(void *arg, const struct json_reader *r, const struct json *root)
{
	const struct json *fingerprint = json_get(r, root, STR("fingerprint"));
	if (!fingerprint || fingerprint->type != JSON_STRING)
		return "has no fingerprint";
	++*map_put(arg, fingerprint->text);
	return NULL;
}

int phi_baseline_read(struct map *baseline, const char *path, struct err *e)
{
	return read_lines(path, take_finding, baseline, e);
}

bool phi_baseline_take(struct map *baseline, const char *fingerprint)
{
	int64_t *left = map_get(baseline, str_of(fingerprint));
	return left && (*left)-- > 0;
}
