/*
 * Generates the scanner's tables and the input of re2c from the rules: rules2c RULES.json TABLE.txt... > phi_lex.re. Shapes and containers become one small
 * automaton; keywords and the words of the tables become one open-addressed table with filters of bits in front. A table is a file PREFIX-NAME.txt: a word a
 * line, sorted, comments behind #. What is wrong with the rules is said, with the rule's id, and nothing is made.
 */
#include "phi/rules.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PHRASES_MAX 4096
#define FILE_BYTES (4 << 20)

struct phrase {
	char *text; /* all words */
	bool capitals;
	bool rules[PHI_RULES_MAX], keys[PHI_RULES_MAX], contexts[PHI_CONTEXTS_MAX];
};

static const char *const checks[] = { "age90", "capital_name", "card", "card_length", "date", "day", "dea", "iban", "id", "imei", "ipv4", "ipv6", "letters", "long_id", "mailbox",
	                              "mbi", "month", "month_day", "nhs", "nino", "npi", "phone", "phone_length", "phone_world", "place", "ramq", "sin", "ssn", "ssn_end", "ssn_length",
	                              "stamp", "street", "town", "udi", "vin", "wallet", "zip", NULL };
static const char *const values[] = { "none", "self", "id", "digits", "name", "listed_name", "titled_name", "date", "month", "age", "place", "quoted",
	                              "before", "street", "city", "person", "last_first", "mailbox", "iban", "whole", NULL };

static const cJSON *rules[PHI_RULES_MAX];
static int n_rules;
static const cJSON *contexts[PHI_CONTEXTS_MAX];
static int n_contexts;
static struct phrase phrases[PHRASES_MAX];
static int n_phrases;
static struct phi_word words[PHI_SLOTS];
static char *word_text;
static uint32_t n_text, n_words;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("rules2c: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(65);
}

static void *room(size_t n)
{
	void *p = calloc(1, n);
	if (!p)
		die("no memory");
	return p;
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		die("%s cannot be opened", path);
	char *text = room(FILE_BYTES);
	size_t n = fread(text, 1, FILE_BYTES - 1, f);
	if (!feof(f) || n == 0)
		die("%s is empty, or too long", path);
	fclose(f);
	return text;
}

static const cJSON *get(const cJSON *v, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(v, name);
}

static bool among(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* Members of an object: no others than these. */
static void check_members(const cJSON *v, const char *id, const char *const *known)
{
	if (!cJSON_IsObject(v))
		die("%s: an object is expected", id);
	for (const cJSON *m = v->child; m; m = m->next)
		if (!among(m->string, known))
			die("%s: %s is not known", id, m->string);
}

static const char *text(const cJSON *v, const char *name, const char *id)
{
	const cJSON *m = get(v, name);
	if (!cJSON_IsString(m) || !*m->valuestring)
		die("%s: no text %s", id, name);
	return m->valuestring;
}

/* A list of texts that are not empty; absent is none, unless it must be there. */
static const cJSON *list(const cJSON *v, const char *name, const char *id, bool must)
{
	const cJSON *all = get(v, name), *m;
	if (!all && !must)
		return NULL;
	if (!cJSON_IsArray(all) || !all->child)
		die("%s: no list %s", id, name);
	cJSON_ArrayForEach(m, all) if (!cJSON_IsString(m) || !*m->valuestring) die("%s: %s: a text is expected", id, name);
	return all;
}

static int number(const cJSON *v, const char *name, const char *id)
{
	const cJSON *m = get(v, name);
	if (!m)
		return 0;
	if (!cJSON_IsNumber(m) || m->valueint < 1 || m->valueint > 1000)
		die("%s: %s is no number of 1 to 1000", id, name);
	return m->valueint;
}

/* --- words */

static struct phi_word *word(const char *p, size_t n)
{
	if (n == 0 || n > PHI_WORD_LONGEST)
		die("%.*s: a word has 1 to %d letters", (int)n, p, PHI_WORD_LONGEST);
	for (size_t i = 0; i < n; i++)
		if (!islower((unsigned char)p[i]))
			die("%.*s: a word has letters a to z only", (int)n, p);
	uint32_t hash = phi_hash(p, n), slot = hash % PHI_SLOTS;
	for (; words[slot].n > 0; slot = (slot + 1) % PHI_SLOTS)
		if (words[slot].n == n && memcmp(word_text + words[slot].text, p, n) == 0)
			return &words[slot];
	if (++n_words > PHI_SLOTS / 8 * 7)
		die("too many words");
	words[slot] = (struct phi_word){ .hash = hash, .text = n_text, .n = (uint8_t)n };
	memcpy(word_text + n_text, p, n);
	n_text += (uint32_t)n;
	return &words[slot];
}

static size_t first_word(const char *phrase)
{
	return strcspn(phrase, " ");
}

/* The phrase of a keyword: words of small letters, or one word of capitals, which stands in capitals only. */
static struct phrase *phrase(const char *keyword)
{
	char *lower = strdup(keyword);
	bool capitals = isupper((unsigned char)*keyword) != 0;
	for (char *p = lower; *p; p++) {
		if (!(capitals ? isupper((unsigned char)*p) : islower((unsigned char)*p)) && (capitals || *p != ' ' || p == lower || p[-1] == ' ' || !p[1]))
			die("%s: a keyword is words of letters a to z with one space between, or a word of capitals", keyword);
		*p = (char)tolower((unsigned char)*p);
	}
	for (int i = 0; i < n_phrases; i++)
		if (strcmp(phrases[i].text, lower) == 0) {
			phrases[i].capitals = phrases[i].capitals && capitals;
			return &phrases[i];
		}
	if (n_phrases == PHRASES_MAX)
		die("too many keywords");
	phrases[n_phrases] = (struct phrase){ .text = lower, .capitals = capitals };
	return &phrases[n_phrases++];
}

/* The words of a phrase without the spaces: memberid. */
static char *joined(const char *p)
{
	char *all = room(strlen(p) + 1), *to = all;
	for (; *p; p++)
		if (*p != ' ')
			*to++ = *p;
	return all;
}

enum use { AS_RULE, AS_KEY, AS_CONTEXT };

static void use_phrases(const cJSON *all, enum use use, int i)
{
	const cJSON *v;
	cJSON_ArrayForEach(v, all)
	{
		char *forms[2] = { v->valuestring, joined(v->valuestring) };
		for (int k = 0; k < 2; k++) {
			struct phrase *p = k == 1 && strlen(forms[1]) > PHI_WORD_LONGEST ? NULL : phrase(forms[k]);
			if (p)
				(use == AS_RULE ? p->rules : use == AS_KEY ? p->keys : p->contexts)[i] = true;
		}
	}
}

/* By first word, and of those the longest first. */
static int by_text(const void *a, const void *b)
{
	const char *x = ((const struct phrase *)a)->text, *y = ((const struct phrase *)b)->text;
	size_t n = first_word(x), m = first_word(y);
	int order = strncmp(x, y, n < m ? n : m);
	if (order != 0 || n != m)
		return order != 0 ? order : (int)n - (int)m;
	order = (int)strlen(y) - (int)strlen(x);
	return order != 0 ? order : strcmp(x, y);
}

static bool same_first(int i, int k)
{
	size_t n = first_word(phrases[i].text);
	return k < n_phrases && n == first_word(phrases[k].text) && strncmp(phrases[i].text, phrases[k].text, n) == 0;
}

/* Whether all phrases of the first word stand in capitals only. */
static bool only_capitals(int i)
{
	for (int k = i; same_first(i, k); k++)
		if (!phrases[k].capitals)
			return false;
	return true;
}

static void sort_phrases(void)
{
	qsort(phrases, (size_t)n_phrases, sizeof *phrases, by_text);
	for (int i = 0; i < n_phrases; i++)
		if (i == 0 || !same_first(i - 1, i)) {
			struct phi_word *w = word(phrases[i].text, first_word(phrases[i].text));
			w->is |= PHI_IS_KEYWORD | (only_capitals(i) ? PHI_IS_CAPITALS : 0);
			w->phrases = (uint16_t)i;
		}
}

static void mark_words(const cJSON *all, uint8_t is)
{
	const cJSON *v;
	cJSON_ArrayForEach(v, all) word(v->valuestring, strlen(v->valuestring))->is |= is;
}

/* --- rules */

static int context_number(const cJSON *list_of_words)
{
	for (int i = 0; i < n_contexts; i++)
		if (cJSON_Compare(contexts[i], list_of_words, true))
			return i;
	if (n_contexts == PHI_CONTEXTS_MAX)
		die("too many contexts");
	contexts[n_contexts] = list_of_words;
	use_phrases(list_of_words, AS_CONTEXT, n_contexts);
	return n_contexts++;
}

static void check_id(const cJSON *root, const char *id)
{
	const cJSON *v;
	if (strncmp(id, "phi.", 4) != 0 || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(id))
		die("%s: an id is phi. and lower-case words with dots and dashes", id);
	for (int i = 0; i < n_rules; i++)
		if (strcmp(get(rules[i], "id")->valuestring, id) == 0)
			die("%s stands twice", id);
	cJSON_ArrayForEach(v, get(root, "retired")) if (cJSON_IsString(v) && strcmp(v->valuestring, id) == 0) die("%s is retired", id);
}

static void check_match(const cJSON *root, const cJSON *match, const char *id)
{
	static const char *const members[] = { "shapes", "keywords", "keys", "table", "fields", "value", NULL };
	check_members(match, id, members);
	const cJSON *shapes = list(match, "shapes", id, false), *value = get(match, "value"), *table = get(match, "table"), *v;
	const cJSON *keywords = list(match, "keywords", id, false);
	cJSON_ArrayForEach(v, shapes) if (!get(get(root, "shapes"), v->valuestring)) die("%s: no shape %s", id, v->valuestring);
	if (table && strcmp(text(match, "table", id), "first-names") != 0 && strcmp(table->valuestring, "surnames") != 0)
		die("%s: table is first-names or surnames", id);
	if (value && !among(text(match, "value", id), values))
		die("%s: no value %s", id, value->valuestring);
	if ((keywords || table) && !value)
		die("%s: keywords and tables need a value", id);
	if (!shapes && !keywords && !table && !list(match, "keys", id, false) && !list(match, "fields", id, false))
		die("%s: matches nothing", id);
}

static void check_rule(const cJSON *root, const cJSON *rule)
{
	static const char *const members[] = { "id", "label", "hipaa", "severity", "about", "match", "not_in", "validate", "context", "examples", NULL };
	static const char *const of_validate[] = { "fn", "on_fail", NULL }, *const of_context[] = { "words", "before", "after", "require", NULL };
	static const char *const of_examples[] = { "match", "no_match", NULL }, *const fails[] = { "drop", "demote", NULL };
	static const char *const severities[] = { "block", "warn", NULL };
	const char *id = text(rule, "id", "a rule");
	const cJSON *validate = get(rule, "validate"), *context = get(rule, "context"), *v;
	check_id(root, id);
	check_members(rule, id, members);
	text(rule, "about", id);
	if (strspn(text(rule, "label", id), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != strlen(text(rule, "label", id)))
		die("%s: a label is upper-case letters, digits and _", id);
	if (strlen(text(rule, "hipaa", id)) != 1 || *text(rule, "hipaa", id) < 'A' || *text(rule, "hipaa", id) > 'R')
		die("%s: hipaa is a letter A to R", id);
	if (!among(text(rule, "severity", id), severities))
		die("%s: severity is block or warn", id);
	check_match(root, get(rule, "match"), id);
	cJSON_ArrayForEach(v, list(rule, "not_in", id, false)) if (strcmp(v->valuestring, "token") != 0) die("%s: not_in is token", id);
	if (validate) {
		check_members(validate, id, of_validate);
		if (!among(text(validate, "fn", id), checks))
			die("%s: no check %s", id, text(validate, "fn", id));
		if (!among(text(validate, "on_fail", id), fails))
			die("%s: on_fail is drop or demote", id);
	}
	if (context) {
		check_members(context, id, of_context);
		list(context, "words", id, true);
		if (number(context, "before", id) + number(context, "after", id) == 0)
			die("%s: the context needs before or after", id);
	}
	check_members(get(rule, "examples"), id, of_examples);
	list(get(rule, "examples"), "match", id, true);
	list(get(rule, "examples"), "no_match", id, true);
}

static void read_rules(const cJSON *root)
{
	static const char *const members[] = { "$comment", "version", "retired", "parts", "containers", "shapes", "leads", "fillers", "rules", NULL };
	const cJSON *rule;
	check_members(root, "the rules", members);
	cJSON_ArrayForEach(rule, get(root, "rules"))
	{
		if (n_rules == PHI_RULES_MAX)
			die("too many rules");
		check_rule(root, rule);
		const cJSON *match = get(rule, "match"), *context = get(rule, "context");
		use_phrases(get(match, "keywords"), AS_RULE, n_rules);
		use_phrases(get(match, "keys"), AS_KEY, n_rules);
		if (context)
			context_number(get(context, "words"));
		rules[n_rules++] = rule;
	}
	if (n_rules == 0)
		die("there are no rules");
	mark_words(list(root, "leads", "the rules", true), PHI_IS_LEAD);
	mark_words(list(root, "fillers", "the rules", true), PHI_IS_FILLER);
}

/* --- output */

static void put_string(const char *s)
{
	putchar('"');
	for (; *s; s++)
		printf(isalnum((unsigned char)*s) || *s == ' ' ? "%c" : "\\%03o", (unsigned char)*s);
	putchar('"');
}

static void put_examples(int i, const char *name)
{
	const cJSON *v;
	printf("static const char *const %s_%d[] = { ", name, i);
	cJSON_ArrayForEach(v, get(get(rules[i], "examples"), name))
	{
		put_string(v->valuestring);
		printf(", ");
	}
	printf("NULL };\n");
}

static const char *value_of(const cJSON *match)
{
	const cJSON *value = get(match, "value");
	return value ? value->valuestring : get(match, "shapes") ? "none" : "whole";
}

static void put_rule(int i)
{
	static const char *const members[] = { "id", "label", "about", NULL };
	const cJSON *rule = rules[i], *context = get(rule, "context"), *validate = get(rule, "validate");
	printf("\t{\n");
	for (int m = 0; members[m]; m++) {
		printf("\t\t.%s = ", members[m]);
		put_string(get(rule, members[m])->valuestring);
		printf(",\n");
	}
	printf("\t\t.letter = '%s', .block = %d, .value = PHI_VALUE_", get(rule, "hipaa")->valuestring,
	       strcmp(get(rule, "severity")->valuestring, "block") == 0);
	for (const char *p = value_of(get(rule, "match")); *p; p++)
		putchar(toupper((unsigned char)*p));
	printf(",\n\t\t.not_in_token = %d, .match = match_%d, .no_match = no_match_%d,\n", get(rule, "not_in") != NULL, i, i);
	if (validate)
		printf("\t\t.check = phi_is_%s, .veto = %d,\n", get(validate, "fn")->valuestring, strcmp(get(validate, "on_fail")->valuestring, "drop") == 0);
	if (context)
		printf("\t\t.context = %d, .before = %d, .after = %d, .require = %d,\n\t},\n", context_number(get(context, "words")),
		       number(context, "before", ""), number(context, "after", ""), cJSON_IsTrue(get(context, "require")));
	else
		printf("\t\t.context = PHI_NO_CONTEXT,\n\t},\n");
}

static void put_rules(const cJSON *root)
{
	for (int i = 0; i < n_rules; i++) {
		put_examples(i, "match");
		put_examples(i, "no_match");
	}
	printf("const struct phi_rule phi_rules[] = {\n");
	for (int i = 0; i < n_rules; i++)
		put_rule(i);
	printf("};\nconst size_t phi_n_rules = %d;\nconst char phi_rules_version[] = ", n_rules);
	put_string(text(root, "version", "the rules"));
	printf(";\n");
}

/* The numbers of what is set; an empty list is the one that all share. */
static void put_list(const char *type, const char *name, int i, const bool *set, int n, const char *end)
{
	printf("static const %s %s_%d[] = { ", type, name, i);
	for (int k = 0; k < n; k++)
		if (set[k])
			printf("%d, ", k);
	printf("%s };\n", end);
}

static void put_phrases(void)
{
	for (int i = 0; i < n_phrases; i++) {
		put_list("uint16_t", "cue", i, phrases[i].rules, n_rules, "PHI_NO_RULE");
		put_list("uint16_t", "key", i, phrases[i].keys, n_rules, "PHI_NO_RULE");
		put_list("uint8_t", "context", i, phrases[i].contexts, n_contexts, "PHI_NO_CONTEXT");
	}
	printf("const struct phi_phrase phi_phrases[] = {\n");
	for (int i = 0; i < n_phrases; i++) {
		const char *rest = phrases[i].text + first_word(phrases[i].text);
		printf("\t{ \"%s\", %d, cue_%d, key_%d, context_%d },\n", *rest ? rest + 1 : rest, !same_first(i, i + 1), i, i, i);
	}
	printf("};\n");
}

static void put_fields(void)
{
	const cJSON *v;
	int n = 0;
	printf("const struct phi_field phi_fields[] = {\n");
	for (int i = 0; i < n_rules; i++)
		cJSON_ArrayForEach(v, get(get(rules[i], "match"), "fields"))
		{
			char segment[4];
			unsigned field;
			if (sscanf(v->valuestring, "%3[A-Z0-9]-%u", segment, &field) != 2 || field == 0 || field > 99)
				die("%s: %s is no field as PID-5", get(rules[i], "id")->valuestring, v->valuestring);
			printf("\t{ \"%s\", %u, %d },\n", segment, field, i);
			n++;
		}
	printf("};\nconst size_t phi_n_fields = %d;\n", n);
}

static void put_name_rules(const char *table, const char *name)
{
	printf("const uint16_t %s[] = { ", name);
	for (int i = 0; i < n_rules; i++) {
		const cJSON *v = get(get(rules[i], "match"), "table");
		if (v && strcmp(v->valuestring, table) == 0)
			printf("%d, ", i);
	}
	printf("PHI_NO_RULE };\n");
}

/* The bits of words that are one of `is`, but for those that are `without`. */
static void put_bits(const char *name, unsigned bits, uint8_t is, uint8_t without)
{
	uint64_t *set = room((size_t)1 << (bits - 3));
	for (uint32_t i = 0; i < PHI_SLOTS; i++) {
		uint32_t bit = words[i].hash >> (32 - bits);
		if (words[i].n > 0 && (words[i].is & is) && !(words[i].is & without))
			set[bit >> 6] |= (uint64_t)1 << (bit & 63);
	}
	printf("const uint64_t %s[] = {\n", name);
	for (size_t i = 0; i < (size_t)1 << (bits - 6); i++)
		printf("0x%llx,%s", (unsigned long long)set[i], i % 8 == 7 ? "\n" : " ");
	printf("};\n");
	free(set);
}

static void put_words(void)
{
	printf("const char phi_word_text[] =\n");
	for (uint32_t i = 0; i < n_text; i += 100)
		printf("\"%.*s\"\n", n_text - i < 100 ? (int)(n_text - i) : 100, word_text + i);
	printf(";\nconst struct phi_word phi_words[PHI_SLOTS] = {\n");
	for (uint32_t i = 0; i < PHI_SLOTS; i++)
		if (words[i].n > 0)
			printf("[%u]={%uu,%u,%u,%u,%u},\n", i, words[i].hash, words[i].text, words[i].phrases, words[i].n, words[i].is);
	printf("};\n");
	put_bits("phi_filter", PHI_FILTER_BITS, PHI_IS_KEYWORD | PHI_IS_LEAD, PHI_IS_CAPITALS);
	put_bits("phi_name_filter", PHI_NAME_FILTER_BITS, PHI_IS_KEYWORD | PHI_IS_LEAD | PHI_IS_FIRST | PHI_IS_SURNAME, 0);
}

/* The next line of a table that is none of its comments, in order; NULL: no more. */
static const char *next_line(char **rest, const char *last, const char *path)
{
	for (char *line; (line = strtok_r(NULL, "\n", rest));) {
		if (*line == '#')
			continue;
		if (strcmp(last, line) >= 0)
			die("%s: %s is not in order", path, line);
		return line;
	}
	return NULL;
}

/* A table of words goes into the words; another one becomes a sorted list. */
static void read_table(const char *path)
{
	static const struct {
		const char *name;
		uint8_t is;
	} of_words[] = { { "first-names", PHI_IS_FIRST }, { "surnames", PHI_IS_SURNAME }, { "common-words", PHI_IS_COMMON }, { "stop-words", PHI_IS_STOP } };
	char *rest = slurp(path), name[64];
	const char *begin = strstr(path, "phi-"), *line = "";
	if (!begin || sscanf(begin, "phi-%63[a-z0-9-].txt", name) != 1 || *rest != '#')
		die("%s: a table is a file phi-NAME.txt that begins with its source", path);
	rest = strchr(rest, '\n');
	for (size_t i = 0; i < sizeof of_words / sizeof *of_words; i++)
		if (strcmp(name, of_words[i].name) == 0) {
			while ((line = next_line(&rest, line, path)))
				word(line, strlen(line))->is |= of_words[i].is;
			return;
		}
	for (char *p = name; (p = strchr(p, '-'));)
		*p = '_';
	printf("const char *const phi_table_%s[] = {\n", name);
	while ((line = next_line(&rest, line, path))) {
		put_string(line);
		printf(",\n");
	}
	printf("NULL };\n");
}

static void put_shape_lists(const cJSON *shapes)
{
	const cJSON *v;
	int n = 0;
	cJSON_ArrayForEach(v, shapes)
	{
		bool of[PHI_RULES_MAX], any = false;
		for (int r = 0; r < n_rules; r++) {
			const cJSON *shape;
			of[r] = false;
			cJSON_ArrayForEach(shape, get(get(rules[r], "match"), "shapes")) of[r] = of[r] || strcmp(shape->valuestring, v->string) == 0;
			any = any || of[r];
		}
		if (!any)
			die("no rule has the shape %s", v->string);
		put_list("uint16_t", "shape", n++, of, n_rules, "PHI_NO_RULE");
	}
}

/* The token of each: nothing, then shapes, then containers: of two that are equally long the first one counts. */
static void put_tokens(const cJSON *root)
{
	const cJSON *v;
	int n = 0;
	printf("const struct phi_token phi_tokens[] = {\n\t{ PHI_NOTHING, 0 },\n");
	cJSON_ArrayForEach(v, get(root, "shapes")) printf("\t{ PHI_SHAPE, shape_%d },\n", n++);
	cJSON_ArrayForEach(v, get(root, "containers")) printf("\t{ PHI_CONTAINER, 0 },\n");
	printf("};\n");
}

static void put_automaton(const cJSON *root)
{
	static const char *const groups[] = { "shapes", "containers", NULL };
	const cJSON *v;
	int token = 1;
	printf("size_t phi_lex(const char **cursor)\n{\n\tconst char *YYCURSOR = *cursor, *YYMARKER = YYCURSOR;\n\t/*!re2c\n"
	       "\tre2c:define:YYCTYPE = \"unsigned char\"; re2c:yyfill:enable = 0;\n"
	       "\tre2c:yych:conversion = 1;\n");
	cJSON_ArrayForEach(v, get(root, "parts")) printf("\t%s = %s;\n", v->string, v->valuestring);
	for (int g = 0; groups[g]; g++)
		cJSON_ArrayForEach(v, get(root, groups[g])) printf("\t%s { *cursor = YYCURSOR; return %d; }\n", v->valuestring, token++);
	printf("\t* { return 0; }\n\t*/\n}\n");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		die("usage: rules2c RULES.json TABLE.txt...");
	cJSON *root = cJSON_Parse(slurp(argv[1]));
	if (!root)
		die("%s is no JSON", argv[1]);
	word_text = room((size_t)PHI_SLOTS * (PHI_WORD_LONGEST + 1));
	read_rules(root);
	sort_phrases();
	printf("/* Generated by rules2c. */\n#include \"phi/rules.h\"\n#include \"phi/validate.h\"\n\n");
	put_rules(root);
	put_phrases();
	put_fields();
	put_name_rules("first-names", "phi_first_name_rules");
	put_name_rules("surnames", "phi_surname_rules");
	for (int i = 2; i < argc; i++)
		read_table(argv[i]);
	put_words();
	put_shape_lists(get(root, "shapes"));
	put_tokens(root);
	put_automaton(root);
	return 0;
}
