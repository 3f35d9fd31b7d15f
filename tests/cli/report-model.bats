# What reports say beyond sums of calls, and that they can be compared and verified: scopes, time, datasets, stages, findings, the annex; CSV and text.
load ../lib/common
load ../lib/store
load ../lib/report

RUN=9c5b94b1-35ad-49bb-b118-8e8fc24abf80
OTHER_RUN=9c5b94b1-35ad-49bb-b118-8e8fc24abf81
PROJECT=1b4e28ba-2fa1-41d2-883f-0016d3cca427
export SOURCE_DATE_EPOCH=1800000000

# cells FILE SECTION NAME: "DIMENSIONS VALUE" of the figures in a tidy CSV.
cells() {
	python3 -c 'import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="")):
	if row["section"] == sys.argv[2] and row["name"] == sys.argv[3]:
		print(row["dimensions"], row["value"])' "$@"
}

# Scopes.

@test "a tenant's report has its calls alone, with percentiles" {
	many 900 '.tenant_id = ["a", "b", null][$i % 3]' | record
	json --tenant a > a.json
	[ "$(jq -c '[.total_ai_calls, .scope.tenant_id, (.tenants | map(.tenant_id))]' a.json)" = '[300,"a",["a"]]' ]
	[ "$(jq .total_ai_calls a.json)" = "$(sql "SELECT count(*) FROM ai_invocations WHERE tenant_id = 'a'")" ]
	jq -e '.latency_percentiles.p50 > 0 and .latency.timed_calls > 0' a.json
	[ "$(json | jq -c '[.tenants[] | [.tenant_id, .call_count]]')" = '[["a",300],["b",300],[null,300]]' ]
	[ "$(json --tenant nobody | jq .total_ai_calls)" = 0 ]
}

@test "calls over time: by the hour within three days, else by the day; they add up" {
	many 300 | record
	json > hours.json
	jq -e '.time_unit == "hour" and (.over_time | map(.call_count) | add) == .total_ai_calls' hours.json
	jq -e '(.over_time | map(.cost_usd // 0) | add) - .total_cost_usd | fabs < 1e-9' hours.json
	jq -e '.over_time == (.over_time | sort_by(.start)) and all(.over_time[]; .start | endswith(":00:00.000Z"))' hours.json
	many 3 '.timestamp = "2026-03-0\($i + 1)T12:00:00Z" | .invocation_id |= sub("^0"; "3")' | record
	json > days.json
	jq -e '.time_unit == "day" and (.over_time | length == 4) and (.over_time | map(.call_count) | add) == 303' days.json
	[ "$(jq -c .over_time days.json)" = "$(jq -c .by_mode.DEMO.over_time days.json)" ]
	# from the record the same as from the rollups
	json --exact --from 2020-01-01T00:00:00.001Z | jq .over_time | diff - <(jq .over_time days.json)
}

@test "latency by stage, purpose and tenant is known in the report on a run" {
	many 400 | record
	json --run "$RUN" | jq -e 'all(.stage_breakdown[], .purposes[], .tenants[]; .latency_percentiles.p50 > 0)'
	json | jq -e 'all(.stage_breakdown[]; .latency_percentiles.p50 == null) and all(.projects[], .models[]; .latency_percentiles.p50 > 0)'
}

# Datasets and stages.

@test "datasets by the log of accesses, in the scope" {
	many 20 | record
	dataset 1 5000 'cohort'
	access 1 5 100 type=export risk=high run="X'${RUN//-/}'"
	access 1 6 50
	access 1 7 NULL ok=0
	access 2 90 70 mode=LIVE
	json > r.json
	jq -e '.datasets[0] | .name == "cohort" and .row_count == 5000 and .access_count == 3 and .failed_accesses == 1 and .risky_accesses == 1
		and .access_types == "read, export" and .rows_accessed == 150 and .first_access_at == "2026-01-28T00:05:00.000Z"' r.json
	jq -e '.datasets[1] | .name == null and .row_count == null and (.row_count_suppressed | not)' r.json
	jq -e '[.rows_accessed, .by_mode.DEMO.rows_accessed, .by_mode.DEMO.datasets[0].rows_accessed] == [220, 150, 150]' r.json
	[ "$(json --run "$RUN" | jq -c '[.datasets[].rows_accessed]')" = '[100]' ]
	[ "$(json --project "$PROJECT" | jq '.datasets | length')" = 1 ]
	[ "$(json --from 2026-01-28T01:00:00Z | jq -c '[.datasets[].rows_accessed]')" = '[70]' ]
}

@test "small counts of rows are suppressed, and what would give them away" {
	many 20 | record
	dataset 1 7 'small'
	access 1 1 10
	access 2 2 200
	access 3 3 60
	access 4 4 0
	json > r.json
	jq -e '.datasets | map([.rows_accessed, .rows_accessed_suppressed]) == [[null, true], [200, false], [null, true], [0, false]]' r.json
	jq -e '.rows_accessed == 270 and (.datasets[0] | .row_count == null and .row_count_suppressed)' r.json
	json --min-cell 5 | jq -e '.datasets | map(.rows_accessed) == [10, 200, 60, 0]'
	ros-report -f csv > r.csv
	run ! grep -E ',(10|60|7),rows' r.csv
	# two small ones hide each other
	access 5 5 3
	json | jq -e '.datasets | map(.rows_accessed) == [null, 200, 60, 0, null]'
}

@test "a small count of one mode cannot be had from the other and the sum" {
	event | record
	access 1 1 10 mode=LIVE
	access 1 2 90
	json > r.json
	jq -e '.rows_accessed == null and .rows_accessed_suppressed and .datasets[0].rows_accessed == null' r.json
}

@test "the only count is small: its sum is suppressed, too" {
	many 20 | record
	access 1 1 3
	json | jq -e '.rows_accessed == null and .rows_accessed_suppressed and .datasets[0].rows_accessed_suppressed'
}

@test "the stages of a run, and how it stands" {
	many 20 | record
	stage 1 completed 1769558400000 1769558460000
	stage 2 running 1769558470000
	stage 3 pending
	json --run "$RUN" > r.json
	jq -e '.run_status == "running" and (.stage_runs | map(.status)) == ["completed", "running", "pending"]
		and .stage_runs[0].started_at == "2026-01-28T00:00:00.000Z" and .stage_runs[1].completed_at == null' r.json
	json | jq -e '.run_status == null and .stage_runs == []'
	sql "UPDATE stage_run SET status = 'completed'"
	[ "$(json --run "$RUN" | jq -r .run_status)" = completed ]
	sql "UPDATE stage_run SET status = 'failed' WHERE stage_number = 2"
	[ "$(json --run "$RUN" | jq -r .run_status)" = failed ]
}

@test "a run that has begun and made no call yet has a report" {
	many 1 '.run_id = null' | record
	stage 1 running
	json --run "$RUN" | jq -e '.run_status == "running" and .total_ai_calls == 0'
	ros-report --run "$RUN" | grep -F 'No calls are recorded in this scope'
}

# Findings.

@test "findings have evidence, n and the threshold that they are above" {
	many 940 '.phi.input_scan = {status: (if $i == 5 then "flagged" else "clean" end), phi_types_detected: [], redaction_count: 0} | .routing.escalated = ($i % 4 == 0)' | record
	json > r.json
	jq -e 'all(.findings[]; .value >= .threshold and .n > 0 and (.evidence | length > 0) and .recommendation != null)' r.json
	jq -e '.findings[] | select(.rule == "phi-flags") | .part == 1 and .n == 1880 and .threshold == 0 and .low > 0.00009 and .high < 0.004
		and .evidence == "1 of 1,880 PHI scans (0.1 %) flagged or redacted something. The threshold is 0 %."' r.json
	jq -e '.findings[] | select(.rule == "escalations") | .part == 235 and .n == 940 and .value == 0.25 and .threshold == 0.2' r.json
	jq -e '[.findings[].rule] - ["phi-flags", "slices-of-rates", "quality-gate", "escalations", "unpriced-calls"] == []' r.json
	jq -e '.recommendations == ([.findings[] | {rule, recommendation}] | unique_by(.rule) as $u | [.[].rule] | reduce .[] as $r ([]; if index($r) then . else . + [$r] end)
		| map(. as $r | $u[] | select(.rule == $r).recommendation))' r.json
}

@test "--rule changes a threshold: at it nothing is found, below it something" {
	many 940 '.routing.escalated = ($i % 4 == 0)' | record
	json --rule escalations=0.25 | jq -e '.rules.escalations == 0.25 and all(.findings[]; .rule != "escalations")'
	json --rule escalations=0.249999 --rule failures=0 | jq -e '[.findings[].rule] | index("escalations") and index("failures")'
	for rule in nothing=1 escalations escalations= escalations=-1 escalations=1e3 escalations=0.1234567 escalations=x escalations=.5 =1 escalations=99999999999999; do
		run -64 ros-report --rule "$rule"
		[[ $output == *--rule* ]]
	done
}

@test "DEMO and LIVE are judged apart" {
	many 100 '.governance_mode = ["DEMO", "LIVE"][$i % 2] | .routing.escalated = ($i % 2 == 1) | .run_id = null' | record
	json | jq -e '[.findings[] | select(.rule == "escalations") | [.governance_mode, .value]] == [["LIVE", 1]]'
}

@test "a call that costs far more than others of its model" {
	many 50 '.model = "m" | .provider = "p" | .usage.cost_usd = if $i == 30 then 1 else 0.01 end' | record
	json > r.json
	jq -e '.findings[] | select(.rule == "cost-outliers") | .model == "m" and .provider == "p" and .unit == "factor" and .n == 50 and .low == null
		and .value == 33.557046 and (.evidence | startswith("$1.00 for the call 00000000-0000-4000-8000-000000000030; the mean of 50 calls"))' r.json
	json --rule cost-outliers=34 | jq -e 'all(.findings[]; .rule != "cost-outliers")'
	json --top 0 | jq -e 'all(.findings[]; .rule != "cost-outliers")'
	rm -r "$ROS_STATE_DIR"/ros.db*
	many 5 '.usage.cost_usd = if $i == 3 then 1 else 0.001 end | .model = "m" | .provider = "p"' | record # fewer than prove something
	json | jq -e 'all(.findings[]; .rule != "cost-outliers")'
}

@test "missing numbers, dead letters and conflicts are found, in the whole database" {
	{ many 10; event '.stage = 99'; event '.usage.input_tokens = 1'; event; } | numbered host-0 '.sequence += (if $n > 4 then 2 else 0 end)' | record || [ $? = 1 ]
	json > r.json
	jq -e '[.findings[] | select(.rule | IN("missing-sequences", "dead-letters", "conflicts")) | [.rule, .governance_mode, .part, .n]] ==
		[["missing-sequences", null, 2, 15], ["dead-letters", null, 1, 12], ["conflicts", "DEMO", 1, 12]]' r.json
	json --from 2030-01-01 | jq -e '[.findings[].rule] == ["missing-sequences", "dead-letters"]'
}

@test "nothing is found where nothing is recorded" {
	event '.stage = 99' | record || [ $? = 1 ]
	sql 'DELETE FROM refusal'
	json | jq -e '.findings == [] and .recommendations == []'
}

@test "the rules' data file names every rule once, and no other" {
	event | record
	json | jq -S '.rules' > used.json
	jq -S '[.rules[] | {key: .id, value: .threshold}] | from_entries' "$TOP/schemas/report-rules.json" | diff - used.json
}

@test "the annex names a section or says not covered, with source and date" {
	event | record
	json > r.json
	[ "$(jq -c '.crosswalk | length' r.json)" = "$(jq '[.frameworks[].rows[]] | length' "$TOP/schemas/report-crosswalk.json")" ]
	jq -e 'all(.crosswalk[]; .source != null and .source_dated != null and .section != null and .item != null)' r.json
	jq -e '[.crosswalk[].framework] | unique | length == 6' r.json
}

# Comparing.

@test "--against a run: figures side by side, differences, intervals of rates" {
	many 1000 'del(.routing.quality_gate_passed) | .run_id = (if $i < 70 then "'$RUN'" elif $i < 150 then "'$OTHER_RUN'" else null end)
		| .status = (if ($i < 56) or ($i >= 70 and $i < 118) then "SUCCESS" else "FAILED" end)' | record
	json --run "$RUN" --against "$OTHER_RUN" > r.json
	# 56 of 70 against 48 of 80: Newcombe's own example
	jq -e '.comparison.differences[] | select(.figure == "success_rate" and .tier == null and .model == null)
		| .this == {value: 0.8, part: 56, n: 70} and .against == {value: 0.6, part: 48, n: 80} and .difference == 0.2
		and (.low - 0.0524 | fabs) < 0.00005 and (.high - 0.3339 | fabs) < 0.00005' r.json
	jq -e '.comparison.scope.run_id == "'$OTHER_RUN'" and .total_ai_calls == 70' r.json
	jq -e '.comparison.differences[] | select(.figure == "quality_gate_failure_rate") | .difference == null and .low == null and .this.value == null' r.json
	jq -e '.comparison.differences[] | select(.figure == "cost_usd") | .this.value - .against.value - .difference | fabs < 1e-9' r.json
	ros-report --run "$RUN" --against "$OTHER_RUN" -f csv > r.csv
	cells r.csv comparison low | grep -F '"figure":"success_rate"' | grep -F '"tier":null' | grep -F '"model":null' | grep -E ' 0\.0524'
}

@test "--against a period; models that only one of them has" {
	many 4 '.model = "m\($i)" | .timestamp = "2026-0\($i + 1)-01T00:00:00Z"' | record
	json --from 2026-01-01 --to 2026-03-01 --against 2026-02-01/2026-04-01 > r.json
	jq -e '[.comparison.differences[] | select(.figure == "calls" and .model != null) | [.model, .this.value, .against.value, .difference]]
		== [["m0", 1, 0, 1], ["m1", 1, 1, 0], ["m2", 0, 1, -1]]' r.json
	json | jq -e '.comparison == null'
	for other in x 2026-01-01/ /2026-01-01 2026-02-01/2026-01-01 2026-01-01/2026-02-01/2026-03-01; do
		run -64 ros-report --against "$other"
		[[ $output == *--against* ]]
	done
	run -1 ros-report --against 00000000-0000-4000-8000-000000000000
}

# Verifying.

@test "a report is verified: now, after late events, and by its options" {
	many 600 '.governance_mode = ["DEMO", "LIVE"][$i % 2] | .tenant_id = ["a", "b"][$i % 2]' | record
	json > all.json
	json --run "$RUN" --top 3 --rule failures=0.5 --min-cell 3 > run.json
	json --project "$PROJECT" --from 2026-01-28T00:10:00Z --to 2026-01-28T05:20:00Z > period.json
	json --exact --mode LIVE --from 2026-01-28T00:10:00Z > exact.json
	json --tenant b --against "$RUN" > tenant.json
	for report in all run period exact tenant; do
		run -0 ros-report --verify $report.json
		[[ $output =~ ^$report.json:\ identical\ as\ of\ batch\ [0-9]+$ ]]
	done
	many 900 '.governance_mode = ["DEMO", "LIVE"][$i % 2] | .tenant_id = ["a", "b"][$i % 2]' | record
	{ event '.stage = 99'; event '.usage.input_tokens = 1'; event; lost 7-7; } | numbered late | record || [ $? = 1 ]
	for report in all run period exact tenant; do
		run -0 ros-report --verify $report.json
		[[ $output == "$report.json: identical as of batch "*'; not compared'* ]]
	done
	jq -c . all.json | ros-report --verify - # another layout is the same report
}

@test "completeness of then is taken from the report, its sentences are held against it" {
	many 10 | numbered host-0 '.sequence *= 2' | record
	json > r.json
	jq -e '.completeness.missing == 10' r.json
	event | numbered host-0 '.sequence = 1 | .id = "99-0"' | record
	ros-report --verify r.json
	jq 'del(.limitations[] | select(contains("did not arrive")))' r.json > forged.json
	run -1 ros-report --verify forged.json
	jq 'del(.findings[0])' r.json > forged.json
	run -1 ros-report --verify forged.json
}

@test "retention does not disturb verification; a run that lost calls is refused, and its report says so" {
	many 2100 | record
	json > all.json
	json --from 2026-01-29 --to 2026-01-31 --tenant nobody > tenant.json
	json --from 2026-01-29 --to 2026-01-31 > period.json
	json --run "$RUN" > run.json
	many 2200 | record
	ros-purge --keep-demo 2026-01-30T00:00:00Z --keep-live forever --delete
	for report in all period; do
		run -0 ros-report --verify $report.json
		[[ $output == "$report.json: identical as of batch "*'; not compared'*'since retention deleted calls'* ]]
	done
	jq '.tokens.total += 1' period.json > forged.json
	run -1 ros-report --verify forged.json
	run -1 ros-report --verify tenant.json
	[[ $output == *'knows no tenant' ]]
	run -1 ros-report --verify run.json
	[[ $output == *'calls of its run were deleted by retention' ]]
	json --run "$RUN" | jq -e '[.limitations[] | select(contains("deleted by retention"))] | length == 1'
	ros-purge --keep-demo 2026-01-31T00:00:00Z --keep-live forever --delete # calls of the second batch
	json > later.json
	ros-report --verify later.json
}

@test "what was changed in a report is named, exit 1" {
	many 300 | record
	json > r.json
	for change in '.total_ai_calls += 1' '.by_mode.DEMO.total_cost_usd = 0' '.models[0].model = "other"' 'del(.limitations[0])' '.record.content_sum |= sub("^."; "x")' \
		'.top_expensive_calls[0].cost_usd = 99' '.more = 1' 'del(.tokens)' '.latency_percentiles.p99 += 1' '.completeness.missing += 1' '.crosswalk[0].section = "x"' \
		'.report_id |= sub("^."; "0x"[0:1])'; do
		jq "$change" r.json > forged.json
		run -1 ros-report --verify forged.json
		[[ ${lines[0]} == /*' in the report, '*' in the database' ]]
		[[ ${lines[-1]} == 'forged.json: '*' difference'*' as of batch '* ]]
	done
	jq '.total_ai_calls = 7' r.json | ros-report --verify - > out || [ $? = 1 ]
	[ "$(head -n 1 out)" = '/total_ai_calls: 7 in the report, 300 in the database' ]
	sql 'UPDATE rollup_hour SET calls = calls + 1 WHERE rowid IN (SELECT rowid FROM rollup_hour LIMIT 1)' || sql 'UPDATE rollup_hour SET calls = calls + 1'
	run -1 ros-report --verify r.json
}

@test "--verify refuses what is no report, or of another version or database" {
	many 30 | record
	json > r.json
	: > empty.json
	head -c 500 r.json > cut.json
	echo '{}' > object.json
	echo '[]' > list.json
	head -c 5000 /dev/urandom > binary.json
	for file in empty cut object list binary missing; do
		run -65 ros-report --verify $file.json
		[[ $output == *"$file.json"* ]]
	done
	for change in 'del(.scope)' '.scope.run_id = "x"' '.scope.min_cell = -1' '.scope.from_asked = "x"' '.scope.governance_mode = "TEST"' 'del(.rules.failures)' 'del(.record)' \
		'.record.last_batch = "x"' 'del(.completeness.missing)' ".scope.tenant_id = \"$(printf '%0300d' 0)\""; do
		jq "$change" r.json > bad.json
		run -65 ros-report --verify bad.json
	done
	jq '.report_version = "9.0.0"' r.json > bad.json
	run -76 ros-report --verify bad.json
	jq '.record.last_batch = 99' r.json > bad.json
	run -1 ros-report --verify bad.json
	[[ $output == *'batch 99'* ]]
	run -74 bash -c 'ros-report --verify r.json > /dev/full'
}

# Formats.

# Reproducibility and slices.

# asked N [FILTER]: varied calls in two modes, each prompt ten times to each of four models. In both m0 has versions that differ, m1 outputs that do, m2 fails in
# stage 3; in LIVE m3 becomes slower.
asked() {
	many "$1" 'def hash($k): "hmac-sha256:" + ("0" * 64 + ($k | tostring))[-64:];
		.governance_mode = ["DEMO", "LIVE"][$i % 2] | .model = "m\($i / 2 % 4 | floor)" | .provider = "p" | .tier = "MINI" | .stage = ($i / 8 | floor) % 5 + 1
		| .run_id = null | .usage.cost_usd = 0.01 | .purpose = "rag" | .prompt_hash = hash($i / 80 | floor) | .output_hash = hash(7) | del(.routing)
		| del(.model_version) | .usage.latency_ms = 1000 + $i * 7919 % 997 | .status = "SUCCESS" | .error = null
		| if .model == "m0" then .model_version = "v\($i / 8 % 2 | floor)" | .output_hash = hash($i / 8 % 2 | floor) else . end
		| if .model == "m1" and $i % 16 < 8 then .output_hash = hash($i) else . end
		| if .model == "m2" and .stage == 3 and $i % 7 < 4 then .status = "FAILED" | .error = {code: "E", message: "m", retryable: true} else . end
		| if .model == "m3" and .governance_mode == "LIVE" and $i > 2000 then .usage.latency_ms *= 2 else . end | '"${2:-.}"
}

@test "reproducibility and slices are those of the tools, of each mode by itself; five of each list" {
	local mode
	asked 4000 | record
	json > r.json
	for mode in DEMO LIVE; do
		ros-stability --by model --mode $mode --format json > s.json
		jq -e --slurpfile s s.json '.by_mode.'$mode'.stability | . as $r | $s[0] | del(.generated_by, .read_from)
			| .groups |= (map(select(.tar.n > 0)) | sort_by(.tar.value)[:5]) | .versions |= map(select(.adjusted_p <= 0.05))
			| .drift |= map(select(.adjusted_p != null and .adjusted_p <= 0.05))[:5]
			| . == ($r | del(.computed, .calls_deleted, .models_tested, .version_tests, .versions_differ, .drifted))' r.json
		jq -e '.by_mode.'$mode'.stability | .computed and .models_tested == 4 and .groups[0].model == "m1" and .versions_differ == 1 and .versions[0].model == "m0"
			and .calls_deleted == 0' r.json
		ros-slice --depth 2 --mode $mode --format json > s.json
		jq -e --slurpfile s s.json '.by_mode.'$mode'.slices.metrics[0] | . as $r | $s[0] | del(.generated_by, .read_from) | .slices |= map(select(.confirmed))[:5]
			| . == ($r | del(.judged, .confirmed))' r.json
		jq -e '.by_mode.'$mode'.slices | [.metrics[].metric] == ["error", "latency", "cost"] and .metrics[0].slices[0].conditions == {model: "m2", stage: "3"}' r.json
	done
	jq -e '(.by_mode.LIVE.stability.drift | map([.model, .quantity])) == [["m3", "latency"]] and .by_mode.DEMO.stability.drift == []' r.json
	jq -e 'has("stability") or has("slices") | not' r.json
}

@test "reproducibility and slices are pointed out, with n, interval and adjusted p, above a threshold" {
	asked 4000 | record
	json > r.json
	jq -e '[.findings[] | select(.adjusted_p != null) | .adjusted_p <= 0.05 and .value > .threshold and .n > 100 and (.evidence | contains("adjusted p"))] | length == 5 and all' r.json
	jq -e '[.findings[] | select(.rule == "slices-of-rates") | [.governance_mode, .slice, .unit]] == [["DEMO", "model m2, stage 3", "difference"],
		["LIVE", "model m2, stage 3", "difference"]] and all(.findings[] | select(.rule == "slices-of-rates"); .low < .value and .value < .high)' r.json
	jq -e '.findings[] | select(.rule == "drift-of-quantities") | .governance_mode == "LIVE" and .model == "m3" and .unit == "factor" and .low < .value and .high > .value' r.json
	jq -e '[.findings[] | select(.rule == "versions-differ") | .model] == ["m0", "m0"]' r.json
	json --rule drift-of-quantities=3 --rule slices-of-rates=0.9 --rule versions-differ=1 | jq -e '[.findings[] | select(.adjusted_p != null)] == []'
	jq -e 'all(.findings[]; .rule != "unstable-outputs")' r.json
	json --rule unstable-outputs=0.1 | jq -e '[.findings[] | select(.rule == "unstable-outputs") | .part > 40 and .n > .part and .low > 0.1] | length == 2 and all'
}

@test "reproducibility and slices: late events do not disturb verification, changes are named" {
	asked 1000 | record
	json > r.json
	# a model of the name of a version, and more outputs to the same prompts
	asked 1200 '.timestamp |= sub("^2026"; "2025") | .model = "v0" | .invocation_id |= sub("^00"; "11")' | record
	asked 1200 '.invocation_id |= sub("^00"; "22")' | record
	run -0 ros-report --verify r.json
	for change in .DEMO.stability.tar.n .LIVE.slices.metrics[0].tests; do
		jq ".by_mode$change += 1" r.json > forged.json
		run -1 ros-report --verify forged.json
	done
}

@test "what retention deleted is not compared, and said" {
	asked 1000 | record
	json > r.json
	ros-purge --keep-demo 2026-01-29T00:00:00Z --keep-live forever --delete
	run -0 ros-report --verify r.json
	[[ $output == *'since retention deleted calls'*', stability, slices' ]]
	json | jq -e '.by_mode | .DEMO.stability.calls_deleted == .DEMO.total_ai_calls - .DEMO.stability.calls and .DEMO.stability.calls_deleted > 200
		and .LIVE.stability.calls_deleted == 0'
	ros-report | grep -E '; [0-9]+ were deleted by retention and cannot be looked at'
}

@test "many calls: not computed, but by the command that is told" {
	asked 100 | record
	sql 'UPDATE rollup_hour SET calls = calls + 100000 WHERE (hour, series_id) = (SELECT hour, series_id FROM rollup_hour LIMIT 1)'
	json --from 2026-01-28T00:10:00Z > r.json
	jq -e '.by_mode.DEMO | (.stability, .slices) | (.computed | not) and .calls_max == 50000' r.json
	[ "$(jq -r .by_mode.LIVE.stability.command r.json)" = 'ros-stability --by model --from 2026-01-28T00:00:00.000Z --mode LIVE' ]
	$(jq -r .by_mode.LIVE.slices.command r.json) > out
	ros-report > r.md
	grep -F 'Not computed: 100,' r.md
	grep -F 'ros-slice --mode DEMO' r.md
}

@test "nothing to compare, nothing that varies: words" {
	asked 1 'del(.prompt_hash) | .usage.latency_ms = null | .usage.cost_usd = null' | record
	ros-report > r.md
	grep -F 'Nothing can be said of outputs: no prompt was asked twice.' r.md
	grep -F 'Versions of a model cannot be compared' r.md
	grep -F 'Drift cannot be tested' r.md
	grep -F 'Nothing to search: no figure of the calls varies.' r.md
	json | jq -e '.by_mode.DEMO | .stability.tar.value == null and .slices.metrics == []'
}

@test "--against compares equal outputs, with an interval of the difference" {
	asked 2000 'if $i >= 1000 then .output_hash = .prompt_hash else . end' | record
	json --from 2026-01-28 --to 2026-01-30 --against 2026-01-30/2026-02-03 > r.json
	jq -e '.comparison.stability | length == 2 and (.[0] | .figure == "equal_outputs_rate" and .difference < 0
		and .low <= .difference and .difference <= .high and .this.n > 20 and .against.n > 20)' r.json
	ros-report --from 2026-01-28 --to 2026-01-30 --against 2026-01-30/2026-02-03 | grep -F 'equal outputs rate'
}

@test "CSV: every figure of the JSON form, tidy and as tables" {
	many 500 '.governance_mode = ["DEMO", "LIVE"][$i % 2]' | record
	json > r.json
	ros-report -o r.csv
	for mode in DEMO LIVE; do
		[ "$(cells r.csv totals call_count | grep -F "$mode" | sed 's/.* //')" = "$(jq ".by_mode.$mode.total_ai_calls" r.json)" ]
		[ "$(cells r.csv totals cost_usd | grep -F "$mode" | sed 's/.* //')" = "$(jq ".by_mode.$mode.total_cost_usd" r.json)" ]
		jq -r ".by_mode.$mode.models[] | [.call_count, .cost_usd, .tokens.total, .latency_percentiles.p95] | @tsv" r.json > want
		for figure in call_count cost_usd tokens latency_p95_ms; do
			cells r.csv models $figure | grep -F "$mode" | sed 's/.* //' > $figure
		done
		paste call_count cost_usd tokens latency_p95_ms | diff want -
	done
	for figure in in_slice effect adjusted_p held_effect; do
		cells r.csv slices $figure | sed 's/.* //'
	done > got
	jq -r '[.by_mode[].slices.metrics[].slices[] | [(.found.slice | .rate // .median), .found.effect, .adjusted_p, .held_back.effect]] | transpose[][]' r.json > want
	python3 -c 'a, b = ([float(x) for x in open(f)] for f in ("got", "want")); assert a == b and a, (a, b)'
	[ "$(cells r.csv stability tar_n | sed 's/.* //' | head -n 1)" = "$(jq .by_mode.DEMO.stability.tar.n r.json)" ]
	ros-report -o tables/
	python3 - <<-'END'
		import csv, glob
		tidy = list(csv.reader(open("r.csv", newline="")))
		assert tidy[0] == ["section", "name", "dimensions", "value", "unit"] and all(len(row) == 5 for row in tidy)
		files = glob.glob("tables/*.csv")
		assert {f[7:-4] for f in files} >= {row[0] for row in tidy[1:]}, files
		for f in files:
		    rows = list(csv.reader(open(f, newline="")))
		    assert all(len(row) == len(rows[0]) for row in rows), f
		models = list(csv.DictReader(open("tables/models.csv")))
		assert {"ProviderName", "EffectiveCost", "BillingCurrency", "ConsumedQuantity", "ConsumedUnit", "x_Model"} <= set(models[0])
		assert "ChargePeriodStart" in open("tables/over_time.csv").readline()
	END
	run -64 ros-report -f md -o tables
	[[ $output == *csv* ]]
}

@test "CSV: names cannot become formulas or break a row" {
	many 6 '.model = ["=1+1", "+1", "-1", "@x", "a\"b,c\nd", "\t=x"][$i]' | record
	ros-report -o tables/
	python3 - <<-'END'
		import csv
		names = sorted(row["x_Model"] for row in csv.DictReader(open("tables/models.csv", newline="")))
		assert names == sorted(["'=1+1", "'+1", "'-1", "'@x", 'a"b,c\nd', "'\t=x"]), names
	END
	ros-report -f csv > r.csv
	run ! grep -P '(^|,)"?[=+@\t]' r.csv
}

@test "text: as wide as the terminal, no figure lost, colours only where wanted" {
	many 300 '.model = ("模型" * 20) + "\($i % 3)"' | record
	for columns in 20 40 80 132; do
		COLUMNS=$columns ros-report -f text > $columns.txt
		python3 - $columns <<-'END'
			import sys, unicodedata
			columns = int(sys.argv[1])
			wide = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
			for line in open(f"{columns}.txt", encoding="utf-8"):
			    line = line.rstrip("\n")
			    assert wide(line) <= columns or line.startswith("    ros-report"), (columns, wide(line), line)
		END
		run ! grep -F $'\033' $columns.txt
		[ $columns -lt 80 ] || tr -d ' \n' < $columns.txt | grep -qF "$(json | jq -r .record.content_sum)"
	done
	ros-report -f text | cmp - 80.txt
	ros-report -o r.txt
	cmp r.txt 80.txt
	grep -E '^DEMO calls  [▁▂▃▄▅▆▇█ ]+$' 80.txt
}

# on_terminal COLUMNS COMMAND: what it prints on a terminal.
on_terminal() {
	script -qec "stty cols $1; $2" /dev/null < /dev/null | tr -d '\r'
}

@test "on a terminal the report is text, with colours but for NO_COLOR and TERM=dumb" {
	event | record
	on_terminal 60 'env -u NO_COLOR TERM=xterm ros-report' > colour.txt
	grep -F $'\033[1' colour.txt
	on_terminal 60 'NO_COLOR=1 TERM=xterm ros-report' > plain.txt
	run ! grep -F $'\033' plain.txt
	run ! grep -F '# AI transparency' plain.txt
	run ! grep -F $'\033' <(on_terminal 60 'env -u NO_COLOR TERM=dumb ros-report')
	COLUMNS=60 ros-report -f text | diff - plain.txt
}

@test "the same state, options and SOURCE_DATE_EPOCH: the same bytes in every format" {
	many 600 '.governance_mode = ["DEMO", "LIVE"][$i % 2]' > events
	record < events
	access 1 1 30
	for format in md json html pdf csv text; do
		ros-report -f $format --against "$RUN" > 1.$format
		ros-report -f $format --against "$RUN" | cmp - 1.$format
	done
	ros-report -o 1/
	ros-report -o 2/
	diff -r 1 2
}

@test "the example makes a page a run and an index of all" {
	many 40 | record
	"$TOP/examples/report-site" site
	[ "$(ls site)" = "$(printf '%s\n' "$RUN.html" "$RUN.json" "$OTHER_RUN.html" "$OTHER_RUN.json" index.html)" ]
	[ "$(grep -c '<tr><td>' site/index.html)" = 2 ]
	grep -F "<a href=\"$RUN.html\">" site/index.html
	"$TOP/examples/report-site" site
	[ "$(ls site | wc -l)" = 5 ]
}

# What must not go wrong.

# all_formats [OPTION ...]: a report in each, none empty.
all_formats() {
	local format
	for format in md html pdf csv text; do
		ros-report -f $format "$@" > out.$format
		[ -s out.$format ]
	done
	json "$@" > out.json
}

@test "an empty database, one event, unknown costs" {
	event '.stage = 99' | record || [ $? = 1 ]
	all_formats
	jq -e '.total_ai_calls == 0 and .total_cost_usd == null and .over_time == []' out.json
	event '.usage.cost_usd = null | .usage.cost_source = "unknown" | .usage.latency_ms = null' | record
	all_formats
	jq -e '.total_ai_calls == 1 and .total_cost_usd == null and (.over_time | length == 1)' out.json
	[ "$(cells out.csv totals cost_usd)" = '{"governance_mode":"DEMO"} ' ]
	grep -F unknown out.text
}

@test "a run through 20 stages" {
	many 200 '.stage = $i % 20 + 1 | .stage_name = "stage \($i % 20 + 1)" | .run_id = "'$RUN'"' | record
	for i in {1..20}; do
		stage $i completed 0 0
	done
	all_formats --run "$RUN"
	jq -e '(.stage_breakdown | length == 20) and (.stage_runs | length == 20) and .run_status == "completed"' out.json
}

@test "10,000 models" {
	many 10000 '.model = "m\($i)"' | record
	all_formats
	jq -e '.models | length == 10000' out.json
	[ "$(cells out.csv models call_count | wc -l)" = 10000 ]
	[ "$(wc -l < out.md)" -lt 15000 ]
	json --against 2026-01-28/2026-01-30 | jq -e '.comparison.differences | length > 50000'
}

@test "a clock that is wrong: calls dated after they were recorded" {
	event '.timestamp = "2999-01-01T00:00:00Z"' | record
	event '.timestamp = "0001-01-01T00:00:00Z"' | record
	all_formats
	jq -e '[.limitations[] | select(contains("dated after"))] | length == 1' out.json
	jq -e '.time_unit == "day" and (.over_time | length == 2)' out.json
}

@test "every JSON report that was made above is of the schema, a changed one is not" {
	need_node_modules ajv
	validate_reports "$BATS_FILE_TMPDIR"/reports/*
	many 60 | record
	access 1 1 3
	ros-report -f json --against "$RUN" > r.json
	validate_reports r.json
	for change in '.total_ai_calls = "3"' '.total_ai_calls = -1' '.more = 1' 'del(.tokens)' '.by_mode.DEMO.more = 1' '.by_mode.TEST = {}' '.by_mode.DEMO.governance_mode = "LIVE"' \
		'.report_version = "1.1.0"' '.report_id = "x"' '.generated_at = "2026"' 'del(.models[0].provider)' '.tiers |= .[1:]' '.calls_by_tier.HUGE = 1' \
		'.findings[0].rule = "made-up"' '.findings[0].evidence = ""' '.findings[0].n = 0' '.scope.min_cell = null' '.over_time[0].call_count = 0' \
		'.comparison.differences[0].this.n = -1' '.datasets[0].rows_accessed = 3' '.completeness.missing = null' '.record.content_sum = "00"' '.crosswalk[0].section = null' \
		'.latency_percentiles.p50 = "fast"' '.stage_breakdown[0].stage = 21' '.top_expensive_calls[0].status = "GOOD"'; do
		jq "$change" r.json > changed.json
		run -1 validate_reports changed.json
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p "$ROS_STATE_DIR"
}
