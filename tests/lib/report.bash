# What the tests of reports share: varied events, and reports in JSON that are validated in the end.

# many N [FILTER]: N varied events over some days, the same each time; FILTER may use $i.
many() {
	event | jq -c --argjson n "$1" '. as $e | range($n) as $i | $e
		| .invocation_id = ("00000000-0000-4000-8000-" + ("00000000000\($i)" | .[-12:]))
		| .timestamp = (1769558400 + $i * 173 | todate)
		| .tier = ["NANO", "MINI", "FRONTIER"][$i % 3]
		| .provider = ["openai", "anthropic"][$i % 2]
		| .model = ["gpt-5", "claude-sonnet-4-5", "gpt-5-mini"][$i % 3]
		| .stage = $i % 4 + 1 | .stage_name = ["route", "extract", "draft", "check"][$i % 4]
		| .purpose = ["route", "extract", "generate", "validate"][$i % 4]
		| .run_id = if $i % 5 == 0 then null else "9c5b94b1-35ad-49bb-b118-8e8fc24abf8\($i % 2)" end
		| .status = if $i % 47 == 7 then "FAILED" elif $i % 47 == 8 then "TIMEOUT" else "SUCCESS" end
		| .error = if $i % 47 == 7 then {code: "E\($i % 3)", message: "m", retryable: true} else null end
		| .usage.cost_usd = if $i % 7 == 0 then null else ($i * 7919 % 100003) / 1000000 end
		| .usage.cost_source = ["provider", "local", "unknown"][$i % 3]
		| .usage.latency_ms = if $i % 11 == 0 then null else ($i * 104729 % 30011) + 20 end
		| .usage.reasoning_tokens = $i % 13 | .usage.cache_write_tokens = $i % 3
		| .phi.input_scan.status = ["clean", "flagged", "redacted", "skipped", "clean"][$i % 5]
		| .phi.input_scan.phi_types_detected = if $i % 5 == 1 then ["NAME", "MRN"] else [] end
		| .phi.input_scan.redaction_count = (if $i % 5 == 2 then 3 else 0 end)
		| .routing.escalated = ($i % 6 == 0) | .routing.quality_gate_passed = ($i % 9 != 0)
		| '"${2:-.} | $LIVE_CLAIMS"
}

record() {
	ros-aggregate > "$BATS_TEST_TMPDIR/acks"
}

sql() {
	sqlite3 "$ROS_STATE_DIR/ros.db" "$1"
}

# json [OPTION ...]: a report in JSON; it is kept for validate_reports.
json() {
	local kept status=0
	mkdir -p "$BATS_FILE_TMPDIR/reports"
	kept=$(mktemp "$BATS_FILE_TMPDIR/reports/XXXXXX")
	ros-report --format json "$@" > "$kept" || status=$?
	cat "$kept"
	[ -s "$kept" ] || rm "$kept"
	return $status
}

# validate_reports FILE ...: whether all are valid by the schema, in Ajv's eyes. Needs need_node_modules.
validate_reports() {
	node "$TOP/tests/lib/node/validate.js" "$TOP/schemas/transparency_report.schema.json" "$@"
}

# What calls touch; RUN and PROJECT are the test file's.

# access DATASET N [ROWS] [COLUMN=VALUE ...]: a row of the log of accesses, the Nth minute of 2026-01-28.
access() {
	local dataset=$1 n=$2 rows=${3:-NULL} mode=DEMO run=NULL type=read risk=none ok=1
	local "${@:4}"
	sql "INSERT INTO dataset_access (accessed_ms, id, dataset_id, access_type, rows_accessed, governance_mode, run_id, phi_exposure_risk, success)
		VALUES (1769558400000 + $n * 60000, randomblob(16), X'$(printf '%032d' "$dataset")', '$type', $rows, '$mode', $run, '$risk', $ok)"
}

# dataset N ROWS NAME
dataset() {
	sql "INSERT INTO dataset (id, uri, format, row_count, governance_mode, phi_scan_status, project_id, created_ms, updated_ms, name)
		VALUES (X'$(printf '%032d' "$1")', 'file:///x', 'csv', $2, 'DEMO', 'clean', X'${PROJECT//-/}', 0, 0, '$3')"
}

# stage N STATUS [STARTED COMPLETED]
stage() {
	sql "INSERT INTO stage_run (run_id, stage_number, id, stage_name, status, started_ms, completed_ms, governance_mode, created_ms, updated_ms)
		VALUES (X'${RUN//-/}', $1, randomblob(16), 'stage-$1', '$2', ${3:-NULL}, ${4:-NULL}, 'DEMO', 0, 0)"
}
