/* The provider behind a host, the tier of a model: tables, the first match wins. ros-import(1) shows them. */
#include "import/names.h"

static const struct {
	const char *glob, *tier;
} built_in[] = {
	{ "*nano*", "NANO" },
	{ "*micro*", "NANO" },
	{ "*embed*", "NANO" },
	{ "voyage-*", "NANO" },
	{ "*-mini*", "MINI" },
	{ "*ministral*", "MINI" },
	{ "*-small*", "MINI" },
	{ "*lite*", "MINI" },
	{ "*flash*", "MINI" },
	{ "*haiku*", "MINI" },
	{ "*-8b*", "MINI" },
	{ "*", "FRONTIER" },
};

static const struct {
	const char *glob, *provider;
} hosts[] = {
	{ "api.openai.com", "openai" },
	{ "*.openai.azure.com", "azure" },
	{ "api.anthropic.com", "anthropic" },
	{ "generativelanguage.googleapis.com", "google" },
	{ "*aiplatform.googleapis.com", "google-vertex" },
	{ "bedrock*.amazonaws.com", "aws-bedrock" },
	{ "bedrock*.api.aws", "aws-bedrock" },
	{ "api.mistral.ai", "mistral" },
	{ "api.groq.com", "groq" },
	{ "api.cohere.com", "cohere" },
	{ "api.deepseek.com", "deepseek" },
	{ "api.cerebras.ai", "cerebras" },
	{ "api.voyageai.com", "voyageai" },
	{ "api.x.ai", "x-ai" },
	{ "api.z.ai", "z-ai" },
	{ "openrouter.ai", "openrouter" },
	{ "router.huggingface.co", "huggingface" },
	{ "*.snowflakecomputing.com", "snowflake" },
	{ "*.inference.heroku.com", "heroku" },
	{ "*.crusoecloud.com", "crusoe" },
	{ "ollama.com", "ollama" },
	{ "localhost:11434", "ollama" },
};

static bool is_tier(struct str s)
{
	return str_is(s, "NANO") || str_is(s, "MINI") || str_is(s, "FRONTIER");
}

int tier_rule_read(struct str text, struct tier_rule *rule, struct err *e)
{
	rule->tier = str_cut(text, '=', &rule->glob);
	if (rule->glob.n == 0 || !is_tier(rule->tier))
		return err_set(e, ROS_USAGE, "--tier %.*s: not GLOB=TIER with NANO, MINI or FRONTIER", STR_ARG(text));
	return 0;
}

struct str tier_of(const struct tier_rule *rules, size_t n, struct str model)
{
	for (size_t i = 0; i < n; i++)
		if (str_glob(rules[i].glob, model))
			return rules[i].tier;
	size_t i = 0;
	while (!str_glob(str_of(built_in[i].glob), model))
		i++; /* the last one matches all */
	return str_of(built_in[i].tier);
}

struct str provider_of(struct str host)
{
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (str_glob(str_of(hosts[i].glob), host))
			return str_of(hosts[i].provider);
	return host;
}
