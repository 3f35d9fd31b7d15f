/* A bundle from begin to end, and the event that tells of it. */
#include "lit/lit.h"

#include "base/timefmt.h"
#include "event/event.h"
#include "json/reader.h"
#include "json/writer.h"
#include "lit/data.h"
#include "lit/manifest.h"

#include <string.h>

#define MANIFEST_BYTES_MAX ((size_t)64 << 20)

static void sum_up(struct lit_result *result, const struct lit_sample *s)
{
	*result = (struct lit_result){
		.mode = s->demo && s->live ? "MIXED" : s->live ? "LIVE" : "DEMO",
		.rows = (int64_t)s->n,
		.calls = s->calls,
		.failures = s->failures,
		.failures_kept = s->failures_kept,
	};
}

static void write_texts(struct lit_bundle *b, const struct lit_request *q)
{
	lit_bundle_text(b, "README.md", str_of(lit_readme_text));
	lit_bundle_text(b, "demo.py", str_of(lit_demo_text));
	lit_bundle_text(b, "requirements.txt", str_of(lit_requirements_text));
	lit_bundle_text(b, "report.md", q->report_md);
	lit_bundle_text(b, "report.json", q->report_json);
}

static void write_manifest(const struct lit_request *q, const struct lit_content *c, const struct lit_result *result)
{
	struct buf text;
	buf_init(&text, MANIFEST_BYTES_MAX);
	lit_manifest(&text, q, c, result);
	lit_bundle_text(c->bundle, "MANIFEST.json", buf_view(&text));
	buf_free(&text);
}

/* All of its files. What fails in the bundle stays there. */
static int fill(struct lit_content *c, const struct lit_request *q, const struct lit_result *result, struct err *e)
{
	write_texts(c->bundle, q);
	if (lit_write_calls(c, e) < 0 || lit_write_prompts(c, e) < 0)
		return -1;
	write_manifest(q, c, result);
	return 0;
}

static int make(struct lit_result *result, struct lit_content *c, const struct lit_request *q, struct err *e)
{
	struct lit_bundle bundle;
	c->bundle = &bundle;
	int rc = lit_bundle_begin(&bundle, q->target, e);
	if (rc == 0)
		rc = fill(c, q, result, e);
	if (rc == 0)
		rc = lit_bundle_end(&bundle, q->target, q->generated_ms / 1000, &result->sha256, &result->bytes, e);
	lit_bundle_free(&bundle);
	return rc;
}

static int draw_and_make(struct lit_result *result, struct lit_content *c, const struct lit_request *q, struct err *e)
{
	struct lit_sample sample = { .names = NULL };
	struct lit_prompts prompts = { .names = NULL };
	int rc = lit_sample_draw(&sample, c->db, &q->scope, e);
	if (rc == 0 && sample.n == 0)
		rc = err_set(e, ROS_REFUSED, "no call is in the scope: there is no bundle");
	if (rc == 0)
		rc = lit_prompts_read(&prompts, c->db, &q->scope, &sample, e);
	if (rc == 0) {
		sum_up(result, &sample);
		c->sample = &sample;
		c->prompts = &prompts;
		rc = make(result, c, q, e);
	}
	lit_prompts_free(&prompts);
	lit_sample_free(&sample);
	return rc;
}

int lit_write(struct lit_result *result, struct db *db, const struct lit_request *q, struct err *e)
{
	struct lit_schema *schema = NULL;
	struct lit_content c = { .db = db };
	int rc = lit_schema_read(&schema, q->previews, e);
	c.schema = schema;
	if (rc == 0)
		rc = db_begin_read(db, e);
	if (rc == 0) {
		rc = draw_and_make(result, &c, q, e);
		db_rollback(db);
	}
	lit_schema_free(schema);
	return rc;
}

/* --- the event --- */

static void put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_z(w, text);
}

static void put_uuid(struct json_writer *w, const char *key, struct uuid u)
{
	char text[UUID_TEXT];
	uuid_format(&u, text);
	put_text(w, key, text);
}

static void put_event(struct json_writer *w, const struct lit_request *q, const struct lit_result *result, const char *by, int64_t now_ms)
{
	char time[TIME_TEXT], hash[sizeof "sha256:" + SHA256_TEXT] = "sha256:";
	time_format(now_ms, time);
	sha256_format(&result->sha256, hash + strlen(hash));
	put_text(w, "schema_version", "1.1.0");
	put_text(w, "event_type", "export.created");
	put_uuid(w, "event_id", uuid_random());
	put_text(w, "timestamp", time);
	put_text(w, "governance_mode", strcmp(result->mode, "DEMO") == 0 ? "DEMO" : "LIVE");
	put_text(w, "kind", "lit");
	put_text(w, "sha256", hash);
	json_key(w, "size_bytes");
	json_int(w, result->bytes);
	json_key(w, "rows");
	json_int(w, result->rows);
	json_key(w, "filter");
	lit_filter(w, q);
	put_text(w, "created_by", by);
	if (q->scope.scope.has_project)
		put_uuid(w, "project_id", q->scope.scope.project);
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
