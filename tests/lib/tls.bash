# For tests of TLS, after common: an authority, certificates and a Redis of the test's own that speaks TLS alone.

# authority NAME: NAME.crt and NAME.key.
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2> /dev/null
}

# certificate NAME AUTHORITY NAMES [DAYS]: NAME.crt and NAME.key for subjectAltName NAMES; with negative days it has expired.
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2> /dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -set_serial "0x$(openssl rand -hex 8)" -days "${4-2}" \
		-extfile <(echo "subjectAltName=$3") -out "$1.crt" 2> /dev/null
}

# tls_server CERTIFICATE [OPTION ...]: on a free port $port of the loopback, for clients of the authority `ca`; the process is $server.
tls_server() {
	local name=$1
	shift
	port=${port-$(free_port)}
	redis-server --bind 127.0.0.1 --port 0 --tls-port "$port" --unixsocket "$PWD/s" --tls-cert-file "$name.crt" --tls-key-file "$name.key" \
		--tls-ca-cert-file ca.crt --tls-auth-clients no --save '' --appendonly no --dir "$PWD" "$@" > redis.log 2>&1 < /dev/null 3>&- 4>&- &
	server=$!
	wait_for 10 tls_ready
}

tls_ready() {
	[ "$(local_redis PING 2> /dev/null)" = PONG ]
}

# local_redis COMMAND ...: past TLS.
local_redis() {
	redis-cli -s "$PWD/s" "$@"
}

# free_port: one that nobody listens on.
free_port() {
	python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

tls_stop() {
	kill -KILL "${server-}" 2> /dev/null || true
	wait "${server-}" 2> /dev/null || true
}
