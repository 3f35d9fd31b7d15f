# ros-migrate: up, down, status.
load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	export ROS_DB=$PWD/ros.db
}

schema() {
	sqlite3 "$ROS_DB" "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2"
}

@test "up makes the database; again changes nothing" {
	run -0 --separate-stderr ros-migrate up --verbose
	[ -z "$output" ]
	[[ $stderr == *'1 migration applied' ]]
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM ai_invocations, datasets, dataset_access_log, workflow_stage_runs')" = 0 ]
	[ "$(sqlite3 ros.db 'SELECT version, name, length(sha256) FROM schema_migrations')" = '1|record|32' ]
	run -0 --separate-stderr ros-migrate up --verbose
	[[ $stderr == *'0 migrations applied' ]]
}

@test "up, down, up: the same schema; down leaves nothing but the mark" {
	ros-migrate up
	schema > first
	[ -s first ]
	ros-migrate down
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
	ros-migrate down
	[ -z "$(schema)" ]
	event | ros-aggregate
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM invocation')" = 1 ]
}

@test "status: a table, and 1 when behind" {
	ros-migrate up
	run -0 ros-migrate status
	[[ ${lines[0]} == VERSION*NAME*STATE*APPLIED ]]
	[[ ${lines[1]} =~ ^1\ +record\ +applied\ +20[0-9-]+T[0-9:.]+Z$ ]]
	ros-migrate down
	run -1 ros-migrate status
	[[ ${lines[1]} =~ ^1\ +record\ +pending\ +-$ ]]
}

@test "status as JSON" {
	ros-migrate up
	ros-migrate status --json > out
	jq -e 'length == 1 and .[0].version == 1 and .[0].name == "record" and .[0].state == "applied"
		and (.[0].applied | test("^20[0-9-]+T[0-9:.]+Z$"))' out
	ros-migrate down
	run -1 ros-migrate status --json
	jq -e '.[0].state == "pending" and .[0].applied == null' <<< "$output"
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
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM schema_migrations')" = 1 ]
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
	sqlite3 ros.db 'PRAGMA user_version = 2'
	for action in up down status; do
		run -76 ros-migrate $action
		[[ $output == *'has version 2, this program knows 1' ]]
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
	[ ! -e ros.db ]
}
