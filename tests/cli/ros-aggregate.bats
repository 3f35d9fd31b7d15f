# ros-aggregate: the record, its idempotence, and that nothing is acknowledged before it is recorded.
load ../lib/common
load ../lib/store

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# one COLUMN: of the only event that is recorded.
one() {
	db "SELECT $1 FROM ai_invocations"
}

@test "an event line becomes a row of ai_invocations; nothing is printed" {
	event > in
	run -0 --separate-stderr ros-aggregate in
	[ -z "$output$stderr" ]
	db -json 'SELECT * FROM ai_invocations' | jq '.[0]' > row
	jq -e '.invocation_id == "7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a" and .timestamp == "2026-01-28T12:00:00.123Z"
		and .governance_mode == "DEMO" and .project_id == "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
		and .caller_service == "worker" and .tier == "MINI" and .provider == "anthropic" and .model == "claude-haiku-4-5"
		and .model_requested == "claude-haiku-latest" and .run_id == "9c5b94b1-35ad-49bb-b118-8e8fc24abf80"
		and .stage == 3 and .stage_name == "extract" and .purpose == "extract" and .status == "SUCCESS"
		and .input_tokens == 1200 and .output_tokens == 340 and .cache_read_tokens == 800 and .total_tokens == 2340
		and .reasoning_tokens == null and .cost_usd == "0.002980000" and .cost_source == "provider"
		and .latency_ms == 1840 and .time_to_first_token_ms == 210
		and .prompt_hash == "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
		and .initial_tier == "NANO" and .escalated == 1 and .escalation_tier == "MINI" and .quality_gate_passed == 1
		and .undeclared == null and .schema_version == "1.1.0" and .batch == 1' row
	[ "$(jq -r .parameters row)" = '{"max_tokens":1024,"stop_sequences":[],"temperature":0.2,"top_p":1}' ]
	[ "$(jq -r .tags row)" = '["demo"]' ]
}

@test "every text of an event is kept: hashes, refs, previews, error, agent, user, tenant" {
	event '.prompt_hash = "hmac-" + .prompt_hash | .output_ref = "s3://b/o" | .prompt_redacted = "é \"x\"" | .status = "FAILED"
		| .error = {code: "overloaded", message: "try later", retryable: true} | .agent_id = "planner"
		| .user_id = "0B0E1B0E-0000-4000-8000-00000000000A" | .tenant_id = "t1" | .dataset_ids = ["11111111-1111-4111-8111-111111111111"]
		| '"$CLAIM" | ros-aggregate
	[ "$(one prompt_hash)" = hmac-sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 ]
	[ "$(one 'output_ref, prompt_redacted, error_code, error_message, error_retryable')" = 's3://b/o|é "x"|overloaded|try later|1' ]
	[ "$(one 'agent_id, user_id, tenant_id')" = 'planner|0b0e1b0e-0000-4000-8000-00000000000a|t1' ]
	[ "$(one dataset_ids)" = '["11111111-1111-4111-8111-111111111111"]' ]
	[ "$(one phi_guard | jq -c '[.text, .version, (.rules | length)]')" = '["scan","1",71]' ]
	[ "$(one "phi_scan_summary ->> '\$.guard' IS NULL AND phi_scan_summary ->> '\$.input_scan.status' = 'clean'")" = 1 ]
}

@test "an absent status is SUCCESS, in the same series as a stated one" {
	{ event 'del(.status)'; event '.timestamp = "2026-01-28T12:00:01Z"'; } | ros-aggregate
	[ "$(db 'SELECT count(*), status FROM series')" = '1|SUCCESS' ]
	[ "$(db 'SELECT calls FROM rollup_hour')" = 2 ]
}

@test "spellings of one project are one deployment and one series" {
	{ event; event '.timestamp = "2026-01-28T12:00:01Z" | .project_id |= ascii_upcase'; } | ros-aggregate
	[ "$(db 'SELECT count(*) FROM series')" = 1 ]
}

@test "absent and empty attributes are different series" {
	{ event; event '.timestamp = "2026-01-28T12:00:01Z" | .tenant_id = ""'; event '.timestamp = "2026-01-28T12:00:02Z" | .tenant_id = "0"'; } |
		ros-aggregate
	[ "$(db 'SELECT count(*) FROM series')" = 3 ]
}

@test "recorded twice, shuffled and in other batches: the same content" {
	events 600 > in
	ROS_DB=$PWD/a.db ros-aggregate in
	ROS_DB=$PWD/a.db dump > a
	[ "$(ROS_DB=$PWD/a.db db 'SELECT count(*) FROM ai_invocations')" -eq 600 ]

	ROS_DB=$PWD/a.db ros-aggregate --verbose in 2> said
	grep -q ' 0 recorded, 600 repeated, 0 conflicting, 0 refused' said
	ROS_DB=$PWD/a.db dump | cmp - a
	[ "$(ROS_DB=$PWD/a.db db 'SELECT count(*) FROM batch')" -eq 1 ]

	{ shuf in; shuf in; } | ROS_DB=$PWD/b.db ros-aggregate --batch 7
	ROS_DB=$PWD/b.db dump | cmp - a
	[ "$(ROS_DB=$PWD/b.db db 'SELECT count(*) > 50, sum(recorded) FROM batch')" = '1|600' ]
}

@test "the sums by hour are those of the record" {
	events 600 | ros-aggregate --batch 50
	rollups_agree
}

@test "tallies count error codes, escalations, models asked for, and PHI types" {
	{
		event '.routing.escalated = false | .model_requested = .model'
		event '.timestamp = "2026-01-28T12:00:01Z" | .error = {code: "E1"}'
		event '.timestamp = "2026-01-28T12:00:02Z" | .error = {code: "E1"} | .phi.input_scan.phi_types_detected = ["NAME", "MRN"]
			| .phi.output_scan.phi_types_detected = ["NAME"]'
	} | ros-aggregate
	run -0 db 'SELECT kind, name, count FROM tally_hour ORDER BY 1, 2'
	[ "$output" = $'error_code|E1|2\nescalated_from|NANO|2\nmodel_requested|claude-haiku-latest|2\nphi_type|MRN|1\nphi_type|NAME|2' ]
}

@test "the same time and id with other content: the first stays, the other is kept apart" {
	event > in
	event '.usage.output_tokens = 341' >> in
	event '.provider = "other" | .invocation_id |= ascii_upcase' >> in
	run -0 --separate-stderr ros-aggregate --verbose in
	[[ $stderr == *'2 events were recorded before with other content'* ]]
	[[ $stderr == *'1 recorded, 0 repeated, 2 conflicting, 0 refused'* ]]
	[ "$(one 'output_tokens, provider')" = '340|anthropic' ]
	[ "$(db 'SELECT calls, output_tokens FROM rollup_hour')" = '1|340' ]
	[ "$(db "SELECT count(*), sum(event ->> '\$.usage.output_tokens') FROM conflict")" = '2|681' ]
	ros-aggregate in
	[ "$(db 'SELECT count(*) FROM conflict')" -eq 2 ]
	[ "$(db 'SELECT count(*) FROM batch')" -eq 1 ]
}

@test "another attestation of the guard is the same event" {
	{ event; event '.phi.guard = {version: "1"}'; } | ros-aggregate --verbose 2> said
	grep -q '1 recorded, 1 repeated, 0 conflicting' said
}

@test "a higher minor version keeps what it brings" {
	event '.schema_version = "1.2.0" | .brand_new = {b: 1.50, a: "x"} | .error = {code: "E", hint: true}' | ros-aggregate
	[ "$(one schema_version)" = 1.2.0 ]
	[ "$(one undeclared | jq -cS .)" = '{"/brand_new":{"a":"x","b":1.5},"/error/hint":true}' ]
}

@test "another major version is refused, with its token" {
	event '.schema_version = "2.0.0"' | envelopes > in
	run -1 --separate-stderr ros-aggregate in
	[ "$output" = 'bad ros:insights ros:insights-workers 1-0 version' ]
	[ "$(db 'SELECT stream, entry_id, reason FROM refusal')" = 'ros:insights|1-0|version' ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 0 ]
}

@test "the platform's 1.0.0 events are recorded" {
	event 'del(.schema_version, .prompt_hash, .output_hash, .model_requested) | .usage |= del(.cache_read_tokens, .cost_source)
		| .caller = "web" | .stage = null | .run_id = null' | ros-aggregate
	[ "$(one "caller_service, schema_version IS NULL, run_id IS NULL, prompt_hash IS NULL")" = 'web|1|1|1' ]
	[ "$(db 'SELECT priced_unstated FROM rollup_hour')" = 1 ]
}

@test "bad lines are named, the good ones recorded" {
	{
		event
		echo '{"invocation_id":'
		event 'del(.usage.input_tokens)'
		echo
		event '.secret = 1'
		event '.timestamp = "2026-01-28T12:00:01Z"'
	} > in
	run -1 --separate-stderr ros-aggregate in
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == 'ros-aggregate: in: line 2: /invocation_id: syntax at byte '* ]]
	[ "${stderr_lines[1]}" = 'ros-aggregate: in: line 3: /usage/input_tokens: required' ]
	local at
	at=$(sed -n 5p in | grep -bo '"secret":' | cut -d: -f1)
	[ "${stderr_lines[2]}" = "ros-aggregate: in: line 5: /?: undeclared at byte $((at + 10))" ]
	[ ${#stderr_lines[@]} -eq 3 ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 2 ]
	[ "$(db 'SELECT refused FROM batch')" = 0 ]
}

@test "a line that is too long is refused, the next one recorded" {
	{ printf '{"a":"%02000000d"}\n' 0; event; } > in
	run -1 --separate-stderr ros-aggregate in
	[ "$stderr" = 'ros-aggregate: in: line 1: size' ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 1 ]
}

@test "a whole event without its line end counts; a cut one is refused" {
	event | tr -d '\n' | ros-aggregate
	[ "$(db 'SELECT count(*) FROM invocation')" = 1 ]
	event | head -c 300 > cut
	run -1 ros-aggregate cut
}

@test "envelopes are acknowledged, in their order; refused ones with the reason" {
	{
		event | envelopes
		event '.timestamp = "yesterday"' | envelopes | jq -c '.id = "2-0"'
		event | envelopes | jq -c '.id = "3-0" | .event = null | .refused = "not-json"'
		event | envelopes | jq -c '.id = "4-0" | .type = "dataset.registered"'
		event | envelopes | jq -c '.id = "5-0" | del(.type)'
	} > in
	run -1 --separate-stderr ros-aggregate --verbose in
	[ "${lines[0]}" = 'ack ros:insights ros:insights-workers 1-0' ]
	[ "${lines[1]}" = 'bad ros:insights ros:insights-workers 2-0 format' ]
	[ "${lines[2]}" = 'bad ros:insights ros:insights-workers 3-0 not-json' ]
	[ "${lines[3]}" = 'bad ros:insights ros:insights-workers 4-0 event-type' ]
	[ "${lines[4]}" = 'ack ros:insights ros:insights-workers 5-0' ]
	[ ${#lines[@]} -eq 5 ]
	[[ $stderr == *'ros:insights: entry 2-0 is refused: /timestamp: format'* ]]
	[[ $stderr == *'1 recorded, 1 repeated, 0 conflicting, 3 refused'* ]]
	[[ $stderr != *yesterday* ]]
	[ "$(db 'SELECT group_concat(entry_id) FROM refusal')" = '2-0,3-0,4-0' ]
	[ "$(db 'SELECT recorded, refused FROM batch')" = '1|3' ]
}

@test "an envelope without a group is recorded and not acknowledged" {
	event | envelopes | jq -c 'del(.group) | .deliveries = 0' > in
	run -0 ros-aggregate in
	[ -z "$output" ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 1 ]
}

@test "an envelope that is none acknowledges nothing" {
	event | envelopes | jq -c '.id = "x"' > in
	run -1 --separate-stderr ros-aggregate in
	[ -z "$output" ]
	[ "$stderr" = 'ros-aggregate: in: line 1: /id: format' ]
}

@test "a last envelope without its line end is ignored" {
	events 2 | envelopes > in
	for cut in 1 40; do
		head -c -$cut in > cut
		run -0 --separate-stderr ros-aggregate --db $cut.db cut
		[ "$output" = 'ack ros:insights ros:insights-workers 1-0' ]
		[ "$stderr" = 'ros-aggregate: line 2: cut off, ignored' ]
		[ "$(sqlite3 $cut.db 'SELECT count(*) FROM invocation')" = 1 ]
	done
}

# suspects [FILTER]: event lines to envelopes that were delivered six times.
suspects() {
	numbered host-0 ".deliveries = 6 | ${1:-.}"
}

@test "the first entry that was delivered often stands alone; then 2, 4, 8 ... lines are a batch" {
	events 20 | suspects 'if $n < 4 then .deliveries = 5 else . end' | ros-aggregate > out
	[ "$(wc -l < out)" -eq 20 ]
	[ "$(db 'SELECT group_concat(recorded) FROM batch; SELECT count(*) FROM suspect')" = $'3,1,2,4,8,2\n0' ]
}

@test "a backlog after an outage is recorded in few batches, up to the usual size" {
	event "$CLAIM" | suspects > one
	awk '{ for (i = 0; i < 20000; i++) { line = $0; gsub(/0f1e2d3c4b5a/, sprintf("%012d", i), line); sub(/"1-0"/, "\"" i "-0\"", line); print line } }' one > in
	ros-aggregate --batch 5000 in > out
	[ "$(wc -l < out)" -eq 20000 ]
	[ "$(db 'SELECT count(*), sum(recorded), max(recorded) FROM batch')" = '16|20000|5000' ]
}

# outage: whether 15 runs that fail with STATUS, by COMMAND WORD ..., bury nothing; when it is over, all is recorded.
outage() {
	local status=$1 deliveries
	shift
	for deliveries in {1..15}; do
		events 40 | numbered host-0 ".deliveries = $deliveries" > in
		run "-$status" --separate-stderr "$@"
		[ -z "$output" ]
	done
	[ "$(db 'SELECT count(*) FROM refusal')" = 0 ]
}

recovers() {
	[ "$(ros-aggregate in | grep -c ^ack)" -eq 40 ]
	[ "$(db 'SELECT recorded, dead FROM sources; SELECT count(*) FROM suspect')" = $'40|0\n0' ]
}

@test "another writer for 15 runs buries nothing" {
	ros-migrate up
	lock_database "$ROS_STATE_DIR/ros.db"
	outage 75 ros-aggregate --wait 0 in
	unlock_database
	recovers
}

@test "a full disk for 15 runs buries nothing, whether or not it has room for the note of an attempt" {
	ros-migrate up
	for room in 32 36 40 44 48 64; do
		outage 74 bash -c "trap '' XFSZ; ulimit -f $room; exec ros-aggregate in"
	done
	recovers
}

@test "what kills is refused after five deaths; its neighbours are recorded" {
	ros-migrate up
	events 3 | suspects > in
	for attempt in {1..5}; do
		# the third sync is that of the record, after the header of the log and the attempt
		run -137 bash -c 'strace -f -qq -o log -e trace=fdatasync -e inject=fdatasync:signal=KILL:when=3 ros-aggregate in; exit $?'
		[ "$(db 'SELECT entry_id, attempts FROM suspect')" = "1-0|$attempt" ]
	done
	run -1 --separate-stderr ros-aggregate in
	[ "$(cut -d' ' -f1,4- <<< "$output")" = $'bad 1-0 deliveries\nack 2-0\nack 3-0' ]
	[[ $stderr == *'ros:insights: entry 1-0 is refused: deliveries'* ]]
	[ "$(db 'SELECT recorded, dead, missing FROM sources; SELECT count(*) FROM suspect')" = $'2|1|0\n0' ]
}

@test "an attempt that was survived does not count" {
	ros-migrate up
	db "INSERT INTO suspect VALUES ('ros:insights', '1-0', 4), ('ros:insights', '3-0', 5), ('ros:other', '1-0', 5)"
	events 3 | suspects > in
	[ "$(ros-aggregate in | grep -c ^ack)" -eq 3 ] # 3-0 is not the first
	[ "$(db 'SELECT * FROM suspect')" = 'ros:other|1-0|5' ]
}

@test "commits when the input is idle" {
	mkfifo pipe
	ros-aggregate --idle 1 < pipe > out 3>&- &
	exec 9> pipe
	event | envelopes >&9
	wait_for 10 grep -q 'ack .* 1-0' out
	[ "$(db 'SELECT count(*) FROM invocation')" = 1 ]
	exec 9>&-
	wait $!
}

@test "a trickle does not keep the database from others" {
	mkfifo pipe
	ros-aggregate --idle 60000 < pipe > out 3>&- &
	exec 9> pipe
	i=0
	trickle() {
		event | envelopes | jq -c ".id = \"$((++i))-0\"" >&9
		grep -q ack out
	}
	wait_for 10 trickle
	exec 9>&-
	wait $!
}

@test "SIGTERM commits and acknowledges what is in hand" {
	ros-migrate up # so that the only lock is that of the batch
	mkfifo pipe
	ros-aggregate --idle 60000 < pipe > out 3>&- &
	pid=$!
	exec 9> pipe
	events 3 | envelopes > in
	cat in >&9
	wait_for 10 is_locked
	[ ! -s out ]
	kill -TERM $pid
	wait $pid
	[ "$(wc -l < out)" -eq 3 ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 3 ]
	exec 9>&-
}

@test "SIGTERM ends the wait for a lock within a second: nothing is acknowledged, all comes again" {
	ros-migrate up
	events 3 | envelopes > in
	lock_database "$ROS_STATE_DIR/ros.db"
	ros-aggregate --wait 60 in > out 2> messages 3>&- 8>&- &
	pid=$!
	wait_for 10 grep -q poll "/proc/$pid/wchan"
	kill -TERM $pid
	status=0
	within_a_second eval 'wait $pid || status=$?'
	unlock_database
	[ $status -eq 75 ]
	[ ! -s out ]
	[ "$(ros-aggregate in | wc -l)" -eq 3 ]
}

@test "killed in the middle: what was acknowledged is there; run again, all is" {
	events 300 > in
	ROS_DB=$PWD/whole.db ros-aggregate in
	ROS_DB=$PWD/whole.db dump > whole
	mkfifo pipe
	ros-aggregate --batch 100 --idle 60000 < pipe > out 3>&- &
	pid=$!
	exec 9> pipe
	envelopes < in | head -250 >&9
	wait_for 10 grep -q ' 200-0$' out
	kill -KILL $pid
	wait $pid || true
	exec 9>&-
	[ "$(wc -l < out)" -eq 200 ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 200 ]
	envelopes < in | ros-aggregate > again
	[ "$(wc -l < again)" -eq 300 ]
	dump | cmp - whole
}

@test "two at once, with the same events in other orders: the content of one" {
	events 400 > in
	ROS_DB=$PWD/whole.db ros-aggregate in
	ROS_DB=$PWD/whole.db dump > whole
	shuf in > other
	ros-aggregate --batch 20 in 3>&- &
	ros-aggregate --batch 30 other
	wait $!
	dump | cmp - whole
	rollups_agree
	[ "$(db 'SELECT sum(recorded) FROM batch')" = 400 ]
}

@test "a reader that stays keeps nothing from being recorded; that the log grows is said, and it is cut back afterwards" {
	ros-migrate up
	mkfifo reading
	sqlite3 "$ROS_STATE_DIR/ros.db" < reading > seen 3>&- &
	local reader=$! i
	exec 8> reading
	echo 'BEGIN; SELECT count(*) FROM invocation;' >&8
	wait_for 10 test -s seen
	event '.schema_version = "1.9.0"' | jq -c '. as $e | range(150) as $i | $e | .invocation_id = "00000000-0000-4000-8000-\(100000000000 + $i)" | .more = "x" * 1000000' > large
	run -0 --separate-stderr ros-aggregate --batch 20 large
	[[ $stderr =~ ^"ros-aggregate: the log of the database has grown to "1[3-9][0-9]" MB: a reader stays open"$ ]]
	[ "$(db 'SELECT count(*) FROM invocation')" = 150 ]
	echo 'COMMIT; SELECT count(*) FROM invocation;' >&8
	wait_for 10 grep -q 150 seen
	events 2 | ros-aggregate --batch 1
	[ "$(stat -c %s "$ROS_STATE_DIR/ros.db-wal")" -le 67108864 ]
	exec 8>&-
	wait $reader
}

@test "full disk: exit 74, and nothing is acknowledged that is not recorded" {
	events 3000 | envelopes > in
	ros-aggregate < /dev/null
	run -74 --separate-stderr bash -c "trap '' XFSZ; ulimit -f 600; exec ros-aggregate --batch 100 in"
	[ ${#lines[@]} -gt 0 ]
	[ ${#lines[@]} -eq "$(db 'SELECT count(*) FROM invocation')" ]
	[ ${#lines[@]} -lt 3000 ]
	rollups_agree
	[ "$(ros-aggregate in | wc -l)" -eq 3000 ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 3000 ]
}

@test "ack lines that cannot be written: exit 74, what was committed stays" {
	events 30 | envelopes > in
	run -74 bash -c 'exec ros-aggregate --batch 10 in > /dev/full'
	[[ $output == *'cannot write standard output'* ]]
	[ "$(db 'SELECT count(*) FROM invocation')" = 10 ]
}

@test "another writer: waits, then 75, and nothing is acknowledged" {
	mkfifo pipe
	ros-aggregate --idle 60000 < pipe > /dev/null 3>&- &
	pid=$!
	exec 9> pipe
	event >&9
	wait_for 10 is_locked
	events 2 | envelopes > in
	run -75 --separate-stderr ros-aggregate --wait 0 in
	[ -z "$output" ]
	[[ $stderr == *locked* ]]
	exec 9>&-
	wait $pid
	[ "$(ros-aggregate in | wc -l)" -eq 2 ]
}

@test "times before 1970 and offsets" {
	{
		event '.timestamp = "1969-12-31T23:59:59.999Z"'
		event '.timestamp = "1960-02-29T00:30:00+01:00"'
	} | ros-aggregate
	[ "$(db 'SELECT group_concat(timestamp) FROM (SELECT timestamp FROM ai_invocations ORDER BY 1)')" = \
		1960-02-28T23:30:00.000Z,1969-12-31T23:59:59.999Z ]
	[ "$(db 'SELECT group_concat(hour) FROM rollup_hour')" = -86257,-1 ]
	[ "$(db 'SELECT group_concat(day) FROM latency_day')" = -3595,-1 ]
	rollups_agree
}

@test "costs are rounded once, half to even, to the nano-dollar" {
	local i=0 cost
	for cost in 0.0000000005 0.0000000015 0.00000000050000001 25e-10 0.1 1e-12 0 12345.123456789; do
		event ".timestamp = \"2026-01-28T12:00:0${i}Z\" | .usage.cost_usd = 7777" | sed "s/7777/$cost/"
		i=$((i + 1))
	done | ros-aggregate
	[ "$(db 'SELECT group_concat(cost_nano) FROM (SELECT cost_nano FROM invocation ORDER BY time_ms)')" = \
		0,2,1,2,100000000,0,0,12345123456789 ]
	[ "$(db 'SELECT cost_nano, cost_nano_max FROM rollup_hour')" = '12345223456794|12345123456789' ]
	[ "$(db "SELECT cost_usd FROM ai_invocations WHERE timestamp LIKE '%:07.%'")" = 12345.123456789 ]
}

@test "token counts beyond 2^53 are exact" {
	event '.usage.input_tokens = 7777 | .usage.output_tokens = 1' | sed 's/7777/9007199254740993/' | ros-aggregate
	event '.usage.input_tokens = 2 | .usage.output_tokens = 1 | .timestamp = "2026-01-28T12:00:01Z"' | ros-aggregate
	[ "$(db 'SELECT max(input_tokens) FROM invocation')" = 9007199254740993 ]
	[ "$(db 'SELECT input_tokens FROM rollup_hour')" = 9007199254740995 ]
}

@test "the database is made where it is missing, for its owner only" {
	event | ros-aggregate --db new.db
	[ "$(stat -c %a new.db)" = 600 ]
	: > empty.db
	event | ros-aggregate --db empty.db
	[ "$(sqlite3 empty.db 'SELECT count(*) FROM invocation')" = 1 ]
}

@test "a database that is not ours is refused and left alone" {
	sqlite3 other.db 'CREATE TABLE mine (x)'
	cp other.db before.db
	run -65 ros-aggregate --db other.db < /dev/null
	[[ $output == *'other.db is not a database of ros-insights' ]]
	cmp other.db before.db
	echo 'this is no database, but long enough to be looked at as one: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' > text
	run -65 ros-aggregate --db text < /dev/null
}

@test "a newer database is refused" {
	event | ros-aggregate
	db 'PRAGMA user_version = 999'
	event > in
	run -76 ros-aggregate in
	[[ $output == *'has version 999'* ]]
}

@test "an input that cannot be opened does not stop the others" {
	event > in
	run -65 ros-aggregate missing in .
	[[ $output == *'cannot open missing'* ]]
	[[ $output == *'is a directory'* ]]
	[ "$(db 'SELECT count(*) FROM invocation')" = 1 ]
}

@test "LIVE events are kept apart from DEMO" {
	make_key
	{ event; live '.timestamp = "2026-01-28T12:00:01Z"'; } | ros-aggregate
	[ "$(db 'SELECT governance_mode, calls FROM rollup_hour JOIN series s ON s.id = series_id JOIN deployment d ON d.id = deployment_id ORDER BY 1')" = $'DEMO|1\nLIVE|1' ]
	[ "$(db 'SELECT count(*) FROM latency_day')" = 2 ]
}

# attested: what the record says of it, in the order of time.
attested() {
	db "SELECT group_concat(attested, '') FROM (SELECT attested FROM invocation ORDER BY time_ms)"
}

@test "guard: names of an envelope with a patient in them are refused, and go nowhere" {
	event | envelopes | jq -c '.stream = "Mrs.Lopez-123-45-6789"' > in
	event | envelopes | jq -c '.event = null | .refused = "ssn-123-45-6789"' >> in
	run -1 --separate-stderr ros-aggregate in
	[ -z "$output" ]
	[ "$(grep -c 'line [12]: phi$' <<< "$stderr")" = 2 ]
	! grep -aqE '123-45|Lopez' "$ROS_STATE_DIR"/ros.db*
}

@test "guard: with the key, an attestation holds when it is signed; all else is guarded before it is recorded" {
	make_key
	event '.timestamp = "2026-01-28T12:00:00Z"' | ros-emit
	ROS_PHI_KEY_FILE='' ros-emit <<< "$(event '.timestamp = "2026-01-28T12:00:01Z" | .prompt_redacted = "SSN 123-45-6789"')"
	ros-emit --phi off <<< "$(event '.timestamp = "2026-01-28T12:00:02Z" | .prompt_redacted = "SSN 123-45-6789"')"
	ros-replay | jq -c 'select(.event.phi).event' | head -1 | jq -c '.timestamp = "2026-01-28T12:00:03Z" | .output_redacted = "SSN 123-45-6789"' > forged
	ros-consume | ros-aggregate > acks
	ros-aggregate forged
	[ "$(attested)" = 1000 ]
	[ "$(db 'SELECT group_concat(ifnull(ifnull(prompt_redacted, output_redacted), "")) FROM (SELECT * FROM ai_invocations ORDER BY timestamp)')" = \
		',[REDACTED:SSN],SSN 123-45-6789,[REDACTED:SSN]' ]
	[ "$(db 'SELECT group_concat(phi_guard ->> "text") FROM (SELECT * FROM ai_invocations ORDER BY timestamp)')" = scan,scan,off,scan ]
	[ "$(db 'SELECT sum(attested) FROM rollup_hour')" = 1 ]
	[ "$(ros-report --format json | jq '[.attested, .total_ai_calls] | join(" of ")' -r)" = '1 of 4' ]
	ros-report | grep -F 'attested 1 of 4 calls'
	rollups_agree
	ros-migrate check | grep -c repeated-id
}

@test "guard: an attestation under an old key holds for as long as the key is there; without a key file it is believed" {
	make_key
	live '.timestamp = "2026-01-28T12:00:00Z"' | ros-emit
	ros-consume > entries
	echo "k2 $(openssl rand -hex 32)" > new
	cat new "$ROS_PHI_KEY_FILE" > both
	chmod 600 new both
	for file in both new ''; do
		rm -f "$ROS_STATE_DIR/ros.db"
		ROS_PHI_KEY_FILE=$file ros-aggregate entries > acks
		attested
	done > got
	[ "$(tr -d '\n' < got)" = 101 ]
}

@test "guard: LIVE that went past ros-emit is hashed here; without a key, or with a bare hash, it is refused" {
	live '.prompt_redacted = "text"' | envelopes > in
	run -1 --separate-stderr ros-aggregate in
	[ "$output" = 'bad ros:insights ros:insights-workers 1-0 no-key' ]
	[[ $stderr == *'entry 1-0 is refused: no-key; nothing of it is kept'* ]]
	make_key
	ros-aggregate in
	[ "$(one 'substr(prompt_redacted, 1, 12), phi_guard ->> "text"')" = 'hmac-sha256:|hash' ]
	run -1 --separate-stderr ros-aggregate <<< "$(event '.governance_mode = "LIVE"')"
	[ "$stderr" = 'ros-aggregate: line 1: /prompt_hash: unkeyed-hash' ]
	[ "$(attested)" = 0 ]
}

@test "guard: an event that is not valid keeps its reason where nothing is found in it, and it is of DEMO" {
	{ event '.stage = 21'; event '.stage = 21 | .prompt_redacted = "SSN 123-45-6789"'; live '.stage = 21'; event 'del(.governance_mode)'; } | envelopes > in
	run -1 --separate-stderr ros-aggregate in
	[ "$(cut -d' ' -f4- <<< "$output")" = $'1-0 maximum\n2-0 phi\n3-0 phi\n4-0 phi' ]
	[[ $stderr == *'entry 2-0 is refused: /stage: maximum; nothing of it is kept'* ]]
	[[ $stderr != *'1-0 is refused: /stage: maximum;'* ]]
}

@test "guard: the name of a source is not written down where something is found in it" {
	event | numbered 'SSN 123-45-6789' | ros-aggregate
	[ "$(db 'SELECT count(*), (SELECT count(*) FROM source) FROM invocation')" = '1|0' ]
}

@test "what a source emitted is what came of each of its numbers, and what is missing" {
	{
		events 3
		event '.timestamp = "yesterday"'
		event '.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-000000000007"'
		event '.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-000000000007" | .stage = 4'
		event '.invocation_id = "7d0a2c3e-5b1f-4c8a-9e6d-000000000007" | .stage = 4'
	} | numbered host-0 '.sequence += (if $n > 2 then 3 else 0 end)' > in
	summary host-0 1 12 '{format: 2, version: 3}' | numbered host-0 '.id = "100-0"' >> in
	run -1 --separate-stderr ros-aggregate in
	[ "$(grep -c '^ack ' <<< "$output")" = 7 ]
	[ "$(db -header 'SELECT * FROM sources')" = $'name|emitted|recorded|repeated|conflicting|dead|refused|missing\nhost-0|17|4|1|1|1|5|5' ]
	[ "$(db 'SELECT * FROM source_gaps')" = $'host-0|3|5\nhost-0|11|12' ]
	[ "$(db 'SELECT count(*) FROM sources WHERE emitted <> recorded + repeated + conflicting + dead + refused + missing')" = 0 ]
	# what comes late closes its gap
	events 10 | numbered host-0 | sed -n '4,5p' | ros-aggregate > acks
	[ "$(db 'SELECT emitted, missing FROM sources; SELECT * FROM source_gaps')" = $'17|3\nhost-0|3|3\nhost-0|11|12' ]
}

@test "numbered entries twice, shuffled and in other batches: the same content" {
	{
		events 300 | numbered host-0 'select($n % 50 > 0)'
		events 300 | numbered host-1 'select($n > 100) | .id = "\($n)-1" | .event.invocation_id |= sub("-9e6d-"; "-9e6e-")'
		events 10 | numbered host-1 '.id = "\($n)-2" | .sequence += 500 | .event.caller = "nobody"'
		{ summary host-0 1 310; summary host-1 1 510 '{type: 4}' 00000000-0000-4000-8000-000000000002; lost 7-7; } | numbered any 'if .type then .id = "\($n)-3" else . end'
	} > in
	ROS_DB=$PWD/a.db run -1 ros-aggregate in
	ROS_DB=$PWD/a.db dump > a
	ROS_DB=$PWD/a.db db 'SELECT * FROM sources' > sources
	[ "$(cat sources)" = $'host-0|310|294|0|0|0|0|16\nhost-1|514|200|0|0|10|4|300' ]
	ROS_DB=$PWD/a.db run -1 ros-aggregate in
	ROS_DB=$PWD/a.db dump | cmp - a
	[ "$(ROS_DB=$PWD/a.db db 'SELECT count(*) FROM batch')" = 1 ]
	{ shuf in; shuf in; } > shuffled
	ROS_DB=$PWD/b.db run -1 ros-aggregate --batch 7 shuffled
	ROS_DB=$PWD/b.db dump | cmp - a
	# two at once, each with the whole
	shuf in > other
	for file in in other; do
		{ ROS_DB=$PWD/c.db ros-aggregate --batch 20 $file > $file.acks 2>&1 3>&- || [ $? = 1 ]; } &
		pids+=($!)
	done
	wait "${pids[@]}"
	ROS_DB=$PWD/c.db dump | cmp - a
}

@test "events of the other types become rows of their views" {
	{
		other dataset '.sha256 = "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752" | .tags = ["b", "a"] | .expires_at = "2032-01-28T12:00:00+01:00"
			| .detected_schema = {columns: [{name: "visit", type: "date"}]} | .metadata = {b: 1, a: 2.50} | .owner_id = .id'
		other access '.columns_accessed = ["visit"] | .stage = 3 | .success = false | .error_message = "no" | .phi_exposure_risk = "low"'
		other stage '.stage_name = "extract" | .progress_percent = 40 | .items_total = 10 | .checkpoint_data = {row: 4, file: "s3://b/4"} | .started_at = "2026-01-28T11:59:58Z"
			| .completed_at = .timestamp | .last_error = "it broke" | .input_ref = "s3://b/in"'
		other export '.rows = 12 | .filter = {mode: "DEMO"}'
		event
	} > in
	run -0 --separate-stderr ros-aggregate --verbose in
	[[ $stderr == *'5 recorded, 0 repeated, 0 conflicting, 0 refused'* ]]
	[ "$(db 'SELECT uri, format, sha256, phi_scan_status, tags, detected_schema, metadata, owner_id, is_archived, expires_at, created_at FROM datasets')" = \
		's3://bucket/visits.csv|csv|60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752|pending|["b","a"]|{"columns":[{"name":"visit","type":"date"}]}|{"a":2.5,"b":1}|1b4e28ba-2fa1-41d2-883f-0016d3cca427|0|2032-01-28T11:00:00.000Z|2026-01-28T12:00:00.123Z' ]
	[ "$(db 'SELECT id, dataset_id, access_type, columns_accessed, stage, success, error_message, phi_exposure_risk, accessed_at FROM dataset_access_log')" = \
		'0b8f2a4e-6c1d-4e5f-8a9b-7c6d5e4f3a22|1b4e28ba-2fa1-41d2-883f-0016d3cca427|read|["visit"]|3|0|no|low|2026-01-28T12:00:00.123Z' ]
	[ "$(db 'SELECT run_id, stage_number, stage_name, status, progress_percent, items_total, checkpoint_data, started_at, duration_ms, last_error, input_ref,
		ai_call_count, ai_cost_usd, ai_latency_total_ms FROM workflow_stage_runs')" = \
		'9c5b94b1-35ad-49bb-b118-8e8fc24abf80|3|extract|running|40|10|{"file":"s3://b/4","row":4}|2026-01-28T11:59:58.000Z|2123|it broke|s3://b/in|1|0.002980000|1840' ]
	[ "$(db 'SELECT id, kind, rows, filter, created_at FROM exports')" = '0b8f2a4e-6c1d-4e5f-8a9b-7c6d5e4f3a24|report|12|{"mode":"DEMO"}|2026-01-28T12:00:00.123Z' ]
	[ "$(db 'SELECT b.recorded, n.recorded, length(n.content_sum) FROM batch b JOIN notice_batch n ON n.batch = b.number')" = '1|4|32' ]
}

@test "a stage is what its newest events say, field by field; the start of an attempt takes back the end of the one before" {
	update() { # SECOND FILTER
		other stage ".timestamp = \"2026-01-28T12:00:0$1Z\" | .event_id |= sub(\"..$\"; \"0$1\") | $2"
	}
	{
		update 1 '.started_at = .timestamp | .attempt_number = 1 | .items_total = 100'
		update 2 '.checkpoint_data = {row: 40} | .last_checkpoint_at = .timestamp'
		update 3 '.status = "failed" | .completed_at = .timestamp | .last_error = "no"'
		update 4 '.started_at = .timestamp | .attempt_number = 2'
		update 5 '.status = "completed" | .completed_at = .timestamp'
	} > in
	local state='SELECT status, attempt_number, items_total, checkpoint_data, last_error, started_at, completed_at, duration_ms FROM workflow_stage_runs'
	head -n 4 in | ros-aggregate
	[ "$(db "$state")" = 'running|2|100|{"row":40}|no|2026-01-28T12:00:04.000Z||' ]
	for order in '1 2 3 4 5' '5 4 3 2 1' '3 5 1 4 2'; do
		rm -f ros.db
		for n in $order; do sed -n ${n}p in; done | ROS_DB=ros.db ros-aggregate --batch 2
		[ "$(ROS_DB=ros.db db "$state")" = 'completed|2|100|{"row":40}|no|2026-01-28T12:00:04.000Z|2026-01-28T12:00:05.000Z|1000' ]
	done
}

@test "events of the other types twice, shuffled, in other batches and by two at once: the same content" {
	{ updates 400; events 100; } | numbered host-0 > in
	ROS_DB=$PWD/a.db ros-aggregate in > acks
	ROS_DB=$PWD/a.db dump > a
	[ "$(ROS_DB=$PWD/a.db db 'SELECT (SELECT count(*) FROM datasets), (SELECT count(*) FROM dataset_access_log), (SELECT count(*) FROM workflow_stage_runs),
		(SELECT count(*) FROM exports), (SELECT recorded FROM sources)')" = '3|100|4|100|500' ]
	ROS_DB=$PWD/a.db ros-aggregate --verbose in 2> said > acks
	grep -q ' 0 recorded, 500 repeated, 0 conflicting' said
	ROS_DB=$PWD/a.db dump | cmp - a
	{ shuf in; shuf in; } | ROS_DB=$PWD/b.db ros-aggregate --batch 7 > acks
	ROS_DB=$PWD/b.db dump | cmp - a
	shuf in > mixed
	for file in in mixed; do
		ROS_DB=$PWD/c.db ros-aggregate --batch 20 $file > $file.acks 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	ROS_DB=$PWD/c.db dump | cmp - a
}

@test "the AI usage of a stage is that of its calls" {
	{ events 300; events 300; } | ros-aggregate --batch 50
	[ "$(db 'SELECT count(*) FROM stage_usage')" -eq 16 ]
	[ "$(db 'SELECT stage_number, calls, priced, cost_nano, latency_ms FROM stage_usage')" = \
		"$(db 'SELECT stage, count(*), count(cost_nano), sum(cost_nano), sum(latency_ms) FROM invocation JOIN series ON series.id = series_id WHERE stage NOT NULL GROUP BY 1')" ]
}

@test "another type: a known id with other content is a conflict; a type that is not the entry's is refused" {
	other stage > in
	other stage '.status = "failed"' >> in
	run -0 --separate-stderr ros-aggregate --verbose in
	[[ $stderr == *'1 recorded, 0 repeated, 1 conflicting'* ]]
	[ "$(db "SELECT status, (SELECT event ->> '\$.status' FROM conflict) FROM workflow_stage_runs")" = 'running|failed' ]
	{
		other stage | numbered host-0 '.type = "dataset.registered"'
		event | numbered host-0 '.type = "workflow.stage.updated" | .sequence = 2 | .id = "2-0"'
		other stage | numbered host-0 'del(.type) | .sequence = 3 | .id = "3-0"'
	} > entries
	run -1 --separate-stderr ros-aggregate entries
	[ "$output" = $'bad ros:insights ros:insights-workers 1-0 event-type\nbad ros:insights ros:insights-workers 2-0 event-type\nack ros:insights ros:insights-workers 3-0' ]
	[ "$(db 'SELECT repeated, dead, missing FROM sources')" = '1|2|0' ]
}

@test "a summary is recorded and acknowledged; one that is not valid is refused" {
	{
		summary host-0 1 3 '{format: 2}'
		summary host-0 1 3 '{format: 2}'
		summary host-0 4 2 '{}' 00000000-0000-4000-8000-000000000002
		summary host-0 1 1 '{Jane: 1}' 00000000-0000-4000-8000-000000000003
		summary host-0 4 3 '{}' 00000000-0000-4000-8000-000000000004
	} | numbered host-0 > in
	run -1 --separate-stderr ros-aggregate in
	[ "$(cut -d' ' -f1,4- <<< "$output")" = $'ack 1-0\nack 2-0\nbad 3-0 minimum\nbad 4-0 format\nack 5-0' ]
	[[ $stderr == *'entry 4-0 is refused: /refused/?: format'* ]]
	[[ $stderr != *Jane* ]]
	[ "$(db 'SELECT * FROM sources')" = 'host-0|5|0|0|0|0|2|3' ]
	[ "$(db 'SELECT count(*), sum(first), sum(last) FROM emit_summary')" = '2|5|6' ]
	[ "$(db 'SELECT count(*), refused FROM batch')" = '1|2' ]
}

@test "an entry that was trimmed away is a loss: named, kept once, acknowledged" {
	lost 5-0 | numbered host-0 > in
	for new in 1 0; do
		run -1 --separate-stderr ros-aggregate --verbose in
		[ "$output" = 'ack ros:insights ros:insights-workers 5-0' ]
		[[ $stderr == *'ros:insights: entry 5-0 is lost: it was trimmed away while it was pending'* ]]
		[[ $stderr == *"0 recorded, 0 repeated, 0 conflicting, 0 refused, $new lost"* ]]
	done
	[ "$(db 'SELECT stream, entry_id, batch FROM loss')" = 'ros:insights|5-0|1' ]
	[ "$(db 'SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM refusal), (SELECT count(*) FROM source)')" = '1|0|0' ]
}

@test "a summary that another source published is refused" {
	{
		summary host-0 1 3 | numbered any '.source = "host-1"'
		summary host-0 1 3 | numbered any '.id = "2-0" | .source = "host-0"'
	} > in
	run -1 --separate-stderr ros-aggregate in
	[ "$(cut -d' ' -f1,4- <<< "$output")" = $'bad 1-0 source\nack 2-0' ]
	[[ $stderr == *'ros:insights: entry 1-0 is refused: source' ]]
	[ "$(db 'SELECT * FROM sources')" = 'host-0|3|0|0|0|0|0|3' ]
}

@test "what is refused is dead, by its number; requeued and recorded, it is not" {
	event | ros-emit > ids
	ros-consume > in
	[ "$(jq .sequence in)" = 1 ]
	ros-migrate up
	jq -r '"INSERT INTO suspect VALUES (\u0027\(.stream)\u0027, \u0027\(.id)\u0027, 5)"' in | db
	jq -c '.deliveries = 6' in > suspect
	run -1 ros-aggregate suspect
	grep '^bad' <<< "$output" | ros-ack
	[ "$(db 'SELECT recorded, dead FROM sources')" = '0|1' ]
	ros-bus dead requeue --all
	for again in 1 2; do
		ros-consume | ros-aggregate | ros-ack
		[ "$(db 'SELECT emitted, recorded, dead, missing FROM sources; SELECT count(*) FROM invocation')" = $'1|1|0|0\n1' ]
	done
}

@test "a number that is none is not counted; its event is recorded" {
	events 4 | numbered host-0 '.sequence = ([0, 9007199254740992, 1, 2][$n - 1]) | if $n == 3 then .source = "" elif $n == 4 then del(.source) else . end' |
		ros-aggregate > acks
	[ "$(wc -l < acks)" = 4 ]
	[ "$(db 'SELECT count(*) FROM invocation; SELECT count(*) FROM source')" = $'4\n0' ]
}

@test "--stats tells what was recorded, on a descriptor or in a file" {
	events 25 | envelopes > in
	ros-aggregate --stats 5 --batch 10 in 5> stats > acks
	[ "$(jq -c '[.tool, .event, .consumed, .recorded, .repeated, .batches, .errors, .commit_ms.count]' stats)" = '["ros-aggregate","exit",25,25,0,3,0,3]' ]
	ros-aggregate --stats file in > acks
	[ "$(jq -c '[.recorded, .repeated]' file)" = '[0,25]' ]
}
