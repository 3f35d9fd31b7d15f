/*
 * Prompts and outputs as texts to be hashed.
 *
 * A prompt is hashed as it was sent: an object of the members below, in canonical form. References to text that the
 * provider keeps (an earlier response, a conversation, a cache) belong to it: without them unequal prompts would look
 * equal. Model and sampling parameters do not.
 *
 * An output is hashed without the members in `minted`; but what a model gave to a tool is its own content, whatever
 * the names in it.
 */
#include "import/content.h"

#include "base/mem.h"
#include "json/writer.h"

static const char *const prompt_members[] = {
	"cachedContent", "content", "contents", "conversation", "input", "instructions", "messages", "previous_response_id",
	"prompt", "requests", "system", "systemInstruction", "texts", "toolConfig", "tools",
};

/* Where the content of a response is: in a member, or in a member of each element of one. */
static const struct {
	const char *member, *each;
} outputs[] = {
	{ "choices", "message" },    /* OpenAI chat completions */
	{ "choices", "text" },       /* and the older completions */
	{ "candidates", "content" }, /* Gemini */
	{ "content", NULL },         /* Anthropic */
	{ "output", NULL },          /* OpenAI responses, Bedrock */
	{ "message", NULL },         /* Cohere */
	{ "data", NULL },            /* embeddings: OpenAI, Voyage */
	{ "embeddings", NULL },      /* Cohere, Gemini */
	{ "embedding", NULL },       /* Vertex AI */
};

static const char *const minted[] = {
	"call_id", "encrypted_content", "id", "logprobs", "signature", "thoughtSignature", "thought_signature",
	"toolUseId", "tool_use_id",
};

static const char *const given_to_tools[] = { "args", "input" };

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_one_of(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(s, names[i]))
			return true;
	return false;
}

static bool is_empty(const struct json *v)
{
	return !v || v->type == JSON_NULL || ((v->type == JSON_ARRAY || v->type == JSON_OBJECT) && v->count == 0) ||
	       (v->type == JSON_STRING && v->text.n == 0);
}

bool content_prompt(struct json_reader *r, const struct json *request, struct buf *out)
{
	char before = '{';
	buf_clear(out);
	for (size_t i = 0; i < COUNT(prompt_members); i++) {
		const struct json *v = json_get(r, request, str_of(prompt_members[i]));
		if (is_empty(v))
			continue;
		buf_char(out, before);
		json_quote(out, str_of(prompt_members[i]));
		buf_char(out, ':');
		json_canonical(r, v, NULL, out);
		before = ',';
	}
	if (before == '{')
		return false;
	buf_char(out, '}');
	return buf_ok(out);
}

static int by_key(const void *a, const void *b)
{
	const struct json *const *x = a, *const *y = b;
	return str_cmp((*x)->key, (*y)->key);
}

static void write_content(struct json_reader *r, const struct json *v, struct buf *out);

static void write_array(struct json_reader *r, const struct json *v, struct buf *out)
{
	buf_char(out, '[');
	for (const struct json *c = json_first(v); c; c = json_next(r, c)) {
		if (c != json_first(v))
			buf_char(out, ',');
		write_content(r, c, out);
	}
	buf_char(out, ']');
}

static void write_object(struct json_reader *r, const struct json *v, struct buf *out)
{
	const struct json **members = mem_array(v->count + 1, sizeof *members);
	size_t n = 0;
	for (const struct json *c = json_first(v); c; c = json_next(r, c))
		if (!is_one_of(c->key, minted, COUNT(minted)))
			members[n++] = c;
	qsort(members, n, sizeof *members, by_key);
	buf_char(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(out, ',');
		json_quote(out, members[i]->key);
		buf_char(out, ':');
		if (is_one_of(members[i]->key, given_to_tools, COUNT(given_to_tools)))
			json_canonical(r, members[i], NULL, out);
		else
			write_content(r, members[i], out);
	}
	buf_char(out, '}');
	free(members);
}

/* The canonical form without what is minted. The reader's limit of depth bounds the recursion. */
static void write_content(struct json_reader *r, const struct json *v, struct buf *out)
{
	if (v->type == JSON_ARRAY)
		write_array(r, v, out);
	else if (v->type == JSON_OBJECT)
		write_object(r, v, out);
	else
		json_canonical(r, v, NULL, out);
}

/* The array of the member `each` of all elements; nothing where no element has it. */
static void write_each(struct json_reader *r, const struct json *list, const char *each, struct buf *out)
{
	if (list->type != JSON_ARRAY)
		return;
	for (const struct json *c = json_first(list); c; c = json_next(r, c)) {
		const struct json *v = json_get(r, c, str_of(each));
		if (is_empty(v))
			continue;
		buf_char(out, out->n == 0 ? '[' : ',');
		write_content(r, v, out);
	}
	if (out->n > 0)
		buf_char(out, ']');
}

bool content_output(struct json_reader *r, const struct json *response, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < COUNT(outputs) && out->n == 0; i++) {
		const struct json *v = json_get(r, response, str_of(outputs[i].member));
		if (is_empty(v))
			continue;
		if (outputs[i].each)
			write_each(r, v, outputs[i].each, out);
		else
			write_content(r, v, out);
	}
	return out->n > 0 && buf_ok(out);
}
