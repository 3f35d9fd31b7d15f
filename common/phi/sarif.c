/*
 * Findings as a SARIF 2.1.0 log (OASIS, Static Analysis Results Interchange Format). Written as it goes: results first,
 * what is said of the whole run behind them.
 */
#include "json/writer.h"
#include "phi/catalog.h"
#include "phi/show.h"

#include <ctype.h>
#include <string.h>

static void member(struct json_writer *w, const char *name, const char *value)
{
	json_key(w, name);
	json_z(w, value);
}

static void open_member(struct json_writer *w, const char *name, char bracket)
{
	json_key(w, name);
	json_open(w, bracket);
}

/* A multiformatMessageString or a message: {"text": ...}. */
static void message(struct json_writer *w, const char *name, struct str text)
{
	open_member(w, name, '{');
	json_key(w, "text");
	json_str(w, text);
	json_close(w, '}');
}

static const char *level(const struct phi_rule *rule)
{
	return rule->block ? "error" : "warning";
}

static void write_help(struct json_writer *w, const struct phi_rule *rule)
{
	struct buf b;
	buf_init(&b, 1 << 12);
	buf_fmt(&b, "Identifier (%c) of 45 CFR 164.514(b)(2)(i): %s. The value is not shown; line, JSON pointer and bytes say where it is. ", rule->letter,
	        phi_letter_name(rule->letter));
	buf_fmt(&b, "ros-scan --explain %s prints what the rule finds and does not find.", rule->id);
	message(w, "help", buf_view(&b));
	buf_free(&b);
}

static void write_rule(struct json_writer *w, const struct phi_rule *rule)
{
	json_open(w, '{');
	member(w, "id", rule->id);
	message(w, "shortDescription", str_of(rule->about));
	write_help(w, rule);
	open_member(w, "defaultConfiguration", '{');
	member(w, "level", level(rule));
	json_close(w, '}');
	open_member(w, "properties", '{');
	member(w, "hipaa", (char[]){ rule->letter, '\0' });
	member(w, "label", rule->label);
	json_close(w, '}');
	json_close(w, '}');
}

static void begin(struct buf *b, const struct phi_site *site)
{
	const struct phi_rule *rule;
	struct json_writer w;
	buf_z(b, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\n"
	         "\"tool\":{\"driver\":");
	json_writer_init(&w, b, false);
	json_open(&w, '{');
	member(&w, "name", "ros-scan");
	member(&w, "version", ROS_VERSION_TEXT);
	open_member(&w, "rules", '[');
	for (size_t i = 0; (rule = phi_rule_at(site, i)); i++)
		write_rule(&w, rule);
	json_close(&w, ']');
	json_close(&w, '}');
	buf_z(b, "},\n\"results\":[\n");
}

/* RFC 3986: a path as a URI reference. What is not plain is escaped; `/` in front makes it a file's. */
static void write_uri(struct json_writer *w, const char *file)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	buf_z(&b, *file == '/' ? "file://" : "");
	for (; *file; file++) {
		if (isalnum((unsigned char)*file) || strchr("-._~/", *file))
			buf_char(&b, *file);
		else
			buf_fmt(&b, "%%%02X", (unsigned char)*file);
	}
	json_key(w, "uri");
	json_str(w, buf_view(&b));
	buf_free(&b);
}

static void write_place(struct json_writer *w, const struct phi_shown *f)
{
	open_member(w, "locations", '[');
	json_open(w, '{');
	open_member(w, "physicalLocation", '{');
	open_member(w, "artifactLocation", '{');
	write_uri(w, f->file);
	json_close(w, '}');
	open_member(w, "region", '{');
	json_key(w, "startLine");
	json_int(w, (int64_t)f->line);
	json_key(w, "startColumn");
	json_int(w, (int64_t)f->hit->column);
	json_close(w, '}');
	json_close(w, '}');
	if (f->hit->pointer[0]) {
		open_member(w, "logicalLocations", '[');
		json_open(w, '{');
		member(w, "fullyQualifiedName", f->hit->pointer);
		member(w, "kind", "member");
		json_close(w, '}');
		json_close(w, ']');
	}
	json_close(w, '}');
	json_close(w, ']');
}

static int64_t rule_index(const struct phi_site *site, const struct phi_rule *rule)
{
	int64_t i = 0;
	while (phi_rule_at(site, (size_t)i) != rule)
		i++;
	return i;
}

static void finding(struct buf *b, const struct phi_site *site, const struct phi_shown *f, bool first)
{
	const struct phi_rule *rule = f->hit->finding->rule;
	struct json_writer w;
	buf_z(b, first ? "" : ",");
	json_writer_init(&w, b, false);
	json_open(&w, '{');
	member(&w, "ruleId", rule->id);
	json_key(&w, "ruleIndex");
	json_int(&w, rule_index(site, rule));
	member(&w, "level", level(rule));
	message(&w, "message", str_of(rule->about));
	write_place(&w, f);
	open_member(&w, "partialFingerprints", '{');
	member(&w, "rosScan/v1", f->fingerprint);
	json_close(&w, '}');
	open_member(&w, "properties", '{');
	member(&w, "confidence", phi_confidence_name(f->hit->finding->confidence));
	member(&w, "part", f->hit->in_key ? "key" : "value");
	json_key(&w, "start");
	json_int(&w, (int64_t)f->hit->finding->start);
	json_key(&w, "length");
	json_int(&w, (int64_t)f->hit->finding->n);
	json_close(&w, '}');
	json_close(&w, '}');
	buf_char(b, '\n');
}

static void end(struct buf *b, bool complete)
{
	buf_fmt(b, "],\n\"invocations\":[{\"executionSuccessful\":%s}]}]}\n", complete ? "true" : "false");
}

const struct phi_format phi_format_sarif = { "sarif", begin, finding, end };
