# The bus over TLS, on real servers: who is trusted, what is said of who is not, and that nothing is lost.
load ../lib/common
load ../lib/tls

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	authority ca
	authority stranger
	certificate localhost ca DNS:localhost,IP:127.0.0.1
	certificate elsewhere ca DNS:elsewhere.example
	certificate expired ca DNS:localhost -1
	certificate stranger-server stranger DNS:localhost
	certificate client ca DNS:client
	certificate stranger-client stranger DNS:client
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/*.{crt,key} .
	event > in
	queued=0
	export ROS_TLS_CA=$PWD/ca.crt
}

teardown() {
	tls_stop
}

# tls CERTIFICATE [OPTION ...]: such a server, as the bus.
tls() {
	tls_server "$@"
	export ROS_BUS=rediss://localhost:$port
}

# accepted: what was queued goes to the bus, all of it.
accepted() {
	run -0 --separate-stderr ros-bus drain
	[ "$(local_redis XLEN ros:insights)" -eq "$queued" ]
}

# refused STATUS WORDS: so each tool of the bus ends, with these words; ros-emit keeps the event.
refused() {
	run "-$1" --separate-stderr ros-emit in
	[ "$output" = 'queued 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a' ]
	[[ $stderr == *"$2"*": events go to the local queue"* ]]
	queued=$((queued + 1))
	run "-$1" --separate-stderr ros-consume
	[[ $stderr == *"$2"* ]]
	run "-$1" --separate-stderr ros-ack <<< 'ack ros:insights ros:insights-workers 1-1'
	[[ $stderr == *"$2"* ]]
}

@test "the whole pipe goes over TLS, to a name and to an address" {
	tls localhost
	n=0
	for bus in "rediss://localhost:$port" "rediss://127.0.0.1:$port/0"; do
		export ROS_BUS=$bus
		n=$((n + 1))
		event ".invocation_id |= \"$n\" + .[1:]" | ros-emit
		ros-consume > envelopes
		ros-aggregate < envelopes > acks
		run -0 --separate-stderr ros-ack < acks
		[ -z "$stderr" ]
	done
	[ "$(sqlite3 "$ROS_STATE_DIR/ros.db" 'SELECT count(*) FROM ai_invocations')" -eq 2 ]
	[ "$(ros-bus info --json | jq .pending)" -eq 0 ]
}

@test "a batch of megabytes, and what comes back" {
	tls localhost
	event '.parameters.stop_sequences = [range(1000) | tostring]' > one
	for _ in {1..300}; do cat one; done | ros-emit > ids
	[ "$(wc -l < ids)" -eq 300 ]
	[ "$(ros-replay | wc -l)" -eq 300 ]
}

@test "a consumer that follows comes back to a server that was restarted" {
	tls localhost --appendonly yes
	mkfifo out
	ros-consume --follow > out 2> err 3>&- &
	consumer=$!
	exec 9< out
	ros-emit in
	read -r -u 9 -t 10 line
	tls_stop
	wait_for 10 grep -q 'trying again' err
	tls localhost --appendonly yes
	event '.invocation_id |= "1" + .[1:]' | ros-emit
	read -r -u 9 -t 20 line
	[ "$(jq -r .event.invocation_id <<< "$line")" = 1d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a ]
	kill "$consumer"
	wait "$consumer"
}

@test "a certificate for another host" {
	tls elsewhere
	refused 78 "rediss://localhost:$port: TLS: its certificate is for another host"
	export ROS_BUS=rediss://127.0.0.1:$port
	refused 78 "rediss://127.0.0.1:$port: TLS: its certificate is for another host"
}

@test "a certificate that has expired" {
	tls expired
	refused 78 'TLS: its certificate has expired'
}

@test "a certificate of an unknown authority; the system's authorities do not know it either" {
	tls stranger-server
	refused 78 'TLS: its certificate is of an authority that is not known here: ROS_TLS_CA names who is trusted'
	unset ROS_TLS_CA
	tls_stop
	tls localhost
	refused 78 'TLS: its certificate is of an authority that is not known here: ROS_TLS_CA names who is trusted'
	export ROS_TLS_CA=$PWD/ca.crt
	accepted
}

@test "a server that wants a client certificate says so, in TLS 1.3 and in 1.2" {
	tls localhost --tls-auth-clients yes
	refused 78 'TLS: it wants a client certificate: ROS_TLS_CERT and ROS_TLS_KEY name it'
	tls_stop
	tls localhost --tls-auth-clients yes --tls-protocols TLSv1.2
	refused 78 'TLS: it refuses us: it may want a client certificate (ROS_TLS_CERT, ROS_TLS_KEY), or no cipher is shared'
	ROS_TLS_CERT=$PWD/stranger-client.crt ROS_TLS_KEY=$PWD/stranger-client.key
	export ROS_TLS_CERT ROS_TLS_KEY
	refused 78 'TLS: it does not know the authority of our certificate (ROS_TLS_CERT)'
	ROS_TLS_CERT=$PWD/client.crt ROS_TLS_KEY=$PWD/client.key
	accepted
}

@test "many events at once to a server that refuses us: the words come although the connection is gone" {
	tls localhost --tls-auth-clients yes
	for _ in {1..300}; do cat in; done > many
	run -78 --separate-stderr ros-emit many
	[ "$(sort -u <<< "$output")" = 'queued 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a' ]
	[[ $stderr == *'it wants a client certificate'* ]]
}

@test "files of TLS that cannot be used are 78, and named" {
	tls localhost
	export ROS_TLS_CERT=$PWD/client.crt
	refused 78 'ROS_TLS_CERT is set, and ROS_TLS_KEY is not'
	export ROS_TLS_KEY=$PWD/localhost.key
	refused 78 "ROS_TLS_KEY $PWD/localhost.key: key values mismatch"
	chmod 644 client.key
	export ROS_TLS_KEY=$PWD/client.key
	refused 78 "ROS_TLS_KEY $PWD/client.key: its mode is 0644, and must be 0600"
	(umask 077 && openssl ec -in localhost.key -aes128 -passout pass:secret -out locked.key 2> /dev/null)
	export ROS_TLS_KEY=$PWD/locked.key
	refused 78 "ROS_TLS_KEY $PWD/locked.key: "
	export ROS_TLS_KEY=$PWD/none
	refused 78 "ROS_TLS_KEY $PWD/none: no such file or directory"
	export ROS_TLS_CERT=$PWD/in
	refused 78 "ROS_TLS_CERT $PWD/in: "
	export ROS_TLS_CA=$PWD/in
	refused 78 "ROS_TLS_CA $PWD/in: "
	export ROS_TLS_CA=$PWD/none
	refused 78 "ROS_TLS_CA $PWD/none: no such file or directory"
	unset ROS_TLS_KEY ROS_TLS_CERT
	export ROS_TLS_CA=$PWD/ca.crt
	accepted
}

listening() {
	(: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null
}

@test "no version below 1.2" {
	port=$(free_port)
	openssl s_server -accept "127.0.0.1:$port" -cert localhost.crt -key localhost.key -tls1_1 -cipher ALL:@SECLEVEL=0 -quiet > s_server.log 2>&1 3>&- 4>&- &
	server=$!
	export ROS_BUS=rediss://localhost:$port
	wait_for 10 listening
	refused 78 'TLS: it speaks no version from 1.2 on'
}

@test "a server without TLS, and one with, behind the other's URL; what waits for the one goes to the other when that is mended" {
	tls localhost
	export ROS_BUS=redis://localhost:$port
	refused 78 "redis://localhost:$port speaks TLS: its URL starts with rediss://"
	tls_stop
	redis-server --bind 127.0.0.1 --port "$port" --unixsocket "$PWD/s" --save '' --dir "$PWD" > redis.log 2>&1 < /dev/null 3>&- 4>&- &
	server=$!
	wait_for 10 tls_ready
	export ROS_BUS=rediss://localhost:$port INSIGHTS_EMIT_TIMEOUT_MS=300
	refused 78 "rediss://localhost:$port does not speak TLS: its URL starts with redis://"
	export ROS_BUS=redis://localhost:$port
	accepted
}

@test "nobody there is 69, and a server that says nothing is 75; ros-emit queues" {
	port=$(free_port)
	export ROS_BUS=rediss://localhost:$port INSIGHTS_EMIT_TIMEOUT_MS=300
	run -0 ros-emit in
	[[ $output == *"cannot reach rediss://localhost:$port: connection refused"* ]]
	run -69 ros-consume
	tls localhost
	kill -STOP "$server"
	run -0 ros-emit in
	[[ $output == *"cannot reach rediss://localhost:$port: no TLS handshake in time"* ]]
	run -75 ros-consume
	kill -CONT "$server"
	[ "$(ros-bus drain 2>&1 > /dev/null; local_redis XLEN ros:insights)" -eq 2 ]
}

# plain_server: without TLS, on all addresses of this host.
plain_server() {
	port=$(free_port)
	redis-server --port "$port" --unixsocket "$PWD/s" --save '' --protected-mode no --dir "$PWD" > redis.log 2>&1 < /dev/null 3>&- 4>&- &
	server=$!
	wait_for 10 tls_ready
}

@test "ROS_REQUIRE_TLS refuses plain TCP, and nothing else" {
	export ROS_REQUIRE_TLS=1
	plain_server
	export ROS_BUS=redis://localhost:$port
	refused 78 "redis://localhost:$port is plain TCP, and ROS_REQUIRE_TLS forbids it"
	ROS_BUS=unix://$PWD/s ros-emit in
	ROS_BUS=file://$PWD/bus.db ros-emit in
	ROS_REQUIRE_TLS=0 ros-emit in
	[ "$(local_redis XLEN ros:insights)" -eq 3 ]
	ROS_REQUIRE_TLS=on run -78 ros-emit in
	[ "$output" = "ros-emit: ROS_REQUIRE_TLS: 'on' is not 0 or 1" ]
}

@test "LIVE in clear to another host is a warning in each run, of who sends and of who reads; not on the loopback, with TLS, of DEMO" {
	make_key
	plain_server
	host=$(hostname -I | cut -d' ' -f1)
	[ -n "$host" ] || skip 'no address but the loopback'
	live > live
	cat live live in > both
	export ROS_BUS=redis://$host:$port
	for _ in 1 2; do
		run -0 --separate-stderr ros-emit both
		[ "$stderr" = 'ros-emit: LIVE events go over the network in clear: a bus with TLS has a URL that starts with rediss://' ]
		run -0 --separate-stderr ros-consume
		[ "$stderr" = 'ros-consume: LIVE events go over the network in clear: a bus with TLS has a URL that starts with rediss://' ]
	done
	run -0 --separate-stderr ros-emit in
	[ -z "$stderr" ]
	for bus in "redis://localhost:$port" "redis://127.0.0.2:$port" "redis://[::1]:$port" "unix://$PWD/s"; do
		run -0 --separate-stderr ros-emit --bus "$bus" live
		[ -z "$stderr" ]
	done
	tls_stop
	tls localhost
	run -0 --separate-stderr ros-emit live
	[ -z "$stderr" ]
}

@test "what the ACL of a user does not allow is named, the command and the stream, and the event waits" {
	tls localhost
	local_redis ACL SETUSER mute on '>pw' '~*' +@all -xadd
	local_redis ACL SETUSER other on '>pw' '~other' +@all
	local_redis ACL SETUSER dead on '>pw' '~ros:insights' +@all
	export ROS_BUS=rediss://mute:pw@localhost:$port
	run -78 --separate-stderr ros-emit in
	[[ $stderr == *"NOPERM this user has no permissions to run the 'xadd' command: XADD ros:insights: events go to the local queue"* ]]
	export ROS_BUS=rediss://other:pw@localhost:$port
	run -78 --separate-stderr ros-emit in
	[[ $stderr == *"NOPERM "*": XLEN ros:insights: events go to the local queue"* ]]
	run -78 --separate-stderr ros-consume
	[[ $stderr == *"NOPERM "*": XGROUP ros:insights" ]]
	run -78 --separate-stderr ros-ack <<< 'ack ros:insights ros:insights-workers 1-1'
	[[ $stderr == *"NOPERM "*": XACK ros:insights"* ]]
	export ROS_BUS=rediss://dead:pw@localhost:$port
	run -78 --separate-stderr ros-emit in
	[[ $stderr == *"NOPERM "*": XLEN ros:insights:dead: events"* ]]
	export ROS_BUS=rediss://localhost:$port
	queued=3
	accepted
}

@test "user and password: from the URL, and with the password from a file that is the owner's alone; they are never shown" {
	tls localhost
	local_redis ACL SETUSER alice on '>s3cret' '~*' +@all
	local_redis ACL SETUSER default off
	export ROS_BUS=rediss://alice@localhost:$port
	(umask 077 && echo s3cret > password && echo wr0ng > wrong)
	ROS_REDIS_PASSWORD_FILE=$PWD/password ros-emit in
	ros-emit --bus "rediss://alice:s3cret@localhost:$port" in
	[ "$(redis-cli -s "$PWD/s" --user alice --pass s3cret --no-auth-warning XLEN ros:insights)" -eq 2 ]
	run -78 ros-emit --verbose --bus "rediss://alice:s3cre@localhost:$port" in
	[[ $output == *WRONGPASS* && $output != *alice* && $output != *s3cre* ]]
	ROS_REDIS_PASSWORD_FILE=$PWD/wrong run -78 ros-emit --verbose in
	[[ $output == *WRONGPASS* && $output != *wr0ng* ]]
	chmod 640 password
	ROS_REDIS_PASSWORD_FILE=$PWD/password run -78 ros-emit in
	[ "$output" = "ros-emit: password file $PWD/password: its mode is 0640, and must be 0600" ]
	ros-consume --follow --bus "rediss://alice:s3cret@localhost:$port" > /dev/null 2>&1 3>&- &
	consumer=$!
	wait_for 10 eval '[[ $(tr "\0" " " < /proc/$consumer/cmdline) == *"rediss://************@localhost:$port"* ]]'
	kill "$consumer"
	wait "$consumer"
}

@test "no tool of the bus leaves a core dump, where passwords and keys would be" {
	tls localhost
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # it does not go together with strace
	for tool in 'ros-emit in' ros-consume ros-ack 'ros-bus info' ros-replay; do
		strace -e trace=prctl,connect -o trace $tool < /dev/null
		sed -n '/connect/q; /PR_SET_DUMPABLE, SUID_DUMP_DISABLE/p' trace > before
		[ -s before ]
	done
}
