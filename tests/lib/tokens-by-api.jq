# Tokens of one recorded call: [fresh input, read from cache, written to cache, output, reasoning]. Counts by the API that was called, where
# ros-import goes by the shape of the usage object. Of Anthropic's iterations all count but an advisor's; ros-import adds compactions to the whole.
def at_most($whole): [., $whole] | min;
def anthropic: (.output_tokens_details.thinking_tokens // 0) as $r |
	((.iterations // [.]) | map(select(.type != "advisor_message"))) as $own | def sum(f): $own | map(f) | add;
	[sum(.input_tokens), sum(.cache_read_input_tokens), sum(.cache_creation_input_tokens), sum(.output_tokens) - $r, $r];
def gemini: (.cachedContentTokenCount // 0) as $c |
	[(.promptTokenCount // .totalTokenCount) - $c + (.toolUsePromptTokenCount // 0), $c, 0, (.candidatesTokenCount // 0), (.thoughtsTokenCount // 0)];
def bedrock: [.inputTokens, (.cacheReadInputTokens // 0), (.cacheWriteInputTokens // 0), .outputTokens, 0];
def cohere: (.cached_tokens // 0) as $c | (.tokens // .billed_units) | [.input_tokens - $c, $c, 0, (.output_tokens // 0), 0];
def openai($in; $out; $read; $written; $reasoning): ($read | at_most($in)) as $c | ($written | at_most($in - $c)) as $w | ($reasoning | at_most($out)) as $r |
	[$in - $c - $w, $c, $w, $out - $r, $r];
def responses: openai(.input_tokens; .output_tokens; .input_tokens_details.cached_tokens // 0; .input_tokens_details.cache_write_tokens // 0;
	.output_tokens_details.reasoning_tokens // 0);
def chat: openai(.prompt_tokens // .total_tokens; .completion_tokens // 0;
	.prompt_tokens_details.cached_tokens // .num_cached_tokens // .cached_tokens // 0; .prompt_tokens_details.cache_write_tokens // 0;
	.completion_tokens_details.reasoning_tokens // 0);
if .usage == null then [0, 0, 0, 0, 0]
elif .host == "api.cohere.com" then .usage | cohere
elif .path | test("/(messages|invoke)(\\?|/|$)") then .usage | anthropic
elif .path | test("Content|cachedContents") then .usage | gemini
elif .path | test("/converse") then .usage | bedrock
elif .path | test("/responses") then .usage | responses
else .usage | chat end
