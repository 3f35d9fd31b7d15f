# The main job, end to end, on both buses: ros-emit, then ros-consume | ros-aggregate | ros-ack.
load ../lib/common
load ../lib/buses
load ../lib/store

setup() {
	cd "$BATS_TEST_TMPDIR"
	redis_flush
	events 700 > in
	ROS_DB=$PWD/direct.db ros-aggregate in
	ROS_DB=$PWD/direct.db dump_events > direct
}

pipe() {
	ros-consume "$@" | ros-aggregate | ros-ack
	[ "${PIPESTATUS[*]}" = '0 0 0' ]
}

# pending: entries that are delivered and not acknowledged, on the bus in use.
pending() {
	case ${ROS_BUS-} in
	unix:*) redis XPENDING ros:insights ros:insights-workers | head -1 ;;
	*) ros-consume | ros-ack 2>&1 | wc -l ;;
	esac
}

# to_the_record: the whole job on the bus in use, and again.
to_the_record() {
	[ "$(ros-emit in | sort -u | wc -l)" -eq 700 ]
	pipe
	dump_events | cmp - direct
	rollups_agree
	[ "$(pending)" -eq 0 ]

	pipe # nothing is left
	ros-emit in > /dev/null # emitted again: delivered again, recorded once
	pipe
	dump_events | cmp - direct
	[ "$(db 'SELECT recorded, repeated, missing FROM sources')" = '700|700|0' ]
	[ "$(pending)" -eq 0 ]
}

@test "the main job on the embedded bus" {
	to_the_record
}

@test "the main job on Redis" {
	export ROS_BUS=unix://$REDIS_SOCKET
	to_the_record
}

# Whatever the pipe loses behind the bus is delivered again.
torn() {
	ros-emit in > /dev/null
	ros-consume --consumer c | head -c 200000 | ros-aggregate > acks
	[ "$(wc -l < acks)" -gt 0 ]
	[ "$(wc -l < acks)" -lt 700 ]
	[ "$(wc -l < acks)" -eq "$(db 'SELECT count(*) FROM invocation')" ]
	pipe --consumer c
	dump_events | cmp - direct
	[ "$(pending)" -eq 0 ]
}

@test "a pipe that is torn in the middle of a line, on the embedded bus" {
	torn
}

@test "a pipe that is torn in the middle of a line, on Redis" {
	export ROS_BUS=unix://$REDIS_SOCKET
	torn
}

@test "refused entries become dead letters, and the rest is recorded" {
	export ROS_BUS=unix://$REDIS_SOCKET
	ros-emit in > /dev/null
	redis XADD ros:insights '*' type ai.invocation.completed data "$(event '.project_id = "proj-123"')" > /dev/null
	redis XADD ros:insights '*' type ai.invocation.completed data 'not json' > /dev/null
	redis XADD ros:insights '*' type ai.invocation.completed > /dev/null
	run ! pipe
	[ "$(db 'SELECT group_concat(reason) FROM (SELECT reason FROM refusal ORDER BY entry_id)')" = format,not-json,no-data ]
	[ "$(db 'SELECT count(*) FROM invocation')" = 700 ]
	[ "$(redis XLEN ros:insights:dead)" = 3 ]
	[ "$(pending)" -eq 0 ]
}

@test "what is replayed is recorded once and acknowledges nothing" {
	ros-emit in > /dev/null
	run -0 bash -c 'ros-replay | ros-aggregate'
	[ -z "$output" ]
	dump_events | cmp - direct
	pipe
	dump_events | cmp - direct
}
