/* ros-dataset: describes data files, and notes who accessed them, as events. */
#include "base/mem.h"
#include "base/timefmt.h"
#include "dataset/describe.h"
#include "dataset/events.h"
#include "dataset/files.h"
#include "event/event.h"
#include "io/progress.h"
#include "io/tool.h"

#include <inttypes.h>
#include <unistd.h>

#define LARGEST INT64_C(9007199254740991)

static const char *const modes[] = { "DEMO", "LIVE", NULL };
static const char *const types[] = { "read", "download", "export", "transform", "delete", "share", NULL };
static const char *const extents[] = { "none", "sample", "full", NULL };
static const char *const risks[] = { "none", "low", "medium", "high", NULL };

static struct tool tool;
static struct dataset_about about = { .mode = "DEMO", .expires_ms = -1 };
static struct dataset_access used = { .rows = -1, .stage = -1, .duration_ms = -1 };
static struct option_list tags, columns;
static struct option_time at, expires;
static bool strict;
static const char *phi; /* NULL: a sample */

static const struct option options[] = {
	{ "mode", 'm', OPTION_ENUM, &about.mode, "MODE", "governance mode, DEMO or LIVE (DEMO)", NULL, 0, 0, modes },
	{ "at", 0, OPTION_TIME, &at, "TIME", "when it was so (now)", NULL, 0, 0, NULL },
	{ "uri", 'u', OPTION_TEXT, &about.uri, "URI", "describe: where the data is kept (file: and the path)", NULL, 0, 0, NULL },
	{ "name", 'n', OPTION_TEXT, &about.name, "NAME", "describe: a name", NULL, 0, 0, NULL },
	{ "description", 0, OPTION_TEXT, &about.description, "TEXT", "describe: what it is", NULL, 0, 0, NULL },
	{ "tag", 't', OPTION_LIST, &tags, "TAG", "describe: a label; may stand several times", NULL, 0, 0, NULL },
	{ "project", 'p', OPTION_TEXT, &about.project, "UUID", "describe: the project; part of the id", NULL, 0, 0, NULL },
	{ "owner", 0, OPTION_TEXT, &about.owner, "UUID", "describe: who answers for it", NULL, 0, 0, NULL },
	{ "tenant", 0, OPTION_TEXT, &about.tenant, "NAME", "describe: the tenant", NULL, 0, 0, NULL },
	{ "created-by", 0, OPTION_TEXT, &about.created_by, "NAME", "describe: who or what made it", NULL, 0, 0, NULL },
	{ "expires", 0, OPTION_TIME, &expires, "TIME", "describe: when it is to be deleted", NULL, 0, 0, NULL },
	{ "strict", 0, OPTION_FLAG, &strict, NULL, "describe: rows of unequal length are an error", NULL, 0, 0, NULL },
	{ "phi", 0, OPTION_ENUM, &phi, "EXTENT", "describe: how much is scanned for PHI: none, sample, full (sample)", NULL, 0, 0, extents },
	{ "type", 0, OPTION_ENUM, &used.type, "TYPE", "access: what was done: read, download, export ...", NULL, 0, 0, types },
	{ "user", 0, OPTION_TEXT, &used.user, "UUID", "access: who did it", NULL, 0, 0, NULL },
	{ "service", 0, OPTION_TEXT, &used.service, "NAME", "access: which service did it", NULL, 0, 0, NULL },
	{ "ip", 0, OPTION_TEXT, &used.ip, "ADDRESS", "access: the service's address", NULL, 0, 0, NULL },
	{ "rows", 0, OPTION_INT, &used.rows, "N", "access: how many rows", NULL, 0, LARGEST, NULL },
	{ "column", 'c', OPTION_LIST, &columns, "NAME", "access: a column; may stand several times", NULL, 0, 0, NULL },
	{ "purpose", 0, OPTION_TEXT, &used.purpose, "NAME", "access: what for", NULL, 0, 0, NULL },
	{ "run", 'r', OPTION_TEXT, &used.run, "UUID", "access: the workflow run", NULL, 0, 0, NULL },
	{ "stage", 0, OPTION_INT, &used.stage, "N", "access: the workflow stage, 1 to 20", NULL, 1, 20, NULL },
	{ "risk", 0, OPTION_ENUM, &used.risk, "RISK", "access: of seeing PHI: none, low, medium, high", NULL, 0, 0, risks },
	{ "duration", 0, OPTION_INT, &used.duration_ms, "MS", "access: how long it took, in milliseconds", NULL, 0, 1000000000000, NULL },
	{ "session", 0, OPTION_TEXT, &used.session, "NAME", "access: the session", NULL, 0, 0, NULL },
	{ "request", 0, OPTION_TEXT, &used.request, "NAME", "access: the request", NULL, 0, 0, NULL },
	{ "failed", 0, OPTION_TEXT, &used.error, "TEXT", "access: it failed, and why", NULL, 0, 0, NULL },
	TOOL_OPTIONS(&tool)
};

static const struct tool_page page = {
	.name = "ros-dataset",
	.synopsis = "describe [option ...] FILE|DIRECTORY|PATTERN ...\naccess [option ...] --type TYPE DATASET",
	.summary = "Prints what a data set is, of one file or of many, as an event: format, size, hash, rows, columns, partitions;\n"
	           "or that somebody accessed one.",
	.examples = "ros-dataset describe --project \"$PROJECT\" cohort.csv | ros-emit\n"
	            "ros-dataset describe 'visits/year=*' | jq .partition_schema\n"
	            "ros-dataset access --type read --service etl --rows 1200 \"$DATASET\" | ros-emit\n",
};

static bool is_given(const struct option *o)
{
	switch (o->kind) {
	case OPTION_FLAG:
		return *(const bool *)o->to;
	case OPTION_TEXT:
	case OPTION_ENUM:
		return *(const char *const *)o->to != NULL;
	case OPTION_LIST:
		return ((const struct option_list *)o->to)->n > 0;
	case OPTION_INT:
		return *(const int64_t *)o->to >= 0;
	case OPTION_TIME:
		return ((const struct option_time *)o->to)->given;
	}
	return false;
}

/* An option of the other action is a mistake, and not to be passed over. Its help begins with the action that it is of. */
static int check_options(const char *other, struct err *e)
{
	size_t n = strlen(other);
	for (const struct option *o = options; o->name; o++)
		if (strncmp(o->help, other, n) == 0 && o->help[n] == ':' && is_given(o))
			return err_set(e, ROS_USAGE, "--%s is for %s", o->name, other);
	return 0;
}

static void show_progress(void *arg, size_t bytes)
{
	progress_add(arg, (int64_t)bytes);
}

static void say_details(const struct dataset *d, const struct files *f)
{
	if (f->links > 0)
		log_warn(&tool.log, "symbolic links that were passed over: %" PRIu64, f->links);
	if (d->facts.ragged > 0)
		log_warn(&tool.log, "rows with another number of cells than the first: %" PRId64, d->facts.ragged);
	if (d->differing > 0)
		log_warn(&tool.log, "files with other columns than the first: %" PRIu64, d->differing);
	log_note(&tool.log, "%" PRIu64 " files, %" PRId64 " bytes", d->partitions, d->bytes);
}

static int describe_files(const struct files *f, struct buf *line, struct err *e)
{
	struct dataset d;
	struct progress progress;
	struct screen *screen = phi && strcmp(phi, "none") == 0 ? NULL : screen_new(phi && strcmp(phi, "full") == 0);
	progress_begin(&progress, STDERR_FILENO, !tool.log.quiet && !tool.log.json, f->bytes);
	int rc = dataset_describe(&d, f, strict, screen, show_progress, &progress, e);
	progress_end(&progress);
	if (rc == 0) {
		say_details(&d, f);
		about.screen = screen;
		rc = dataset_registered(line, &d, &about, e);
	}
	dataset_free(&d);
	screen_free(screen);
	return rc;
}

static int describe(const char *const *operands, size_t n, struct buf *line, struct err *e)
{
	struct files f;
	char *uri = NULL;
	if (n == 0)
		return err_set(e, ROS_USAGE, "describe needs a file or a directory");
	int rc = files_find(&f, operands, n, e);
	if (rc == 0) {
		if (!about.uri)
			about.uri = uri = dataset_uri(&f);
		about.partitioned = !f.one;
		about.tags = tags.v;
		about.n_tags = tags.n;
		about.expires_ms = expires.given ? expires.ms : -1;
		rc = describe_files(&f, line, e);
	}
	free(uri);
	files_free(&f);
	return rc;
}

static int note_access(const char *const *operands, size_t n, struct buf *line, struct err *e)
{
	if (n != 1)
		return err_set(e, ROS_USAGE, "access needs the id of one data set");
	if (!used.type)
		return err_set(e, ROS_USAGE, "access needs --type: what was done");
	used.dataset = operands[0];
	used.mode = about.mode;
	used.columns = columns.v;
	used.n_columns = columns.n;
	return dataset_accessed(line, &used, e);
}

static int run(struct buf *line, struct err *e)
{
	const char *action = tool.n_operands > 0 ? tool.operands[0] : "";
	bool describing = strcmp(action, "describe") == 0;
	if (!describing && strcmp(action, "access") != 0)
		return err_set(e, ROS_USAGE, "one of describe or access is needed, see --help");
	if (check_options(describing ? "access" : "describe", e) != 0)
		return -1;
	about.at_ms = used.at_ms = at.given ? at.ms : time_now_ms();
	return (describing ? describe : note_access)(tool.operands + 1, tool.n_operands - 1, line, e);
}

int main(int argc, char **argv, char **environment)
{
	struct err e;
	struct buf line;
	int status;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	buf_init(&line, EVENT_LINE_MAX + 1);
	status = run(&line, &e);
	if (status == 0)
		out_str(&tool.out, buf_view(&line));
	else
		status = tool_fail(&tool, &e);
	buf_free(&line);
	return tool_end(&tool, status);
}
