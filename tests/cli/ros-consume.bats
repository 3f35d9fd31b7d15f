# ros-consume: entries of the bus to envelope lines.
load ../lib/common
load ../lib/buses

# ack: acknowledges the entries of the envelope lines on stdin.
ack() {
	jq -r '"ack \(.stream) \(.group) \(.id)"' | ros-ack
}

envelopes() {
	emit 2
	run -0 --separate-stderr ros-consume
	[ -z "$stderr" ]
	[ "${#lines[@]}" -eq 2 ]
	[ "$(jq -c 'del(.event, .source)' <<< "$output")" = "$(jq -Rc '{stream: "ros:insights", group: "ros:insights-workers", id: ., type: "ai.invocation.completed", deliveries: 1, sequence: input_line_number}' ids)" ]
	[ "$(jq -r .source <<< "$output" | uniq | grep -cx "$(hostname)-[0-9a-f]\{12\}")" -eq 1 ]
	[ "$(jq -c .event <<< "${lines[0]}" | unattested)" = "$(event '.stage = 1')" ]
	[ "$(jq -c .event <<< "${lines[1]}" | unattested)" = "$(event '.stage = 2')" ]
}

@test "file: prints envelope lines, makes the group at 0, ends when drained" { envelopes; }
@test "redis: prints envelope lines, makes the group at 0, ends when drained" { on_redis; envelopes; }

empty() {
	run -0 ros-consume
	[ -z "$output" ]
}

@test "file: an empty stream is done at once, silently" { empty; }
@test "redis: an empty stream is done at once, silently" { on_redis; empty; }

redelivery() {
	emit 3
	ros-consume > first
	head -1 first | ack
	emit 1
	run -0 ros-consume
	[ "$(jq -c '[.event.stage, .deliveries]' <<< "$output")" = $'[2,2]\n[3,2]\n[1,1]' ]
	ack <<< "$output"
	run -0 ros-consume
	[ -z "$output" ]
}

@test "file: what was not acknowledged comes again, before what is new" { redelivery; }
@test "redis: what was not acknowledged comes again, before what is new" { on_redis; redelivery; }

many_pending() {
	emit 7
	ros-consume > first
	run -0 ros-consume --batch 2
	[ "$(jq -c .id <<< "$output")" = "$(jq -c .id first)" ]
	[ "${#lines[@]}" -eq 7 ]
}

@test "file: more pending entries than a batch come once each, in order" { many_pending; }
@test "redis: more pending entries than a batch come once each, in order" { on_redis; many_pending; }

counted() {
	emit 5
	run -0 ros-consume --count 2
	[ "$(jq .event.stage <<< "$output")" = $'1\n2' ]
	ack <<< "$output"
	run -0 ros-consume -n 10 --batch 1
	[ "$(jq .event.stage <<< "$output")" = $'3\n4\n5' ]
}

@test "file: --count ends after so many entries, and leaves the rest" { counted; }
@test "redis: --count ends after so many entries, and leaves the rest" { on_redis; counted; }

@test "--count counts pending and new entries alike" {
	emit 2
	ros-consume > first
	emit 2
	run -0 ros-consume --count 3
	[ "$(jq -c .deliveries <<< "$output")" = $'2\n2\n1' ]
}

follows() {
	ros-consume --follow "$@" > out 2> messages 3>&- &
	pid=$!
	emit 1
	wait_for 10 test -s out
	emit 1
	wait_for 10 has_lines out 2
	kill -TERM $pid
	wait_for 1 ended $pid
	wait $pid
	[ ! -s messages ]
	[ "$(jq .event.stage out)" = $'1\n1' ]
}

has_lines() {
	[ "$(wc -l < "$1")" -eq "$2" ]
}

ended() {
	! kill -0 "$1" 2> /dev/null
}

@test "file: --follow prints what comes, and SIGTERM ends it with 0 within a second" { follows; }
@test "redis: --follow prints what comes, and SIGTERM ends it with 0 within a second" { on_redis; follows; }
@test "redis: --follow with short waits" { on_redis; follows --block 20; }

@test "SIGINT ends it with 0, too" {
	env --default-signal=INT ros-consume --follow > out 3>&- &
	pid=$!
	emit 1
	wait_for 10 test -s out
	kill -INT $pid
	wait $pid
}

@test "a consumer's name is held by one process" {
	ros-consume --consumer me --follow > out 3>&- &
	pid=$!
	emit 1
	wait_for 10 test -s out
	run -75 ros-consume --consumer me
	[ "$output" = "ros-consume: consumer me is in use by another process" ]
	kill -TERM $pid
	wait $pid
	run -0 ros-consume --consumer me
	[ "$(jq .deliveries <<< "$output")" -eq 2 ]
}

@test "redis: the default names are the host and the lowest free number" {
	on_redis
	ros-consume --follow > out 3>&- &
	pid=$!
	emit 1
	wait_for 10 test -s out
	ros-consume
	kill -TERM $pid
	wait $pid
	ros-consume
	run -0 redis --raw XINFO CONSUMERS ros:insights ros:insights-workers
	[[ $output == *"$(hostname)-1"*"$(hostname)-2"* ]]
	[[ $output != *"$(hostname)-3"* ]]
}

@test "two consumers share the stream: every entry comes once" {
	emit 4
	ros-consume --consumer a --count 2 > a
	ros-consume --consumer b > b
	[ "$(jq .event.stage a b)" = $'1\n2\n3\n4' ]
}

@test "another group has the whole stream" {
	emit 2
	ros-consume > first
	run -0 ros-consume --group other
	[ "$(jq -c '[.group, .event.stage]' <<< "$output")" = $'["other",1]\n["other",2]' ]
	INSIGHTS_CONSUMER_GROUP=third run -0 ros-consume
	[ "$(jq -r .group <<< "$output" | sort -u)" = third ]
}

@test "redis: an entry that cannot be carried says why" {
	on_redis
	redis XADD ros:insights '*' type t other x
	redis XADD ros:insights '*' type t data '{"a":1}x'
	redis XADD ros:insights '*' data $'"\xff"'
	redis -x XADD ros:insights '*' data < <(head -c 1100000 /dev/zero | tr '\0' ' ')
	redis XADD ros:insights '*' type t data $'{"a":\n[1]}' source host-0 sequence 42
	run -0 ros-consume
	[ "$(jq -c '[.type, .event, .refused, .source, .sequence]' <<< "$output")" = '["t",null,"no-data",null,null]
["t",null,"not-json",null,null]
[null,null,"utf8",null,null]
[null,null,"too-large",null,null]
["t",{"a":[1]},null,"host-0",42]' ]
}

@test "redis: a pending entry that was trimmed away is named as lost, with a line of its own" {
	on_redis
	emit 3
	ros-consume > first
	redis XTRIM ros:insights MAXLEN 1
	for run in 1 2; do # until the loss is acknowledged
		run -1 --separate-stderr ros-consume
		[ "$(jq -c '[.id, .refused, .event.stage]' <<< "$output")" = "$(jq -Rc '[., "lost", null]' ids | head -2)
[\"$(tail -1 ids)\",null,3]" ]
		[ "${#stderr_lines[@]}" -eq 2 ]
		[[ ${stderr_lines[0]} == *"entry $(head -1 ids) is lost"* ]]
	done
	ros-aggregate <<< "$output" 2> messages | ros-ack
	run -0 ros-consume
	[ -z "$output" ]
	[ "$(sqlite3 "$ROS_STATE_DIR/ros.db" 'SELECT count(*) FROM loss')" = 2 ]
}

@test "redis: a loss among what others left behind is named until it is acknowledged" {
	on_redis
	emit 3
	ros-consume -c gone > first
	redis XTRIM ros:insights MAXLEN 1
	for run in 1 2; do
		run -1 --separate-stderr ros-consume --min-idle 0
		[ "$(jq -r 'select(.refused == "lost") | .id' <<< "$output")" = "$(head -2 ids)" ]
	done
	ack <<< "$output"
	run -0 ros-consume --min-idle 0
	[ -z "$output" ]
}

@test "redis: a group that was lost starts again at 0" {
	on_redis
	emit 2
	ros-consume | ack
	redis XGROUP DESTROY ros:insights ros:insights-workers
	run -0 ros-consume
	[ "${#lines[@]}" -eq 2 ]
}

@test "redis: --follow makes its group anew as often as it is lost" {
	on_redis
	ros-consume --follow > out 2> messages 3>&- &
	pid=$!
	for n in 1 2 3; do
		wait_for 10 redis -e XINFO GROUPS ros:insights > /dev/null 2>&1
		redis DEL ros:insights
	done
	emit 1
	wait_for 10 test -s out
	kill -TERM $pid
	wait $pid
}

@test "redis: a wrong type is 78, an unreachable server 69" {
	on_redis
	redis SET ros:insights x
	run -78 ros-consume
	run -69 --separate-stderr ros-consume --bus "unix://$PWD/nowhere.sock"
	[[ $stderr == "ros-consume: "*nowhere.sock* ]]
}

@test "redis: --follow waits for a server that died, says so once, and goes on where it was" {
	server
	ros-consume --follow > out 2> messages 3>&- &
	pid=$!
	emit 1
	wait_for 10 test -s out
	stop_server
	wait_for 10 grep -q "$PWD/s: .*trying again" messages
	server
	emit 1
	wait_for 20 eval '[ "$(wc -l < out)" -eq 2 ]'
	kill -TERM $pid
	wait $pid
	stop_server
	[ "$(jq -c '[.deliveries, .sequence]' out)" = $'[1,1]\n[1,2]' ]
	[ "$(grep -c 'trying again' messages)" -eq 1 ]
}

@test "redis: SIGTERM ends a consumer that waits for its server, or hangs at it, within a second" {
	ros-consume --follow --bus "unix://$PWD/nowhere.sock" 2> messages 3>&- &
	pid=$!
	wait_for 10 grep -q 'trying again' messages
	kill -TERM $pid
	within_a_second wait $pid
	server
	emit 1
	kill -STOP $server
	ros-consume > out 2> messages 3>&- &
	pid=$!
	wait_for 10 grep -q poll "/proc/$pid/wchan"
	kill -TERM $pid
	within_a_second wait $pid
	kill -CONT $server
	stop_server
}

@test "file: SIGTERM ends a consumer that waits for a lock within a second, with 0; the entries come afterwards" {
	emit 1
	lock_database "$ROS_STATE_DIR/bus.db"
	ros-consume --follow --timeout 60000 > out 2> messages 3>&- 8>&- &
	pid=$!
	wait_for 10 grep -q poll "/proc/$pid/wchan"
	kill -TERM $pid
	within_a_second wait $pid
	unlock_database
	[ ! -s out ] && [ ! -s messages ]
	run -0 ros-consume
	[ "$(jq .deliveries <<< "$output")" = 1 ]
}

@test "SIGTERM ends a consumer whose reader does not read, within a second, with 74" {
	event | jq -c '. as $e | range(2000) | $e' | ros-emit > ids
	mkfifo pipe
	ros-consume > pipe 2> messages 3>&- &
	pid=$!
	exec 9< pipe
	wait_for 10 grep -q pipe_write "/proc/$pid/wchan"
	kill -TERM $pid
	status=0
	within_a_second eval 'wait $pid || status=$?'
	exec 9<&-
	[ $status -eq 74 ]
	grep -q 'stopped by a signal' messages
}

# Consumers of this host that are gone: the next one has what they had, at once.
adopts() {
	emit 3
	ros-consume --count 1 --follow > first
	ros-consume --follow > a 3>&- &
	pid=$!
	wait_for 10 eval '[ "$(wc -l < a)" -eq 3 ]'
	ros-consume --follow > b 3>&- &
	other=$!
	wait_for 10 eval '[ "$(ls "$ROS_STATE_DIR" | grep -c consumer-)" -eq 2 ]'
	ROS_STATE_DIR=$PWD/third ros-consume -c gone > c
	emit 1
	kill -TERM $pid $other
	wait $pid $other
	run -0 ros-consume
	[ "$(jq .event.stage <<< "$output" | sort -n | tr -d '\n')" = 1123 ]
}

@test "file: what ended consumers of this host had comes to the next one" { adopts; }
@test "redis: what ended consumers of this host had comes to the next one" { on_redis; adopts; }

claims() {
	emit 3
	ros-consume -c gone > first
	run -0 ros-consume
	[ -z "$output" ]
	run -0 ros-consume --min-idle 0
	[ "$(jq -c '[.event.stage, .deliveries]' <<< "$output")" = $'[1,2]\n[2,2]\n[3,2]' ]
	ack <<< "$output"
	run -0 ros-consume --min-idle 0 -c gone
	[ -z "$output" ]
}

@test "file: --min-idle takes over what other consumers have had for so long" { claims; }
@test "redis: --min-idle takes over what other consumers have had for so long" { on_redis; claims; }

peeks() {
	emit 4
	ros-consume --count 1 | ack
	run -0 ros-consume --peek --format '%i %{stage}'
	[ "$output" = "$(paste -d' ' ids <(seq 4) | tail -3)" ]
	[ "$(ros-consume --peek --filter stage=3 | jq .event.stage)" = 3 ]
	[ "$(ros-consume --peek --count 2 | jq .deliveries | uniq)" = 0 ]
	[ "$(ros-consume | jq -c '[.event.stage, .deliveries]')" = $'[2,1]\n[3,1]\n[4,1]' ]
	run -0 ros-consume --peek
	[ -z "$output" ]
	run -0 ros-consume --peek --group new --format '%{stage}'
	[ "$output" = $'1\n2\n3\n4' ]
}

@test "file: --peek shows what the group has not had, and consumes nothing" { peeks; }
@test "redis: --peek shows what the group has not had, and consumes nothing" { on_redis; peeks; }

@test "--format prints something else of what is consumed; --filter is for --peek alone" {
	emit 2
	run -64 ros-consume --filter stage=1
	run -64 ros-consume --peek --follow
	run -64 ros-consume --format '%q'
	[ "$(ros-consume --format 'ack %s ros:insights-workers %i' | tee acks | wc -l)" -eq 2 ]
	ros-ack < acks
	run -0 ros-consume
	[ -z "$output" ]
}

@test "--stats tells what was consumed" {
	emit 3
	ros-consume --stats stats > first
	ros-consume --stats stats > again
	[ "$(jq -c '[.tool, .event, .consumed, .redelivered, .lost, .errors, .entry_age_ms.count]' stats)" = '["ros-consume","exit",3,0,0,0,3]
["ros-consume","exit",3,3,0,0,3]' ]
}

@test "output that cannot be written is 74, and the entries come again" {
	emit 3
	run -74 bash -c 'ros-consume > /dev/full'
	run -74 bash -c 'ros-consume >&-'
	run -0 ros-consume
	[ "${#lines[@]}" -eq 3 ]
}

@test "a reader that goes away ends it quietly" {
	event | jq -c '. as $e | range(500) | $e' | ros-emit > ids
	run -0 --separate-stderr bash -c 'ros-consume | head -1; echo ${PIPESTATUS[0]}'
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[1]}" -eq 141 ]
	[ -z "$stderr" ]
	run -0 ros-consume
	[ "${#lines[@]}" -eq 500 ]
}

@test "an operand, a bad number and a bad name are refused" {
	run -64 ros-consume file
	run -64 ros-consume --count 0
	run -78 ros-consume --consumer a/b
	INSIGHTS_BATCH_SIZE=many run -78 ros-consume
	[[ $output == *INSIGHTS_BATCH_SIZE* ]]
}
