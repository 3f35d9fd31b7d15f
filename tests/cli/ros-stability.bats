load ../lib/common
load ../lib/store

# ask N [FILTER]: N calls, $i is the number: a prompt each ten, their outputs equal; a minute apart.
ask() {
	event | jq -c --argjson n "$1" '. as $e | range($n) as $i | $e
		| def hash($k): "sha256:" + ("0" * 64 + ($k | tostring))[-64:];
		.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-\(100000000000 + $i)"
		| .timestamp = (1767225600 + 60 * $i | todate)
		| .prompt_hash = hash($i / 10 | floor) | .output_hash = hash($i / 10 | floor)
		| .usage.latency_ms = 1000 + $i * 7919 % 1000 | .usage.input_tokens = 100 + $i * 7919 % 97 | .usage.output_tokens = 50 + $i * 7919 % 89
		| .usage.cost_usd = 0.001 * (1 + $i * 7919 % 13)
		| '"${2:-.}"
}

record() {
	ask "$@" | jq -c "$LIVE_CLAIMS" | ros-aggregate
}

stability() {
	ros-stability --format json "$@"
}

@test "outputs that are all equal: 100 %, and how large the share that differs may still be" {
	record 200
	stability | jq -e '.tar == {value: 1, n: 20, low: 0.838875, high: 1} and .overall.difference_at_most == 0.139108
		and .overall.pairwise_agreement.value == 1 and .overall.modal_share.value == 1 and .overall.first_divergence == null'
	run -0 ros-stability
	[[ "$output" = *'all equal            100.0 % (83.9 to 100.0), 20 of 20 prompts'* ]]
	[[ "$output" = *'no difference was seen; as many as 14 % of prompts may still differ'* ]]
}

@test "the rates of outputs that differ, by hand" {
	# of ten calls of prompt 0 the fourth and fifth have another output; of prompt 1 the tenth: the first five agree
	record 30 'if ($i | IN(3, 4, 19)) then .output_hash = "sha256:" + "f" * 64 else . end'
	stability | jq -e '.overall | .calls == 30 and .prompts == 3 and (.tar | .value == 0.666667 and .n == 3)
		and .pairwise_agreement.value == ((28 + 1 + 36 + 45) / 45 / 3 * 1e6 | round / 1e6)
		and .modal_share.value == 0.9 and .distinct_outputs == 5 and .most_distinct_outputs == 2
		and .prompts_diverged == 2 and .first_divergence == "2026-01-01T00:03:00.000Z"'
	stability --repeats 3 | jq -e '.tar.value == 1'
	stability --repeats 10 | jq -e '.tar.value == 0.333333'
	stability --repeats 11 | jq -e '.tar == {value: null, n: 0, low: null, high: null}'
}

@test "calls of other models, versions, parameters and modes are other prompts" {
	record 40 '.model = "m\($i % 2)" | .model_version = "v\($i / 2 % 2 | floor)" | .parameters.temperature = ($i / 4 % 2 | floor)'
	stability | jq -e '.overall | .prompts == 8 and .prompts_asked_once == 24 and .calls == 40'
	stability --by model | jq -e '[.groups[] | [.model, .calls, .prompts]] == [["m0", 20, 4], ["m1", 20, 4]]'
	stability --by version | jq -e '[.groups[] | "\(.model) \(.model_version)"] == ["m0 v0", "m0 v1", "m1 v0", "m1 v1"]'
}

@test "calls without success or hashes are left out, and counted" {
	record 20 'if $i < 4 then .status = "FAILED" | .error = {code: "E", message: "no", retryable: true} elif $i < 6 then del(.output_hash) else . end'
	stability | jq -e '.calls == 20 and .calls_without_success == 4 and .calls_without_hashes == 2 and .overall.calls == 14'
}

@test "by day: a day that stands out" {
	record 4320 '.prompt_hash = "sha256:" + ("0" * 64 + ($i / 5 | floor | tostring))[-64:]
		| if $i / 1440 < 2 and $i % 25 == 0 or $i / 1440 >= 2 and $i % 2 == 0 then .output_hash = "sha256:" + ("f" * 64 + ($i | tostring))[-64:] else . end'
	stability --by day | jq -e '[.groups[].day[:10]] == ["2026-01-01", "2026-01-02", "2026-01-03"] and [.groups[].outside] == [true, true, true]
		and .groups[2].tar.value < .groups[0].tar.value'
	run -0 ros-stability --by day
	[[ "$output" = *'unlike the other days'* ]]
}

@test "noise within versions is no drift; a version that answers otherwise is" {
	record 200 '.model_version = "v\($i % 2)" | .output_hash = "sha256:" + ("0" * 64 + ($i * 7919 % 3 | tostring))[-64:]'
	stability | jq -e '.versions | length == 1 and (.[0] | .prompts == 20 and .calls == 200 and .adjusted_p > 0.05 and .test == "permutation test")'
	rm "$ROS_STATE_DIR/ros.db"
	record 200 '.model_version = "v\($i % 2)" | .output_hash = "sha256:" + ("0" * 64 + ($i % 2 | tostring))[-64:]'
	stability | jq -e '.versions[0] | .agreement_within == 1 and .agreement_between == 0 and .p == 0.001'
	run -0 ros-stability
	[[ "$output" = *'100.0 % within a version, 0.0 % between; 200 calls, 20 prompts; permutation test, p 0.001, adjusted 0.001: the versions differ'* ]]
}

@test "drift: each quantity by its test; the middle of the period parts the halves" {
	record 400 'if $i >= 200 then .usage.latency_ms *= 2 | .usage.cost_usd *= 3 | .usage.output_tokens += 100
		| if $i % 4 == 0 then .status = "FAILED" | .error = {code: "E", message: "no", retryable: true} else . end else . end'
	stability | jq -e '[.drift[] | select(.adjusted_p <= 0.05).quantity] | sort == ["calls without success", "cost", "latency", "mix of statuses", "output tokens"]'
	stability | jq -e '.middle == "2026-01-01T03:19:30.000Z" and (.drift[] | select(.quantity == "latency")
		| .test == "Mann-Whitney test" and .effect > 1.9 and .effect < 2.1 and .low < .effect and .effect < .high and .n_before == 200 and .n_after == 200)'
	stability | jq -e '.drift[] | select(.quantity == "calls without success") | .effect == 0.25 and .low < 0.25 and .high > 0.25'
	run -0 ros-stability
	[[ "$output" = *', output tokens: largest difference of shares 1;'*'Kolmogorov-Smirnov test'* ]]
}

@test "nothing drifts where nothing does" {
	record 400
	stability | jq -e '.drift_tests == 6 - ([.drift[] | select(.not_tested)] | length) and all(.drift[]; .not_tested or .adjusted_p > 0.05)'
}

@test "another model served than was asked for" {
	record 20 'if $i < 3 then .model_requested = "best" else .model_requested = .model end'
	stability | jq -e '.asked_not_served | length == 1 and .[0].asked == "best" and .[0].calls == 3'
	run -0 ros-stability
	[[ "$output" = *'  best: served by '*', 3 calls'* ]]
}

@test "bounds: 1 when broken, and why; 0 when kept" {
	record 200 'if $i >= 100 then .usage.latency_ms *= 2 else . end | if $i < 60 and $i % 10 == 1 then .output_hash = "sha256:" + "f" * 64 else . end'
	run -0 --separate-stderr ros-stability --min-tar 0.7
	[ -z "$stderr" ]
	run -1 --separate-stderr ros-stability --min-tar 0.701
	[ "$stderr" = 'ros-stability: 14 of 20 prompts have equal outputs, fewer than the share of 0.701' ]
	[[ "$output" = Stability* ]]
	run -1 --separate-stderr ros-stability --no-drift
	[ "$stderr" = 'ros-stability: 1 figure has drifted' ]
	run -1 --separate-stderr ros-stability --min-tar 0 --repeats 11
	[ "$stderr" = 'ros-stability: no prompt was asked 11 times: no share can be held against 0' ]
	for bound in 1.1 -1 x . 1. .5 0x1 1e-1 1.0.0; do
		run -64 ros-stability --min-tar="$bound"
	done
}

@test "one call, no call, a run that is not there" {
	record 1
	run -0 ros-stability
	[[ "$output" = *'Stability of 1 call, '*'all: 1 call, 0 prompts asked more than once, 1 asked once'* ]]
	[[ "$output" != *nan* && "$output" != *inf* ]]
	stability --by day | jq -e '.tar.value == null and .overall.pairwise_agreement == {value: null, n: 0, low: null, high: null}'
	[ "$(ros-stability --run 00000000-0000-4000-8000-000000000000)" = 'No calls in the scope.' ]
	stability --run 00000000-0000-4000-8000-000000000000 | jq -e '.calls == 0 and .first_call == null and .groups == [] and .drift == []'
}

@test "constant, all failed, all free: said, and no number that is none" {
	record 100 '.usage.cost_usd = 0 | .usage.latency_ms = 5 | .usage.input_tokens = 7 | .usage.output_tokens = 0'
	stability | jq -e '[.drift[] | select(.not_tested) | [.quantity, .not_tested]] | sort ==
		[["cost", "the value never changes"], ["latency", "the value never changes"], ["mix of statuses", "all calls have one status"]]'
	rm "$ROS_STATE_DIR/ros.db"
	record 100 '.status = "FAILED" | .error = {code: "E", message: "no", retryable: true}'
	stability | jq -e '.overall.calls == 0 and .calls_without_success == 100'
	! ros-stability --format csv | grep -iE 'nan|inf[^o]'
	! ros-stability | grep -iE '\b(nan|inf)\b'
}

@test "CSV: every row has the header's cells; formulas are disarmed" {
	record 100 '.model = "=cmd,\($i % 2)" | .model_version = "v\($i % 3)"'
	ros-stability --by version --format csv > "$HOME/csv"
	python3 - "$HOME/csv" <<-'END'
		import csv, sys
		rows = list(csv.reader(open(sys.argv[1])))
		assert len(rows) > 30 and {len(row) for row in rows} == {14}
		assert {row[3] for row in rows[1:]} == {'', "'=cmd,0", "'=cmd,1"}
		assert {row[0] for row in rows[1:]} == {'overall', 'group', 'versions', 'drift', 'asked_not_served'}
	END
}

@test "a scope: project, tenant, period, mode; both modes together are said" {
	record 100 'if $i >= 50 then .governance_mode = "LIVE" | .project_id = "6fa459ea-ee8a-4ca4-894e-db77e160355e" else . end
		| .tenant_id = if $i < 30 then "a" else null end'
	stability | jq -e '.mixed_modes and .calls == 100'
	run -0 ros-stability
	[[ "$output" = *'DEMO and LIVE calls are both in the scope'* ]]
	stability --mode LIVE | jq -e '.calls == 50 and (.mixed_modes | not) and .first_call == "2026-01-01T00:50:00.000Z"'
	stability --project 6fa459ea-ee8a-4ca4-894e-db77e160355e | jq -e '.calls == 50'
	stability --tenant a | jq -e '.calls == 30 and .last_call == "2026-01-01T00:29:00.000Z"'
	stability --tenant none | jq -e '.calls == 0'
	stability --from 2026-01-01T00:10:00Z --to 2026-01-01T00:30:00Z | jq -e '.calls == 20'
	run -64 ros-stability --from 2026-01-02 --to 2026-01-01
	run -64 ros-stability --project x
	run -64 ros-stability operand
	run -65 ros-stability --db "$HOME/none"
}

@test "the published runs of gpt-4o: TARr@5 of all seven tasks, through the whole pipe" {
	runs=$ROS_SHARED/data/stability/llm-stability-hashes.csv
	[ -f "$runs" ] || skip 'no shared data'
	n=0
	for task in $(sed 1d "$runs" | cut -d, -f2 | sort -u); do
		n=$((n + 1))
		{
			head -n 1 "$runs"
			grep ",$task," "$runs"
		} | ros-import --from csv --project 00000000-0000-4000-8000-00000000000$n --set provider=openai --column model=model --column model_version=config_sha256 \
			--column timestamp=date --date-format %Y-%m-%d_%H-%M-%S --hash prompt_hash=task,prompt_sha256,rubric_id --hash output_hash=output_sha256 \
			--id model,task,prompt_sha256,rubric_id,run | ros-emit > "$HOME/ids"
	done
	ros-consume | ros-aggregate | ros-ack
	for n in 1 2 3 4 5 6 7; do
		stability --project 00000000-0000-4000-8000-00000000000$n | jq -r '.tar | "\(.value * 1000 | round / 10) \(.n)"'
	done > "$HOME/rates"
	# college_mathematics, high_school_european_history, logical_deduction, navigate, professional_accounting, public_relations, ruin_names
	[ "$(tr '\n' ';' < "$HOME/rates")" = '45 100;92.7 165;89.2 250;60 250;63.8 282;77.3 110;91.6 250;' ]
	stability | jq -e '.calls == 7035 and .overall.prompts == 1407'
}
