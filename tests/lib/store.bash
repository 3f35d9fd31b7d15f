# What the tests of the record share: many events, envelopes, a dump that does not depend on order, batches or time.

# events N [FILTER]: N different events, changed by a jq filter that knows the number as $i.
events() {
	event | jq -c --argjson n "$1" 'def two: tostring | if length < 2 then "0" + . else . end;
		. as $e | range($n) as $i | $e
		| .invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-\(100000000000 + $i)"
		| .timestamp = "2026-01-\(1 + $i % 28 | two)T\($i % 24 | two):\($i * 7 % 60 | two):00.\($i % 1000 + 100 | tostring)Z"[0:23] + "Z"
		| .tier = ["NANO","MINI","FRONTIER"][$i % 3]
		| .model = "model-\($i % 4)"
		| .stage = (if $i % 5 == 0 then null else 1 + $i % 20 end)
		| .status = ["SUCCESS","FAILED","TIMEOUT"][$i % 7 % 3]
		| .error = (if $i % 7 == 1 then {code: "E\($i % 2)", message: "no", retryable: true} else null end)
		| .usage.input_tokens = $i * 13
		| .usage.latency_ms = (if $i % 11 == 0 then null else $i * 37 % 5000 end)
		| .usage.cost_usd = (if $i % 6 == 0 then null else $i / 1000 end)
		| .usage.cost_source = ["provider","local","unknown"][$i % 3]
		| .routing.escalated = ($i % 4 == 0)
		| .routing.quality_gate_passed = ($i % 9 != 0)
		| .phi.input_scan = {status: ["clean","flagged","redacted","skipped"][$i % 4], phi_types_detected: (["NAME","MRN"][0:$i % 3]), redaction_count: ($i % 3)}
		| '"${2:-.} | $LIVE_CLAIMS"
}

# updates N: N different events of the other types, about few datasets and stages, and several at a time.
updates() {
	local type
	for type in dataset access stage export; do other $type; done | jq -sc --argjson n "$1" '. as $of | range($n) as $i | ($i / 4 | floor) as $k | $of[$i % 4]
		| .event_id = "7d0a2c3e-5b1f-4c8a-9e6e-\(100000000000 + $i)"
		| .timestamp = "2026-01-28T12:00:00.\(100 + $k % 60 * 13)Z"
		| if .format then .id |= sub("27$"; "\(10 + $k % 3)") | .row_count = $k | (if $k % 2 == 0 then .description = "\($k)" else .is_archived = ($k % 5 == 0) end)
		elif .stage_number then .stage_number = 1 + $k % 4 | .status = ["running", "failed", "completed", "paused"][$k % 7 % 4] | .attempt_number = 1 + $k % 2
			| if $k % 5 == 0 then .started_at = .timestamp elif $k % 5 == 1 then .completed_at = .timestamp elif $k % 5 == 2 then .checkpoint_data = {row: $k} else . end
		else . end'
}

# envelopes: event lines to envelope lines of a bus, with ids 1-0, 2-0, ...
envelopes() {
	jq -c '{stream: "ros:insights", group: "ros:insights-workers", id: "\(input_line_number)-0", type: (.event_type // "ai.invocation.completed"), deliveries: 1, event: .}'
}

# numbered SOURCE [FILTER]: event lines to envelopes with ids and sequences from 1 on; summaries and losses become entries of their own kind, without
# a number. FILTER changes the envelope and knows the line's number as $n.
numbered() {
	jq -c --arg source "$1" 'input_line_number as $n | {stream: "ros:insights", group: "ros:insights-workers", id: "\($n)-0", deliveries: 1} +
		if .lost then {id: .lost, event: null, refused: "lost"}
		elif .summary_id then {type: "emit.summary", event: .}
		else {type: (.event_type // "ai.invocation.completed"), source: $source, sequence: $n, event: .} end | '"${2:-.}"
}

# summary SOURCE FIRST LAST [REFUSED [ID]]: the event emit.summary of a run.
summary() {
	jq -nc --arg source "$1" --arg id "${5:-00000000-0000-4000-8000-000000000001}" '{schema_version: "1.1.0", summary_id: $id,
		timestamp: "2026-01-28T12:00:00Z", source: $source, first: '"$2"', last: '"$3"', refused: '"${4:-{\}}"'}'
}

# lost ID: for numbered, an entry of the bus that was trimmed away while it was pending.
lost() {
	echo "{\"lost\":\"$1\"}"
}

db() {
	sqlite3 -batch "${ROS_DB:-$ROS_STATE_DIR/ros.db}" "$@"
}

# columns TABLE NAME ...: the table's columns but those, as r.COLUMN, ...
columns() {
	local table=$1
	shift
	db "SELECT group_concat('r.' || name) FROM pragma_table_info('$table') WHERE name NOT IN ('$(printf "%s" "$(IFS=,; echo "$*")" | sed "s/,/','/g")')"
}

# dump_events: what is recorded of events, but for who guarded them, conflicts, batch numbers and the numbers that stand for deployments and series.
dump_events() {
	local series='d.governance_mode, s.tenant_id, hex(d.project_id), d.tier, d.provider, d.model, s.stage, s.stage_name, s.purpose, s.status'
	db "SELECT $(columns ai_invocations batch created_at) FROM ai_invocations r ORDER BY timestamp, invocation_id"
	for table in rollup_hour tally_hour; do
		db "SELECT $series, $(columns $table series_id attested) FROM $table r JOIN series s ON s.id = r.series_id JOIN deployment d ON d.id = s.deployment_id" | sort
	done
	db "SELECT day, governance_mode, hex(project_id), tier, provider, model, hex(sketch) FROM latency_day JOIN deployment ON id = deployment_id ORDER BY 1, 2, 3, 4, 5, 6"
	db 'SELECT hex(run_id), * FROM stage_usage; SELECT time_ms, hex(event_id), hex(subject), stage_number, hex(content_sha256), event FROM notice ORDER BY 1, 2'
	db 'SELECT * FROM datasets; SELECT * FROM dataset_access_log; SELECT * FROM workflow_stage_runs; SELECT * FROM exports'
}

# dump: that, and what is recorded of entries.
dump() {
	dump_events
	db "SELECT stream, entry_id, reason FROM refusal ORDER BY 1, 2"
	db 'SELECT * FROM sources; SELECT name, first, last FROM source_range JOIN source ON id = source_id ORDER BY 1, 2'
	db 'SELECT hex(summary_id), name, s.first, s.last, s.time_ms FROM emit_summary s JOIN source ON id = source_id ORDER BY 1'
	db 'SELECT hex(summary_id), rule, count FROM emit_refusal ORDER BY 1, 2; SELECT stream, entry_id FROM loss ORDER BY 1, 2'
}

# rollups_agree: whether the sums by hour are those of the record.
rollups_agree() {
	local recomputed="SELECT (time_ms - (time_ms % 3600000 + 3600000) % 3600000) / 3600000, series_id, min(time_ms), max(time_ms), count(*),
		total(input_tokens), total(output_tokens), total(cache_read_tokens), total(cache_write_tokens), total(reasoning_tokens),
		total(cost_nano), ifnull(max(cost_nano), 0),
		total(cost_nano NOT NULL AND source IS 'provider'), total(cost_nano NOT NULL AND source IS 'local'),
		total(cost_nano NOT NULL AND ifnull(source, '') NOT IN ('provider', 'local')),
		count(latency_ms), total(latency_ms), ifnull(max(latency_ms), 0),
		total(escalated), count(quality_gate_passed), total(quality_gate_passed = 0),
		total(scans), total(skipped), total(flags), total(redactions), total(attested)
		FROM (SELECT i.*, (SELECT text FROM term WHERE id = cost_source_term) AS source,
			(SELECT sum(ifnull(value ->> 'status', '') <> 'skipped') FROM scan) AS scans,
			(SELECT sum(value ->> 'status' IS 'skipped') FROM scan) AS skipped,
			(SELECT sum(value ->> 'status' IN ('flagged', 'redacted')) FROM scan) AS flags,
			(SELECT sum(value ->> 'redaction_count') FROM scan) AS redactions
			FROM invocation i) GROUP BY 1, 2"
	recomputed=${recomputed//FROM scan/"FROM json_each(i.phi_scan_summary) WHERE key IN ('input_scan', 'output_scan')"}
	[ "$(db 'SELECT count(*) FROM rollup_hour')" -gt 0 ]
	[ "$(db "SELECT count(*) FROM (SELECT * FROM rollup_hour EXCEPT $recomputed)")" -eq 0 ]
	[ "$(db "SELECT count(*) FROM ($recomputed EXCEPT SELECT * FROM rollup_hour)")" -eq 0 ]
}

# is_locked: whether somebody is writing the database.
is_locked() {
	! db 'BEGIN IMMEDIATE; ROLLBACK' 2> /dev/null
}
