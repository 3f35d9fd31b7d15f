/* ros-report: a transparency report from the record, in a format for people or for programs. */
#include "base/mem.h"
#include "base/num.h"
#include "base/timefmt.h"
#include "io/confine.h"
#include "io/file.h"
#include "io/tool.h"
#include "lit/lit.h"
#include "report/formats.h"
#include "report/model.h"
#include "report/rules.h"
#include "report/verify.h"
#include "stats/trace.h"
#include "store/scope.h"
#include "store/setup.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <malloc.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define GENERATED_BY "ros-report " ROS_VERSION_TEXT
#define FORMATS_MAX 16
#define COLUMNS_MAX 1000
#define PATH_TEXT_MAX ((size_t)1 << 16)
#define LARGE (1 << 18) /* bytes of a buffer that the kernel moves as it grows */
#define YEAR_10000_S INT64_C(253402300800)
#define LIT_ROWS_MAX 1000000

static struct tool tool;
static struct trace trace = TRACE_DEFAULTS;
static int64_t calls = TRACE_ROWS_UNKNOWN; /* that the report is on */
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static struct scope_options scope_options;
static const char *format, *file, *against, *verified, *stages, *created_by;
static struct option_list rules;
static bool exact, previews, record;
static int64_t top = 10, min_cell = REPORT_MIN_CELL, max_examples = LIT_ROWS;
static const char *formats[FORMATS_MAX]; /* names of the formats, then NULL */

static const struct option options[] = {
	SCOPE_OPTIONS(&scope_options),
	{ "exact", 'x', OPTION_FLAG, &exact, NULL, "do not widen the period to whole hours", NULL, 0, 0, NULL },
	{ "format", 'f', OPTION_ENUM, &format, "FORMAT", "md, json, csv, text, html, pdf or lit (default: by -o)", NULL,
	  0, 0, formats },
	{ "output", 'o', OPTION_TEXT, &file, "FILE", "write to the file, which is replaced when all is done", NULL, 0, 0,
	  NULL },
	{ "against", 0, OPTION_TEXT, &against, "RUN|PERIOD", "compare with another run, or with a period FROM/TO", NULL, 0, 0, NULL },
	{ "verify", 0, OPTION_TEXT, &verified, "FILE", "compute a report in JSON again and say what differs (- is stdin)", NULL, 0, 0,
	  NULL },
	{ "top", 'n', OPTION_INT, &top, "N", "list so many of the most expensive calls (default 10)", NULL, 0, 1000, NULL },
	{ "min-cell", 0, OPTION_INT, &min_cell, "N", "show no count of a dataset's rows below this (default 11)", NULL, 0,
	  1000000, NULL },
	{ "stages", 0, OPTION_TEXT, &stages, "N,...", "lit: only calls of these stages", NULL, 0, 0, NULL },
	{ "max-examples", 0, OPTION_INT, &max_examples, "N", "lit: rows at most, a sample where there are more calls (default 5000)", NULL, 1,
	  LIT_ROWS_MAX, NULL },
	{ "previews", 0, OPTION_FLAG, &previews, NULL, "lit: with the redacted previews of DEMO", NULL, 0, 0, NULL },
	{ "record", 0, OPTION_FLAG, &record, NULL, "lit: print the event that tells of the bundle, for ros-emit", NULL, 0, 0, NULL },
	{ "created-by", 0, OPTION_TEXT, &created_by, "NAME", "lit: who made it, in that event (default: the user's name)", NULL, 0, 0, NULL },
	{ "rule", 0, OPTION_LIST, &rules, "ID=VALUE", "point something out where it is above the value", NULL, 0, 0, NULL },
	STORE_OPTIONS(&setup),
	TRACE_OPTION(&trace),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-report",
	.synopsis = "[option ...]",
	.summary = "Reports on the recorded AI calls: what was used for what, how well, at which cost, and what is\n"
	           "not known.",
	.examples = "ros-report\n"
	            "ros-report --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 -o report.html\n"
	            "ros-report --from 2026-01-01 --to 2026-02-01 --format json | jq .total_cost_usd\n"
	            "ros-report --format lit --record -o calls.lit | ros-emit\n",
};

static int read_scope(struct report_scope *s, struct err *e)
{
	struct scope asked;
	if (scope_read(&asked, &scope_options, e) < 0)
		return -1;
	*s = (struct report_scope){
		.has_run = asked.has_run,
		.has_project = asked.has_project,
		.run = asked.run,
		.project = asked.project,
		.mode = asked.mode,
		.tenant = asked.tenant,
		.has_from = scope_options.from.given,
		.has_to = scope_options.to.given,
		.from_ms = asked.from_ms,
		.to_ms = asked.to_ms,
		.exact = exact,
		.top = (int)top,
		.min_cell = min_cell,
	};
	rules_defaults(s->thresholds);
	for (size_t i = 0; i < rules.n; i++)
		if (rules_set(s->thresholds, rules.v[i], e) < 0)
			return -1;
	if (tool.n_operands > 0)
		return err_set(e, ROS_USAGE, "unexpected operand: %s", tool.operands[0]);
	return 0;
}

/* A run instead of the run or period; or a period FROM/TO instead of them. */
static int read_against(const struct report_scope *s, struct report_scope *other, struct err *e)
{
	struct str begin, end = str_cut(str_of(against), '/', &begin);
	*other = *s;
	other->has_run = !end.p;
	other->has_from = other->has_to = end.p;
	if (end.p ? !time_parse_human(begin, &other->from_ms) || !time_parse_human(end, &other->to_ms) || other->from_ms >= other->to_ms :
	            !uuid_parse(begin, &other->run))
		return err_set(e, ROS_USAGE, "--against: neither a uuid nor a period FROM/TO: '%s'", against);
	return 0;
}

/* SOURCE_DATE_EPOCH makes reports reproducible: reproducible-builds.org/specs/source-date-epoch. */
static int read_clock(int64_t *ms, struct err *e)
{
	const char *epoch = config_get(tool.config, "SOURCE_DATE_EPOCH");
	if (!epoch) {
		*ms = time_now_ms();
		return 0;
	}
	if (!num_int_in(str_of(epoch), 0, YEAR_10000_S - 1, ms))
		return err_set(e, ROS_CONFIG, "SOURCE_DATE_EPOCH: not a number of seconds since 1970");
	*ms *= 1000;
	return 0;
}

static bool to_file(void)
{
	return file && strcmp(file, "-") != 0;
}

static bool ends_in_slash(const char *path)
{
	size_t n = strlen(path);
	return n > 0 && path[n - 1] == '/';
}

static bool to_directory(void)
{
	struct stat st;
	return to_file() && (ends_in_slash(file) || (stat(file, &st) == 0 && S_ISDIR(st.st_mode)));
}

static int choose_format(const struct report_format **chosen, struct err *e)
{
	if (stages || previews || record || created_by)
		return err_set(e, ROS_USAGE, "--stages, --previews, --record and --created-by are for --format lit alone");
	*chosen = report_format_named(to_file() || !isatty(STDOUT_FILENO) ? "md" : "text");
	if (to_directory()) {
		*chosen = report_format_named("csv");
		if (format && strcmp(format, "csv") != 0)
			return err_set(e, ROS_USAGE, "--output: only csv goes to a directory: '%s'", file);
	} else if (format)
		*chosen = report_format_named(format);
	else if (to_file())
		*chosen = report_format_of_file(file);
	if (!*chosen)
		return err_set(e, ROS_USAGE, "--output: no format has the extension of '%s'; --format names one", file);
	return 0;
}

/* What is read from here on may be hostile. SQLite sorts in files where there is much to sort: sqlite.org/tempfiles.html, 5. */
static int confine_to_output(struct err *e)
{
	const char *sqlite_tmp = config_get(tool.config, "SQLITE_TMPDIR"), *tmp = config_get(tool.config, "TMPDIR");
	const char *writable[4] = { sqlite_tmp ? sqlite_tmp : "/var/tmp", tmp ? tmp : "/tmp" };
	size_t n = 2;
	if (to_directory() && file_make_dir(file, e) < 0)
		return -1;
	char *copy = mem_strdup(str_of(to_file() ? file : ""));
	if (to_file())
		writable[n++] = file;
	if (to_file() && !to_directory())
		writable[n++] = dirname(copy);
	confine(&tool.log, writable, n);
	free(copy);
	return 0;
}

/* *db is the caller's to close even where this fails. */
static int open_database(struct db **db, struct err *e)
{
	const char *path;
	if (store_setup_path(&setup, tool.config, &path, e) < 0 || trace_begin(&trace, &tool, e) < 0)
		return -1;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(e, ROS_INPUT, "no database %s: ros-aggregate makes it; --db or ROS_DB names another", path);
	return store_open_read(db, path, store_setup_busy_ms(&setup), e) < 0 ? -1 : confine_to_output(e);
}

/* *db stays open; the caller closes it, also after an error. */
static int build(struct report **r, struct db **db, struct err *e)
{
	struct report_scope scope, other;
	int64_t now_ms;
	if (read_scope(&scope, e) < 0 || read_clock(&now_ms, e) < 0 || open_database(db, e) < 0)
		return -1;
	if (against) {
		if (read_against(&scope, &other, e) < 0)
			return -1;
		scope.against = &other;
	}
	return report_build(r, *db, &scope, GENERATED_BY, now_ms, e);
}

/* Takes the descriptor over. */
static int write_descriptor(int fd, const char *name, struct str text, struct err *e)
{
	struct out out;
	out_init(&out, fd, name);
	out_str(&out, text);
	int rc = out_flush(&out, e);
	out_free(&out);
	if (rc == 0 && fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		rc = err_sys(e, ROS_IO, "cannot write %s", name);
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(e, ROS_IO, "cannot write %s", name);
	return rc;
}

/* A reader of the file sees the old report or the new one, never a half. */
static int replace_file(const char *path, const char *beside, struct str text, struct err *e)
{
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(e, ROS_IO, "cannot create %s", beside);
	int rc = write_descriptor(fd, path, text, e);
	if (rc == 0 && rename(beside, path) < 0)
		rc = err_sys(e, ROS_IO, "cannot replace %s", path);
	if (rc < 0)
		unlink(beside);
	return rc;
}

/* Devices, pipes and links are written to; only a plain file is replaced. */
static int write_file(const char *path, struct str text, struct err *e)
{
	struct stat st;
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		return fd < 0 ? err_sys(e, ROS_IO, "cannot open %s", path) : write_descriptor(fd, path, text, e);
	}
	struct buf beside;
	buf_init(&beside, PATH_TEXT_MAX);
	buf_fmt(&beside, "%s.%ld.tmp", path, (long)getpid());
	int rc = replace_file(path, buf_cstr(&beside), text, e);
	buf_free(&beside);
	return rc;
}

static int too_long(struct err *e)
{
	return err_set(e, ROS_INPUT, "the report is longer than %d MiB", (int)(REPORT_BYTES_MAX >> 20));
}

/* What the form of text is for. */
static void look_at_terminal(struct report *r)
{
	const char *columns = config_get(tool.config, "COLUMNS"), *term = config_get(tool.config, "TERM");
	struct winsize size;
	int64_t n = 0;
	bool is_terminal = !to_file() && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
	if (columns)
		num_int_in(str_of(columns), 1, COLUMNS_MAX, &n);
	r->columns = n > 0 ? (size_t)n : is_terminal ? size.ws_col : 0;
	r->colour = is_terminal && !config_get(tool.config, "NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

static int write_table(const char *name, struct str text, struct err *e)
{
	struct buf path;
	buf_init(&path, PATH_TEXT_MAX);
	buf_fmt(&path, "%s/%s.csv", file, name);
	int rc = write_file(buf_cstr(&path), text, e);
	buf_free(&path);
	return rc;
}

/* A file a table. */
static int write_tables(const struct report *r, struct err *e)
{
	const char *name;
	struct buf text;
	buf_init(&text, REPORT_BYTES_MAX);
	int rc = 0;
	for (size_t i = 0; rc == 0 && (name = report_csv_table(r, i, &text)); i++) {
		rc = buf_ok(&text) ? write_table(name, buf_view(&text), e) : too_long(e);
		buf_clear(&text);
	}
	buf_free(&text);
	return rc;
}

static int deliver(const struct report *r, const struct report_format *chosen, struct err *e)
{
	if (to_directory())
		return write_tables(r, e);
	struct buf text;
	buf_init(&text, REPORT_BYTES_MAX);
	int rc = chosen->render(r, &text, e);
	if (rc < 0)
		; /* said already */
	else if (!buf_ok(&text))
		rc = too_long(e);
	else if (to_file())
		rc = write_file(file, buf_view(&text), e);
	else
		out_str(&tool.out, buf_view(&text));
	buf_free(&text);
	return rc;
}

/* *differs: whether the report is not what the database says. */
static int verify(bool *differs, struct err *e)
{
	struct buf json;
	struct verdict verdict = { 0 };
	struct db *db = NULL;
	buf_init(&json, REPORT_BYTES_MAX);
	int rc = file_read(verified, &json, e);
	if (rc == 0)
		rc = open_database(&db, e);
	if (rc == 0)
		rc = report_verify(&verdict, db, verified, buf_view(&json), GENERATED_BY, e);
	out_str(&tool.out, buf_view(&verdict.text));
	*differs = verdict.differences > 0;
	buf_free(&verdict.text);
	buf_free(&json);
	db_close(db);
	store_setup_free(&setup);
	return rc;
}

/* --- LIT --- */

static bool is_lit(void)
{
	return format && strcmp(format, "lit") == 0;
}

/* "3,4": a bit a stage. */
static int read_stages(uint32_t *bits, struct err *e)
{
	struct str rest = str_of(stages), one;
	*bits = 0;
	while (rest.p) {
		int64_t n;
		rest = str_cut(rest, ',', &one);
		if (!num_int_in(one, 1, LIT_STAGES, &n))
			return err_set(e, ROS_USAGE, "--stages: not stages from 1 to %d: '%s'", LIT_STAGES, stages);
		*bits |= 1u << n;
	}
	return 0;
}

/* The paths in an archive begin with its name: with none, or with dots, they would lead out of where it is unpacked. */
static bool is_only_dots(const char *target)
{
	const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
	return strcmp(name + strspn(name, "."), "tar.gz") == 0 && name[0] == '.';
}

static int read_request(struct lit_request *q, struct err *e)
{
	*q = (struct lit_request){
		.scope = { .max_rows = max_examples },
		.previews = previews,
		.target = file,
		.generated_by = GENERATED_BY,
	};
	if (!to_file() || !*file)
		return err_set(e, ROS_USAGE, "--format lit needs --output: a directory, or a file *.tar.gz");
	if (ends_in_slash(file))
		return err_set(e, ROS_USAGE, "--output: without the slash at its end: '%s'", file);
	if (is_only_dots(file))
		return err_set(e, ROS_USAGE, "--output: no name before .tar.gz: '%s'", file);
	if (scope_read(&q->scope.scope, &scope_options, e) < 0)
		return -1;
	return read_stages(&q->scope.stages, e);
}

static const char *user(char text[32])
{
	const struct passwd *who = getpwuid(geteuid());
	if (who)
		return who->pw_name;
	snprintf(text, 32, "uid-%ju", (uintmax_t)geteuid());
	return text;
}

/* `print`: or only see whether it can be told. */
static int tell(const struct lit_request *q, const struct lit_result *result, bool print, struct err *e)
{
	char text[32];
	struct buf line;
	buf_init(&line, EVENT_LINE_MAX + 1);
	int rc = lit_export_event(&line, q, result, created_by ? created_by : user(text), time_now_ms(), e);
	if (rc == 0 && print)
		out_str(&tool.out, buf_view(&line));
	buf_free(&line);
	return rc;
}

static void say(const struct lit_result *r)
{
	log_note(&tool.log, "%s: %" PRId64 " of %" PRId64 " calls, %s", file, r->rows, r->calls, r->mode);
	if (r->failures_kept < r->failures)
		log_warn(&tool.log, "%" PRId64 " of %" PRId64 " calls without success are in the bundle: --max-examples has no room for all", r->failures_kept,
		         r->failures);
	if (r->unseen > 0)
		log_warn(&tool.log, "%" PRId64 " calls are of strata without a row in the bundle, and no weight counts them: --max-examples is below the number of strata",
		         r->unseen);
}

/* The slices that the report found, for the calls that are in them. */
static void take_slices(struct lit_request *q, const struct report *r)
{
	for (int i = 0; i < 2; i++) {
		const struct report_analysis *a = &r->mode[i].analysis;
		for (size_t k = 0; k < a->n_searches; k++)
			q->worse[q->n_worse++] = (struct lit_worse){ r->mode[i].mode, a->searches[k].slices };
	}
}

/* The report is the bundle's documentation; the calls are those of the record that the report saw. */
static int write_bundle(struct lit_request *q, const struct report *r, struct db *db, struct lit_result *result, struct err *e)
{
	struct buf md, json;
	buf_init(&md, REPORT_BYTES_MAX);
	buf_init(&json, REPORT_BYTES_MAX);
	int rc = report_markdown(r, &md, e);
	if (rc == 0)
		rc = report_json(r, &json, e);
	if (rc == 0 && !(buf_ok(&md) && buf_ok(&json)))
		rc = too_long(e);
	if (rc == 0) {
		q->report_md = buf_view(&md);
		q->report_json = buf_view(&json);
		q->report_id = r->id;
		q->generated_ms = r->generated_ms;
		q->content_sum = r->record.content_sum;
		q->scope.scope.last_batch = r->record.last_batch;
		take_slices(q, r);
		rc = lit_write(result, db, q, e);
	}
	buf_free(&md);
	buf_free(&json);
	return rc;
}

static int bundle(struct err *e)
{
	struct lit_request q;
	struct lit_result result = { .mode = "DEMO" };
	struct report *r = NULL;
	struct db *db = NULL;
	exact = true; /* a bundle has the calls of the period, and no others */
	int rc = read_request(&q, e);
	if (rc == 0 && record)
		rc = tell(&q, &result, false, e); /* before anything leaves */
	if (rc == 0)
		rc = build(&r, &db, e);
	if (rc == 0)
		rc = write_bundle(&q, r, db, &result, e);
	db_close(db);
	if (rc == 0) {
		calls = result.rows;
		say(&result);
		rc = record ? tell(&q, &result, true, e) : 0;
	}
	report_free(r);
	store_setup_free(&setup);
	return rc;
}

static int run(struct err *e)
{
	const struct report_format *chosen;
	struct report *r = NULL;
	struct db *db = NULL;
	int rc = choose_format(&chosen, e);
	if (rc == 0)
		rc = build(&r, &db, e);
	db_close(db);
	malloc_trim(0); /* what computing took and a format does not need */
	if (rc == 0) {
		calls = (int64_t)r->all.total.m[CALLS];
		look_at_terminal(r);
		rc = deliver(r, chosen, e);
	}
	report_free(r);
	store_setup_free(&setup);
	return rc;
}

int main(int argc, char **argv, char **environment)
{
	int status;
	struct err e;
	for (size_t i = 0; i < n_report_formats && i + 2 < FORMATS_MAX; i++)
		formats[i] = report_formats[i].name;
	formats[n_report_formats] = "lit";
	mallopt(M_MMAP_THRESHOLD, LARGE); /* glibc raises it with each large buffer that is freed: growing the next one would copy, and leave holes */
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	bool differs = false;
	int rc = verified ? verify(&differs, &e) : is_lit() ? bundle(&e) : run(&e);
	status = rc < 0 ? tool_fail(&tool, &e) : differs ? ROS_REFUSED : ROS_DONE;
	return tool_end(&tool, trace_end(&trace, &tool, calls, status));
}
