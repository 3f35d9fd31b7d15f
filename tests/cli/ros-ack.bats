# ros-ack: ack lines to acknowledgements and dead letters.
load ../lib/common
load ../lib/buses

# deliver N: N events, published and delivered; their ack lines are in acks.
deliver() {
	for n in $(seq "$1"); do event ".stage = $n"; done | ros-emit > /dev/null
	ros-consume | jq -r '"ack \(.stream) \(.group) \(.id)"' > acks
}

# pending: how many entries come again.
pending() {
	ros-consume | wc -l
}

acknowledges() {
	deliver 3
	run -0 ros-ack < <(head -2 acks)
	[ -z "$output" ]
	[ "$(pending)" -eq 1 ]
	ros-ack < acks
	[ "$(pending)" -eq 0 ]
}

@test "file: acknowledges and prints nothing" { acknowledges; }
@test "redis: acknowledges and prints nothing" { on_redis; acknowledges; }

buries() {
	deliver 2
	id=$(head -1 acks | cut -d' ' -f4)
	run -0 ros-ack <<< "bad ros:insights ros:insights-workers $id enum"
	[ -z "$output" ]
	[ "$(pending)" -eq 1 ]
	[ "$(ros-replay --stream ros:insights:dead | jq -c .event | unattested)" = "$(event '.stage = 1')" ]
}

@test "file: a bad line moves the entry to the dead letters" { buries; }
@test "redis: a bad line moves the entry to the dead letters" {
	on_redis
	buries
	run -0 redis --raw XRANGE ros:insights:dead - +
	[[ $output == *$'\nreason\nenum\noriginal_id\n'"$id" ]]
}

@test "redis: of bytes that are no JSON only the digest is kept" {
	on_redis
	for reason in not-json utf8 too-large; do
		redis XADD ros:insights '*' type t data 'Maria Musterfrau'
		id=$(ros-consume | jq -r .id)
		ros-ack <<< "bad ros:insights ros:insights-workers $id $reason"
	done
	run -0 redis --raw XRANGE ros:insights:dead - +
	[[ $output != *Maria* ]]
	[ "$(grep -c "^$(printf 'Maria Musterfrau' | sha256sum | cut -d' ' -f1)\$" <<< "$output")" -eq 3 ]
	[ "$(pending)" -eq 0 ]
}

@test "redis: an entry without data becomes a dead letter" {
	on_redis
	redis XADD ros:insights '*' type t other x
	ros-consume | jq -r '"bad \(.stream) \(.group) \(.id) \(.refused)"' | ros-ack
	run -0 redis --raw XRANGE ros:insights:dead - +
	[[ $output == *$'reason\nno-data'* ]]
	[ "$(pending)" -eq 0 ]
}

@test "a cut last line is ignored: its entry comes again" {
	deliver 2
	run -0 ros-ack < <(head -c -1 acks)
	[ "$output" = "ros-ack: line 2: cut off, ignored" ]
	[ "$(pending)" -eq 1 ]
}

@test "lines that are no ack lines are named with their number; the others count" {
	deliver 2
	{
		echo
		echo 'ack ros:insights ros:insights-workers'
		head -1 acks
		echo 'ack ros:insights ros:insights-workers 1-x'
		echo 'ack ros:insights ros:insights-workers 1-0 extra'
		echo 'bad ros:insights ros:insights-workers 1-0'
		echo 'bad ros:insights ros:insights-workers 1-0 Maria'
		echo 'ack ros:insights ros:insights-workers 99999999999999999999-0'
		tail -1 acks | sed 's/$/\r/'
		head -c 5000 /dev/zero | tr '\0' x
		echo
		tail -1 acks
	} > in
	run -1 --separate-stderr ros-ack < in
	[ "$(grep -c 'not an ack line' <<< "$stderr")" -eq 9 ]
	[ "$(cut -d' ' -f3 <<< "$stderr" | tr -d '\n')" = 1:2:4:5:6:7:8:9:10: ]
	[[ $stderr != *Maria* ]]
	[ "$(pending)" -eq 0 ]
}

@test "lines of another stream or group are refused" {
	deliver 1
	run -1 ros-ack < <(sed 's/ros:insights /other /' acks)
	[[ $output == *"line 1: of another stream or group"* ]]
	run -1 ros-ack --group other < acks
	[[ $output == *"line 1: of another stream or group"* ]]
	[ "$(pending)" -eq 1 ]
}

@test "acknowledging nothing at all where lines came in is a warning" {
	deliver 2
	ros-ack < acks
	run -0 ros-ack < acks
	[[ $output == *"nothing acknowledged: none of 2 entries was pending on file://"*"another bus?" ]]
}

@test "no lines: nothing to do, nothing said" {
	run -0 ros-ack < /dev/null
	[ -z "$output" ]
}

@test "thousands of lines" {
	event | jq -c '. as $e | range(2500) | $e' | ros-emit > /dev/null
	ros-consume | jq -r '"ack \(.stream) \(.group) \(.id)"' > acks
	[ "$(wc -l < acks)" -eq 2500 ]
	ros-ack < acks
	[ "$(pending)" -eq 0 ]
}

@test "what came is acknowledged before more comes, and SIGTERM ends it with 0" {
	deliver 2
	mkfifo pipe
	ros-ack < pipe 3>&- &
	pid=$!
	exec 9> pipe
	head -1 acks >&9
	wait_for 10 one_left
	kill -TERM $pid
	wait $pid
	exec 9>&-
}

one_left() {
	[ "$(pending)" -eq 1 ]
}

@test "redis: an unreachable server is 69" {
	run -69 ros-ack --bus "unix://$PWD/nowhere.sock" <<< 'ack ros:insights ros:insights-workers 1-0'
	[[ $output == *nowhere.sock* ]]
}

# An ack that has acknowledged the first of three entries, and whose server has died since; its other lines come by descriptor 9.
ack_without_server() {
	server
	deliver 3
	mkfifo pipe
	ros-ack --timeout 300 < pipe 2> messages 3>&- &
	pid=$!
	exec 9> pipe
	head -1 acks >&9
	wait_for 10 has_pending "$PWD/s" 2
	stop_server
	tail -2 acks >&9
	wait_for 10 grep -q 'trying again' messages
}

@test "redis: a server that died is waited for while lines may come; what was to be acknowledged then is" {
	ack_without_server
	server
	wait_for 20 has_pending "$PWD/s" 0
	exec 9>&-
	wait $pid
	stop_server
	[ "$(wc -l < messages)" -eq 1 ]
}

@test "redis: a server that stays away is 69 at the end of the lines, and it says how many were not acknowledged" {
	ack_without_server
	exec 9>&-
	status=0
	wait $pid || status=$?
	[ $status -eq 69 ]
	grep -q 'not acknowledged: 2 entries' messages
}

@test "redis: SIGTERM ends the wait for a server, within a second" {
	ack_without_server
	kill -TERM $pid
	within_a_second wait $pid
	exec 9>&-
	grep -q 'not acknowledged: 2 entries' messages
}

has_pending() {
	[ "$(redis-cli -s "$1" --raw XPENDING ros:insights ros:insights-workers | head -1)" -eq "$2" ]
}

@test "an operand is a usage error; a directory as input is 65" {
	run -64 ros-ack file
	run -65 ros-ack < .
}
