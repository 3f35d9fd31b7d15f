# The entry's layout on Redis, held against the client that the platform uses (ioredis) and an independent validator (Ajv).
load ../lib/common

setup_file() {
	redis_start
}

teardown_file() {
	redis_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	need_node_modules ioredis ajv ajv-formats
	redis_flush
}

# event_1_0 [FILTER]: an event as the platform emits it.
event_1_0() {
	event 'del(.schema_version, .prompt_hash, .output_hash, .model_requested, .usage.cache_read_tokens, .usage.cost_source)' |
		jq -c "${1:-.}"
}

# entries: what ioredis reads from the stream, one line an entry.
entries() {
	node "$TOP/tests/lib/ioredis/read.js" "$TOP/schemas/ai_invocation_event.schema.json"
}

@test "entries that ioredis wrote are consumed and acknowledged" {
	event_1_0 > in
	event_1_0 'del(.run_id, .stage, .stage_name) | .status = "FAILED"' >> in
	event_1_0 '.stage = 20 | .agent_id = "a b" | .user_id = .project_id | .tenant_id = "t" | .prompt_redacted = "ä \"x\"\n😀"' >> in
	node "$TOP/tests/lib/ioredis/write.js" < in > ids
	run -0 --separate-stderr ros-consume
	[ -z "$stderr" ]
	[ "$(jq -r .id <<< "$output")" = "$(cat ids)" ]
	[ "$(jq -c .event <<< "$output")" = "$(cat in)" ]
	[ "$(jq -r .type <<< "$output" | uniq)" = ai.invocation.completed ]
	jq -c .event <<< "$output" | ros-emit --dry-run
	jq -r '"ack \(.stream) \(.group) \(.id)"' <<< "$output" | ros-ack
	[ "$(redis --raw XPENDING ros:insights ros:insights-workers | head -1)" -eq 0 ]
}

@test "entries that ros-emit wrote are read by ioredis, and their data is valid by Ajv" {
	event_1_0 > in
	event '.usage.cost_usd = null | .usage.latency_ms = null' >> in
	event '.agent_id = "a b" | .user_id = .project_id | .tenant_id = "t" | .prompt_redacted = "ä \"x\"\n😀"' >> in
	event 'del(.run_id, .stage, .status)' >> in
	ros-emit in > ids
	ros-emit --mode DEMO --project 1b4e28ba-2fa1-41d2-883f-0016d3cca427 --caller worker --tier MINI --provider p --model m \
		--input-tokens 1 --output-tokens 2 --cost 0.5 --cost-source provider --tag x >> ids
	entries > got
	[ "$(jq -r .id got)" = "$(cat ids)" ]
	[ "$(jq -c .errors got | uniq)" = '[]' ]
	[ "$(head -4 got | jq -c .data | unattested)" = "$(cat in)" ]
}

@test "the fields stand in the contract's order, with the event's values" {
	event '.agent_id = "a" | .user_id = .project_id | .tenant_id = "t"' > in
	event 'del(.run_id, .stage, .status)' >> in
	ros-emit in
	entries > got
	[ "$(head -1 got | jq -c .names)" = '["type","data","timestamp","governance_mode","project_id","tier","status","run_id","stage","agent_id","user_id","tenant_id","source","sequence"]' ]
	[ "$(head -1 got | jq -c '.values | del(.[1])')" = "$(head -1 in | jq -c '["ai.invocation.completed", .timestamp, .governance_mode, .project_id, .tier, .status, .run_id, (.stage | tostring), .agent_id, .user_id, .tenant_id, $source, "1"]' --arg source "$(head -1 got | jq -r '.values[12]')")" ]
	[ "$(tail -1 got | jq -c .names)" = '["type","data","timestamp","governance_mode","project_id","tier","status","source","sequence"]' ]
	[ "$(tail -1 got | jq -r '.values[6]')" = SUCCESS ]
}
