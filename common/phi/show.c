/* Findings for people and programs. */
#include "phi/show.h"

#include "base/hash.h"
#include "json/writer.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define AROUND 16 /* bytes of context in the fingerprint, on either side */
#define RECORD_MAX ((size_t)1 << 20)

static char masked(char c)
{
	return isdigit((unsigned char)c) ? '9' : isalpha((unsigned char)c) || (unsigned char)c >= 0x80 ? 'x' : c;
}

void phi_fingerprint(const struct phi_place *at, const struct phi_finding *f, struct str text, char out[PHI_FINGERPRINT])
{
	struct buf b;
	char hex[SHA256_TEXT];
	size_t from = f->start > AROUND ? f->start - AROUND : 0, end = f->start + f->n + AROUND;
	buf_init(&b, RECORD_MAX * 32);
	buf_fmt(&b, "%s%c%s%c%s%c", f->rule->id, 0, at->file, 0, at->pointer, 0);
	for (size_t i = from; i < end && i < text.n; i++)
		buf_char(&b, masked(text.p[i]));
	struct sha256 h = sha256_of(buf_view(&b));
	sha256_format(&h, hex);
	memcpy(out, hex, PHI_FINGERPRINT - 1);
	out[PHI_FINGERPRINT - 1] = '\0';
	buf_free(&b);
}

static void member(struct json_writer *w, const char *name, const char *value)
{
	json_key(w, name);
	json_z(w, value);
}

static void number(struct json_writer *w, const char *name, size_t v)
{
	json_key(w, name);
	json_int(w, (int64_t)v);
}

static void show_human(struct phi_show *s, const struct phi_place *at, const struct phi_finding *f, const char *fingerprint)
{
	out_fmt(s->out, "%s:%" PRIu64 ":%zu: %s %s %s %s[%c]", at->file, at->line, at->column, f->rule->block ? "block" : "warn",
	        phi_confidence_name(f->confidence), f->rule->id, f->rule->label, f->rule->letter);
	if (at->pointer[0])
		out_fmt(s->out, " at %s", at->pointer);
	out_fmt(s->out, " bytes %zu+%zu fp=%s\n", f->start, f->n, fingerprint);
}

static void write_jsonl(struct json_writer *w, const struct phi_place *at, const struct phi_finding *f, const char *fingerprint)
{
	const char letter[] = { f->rule->letter, '\0' };
	json_open(w, '{');
	member(w, "file", at->file);
	number(w, "line", at->line);
	number(w, "column", at->column);
	member(w, "pointer", at->pointer);
	number(w, "start", f->start);
	number(w, "length", f->n);
	member(w, "rule", f->rule->id);
	member(w, "label", f->rule->label);
	member(w, "hipaa", letter);
	member(w, "severity", f->rule->block ? "block" : "warn");
	member(w, "confidence", phi_confidence_name(f->confidence));
	member(w, "fingerprint", fingerprint);
	json_close(w, '}');
}

/* SARIF 2.1.0, section 3.30: a region by line and column. */
static void write_place(struct json_writer *w, const struct phi_place *at)
{
	json_key(w, "locations");
	json_open(w, '[');
	json_open(w, '{');
	json_key(w, "physicalLocation");
	json_open(w, '{');
	json_key(w, "artifactLocation");
	json_open(w, '{');
	member(w, "uri", at->file);
	json_close(w, '}');
	json_key(w, "region");
	json_open(w, '{');
	number(w, "startLine", at->line);
	number(w, "startColumn", at->column);
	json_close(w, '}');
	json_close(w, '}');
	json_key(w, "logicalLocations");
	json_open(w, '[');
	json_open(w, '{');
	member(w, "fullyQualifiedName", at->pointer);
	json_close(w, '}');
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, ']');
}

static void write_sarif(struct json_writer *w, const struct phi_place *at, const struct phi_finding *f, const char *fingerprint)
{
	json_open(w, '{');
	member(w, "ruleId", f->rule->id);
	member(w, "level", f->rule->block ? "error" : "warning");
	json_key(w, "message");
	json_open(w, '{');
	member(w, "text", f->rule->about);
	json_close(w, '}');
	write_place(w, at);
	json_key(w, "partialFingerprints");
	json_open(w, '{');
	member(w, "rosScan/v1", fingerprint);
	json_close(w, '}');
	json_close(w, '}');
}

void phi_show(struct phi_show *s, const struct phi_place *at, const struct phi_finding *f, const char *fingerprint)
{
	struct json_writer w;
	struct buf b;
	if (s->format == PHI_HUMAN) {
		show_human(s, at, f, fingerprint);
		return;
	}
	buf_init(&b, RECORD_MAX);
	json_writer_init(&w, &b, false);
	if (s->format == PHI_JSONL)
		write_jsonl(&w, at, f, fingerprint);
	else
		write_sarif(&w, at, f, fingerprint);
	out_z(s->out, s->format == PHI_SARIF && s->some ? "," : "");
	out_str(s->out, buf_view(&b));
	out_z(s->out, "\n");
	s->some = true;
	buf_free(&b);
}

static void write_rules(struct json_writer *w)
{
	json_key(w, "rules");
	json_open(w, '[');
	for (size_t i = 0; i < phi_n_rules; i++) {
		json_open(w, '{');
		member(w, "id", phi_rules[i].id);
		json_key(w, "shortDescription");
		json_open(w, '{');
		member(w, "text", phi_rules[i].about);
		json_close(w, '}');
		json_close(w, '}');
	}
	json_close(w, ']');
}

void phi_show_begin(struct phi_show *s)
{
	struct json_writer w;
	struct buf b;
	if (s->format != PHI_SARIF)
		return;
	buf_init(&b, RECORD_MAX);
	json_writer_init(&w, &b, false);
	json_open(&w, '{');
	member(&w, "name", "ros-scan");
	member(&w, "version", ROS_VERSION_TEXT);
	write_rules(&w);
	json_close(&w, '}');
	out_z(s->out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":");
	out_str(s->out, buf_view(&b));
	out_z(s->out, "},\"results\":[\n");
	buf_free(&b);
}

void phi_show_end(struct phi_show *s)
{
	if (s->format == PHI_SARIF)
		out_z(s->out, "]}]}\n");
}
