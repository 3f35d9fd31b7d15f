/*
 * Generates the scanner's tables and the input of re2c from the rules: rules2c RULES.json TABLE.txt... > phi_lex.re. Shapes and keywords become one
 * automaton; the rules that share a shape or a keyword are tried in their order. A table PREFIX-NAME.txt is a list of words, one a line.
 */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULES_MAX 256
#define KEYWORDS_MAX 2048
#define WORDS_MAX 8192

struct keyword {
	const char *text;
	bool cue[RULES_MAX], context[RULES_MAX];
};

static const cJSON *rules[RULES_MAX];
static int n_rules;
static struct keyword keywords[KEYWORDS_MAX];
static int n_keywords;
static int n_tokens;

static void die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("rules2c: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(65);
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		die("%s cannot be opened", path);
	char *text = calloc(1, 1 << 20);
	size_t n = fread(text, 1, (1 << 20) - 1, f);
	if (!feof(f) || n == 0)
		die("%s is empty, or too long", path);
	fclose(f);
	return text;
}

static const cJSON *at(const cJSON *v, const char *a, const char *b)
{
	v = cJSON_GetObjectItemCaseSensitive(v, a);
	return v && b ? cJSON_GetObjectItemCaseSensitive(v, b) : v;
}

static const char *text(const cJSON *rule, const char *a, const char *b)
{
	const cJSON *v = at(rule, a, b);
	if (!cJSON_IsString(v))
		die("a rule has no %s %s", a, b ? b : "");
	return v->valuestring;
}

static struct keyword *keyword(const char *word)
{
	for (int i = 0; i < n_keywords; i++)
		if (strcmp(keywords[i].text, word) == 0)
			return &keywords[i];
	if (n_keywords == KEYWORDS_MAX)
		die("too many keywords");
	keywords[n_keywords].text = word;
	return &keywords[n_keywords++];
}

static void read_rules(const cJSON *root)
{
	const cJSON *rule, *word;
	cJSON_ArrayForEach(rule, cJSON_GetObjectItemCaseSensitive(root, "rules"))
	{
		for (int i = 0; i < n_rules; i++)
			if (strcmp(text(rules[i], "id", NULL), text(rule, "id", NULL)) == 0)
				die("%s stands twice", text(rule, "id", NULL));
		if (n_rules == RULES_MAX)
			die("too many rules");
		if (cJSON_GetArraySize(at(rule, "examples", "match")) == 0 || cJSON_GetArraySize(at(rule, "examples", "no_match")) == 0)
			die("%s has no examples", text(rule, "id", NULL));
		cJSON_ArrayForEach(word, at(rule, "match", "keywords"))
			keyword(word->valuestring)->cue[n_rules] = true;
		cJSON_ArrayForEach(word, at(rule, "context", "words"))
			keyword(word->valuestring)->context[n_rules] = true;
		rules[n_rules++] = rule;
	}
}

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
	cJSON_ArrayForEach(v, at(rules[i], "examples", name))
	{
		put_string(v->valuestring);
		printf(", ");
	}
	printf("NULL };\n");
}

static void put_value(const cJSON *rule)
{
	const cJSON *value = at(rule, "match", "value");
	printf("\t\t.value = PHI_VALUE_");
	for (const char *p = value ? value->valuestring : "none"; *p; p++)
		putchar(toupper((unsigned char)*p));
	printf(",\n");
}

static void put_rule(int i)
{
	const cJSON *rule = rules[i], *v;
	const char *const members[] = { "id", "label", "about" };
	printf("\t{\n");
	for (int m = 0; m < 3; m++) {
		printf("\t\t.%s = ", members[m]);
		put_string(text(rule, members[m], NULL));
		printf(",\n");
	}
	printf("\t\t.letter = '%s', .block = %d,\n", text(rule, "hipaa", NULL), strcmp(text(rule, "severity", NULL), "block") == 0);
	put_value(rule);
	if (at(rule, "validate", NULL))
		printf("\t\t.check = phi_is_%s, .veto = %d,\n", text(rule, "validate", "fn"), strcmp(text(rule, "validate", "on_fail"), "drop") == 0);
	if ((v = at(rule, "context", "before")))
		printf("\t\t.has_context = true, .require = %d, .before = %d,\n", cJSON_IsTrue(at(rule, "context", "require")), v->valueint);
	printf("\t\t.not_in_token = %d, .match = match_%d, .no_match = no_match_%d,\n\t},\n", at(rule, "not_in", NULL) != NULL, i, i);
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
	printf("};\nconst size_t phi_n_rules = %d;\nconst char phi_rules_version[] = \"%s\";\n", n_rules, text(root, "version", NULL));
}

static void put_list(const char *name, int i, const bool *of)
{
	printf("static const uint16_t %s_%d[] = { ", name, i);
	for (int r = 0; r < n_rules; r++)
		if (of[r])
			printf("%d, ", r);
	printf("PHI_NO_RULE };\n");
}

static void of_shape(const char *shape, bool *of)
{
	for (int r = 0; r < n_rules; r++) {
		const cJSON *v = at(rules[r], "match", "shape");
		of[r] = v && strcmp(v->valuestring, shape) == 0;
	}
}

/* phi_tokens: the five fixed ones, then shapes, then keywords. */
static void put_tokens(const cJSON *shapes)
{
	const cJSON *v;
	bool of[RULES_MAX], any;
	int n = 0;
	cJSON_ArrayForEach(v, shapes)
	{
		of_shape(v->string, of);
		put_list("shape", n++, of);
		any = false;
		for (int r = 0; r < n_rules; r++)
			any = any || of[r];
		if (!any)
			die("no rule has the shape %s", v->string);
	}
	for (int i = 0; i < n_keywords; i++) {
		put_list("cue", i, keywords[i].cue);
		put_list("context", i, keywords[i].context);
	}
	printf("const struct phi_token phi_tokens[] = {\n\t{ PHI_END, 0, 0 }, { PHI_WORD, 0, 0 }, { PHI_SKIP, 0, 0 }, { PHI_ENCODED, 0, 0 },\n");
	for (int i = 0; i < n; i++)
		printf("\t{ PHI_SHAPE, shape_%d, 0 },\n", i);
	for (int i = 0; i < n_keywords; i++)
		printf("\t{ PHI_KEYWORD, cue_%d, context_%d },\n", i, i);
	printf("};\n");
}

/* The table of a file PATH/phi-NAME.txt: its lines but for comments. They are sorted already. */
static void put_table(const char *path)
{
	const char *name = strstr(path, "phi-");
	if (!name)
		die("%s is no table", path);
	printf("const char *const phi_table_");
	for (name += 4; *name && *name != '.'; name++)
		putchar(*name == '-' ? '_' : *name);
	printf("[] = {\n");
	char *rest;
	const char *last = "";
	for (char *line = strtok_r(slurp(path), "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (*line == '#')
			continue;
		if (strcmp(last, line) >= 0)
			die("%s: %s is not in order", path, line);
		last = line;
		put_string(line);
		printf(",\n");
	}
	printf("NULL };\n");
}

/* 'medical record number' in any case, its words joined by a space, a dash, an underscore or nothing. */
static void put_keyword(const char *word)
{
	putchar('\'');
	for (; *word; word++)
		printf(*word == ' ' ? "' [ _\\-]? '" : *word == '\'' ? "\\%c" : "%c", *word);
	putchar('\'');
}

static void put_action(int token)
{
	printf(" { *cursor = YYCURSOR; return %d; }\n", token);
}

static void put_automaton(const cJSON *root)
{
	const cJSON *v;
	printf("size_t phi_lex(const char **cursor, const char *limit, const char **start)\n{\n"
	       "\tconst char *YYCURSOR = *cursor, *YYMARKER = YYCURSOR;\nnext:\n\t*start = YYCURSOR;\n\t/*!re2c\n"
	       "\tre2c:define:YYCTYPE = \"unsigned char\"; re2c:define:YYLIMIT = limit; re2c:yyfill:enable = 0; re2c:eof = 0;\n"
	       "\tre2c:yych:conversion = 1;\n");
	cJSON_ArrayForEach(v, at(root, "parts", NULL))
		printf("\t%s = %s;\n", v->string, v->valuestring);
	printf("\t$");
	put_action(n_tokens++);
	int word = n_tokens++;
	printf("\t%s", text(root, "skip", NULL));
	put_action(n_tokens++);
	printf("\t%s", text(root, "encoded", NULL));
	put_action(n_tokens++);
	int n_shapes = cJSON_GetArraySize(at(root, "shapes", NULL)), shape = n_tokens;
	for (int i = 0; i < n_keywords; i++) {
		printf("\t");
		put_keyword(keywords[i].text);
		put_action(shape + n_shapes + i);
	}
	cJSON_ArrayForEach(v, at(root, "shapes", NULL))
	{
		printf("\t%s", v->valuestring);
		put_action(shape++);
	}
	printf("\talnum+");
	put_action(word);
	printf("\t* { goto next; }\n\t*/\n}\n");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		die("usage: rules2c RULES.json TABLE.txt...");
	cJSON *root = cJSON_Parse(slurp(argv[1]));
	if (!root)
		die("%s is no JSON", argv[1]);
	read_rules(root);
	printf("/* Generated by rules2c. */\n#include \"phi/rules.h\"\n#include \"phi/validate.h\"\n\n");
	put_rules(root);
	put_tokens(at(root, "shapes", NULL));
	for (int i = 2; i < argc; i++)
		put_table(argv[i]);
	put_automaton(root);
	return 0;
}
