/* Findings as a SARIF log. Written as it goes: results first, what is said of the whole run behind them. */
#include "json/sarif.h"
#include "phi/catalog.h"
#include "phi/show.h"

#include <ctype.h>
#include <string.h>

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
	sarif_message(w, "help", buf_view(&b));
	buf_free(&b);
}

static void write_rule(struct json_writer *w, const struct phi_rule *rule)
{
	json_open(w, '{');
	sarif_member(w, "id", rule->id);
	sarif_message(w, "shortDescription", str_of(rule->about));
	write_help(w, rule);
	sarif_open(w, "defaultConfiguration", '{');
	sarif_member(w, "level", level(rule));
	json_close(w, '}');
	sarif_open(w, "properties", '{');
	sarif_member(w, "hipaa", (char[]){ rule->letter, '\0' });
	sarif_member(w, "label", rule->label);
	json_close(w, '}');
	json_close(w, '}');
}

static void begin(struct buf *b, const struct phi_site *site)
{
	const struct phi_rule *rule;
	struct json_writer w;
	json_writer_init(&w, b, false);
	sarif_begin(&w, "ros-scan");
	for (size_t i = 0; (rule = phi_rule_at(site, i)); i++)
		write_rule(&w, rule);
	sarif_results(&w);
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
	sarif_open(w, "locations", '[');
	json_open(w, '{');
	sarif_open(w, "physicalLocation", '{');
	sarif_open(w, "artifactLocation", '{');
	write_uri(w, f->file);
	json_close(w, '}');
	sarif_open(w, "region", '{');
	json_key(w, "startLine");
	json_int(w, (int64_t)f->line);
	json_key(w, "startColumn");
	json_int(w, (int64_t)f->hit->column);
	json_close(w, '}');
	json_close(w, '}');
	if (f->hit->pointer[0]) {
		sarif_open(w, "logicalLocations", '[');
		json_open(w, '{');
		sarif_member(w, "fullyQualifiedName", f->hit->pointer);
		sarif_member(w, "kind", "member");
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
	sarif_member(&w, "ruleId", rule->id);
	json_key(&w, "ruleIndex");
	json_int(&w, rule_index(site, rule));
	sarif_member(&w, "level", level(rule));
	sarif_message(&w, "message", str_of(rule->about));
	write_place(&w, f);
	sarif_open(&w, "partialFingerprints", '{');
	sarif_member(&w, "rosScan/v1", f->fingerprint);
	json_close(&w, '}');
	sarif_open(&w, "properties", '{');
	sarif_member(&w, "confidence", phi_confidence_name(f->hit->finding->confidence));
	sarif_member(&w, "part", f->hit->in_key ? "key" : "value");
	json_key(&w, "start");
	json_int(&w, (int64_t)f->hit->finding->start);
	json_key(&w, "length");
	json_int(&w, (int64_t)f->hit->finding->n);
	json_close(&w, '}');
	json_close(&w, '}');
	buf_char(b, '\n');
}

const struct phi_format phi_format_sarif = { "sarif", begin, finding, sarif_end };
