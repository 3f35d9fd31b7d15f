# For the tools of the bus, after common: each test has an empty file bus, and an empty private Redis that on_redis turns to.

setup_file() {
	redis_start
	unset REDIS_URL
}

teardown_file() {
	redis_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	redis_flush
}

on_redis() {
	export ROS_BUS=unix://$REDIS_SOCKET
}

# emit N: N events, with stages 1 to N; their ids are in the file ids.
emit() {
	for n in $(seq "$1"); do event ".stage = $n"; done | ros-emit > ids
}

# server: one of the test's own, which keeps what it confirmed, as the bus in use; started again it is the same. $server is its process.
server() {
	redis-server --port 0 --unixsocket "$PWD/s" --save '' --appendonly yes --appendfsync always --dir "$PWD" > redis.log 2>&1 < /dev/null 3>&- 4>&- 9>&- &
	server=$!
	wait_for 10 redis-cli -s "$PWD/s" PING > /dev/null
	export ROS_BUS=unix://$PWD/s
}

stop_server() {
	kill -KILL "$server" 2> /dev/null || true
	wait "$server" || true
}
