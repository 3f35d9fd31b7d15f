/* Verifying: the options are read back from the report, the report is made again, and the two JSON forms are compared member by member. */
#include "report/verify.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "json/reader.h"
#include "report/formats.h"
#include "report/model.h"
#include "report/rules.h"

#include <inttypes.h>
#include <string.h>

#define NODES_MAX (8u << 20)
#define POINTER_MAX 256
#define VALUE_MAX 60

static bool show_all(struct str key)
{
	(void)key;
	return true;
}

static const struct json_limits limits = { .bytes = REPORT_BYTES_MAX, .depth = 16, .nodes = NODES_MAX, .may_show = show_all };

/* Batches: the last one, and the last of which retention deleted calls; calls of the run that it deleted. */
struct history {
	int64_t last, purged, of_run;
};

struct verifying {
	const char *name; /* of the file */
	const char *generated_by;
	struct json_reader *reader, *again_reader;
	const struct json *root, *again;
	struct report_scope scope, against;
	int64_t fates[FATES];
	bool is_past;   /* batches came after the report's, or calls went */
	bool is_purged; /* by retention */
	bool is_other_release;
	struct verdict *verdict;
};

/* The options. */

static int bad(const struct verifying *v, const char *member, struct err *e)
{
	return err_set(e, ROS_INPUT, "%s: not a report of ros-report: %s", v->name, member);
}

/* Text of the member, absent where it is null or missing. */
static struct str text_of(const struct verifying *v, const struct json *in, const char *path)
{
	const struct json *found = json_at(v->reader, in, path);
	return found && found->type != JSON_NULL ? found->text : (struct str){ 0 };
}

static bool read_id(const struct verifying *v, const struct json *in, const char *member, bool *given, struct uuid *u)
{
	struct str text = text_of(v, in, member);
	*given = text.p != NULL;
	return !text.p || uuid_parse(text, u);
}

static bool read_time(const struct verifying *v, const struct json *in, const char *member, bool *given, int64_t *ms)
{
	struct str text = text_of(v, in, member);
	*given = text.p != NULL;
	return !text.p || time_parse(text, ms);
}

/* *kept holds the text of what the scope points to. */
static int read_scope(const struct verifying *v, const struct json *in, struct report_scope *s, char kept[POINTER_MAX], struct err *e)
{
	struct str mode = text_of(v, in, "governance_mode"), tenant = text_of(v, in, "tenant_id");
	const struct json *exact = json_get(v->reader, in, STR("exact"));
	if (!read_id(v, in, "run_id", &s->has_run, &s->run) || !read_id(v, in, "project_id", &s->has_project, &s->project) ||
	    !read_time(v, in, "from_asked", &s->has_from, &s->from_ms) || !read_time(v, in, "to_asked", &s->has_to, &s->to_ms) ||
	    (mode.p && !str_is(mode, "DEMO") && !str_is(mode, "LIVE")) || tenant.n >= POINTER_MAX ||
	    !num_int_in(text_of(v, in, "min_cell"), 0, INT64_MAX, &s->min_cell))
		return bad(v, "scope", e);
	s->mode = !mode.p ? NULL : str_is(mode, "DEMO") ? "DEMO" : "LIVE";
	s->exact = exact && exact->type == JSON_TRUE;
	if (tenant.p) {
		memcpy(kept, tenant.p, tenant.n);
		kept[tenant.n] = '\0';
		s->tenant = kept;
	}
	return 0;
}

static int read_rules(struct verifying *v, struct err *e)
{
	const struct json *rules = json_get(v->reader, v->root, STR("rules"));
	for (int i = 0; i < RULES; i++) {
		const struct json *threshold = json_get(v->reader, rules, str_of(report_rules[i]));
		if (!threshold || threshold->type != JSON_NUMBER ||
		    !num_scaled(threshold->text, RULE_SCALE, &v->scope.thresholds[i], NULL))
			return bad(v, "rules", e);
	}
	return 0;
}

static int read_fates(struct verifying *v, struct err *e)
{
	const struct json *completeness = json_get(v->reader, v->root, STR("completeness"));
	for (int i = 0; i < FATES; i++)
		if (!num_int(text_of(v, completeness, report_fates[i]), &v->fates[i]))
			return bad(v, "completeness", e);
	return 0;
}

/* The longest list of expensive calls: asked for that many, or for more than there are. */
static int longest_top(const struct verifying *v)
{
	static const char *const lists[] = { "top_expensive_calls", "by_mode/DEMO/top_expensive_calls", "by_mode/LIVE/top_expensive_calls" };
	uint32_t top = 0;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		const struct json *list = json_at(v->reader, v->root, lists[i]);
		top = list && list->count > top ? list->count : top;
	}
	return (int)top;
}

static int read_version(const struct verifying *v, struct err *e)
{
	struct str version = text_of(v, v->root, "report_version");
	if (!version.p)
		return bad(v, "report_version", e);
	if (!str_is(version, REPORT_VERSION))
		return err_set(e, ROS_VERSION, "%s: a report of version %.*s; this program makes " REPORT_VERSION, v->name, STR_ARG(version));
	return 0;
}

static int read_report(struct verifying *v, struct str json, char kept[2][POINTER_MAX], struct err *e)
{
	struct json_fault fault;
	v->root = json_read(v->reader, json, &fault);
	if (!v->root)
		return err_set(e, ROS_INPUT, "%s: not JSON: %s at byte %zu", v->name, fault.rule, fault.offset + 1);
	if (read_version(v, e) < 0 || read_scope(v, json_get(v->reader, v->root, STR("scope")), &v->scope, kept[0], e) < 0 ||
	    read_rules(v, e) < 0 || read_fates(v, e) < 0)
		return -1;
	if (!num_int_in(text_of(v, v->root, "record/last_batch"), 0, INT64_MAX, &v->scope.as_of))
		return bad(v, "record", e);
	v->scope.top = longest_top(v);
	v->is_other_release = !str_is(text_of(v, v->root, "generated_by"), v->generated_by);
	const struct json *comparison = json_at(v->reader, v->root, "comparison/scope");
	if (!comparison)
		return 0;
	v->against = v->scope;
	v->scope.against = &v->against;
	return read_scope(v, comparison, &v->against, kept[1], e);
}

/* Once more. */

static int ask(struct db *db, const struct verifying *v, struct history *h, struct err *e)
{
	struct db_stmt *s;
	if (db_prepare(db,
	               "SELECT (SELECT max(number) FROM batch), (SELECT max(batch) FROM purged_batch),"
	               " (SELECT calls FROM purged_run WHERE run_id = ?1)",
	               &s, e) < 0)
		return -1;
	db_bind_blob(s, 1, (struct str){ (const char *)v->scope.run.b, sizeof v->scope.run.b });
	int rc = db_step(s, e);
	if (rc == 1) /* what is NULL is 0 */
		*h = (struct history){ .last = db_int(s, 0), .purged = db_int(s, 1), .of_run = db_int(s, 2) };
	db_finalize(s);
	return rc < 0 ? -1 : 0;
}

static void look_back(const struct verifying *v, struct report_scope *s)
{
	s->has_as_of = true;
	s->as_of = v->scope.as_of;
	s->fates = v->fates;
}

/* Whether the state of then can be had at all. */
static int judge_history(struct verifying *v, struct db *db, struct err *e)
{
	struct history h = { 0 };
	if (ask(db, v, &h, e) < 0)
		return -1;
	if (h.last < v->scope.as_of)
		return err_set(e, ROS_REFUSED, "database %s: ends at batch %" PRId64 ", the report was made at batch %" PRId64, db_path(db),
		               h.last, v->scope.as_of);
	if (v->scope.has_run && h.of_run > 0)
		return err_set(e, ROS_REFUSED, "%s: cannot be verified: %" PRId64 " calls of its run were deleted by retention", v->name,
		               h.of_run);
	if (h.purged > v->scope.as_of)
		return err_set(e, ROS_REFUSED, "%s: cannot be verified: calls that came after it were deleted by retention", v->name);
	if (v->scope.tenant && h.purged > 0)
		return err_set(e, ROS_REFUSED, "%s: cannot be verified: retention deleted calls, and what remains of them knows no tenant",
		               v->name);
	v->is_purged = h.purged > 0;
	v->is_past = h.last > v->scope.as_of || v->is_purged;
	return 0;
}

static int make_again(struct verifying *v, struct db *db, struct buf *json, struct err *e)
{
	struct report *r;
	struct json_fault fault;
	if (judge_history(v, db, e) < 0)
		return -1;
	if (v->is_past) {
		look_back(v, &v->scope);
		look_back(v, &v->against);
	}
	if (report_build(&r, db, &v->scope, v->generated_by, 0, e) < 0)
		return -1;
	report_json(r, json, NULL);
	report_free(r);
	v->again = json_read(v->again_reader, buf_view(json), &fault);
	return v->again ? 0 : err_set(e, ROS_BUG, "the report is no JSON: %s", fault.rule);
}

/* Comparing. */

static bool is_one_of(struct str key, const char *const *names)
{
	for (; *names; names++)
		if (str_is(key, *names))
			return true;
	return false;
}

/* A member that does not depend on the record, or not on its state then. */
static bool is_left_out(const struct verifying *v, struct str key)
{
	static const char *const always[] = { "generated_at", NULL };
	static const char *const of_release[] = { "report_id", "generated_by", "crosswalk", NULL };
	static const char *const later[] = { "report_id", "completeness", "datasets", "rows_accessed", "rows_accessed_suppressed", "run_status",
		                             "stage_runs", NULL };
	static const char *const gone[] = { "top_expensive_calls", "findings", "recommendations", "conflicts", "stability", "slices", NULL };
	return key.p && (is_one_of(key, always) || (v->is_other_release && is_one_of(key, of_release)) ||
	                 (v->is_past && is_one_of(key, later)) || (v->is_purged && is_one_of(key, gone)));
}

static void put_value(struct buf *b, const struct json *value)
{
	if (!value)
		buf_z(b, "nothing");
	else if (value->type == JSON_OBJECT || value->type == JSON_ARRAY)
		buf_fmt(b, "%s of %" PRIu32, value->type == JSON_OBJECT ? "an object" : "a list", value->count);
	else if (value->raw.n > VALUE_MAX)
		buf_fmt(b, "a text of %zu bytes", value->raw.n);
	else
		buf_str(b, value->raw);
}

static void differ(struct verifying *v, const struct json *given, const struct json *again)
{
	char pointer[POINTER_MAX];
	if (v->verdict->differences++ >= VERIFY_SHOWN)
		return;
	json_pointer(given ? v->reader : v->again_reader, given ? v->root : v->again, given ? given : again, pointer, sizeof pointer);
	struct buf *b = &v->verdict->text;
	size_t begin = b->n;
	buf_fmt(b, "%s: ", pointer);
	put_value(b, given);
	buf_z(b, " in the report, ");
	put_value(b, again);
	buf_z(b, " in the database");
	if (buf_ok(b))
		str_mask(b->p + begin, b->n - begin);
	buf_char(b, '\n');
}

static void compare_values(struct verifying *v, const struct json *given, const struct json *again);

static void compare_objects(struct verifying *v, const struct json *given, const struct json *again)
{
	for (const struct json *m = json_first(given); m; m = json_next(v->reader, m))
		if (!is_left_out(v, m->key))
			compare_values(v, m, json_get(v->again_reader, again, m->key));
	for (const struct json *m = json_first(again); m; m = json_next(v->again_reader, m))
		if (!is_left_out(v, m->key) && !json_get(v->reader, given, m->key))
			differ(v, NULL, m);
}

static void compare_lists(struct verifying *v, const struct json *given, const struct json *again)
{
	const struct json *a = json_first(given), *b = json_first(again);
	while (a || b) {
		if (a && b)
			compare_values(v, a, b);
		else
			differ(v, a, b);
		a = a ? json_next(v->reader, a) : NULL;
		b = b ? json_next(v->again_reader, b) : NULL;
	}
}

static bool equal(const struct json *a, const struct json *b)
{
	return a->type == JSON_NUMBER ? num_cmp(a->text, b->text) == 0 : str_eq(a->text, b->text);
}

/* As deep as the reader lets the texts be. */
static void compare_values(struct verifying *v, const struct json *given, const struct json *again)
{
	if (!again || given->type != again->type)
		differ(v, given, again);
	else if (given->type == JSON_OBJECT)
		compare_objects(v, given, again);
	else if (given->type == JSON_ARRAY)
		compare_lists(v, given, again);
	else if (!equal(given, again))
		differ(v, given, again);
}

static void sum_up(const struct verifying *v)
{
	struct buf *b = &v->verdict->text;
	if (v->verdict->differences == 0)
		buf_fmt(b, "%s: identical", v->name);
	else
		buf_fmt(b, "%s: %zu difference%s", v->name, v->verdict->differences, v->verdict->differences == 1 ? "" : "s");
	buf_fmt(b, " as of batch %" PRId64, v->scope.as_of);
	if (v->is_past)
		buf_z(b, "; not compared, since the record knows only its present state: completeness, datasets, stages of the run");
	if (v->is_purged)
		buf_z(b, "; nor, since retention deleted calls: the most expensive calls, findings, conflicts, stability, slices");
	buf_char(b, '\n');
}

int report_verify(struct verdict *verdict, struct db *db, const char *name, struct str json, const char *generated_by,
                  struct err *e)
{
	char kept[2][POINTER_MAX];
	struct buf again;
	struct verifying v = { .name = name, .generated_by = generated_by, .verdict = verdict };
	*verdict = (struct verdict){ 0 };
	buf_init(&verdict->text, REPORT_BYTES_MAX);
	buf_init(&again, REPORT_BYTES_MAX);
	v.reader = json_reader_new(limits);
	v.again_reader = json_reader_new(limits);
	int rc = read_report(&v, json, kept, e);
	if (rc == 0)
		rc = make_again(&v, db, &again, e);
	if (rc == 0) {
		compare_values(&v, v.root, v.again);
		sum_up(&v);
	}
	buf_free(&again);
	json_reader_free(v.reader);
	json_reader_free(v.again_reader);
	return rc;
}
