# ros-migrate: up, down, status, check, backup, restore.
load ../lib/common
load ../lib/store

setup() {
	cd "$BATS_TEST_TMPDIR"
	export ROS_DB=$PWD/ros.db
}

# How many there are.
VERSIONS=$(find "$TOP/migrations" -name '*.up.sql' | wc -l)

schema() {
	sqlite3 "$ROS_DB" "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2"
}

@test "up makes the database; again changes nothing" {
	run -0 --separate-stderr ros-migrate up --verbose
	[ -z "$output" ]
	[[ $stderr == *"$VERSIONS migrations applied" ]]
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM ai_invocations, exports, datasets, dataset_access_log, workflow_stage_runs, sources, source_gaps')" = 0 ]
	run -0 sqlite3 ros.db 'SELECT version, name, length(sha256) FROM schema_migrations ORDER BY 1'
	[ "${lines[0]}" = '1|record|32' ]
	[ "${lines[1]}" = '2|completeness|32' ]
	[ "${lines[3]}" = '4|other_events|32' ]
	[ ${#lines[@]} = "$VERSIONS" ]
	run -0 --separate-stderr ros-migrate up --verbose
	[[ $stderr == *'0 migrations applied' ]]
}

@test "up, down, up: the same schema; down leaves nothing but the mark" {
	ros-migrate up
	schema > first
	[ -s first ]
	ros-migrate down "$VERSIONS"
	[ -z "$(schema)" ]
	[ "$(sqlite3 ros.db 'PRAGMA user_version')" = 0 ]
	[ "$(sqlite3 ros.db 'PRAGMA application_id')" = 1380930409 ]
	run -0 --separate-stderr ros-migrate down 5 --verbose
	[[ $stderr == *'0 migrations taken back' ]]
	ros-migrate up
	schema | cmp - first
}

@test "down works with data in every table that has some" {
	{ event; event '.stage = 4'; event '.error = {code: "E"} | .timestamp = "2026-01-28T12:00:01Z"'; } | ros-aggregate
	updates 40 | ros-aggregate
	{ event; event '.stage = 40'; summary host-0 1 9 '{type: 2}'; lost 9-0; } | numbered host-0 | ros-aggregate > acks || [ $? = 1 ]
	ros-migrate down "$VERSIONS"
	[ -z "$(schema)" ]
	event | ros-aggregate
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM invocation')" = 1 ]
}

@test "a database of an older version is brought up with its data" {
	event | ros-aggregate
	event '.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5b"' | numbered host-0 | ros-aggregate > acks
	ros-migrate down $((VERSIONS - 1))
	local kept="SELECT * FROM ai_invocations; SELECT $(columns rollup_hour attested) FROM rollup_hour r"
	sqlite3 ros.db "$kept" > before
	[ "$(wc -l < before)" = 3 ]
	run -76 ros-aggregate acks
	[[ $output == *'run ros-migrate up' ]]
	ros-migrate up
	sqlite3 ros.db "$kept" | cmp - before
	event '.stage = null' | numbered host-1 | ros-aggregate > acks
	[ "$(sqlite3 ros.db 'SELECT * FROM sources')" = 'host-1|1|0|0|1|0|0|0' ]
}

@test "a record of each version that there was is brought up, whole and unchanged" {
	local record version kept
	for record in "$TOP"/tests/lib/records/*.sql; do
		rm -f ros.db*
		sqlite3 ros.db < "$record"
		version=$((10#$(basename "$record" .sql)))
		[ "$(sqlite3 ros.db 'PRAGMA user_version')" = $version ]
		kept="SELECT * FROM ai_invocations; SELECT $(columns rollup_hour attested) FROM rollup_hour r; SELECT * FROM latency_day"
		sqlite3 ros.db "$kept" > before
		[ "$(wc -l < before)" -gt 30 ]
		ros-migrate up
		run -0 ros-migrate status # 1 where an applied migration is not the text that this program has
		sqlite3 ros.db "$kept" | cmp - before
		[ "$(db 'SELECT count(*) FROM ai_invocations')" = 14 ]
		run ros-migrate check
		[ "$(grep -cvE '^(RULE|conflict|repeated-id|gap)' <<< "$output")" = 0 ]
		events 20 | numbered host-9 | ros-aggregate > acks
		ros-migrate down $((VERSIONS - version))
		ros-migrate up
		[ "$(db 'SELECT count(*) FROM ai_invocations')" = 22 ]
	done
}

@test "status: a table, and 1 when behind" {
	ros-migrate up
	run -0 ros-migrate status
	[[ ${lines[0]} == VERSION*NAME*STATE*APPLIED ]]
	[[ ${lines[1]} =~ ^1\ +record\ +applied\ +20[0-9-]+T[0-9:.]+Z$ ]]
	ros-migrate down
	run -1 ros-migrate status
	[[ ${lines[1]} =~ ^1\ +record\ +applied\  ]]
	[[ ${lines[VERSIONS]} =~ ^$VERSIONS\ +[a-z_]+\ +pending\ +-$ ]]
}

@test "status as JSON" {
	ros-migrate up
	ros-migrate status --json > out
	jq -e --argjson n "$VERSIONS" 'length == $n and .[0].version == 1 and .[0].name == "record" and .[0].state == "applied"
		and (.[0].applied | test("^20[0-9-]+T[0-9:.]+Z$"))' out
	ros-migrate down
	run -1 ros-migrate status --json
	jq -e '.[-1].state == "pending" and .[-1].applied == null and .[0].state == "applied"' <<< "$output"
}

@test "status says when a migration was applied from another text" {
	ros-migrate up
	sqlite3 ros.db 'UPDATE schema_migrations SET sha256 = zeroblob(32)'
	run -1 ros-migrate status
	[[ $output == *changed* ]]
}

@test "eight at once" {
	for i in 1 2 3 4 5 6 7 8; do
		ros-migrate up 2>> err 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	[ ! -s err ]
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM schema_migrations')" = "$VERSIONS" ]
}

@test "a database that is not ours is refused and left alone" {
	sqlite3 ros.db 'CREATE TABLE mine (x)'
	cp ros.db before
	for action in up down status; do
		run -65 ros-migrate $action
		[[ $output == *'is not a database of ros-insights' ]]
	done
	cmp ros.db before
}

@test "a newer database is refused" {
	ros-migrate up
	sqlite3 ros.db "PRAGMA user_version = $((VERSIONS + 1))"
	for action in up down status; do
		run -76 ros-migrate $action
		[[ $output == *"has version $((VERSIONS + 1)), this program knows $VERSIONS" ]]
	done
}

@test "down and status need a database that is there" {
	run -65 ros-migrate status
	run -65 ros-migrate down
	[ ! -e ros.db ]
}

# recorded N: N events in the record, numbered by a source.
recorded() {
	events "$1" | numbered host-0 | ros-aggregate > acks
}

@test "check: a record agrees with itself, whatever it holds and in however many batches" {
	ros-migrate up
	run -0 --separate-stderr ros-migrate check --verbose
	[ -z "$output" ]
	[ "$stderr" = 'ros-migrate: 0 findings' ]
	recorded 500
	{
		# Before 1970, and more dollars than an hour's sum can hold.
		events 40 '.invocation_id |= sub("^7"; "8") | .timestamp = "1969-12-31T23:\($i + 10):00Z" | .model = "m" | .tier = "NANO" | .stage = 3
			| .status = "SUCCESS" | del(.phi) | .usage.cost_usd = 1e9'
		events 40 '.invocation_id |= sub("^7"; "9") | del(.usage) | .error.code = "\u00e9" | del(.phi.output_scan)'
	} | ros-aggregate
	summary host-0 1 500 '{type: 2}' | numbered host-0 | ros-aggregate > acks
	updates 200 | jq -c 'if .stage_number then .status = "running" else . end' | ros-aggregate --batch 30
	run -0 ros-migrate check
	[ -z "$output" ]
	[ "$(sqlite3 ros.db 'SELECT count(*) > 1, (SELECT max(cost_nano) FROM rollup_hour) FROM batch')" = '1|9223372036854775807' ]
}

@test "check finds what was changed by hand, and changes nothing" {
	recorded 300
	updates 200 | jq -c 'if .stage_number then .status = "running" else . end' | ros-aggregate
	cp ros.db good
	while IFS='|' read -r rule sql; do
		rm -f ros.db*
		cp good ros.db
		sqlite3 ros.db "$sql"
		sqlite3 ros.db .dump > before
		echo "$rule: $sql"
		run -1 ros-migrate check
		grep -q "^$rule " <<< "$output"
		sqlite3 ros.db .dump | cmp - before
	done <<-'END'
		foreign-key|UPDATE invocation SET caller_service_term = 99999 WHERE time_ms = (SELECT min(time_ms) FROM invocation)
		deployment|UPDATE invocation SET deployment_id = deployment_id % 4 + 1
		rollup|UPDATE rollup_hour SET cost_nano = cost_nano + 1
		rollup|UPDATE rollup_hour SET phi_skipped = 0
		rollup|DELETE FROM rollup_hour WHERE hour = (SELECT min(hour) FROM rollup_hour)
		rollup|UPDATE invocation SET output_tokens = output_tokens + 1
		tally|UPDATE tally_hour SET count = count + 1 WHERE kind = 'error_code'
		tally|DELETE FROM tally_hour WHERE kind = 'phi_type'
		latency|UPDATE latency_day SET sketch = x'01'
		latency|DELETE FROM latency_day
		latency|UPDATE invocation SET latency_ms = latency_ms * 2
		batch|UPDATE batch SET recorded = recorded + 1
		batch|UPDATE invocation SET content_sha256 = zeroblob(32)
		batch|DELETE FROM batch
		batch|UPDATE notice_batch SET recorded = recorded + 1
		batch|UPDATE notice SET content_sha256 = zeroblob(32)
		stage-usage|UPDATE stage_usage SET calls = calls + 1
		stage-usage|DELETE FROM stage_usage WHERE stage_number = 2
		stage-transition|UPDATE notice SET event = json_set(event, '$.status', 'completed') WHERE time_ms % 5 = 3
		notice-table|DELETE FROM dataset
		notice-table|DELETE FROM dataset_access WHERE stage IS NULL
		notice-table|DELETE FROM stage_run WHERE stage_number = 1
		notice-table|DELETE FROM export
		notice-field|UPDATE stage_run SET status = 'paused' WHERE stage_number = 1
		notice-field|UPDATE stage_run SET checkpoint_data = NULL
		notice-field|UPDATE dataset SET updated_ms = updated_ms + 2
		notice-field|UPDATE dataset_access SET dataset_id = zeroblob(16)
		notice-field|UPDATE export SET sha256 = zeroblob(32)
		notice-field|DELETE FROM notice WHERE type = 'export.created'
		source-count|UPDATE source SET recorded = recorded + 1
		source-range|INSERT INTO source_range SELECT source_id, 5, 5 FROM source_range
	END
}

@test "check names conflicts, ids at two times, and numbers that are missing" {
	{ event; event '.stage = 4'; } | ros-aggregate
	event '.timestamp = "2026-01-28T12:00:01Z"' | ros-aggregate
	events 9 | numbered host-0 | grep -v '"sequence":[47],' | ros-aggregate > acks
	run -1 ros-migrate check
	[ "$output" = 'RULE             FINDING
gap              host-0: the numbers from 4 to 4 are missing
gap              host-0: the numbers from 7 to 7 are missing
conflict         7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a came with other content, 1 times
repeated-id      7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a is recorded at 2 times' ]
	run -1 ros-migrate check --json
	[ "$(jq -r .rule <<< "$output" | uniq -c | tr -s ' ')" = ' 2 gap
 1 conflict
 1 repeated-id' ]
}

@test "check of a broken file ends with what is broken" {
	recorded 300
	sqlite3 ros.db 'PRAGMA wal_checkpoint(TRUNCATE)' > /dev/null
	root=$(sqlite3 ros.db "SELECT rootpage FROM sqlite_schema WHERE name = 'invocation_deployment'")
	head -c 8192 /dev/zero | dd of=ros.db bs=16384 seek=$((root - 1)) conv=notrunc status=none
	run ros-migrate check
	[ "$status" = 1 ] || [ "$status" = 65 ]
	[[ $output == *file* || $output == *malformed* ]]
}

@test "backup is a whole database, made while others write; nothing is overwritten" {
	recorded 100
	events 4000 '.invocation_id |= sub("^7"; "8")' > more
	ros-aggregate more 3>&- &
	for i in 1 2 3 4; do
		ros-migrate backup "copy-$i"
		[ -z "$(ROS_DB=copy-$i ros-migrate check)" ]
		[ "$(sqlite3 "copy-$i" 'SELECT count(*) >= 100 FROM invocation')" = 1 ]
		[ "$(stat -c %a "copy-$i")" = 600 ]
	done
	wait $!
	cp copy-1 before
	run -74 ros-migrate backup copy-1
	[ "$output" = 'ros-migrate: copy-1 is there already, and is not overwritten' ]
	cmp copy-1 before
	run -74 ros-migrate restore copy-1
	[[ $output == *'ros.db is there already, and is not overwritten' ]]
	run -74 ros-migrate backup no/where
	[ -z "$(find . -name '*.part*')" ]
}

@test "restore takes a whole database of ours, and no log of a lost one" {
	recorded 100
	ros-migrate backup copy
	rm ros.db*
	touch ros.db-wal
	run -74 ros-migrate restore copy
	[[ $output == *'ros.db-wal is there already, and is not overwritten' ]]
	rm ros.db-wal
	head -c 100000 copy > half
	run -65 ros-migrate restore half
	sqlite3 mine 'CREATE TABLE mine (x)'
	run -65 ros-migrate restore mine
	[[ $output == *'mine is not a database of ros-insights' ]]
	run -65 ros-migrate restore nowhere
	[ ! -e ros.db ]
	ros-migrate restore copy
	[ -z "$(ros-migrate check)" ]
}

@test "the drill: backup, more events, loss of the database, restore, replay: complete" {
	main_job() { ros-emit > ids && ros-consume | ros-aggregate | ros-ack; }
	events 300 | main_job
	ros-migrate backup copy
	events 300 '.invocation_id |= sub("^7"; "8")' | main_job
	dump > before
	rm ros.db*
	ros-migrate restore copy
	[ "$(db 'SELECT count(*) FROM invocation')" = 300 ]
	ros-replay | ros-aggregate > acks
	dump | diff before -
	[ -z "$(ros-migrate check)" ]
}

@test "down keeps a copy of what it takes back" {
	recorded 50
	dump > before
	run -0 ros-migrate down --verbose
	copy=$(ls ros.db.before-down-*)
	[[ ${lines[0]} == *"$copy is the database as it was" ]]
	rm ros.db
	ros-migrate restore "$copy"
	dump | diff before -
	ros-migrate down "$VERSIONS"
	ros-migrate down
	[ "$(ls ros.db.before-down-* | wc -l)" = 2 ]
}

@test "the command line" {
	run -64 ros-migrate backup
	[ "$output" = 'ros-migrate: backup needs a file' ]
	run -64 ros-migrate restore a b
	run -64 ros-migrate
	run -64 ros-migrate sideways
	run -64 ros-migrate up 2
	run -64 ros-migrate down 0
	[[ $output == *"not a number of versions: '0'" ]]
	run -64 ros-migrate down 1 2
	[[ $output == *"'2' is one operand too many"* ]]
	run -64 ros-migrate status x
	[[ $output == *"'x' is one operand too many"* ]]
	[ ! -e ros.db ]
}
