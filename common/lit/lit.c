/* A bundle from begin to end. */
#include "lit/lit.h"

#include "lit/data.h"
#include "lit/manifest.h"

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
	for (size_t i = 0; i < s->n_strata; i++)
		if (s->strata[i].rows == 0)
			result->unseen += s->strata[i].calls;
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
	if (lit_bundle_fits(c->bundle, &text))
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
	struct lit_content c = { .db = db, .worse = q->worse, .n_worse = q->n_worse };
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
