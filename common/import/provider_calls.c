/* Recorded calls to providers' APIs. No text of a call is ever set in the draft: names, numbers and hashes alone. */
#include "import/provider_calls.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "event/event.h"
#include "import/content.h"
#include "import/names.h"
#include "import/tokens.h"

#include <ctype.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define CODE_MAX 64

struct call {
	struct json_reader *r;
	const struct json *record;
	struct draft *d;
	struct buf *scratch;
};

/* A string of the record that is not empty, or the absent value. */
static struct str string_at(const struct call *c, const char *path)
{
	const struct json *v = json_at(c->r, c->record, path);
	return v && v->type == JSON_STRING && v->text.n > 0 ? v->text : (struct str){ NULL, 0 };
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static struct str percent_decoded(struct str s, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;
		buf_char(out, (char)(low >= 0 ? high << 4 | low : s.p[i]));
		i += low >= 0 ? 2 : 0;
	}
	return str_utf8(buf_view(out)) ? buf_view(out) : s;
}

/* The model that was asked for; decoded where it was taken out of the path. */
static struct str asked_model(const struct call *c)
{
	struct str model = string_at(c, "request_model"), path = string_at(c, "path");
	if (model.p && path.p && memmem(path.p, path.n, model.p, model.n))
		return percent_decoded(model, c->scratch);
	return model;
}

static void set_names(const struct call *c)
{
	struct str host = string_at(c, "host"), served = string_at(c, "response_model"), asked = asked_model(c);
	if (host.p)
		draft_text(c->d, AI_PROVIDER, provider_of(host));
	draft_text(c->d, AI_MODEL, served.p ? served : asked);
	draft_text(c->d, AI_MODEL_REQUESTED, asked);
}

/* Members that a log of a workflow may have beside the call's own. */
static void set_workflow(const struct call *c)
{
	static const struct {
		const char *member;
		enum ai_field field;
	} members[] = {
		{ "run_id", AI_RUN_ID },
		{ "stage", AI_STAGE },
		{ "stage_name", AI_STAGE_NAME },
		{ "purpose", AI_PURPOSE },
		{ "caller", AI_CALLER },
	};
	for (size_t i = 0; i < COUNT(members); i++) {
		const struct json *v = json_at(c->r, c->record, members[i].member);
		if (v && v->type != JSON_NULL)
			draft_json(c->d, members[i].field, v->raw);
	}
}

static bool call_time(const struct call *c, int64_t *ms)
{
	static const char *const seconds[] = { "response/completed_at", "response/created_at", "response/created" };
	struct str date = string_at(c, "date");
	if (date.p && (time_parse_as(date, STR("%a, %d %b %Y %H:%M:%S GMT"), ms) || time_parse(date, ms)))
		return true;
	for (size_t i = 0; i < COUNT(seconds); i++) {
		const struct json *v = json_at(c->r, c->record, seconds[i]);
		if (v && v->type == JSON_NUMBER && num_scaled(v->text, 3, ms, NULL) && *ms > 0)
			return true;
	}
	date = string_at(c, "response/createTime");
	return date.p && time_parse(date, ms);
}

static void set_time(const struct call *c)
{
	int64_t ms;
	if (call_time(c, &ms)) {
		char text[TIME_TEXT];
		time_format(ms, text);
		draft_text(c->d, AI_TIMESTAMP, str_of(text));
	}
}

/* A number, or a header's text. As in a table, what is no whole number is refused, here or by the contract. */
static int set_latency(const struct call *c, struct err *e)
{
	const struct json *v = json_at(c->r, c->record, "processing_ms");
	int64_t ms;
	if (!v || v->type == JSON_NULL || (v->type == JSON_STRING && v->text.n == 0))
		return 0;
	if (v->type == JSON_NUMBER)
		draft_json(c->d, AI_USAGE_LATENCY_MS, v->text);
	else if (v->type == JSON_STRING && num_int(v->text, &ms))
		draft_int(c->d, AI_USAGE_LATENCY_MS, ms);
	else
		return err_set(e, ROS_REFUSED, "processing_ms is not a whole number");
	return 0;
}

/* The fee and the other provider's bill together; absent where that one is not known. */
static struct str plus_upstream(const struct call *c, struct str fee)
{
	const struct json *bill = json_at(c->r, c->record, "usage/cost_details/upstream_inference_cost");
	int64_t nano, more;
	if (!bill || bill->type != JSON_NUMBER || !num_scaled(fee, NUM_NANO, &nano, NULL) ||
	    !num_scaled(bill->text, NUM_NANO, &more, NULL) || __builtin_add_overflow(nano, more, &nano))
		return (struct str){ NULL, 0 };
	buf_clear(c->scratch);
	num_decimal(c->scratch, nano, NUM_NANO);
	return buf_view(c->scratch);
}

/*
 * The provider's bill, where the usage object has it: a plain number named cost (OpenRouter). Where the caller brings a
 * key of another provider's it is OpenRouter's fee alone, mostly 0, and that provider's bill stands beside it.
 */
static void set_cost(const struct call *c)
{
	const struct json *cost = json_at(c->r, c->record, "usage/cost");
	const struct json *own_key = json_at(c->r, c->record, "usage/is_byok");
	struct str usd = cost && cost->type == JSON_NUMBER ? cost->text : (struct str){ NULL, 0 };
	if (usd.p && own_key && own_key->type == JSON_TRUE)
		usd = plus_upstream(c, usd);
	if (!usd.p)
		return;
	draft_json(c->d, AI_USAGE_COST_USD, usd);
	draft_text(c->d, AI_USAGE_COST_SOURCE, STR("provider"));
}

static int set_usage(const struct call *c, struct err *e)
{
	struct tokens t;
	if (tokens_read(c->r, json_at(c->r, c->record, "usage"), &t, e) != 0)
		return -1;
	draft_int(c->d, AI_USAGE_INPUT_TOKENS, t.input);
	draft_int(c->d, AI_USAGE_CACHE_READ_TOKENS, t.cache_read);
	draft_int(c->d, AI_USAGE_CACHE_WRITE_TOKENS, t.cache_write);
	draft_int(c->d, AI_USAGE_OUTPUT_TOKENS, t.output);
	draft_int(c->d, AI_USAGE_REASONING_TOKENS, t.reasoning);
	draft_int(c->d, AI_USAGE_TOTAL_TOKENS, tokens_total(&t));
	set_cost(c);
	return 0;
}

/* Parameters of the request, as the providers call them; what the contract would refuse is left out. */
static void set_parameters(const struct call *c)
{
	static const struct {
		const char *path;
		enum ai_field field;
	} parameters[] = {
		{ "request/temperature", AI_PARAMETERS_TEMPERATURE },
		{ "request/generationConfig/temperature", AI_PARAMETERS_TEMPERATURE },
		{ "request/inferenceConfig/temperature", AI_PARAMETERS_TEMPERATURE },
		{ "request/max_tokens", AI_PARAMETERS_MAX_TOKENS },
		{ "request/max_completion_tokens", AI_PARAMETERS_MAX_TOKENS },
		{ "request/max_output_tokens", AI_PARAMETERS_MAX_TOKENS },
		{ "request/generationConfig/maxOutputTokens", AI_PARAMETERS_MAX_TOKENS },
		{ "request/inferenceConfig/maxTokens", AI_PARAMETERS_MAX_TOKENS },
		{ "request/top_p", AI_PARAMETERS_TOP_P },
		{ "request/generationConfig/topP", AI_PARAMETERS_TOP_P },
		{ "request/inferenceConfig/topP", AI_PARAMETERS_TOP_P },
	};
	for (size_t i = 0; i < COUNT(parameters); i++) {
		const struct json *v = json_at(c->r, c->record, parameters[i].path);
		if (v && v->type == JSON_NUMBER && event_number_fits(parameters[i].field, v->text))
			draft_json(c->d, parameters[i].field, v->text);
	}
}

static const char *status_of(int64_t http)
{
	if (http >= 200 && http < 300)
		return "SUCCESS";
	if (http == 429)
		return "RATE_LIMITED";
	return http == 408 || http == 504 ? "TIMEOUT" : "FAILED";
}

static bool is_token(struct str s)
{
	if (s.n == 0 || s.n > CODE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return true;
}

/* The provider's message may quote the prompt, so it is not passed on; its code is, where it is a plain token. */
static void set_error(const struct call *c, int64_t http)
{
	static const char *const codes[] = { "response/error/code", "response/error/status", "response/error/type" };
	char text[32];
	snprintf(text, sizeof text, "HTTP %d", (int)http);
	struct str code = str_of(text + strlen("HTTP "));
	for (size_t i = COUNT(codes); i-- > 0;) {
		struct str s = string_at(c, codes[i]);
		if (is_token(s))
			code = s;
	}
	draft_text(c->d, AI_ERROR_CODE, code);
	draft_text(c->d, AI_ERROR_MESSAGE, str_of(text));
	draft_json(c->d, AI_ERROR_RETRYABLE, http == 408 || http == 429 || http >= 500 ? STR("true") : STR("false"));
}

static int set_outcome(const struct call *c, struct err *e)
{
	const struct json *v = json_at(c->r, c->record, "http_status");
	int64_t http;
	if (!v || v->type != JSON_NUMBER || !num_int_in(v->text, 100, 599, &http))
		return err_set(e, ROS_REFUSED, "no http_status");
	const char *status = status_of(http);
	draft_text(c->d, AI_STATUS, str_of(status));
	if (content_prompt(c->r, json_at(c->r, c->record, "request"), c->scratch))
		draft_hash(c->d, AI_PROMPT_HASH, buf_view(c->scratch));
	if (strcmp(status, "SUCCESS") != 0)
		set_error(c, http);
	else if (content_output(c->r, json_at(c->r, c->record, "response"), c->scratch))
		draft_hash(c->d, AI_OUTPUT_HASH, buf_view(c->scratch));
	return 0;
}

/* Response ids alone repeat (stubs, ids that were masked), so they are the last resort. */
static void write_identity(const struct call *c, struct buf *out)
{
	static const char *const place[] = { "source", "file", "interaction" };
	const struct json *v[COUNT(place)];
	bool placed = true;
	for (size_t i = 0; i < COUNT(place); i++) {
		v[i] = json_at(c->r, c->record, place[i]);
		placed &= v[i] && v[i]->type != JSON_NULL;
	}
	for (size_t i = 0; placed && i < COUNT(place); i++) {
		json_canonical(c->r, v[i], NULL, out);
		buf_char(out, ',');
	}
	const struct json *id = json_at(c->r, c->record, "response_id");
	if (id && id->type == JSON_STRING && id->text.n > 0)
		json_canonical(c->r, id, NULL, out);
	else if (placed)
		buf_z(out, "null");
}

int provider_call(struct json_reader *r, const struct json *record, struct draft *d, struct buf *identity,
                  struct buf *scratch, struct err *e)
{
	const struct call c = { .r = r, .record = record, .d = d, .scratch = scratch };
	if (record->type != JSON_OBJECT)
		return err_set(e, ROS_REFUSED, "not an object");
	if (set_outcome(&c, e) != 0 || set_usage(&c, e) != 0 || set_latency(&c, e) != 0)
		return -1;
	set_names(&c);
	set_workflow(&c);
	set_time(&c);
	set_parameters(&c);
	write_identity(&c, identity);
	return 0;
}
