# ros-purge: retention, holds, what stays checkable.
load ../lib/common
load ../lib/store

RUN=9c5b94b1-35ad-49bb-b118-8e8fc24abf80
PROJECT=1b4e28ba-2fa1-41d2-883f-0016d3cca427

setup() {
	cd "$BATS_TEST_TMPDIR"
	export ROS_DB=$PWD/ros.db
}

# january: 280 calls, ten on each of the first 28 days of 2026, with previews, every seventh LIVE; half of them of another run.
january() {
	events 280 '.prompt_redacted = "a question \($i)" | .output_redacted = "reply \($i)" | if $i % 7 == 0 then .governance_mode = "LIVE" else . end
		| if $i % 2 == 0 then .run_id = "00000000-0000-4000-8000-000000000001" else . end | '"$CLAIM"
}

# what NAME: what ros-purge printed of it.
what() {
	jq -r ".$1" <<< "$output"
}

sums() {
	db 'SELECT * FROM rollup_hour; SELECT * FROM tally_hour; SELECT day, deployment_id, hex(sketch) FROM latency_day; SELECT number, hex(content_sum) FROM batch'
}

# figures: a report on some days, but for what is made of single calls.
figures() {
	SOURCE_DATE_EPOCH=0 ros-report --format json --from 2026-01-03 --to 2026-01-20 | jq 'del(.report_id, .findings, .recommendations) | del(.. | .top_expensive_calls?, .stability?, .slices?)'
}

# due_sum CONDITION: the sum of the content hashes of such calls.
due_sum() {
	db "SELECT content_sha256 FROM ai_invocations WHERE $1" | python3 -c 'import sys; print("%064x" % (sum(int(x, 16) for x in sys.stdin) % 2**256))'
}

@test "what is young enough stays; that it was looked at is written down" {
	january | ros-aggregate
	run -0 ros-purge --keep-demo 2026-01-01 --keep-live forever --keep-previews forever --json
	[ "$(what invocations) $(what previews) $(what held) $(what deleted) $(what live_before) $(what demo_before)" = '0 0 0 true null 2026-01-01T00:00:00.000Z' ]
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 280 ]
	[ "$(db "SELECT invocations, demo_before, live_before, finished_at NOT NULL, started_by FROM purges")" = "0|2026-01-01||1|$(id -un)" ]
}

@test "the defaults: calls for six years, previews for 30 days" {
	event '.timestamp = "2019-05-05T05:05:05Z"' | ros-aggregate
	event '.timestamp = (now - 29 * 86400 | todate) | .prompt_redacted = "young"' | ros-aggregate
	event '.timestamp = (now - 32 * 86400 | todate) | .prompt_redacted = "old"' | ros-aggregate
	run -0 ros-purge --json
	[ "$(what invocations) $(what previews)" = '1 1' ]
	[ "$(db 'SELECT prompt_redacted FROM ai_invocations ORDER BY timestamp')" = $'\nyoung' ]
}

@test "whole days of a mode go, and are written down; sums, reports and the check stay" {
	january | ros-aggregate
	sums > before
	figures > report
	local sum
	sum=$(due_sum "governance_mode = 'DEMO' AND timestamp < '2026-01-15'")
	run -0 ros-purge --keep-demo 2026-01-15T17:00:00Z --keep-live forever --keep-previews forever --json
	[ "$(what invocations)" = 120 ]
	[[ "$(what first) $(what last)" == 2026-01-02T*' '2026-01-14T* ]]
	[ "$(db "SELECT count(*) FROM ai_invocations WHERE governance_mode = 'DEMO' AND timestamp < '2026-01-15'")" = 0 ]
	[ "$(db "SELECT governance_mode, count(*) FROM ai_invocations GROUP BY 1")" = $'DEMO|120\nLIVE|40' ]
	[ "$(db 'SELECT invocations, content_sum FROM purges')" = "120|$sum" ]
	sums | cmp - before
	figures | cmp - report
	run -0 ros-migrate check
	[ -z "$output" ]
	run -0 ros-purge --keep-demo 2026-01-15 --keep-live forever --keep-previews forever --json
	[ "$(what invocations)" = 0 ]
}

@test "what is deleted is overwritten in the file, and not in the log" {
	january | ros-aggregate
	[ "$(grep -aohE 'a question|reply' ros.db* | wc -l)" -ge 560 ]
	ros-purge --keep-demo 2026-02-01 --keep-live 2026-02-01 > out
	! grep -aqE 'a question|reply' ros.db*
}

@test "an event of a purged day is refused, and told" {
	january | tee all | ros-aggregate
	ros-purge --keep-demo 2026-01-15 --keep-previews forever > out
	numbered host-0 < all > envelopes
	run -1 --separate-stderr ros-aggregate envelopes
	[ "$(grep -c '^bad ros:insights ros:insights-workers [0-9]*-0 sealed$' <<< "$output")" = 120 ]
	[ "$(grep -c '^ack ' <<< "$output")" = 160 ]
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 160 ]
	[ "$(db 'SELECT recorded, repeated, dead, missing FROM sources')" = '0|160|120|0' ]
	run -1 --separate-stderr ros-aggregate all
	[ "$(grep -c ': sealed$' <<< "$stderr")" = 120 ]
	ros-migrate check
}

@test "a day that was never recorded is open, however old" {
	january | ros-aggregate
	ros-purge --keep-demo 2026-01-15 --keep-previews forever > out
	event '.timestamp = "2026-01-02T00:00:00Z" | .model = "another"' | ros-aggregate
	[ "$(db "SELECT count(*) FROM ai_invocations WHERE model = 'another'")" = 1 ]
	ros-migrate check
	ros-purge --keep-demo 2026-01-15 --keep-previews forever > out
	[ "$(db "SELECT count(*) FROM ai_invocations WHERE model = 'another'")" = 0 ]
	ros-migrate check
}

@test "previews go by themselves, and of conflicts, too" {
	january | ros-aggregate
	event '.timestamp = "2026-01-05T00:00:00Z" | .prompt_redacted = "first"' | ros-aggregate
	event '.timestamp = "2026-01-05T00:00:00Z" | .prompt_redacted = "second"' | ros-aggregate
	sums > before
	run -0 ros-purge --keep-previews 2026-01-11 --json
	[ "$(what invocations) $(what conflicts) $(what previews)" = '0 0 102' ]
	[ "$(db 'SELECT count(*), count(prompt_redacted), count(output_redacted) FROM ai_invocations')" = '281|180|180' ]
	[ "$(db 'SELECT count(*), sum(json_valid(event)) FROM conflict')" = '1|1' ]
	! grep -aq second ros.db*
	sums | cmp - before
	event '.timestamp = "2026-01-05T00:00:00Z" | .prompt_redacted = "second"' | ros-aggregate
	[ "$(db 'SELECT count(*) FROM conflict')" = 1 ]
	run -0 ros-purge --keep-demo 2026-01-11 --json
	[ "$(what conflicts)" = 1 ]
}

@test "the log of accesses to datasets goes by its mode" {
	local n=0
	for change in '.' '.governance_mode = "LIVE"' ".run_id = \"$RUN\"" '.timestamp = "2026-02-01T00:00:00Z"'; do
		n=$((n + 1))
		other access ".timestamp = \"2026-01-01T00:00:00Z\" | .event_id |= sub(\".$\"; \"$n\") | .purpose = \"number $n\" | $change | $LIVE_CLAIMS"
	done > accesses
	ros-aggregate accesses
	ros-purge hold add --run $RUN --reason audit
	run -0 ros-purge --keep-demo 2026-01-11 --json
	[ "$(what dataset_accesses)" = 1 ]
	[ "$(db 'SELECT governance_mode, count(*) FROM dataset_access GROUP BY 1')" = $'DEMO|2\nLIVE|1' ]
	! grep -aq 'number 1' ros.db*
	ros-migrate check
	run -0 --separate-stderr ros-aggregate --verbose accesses
	[[ $stderr == *'0 recorded, 4 repeated'* ]]
}

@test "a hold keeps a project" {
	january | ros-aggregate
	events 28 '.project_id = "00000000-0000-4000-8000-000000000002" | .invocation_id = "8d0a2c3e-5b1f-4c8a-9e6d-\(100000000000 + $i)"' | ros-aggregate
	ros-purge hold add --project ${PROJECT^^} --reason 'audit 2026-17' --verbose
	for mode in '--dry-run' ''; do
		run -0 ros-purge --keep-demo 2026-02-01 --keep-live 2026-02-01 --keep-previews 2026-02-01 --json $mode
		[ "$(what invocations) $(what held) $(what previews)" = '28 280 0' ]
	done
	[ "$(db 'SELECT count(*), count(prompt_redacted) FROM ai_invocations')" = '280|280' ]
	ros-migrate check
	ros-purge hold release 1
	run -0 ros-purge --keep-demo 2026-02-01 --keep-live 2026-02-01 --json
	[ "$(what invocations) $(what held)" = '280 0' ]
}

@test "a hold keeps a run, and the days of the deployments that it used" {
	january | ros-aggregate
	event '.run_id = "00000000-0000-4000-8000-000000000003" | .timestamp = "2026-01-01T23:59:59.999Z" | .tier = "NANO" | .model = "model-0" | .prompt_redacted = "kept"' | ros-aggregate
	ros-purge hold add --run 00000000-0000-4000-8000-000000000003 --reason 'audit 2026-17'
	run -0 ros-purge --keep-demo 2026-02-01 --keep-live 2026-02-01 --keep-previews 2026-02-01 --json
	[ "$(what held)" -ge 1 ]
	[ $(($(what held) + $(what invocations))) = 281 ]
	[ "$(db "SELECT count(*), min(timestamp) >= '2026-01-01', max(timestamp) < '2026-01-02', count(DISTINCT model || tier) FROM ai_invocations")" = "$(what held)|1|1|1" ]
	[ "$(db 'SELECT prompt_redacted FROM ai_invocations WHERE prompt_redacted NOT NULL')" = kept ]
	ros-migrate check
}

@test "holds are listed, with who and why, and stay in the list" {
	ros-migrate up
	run -0 --separate-stderr ros-purge hold add --project $PROJECT --reason $'one\ttwo' --verbose
	[[ $stderr == *'hold 1 is in force' ]]
	ros-purge hold add --run $RUN --reason 'audit 2026-17'
	ros-purge hold release 1
	run -1 ros-purge hold release 1
	[[ $output == *'no hold 1 is in force' ]]
	run -0 ros-purge hold list
	[[ ${lines[0]} == HOLD*OF*ID*ADDED*BY*RELEASED*RELEASED_BY*REASON ]]
	[[ ${lines[1]} =~ ^1\ +project\ +$PROJECT\ +20[0-9TZ:.-]+\ +$(id -un)\ +20[0-9TZ:.-]+\ +$(id -un)\ +one.two$ ]]
	[[ ${lines[2]} =~ ^2\ +run\ +$RUN\ +20[0-9TZ:.-]+\ +$(id -un)\ +-\ +-\ +audit\ 2026-17$ ]]
	ros-purge hold list --json > out
	jq -se '.[0].released != null and .[1].released == null and .[1].of == "run"' out
	[ "$(db 'SELECT id, project_id, run_id, reason FROM holds WHERE released_at IS NULL')" = "2||$RUN|audit 2026-17" ]
}

@test "a dry run changes nothing and counts what would go" {
	january | ros-aggregate
	sqlite3 ros.db .dump > before
	run -0 ros-purge --dry-run --keep-demo 2026-01-15 --keep-previews 2026-01-20 --json
	sqlite3 ros.db .dump | cmp - before
	local looked=$output
	[ "$(what deleted)" = false ]
	run -0 ros-purge --keep-demo 2026-01-15 --keep-previews 2026-01-20 --json
	[ "$(jq -S 'del(.deleted)' <<< "$output")" = "$(jq -S 'del(.deleted)' <<< "$looked")" ]
}

@test "on a terminal it is a dry run, unless one says --delete" {
	january | ros-aggregate
	run -0 script -qec 'ros-purge --keep-demo 2026-01-15' /dev/null
	[[ $output == *'nothing is deleted without --delete on a terminal'*invocations*120*deleted*no* ]]
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 280 ]
	run -0 script -qec 'ros-purge --keep-demo 2026-01-15 --delete' /dev/null
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 160 ]
}

@test "many calls of one time go in one piece" {
	events 5000 '.timestamp = "2026-01-28T12:00:00Z" | .model = "one" | .tier = "NANO"' | ros-aggregate
	ros-purge --keep-demo 2026-01-29 > out
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 0 ]
	ros-migrate check
}

@test "events are recorded while a purge is under way" {
	events 6000 '.model = "one" | .tier = "NANO"' | ros-aggregate
	ros-purge --keep-demo 2026-01-29 > out &
	local purge=$! i
	for i in 1 2 3 4 5; do
		event ".timestamp = \"2026-03-0${i}T00:00:00Z\" | .invocation_id = \"7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b0$i\"" | ros-aggregate
	done
	wait $purge
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 5 ]
	ros-migrate check
}

@test "a signal ends it between transactions; the next goes on" {
	events 20000 '.model = "one" | .tier = "NANO"' | ros-aggregate
	ros-purge --keep-demo 2026-01-29 > out 2> err &
	local purge=$! status=0
	wait_for 30 eval '[ "$(db "SELECT count(*) FROM sealed_day")" -gt 2 ]'
	kill -TERM $purge
	wait $purge || status=$?
	[ $status = 75 ]
	grep -q 'stopped by a signal; the next purge goes on' err
	[ "$(db 'SELECT finished_at FROM purges')" = '' ]
	[ "$(db 'SELECT count(*) FROM ai_invocations')" -gt 0 ]
	ros-purge --keep-demo 2026-01-29 > out
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 0 ]
	[ "$(db 'SELECT sum(invocations) FROM purges')" = 20000 ]
	ros-migrate check
}

@test "what was purged and then tampered with is found by the check" {
	january | ros-aggregate
	ros-purge --keep-demo 2026-01-15 > out
	cp ros.db clean.db
	for change in 'UPDATE purged_batch SET events = events - 1' 'UPDATE purge SET invocations = 7' 'DELETE FROM sealed_day WHERE day = 20455' \
		'UPDATE rollup_hour SET calls = calls + 1 WHERE hour BETWEEN 490920 AND 490943' 'UPDATE purged_batch SET content_sum = zeroblob(32)'; do
		cp clean.db ros.db
		db "$change"
		run -1 ros-migrate check || { echo "not found: $change"; return 1; }
	done
}

@test "errors: values, holds, databases" {
	january | ros-aggregate
	run -64 ros-purge --keep-demo soon
	[[ $output == *"--keep-demo: 'soon' is neither an age (90d, 6y), a date, nor forever" ]]
	run -64 ros-purge --keep-live 2999-01-01
	[[ $output == *"--keep-live: '2999-01-01' has not come yet" ]]
	run -64 ros-purge --dry-run --delete
	run -64 ros-purge --run $RUN
	run -64 ros-purge hold
	run -64 ros-purge hold list 1
	run -64 ros-purge hold add --reason why
	run -64 ros-purge hold add --run $RUN --project $PROJECT --reason why
	run -64 ros-purge hold add --run $RUN --reason ' '
	run -64 ros-purge hold add --run nonsense --reason why
	[[ $output == *"--run: 'nonsense' is not a UUID" ]]
	run -64 ros-purge hold release one
	[ "$(db 'SELECT count(*) FROM hold')" = 0 ]
	ros-migrate down
	run -76 ros-purge
	run -76 ros-purge --dry-run
	sqlite3 mine.db 'CREATE TABLE mine (x)'
	run -65 ros-purge --db mine.db
	run -65 ros-purge --db absent.db
	[ ! -e absent.db ]
}

@test "a lock that stays is waited for, and then said" {
	january | ros-aggregate
	lock_database ros.db
	run -75 ros-purge --keep-demo 2026-01-15 --wait 0
	unlock_database
	[ "$(db 'SELECT count(*) FROM ai_invocations')" = 280 ]
}
