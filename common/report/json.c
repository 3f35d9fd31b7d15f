/*
 * The JSON form: the platform's names at the top, ours around them. What is unknown is null; dollars are exact
 * decimals.
 */
#include "report/formats.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "json/writer.h"

#include <inttypes.h>
#include <stdio.h>

#define LATENCY_DIGITS 6

static void put_int(struct json_writer *w, const char *name, int128 v)
{
	json_key(w, name);
	json_decimal(w, v, 0);
}

static void put_text(struct json_writer *w, const char *name, const char *text)
{
	json_key(w, name);
	json_z(w, text);
}

static void put_time(struct json_writer *w, const char *name, bool known, int64_t ms)
{
	char text[TIME_TEXT];
	time_format(ms, text);
	put_text(w, name, known ? text : NULL);
}

static void put_uuid(struct json_writer *w, const char *name, bool known, const struct uuid *u)
{
	char text[UUID_TEXT];
	uuid_format(u, text);
	put_text(w, name, known ? text : NULL);
}

/* v / 10^scale, or null */
static void put_decimal(struct json_writer *w, const char *name, bool known, int128 v, int scale)
{
	json_key(w, name);
	if (known)
		json_decimal(w, v, scale);
	else
		json_null(w);
}

static void put_usd(struct json_writer *w, const char *name, const struct report_group *g)
{
	put_decimal(w, name, report_priced(g) > 0, g->m[COST_NANO], NUM_NANO);
}

static void put_mean_latency(struct json_writer *w, const struct report_group *g)
{
	put_decimal(w, "avg_latency_ms", g->m[TIMED] > 0, report_latency_mean_us(g), 3);
}

static void put_percentiles(struct json_writer *w, const struct report_group *g)
{
	json_key(w, "latency_percentiles");
	json_open(w, '{');
	for (int i = 0; i < PERCENTILES; i++) {
		json_key(w, report_percentiles[i]);
		if (g->latency[i] < 0)
			json_null(w);
		else
			json_real(w, g->latency[i], LATENCY_DIGITS);
	}
	json_close(w, '}');
}

static void put_statuses(struct json_writer *w, const struct report_group *g)
{
	json_key(w, "calls_by_status");
	json_open(w, '{');
	for (int i = 0; i < STATUSES; i++)
		put_int(w, report_statuses[i], g->status[i]);
	json_close(w, '}');
}

static void put_tokens(struct json_writer *w, const struct report_group *g)
{
	json_key(w, "tokens");
	json_open(w, '{');
	put_int(w, "input", g->m[INPUT_TOKENS]);
	put_int(w, "output", g->m[OUTPUT_TOKENS]);
	put_int(w, "cache_read", g->m[CACHE_READ_TOKENS]);
	put_int(w, "cache_write", g->m[CACHE_WRITE_TOKENS]);
	put_int(w, "reasoning", g->m[REASONING_TOKENS]);
	put_int(w, "total", report_tokens(g));
	json_close(w, '}');
}

/* What every group has behind its key. */
static void put_sums(struct json_writer *w, const struct report_group *g)
{
	put_int(w, "call_count", g->m[CALLS]);
	put_usd(w, "cost_usd", g);
	put_int(w, "priced_calls", report_priced(g));
	put_tokens(w, g);
	put_mean_latency(w, g);
	put_int(w, "timed_calls", g->m[TIMED]);
	put_statuses(w, g);
}

static void open_list(struct json_writer *w, const char *name)
{
	json_key(w, name);
	json_open(w, '[');
}

/* [{"KEY": name, sums}] */
static void put_list(struct json_writer *w, const char *list_name, const char *key, const struct report_list *list,
                     bool latency)
{
	open_list(w, list_name);
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_text(w, key, list->v[i].key.name);
		put_sums(w, &list->v[i]);
		if (latency)
			put_percentiles(w, &list->v[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_models(struct json_writer *w, const struct report_list *list)
{
	open_list(w, "models");
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_text(w, "provider", list->v[i].key.provider);
		put_text(w, "model", list->v[i].key.name);
		put_sums(w, &list->v[i]);
		put_percentiles(w, &list->v[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_stage(struct json_writer *w, int64_t stage)
{
	json_key(w, "stage");
	if (stage > 0)
		json_int(w, stage);
	else
		json_null(w);
}

static void put_stages(struct json_writer *w, const struct report_list *list)
{
	open_list(w, "stage_breakdown");
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_stage(w, list->v[i].key.stage);
		put_text(w, "stage_name", list->v[i].key.name);
		put_text(w, "status", report_status(&list->v[i]));
		put_sums(w, &list->v[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* {"NAME": calls} */
static void put_counts(struct json_writer *w, const char *name, const struct report_list *list)
{
	json_key(w, name);
	json_open(w, '{');
	for (size_t i = 0; i < list->n; i++)
		put_int(w, list->v[i].key.name, list->v[i].m[CALLS]);
	json_close(w, '}');
}

/* [{"KEY": name, "COUNT": n}] */
static void put_named(struct json_writer *w, const char *list_name, const char *key, const char *count,
                      const struct report_list *list)
{
	open_list(w, list_name);
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_text(w, key, list->v[i].key.name);
		put_int(w, count, list->v[i].m[CALLS]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_cost(struct json_writer *w, const struct report_group *g)
{
	json_key(w, "cost");
	json_open(w, '{');
	put_usd(w, "known_usd", g);
	put_int(w, "priced_calls", report_priced(g));
	put_int(w, "unpriced_calls", g->m[CALLS] - report_priced(g));
	json_key(w, "priced_by");
	json_open(w, '{');
	put_int(w, "provider", g->m[PRICED_PROVIDER]);
	put_int(w, "local", g->m[PRICED_LOCAL]);
	put_int(w, "unstated", g->m[PRICED_UNSTATED]);
	json_close(w, '}');
	json_close(w, '}');
}

static void put_latency(struct json_writer *w, const struct report_group *g)
{
	json_key(w, "latency");
	json_open(w, '{');
	put_int(w, "timed_calls", g->m[TIMED]);
	put_int(w, "untimed_calls", g->m[CALLS] - g->m[TIMED]);
	put_decimal(w, "max_ms", g->m[TIMED] > 0, g->m[LATENCY_MS_MAX], 0);
	put_text(w, "percentile_method", "DDSketch, nearest rank");
	put_decimal(w, "percentile_relative_error", true, 1, 2);
	json_close(w, '}');
}

static void put_phi(struct json_writer *w, const struct report_part *p)
{
	const int128 *m = p->total.m;
	put_int(w, "phi_scans_total", m[PHI_SCANS]);
	put_int(w, "phi_scans_skipped", m[PHI_SKIPPED]);
	put_int(w, "phi_scans_unreported", 2 * m[CALLS] - m[PHI_SCANS] - m[PHI_SKIPPED]);
	put_int(w, "phi_flags_total", m[PHI_FLAGS]);
	put_int(w, "phi_redactions_total", m[PHI_REDACTIONS]);
	open_list(w, "phi_types_detected");
	for (size_t i = 0; i < p->by[BY_PHI_TYPE].n; i++)
		json_z(w, p->by[BY_PHI_TYPE].v[i].key.name);
	json_close(w, ']');
	put_named(w, "phi_types", "type", "scans", &p->by[BY_PHI_TYPE]);
	put_int(w, "attested", m[ATTESTED]);
}

static void put_routing(struct json_writer *w, const struct report_part *p)
{
	const int128 *m = p->total.m;
	put_int(w, "escalated_calls", m[ESCALATED]);
	open_list(w, "escalations");
	for (size_t i = 0; i < p->by[BY_ESCALATION].n; i++) {
		const struct report_group *g = &p->by[BY_ESCALATION].v[i];
		json_open(w, '{');
		put_text(w, "from_tier", g->key.name);
		put_text(w, "to_tier", g->key.to);
		put_int(w, "call_count", g->m[CALLS]);
		json_close(w, '}');
	}
	json_close(w, ']');
	put_int(w, "quality_gated_calls", m[GATED]);
	put_int(w, "quality_gate_failures", m[GATE_FAILED]);
}

static void put_asked(struct json_writer *w, const struct report_list *list)
{
	open_list(w, "models_asked_not_served");
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_text(w, "provider", list->v[i].key.provider);
		put_text(w, "model_requested", list->v[i].key.name);
		put_text(w, "model", list->v[i].key.to);
		put_int(w, "call_count", list->v[i].m[CALLS]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_call(struct json_writer *w, const struct report_call *c)
{
	json_open(w, '{');
	put_uuid(w, "invocation_id", true, &c->id);
	put_time(w, "timestamp", true, c->time_ms);
	put_text(w, "governance_mode", c->mode);
	put_text(w, "provider", c->provider);
	put_text(w, "model", c->model);
	put_text(w, "tier", c->tier);
	put_decimal(w, "cost_usd", true, c->cost_nano, NUM_NANO);
	put_decimal(w, "latency_ms", c->latency_ms >= 0, c->latency_ms, 0);
	put_text(w, "purpose", c->purpose);
	put_stage(w, c->stage);
	put_text(w, "stage_name", c->stage_name);
	put_text(w, "status", c->status);
	json_close(w, '}');
}

static void put_top(struct json_writer *w, const struct report_part *p)
{
	open_list(w, "top_expensive_calls");
	for (size_t i = 0; i < p->n_top; i++)
		put_call(w, &p->top[i]);
	json_close(w, ']');
}

/* The same members for the whole and for each mode. */
static void put_part(struct json_writer *w, const struct report_part *p)
{
	const struct report_group *all = &p->total;
	bool some = all->m[CALLS] > 0;
	put_text(w, "governance_mode", p->mode);
	put_time(w, "first_call_at", some, p->first_ms);
	put_time(w, "last_call_at", some, p->last_ms);
	put_int(w, "total_ai_calls", all->m[CALLS]);
	put_usd(w, "total_cost_usd", all);
	put_decimal(w, "total_latency_ms", all->m[TIMED] > 0, all->m[LATENCY_MS], 0);
	put_mean_latency(w, all);
	put_counts(w, "calls_by_tier", &p->by[BY_TIER]);
	put_counts(w, "calls_by_provider", &p->by[BY_PROVIDER]);
	put_statuses(w, all);
	put_percentiles(w, all);
	put_latency(w, all);
	put_cost(w, all);
	put_tokens(w, all);
	put_phi(w, p);
	put_routing(w, p);
	put_list(w, "tiers", "tier", &p->by[BY_TIER], true);
	put_list(w, "providers", "provider", &p->by[BY_PROVIDER], true);
	put_models(w, &p->by[BY_MODEL]);
	put_asked(w, &p->by[BY_ASKED]);
	put_stages(w, &p->by[BY_STAGE]);
	put_list(w, "purposes", "purpose", &p->by[BY_PURPOSE], false);
	put_list(w, "projects", "project_id", &p->by[BY_PROJECT], false);
	put_named(w, "errors", "code", "call_count", &p->by[BY_ERROR]);
	put_int(w, "conflicts", p->conflicts);
	put_top(w, p);
}

static void put_modes(struct json_writer *w, const struct report *r)
{
	json_key(w, "by_mode");
	json_open(w, '{');
	for (int i = 0; i < 2; i++) {
		if (!r->mode[i].mode)
			continue;
		json_key(w, r->mode[i].mode);
		json_open(w, '{');
		put_part(w, &r->mode[i]);
		json_close(w, '}');
	}
	json_close(w, '}');
}

static void put_scope(struct json_writer *w, const struct report *r)
{
	const struct report_scope *s = &r->scope;
	json_key(w, "scope");
	json_open(w, '{');
	put_uuid(w, "run_id", s->has_run, &s->run);
	put_uuid(w, "project_id", s->has_project, &s->project);
	put_text(w, "governance_mode", s->mode);
	put_time(w, "from", s->has_from, r->from_ms);
	put_time(w, "to", s->has_to, r->to_ms);
	json_key(w, "from_widened");
	json_bool(w, r->widened_from);
	json_key(w, "to_widened");
	json_bool(w, r->widened_to);
	json_close(w, '}');
}

/* [{"NAME": name, "COUNT": n}] */
static void put_reasons(struct json_writer *w, const char *list_name, const char *name, const char *count,
                        const struct report_reason *v, size_t n)
{
	open_list(w, list_name);
	for (size_t i = 0; i < n; i++) {
		json_open(w, '{');
		put_text(w, name, v[i].name);
		put_int(w, count, v[i].count);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_record(struct json_writer *w, const struct report *r)
{
	char sum[SHA256_TEXT];
	sha256_format(&r->record.content_sum, sum);
	json_key(w, "record");
	json_open(w, '{');
	put_int(w, "last_batch", r->record.last_batch);
	put_int(w, "recorded", r->record.recorded);
	put_int(w, "repeated", r->record.repeated);
	put_int(w, "conflicting", r->record.conflicting);
	put_int(w, "refused", r->record.refused);
	put_text(w, "content_sum", sum);
	put_reasons(w, "refusals", "reason", "count", r->refusals, r->n_refusals);
	json_close(w, '}');
}

static void put_fates(struct json_writer *w, const int64_t n[FATES])
{
	for (int i = 0; i < FATES; i++)
		put_int(w, report_fates[i], n[i]);
}

/* [[first, last]]: each on its line */
static void put_gaps(struct json_writer *w, const struct report_source *s)
{
	open_list(w, "gaps");
	for (size_t i = 0; i < s->n_gaps && i < REPORT_GAPS_MAX; i++) {
		char gap[64];
		snprintf(gap, sizeof gap, "[%" PRId64 ", %" PRId64 "]", s->gaps[i].first, s->gaps[i].last);
		json_raw(w, str_of(gap));
	}
	json_close(w, ']');
}

static void put_sources(struct json_writer *w, const struct report_completeness *c)
{
	open_list(w, "sources");
	for (size_t i = 0; i < c->listed; i++) {
		json_open(w, '{');
		put_text(w, "source", c->v[i].name);
		put_fates(w, c->v[i].n);
		put_int(w, "gap_count", (int64_t)c->v[i].n_gaps);
		put_gaps(w, &c->v[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_completeness(struct json_writer *w, const struct report *r)
{
	const struct report_completeness *c = &r->complete;
	json_key(w, "completeness");
	json_open(w, '{');
	put_int(w, "source_count", (int64_t)c->n);
	put_fates(w, c->total);
	put_sources(w, c);
	put_int(w, "lost_entries", c->lost);
	put_reasons(w, "losses", "stream", "count", c->losses, c->n_losses);
	json_close(w, '}');
}

static void put_sentences(struct json_writer *w, const struct report *r)
{
	open_list(w, "limitations");
	for (size_t i = 0; i < r->n_limitations; i++)
		json_z(w, r->limitations[i]);
	json_close(w, ']');
	open_list(w, "recommendations"); /* the model makes none */
	json_close(w, ']');
}

static void put_identity(struct json_writer *w, const struct report *r)
{
	put_uuid(w, "report_id", r->identified, &r->id);
	put_text(w, "report_version", REPORT_VERSION);
	put_time(w, "generated_at", r->identified, r->generated_ms);
	put_text(w, "generated_by", r->generated_by);
	put_uuid(w, "run_id", r->scope.has_run, &r->scope.run);
	put_text(w, "project_id", r->project);
	put_text(w, "project_name", NULL); /* events carry no name */
}

void report_json(const struct report *r, struct buf *out)
{
	struct json_writer w;
	json_writer_init(&w, out, true);
	json_open(&w, '{');
	put_identity(&w, r);
	put_scope(&w, r);
	put_part(&w, &r->all);
	put_modes(&w, r);
	put_record(&w, r);
	put_completeness(&w, r);
	put_sentences(&w, r);
	json_close(&w, '}');
	buf_char(out, '\n');
}
