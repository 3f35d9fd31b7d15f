/* The scanner: a walk over the automaton's tokens; shapes are judged, keywords give context and introduce values. */
#include "phi/scan.h"

#include "base/mem.h"
#include "phi/normalise.h"
#include "phi/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PASSES 3 /* the text as it is, and twice decoded */

struct phi_scanner {
	struct buf text;                 /* of the pass: the key, ": ", the text, NUL */
	struct buf decoded;
	struct phi_map maps[PASSES - 1];
	size_t near[PHI_RULES_MAX];      /* the end of the last word of the rule's context, 0: none */
	struct phi_finding found[PHI_FINDINGS_MAX];
	size_t n;
	bool encoded, full;
};

struct phi_scanner *phi_scanner_new(void)
{
	struct phi_scanner *s = mem_alloc(sizeof *s);
	buf_init(&s->text, PHI_TEXT_MAX * 2);
	buf_init(&s->decoded, PHI_TEXT_MAX * 2);
	return s;
}

void phi_scanner_free(struct phi_scanner *s)
{
	if (!s)
		return;
	buf_free(&s->text);
	buf_free(&s->decoded);
	for (int i = 0; i < PASSES - 1; i++)
		phi_map_free(&s->maps[i]);
	free(s);
}

const char *phi_confidence_name(enum phi_confidence c)
{
	static const char *const names[] = { "possible", "likely", "confirmed" };
	return names[c];
}

static void add(struct phi_scanner *s, const struct phi_rule *rule, enum phi_confidence confidence, struct str value)
{
	struct phi_finding new = { rule, confidence, (size_t)(value.p - s->text.p), value.n };
	size_t keep = s->n;
	while (keep > 0 && s->found[keep - 1].start + s->found[keep - 1].n > new.start) {
		const struct phi_finding *old = &s->found[keep - 1];
		bool inside = old->start <= new.start && old->start + old->n >= new.start + new.n;
		if (inside && (old->confidence >= confidence || old->n > new.n))
			return;
		if (new.start > old->start || new.start + new.n < old->start + old->n)
			break;
		keep--;
	}
	s->n = keep;
	s->full = s->full || s->n == PHI_FINDINGS_MAX;
	if (!s->full)
		s->found[s->n++] = new;
}

/* A part of something longer: joined by a dash, an underscore, a dot or a slash to letters or digits. */
static bool in_token(const struct phi_scanner *s, struct str c)
{
	const char *first = s->text.p, *end = s->text.p + s->text.n, *after = c.p + c.n;
	bool before = c.p - first >= 2 && strchr("-_./:+", c.p[-1]) && c.p[-1] && isalnum((unsigned char)c.p[-2]);
	return before || (end - after >= 2 && *after && strchr("-_/:+=", *after) && isalnum((unsigned char)after[1])) ||
	       (end - after >= 2 && *after == '.' && isdigit((unsigned char)after[1]));
}

static bool bounded(const struct phi_scanner *s, struct str c)
{
	const char *end = s->text.p + s->text.n, *after = c.p + c.n;
	return (c.p == s->text.p || !isalnum((unsigned char)c.p[-1])) &&
	       (after == end || !isalnum((unsigned char)*after) || !isalnum((unsigned char)after[-1]));
}

/* Judges a candidate of the rule; true: it is a finding now. */
static bool judge(struct phi_scanner *s, size_t r, struct str c)
{
	const struct phi_rule *rule = &phi_rules[r];
	if (rule->not_in_token && in_token(s, c))
		return false;
	size_t start = (size_t)(c.p - s->text.p);
	bool near = s->near[r] > 0 && start <= s->near[r] + rule->before;
	if (rule->require && !near)
		return false;
	bool right = !rule->check || rule->check(c);
	if (!right && rule->veto)
		return false;
	int points = near + (right && rule->check);
	add(s, rule, points > 1 ? PHI_CONFIRMED : points > 0 || !rule->has_context ? PHI_LIKELY : PHI_POSSIBLE, c);
	return true;
}

static bool judge_shape(struct phi_scanner *s, const struct phi_token *t, struct str c)
{
	bool any = false;
	for (const uint16_t *r = t->rules; *r != PHI_NO_RULE; r++) {
		struct str whole = phi_value_grown(phi_rules[*r].value, s->text.p, s->text.p + s->text.n, c);
		any = (whole.n > 0 && bounded(s, whole) && judge(s, *r, whole)) || any;
	}
	return any;
}

static void take_keyword(struct phi_scanner *s, const struct phi_token *t, const char *start, const char *end)
{
	struct str rest = { end, s->text.n - (size_t)(end - s->text.p) };
	for (const uint16_t *r = t->context; *r != PHI_NO_RULE; r++)
		s->near[*r] = (size_t)(end - s->text.p);
	for (const uint16_t *r = t->rules; *r != PHI_NO_RULE; r++) {
		const struct phi_rule *rule = &phi_rules[*r];
		if (rule->value == PHI_VALUE_BEFORE) {
			struct str place = phi_value_before(s->text.p, end, (size_t)(end - start));
			if (place.n > 0)
				judge(s, *r, place);
			continue;
		}
		struct str value = phi_value(rule->value, rest);
		if (value.n > 0 && (!rule->check || rule->check(value) || !rule->veto))
			add(s, rule, PHI_CONFIRMED, value);
	}
}

/* What begins the run of letters and digits that the shape at `start` began with: a keyword, perhaps. *cursor: behind it. */
static void take_first_word(struct phi_scanner *s, const char *start, const char **cursor)
{
	char *end = s->text.p + (start - s->text.p), kept;
	const char *last = s->text.p + s->text.n, *at;
	while (end < last && isalnum((unsigned char)*end))
		end++;
	if (end == start)
		end++;
	kept = *end;
	*end = '\0';
	*cursor = start;
	const struct phi_token *t = &phi_tokens[phi_lex(cursor, end, &at)];
	*end = kept;
	if (t->kind == PHI_KEYWORD)
		take_keyword(s, t, start, *cursor);
	*cursor = end;
}

static void walk(struct phi_scanner *s, bool stop_at_encoded)
{
	const char *cursor = s->text.p, *limit = s->text.p + s->text.n, *start;
	memset(s->near, 0, phi_n_rules * sizeof *s->near);
	s->n = 0;
	s->encoded = s->full = false;
	for (;;) {
		const struct phi_token *t = &phi_tokens[phi_lex(&cursor, limit, &start)];
		struct str c = { start, (size_t)(cursor - start) };
		if (t->kind == PHI_END || (stop_at_encoded && s->encoded))
			return;
		if (t->kind == PHI_KEYWORD)
			take_keyword(s, t, start, cursor);
		else if (t->kind == PHI_ENCODED || (t->kind == PHI_WORD && phi_is_base64_text(c)))
			s->encoded = true;
		else if (t->kind == PHI_SHAPE && !judge_shape(s, t, c))
			take_first_word(s, start, &cursor);
	}
}

/* Findings of the decoded text to bytes of the text that it was decoded from. */
static void map_back(struct phi_scanner *s, const struct phi_map *map)
{
	for (size_t i = 0; i < s->n; i++) {
		struct phi_finding *f = &s->found[i];
		size_t end = map->to[f->start + f->n - 1];
		f->start = map->from[f->start];
		f->n = end - f->start;
	}
}

/* Hands the findings out, without those in the key. */
static void finish(struct phi_scanner *s, int maps, size_t lead)
{
	size_t kept = 0;
	while (maps > 0)
		map_back(s, &s->maps[--maps]);
	for (size_t i = 0; i < s->n; i++) {
		struct phi_finding f = s->found[i];
		if (f.start < lead)
			continue;
		f.start -= lead;
		s->found[kept++] = f;
	}
	s->n = kept;
}

/* Decodes until there is nothing more to decode; how often. Stopping early leaves what a last walk over all of it finds. */
static int decode(struct phi_scanner *s)
{
	int maps = 0;
	walk(s, true);
	while (s->encoded) {
		bool again = maps < PASSES - 1 && phi_normalise(buf_view(&s->text), &s->decoded, &s->maps[maps]);
		if (again) {
			struct buf last = s->text;
			s->text = s->decoded;
			s->decoded = last;
			maps++;
		}
		walk(s, again && maps < PASSES - 1);
		if (!again || maps == PASSES - 1)
			break;
	}
	return maps;
}

int phi_scan(struct phi_scanner *s, struct str key, struct str text, const struct phi_finding **found, size_t *n, struct err *e)
{
	if (text.n > PHI_TEXT_MAX || key.n > PHI_TEXT_MAX / 2)
		return err_set(e, ROS_INPUT, "a text is too long to be scanned");
	*found = s->found;
	*n = 0;
	if (text.n == 0)
		return 0;
	buf_clear(&s->text);
	buf_str(&s->text, key);
	buf_z(&s->text, key.n > 0 ? ": " : "");
	size_t lead = s->text.n;
	buf_str(&s->text, text);
	int maps = decode(s);
	if (s->full || !buf_ok(&s->text))
		return err_set(e, ROS_INPUT, "too many findings in one text");
	finish(s, maps, lead);
	*n = s->n;
	return 0;
}
