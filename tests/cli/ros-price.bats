# ros-price: a missing cost from a price map.
load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat > litellm.json <<-'END'
		{
			"sample_spec": {"input_cost_per_token": 0.0, "max_tokens": "some words", "litellm_provider": "one of many"},
			"m": {"litellm_provider": "p", "input_cost_per_token": 1e-06, "output_cost_per_token": 4.0E-6,
				"cache_read_input_token_cost": 1e-07, "cache_creation_input_token_cost": 1.25e-06,
				"cache_creation_input_token_cost_above_1hr": 9, "input_cost_per_token_priority": 9},
			"thinker": {"litellm_provider": "p", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6,
				"output_cost_per_reasoning_token": 5e-6},
			"long": {"litellm_provider": "p", "input_cost_per_token": 1e-6, "input_cost_per_token_above_200k_tokens": 2e-6,
				"input_cost_per_token_above_128k_tokens": 1.5e-6, "output_cost_per_token": 4e-6,
				"output_cost_per_token_above_200k_tokens": 6e-6, "cache_read_input_token_cost": 1e-7},
			"ranges": {"litellm_provider": "p", "tiered_pricing": [
				{"range": [0, 1000.0], "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
				{"range": [1000.0, 2000], "input_cost_per_token": 3e-6, "output_cost_per_token": 4e-6}]},
			"fee": {"litellm_provider": "p", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6, "input_cost_per_request": 0.005},
			"free": {"litellm_provider": "p", "input_cost_per_token": 0.0, "output_cost_per_token": 0},
			"half": {"litellm_provider": "p", "input_cost_per_token": 5e-10, "output_cost_per_token": 1.4499999999999999e-07},
			"images": {"litellm_provider": "p", "input_cost_per_image": 0.04},
			"q/other": {"litellm_provider": "q", "input_cost_per_token": 1e-3},
			"gpt-9": {"litellm_provider": "openai", "input_cost_per_token": 1e-6},
			"azure/gpt-9": {"litellm_provider": "azure", "input_cost_per_token": 2e-6},
			"gemini/flash": {"litellm_provider": "gemini", "input_cost_per_token": 3e-6},
			"flash": {"litellm_provider": "vertex_ai-language-models", "input_cost_per_token": 4e-6},
			"amazon.nova": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 5e-6},
			"eu.amazon.nova": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 6e-6}
		}
	END
	cat > genai.json <<-'END'
		[{"id": "p", "api_pattern": "x", "models": [
			{"id": "m", "match": {"or": [{"equals": "m"}, {"and": [{"starts_with": "m-"}, {"ends_with": "-x"}]}]},
				"prices": {"input_mtok": 1, "cache_read_mtok": 0.1, "cache_write_mtok": 1.25, "output_mtok": 4}},
			{"id": "dated", "match": {"contains": "date"}, "prices": [
				{"prices": {"input_mtok": 1}},
				{"constraint": {"start_date": "2026-01-28"}, "prices": {"input_mtok": 2}},
				{"constraint": {"start_date": "2026-06-01"}, "prices": {"input_mtok": 3}}]},
			{"id": "nightly", "match": {"equals": "nightly"}, "prices": [
				{"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"}, "prices": {"input_mtok": 2}},
				{"constraint": {"start_time": "16:30:00Z", "end_time": "00:30:00Z"}, "prices": {"input_mtok": 1}}]},
			{"id": "long", "match": {"equals": "long"}, "prices": {"input_mtok": {"base": 1, "tiers": [{"start": 200000, "price": 2}]},
				"output_mtok": 4, "requests_kcount": 5}},
			{"id": "pattern", "match": {"regex": "^pattern$"}, "prices": {"input_mtok": 1}}]},
		 {"id": "seller", "provider_match": {"contains": "sell"}, "fallback_model_providers": ["p"], "models": []}]
	END
}

# unpriced FILTER: an event of model m of provider p without a cost, changed by the jq filter.
unpriced() {
	event '.provider = "p" | .model = "m" | .usage = {input_tokens: 0, output_tokens: 0, cost_usd: null, cost_source: "unknown", latency_ms: 5}'" | ${1:-.}"
}

# cost FILTER [OPTION ...]: what ros-price makes of it: cost and source.
cost() {
	unpriced "$1" | ros-price --map "${MAP:-litellm.json}" "${@:2}" | jq -r '"\(.usage.cost_usd) \(.usage.cost_source)"'
}

@test "each kind of tokens has its price, and the map is named" {
	[ "$(cost '.usage.input_tokens = 1000')" = '0.001 local' ]
	[ "$(cost '.usage.output_tokens = 1000')" = '0.004 local' ]
	[ "$(cost '.usage |= (.input_tokens = 1000 | .output_tokens = 1000 | .cache_read_tokens = 10000 | .cache_write_tokens = 2000)')" = '0.0085 local' ]
	[ "$(cost '.usage.reasoning_tokens = 1000')" = '0.004 local' ]
	[ "$(cost '.model = "thinker" | .usage.reasoning_tokens = 1000')" = '0.005 local' ]
	[ "$(cost '.model = "fee" | .usage.input_tokens = 1000')" = '0.006 local' ]
	unpriced '.usage.input_tokens = 1' | ros-price --map litellm.json > out
	[ "$(jq -r .usage.price_map out)" = "sha256:$(sha256sum < litellm.json | cut -d' ' -f1)" ]
	ros-emit --dry-run out
}

@test "tiers go by all input of the request, and hold from above their start" {
	[ "$(cost '.model = "long" | .usage.input_tokens = 128000')" = '0.128 local' ]
	[ "$(cost '.model = "long" | .usage.input_tokens = 200000')" = '0.3 local' ]
	[ "$(cost '.model = "long" | .usage |= (.input_tokens = 200000 | .output_tokens = 1000 | .cache_read_tokens = 10000)')" = '0.407 local' ]
	[ "$(cost '.model = "ranges" | .usage |= (.input_tokens = 1000 | .output_tokens = 1000)')" = '0.003 local' ]
	[ "$(cost '.model = "ranges" | .usage |= (.input_tokens = 2000 | .output_tokens = 1000)')" = '0.01 local' ]
	[ "$(cost '.model = "ranges" | .usage.input_tokens = 2001')" = 'null unknown' ]
	MAP=genai.json
	[ "$(cost '.model = "long" | .usage.input_tokens = 200000')" = '0.205 local' ]
	[ "$(cost '.model = "long" | .usage |= (.input_tokens = 200001 | .output_tokens = 1000)')" = '0.409002 local' ]
}

@test "exact, rounded once and half to even" {
	price() { unpriced '.model = "half"' | sed "s/\"$1\":0/\"$1\":$2/" | ros-price --map litellm.json | grep -oE '"cost_usd":[^,]*'; }
	[ "$(price input_tokens 1)" = '"cost_usd":0' ]
	[ "$(price input_tokens 3)" = '"cost_usd":0.000000002' ]
	[ "$(price input_tokens 5)" = '"cost_usd":0.000000002' ]
	[ "$(price output_tokens 9999999999999)" = '"cost_usd":1449999.999999855' ]
}

@test "what has no price is unknown, never 0" {
	for filter in '.model = "free"' '.model = "images"' '.model = "none"' '.model = "m2"' '.model = "other"' '.model = "sample_spec"' \
		'.provider = "q"' '.model = "thinker" | .usage.cache_read_tokens = 1'; do
		[ "$(cost "$filter | .usage.input_tokens = 5")" = 'null unknown' ]
	done
	[ "$(cost '.usage.output_tokens = 9000000000000000')" = 'null unknown' ] # the contract has no such cost
	[ "$(cost .)" = 'null unknown' ] # and neither are calls without tokens free
	unpriced 'del(.usage.cost_source) | .usage.price_map = "sha256:" + "0" * 64 | .usage.input_tokens = 5 | .model = "free"' | ros-price --map litellm.json > out
	[ "$(jq -c .usage out)" = '{"input_tokens":5,"output_tokens":0,"latency_ms":5,"cost_usd":null,"cost_source":"unknown"}' ]
}

@test "a cost that is there wins, and its line is left byte for byte" {
	{
		event '.provider = "p" | .model = "m"'
		event '.provider = "p" | .model = "m" | del(.usage.cost_source)' | sed 's/0.00298/298.0e-5/; s/,/ ,  /g'
		event 'del(.usage)'
		unpriced '.model = "none"'
	} > in
	ros-price --map litellm.json in | cmp - in
}

@test "everything but the cost stays as it was written" {
	unpriced '.usage.input_tokens = 7' | sed 's/"latency_ms":5/ "more" : [1.50,"\\u00e9"], "latency_ms":5/; s/"tags"/ "tags" /' > in
	ros-price --map litellm.json in > out
	[ "$(sed 's/"usage":.*"status"/"status"/' in)" = "$(sed 's/"usage":.*"status"/"status"/' out)" ]
	grep -qF '"more":[1.50,"\u00e9"],"latency_ms":5,"cost_usd":0.000007,"cost_source":"local"' out
}

@test "a model is found by its provider, path, region and date, and not by likeness" {
	priced() { cost ".provider = \"$1\" | .model = \"$2\" | .usage.input_tokens = 1000000"; }
	[ "$(priced openai gpt-9)" = '1 local' ]
	[ "$(priced openai gpt-9-2026-02-03)" = '1 local' ]
	[ "$(priced openai gpt-9-20260203)" = '1 local' ]
	[ "$(priced azure gpt-9)" = '2 local' ]
	[ "$(priced google models/flash)" = '3 local' ]
	[ "$(priced google-vertex flash)" = '4 local' ]
	[ "$(priced aws-bedrock us.amazon.nova)" = '5 local' ]
	[ "$(priced aws-bedrock eu.amazon.nova)" = '6 local' ]
	for names in 'mistral gpt-9' 'openai gpt-9-mini' 'openai gpt-9-202602' 'openai GPT-9' 'openai gpt' 'aws-bedrock flash' 'p q/other'; do
		# shellcheck disable=SC2086
		[ "$(priced $names)" = 'null unknown' ]
	done
}

@test "genai-prices: clauses, providers, effective dates" {
	MAP=genai.json
	of() { cost ".model = \"$1\" | .usage.input_tokens = 1000000 | ${2:-.}" "${@:3}"; }
	[ "$(of m)" = '1 local' ]
	[ "$(of m-1-x)" = '1 local' ]
	[ "$(of m-1)" = 'null unknown' ]
	[ "$(of pattern)" = 'null unknown' ]
	[ "$(of m '.provider = "reseller"')" = '1 local' ]
	[ "$(of a-date '.timestamp = "2026-01-27T23:59:59.999Z"')" = '1 local' ]
	[ "$(of a-date '.timestamp = "2026-01-28T01:00:00+01:00"')" = '2 local' ]
	[ "$(of a-date . --at 2026-07-01)" = '3 local' ]
	[ "$(of nightly)" = '2 local' ]
	[ "$(of nightly . --at 2026-07-01T16:30:00Z)" = '1 local' ]
	[ "$(of nightly . --at 2026-07-01)" = '1 local' ]
	[ "$(cost '.usage |= (.input_tokens = 1000 | .output_tokens = 1000 | .cache_read_tokens = 10000 | .cache_write_tokens = 2000)')" = '0.0085 local' ]
}

@test "a map that cannot be used is 65, with the place" {
	bad() { # FILTER PATTERN [FILE]
		jq "$1" "${3:-litellm.json}" > map
		unpriced . > in
		run -65 --separate-stderr ros-price --map map in
		[ -z "$output" ]
		[[ $stderr == $2 ]]
	}
	bad '.m.input_cost_per_token = -1e-6' 'ros-price: map: /m/input_cost_per_token: not a price*'
	bad '.m.input_cost_per_token = "1e-6"' 'ros-price: map: /m/input_cost_per_token: not a price*'
	bad '.ranges.tiered_pricing[1].output_cost_per_token = "2"' 'ros-price: map: /ranges/tiered_pricing/1/output_cost_per_token: not a price*'
	bad '.long.input_cost_per_token_above_128k_tokens = []' 'ros-price: map: /long/input_cost_per_token_above_128k_tokens: not a price*'
	bad '.m.input_cost_per_token = 1e-28' '*not a price: a number from 0 on, of at most 27 decimals'
	bad '.[0].models[0].prices.input_mtok = -1' 'ros-price: map: /0/models/0/prices/input_mtok: not a price*' genai.json
	bad '.[0].models[3].prices.input_mtok.tiers[0].price = "2"' 'ros-price: map: /0/models/3/prices/input_mtok/tiers/0/price: not a price*' genai.json
	bad '.[0].models[1].prices[1].constraint = {start_date: "soon"}' 'ros-price: map: /0/models/1/prices/1: not a constraint*' genai.json
	bad 'del(.[1].models)' 'ros-price: map: /1: not a provider with id and models' genai.json
	bad '{}' 'ros-price: map: neither a price map of LiteLLM nor one of genai-prices'
	head -c 700 litellm.json > map
	run -65 --separate-stderr ros-price --map map in
	[ "$stderr" = 'ros-price: map: not JSON: syntax at byte 701' ]
	run -65 ros-price --map nowhere in
	[ "$output" = 'ros-price: cannot open nowhere: no such file or directory' ]
}

@test "lines that are no events are named and left out" {
	{ unpriced '.usage.input_tokens = 1'; echo '{"a":'; unpriced '.stage = 40'; unpriced '.usage.input_tokens = 2'; } > in
	run -1 --separate-stderr ros-price --map litellm.json in
	[ "${#lines[@]}" = 2 ]
	[ "$stderr" = "ros-price: in: line 2: /?: syntax at byte 6
ros-price: in: line 3: /stage: maximum (invocation_id 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a)" ]
}

@test "the command line" {
	run -64 ros-price
	[[ $output == *'--map is needed'* ]]
	run -64 ros-price --map litellm.json --at soon
	run -65 ros-price --map litellm.json nowhere
	run -0 --separate-stderr ros-price --map litellm.json -v < <(event; unpriced '.usage.input_tokens = 1'; unpriced '.model = "x"')
	[ "$stderr" = 'ros-price: 1 costs filled in, 1 unknown, 1 events kept as they were' ]
}

@test "of the recorded calls 88 % are priced, each recomputed by another program" {
	calls=$ROS_SHARED/data/traces/provider-calls.jsonl map=$ROS_SHARED/data/prices/litellm-model-prices.json
	[ -e "$calls" ] && [ -e "$map" ] || skip 'the shared data has no traces or no prices'
	ros-import --quiet --from provider-calls "$calls" | ros-price --map "$map" > priced
	"$TOP/tests/lib/recompute-prices" "$map" < priced > told
	cat told
	[ "$(wc -l < told)" = 1 ]
	read -r filled _ < told
	[ $((100 * filled)) -ge $((88 * $(wc -l < priced))) ]
	[ "$(jq -c 'select(.usage.cost_source == "local" and .usage.cost_usd == 0)' priced)" = '' ]
	[ "$(jq -r 'select(.usage.cost_source == "provider") | .usage.cost_usd' priced | wc -l)" = 55 ]
}
