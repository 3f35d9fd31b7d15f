# ros-stage: stages of a workflow run as events, and where a run goes on. Killed and resumed at random: tests/fault/stages.
load ../lib/common
load ../lib/store

RUN=9c5b94b1-35ad-49bb-b118-8e8fc24abf80

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# tell SECOND ARGUMENT ...: the event, at that second.
tell() {
	ros-stage --mode DEMO --timestamp "2026-01-28T12:00:0$1Z" "${@:2}"
}

@test "each command prints one valid event with its status and its times" {
	tell 1 start $RUN 3 > in
	tell 2 --percent 40 progress $RUN 3 >> in
	tell 3 --checkpoint '{"row": 40}' checkpoint $RUN 3 >> in
	tell 4 pause $RUN 3 >> in
	tell 5 finish $RUN 3 >> in
	tell 6 --error 'it broke' fail $RUN 3 >> in
	tell 7 skip $RUN 3 >> in
	tell 8 cancel $RUN 3 >> in
	ros-emit --dry-run in
	[ "$(jq -c '[.status, .started_at[17:19], .completed_at[17:19], .last_checkpoint_at[17:19], .attempt_number, .progress_percent]' in)" = '["running","01",null,null,1,null]
["running",null,null,null,null,40]
["running",null,null,"03",null,null]
["paused",null,null,null,null,null]
["completed",null,"05",null,null,100]
["failed",null,"06",null,null,null]
["skipped",null,"07",null,null,null]
["cancelled",null,"08",null,null,null]' ]
	[ "$(jq -r .event_id in | sort -u | wc -l)" -eq 8 ]
	[ "$(jq -r .id in | sort -u | wc -l)" -eq 1 ]
	[ "$(tell 1 start ${RUN^^} 3 | jq -r .id)" = "$(jq -r .id in | head -n 1)" ]
	[ "$(tell 1 start $RUN 4 | jq -r .id)" != "$(jq -r .id in | head -n 1)" ]
}

@test "every option arrives in its place" {
	tell 1 --name extract --project $RUN --user $RUN --tenant t --attempt 2 --max-attempts 3 --percent 7 --items-total 100 --items-processed 7 --items-failed 1 \
		--checkpoint '{"row": 7e0, "file":
			"s3://b/7"}' --checkpoint-version 4 --input-ref s3://b/in --output-ref s3://b/out --error 'Größe "7"' start $RUN 20 > out
	[ "$(wc -l < out)" -eq 1 ]
	jq -e --arg run $RUN '[.stage_number, .stage_name, .project_id, .user_id, .tenant_id, .attempt_number, .max_attempts, .progress_percent, .items_total, .items_processed,
		.items_failed, .checkpoint_data, .checkpoint_version, .input_ref, .output_ref, .last_error, .governance_mode]
		== [20, "extract", $run, $run, "t", 2, 3, 7, 100, 7, 1, {row: 7, file: "s3://b/7"}, 4, "s3://b/in", "s3://b/out", "Größe \"7\"", "DEMO"]' out
	ros-emit --dry-run out
}

@test "what would not be a valid event is a usage error that names field and rule, and never the checkpoint" {
	while IFS='|' read -r said arguments; do
		eval "set -- $arguments"
		run -64 --separate-stderr ros-stage "$@"
		echo "$said: $stderr"
		[ "$stderr" = "ros-stage: $said" ]
		[ -z "$output" ]
	done <<-'END'
		governance_mode: required|start $RUN 3
		governance_mode: enum|--mode TEST start $RUN 3
		'21' is not a stage: 1 to 20|--mode DEMO start $RUN 21
		'three' is not a stage: 1 to 20|--mode DEMO start $RUN three
		'3.0' is not a stage: 1 to 20|--mode DEMO start $RUN 3.0
		checkpoint_version: type|--mode DEMO --checkpoint-version 1.5 start $RUN 3
		'x' is not the uuid of a run|--mode DEMO start x 3
		progress_percent: maximum|--mode DEMO --percent 101 progress $RUN 3
		attempt_number: minimum|--mode DEMO --attempt 0 start $RUN 3
		attempt_number: not a number|--mode DEMO --attempt '1,"x":2' start $RUN 3
		stage_name: not UTF-8|--mode DEMO --name $'\377' start $RUN 3
		timestamp: format|--mode DEMO --timestamp today start $RUN 3
		input_ref: format|--mode DEMO --input-ref 'Jane Roe' start $RUN 3
		checkpoint needs --checkpoint|--mode DEMO checkpoint $RUN 3
		--checkpoint: not JSON: syntax at byte 8|--mode DEMO --checkpoint '{"row":' checkpoint $RUN 3
		checkpoint_data: type|--mode DEMO --checkpoint '[1]' checkpoint $RUN 3
		checkpoint_data/?: format|--mode DEMO --checkpoint '{"who":"Jane Roe"}' checkpoint $RUN 3
		checkpoint_data/?: format|--mode DEMO --checkpoint '{"Jane Roe":1}' checkpoint $RUN 3
		start takes RUN and STAGE|--mode DEMO start $RUN
		resume takes RUN|resume
		resume takes RUN|resume $RUN 3
		'x' is not the uuid of a run|resume x
		'begin' is no command|begin $RUN 3
		what is to be told? see --help|--mode DEMO
	END
}

@test "resume: a new run begins with stage 1; then the first stage that has not ended, its attempt and its checkpoint" {
	ros-migrate up
	[ "$(ros-stage resume $RUN)" = '1 1 -' ]
	{ tell 1 finish $RUN 1; tell 1 skip $RUN 2; tell 1 finish $RUN 4; } | ros-aggregate
	[ "$(ros-stage resume $RUN)" = '3 1 -' ]
	tell 2 --name extract start $RUN 3 | ros-aggregate
	[ "$(ros-stage resume $RUN)" = '3 2 -' ]
	tell 3 --checkpoint '{"row":40,"all":false}' --checkpoint-version 1 --attempt 2 checkpoint $RUN 3 | ros-aggregate
	[ "$(ros-stage resume ${RUN^^})" = '3 3 {"all":false,"row":40}' ]
	[ "$(ros-stage resume --format json $RUN)" = \
		'{"stage":3,"attempt":3,"name":"extract","status":"running","updated_at":"2026-01-28T12:00:03.000Z","checkpoint":{"all":false,"row":40},"checkpoint_version":1}' ]
	tell 4 pause $RUN 3 | ros-aggregate
	[ "$(ros-stage resume $RUN)" = '3 2 {"all":false,"row":40}' ]
	tell 5 finish $RUN 3 | ros-aggregate
	[ "$(ros-stage resume --format json $RUN)" = \
		'{"stage":5,"attempt":1,"name":null,"status":null,"updated_at":null,"checkpoint":null,"checkpoint_version":null}' ]
	[ "$(ros-stage resume 00000000-0000-4000-8000-000000000000)" = '1 1 -' ]
}

@test "resume: 1, and why, where there is nothing to go on with" {
	for stage in 1 2 3; do tell 1 finish $RUN $stage; done | ros-aggregate
	run -1 --separate-stderr ros-stage resume --stages 3 $RUN
	[ -z "$output" ]
	[ "$stderr" = 'ros-stage: all 3 stages are completed or skipped' ]
	tell 2 --attempt 2 --max-attempts 2 --error no fail $RUN 4 | ros-aggregate
	run -1 --separate-stderr ros-stage resume $RUN
	[ "$stderr" = 'ros-stage: stage 4 has had all of its 2 attempts' ]
	tell 3 cancel $RUN 4 | ros-aggregate
	run -1 --separate-stderr ros-stage resume $RUN
	[ "$stderr" = 'ros-stage: stage 4 is cancelled' ]
	run -1 --separate-stderr ros-stage resume --quiet $RUN
	[ -z "$stderr" ]
}

@test "resume: a database that is missing, not ours, or newer" {
	run -65 ros-stage resume $RUN
	echo 'not a database, but long enough to be looked at as one; SQLite wants a hundred bytes before it judges a file, so that here are some more' > bad.db
	run -65 ros-stage --db bad.db resume $RUN
	ros-migrate up
	db 'PRAGMA user_version = 99'
	run -76 ros-stage resume $RUN
}

@test "a step that cannot be is recorded as it came, and named by check" {
	{ tell 1 start $RUN 3; tell 2 finish $RUN 3; tell 3 pause $RUN 3; } | ros-aggregate
	[ "$(db 'SELECT status, attempt_number, duration_ms FROM workflow_stage_runs')" = 'paused|1|1000' ]
	run -1 ros-migrate check
	[ "${lines[1]}" = "stage-transition run $RUN, stage 3: from completed to paused" ]
}

@test "an event that cannot be written is 74" {
	run -74 bash -c "ros-stage --mode DEMO start $RUN 3 > /dev/full"
}
