/*
 * Generates the look of the report from its design tokens: tokens2c TOKENS CSS > HEADER.
 *
 * TOKENS is in the format of the Design Tokens Community Group, 2025.10: colours of color.light and color.dark (sRGB), font
 * families, dimensions in px. The header has each token as a constant for C (TOKEN_SIZE_BODY), all but those of the group
 * `print` as variables for CSS (--size-body, in rem, so that a reader's own size of text counts) in TOKENS_CSS, and the style
 * sheet CSS, which uses them, as PANEL_CSS.
 */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1 << 20)
#define PX_PER_REM 16

static const char *file;

static void die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "tokens2c: %s: ", file);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(65);
}

static char *slurp(const char *path)
{
	file = path;
	FILE *f = fopen(path, "rb");
	if (!f)
		die("%s", strerror(errno));
	char *text = calloc(1, TEXT_MAX);
	size_t n = fread(text, 1, TEXT_MAX - 1, f);
	if (!feof(f) || n == 0)
		die("empty, or too long");
	fclose(f);
	return text;
}

static const cJSON *need(const cJSON *of, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(of, name);
	if (!v)
		die("%s has no %s", of->string ? of->string : "the file", name);
	return v;
}

/* The text of a colour: its hex, which must say the same as its components. */
static void format_color(const cJSON *value, char *out, size_t max)
{
	const cJSON *space = need(value, "colorSpace"), *components = need(value, "components"), *hex = need(value, "hex");
	if (!cJSON_IsString(space) || strcmp(space->valuestring, "srgb") != 0 || cJSON_GetArraySize(components) != 3)
		die("a colour is not of three components in srgb");
	char computed[8] = "#";
	for (int i = 0; i < 3; i++)
		snprintf(computed + 1 + 2 * i, 3, "%02x", (int)(cJSON_GetArrayItem(components, i)->valuedouble * 255 + 0.5) & 0xff);
	if (!cJSON_IsString(hex) || strcmp(hex->valuestring, computed) != 0)
		die("components and hex of a colour differ: %s", computed);
	snprintf(out, max, "%s", computed);
}

/* Families in a row; those with a space are quoted in CSS, not in the PDF's. */
static void format_family(const cJSON *value, bool css, char *out, size_t max)
{
	const cJSON *name;
	out[0] = '\0';
	cJSON_ArrayForEach(name, value) {
		const char *quote = css && strchr(name->valuestring, ' ') ? "'" : "";
		size_t n = strlen(out);
		snprintf(out + n, max - n, "%s%s%s%s", n ? ", " : "", quote, name->valuestring, quote);
	}
}

static double pixels(const cJSON *value)
{
	if (strcmp(need(value, "unit")->valuestring, "px") != 0)
		die("a dimension is not in px");
	return need(value, "value")->valuedouble;
}

static void print_variable(const char *type, const char *group, const cJSON *token)
{
	const cJSON *value = need(token, "$value");
	char text[512];
	if (strcmp(type, "color") == 0) {
		format_color(value, text, sizeof text);
		printf("--%s:%s;", token->string, text);
	} else if (strcmp(type, "fontFamily") == 0) {
		format_family(value, true, text, sizeof text);
		printf("--%s-%s:%s;", group, token->string, text);
	} else {
		printf("--%s-%s:%.4grem;", group, token->string, pixels(value) / PX_PER_REM);
	}
}

static void print_constant(const char *type, const char *group, const cJSON *token)
{
	const cJSON *value = need(token, "$value");
	char text[512];
	printf("#define TOKEN_");
	for (const char *p = group; *p != '\0'; p++)
		putchar(toupper((unsigned char)*p));
	putchar('_');
	for (const char *p = token->string; *p != '\0'; p++)
		putchar(*p == '-' ? '_' : toupper((unsigned char)*p));
	if (strcmp(type, "dimension") == 0) {
		printf(" %.4f\n", pixels(value));
		return;
	}
	if (strcmp(type, "color") == 0)
		format_color(value, text, sizeof text);
	else
		format_family(value, false, text, sizeof text);
	printf(" \"%s\"\n", text);
}

typedef void print_fn(const char *type, const char *group, const cJSON *token);

static void each(const cJSON *group, const char *type, print_fn *print)
{
	const cJSON *token;
	cJSON_ArrayForEach(token, group) {
		const cJSON *own = cJSON_GetObjectItemCaseSensitive(token, "$type");
		if (token->string[0] != '$')
			print(own ? own->valuestring : type, group->string, token);
	}
}

/* The lines of the style sheet, without indent, as a literal. */
static void print_css(const char *css)
{
	printf("#define PANEL_CSS \\\n");
	for (const char *line = css; *line != '\0';) {
		size_t n = strcspn(line, "\n"), indent = strspn(line, "\t");
		if (indent > n)
			indent = n;
		printf("\t\"");
		for (size_t i = indent; i < n; i++)
			printf(line[i] == '"' || line[i] == '\\' ? "\\%c" : "%c", line[i]);
		printf("\\n\" \\\n");
		line += n + (line[n] == '\n');
	}
	printf("\t\"\"\n");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: tokens2c TOKENS CSS > HEADER\n", stderr);
		return 64;
	}
	char *css = slurp(argv[2]), *text = slurp(argv[1]);
	cJSON *tokens = cJSON_Parse(text);
	if (!tokens)
		die("not JSON");
	const cJSON *color = need(tokens, "color"), *font = need(tokens, "font"), *size = need(tokens, "size");
	printf("/* Generated by scripts/tokens2c.c from %s and %s. */\n", argv[1], argv[2]);
	each(need(color, "light"), "color", print_constant);
	each(size, "dimension", print_constant);
	each(need(tokens, "print"), "dimension", print_constant);
	printf("#define TOKENS_CSS \":root{");
	each(need(color, "light"), "color", print_variable);
	each(font, "fontFamily", print_variable);
	each(size, "dimension", print_variable);
	printf("}\" \\\n\t\"@media screen and (prefers-color-scheme:dark){:root{");
	each(need(color, "dark"), "color", print_variable);
	printf("}}\\n\"\n");
	print_css(css);
	cJSON_Delete(tokens);
	free(text);
	free(css);
	return fflush(stdout) == 0 ? 0 : 74;
}
