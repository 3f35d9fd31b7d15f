/*
 * The scanner: one walk over the text. A class of each byte says what can begin there: letters make a word, whose hash is made on the way and which is
 * looked up; digits, and words with digits in them, go to the automaton; a few marks begin something, too. All else is passed over.
 */
#include "phi/scan.h"

#include "base/mem.h"
#include "phi/normalise.h"
#include "phi/validate.h"
#include "phi/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PASSES 4           /* the text as it is, and up to three times decoded */
#define KEY_LONGEST 256
#define GAP_LONGEST 7
#define TOKEN_LONGEST 256  /* a longer one is passed over as a whole: looking at each part of it again would take forever */
#define SPACED_FEWEST 7    /* characters that stand alone, one behind the other */
#define SPACED_GAP 3       /* spaces between them, at most */
#define BASE64_SHORTEST 11

/* Classes of bytes. */
#define UPPER 1u
#define LOWER 2u
#define DIGIT 4u
#define MARK 8u /* can begin something */
#define HIGH 16u  /* no ASCII */
#define JOINT 32u /* joins the parts of a token: _ - . / + : = */
#define LINK 64u  /* behind letters: what they are a part of may be a shape or a segment */
#define GAP 128u  /* may stand between the words of a keyword */
#define LETTER (UPPER | LOWER)
#define ALNUM (LETTER | DIGIT)

#define U8 UPPER, UPPER, UPPER, UPPER, UPPER, UPPER, UPPER, UPPER
#define L8 LOWER, LOWER, LOWER, LOWER, LOWER, LOWER, LOWER, LOWER
#define H8 HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH
#define H32 H8, H8, H8, H8

static const uint8_t class[256] = {
	['0'] = DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT,
	['A'] = U8, U8, U8, UPPER, UPPER,
	['a'] = L8, L8, L8, LOWER, LOWER,
	['@'] = MARK, ['('] = MARK, ['%'] = MARK, ['&'] = MARK, ['+'] = MARK | JOINT,
	['\\'] = MARK | GAP, [':'] = MARK | JOINT | LINK | GAP, ['/'] = MARK | JOINT | GAP,
	['_'] = JOINT | GAP, ['-'] = JOINT | LINK | GAP, ['.'] = JOINT | GAP, ['='] = JOINT, ['|'] = LINK,
	[' '] = GAP, ['\n'] = GAP, ['\''] = GAP, ['"'] = GAP, ['#'] = GAP | MARK,
	[0x80] = H32, H32, H32, H32,
};

struct phi_scanner {
	struct buf text, spare;          /* of the pass in hand: the key's words, ": ", the text, NUL */
	struct phi_map maps[PASSES - 1];
	const char *first, *end;         /* of the pass */
	size_t key;                      /* where the key's words end, 0: no key */
	size_t near[PHI_CONTEXTS_MAX];   /* the end of the last word of the context, 0: none yet */
	size_t alone, alone_end;         /* characters that stand alone, and where the last of them was */
	struct phi_finding found[PHI_FINDINGS_MAX];
	size_t n;
	bool encoded, high, full, undecodable;
};

struct phi_scanner *phi_scanner_new(void)
{
	struct phi_scanner *s = mem_alloc(sizeof *s);
	buf_init(&s->text, PHI_TEXT_MAX * 2);
	buf_init(&s->spare, PHI_TEXT_MAX * 2);
	return s;
}

void phi_scanner_free(struct phi_scanner *s)
{
	if (!s)
		return;
	buf_free(&s->text);
	buf_free(&s->spare);
	for (int i = 0; i < PASSES - 1; i++)
		phi_map_free(&s->maps[i]);
	free(s);
}

const char *phi_confidence_name(enum phi_confidence c)
{
	static const char *const names[] = { "possible", "likely", "confirmed" };
	return names[c];
}

static unsigned class_at(const char *p)
{
	return class[(unsigned char)*p];
}

static size_t offset(const struct phi_scanner *s, const char *p)
{
	return (size_t)(p - s->first);
}

static void add(struct phi_scanner *s, const struct phi_rule *rule, enum phi_confidence confidence, struct str value)
{
	s->full = s->full || s->n == PHI_FINDINGS_MAX;
	if (!s->full)
		s->found[s->n++] = (struct phi_finding){ rule, confidence, offset(s, value.p), value.n };
}

/* Whether a joint stands at p, with a letter or digit at the far side. */
static bool joined(const struct phi_scanner *s, const char *p, int side)
{
	const char *far = p + side;
	return p >= s->first && p < s->end && far >= s->first && far < s->end && (class_at(p) & JOINT) && (class_at(far) & ALNUM);
}

/* A colon or = in front and a full stop and a letter behind it are what stands between words. */
static bool in_token(const struct phi_scanner *s, struct str c)
{
	const char *after = c.p + c.n;
	return (joined(s, c.p - 1, -1) && c.p[-1] != ':' && c.p[-1] != '=') ||
	       (joined(s, after, 1) && (*after != '.' || (class_at(after + 1) & DIGIT)));
}

/* Whether it ends, and, where no keyword stands in front of it, begins where a word could. */
static bool bounded(const struct phi_scanner *s, struct str c, bool cue)
{
	const char *after = c.p + c.n;
	bool open = cue || c.p == s->first || !(class_at(c.p) & (ALNUM | HIGH)) || !(class_at(c.p - 1) & (ALNUM | HIGH));
	if (*c.p == '+' && c.p > s->first && (class_at(c.p - 1) & ALNUM))
		return false;
	return open && (after == s->end || !(class_at(after - 1) & ALNUM) || !(class_at(after) & (ALNUM | HIGH)));
}

/* Where the rest of the phrase, whose first word ends at p, ends; NULL: it does not stand there. */
static const char *phrase_end(const struct phi_scanner *s, const struct phi_phrase *phrase, const char *p)
{
	for (const char *rest = phrase->rest; *rest; rest += *rest == ' ') {
		for (int gap = 0; gap < GAP_LONGEST && p < s->end && (class_at(p) & GAP); gap++)
			p++;
		while (*rest && *rest != ' ')
			if (p == s->end || (*p++ | 0x20) != *rest++)
				return NULL;
		if (p < s->end && (class_at(p) & (LETTER | HIGH)) && !((class_at(p) & UPPER) && (class_at(p - 1) & LOWER)))
			return NULL;
	}
	return p;
}

static bool has_context(const struct phi_phrase *phrase, unsigned context)
{
	for (const uint8_t *c = phrase->contexts; *c != PHI_NO_CONTEXT; c++)
		if (*c == context)
			return true;
	return false;
}

/* The word that begins at p: its end, and what the table has on it, or NULL. */
static const struct phi_word *word_from(const struct phi_scanner *s, const char *p, const char **end)
{
	for (*end = p; *end < s->end && (class_at(*end) & LETTER); ++*end)
		;
	return phi_word_at(p, (size_t)(*end - p), phi_hash(p, (size_t)(*end - p)));
}

/* Whether a word of the context begins within `reach` bytes behind p. */
static bool follows(const struct phi_scanner *s, unsigned context, const char *p, size_t reach)
{
	const char *limit = (size_t)(s->end - p) < reach ? s->end : p + reach, *end;
	while (p < limit) {
		if (!(class_at(p) & LETTER)) {
			p++;
			continue;
		}
		const struct phi_word *word = word_from(s, p, &end);
		const struct phi_phrase *phrase = word && (word->is & PHI_IS_KEYWORD) ? &phi_phrases[word->phrases] : NULL;
		for (; phrase; phrase = phrase->last ? NULL : phrase + 1)
			if (has_context(phrase, context) && phrase_end(s, phrase, end))
				return true;
		p = end;
	}
	return false;
}

static bool in_context(const struct phi_scanner *s, const struct phi_rule *rule, struct str c)
{
	if (rule->context == PHI_NO_CONTEXT)
		return false;
	size_t near = s->near[rule->context];
	return (near > 0 && offset(s, c.p) <= near + rule->before) || (rule->after > 0 && follows(s, rule->context, c.p + c.n, rule->after));
}

/* False where nothing behind this place can be a finding of the rule: it needs a word in front, and none was there. */
static bool may_have_context(const struct phi_scanner *s, const struct phi_rule *rule)
{
	return !rule->require || rule->after > 0 || s->near[rule->context] > 0;
}

/* Judges a candidate that a shape made, or, with a cue, one that a keyword introduces. True: it is a finding now. */
static bool judge(struct phi_scanner *s, uint16_t r, struct str c, bool cue)
{
	const struct phi_rule *rule = &phi_rules[r];
	if (c.n == 0 || !bounded(s, c, cue) || (rule->not_in_token && in_token(s, c)))
		return false;
	if (rule->require && rule->after == 0 && !in_context(s, rule, c))
		return false;
	bool right = !rule->check || rule->check(c);
	if (!right && rule->veto)
		return false;
	bool near = in_context(s, rule, c);
	if (rule->require && !near)
		return false;
	int points = near + cue + (right && rule->check);
	add(s, rule, points > 1 ? PHI_CONFIRMED : points > 0 || rule->context == PHI_NO_CONTEXT ? PHI_LIKELY : PHI_POSSIBLE, c);
	return true;
}

/* Where an address that is only warned of is looked into: behind its host; its end, where it is no address. */
static const char *behind_host(struct str c)
{
	const char *end = c.p + c.n, *p = memmem(c.p, c.n, "://", 3);
	for (p = p ? p + 3 : end; p < end && !strchr("/?#", *p); p++)
		;
	return p;
}

/* The shape or container at p; its end, or NULL where there is none or where it comes to nothing. */
static const char *take_shape(struct phi_scanner *s, const char *p)
{
	const char *end = p;
	const struct phi_token *t = &phi_tokens[phi_lex(&end)];
	struct str c = { p, (size_t)(end - p) };
	if (t->kind == PHI_NOTHING)
		return NULL;
	if (t->kind == PHI_CONTAINER)
		return bounded(s, c, false) || c.n > TOKEN_LONGEST ? end : NULL;
	bool any = false, blocked = false;
	for (const uint16_t *r = t->rules; *r != PHI_NO_RULE; r++)
		if (may_have_context(s, &phi_rules[*r]) && judge(s, *r, phi_value_grown(phi_rules[*r].value, s->first, s->end, c), false)) {
			any = true;
			blocked |= phi_rules[*r].block;
		}
	if (any && !blocked)
		return behind_host(c);
	return any || c.n > TOKEN_LONGEST ? end : NULL;
}

static struct str value_behind(const struct phi_scanner *s, uint16_t r, const char *start, const char *end)
{
	enum phi_value kind = phi_rules[r].value;
	if (kind == PHI_VALUE_SELF)
		return (struct str){ start, (size_t)(end - start) };
	if (kind == PHI_VALUE_BEFORE)
		return phi_value_before(s->first, start, end);
	if (kind == PHI_VALUE_STREET)
		return phi_value_street(s->first, start, end);
	if (kind == PHI_VALUE_MONTH)
		return phi_value_month((struct str){ start, (size_t)(s->end - start) });
	if (kind == PHI_VALUE_CITY)
		return phi_value_city(s->first, start, end);
	if (kind == PHI_VALUE_TITLED_NAME && !((class_at(start) & UPPER) && ((class_at(start + 1) & LOWER) || *end == '.')))
		return (struct str){ 0 };
	return phi_value(kind, (struct str){ end, (size_t)(s->end - end) });
}

/* All that stands under the key. */
static void take_key(struct phi_scanner *s, const uint16_t *rules)
{
	struct str value = phi_value(PHI_VALUE_WHOLE, (struct str){ s->first + s->key, (size_t)(s->end - s->first) - s->key });
	for (const uint16_t *r = rules; *r != PHI_NO_RULE; r++)
		judge(s, *r, value, true);
}

/* The word at start..end begins phrases: gives context, and introduces what the longest of them does. */
static void take_phrases(struct phi_scanner *s, const struct phi_word *word, const char *start, const char *end)
{
	bool done = false;
	for (const struct phi_phrase *phrase = &phi_phrases[word->phrases];; phrase++) {
		const char *behind = phrase_end(s, phrase, end);
		if (behind) {
			for (const uint8_t *c = phrase->contexts; *c != PHI_NO_CONTEXT; c++)
				s->near[*c] = offset(s, behind);
			for (const uint16_t *r = phrase->rules; *r != PHI_NO_RULE && !done; r++)
				if (may_have_context(s, &phi_rules[*r]))
					judge(s, *r, value_behind(s, *r, start, behind), true);
			if (s->key > 0 && start == s->first && offset(s, behind) == s->key)
				take_key(s, phrase->keys);
			done = done || *phrase->rules != PHI_NO_RULE;
		}
		if (phrase->last)
			return;
	}
}

static void take_names(struct phi_scanner *s, const uint16_t *rules, struct str word)
{
	for (const uint16_t *r = rules; *r != PHI_NO_RULE; r++)
		judge(s, *r, phi_value_grown(phi_rules[*r].value, s->first, s->end, word), false);
}

/* The fields of a segment of HL7, which begins a line, or a string in another one. */
static void take_fields(struct phi_scanner *s, const char *start, const char *end)
{
	if (start > s->first && !strchr("\r\n\"", start[-1]) && !(start - s->first > 1 && start[-2] == '\\'))
		return;
	for (size_t i = 0; i < phi_n_fields; i++)
		if ((size_t)(end - start) == strlen(phi_fields[i].segment) && memcmp(start, phi_fields[i].segment, (size_t)(end - start)) == 0) {
			struct str value = phi_value_field((struct str){ end, (size_t)(s->end - end) }, phi_fields[i].field);
			judge(s, phi_fields[i].rule, value, true);
		}
}

/* Looks a word up and takes what it begins. The end of what was taken as a shape, or NULL. */
static const char *look_up(struct phi_scanner *s, const char *start, const char *end, uint32_t hash)
{
	const struct phi_word *word = phi_word_at(start, (size_t)(end - start), hash);
	struct str letters = { start, (size_t)(end - start) };
	if (!word)
		return NULL;
	if (word->is & PHI_IS_KEYWORD)
		take_phrases(s, word, start, end);
	if (class_at(start) & UPPER) {
		if (word->is & PHI_IS_FIRST)
			take_names(s, phi_first_name_rules, letters);
		if (word->is & PHI_IS_SURNAME)
			take_names(s, phi_surname_rules, letters);
	}
	return word->is & PHI_IS_LEAD ? take_shape(s, start) : NULL;
}

/* memberId, patientID: each part is a word; the first letter of a part is upper case and the one in front of it is not. */
static void take_camel(struct phi_scanner *s, const char *start, const char *end)
{
	while (start < end) {
		const char *part = start + 1;
		while (part < end && !((class_at(part) & UPPER) && (class_at(part - 1) & LOWER)))
			part++;
		const struct phi_word *word = phi_word_at(start, (size_t)(part - start), phi_hash(start, (size_t)(part - start)));
		if (word && (word->is & PHI_IS_KEYWORD))
			take_phrases(s, word, start, part);
		start = part;
	}
}

static bool is_camel(const char *start, const char *end)
{
	while (++start < end)
		if ((class_at(start) & UPPER) && (class_at(start - 1) & LOWER))
			return true;
	return false;
}

/* Counts characters that stand alone: letters spaced out one by one are a way to hide a text. */
static void count_alone(struct phi_scanner *s, const char *start, const char *end)
{
	size_t at = offset(s, start);
	if (end - start > 1)
		return;
	s->alone = at - s->alone_end <= SPACED_GAP ? s->alone + 1 : 1;
	s->alone_end = at + 1;
	s->encoded = s->encoded || s->alone >= SPACED_FEWEST;
}

/* Whether there are both large and small letters. */
static bool has_both_cases(const char *p, const char *end)
{
	unsigned classes = 0;
	for (; p < end && (classes & LETTER) != LETTER; p++)
		classes |= class_at(p);
	return (classes & LETTER) == LETTER;
}

static void probe_base64(struct phi_scanner *s, const char *start)
{
	s->encoded = s->encoded || phi_is_base64_text((struct str){ start, (size_t)(s->end - start) });
}

/* Digits, or letters and digits: a shape, or else a keyword that its number sticks to, as MRN123456, SSN123-45-6789. The end of what was taken. */
static const char *take_mixed(struct phi_scanner *s, const char *start, const char *digits)
{
	const char *end = digits;
	unsigned behind = 0;
	for (; class_at(end) & ALNUM; end++)
		behind |= class_at(end);
	count_alone(s, start, end);
	if (end - start >= BASE64_SHORTEST && has_both_cases(start, end))
		probe_base64(s, start);
	const char *taken = take_shape(s, start);
	if (taken)
		return taken;
	if (end < s->end && *end == '|')
		take_fields(s, start, end);
	if (digits - start >= 3 && end - digits >= (*end == '-' ? 3 : 4) && !(behind & LETTER)) {
		size_t n = (size_t)(digits - start);
		const struct phi_word *word = phi_word_at(start, n, phi_hash(start, n));
		if (word && (word->is & PHI_IS_KEYWORD))
			take_phrases(s, word, start, digits);
	}
	return end;
}

static bool in_filter(const uint64_t *filter, unsigned bits, uint32_t hash)
{
	uint32_t bit = hash >> (32 - bits);
	return filter[bit >> 6] >> (bit & 63) & 1;
}

/* Letters that may begin a uuid or an address of hardware or IPv6, or capitals in front of digits, as a state before its ZIP code. */
static bool begins_shape(const char *start, size_t n, const char *end)
{
	return (n == 8 && *end == '-') || (n <= 4 && *end == ':' && isxdigit((unsigned char)end[1])) ||
	       (n == 2 && *end == '-') || ((n == 2 || n == 4) && (class_at(start + 1) & UPPER) && *end == ' ' && (class_at(end + 1) & DIGIT));
}

/* A word that the tables may know, of letters large and small, that is short, or that goes on with something else than white space. */
static const char *take_odd_word(struct phi_scanner *s, const char *start, const char *p, uint32_t hash, bool known)
{
	size_t n = (size_t)(p - start);
	if (class_at(p) & DIGIT)
		return take_mixed(s, start, p);
	const char *end = known && !(class_at(p) & HIGH) ? look_up(s, start, p, hash) : NULL;
	if (!end && begins_shape(start, n, p))
		end = take_shape(s, start);
	if (end)
		return end;
	if (*p == '|')
		take_fields(s, start, p);
	count_alone(s, start, p);
	if (n > 3 && is_camel(start, p)) {
		take_camel(s, start, p);
		if (n >= BASE64_SHORTEST)
			probe_base64(s, start);
	}
	return p;
}

static const char *take_word(struct phi_scanner *s, const char *start)
{
	const char *p = start;
	uint64_t hash = 0, capitals = 0, smalls = 0;
	unsigned n;
	do {
		uint64_t chunk = phi_chunk(p);
		n = phi_letters(chunk);
		hash = phi_hash_more(hash, chunk, n);
		capitals |= phi_lowest(~chunk & PHI_CASE, n) >> (p == start ? 8 : 0);
		smalls |= phi_lowest(chunk & PHI_CASE, n);
		p += n;
	} while (n == PHI_CHUNK);
	uint32_t whole = phi_hash_end(hash);
	bool upper = class_at(start) & UPPER;
	bool odd = (capitals && smalls) || p - start == 1 || (class_at(p) & (DIGIT | HIGH | LINK)) || (upper && (class_at(p + 1) & DIGIT));
	bool known = upper ? in_filter(phi_name_filter, PHI_NAME_FILTER_BITS, whole) : in_filter(phi_filter, PHI_FILTER_BITS, whole);
	return odd || known ? take_odd_word(s, start, p, whole, known) : p;
}

/* What only tells that something is written in another way: the rest of it is for the normaliser. */
static bool is_encoded(const struct phi_scanner *s, const char *p)
{
	if (s->end - p < 3)
		return false;
	switch (*p) {
	case '%':
		return isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2]);
	case '&':
		return p[1] == '#' || (class_at(p + 1) & LETTER);
	case '\\':
		return p[1] == 'u' || p[1] == 'x';
	default:
		return false;
	}
}

static const char *take_mark(struct phi_scanner *s, const char *p)
{
	if (*p == '\\' && p[1] && strchr("nrtbf", p[1]))
		return p + 2;
	bool begins = *p == '@' || *p == '#' ? p > s->first : *p == '(' || *p == '+' ? (class_at(p + 1) & DIGIT) != 0 : *p == ':' || (*p == '/' && p[1] == '9');
	const char *end = begins ? take_shape(s, p) : NULL;
	s->encoded = s->encoded || is_encoded(s, p);
	return end ? end : p + 1;
}

static void walk(struct phi_scanner *s)
{
	s->first = s->text.p;
	s->end = s->text.p + s->text.n;
	s->encoded = s->high = false;
	s->alone = s->alone_end = 0;
	memset(s->near, 0, sizeof s->near);
	for (const char *p = s->first; p < s->end;) {
		unsigned c = class_at(p);
		if (c & LETTER)
			p = take_word(s, p);
		else if (c & DIGIT)
			p = take_mixed(s, p, p);
		else if ((c & MARK) && (*p != ':' || p[1] == ':'))
			p = take_mark(s, p);
		else {
			s->high = s->high || (c & HIGH);
			p++;
		}
	}
}

/* Findings from `from` on, of the text that `maps` steps made, back to bytes of the text before them. */
static void map_back(struct phi_scanner *s, size_t from, int maps)
{
	while (maps-- > 0)
		for (size_t i = from; i < s->n; i++)
			phi_map_back(&s->maps[maps], &s->found[i].start, &s->found[i].n);
}

/* Room behind the text for words that are read eight letters at once. */
static void pad(struct buf *text)
{
	if (buf_reserve(text, PHI_CHUNK))
		memset(text->p + text->n, 0, PHI_CHUNK);
}

/* Walks over the text, and again over what it decodes to, until there is nothing more to decode. */
static void walk_all(struct phi_scanner *s)
{
	walk(s);
	s->undecodable = s->high && !str_utf8(buf_view(&s->text));
	for (int maps = 0; (s->encoded || s->high) && maps < PASSES - 1 && !s->full; maps++) {
		size_t from = s->n;
		if (!phi_normalise(buf_view(&s->text), &s->spare, &s->maps[maps]))
			return;
		struct buf last = s->text;
		s->text = s->spare;
		s->spare = last;
		pad(&s->text);
		walk(s);
		map_back(s, from, maps + 1);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct phi_finding *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return y->confidence - x->confidence;
}

/* In order, without those in the key and those inside another that is not weaker. */
static void finish(struct phi_scanner *s, size_t lead)
{
	size_t kept = 0, n = s->n;
	qsort(s->found, n, sizeof *s->found, by_place);
	for (size_t i = 0; i < n; i++) {
		struct phi_finding f = s->found[i];
		if (f.start < lead)
			continue;
		f.start -= lead;
		bool inside = false;
		for (size_t k = kept; k > 0 && k + 4 > kept && !inside; k--) {
			const struct phi_finding *other = &s->found[k - 1];
			inside = other->start + other->n >= f.start + f.n && other->confidence >= f.confidence && other->rule->block >= f.rule->block;
		}
		if (!inside)
			s->found[kept++] = f;
	}
	s->n = kept;
}

/* The key made into words: patientId and patient_id are both `patient id`. Keys that say nothing give none. */
static void put_key(struct buf *out, struct str key)
{
	if (key.n == 0 || key.n > KEY_LONGEST || str_is(key, "text") || str_is(key, "content"))
		return;
	for (size_t i = 0; i < key.n; i++) {
		unsigned c = class_at(key.p + i);
		if ((c & UPPER) && i > 0 && (class_at(key.p + i - 1) & LOWER))
			buf_char(out, ' ');
		buf_char(out, c & (ALNUM | HIGH) ? key.p[i] : ' ');
	}
}

int phi_scan(struct phi_scanner *s, struct str key, struct str text, const struct phi_finding **found, size_t *n, struct err *e)
{
	*found = s->found;
	*n = s->n = 0;
	s->full = false;
	if (text.n > PHI_TEXT_MAX)
		return err_set(e, ROS_INPUT, "a text is too long to be scanned");
	if (text.n == 0)
		return 0;
	buf_clear(&s->text);
	put_key(&s->text, key);
	s->key = s->text.n;
	if (s->key > 0)
		buf_z(&s->text, ": ");
	size_t lead = s->text.n;
	buf_str(&s->text, text);
	pad(&s->text);
	walk_all(s);
	if (s->undecodable)
		return err_set(e, ROS_INPUT, "a text is no UTF-8");
	if (s->full || !buf_ok(&s->text))
		return err_set(e, ROS_INPUT, "too many findings in one text");
	finish(s, lead);
	*n = s->n;
	return 0;
}
