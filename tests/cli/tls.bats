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
