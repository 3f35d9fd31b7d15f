/*
 * The JSON form: the platform's names at the top, ours around them. What is unknown is null; dollars are exact
 * decimals.
 */
#include "report/formats.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "json/writer.h"
#include "report/command.h"

#include <inttypes.h>
#include <stdio.h>

#define LATENCY_DIGITS 6
#define INTERVAL_DIGITS 6
#define COMMAND_MAX 4096

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

static void put_bool(struct json_writer *w, const char *name, bool v)
{
	json_key(w, name);
	json_bool(w, v);
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

/* v, or null where it is negative */
static void put_stated(struct json_writer *w, const char *name, int64_t v)
{
	put_decimal(w, name, v >= 0, v, 0);
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
	put_percentiles(w, g);
}

static void open_list(struct json_writer *w, const char *name)
{
	json_key(w, name);
	json_open(w, '[');
}

/* [{"KEY": name, sums}] */
static void put_list(struct json_writer *w, const char *list_name, const char *key, const struct report_list *list)
{
	open_list(w, list_name);
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_text(w, key, list->v[i].key.name);
		put_sums(w, &list->v[i]);
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
                      const struct report_counts *list)
{
	open_list(w, list_name);
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_text(w, key, list->v[i].key.name);
		put_int(w, count, list->v[i].n);
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
	for (size_t i = 0; i < p->counts[OF_PHI_TYPE].n; i++)
		json_z(w, p->counts[OF_PHI_TYPE].v[i].key.name);
	json_close(w, ']');
	put_named(w, "phi_types", "type", "scans", &p->counts[OF_PHI_TYPE]);
	put_int(w, "attested", m[ATTESTED]);
}

static void put_routing(struct json_writer *w, const struct report_part *p)
{
	const int128 *m = p->total.m;
	put_int(w, "escalated_calls", m[ESCALATED]);
	open_list(w, "escalations");
	for (size_t i = 0; i < p->counts[OF_ESCALATION].n; i++) {
		const struct report_count *c = &p->counts[OF_ESCALATION].v[i];
		json_open(w, '{');
		put_text(w, "from_tier", c->key.name);
		put_text(w, "to_tier", c->key.to);
		put_int(w, "call_count", c->n);
		json_close(w, '}');
	}
	json_close(w, ']');
	put_int(w, "quality_gated_calls", m[GATED]);
	put_int(w, "quality_gate_failures", m[GATE_FAILED]);
}

static void put_asked(struct json_writer *w, const struct report_counts *list)
{
	open_list(w, "models_asked_not_served");
	for (size_t i = 0; i < list->n; i++) {
		json_open(w, '{');
		put_text(w, "provider", list->v[i].key.provider);
		put_text(w, "model_requested", list->v[i].key.name);
		put_text(w, "model", list->v[i].key.to);
		put_int(w, "call_count", list->v[i].n);
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

static void put_moments(struct json_writer *w, const struct report_part *p)
{
	open_list(w, "over_time");
	for (size_t i = 0; i < p->n_moments; i++) {
		const struct report_moment *m = &p->moments[i];
		json_open(w, '{');
		put_time(w, "start", true, m->start_ms);
		put_int(w, "call_count", m->calls);
		put_int(w, "succeeded_calls", m->succeeded);
		put_int(w, "priced_calls", m->priced);
		put_decimal(w, "cost_usd", m->priced > 0, m->cost_nano, NUM_NANO);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* NAME: n or null, NAME_suppressed: whether that is why. */
static void put_rows(struct json_writer *w, const char *name, const char *suppressed, const struct report_rows *rows)
{
	put_decimal(w, name, rows->is == ROWS_KNOWN, rows->n, 0);
	put_bool(w, suppressed, rows->is == ROWS_SUPPRESSED);
}

static void put_dataset(struct json_writer *w, const struct report_dataset *d)
{
	json_open(w, '{');
	put_text(w, "dataset_id", d->id);
	put_text(w, "name", d->name);
	put_text(w, "format", d->format);
	put_text(w, "phi_scan_status", d->phi_scan_status);
	put_rows(w, "row_count", "row_count_suppressed", &d->rows);
	put_int(w, "access_count", d->accesses);
	put_int(w, "failed_accesses", d->failed);
	put_int(w, "risky_accesses", d->risky);
	put_text(w, "access_types", d->access_types);
	put_rows(w, "rows_accessed", "rows_accessed_suppressed", &d->rows_accessed);
	put_time(w, "first_access_at", true, d->first_ms);
	put_time(w, "last_access_at", true, d->last_ms);
	json_close(w, '}');
}

static void put_datasets(struct json_writer *w, const struct report_part *p)
{
	open_list(w, "datasets");
	for (size_t i = 0; i < p->n_datasets; i++)
		put_dataset(w, &p->datasets[i]);
	json_close(w, ']');
	put_rows(w, "rows_accessed", "rows_accessed_suppressed", &p->rows_accessed);
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
	put_list(w, "tiers", "tier", &p->by[BY_TIER]);
	put_list(w, "providers", "provider", &p->by[BY_PROVIDER]);
	put_models(w, &p->by[BY_MODEL]);
	put_asked(w, &p->counts[OF_ASKED]);
	put_stages(w, &p->by[BY_STAGE]);
	put_list(w, "purposes", "purpose", &p->by[BY_PURPOSE]);
	put_list(w, "projects", "project_id", &p->by[BY_PROJECT]);
	put_list(w, "tenants", "tenant_id", &p->by[BY_TENANT]);
	put_named(w, "errors", "code", "call_count", &p->counts[OF_ERROR]);
	put_int(w, "conflicts", p->conflicts);
	put_top(w, p);
	put_moments(w, p);
	put_datasets(w, p);
}

/* Opens the analysis, and says where it was not done by which command it can be. */
static void open_analysis(struct json_writer *w, const char *name, const char *tool, const struct report *r, const struct report_part *p)
{
	json_key(w, name);
	json_open(w, '{');
	put_bool(w, "computed", p->analysis.done);
	if (p->analysis.done)
		return;
	struct buf command;
	buf_init(&command, COMMAND_MAX);
	command_tool(&command, tool, r, p->mode);
	put_int(w, "calls", p->total.m[CALLS]);
	put_int(w, "calls_max", REPORT_ANALYSED_MAX);
	put_text(w, "command", buf_cstr(&command));
	buf_free(&command);
}

static void put_search(struct json_writer *w, const struct report_search *s)
{
	json_open(w, '{');
	put_int(w, "judged", s->judged);
	put_int(w, "confirmed", s->confirmed);
	slice_json_members(w, s->slices);
	json_close(w, '}');
}

static void put_analysis(struct json_writer *w, const struct report *r, const struct report_part *p)
{
	const struct report_analysis *a = &p->analysis;
	open_analysis(w, "stability", "ros-stability --by model", r, p);
	if (a->done) {
		put_int(w, "calls_deleted", a->deleted);
		put_int(w, "models_tested", a->models);
		put_int(w, "version_tests", a->version_tests);
		put_int(w, "versions_differ", a->versions_differ);
		put_int(w, "drifted", a->drifted);
		stability_json_members(w, a->stability);
	}
	json_close(w, '}');
	open_analysis(w, "slices", "ros-slice", r, p);
	if (a->done) {
		open_list(w, "metrics");
		for (size_t i = 0; i < a->n_searches; i++)
			put_search(w, &a->searches[i]);
		json_close(w, ']');
	}
	json_close(w, '}');
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
		put_analysis(w, r, &r->mode[i]);
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
	put_text(w, "tenant_id", s->tenant);
	put_time(w, "from", s->has_from, r->from_ms);
	put_time(w, "to", s->has_to, r->to_ms);
	put_time(w, "from_asked", s->has_from, s->from_ms);
	put_time(w, "to_asked", s->has_to, s->to_ms);
	put_bool(w, "from_widened", r->widened_from);
	put_bool(w, "to_widened", r->widened_to);
	put_bool(w, "exact", s->exact);
	put_int(w, "min_cell", s->min_cell);
	json_close(w, '}');
}

static void put_stage_run(struct json_writer *w, const struct report_stage_run *s)
{
	json_open(w, '{');
	put_stage(w, s->stage);
	put_text(w, "stage_name", s->name);
	put_text(w, "status", s->status);
	put_text(w, "governance_mode", s->mode);
	put_stated(w, "attempt", s->attempt);
	put_stated(w, "max_attempts", s->max_attempts);
	put_stated(w, "items_total", s->items_total);
	put_stated(w, "items_processed", s->items_done);
	put_stated(w, "items_failed", s->items_failed);
	put_time(w, "started_at", s->has_started, s->started_ms);
	put_time(w, "completed_at", s->has_completed, s->completed_ms);
	put_stated(w, "duration_ms", s->duration_ms);
	json_close(w, '}');
}

static void put_stage_runs(struct json_writer *w, const struct report *r)
{
	put_text(w, "run_status", r->run_status);
	open_list(w, "stage_runs");
	for (size_t i = 0; i < r->n_stage_runs; i++)
		put_stage_run(w, &r->stage_runs[i]);
	json_close(w, ']');
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

static void put_limitations(struct json_writer *w, const struct report *r)
{
	open_list(w, "limitations");
	for (size_t i = 0; i < r->n_limitations; i++)
		json_z(w, r->limitations[i]);
	json_close(w, ']');
}

/* An end of the interval; or a p. */
static void put_end(struct json_writer *w, const char *name, bool known, double v)
{
	json_key(w, name);
	if (known)
		json_real(w, v, INTERVAL_DIGITS);
	else
		json_null(w);
}

static void put_finding(struct json_writer *w, const struct report_finding *f)
{
	static const char *const units[] = { [FINDING_SHARE] = "share", [FINDING_DIFFERENCE] = "difference", [FINDING_FACTOR] = "factor" };
	json_open(w, '{');
	put_text(w, "rule", report_rules[f->rule]);
	put_text(w, "governance_mode", f->mode);
	put_text(w, "title", f->title);
	put_text(w, "provider", f->provider);
	put_text(w, "model", f->model);
	put_text(w, "slice", f->slice);
	put_text(w, "unit", units[f->unit]);
	put_int(w, "part", f->part);
	put_int(w, "n", f->n);
	put_decimal(w, "value", true, f->value, RULE_SCALE);
	put_end(w, "low", f->has_interval, f->low);
	put_end(w, "high", f->has_interval, f->high);
	put_end(w, "adjusted_p", f->tested, f->adjusted);
	put_decimal(w, "threshold", true, f->threshold, RULE_SCALE);
	put_text(w, "evidence", f->evidence);
	put_text(w, "recommendation", f->recommendation);
	json_close(w, '}');
}

static void put_findings(struct json_writer *w, const struct report *r)
{
	json_key(w, "rules");
	json_open(w, '{');
	for (int i = 0; i < RULES; i++)
		put_decimal(w, report_rules[i], true, r->scope.thresholds[i], RULE_SCALE);
	json_close(w, '}');
	open_list(w, "findings");
	for (size_t i = 0; i < r->n_findings; i++)
		put_finding(w, &r->findings[i]);
	json_close(w, ']');
	open_list(w, "recommendations");
	for (size_t i = 0; i < r->n_recommendations; i++)
		json_z(w, r->recommendations[i]);
	json_close(w, ']');
}

static void put_side(struct json_writer *w, const struct report_difference *d, int side, const char *name)
{
	json_key(w, name);
	json_open(w, '{');
	put_decimal(w, "value", d->known[side], d->value[side], d->scale);
	put_decimal(w, "part", d->unit == UNIT_SHARE, d->part[side], 0);
	put_int(w, "n", d->n[side]);
	json_close(w, '}');
}

static void put_difference(struct json_writer *w, const struct report_difference *d)
{
	static const char *const units[] = { [UNIT_COUNT] = "count", [UNIT_USD] = "usd", [UNIT_MS] = "ms", [UNIT_SHARE] = "share" };
	json_open(w, '{');
	put_text(w, "governance_mode", d->mode);
	put_text(w, "tier", d->tier);
	put_text(w, "provider", d->provider);
	put_text(w, "model", d->model);
	put_text(w, "figure", d->figure);
	put_text(w, "unit", units[d->unit]);
	put_side(w, d, 0, "this");
	put_side(w, d, 1, "against");
	put_decimal(w, "difference", d->known[0] && d->known[1], d->difference, d->scale);
	put_end(w, "low", d->has_interval, d->low);
	put_end(w, "high", d->has_interval, d->high);
	json_close(w, '}');
}

static void put_comparison(struct json_writer *w, const struct report *r)
{
	json_key(w, "comparison");
	if (!r->against) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	put_scope(w, r->against->with);
	open_list(w, "differences");
	for (size_t i = 0; i < r->against->n; i++)
		put_difference(w, &r->against->v[i]);
	json_close(w, ']');
	open_list(w, "stability");
	for (size_t i = 0; i < r->against->n_stability; i++)
		put_difference(w, &r->against->stability[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static void put_crosswalk(struct json_writer *w, const struct report *r)
{
	open_list(w, "crosswalk");
	for (size_t i = 0; i < r->n_crosswalk; i++) {
		const struct report_crosswalk *c = &r->crosswalk[i];
		json_open(w, '{');
		put_text(w, "framework", c->framework);
		put_text(w, "source", c->source);
		put_text(w, "source_dated", c->dated);
		put_text(w, "item", c->item);
		put_text(w, "asks", c->asks);
		put_text(w, "section", c->section);
		json_close(w, '}');
	}
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

int report_json(const struct report *r, struct buf *out, struct err *e)
{
	(void)e;
	struct json_writer w;
	json_writer_init(&w, out, true);
	json_open(&w, '{');
	put_identity(&w, r);
	put_scope(&w, r);
	put_text(&w, "time_unit", r->moment_ms == TIME_DAY_MS ? "day" : "hour");
	put_part(&w, &r->all);
	put_stage_runs(&w, r);
	put_modes(&w, r);
	put_record(&w, r);
	put_completeness(&w, r);
	put_limitations(&w, r);
	put_findings(&w, r);
	put_comparison(&w, r);
	put_crosswalk(&w, r);
	json_close(&w, '}');
	buf_char(out, '\n');
	return 0;
}
