# How the tools find what they ask the record for: every statement, as it is prepared, with the plan that SQLite makes for it.
load ../lib/common
load ../lib/store

PLANS_SO=$TOP/build/release/fault/plans.so

setup_file() {
	export PLANS=$BATS_FILE_TMPDIR/plans ROS_DB=$BATS_FILE_TMPDIR/ros.db
	{
		events 300 | numbered host-0
		event '.stage = 4' | numbered host-1
		event '.stage = 5' | numbered host-1 '.id = "900-0"'
		summary host-0 1 301 '{type: 2}' | numbered host-0 '.id = "901-0"'
		lost 902-0 | numbered host-0
		event '.stage = 40' | numbered host-2 '.id = "903-0"'
		updates 40 | numbered host-3 '.id = "\($n)-1"'
	} > "$BATS_FILE_TMPDIR/envelopes"
	ros-aggregate "$BATS_FILE_TMPDIR/envelopes" > "$BATS_FILE_TMPDIR/acks" || [ $? = 1 ]
	ask
}

# planned TOOL ...: runs the tool and notes its statements.
planned() {
	ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS-}" LD_PRELOAD=$PLANS_SO "$@" > "$BATS_FILE_TMPDIR/out"
}

# ask: all that the tools ask, of a record that is there.
ask() {
	local project=1b4e28ba-2fa1-41d2-883f-0016d3cca427
	planned ros-aggregate "$BATS_FILE_TMPDIR/envelopes" || [ $? = 1 ]
	planned ros-report
	planned ros-report --mode DEMO --project $project --top 3 --format json
	planned ros-report --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80
	planned ros-report --from 2026-01-01T00:00:01Z --to 2026-02-01T00:00:01Z
	planned ros-report --tenant a --against 9c5b94b1-35ad-49bb-b118-8e8fc24abf80
	planned ros-report --format json
	cp "$BATS_FILE_TMPDIR/out" "$BATS_FILE_TMPDIR/report.json"
	planned ros-report --verify "$BATS_FILE_TMPDIR/report.json"
	planned ros-report --exact --mode DEMO --project $project --from 2026-01-01T00:00:01Z --to 2026-02-01T00:00:01Z
	planned ros-stage resume 9c5b94b1-35ad-49bb-b118-8e8fc24abf80
	planned ros-stability
	planned ros-stability --mode DEMO --project $project
	planned ros-stability --tenant a
	planned ros-stability --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80
	planned ros-slice --by model,stage,agent
	planned ros-slice --mode DEMO --project $project --metric stability
	planned ros-slice --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80
	planned ros-migrate status
	planned ros-migrate up
	local mode
	planned ros-purge hold add --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 --reason audit
	planned ros-purge hold add --project 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 --reason audit
	planned ros-purge hold release 1 || [ $? = 1 ]
	planned ros-purge hold list
	for mode in --dry-run --delete; do
		planned ros-purge $mode --keep-demo 2026-01-02 --keep-live 2026-01-02 --keep-previews 2026-01-03
	done
}

# statements PATTERN: plans and statements whose statement names one of the tables.
statements() {
	grep -P "\t.*\b($1)\b" "$PLANS"
}

# scans: what is gone through from end to end, but for lists in the event itself, results of queries, and the few holds and deployments.
scans() {
	grep -E '^SCAN' | grep -vP '^SCAN (\w+ VIRTUAL TABLE|\(subquery|CONSTANT ROW|h\b|hold\b|deployment\b)' | cut -f1 | sort -u
}

@test "calls, their sums and conflicts are found by an index, and never scanned" {
	[ "$(statements invocation | grep -c '^SEARCH')" -gt 20 ]
	[ "$(statements 'rollup_hour|tally_hour|latency_day' | grep -c '^SEARCH')" -gt 10 ]
	[ "$(statements 'invocation|ai_invocations|rollup_hour|tally_hour|latency_day|conflict' | scans | grep -vx 'SCAN d')" = '' ]
}

@test "calls are found by their key, by run, and by deployment" {
	for index in 'sqlite_autoindex_invocation_1 \(time_ms=\? AND invocation_id=\?\)' 'sqlite_autoindex_invocation_1 \(time_ms>' \
		'invocation_run \(run_id=' 'invocation_deployment \(deployment_id='; do
		grep -qE "^SEARCH \w+ USING (COVERING )?INDEX $index" "$PLANS"
	done
}

@test "the other events, and the rows that they make, are found by their keys" {
	[ "$(statements 'notice|notice_batch|dataset|dataset_access|stage_run|stage_usage|export' | grep -c '^SEARCH')" -gt 4 ]
	[ "$(statements 'notice|notice_batch|dataset|dataset_access|stage_run|stage_usage|export' | scans)" = '' ]
	grep -qE '^SEARCH notice USING COVERING INDEX notice_subject \(subject=\? AND stage_number=\? AND \(time_ms,content_sha256\)>' "$PLANS"
}

@test "what is scanned is small: deployments, sources and their ranges, commits, what was refused or lost, the schema" {
	[ "$(scans < "$PLANS" | grep -vxE 'SCAN (d|deployment|s|r|batch|refusal|loss|sqlite_master)( USING .*)?')" = '' ]
}

@test "a scan would be seen" {
	cp "$ROS_DB" "$BATS_TEST_TMPDIR/without.db"
	export ROS_DB=$BATS_TEST_TMPDIR/without.db PLANS=$BATS_TEST_TMPDIR/plans
	db 'DROP INDEX invocation_run'
	ask
	[ "$(statements invocation | scans | grep -vx 'SCAN d')" = 'SCAN invocation' ]
}
