/* The contract's checks, canonical content, envelope and ack lines, entry fields. The verdicts at large are tests/cli/contract.bats. */
#include "../lib/unit.h"

#include "event/event.h"
#include "event/lines.h"
#include "event/summary.h"
#include "event/uri.h"

#define HEAD \
	"\"invocation_id\":\"6f1c9a52-3b1e-4c7d-9a50-0f2d8b7c1e11\",\"timestamp\":\"2026-01-28T12:00:00.250Z\",\"governance_mode\":\"DEMO\"," \
	"\"project_id\":\"2b7e1516-28ae-42d2-a6ab-f7158809cf4f\",\"caller\":\"worker\",\"tier\":\"MINI\",\"provider\":\"openai\",\"model\":\"gpt-4o\""
#define USAGE "\"usage\":{\"input_tokens\":12,\"output_tokens\":3,\"cost_usd\":0.5,\"latency_ms\":20}"

static struct json_reader *reader, *other;
static struct json_fault fault;
static struct event ev;

static bool check(const char *text)
{
	const struct json *root = json_read(reader, str_of(text), &fault);
	return root && event_check(reader, root, &ev, &fault);
}

static void refused(const char *text, const char *rule, const char *pointer)
{
	CHECK(!check(text));
	CHECK_STR(str_of(fault.rule), rule);
	CHECK_STR(str_of(fault.pointer), pointer);
}

static void test_fields(void)
{
	CHECK(check("{" HEAD "," USAGE ",\"run_id\":null,\"routing\":{\"escalated\":true}}"));
	CHECK(!ev.live);
	CHECK_INT(ev.minor, 0);
	CHECK_INT(ev.time_ms, INT64_C(1769601600250));
	CHECK_STR(event_text(&ev, AI_MODEL), "gpt-4o");
	CHECK(!event_text(&ev, AI_RUN_ID).p);
	CHECK_INT(event_int(&ev, AI_USAGE_INPUT_TOKENS, -1), 12);
	CHECK_INT(event_int(&ev, AI_USAGE_TOTAL_TOKENS, -1), -1);
	CHECK(event_true(&ev, AI_ROUTING_ESCALATED));
	CHECK(!event_true(&ev, AI_ROUTING_QUALITY_GATE_PASSED));
	CHECK(!ev.undeclared);
}

static void test_integers_to_64_bits(void)
{
	CHECK(check("{" HEAD ",\"usage\":{\"input_tokens\":9007199254740993,\"output_tokens\":1.2e1,\"cost_usd\":1e-9,\"latency_ms\":0}}"));
	CHECK_INT(event_int(&ev, AI_USAGE_INPUT_TOKENS, -1), INT64_C(9007199254740993));
	CHECK_INT(event_int(&ev, AI_USAGE_OUTPUT_TOKENS, -1), 12);
	refused("{" HEAD ",\"parameters\":{\"max_tokens\":9223372036854775808}}", "integer-range", "/parameters/max_tokens");
}

static void test_refusals_name_rule_and_place(void)
{
	refused("[]", "type", "");
	refused("{\"invocation_id\":\"x\"}", "format", "/invocation_id");
	refused("{" HEAD ",\"usage\":{\"input_tokens\":1}}", "required", "/usage/output_tokens");
	refused("{" HEAD ",\"usage\":{\"input_tokens\":-1,\"output_tokens\":0,\"cost_usd\":0,\"latency_ms\":0}}", "minimum", "/usage/input_tokens");
	refused("{" HEAD ",\"stage\":21}", "maximum", "/stage");
	refused("{" HEAD ",\"stage\":1.5}", "type", "/stage");
	refused("{" HEAD ",\"purpose\":\"John\"}", "enum", "/purpose");
	refused("{" HEAD ",\"tags\":[\"a\",1]}", "type", "/tags/1");
	refused("{" HEAD ",\"extra\":1}", "undeclared", "/?");
	refused("{" HEAD ",\"error\":{\"code\":\"x\",\"123-45-6789\":1}}", "undeclared", "/error/?");
	refused("{" HEAD ",\"phi\":{\"guard\":{\"findings\":{\"John_Smith\":-1}}}}", "minimum", "/phi/guard/findings/?");
	refused("{" HEAD ",\"Jane Roe\":1}", "undeclared", "/?");
}

static void test_versions(void)
{
	refused("{" HEAD ",\"prompt_hash\":\"x\"}", "undeclared", "/prompt_hash");
	refused("{" HEAD ",\"usage\":{\"input_tokens\":1,\"output_tokens\":0,\"cost_usd\":null,\"latency_ms\":0}}", "type", "/usage/cost_usd");
	CHECK(check("{" HEAD ",\"schema_version\":\"1.1.0\",\"usage\":{\"input_tokens\":1,\"output_tokens\":0,\"cost_usd\":null,\"latency_ms\":null}}"));
	CHECK_INT(ev.minor, 1);
	refused("{" HEAD ",\"schema_version\":\"1.1.0\",\"extra\":1}", "undeclared", "/?");
	CHECK(check("{" HEAD ",\"schema_version\":\"1.2.0\",\"extra\":1,\"error\":{\"code\":\"x\",\"detail\":{\"b\":1,\"a\":2}}}"));
	CHECK(ev.undeclared);
	refused("{" HEAD ",\"schema_version\":\"1.2.0\",\"stage\":\"x\"}", "type", "/stage");
	refused("{\"schema_version\":\"2.0.0\",\"something\":\"else\"}", "version", "/schema_version");
	refused("{" HEAD ",\"schema_version\":\"1.1\"}", "format", "/schema_version");
}

static void test_undeclared_members_are_kept(void)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	CHECK(check("{" HEAD ",\"schema_version\":\"1.2.0\",\"new\":{\"z\":1,\"a\":2},\"usage\":{\"input_tokens\":1,\"output_tokens\":0,\"cost_usd\":0,"
	            "\"latency_ms\":0,\"a/b\":[1.0]}}"));
	event_undeclared(reader, &ev, &b);
	CHECK_STR(buf_view(&b), "{\"/new\":{\"a\":2,\"z\":1},\"/usage/a~1b\":[1]}");
	buf_clear(&b);
	CHECK(check("{" HEAD "}"));
	event_undeclared(reader, &ev, &b);
	CHECK_INT(b.n, 0);
	buf_free(&b);
}

static void test_long_undeclared_keys(void)
{
	struct buf line, out;
	buf_init(&line, EVENT_LINE_MAX);
	buf_init(&out, EVENT_LINE_MAX * 4);
	buf_z(&line, "{" HEAD ",\"schema_version\":\"1.2.0\",\"");
	for (int i = 0; i < 900000; i++)
		buf_char(&line, '/');
	buf_z(&line, "\":1,\"zzz\":2}");
	CHECK(check(buf_cstr(&line)));
	event_undeclared(reader, &ev, &out);
	CHECK(buf_ok(&out) && out.n > 1800000);
	CHECK_STR(((struct str){ out.p + out.n - 10, 10 }), ",\"/zzz\":2}");
	buf_free(&line);
	buf_free(&out);
}

static bool same_content(const char *a, const char *b)
{
	struct event second;
	struct buf scratch;
	buf_init(&scratch, 1 << 20);
	CHECK(check(a));
	const struct json *root = json_read(other, str_of(b), &fault);
	CHECK(root && event_check(other, root, &second, &fault));
	struct sha256 x = event_content(reader, &ev, &scratch), y = event_content(other, &second, &scratch);
	buf_free(&scratch);
	return memcmp(&x, &y, sizeof x) == 0;
}

static void test_content(void)
{
	CHECK(same_content("{" HEAD "," USAGE "}", "{ " USAGE " , " HEAD " }"));
	CHECK(same_content("{" HEAD "," USAGE "}", "{" HEAD ",\"usage\":{\"latency_ms\":2e1,\"input_tokens\":12,\"output_tokens\":3.0,\"cost_usd\":0.50}}"));
	CHECK(same_content("{" HEAD ",\"tags\":[\"\\u0041\"]}", "{" HEAD ",\"tags\":[\"A\"]}"));
	CHECK(!same_content("{" HEAD ",\"tags\":[\"a\",\"b\"]}", "{" HEAD ",\"tags\":[\"b\",\"a\"]}"));
	CHECK(!same_content("{" HEAD ",\"stage\":1}", "{" HEAD ",\"stage\":2}"));
	CHECK(!same_content("{" HEAD ",\"stage\":null}", "{" HEAD "}"));
}

static void test_content_is_without_the_guard(void)
{
#define GUARD "\"guard\":{\"version\":\"1\",\"text\":\"scan\"}"
	CHECK(same_content("{" HEAD ",\"phi\":{" GUARD "}}", "{" HEAD "}"));
	CHECK(same_content("{" HEAD ",\"phi\":{" GUARD ",\"x\":1}}", "{" HEAD ",\"phi\":{\"x\":1}}"));
	CHECK(!same_content("{" HEAD ",\"phi\":{" GUARD ",\"x\":1}}", "{" HEAD "}"));
	CHECK(!same_content("{" HEAD ",\"phi\":{}}", "{" HEAD "}"));
}

static void test_uris(void)
{
	static const char *const good[] = { "a:b", "urn:uuid:x", "s3://bucket/key%20x", "http://[::1]:80/", "http://h:/", "file:///x", "x://u:p@h/?q#f" };
	static const char *const bad[] = { "", "a", "/a", "1:b", "a:", "a:b c", "a:%4", "a:%gg", "http://[::1/", "http://h:x/", "http://a@b@c/", "a:\xc3\xa9", "a:b#c#d" };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK(uri_valid(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!uri_valid(str_of(bad[i])));
}

static struct str line_of(struct buf *b, const struct envelope *env, const char *event)
{
	buf_clear(b);
	envelope_write(b, env, str_of(event));
	return buf_view(b);
}

static void test_envelope_to_the_byte(void)
{
	struct buf b;
	buf_init(&b, 1 << 16);
	struct envelope env = { .stream = STR("ros:insights"), .group = STR("ros:insights-workers"), .id = STR("1769608800000-0"),
		.type = STR(EVENT_TYPE_AI), .deliveries = 1, .source = STR("host-0"), .sequence = 42 };
	CHECK_STR(line_of(&b, &env, "{\"a\":1}"),
	          "{\"stream\":\"ros:insights\",\"group\":\"ros:insights-workers\",\"id\":\"1769608800000-0\",\"type\":\"ai.invocation.completed\","
	          "\"deliveries\":1,\"source\":\"host-0\",\"sequence\":42,\"event\":{\"a\":1}}\n");
	env = (struct envelope){ .stream = STR("s"), .id = STR("1-0"), .sequence = -1 };
	CHECK_STR(line_of(&b, &env, "{\r\n \"a\":\n1}"), "{\"stream\":\"s\",\"id\":\"1-0\",\"deliveries\":0,\"event\":{   \"a\": 1}}\n");
	env.refused = STR("not-json");
	CHECK_STR(line_of(&b, &env, ""), "{\"stream\":\"s\",\"id\":\"1-0\",\"deliveries\":0,\"event\":null,\"refused\":\"not-json\"}\n");
	buf_free(&b);
}

static const char *envelope_rule(const char *text)
{
	struct envelope env;
	const struct json *root = json_read(reader, str_of(text), &fault);
	CHECK(root && envelope_is(reader, root));
	return envelope_read(reader, root, &env, &fault) ? "accepted" : fault.rule;
}

static void test_envelope_read(void)
{
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s\",\"id\":\"1-0\",\"event\":{}}")), "accepted");
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s\",\"id\":\"1-0\",\"event\":null,\"refused\":\"no-data\"}")), "accepted");
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s\",\"id\":\"1-0\",\"event\":null}")), "type");
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s\",\"id\":\"1-0\",\"event\":{},\"refused\":\"x\"}")), "type");
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s s\",\"id\":\"1-0\",\"event\":{}}")), "format");
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s\",\"id\":\"1\",\"event\":{}}")), "format");
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s\",\"group\":\"a\\nb\",\"id\":\"1-0\",\"event\":{}}")), "format");
	CHECK_STR(str_of(envelope_rule("{\"stream\":\"s\",\"id\":\"1-0\",\"deliveries\":-1,\"event\":{}}")), "type");
	CHECK(!envelope_is(reader, json_read(reader, STR("{" HEAD "}"), &fault)));
}

static void test_numbered_entries(void)
{
	struct origin origin;
	CHECK(envelope_origin(&(struct envelope){ .source = STR("host-0"), .sequence = 1 }, &origin));
	CHECK_STR(origin.source, "host-0");
	CHECK_INT(origin.sequence, 1);
	CHECK(envelope_origin(&(struct envelope){ .source = STR("s"), .sequence = INT64_C(9007199254740991) }, &origin));
	CHECK(!envelope_origin(&(struct envelope){ .source = STR("s"), .sequence = INT64_C(9007199254740992) }, &origin));
	CHECK(!envelope_origin(&(struct envelope){ .source = STR("s"), .sequence = 0 }, &origin));
	CHECK(!envelope_origin(&(struct envelope){ .source = STR("s"), .sequence = -1 }, &origin));
	CHECK(!envelope_origin(&(struct envelope){ .source = STR(""), .sequence = 1 }, &origin));
	CHECK(!envelope_origin(&(struct envelope){ .sequence = 1 }, &origin));
}

#define SUMMARY_HEAD \
	"\"schema_version\":\"1.1.0\",\"summary_id\":\"6f1c9a52-3b1e-4c7d-9a50-0f2d8b7c1e11\",\"timestamp\":\"2026-01-28T12:00:00.250Z\",\"source\":\"host-0\""

static void test_summary_to_the_byte_and_back(void)
{
	struct summary in = { .time_ms = INT64_C(1769601600250), .source = STR("host-0"), .first = 43, .last = 42,
		.refused = { { STR("format"), 2 }, { STR("version"), 1 } }, .n_refused = 2 }, out;
	struct buf b;
	buf_init(&b, 1 << 10);
	CHECK(uuid_parse(STR("6f1c9a52-3b1e-4c7d-9a50-0f2d8b7c1e11"), &in.id));
	summary_write(&b, &in);
	CHECK_STR(buf_view(&b), "{" SUMMARY_HEAD ",\"first\":43,\"last\":42,\"refused\":{\"format\":2,\"version\":1}}");
	CHECK(summary_check(reader, json_read(reader, buf_view(&b), &fault), &out, &fault));
	CHECK(memcmp(&out.id, &in.id, sizeof in.id) == 0);
	CHECK_INT(out.time_ms, in.time_ms);
	CHECK_STR(out.source, "host-0");
	CHECK_INT(out.first, 43);
	CHECK_INT(out.last, 42);
	CHECK_INT(out.n_refused, 2);
	CHECK_STR(out.refused[1].rule, "version");
	CHECK_INT(out.refused[0].count, 2);
	buf_free(&b);
}

static void summary_refused(const char *text, const char *rule, const char *pointer)
{
	struct summary s;
	CHECK(!summary_check(reader, json_read(reader, str_of(text), &fault), &s, &fault));
	CHECK_STR(str_of(fault.rule), rule);
	CHECK_STR(str_of(fault.pointer), pointer);
}

/* What tests/cli/contract.bats cannot hold against Ajv: the rule that no schema says, and the places. */
static void test_summary_refusals(void)
{
	struct buf b;
	buf_init(&b, 1 << 12);
	summary_refused("{" SUMMARY_HEAD ",\"first\":3,\"last\":1,\"refused\":{}}", "minimum", "/last");
	summary_refused("{" SUMMARY_HEAD ",\"first\":1,\"last\":1}", "required", "/refused");
	summary_refused("{" SUMMARY_HEAD ",\"first\":1,\"last\":1,\"refused\":{\"Jane\":1}}", "format", "/refused/?");
	summary_refused("{" SUMMARY_HEAD ",\"first\":1,\"last\":1,\"refused\":{\"type\":0}}", "minimum", "/refused/type");
	buf_z(&b, "{" SUMMARY_HEAD ",\"first\":1,\"last\":1,\"refused\":{\"a\":1");
	for (int i = 0; i < SUMMARY_RULES_MAX; i++)
		buf_fmt(&b, ",\"a%d\":1", i);
	buf_z(&b, "}}");
	summary_refused(buf_cstr(&b), "maximum", "/refused");
	buf_free(&b);
}

static void test_ack_lines(void)
{
	struct ack a;
	struct buf b;
	buf_init(&b, 1 << 10);
	CHECK(ack_read(STR("ack ros:insights g 1769608800000-12"), &a));
	CHECK(!a.reason.p);
	CHECK_STR(a.id, "1769608800000-12");
	CHECK(ack_read(STR("bad s g 1-0 integer-range"), &a));
	CHECK_STR(a.reason, "integer-range");
	ack_write(&b, &a);
	CHECK_STR(buf_view(&b), "bad s g 1-0 integer-range\n");
	static const char *const bad[] = { "", "ack", "ack s g", "ack s g 1", "ack s g 1-", "ack s g -1", "ack s g 1-0 x", "ack  g 1-0", "bad s g 1-0", "bad s g 1-0 ",
		"bad s g 1-0 A", "bad s g 1-0 a b", "nak s g 1-0", "ack s g 1-0\r", " ack s g 1-0", "ack s g 1-0-0" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!ack_read(str_of(bad[i]), &a));
	buf_free(&b);
}

static void test_entry_fields(void)
{
	struct entry_field f[ENTRY_FIELDS_MAX];
	static const char *const names[] = { "type", "data", "timestamp", "governance_mode", "project_id", "tier", "status", "run_id", "stage", "agent_id", "user_id", "tenant_id" };
	CHECK(check("{" HEAD ",\"tenant_id\":\"t\",\"user_id\":\"2b7e1516-28ae-42d2-a6ab-f7158809cf4f\",\"agent_id\":\"a\",\"stage\":3,"
	            "\"run_id\":\"2b7e1516-28ae-42d2-a6ab-f7158809cf4f\",\"status\":\"FAILED\"}"));
	CHECK_INT(entry_fields(&ev, STR("{}"), f), 12);
	for (size_t i = 0; i < 12; i++)
		CHECK_STR(f[i].name, names[i]);
	CHECK_STR(f[6].value, "FAILED");
	CHECK_STR(f[8].value, "3");
	CHECK(check("{" HEAD ",\"stage\":null}"));
	CHECK_INT(entry_fields(&ev, STR("{}"), f), 7);
	CHECK_STR(f[6].value, "SUCCESS");
}

#define STAGE_HEAD \
	"\"schema_version\":\"1.1.0\",\"event_type\":\"workflow.stage.updated\",\"event_id\":\"6f1c9a52-3b1e-4c7d-9a50-0f2d8b7c1e11\"," \
	"\"timestamp\":\"2026-01-28T12:00:00.250Z\",\"governance_mode\":\"LIVE\",\"id\":\"2b7e1516-28ae-42d2-a6ab-f7158809cf4f\"," \
	"\"run_id\":\"9c5b94b1-35ad-49bb-b118-8e8fc24abf80\",\"stage_number\":3,\"status\":\"running\""

static void test_other_events(void)
{
	struct entry_field f[ENTRY_FIELDS_MAX];
	static const char *const names[] = { "type", "data", "timestamp", "governance_mode", "status", "run_id", "stage" };
	CHECK(check("{" STAGE_HEAD ",\"phi\":{\"guard\":{\"text\":\"hash\"}}}"));
	CHECK(ev.schema == &schema_stage && ev.live);
	CHECK_INT(ev.time_ms, INT64_C(1769601600250));
	CHECK_INT(event_int(&ev, STAGE_STAGE_NUMBER, -1), 3);
	CHECK_INT(entry_fields(&ev, STR("{}"), f), 7);
	for (size_t i = 0; i < 7; i++)
		CHECK_STR(f[i].name, names[i]);
	CHECK_STR(f[0].value, "workflow.stage.updated");
	CHECK_STR(f[6].value, "3");
	CHECK(same_content("{" STAGE_HEAD ",\"phi\":{\"guard\":{\"text\":\"hash\"}}}", "{" STAGE_HEAD "}"));
	refused("{" STAGE_HEAD ",\"provider\":\"openai\"}", "undeclared", "/provider");
	refused("{" HEAD ",\"event_type\":\"ai.invocation.completed\"}", "undeclared", "/event_type");
	refused("{" HEAD ",\"event_type\":\"emit.summary\"}", "event-type", "/event_type");
	refused("{" HEAD ",\"event_type\":null}", "event-type", "/event_type");
}

static void test_checkpoints_hold_no_text(void)
{
	CHECK(check("{" STAGE_HEAD ",\"checkpoint_data\":{\"row\":1.5e3,\"done\":true,\"batch\":\"2b7e1516-28ae-42d2-a6ab-f7158809cf4f\","
	            "\"file\":\"s3://bucket/part-1\",\"h.1\":\"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}}"));
	refused("{" STAGE_HEAD ",\"checkpoint_data\":{\"row\":\"the last one\"}}", "format", "/checkpoint_data/?");
	refused("{" STAGE_HEAD ",\"checkpoint_data\":{\"row\":[1]}}", "type", "/checkpoint_data/?");
	refused("{" STAGE_HEAD ",\"checkpoint_data\":{\"row\":null}}", "type", "/checkpoint_data/?");
	refused("{" STAGE_HEAD ",\"checkpoint_data\":{\"of Jane Roe\":1}}", "format", "/checkpoint_data/?");
	refused("{" STAGE_HEAD ",\"checkpoint_data\":{\"\":1}}", "format", "/checkpoint_data/");
	refused("{" STAGE_HEAD ",\"checkpoint_data\":[1]}", "type", "/checkpoint_data");
}

int main(void)
{
	reader = json_reader_new(JSON_EVENT_LIMITS);
	other = json_reader_new(JSON_EVENT_LIMITS);
	RUN(test_fields);
	RUN(test_integers_to_64_bits);
	RUN(test_refusals_name_rule_and_place);
	RUN(test_versions);
	RUN(test_undeclared_members_are_kept);
	RUN(test_long_undeclared_keys);
	RUN(test_content);
	RUN(test_content_is_without_the_guard);
	RUN(test_uris);
	RUN(test_envelope_to_the_byte);
	RUN(test_envelope_read);
	RUN(test_numbered_entries);
	RUN(test_summary_to_the_byte_and_back);
	RUN(test_summary_refusals);
	RUN(test_ack_lines);
	RUN(test_entry_fields);
	RUN(test_other_events);
	RUN(test_checkpoints_hold_no_text);
	json_reader_free(reader);
	json_reader_free(other);
	return unit_done();
}
