load ../lib/common
load ../lib/store
load ../lib/report

RUN=9c5b94b1-35ad-49bb-b118-8e8fc24abf80
PROJECT=1b4e28ba-2fa1-41d2-883f-0016d3cca427
export SOURCE_DATE_EPOCH=1800000000

# agrees SQL-CONDITION OPTION ...: the report's sums are those of the record.
agrees() {
	local where=$1
	shift
	sql "SELECT json_object('calls', count(*), 'cost', sum(CAST(replace(cost_usd, '.', '') AS INTEGER)), 'priced', count(cost_usd),
		'timed', count(latency_ms), 'latency', sum(latency_ms), 'tokens', sum(ifnull(input_tokens, 0) + ifnull(output_tokens, 0)
		+ ifnull(cache_read_tokens, 0) + ifnull(cache_write_tokens, 0) + ifnull(reasoning_tokens, 0)),
		'nano', sum(tier = 'NANO'), 'failed', sum(status = 'FAILED'), 'escalated', sum(escalated), 'errors', count(error_code),
		'gate', sum(quality_gate_passed = 0), 'asked', sum(model_requested <> model), 'first', min(timestamp), 'last', max(timestamp),
		'flags', sum(phi_scan_summary ->> '\$.input_scan.status' IN ('flagged', 'redacted')),
		'skipped', sum(phi_scan_summary ->> '\$.input_scan.status' = 'skipped'),
		'redactions', sum(phi_scan_summary ->> '\$.input_scan.redaction_count'),
		'names', sum(phi_scan_summary -> '\$.input_scan.phi_types_detected' LIKE '%NAME%'),
		'local', sum(cost_usd NOT NULL AND cost_source = 'local'))
		FROM ai_invocations WHERE $where" | jq -S . > "$BATS_TEST_TMPDIR/sql.json"
	json "$@" | jq -S '{calls: .total_ai_calls, cost: (.total_cost_usd * 1e9 | round), priced: .cost.priced_calls, timed: .latency.timed_calls,
		latency: .total_latency_ms, tokens: .tokens.total, nano: .calls_by_tier.NANO, failed: .calls_by_status.FAILED,
		escalated: .escalated_calls, errors: ([.errors[].call_count] | add // 0), gate: .quality_gate_failures,
		asked: ([.models_asked_not_served[].call_count] | add), first: .first_call_at, last: .last_call_at, flags: .phi_flags_total,
		skipped: .phi_scans_skipped, redactions: .phi_redactions_total,
		names: (.phi_types[] | select(.type == "NAME").scans), local: .cost.priced_by.local}' > "$BATS_TEST_TMPDIR/report.json"
	diff "$BATS_TEST_TMPDIR/sql.json" "$BATS_TEST_TMPDIR/report.json"
	[ "$(jq .calls "$BATS_TEST_TMPDIR/sql.json")" -gt 0 ]
}

# percentiles SQL-CONDITION OPTION ...: those of the report are within 1 % of the nearest rank's, ceil(q n / 100) from 1.
percentiles() {
	local where=$1 q exact
	shift
	for q in 50 90 95 99; do
		exact=$(sql "SELECT latency_ms FROM ai_invocations WHERE latency_ms NOT NULL AND $where ORDER BY latency_ms
			LIMIT 1 OFFSET (SELECT (count(*) * $q + 99) / 100 - 1 FROM ai_invocations WHERE latency_ms NOT NULL AND $where)")
		json "$@" | jq -e --argjson exact "$exact" ".latency_percentiles.p$q | (. - \$exact | fabs) <= \$exact * 0.01001"
	done
}

# same_top SQL-CONDITION OPTION ...: the 25 most expensive calls of the report are those of the record.
same_top() {
	local where=$1
	shift
	sql "SELECT invocation_id FROM ai_invocations WHERE cost_usd > '0.000000000' AND $where ORDER BY cost_usd DESC, timestamp, invocation_id
		LIMIT 25" > want
	json --top 25 "$@" | jq -r '.top_expensive_calls[].invocation_id' > got
	[ "$(wc -l < got)" = 25 ]
	diff want got
}

@test "the totals of the whole database are those of the record" {
	many 2100 | record
	agrees 1
	percentiles 1
}

@test "a run's report comes from the record, also within a period" {
	many 2100 | record
	agrees "run_id = '$RUN'" --run "$RUN"
	percentiles "run_id = '$RUN'" --run "$RUN"
	agrees "run_id = '$RUN' AND timestamp >= '2026-01-28T10:17' AND timestamp < '2026-01-30T03:41'" \
		--run "$RUN" --from 2026-01-28T10:17:00Z --to 2026-01-30T03:41:00Z
	[ "$(json --run "$RUN" | jq -r .run_id)" = "$RUN" ]
}

@test "a project's report leaves other projects out" {
	many 900 '.project_id = if $i % 3 == 1 then "1b4e28ba-2fa1-41d2-883f-0016d3cca428" else .project_id end' | record
	agrees "project_id = '$PROJECT'" --project "${PROJECT^^}"
	percentiles "project_id = '$PROJECT'" --project "$PROJECT"
	[ "$(json --project "$PROJECT" | jq -r .project_id)" = "$PROJECT" ]
	[ "$(json | jq -c '[.project_id, (.projects | length)]')" = '[null,2]' ]
}

@test "a period is widened to whole hours, and the report says so" {
	many 2100 | record
	agrees "timestamp >= '2026-01-28T10:00' AND timestamp < '2026-01-30T04:00'" --from 2026-01-28T10:17:00Z --to 2026-01-30T03:41:00Z
	percentiles "timestamp >= '2026-01-28T10:00' AND timestamp < '2026-01-30T04:00'" --from 2026-01-28T10:17:00Z --to 2026-01-30T03:41:00Z
	json --from 2026-01-28T10:17:00Z --to 2026-01-30T03:41:00Z > r.json
	[ "$(jq -c '[.scope.from, .scope.to, .scope.from_widened, .scope.to_widened]' r.json)" = \
		'["2026-01-28T10:00:00.000Z","2026-01-30T04:00:00.000Z",true,true]' ]
	[ "$(jq '[.limitations[] | select(contains("widened to the whole hour"))] | length' r.json)" = 2 ]
	ros-report --to 2026-01-30T03:41:00Z | grep -F 'until before 2026-01-30 04:00:00 UTC (widened to whole hours)'
	json --from 2026-01-28T10:00:00Z | jq -e '.scope.from_widened == false and ([.limitations[] | select(contains("widened"))] == [])'
}

@test "--exact keeps the period: edges from the record" {
	many 2100 | record
	agrees "timestamp >= '2026-01-28T10:17' AND timestamp < '2026-01-30T03:41'" --exact --from 2026-01-28T10:17:00Z --to 2026-01-30T03:41:00Z
	percentiles "timestamp >= '2026-01-28T10:17' AND timestamp < '2026-01-30T03:41'" --exact --from 2026-01-28T10:17:00Z --to 2026-01-30T03:41:00Z
	agrees "timestamp >= '2026-01-28T10:03' AND timestamp < '2026-01-28T11:58'" --exact --from 2026-01-28T10:03:00Z --to 2026-01-28T11:58:00Z
	agrees "timestamp >= '2026-01-30T03:41'" --exact --from 2026-01-30T03:41:00Z
	json --exact --from 2026-01-30T03:41:00Z | jq -e '[.limitations[] | select(contains("widened"))] == []'
}

@test "the bounds are from <= time < to, to the millisecond" {
	many 3 '.timestamp = ["2026-01-28T12:00:00.123Z", "2026-01-28T12:00:00.124Z", "2026-01-28T12:00:00.125Z"][$i]' | record
	[ "$(json --exact --from 2026-01-28T12:00:00.123Z --to 2026-01-28T12:00:00.125Z | jq -c '[.total_ai_calls, .last_call_at]')" = \
		'[2,"2026-01-28T12:00:00.124Z"]' ]
	[ "$(json --from 2026-01-28T12:00:00.124Z --to 2026-01-28T12:00:00.125Z | jq .total_ai_calls)" = 3 ]
}

@test "events before 1970 count where they belong" {
	many 2 '.timestamp = ["1969-12-31T23:30:00Z", "1970-01-01T00:30:00Z"][$i]' | record
	[ "$(json --to 1970-01-01 | jq -c '[.total_ai_calls, .first_call_at]')" = '[1,"1969-12-31T23:30:00.000Z"]' ]
	[ "$(json --exact --from 1969-12-31T23:29:00Z --to 1970-01-01T00:31:00Z | jq .total_ai_calls)" = 2 ]
}

@test "the most expensive calls are those of the record, ties in order of time and id" {
	many 2100 '.usage.cost_usd = ([null, 0.5, 0, 0.25] | .[($i * 31 / 2 | floor) % 4]) | .timestamp = (1769558400 + ($i / 3 | floor) * 3600 % 86400 | todate)' | record
	same_top 1
	same_top "run_id = '$RUN'" --run "$RUN"
	same_top "timestamp < '2026-01-28T04:30'" --exact --to 2026-01-28T04:30:00Z
	json --top 0 | jq -e '.top_expensive_calls == []'
	json --top 1 | jq -e '.top_expensive_calls[0] | .cost_usd == 0.5 and .provider != null and .latency_ms > 0'
}

@test "DEMO and LIVE stand apart" {
	make_key
	many 300 '.governance_mode = ["DEMO", "DEMO", "LIVE"][$i % 3] | .prompt_hash |= "hmac-" + . | .output_hash |= "hmac-" + .' | record
	json > r.json
	jq -e '.governance_mode == "MIXED" and .total_ai_calls == 300 and .by_mode.DEMO.total_ai_calls == 200 and .by_mode.LIVE.total_ai_calls == 100' r.json
	jq -e '(.total_cost_usd * 1e9 | round) == (.by_mode.DEMO.total_cost_usd * 1e9 + .by_mode.LIVE.total_cost_usd * 1e9 | round)' r.json
	agrees "governance_mode = 'LIVE'" --mode LIVE
	jq -e --slurpfile live <(json --mode LIVE) '.by_mode.LIVE == $live[0].by_mode.LIVE and $live[0].governance_mode == "LIVE"' r.json
	ros-report > r.md
	grep -F '**MIXED: DEMO and LIVE.**' r.md
	grep -E '^\| Calls that succeeded +\| [0-9]+ of 200 calls [^|]+\| [0-9]+ of 100 calls' r.md
	grep -Fx '## Details: DEMO' r.md
	grep -Fx '## Details: LIVE' r.md
	run ! grep -E '300 calls|of 300|of 600' r.md
}

@test "an empty database: the report says so, exit 0" {
	ros-migrate up
	run -0 ros-report
	[[ $output == *'No calls are recorded in this scope.'* ]]
	json | jq -e '.total_ai_calls == 0 and .governance_mode == null and .total_cost_usd == null and .avg_latency_ms == null
		and .latency_percentiles == {p50: null, p90: null, p95: null, p99: null} and .calls_by_tier == {NANO: 0, MINI: 0, FRONTIER: 0}
		and .by_mode == {} and .record.last_batch == 0 and .first_call_at == null'
}

@test "no calls in the period or project: the report says so, exit 0" {
	event | record
	run -0 ros-report --from 2030-01-01
	[[ $output == *'No calls are recorded in this scope.'* ]]
	json --project 00000000-0000-4000-8000-000000000000 | jq -e '.total_ai_calls == 0 and .project_id == "00000000-0000-4000-8000-000000000000"'
}

@test "a run that is not there: exit 1, named" {
	event | record
	run -1 --separate-stderr ros-report --run 00000000-0000-4000-8000-000000000000
	[ -z "$output" ]
	[[ $stderr == 'ros-report: run 00000000-0000-4000-8000-000000000000: no event in'* ]]
	run -0 ros-report --run "$RUN" --from 2030-01-01
	[[ $output == *'No calls are recorded in this scope.'* ]]
}

@test "one event, every figure" {
	event | record
	json > r.json
	[ "$(jq -c '[.total_ai_calls, .total_cost_usd, .total_latency_ms, .avg_latency_ms, .first_call_at == .last_call_at]' r.json)" = \
		'[1,0.00298,1840,1840,true]' ]
	jq -e '.tokens == {input: 1200, output: 340, cache_read: 800, cache_write: 0, reasoning: 0, total: 2340}' r.json
	jq -e '.stage_breakdown | length == 1 and (.[0] | .stage == 3 and .stage_name == "extract" and .call_count == 1 and .cost_usd == 0.00298
		and .avg_latency_ms == 1840 and .status == "SUCCESS")' r.json
	jq -e '.escalations == [{from_tier: "NANO", to_tier: "MINI", call_count: 1}] and .quality_gated_calls == 1 and .quality_gate_failures == 0' r.json
	jq -e '.models_asked_not_served == [{provider: "anthropic", model_requested: "claude-haiku-latest", model: "claude-haiku-4-5", call_count: 1}]' r.json
	jq -e '.phi_scans_total == 2 and .phi_flags_total == 0 and .phi_scans_unreported == 0 and .limitations == []' r.json
	ros-report > r.md
	grep -F '1 call to large language models in DEMO mode (synthetic data) was recorded, at 2026-01-28 12:00:00 UTC.' r.md
	[ "$(grep -cFx 'None recorded.' r.md)" = 4 ] # incidents, limitations, errors, PHI types
}

@test "what is unknown is null and unknown, never 0" {
	event '.usage.cost_usd = null | .usage.cost_source = "unknown" | .usage.latency_ms = null | del(.phi)' | record
	json | jq -e '.total_cost_usd == null and .total_latency_ms == null and .avg_latency_ms == null and .latency_percentiles.p50 == null
		and .models[0].cost_usd == null and .cost.unpriced_calls == 1 and .phi_scans_unreported == 2'
	ros-report > r.md
	grep -E '^\| Known cost +\| unknown, known for 0 of 1 calls \(0 %\)' r.md
	grep -F 'The cost is unknown. Regarding protected health information, no PHI scan is reported.' r.md
	run ! grep -F '$0' r.md
	event '.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5b" | .usage.cost_usd = 0' | record
	json | jq -e '.total_cost_usd == 0 and .cost.priced_calls == 1 and .cost.unpriced_calls == 1'
	ros-report | grep -F 'The cost of 1 of 2 calls (50.0 %) is unknown.'
}

@test "the first page names ten models at most, the details all" {
	many 60 '.model = "m\($i % 12)" | .provider = "p" | .timestamp = if $i == 0 then "1970-01-01T00:00:00Z" else .timestamp end' | record
	ros-report > r.md
	grep -E '^\| 3 others, listed in the details +\| +\| +15 \| 25\.0 % ' r.md
	[ "$(grep -c '^| `m[0-9]*` ' r.md)" = 26 ] # 9 and 12, and the 5 least stable
	grep -F 'from 1970-01-01 00:00:00 UTC to' r.md
	grep -F 'The first time, 1970-01-01 00:00:00 UTC, is what calls without a known date are given.' r.md
}

@test "every name that the platform's readers expect is at the top" {
	event | record
	json | jq -e '["run_id", "project_id", "project_name", "governance_mode", "total_ai_calls", "total_cost_usd", "total_latency_ms", "avg_latency_ms",
		"calls_by_tier", "calls_by_provider", "latency_percentiles", "phi_scans_total", "phi_flags_total", "phi_redactions_total",
		"phi_types_detected", "stage_breakdown", "top_expensive_calls", "recommendations", "generated_at", "generated_by", "report_version"]
		- keys == []'
	json | jq -e '.top_expensive_calls[0] | (["invocation_id", "model", "provider", "cost_usd", "latency_ms", "purpose", "stage"] - keys) == []'
	json | jq -e '.stage_breakdown[0] | (["stage", "stage_name", "call_count", "cost_usd", "avg_latency_ms", "status"] - keys) == []'
	[ "$(json | jq -r .generated_at)" = 2027-01-15T08:00:00.000Z ]
}

@test "money is exact to the nano-dollar" {
	event '.usage.cost_usd = 123456789.123456789' | sed 's/"cost_usd":[0-9.e+]*/"cost_usd":123456789.123456789/' | record
	event '.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5b"' | sed 's/"cost_usd":[0-9.e+]*/"cost_usd":0.000000001/' | record
	json | grep -F '"total_cost_usd": 123456789.12345679,'
	ros-report | grep -F '$123,456,789.12345679'
}

@test "names from the data cannot break out of the page" {
	local hostile='a|b`c\\d<img src=x> [x](http://e) & &amp; *b* \u202Eend\u200b'
	event "$CLAIM | .model = \"$hostile\" | .provider = \"| x | y |\" | .stage_name = (\"long\" * 60) | .error = {code: \"\`\`\`\"} | .status = \"FAILED\"" | record
	ros-report > r.md
	run ! grep -F '<img' r.md
	run ! grep -F '](http' r.md
	run ! grep -P '\x{202e}|\x{200b}' r.md
	grep -F 'U&#43;202E' r.md
	# each row of a table has as many cells as its heading
	awk -F'|' '/^\|/ { if (cells && NF != cells) { print; exit 1 } cells = NF; next } { cells = 0 }' r.md
	grep -E '`(long){15}…`' r.md
	[ "$(json | jq -c '.models[0].model')" = "$(jq -nc "\"$hostile\"")" ]
}

@test "the same database, options and SOURCE_DATE_EPOCH: the same bytes" {
	make_key
	many 500 '.governance_mode = ["DEMO", "LIVE"][$i % 2] | .prompt_hash |= "hmac-" + . | .output_hash |= "hmac-" + .' > events
	numbered host-0 'select($n % 9 > 0)' < events > entries
	record < entries
	ros-report > 1.md
	json > 1.json
	ros-report | cmp - 1.md
	json | cmp - 1.json
	# in another order into another database: only the state of the record differs
	ROS_STATE_DIR=$HOME/other
	mkdir "$ROS_STATE_DIR"
	tac entries | record
	json | jq 'del(.report_id, .record)' | cmp - <(jq 'del(.report_id, .record)' 1.json)
	[ "$(json | jq -r .record.content_sum)" = "$(jq -r .record.content_sum 1.json)" ]
}

@test "equal content has an equal report id, whenever it is made" {
	event | record
	local first second
	first=$(SOURCE_DATE_EPOCH=1 json | jq -r .report_id)
	second=$(SOURCE_DATE_EPOCH=2 json | jq -r .report_id)
	[ "$first" = "$second" ]
	[[ $first =~ ^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$ ]]
	ros-report | grep -F "\`$first\`"
	[ "$(json --top 5 | jq -r .report_id)" = "$first" ]
	event '.usage.cost_usd = 1 | .invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5b"' | record
	[ "$(json | jq -r .report_id)" != "$first" ]
}

@test "sums beyond 64 bits are exact, within an hour and over hours, from rollups and from the record" {
	# 12 calls an hour, 11 of them of one series, at the contract's limits of cost, tokens and latency.
	many 36 '.timestamp = "2026-01-0\(1 + $i / 24 | floor)T0\(($i / 12 | floor) % 2):\(10 + $i % 12):00Z"
		| .tier = "MINI" | .provider = "p" | .model = (if $i % 12 == 11 then "b" else "a" end) | .run_id = "'$RUN'"
		| .stage = 1 | .stage_name = null | .purpose = "route" | .status = "SUCCESS" | .error = null
		| .usage.input_tokens = 9000000000000001 | .usage.latency_ms = 1000000000000' |
		sed 's/"cost_usd":[^,]*/"cost_usd":999999999.000000001/' | record
	[ "$(sql 'SELECT min(cost_nano), max(cost_nano) FROM rollup_hour')" = '999999999000000001|9223372036854775807' ]
	for options in '' --exact "--run $RUN" '--exact --from 2026-01-01T00:00:30Z'; do
		# shellcheck disable=SC2086 # several words
		json $options > r.json
		grep -F '"total_cost_usd": 35999999964.000000036,' r.json
		grep -F '"input": 324000000000000036,' r.json
		grep -F '"cost_usd":32999999967.000000033,' r.json
		jq -e '.total_ai_calls == 36 and .total_latency_ms == 36000000000000 and .avg_latency_ms == 1000000000000
			and [.models[].call_count] == [33, 3] and (.top_expensive_calls | length) == 10' r.json
	done
	json --from 2026-01-02 | grep -F '"total_cost_usd": 11999999988.000000012,'
	ros-report | grep -F '$35,999,999,964.000000036'
}

# incidents: the section of the Markdown report.
incidents() {
	ros-report "$@" | sed -n '/^## Incidents$/,/^## Limitations$/p' | grep '^- ' || true
}

@test "conflicts and refused entries are incidents" {
	event '.status = "SUCCESS" | .phi = {}' | record
	[ -z "$(incidents)" ]
	event '.status = "SUCCESS" | .phi = {} | .tags = ["other"]' | record
	[ "$(incidents)" = '- DEMO: 1 event came with the time and id of a recorded one but with other content.' ]
	make_key
	live '.status = "SUCCESS" | .phi = {}' | record
	[ "$(incidents | sed -n 2p)" = '- LIVE: 1 event came with the time and id of a recorded one but with other content.' ]
	for id in 1-1 1-2; do
		printf '{"stream":"s","group":"g","id":"%s","type":"x","deliveries":1,"event":{"no":"event"}}\n' $id | record || [ $? = 1 ]
	done
	[ "$(incidents | sed -n 3p)" = '- 2 entries of the bus were refused for good, in the whole database.' ]
	[ "$(incidents | wc -l)" -eq 3 ]
}

@test "conflicts and refusals are told" {
	event | record
	event '.usage.cost_usd = 9' | record
	printf '%s\n' '{"stream":"s","group":"g","id":"1-1","type":"x","deliveries":1,"event":{"no":"event"}}' | record || [ $? = 1 ]
	json > r.json
	jq -e '.conflicts == 1 and .by_mode.DEMO.conflicts == 1 and (.record.refusals | map(.count) | add) == 1' r.json
	jq -e '.limitations | length == 2' r.json
	[ "$(json --project 00000000-0000-4000-8000-000000000000 | jq .conflicts)" = 0 ]
	[ "$(json --run "$RUN" --mode DEMO | jq .conflicts)" = 1 ]
	ros-report | grep -F '1 event came with the time and id of a recorded one but with other content.'
}

@test "what sources emitted, and what is missing, for the whole database" {
	{ many 10; event '.stage = 99'; summary host-0 1 20 '{format: 3}'; lost 7-7; } | numbered host-0 '.sequence += (if $n > 4 then 2 else 0 end)' |
		record || [ $? = 1 ]
	many 3 '.invocation_id |= sub("^0"; "1")' | numbered host-1 | record
	event | record
	json > r.json
	jq -e '.completeness | [.source_count, .emitted, .recorded, .repeated, .conflicting, .dead, .refused, .missing, .lost_entries]
		== [2, 26, 13, 0, 0, 1, 3, 9, 1]' r.json
	jq -e '.completeness.sources == [
		{source: "host-0", emitted: 23, recorded: 10, repeated: 0, conflicting: 0, dead: 1, refused: 3, missing: 9, gap_count: 2, gaps: [[5, 6], [14, 20]]},
		{source: "host-1", emitted: 3, recorded: 3, repeated: 0, conflicting: 0, dead: 0, refused: 0, missing: 0, gap_count: 0, gaps: []}]' r.json
	jq -e '.completeness.losses == [{stream: "ros:insights", count: 1}]' r.json
	jq -e '[.limitations[] | select(startswith("9 of 26 emitted events (34.6 %) did not arrive"))] | length == 1' r.json
	jq -e '[.limitations[] | select(startswith("1 entry of the bus was trimmed away while pending"))] | length == 1' r.json
	ros-report > r.md
	grep -Fx -- '- 9 of 26 emitted events (34.6 %) of the whole database did not arrive: lost, or still under way.' r.md
	grep -Fx -- '- 1 entry of the bus was trimmed away while pending, in the whole database.' r.md
	grep -F '17 of 26 events (65.4 %) that 2 sources emitted are accounted for.' r.md
	grep -F 'Of 1 event that came without a number nothing can be told.' r.md
	grep -E '^\| `host-0` \| +23 \| +10 \| +0 \| +0 \| +1 \| +3 \| +9 \| 5 to 6, 14 to 20 +\|$' r.md
	# whatever the scope
	json --run "$RUN" | jq .completeness | cmp - <(jq .completeness r.json)
	json --from 2030-01-01 | jq .completeness | cmp - <(jq .completeness r.json)
	ros-report --from 2030-01-01 | grep -F '9 of 26 emitted events (34.6 %) of the whole database did not arrive'
}

@test "forged numbers do not stop the report: their sums end at the largest" {
	many 1 | numbered host-0 | record
	summary forged-0000 1 9007199254740991 '{format: 1, type: 1}' | jq -c '. as $s | range(1000; 2100) as $i | $s
		| .summary_id |= "\(.[:32])\($i)" | .source |= "\(.[:7])\($i)"' | numbered any | record
	db 'UPDATE emit_refusal SET count = 9223372036854775807'
	json > r.json
	jq -e '.completeness | .source_count == 1101 and .recorded == 1 and .missing > 9e18 and .refused > 9e18 and .emitted > 9e18' r.json
	[ "$(db "SELECT emitted, refused, missing FROM sources WHERE name = 'forged-1000'")" = '18014398509481982|9007199254740991|9007199254740991' ]
	ros-report | grep -F '1,101 sources'
}

@test "complete sources: a sentence and a table, no incident" {
	many 3 '.status = "SUCCESS" | .phi.input_scan.status = "clean"' | numbered host-0 | record
	ros-report > r.md
	grep -Fx '3 of 3 events (100 %) that 1 source emitted are accounted for. This is over the whole database, whatever the scope of the report: sources do not know runs.' r.md
	sed -n '/^## Incidents/,/^## /p' r.md | grep -Fx 'None recorded.'
	json | jq -e '.completeness.missing == 0 and ([.limitations[] | select(contains("did not arrive"))] == [])'
}

@test "no numbers: the report says that nothing can be told" {
	event | record
	ros-report | grep -Fx 'No entry came with a number of its source: whether any was lost on the way cannot be told.'
	json | jq -e '.completeness | .source_count == 0 and .sources == [] and .losses == []'
}

@test "many sources and gaps: the worst first, the rest summed" {
	for source in {1..25}; do
		many 1 ".invocation_id |= sub(\"^00\"; \"$((source + 10))\")" | numbered "s$source" ".id = \"$source-0\" | .sequence = $source"
	done | record
	many 40 | numbered gaps '.id = "\($n)-1" | .sequence *= 2' | record
	json | jq -e '.completeness.sources[0] | .source == "gaps" and .missing == 40 and .gap_count == 40 and (.gaps | length == 16 and .[15] == [31, 31])'
	json | jq -e '.completeness.sources | length == 26 and .[1].source == "s25" and .[25].source == "s1"'
	ros-report > r.md
	grep -E '^\| `gaps` .* 1, 3, 5, 7, 9 and 35 other gaps \|$' r.md
	[ "$(grep -cE '^\| `(s[0-9]+|gaps)` ' r.md)" = 19 ]
	# s1 to s7: one number each, and 0 to 6 before it missing
	grep -E '^\| 7 others \| +28 \| +7 \| +0 \| +0 \| +0 \| +0 \| +21 \| +\|$' r.md
}

@test "the name of a source cannot break out of the page" {
	event | numbered 'a|b`<img>' | record
	ros-report > r.md
	run ! grep -F '<img' r.md
	awk -F'|' '/^\|/ { if (cells && NF != cells) { print; exit 1 } cells = NF; next } { cells = 0 }' r.md
}

@test "a file is replaced as a whole, its format by its name" {
	event | record
	ros-report -o r.json
	jq -e .report_id r.json
	ros-report -o r.md
	cmp r.md <(ros-report)
	ros-report --format json -o r.txt
	cmp r.txt r.json
	run -64 ros-report -o r.docx
	[[ $output == *"'r.docx'"* ]]
	run -74 ros-report -o none/r.md
	run -74 ros-report -o /dev/full --format md
	[ -c /dev/full ]
	[ "$(find . -name '*.tmp')" = '' ]
}

@test "output that cannot be written is exit 74" {
	event | record
	run -74 bash -c 'ros-report > /dev/full'
	run -74 bash -c 'ros-report >&-'
}

@test "a bad value is a usage error that names option and value" {
	run -64 ros-report --run x
	[[ $output == *"--run"*"'x'"* ]]
	run -64 ros-report --project 1
	run -64 ros-report --mode TEST
	run -64 ros-report --format docx
	run -64 ros-report --from 2026-01-02 --to 2026-01-01
	run -64 ros-report --from yesterday
	run -64 ros-report --top -1
	run -64 ros-report operand
	event | record
	SOURCE_DATE_EPOCH=now run -78 ros-report
	[[ $output == *SOURCE_DATE_EPOCH* ]]
}

@test "a missing, foreign, older or newer database" {
	run -65 ros-report
	[[ $output == *'ros-aggregate makes it'* ]]
	[ ! -e "$ROS_STATE_DIR/ros.db" ]
	sqlite3 other.db 'CREATE TABLE t (x)'
	run -65 ros-report --db other.db
	echo text > text.db
	run -65 ros-report --db text.db
	event | record
	sql 'PRAGMA user_version = 999'
	run -76 ros-report
	sql 'PRAGMA user_version = 0'
	run -76 ros-report
}

@test "a report is made while another process has the database locked for writing" {
	event | record
	local answer
	coproc writer { sqlite3 "$ROS_STATE_DIR/ros.db" 3>&- 4>&-; }
	local pid=$writer_PID # bash forgets it when the process has ended
	echo "BEGIN IMMEDIATE; DELETE FROM invocation; SELECT 'locked';" >&"${writer[1]}"
	read -r answer <&"${writer[0]}"
	[ "$answer" = locked ]
	[ "$(json --wait 0 | jq .total_ai_calls)" = 1 ]
	exec {writer[1]}>&-
	wait "$pid"
}

@test "every JSON report that was made above is of the schema" {
	need_node_modules ajv
	validate_reports "$BATS_FILE_TMPDIR"/reports/*
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p "$ROS_STATE_DIR"
}
