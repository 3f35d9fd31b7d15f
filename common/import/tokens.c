/*
 * Token counts of providers' usage objects.
 *
 * Providers differ in what they count inside what: OpenAI's input holds the cached tokens and its output the
 * reasoning, Anthropic's and Bedrock's input holds no cached ones, Gemini's thoughts and tool prompts stand beside its
 * other counts. A row of the table says so for one shape; it is known by a member that no row above it has. The totals
 * of recorded calls confirm each row that has a total.
 *
 * Anthropic's own counts leave out what it took to shorten the conversation before the answer, which is billed at the
 * same model's price and listed beside them: iterations of type `compaction`. Those of type `message` are what its own
 * counts add up; those of type `advisor_message` are of another model, and no tokens of this one.
 */
#include "import/tokens.h"

#include "base/num.h"

#define COUNT_MAX INT64_C(10000000000000000) /* the contract's own limit; six of them still fit in 64 bits */

struct shape {
	const char *marks[2];   /* one of them is there */
	const char *input[2];   /* added up */
	const char *read[4];    /* the first that is there */
	const char *write;
	const char *output;
	const char *reasoning;
	bool cache_inside;      /* in the first input count */
	bool reasoning_inside;  /* in the output count */
};

static const struct shape shapes[] = {
	{ /* Gemini, Vertex AI */
		.marks = { "promptTokenCount" },
		.input = { "promptTokenCount", "toolUsePromptTokenCount" },
		.read = { "cachedContentTokenCount" },
		.output = "candidatesTokenCount",
		.reasoning = "thoughtsTokenCount",
		.cache_inside = true,
	},
	{ /* Bedrock converse */
		.marks = { "inputTokens" },
		.input = { "inputTokens" },
		.read = { "cacheReadInputTokens" },
		.write = "cacheWriteInputTokens",
		.output = "outputTokens",
	},
	{ /* Cohere chat */
		.marks = { "tokens" },
		.input = { "tokens/input_tokens" },
		.read = { "cached_tokens" },
		.output = "tokens/output_tokens",
		.cache_inside = true,
	},
	{ /* Cohere embeddings */
		.marks = { "billed_units" },
		.input = { "billed_units/input_tokens" },
		.output = "billed_units/output_tokens",
	},
	{ /* OpenAI chat completions and embeddings, and all that follow them */
		.marks = { "prompt_tokens" },
		.input = { "prompt_tokens" },
		.read = { "prompt_tokens_details/cached_tokens", "prompt_cache_hit_tokens", "num_cached_tokens",
		          "cached_tokens" },
		.write = "prompt_tokens_details/cache_write_tokens",
		.output = "completion_tokens",
		.reasoning = "completion_tokens_details/reasoning_tokens",
		.cache_inside = true,
		.reasoning_inside = true,
	},
	{ /* Anthropic messages */
		.marks = { "cache_read_input_tokens", "cache_creation_input_tokens" },
		.input = { "input_tokens" },
		.read = { "cache_read_input_tokens" },
		.write = "cache_creation_input_tokens",
		.output = "output_tokens",
		.reasoning = "output_tokens_details/thinking_tokens",
		.reasoning_inside = true,
	},
	{ /* OpenAI responses */
		.marks = { "input_tokens" },
		.input = { "input_tokens" },
		.read = { "input_tokens_details/cached_tokens" },
		.write = "input_tokens_details/cache_write_tokens",
		.output = "output_tokens",
		.reasoning = "output_tokens_details/reasoning_tokens",
		.cache_inside = true,
		.reasoning_inside = true,
	},
	{ /* only a total: embeddings (Voyage), caches being made (Gemini) */
		.marks = { "total_tokens" },
		.input = { "total_tokens" },
	},
	{
		.marks = { "totalTokenCount" },
		.input = { "totalTokenCount" },
	},
};

#define N_SHAPES (sizeof shapes / sizeof *shapes)

/* The member, NULL also where it is null: providers write null for what they did not count. */
static const struct json *member(const struct json_reader *r, const struct json *usage, const char *path)
{
	const struct json *v = path ? json_at(r, usage, path) : NULL;
	return v && v->type != JSON_NULL ? v : NULL;
}

static int count(const struct json_reader *r, const struct json *usage, const char *path, int64_t *n, struct err *e)
{
	const struct json *v = member(r, usage, path);
	bool exact = false;
	*n = 0;
	if (!v)
		return 0;
	if (v->type != JSON_NUMBER || !num_scaled(v->text, 0, n, &exact) || !exact || *n < 0 || *n > COUNT_MAX)
		return err_set(e, ROS_REFUSED, "usage: %s is not a count", path);
	return 0;
}

static const struct shape *shape_of(const struct json_reader *r, const struct json *usage)
{
	for (const struct shape *s = shapes; s < shapes + N_SHAPES; s++)
		if (member(r, usage, s->marks[0]) || member(r, usage, s->marks[1]))
			return s;
	return NULL;
}

static const char *first_there(const struct json_reader *r, const struct json *usage, const char *const paths[4])
{
	for (int i = 0; i < 4; i++)
		if (member(r, usage, paths[i]))
			return paths[i];
	return NULL;
}

/* Takes a part out of the whole that holds it. Where a provider's part is larger than its whole, it is cut to it. */
static void take_out(int64_t *whole, int64_t *part)
{
	if (*part > *whole)
		*part = *whole;
	*whole -= *part;
}

/* The counts of the object itself. */
static int read_counts(const struct json_reader *r, const struct json *usage, struct tokens *t, struct err *e)
{
	*t = (struct tokens){ 0 };
	const struct shape *s = shape_of(r, usage);
	if (!s)
		return err_set(e, ROS_REFUSED, "usage: none of the known shapes");
	int64_t more;
	if (count(r, usage, s->input[0], &t->input, e) != 0 || count(r, usage, s->input[1], &more, e) != 0 ||
	    count(r, usage, first_there(r, usage, s->read), &t->cache_read, e) != 0 ||
	    count(r, usage, s->write, &t->cache_write, e) != 0 || count(r, usage, s->output, &t->output, e) != 0 ||
	    count(r, usage, s->reasoning, &t->reasoning, e) != 0)
		return -1;
	if (s->cache_inside) {
		take_out(&t->input, &t->cache_read);
		take_out(&t->input, &t->cache_write);
	}
	if (s->reasoning_inside)
		take_out(&t->output, &t->reasoning);
	t->input += more;
	return 0;
}

static void add(struct tokens *t, const struct tokens *more)
{
	t->input += more->input;
	t->cache_read += more->cache_read;
	t->cache_write += more->cache_write;
	t->output += more->output;
	t->reasoning += more->reasoning;
}

static int add_compactions(const struct json_reader *r, const struct json *usage, struct tokens *t, struct err *e)
{
	const struct json *list = json_get(r, usage, STR("iterations"));
	const struct json *v = list && list->type == JSON_ARRAY ? json_first(list) : NULL;
	for (; v; v = json_next(r, v)) {
		struct tokens more;
		const struct json *type = json_get(r, v, STR("type"));
		if (!type || !str_is(type->text, "compaction"))
			continue;
		if (read_counts(r, v, &more, e) != 0)
			return -1;
		add(t, &more);
		if (tokens_total(t) > COUNT_MAX)
			return err_set(e, ROS_REFUSED, "usage: iterations are not counts");
	}
	return 0;
}

int tokens_read(const struct json_reader *r, const struct json *usage, struct tokens *t, struct err *e)
{
	*t = (struct tokens){ 0 };
	if (!usage || usage->type == JSON_NULL)
		return 0;
	return read_counts(r, usage, t, e) != 0 ? -1 : add_compactions(r, usage, t, e);
}

int64_t tokens_total(const struct tokens *t)
{
	return t->input + t->cache_read + t->cache_write + t->output + t->reasoning;
}
