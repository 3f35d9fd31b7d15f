# ros-replay: a range of the stream, without consuming it.
load ../lib/common

setup_file() {
	redis_start
	unset REDIS_URL
}

teardown_file() {
	redis_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	redis_flush
}

on_redis() {
	export ROS_BUS=unix://$REDIS_SOCKET
}

emit() {
	for n in $(seq "$1"); do event ".stage = $n"; done | ros-emit > ids
}

stages() {
	ros-replay "$@" | jq -r .event.stage | tr -d '\n'
}

nothing_consumed() {
	emit 2
	run -0 --separate-stderr ros-replay
	[ "$(jq -c 'del(.event, .source, .sequence)' <<< "$output")" = "$(jq -Rc '{stream: "ros:insights", id: ., type: "ai.invocation.completed", deliveries: 0}' ids)" ]
	[ "$(jq -c .event <<< "${lines[0]}")" = "$(event '.stage = 1')" ]
	[ "$output" = "$(ros-replay)" ]
	run -0 ros-consume
	[ "$(jq -c '[.event.stage, .deliveries]' <<< "$output")" = $'[1,1]\n[2,1]' ]
}

@test "file: prints envelopes without group, and consumes nothing" { nothing_consumed; }
@test "redis: prints envelopes without group, and consumes nothing" { on_redis; nothing_consumed; }

@test "redis: nothing is made on the server" {
	on_redis
	run -0 ros-replay
	[ -z "$output" ]
	[ "$(redis DBSIZE)" -eq 0 ]
}

range() {
	emit 4
	second=$(sed -n 2p ids)
	third=$(sed -n 3p ids)
	[ "$(stages --from "$second")" = 234 ]
	[ "$(stages --to "$third")" = 123 ]
	[ "$(stages --from "$second" --to "$third")" = 23 ]
	[ -z "$(stages --from "$third" --to "$second")" ]
	[ "$(stages --from "$(head -1 ids | cut -d- -f1)" --to "$(tail -1 ids | cut -d- -f1)")" = 1234 ]
}

@test "file: --from and --to by id, both included" { range; }
@test "redis: --from and --to by id, both included" { on_redis; range; }

@test "redis: --from and --to by time and date, both included" {
	on_redis
	stage=0
	for id in 1769554799999-0 1769554800000-0 1769554800000-7 1769641200500-0 1769641200501-0; do
		stage=$((stage + 1))
		redis XADD ros:insights $id type t data "$(event ".stage = $stage")"
	done
	[ "$(stages --from 2026-01-27T23:00:00Z)" = 2345 ]
	[ "$(stages --from 2026-01-28T00:00:00+01:00 --to 2026-01-28T23:00:00.500Z)" = 234 ]
	[ "$(stages --to 2026-01-27T23:00:00Z)" = 123 ]
	[ "$(stages --from 2026-01-28)" = 45 ]
	[ "$(stages --to 2026-01-28)" = 123 ]
	[ "$(stages --from 1960-01-01)" = 12345 ]
}

@test "--run, --tier and --mode look into the event" {
	event '.stage = 1 | .tier = "NANO"' > in
	event '.stage = 2 | .run_id = "11111111-AAAA-4bbb-8ccc-222222222222"' >> in
	event '.stage = 3 | .tier = "NANO" | .run_id = "11111111-aaaa-4bbb-8ccc-222222222222"' >> in
	event '.stage = 4 | del(.run_id)' >> in
	ros-emit in
	[ "$(stages --tier NANO)" = 13 ]
	[ "$(stages --run 11111111-AAAA-4BBB-8CCC-222222222222)" = 23 ]
	[ "$(stages --tier NANO --run 11111111-aaaa-4bbb-8ccc-222222222222)" = 3 ]
	[ "$(stages --mode DEMO)" = 1234 ]
	[ -z "$(stages --mode LIVE)" ]
}

@test "redis: what cannot be carried is printed with its reason, but not when a filter is set" {
	on_redis
	redis XADD ros:insights '*' type t data nonsense
	redis XADD ros:insights '*' type t other x
	run -0 ros-replay
	[ "$(jq -c '[.event, .refused]' <<< "$output")" = $'[null,"not-json"]\n[null,"no-data"]' ]
	run -0 ros-replay --mode DEMO
	[ -z "$output" ]
}

@test "--count counts the lines that are printed" {
	for n in 1 2 3 4; do event ".stage = $n | .tier = (if $n % 2 == 0 then \"NANO\" else \"MINI\" end)"; done | ros-emit
	[ "$(stages --count 3)" = 123 ]
	[ "$(stages --count 1 --tier NANO)" = 2 ]
}

@test "more entries than a batch come once each" {
	event | jq -c '. as $e | range(2500) | . as $n | $e | .tags = ["\($n)"]' | ros-emit > ids
	ros-replay | jq -r .id | cmp - ids
}

@test "the dead letters are a stream like any other" {
	emit 2
	ros-consume | jq -r '"bad \(.stream) \(.group) \(.id) enum"' | head -1 | ros-ack
	run -0 ros-replay --stream ros:insights:dead
	[ "$(jq .event.stage <<< "$output")" = 1 ]
	[ "$(jq -r .stream <<< "$output")" = ros:insights:dead ]
}

@test "a bad range, run, tier or mode is a usage error that names option and value" {
	run -64 ros-replay --from yesterday
	[ "$output" = "ros-replay: --from: 'yesterday' is neither an entry id nor a time" ]
	run -64 ros-replay --to 2026-13-01
	run -64 ros-replay --run proj-123
	run -64 ros-replay --tier nano
	[ "$output" = "ros-replay: --tier: 'nano' is no value of the contract" ]
	run -64 ros-replay --mode TEST
	run -64 ros-replay operand
}

@test "an unreachable bus is 69, output that cannot be written 74" {
	run -69 ros-replay --bus "unix://$PWD/nowhere.sock"
	emit 1
	run -74 bash -c 'ros-replay > /dev/full'
}
