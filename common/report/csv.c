/*
 * The report as CSV: tables of the model, DEMO and LIVE in rows of their own. Columns have FOCUS's names (FinOps Open Cost
 * and Usage Specification) where it has some: EffectiveCost is the known cost.
 */
#include "report/formats.h"

#include "report/sheet.h"

#include <string.h>

#define REAL_DIGITS 6
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define MODE { "governance_mode", "x_GovernanceMode", DIMENSION, NULL }
#define CALLS_COLUMNS \
	{ "call_count", "x_CallCount", VALUE, "calls" }, { "succeeded", "x_Succeeded", VALUE, "calls" }, \
	{ "failed", "x_Failed", VALUE, "calls" }, { "blocked", "x_Blocked", VALUE, "calls" }, \
	{ "timeout", "x_Timeout", VALUE, "calls" }, { "rate_limited", "x_RateLimited", VALUE, "calls" }
#define COST_COLUMNS \
	{ "cost_usd", "EffectiveCost", VALUE, "USD" }, { "currency", "BillingCurrency", CONSTANT, NULL }, \
	{ "priced_calls", "x_PricedCalls", VALUE, "calls" }
#define TOKENS_COLUMNS \
	{ "tokens", "ConsumedQuantity", VALUE, "tokens" }, { "tokens_unit", "ConsumedUnit", CONSTANT, NULL }, \
	{ "input_tokens", "x_InputTokens", VALUE, "tokens" }, { "output_tokens", "x_OutputTokens", VALUE, "tokens" }, \
	{ "cache_read_tokens", "x_CacheReadTokens", VALUE, "tokens" }, \
	{ "cache_write_tokens", "x_CacheWriteTokens", VALUE, "tokens" }, \
	{ "reasoning_tokens", "x_ReasoningTokens", VALUE, "tokens" }
#define LATENCY_COLUMNS \
	{ "timed_calls", "x_TimedCalls", VALUE, "calls" }, { "avg_latency_ms", "x_AverageLatencyMs", VALUE, "ms" }, \
	{ "latency_p50_ms", "x_LatencyP50Ms", VALUE, "ms" }, { "latency_p90_ms", "x_LatencyP90Ms", VALUE, "ms" }, \
	{ "latency_p95_ms", "x_LatencyP95Ms", VALUE, "ms" }, { "latency_p99_ms", "x_LatencyP99Ms", VALUE, "ms" }
#define CONTROL_COLUMNS \
	{ "escalated_calls", "x_EscalatedCalls", VALUE, "calls" }, { "quality_gated_calls", "x_QualityGatedCalls", VALUE, "calls" }, \
	{ "quality_gate_failures", "x_QualityGateFailures", VALUE, "calls" }, { "phi_scans", "x_PhiScans", VALUE, "scans" }, \
	{ "phi_flags", "x_PhiFlags", VALUE, "scans" }, { "phi_redactions", "x_PhiRedactions", VALUE, "redactions" }, { "attested", "x_Attested", VALUE, "calls" }
#define GROUP_COLUMNS CALLS_COLUMNS, COST_COLUMNS, TOKENS_COLUMNS, LATENCY_COLUMNS, CONTROL_COLUMNS
#define ROWS_COLUMNS(name, head) { name, head, VALUE, "rows" }, { name "_suppressed", head "Suppressed", VALUE, NULL }

static void put_bool(struct sheet *s, bool v)
{
	sheet_text(s, v ? "true" : "false");
}

static void put_uuid(struct sheet *s, bool known, const struct uuid *u)
{
	char text[UUID_TEXT];
	uuid_format(u, text);
	sheet_text(s, known ? text : NULL);
}

static void put_cost(struct sheet *s, bool known, int128 nano, int128 priced)
{
	sheet_decimal(s, known, nano, NUM_NANO);
	sheet_text(s, "USD");
	sheet_int(s, priced);
}

static void put_latency(struct sheet *s, const struct report_group *g)
{
	sheet_int(s, g->m[TIMED]);
	sheet_decimal(s, g->m[TIMED] > 0, report_latency_mean_us(g), 3);
	for (int i = 0; i < PERCENTILES; i++)
		sheet_real(s, g->latency[i] >= 0, g->latency[i], REAL_DIGITS);
}

/* GROUP_COLUMNS */
static void put_group(struct sheet *s, const struct report_group *g)
{
	static const enum report_measure controls[] = { ESCALATED, GATED, GATE_FAILED, PHI_SCANS, PHI_FLAGS, PHI_REDACTIONS, ATTESTED };
	sheet_int(s, g->m[CALLS]);
	for (int i = 0; i < STATUSES; i++)
		sheet_int(s, g->status[i]);
	put_cost(s, report_priced(g) > 0, g->m[COST_NANO], report_priced(g));
	sheet_int(s, report_tokens(g));
	sheet_text(s, "tokens");
	for (int i = INPUT_TOKENS; i <= REASONING_TOKENS; i++)
		sheet_int(s, g->m[i]);
	put_latency(s, g);
	for (size_t i = 0; i < COUNT(controls); i++)
		sheet_int(s, g->m[controls[i]]);
}

/* The whole. */

static void table_report(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		{ "report_id", "x_ReportId", VALUE, NULL },       { "report_version", "x_ReportVersion", VALUE, NULL },
		{ "generated_at", "x_GeneratedAt", VALUE, NULL }, { "generated_by", "x_GeneratedBy", VALUE, NULL },
		{ "run_id", "x_RunId", VALUE, NULL },             { "project_id", "x_ProjectId", VALUE, NULL },
		{ "tenant_id", "x_TenantId", VALUE, NULL },       { "governance_mode", "x_GovernanceMode", VALUE, NULL },
		{ "from", "x_From", VALUE, NULL },                { "to", "x_To", VALUE, NULL },
		{ "last_batch", "x_LastBatch", VALUE, NULL },     { "recorded", "x_Recorded", VALUE, "events" },
		{ "content_sum", "x_ContentSum", VALUE, NULL },
	};
	char sum[SHA256_TEXT];
	sha256_format(&r->record.content_sum, sum);
	sheet_table(s, "report", columns, COUNT(columns));
	put_uuid(s, true, &r->id);
	sheet_text(s, REPORT_VERSION);
	sheet_time(s, true, r->generated_ms);
	sheet_text(s, r->generated_by);
	put_uuid(s, r->scope.has_run, &r->scope.run);
	sheet_text(s, r->project);
	sheet_text(s, r->scope.tenant);
	sheet_text(s, r->all.mode);
	sheet_time(s, r->scope.has_from, r->from_ms);
	sheet_time(s, r->scope.has_to, r->to_ms);
	sheet_int(s, r->record.last_batch);
	sheet_int(s, r->record.recorded);
	sheet_text(s, sum);
}

static void table_totals(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = { MODE, GROUP_COLUMNS };
	sheet_table(s, "totals", columns, COUNT(columns));
	for (int i = 0; i < 2; i++) {
		if (!r->mode[i].mode)
			continue;
		sheet_text(s, r->mode[i].mode);
		put_group(s, &r->mode[i].total);
	}
}

/* Groups. */

typedef void key_fn(struct sheet *s, const struct report_key *key);

static void put_groups(struct sheet *s, const struct report *r, enum report_list_kind list, key_fn *key)
{
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < r->mode[i].by[list].n; k++) {
			const struct report_group *g = &r->mode[i].by[list].v[k];
			if (!r->mode[i].mode)
				break;
			sheet_text(s, r->mode[i].mode);
			key(s, &g->key);
			put_group(s, g);
		}
}

static void key_name(struct sheet *s, const struct report_key *key)
{
	sheet_text(s, key->name);
}

static void key_model(struct sheet *s, const struct report_key *key)
{
	sheet_text(s, key->provider);
	sheet_text(s, key->name);
}

static void key_stage(struct sheet *s, const struct report_key *key)
{
	sheet_decimal(s, key->stage > 0, key->stage, 0);
	sheet_text(s, key->name);
}

/* A table of groups that have a name. */
#define TABLE(function, section, list, name, head) \
	static void function(struct sheet *s, const struct report *r) \
	{ \
		static const struct sheet_column columns[] = { MODE, { name, head, DIMENSION, NULL }, GROUP_COLUMNS }; \
		sheet_table(s, section, columns, COUNT(columns)); \
		put_groups(s, r, list, key_name); \
	}

TABLE(table_tiers, "tiers", BY_TIER, "tier", "x_Tier")
TABLE(table_providers, "providers", BY_PROVIDER, "provider", "ProviderName")
TABLE(table_purposes, "purposes", BY_PURPOSE, "purpose", "x_Purpose")
TABLE(table_projects, "projects", BY_PROJECT, "project_id", "x_ProjectId")
TABLE(table_tenants, "tenants", BY_TENANT, "tenant_id", "x_TenantId")

static void table_models(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE, { "provider", "ProviderName", DIMENSION, NULL }, { "model", "x_Model", DIMENSION, NULL }, GROUP_COLUMNS
	};
	sheet_table(s, "models", columns, COUNT(columns));
	put_groups(s, r, BY_MODEL, key_model);
}

static void table_stages(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE, { "stage", "x_Stage", DIMENSION, NULL }, { "stage_name", "x_StageName", DIMENSION, NULL }, GROUP_COLUMNS
	};
	sheet_table(s, "stages", columns, COUNT(columns));
	put_groups(s, r, BY_STAGE, key_stage);
}

static void put_counts(struct sheet *s, const struct report *r, enum report_count_kind kind)
{
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < r->mode[i].counts[kind].n; k++) {
			const struct report_count *c = &r->mode[i].counts[kind].v[k];
			sheet_text(s, i == 0 ? "DEMO" : "LIVE");
			sheet_text(s, c->key.name);
			sheet_int(s, c->n);
		}
}

static void table_errors(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE, { "code", "x_ErrorCode", DIMENSION, NULL }, { "call_count", "x_CallCount", VALUE, "calls" }
	};
	sheet_table(s, "errors", columns, COUNT(columns));
	put_counts(s, r, OF_ERROR);
}

static void table_phi_types(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE, { "type", "x_PhiType", DIMENSION, NULL }, { "scans", "x_PhiScans", VALUE, "scans" }
	};
	sheet_table(s, "phi_types", columns, COUNT(columns));
	put_counts(s, r, OF_PHI_TYPE);
}

static void table_over_time(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE,
		{ "start", "ChargePeriodStart", DIMENSION, NULL },
		{ "end", "ChargePeriodEnd", DIMENSION, NULL },
		{ "call_count", "x_CallCount", VALUE, "calls" },
		{ "succeeded", "x_Succeeded", VALUE, "calls" },
		COST_COLUMNS,
	};
	sheet_table(s, "over_time", columns, COUNT(columns));
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < r->mode[i].n_moments; k++) {
			const struct report_moment *m = &r->mode[i].moments[k];
			sheet_text(s, r->mode[i].mode);
			sheet_time(s, true, m->start_ms);
			sheet_time(s, true, m->start_ms + r->moment_ms);
			sheet_int(s, m->calls);
			sheet_int(s, m->succeeded);
			put_cost(s, m->priced > 0, m->cost_nano, m->priced);
		}
}

/* What is not a sum of calls. */

static void put_call(struct sheet *s, const struct report_call *c)
{
	sheet_text(s, c->mode);
	put_uuid(s, true, &c->id);
	sheet_time(s, true, c->time_ms);
	sheet_text(s, c->provider);
	sheet_text(s, c->model);
	sheet_text(s, c->tier);
	sheet_text(s, c->purpose);
	sheet_decimal(s, c->stage > 0, c->stage, 0);
	sheet_text(s, c->stage_name);
	sheet_text(s, c->status);
	put_cost(s, true, c->cost_nano, 1);
	sheet_decimal(s, c->latency_ms >= 0, c->latency_ms, 0);
}

static void table_calls(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE,
		{ "invocation_id", "x_InvocationId", DIMENSION, NULL },
		{ "timestamp", "x_Timestamp", VALUE, NULL },
		{ "provider", "ProviderName", VALUE, NULL },
		{ "model", "x_Model", VALUE, NULL },
		{ "tier", "x_Tier", VALUE, NULL },
		{ "purpose", "x_Purpose", VALUE, NULL },
		{ "stage", "x_Stage", VALUE, NULL },
		{ "stage_name", "x_StageName", VALUE, NULL },
		{ "status", "x_Status", VALUE, NULL },
		COST_COLUMNS,
		{ "latency_ms", "x_LatencyMs", VALUE, "ms" },
	};
	sheet_table(s, "top_expensive_calls", columns, COUNT(columns));
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < r->mode[i].n_top; k++)
			put_call(s, &r->mode[i].top[k]);
}

static void put_rows(struct sheet *s, const struct report_rows *rows)
{
	sheet_decimal(s, rows->is == ROWS_KNOWN, rows->n, 0);
	put_bool(s, rows->is == ROWS_SUPPRESSED);
}

static void put_dataset(struct sheet *s, const char *mode, const struct report_dataset *d)
{
	sheet_text(s, mode);
	sheet_text(s, d->id);
	sheet_text(s, d->name);
	sheet_text(s, d->format);
	sheet_text(s, d->phi_scan_status);
	put_rows(s, &d->rows);
	sheet_int(s, d->accesses);
	sheet_int(s, d->failed);
	sheet_int(s, d->risky);
	sheet_text(s, d->access_types);
	put_rows(s, &d->rows_accessed);
	sheet_time(s, true, d->first_ms);
	sheet_time(s, true, d->last_ms);
}

static void table_datasets(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE,
		{ "dataset_id", "x_DatasetId", DIMENSION, NULL },
		{ "name", "x_Name", VALUE, NULL },
		{ "format", "x_Format", VALUE, NULL },
		{ "phi_scan_status", "x_PhiScanStatus", VALUE, NULL },
		ROWS_COLUMNS("row_count", "x_RowCount"),
		{ "access_count", "x_AccessCount", VALUE, "accesses" },
		{ "failed_accesses", "x_FailedAccesses", VALUE, "accesses" },
		{ "risky_accesses", "x_RiskyAccesses", VALUE, "accesses" },
		{ "access_types", "x_AccessTypes", VALUE, NULL },
		ROWS_COLUMNS("rows_accessed", "x_RowsAccessed"),
		{ "first_access_at", "x_FirstAccessAt", VALUE, NULL },
		{ "last_access_at", "x_LastAccessAt", VALUE, NULL },
	};
	sheet_table(s, "datasets", columns, COUNT(columns));
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < r->mode[i].n_datasets; k++)
			put_dataset(s, i == 0 ? "DEMO" : "LIVE", &r->mode[i].datasets[k]);
}

static void table_sources(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		{ "source", "x_Source", DIMENSION, NULL },          { "emitted", "x_Emitted", VALUE, "events" },
		{ "recorded", "x_Recorded", VALUE, "events" },      { "repeated", "x_Repeated", VALUE, "events" },
		{ "conflicting", "x_Conflicting", VALUE, "events" }, { "dead", "x_Dead", VALUE, "events" },
		{ "refused", "x_Refused", VALUE, "events" },        { "missing", "x_Missing", VALUE, "events" },
	};
	sheet_table(s, "sources", columns, COUNT(columns));
	for (size_t i = 0; i < r->complete.listed; i++) {
		sheet_text(s, r->complete.v[i].name);
		for (int k = 0; k < FATES; k++)
			sheet_int(s, r->complete.v[i].n[k]);
	}
}

static void put_finding(struct sheet *s, const struct report_finding *f)
{
	sheet_text(s, f->mode);
	sheet_text(s, report_rules[f->rule]);
	sheet_text(s, f->provider);
	sheet_text(s, f->model);
	sheet_text(s, f->slice);
	sheet_decimal(s, true, f->value, RULE_SCALE);
	sheet_int(s, f->part);
	sheet_int(s, f->n);
	sheet_real(s, f->has_interval, f->low, REAL_DIGITS);
	sheet_real(s, f->has_interval, f->high, REAL_DIGITS);
	sheet_real(s, f->tested, f->adjusted, REAL_DIGITS);
	sheet_decimal(s, true, f->threshold, RULE_SCALE);
	sheet_text(s, f->evidence);
	sheet_text(s, f->recommendation);
}

static void table_findings(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE,
		{ "rule", "x_Rule", DIMENSION, NULL },
		{ "provider", "ProviderName", DIMENSION, NULL },
		{ "model", "x_Model", DIMENSION, NULL },
		{ "slice", "x_Slice", DIMENSION, NULL },
		{ "value", "x_Value", VALUE, NULL },
		{ "part", "x_Part", VALUE, NULL },
		{ "n", "x_N", VALUE, NULL },
		{ "low", "x_Low", VALUE, NULL },
		{ "high", "x_High", VALUE, NULL },
		{ "adjusted_p", "x_AdjustedP", VALUE, NULL },
		{ "threshold", "x_Threshold", VALUE, NULL },
		{ "evidence", "x_Evidence", VALUE, NULL },
		{ "recommendation", "x_Recommendation", VALUE, NULL },
	};
	sheet_table(s, "findings", columns, COUNT(columns));
	for (size_t i = 0; i < r->n_findings; i++)
		put_finding(s, &r->findings[i]);
}

/* Reproducibility and slices. */

#define MODEL { "provider", "ProviderName", DIMENSION, NULL }, { "model", "x_Model", DIMENSION, NULL }
#define ESTIMATE_COLUMNS(name, head) \
	{ name, head, VALUE, NULL }, { name "_n", head "N", VALUE, "prompts" }, { name "_low", head "Low", VALUE, NULL }, \
	{ name "_high", head "High", VALUE, NULL }
#define SIDE_COLUMNS(name, head) { name "_n", head "N", VALUE, "calls" }, { name, head, VALUE, NULL }
#define EFFECT_COLUMNS(name, head) \
	{ name "effect", head "Effect", VALUE, NULL }, { name "low", head "Low", VALUE, NULL }, { name "high", head "High", VALUE, NULL }

static void put_estimate(struct sheet *s, double value, int64_t n, struct interval in)
{
	sheet_real(s, n > 0, value, REAL_DIGITS);
	sheet_int(s, n);
	sheet_real(s, n > 0, in.low, REAL_DIGITS);
	sheet_real(s, n > 0, in.high, REAL_DIGITS);
}

static void put_model(struct sheet *s, const struct stability_model *m)
{
	sheet_text(s, m->mode.p);
	sheet_text(s, m->provider.p);
	sheet_text(s, m->model.p);
}

static void put_stability(struct sheet *s, const struct stability_group *g)
{
	sheet_int(s, g->calls);
	put_estimate(s, g->tested ? (double)g->equal / (double)g->tested : 0, g->tested, g->tar);
	put_estimate(s, g->agreement, g->prompts, g->agreement_in);
	put_estimate(s, g->modal, g->prompts, g->modal_in);
}

static void table_stability(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE, MODEL, { "calls", "x_Calls", VALUE, "calls" }, ESTIMATE_COLUMNS("tar", "x_Tar"),
		ESTIMATE_COLUMNS("pairwise_agreement", "x_PairwiseAgreement"), ESTIMATE_COLUMNS("modal_share", "x_ModalShare"),
	};
	sheet_table(s, "stability", columns, COUNT(columns));
	for (int i = 0; i < 2; i++) {
		const struct stability *of = r->mode[i].analysis.stability;
		if (!of)
			continue;
		put_model(s, &(struct stability_model){ .mode = str_of(r->mode[i].mode) }); /* all models */
		put_stability(s, &of->overall);
		for (size_t k = 0; k < of->n_groups; k++) {
			put_model(s, of->groups[k].model);
			put_stability(s, &of->groups[k]);
		}
	}
}

static void put_drift(struct sheet *s, const struct stability_drift *d)
{
	put_model(s, d->model);
	sheet_text(s, d->quantity);
	sheet_text(s, stability_measures[d->measure]);
	sheet_real(s, true, d->test.effect, REAL_DIGITS);
	sheet_real(s, d->has_interval, d->in.low, REAL_DIGITS);
	sheet_real(s, d->has_interval, d->in.high, REAL_DIGITS);
	sheet_int(s, d->before);
	sheet_int(s, d->after);
	sheet_real(s, true, d->test.p, REAL_DIGITS);
	sheet_real(s, true, d->adjusted, REAL_DIGITS);
}

static void table_drift(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE,
		MODEL,
		{ "quantity", "x_Quantity", DIMENSION, NULL },
		{ "measure", "x_Measure", VALUE, NULL },
		EFFECT_COLUMNS("", "x_"),
		{ "n_before", "x_NBefore", VALUE, "calls" },
		{ "n_after", "x_NAfter", VALUE, "calls" },
		{ "p", "x_P", VALUE, NULL },
		{ "adjusted_p", "x_AdjustedP", VALUE, NULL },
	};
	sheet_table(s, "drift", columns, COUNT(columns));
	for (int i = 0; i < 2; i++) {
		const struct stability *of = r->mode[i].analysis.stability;
		for (size_t k = 0; of && k < of->n_drifts; k++)
			put_drift(s, &of->drifts[k]);
	}
}

static void put_slice_side(struct sheet *s, const struct slices *of, const struct slice_side *side)
{
	sheet_int(s, side->n);
	sheet_real(s, side->n > 0, of->metric->quantity ? side->median * of->metric->unit : side->n > 0 ? (double)side->sum / (double)side->n : 0, REAL_DIGITS);
}

static void put_slice_part(struct sheet *s, const struct slices *of, const struct slice_part *p)
{
	put_slice_side(s, of, &p->in);
	put_slice_side(s, of, &p->out);
	sheet_real(s, true, p->test.effect, REAL_DIGITS);
	sheet_real(s, true, p->effect_in.low, REAL_DIGITS);
	sheet_real(s, true, p->effect_in.high, REAL_DIGITS);
}

static void put_conditions(struct sheet *s, const struct slice *r, void (*put)(const struct slice *, struct buf *))
{
	struct buf name;
	buf_init(&name, SLICE_BYTES_MAX);
	put(r, &name);
	sheet_text(s, buf_cstr(&name));
	buf_free(&name);
}

static void put_slice(struct sheet *s, const char *mode, const struct slices *of, const struct slice *r)
{
	sheet_text(s, mode);
	sheet_text(s, of->metric->name);
	put_conditions(s, r, slice_name);
	put_slice_part(s, of, &r->found);
	sheet_real(s, true, r->adjusted, REAL_DIGITS);
	put_slice_part(s, of, &r->held);
	put_bool(s, r->explained);
	sheet_text(s, r->has_adjusted ? r->by->name : NULL);
	put_conditions(s, r, slice_also);
}

static void table_slices(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE,
		{ "metric", "x_Metric", DIMENSION, NULL },
		{ "slice", "x_Slice", DIMENSION, NULL },
		SIDE_COLUMNS("in_slice", "x_InSlice"),
		SIDE_COLUMNS("elsewhere", "x_Elsewhere"),
		EFFECT_COLUMNS("", "x_"),
		{ "adjusted_p", "x_AdjustedP", VALUE, NULL },
		SIDE_COLUMNS("held_in_slice", "x_HeldInSlice"),
		SIDE_COLUMNS("held_elsewhere", "x_HeldElsewhere"),
		EFFECT_COLUMNS("held_", "x_Held"),
		{ "explained", "x_Explained", VALUE, NULL },
		{ "within_each", "x_WithinEach", VALUE, NULL },
		{ "also", "x_Also", VALUE, NULL },
	};
	sheet_table(s, "slices", columns, COUNT(columns));
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < r->mode[i].analysis.n_searches; k++) {
			const struct slices *of = r->mode[i].analysis.searches[k].slices;
			for (size_t n = 0; n < of->n; n++)
				put_slice(s, r->mode[i].mode, of, &of->v[n]);
		}
}

static void put_difference(struct sheet *s, const struct report_difference *d)
{
	sheet_text(s, d->mode);
	sheet_text(s, d->tier);
	sheet_text(s, d->provider);
	sheet_text(s, d->model);
	sheet_text(s, d->figure);
	for (int side = 0; side < 2; side++) {
		sheet_decimal(s, d->known[side], d->value[side], d->scale);
		sheet_int(s, d->n[side]);
	}
	sheet_decimal(s, d->known[0] && d->known[1], d->difference, d->scale);
	sheet_real(s, d->has_interval, d->low, REAL_DIGITS);
	sheet_real(s, d->has_interval, d->high, REAL_DIGITS);
}

static void table_comparison(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = {
		MODE,
		{ "tier", "x_Tier", DIMENSION, NULL },
		{ "provider", "ProviderName", DIMENSION, NULL },
		{ "model", "x_Model", DIMENSION, NULL },
		{ "figure", "x_Figure", DIMENSION, NULL },
		{ "this", "x_This", VALUE, NULL },
		{ "this_n", "x_ThisN", VALUE, NULL },
		{ "against", "x_Against", VALUE, NULL },
		{ "against_n", "x_AgainstN", VALUE, NULL },
		{ "difference", "x_Difference", VALUE, NULL },
		{ "low", "x_Low", VALUE, NULL },
		{ "high", "x_High", VALUE, NULL },
	};
	sheet_table(s, "comparison", columns, COUNT(columns));
	for (size_t i = 0; r->against && i < r->against->n; i++)
		put_difference(s, &r->against->v[i]);
	for (size_t i = 0; r->against && i < r->against->n_stability; i++)
		put_difference(s, &r->against->stability[i]);
}

static void table_limitations(struct sheet *s, const struct report *r)
{
	static const struct sheet_column columns[] = { { "limitation", "x_Limitation", VALUE, NULL } };
	sheet_table(s, "limitations", columns, COUNT(columns));
	for (size_t i = 0; i < r->n_limitations; i++)
		sheet_text(s, r->limitations[i]);
}

static const struct {
	const char *name;
	void (*put)(struct sheet *s, const struct report *r);
} tables[] = {
	{ "report", table_report },         { "totals", table_totals },       { "tiers", table_tiers },
	{ "providers", table_providers },   { "models", table_models },       { "stages", table_stages },
	{ "purposes", table_purposes },     { "projects", table_projects },   { "tenants", table_tenants },
	{ "over_time", table_over_time },   { "errors", table_errors },       { "phi_types", table_phi_types },
	{ "top_expensive_calls", table_calls }, { "datasets", table_datasets }, { "sources", table_sources },
	{ "stability", table_stability },   { "drift", table_drift },         { "slices", table_slices },
	{ "findings", table_findings },     { "comparison", table_comparison }, { "limitations", table_limitations },
};

int report_csv(const struct report *r, struct buf *out, struct err *e)
{
	struct sheet s;
	(void)e;
	sheet_init(&s, out, true);
	sheet_head(&s);
	for (size_t i = 0; i < COUNT(tables); i++)
		tables[i].put(&s, r);
	sheet_free(&s);
	return 0;
}

const char *report_csv_table(const struct report *r, size_t i, struct buf *out)
{
	struct sheet s;
	if (i >= COUNT(tables))
		return NULL;
	sheet_init(&s, out, false);
	tables[i].put(&s, r);
	sheet_free(&s);
	return tables[i].name;
}
