/* ros-stability: do equal prompts give equal outputs, and have the models drifted. */
#include "base/num.h"
#include "io/tool.h"
#include "stability/stability.h"
#include "stats/trace.h"
#include "store/scope.h"
#include "store/setup.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define DIGITS "0123456789"
#define SHARE_SCALE 9
#define SHARE_ALL INT64_C(1000000000) /* a share of 1, in the billionths that it is read in */

static struct tool tool;
static struct trace trace = TRACE_DEFAULTS;
static int64_t calls = TRACE_ROWS_UNKNOWN; /* that were read */
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static struct scope_options scope_options;
static const char *by, *format = "text", *min_tar;
static bool no_drift;
static int64_t repeats = 5;
static const char *const groupings[] = { "model", "version", "day", NULL };
static const char *const formats[] = { "text", "json", "csv", NULL };

static const struct option options[] = {
	SCOPE_OPTIONS(&scope_options),
	{ "by", 'b', OPTION_ENUM, &by, "WHAT", "also each model, version or day by itself", NULL, 0, 0, groupings },
	{ "repeats", 'n', OPTION_INT, &repeats, "N", "compare the first N outputs of a prompt (default 5)", NULL, 2, 1000, NULL },
	{ "min-tar", 0, OPTION_TEXT, &min_tar, "SHARE", "exit 1 where fewer prompts than that share (0 to 1) have equal outputs", NULL, 0, 0, NULL },
	{ "no-drift", 0, OPTION_FLAG, &no_drift, NULL, "exit 1 where a quantity or a version of a model has drifted", NULL, 0, 0, NULL },
	{ "format", 'f', OPTION_ENUM, &format, "FORMAT", "text (default), json or csv", NULL, 0, 0, formats },
	STORE_OPTIONS(&setup),
	TRACE_OPTION(&trace),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-stability",
	.synopsis = "[option ...]",
	.summary = "Says from the record whether equal prompts give equal outputs, and whether models have drifted: with\n"
	           "numbers, intervals and tests.",
	.examples = "ros-stability --by model\n"
	            "ros-stability --from 2026-01-01 --to 2026-02-01 --format json | jq .tar\n"
	            "ros-stability --min-tar 0.9 --no-drift > out || cat out\n",
};

/* Digits, and a point and digits where there are some. */
static bool is_decimal(const char *text)
{
	size_t whole = strspn(text, DIGITS), rest = text[whole] == '.' ? strspn(text + whole + 1, DIGITS) + 1 : 0;
	return whole > 0 && rest != 1 && text[whole + rest] == 0;
}

static int read_bound(int64_t *nano, struct err *e)
{
	*nano = 0;
	if (min_tar && (!is_decimal(min_tar) || !num_scaled(str_of(min_tar), SHARE_SCALE, nano, NULL) || *nano > SHARE_ALL))
		return err_set(e, ROS_USAGE, "--min-tar: not a share of 0 to 1: '%s'", min_tar);
	return 0;
}

static enum stability_by grouping(void)
{
	if (!by)
		return STABILITY_OVERALL;
	return strcmp(by, "model") == 0 ? STABILITY_BY_MODEL : strcmp(by, "version") == 0 ? STABILITY_BY_VERSION : STABILITY_BY_DAY;
}

static int open_database(struct db **db, struct err *e)
{
	const char *path;
	if (store_setup_path(&setup, tool.config, &path, e) < 0 || trace_begin(&trace, &tool, e) < 0)
		return -1;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(e, ROS_INPUT, "no database %s: ros-aggregate makes it; --db or ROS_DB names another", path);
	return store_open_read(db, path, store_setup_busy_ms(&setup), e);
}

static int deliver(const struct stability *s, struct err *e)
{
	struct buf text;
	const struct stability_format *f = stability_formats;
	while (strcmp(f->name, format) != 0)
		f++;
	buf_init(&text, STABILITY_BYTES_MAX);
	f->render(s, &text);
	bool ok = buf_ok(&text);
	out_str(&tool.out, buf_view(&text));
	buf_free(&text);
	return ok ? 0 : err_set(e, ROS_INPUT, "the answer is longer than %d MiB", (int)(STABILITY_BYTES_MAX >> 20));
}

/* Whether the bounds hold; says which does not. */
static int judge(const struct stability *s, int64_t bound)
{
	int status = ROS_DONE;
	size_t drifted = stability_drifted(s);
	if (min_tar && (double)s->overall.equal * (double)SHARE_ALL < (double)bound * (double)s->overall.tested) {
		log_warn(&tool.log, "%lld of %lld prompts have equal outputs, fewer than the share of %s", (long long)s->overall.equal,
		         (long long)s->overall.tested, min_tar);
		status = ROS_REFUSED;
	}
	if (min_tar && s->overall.tested == 0) {
		log_warn(&tool.log, "no prompt was asked %d times: no share can be held against %s", s->repeats, min_tar);
		status = ROS_REFUSED;
	}
	if (no_drift && drifted > 0) {
		log_warn(&tool.log, "%zu %s drifted", drifted, drifted == 1 ? "figure has" : "figures have");
		status = ROS_REFUSED;
	}
	return status;
}

static int run(struct err *e)
{
	struct scope scope;
	struct db *db = NULL;
	struct stability *s = NULL;
	int64_t bound;
	if (tool.n_operands > 0)
		return err_set(e, ROS_USAGE, "unexpected operand: %s", tool.operands[0]);
	if (scope_read(&scope, &scope_options, e) < 0 || read_bound(&bound, e) < 0 || open_database(&db, e) < 0)
		return -1;
	int rc = db_begin_read(db, e);
	if (rc == 0)
		rc = stability_build(&s, db, &scope, grouping(), (int)repeats, e);
	db_close(db);
	if (rc == 0) {
		calls = s->calls;
		rc = deliver(s, e);
	}
	if (rc == 0)
		rc = judge(s, bound);
	stability_free(s);
	return rc;
}

int main(int argc, char **argv, char **environment)
{
	int status;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	status = run(&e);
	store_setup_free(&setup);
	status = status < 0 ? tool_fail(&tool, &e) : status;
	return tool_end(&tool, trace_end(&trace, &tool, calls, status));
}
