# ros-health: under each fault the right state, the right words, within two seconds; what it prints, serves and runs.

load ../lib/common
load ../lib/buses
load ../lib/production

# No limits for what is a matter of the machine that the tests run on: its disks, how long it takes from an event to its entry, and for an answer.
CALM=$(printf -- ' --%s' {warn,crit}={state_free,database_free,event_age_p99,bus_latency}=none)' --timeout 8000'

# now: in milliseconds.
now() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# health STATUS PATTERN [OPTION ...]: the status, and words of the first line that match; within two seconds, and what the machine takes to start it.
health() {
	local status=0 before begin took
	before=$(now)
	ros-health --version > /dev/null
	begin=$(now)
	ros-health $CALM "${@:3}" > out 2> err || status=$?
	took=$(($(now) - begin))
	echo "$took ms, status $status: $(head -n 1 out | cut -d'|' -f1)"
	cat err
	[ $status -eq "$1" ]
	[[ $(head -n 1 out) == $2 ]]
	[ $took -lt $((${within:-2000} + 5 * (begin - before))) ]
}

# measure NAME: its value with its unit, as the last check printed it.
measure() {
	sed -nE "1s/.*\\| .*\\b$1=([^; ]+).*/\\1/p" out
}

# recent [SECONDS]: an event that is so old.
recent() {
	event ".timestamp = \"$(date -u -d "-${1:-0} seconds" +%Y-%m-%dT%H:%M:%S.%3NZ)\" | .invocation_id = \"$(cat /proc/sys/kernel/random/uuid)\""
}

record() {
	ros-consume | ros-aggregate | ros-ack
}

# all_well: a group, an event recorded and acknowledged, and seen by a check.
all_well() {
	recent | ros-emit > ids
	record
	health 0 'ROS OK - stream 1, lag 0, pending 0, dead 0, queued 0, last record * s | *'
}

teardown() {
	if [ -n "${server-}" ]; then
		kill -CONT "$server" 2> /dev/null || true
		stop_server
	fi
	[ -z "${listener-}" ] || kill -KILL "$listener" 2> /dev/null || true
}

# --- the bus ---

@test "all is well on the file bus and on Redis" {
	all_well
	on_redis
	all_well
}

@test "Redis is down: critical" {
	on_redis
	all_well
	export ROS_BUS=unix://user:S3CRET@$PWD/nobody
	health 2 "ROS CRITICAL - cannot reach unix://$PWD/nobody: no such file or directory | *"
	[ "$(measure lag)" = U ]
	! grep -r S3CRET out err "$ROS_STATE_DIR"
}

@test "Redis hangs: critical, in time, also where the database is locked" {
	server
	all_well
	lock_database "$ROS_STATE_DIR/ros.db"
	kill -STOP "$server"
	health 2 'ROS CRITICAL - no answer *' --timeout 1500
	within=4000 health 2 "ROS CRITICAL - no answer from $ROS_BUS within 3000 ms | *" --timeout 4000
	grep -x "WARNING: nothing can be recorded now: database $ROS_STATE_DIR/ros.db: database is locked" out
	unlock_database
}

@test "a signal ends a check that waits, within a second: unknown" {
	server
	kill -STOP "$server"
	ros-health --timeout 30000 > out 2> err 3>&- &
	checking=$!
	wait_for 10 pgrep -P $checking > children
	kill -TERM $checking
	ended() { wait $checking || status=$?; }
	within_a_second ended
	[ $status -eq 3 ]
	[ "$(cat out)" = 'ROS UNKNOWN - stopped by a signal' ]
	wait_for 10 bash -c '! ps -p "$(paste -sd, children)"'
}

# kill_probe [OPTION ...]: a check whose probe of the bus, which hangs, is killed.
kill_probe() {
	ros-health $CALM "$@" > out 2> err 3>&- &
	local checking=$! status=0
	waits_alone() { [ "$(pgrep -cP "$1")" -eq 1 ]; }
	wait_for 10 waits_alone $checking
	pkill -KILL -P $checking
	wait $checking || status=$?
	return $status
}

@test "a probe that is killed has not seen all: unknown, not well, unless something is critical" {
	server
	all_well
	kill -STOP "$server"
	run -3 kill_probe
	[[ $(head -n 1 out) == 'ROS UNKNOWN - the process that waited for the bus was ended by signal 9 | '* ]]
	run -2 kill_probe --crit database_size=1
	[[ $(head -n 1 out) == 'ROS CRITICAL - size of the database: '* ]]
	grep -x 'UNKNOWN: the process that waited for the bus was ended by signal 9' out
}

@test "Redis is full: critical, though it can be read" {
	server
	all_well
	redis-cli -s s CONFIG SET maxmemory 1
	health 2 'ROS CRITICAL - the bus takes no events: *OOM command not allowed* | *'
	[ "$(measure lag)" = 0 ]
}

@test "Redis is a read-only replica: critical" {
	server
	all_well
	redis-cli -s s REPLICAOF 127.0.0.1 1
	health 2 "ROS CRITICAL - the bus takes no events: *READONLY You can't write against a read only replica* | *"
}

@test "Redis cannot write its disk: critical" {
	server
	all_well
	redis-cli -s s CONFIG SET save '3600 1'
	mkdir dump.rdb
	redis-cli -s s BGSAVE
	wait_for 10 eval 'redis-cli -s s INFO persistence | grep -q rdb_last_bgsave_status:err'
	health 2 'ROS CRITICAL - the bus takes no events: *MISCONF* | *'
}

@test "Redis wants a password: critical; who may only look learns of a full server and of a replica as well" {
	server
	all_well
	redis-cli -s s ACL SETUSER eve on '>watch' '~ros:insights*' +@read +xinfo +xpending
	export ROS_BUS=unix://eve:watch@$PWD/s
	health 0 'ROS OK - stream 1, lag 0, *'
	redis-cli -s s ACL SETUSER eve +info
	health 0 'ROS OK - stream 1, lag 0, *'
	redis-cli -s s CONFIG SET maxmemory 1
	health 2 "ROS CRITICAL - the bus takes no events: unix://$PWD/s uses * bytes, more than its maxmemory of 1 | *"
	redis-cli -s s CONFIG SET maxmemory 0
	health 0 '*'
	redis-cli -s s REPLICAOF 127.0.0.1 1
	health 2 "ROS CRITICAL - the bus takes no events: unix://$PWD/s is a read-only replica | *"
	redis-cli -s s REPLICAOF NO ONE
	export ROS_BUS=unix://$PWD/s
	redis-cli -s s ACL SETUSER default off
	health 2 "ROS CRITICAL - *NOAUTH* | *"
}

@test "the reader of a production configuration is enough, over TLS as well" {
	production_files "$PWD/p"
	production_start "$PWD/p"
	as ros-admin "$PWD/p" && ros-bus create
	as ros-producer "$PWD/p" && recent | ros-emit > ids
	as ros-worker "$PWD/p" && record
	as ros-reader "$PWD/p"
	health 0 'ROS OK - stream 1, lag 0, *'
	export ROS_TLS_CA=$PWD/p/tls/ca.crt ROS_TLS_CERT=$PWD/p/tls/redis.crt ROS_TLS_KEY=$PWD/p/tls/redis.key
	export ROS_BUS=rediss://ros-reader@localhost:$(sed -n 's/^tls-port //p' p/redis.conf)
	health 0 'ROS OK - stream 1, lag 0, *'
	ROS_TLS_CA=$PWD/p/tls/redis.crt health 2 'ROS CRITICAL - *certificate*'
	kill "$production"
}

@test "the probe of whether it takes events leaves nothing behind" {
	on_redis
	all_well
	[ "$(redis KEYS '*')" = ros:insights ]
	[ "$(redis XLEN ros:insights)" = 1 ]
}

@test "the group does not exist yet: a warning; it has vanished: critical" {
	on_redis
	health 1 'ROS WARNING - the group ros:insights-workers does not exist yet; the database * does not exist yet | *'
	all_well
	redis XGROUP DESTROY ros:insights ros:insights-workers
	health 2 'ROS CRITICAL - the group ros:insights-workers has vanished | *'
	health 2 'ROS CRITICAL - the group ros:insights-workers has vanished | *'
	health 1 'ROS WARNING - the group others does not exist yet | *' --group others
	redis DEL ros:insights
	health 2 'ROS CRITICAL - the group ros:insights-workers has vanished | *'
	rm "$ROS_STATE_DIR"/health-*
	health 1 'ROS WARNING - the group ros:insights-workers does not exist yet | *'
}

@test "a file bus that does not exist yet is not made: a warning; one that has vanished: critical" {
	health 1 "ROS WARNING - the bus file://$ROS_STATE_DIR/bus.db does not exist yet; the database $ROS_STATE_DIR/ros.db does not exist yet | *"
	[ ! -e "$ROS_STATE_DIR/bus.db" ]
	[ ! -e "$ROS_STATE_DIR/ros.db" ]
	all_well
	rm "$ROS_STATE_DIR"/bus.db*
	health 2 "ROS CRITICAL - the bus file://$ROS_STATE_DIR/bus.db has vanished | *"
}

@test "a file bus that is damaged: critical" {
	all_well
	printf 'no database at all' | dd of="$ROS_STATE_DIR/bus.db" conv=notrunc status=none
	health 2 "ROS CRITICAL - *bus.db* | *"
}

@test "the group lags: by number and by age, counted right where Redis' own lag is not" {
	on_redis
	all_well
	for _ in 1 2 3; do recent; done | ros-emit > ids
	health 1 'ROS WARNING - entries that wait for the group: 3 (lag: above 2) | *' --warn lag=2
	health 2 'ROS CRITICAL - entries that wait for the group: 3 (lag: above 1) | *' --warn lag=0 --crit lag=1
	redis XDEL ros:insights "$(sed -n 1p ids)"
	[ -z "$(redis XINFO GROUPS ros:insights | grep -A1 -x lag | sed -n 2p)" ]
	health 0 '*'
	[ "$(measure lag)" = 2 ]

	redis DEL ros:insights
	redis XADD ros:insights "$(($(date +%s) - 400))000-0" type x data '{}'
	redis XGROUP CREATE ros:insights ros:insights-workers 0
	health 1 'ROS WARNING - age of the oldest entry that waits for the group: 40? s (lag_age: above 300) | *'
}

@test "entries are not acknowledged: by number and by age" {
	on_redis
	all_well
	redis DEL ros:insights
	redis XADD ros:insights "$(($(date +%s) - 4000))000-0" type x data '{}'
	redis XGROUP CREATE ros:insights ros:insights-workers 0
	redis XREADGROUP GROUP ros:insights-workers me STREAMS ros:insights '>'
	health 2 'ROS CRITICAL - age of the oldest entry not acknowledged: 400? s (pending_age: above 3600) | *'
	health 1 'ROS WARNING - entries given out and not acknowledged: 1 (pending: above 0) | *' --warn pending=0 --crit pending_age=none --warn pending_age=none
}

@test "the stream is near its cap" {
	all_well
	for _ in {1..8}; do recent; done | ros-emit > ids
	record
	health 1 'ROS WARNING - length of the stream, of its cap: 90 % (stream_fill: above 80) | *' --max-len 10
	INSIGHTS_MAX_LEN=9 health 2 'ROS CRITICAL - length of the stream, of its cap: 100 % (stream_fill: above 95) | *'
	grep -q ' stream_length=9;;;0;9 ' out
}

@test "there are dead letters" {
	on_redis
	all_well
	redis XADD ros:insights:dead '*' reason enum
	health 1 'ROS WARNING - dead letters: 1 (dead_letters: above 0) | *'
}

@test "events are old when they are published; those older than an hour are counted apart" {
	on_redis
	all_well
	[ "$(measure events_direct)" = 1 ]
	event | ros-emit >> ids
	health 0 '*'
	[ "$(measure events_late)" = 1 ]
	recent 30 | ros-emit >> ids
	health 2 'ROS CRITICAL - 99th percentile of the age of events when published: 3???? ms (event_age_p99: above 1000) | *' --crit event_age_p99=1000
	[ "$(measure events_direct)" = 2 ]
	health 1 'ROS WARNING - 99th percentile of *' --warn event_age_p99=50
	health 0 '*' --warn event_age_p99=60000
	recent 30 | ros-emit --stream old > ids
	redis EVAL "local e = redis.call('XRANGE', 'old', '-', '+')[1]; redis.call('XADD', 'older', ARGV[1], unpack(e[2]))" 0 "$(($(date +%s) - 301))000-0"
	health 1 '*' --stream older
	[ "$(measure events_direct)" = 0 ]
}

# --- the local queue ---

@test "events wait in the local queue; what came through it is told apart" {
	server
	all_well
	stop_server
	recent | ros-emit --timeout 100 > ids
	grep -q queued ids
	health 2 "ROS CRITICAL - cannot reach $ROS_BUS: * | *"
	[ "$(measure queue_depth)" = 1 ]
	sqlite3 "$ROS_STATE_DIR/queue.db" 'UPDATE entry SET ms = ms - 90000'
	server
	health 1 'ROS WARNING - age of the oldest event in the local queue: 9? s (queue_age: above 60) | *'
	health 2 'ROS CRITICAL - events in the local queue: 1 (queue_depth: above 0) | *' --crit queue_depth=0
	ros-bus drain
	health 0 '*'
	[ "$(measure queue_depth) $(measure queue_age) $(measure events_queued)" = '0 0s 1' ]
	[[ $(measure queued_age_p99) =~ ^[0-9]+ms$ ]]
	[ "$(measure events_direct)" = 1 ]
}

@test "a local queue that cannot be read: critical" {
	on_redis
	all_well
	echo 'no database at all, but long enough to be looked at' > "$ROS_STATE_DIR/queue.db"
	health 2 "ROS CRITICAL - local queue: *queue.db* | *"
}

# --- the database ---

@test "the database is locked for writers: a warning; for readers: critical" {
	all_well
	lock_database "$ROS_STATE_DIR/ros.db"
	within=4000 health 1 "ROS WARNING - nothing can be recorded now: database $ROS_STATE_DIR/ros.db: database is locked | *" --timeout 4000
	[[ $(measure aggregate_recorded) = 1 ]]
	unlock_database

	mkfifo hold
	sqlite3 "$ROS_STATE_DIR/ros.db" < hold > held 3>&- &
	exec 8> hold
	echo 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 1;' >&8
	wait_for 10 grep -q 1 held
	within=4000 health 2 "ROS CRITICAL - database $ROS_STATE_DIR/ros.db: database is locked | *" --timeout 4000
	health 2 'ROS CRITICAL - *' --timeout 1500
	exec 8>&-
	wait
	health 0 '*'
}

@test "the database does not exist yet: a warning; it has vanished: critical" {
	recent | ros-emit > ids
	ros-consume > lines
	health 1 "ROS WARNING - the database $ROS_STATE_DIR/ros.db does not exist yet | *"
	ros-aggregate lines | ros-ack
	health 0 '*'
	rm "$ROS_STATE_DIR"/ros.db*
	health 2 "ROS CRITICAL - the database $ROS_STATE_DIR/ros.db has vanished | *"
}

@test "the database has an unknown version, is another one, is none: critical" {
	all_well
	sqlite3 "$ROS_STATE_DIR/ros.db" 'PRAGMA user_version = 99'
	health 2 "ROS CRITICAL - $ROS_STATE_DIR/ros.db has version 99, this program knows * | *"
	sqlite3 "$ROS_STATE_DIR/ros.db" 'PRAGMA user_version = 1'
	health 2 "ROS CRITICAL - $ROS_STATE_DIR/ros.db has version 1, this program needs *: run ros-migrate up | *"
	sqlite3 other 'CREATE TABLE t (a)'
	health 2 'ROS CRITICAL - other is not a database of ros-insights | *' --db other
	head -c 9999 /dev/urandom > noise
	health 2 'ROS CRITICAL - database noise: file is not a database | *' --db noise
	health 2 'ROS CRITICAL - *'"$PWD"'*directory* | *' --db "$PWD"
	: > empty
	health 2 'ROS CRITICAL - empty has version 0, * | *' --db empty
}

@test "nothing was recorded for long" {
	all_well
	sqlite3 "$ROS_STATE_DIR/ros.db" 'UPDATE batch SET committed_ms = committed_ms - 2 * 86400000'
	health 1 'ROS WARNING - time since something was recorded: 1728?? s (aggregate_age: above 86400) | *'
}

@test "what cannot be written is not known: a database of somebody else is read" {
	all_well
	chmod -R a-w "$ROS_STATE_DIR"
	health 0 '*'
	chmod -R u+w "$ROS_STATE_DIR"
}

# --- disks ---

@test "the disk is full: critical, and what was seen is said not to be kept" {
	all_well
	mkdir disk
	cat > inside <<-'END'
		mount -t tmpfs -o size=4m none disk
		cp -a "$ROS_STATE_DIR"/bus.db "$ROS_STATE_DIR"/ros.db disk
		cat /dev/zero > disk/fill 2> /dev/null
		ROS_STATE_DIR=$PWD/disk ros-health
	END
	run -2 --separate-stderr unshare -rm bash inside
	[[ ${lines[0]} == 'ROS CRITICAL - '*'free on the disk of the state directory: 0 % (state_free: below 5)'* ]]
	[[ ${lines[0]} == *'free on the disk of the database: 0 % (database_free: below 5)'*' state_free=0%;10:;5:;0;100 '* ]]
	[[ $stderr == *"cannot write $PWD/disk/health-"*": no space left on device"* ]]
}

# --- what is printed ---

@test "limits: a wrong one is 3 on both outputs; none is none" {
	health 3 "ROS UNKNOWN - --warn: 'lags=1': there is no measure of that name" --warn lags=1
	grep -x "ros-health: --warn: 'lags=1': there is no measure of that name" err
	for wrong in lag lag= lag=x lag=-1 lag=1.5 =1 lag=99999999999999999999; do
		health 3 "ROS UNKNOWN - --crit: '$wrong'*" --crit "$wrong"
	done
	health 3 'ROS UNKNOWN - unexpected operand: lag' lag
	health 3 'ROS UNKNOWN - bus URL http://x: must start with*' --bus http://x
	health 3 '' --timeout 99
}

@test "text: the performance data are as the guidelines have them, and a bar in a name does not end the words" {
	all_well
	number='([0-9]+|U)' limit='([0-9]+:?)?'
	grep -qE "^ROS OK - [^|]+\|( [a-z0-9_]+=($number(ms|s|B|%)?);$limit;$limit;0(;[0-9]+)?){23}$" out
	[ "$(wc -l < out)" -eq 1 ]
	health 1 'ROS WARNING - the group a/b does not exist yet | bus_latency=*' --group 'a|b'
}

@test "json: one object; its limits are those of the page" {
	all_well
	health 0 '{"state":"OK",*' --format json
	jq -e '(.findings == []) and (.measures | length == 23) and .measures.lag == {value: 0, unit: "", state: "OK", warn: 10000, crit: 50000}' out
	ros-health --format json | jq -r '.measures | to_entries[] | [.key, (.value | .unit, .warn // "-", .crit // "-")] | @tsv' > measures
	sed -nE 's/^\.It ([a-z0-9_]+) Ta ("?[^ "]*"?) Ta ([^ ]+) Ta ([^ ]+) Ta .*/\1\t\2\t\3\t\4/p' "$TOP/man/ros-health.1" | tr -d '"' | diff - measures
	health 1 '*' --format json --group others
	jq -e '.findings == [{state: "WARNING", text: "the group others does not exist yet"}] and .measures.lag.value == null' out
}

@test "openmetrics: a parser of Prometheus' own takes it" {
	need_openmetrics
	all_well
	health 0 '*' --format openmetrics
	parse < out > samples
	grep -x 'ros_health{"ros_health": "ok"} 1' samples
	grep -x 'ros_stream_length{} 1' samples
	grep -x 'ros_health_measure{"measure": "lag"} 0' samples
	[ "$(grep -c '^ros_[a-z0-9_]*_\(seconds\|bytes\|ratio\){}' samples)" -ge 10 ]
	health 2 '*' --format openmetrics --db "$PWD" --bus "unix://$PWD/nobody"
	parse < out > samples
	grep -x 'ros_health{"ros_health": "critical"} 1' samples
	! grep ros_lag samples
}

@test "nothing of an event is printed, whatever stands in an entry" {
	on_redis
	all_well
	redis XADD ros:insights '*' type $'S3CRET\nx|y' data S3CRET timestamp S3CRET queued S3CRET S3CRET S3CRET
	redis XADD ros:insights:dead '*' type S3CRET data S3CRET reason S3CRET
	for format in text json openmetrics; do
		health 1 '*' --format $format
		! grep S3CRET out err
	done
}

@test "what was seen is kept for its owner alone, in a file that is damaged without harm" {
	all_well
	[ "$(stat -c %a "$ROS_STATE_DIR"/health-*)" = 600 ]
	head -c 5000 /dev/urandom > "$(echo "$ROS_STATE_DIR"/health-*)"
	health 0 '*'
	[ "$(cat "$ROS_STATE_DIR"/health-*)" = $'group\ndatabase' ]
	[ "$(ls -d "$ROS_STATE_DIR"/health-* | wc -l)" -eq 1 ]
	file=$(echo "$ROS_STATE_DIR"/health-*)
	mv "$file" elsewhere
	ln -s "$PWD/elsewhere" "$file"
	health 0 '*'
	grep -x "ros-health: $file is a symbolic link, and is not followed" err
	[ -L "$file" ]
}

# --- the command ---

@test "exec: a command is run when the state changes, not while it lasts, and not within the cool-down" {
	on_redis
	all_well
	tell='echo "$ROS_HEALTH_PREVIOUS $ROS_HEALTH_STATE $ROS_HEALTH_TEXT" >> told; echo on stderr'
	health 0 '*' --exec "$tell"
	[ ! -e told ]
	redis XADD ros:insights:dead '*' reason enum
	for _ in 1 2; do health 1 '*' --exec "$tell"; done
	[ "$(cat told)" = 'OK WARNING dead letters: 1 (dead_letters: above 0)' ]
	redis DEL ros:insights:dead
	health 0 '*' --exec "$tell"
	[ "$(wc -l < told)" -eq 1 ]
	health 0 '*' --exec "$tell" --cool-down 0
	[[ $(sed 1d told) == 'WARNING OK stream 1, lag 0,'* ]]
	[ "$(cat err)" = 'on stderr' ]
	[ "$(wc -l < out)" -eq 1 ]
}

@test "exec: variables of the same names from outside do not hide those of the check" {
	all_well
	ROS_HEALTH_STATE=OK ROS_HEALTH_TEXT=outside health 2 'ROS CRITICAL*' --bus "unix://$PWD/nobody" --exec 'echo "$ROS_HEALTH_STATE $ROS_HEALTH_TEXT" > told'
	[[ $(cat told) == 'CRITICAL cannot reach '* ]]
}

@test "exec: a command that fails is said, and changes nothing" {
	all_well
	export ROS_BUS=unix://$PWD/nobody
	health 2 'ROS CRITICAL*' --exec 'exit 3'
	grep -x 'ros-health: the command of --exec failed with status 3' err
	rm "$ROS_STATE_DIR"/health-*
	health 2 'ROS CRITICAL*' --exec 'kill -9 $$'
	grep -x 'ros-health: the command of --exec was ended by signal 9' err
}

@test "exec: a command that hangs is killed after ten seconds, with all that it started" {
	all_well
	run -2 --separate-stderr ros-health --bus "unix://$PWD/nobody" --exec 'sleep 1234 & echo $! > pid; wait'
	[ "$stderr" = 'ros-health: the command of --exec took longer than 10000 ms and was killed' ]
	wait_for 10 bash -c '! kill -0 "$(cat pid)"'
}

# --- over HTTP ---

# listen [OPTION ...]: starts it on a free port; $listener is its process, $port where it is.
listen() {
	ros-health $CALM --listen 0 "$@" > listening 2> log 3>&- &
	listener=$!
	wait_for 10 grep -q '^listening on port [0-9]' listening
	port=$(sed 's/.* //' listening)
}

# get PATH [METHOD]: status, content type and body, a line each; within a second.
get() {
	python3 -c 'import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=1)
c.request(sys.argv[3], sys.argv[2])
r = c.getresponse()
print(r.status, r.getheader("Content-Type"))
sys.stdout.write(r.read().decode())' "$port" "$1" "${2:-GET}"
}

is_ready() {
	[[ $(get /readyz) == "$1 "* ]]
}

need_openmetrics() {
	"$TOP/build/python/bin/python" -c 'import prometheus_client' 2> /dev/null || skip 'PyPI registry: prometheus_client is not installed'
}

# parse: the samples of OpenMetrics text, a line each.
parse() {
	"$TOP/build/python/bin/python" -c 'import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    assert family.documentation, family
    for s in family.samples:
        print("%s%s %g" % (s.name, json.dumps(s.labels), s.value))'
}

stop_listener() {
	kill -TERM "$listener"
	wait "$listener"
	listener=
}

@test "listen: alive, ready with words, metrics; a signal ends it with 0" {
	need_openmetrics
	server
	all_well
	listen --interval 1 --timeout 1500
	wait_for 10 is_ready 200
	[ "$(get /healthz)" = $'200 text/plain; charset=utf-8\nalive' ]
	[[ $(get /readyz | sed -n 2p) == 'OK: stream 1, lag 0,'* ]]
	[ "$(get /metrics | sed -n 1p)" = '200 application/openmetrics-text; version=1.0.0; charset=utf-8' ]
	get /metrics | sed 1d | parse > samples
	grep -x 'ros_health{"ros_health": "ok"} 1' samples
	redis-cli -s s XADD ros:insights:dead '*' reason enum
	wait_for 10 eval 'get /readyz | grep -q WARNING'
	is_ready 200
	kill -STOP "$server"
	wait_for 10 is_ready 503
	[[ $(get /readyz | sed -n 2p) == 'CRITICAL: no answer '* ]]
	get /healthz
	kill -CONT "$server"
	wait_for 10 is_ready 200
	[ "$(sed -n 1p log)" = 'ros-health: WARNING: dead letters: 1 (dead_letters: above 0)' ]
	[[ $(sed -n 2p log) == 'ros-health: CRITICAL: no answer '* ]]
	within_a_second stop_listener
}

@test "listen: only GET and HEAD of what there is; HEAD has no body" {
	listen
	[ "$(get /healthz HEAD)" = '200 text/plain; charset=utf-8' ]
	[[ $(get / | sed 1q) == '404 '* ]]
	[[ $(get /healthz/../metrics | sed 1q) == '404 '* ]]
	for method in POST PUT DELETE OPTIONS BREW; do
		[[ $(get /healthz $method | sed 1q) == '405 '* ]]
	done
	stop_listener
}

@test "listen: any number of scrapes costs the bus nothing, and slow or broken clients hold nobody up" {
	on_redis
	all_well
	listen --interval 3600
	wait_for 10 is_ready 200
	commands() { redis INFO stats | tr -d '\r' | sed -n 's/^total_commands_processed://p'; }
	before=$(commands)
	exec 5<> "/dev/tcp/127.0.0.1/$port" 6<> "/dev/tcp/127.0.0.1/$port"
	printf 'GET /met' >&5
	head -c 3000 /dev/urandom >&6
	for _ in {1..20}; do get /metrics > metrics; done
	grep -qx '# EOF' metrics
	[ "$(commands)" -eq $((before + 1)) ]
	exec 5>&- 6>&-
	within_a_second stop_listener
}

@test "listen: the command is run beside it, and is gone with it; no process is left behind" {
	server
	all_well
	listen --interval 1 --exec 'echo "$ROS_HEALTH_STATE" >> told; sleep 1234'
	wait_for 10 is_ready 200
	stop_server
	wait_for 10 grep -qx CRITICAL told
	is_ready 503
	wait_for 10 pgrep -P "$listener" > /dev/null
	! ps --ppid "$listener" -o stat= | grep Z
	group=$(pgrep -P "$listener" -f sleep)
	within_a_second stop_listener
	wait_for 10 bash -c "! pgrep -g $group"
}

@test "listen: a place that is none is 3, as is one that is taken; one that others can reach is a warning" {
	for wrong in '' x 1.2.3.4 localhost:80 127.0.0.1:65536 '[::1]' :80 127.0.0.1:; do
		run -3 --separate-stderr ros-health --listen "$wrong"
		[ -z "$output" ]
		[[ $stderr == "ros-health: --listen: '$wrong' is not ADDR:PORT or PORT, with an address in numbers" ]]
	done
	listen
	run -3 --separate-stderr ros-health --listen "127.0.0.1:$port"
	[ "$stderr" = "ros-health: cannot listen on 127.0.0.1:$port: address already in use" ]
	stop_listener
	listen --listen 0.0.0.0:0
	wait_for 5 grep -qx 'ros-health: 0.0.0.0:0: other hosts can reach it, and it asks nobody who they are' log
	stop_listener
}
