/*
 * Generates the contract's tables from its schema files: schema2c OUT FILE... writes OUT.h and OUT.c (common/event/schema.h has their types).
 *
 * It reads the part of JSON Schema that the contract uses: type, properties, required, enum, items, additionalProperties, $ref to
 * $defs, minimum, maximum, minLength, maxLength; and the annotations x-ros-event, x-ros-prefix, x-ros-minor on the root, x-ros-type, x-ros-column,
 * x-ros-since, x-ros-null-since, x-ros-open on the members. What it does not know (pattern, format, if/then/else) must say the same as x-ros-type,
 * x-ros-since and x-ros-open; the differential test against Ajv holds the two together.
 */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 512
#define MEMBERS_MAX 64 /* of one object: event_check() notes those it has seen in 64 bits */

struct field {
	const cJSON *schema; /* with $ref followed */
	const cJSON *site;   /* where it is named: annotations here win */
	char key[128], ident[256], pointer[256];
	int child, children, items;
	bool required;
};

static const char *file;

static void die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "schema2c: %s: ", file);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(65);
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		die("%s", strerror(errno));
	char *text = calloc(1, 1 << 20);
	size_t n = fread(text, 1, (1 << 20) - 1, f);
	if (!feof(f) || n == 0)
		die("empty, or too long");
	fclose(f);
	return text;
}

static const cJSON *member(const struct field *f, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(f->site, name);
	return v ? v : cJSON_GetObjectItemCaseSensitive(f->schema, name);
}

static const cJSON *resolve(const cJSON *root, const cJSON *v)
{
	const cJSON *ref = cJSON_GetObjectItemCaseSensitive(v, "$ref");
	if (!ref)
		return v;
	if (strncmp(ref->valuestring, "#/$defs/", 8) != 0)
		die("$ref %s is not into $defs", ref->valuestring);
	const cJSON *d = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "$defs"), ref->valuestring + 8);
	if (!d)
		die("$ref %s leads nowhere", ref->valuestring);
	return d;
}

static struct field *add(struct field *all, int *n, const cJSON *root, const struct field *parent, const cJSON *site, const char *key)
{
	if (*n == FIELDS_MAX)
		die("too many members");
	struct field *f = &all[(*n)++];
	*f = (struct field){ .schema = resolve(root, site), .site = site };
	snprintf(f->key, sizeof f->key, "%s", key ? key : "");
	snprintf(f->pointer, sizeof f->pointer, "%.100s/%.100s", parent->pointer, key ? key : "*");
	snprintf(f->ident, sizeof f->ident, "%.120s%s%.120s", parent == all ? "" : parent->ident, parent == all ? "" : "_", key ? key : "ITEM");
	for (char *c = f->ident; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	const cJSON *r, *required = cJSON_GetObjectItemCaseSensitive(parent->schema, "required");
	cJSON_ArrayForEach(r, required)
		f->required |= key && strcmp(r->valuestring, key) == 0;
	return f;
}

/* Breadth first, so that the members of one object stand side by side. */
static int collect(const cJSON *root, struct field *all)
{
	int n = 0;
	all[n++] = (struct field){ .schema = root, .site = root, .ident = "ROOT" };
	for (int i = 0; i < n; i++) {
		const cJSON *p, *properties = cJSON_GetObjectItemCaseSensitive(all[i].schema, "properties");
		all[i].child = n;
		cJSON_ArrayForEach(p, properties)
			add(all, &n, root, &all[i], p, p->string);
		all[i].children = n - all[i].child;
		if (all[i].children > MEMBERS_MAX)
			die("%s: more than %d members", all[i].pointer, MEMBERS_MAX);
		const cJSON *each = cJSON_GetObjectItemCaseSensitive(all[i].schema, "items");
		if (!each)
			each = cJSON_GetObjectItemCaseSensitive(all[i].schema, "additionalProperties");
		if (cJSON_IsObject(each)) {
			all[i].items = n;
			add(all, &n, root, &all[i], each, NULL);
		}
	}
	return n;
}

static void put_types(FILE *o, const struct field *f)
{
	static const char *const names[] = { "null", "boolean", "integer", "number", "string", "array", "object" };
	static const char *const bits[] = { "TYPE_NULL", "TYPE_BOOLEAN", "TYPE_INTEGER", "TYPE_NUMBER", "TYPE_STRING", "TYPE_ARRAY", "TYPE_OBJECT" };
	const cJSON *type = member(f, "type"), *t;
	if (!type && member(f, "enum")) {
		fputs(".types = TYPE_STRING", o);
		return;
	}
	if (!type)
		die("%s: no type", f->pointer);
	fputs(".types = 0", o);
	for (t = cJSON_IsArray(type) ? type->child : type; t; t = cJSON_IsArray(type) ? t->next : NULL) {
		size_t i = 0;
		while (i < 7 && strcmp(t->valuestring, names[i]) != 0)
			i++;
		if (i == 7)
			die("%s: type %s", f->pointer, t->valuestring);
		fprintf(o, " | %s", bits[i]);
	}
}

/* Whether `type` names it. An enum without `type` is of strings. */
static bool has_type(const struct field *f, const char *name)
{
	const cJSON *type = member(f, "type"), *t;
	if (!type)
		return strcmp(name, "string") == 0;
	if (!cJSON_IsArray(type))
		return strcmp(type->valuestring, name) == 0;
	cJSON_ArrayForEach(t, type)
		if (strcmp(t->valuestring, name) == 0)
			return true;
	return false;
}

static void put_integer(FILE *o, const char *name, const cJSON *v, const char *otherwise)
{
	if (v && v->valuedouble != (double)(long long)v->valuedouble)
		die("%s %g: a bound of an integer is an integer", name, v->valuedouble);
	if (v)
		fprintf(o, ", .%s = INT64_C(%.0f)", name, v->valuedouble);
	else
		fprintf(o, ", .%s = %s", name, otherwise);
}

/* An annotation that names one of a few words, as PREFIX_WORD. */
static void put_word(FILE *o, const char *name, const char *prefix, const char *word, size_t len)
{
	fprintf(o, ", .%s = %s_", name, prefix);
	for (size_t i = 0; i < len; i++)
		fputc(toupper((unsigned char)word[i]), o);
}

static void put_number(FILE *o, const struct field *f, const char *name, const char *as)
{
	const cJSON *v = member(f, name);
	if (v)
		fprintf(o, ", .%s = %.0f", as, v->valuedouble);
}

/* minimum and maximum: of an integer as 64-bit integers, of a number as JSON text. */
static void put_bounds(FILE *o, const struct field *f)
{
	const cJSON *lo = member(f, "minimum"), *hi = member(f, "maximum");
	if (has_type(f, "integer")) {
		put_integer(o, "lo", lo, "INT64_MIN");
		put_integer(o, "hi", hi, "INT64_MAX");
		return;
	}
	if (lo)
		fprintf(o, ", .minimum = STR_INIT(\"%.17g\")", lo->valuedouble);
	if (hi)
		fprintf(o, ", .maximum = STR_INIT(\"%.17g\")", hi->valuedouble);
}

static void put_field(FILE *o, const char *prefix, const struct field *f, int index)
{
	const cJSON *shape = member(f, "x-ros-type"), *column = member(f, "x-ros-column"), *choices = member(f, "enum");
	if (has_type(f, "string") && !shape)
		die("%s: a string without x-ros-type", f->pointer);
	if (!member(f, "description") && f->key[0])
		die("%s: no description", f->pointer);
	fprintf(o, "\t[%s_%s] = { ", prefix, f->ident);
	put_types(o, f);
	if (f->key[0])
		fprintf(o, ", .name = STR_INIT(\"%s\")", f->key);
	fprintf(o, ", .pointer = \"%s\"", f->pointer);
	if (shape)
		put_word(o, "shape", "SHAPE", shape->valuestring, strlen(shape->valuestring));
	if (column) {
		const char *kind = strchr(column->valuestring, ' ');
		if (!kind)
			die("%s: x-ros-column is not `name kind`", f->pointer);
		put_word(o, "column", "COLUMN", kind + 1, strlen(kind + 1));
		fprintf(o, ", .column_name = \"%.*s\"", (int)(kind - column->valuestring), column->valuestring);
	}
	if (f->required)
		fputs(", .required = true", o);
	if (cJSON_IsTrue(member(f, "x-ros-open")))
		fputs(", .open = true", o);
	put_number(o, f, "x-ros-since", "since");
	put_number(o, f, "x-ros-null-since", "null_since");
	if (f->children)
		fprintf(o, ", .child = %d, .children = %d", f->child, f->children);
	if (f->items)
		fprintf(o, ", .items = %d", f->items);
	if (choices)
		fprintf(o, ", .choices = %s_choices_%d, .n_choices = %d", prefix, index, cJSON_GetArraySize(choices));
	put_number(o, f, "minLength", "min_length");
	put_number(o, f, "maxLength", "max_length");
	put_bounds(o, f);
	fputs(" },\n", o);
}

static void put_choices(FILE *o, const char *prefix, const struct field *f, int index)
{
	const cJSON *v, *choices = member(f, "enum");
	if (!choices)
		return;
	fprintf(o, "static const struct str %s_choices_%d[] = {", prefix, index);
	cJSON_ArrayForEach(v, choices)
		fprintf(o, " STR_INIT(\"%s\"),", v->valuestring);
	fputs(" };\n", o);
}

static void generate(FILE *h, FILE *c)
{
	char *text = slurp(file);
	cJSON *root = cJSON_Parse(text);
	if (!root)
		die("not JSON");
	const cJSON *event = cJSON_GetObjectItemCaseSensitive(root, "x-ros-event"), *minor = cJSON_GetObjectItemCaseSensitive(root, "x-ros-minor");
	const cJSON *prefix = cJSON_GetObjectItemCaseSensitive(root, "x-ros-prefix");
	if (!cJSON_IsString(event) || !cJSON_IsString(prefix) || !cJSON_IsNumber(minor))
		die("x-ros-event, x-ros-prefix or x-ros-minor is missing");
	char small[64];
	snprintf(small, sizeof small, "%s", prefix->valuestring);
	for (char *p = small; *p; p++)
		*p = (char)tolower((unsigned char)*p);

	struct field *all = calloc(FIELDS_MAX, sizeof *all);
	int n = collect(root, all);
	fprintf(h, "\n/* %s */\nenum %s_field {\n", event->valuestring, small);
	for (int i = 0; i < n; i++)
		fprintf(h, "\t%s_%s,\n", prefix->valuestring, all[i].ident);
	fprintf(h, "\t%s_FIELDS\n};\nextern const struct schema schema_%s;\n", prefix->valuestring, small);

	fputc('\n', c);
	for (int i = 0; i < n; i++)
		put_choices(c, prefix->valuestring, &all[i], i);
	fprintf(c, "\nstatic const struct schema_field %s_fields[] = {\n", small);
	for (int i = 0; i < n; i++)
		put_field(c, prefix->valuestring, &all[i], i);
	fprintf(c, "};\n\nconst struct schema schema_%s = { .event_type = STR_INIT(\"%s\"), .minor = %d, .fields = %s_fields, .n_fields = %s_FIELDS };\n",
	        small, event->valuestring, minor->valueint, small, prefix->valuestring);
	free(all);
	cJSON_Delete(root);
	free(text);
}

static FILE *create(const char *base, const char *suffix)
{
	char path[4096];
	snprintf(path, sizeof path, "%s%s", base, suffix);
	FILE *f = fopen(path, "w");
	if (!f)
		die("%s: %s", path, strerror(errno));
	return f;
}

int main(int argc, char **argv)
{
	file = "command line";
	if (argc < 3)
		die("usage: schema2c OUT FILE...");
	FILE *h = create(argv[1], ".h"), *c = create(argv[1], ".c");
	fputs("/* Generated by scripts/schema2c.c from schemas/. */\n", h);
	fputs("/* Generated by scripts/schema2c.c from schemas/. */\n#include \"event/schema.h\"\n\n#define STR_INIT(z) { z, sizeof(z) - 1 }\n", c);
	for (int i = 2; i < argc; i++) {
		file = argv[i];
		generate(h, c);
	}
	if (fclose(h) != 0 || fclose(c) != 0)
		die("%s: %s", argv[1], strerror(errno));
	return 0;
}
