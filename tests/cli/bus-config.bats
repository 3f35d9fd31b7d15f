# ros-bus config: what it prints, and a server that runs with it, where each user may do what its tools do and nothing else.
load ../lib/common
load ../lib/production

setup_file() {
	export DIR=$BATS_FILE_TMPDIR/p
	production_files "$DIR"
	production_start "$DIR"
}

teardown_file() {
	kill -KILL "$production"
	wait "$production" || true
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export ROS_BUS=redis://redis.example
}

# cli USER COMMAND ...: as that user.
cli() {
	REDISCLI_AUTH=$(cat "$DIR/passwords/$1") redis-cli -s "$DIR/sock" --user "$1" "${@:2}"
}

@test "the JSON is valid by its schema, whatever the sizes" {
	need_node_modules ajv
	ros-bus config > a
	ros-bus config --format json --events-per-day 1000000000 --event-bytes 1048576 --retention 365 --replicas 16 --fsync everysec > b
	ros-bus config --events-per-day 1 --event-bytes 1 --retention 1 --stream s --group g > c
	node "$TOP/tests/lib/node/validate.js" "$TOP/schemas/redis-config.schema.json" a b c
	[ "$(jq -c '.stream | [.name, .dead_letters, .group]' c)" = '["s","s:dead","g"]' ]
	jq -e '.sizes.maxmemory_bytes > .sizes.entries * 2 * 1048576' b
}

@test "each line of redis.conf and of the users has its reason above it" {
	ros-bus config --format redis.conf --replicas 2 > conf
	ros-bus config --format acl --replicas 2 > acl
	for file in conf acl; do
		awk 'NF && !/^#/ && last !~ /^# ....../ { print; bad = 1 } { last = $0 } END { exit bad }' $file
	done
	[ "$(grep -c '^user ' acl)" -eq 7 ]
	[ "$(jq -r '.settings[] | "\(.name) \(.value)"' <<< "$(ros-bus config --replicas 2)")" = "$(grep -v '^#' conf | sed '/^$/d')" ]
}

@test "sizes: the cap is twice the retention, memory follows, a replica is waited for" {
	value() { ros-bus config --format redis.conf "${@:2}" | sed -n "s/^$1 //p"; }
	[ "$(ros-bus config --events-per-day 50000 --retention 10 | jq -r '.variables[] | select(.name == "INSIGHTS_MAX_LEN").value')" -eq 1000000 ]
	[ "$(value maxmemory --events-per-day 50000 --retention 10 --event-bytes 1360)" = 3045mb ]
	[ "$(value min-replicas-to-write)" = 0 ]
	[ "$(value min-replicas-to-write --replicas 1)" = 1 ]
	[ "$(value min-replicas-to-write --replicas 3)" = 2 ]
	[ "$(value appendfsync)" = always ]
	[ "$(value appendfsync --fsync everysec)" = everysec ]
	[ "$(ROS_BUS=redis://x:7000/2 value tls-port)" = 7000 ]
	[ "$(ROS_BUS=redis://x:7000/2 value databases)" = 3 ]
}

@test "an entry takes no more memory than is planned for it" {
	as ros-admin "$DIR"
	planned=$(ros-bus config --event-bytes "$(event | wc -c)" | jq .sizes.entry_bytes)
	redis-server --port 0 --unixsocket "$PWD/s" --save '' > log 2>&1 3>&- 4>&- &
	server=$!
	export ROS_BUS=unix://$PWD/s
	wait_for 10 redis-cli -s s PING
	unset ROS_REDIS_PASSWORD_FILE
	for n in {1..300}; do event ".stage = 1 + $n % 20 | .phi = {}"; done | ros-emit > /dev/null
	taken=$(($(redis-cli -s s MEMORY USAGE ros:insights SAMPLES 0) / 300))
	kill $server
	[ "$taken" -le "$planned" ]
	[ "$taken" -ge $((planned / 3)) ]
}

@test "no secret is printed: a password stands as its SHA-256; without one there is a word that no server takes" {
	ros-bus config --format acl --passwords "$DIR/passwords" > acl
	for user in ros-producer ros-worker ros-reader ros-monitor ros-admin; do
		grep -q "^user $user on #$(tr -d '\n' < "$DIR/passwords/$user" | sha256sum | cut -c 1-64) " acl
		run ! grep -F "$(cat "$DIR/passwords/$user")" acl
	done
	[ "$(ros-bus config --passwords "$DIR/passwords")" = "$(ros-bus config)" ]
	ros-bus config --format acl > acl
	run ! redis-server acl --port 0 --unixsocket "$PWD/s"
	mkdir weak
	echo short > weak/ros-producer
	run -78 --separate-stderr ros-bus config --format acl --passwords weak
	[[ $stderr == 'ros-bus: weak/ros-producer: a password has at least 32 bytes'* ]]
	[ -z "$output" ]
	run -78 ros-bus config --format acl --passwords "$PWD/none"
}

@test "what cannot be configured is refused" {
	run -78 --separate-stderr env -u ROS_BUS ros-bus config
	[ "$stderr" = 'ros-bus: config: the bus is a file, which has no server to configure: name one by --bus' ]
	run -78 --separate-stderr ros-bus config --stream 'a*'
	[ "$stderr" = "ros-bus: the name of the stream cannot stand in an access list: it has a '*'" ]
	run -64 ros-bus config --format yaml
	run -64 ros-bus config --events-per-day 0
	run -64 ros-bus config now
	run -74 bash -c 'ros-bus config > /dev/full'
}

@test "the server starts with it, over TLS with a certificate of the client only" {
	port=$(sed -n 's/^tls-port //p' "$DIR/redis.conf")
	tls() { redis-cli --tls --cacert "$DIR/tls/ca.crt" -h localhost -p "$port" "$@" PING 2>&1; }
	[[ $(tls --cert "$DIR/tls/redis.crt" --key "$DIR/tls/redis.key") == *NOAUTH* ]]
	[[ $(tls || true) != *NOAUTH* ]]
	[[ $(redis-cli -h localhost -p "$port" PING 2>&1 || true) != *NOAUTH* ]]
	[ "$(cli ros-admin CONFIG GET maxmemory-policy | tail -1)" = noeviction ]
	[ "$(cli ros-admin CONFIG GET maxmemory | tail -1)" -eq "$(ros-bus config | jq .sizes.maxmemory_bytes)" ]
}

@test "the whole pipe under these users, with a dead letter, a claim, a replay, a trim" {
	export ROS_DB=$PWD/ros.db
	as ros-admin "$DIR" && ros-bus create
	as ros-producer "$DIR"
	for n in 1 2 3; do event ".stage = $n | .invocation_id |= sub(\"^.\"; \"$n\")"; done | ros-emit > ids
	[ "$(wc -l < ids)" -eq 3 ]
	as ros-worker "$DIR"
	ros-consume --count 1 --consumer gone > /dev/null
	ros-consume --min-idle 0 > envelopes
	[ "$(wc -l < envelopes)" -eq 3 ]
	head -2 envelopes | ros-aggregate | ros-ack
	jq -r '"bad \(.stream) \(.group) \(.id) enum"' envelopes | tail -1 | ros-ack
	[ "$(sqlite3 ros.db 'SELECT count(*) FROM ai_invocations')" -eq 2 ]
	as ros-reader "$DIR"
	[ "$(ros-replay | wc -l)" -eq 3 ]
	[ "$(ros-bus groups --json | jq -r .pending)" -eq 0 ]
	[ "$(ros-bus dead list --json | jq -r .reason)" = enum ]
	ros-bus dead show "$(ros-bus dead list --json | jq -r .id)" | jq -e .invocation_id
	run -78 ros-bus dead drop --all
	run -78 ros-emit < <(event)
	as ros-admin "$DIR"
	cli ros-admin ACL LOG RESET
	as ros-monitor "$DIR" && ros-health > health || [ $? -le 2 ]
	[ -z "$(cli ros-admin ACL LOG)" ]
	as ros-admin "$DIR"
	ros-bus dead requeue --all
	[ "$(ros-bus trim --json | jq .trimmed)" -eq 3 ]
	run -0 --separate-stderr ros-bus info --json
	[ -z "$stderr" ]
	[ "$(jq -c '[.length, .dead, .appendfsync]' <<< "$output")" = '[1,0,"always"]' ]
	as ros-worker "$DIR" && ros-consume | ros-aggregate | ros-ack
	as ros-admin "$DIR" && ros-bus trim
}

@test "a producer that may not trim publishes up to the cap, and queues beyond it" {
	as ros-producer "$DIR"
	for n in 1 2 3 4; do event ".stage = $n"; done > events
	run -0 --separate-stderr ros-emit --max-len 3 events
	[ "$(grep -c -- - <<< "$output")" -ge 3 ]
	[[ $stderr == *'is full: 3 entries'* ]]
	as ros-worker "$DIR" && ros-consume | jq -r '"ack \(.stream) \(.group) \(.id)"' | ros-ack
	as ros-admin "$DIR" && ros-bus trim && ros-bus drain
	as ros-worker "$DIR" && ros-consume | jq -r '"ack \(.stream) \(.group) \(.id)"' | ros-ack
	as ros-admin "$DIR" && ros-bus trim
}

# The matrix: a command, and who may run it. Whoever is not named is refused.
matrix() {
	cat <<-'END'
		XADD ros:insights * data x:producer admin
		XADD ros:insights:dead * data x:worker
		XADD ros:insights:probe NOMKSTREAM * data x:monitor
		XADD other * data x:
		XREADGROUP GROUP ros:insights-workers c STREAMS ros:insights >:worker
		XREADGROUP GROUP ros:insights-workers c STREAMS ros:insights:dead >:
		XACK ros:insights ros:insights-workers 1-1:worker
		XCLAIM ros:insights ros:insights-workers c 0 1-1:worker
		XGROUP CREATE ros:insights ros:insights-workers 0:worker admin
		XGROUP DESTROY ros:insights none:
		XGROUP SETID ros:insights ros:insights-workers $:
		XGROUP DELCONSUMER ros:insights ros:insights-workers c:
		XRANGE ros:insights - + COUNT 1:worker reader monitor admin
		XRANGE ros:insights:dead - + COUNT 1:reader monitor admin
		XREVRANGE ros:insights + - COUNT 1:reader monitor admin
		XREAD COUNT 1 STREAMS ros:insights 0:reader
		XLEN ros:insights:producer worker reader monitor admin
		XLEN ros:insights:dead:producer worker reader monitor admin
		XLEN other:
		XPENDING ros:insights ros:insights-workers:producer worker reader monitor admin
		XINFO GROUPS ros:insights:reader monitor admin
		XTRIM ros:insights MINID 1:admin
		XTRIM ros:insights:dead MINID 1:
		XDEL ros:insights 1-1:
		XDEL ros:insights:dead 1-1:admin
		XSETID ros:insights 1-1:
		DEL ros:insights:
		RENAME ros:insights other:
		EXPIRE ros:insights 1:
		RESTORE ros:insights 0 x:
		SET ros:insights x:
		KEYS *:
		SCAN 0:
		FLUSHALL:
		EVAL return 0:
		CONFIG GET dir:admin
		CONFIG SET dir x:
		CONFIG REWRITE:
		ACL LIST:admin
		ACL SETUSER ros-reader +@all:
		ACL LOAD:
		INFO server:admin
		CLIENT LIST:
		CLIENT KILL ID 99999:
		MONITOR:
		SUBSCRIBE x:
		SLOWLOG GET:
		DEBUG SLEEP 0:
		MODULE LIST:
		REPLICAOF NO ONE:
		REPLCONF listening-port 1:
		SHUTDOWN:
		BGSAVE:
	END
}

# may USER COMMAND ...: whether the server lets the user run it.
may() {
	local reply
	reply=$(timeout 5 redis-cli -s "$DIR/sock" --user "$1" "${@:2}" < /dev/null 2>&1) || true
	[[ $reply != NOPERM* && $reply != 'ERR DEBUG command not allowed'* ]]
}

@test "each user may do what its tools do, and is refused the rest: users by commands" {
	set -f
	as ros-admin "$DIR" && ros-bus create
	while IFS= read -r row; do
		command=${row%:*} allowed=
		for user in producer worker reader monitor admin; do
			REDISCLI_AUTH=$(cat "$DIR/passwords/ros-$user")
			export REDISCLI_AUTH
			# shellcheck disable=SC2086 # the words of the command
			if may "ros-$user" $command; then allowed+=" $user"; fi
		done
		echo "$command:${allowed# }"
	done < <(matrix) > got
	set +f
	diff <(matrix) got
}

@test "with a replica: nothing is taken that it does not get, and it comes by TLS as its own user" {
	master=$PWD/m
	production_files "$master" --replicas 1
	production_start "$master"
	as ros-producer "$master"
	run -0 --separate-stderr ros-emit < <(event)
	[[ $stderr == *NOREPLICAS* ]]
	mkdir data
	{
		cat "$master/redis.conf"
		echo "masterauth $(cat "$master/passwords/ros-replica")"
	} > replica.conf
	setpriv --pdeathsig KILL redis-server replica.conf --tls-port 0 --unixsocket "$PWD/s" --dir "$PWD/data" \
		--replicaof localhost "$(sed -n 's/^tls-port //p' replica.conf)" > log 2>&1 3>&- 4>&- &
	replica=$!
	wait_for 30 grep -q 'MASTER <-> REPLICA sync: Finished' log
	drained() { ros-bus drain && redis-cli -s s --user ros-admin --pass "$(cat "$master/passwords/ros-admin")" --no-auth-warning XLEN ros:insights | grep -qx 1; }
	as ros-admin "$master"
	wait_for 20 drained
	kill -KILL $replica "$production"
	wait $replica "$production" || true
}

@test "nobody gets in without a name and a password" {
	[[ $(redis-cli -s "$DIR/sock" XLEN ros:insights) == NOAUTH* ]]
	[[ $(redis-cli -s "$DIR/sock" AUTH default '' 2>&1) == WRONGPASS* ]]
	[[ $(redis-cli -s "$DIR/sock" AUTH ros-admin x) == WRONGPASS* ]]
	as ros-admin "$DIR"
	run -78 --separate-stderr env ROS_REDIS_PASSWORD_FILE="$DIR/passwords/ros-reader" ros-bus info
	[[ $stderr == *WRONGPASS* ]]
}

@test "compose: a server that has both files, no root, nothing to write to but its data, and memory for a fork" {
	ros-bus config --format compose --events-per-day 100 > compose.yaml
	/usr/bin/python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))' < compose.yaml > c
	jq -e '.services.redis | .user == "redis" and .read_only and .cap_drop == ["ALL"] and (.volumes | length == 4) and
		.security_opt == ["no-new-privileges:true"]' c
	[ "$(jq -r .services.redis.mem_limit c)" = "$(($(ros-bus config --events-per-day 100 | jq .sizes.host_memory_bytes) >> 20))m" ]
}
