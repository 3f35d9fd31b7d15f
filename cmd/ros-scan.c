/* ros-scan: text, JSON lines or a stream's dump to findings, to a verdict, or to the same lines with the findings taken out. */
#include "base/timefmt.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/tool.h"
#include "io/wait.h"
#include "json/reader.h"
#include "json/writer.h"
#include "phi/allow.h"
#include "phi/example.h"
#include "phi/redact.h"
#include "phi/show.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES ((size_t)8 << 20)

static const char *const modes[] = { "report", "gate", "filter", NULL };
static const char *const formats[] = { "human", "jsonl", "sarif", NULL };

static struct tool tool;
static const char *mode = "report", *format = "human", *explain;
static struct option_list baselines, allows;
static int64_t min_events;
static bool self_test, list_rules, strict, canary;

static const struct option options[] = {
	{ "mode", 'm', OPTION_ENUM, &mode, "MODE", "report, gate or filter", NULL, 0, 0, modes },
	{ "format", 'f', OPTION_ENUM, &format, "FORMAT", "human, jsonl or sarif", NULL, 0, 0, formats },
	{ "strict", 's', OPTION_FLAG, &strict, NULL, "warnings count as findings", NULL, 0, 0, NULL },
	{ "baseline", 0, OPTION_LIST, &baselines, "FILE", "findings of an earlier run (jsonl) do not count", NULL, 0, 0, NULL },
	{ "allow", 0, OPTION_LIST, &allows, "FILE", "findings that FILE allows do not count", NULL, 0, 0, NULL },
	{ "min-events", 0, OPTION_INT, &min_events, "N", "fewer lines than N are no clean scan", NULL, 0, INT64_MAX, NULL },
	{ "canary", 0, OPTION_FLAG, &canary, NULL, "first see that each rule finds its examples, on the same way", NULL, 0, 0, NULL },
	{ "self-test", 0, OPTION_FLAG, &self_test, NULL, "hold every rule against its examples", NULL, 0, 0, NULL },
	{ "list-rules", 0, OPTION_FLAG, &list_rules, NULL, "print the rules", NULL, 0, 0, NULL },
	{ "explain", 0, OPTION_TEXT, &explain, "RULE", "print what a rule finds and does not find", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool)
};

static const struct tool_page page = {
	.name = "ros-scan",
	.synopsis = "[option ...] [FILE ...]",
	.summary = "Search text, JSON lines or a stream's dump for what identifies a patient.\n"
	           "It cannot find every name; no finding shows its value.",
	.examples = "ros-replay | ros-scan --mode gate --min-events 1\n"
	            "ros-scan --mode filter notes.jsonl > clean.jsonl\n"
	            "ros-scan --format sarif logs/*.jsonl > findings.sarif\n",
};

struct scan {
	struct phi_scanner *scanner;
	struct json_reader *reader;
	struct phi_allow *allow;
	struct phi_show show;
	struct phi_place at;
	struct buf line; /* of filter mode */
	uint64_t lines, block, warn;
	bool filter, gate, over;
	bool dirty;      /* the line in hand has a finding in a place that cannot be redacted */
	int status;      /* 0, or why there is no verdict */
};

static struct phi_scanner *key_scanner; /* for may_show(), which has no argument */

/* A key shows where it is a plain name in which the scanner finds nothing. */
static bool may_show(struct str key)
{
	const struct phi_finding *found;
	struct err e;
	char words[64];
	size_t n, digits = 0;
	if (key.n == 0 || key.n > sizeof words)
		return false;
	for (size_t i = 0; i < key.n; i++) {
		unsigned char c = (unsigned char)key.p[i];
		digits += isdigit(c) != 0;
		if (!isalnum(c) && c != '_')
			return false;
		bool first = i == 0 || key.p[i - 1] == '_';
		words[i] = (char)(c == '_' ? ' ' : first ? toupper(c) : c);
	}
	return digits < 4 && phi_scan(key_scanner, (struct str){ 0 }, (struct str){ words, key.n }, &found, &n, &e) == 0 && n == 0;
}

static void no_verdict(struct scan *s, const char *why)
{
	log_error(&tool.log, "%s: line %" PRIu64 ": %s", s->at.file, s->at.line, why);
	s->status = ROS_INPUT;
	s->dirty = true;
}

/* One finding; false: it is allowed. */
static bool note(struct scan *s, const struct phi_finding *f, struct str text)
{
	char fingerprint[PHI_FINGERPRINT];
	phi_fingerprint(&s->at, f, text, fingerprint);
	if (phi_allowed(s->allow, f, s->at.pointer, (struct str){ text.p + f->start, f->n }, fingerprint))
		return false;
	if (f->rule->block || strict)
		s->block++;
	else
		s->warn++;
	if (!s->filter)
		phi_show(&s->show, &s->at, f, fingerprint);
	s->over = s->over || (s->gate && s->block > 0);
	return true;
}

/* Scans one text; true: something was found in it. */
static bool scan_text(struct scan *s, struct str key, struct str text)
{
	const struct phi_finding *found;
	struct err e;
	bool any = false;
	size_t n, column = s->at.column;
	if (phi_scan(s->scanner, key, text, &found, &n, &e) != 0) {
		no_verdict(s, e.text);
		return true;
	}
	for (size_t i = 0; i < n && !s->over; i++) {
		if (!s->at.pointer[0])
			s->at.column = found[i].start + 1;
		any = note(s, &found[i], text) || any;
	}
	s->at.column = column;
	return any;
}

static void add_redacted(struct scan *s, struct str key, struct str text, struct buf *out)
{
	struct err e;
	bool changed;
	if (phi_redact(s->scanner, key, text, out, &changed, &e) != 0)
		no_verdict(s, e.text);
}

static bool scanned(const struct json *v)
{
	return v->type == JSON_STRING || v->type == JSON_NUMBER;
}

/* Scans a value and all inside it; `key` is the nearest one above. */
static void scan_value(struct scan *s, const struct json *root, const struct json *v, struct str key)
{
	char pointer[256];
	if (v->key.p)
		key = v->key;
	json_pointer(s->reader, root, v, pointer, sizeof pointer);
	s->at.pointer = pointer[0] ? pointer : "/";
	s->at.column = (size_t)(v->raw.p - root->raw.p) + 1;
	if (v->key.p && scan_text(s, (struct str){ 0 }, v->key))
		s->dirty = true;
	if (scanned(v))
		scan_text(s, key, v->text);
	for (const struct json *child = json_first(v); child && !s->over; child = json_next(s->reader, child))
		scan_value(s, root, child, key);
}

/* Writes a value again, strings and numbers redacted. */
static void write_value(struct scan *s, struct json_writer *w, const struct json *v, struct str key)
{
	struct buf text;
	bool object = v->type == JSON_OBJECT;
	if (v->key.p) {
		key = v->key;
		json_key_str(w, key);
	}
	if (scanned(v)) {
		buf_init(&text, PHI_TEXT_MAX * 2);
		add_redacted(s, key, v->text, &text);
		if (str_eq(buf_view(&text), v->text))
			json_raw(w, v->raw);
		else
			json_str(w, buf_view(&text));
		buf_free(&text);
	} else if (v->type == JSON_OBJECT || v->type == JSON_ARRAY) {
		json_open(w, object ? '{' : '[');
		for (const struct json *child = json_first(v); child; child = json_next(s->reader, child))
			write_value(s, w, child, key);
		json_close(w, object ? '}' : ']');
	} else {
		json_raw(w, v->raw);
	}
}

/* A line with a finding in a key is not passed on: a key has no place to stand redacted. */
static void pass_line(struct scan *s, const struct json *root, struct str line, bool found)
{
	struct json_writer w;
	buf_clear(&s->line);
	if (s->dirty) {
		log_error(&tool.log, "%s: line %" PRIu64 ": withheld", s->at.file, s->at.line);
		return;
	}
	if (root && found) {
		json_writer_init(&w, &s->line, false);
		write_value(s, &w, root, (struct str){ 0 });
	} else if (found) {
		add_redacted(s, (struct str){ 0 }, line, &s->line);
	} else {
		buf_str(&s->line, line);
	}
	out_str(&tool.out, buf_view(&s->line));
	out_z(&tool.out, "\n");
}

static void take_line(struct scan *s, struct str line)
{
	struct json_fault fault;
	struct str inner = str_trim(line);
	const struct json *root = NULL;
	uint64_t before = s->block + s->warn;
	s->at.pointer = "";
	s->at.column = 1;
	s->dirty = false;
	s->lines++;
	if (inner.n > 0 && (*inner.p == '{' || *inner.p == '['))
		root = json_read(s->reader, inner, &fault);
	if (root)
		scan_value(s, root, root, (struct str){ 0 });
	else
		scan_text(s, (struct str){ 0 }, line);
	if (s->filter)
		pass_line(s, root, line, s->block + s->warn > before);
}

static int scan_lines(struct scan *s, struct lines *in, struct err *e)
{
	for (;;) {
		struct str line;
		if (s->over)
			return 0;
		enum lines_event what = lines_next(in, -1, &line, e);
		s->at.line = in->number;
		if (what == LINES_LINE || what == LINES_LAST)
			take_line(s, line);
		else if (what == LINES_TOO_LONG)
			no_verdict(s, "too long, not scanned");
		else
			return what == LINES_END ? 0 : what == LINES_STOP ? err_set(e, ROS_LATER, "stopped before the end") : -1;
	}
}

static int scan_file(struct scan *s, const char *path, struct err *e)
{
	struct lines in;
	int fd;
	if (file_open_input(path, &fd, &s->at.file, e) != 0)
		return -1;
	if (strcmp(path, "-") == 0)
		s->at.file = "-";
	lines_init(&in, fd, s->at.file, LINE_BYTES);
	int rc = scan_lines(s, &in, e);
	lines_free(&in);
	if (fd != STDIN_FILENO)
		close(fd);
	return rc;
}

static int scan_files(struct scan *s, struct err *e)
{
	if (tool.n_operands == 0)
		return scan_file(s, "-", e);
	for (size_t i = 0; i < tool.n_operands && !s->over; i++)
		if (scan_file(s, tool.operands[i], e) != 0)
			return -1;
	return 0;
}

/* Whether the text has a finding of the rule; or of another with its label, which is as good. */
static bool finds(struct phi_scanner *scanner, const struct phi_rule *rule, bool label, const char *text)
{
	const struct phi_finding *found;
	const struct phi_example of = phi_example_of(text);
	struct err e;
	size_t n;
	if (phi_scan(scanner, of.key, of.text, &found, &n, &e) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (found[i].rule == rule || (label && strcmp(found[i].rule->label, rule->label) == 0))
			return true;
	return false;
}

/* How many examples do not hold; each is named by its rule and its number. */
static unsigned test_rules(struct phi_scanner *scanner)
{
	unsigned wrong = 0;
	for (size_t i = 0; i < phi_n_rules; i++) {
		const struct phi_rule *rule = &phi_rules[i];
		for (size_t k = 0; rule->match[k]; k++)
			if (!finds(scanner, rule, true, rule->match[k]) && ++wrong)
				log_error(&tool.log, "%s: match %zu is not found", rule->id, k + 1);
		for (size_t k = 0; rule->no_match[k]; k++)
			if (finds(scanner, rule, false, rule->no_match[k]) && ++wrong)
				log_error(&tool.log, "%s: no_match %zu is found", rule->id, k + 1);
	}
	return wrong;
}

static void print_rules(void)
{
	for (size_t i = 0; i < phi_n_rules; i++)
		out_fmt(&tool.out, "%-22s %c %-5s %-16s %s\n", phi_rules[i].id, phi_rules[i].letter, phi_rules[i].block ? "block" : "warn",
		        phi_rules[i].label, phi_rules[i].about);
}

static int explain_rule(struct err *e)
{
	for (size_t i = 0; i < phi_n_rules; i++) {
		const struct phi_rule *rule = &phi_rules[i];
		if (strcmp(rule->id, explain) != 0)
			continue;
		out_fmt(&tool.out, "%s: %s\n%s, identifier %c of 45 CFR 164.514(b)(2)(i), %s\n", rule->id, rule->about, rule->label, rule->letter,
		        rule->block ? "block" : "warn");
		for (size_t k = 0; rule->match[k]; k++)
			out_fmt(&tool.out, "finds:          %s\n", rule->match[k]);
		for (size_t k = 0; rule->no_match[k]; k++)
			out_fmt(&tool.out, "does not find:  %s\n", rule->no_match[k]);
		return 0;
	}
	return err_set(e, ROS_USAGE, "--explain: no such rule (--list-rules prints them)");
}

static int read_allowed(struct phi_allow *a, struct err *e)
{
	for (size_t i = 0; i < baselines.n; i++)
		if (phi_allow_baseline(a, baselines.v[i], e) != 0)
			return -1;
	for (size_t i = 0; i < allows.n; i++)
		if (phi_allow_read(a, allows.v[i], time_now_ms(), e) != 0)
			return -1;
	return 0;
}

static int verdict(const struct scan *s, struct err *e)
{
	if (s->status)
		return s->status;
	if (s->lines < (uint64_t)min_events && !s->over)
		return err_set(e, ROS_INPUT, "%" PRIu64 " lines scanned, fewer than --min-events", s->lines);
	log_note(&tool.log, "%" PRIu64 " lines, %" PRIu64 " findings, %" PRIu64 " warnings", s->lines, s->block, s->warn);
	return s->block > 0 ? ROS_REFUSED : ROS_DONE;
}

static int scan_all(struct scan *s, struct err *e)
{
	if (read_allowed(s->allow, e) != 0)
		return -1;
	if ((canary || self_test) && test_rules(s->scanner) > 0)
		return err_set(e, ROS_BUG, "the scanner does not find its own examples");
	if (self_test)
		return 0;
	if (!s->filter)
		phi_show_begin(&s->show);
	int rc = scan_files(s, e);
	if (!s->filter)
		phi_show_end(&s->show);
	return rc == 0 ? verdict(s, e) : rc;
}

static int run(struct err *e)
{
	const struct json_limits limits = { .bytes = LINE_BYTES, .depth = 32, .nodes = 1 << 20, .may_show = may_show };
	struct scan s = { .filter = strcmp(mode, "filter") == 0, .gate = strcmp(mode, "gate") == 0 };
	if (explain)
		return explain_rule(e);
	if (list_rules) {
		print_rules();
		return 0;
	}
	s.show = (struct phi_show){ &tool.out, strcmp(format, "human") == 0 ? PHI_HUMAN : strcmp(format, "jsonl") == 0 ? PHI_JSONL : PHI_SARIF, false };
	s.scanner = phi_scanner_new();
	key_scanner = phi_scanner_new();
	s.reader = json_reader_new(limits);
	s.allow = phi_allow_new();
	buf_init(&s.line, LINE_BYTES * 4);
	int rc = scan_all(&s, e);
	buf_free(&s.line);
	phi_allow_free(s.allow);
	json_reader_free(s.reader);
	phi_scanner_free(key_scanner);
	phi_scanner_free(s.scanner);
	return rc;
}

int main(int argc, char **argv, char **environment)
{
	struct err e;
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	int rc = run(&e);
	if (rc < 0)
		rc = tool_fail(&tool, &e);
	return tool_end(&tool, rc);
}
