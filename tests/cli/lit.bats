# A bundle in the real LIT: it validates, serves what its files say, its figures are those of the other tools, and a person sees them in a browser.
load ../lib/common
load ../lib/store
load ../lib/report

# calls N [FILTER]: N calls with a stage that fails, versions of a model that drift, prompts asked again, and costs by the token.
calls() {
	many "$1" '.prompt_hash = "sha256:" + ("\($i % 40)" * 64)[0:64]
		| .output_hash = "sha256:" + ("\(if $i % 23 == 0 then $i elif $i > 300 then $i % 20 else $i % 40 end)" * 64)[0:64]
		| if .model == "gpt-5" then .model_version = ["2026-01-01", "2026-02-01"][if $i > 300 then 1 else 0 end] else del(.model_version) end
		| if .model == "gpt-5-mini" and .stage == 2 and $i % 5 < 3 then .status = "FAILED" | .error = {code: "overloaded", message: "m", retryable: true} else . end
		| .usage.input_tokens = 100 + $i * 37 % 4000 | .usage.output_tokens = 10 + $i * 91 % 900
		| .usage.cost_usd = if $i % 7 == 0 then null else ((.usage.input_tokens * 2 + .usage.output_tokens * 10) * {NANO: 1, MINI: 10, FRONTIER: 40}[.tier]
			* (if $i % 61 == 1 then 3 else 1 end) / 10000000) end
		| '"${2:-.}"
}

bundle() { # [OPTION ...]
	ros-report --format lit "$@"
}

python() {
	"$TOP/build/python/bin/python" "$@"
}

# served ENDPOINT|same [ARGUMENT ...]: what the running server says.
served() {
	python "$TOP/tests/lib/python/served.py" "$LIT" "$@"
}

setup_file() {
	export SOURCE_DATE_EPOCH=1800000000 ROS_DB=$BATS_FILE_TMPDIR/ros.db BUNDLE=$BATS_FILE_TMPDIR/bundle
	calls 600 | ros-aggregate > "$BATS_FILE_TMPDIR/acks"
	bundle -o "$BUNDLE"
	cmp -s "$TOP/build/python/installed" <(cat "$TOP/tests/lib/python/requirements.txt" "$BUNDLE/requirements.txt") || return 0
	local port
	port=$(python -c 'import portpicker; print(portpicker.pick_unused_port())')
	export LIT=http://127.0.0.1:$port
	setpriv --pdeathsig KILL "$TOP/build/python/bin/python" "$BUNDLE/demo.py" --port="$port" > "$BATS_FILE_TMPDIR/server" 2>&1 < /dev/null 3>&- 4>&- &
	export SERVER=$!
	wait_for 60 served get_info
}

teardown_file() {
	[ -z "${SERVER-}" ] || kill "$SERVER"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

need_lit() {
	[ -n "${LIT-}" ] || skip 'lit-nlp is not installed: the registry was not reached'
}

# prebake DIR: whether LIT accepts each row.
prebake() {
	python "$1/demo.py" --server_type=prebake --validate=all --report_all > prebaked 2>&1
}

# planted JQ FILE: a bundle in which the first row of a file is changed.
planted() {
	rm -rf planted
	cp -r "$BUNDLE" planted
	{
		head -1 "$BUNDLE/$2" | jq -c "$1"
		tail -n +2 "$BUNDLE/$2"
	} > "planted/$2"
}

@test "LIT accepts every row, and not a text for a number, a word outside the vocabulary, a prediction less" {
	need_lit
	prebake "$BUNDLE"
	planted '.data.latency_ms = "fast"' data/invocations.lit.jsonl
	run ! prebake planted
	grep -q 'latency_ms' prebaked
	planted '.data.tier = "HUGE"' data/invocations.lit.jsonl
	run ! prebake planted
	grep -q '"tier"' prebaked
	planted 'del(.data.tier_served)' data/invocations.preds.lit.jsonl
	run ! prebake planted
	grep -q 'tier_served' prebaked
	planted empty data/invocations.preds.lit.jsonl
	run ! prebake planted
	grep -q 'not a prediction for each row' prebaked
}

@test "every field of every row, every type and every prediction is served as the files have it" {
	need_lit
	[ "$(served same "$BUNDLE")" -gt 20000 ]
	served get_info | jq -e '.demoMode and .defaultLayout == "calls" and (.inlineDoc | contains("AI transparency report")) and (.models | length) > 3'
	planted '.data.model = "other"' data/invocations.lit.jsonl
	run ! served same planted
	[[ "$output" = *'other'* ]]
}
