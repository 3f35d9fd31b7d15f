/* Rules of a site: read strictly, held against their examples, matched by PCRE2 within limits. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "phi/site.h"

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"
#include "json/reader.h"

#include <ctype.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define TEXT_LONGEST 512        /* of a rule's members */
#define KEYWORD_SHORTEST 2
#define MATCH_LIMIT 1000000     /* steps from one place of the text: some 10 ms */
#define HEAP_LIMIT 16384        /* KiB */

struct site_rule {
	struct phi_rule rule;
	char **keywords, **match, **no_match; /* end with NULL; lower case; as rule.match, rule.no_match */
	pcre2_code *regex;
};

struct phi_site {
	struct site_rule **rules;
	size_t n, cap;
	pcre2_match_context *limits;
	pcre2_match_data *ends;
	struct buf text, lower;      /* the key, ": ", the text; the same in lower case */
	struct phi_finding *found;
	size_t n_found, cap_found;
};

struct phi_site *phi_site_new(void)
{
	struct phi_site *s = mem_alloc(sizeof *s);
	s->limits = pcre2_match_context_create(NULL);
	s->ends = pcre2_match_data_create(1, NULL);
	if (!s->limits || !s->ends)
		mem_fatal("out of memory");
	pcre2_set_match_limit(s->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(s->limits, HEAP_LIMIT);
	buf_init(&s->text, 2 * PHI_TEXT_MAX);
	buf_init(&s->lower, 2 * PHI_TEXT_MAX);
	return s;
}

static void free_list(char **list)
{
	for (char **p = list; p && *p; p++)
		free(*p);
	free(list);
}

static void free_rule(struct site_rule *r)
{
	free((char *)r->rule.id);
	free((char *)r->rule.label);
	free((char *)r->rule.about);
	free_list(r->keywords);
	free_list(r->match);
	free_list(r->no_match);
	pcre2_code_free(r->regex);
	free(r);
}

void phi_site_free(struct phi_site *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free_rule(s->rules[i]);
	free(s->rules);
	free(s->found);
	buf_free(&s->text);
	buf_free(&s->lower);
	pcre2_match_data_free(s->ends);
	pcre2_match_context_free(s->limits);
	free(s);
}

const struct phi_rule *phi_rule_at(const struct phi_site *s, size_t i)
{
	if (i < phi_n_rules)
		return &phi_rules[i];
	return s && i - phi_n_rules < s->n ? &s->rules[i - phi_n_rules]->rule : NULL;
}

const struct phi_rule *phi_rule_find(const struct phi_site *s, struct str id)
{
	const struct phi_rule *rule;
	for (size_t i = 0; (rule = phi_rule_at(s, i)); i++)
		if (str_is(id, rule->id))
			return rule;
	return NULL;
}

static void add_found(struct phi_site *s, const struct phi_rule *rule, size_t start, size_t n)
{
	if (s->n_found == s->cap_found) {
		s->cap_found = s->cap_found * 2 + 16;
		s->found = mem_grow(s->found, s->cap_found, sizeof *s->found);
	}
	s->found[s->n_found++] = (struct phi_finding){ .rule = rule, .confidence = PHI_LIKELY, .start = start, .n = n };
}

static int match_failed(const struct site_rule *r, int code, struct err *e)
{
	PCRE2_UCHAR why[256];
	pcre2_get_error_message(code, why, sizeof why);
	return err_set(e, ROS_INPUT, "%s: %s", r->rule.id, (const char *)why);
}

/* Every match that begins behind the key, which is the first `lead` bytes. */
static int match_all(struct phi_site *s, const struct site_rule *r, size_t lead, struct err *e)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(s->ends);
	size_t from = 0;
	uint32_t options = PCRE2_NOTEMPTY;
	while (from <= s->text.n) {
		int code = pcre2_match(r->regex, (PCRE2_SPTR)s->text.p, s->text.n, from, options, s->ends, s->limits);
		if (code == PCRE2_ERROR_NOMATCH)
			return 0;
		if (code < 0)
			return match_failed(r, code, e);
		if (at[0] >= lead)
			add_found(s, &r->rule, at[0] - lead, at[1] - at[0]);
		from = at[1];
		options |= PCRE2_NO_UTF_CHECK; /* it was checked by the first */
	}
	return 0;
}

static bool has_keyword(const struct phi_site *s, const struct site_rule *r)
{
	for (char **k = r->keywords; *k; k++)
		if (memmem(s->lower.p, s->lower.n, *k, strlen(*k)))
			return true;
	return false;
}

/* Sets the text to be searched; how long the key is in it. */
static size_t set_text(struct phi_site *s, struct str key, struct str text)
{
	buf_clear(&s->text);
	buf_str(&s->text, key);
	buf_z(&s->text, key.n > 0 ? ": " : "");
	size_t lead = s->text.n;
	buf_str(&s->text, text);
	buf_clear(&s->lower);
	buf_str(&s->lower, buf_view(&s->text));
	for (size_t i = 0; i < s->lower.n; i++)
		s->lower.p[i] = (char)tolower((unsigned char)s->lower.p[i]);
	s->n_found = 0;
	return lead;
}

int phi_site_scan(struct phi_site *s, struct str key, struct str text, const struct phi_finding **found, size_t *n, struct err *e)
{
	*found = s->found;
	*n = 0;
	if (s->n == 0)
		return 0;
	size_t lead = set_text(s, key, text);
	int rc = buf_ok(&s->text) ? 0 : err_set(e, ROS_INPUT, "a text is too long to be scanned");
	for (size_t i = 0; i < s->n && rc == 0; i++)
		if (has_keyword(s, s->rules[i]))
			rc = match_all(s, s->rules[i], lead, e);
	*found = s->found;
	*n = s->n_found;
	return rc;
}

/* A file while it is read. */
struct reading {
	struct phi_site *site;
	const struct json_reader *reader;
	const char *path;
	size_t number;  /* of the rule in hand, from 1 */
	struct err *e;
};

static int wrong(const struct reading *w, const char *what)
{
	return err_set(w->e, ROS_CONFIG, "%s: rule %zu: %s", w->path, w->number, what);
}

/* The members are those of the names and no others. */
static bool has_members(const struct reading *w, const struct json *v, const char *const *names, size_t n)
{
	if (!v || v->type != JSON_OBJECT || v->count != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!json_get(w->reader, v, str_of(names[i])))
			return false;
	return true;
}

/* A string of the characters, which is not empty; the absent value where it is none. */
static struct str text_of(const struct json *v, const char *characters)
{
	struct str none = { 0 };
	if (v->type != JSON_STRING || v->text.n == 0 || v->text.n > TEXT_LONGEST)
		return none;
	for (size_t i = 0; i < v->text.n; i++)
		if (characters ? !v->text.p[i] || !strchr(characters, v->text.p[i]) : iscntrl((unsigned char)v->text.p[i]))
			return none;
	return v->text;
}

/* A list of strings, copied; NULL where it is none, or one is shorter. */
static char **list_of(const struct reading *w, const struct json *v, size_t shortest)
{
	if (v->type != JSON_ARRAY || v->count == 0)
		return NULL;
	char **list = mem_array(v->count + 1, sizeof *list);
	size_t n = 0;
	for (const struct json *c = json_first(v); c; c = json_next(w->reader, c)) {
		if (c->type != JSON_STRING || c->text.n < shortest || c->text.n > FILE_MAX) {
			free_list(list);
			return NULL;
		}
		list[n++] = mem_strdup(c->text);
	}
	return list;
}

static int read_regex(const struct reading *w, struct site_rule *r, const struct json *v)
{
	PCRE2_UCHAR why[256];
	PCRE2_SIZE at;
	uint32_t empty;
	int code;
	if (v->type != JSON_STRING)
		return wrong(w, "match.regex is no string");
	r->regex = pcre2_compile((PCRE2_SPTR)v->text.p, v->text.n, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
	if (!r->regex) {
		pcre2_get_error_message(code, why, sizeof why);
		return err_set(w->e, ROS_CONFIG, "%s: rule %zu: match.regex, at byte %zu: %s", w->path, w->number, at + 1, (const char *)why);
	}
	pcre2_pattern_info(r->regex, PCRE2_INFO_MATCHEMPTY, &empty);
	return empty ? wrong(w, "match.regex matches the empty text") : 0;
}

static int read_match(const struct reading *w, struct site_rule *r, const struct json *v)
{
	static const char *const names[] = { "keywords", "regex" };
	if (!has_members(w, v, names, 2))
		return wrong(w, "match needs keywords and regex, and nothing else");
	r->keywords = list_of(w, json_get(w->reader, v, STR("keywords")), KEYWORD_SHORTEST);
	if (!r->keywords)
		return wrong(w, "match.keywords needs strings of two bytes or more");
	for (char **k = r->keywords; *k; k++)
		for (char *c = *k; *c; c++)
			*c = (char)tolower((unsigned char)*c);
	return read_regex(w, r, json_get(w->reader, v, STR("regex")));
}

static int read_examples(const struct reading *w, struct site_rule *r, const struct json *v)
{
	static const char *const names[] = { "match", "no_match" };
	if (!has_members(w, v, names, 2))
		return wrong(w, "examples needs match and no_match, and nothing else");
	r->match = list_of(w, json_get(w->reader, v, STR("match")), 1);
	r->no_match = list_of(w, json_get(w->reader, v, STR("no_match")), 1);
	if (!r->match || !r->no_match)
		return wrong(w, "examples.match and examples.no_match need strings");
	r->rule.match = (const char *const *)r->match;
	r->rule.no_match = (const char *const *)r->no_match;
	return 0;
}

static int read_names(const struct reading *w, struct site_rule *r, const struct json *v)
{
	struct str id = text_of(json_get(w->reader, v, STR("id")), "abcdefghijklmnopqrstuvwxyz0123456789.-");
	struct str label = text_of(json_get(w->reader, v, STR("label")), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	struct str letter = text_of(json_get(w->reader, v, STR("hipaa")), "ABCDEFGHIJKLMNOPQR");
	struct str severity = text_of(json_get(w->reader, v, STR("severity")), NULL);
	struct str about = text_of(json_get(w->reader, v, STR("about")), NULL);
	if (!id.p || !str_starts(id, "site.") || phi_rule_find(w->site, id))
		return wrong(w, "id needs site. in front, letters in lower case, digits, dots and dashes, and to be the only one");
	if (!label.p)
		return wrong(w, "label needs letters in upper case, digits and _");
	if (letter.n != 1)
		return wrong(w, "hipaa needs a letter from A to R");
	if (!str_is(severity, "block") && !str_is(severity, "warn"))
		return wrong(w, "severity is neither block nor warn");
	if (!about.p)
		return wrong(w, "about says nothing");
	r->rule = (struct phi_rule){ .id = mem_strdup(id), .label = mem_strdup(label), .about = mem_strdup(about), .letter = *letter.p,
		                     .block = str_is(severity, "block") };
	return 0;
}

/* Whether the rule finds something in each of the texts, or in none. */
static int hold(const struct reading *w, const struct site_rule *r, char **texts, bool match)
{
	struct phi_site *s = w->site;
	for (size_t i = 0; texts[i]; i++) {
		set_text(s, (struct str){ 0 }, str_of(texts[i]));
		if (has_keyword(s, r) && match_all(s, r, 0, w->e) != 0)
			return wrong(w, match ? "an example of examples.match fails" : "an example of examples.no_match fails");
		if ((s->n_found > 0) != match)
			return err_set(w->e, ROS_CONFIG, "%s: %s: examples.%s %zu is %s", w->path, r->rule.id, match ? "match" : "no_match", i + 1,
			               match ? "not found" : "found");
	}
	return 0;
}

static int read_rule(const struct reading *w, const struct json *v)
{
	static const char *const names[] = { "id", "label", "hipaa", "severity", "about", "match", "examples" };
	struct phi_site *s = w->site;
	if (!has_members(w, v, names, 7))
		return wrong(w, "needs id, label, hipaa, severity, about, match and examples, and nothing else");
	struct site_rule *r = mem_alloc(sizeof *r);
	if (read_names(w, r, v) != 0 || read_match(w, r, json_get(w->reader, v, STR("match"))) != 0 ||
	    read_examples(w, r, json_get(w->reader, v, STR("examples"))) != 0 || hold(w, r, r->match, true) != 0 ||
	    hold(w, r, r->no_match, false) != 0) {
		free_rule(r);
		return -1;
	}
	if (s->n == s->cap) {
		s->cap = s->cap * 2 + 16;
		s->rules = mem_grow(s->rules, s->cap, sizeof *s->rules);
	}
	s->rules[s->n++] = r;
	return 0;
}

static bool show_all(struct str key)
{
	(void)key;
	return true;
}

static int read_text(struct phi_site *s, struct json_reader *reader, const char *path, struct str text, struct err *e)
{
	static const char *const names[] = { "rules" };
	struct json_fault fault;
	struct reading w = { s, reader, path, 0, e };
	const struct json *root = json_read(reader, text, &fault);
	if (!root)
		return err_set(e, ROS_CONFIG, "%s: %s%s%s at byte %zu", path, fault.pointer, fault.pointer[0] ? ": " : "", fault.rule, fault.offset + 1);
	const struct json *rules = json_get(reader, root, STR("rules"));
	if (!has_members(&w, root, names, 1) || rules->type != JSON_ARRAY)
		return err_set(e, ROS_CONFIG, "%s: needs rules, an array, and nothing else", path);
	for (const struct json *v = json_first(rules); v; v = json_next(reader, v)) {
		w.number++;
		if (read_rule(&w, v) != 0)
			return -1;
	}
	return 0;
}

int phi_site_read(struct phi_site *s, const char *path, struct err *e)
{
	struct json_reader *reader = json_reader_new((struct json_limits){ .bytes = FILE_MAX, .depth = 8, .nodes = 1 << 16, .may_show = show_all });
	struct buf b;
	buf_init(&b, FILE_MAX);
	int rc = file_read(path, &b, e);
	if (rc == 0)
		rc = read_text(s, reader, path, buf_view(&b), e);
	else
		e->status = ROS_CONFIG;
	buf_free(&b);
	json_reader_free(reader);
	return rc;
}
