/* Findings as lines: for people, and as JSON. */
#include "phi/show.h"

#include "base/hash.h"
#include "json/writer.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define AROUND 16 /* bytes of context in the fingerprint, on either side */
#define MATERIAL_MAX ((size_t)64 << 20)

static char masked(char c)
{
	return isdigit((unsigned char)c) ? '9' : isalpha((unsigned char)c) || (unsigned char)c >= 0x80 ? 'x' : c;
}

void phi_fingerprint(struct phi_shown *f)
{
	const struct phi_finding *finding = f->hit->finding;
	struct str text = f->hit->text;
	struct buf b;
	char hex[SHA256_TEXT];
	buf_init(&b, MATERIAL_MAX);
	buf_fmt(&b, "%s%c%s%c%s%c", finding->rule->id, 0, f->file, 0, f->hit->pointer, 0);
	for (size_t i = finding->start > AROUND ? finding->start - AROUND : 0; i < finding->start + finding->n + AROUND && i < text.n; i++)
		buf_char(&b, masked(text.p[i]));
	struct sha256 h = sha256_of(buf_view(&b));
	sha256_format(&h, hex);
	memcpy(f->fingerprint, hex, PHI_FINGERPRINT - 1);
	f->fingerprint[PHI_FINGERPRINT - 1] = '\0';
	buf_free(&b);
}

static const char *severity(const struct phi_rule *rule)
{
	return rule->block ? "block" : "warn";
}

static void show_human(struct buf *b, const struct phi_site *site, const struct phi_shown *f, bool first)
{
	(void)site, (void)first;
	const struct phi_finding *finding = f->hit->finding;
	const struct phi_rule *rule = finding->rule;
	buf_fmt(b, "%s:%" PRIu64 ":%zu: %s %s %s %s[%c]", f->file, f->line, f->hit->column, severity(rule), phi_confidence_name(finding->confidence),
	        rule->id, rule->label, rule->letter);
	if (f->hit->pointer[0])
		buf_fmt(b, " at %s%s", f->hit->pointer, f->hit->in_key ? " key" : "");
	buf_fmt(b, " bytes %zu+%zu fp=%s\n", finding->start, finding->n, f->fingerprint);
}

static void member(struct json_writer *w, const char *name, const char *value)
{
	json_key(w, name);
	json_z(w, value);
}

static void number(struct json_writer *w, const char *name, uint64_t v)
{
	json_key(w, name);
	json_int(w, (int64_t)v);
}

static void show_jsonl(struct buf *b, const struct phi_site *site, const struct phi_shown *f, bool first)
{
	(void)site, (void)first;
	const struct phi_finding *finding = f->hit->finding;
	const struct phi_rule *rule = finding->rule;
	struct json_writer w;
	json_writer_init(&w, b, false);
	json_open(&w, '{');
	member(&w, "file", f->file);
	number(&w, "line", f->line);
	number(&w, "column", f->hit->column);
	member(&w, "pointer", f->hit->pointer);
	member(&w, "part", f->hit->in_key ? "key" : "value");
	number(&w, "start", finding->start);
	number(&w, "length", finding->n);
	member(&w, "rule", rule->id);
	member(&w, "label", rule->label);
	member(&w, "hipaa", (char[]){ rule->letter, '\0' });
	member(&w, "severity", severity(rule));
	member(&w, "confidence", phi_confidence_name(finding->confidence));
	member(&w, "fingerprint", f->fingerprint);
	json_close(&w, '}');
	buf_char(b, '\n');
}

const struct phi_format phi_format_human = { "human", NULL, show_human, NULL };
const struct phi_format phi_format_jsonl = { "jsonl", NULL, show_jsonl, NULL };
