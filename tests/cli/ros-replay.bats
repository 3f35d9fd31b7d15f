# ros-replay: a range of the stream, without consuming it.
load ../lib/common
load ../lib/buses

stages() {
	ros-replay "$@" | jq -r .event.stage | tr -d '\n'
}

nothing_consumed() {
	emit 2
	run -0 --separate-stderr ros-replay
	[ "$(jq -c 'del(.event, .source, .sequence)' <<< "$output")" = "$(jq -Rc '{stream: "ros:insights", id: ., type: "ai.invocation.completed", deliveries: 0}' ids)" ]
	[ "$(jq -c .event <<< "${lines[0]}" | unattested)" = "$(event '.stage = 1')" ]
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

last_ones() {
	emit 5
	[ "$(stages --tail 2)" = 45 ]
	[ "$(stages --tail 9)" = 12345 ]
	[ -z "$(stages --tail 0)" ]
	[ "$(stages --tail 2 --to "$(sed -n 4p ids)")" = 34 ]
	[ "$(stages --tail 3 --from "$(sed -n 4p ids)")" = 45 ]
	[ "$(stages --tail 3 --count 2)" = 34 ]
	[ "$(stages --tail 2 --filter stage=1)" = 1 ]
	[ "$(stages --tail 1 --filter caller=worker)" = 5 ]
	[ -z "$(stages --tail 2 --filter caller=web)" ]
}

@test "file: --tail prints the last entries that are selected, oldest first" { last_ones; }
@test "redis: --tail prints the last entries that are selected, oldest first" { on_redis; last_ones; }

@test "--tail of nothing is nothing" {
	run -0 ros-replay --tail 3
	[ -z "$output" ]
}

@test "--tail looks back over many reads" {
	event | jq -c '. as $e | range(2500) | . as $n | $e | .agent_id = (if $n < 3 then "early" else "late" end)' | ros-emit > ids
	ros-replay --tail 2 --filter agent_id=early --format %i | cmp - <(sed -n 2,3p ids)
}

@test "redis: --since is an age or a time" {
	on_redis
	now=$(date +%s)
	stage=0
	for age in 172800 5400 3500 600 10; do
		stage=$((stage + 1))
		redis XADD ros:insights $((now - age))000-0 type t data "$(event ".stage = $stage")"
	done
	[ "$(stages --since 7d)" = 12345 ]
	[ "$(stages --since 2h)" = 2345 ]
	[ "$(stages --since 15m)" = 45 ]
	[ "$(stages --since 60s)" = 5 ]
	[ -z "$(stages --since 0s)" ]
	[ "$(stages --since "$(date -u -d "@$((now - 3500))" +%FT%TZ)")" = 345 ]
	[ "$(stages --since 1970-01-01)" = 12345 ]
	[ "$(stages --since 99999999w)" = 12345 ]
}

has_lines() { # N FILE
	[ "$(wc -l < "$2")" -ge "$1" ]
}

follow() {
	emit 3
	ros-replay --follow --tail 1 --format '%{stage}' > got &
	pid=$!
	wait_for 10 has_lines 1 got
	event '.stage = 4' | ros-emit
	wait_for 10 has_lines 2 got
	event '.stage = 5' | ros-emit
	wait_for 10 has_lines 3 got
	kill -TERM $pid
	wait $pid
	[ "$(cat got)" = $'3\n4\n5' ]
	[ "$(ros-consume | wc -l)" -eq 5 ]
}

@test "file: --follow goes on with what is published later, and ends at a stop" { follow; }
@test "redis: --follow goes on with what is published later, and ends at a stop" { on_redis; follow; }

follow_filtered() {
	emit 1
	ros-replay --follow --tail 0 --filter tier=NANO --count 2 --format '%{stage}' > got &
	pid=$!
	wait_for 10 grep -q poll /proc/$pid/wchan
	event '.stage = 2' | ros-emit
	event '.stage = 3 | .tier = "NANO"' | ros-emit
	event '.stage = 4 | .tier = "NANO"' | ros-emit
	wait $pid
	[ "$(cat got)" = $'3\n4' ]
}

@test "file: --follow with --tail 0 begins with what is new, and ends after --count" { follow_filtered; }
@test "redis: --follow with --tail 0 begins with what is new, and ends after --count" { on_redis; follow_filtered; }

@test "--filter takes members, pointers and fields of the entry, and all must match" {
	event '.stage = 1 | .status = "FAILED"' > in
	event '.stage = 2 | .status = "FAILED" | .usage.output_tokens = 7' >> in
	event '.stage = 3 | del(.status)' >> in
	ros-emit in > ids
	[ "$(stages --filter status=FAILED)" = 12 ]
	[ "$(stages --filter status=FAILED --filter /usage/output_tokens=7)" = 2 ]
	[ "$(stages --filter status=SUCCESS)" = 3 ]
	[ -z "$(stages --filter /status=SUCCESS)" ]
	[ "$(stages --filter type=ai.invocation.completed --tier MINI)" = 123 ]
	run -64 ros-replay --filter status
	[ "$output" = "ros-replay: --filter: 'status' is not NAME=VALUE" ]
}

@test "--format writes ids, times, values and payloads" {
	emit 1
	id=$(cat ids)
	run -0 ros-replay --format '%i\t%t\t%s %T %d %r%%'
	[ "$output" = "$id"$'\t'"$(date -u -d "@${id:0:10}" +%FT%T).${id:10:3}Z"$'\tros:insights ai.invocation.completed 0 -%' ]
	run -0 ros-replay --format '[%8{tier}] [%-8{tier}] %{/usage/cost_usd} %{nothing}\n'
	[ "$output" = '[    MINI] [MINI    ] 0.00298 -' ]
	[ "$(ros-replay --format %p | unattested)" = "$(event '.stage = 1')" ]
	[ "$(ros-replay --format %p | ros-emit --stream other | wc -l)" -eq 1 ]
	run -64 ros-replay --format '%t %q'
	[ "$output" = 'ros-replay: --format: byte 4: not one of %i %t %s %T %d %p %r %{NAME} %%' ]
}

# terminal COMMAND ...: what the command prints on a terminal.
terminal() {
	script -qec "$*" /dev/null < /dev/null | tr -d '\r'
}

line_for_people() {
	event '.status = "FAILED" | .usage.cost_usd = null' | ros-emit > ids
	id=$(cat ids)
	time="$(date -u -d "@${id:0:10}" +%FT%T).${id:10:3}Z"
	look=$(terminal ros-replay)
	echo "$look"
	[[ $look == *"$time $id"*" MINI     FAILED       claude-haiku-4-5 "*" 1200    340 -"* ]]
	[[ $look != *$'\e'* ]]
	look=$(unset NO_COLOR; terminal ros-replay)
	[[ $look == *$'\e[2m'"$id"$'\e[0m'*$'\e[31mFAILED\e[0m'* ]]
	look=$(unset NO_COLOR; ros-replay)
	[[ $look == '{"stream":'* ]]
	[[ $look != *$'\e'* ]]
	look=$(unset NO_COLOR; ros-replay --format '%i %{status}')
	[ "$look" = "$id FAILED" ]
}

@test "file: on a terminal there is a line for people, in colour but with NO_COLOR; in a pipe the envelope" { line_for_people; }
@test "redis: on a terminal there is a line for people, in colour but with NO_COLOR; in a pipe the envelope" { on_redis; line_for_people; }

@test "redis: on a terminal other events are shown as they are, and what cannot be carried with its reason" {
	on_redis
	redis XADD ros:insights '*' type emit.summary data '{"first":1}'
	redis XADD ros:insights '*' type t data nonsense
	look=$(terminal ros-replay)
	[[ $look == *' emit.summary {"first":1}'*' t not-json'* ]]
}

@test "redis: nothing in an entry reaches the terminal's controls" {
	on_redis
	redis XADD ros:insights '*' type $'t\e[2J' data $'{"a":"\x7f\\u001b[2J"}' x $'\e]0;\a'
	look=$(terminal "ros-replay --format '%T %p %{a} %{x}'")
	[[ $look == *'t?[2J {"a":"?\u001b[2J"} ??[2J ?]0;?'* ]]
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
	run -64 ros-replay --since yesterday
	[ "$output" = "ros-replay: --since: 'yesterday' is neither an age (90s, 15m, 2h, 7d, 4w, 1y) nor a time" ]
	run -64 ros-replay --since 2h --from 2026-01-28
	[ "$output" = "ros-replay: --from and --since are both the beginning" ]
	run -64 ros-replay --follow --to 2026-01-28
	run -64 ros-replay --tail -1
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
