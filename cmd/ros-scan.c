/*
 * ros-scan: text, JSON lines or a stream's dump to findings, to a verdict, or to the same lines with the findings taken
 * out.
 */
#include "base/mem.h"
#include "base/timefmt.h"
#include "io/confine.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/tool.h"
#include "phi/canary.h"
#include "phi/catalog.h"
#include "phi/example.h"
#include "phi/show.h"
#include "stats/stats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX ((size_t)4 << 20) /* all rules, or one finding, in any format */
#define LINGER_MS 1                /* so long without input, and what is known goes out */
#define NAMED_MAX 20               /* lines of a file that are named because they could not be scanned */

static const char *const modes[] = { "report", "gate", "filter", NULL };
static const char *const format_names[] = { "human", "jsonl", "sarif", NULL };
static const struct phi_format *const formats[] = { &phi_format_human, &phi_format_jsonl, &phi_format_sarif };

static struct tool tool;
static struct stats stats = STATS_DEFAULTS;
static const char *mode = "report", *format, *explain;
static struct option_list baselines, allows, sites;
static int64_t min_events;
static bool self_test, list_rules, strict, canary;

static const struct option options[] = {
	{ "mode", 'm', OPTION_ENUM, &mode, "MODE", "report, gate or filter (default: report)", NULL, 0, 0, modes },
	{ "format", 'f', OPTION_ENUM, &format, "FORMAT", "human, jsonl or sarif (default: human)", NULL, 0, 0, format_names },
	{ "strict", 's', OPTION_FLAG, &strict, NULL, "warnings count as findings", NULL, 0, 0, NULL },
	{ "baseline", 0, OPTION_LIST, &baselines, "FILE", "findings of an earlier run (jsonl) do not count", NULL, 0, 0, NULL },
	{ "allow", 0, OPTION_LIST, &allows, "FILE", "findings that FILE allows do not count", NULL, 0, 0, NULL },
	{ "site-rules", 0, OPTION_LIST, &sites, "FILE", "rules of your own, beside the built-in ones", NULL, 0, 0, NULL },
	{ "min-events", 0, OPTION_INT, &min_events, "N", "fewer lines than N are no clean scan", NULL, 0, INT64_MAX, NULL },
	{ "canary", 0, OPTION_FLAG, &canary, NULL, "first see that made-up identifiers are found on the same way", NULL, 0, 0, NULL },
	{ "self-test", 0, OPTION_FLAG, &self_test, NULL, "hold every rule against its examples, and end", NULL, 0, 0, NULL },
	{ "list-rules", 0, OPTION_FLAG, &list_rules, NULL, "print the rules, and end", NULL, 0, 0, NULL },
	{ "explain", 0, OPTION_TEXT, &explain, "RULE", "print what a rule finds and does not find, and end", NULL, 0, 0, NULL },
	STATS_OPTIONS(&stats),
	TOOL_OPTIONS(&tool)
};

static const struct tool_page page = {
	.name = "ros-scan",
	.synopsis = "[option ...] [FILE ...]",
	.summary = "Searches text, JSON lines or a stream's dump for what identifies a patient.\n"
	           "It cannot find every name; no output shows what was found.",
	.examples = "ros-replay | ros-scan --mode gate --canary --min-events 1\n"
	            "ros-scan --mode filter notes.jsonl > clean.jsonl\n"
	            "ros-scan --format sarif logs/*.jsonl > findings.sarif\n",
};

enum { LINES, FINDINGS, WARNINGS, UNSCANNED };

static const struct stats_item items[] = {
	[LINES] = { "lines", STATS_COUNTER },
	[FINDINGS] = { "findings", STATS_COUNTER },
	[WARNINGS] = { "warnings", STATS_COUNTER },
	[UNSCANNED] = { "unscanned", STATS_COUNTER },
	{ 0 },
};

struct scan {
	struct phi_site *site;
	struct phi_allow *allow;
	struct map *baseline;
	struct phi_line *line;
	const struct phi_format *format; /* NULL: lines are passed on, and no findings shown */
	struct buf text;                 /* to be printed */
	struct buf passed;               /* the line that the filter lets pass */
	const char *name;                /* of the file, for messages */
	char *shown_name;                /* for findings */
	uint64_t number;                 /* of the line in hand */
	uint64_t lines, findings, warnings, unscanned; /* of the file: unscanned */
	bool some;                       /* a finding was shown */
	bool withheld;                   /* a line was not passed on */
	bool over;                       /* the gate is closed */
	int status;                      /* why there is no verdict, or ROS_DONE */
};

static void print(struct scan *s)
{
	out_str(&tool.out, buf_view(&s->text));
	buf_clear(&s->text);
}

static void show(struct scan *s, const struct phi_shown *f)
{
	s->format->finding(&s->text, s->site, f, !s->some);
	s->some = true;
	print(s);
}

static void note(void *arg, const struct phi_hit *hit)
{
	struct scan *s = arg;
	struct phi_shown f = { s->shown_name, s->number, hit, "" };
	if (s->over)
		return;
	if (s->format)
		phi_fingerprint(&f);
	if (phi_baseline_take(s->baseline, f.fingerprint))
		return;
	bool counts = hit->finding->rule->block || strict;
	*(counts ? &s->findings : &s->warnings) += 1;
	stats_add(&stats, counts ? FINDINGS : WARNINGS, 1);
	if (s->format)
		show(s, &f);
	s->over = counts && strcmp(mode, "gate") == 0;
}

/* Names the line in hand, which was not scanned in full, or is not passed on. */
static void refuse(struct scan *s, const struct err *e)
{
	bool withheld = e->status == ROS_REFUSED;
	if (withheld) {
		s->withheld = true;
	} else {
		s->status = ROS_INPUT;
		s->unscanned++;
		stats_add(&stats, UNSCANNED, 1);
	}
	if (withheld || s->unscanned <= NAMED_MAX)
		log_error(&tool.log, "%s: line %" PRIu64 ": %s: %s", s->name, s->number, withheld ? "withheld" : "not scanned in full", e->text);
}

static void take_line(struct scan *s, struct str line, bool last)
{
	struct err e;
	bool blank = str_trim(line).n == 0;
	s->lines += !blank;
	stats_add(&stats, LINES, !blank);
	if (phi_line_take(s->line, line, last, note, s, s->format ? NULL : &s->passed, &e) != 0) {
		refuse(s, &e);
	} else if (!s->format) {
		out_str(&tool.out, buf_view(&s->passed));
		out_z(&tool.out, "\n");
	}
}

/* Waits for the next line; before it waits for long, what is known goes out. */
static enum lines_event next_line(struct lines *in, struct str *line, struct err *e)
{
	enum lines_event what = lines_next(in, LINGER_MS, line, e);
	while (what == LINES_IDLE) {
		int64_t now = time_monotonic_ms();
		stats_tick(&stats, now);
		if (out_flush(&tool.out, e) != 0)
			return LINES_ERROR;
		what = lines_next(in, stats_patience(&stats, now), line, e);
	}
	return what;
}

static int scan_lines(struct scan *s, struct lines *in, struct err *e)
{
	while (!s->over && !tool.out.err.text[0]) {
		struct str line;
		enum lines_event what = next_line(in, &line, e);
		s->number = in->number;
		if (what == LINES_LINE || what == LINES_LAST)
			take_line(s, line, what == LINES_LAST);
		else if (what == LINES_TOO_LONG)
			refuse(s, &(struct err){ ROS_INPUT, "too long" });
		else if (what == LINES_STOP)
			return err_set(e, ROS_LATER, "%s: stopped by a signal after line %" PRIu64, s->name, s->number);
		else
			return what == LINES_END ? 0 : -1;
		if (s->number % 1024 == 0)
			stats_tick(&stats, time_monotonic_ms());
	}
	return 0;
}

static int scan_file(struct scan *s, const char *path, struct err *e)
{
	struct lines in;
	int fd;
	if (file_open_input(path, &fd, &s->name, e) != 0)
		return -1;
	s->shown_name = mem_strdup(str_of(path));
	str_mask(s->shown_name, strlen(path));
	s->unscanned = 0;
	lines_init(&in, fd, s->name, PHI_LINE_MAX);
	int rc = scan_lines(s, &in, e);
	if (s->unscanned > NAMED_MAX)
		log_error(&tool.log, "%s: %" PRIu64 " lines in all were not scanned in full", s->name, s->unscanned);
	lines_free(&in);
	free(s->shown_name);
	if (fd != STDIN_FILENO)
		close(fd);
	return rc;
}

/* A file that cannot be read takes the verdict away, and the others are scanned; so does a signal, and they are not. */
static void scan_files(struct scan *s)
{
	static const char *standard[] = { "-" };
	const char **files = tool.n_operands > 0 ? tool.operands : standard;
	struct err e;
	for (size_t i = 0; (i == 0 || i < tool.n_operands) && !s->over && s->status != ROS_LATER; i++)
		if (scan_file(s, files[i], &e) != 0)
			s->status = tool_fail(&tool, &e);
}

static int verdict(const struct scan *s)
{
	log_note(&tool.log, "%" PRIu64 " lines, %" PRIu64 " findings, %" PRIu64 " warnings", s->lines, s->findings, s->warnings);
	if (s->status != ROS_DONE || s->findings > 0 || s->withheld)
		return s->status != ROS_DONE ? s->status : ROS_REFUSED;
	if (s->lines >= (uint64_t)min_events)
		return ROS_DONE;
	log_error(&tool.log, "%" PRIu64 " lines, fewer than --min-events: no clean scan", s->lines);
	return ROS_INPUT;
}

static int scan_all(struct scan *s)
{
	if (s->format && s->format->begin)
		s->format->begin(&s->text, s->site);
	print(s);
	scan_files(s);
	int status = verdict(s);
	if (s->format && s->format->end)
		s->format->end(&s->text, status <= ROS_REFUSED);
	print(s);
	return status;
}

static void name_example(void *arg, const struct phi_rule *rule, const char *list, size_t number)
{
	(void)arg;
	log_error(&tool.log, "%s: example %zu of %s does not hold", rule->id, number, list);
}

static int test_rules(struct err *e)
{
	struct phi_scanner *scanner = phi_scanner_new();
	size_t failures = phi_test_examples(scanner, name_example, NULL);
	phi_scanner_free(scanner);
	return failures == 0 ? ROS_DONE : err_set(e, ROS_BUG, "%zu examples of the rules do not hold", failures);
}

static int explain_rule(struct scan *s, struct err *e)
{
	const struct phi_rule *rule = phi_rule_find(s->site, str_of(explain));
	if (!rule)
		return err_set(e, ROS_USAGE, "--explain: '%s' is no rule; --list-rules prints them", explain);
	phi_explain(&s->text, rule);
	print(s);
	return ROS_DONE;
}

static int check_usage(struct err *e)
{
	bool filter = strcmp(mode, "filter") == 0;
	if ((self_test || list_rules || explain) && tool.n_operands > 0)
		return err_set(e, ROS_USAGE, "unexpected operand: %s", tool.operands[0]);
	if (filter && format)
		return err_set(e, ROS_USAGE, "--format is of findings, and --mode filter prints none");
	if (filter && baselines.n > 0)
		return err_set(e, ROS_USAGE, "--baseline does not let anything pass --mode filter; --allow does");
	return 0;
}

static int read_files(struct scan *s, struct err *e)
{
	for (size_t i = 0; i < sites.n; i++)
		if (phi_site_read(s->site, sites.v[i], e) != 0)
			return -1;
	for (size_t i = 0; i < allows.n; i++)
		if (phi_allow_read(s->allow, allows.v[i], s->site, time_now_ms(), e) != 0)
			return -1;
	for (size_t i = 0; i < baselines.n; i++)
		if (phi_baseline_read(s->baseline, baselines.v[i], e) != 0)
			return -1;
	return 0;
}

/* Nothing is allowed to a canary, so that it has a way of its own. */
static int send_canaries(struct phi_site *site, struct err *e)
{
	struct phi_line *l = phi_line_new(site, NULL);
	char missed = phi_canary_missed(l);
	phi_line_free(l);
	return missed ? err_set(e, ROS_BUG, "the canary of letter %c was not found: nothing was scanned", missed) : 0;
}

static void choose_format(struct scan *s)
{
	for (size_t i = 0; strcmp(mode, "filter") != 0 && format_names[i]; i++)
		if (strcmp(format ? format : "human", format_names[i]) == 0)
			s->format = formats[i];
}

static int run(struct scan *s, struct err *e)
{
	if (check_usage(e) != 0 || stats_begin(&stats, &tool.log, items, e) != 0)
		return -1;
	confine(&tool.log, NULL, 0);
	if (read_files(s, e) != 0)
		return -1;
	if (explain)
		return explain_rule(s, e);
	if (list_rules) {
		phi_list(&s->text, s->site);
		print(s);
		return ROS_DONE;
	}
	if (self_test)
		return test_rules(e);
	if (canary && send_canaries(s->site, e) != 0)
		return -1;
	choose_format(s);
	s->line = phi_line_new(s->site, s->allow);
	return scan_all(s);
}

int main(int argc, char **argv, char **environment)
{
	struct err e;
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	struct scan s = { .site = phi_site_new(), .allow = phi_allow_new(), .baseline = map_new() };
	buf_init(&s.text, TEXT_MAX);
	buf_init(&s.passed, 4 * PHI_LINE_MAX);
	status = run(&s, &e);
	if (status < 0)
		status = tool_fail(&tool, &e);
	stats_end(&stats);
	phi_line_free(s.line);
	buf_free(&s.text);
	buf_free(&s.passed);
	map_free(s.baseline);
	phi_allow_free(s.allow);
	phi_site_free(s.site);
	return tool_end(&tool, status);
}
