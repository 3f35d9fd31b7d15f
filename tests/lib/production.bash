# A server with the configuration that ros-bus config prints, in $BATS_FILE_TMPDIR; only its places are the test's own.

# certificates DIR: a CA, and what it has signed for localhost.
certificates() {
	mkdir "$1"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout "$1/ca.key" -out "$1/ca.crt"
	openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout "$1/redis.key" -out "$1/csr"
	openssl x509 -req -in "$1/csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -CAcreateserial -days 2 -copy_extensions copy -out "$1/redis.crt"
} 2> /dev/null

free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# passwords DIR: one for each user.
passwords() {
	mkdir "$1"
	for user in ros-producer ros-worker ros-reader ros-monitor ros-admin ros-replica; do
		(umask 077 && openssl rand -hex 32 > "$1/$user")
	done
}

# production_files DIR [OPTION ...]: redis.conf, users.acl and what they name, from ros-bus config with the options.
production_files() {
	local dir=$1 format
	mkdir -p "$dir/data"
	certificates "$dir/tls"
	passwords "$dir/passwords"
	for format in redis.conf acl; do
		ros-bus config --format $format --passwords "$dir/passwords" --bus "redis://localhost:$(free_port)" "${@:2}" |
			sed "s|/etc/redis|$dir|; s|/var/lib/redis|$dir/data|" > "$dir/$format"
	done
	mv "$dir/acl" "$dir/users.acl"
}

# production_start DIR [OPTION ...]: redis-server with these files, and a socket beside them. $production is its process, and dies with the test file.
production_start() {
	setpriv --pdeathsig KILL redis-server "$1/redis.conf" --bind 127.0.0.1 --unixsocket "$1/sock" "${@:2}" > "$1/log" 2>&1 < /dev/null 3>&- 4>&- &
	export production=$!
	wait_for 10 production_answers "$1"
}

production_answers() {
	[[ $(redis-cli -s "$1/sock" PING 2>&1) == *NOAUTH* ]]
}

# as USER DIR: the bus of the tools is that server, as this user.
as() {
	export ROS_BUS=unix://$1@$2/sock ROS_REDIS_PASSWORD_FILE=$2/passwords/$1
}
