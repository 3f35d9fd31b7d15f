load ../lib/common

# call [FILTER]: one recorded call, changed by the jq filter.
call() {
	jq -nc '{source: "log", file: "a", interaction: 0, host: "api.openai.com", path: "/v1/chat/completions", http_status: 200,
		date: "Wed, 13 May 2026 22:52:32 GMT", processing_ms: "570", request_model: "gpt-4o", response_model: "gpt-4o-2024-08-06",
		response_id: "chatcmpl-1", stream: false,
		usage: {prompt_tokens: 100, completion_tokens: 30, total_tokens: 130, prompt_tokens_details: {cached_tokens: 60},
			completion_tokens_details: {reasoning_tokens: 10}},
		request: {model: "gpt-4o", temperature: 0.5, max_tokens: 64, messages: [{role: "user", content: "CANARY asks"}]},
		response: {id: "chatcmpl-1", created: 1700000000, choices: [{message: {role: "assistant", content: "CANARY answers"}}]}}
		| '"${1:-.}"
}

import() {
	ros-import --from provider-calls "$@"
}

# field CALL-FILTER EVENT-FILTER [OPTION ...]: what the event of a changed call has.
field() {
	local change=$1 of=$2
	shift 2
	call "$change" | import "$@" | jq -c "$of"
}

table() {
	ros-import --from csv --set provider=p --set model=m "$@"
}

calls_log() {
	[ -e "$ROS_SHARED/data/traces/provider-calls.jsonl" ] || skip 'the shared data has no traces/provider-calls.jsonl'
	calls=$ROS_SHARED/data/traces/provider-calls.jsonl
}

azure() {
	[ -e "$ROS_SHARED/data/traces/AzureLLMInferenceTrace_code.csv" ] || skip 'the shared data has no Azure traces'
	traces=$ROS_SHARED/data/traces
}

@test "an event of one recorded call, to the byte" {
	call | import > "$HOME/out"
	diff -u - "$HOME/out" <<-'END'
		{"schema_version":"1.1.0","invocation_id":"d415e87f-ee3f-5e30-b74b-0d2f4b0ed277","timestamp":"2026-05-13T22:52:32.000Z","governance_mode":"DEMO","project_id":"2c2f6d4d-2a18-5833-861a-1f720563edb6","caller":"worker","tier":"FRONTIER","provider":"openai","model":"gpt-4o-2024-08-06","prompt_hash":"sha256:797230193a4dd8eeeeea8dbbe44db0cd96fbd9817beed111dc02fd3fff3de443","output_hash":"sha256:81037ac25e899b9062419f81c49b3cac15c9cf09943042349970b2e2795e6338","model_requested":"gpt-4o","usage":{"input_tokens":40,"output_tokens":20,"total_tokens":130,"cache_read_tokens":60,"cache_write_tokens":0,"reasoning_tokens":10,"cost_usd":null,"cost_source":"unknown","latency_ms":570},"parameters":{"temperature":0.5,"max_tokens":64},"status":"SUCCESS"}
	END
}

@test "prompt and output hashes are those of the canonical JSON" {
	prompt=$(printf '{"messages":[{"content":"CANARY asks","role":"user"}]}' | sha256sum | cut -c1-64)
	output=$(printf '[{"content":"CANARY answers","role":"assistant"}]' | sha256sum | cut -c1-64)
	[ "$(field . .prompt_hash)" = "\"sha256:$prompt\"" ]
	[ "$(field . .output_hash)" = "\"sha256:$output\"" ]
	[ "$(field '.response = null' .output_hash)" = null ]
	[ "$(field '.request = null' .prompt_hash)" = null ]
}

@test "no text of a call is passed on, neither in events nor in messages" {
	canary='.response.error = {code: "CANARY code", message: "CANARY message", type: "CANARY type"} | .finish_reason = "CANARY"
		| .request.stop = ["CANARY"] | .request.tools = [{name: "CANARY"}] | .CANARY = "CANARY"'
	for change in . '.http_status = 400' '.http_status = "CANARY"' '.usage = {CANARY: 1}' '.stage = "CANARY"' '.purpose = "CANARY"' '.usage.prompt_tokens = "CANARY"'; do
		call "$canary | $change"
	done > "$HOME/in"
	printf '{"a": CANARY}\n' >> "$HOME/in"
	run import "$HOME/in"
	[ "$status" -eq 1 ]
	[[ $output == *'"status":"FAILED"'* && $output == *'6 of 8 records gave no event'* ]]
	[[ $output != *CANARY* ]]
}

@test "status and error follow the HTTP status" {
	for pair in 200:SUCCESS 201:SUCCESS 400:FAILED 404:FAILED 408:TIMEOUT 429:RATE_LIMITED 500:FAILED 503:FAILED 504:TIMEOUT; do
		[ "$(field ".http_status = ${pair%:*}" .status)" = "\"${pair#*:}\"" ]
	done
	for pair in 400:false 404:false 408:true 429:true 500:true 503:true 504:true; do
		[ "$(field ".http_status = ${pair%:*}" .error)" = '{"code":"'"${pair%:*}"'","message":"HTTP '"${pair%:*}"'","retryable":'"${pair#*:}"'}' ]
	done
	[ "$(field . .error)" = null ]
	[ "$(field '.http_status = 404 | .response = {error: {code: "model_not_found"}}' .error.code)" = '"model_not_found"' ]
	[ "$(field '.http_status = 404 | .response = {error: {code: 404, status: "NOT_FOUND"}}' .error.code)" = '"NOT_FOUND"' ]
	[ "$(field '.http_status = 404 | .response = {error: {code: "Jane Doe"}}' .error.code)" = '"404"' ]
	[ "$(field '.http_status = 404 | .usage = null' '.usage | [.input_tokens, .output_tokens, .total_tokens]')" = '[0,0,0]' ]
}

@test "the time is the date's, else the response's, else --at with a warning" {
	[ "$(field . .timestamp)" = '"2026-05-13T22:52:32.000Z"' ]
	[ "$(field '.date = null' .timestamp)" = '"2023-11-14T22:13:20.000Z"' ]
	[ "$(field '.date = null | .response.created_at = 1700000001.5' .timestamp)" = '"2023-11-14T22:13:21.500Z"' ]
	[ "$(field '.date = null | .response = {createTime: "2026-07-22T23:37:37.029264Z"}' .timestamp)" = '"2026-07-22T23:37:37.029Z"' ]
	[ "$(field '.date = null | .response = null' .timestamp --at 2026-01-02)" = '"2026-01-02T00:00:00.000Z"' ]
	call 'del(.date, .response)' > "$HOME/in"
	run --separate-stderr import "$HOME/in" "$HOME/in"
	[ "$status" -eq 0 ]
	[[ $output == *'"timestamp":"1970-01-01T00:00:00.000Z"'* ]]
	[ "$stderr" = 'ros-import: 2 records have no date; their time is 1970-01-01T00:00:00.000Z (--at gives another)' ]
}

@test "latency is processing_ms, and null where it is unknown" {
	[ "$(field . .usage.latency_ms)" = 570 ]
	[ "$(field '.processing_ms = 12' .usage.latency_ms)" = 12 ]
	[ "$(field '.processing_ms = null' .usage.latency_ms)" = null ]
	[ "$(field 'del(.processing_ms)' .usage.latency_ms)" = null ]
	[ "$(field '.processing_ms = ""' .usage.latency_ms)" = null ]
}

@test "a latency that is no whole number of milliseconds is refused, in logs and in tables" {
	for value in 12.5 -1 1e300 '"12.5"' '"soon"' '"-1"' true '{}'; do
		run --separate-stderr import <<< "$(call ".processing_ms = $value")"
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == *'line 1: processing_ms is not a whole number'* || $stderr == *'line 1: /usage/latency_ms: '* ]]
	done
	for value in 12.5 -1 soon; do
		run --separate-stderr table --column usage.latency_ms=ms <<< $'ms\n'"$value"
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == *'line 2: /usage/latency_ms: '* ]]
	done
}

@test "the provider's bill is a cost; a gateway's estimate is not" {
	[ "$(field '.usage.cost = 1.13e-05' '.usage | [.cost_usd * 1e9, .cost_source]')" = '[11300,"provider"]' ]
	[ "$(field '.usage.cost = 0' '.usage | [.cost_usd, .cost_source]')" = '[0,"provider"]' ]
	[ "$(field '.usage.cost = 0.001 | .usage.is_byok = false | .usage.cost_details.upstream_inference_cost = 0.001' .usage.cost_usd)" = 0.001 ]
	[ "$(field '.usage.cost = 0 | .usage.is_byok = true | .usage.cost_details.upstream_inference_cost = 3.253e-4' '.usage | [.cost_usd, .cost_source]')" = \
		'[0.0003253,"provider"]' ]
	[ "$(field '.usage.cost = 0.0001 | .usage.is_byok = true | .usage.cost_details.upstream_inference_cost = 0.0002' .usage.cost_usd)" = 0.0003 ]
	for absent in '.usage.cost_details.upstream_inference_cost = null' '.usage.cost_details = null' 'del(.usage.cost_details)'; do
		[ "$(field ".usage.cost = 0 | .usage.is_byok = true | $absent" '.usage | [.cost_usd, .cost_source]')" = '[null,"unknown"]' ]
	done
	[ "$(field '.usage.pydantic_ai_gateway.cost_estimate = 0.5' '.usage | [.cost_usd, .cost_source]')" = '[null,"unknown"]' ]
}

@test "names: served and asked model, model out of the path, provider of the host" {
	[ "$(field '.response_model = ""' '[.model, .model_requested]')" = '["gpt-4o","gpt-4o"]' ]
	[ "$(field '.request_model = null' '[.model, .model_requested]')" = '["gpt-4o-2024-08-06",null]' ]
	[ "$(field '.request_model = "us.a%3A0%2Fb" | .path = "/model/us.a%3A0%2Fb/converse" | .response_model = null' .model)" = '"us.a:0/b"' ]
	[ "$(field '.request_model = "us.a%3A0" | .response_model = null' .model)" = '"us.a%3A0"' ]
	[ "$(field '.host = "bedrock-runtime.us-east-1.amazonaws.com"' .provider)" = '"aws-bedrock"' ]
	[ "$(field '.host = "llm.example.org"' .provider)" = '"llm.example.org"' ]
}

@test "tiers: --tier first, then the built-in table" {
	[ "$(field . .tier)" = '"FRONTIER"' ]
	[ "$(field '.response_model = "claude-haiku-4-5"' .tier)" = '"MINI"' ]
	[ "$(field '.response_model = "text-embedding-3-small"' .tier)" = '"NANO"' ]
	[ "$(field . .tier --tier 'gpt-4o-*=NANO' --tier '*=MINI')" = '"NANO"' ]
	[ "$(field . .tier --tier 'gpt-5*=NANO' --tier '*=MINI')" = '"MINI"' ]
}

@test "parameters out of range are left out" {
	[ "$(field '.request = {temperature: 2.5, max_tokens: 0, top_p: 0.5}' .parameters)" = '{"top_p":0.5}' ]
	[ "$(field '.request = {generationConfig: {temperature: 0, maxOutputTokens: 9, topP: 1}}' .parameters)" = '{"temperature":0,"max_tokens":9,"top_p":1}' ]
	[ "$(field '.request = {inferenceConfig: {temperature: 2, maxTokens: 1.5}}' .parameters)" = '{"temperature":2}' ]
}

@test "options fill in what the record does not say; the record wins" {
	run_id=9c5b94b1-35ad-49bb-b118-8e8fc24abf80
	options=(--run "$run_id" --stage 3 --stage-name extract --purpose classify --caller web --project 1b4e28ba-2fa1-41d2-883f-0016d3cca427)
	[ "$(field . '[.run_id, .stage, .stage_name, .purpose, .caller, .project_id]' "${options[@]}")" = \
		"[\"$run_id\",3,\"extract\",\"classify\",\"web\",\"1b4e28ba-2fa1-41d2-883f-0016d3cca427\"]" ]
	[ "$(field '.stage = 4 | .purpose = "route"' '[.run_id, .stage, .purpose]' "${options[@]}")" = "[\"$run_id\",4,\"route\"]" ]
	[ "$(field . '[.tenant_id, .tags, .provider]' --set tenant_id=t --set tags=a --set tags=b --set provider=mine)" = '["t",["a","b"],"openai"]' ]
}

@test "ids: by place and response id, else by response id, else by the text; --source parts logs" {
	id() { field "$1" .invocation_id "${@:2}"; }
	[ "$(id .)" = "$(id '.usage = null')" ]
	[ "$(id .)" != "$(id '.interaction = 1')" ]
	[ "$(id .)" != "$(id '.response_id = "other"')" ]
	[ "$(id .)" != "$(id . --source other)" ]
	[ "$(id 'del(.file)')" = "$(id 'del(.file, .interaction)')" ]
	[ "$(id 'del(.file, .response_id)')" != "$(id 'del(.file, .response_id) | .stream = true')" ]
	call 'del(.file, .response_id)' > "$HOME/a"
	cp "$HOME/a" "$HOME/b"
	[ "$(cat "$HOME/a" "$HOME/a" | import - "$HOME/a" "$HOME/b" | jq -r .invocation_id | sort -u | wc -l)" -eq 4 ]
	[ "$(import "$HOME/a" | jq .invocation_id)" = "$(cd "$HOME" && import a | jq .invocation_id)" ]
}

# all FILE ...: what is imported of tables without dates and ids, sorted.
all() {
	table --at 2026-01-01 --column usage.input_tokens=in --column usage.output_tokens=out "$@" | sort
}

@test "records that differ have ids that differ, wherever they stand; equal ones are counted" {
	mkdir "$HOME/d1" "$HOME/d2"
	printf 'in,out\n1,2\n3,4\n1,2\n' > "$HOME/d1/u.csv"
	printf 'in,out\n5,6\n1,2\n3,4\n' > "$HOME/d2/u.csv"
	# Each row is recorded once, however often and in however many runs it comes.
	for files in d1/u.csv d2/u.csv 'd1/u.csv d2/u.csv' 'd2/u.csv d1/u.csv' d2/u.csv; do
		# shellcheck disable=SC2086 # several words
		(cd "$HOME" && all $files | ros-aggregate)
	done
	ros-report --format json | jq -e '.total_ai_calls == 6 and .tokens.input == 14 and .tokens.output == 20 and .conflicts == 0'
}

@test "ids without an identity are those of the text: file, place, line ends and quotes do not matter" {
	printf 'in,out\n1,2\n3,4\n1,2\n' > "$HOME/u.csv"
	all "$HOME/u.csv" > "$HOME/want"
	[ "$(jq -r .invocation_id "$HOME/want" | sort -u | wc -l)" -eq 3 ]
	all < "$HOME/u.csv" | diff "$HOME/want" -
	(cd "$HOME" && all u.csv) | diff "$HOME/want" -
	printf '"in","out"\r\n1,2\r\n\r\n"1",2\r\n3,4' > "$HOME/turned.csv"
	all "$HOME/turned.csv" | diff "$HOME/want" -
	printf '9,9\n' | cat "$HOME/u.csv" - | all | comm -13 - "$HOME/want" | diff /dev/null -
	call 'del(.file, .response_id)' > "$HOME/a"
	sed 's/$/\r/' "$HOME/a" | import | diff <(import "$HOME/a") -
}

@test "records that give no event are named and counted, the rest goes on" {
	{
		call
		echo '[]'
		call 'del(.http_status)'
		call 'del(.request_model, .response_model)'
		call 'del(.host)'
		echo
		call '.usage = {words: 7}'
		call '.stage = 21'
		echo '{"a":1,"a":2}'
		echo '{"a":'
		echo 'x'
		call '.interaction = 1'
	} > "$HOME/in"
	run --separate-stderr import "$HOME/in"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
	diff -u - <(printf '%s\n' "$stderr" | sed "s|$HOME/||") <<-'END'
		ros-import: in: line 2: not an object
		ros-import: in: line 3: no http_status
		ros-import: in: line 4: no model
		ros-import: in: line 5: no provider
		ros-import: in: line 7: usage: none of the known shapes
		ros-import: in: line 8: /stage: maximum
		ros-import: in: line 9: /?: duplicate-key
		ros-import: in: line 10: /?: syntax
		ros-import: in: line 11: syntax at byte 1
		ros-import: 9 of 11 records gave no event
	END
}

@test "a last line without its end counts where it is whole" {
	[ "$(printf %s "$(call)" | import | wc -l)" -eq 1 ]
	run --separate-stderr import <<< "$(call | cut -c1-200)"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
}

@test "events come out before the input ends" {
	mkfifo "$HOME/in"
	import < "$HOME/in" > "$HOME/out" &
	pid=$!
	exec 9> "$HOME/in"
	call >&9
	wait_for 10 grep -q invocation_id "$HOME/out"
	exec 9>&-
	wait $pid
}

@test "SIGTERM ends it cleanly, with what was read" {
	mkfifo "$HOME/in"
	ros-import --from provider-calls < "$HOME/in" > "$HOME/out" &
	pid=$!
	exec 9> "$HOME/in"
	call >&9
	wait_for 10 grep -q invocation_id "$HOME/out"
	kill -TERM $pid
	wait $pid
	exec 9>&-
	[ "$(wc -l < "$HOME/out")" -eq 1 ]
}

@test "LIVE without a key is refused with 78, however it is said" {
	run import --mode LIVE < /dev/null
	[ "$status" -eq 78 ]
	[ "$output" = 'ros-import: --mode LIVE: LIVE needs a key; make one, and let ROS_PHI_KEY_FILE name it: (umask 077; echo "k1 $(openssl rand -hex 32)" > FILE)' ]
	run table --set governance_mode=LIVE < /dev/null
	[ "$status" -eq 78 ]
	run --separate-stderr table --column governance_mode=mode --at 2026-01-01 < <(printf 'mode\nDEMO\nLIVE\n')
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $stderr == *'line 3: LIVE needs a key'* ]]
}

@test "LIVE with a key: the hashes of prompts and outputs are keyed, and of DEMO they are not" {
	cd "$BATS_TEST_TMPDIR"
	make_key
	import < <(call) > demo
	import --mode LIVE < <(call) > live
	jq -e '.governance_mode == "LIVE" and ([.prompt_hash, .output_hash] | all(startswith("hmac-sha256:")))' live
	jq -e '[.prompt_hash, .output_hash] | all(startswith("sha256:"))' demo
	[ "$(jq -c 'del(.governance_mode, .prompt_hash, .output_hash)' live)" = "$(jq -c 'del(.governance_mode, .prompt_hash, .output_hash)' demo)" ]
	table --mode LIVE --hash prompt_hash=a,b --at 2026-01-01 < <(printf 'a,b\n1,2\n') > table
	[ "$(jq -r .prompt_hash table)" = "hmac-sha256:$(printf '["1","2"]' | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(cut -d' ' -f2 "$ROS_PHI_KEY_FILE")" | sed 's/.* //')" ]
	table --column governance_mode=mode --hash prompt_hash=a --at 2026-01-01 < <(printf 'a,mode\n1,DEMO\n1,LIVE\n') | jq -r '.prompt_hash[:7]' > kinds
	[ "$(tr '\n' ' ' < kinds)" = 'sha256: hmac-sh ' ]
	[ "$(cat live table | ros-emit | wc -l)" -eq 2 ]
}

@test "empty input is a warning" {
	for from in provider-calls csv; do
		run --separate-stderr ros-import --from $from < /dev/null
		[ "$status" -eq 0 ]
		[ -z "$output" ]
		[ "$stderr" = 'ros-import: standard input: nothing to import' ]
	done
}

@test "unusable options are named" {
	while IFS='|' read -r options named; do
		# shellcheck disable=SC2086 # several words
		run --separate-stderr ros-import $options < /dev/null
		[ "$status" -eq 64 ]
		[ -z "$output" ]
		[[ $stderr == "ros-import: $named"* ]]
	done <<-'END'
		|--from is needed
		--from xml|--from: 'xml'
		--from csv --stage 0|--stage 0: /stage: minimum
		--from csv --run x|--run x: /run_id: format
		--from csv --purpose chat|--purpose: 'chat'
		--from csv --at noon|--at: 'noon'
		--from csv --tier gpt=SMALL|--tier gpt=SMALL:
		--from csv --set model|--set model: not FIELD=VALUE
		--from csv --set colour=red|--set colour=red: no such field
		--from csv --set usage.cost_usd=-1|--set usage.cost_usd=-1: /usage/cost_usd: minimum
		--from csv --column timestamp|--column timestamp: not FIELD=COLUMN
		--from csv --column time=when|--column time=when: no such field
		--from csv --hash model=a|--hash model=a: the field is not prompt_hash
		--from csv --date-format %Q|--date-format: '%Q' is not a format of dates
		--from csv --date-format=|--date-format: '' is not a format of dates
		--from csv -c usage.input_tokens=a -c usage.input_tokens=b|--column usage.input_tokens=b: the field has a column already
		--from csv -c prompt_hash=a --hash prompt_hash=b|--hash prompt_hash=b: the field has a column already
		--from provider-calls --column timestamp=when|--column, --hash, --id and --date-format need --from csv
		--from provider-calls --id a|--column, --hash, --id and --date-format need --from csv
	END
}

@test "csv: columns, constants, dates, several tags" {
	printf 'when,in,out,ms,usd,who\n2026-01-02 03:04:05.6789,10,3,250,0.0015,a\n2026-01-02 03:04:06,1,,,,\n' > "$HOME/in.csv"
	table --column timestamp=when --date-format '%Y-%m-%d %H:%M:%S.%f' --column usage.input_tokens=in --column usage.output_tokens=out \
		--column usage.latency_ms=ms --column usage.cost_usd=usd --column tags=who --set tags=batch "$HOME/in.csv" > "$HOME/out" 2> "$HOME/err" || true
	[ "$(jq -c '[.timestamp, .usage.input_tokens, .usage.output_tokens, .usage.total_tokens, .usage.latency_ms, .usage.cost_usd, .tags]' "$HOME/out")" = \
		'["2026-01-02T03:04:05.678Z",10,3,13,250,0.0015,["batch","a"]]' ]
	[ "$(sed "s|$HOME/||" "$HOME/err")" = 'ros-import: in.csv: line 3: /timestamp: not a date of the given format
ros-import: 1 of 2 records gave no event' ]
}

@test "csv: quotes, line ends and a byte order mark" {
	printf '\xef\xbb\xbf"a",b\r\n"x ""y"", z\nnext",1\r\n\r\np,2' | table --at 2026-01-01 --column tags=a --column usage.input_tokens=b > "$HOME/out"
	[ "$(jq -c '[.tags[0], .usage.input_tokens]' "$HOME/out")" = '["x \"y\", z\nnext",1]
["p",2]' ]
}

@test "csv: blanks are part of a cell, quoted or not, but around names, dates and numbers" {
	printf 'a, in,when\n x ,1 , 2026-01-02 \n" x "," 1","2026-01-02"\n' | table --date-format %Y-%m-%d --column timestamp=when \
		--column usage.input_tokens=in --column tags=a --hash prompt_hash=a > "$HOME/out"
	[ "$(jq -c '[.tags[0], .usage.input_tokens, .timestamp]' "$HOME/out" | uniq)" = '[" x ",1,"2026-01-02T00:00:00.000Z"]' ]
	[ "$(jq -r .prompt_hash "$HOME/out" | uniq)" = "sha256:$(printf '[" x "]' | sha256sum | cut -c1-64)" ]
}

@test "csv: rows that give no event are named with their line, the rest goes on" {
	printf 'a,b\n1,2\n3\n4,5,6\nn\0,1\n\xff,1\n7,"8"9\n10,x\n"11\n12,13\n' > "$HOME/in"
	run --separate-stderr table --at 2026-01-01 --column usage.input_tokens=b "$HOME/in"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	diff -u - <(printf '%s\n' "$stderr" | sed "s|$HOME/||") <<-'END'
		ros-import: in: line 3: 1 cells, the header has 2
		ros-import: in: line 4: 3 cells, the header has 2
		ros-import: in: line 5: NUL byte
		ros-import: in: line 6: not UTF-8
		ros-import: in: line 7: misplaced quote
		ros-import: in: line 8: /usage/input_tokens: not a number or boolean
		ros-import: in: line 9: quote left open (the row goes on to line 10)
		ros-import: 7 of 8 records gave no event
	END
}

@test "csv: a column that is missing, or there twice, is 65" {
	run table --column tags=c <<< 'a,b'
	[ "$status" -eq 65 ]
	[ "$output" = 'ros-import: standard input: no column c in the header' ]
	run table --column tags=a <<< 'a,b,a'
	[ "$status" -eq 65 ]
	[ "$output" = 'ros-import: standard input: more than one column a in the header' ]
}

@test "csv: several columns are hashed as a JSON array, so that no two rows look alike" {
	printf 'a,b\nx,yz\nxy,z\nx,yz\n' | table --at 2026-01-01 --hash prompt_hash=a,b > "$HOME/out"
	[ "$(jq -r .prompt_hash "$HOME/out" | sed -n 1p)" = "sha256:$(printf '["x","yz"]' | sha256sum | cut -c1-64)" ]
	[ "$(jq -r .prompt_hash "$HOME/out" | sort -u | wc -l)" -eq 2 ]
}

@test "csv: ids are of the row, or of the columns of --id" {
	printf 'a,b\n1,2\n1,3\n' > "$HOME/in"
	printf 'a,b\n1,3\n1,2\n' > "$HOME/turned"
	ids() { table --at 2026-01-01 "$@" | jq -r .invocation_id; }
	[ "$(ids "$HOME/in" | sort -u | wc -l)" -eq 2 ]
	[ "$(ids --id a "$HOME/in" | sort -u | wc -l)" -eq 1 ]
	[ "$(ids --id a,b "$HOME/in" | sort)" = "$(ids --id a,b "$HOME/turned" | sort)" ]
}

@test "csv: a cell cannot reach beyond its field" {
	printf 'a\n"1,""model"":""evil"""\n' > "$HOME/in"
	run --separate-stderr table --at 2026-01-01 --column usage.input_tokens=a "$HOME/in"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	printf 'a\n"x"",""model"":""evil"\n' | table --at 2026-01-01 --column tags=a > "$HOME/out"
	[ "$(jq -c '[.model, .tags]' "$HOME/out")" = '["m",["x\",\"model\":\"evil"]]' ]
}

@test "every recorded call is an event with an id of its own, twice the same bytes" {
	calls_log
	import --quiet "$calls" > "$HOME/out"
	[ "$(wc -l < "$HOME/out")" -eq "$(wc -l < "$calls")" ]
	[ "$(jq -r .invocation_id "$HOME/out" | sort -u | wc -l)" -eq "$(wc -l < "$calls")" ]
	import --quiet < "$calls" | cmp - "$HOME/out"
}

@test "the counts of every recorded call equal those computed by API" {
	calls_log
	import --quiet "$calls" | jq -c '.usage | [.input_tokens, .cache_read_tokens, .cache_write_tokens, .output_tokens, .reasoning_tokens]' > "$HOME/got"
	jq -c -f "$TOP/tests/lib/tokens-by-api.jq" "$calls" > "$HOME/want"
	diff -u "$HOME/want" "$HOME/got"
	[ "$(jq -s 'map(add) | add' "$HOME/want")" -gt 3000000 ]
	[ "$(import --quiet "$calls" | jq .usage.total_tokens | jq -s add)" -eq "$(jq -s 'map(add) | add' "$HOME/want")" ]
}

@test "the totals of the recorded calls are the providers' own, but for those whose parts say otherwise" {
	calls_log
	import --quiet "$calls" | jq .usage.total_tokens > "$HOME/got"
	jq '.usage | .total_tokens // .totalTokens // .totalTokenCount // "none"' "$calls" | paste -d' ' - "$HOME/got" |
		awk '$1 != "\"none\"" && $1 != $2 { print NR }' > "$HOME/differ"
	[ "$(tr '\n' ' ' < "$HOME/differ")" = '1505 1506 1897 ' ]
}

@test "the costs of the recorded calls are the bills in them, to the nano-dollar" {
	calls_log
	nano='[.[] | select(. != null) * 1e9 | round] | [length, add]'
	want=$(jq '.usage | if .is_byok then .cost_details.upstream_inference_cost else .cost end' "$calls" | jq -sc "$nano")
	got=$(import --quiet "$calls" | jq '.usage | select(.cost_source == "provider").cost_usd' | jq -sc "$nano")
	[ "$got" = "$want" ]
	[ "${want%%,*}" = '[55' ]
}

@test "no long string of the recorded calls is in their events" {
	calls_log
	import --quiet "$calls" > "$HOME/out"
	jq -r '.request, .response | .. | strings | select(test(" ") and (test("\n") | not) and length > 12)' "$calls" | sort -u > "$HOME/texts"
	[ "$(wc -l < "$HOME/texts")" -gt 1000 ]
	run grep -cFf "$HOME/texts" "$HOME/out"
	[ "$output" = 0 ]
}

@test "every Azure row is an event, and the sums are those of the tables" {
	azure
	ros-import --from csv --column timestamp=TIMESTAMP --date-format '%Y-%m-%d %H:%M:%S.%f' --column usage.input_tokens=ContextTokens \
		--column usage.output_tokens=GeneratedTokens --set provider=azure --set model=gpt-4 \
		"$traces"/AzureLLMInferenceTrace_{code,conv}.csv > "$HOME/out"
	want=$(awk -F, 'FNR > 1 { n++; i += $2; o += $3 } END { print n, i, o, i + o }' "$traces"/AzureLLMInferenceTrace_{code,conv}.csv)
	[ "$want" = '28185 40421844 4334561 44756405' ]
	[ "$(jq -r '.usage | [.input_tokens, .output_tokens, .total_tokens] | @tsv' "$HOME/out" |
		awk '{ n++; i += $1; o += $2; t += $3 } END { print n, i, o, t }')" = "$want" ]
	[ "$(jq -r .invocation_id "$HOME/out" | sort -u | wc -l)" -eq 28185 ]
	[ "$(jq -r .timestamp "$HOME/out" | head -1)" = 2023-11-16T18:17:03.979Z ]
}

@test "published hashes of repeated runs: equal prompts and outputs stay equal" {
	[ -e "$ROS_SHARED/data/stability/llm-stability-hashes.csv" ] || skip 'the shared data has no stability/llm-stability-hashes.csv'
	hashes=$ROS_SHARED/data/stability/llm-stability-hashes.csv
	ros-import --from csv --set provider=openai --column model=model --column timestamp=date --date-format '%Y-%m-%d_%H-%M-%S' \
		--hash prompt_hash=config_sha256,prompt_sha256 --hash output_hash=output_sha256 --column tags=task --id task,rubric_id,run \
		"$hashes" > "$HOME/out"
	[ "$(jq -r '[.prompt_hash, .output_hash] | @tsv' "$HOME/out" | sort | uniq -c | awk '{ print $1 }' | sort -n | md5sum)" = \
		"$(tail -n +2 "$hashes" | cut -d, -f3,4,7 | sort | uniq -c | awk '{ print $1 }' | sort -n | md5sum)" ]
	[ "$(jq -r .invocation_id "$HOME/out" | sort -u | wc -l)" -eq 7035 ]
}

@test "make-traces: the same bytes for the same arguments, and every call is an event" {
	make-traces() { "$TOP/tests/lib/make-traces" "$@"; }
	make-traces 500 7 > "$HOME/a"
	make-traces 500 7 | cmp - "$HOME/a"
	make-traces 500 8 > "$HOME/b"
	run cmp -s "$HOME/a" "$HOME/b"
	[ "$status" -eq 1 ]
	run --separate-stderr import "$HOME/a"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "${#lines[@]}" -eq 500 ]
	[ "$(printf '%s\n' "${lines[@]}" | jq -r .run_id | sort -u | wc -l)" -eq 9 ]
	[ "$(printf '%s\n' "${lines[@]}" | jq -r .tier | sort -u | wc -l)" -eq 3 ]
	diff <(printf '%s\n' "${lines[@]}" | jq -c '.usage | [.input_tokens, .cache_read_tokens, .cache_write_tokens, .output_tokens, .reasoning_tokens]') \
		<(jq -c -f "$TOP/tests/lib/tokens-by-api.jq" "$HOME/a")
}
