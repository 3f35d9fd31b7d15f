load ../lib/common
load ../lib/store

# ask N [FILTER]: N calls a minute apart; $i is the number, and draw($k) gives 0 to $k - 1 for the call, as good as random and always the same.
ask() {
	event | jq -c --argjson n "$1" '. as $e | range($n) as $i | $e
		| def draw($k; $seed): ($i * 12.9898 + $seed * 78.233 | sin * 43758.5453 | . - floor) * $k | floor;
		.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-\(100000000000 + $i)"
		| .timestamp = (1767225600 + 60 * $i | todate)
		| .model = "m\(draw(4; 1))" | .stage = 1 + draw(5; 2) | .purpose = ["rag", "route"][draw(2; 3)] | .agent_id = "a\(draw(3; 4))"
		| .usage.latency_ms = 1000 + draw(997; 5) | .usage.cost_usd = 0.001 * (1 + draw(13; 6))
		| def fail: .status = "FAILED" | .error = {code: "E", message: "no", retryable: true};
		if draw(100; 7) < 10 then fail else .status = "SUCCESS" | .error = null end
		| '"${2:-.}"
}

record() {
	ask "$@" | jq -c "$LIVE_CLAIMS" | ros-aggregate
}

slice() {
	ros-slice --by model,stage,purpose,agent --format json "$@"
}

bad_slice='if .model == "m1" and .stage == 3 and draw(100; 8) < 50 then fail else . end'

@test "a bad slice is found, first, with its numbers, and confirmed" {
	record 3000 "$bad_slice"
	slice > "$HOME/json"
	jq -e '.slices[0] | .conditions == {model: "m1", stage: "3"} and .confirmed and (.explained | not) and .score > 0
		and .found.effect > 0.3 and .found.low < .found.effect and .found.effect < .found.high and .adjusted_p < 1e-6' "$HOME/json"
	# the numbers, counted by hand
	jq -e --argjson want "$(db "SELECT json_array(count(*), sum(status <> 'SUCCESS')) FROM ai_invocations WHERE model = 'm1' AND stage = 3
		AND timestamp < '$(jq -r .held_back_from "$HOME/json")'")" '[.slices[0].found.slice | .n, .hits] == $want' "$HOME/json"
	run -0 ros-slice --by model,stage,purpose,agent
	[[ "$output" = *'1. model m1, stage 3   (score '* ]]
	[[ "$output" = *'confirmed, p '* ]]
}

@test "no bad slice: none is found, and the number of tests is said" {
	record 2000
	slice | jq -e '.found == 0 and .slices == [] and .tests > 50'
	run -0 ros-slice --by model,stage,purpose,agent
	[[ "$output" = *'No slice is worse than the rest, beyond what chance gives.'* ]]
	[[ "$output" =~ [0-9]+\ tests\.\ Not\ tested:\ [0-9]+\ too\ small ]]
}

@test "what happened in the first part only is found, and not confirmed" {
	record 3000 "if \$i < 2000 then $bad_slice else . end"
	slice | jq -e '.slices[0] | .conditions == {model: "m1", stage: "3"} and (.confirmed | not) and .held_back.effect < 0.2'
}

@test "a stage that is bad only because of its model is explained by it" {
	# stage 3 takes model m1 three times of four; m1 is bad everywhere
	record 4000 'if .stage == 3 and draw(4; 9) > 0 then .model = "m1" else . end | if .model == "m1" and draw(100; 10) < 40 then fail else . end'
	ros-slice --by model,stage --depth 1 --format json | jq -e '(.slices[] | select(.conditions == {stage: "3"}) | .explained and .within_each == "model"
		and .crude.odds_ratio > 1.3 and .like_with_like.low <= 1) and .slices[0].conditions == {model: "m1"} and (.slices[0].explained | not)'
}

@test "latency and cost: ratios of medians" {
	record 3000 'if .purpose == "rag" then .usage.latency_ms *= 2 else . end | if .agent_id == "a1" then .usage.cost_usd *= 3 else . end'
	slice --metric latency | jq -e '.slices[0] | .conditions == {purpose: "rag"} and (.found | .effect > 1.9 and .effect < 2.1 and .low < 2 and .high > 2)
		and .confirmed and .found.test == "Welch'"'"'s t test of logarithms"'
	slice --metric cost | jq -e '.slices[0].conditions == {agent: "a1"} and .slices[0].found.effect > 2'
}

@test "escalation, quality, stability" {
	record 2000 '.routing.escalated = (.stage == 2 and draw(2; 11) == 0) | .routing.quality_gate_passed = (.agent_id != "a2" or draw(2; 12) == 0)
		| def hash($k): "sha256:" + ("0" * 64 + ($k | tostring))[-64:];
		.prompt_hash = hash($i / 10 | floor) | .output_hash = hash(if .model == "m2" and draw(2; 13) == 0 then $i else 0 end)'
	slice --metric escalation | jq -e '.slices[0].conditions == {stage: "2"}'
	slice --metric quality | jq -e '.slices[0].conditions == {agent: "a2"} and .all.rate < 0.3'
	slice --metric stability | jq -e '.slices[0].conditions == {model: "m2"}'
}

@test "--explain: the SQL gives the numbers that stand behind it" {
	record 3000 "$bad_slice"
	for metric in error latency; do
		ros-slice --by model,stage,agent --metric $metric --explain --top 3 --from 2026-01-01 > "$HOME/text"
		sed -n '/^-- 1$/,$p' "$HOME/text" > "$HOME/sql"
		sed -nE 's/^-- ([01]\|.*)/\1/p' "$HOME/sql" > "$HOME/want"
		[ "$metric" = latency ] || [ -s "$HOME/want" ]
		db < "$HOME/sql" > "$HOME/got"
		diff "$HOME/want" "$HOME/got"
	done
	run -64 ros-slice --explain --format json
}

@test "--explain of stability: the usual output is the most frequent, then the first" {
	record 2000 'def hash($k): "sha256:" + ("0" * 64 + ($k | tostring))[-64:];
		.prompt_hash = hash($i / 4 | floor) | .model = if $i % 200 < 100 then "m1" else "m2" end | .agent_id = null
		| .output_hash = hash(if .model == "m1" and draw(2; 13) == 0 then $i else 0 end) | if $i < 3 then .prompt_hash = hash(5000 + $i) else . end'
	ros-slice --by model,stage --metric stability --explain > "$HOME/text"
	grep -q '^1. model m1 ' "$HOME/text"
	sed -n '/^-- 1$/,$p' "$HOME/text" | db > "$HOME/got"
	diff <(sed -nE 's/^-- ([01]\|.*)/\1/p' "$HOME/text") "$HOME/got"
	[ "$(wc -l < "$HOME/got")" -ge 4 ]
}

@test "tags and datasets: a call is in the slice of each value that it has" {
	record 2000 '.tags = [["a"], ["b", "a"], [], ["c'"'"'d", "c'"'"'d"]][draw(4; 20)] | .agent_id = null
		| .dataset_ids = if draw(2; 21) == 0 then ["6fa459ea-ee8a-4ca4-894e-db77e160355e", "1b4e28ba-2fa1-41d2-883f-0016d3cca427"] else [] end
		| if .tags == ["b", "a"] and draw(2; 22) == 0 then fail else . end | if .tags == [] and draw(3; 23) == 0 then fail else . end'
	slice --by tag,dataset | jq -e '[.slices[].conditions] | .[:2] == [{tag: "b"}, {tag: null}]'
	db "SELECT count(*) FROM ai_invocations, json_each(tags) WHERE value = 'b' AND timestamp < '$(slice --by tag | jq -r .held_back_from)'" > "$HOME/n"
	slice --by tag | jq -e --argjson n "$(< "$HOME/n")" '.slices[] | select(.conditions.tag == "b") | .found.slice.n == $n and .confirmed'
	ros-slice --by tag,dataset,stage --explain > "$HOME/text"
	diff <(sed -nE 's/^-- ([01]\|.*)/\1/p' "$HOME/text") <(sed -n '/^-- 1$/,$p' "$HOME/text" | db)
	record 2000 '.tags = [["c'"'"'d", "x"], []][draw(2; 24)] | .agent_id = null | .timestamp |= sub("2026"; "2027")
		| if .tags != [] and draw(2; 25) == 0 then fail else . end'
	ros-slice --by tag --explain --from 2027-01-01 > "$HOME/text"
	grep -q '^1. tag c.d ' "$HOME/text"
	diff <(sed -nE 's/^-- ([01]\|.*)/\1/p' "$HOME/text") <(sed -n '/^-- 1$/,$p' "$HOME/text" | db)
}

@test "calls of several names are one slice, and all its names are said" {
	record 3000 '.tier = if .model == "m1" then "NANO" else "FRONTIER" end | .agent_id = "p\(.stage)" | .provider = "openai" | '"$bad_slice"
	ros-slice --by tier,stage,model,agent,provider --format json > "$HOME/json"
	jq -e '.slices | map(.conditions)[0] == {tier: "NANO", stage: "3"} and .[0].also == {model: "m1", agent: "p3"}
		and ([.[].found.slice] | length == (unique | length))' "$HOME/json"
	ros-slice --by agent,model,stage,tier | grep -A1 '^1. agent p3, model m1 ' | grep -x '   its calls all have: stage 3, tier NANO'
	ros-slice --by agent,model,stage,tier --format csv | python3 -c 'import csv, sys; row = next(csv.DictReader(sys.stdin)); assert row["also"] == "stage 3, tier NANO", row'
	# A test more under another name is no test more.
	ros-slice --by tier,stage,model --format json > "$HOME/fewer"
	[ "$(jq -c '[.tests, .slices[].adjusted_p]' "$HOME/json")" = "$(jq -c '[.tests, .slices[].adjusted_p]' "$HOME/fewer")" ]
	jq -e '.not_tested.same_calls_as_another > 10' "$HOME/json"
}

@test "constant columns, one call, all failed, none failed: words, and no number that is none" {
	record 1
	slice | jq -e '.calls == 1 and .tests == 0 and .found == 0'
	run -0 ros-slice
	[[ "$output" = *'without success. 1 call, read'*'All: 0.0 % of 1 call.'* ]]
	rm "$ROS_STATE_DIR/ros.db"
	record 300 'fail'
	slice | jq -e '.all.rate == 1 and .tests == 0 and .not_tested.nothing_varies > 0'
	run -0 ros-slice
	[[ "$output" = *'All: 100.0 % of 300 calls.'* && "$output" = *'No slice is worse'* ]]
	rm "$ROS_STATE_DIR/ros.db"
	record 300 '.status = "SUCCESS" | .error = null | .usage.latency_ms = 0 | .usage.cost_usd = 0 | .model = "m" | .agent_id = null'
	slice | jq -e '.all.rate == 0 and .found == 0'
	for metric in latency cost escalation quality stability; do
		slice --metric $metric | jq -e '.found == 0'
		! ros-slice --metric $metric | grep -iE '\b(nan|inf)\b'
		! ros-slice --metric $metric --format csv | grep -iE '\b(nan|inf)\b'
	done
	[ "$(ros-slice --run 00000000-0000-4000-8000-000000000000 | wc -l)" -eq 1 ]
}

@test "10,000 values of an attribute: too small each, and said" {
	record 10000 '.agent_id = "agent-\($i)" | '"$bad_slice"
	slice | jq -e '.not_tested.too_small >= 6000 and .slices[0].conditions == {model: "m1", stage: "3"}'
}

@test "a value that is not stated is a value; names with quotes are safe in SQL" {
	record 2000 'if draw(4; 14) == 0 then del(.agent_id) | if draw(2; 15) == 0 then fail else . end else .agent_id = "o'"'"'x" end | .tenant_id = "t'"'"'x"'
	ros-slice --by agent --format json | jq -e '.slices[0].conditions == {agent: null}'
	ros-slice --by agent --explain --tenant "t'x" > "$HOME/text"
	grep -qF "agent_id IS NULL" "$HOME/text"
	diff <(sed -nE 's/^-- ([01]\|.*)/\1/p' "$HOME/text") <(sed -n '/^-- 1$/,$p' "$HOME/text" | db)
}

@test "CSV: every row has the header's cells" {
	record 3000 "$bad_slice"
	ros-slice --by model,stage --format csv > "$HOME/csv"
	python3 - "$HOME/csv" <<-'END'
		import csv, sys
		rows = list(csv.reader(open(sys.argv[1])))
		assert len(rows) > 1 and {len(row) for row in rows} == {29}
		assert rows[1][0] == 'model m1, stage 3' and rows[1][21] == 'yes'
	END
}

@test "options: what is wrong is named" {
	record 10
	for by in models model,model '' model,; do
		run -64 ros-slice --by="$by"
	done
	run -64 ros-slice --depth 4
	run -64 ros-slice --metric speed
	run -64 ros-slice --min-size 1
	run -64 ros-slice operand
	run -65 ros-slice --db "$HOME/none"
	slice --top 0 | jq -e '.slices == []'
}

@test "both modes together are said" {
	record 100 'if $i % 2 == 0 then .governance_mode = "LIVE" else . end'
	slice | jq -e .mixed_modes
	slice --mode LIVE | jq -e '.calls == 50 and (.mixed_modes | not)'
	run -0 ros-slice
	[[ "$output" = *'DEMO and LIVE calls are both in the scope'* ]]
}
