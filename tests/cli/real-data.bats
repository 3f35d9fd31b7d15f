#!/usr/bin/env bats
# Real traces through the whole pipe, on both buses: the report's totals equal sums computed from the input without any tool of ours.

load ../lib/common

setup_file() {
	redis_start
}

teardown_file() {
	redis_stop
}

setup() {
	redis_flush
	calls=$ROS_SHARED/data/traces/provider-calls.jsonl
	azure=$ROS_SHARED/data/traces/AzureLLMInferenceTrace
	[ -r "$calls" ] || skip "shared data: provider-calls.jsonl is absent"
	[ -r "${azure}_code.csv" ] || skip "shared data: the Azure traces are absent"
}

import_all() { # [OPTION ...]
	ros-import --quiet --from provider-calls "$@" "$calls"
	for kind in code conv; do
		ros-import --quiet "$@" --from csv --source "azure-$kind" --set provider=azure --set model="$kind" --column timestamp=TIMESTAMP \
			--date-format '%Y-%m-%d %H:%M:%S.%f' --column usage.input_tokens=ContextTokens --column usage.output_tokens=GeneratedTokens \
			"${azure}_$kind.csv"
	done
}

# What the input comes to: calls, the five kinds of tokens, nano-dollars. The traces have no newline at their end.
wanted() {
	{
		jq -c -f "$TOP/tests/lib/tokens-by-api.jq" "$calls"
		for kind in code conv; do
			awk -F, 'NR > 1 { sub(/\r$/, ""); print "[" $2 ",0,0," $3 ",0]" }' "${azure}_$kind.csv"
		done
	} | jq -sc '[length] + (transpose | map(add))' > "$HOME/tokens"
	jq '.usage | if .is_byok then .cost_details.upstream_inference_cost else .cost end | select(. != null) * 1e9 | round' "$calls" | jq -s add > "$HOME/nano"
	jq -c '. + [input]' "$HOME/tokens" "$HOME/nano"
}

reported() {
	ros-report --format json | jq -c '[.total_ai_calls, .tokens.input, .tokens.cache_read, .tokens.cache_write, .tokens.output, .tokens.reasoning,
		(.total_cost_usd * 1e9 | round)]'
}

# All that a report says, but which state of the record it saw and what sources did.
figures() {
	ros-report --format json | jq 'del(.report_id, .generated_at, .completeness) | .record |= del(.last_batch, .repeated)'
}

main_job() {
	ros-consume | ros-aggregate | ros-ack
}

whole_pipe() {
	import_all > "$HOME/events"
	ros-emit "$HOME/events" > "$HOME/ids"
	[ "$(wc -l < "$HOME/ids")" -eq "$(wc -l < "$HOME/events")" ]
	main_job
	[ "$(reported)" = "$(wanted)" ]
	[ "$(reported | jq '.[0]')" -gt 30000 ]
	# Again: nothing is pending, nothing comes, and what is emitted a second time changes nothing.
	[ -z "$(ros-consume)" ]
	[ -z "$(sqlite3 "$ROS_STATE_DIR/ros.db" 'PRAGMA foreign_key_check')" ]
	figures > "$HOME/figures"
	ros-emit "$HOME/events" > "$HOME/ids"
	main_job
	figures | diff "$HOME/figures" -
	[ -z "$(ros-consume)" ]
}

@test "30,124 real calls through the pipe on the file bus" {
	unset REDIS_URL
	whole_pipe
}

@test "30,124 real calls through the pipe on Redis" {
	whole_pipe
	[ "$(redis XPENDING ros:insights ros:insights-workers | head -1)" -eq 0 ]
}

@test "in LIVE no real call is refused for what identifies a patient" {
	make_key
	import_all --mode LIVE > "$HOME/events"
	ros-emit --dry-run "$HOME/events"
	[ "$(grep -c '"governance_mode":"LIVE"' "$HOME/events")" -gt 30000 ]
}

@test "percentiles of the real latencies are those of the nearest rank, within 1 %" {
	ros-import --quiet --from provider-calls "$calls" | ros-aggregate > /dev/null
	jq -r '.processing_ms // empty' "$calls" | sort -n > "$HOME/sorted"
	[ "$(wc -l < "$HOME/sorted")" -gt 500 ]
	ros-report --format json > "$HOME/report"
	for percent in 50 90 95 99; do
		rank=$((($(wc -l < "$HOME/sorted") * percent + 99) / 100))
		jq -e --argjson exact "$(sed -n "${rank}p" "$HOME/sorted")" ".latency_percentiles.p$percent | (. - \$exact | fabs) <= \$exact * 0.01001" "$HOME/report"
	done
}

# The traces tell no latency: the tokens of the prompts, as skewed as latencies are, stand in for it.
@test "percentiles of the Azure traces are within 1 % of the exact ones, in whatever order calls come" {
	for kind in code conv; do
		ros-import --quiet --from csv --source "azure-$kind" --set provider=azure --set model=gpt-4 --column timestamp=TIMESTAMP \
			--date-format '%Y-%m-%d %H:%M:%S.%f' --column usage.latency_ms=ContextTokens "${azure}_$kind.csv"
	done > "$HOME/events"
	shuf --random-source=<(yes) "$HOME/events" > "$HOME/shuffled"
	for order in events shuffled; do
		ROS_DB=$HOME/$order.db ros-aggregate "$HOME/$order" > "$HOME/acks"
		ROS_DB=$HOME/$order.db ros-report --format json | jq -c .latency_percentiles > "$HOME/percentiles-$order"
	done
	cmp "$HOME/percentiles-events" "$HOME/percentiles-shuffled"
	jq .usage.latency_ms "$HOME/events" | sort -n > "$HOME/latencies"
	n=$(wc -l < "$HOME/latencies")
	[ "$n" -eq 28185 ]
	for p in 50 90 95 99; do
		exact=$(sed -n "$(((n * p + 99) / 100))p" "$HOME/latencies")
		jq -e --argjson exact "$exact" "(.p$p - \$exact | fabs) <= 0.01 * \$exact" "$HOME/percentiles-events"
	done
}
