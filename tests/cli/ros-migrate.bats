# ros-migrate: up, down, status.
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
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM ai_invocations, datasets, dataset_access_log, workflow_stage_runs, sources, source_gaps')" = 0 ]
	run -0 sqlite3 ros.db 'SELECT version, name, length(sha256) FROM schema_migrations ORDER BY 1'
	[ "${lines[0]}" = '1|record|32' ]
	[ "${lines[1]}" = '2|completeness|32' ]
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
	sqlite3 ros.db 'SELECT * FROM ai_invocations; SELECT * FROM rollup_hour' > before
	[ "$(wc -l < before)" = 3 ]
	run -76 ros-aggregate acks
	[[ $output == *'run ros-migrate up' ]]
	ros-migrate up
	sqlite3 ros.db 'SELECT * FROM ai_invocations; SELECT * FROM rollup_hour' | cmp - before
	event '.stage = null' | numbered host-1 | ros-aggregate > acks
	[ "$(sqlite3 ros.db 'SELECT * FROM sources')" = 'host-1|1|0|0|1|0|0|0' ]
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

@test "the command line" {
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
