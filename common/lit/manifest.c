/* What is said of a bundle: its manifest, in which the names that the platform's readers know are kept as they are; and the event that tells the record of it. */
#include "lit/manifest.h"

#include "base/timefmt.h"
#include "event/event.h"
#include "json/reader.h"
#include "phi/guard.h"
#include "stats/resample.h"

#include <stdio.h>
#include <string.h>

#define PATH_TEXT 64
#define NAME_MAX_BYTES 8192
#define RULE \
	"Calls are parted by mode, provider, model, tier, stage and status. Where all fit, all are taken. Otherwise each part gets one row where there is room for one each, calls without " \
	"success all stay where there is room for them, and the rest of the rows is shared among the other parts in proportion to their calls, by the largest " \
	"remainders. Within a part the rows are those whose id and time, hashed with the seed, come lowest. The weight of a row is the calls of its part by the rows."

static void put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_z(w, text);
}

static void put_int(struct json_writer *w, const char *key, int64_t v)
{
	json_key(w, key);
	json_int(w, v);
}

static void put_bool(struct json_writer *w, const char *key, bool v)
{
	json_key(w, key);
	json_bool(w, v);
}

static void put_time(struct json_writer *w, const char *key, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	put_text(w, key, text);
}

static void put_uuid(struct json_writer *w, const char *key, const struct uuid *u)
{
	char text[UUID_TEXT];
	uuid_format(u, text);
	put_text(w, key, text);
}

static void put_hash(struct json_writer *w, const char *key, struct sha256 h)
{
	char text[sizeof "sha256:" + SHA256_TEXT] = "sha256:";
	sha256_format(&h, text + strlen(text));
	put_text(w, key, text);
}

static void put_stages(struct json_writer *w, uint32_t stages)
{
	json_open(w, '[');
	for (int i = 1; i <= LIT_STAGES; i++)
		if (stages >> i & 1)
			json_int(w, i);
	json_close(w, ']');
}

void lit_filter(struct json_writer *w, const struct lit_request *q)
{
	const struct scope *s = &q->scope.scope;
	json_open(w, '{');
	if (s->has_run)
		put_uuid(w, "run", &s->run);
	if (s->has_project)
		put_uuid(w, "project", &s->project);
	if (s->tenant)
		put_text(w, "tenant", s->tenant);
	if (s->mode)
		put_text(w, "mode", s->mode);
	if (s->from_ms > SCOPE_FIRST_MS)
		put_time(w, "from", s->from_ms);
	if (s->to_ms < SCOPE_END_MS)
		put_time(w, "to", s->to_ms);
	if (q->scope.stages) {
		json_key(w, "stages");
		put_stages(w, q->scope.stages);
	}
	put_int(w, "max_examples", q->scope.max_rows);
	put_bool(w, "previews", q->previews);
	json_close(w, '}');
}

static void put_stratum(struct json_writer *w, const struct lit_stratum *x)
{
	json_open(w, '{');
	json_key(w, "mode");
	json_str(w, x->mode);
	json_key(w, "provider");
	json_str(w, x->provider);
	json_key(w, "model");
	json_str(w, x->model);
	json_key(w, "tier");
	json_str(w, x->tier);
	json_key(w, "stage");
	x->stage ? json_int(w, x->stage) : json_null(w);
	json_key(w, "status");
	json_str(w, x->status);
	put_int(w, "calls", x->calls);
	put_int(w, "rows", x->rows);
	json_close(w, '}');
}

static void put_sampling(struct json_writer *w, const struct lit_sample *s, const struct lit_result *result)
{
	json_key(w, "sampling");
	json_open(w, '{');
	put_int(w, "calls", result->calls);
	put_int(w, "rows", result->rows);
	put_int(w, "calls_without_success", result->failures);
	put_int(w, "rows_without_success", result->failures_kept);
	put_text(w, "rule", RULE);
	put_int(w, "seed", RESAMPLE_SEED);
	json_key(w, "strata");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_strata; i++)
		if (s->strata[i].calls > 0)
			put_stratum(w, &s->strata[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static bool model_came_before(const struct lit_sample *s, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (s->strata[i].calls > 0 && str_eq(s->strata[i].model, s->strata[at].model))
			return true;
	return false;
}

static void put_covered(struct json_writer *w, const struct lit_sample *s)
{
	uint32_t stages = 0;
	for (size_t i = 0; i < s->n_strata; i++)
		stages |= s->strata[i].calls > 0 ? 1u << s->strata[i].stage : 0;
	json_key(w, "stages_covered");
	put_stages(w, stages);
	json_key(w, "models_included");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_strata; i++)
		if (s->strata[i].calls > 0 && !model_came_before(s, i))
			json_str(w, s->strata[i].model);
	json_close(w, ']');
}

static void put_model(struct json_writer *w, const char *name, const char *path, const char *const *keys, size_t n)
{
	json_open(w, '{');
	put_text(w, "name", name);
	put_text(w, "path", path);
	json_key(w, "keys");
	json_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_z(w, keys[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static void put_versions(struct json_writer *w, const struct lit_content *c)
{
	static const char *const keys[] = { "number", "usual_output" };
	char path[PATH_TEXT];
	struct buf name;
	buf_init(&name, NAME_MAX_BYTES);
	for (size_t i = 0; i < c->n_versions; i++) {
		const struct lit_version *v = &c->prompts->versions[c->versions[i]];
		buf_clear(&name);
		buf_fmt(&name, "%.*s %.*s%s%.*s", STR_ARG(v->provider), STR_ARG(v->model), v->version.p ? " " : "", STR_ARG(v->version));
		snprintf(path, sizeof path, "data/prompts.%zu.preds.lit.jsonl", i + 1);
		put_model(w, buf_cstr(&name), path, keys, sizeof keys / sizeof keys[0]);
	}
	buf_free(&name);
}

static void put_datasets(struct json_writer *w, const struct lit_content *c)
{
	static const char *const keys[] = { "invocation_id", "time", "usual_output" };
	json_key(w, "datasets");
	json_open(w, '[');
	json_open(w, '{');
	put_text(w, "name", "invocations");
	put_text(w, "path", "data/invocations.lit.jsonl");
	json_key(w, "models");
	json_open(w, '[');
	put_model(w, "recorded", "data/invocations.preds.lit.jsonl", keys, sizeof keys / sizeof keys[0]);
	json_close(w, ']');
	json_close(w, '}');
	if (c->n_prompts > 0) {
		json_open(w, '{');
		put_text(w, "name", "prompts");
		put_text(w, "path", "data/prompts.lit.jsonl");
		json_key(w, "models");
		json_open(w, '[');
		put_versions(w, c);
		json_close(w, ']');
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_files(struct json_writer *w, const struct lit_bundle *b)
{
	int64_t bytes = 0;
	json_key(w, "files");
	json_open(w, '[');
	for (size_t i = 0; i < b->n; i++) {
		const struct lit_written *f = &b->files[i];
		json_open(w, '{');
		put_text(w, "path", f->path);
		put_hash(w, "sha256", f->sha256);
		put_int(w, "bytes", f->bytes);
		put_int(w, "lines", f->lines);
		json_close(w, '}');
		bytes += f->bytes;
	}
	json_close(w, ']');
	put_int(w, "bundle_size_bytes", bytes);
}

/* A UUID of version 5: of the report and of what chose the calls. */
static void put_id(struct json_writer *w, const struct lit_request *q)
{
	struct buf text;
	struct json_writer name;
	buf_init(&text, NAME_MAX_BYTES);
	json_writer_init(&name, &text, false);
	lit_filter(&name, q);
	struct uuid id = uuid_named(&q->report_id, buf_view(&text));
	put_uuid(w, "id", &id);
	buf_free(&text);
}

static void put_identity(struct json_writer *w, const struct lit_request *q, const struct lit_result *result)
{
	const struct scope *s = &q->scope.scope;
	put_text(w, "kind", "lit");
	put_id(w, q);
	if (s->has_run)
		put_uuid(w, "run_id", &s->run);
	if (s->has_project)
		put_uuid(w, "project_id", &s->project);
	put_text(w, "governance_mode", result->mode);
	put_int(w, "example_count", result->rows);
	put_text(w, "default_model", "recorded");
	put_time(w, "created_at", q->generated_ms);
	put_text(w, "generated_by", q->generated_by);
	json_key(w, "filter");
	lit_filter(w, q);
}

/* What the bundle may show, and that it was looked through. */
static void put_redaction(struct json_writer *w, const struct lit_request *q)
{
	json_key(w, "redaction");
	json_open(w, '{');
	put_text(w, "texts", q->previews ? "redacted previews of DEMO; of LIVE hashes alone" : "hashes alone");
	put_text(w, "scanned_by_rules", phi_rules_digest);
	put_int(w, "blocking_findings", 0); /* or there is no bundle */
	json_close(w, '}');
	put_bool(w, "redaction_applied", true);
}

static void put_evidence(struct json_writer *w, const struct lit_request *q)
{
	json_key(w, "record");
	json_open(w, '{');
	put_int(w, "last_batch", q->scope.scope.last_batch);
	put_hash(w, "content_sum", q->content_sum);
	json_close(w, '}');
	json_key(w, "report");
	json_open(w, '{');
	put_uuid(w, "report_id", &q->report_id);
	put_hash(w, "sha256", sha256_of(q->report_json));
	json_close(w, '}');
}

void lit_manifest(struct buf *out, const struct lit_request *q, const struct lit_content *c, const struct lit_result *result)
{
	struct json_writer w;
	json_writer_init(&w, out, true);
	json_open(&w, '{');
	put_identity(&w, q, result);
	put_covered(&w, c->sample);
	put_redaction(&w, q);
	put_evidence(&w, q);
	json_key(&w, "lit_nlp");
	json_str(&w, c->schema->lit_nlp);
	put_datasets(&w, c);
	put_sampling(&w, c->sample, result);
	put_files(&w, c->bundle);
	json_close(&w, '}');
}

/* --- the event --- */

static void put_event(struct json_writer *w, const struct lit_request *q, const struct lit_result *result, const char *by, int64_t now_ms)
{
	struct uuid id = uuid_random();
	put_text(w, "schema_version", "1.1.0");
	put_text(w, "event_type", "export.created");
	put_uuid(w, "event_id", &id);
	put_time(w, "timestamp", now_ms);
	put_text(w, "governance_mode", strcmp(result->mode, "DEMO") == 0 ? "DEMO" : "LIVE");
	put_text(w, "kind", "lit");
	put_hash(w, "sha256", result->sha256);
	put_int(w, "size_bytes", result->bytes);
	put_int(w, "rows", result->rows);
	json_key(w, "filter");
	lit_filter(w, q);
	put_text(w, "created_by", by);
	if (q->scope.scope.has_project)
		put_uuid(w, "project_id", &q->scope.scope.project);
	if (q->scope.scope.tenant)
		put_text(w, "tenant_id", q->scope.scope.tenant);
}

int lit_export_event(struct buf *out, const struct lit_request *q, const struct lit_result *result, const char *by, int64_t now_ms, struct err *e)
{
	struct json_writer w;
	struct json_fault fault = { .rule = "size" };
	struct event ev;
	json_writer_init(&w, out, false);
	json_open(&w, '{');
	put_event(&w, q, result, by, now_ms);
	json_close(&w, '}');
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	const struct json *root = buf_ok(out) ? json_read(r, buf_view(out), &fault) : NULL;
	bool valid = root && event_check(r, root, &ev, &fault);
	json_reader_free(r);
	buf_char(out, '\n');
	return valid ? 0 : err_set(e, ROS_USAGE, "%s: %s", fault.pointer[0] ? fault.pointer + 1 : "event", fault.rule);
}
