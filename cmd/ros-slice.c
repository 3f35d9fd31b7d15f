/* ros-slice: where is it worse. */
#include "io/tool.h"
#include "slice/slice.h"
#include "stats/trace.h"
#include "store/scope.h"
#include "store/setup.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct tool tool;
static struct trace trace = TRACE_DEFAULTS;
static int64_t calls = TRACE_ROWS_UNKNOWN; /* that were read */
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static struct scope_options scope_options;
static const char *metric = "error", *by = "model,provider,tier,stage,purpose,caller", *format = "text";
static bool explain;
static int64_t depth = 3, min_size = 30, top = 10;
static const char *const metrics[] = { "error", "latency", "cost", "escalation", "quality", "stability", NULL };
static const char *const formats[] = { "text", "json", "csv", NULL };

static const struct option options[] = {
	{ "metric", 0, OPTION_ENUM, &metric, "METRIC", "error (default), latency, cost, escalation, quality or stability", NULL, 0, 0, metrics },
	{ "by", 'b', OPTION_TEXT, &by, "ATTR,...", "attributes (default model,provider,tier,stage,purpose,caller)", NULL, 0, 0, NULL },
	{ "depth", 0, OPTION_INT, &depth, "N", "up to so many attributes at once (default 3)", NULL, 1, SLICE_DEPTH_MAX, NULL },
	{ "min-size", 0, OPTION_INT, &min_size, "N", "only slices of so many calls (default 30)", NULL, 2, INT64_C(1000000000), NULL },
	{ "top", 'n', OPTION_INT, &top, "K", "show so many of the slices found (default 10)", NULL, 0, 1000, NULL },
	SCOPE_OPTIONS(&scope_options),
	{ "explain", 'x', OPTION_FLAG, &explain, NULL, "also print the SQL and the numbers behind each slice", NULL, 0, 0, NULL },
	{ "format", 'f', OPTION_ENUM, &format, "FORMAT", "text (default), json or csv", NULL, 0, 0, formats },
	STORE_OPTIONS(&setup),
	TRACE_OPTION(&trace),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-slice",
	.synopsis = "[option ...]",
	.summary = "Says from the record where calls are worse than elsewhere: for which models, stages and so on, by how\n"
	           "much, and how sure that is.",
	.examples = "ros-slice\n"
	            "ros-slice --metric latency --by model,stage,hour --depth 2\n"
	            "ros-slice --metric cost --from 2026-01-01 --to 2026-02-01 --explain\n",
};

static const struct slice_attribute *attribute_named(struct str name)
{
	for (const struct slice_attribute *a = slice_attributes; a->name; a++)
		if (str_is(name, a->name))
			return a;
	return NULL;
}

static int read_attributes(struct slice_options *o, struct err *e)
{
	struct str rest = str_of(by), name;
	while (rest.p) {
		rest = str_cut(rest, ',', &name);
		const struct slice_attribute *a = attribute_named(name);
		if (!a)
			return err_set(e, ROS_USAGE, "--by: '%.*s' is not one of model, provider, tier, stage, purpose, caller, mode, agent, dataset, tag, hour",
			               STR_ARG(name));
		for (size_t i = 0; i < o->n_by; i++)
			if (o->by[i] == a)
				return err_set(e, ROS_USAGE, "--by: %s stands twice", a->name);
		o->by[o->n_by++] = a;
	}
	return 0;
}

static int read_options(struct slice_options *o, struct err *e)
{
	*o = (struct slice_options){ .metric = slice_metrics, .depth = (int)depth, .min_size = min_size, .top = (size_t)top };
	while (strcmp(o->metric->name, metric) != 0)
		o->metric++;
	if (tool.n_operands > 0)
		return err_set(e, ROS_USAGE, "unexpected operand: %s", tool.operands[0]);
	if (explain && strcmp(format, "text") != 0)
		return err_set(e, ROS_USAGE, "--explain: only with --format text");
	return read_attributes(o, e);
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

static int deliver(const struct slices *s, struct err *e)
{
	struct buf text;
	const struct slice_format *f = slice_formats;
	while (strcmp(f->name, format) != 0)
		f++;
	buf_init(&text, SLICE_BYTES_MAX);
	f->render(s, &text);
	if (explain)
		slice_explain(s, &text);
	bool ok = buf_ok(&text);
	out_str(&tool.out, buf_view(&text));
	buf_free(&text);
	return ok ? 0 : err_set(e, ROS_INPUT, "the answer is longer than %d MiB", (int)(SLICE_BYTES_MAX >> 20));
}

static int run(struct err *e)
{
	struct scope scope;
	struct slice_options o;
	struct db *db = NULL;
	struct slices *s = NULL;
	if (read_options(&o, e) < 0 || scope_read(&scope, &scope_options, e) < 0 || open_database(&db, e) < 0)
		return -1;
	int rc = db_begin_read(db, e);
	if (rc == 0)
		rc = slice_build(&s, db, &scope, &o, e);
	db_close(db);
	if (rc == 0) {
		calls = s->calls;
		rc = deliver(s, e);
	}
	slice_free(s);
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
