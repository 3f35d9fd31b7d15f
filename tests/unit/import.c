/* common/import: usage shapes, names, content hashes, column rules, drafts, constants. */
#include "import/columns.h"
#include "import/content.h"
#include "import/draft.h"
#include "import/import.h"
#include "import/names.h"
#include "import/tokens.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "../lib/unit.h"

static struct json_reader *reader;
static struct buf scratch;

static const struct json *parse(const char *text)
{
	struct json_fault fault;
	const struct json *v = json_read(reader, str_of(text), &fault);
	if (!v)
		printf("# cannot parse %s\n", text);
	return v;
}

static void check_tokens(const char *usage, int64_t input, int64_t cache_read, int64_t cache_write, int64_t output, int64_t reasoning)
{
	struct tokens t;
	struct err e = { 0 };
	CHECK_INT(tokens_read(reader, parse(usage), &t, &e), 0);
	CHECK_INT(t.input, input);
	CHECK_INT(t.cache_read, cache_read);
	CHECK_INT(t.cache_write, cache_write);
	CHECK_INT(t.output, output);
	CHECK_INT(t.reasoning, reasoning);
	CHECK_INT(tokens_total(&t), input + cache_read + cache_write + output + reasoning);
	if (unit_failed_here)
		printf("# in %s\n", usage);
}

static void check_no_tokens(const char *usage, const char *why)
{
	struct tokens t;
	struct err e;
	CHECK_INT(tokens_read(reader, parse(usage), &t, &e), -1);
	CHECK_INT(e.status, ROS_REFUSED);
	CHECK_STR(str_of(e.text), why);
}

static void tokens_of_every_shape(void)
{
	check_tokens("{\"prompt_tokens\":4020,\"completion_tokens\":467,\"total_tokens\":4487,\"prompt_tokens_details\":{\"cached_tokens\":1000,"
	             "\"cache_write_tokens\":3000},\"completion_tokens_details\":{\"reasoning_tokens\":448}}", 20, 1000, 3000, 19, 448);
	check_tokens("{\"prompt_tokens\":2,\"total_tokens\":2}", 2, 0, 0, 0, 0);
	check_tokens("{\"prompt_tokens\":64,\"completion_tokens\":6,\"num_cached_tokens\":32}", 32, 32, 0, 6, 0);
	check_tokens("{\"prompt_tokens\":16,\"completion_tokens\":6,\"cached_tokens\":4}", 12, 4, 0, 6, 0);
	check_tokens("{\"prompt_tokens\":563,\"completion_tokens\":6,\"prompt_cache_hit_tokens\":512,\"prompt_cache_miss_tokens\":51}", 51, 512, 0, 6, 0);
	check_tokens("{\"input_tokens\":8576,\"input_tokens_details\":{\"cache_write_tokens\":4418,\"cached_tokens\":8},\"output_tokens\":52,"
	             "\"output_tokens_details\":{\"reasoning_tokens\":32},\"total_tokens\":8628}", 4150, 8, 4418, 20, 32);
	check_tokens("{\"input_tokens\":6,\"cache_read_input_tokens\":20443,\"cache_creation_input_tokens\":574,\"output_tokens\":489,"
	             "\"output_tokens_details\":{\"thinking_tokens\":77}}", 6, 20443, 574, 412, 77);
	check_tokens("{\"inputTokens\":3,\"outputTokens\":121,\"totalTokens\":2072,\"cacheReadInputTokens\":1712,\"cacheWriteInputTokens\":236}",
	             3, 1712, 236, 121, 0);
	check_tokens("{\"promptTokenCount\":100,\"cachedContentTokenCount\":60,\"toolUsePromptTokenCount\":7,\"candidatesTokenCount\":8,"
	             "\"thoughtsTokenCount\":9,\"totalTokenCount\":124}", 47, 60, 0, 8, 9);
	check_tokens("{\"tokens\":{\"input_tokens\":2935,\"output_tokens\":4},\"billed_units\":{\"input_tokens\":2406},\"cached_tokens\":2928}",
	             7, 2928, 0, 4, 0);
	check_tokens("{\"billed_units\":{\"input_tokens\":2}}", 2, 0, 0, 0, 0);
	check_tokens("{\"total_tokens\":3}", 3, 0, 0, 0, 0);
	check_tokens("{\"totalTokenCount\":3512}", 3512, 0, 0, 0, 0);
	check_tokens("null", 0, 0, 0, 0, 0);
}

/* The usage objects of recorded calls, without what plays no part. */
static void tokens_of_iterations(void)
{
	check_tokens("{\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"input_tokens\":220,\"output_tokens\":8,\"iterations\":["
	             "{\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"input_tokens\":55196,\"output_tokens\":125,\"type\":\"compaction\"},"
	             "{\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"input_tokens\":220,\"output_tokens\":8,\"type\":\"message\"}]}",
	             55416, 0, 0, 133, 0);
	check_tokens("{\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"input_tokens\":229,\"output_tokens\":5,\"iterations\":["
	             "{\"cache_creation_input_tokens\":55096,\"cache_read_input_tokens\":7,\"input_tokens\":100,\"output_tokens\":131,\"type\":\"compaction\"}]}",
	             329, 7, 55096, 136, 0);
	check_tokens("{\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"input_tokens\":2390,\"output_tokens\":121,\"iterations\":["
	             "{\"cache_read_input_tokens\":0,\"input_tokens\":1128,\"output_tokens\":110,\"type\":\"message\"},"
	             "{\"cache_read_input_tokens\":0,\"input_tokens\":2518,\"output_tokens\":22,\"type\":\"advisor_message\",\"model\":\"other\"},"
	             "{\"cache_read_input_tokens\":0,\"input_tokens\":1262,\"output_tokens\":11,\"type\":\"message\"}]}", 2390, 0, 0, 121, 0);
	check_tokens("{\"input_tokens\":2,\"iterations\":null}", 2, 0, 0, 0, 0);
	check_tokens("{\"input_tokens\":2,\"iterations\":[7,{\"type\":null}]}", 2, 0, 0, 0, 0);
	check_no_tokens("{\"input_tokens\":2,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":-1}]}", "usage: input_tokens is not a count");
	check_no_tokens("{\"input_tokens\":1,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":10000000000000000}]}",
	                "usage: iterations are not counts");
}

static void tokens_are_never_negative(void)
{
	check_tokens("{\"prompt_tokens\":43,\"completion_tokens\":10,\"completion_tokens_details\":{\"reasoning_tokens\":11}}", 43, 0, 0, 0, 10);
	check_tokens("{\"prompt_tokens\":2168,\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":2161,\"cache_write_tokens\":2161}}",
	             0, 2161, 7, 1, 0);
}

static void tokens_that_are_none(void)
{
	check_no_tokens("{\"prompt_tokens\":-1}", "usage: prompt_tokens is not a count");
	check_no_tokens("{\"prompt_tokens\":1.5}", "usage: prompt_tokens is not a count");
	check_no_tokens("{\"prompt_tokens\":\"1\"}", "usage: prompt_tokens is not a count");
	check_no_tokens("{\"prompt_tokens\":1e300}", "usage: prompt_tokens is not a count");
	check_no_tokens("{\"prompt_tokens\":1,\"completion_tokens\":10000000000000001}", "usage: completion_tokens is not a count");
	check_no_tokens("{\"words\":7}", "usage: none of the known shapes");
	check_no_tokens("[7]", "usage: none of the known shapes");
}

static void tiers(void)
{
	struct tier_rule own[2];
	struct err e;
	CHECK_INT(tier_rule_read(STR("gpt-*=NANO"), &own[0], &e), 0);
	CHECK_INT(tier_rule_read(STR("*=MINI"), &own[1], &e), 0);
	CHECK_STR(tier_of(own, 2, STR("gpt-5")), "NANO");
	CHECK_STR(tier_of(own, 2, STR("o3")), "MINI");
	CHECK_STR(tier_of(NULL, 0, STR("gpt-4.1-nano-2025-04-14")), "NANO");
	CHECK_STR(tier_of(NULL, 0, STR("gpt-5-mini")), "MINI");
	CHECK_STR(tier_of(NULL, 0, STR("gemini-2.5-pro")), "FRONTIER");
	CHECK_STR(tier_of(NULL, 0, STR("minimax-m2")), "FRONTIER");
	CHECK_INT(tier_rule_read(STR("x=SMALL"), &own[0], &e), -1);
	CHECK_INT(tier_rule_read(STR("=MINI"), &own[0], &e), -1);
	CHECK_INT(tier_rule_read(STR("x"), &own[0], &e), -1);
	CHECK_INT(e.status, ROS_USAGE);
}

static void providers(void)
{
	CHECK_STR(provider_of(STR("api.openai.com")), "openai");
	CHECK_STR(provider_of(STR("europe-west4-aiplatform.googleapis.com")), "google-vertex");
	CHECK_STR(provider_of(STR("bedrock-runtime.eu-central-1.amazonaws.com")), "aws-bedrock");
	CHECK_STR(provider_of(STR("llm.example.org:8443")), "llm.example.org:8443");
}

static bool same(const char *a, const char *b, bool (*text_of)(struct json_reader *, const struct json *, struct buf *))
{
	CHECK(text_of(reader, parse(a), &scratch));
	struct sha256 x = sha256_of(buf_view(&scratch));
	CHECK(text_of(reader, parse(b), &scratch));
	struct sha256 y = sha256_of(buf_view(&scratch));
	return memcmp(&x, &y, sizeof x) == 0;
}

static void equal_prompts(void)
{
	CHECK(same("{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
	           "{\"temperature\":1, \"messages\" : [ {\"content\":\"\\u0078\",\"role\":\"user\"} ], \"model\":\"b\"}", content_prompt));
	CHECK(!same("{\"input\":\"x\"}", "{\"input\":\"y\"}", content_prompt));
	CHECK(!same("{\"input\":\"x\"}", "{\"prompt\":\"x\"}", content_prompt));
	CHECK(!same("{\"input\":\"x\",\"previous_response_id\":\"1\"}", "{\"input\":\"x\",\"previous_response_id\":\"2\"}", content_prompt));
	CHECK(!same("{\"input\":\"x\"}", "{\"input\":\"x\",\"tools\":[{\"id\":1}]}", content_prompt));
	CHECK(!content_prompt(reader, parse("{\"model\":\"a\",\"messages\":[]}"), &scratch));
	CHECK(!content_prompt(reader, parse("null"), &scratch));
}

static void equal_outputs(void)
{
	CHECK(same("{\"id\":\"1\",\"output\":[{\"id\":\"m1\",\"type\":\"message\",\"content\":[{\"text\":\"x\"}]}]}",
	           "{\"output\":[{\"content\":[{\"text\":\"x\"}],\"type\":\"message\",\"id\":\"m2\"}],\"id\":\"2\"}", content_output));
	CHECK(same("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"x\"}}]}", "{\"choices\":[{\"message\":{\"content\":\"x\"},\"logprobs\":1}]}",
	           content_output));
	CHECK(!same("{\"choices\":[{\"message\":{\"content\":\"x\"}}]}", "{\"choices\":[{\"message\":{\"content\":\"y\"}}]}", content_output));
	CHECK(same("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\",\"thoughtSignature\":\"a\"}]}}]}",
	           "{\"candidates\":[{\"avgLogprobs\":2,\"content\":{\"parts\":[{\"text\":\"x\"}]}}]}", content_output));
	/* What a tool is given is content, also where it is called id. */
	CHECK(same("{\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"input\":{\"id\":5}}]}",
	           "{\"content\":[{\"type\":\"tool_use\",\"id\":\"t2\",\"input\":{\"id\":5}}]}", content_output));
	CHECK(!same("{\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"input\":{\"id\":5}}]}",
	            "{\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"input\":{\"id\":6}}]}", content_output));
	CHECK(!content_output(reader, parse("{\"candidates\":[{\"finishReason\":\"SAFETY\"}],\"id\":\"x\"}"), &scratch));
	CHECK(!content_output(reader, parse("{\"content\":[]}"), &scratch));
	CHECK(!content_output(reader, parse("null"), &scratch));
}

static void drafts(void)
{
	struct draft d;
	struct buf out;
	draft_init(&d, NULL);
	buf_init(&out, 4096);
	CHECK_INT(draft_field(STR("usage.input_tokens")), AI_USAGE_INPUT_TOKENS);
	CHECK_INT(draft_field(STR("usage")), AI_ROOT);
	CHECK_INT(draft_field(STR("usage.input")), AI_ROOT);
	CHECK_INT(draft_field(STR("")), AI_ROOT);
	draft_text(&d, AI_MODEL, STR("m\"1"));
	draft_keep(&d);
	draft_int(&d, AI_USAGE_INPUT_TOKENS, 3);
	draft_text(&d, AI_PROVIDER, STR("p"));
	CHECK(draft_cell(&d, reader, AI_TAGS, STR("a")));
	CHECK(draft_cell(&d, reader, AI_TAGS, STR("b")));
	CHECK(draft_cell(&d, reader, AI_USAGE_COST_USD, STR(" 1.50 ")));
	CHECK(draft_cell(&d, reader, AI_ROUTING_ESCALATED, STR("true")));
	CHECK(draft_cell(&d, reader, AI_STAGE, STR("")));
	CHECK(draft_cell(&d, reader, AI_STAGE, STR(" \t")));
	CHECK(!draft_cell(&d, reader, AI_STAGE, STR("1,\"model\":\"x\"")));
	CHECK(!draft_cell(&d, reader, AI_STAGE, STR("null")));
	CHECK(draft_write(&d, &out));
	CHECK_STR(buf_view(&out), "{\"provider\":\"p\",\"model\":\"m\\\"1\",\"usage\":{\"input_tokens\":3,\"cost_usd\":1.50},"
	                          "\"routing\":{\"escalated\":true},\"tags\":[\"a\",\"b\"]}");
	draft_reset(&d);
	buf_clear(&out);
	CHECK(draft_write(&d, &out));
	CHECK_STR(buf_view(&out), "{\"model\":\"m\\\"1\"}");
	buf_free(&out);
	draft_free(&d);
}

static void columns(void)
{
	struct columns *c = columns_new();
	struct draft d;
	struct buf identity;
	struct err e;
	struct str header[] = { STR("when"), STR("in"), STR("p"), STR("q") }, cells[] = { STR("24.12.2025"), STR("7"), STR("a,b"), STR("c") };
	struct table_row row = { .cells = header, .n = 4, .line = 1 };
	draft_init(&d, NULL);
	buf_init(&identity, 4096);
	CHECK_INT(columns_dates(c, "%d.%m.%Y", &e), 0);
	CHECK_INT(columns_value(c, STR("timestamp=when"), &e), 0);
	CHECK_INT(columns_value(c, STR("usage.input_tokens=in"), &e), 0);
	CHECK_INT(columns_hash(c, STR("prompt_hash=p,q"), &e), 0);
	CHECK_INT(columns_identity(c, STR("q,p"), &e), 0);
	CHECK_INT(columns_header(c, &row, &e), 0);
	row.cells = cells;
	CHECK_INT(columns_row(c, reader, &row, &d, &identity, &scratch, &e), 0);
	CHECK_STR(draft_get(&d, AI_TIMESTAMP), "2025-12-24T00:00:00.000Z");
	CHECK_STR(draft_get(&d, AI_USAGE_INPUT_TOKENS), "7");
	/* printf '["a,b","c"]' | sha256sum */
	CHECK_STR(draft_get(&d, AI_PROMPT_HASH), "sha256:569c363fb7e855f85eeae4e4dc032d1f8d262191b68ade7297566486982b5183");
	CHECK_STR(buf_view(&identity), "[\"c\",\"a,b\"]");
	cells[0] = STR("2025-12-24");
	CHECK_INT(columns_row(c, reader, &row, &d, &identity, &scratch, &e), -1);
	CHECK_STR(str_of(e.text), "/timestamp: not a date of the given format");
	row.n = 3;
	CHECK_INT(columns_row(c, reader, &row, &d, &identity, &scratch, &e), -1);
	CHECK_STR(str_of(e.text), "3 cells, the header has 4");
	buf_free(&identity);
	draft_free(&d);
	columns_free(c);
}

static void columns_of_the_header(void)
{
	struct err e;
	struct str header[] = { STR("a"), STR("a") };
	struct table_row row = { .cells = header, .n = 2, .line = 1 };
	struct columns *c = columns_new();
	CHECK_INT(columns_value(c, STR("model=a"), &e), 0);
	CHECK_INT(columns_header(c, &row, &e), -1);
	CHECK_STR(str_of(e.text), "more than one column a in the header");
	row.n = 0;
	CHECK_INT(columns_header(c, &row, &e), -1);
	CHECK_STR(str_of(e.text), "no column a in the header");
	CHECK_INT(e.status, ROS_INPUT);
	CHECK_INT(columns_value(c, STR("model"), &e), -1);
	CHECK_INT(columns_value(c, STR("models=a"), &e), -1);
	CHECK_INT(columns_hash(c, STR("model=a"), &e), -1);
	CHECK_INT(columns_identity(c, STR(""), &e), -1);
	CHECK_INT(columns_dates(c, "%Q", &e), -1);
	CHECK_INT(columns_value(c, STR("model=b"), &e), -1);
	CHECK_INT(e.status, ROS_USAGE);
	CHECK_INT(columns_value(c, STR("tags=a"), &e), 0);
	CHECK_INT(columns_value(c, STR("tags=b"), &e), 0);
	columns_free(c);
}

static void constants(void)
{
	const struct import_settings settings = { .source = STR("test") };
	struct import *im = import_new(&settings);
	struct err e;
	CHECK_INT(import_constant(im, STR("governance_mode"), STR("DEMO"), &e), 0);
	CHECK_INT(import_constant(im, STR("usage.cost_usd"), STR("0.25"), &e), 0);
	CHECK_INT(import_constant(im, STR("stage"), STR("21"), &e), -1);
	CHECK_INT(e.status, ROS_USAGE);
	CHECK_STR(str_of(e.text), "/stage: maximum");
	import_free(im);
	im = import_new(&settings);
	CHECK_INT(import_constant(im, STR("governance_mode"), STR("LIVE"), &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK_INT(import_constant(im, STR("phi"), STR("{}"), &e), -1);
	CHECK_INT(e.status, ROS_USAGE);
	import_free(im);
}

static void demo_project(void)
{
	/* The name space of URLs, RFC 9562. */
	const struct uuid urls = { { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 } };
	struct uuid space = uuid_named(&urls, STR("urn:ros-insights")), project = uuid_named(&space, STR("demo project"));
	char text[UUID_TEXT];
	uuid_format(&project, text);
	CHECK_STR(str_of(text), IMPORT_DEMO_PROJECT);
}

int main(void)
{
	reader = json_reader_new(IMPORT_CALL_LIMITS);
	buf_init(&scratch, 1 << 20);
	RUN(tokens_of_every_shape);
	RUN(tokens_of_iterations);
	RUN(tokens_are_never_negative);
	RUN(tokens_that_are_none);
	RUN(tiers);
	RUN(providers);
	RUN(equal_prompts);
	RUN(equal_outputs);
	RUN(drafts);
	RUN(columns);
	RUN(columns_of_the_header);
	RUN(constants);
	RUN(demo_project);
	buf_free(&scratch);
	json_reader_free(reader);
	return unit_done();
}
