/*
 * make-events N [SEED]: N valid event lines of about 800 bytes, for the benchmarks. Equal arguments give equal bytes. Random uuids of version 4, as
 * producers mint them; runs of 500 events through the 20 stages, each stage with its name and purpose, a dozen models of three tiers, three projects;
 * in order of time, 10,000 a minute: the rate that the platform is made for.
 */
#include "base/num.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "io/out.h"

#include <inttypes.h>

#define FIRST_MS INT64_C(1767225600000) /* 2026-01-01 */
#define STEP_MS 6
#define RUN 500

static const struct {
	const char *tier, *provider, *model;
	int nano_in, nano_out; /* nano-dollars a token */
} models[] = {
	{ "NANO", "openai", "gpt-5-nano", 50, 400 },
	{ "NANO", "google", "gemini-2.5-flash-lite", 100, 400 },
	{ "NANO", "mistral", "ministral-8b-latest", 100, 100 },
	{ "NANO", "groq", "llama-3.1-8b-instant", 50, 80 },
	{ "MINI", "openai", "gpt-5-mini", 250, 2000 },
	{ "MINI", "anthropic", "claude-haiku-4-5", 1000, 5000 },
	{ "MINI", "google", "gemini-2.5-flash", 300, 2500 },
	{ "MINI", "aws-bedrock", "amazon.nova-lite-v1:0", 60, 240 },
	{ "FRONTIER", "openai", "gpt-5", 1250, 10000 },
	{ "FRONTIER", "anthropic", "claude-opus-4-5", 5000, 25000 },
	{ "FRONTIER", "google", "gemini-2.5-pro", 1250, 10000 },
	{ "FRONTIER", "anthropic", "claude-sonnet-4-5", 3000, 15000 },
};

static const char *const purposes[] = { "route", "generate", "rag", "refine", "classify", "extract", "summarize", "validate" };
static const char *const statuses[] = { "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS",
	                                "SUCCESS", "SUCCESS", "SUCCESS", "FAILED",  "TIMEOUT", "BLOCKED", "RATE_LIMITED" };
static const char *const projects[] = { "1b4e28ba-2fa1-41d2-883f-0016d3cca427", "6fa459ea-ee8a-4ca4-894e-db77e160355e",
	                                "16fd2706-8baf-433b-82eb-8c7fada847da" };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Splitmix64: one state, no start-up, passes the usual tests. */
static uint64_t state;

static uint64_t draw(void)
{
	uint64_t z = state += 0x9E3779B97F4A7C15;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

static int below(size_t n)
{
	return (int)(draw() % n);
}

static struct uuid random_uuid(void)
{
	uint64_t words[2] = { draw(), draw() };
	struct uuid u;
	memcpy(u.b, words, sizeof u.b);
	u.b[6] = (uint8_t)((u.b[6] & 0x0F) | 0x40);
	u.b[8] = (uint8_t)((u.b[8] & 0x3F) | 0x80);
	return u;
}

static void write_usage(struct out *o, int m)
{
	int input = 100 + below(4000), output = 10 + below(900), cached = below(3) ? 0 : below(8000);
	struct buf cost;
	buf_init(&cost, 64);
	num_decimal(&cost, (int64_t)input * models[m].nano_in + (int64_t)output * models[m].nano_out, NUM_NANO);
	out_fmt(o, ",\"usage\":{\"input_tokens\":%d,\"output_tokens\":%d,\"cache_read_tokens\":%d,\"total_tokens\":%d,\"cost_usd\":%s", input, output,
	        cached, input + output + cached, buf_cstr(&cost));
	out_fmt(o, ",\"cost_source\":\"provider\",\"latency_ms\":%d}", 80 + below(200) + output * (2 + below(12)));
	buf_free(&cost);
}

static void write_event(struct out *o, int64_t ms, const char *run, const char *project)
{
	int m = below(COUNT(models)), stage = 1 + below(20);
	struct uuid id = random_uuid();
	char id_text[UUID_TEXT], time_text[TIME_TEXT];
	uuid_format(&id, id_text);
	time_format(ms, time_text);
	out_fmt(o, "{\"schema_version\":\"1.1.0\",\"invocation_id\":\"%s\",\"timestamp\":\"%s\",\"governance_mode\":\"DEMO\"", id_text, time_text);
	out_fmt(o, ",\"project_id\":\"%s\",\"caller\":\"worker\",\"tier\":\"%s\",\"provider\":\"%s\",\"model\":\"%s\"", project, models[m].tier,
	        models[m].provider, models[m].model);
	out_fmt(o, ",\"run_id\":\"%s\",\"stage\":%d,\"stage_name\":\"stage-%d\",\"purpose\":\"%s\"", run, stage, stage, purposes[stage % COUNT(purposes)]);
	out_fmt(o, ",\"prompt_hash\":\"sha256:%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "\"", draw(), draw(), draw(), draw());
	out_z(o, ",\"phi\":{\"input_scan\":{\"status\":\"clean\",\"phi_types_detected\":[],\"confidence\":0.99,\"redaction_count\":0}}");
	write_usage(o, m);
	out_z(o, ",\"parameters\":{\"temperature\":0.2,\"max_tokens\":1024}");
	out_fmt(o, ",\"status\":\"%s\"}\n", statuses[below(COUNT(statuses))]);
}

static void write_events(struct out *o, int64_t n)
{
	char run[UUID_TEXT];
	const char *project = NULL;
	for (int64_t i = 0; i < n; i++) {
		if (i % RUN == 0) {
			struct uuid u = random_uuid();
			uuid_format(&u, run);
			project = projects[below(COUNT(projects))];
		}
		write_event(o, FIRST_MS + STEP_MS * i + below(STEP_MS), run, project);
	}
}

int main(int argc, char **argv)
{
	int64_t n, seed = 1;
	if (argc < 2 || argc > 3 || !num_int_in(str_of(argv[1]), 1, 1000000000, &n) ||
	    (argc == 3 && !num_int_in(str_of(argv[2]), 0, INT64_MAX, &seed))) {
		fputs("usage: make-events N [SEED]\n", stderr);
		return ROS_USAGE;
	}
	state = (uint64_t)seed;
	struct out o;
	struct err e;
	out_init(&o, 1, "standard output");
	write_events(&o, n);
	int failed = out_flush(&o, &e);
	if (failed)
		fprintf(stderr, "make-events: %s\n", e.text);
	out_free(&o);
	return failed ? (int)e.status : 0;
}
