# ros-bus audit: on real servers, each finding by one that has it and one that has not.
load ../lib/common
load ../lib/production

setup_file() {
	export DIR=$BATS_FILE_TMPDIR/p
	redis_start --enable-protected-configs yes
	unset REDIS_URL
	production_files "$DIR"
	production_start "$DIR"
	as ros-admin "$DIR" && ros-bus create > /dev/null
}

teardown_file() {
	redis_stop
	kill -KILL "$production"
	wait "$production" || true
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset ROS_REDIS_PASSWORD_FILE
	export ROS_BUS=unix://$REDIS_SOCKET
	redis_flush
}

# open [OPTION ...]: the ids of what did not pass, in order, as found or unseen.
open() {
	{ ros-bus audit --format json "$@" || [ $? -eq 1 ]; } > audit
	jq -r '.checks[] | select(.state != "passed") | "\(.id) \(.state)"' audit
}

@test "a bare server, as it comes: the known list" {
	redis-server --port "$(free_port)" --unixsocket "$PWD/s" --dir "$PWD" > log 2>&1 3>&- 4>&- &
	server=$!
	wait_for 10 redis-cli -s s PING
	[ "$(open --bus "unix://$PWD/s")" = 'plain-port found
no-password found
default-user found
acl-breadth found
dangerous-commands found
read-log unseen
persistence found
encryption-at-rest unseen
replication found
memory-limit found
vulnerabilities unseen
group found' ]
	kill $server
	[ "$(jq -r '.checks[] | select(.id == "dangerous-commands").evidence' audit)" = \
		'default: flushall, config, acl, shutdown, debug, module, replicaof, eval, restore, keys, monitor' ]
	[ "$(jq -c '.counts | [.passed, .found, .unseen]' audit)" = '[19,9,3]' ]
	jq -e '.checks | all(.[]; (.hipaa | test("^45 CFR 164\\.3")) and .remedy != "" and .evidence != "" and .title != "")' audit
}

@test "a server with the configuration that ros-bus config prints: only what remains" {
	as ros-admin "$DIR"
	[ "$(open)" = 'read-log unseen
encryption-at-rest unseen
replication found
vulnerabilities unseen' ]
	run -0 ros-bus audit
	run -1 ros-bus audit --fail-on medium
	[[ ${lines[-1]} == '31 checks: 27 passed, 1 found, 3 not seen' ]]
	[ "$(jq -r .bus audit)" = "unix://$DIR/sock" ]
	run ! grep -F "$(cat "$DIR/passwords/ros-admin")" audit
}

@test "over TLS, as the client that the configuration wants" {
	as ros-admin "$DIR"
	export ROS_TLS_CA=$DIR/tls/ca.crt ROS_TLS_CERT=$DIR/tls/redis.crt ROS_TLS_KEY=$DIR/tls/redis.key ROS_REQUIRE_TLS=1
	ROS_BUS=rediss://ros-admin@localhost:$(sed -n 's/^tls-port //p' "$DIR/redis.conf")
	run -0 ros-bus audit --format json
	[ "$(jq -r '.checks[] | select(.id == "transport") | .evidence' <<< "$output")" = TLS ]
}

@test "what a user may not see is said with the right that it takes, and counts as found" {
	as ros-reader "$DIR"
	open > got
	[ "$(jq -r '.checks[] | select(.id == "dangerous-commands" or .id == "backup" or .id == "refusals").evidence' audit)" = \
'cannot be seen: this user lacks +acl|list, +acl|dryrun
cannot be seen: this user lacks +acl|log
cannot be seen: this user lacks +info, +config|get' ]
	run -1 ros-bus audit --fail-on critical
	as ros-producer "$DIR"
	open > got
	grep -qx 'last-write unseen' got
	[[ $(jq -r '.checks[] | select(.id == "group").evidence' audit) == 'cannot be seen: this user lacks +xlen +xrange'* ]]
	redis-cli -s "$DIR/sock" --user ros-admin --pass "$(cat "$DIR/passwords/ros-admin")" --no-auth-warning ACL LOG RESET
}

# A check, what makes the server have it, and what makes it not have it: commands of redis-cli, with / between them.
table() {
	cat <<-'END'
		plain-port|CONFIG SET bind * / CONFIG SET port PORT|CONFIG SET bind 127.0.0.1 / CONFIG SET port PORT
		plain-port|CONFIG SET bind * / CONFIG SET port PORT|CONFIG SET port 0
		protected-mode|CONFIG SET protected-mode no|CONFIG SET protected-mode yes
		client-certificate|TLS / CONFIG SET tls-auth-clients no|CONFIG SET tls-auth-clients yes
		old-tls|CONFIG SET tls-protocols TLSv1.1@TLSv1.2|CONFIG SET tls-protocols TLSv1.2@TLSv1.3
		old-tls|CONFIG SET tls-protocols tlsv1.1@tlsv1.2|CONFIG SET tls-port 0
		refusal-log|CONFIG SET acllog-max-len 10|CONFIG SET acllog-max-len 1024
		refusals|AUTH nobody x|ACL LOG RESET
		slow-log|CONFIG SET slowlog-log-slower-than -1|CONFIG SET slowlog-log-slower-than 10000
		slow-log|CONFIG SET slowlog-max-len 0|CONFIG SET slowlog-max-len 256
		persistence|CONFIG SET appendonly no|CONFIG SET appendonly yes
		fsync|CONFIG SET appendfsync everysec|CONFIG SET appendfsync always
		fsync|CONFIG SET appendfsync no|CONFIG SET appendonly no
		backup|CONFIG SET save @|CONFIG SET save 3600@1
		last-write|CONFIG SET dir /proc / BGSAVE|CONFIG SET dir DATA / BGSAVE
		eviction|CONFIG SET maxmemory-policy allkeys-lru|CONFIG SET maxmemory-policy volatile-lru
		eviction|CONFIG SET maxmemory-policy allkeys-lfu|CONFIG SET maxmemory-policy noeviction
		memory-limit|CONFIG SET maxmemory 0|CONFIG SET maxmemory 1gb
		memory-headroom|CONFIG SET maxmemory 100kb|CONFIG SET maxmemory 1gb
		stream-cap|ADD 8|XTRIM ros:insights MAXLEN 7
		retention|DEL ros:insights / XADD ros:insights 1-1 a b|DEL ros:insights
		group|DEL ros:insights|XGROUP CREATE ros:insights ros:insights-workers 0 MKSTREAM
		stuck|XADD ros:insights * a b / XREADGROUP GROUP ros:insights-workers c STREAMS ros:insights > / STUCK|FLUSHALL
		dead-letters|XADD ros:insights:dead * a b|DEL ros:insights:dead
	END
}

# commands TEXT: runs them; @ is a space within a word. Capitals alone are what takes more than a command.
commands() {
	local command id
	while IFS= read -r command; do
		read -ra words <<< "$command"
		words=("${words[@]//@/ }")
		words=("${words[@]/#PORT/$port}")
		words=("${words[@]/#DATA/$PWD}")
		case ${words[0]} in
		TLS)
			redis CONFIG SET tls-cert-file "$DIR/tls/redis.crt" tls-key-file "$DIR/tls/redis.key" tls-ca-cert-file "$DIR/tls/ca.crt" tls-port "$tls_port"
			;;
		ADD) for _ in $(seq "${words[1]}"); do redis XADD ros:insights '*' a b; done ;;
		STUCK)
			id=$(redis XPENDING ros:insights ros:insights-workers - + 1 | head -1)
			redis XCLAIM ros:insights ros:insights-workers c 0 "$id" IDLE 7200000
			;;
		BGSAVE)
			redis BGSAVE
			wait_for 10 bash -c "redis-cli -s $REDIS_SOCKET INFO persistence | grep -q 'rdb_bgsave_in_progress:0'"
			;;
		*) redis "${words[@]}" ;;
		esac
	done <<< "${1// \/ /$'\n'}" > /dev/null
}

@test "each finding: a server that has it, and one that has not" {
	port=$(free_port) tls_port=$(free_port)
	export INSIGHTS_MAX_LEN=10
	while IFS='|' read -r id bad good; do
		commands "$bad"
		open | grep -qx "$id found" || { echo "not found: $id after $bad"; false; }
		commands "$good"
		open | grep -q "^$id " && { echo "found: $id after $good"; false; }
	done < <(table)
	redis CONFIG SET maxmemory 0 appendonly no
}

@test "what is fixed when a server starts: changes while it runs" {
	export ROS_BUS=unix://$REDIS_SOCKET
	open | grep -qx 'runtime-changes found'
	as ros-admin "$DIR"
	run ! grep -q runtime-changes <<< "$(open)"
}

@test "a replica: without one, with one that nobody waits for, and one that lost its master" {
	port=$(free_port)
	redis CONFIG SET bind 127.0.0.1
	redis CONFIG SET port "$port"
	open | grep -qx 'replication found'
	setpriv --pdeathsig KILL redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --save '' --replicaof 127.0.0.1 "$port" > log 2>&1 3>&- 4>&- &
	replica=$!
	wait_for 20 bash -c "redis-cli -s $PWD/s INFO replication | grep -q master_link_status:up"
	wait_for 10 bash -c "redis-cli -s $REDIS_SOCKET INFO replication | grep -q connected_slaves:1"
	open > with
	run ! grep '^replication' with
	grep -qx 'replica-quorum found' with
	redis CONFIG SET min-replicas-to-write 1
	run ! grep '^replica-quorum' <<< "$(open)"
	run ! grep '^replication' <<< "$(open --bus "unix://$PWD/s")"
	redis CONFIG SET min-replicas-to-write 0
	redis CONFIG SET port 0
	redis CLIENT KILL TYPE replica
	wait_for 20 bash -c "redis-cli -s $PWD/s INFO replication | grep -q master_link_status:down"
	open --bus "unix://$PWD/s" | grep -qx 'replication found'
	[ "$(jq -r '.checks[] | select(.id == "replication").severity' audit)" = high ]
	kill $replica
	wait $replica || true
}

@test "SARIF is valid by the official schema, with a rule for each check" {
	need_node_modules ajv ajv-formats @microsoft/jest-sarif
	ros-bus audit --format sarif > bare || [ $? -eq 1 ]
	ros-bus audit --format sarif --bus "file://$PWD/b/bus.db" > file
	node "$TOP/tests/lib/node/sarif.js" bare
	node "$TOP/tests/lib/node/sarif.js" file
	open > got
	[ "$(jq -r '.runs[0] | .tool.driver.rules as $r | .results[] | "\($r[.ruleIndex].id) \({fail: "found", open: "unseen"}[.kind])"' bare)" = "$(cat got)" ]
	jq -e '.runs[0].results | all(.[]; (.level == "none") == (.kind == "open"))' bare
}

@test "names come from anybody: they are masked" {
	redis ACL SETUSER $'x\e[31m\a' on nopass
	run -1 ros-bus audit
	[[ $output == *'users: default, x?[31m?'* && $output != *$'\e'* ]]
	redis ACL DELUSER $'x\e[31m\a'
}

@test "1 from a level on: 0 where nothing is so severe" {
	run -1 ros-bus audit --fail-on critical
	export ROS_BUS=file://$PWD/b/bus.db
	ros-bus create > /dev/null
	run -0 ros-bus audit
	run -0 ros-bus audit --fail-on low
	run -1 ros-bus audit --fail-on note
	run -64 ros-bus audit --fail-on severe
	run -64 --separate-stderr ros-bus audit --format acl
	[ "$stderr" = 'ros-bus: audit has no format acl' ]
	run -64 ros-bus config --format sarif --bus redis://x
	run -64 ros-bus audit all
	run -64 --separate-stderr ros-bus audit --json
	[ "$stderr" = 'ros-bus: --json is not for audit: --format is' ]
	run -64 --separate-stderr ros-bus info --format json
	[ "$stderr" = 'ros-bus: --format is not for info' ]
	run -69 ros-bus audit --bus "unix://$PWD/none"
	run -74 bash -c 'ros-bus audit > /dev/full'
}

@test "a file bus: what applies to it, its mode and its state" {
	export ROS_BUS=file://$PWD/b/bus.db
	[ "$(open)" = 'encryption-at-rest unseen
group found' ]
	ros-bus create > /dev/null
	[ "$(jq -r '.checks[] | select(.id | startswith("file-")) | "\(.id) \(.state)"' audit)" = 'file-mode passed
file-place passed
file-sync passed' ]
	chmod 640 b/bus.db
	open | grep -qx 'file-mode found'
	[ "$(jq -r '.checks[] | select(.id == "file-mode").evidence' audit)" = "mode 0640, owner $(id -u)" ]
	chmod 600 b/bus.db
	event | ros-emit > /dev/null
	ros-consume | jq -r '"bad \(.stream) \(.group) \(.id) enum"' | ros-ack
	open | grep -qx 'dead-letters found'
}
