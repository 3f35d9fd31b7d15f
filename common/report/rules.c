/*
 * Rules: the data file says in words what each is about and from where on it finds something; here stands what each counts.
 * A share is held against its threshold exactly, by integers.
 */
#include "report/rules.h"

#include "base/mem.h"
#include "json/reader.h"
#include "report/data.h"
#include "report/human.h"
#include "report/texts.h"
#include "stats/intervals.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONE INT64_C(1000000) /* 10^RULE_SCALE */
#define SENTENCE_MAX 4096
#define RULES_BYTES_MAX 65536
#define VALUE_MAX 1e9 /* of a multiple: more is said of nothing */

const char *const report_rules[RULES] = {
	[RULE_PHI_FLAGS] = "phi-flags",
	[RULE_MISSING_SEQUENCES] = "missing-sequences",
	[RULE_DEAD_LETTERS] = "dead-letters",
	[RULE_CONFLICTS] = "conflicts",
	[RULE_FAILURES] = "failures",
	[RULE_SLICES_OF_RATES] = "slices-of-rates",
	[RULE_DRIFT_OF_FAILURES] = "drift-of-failures",
	[RULE_VERSIONS_DIFFER] = "versions-differ",
	[RULE_QUALITY_GATE] = "quality-gate",
	[RULE_ESCALATIONS] = "escalations",
	[RULE_UNSTABLE_OUTPUTS] = "unstable-outputs",
	[RULE_SLICES_OF_QUANTITIES] = "slices-of-quantities",
	[RULE_DRIFT_OF_QUANTITIES] = "drift-of-quantities",
	[RULE_UNPRICED_CALLS] = "unpriced-calls",
	[RULE_COST_OUTLIERS] = "cost-outliers",
};

/* The data file, read; the build embeds what the unit tests have read before. */
struct rule_file {
	struct json_reader *reader;
	const struct json *rules; /* array */
};

static struct rule_file open_rules(void)
{
	static const struct json_limits limits = { .bytes = RULES_BYTES_MAX, .depth = 8, .nodes = 4096 };
	struct json_fault fault;
	struct rule_file f = { .reader = json_reader_new(limits) };
	f.rules = json_get(f.reader, json_read(f.reader, str_of(report_rules_text), &fault), STR("rules"));
	return f;
}

/* A member of the rule, absent where it has none. */
static struct str said(const struct rule_file *f, enum report_rule rule, const char *member)
{
	for (const struct json *v = f->rules ? json_first(f->rules) : NULL; v; v = json_next(f->reader, v)) {
		if (!str_is(json_get(f->reader, v, STR("id"))->text, report_rules[rule]))
			continue;
		const struct json *found = json_get(f->reader, v, str_of(member));
		return found ? found->text : (struct str){ 0 };
	}
	return (struct str){ 0 };
}

void rules_defaults(int64_t thresholds[RULES])
{
	struct rule_file f = open_rules();
	for (int i = 0; i < RULES; i++)
		if (!num_scaled(said(&f, (enum report_rule)i, "threshold"), RULE_SCALE, &thresholds[i], NULL))
			mem_fatal("a rule of the report has no threshold");
	json_reader_free(f.reader);
}

static int unknown_rule(struct str id, struct err *e)
{
	struct buf names;
	buf_init(&names, SENTENCE_MAX);
	for (int i = 0; i < RULES; i++)
		buf_fmt(&names, "%s%s", i > 0 ? ", " : "", report_rules[i]);
	err_set(e, ROS_USAGE, "--rule: no rule is called '%.*s': %s", STR_ARG(id), buf_cstr(&names));
	buf_free(&names);
	return -1;
}

/* Digits, and perhaps a point and digits: of the JSON numbers those that are written plainly. */
static bool is_threshold(struct str s, int64_t *v)
{
	struct str whole, rest = str_cut(s, '.', &whole);
	int64_t digits;
	if (!num_int_in(whole, 0, INT64_MAX / ONE - 1, &digits) || (whole.n > 1 && whole.p[0] == '0'))
		return false;
	if (rest.p && (rest.n > RULE_SCALE || !num_int_in(rest, 0, ONE - 1, &digits)))
		return false;
	return whole.p[0] != '-' && num_scaled(s, RULE_SCALE, v, NULL);
}

int rules_set(int64_t thresholds[RULES], const char *text, struct err *e)
{
	struct str id, value = str_cut(str_of(text), '=', &id);
	int i = 0;
	while (i < RULES && !str_is(id, report_rules[i]))
		i++;
	if (i == RULES)
		return unknown_rule(id, e);
	if (!value.p || !is_threshold(value, &thresholds[i]))
		return err_set(e, ROS_USAGE, "--rule: %s: not a number from 0 on with at most %d decimals: '%.*s'", report_rules[i],
		               RULE_SCALE, STR_ARG(value));
	return 0;
}

/* Finding. */

struct finding {
	struct report *report;
	struct rule_file file;
	size_t cap;
};

static const char *keep(struct finding *f, enum report_rule rule, const char *member)
{
	return texts_keep(f->report->texts, said(&f->file, rule, member));
}

/* Takes the evidence over. */
static void add(struct finding *f, struct report_finding finding, struct buf *evidence)
{
	struct report *r = f->report;
	if (r->n_findings == f->cap) {
		f->cap = 2 * f->cap + 16;
		r->findings = mem_grow(r->findings, f->cap, sizeof *r->findings);
	}
	finding.threshold = r->scope.thresholds[finding.rule];
	finding.title = keep(f, finding.rule, "title");
	finding.recommendation = keep(f, finding.rule, "recommendation");
	finding.evidence = texts_keep(r->texts, buf_view(evidence));
	r->findings[r->n_findings++] = finding;
	buf_free(evidence);
}

/* Appends a threshold as people read it: 0.05 as 5 % or 5 points, a factor as it is. */
static void put_threshold(struct buf *b, int unit, int64_t value)
{
	static const char *const units[] = { [FINDING_SHARE] = " %", [FINDING_DIFFERENCE] = " points", [FINDING_FACTOR] = " times" };
	num_decimal(b, value, unit == FINDING_FACTOR ? RULE_SCALE : RULE_SCALE - 2);
	buf_z(b, units[unit]);
}

/* Whether n is fewer than proves something. */
static bool is_few(const struct finding *f, enum report_rule rule, int128 n)
{
	int64_t least = 0;
	num_int(said(&f->file, rule, "least"), &least);
	return n < least;
}

/* What is counted, as a share of n. */
static void share(struct finding *f, enum report_rule rule, const char *mode, int128 part, int128 n)
{
	int64_t threshold = f->report->scope.thresholds[rule];
	if (n <= 0 || is_few(f, rule, n) || part * ONE <= threshold * n)
		return;
	struct interval rate = interval_wilson((int64_t)part, (int64_t)n);
	struct buf b;
	buf_init(&b, SENTENCE_MAX);
	human_of(&b, part, n, keep(f, rule, "of"));
	buf_fmt(&b, " %s. The threshold is ", keep(f, rule, "says"));
	put_threshold(&b, FINDING_SHARE, threshold);
	buf_char(&b, '.');
	add(f,
	    (struct report_finding){
		    .rule = rule,
		    .mode = mode,
		    .part = part,
		    .n = n,
		    .has_interval = true,
		    .low = rate.low,
		    .high = rate.high,
		    .value = (int64_t)((2 * part * ONE + n) / (2 * n)),
	    },
	    &b);
}

/* Cost. */

static const struct report_group *model_of(const struct report_part *p, const struct report_call *c)
{
	const struct report_list *models = &p->by[BY_MODEL];
	for (size_t i = 0; i < models->n; i++)
		if (models->v[i].key.name == c->model && models->v[i].key.provider == c->provider)
			return &models->v[i];
	return NULL;
}

/* Whether a dearer call of the model is listed. Kept texts: equal names are equal pointers. */
static bool is_second(const struct report_part *p, size_t call)
{
	for (size_t i = 0; i < call; i++)
		if (p->top[i].model == p->top[call].model && p->top[i].provider == p->top[call].provider)
			return true;
	return false;
}

static void say_outlier(struct buf *b, const struct report_call *c, const struct report_group *g, int64_t threshold)
{
	char id[UUID_TEXT];
	uuid_format(&c->id, id);
	human_usd(b, c->cost_nano);
	buf_fmt(b, " for the call %s; the mean of ", id);
	human_count(b, report_priced(g));
	buf_z(b, " calls of its model with a known cost is ");
	human_usd(b, g->m[COST_NANO] / report_priced(g));
	buf_z(b, ". The threshold is ");
	put_threshold(b, FINDING_FACTOR, threshold);
	buf_z(b, " the mean.");
}

/* factor = cost / (sum / priced), within 128 bits for fewer than 10^12 calls */
static void outlier(struct finding *f, const struct report_part *p, const struct report_call *c)
{
	int64_t threshold = f->report->scope.thresholds[RULE_COST_OUTLIERS];
	const struct report_group *g = model_of(p, c);
	if (!g || g->m[COST_NANO] <= 0 || is_few(f, RULE_COST_OUTLIERS, report_priced(g)))
		return;
	int128 factor = (int128)c->cost_nano * report_priced(g) * ONE / g->m[COST_NANO];
	if (factor <= threshold)
		return;
	struct buf b;
	buf_init(&b, SENTENCE_MAX);
	say_outlier(&b, c, g, threshold);
	add(f,
	    (struct report_finding){
		    .rule = RULE_COST_OUTLIERS,
		    .mode = p->mode,
		    .model = c->model,
		    .provider = c->provider,
		    .unit = FINDING_FACTOR,
		    .part = 1,
		    .n = report_priced(g),
		    .value = (int64_t)factor,
	    },
	    &b);
}

static void look_for_outliers(struct finding *f, const struct report_part *p)
{
	for (size_t i = 0; i < p->n_top; i++)
		if (!is_second(p, i))
			outlier(f, p, &p->top[i]);
}

/* Reproducibility and slices. */

/* Takes the evidence over. Nothing is found where the value is not above the threshold. */
static void add_tested(struct finding *f, struct report_finding finding, double value, struct buf *evidence)
{
	finding.value = value < VALUE_MAX ? (int64_t)llround(value * ONE) : 0;
	if (finding.value <= f->report->scope.thresholds[finding.rule]) {
		buf_free(evidence);
		return;
	}
	finding.tested = true;
	buf_fmt(evidence, ", adjusted p %.2g. The threshold is ", finding.adjusted);
	put_threshold(evidence, finding.unit, f->report->scope.thresholds[finding.rule]);
	buf_char(evidence, '.');
	add(f, finding, evidence);
}

static const char *text_of(struct finding *f, struct str text)
{
	return texts_keep(f->report->texts, text);
}

static void look_at_versions(struct finding *f, const struct report_part *p)
{
	const struct stability *s = p->analysis.stability;
	for (size_t i = 0; i < s->n_versions; i++) {
		const struct stability_versions *v = &s->versions[i];
		struct buf b;
		buf_init(&b, SENTENCE_MAX);
		buf_fmt(&b, "Two calls of one version agree in %.1f %%, two of different versions in %.1f %%, over ", 100 * v->within, 100 * v->between);
		human_plural(&b, v->prompts, "prompt", "prompts");
		buf_z(&b, " that several versions answered; permutation test");
		add_tested(f,
		           (struct report_finding){
			           .rule = RULE_VERSIONS_DIFFER,
			           .mode = p->mode,
			           .model = text_of(f, v->model->model),
			           .provider = text_of(f, v->model->provider),
			           .unit = FINDING_DIFFERENCE,
			           .part = v->prompts,
			           .n = v->calls,
			           .adjusted = v->adjusted,
		           },
		           v->within - v->between, &b);
	}
}

/* A rate that rose; a quantity that changed either way, by a factor above 1. */
static void look_at_drift(struct finding *f, enum report_rule rule, const struct report_part *p, const struct stability_drift *d)
{
	bool fell = rule == RULE_DRIFT_OF_QUANTITIES && d->test.effect < 1;
	struct buf b;
	buf_init(&b, SENTENCE_MAX);
	if (rule == RULE_DRIFT_OF_FAILURES)
		buf_fmt(&b, "%s: %.1f points more in the second half of the period than in the first, ", d->quantity, 100 * d->test.effect);
	else
		buf_fmt(&b, "%s: its median in the second half of the period is %.3g times that of the first, ", d->quantity, d->test.effect);
	human_count(&b, d->after);
	buf_z(&b, " calls against ");
	human_count(&b, d->before);
	buf_fmt(&b, "; %s", d->test.name);
	add_tested(f,
	           (struct report_finding){
		           .rule = rule,
		           .mode = p->mode,
		           .model = text_of(f, d->model->model),
		           .provider = text_of(f, d->model->provider),
		           .unit = rule == RULE_DRIFT_OF_FAILURES ? FINDING_DIFFERENCE : FINDING_FACTOR,
		           .part = d->after,
		           .n = d->before + d->after,
		           .has_interval = d->has_interval && (!fell || d->in.low > 0),
		           .low = fell ? 1 / d->in.high : d->in.low,
		           .high = fell ? 1 / d->in.low : d->in.high,
		           .adjusted = d->adjusted,
	           },
	           fell ? 1 / d->test.effect : d->test.effect, &b);
}

static void look_at_drifts(struct finding *f, enum report_rule rule, const struct report_part *p)
{
	const struct stability *s = p->analysis.stability;
	for (size_t i = 0; i < s->n_drifts; i++) {
		if (s->drifts[i].measure == (rule == RULE_DRIFT_OF_FAILURES ? MEASURE_RATES : MEASURE_MEDIANS))
			look_at_drift(f, rule, p, &s->drifts[i]);
	}
}

static void say_side(struct buf *b, const struct slices *s, const struct slice_side *side)
{
	if (s->metric->quantity)
		buf_fmt(b, "a median of %.4g in ", side->median * s->metric->unit);
	else
		buf_fmt(b, "%.1f %% of ", side->n ? 100 * (double)side->sum / (double)side->n : 0);
	human_plural(b, side->n, "call", "calls");
}

/* By the calls held back: the effect in those that the slice was found in is likely to be too large. */
static void look_at_slice(struct finding *f, enum report_rule rule, const struct report_part *p, const struct slices *s, const struct slice *r)
{
	const struct slice_part *held = &r->held;
	struct buf b, name;
	buf_init(&b, SENTENCE_MAX);
	buf_init(&name, SENTENCE_MAX);
	slice_name(r, &name);
	buf_fmt(&b, "%s: ", s->metric->what);
	say_side(&b, s, &held->in);
	buf_z(&b, " of the slice, ");
	say_side(&b, s, &held->out);
	buf_z(&b, " elsewhere, in the calls held back; found in ");
	human_count(&b, r->found.in.n);
	buf_fmt(&b, " calls before them, %s", r->found.test.name);
	add_tested(f,
	           (struct report_finding){
		           .rule = rule,
		           .mode = p->mode,
		           .slice = text_of(f, buf_view(&name)),
		           .unit = s->metric->quantity ? FINDING_FACTOR : FINDING_DIFFERENCE,
		           .part = held->in.n,
		           .n = held->in.n + held->out.n,
		           .has_interval = isfinite(held->effect_in.high),
		           .low = held->effect_in.low,
		           .high = held->effect_in.high,
		           .adjusted = r->adjusted,
	           },
	           held->test.effect, &b);
	buf_free(&name);
}

/* Of each metric the worst slice that no other attribute explains. */
static void look_at_slices(struct finding *f, enum report_rule rule, const struct report_part *p)
{
	for (size_t i = 0; i < p->analysis.n_searches; i++) {
		const struct slices *s = p->analysis.searches[i].slices;
		size_t worst = 0;
		while (worst < s->n && s->v[worst].explained)
			worst++;
		if (worst < s->n && s->metric->quantity == (rule == RULE_SLICES_OF_QUANTITIES))
			look_at_slice(f, rule, p, s, &s->v[worst]);
	}
}

static void look_at_analysis(struct finding *f, enum report_rule rule, const struct report_part *p)
{
	const struct stability_group *all = &p->analysis.stability->overall;
	if (rule == RULE_UNSTABLE_OUTPUTS)
		share(f, rule, p->mode, all->tested - all->equal, all->tested);
	else if (rule == RULE_VERSIONS_DIFFER)
		look_at_versions(f, p);
	else if (rule == RULE_DRIFT_OF_FAILURES || rule == RULE_DRIFT_OF_QUANTITIES)
		look_at_drifts(f, rule, p);
	else if (rule == RULE_SLICES_OF_RATES || rule == RULE_SLICES_OF_QUANTITIES)
		look_at_slices(f, rule, p);
}

/* All rules. */

static void look_at_part(struct finding *f, enum report_rule rule, int mode)
{
	const struct report_part *p = &f->report->mode[mode];
	const struct report_group *g = &p->total;
	const int128 *m = g->m, calls = g->m[CALLS];
	if (rule == RULE_PHI_FLAGS)
		share(f, rule, p->mode, m[PHI_FLAGS], m[PHI_SCANS]);
	else if (rule == RULE_CONFLICTS) /* also of a mode without calls */
		share(f, rule, mode == 0 ? "DEMO" : "LIVE", p->conflicts, p->conflicts + calls);
	else if (rule == RULE_FAILURES)
		share(f, rule, p->mode, calls - g->status[STATUS_SUCCESS], calls);
	else if (rule == RULE_QUALITY_GATE)
		share(f, rule, p->mode, m[GATE_FAILED], m[GATED]);
	else if (rule == RULE_ESCALATIONS)
		share(f, rule, p->mode, m[ESCALATED], calls);
	else if (rule == RULE_UNPRICED_CALLS)
		share(f, rule, p->mode, calls - report_priced(g), calls);
	else if (rule == RULE_COST_OUTLIERS)
		look_for_outliers(f, p);
	else if (p->analysis.done)
		look_at_analysis(f, rule, p);
}

static void look_at_database(struct finding *f, enum report_rule rule)
{
	const struct report *r = f->report;
	int128 refused = 0;
	for (size_t i = 0; i < r->n_refusals; i++)
		refused += r->refusals[i].count;
	if (rule == RULE_MISSING_SEQUENCES)
		share(f, rule, NULL, r->complete.total[MISSING], r->complete.total[EMITTED]);
	else if (rule == RULE_DEAD_LETTERS)
		share(f, rule, NULL, refused, refused + r->record.recorded);
}

static void recommend(struct report *r)
{
	r->recommendations = mem_array(r->n_findings + 1, sizeof *r->recommendations);
	for (size_t i = 0; i < r->n_findings; i++)
		if (i == 0 || r->findings[i].rule != r->findings[i - 1].rule)
			r->recommendations[r->n_recommendations++] = r->findings[i].recommendation;
}

void rules_find(struct report *r)
{
	struct finding f = { .report = r, .file = open_rules() };
	for (int i = 0; i < RULES; i++) {
		look_at_part(&f, (enum report_rule)i, 0);
		look_at_part(&f, (enum report_rule)i, 1);
		look_at_database(&f, (enum report_rule)i);
	}
	recommend(r);
	json_reader_free(f.file.reader);
}
