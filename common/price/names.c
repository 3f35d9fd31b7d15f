/* Two tables and a few rules of spelling: whatever they do not cover has no price. */
#include "price/names.h"

static const struct {
	const char *provider;
	struct provider_names names;
} providers[] = {
	{ "aws-bedrock", { { "bedrock", "bedrock_mantle" }, "bedrock*" } },
	{ "azure", { { "azure", "azure_ai" }, "azure*" } },
	{ "cohere", { { "cohere", NULL }, "cohere*" } },
	{ "google", { { "gemini", NULL }, "gemini" } },
	{ "google-vertex", { { "vertex_ai", NULL }, "vertex_ai*" } },
	{ "voyageai", { { "voyage", NULL }, "voyage" } },
	{ "x-ai", { { "xai", NULL }, "xai" } },
	{ "z-ai", { { "zai", NULL }, "zai" } },
};

static const char *const paths[] = { "models/", NULL };
static const char *const regions[] = { "us.", "us-gov.", "eu.", "apac.", "au.", "jp.", "global.", NULL };

bool provider_names(struct str provider, struct provider_names *out)
{
	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
		if (str_is(provider, providers[i].provider)) {
			*out = providers[i].names;
			return true;
		}
	}
	return false;
}

static struct str without_prefix(struct str s, const char *const *prefixes)
{
	for (; *prefixes; prefixes++) {
		size_t n = str_of(*prefixes).n;
		if (str_starts(s, *prefixes))
			return (struct str){ s.p + n, s.n - n };
	}
	return s;
}

/* Whether s ends like the pattern, in which 0 is any digit. */
static bool ends_like(struct str s, struct str pattern)
{
	if (s.n <= pattern.n)
		return false;
	const char *end = s.p + s.n - pattern.n;
	for (size_t i = 0; i < pattern.n; i++) {
		bool digit = end[i] >= '0' && end[i] <= '9';
		if (pattern.p[i] == '0' ? !digit : end[i] != pattern.p[i])
			return false;
	}
	return true;
}

static struct str without_date(struct str s)
{
	static const char *const dates[] = { "-00000000", "-0000-00-00", NULL };
	for (const char *const *date = dates; *date; date++)
		if (ends_like(s, str_of(*date)))
			return (struct str){ s.p, s.n - str_of(*date).n };
	return s;
}

static void add(struct str name, struct str *names, size_t *n)
{
	if (*n == 0 || !str_eq(names[*n - 1], name))
		names[(*n)++] = name;
}

size_t model_names(struct str model, struct str names[MODEL_NAMES_MAX])
{
	size_t n = 0;
	add(model, names, &n);
	add(without_prefix(names[n - 1], paths), names, &n);
	add(without_prefix(names[n - 1], regions), names, &n);
	add(without_date(names[n - 1]), names, &n);
	return n;
}
