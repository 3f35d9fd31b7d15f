/* ros-import: provider logs and exports to event lines. */
#include "base/mem.h"
#include "base/timefmt.h"
#include "import/import.h"
#include "io/file.h"
#include "io/tool.h"
#include "io/wait.h"

#include <inttypes.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char *const formats[] = { "provider-calls", "csv", NULL };
static const char *const modes[] = { "DEMO", "LIVE", NULL };
static const char *const callers[] = { "orchestrator", "worker", "web", NULL };
static const char *const purposes[] = { "route", "generate", "rag", "refine", "classify", "extract", "summarize",
                                        "validate", NULL };

static struct tool tool;
static const char *from, *mode = "DEMO", *project = IMPORT_DEMO_PROJECT, *run, *source, *stage, *stage_name, *purpose;
static const char *caller = "worker", *date_format, *id_columns;
static struct option_list tiers, constants, values, hashes;
static struct option_time at;

static const struct option options[] = {
	{ "from", 'f', OPTION_ENUM, &from, "FORMAT", "what the input is: provider-calls or csv", NULL, 0, 0, formats },
	{ "mode", 'm', OPTION_ENUM, &mode, "MODE", "governance mode (DEMO); LIVE needs a key file", NULL, 0, 0, modes },
	{ "project", 'p', OPTION_TEXT, &project, "UUID", "project", NULL, 0, 0, NULL },
	{ "run", 'r', OPTION_TEXT, &run, "UUID", "workflow run", NULL, 0, 0, NULL },
	{ "source", 's', OPTION_TEXT, &source, "NAME", "name of the log, part of every id (the value of --from)", NULL, 0, 0, NULL },
	{ "stage", 0, OPTION_TEXT, &stage, "N", "workflow stage, 1 to 20", NULL, 0, 0, NULL },
	{ "stage-name", 0, OPTION_TEXT, &stage_name, "NAME", "its name", NULL, 0, 0, NULL },
	{ "purpose", 0, OPTION_ENUM, &purpose, "PURPOSE", "what the models were asked to do", NULL, 0, 0, purposes },
	{ "caller", 0, OPTION_ENUM, &caller, "CALLER", "the service that called (worker)", NULL, 0, 0, callers },
	{ "tier", 't', OPTION_LIST, &tiers, "GLOB=TIER", "tier of the models that match; the first match wins", NULL, 0, 0, NULL },
	{ "at", 0, OPTION_TIME, &at, "TIME", "time of records without one (1970-01-01)", NULL, 0, 0, NULL },
	{ "set", 0, OPTION_LIST, &constants, "FIELD=VALUE", "a field's value where the record does not say", NULL, 0, 0, NULL },
	{ "column", 'c', OPTION_LIST, &values, "FIELD=COLUMN", "csv: the column of a field", NULL, 0, 0, NULL },
	{ "hash", 0, OPTION_LIST, &hashes, "FIELD=COLUMN,...", "csv: columns hashed into prompt_hash or output_hash", NULL, 0, 0, NULL },
	{ "id", 0, OPTION_TEXT, &id_columns, "COLUMN,...", "csv: columns that identify a row (all of it)", NULL, 0, 0, NULL },
	{ "date-format", 0, OPTION_TEXT, &date_format, "FORMAT", "csv: of the timestamp, as '%Y-%m-%d %H:%M:%S.%f' (RFC 3339)", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool)
};

static const struct tool_page page = {
	.name = "ros-import",
	.synopsis = "--from FORMAT [option ...] [FILE ...]",
	.summary = "Turn logs of calls to AI providers, or tables, into event lines.\n"
	           "No text of a prompt or an output is passed on: only its hash.",
	.examples = "ros-import --from provider-calls calls.jsonl | ros-emit\n"
	            "ros-import --from csv --set provider=openai --set model=gpt-4o --column timestamp=when \\\n"
	            "    --column usage.input_tokens=in --column usage.output_tokens=out usage.csv",
};

static int set_constant(struct import *im, const char *option, const char *path, const char *value, struct err *e)
{
	struct err why;
	if (import_constant(im, str_of(path), str_of(value), &why) != 0)
		return err_set(e, why.status, "--%s %s: %s", option, value, why.text);
	return 0;
}

static int set_field(struct import *im, const char *text, struct err *e)
{
	struct err why;
	struct str path, value = str_cut(str_of(text), '=', &path);
	if (!value.p)
		return err_set(e, ROS_USAGE, "--set %s: not FIELD=VALUE", text);
	if (import_constant(im, path, value, &why) != 0)
		return err_set(e, why.status, "--set %s: %s", text, why.text);
	return 0;
}

static int set_constants(struct import *im, struct err *e)
{
	const struct {
		const char *option, *path, *value;
	} given[] = {
		{ "mode", "governance_mode", mode },
		{ "project", "project_id", project },
		{ "caller", "caller", caller },
		{ "run", "run_id", run },
		{ "stage", "stage", stage },
		{ "stage-name", "stage_name", stage_name },
		{ "purpose", "purpose", purpose },
	};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		if (given[i].value && set_constant(im, given[i].option, given[i].path, given[i].value, e) != 0)
			return -1;
	for (size_t i = 0; i < constants.n; i++)
		if (set_field(im, constants.v[i], e) != 0)
			return -1;
	return 0;
}

static int set_columns(struct columns *c, struct err *e)
{
	for (size_t i = 0; i < values.n; i++)
		if (columns_value(c, str_of(values.v[i]), e) != 0)
			return -1;
	for (size_t i = 0; i < hashes.n; i++)
		if (columns_hash(c, str_of(hashes.v[i]), e) != 0)
			return -1;
	if (date_format && columns_dates(c, date_format, e) != 0)
		return -1;
	return id_columns ? columns_identity(c, str_of(id_columns), e) : 0;
}

static void say_refused(void *arg, const char *file, uint64_t line, const char *why)
{
	(void)arg;
	log_error(&tool.log, "%s: line %" PRIu64 ": %s", file, line, why);
}

static int import_file(struct import *im, struct columns *c, const char *path, struct err *e)
{
	struct lines l;
	int fd, rc;
	const char *name;
	if (file_open_input(path, &fd, &name, e) != 0)
		return -1;
	struct import_counts before = import_counts(im);
	lines_init(&l, fd, name, c ? CSV_ROW_MAX : IMPORT_CALL_LIMITS.bytes);
	if (c)
		rc = import_table(im, c, &l, &tool.out, say_refused, NULL, e);
	else
		rc = import_calls(im, &l, &tool.out, say_refused, NULL, e);
	struct import_counts after = import_counts(im);
	if (rc == 0 && after.events == before.events && after.refused == before.refused)
		log_warn(&tool.log, "%s: nothing to import", name);
	lines_free(&l);
	if (fd != STDIN_FILENO)
		close(fd);
	return rc;
}

static int import_files(struct import *im, struct columns *c, struct err *e)
{
	if (tool.n_operands == 0)
		return import_file(im, c, "-", e);
	for (size_t i = 0; i < tool.n_operands && !wait_stopping(); i++)
		if (import_file(im, c, tool.operands[i], e) != 0)
			return -1;
	return 0;
}

static void say_counts(const struct import *im)
{
	struct import_counts n = import_counts(im);
	char text[TIME_TEXT];
	time_format(at.ms, text);
	if (n.undated > 0 && !at.given)
		log_warn(&tool.log, "%" PRIu64 " records have no date; their time is %s (--at gives another)", n.undated, text);
	if (n.refused > 0)
		log_error(&tool.log, "%" PRIu64 " of %" PRIu64 " records gave no event", n.refused, n.refused + n.events);
	log_note(&tool.log, "%" PRIu64 " events", n.events);
}

static int check_usage(struct err *e)
{
	if (!from)
		return err_set(e, ROS_USAGE, "--from is needed: provider-calls or csv");
	if (strcmp(from, "csv") != 0 && (values.n > 0 || hashes.n > 0 || id_columns || date_format))
		return err_set(e, ROS_USAGE, "--column, --hash, --id and --date-format need --from csv");
	return 0;
}

static int read_tiers(struct tier_rule *rules, struct err *e)
{
	for (size_t i = 0; i < tiers.n; i++)
		if (tier_rule_read(str_of(tiers.v[i]), &rules[i], e) != 0)
			return -1;
	return 0;
}

static int run_import(struct err *e)
{
	struct tier_rule *rules = NULL;
	struct columns *c = NULL;
	struct import *im = NULL;
	struct phi_keys *keys = NULL;
	int rc = -1;
	if (check_usage(e) != 0 || phi_keys_open(&keys, tool.config, e) != 0)
		return -1;
	rules = mem_array(tiers.n + 1, sizeof *rules);
	const struct import_settings settings = {
		.source = str_of(source ? source : from), .tiers = rules, .n_tiers = tiers.n, .at_ms = at.ms, .keys = keys,
	};
	im = import_new(&settings);
	if (strcmp(from, "csv") == 0)
		c = columns_new();
	if (read_tiers(rules, e) != 0 || set_constants(im, e) != 0 || (c && set_columns(c, e) != 0))
		goto out;
	rc = import_files(im, c, e);
	say_counts(im);
	if (rc == 0 && import_counts(im).refused > 0)
		rc = ROS_REFUSED;
out:
	columns_free(c);
	import_free(im);
	phi_keys_free(keys);
	free(rules);
	return rc;
}

int main(int argc, char **argv, char **environment)
{
	struct err e;
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	prctl(PR_SET_DUMPABLE, 0);
	int rc = run_import(&e);
	if (rc < 0 && !tool.out.err.text[0])
		rc = tool_fail(&tool, &e);
	return tool_end(&tool, rc < 0 ? ROS_IO : rc);
}
