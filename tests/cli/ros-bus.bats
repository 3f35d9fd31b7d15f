# ros-bus: stream and group, where they stand, trimming, dead letters.
load ../lib/common
load ../lib/buses

# deliver [OPTION ...]: as ros-consume; the ack lines are in acks.
deliver() {
	ros-consume "$@" | jq -r '"ack \(.stream) \(.group) \(.id)"' > acks
}

# bury N [REASON]: N events become dead letters; their ids are in the file letters.
bury() {
	emit "$1"
	deliver
	sed "s/^ack/bad/; s/\$/ ${2-enum}/" acks | ros-ack
	ros-bus dead list --json | jq -r .id > letters
}

creates() {
	run -0 --separate-stderr ros-bus create --json
	[ "$(jq -c . <<< "$output")" = '{"stream":"ros:insights","stream_made":true,"group":"ros:insights-workers","group_made":true}' ]
	run -0 ros-bus create
	[ "$(grep -c 'made  *no$' <<< "$output")" -eq 2 ]
	run -0 ros-bus create --group other --json
	[ "$(jq -c '[.stream_made, .group, .group_made]' <<< "$output")" = '[false,"other",true]' ]
	emit 2
	[ "$(ros-consume --group other | jq .event.stage | tr -d '\n')" = 12 ]
	[ "$(ros-bus groups --json | jq -r .group)" = $'other\nros:insights-workers' ]
}

@test "file: create makes stream and group at 0, and says what was missing" { creates; }
@test "redis: create makes stream and group at 0, and says what was missing" { on_redis; creates; }

tells() {
	run -0 --separate-stderr ros-bus info --json
	[ "$(jq -c '[.length, .first, .last, .groups, .group, .pending, .dead]' <<< "$output")" = '[0,null,null,0,null,null,0]' ]
	bury 1
	emit 4
	deliver --count 3
	head -1 acks | ros-ack
	ros-bus info --json > out
	[ "$(jq -c '[.length, .groups, .group, .pending, .dead]' out)" = '[5,1,"ros:insights-workers",2,1]' ]
	[ "$(jq -r .last out)" = "$(tail -1 ids)" ]
	last=$(jq -r '.last | sub("-.*"; "") | tonumber / 1000 | floor | todate | sub("Z"; "")' out)
	[[ $(jq -r .last_time out) == "$last".*Z ]]
	[ "$(jq -r .bus out)" = "$(ros-bus info | sed -n 's/^bus  *//p')" ]
	[ "$(ros-bus info | awk '$1 == "length" || $1 == "pending" { print $2 }' | tr -d '\n')" = 52 ]
}

@test "file: info counts, and gives the ends with their times" {
	tells
	[ "$(jq -r .bus out)" = "file://$ROS_STATE_DIR/bus.db" ]
	[ "$(jq -c '[.appendonly, .appendfsync, .maxmemory_policy]' out)" = '[null,null,null]' ]
	run -0 --separate-stderr ros-bus info
	[ -z "$stderr" ]
}
@test "redis: info counts, and gives the ends with their times" {
	on_redis
	tells
	[ "$(jq -r .bus out)" = "$ROS_BUS" ]
	[ "$(jq -c '[.appendonly, .appendfsync, .maxmemory_policy]' out)" = '["no","everysec","noeviction"]' ]
}

@test "info warns from 80 % of the cap on" {
	emit 4
	run -0 --separate-stderr ros-bus info --json --max-len 6
	[ "$(jq -c '[.max_len, .percent]' <<< "$output")" = '[6,66]' ]
	[ -z "$stderr" ]
	INSIGHTS_MAX_LEN=5 run -0 --separate-stderr ros-bus info --json
	[ "$(jq -c '[.max_len, .percent]' <<< "$output")" = '[5,80]' ]
	[ "$stderr" = 'ros-bus: the stream ros:insights is 80 % full: 4 entries of at most 5' ]
}

@test "redis: info warns of what a crash or a lack of memory costs" {
	on_redis
	run -0 --separate-stderr ros-bus info
	[ "$stderr" = 'ros-bus: a crash of the server loses what it has confirmed since its last snapshot: appendonly is no, not yes' ]
	redis CONFIG SET appendonly yes
	run -0 --separate-stderr ros-bus info
	[ "$stderr" = 'ros-bus: a crash of the server may lose what it has confirmed: appendfsync is everysec, not always' ]
	redis CONFIG SET appendfsync always
	run -0 --separate-stderr ros-bus info
	[ -z "$stderr" ]
	redis CONFIG SET maxmemory-policy allkeys-lru
	run -0 --separate-stderr ros-bus info
	[ "$stderr" = 'ros-bus: the server may evict the stream: maxmemory-policy is allkeys-lru, not noeviction' ]
	redis CONFIG SET maxmemory-policy noeviction
	redis CONFIG SET appendonly no
	redis CONFIG SET appendfsync everysec
}

@test "redis: a server that keeps its settings to itself: they are unknown, and nothing is said of them" {
	redis ACL SETUSER quiet on '>secret' '~*' +@all -config
	run -0 --separate-stderr ros-bus info --json --bus "unix://quiet:secret@$REDIS_SOCKET"
	[ -z "$stderr" ]
	[ "$(jq -c '[.length, .appendonly, .appendfsync, .maxmemory_policy]' <<< "$output")" = '[0,null,null,null]' ]
	[ "$(jq -r .bus <<< "$output")" = "unix://$REDIS_SOCKET" ]
}

groups() {
	run -0 ros-bus groups
	[ -z "$output" ]
	emit 9
	deliver --count 2 --consumer one
	deliver --count 3 --consumer two
	head -1 acks | ros-ack
	ros-bus create --group late > /dev/null
	ros-bus groups --json > out
	[ "$(jq -c '[.group, .pending, .oldest, .delivered, .waiting]' out)" = \
		"[\"late\",0,null,\"0-0\",9]
[\"ros:insights-workers\",4,\"$(head -1 ids)\",\"$(sed -n 5p ids)\",4]" ]
	[ "$(jq -c 'select(.pending > 0).consumers | map([.name, .pending])' out)" = '[["one",2],["two",2]]' ]
	jq -se '.[1].idle_ms >= 0 and .[0].idle_ms == null and (.[1].consumers | all(.idle_ms >= 0))' out
	run -0 ros-bus groups
	[[ ${lines[0]} == GROUP*PENDING*IDLE_MS*OLDEST*DELIVERED*WAITING ]]
	[[ ${lines[1]} == late*0*-*-*0-0*9 ]]
	[[ ${lines[3]} == '  one '*2* ]]
}

@test "file: groups says what each has had, what is pending with whom, what waits" { groups; }
@test "redis: groups says what each has had, what is pending with whom, what waits" { on_redis; groups; }

@test "redis: what waits is counted right after a deletion and a trim" {
	on_redis
	emit 9
	deliver --count 2
	redis XDEL ros:insights "$(sed -n 4p ids)"
	[ "$(ros-bus groups --json | jq .waiting)" -eq 6 ]
	redis XTRIM ros:insights MINID "$(sed -n 7p ids)"
	[ "$(ros-bus groups --json | jq .waiting)" -eq 3 ]
}

@test "redis: names from elsewhere are masked" {
	on_redis
	redis XADD ros:insights '*' type t
	redis XGROUP CREATE ros:insights $'a\e[31m\xff' 0
	run -0 ros-bus groups --json
	[ "$(jq -r .group <<< "$output")" = 'a?[31m?' ]
}

trims() {
	run -0 ros-bus trim --json
	[ "$output" = '{"trimmed":0}' ]
	emit 5
	run -0 ros-bus trim --json
	[ "$output" = '{"trimmed":0}' ]
	deliver --count 4
	head -2 acks | ros-ack
	run -0 ros-bus trim --older 1 --json
	[ "$output" = '{"trimmed":0}' ]
	run -0 ros-bus trim
	[[ $output =~ ^trimmed\ +2$ ]]
	[ "$(ros-replay | jq -r .id)" = "$(tail -3 ids)" ]
	ros-bus create --group late > /dev/null
	ros-ack < acks
	run -0 ros-bus trim --json
	[ "$output" = '{"trimmed":0}' ]
}

@test "file: trim removes what every group has acknowledged, nothing else" { trims; }
@test "redis: trim removes what every group has acknowledged, nothing else" { on_redis; trims; }

@test "redis: trim --older keeps what is younger, and what a group needs, however old" {
	on_redis
	now=$(date +%s)
	for days in 40 31 29 1; do
		redis XADD ros:insights $(((now - days * 86400) * 1000))-0 type t data "$(event ".stage = $days % 20")"
	done
	run -0 ros-bus trim --older 30 --json
	[ "$output" = '{"trimmed":0}' ]
	deliver
	sed 2d acks | ros-ack
	run -0 ros-bus trim --older 30 --json
	[ "$output" = '{"trimmed":1}' ]
	ros-ack < acks
	run -0 ros-bus trim --older 30 --json
	[ "$output" = '{"trimmed":1}' ]
	[ "$(ros-replay | jq .event.stage | tr '\n' ' ')" = '9 1 ' ]
}

lists() {
	run -0 ros-bus dead list
	[ -z "$output" ]
	bury 2
	ros-bus dead list --json > out
	[ "$(jq -c '[.reason, .original_id, .bytes]' out)" = \
		"$(while read -r id; do echo "[\"enum\",\"$id\",$(ros-replay | jq -c .event | head -1 | tr -d '\n' | wc -c)]"; done < ids)" ]
	jq -e '.time | test("^20[0-9-]+T[0-9:.]+Z$")' out
	run -0 ros-bus dead list
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == ID*TIME*REASON*ORIGINAL_ID*BYTES ]]
	[[ ${lines[1]} == "$(head -1 letters) "*" enum "*" $(head -1 ids) "* ]]
	[[ $output != *MINI* ]]
	[ "$(ros-bus dead show "$(tail -1 letters)")" = "$(ros-replay | jq -c .event | tail -1)" ]
}

@test "file: dead list shows nothing of the events, dead show the event as it is" { lists; }
@test "redis: dead list shows nothing of the events, dead show the event as it is" { on_redis; lists; }

requeues() {
	bury 3
	run -0 ros-bus dead requeue "$(head -1 letters)" "$(tail -1 letters)"
	[[ $output =~ ^requeued\ +2$ ]]
	[ "$(ros-bus dead list --json | jq -r .id)" = "$(sed -n 2p letters)" ]
	[ "$(ros-consume | jq -c '[.event.stage, .deliveries]')" = $'[1,1]\n[3,1]' ]
	run -1 --separate-stderr ros-bus dead requeue --json 1-1 "$(sed -n 2p letters)" "$(head -1 letters)"
	[ "$output" = '{"requeued":1}' ]
	[ "$stderr" = "ros-bus: there is no dead letter 1-1
ros-bus: there is no dead letter $(head -1 letters)" ]
	[ "$(ros-bus info --json | jq .dead)" -eq 0 ]
}

@test "file: dead requeue publishes again; an unknown letter is named, and is 1" { requeues; }
@test "redis: dead requeue publishes again; an unknown letter is named, and is 1" { on_redis; requeues; }

@test "redis: what is requeued keeps every field, also source and number" {
	on_redis
	redis XADD ros:insights '*' type t data "$(event)" source host-0 sequence 42 > id
	redis --raw XRANGE ros:insights - + | sed 1d > before
	ros-consume | jq -r '"bad \(.stream) \(.group) \(.id) enum"' | ros-ack
	ros-bus dead requeue --all
	redis --raw XRANGE ros:insights "($(cat id)" + | sed 1d | cmp - before
	[ "$(ros-consume | jq -c '[.source, .sequence]')" = '["host-0",42]' ]
}

unkept() {
	bury 1 not-json
	bury 2
	first=$(head -1 letters)
	digest=$(ros-replay | jq -c .event | head -1 | tr -d '\n' | sha256sum | cut -d' ' -f1)
	[ "$(ros-bus dead list --json | jq -c '[.reason, .bytes == null]' | head -1)" = '["not-json",true]' ]
	run -1 --separate-stderr ros-bus dead show "$first"
	[ -z "$output" ]
	[ "$stderr" = "ros-bus: the data of dead letter $first was not kept; its SHA-256 is $digest" ]
	run -1 --separate-stderr ros-bus dead requeue --all --json
	[ "$output" = '{"requeued":2}' ]
	[ "$stderr" = "ros-bus: the data of dead letter $first was not kept" ]
	[ "$(ros-bus dead list --json | jq -r .id)" = "$first" ]
}

@test "file: a letter whose data was not kept is named, and stays; the others are requeued" { unkept; }
@test "redis: a letter whose data was not kept is named, and stays; the others are requeued" { on_redis; unkept; }

drops() {
	bury 4
	run -0 ros-bus dead drop "$(head -1 letters)" --json
	[ "$output" = '{"dropped":1}' ]
	run -1 --separate-stderr ros-bus dead drop "$(head -1 letters)" --json
	[ "$output" = '{"dropped":0}' ]
	[ "$stderr" = "ros-bus: there is no dead letter $(head -1 letters)" ]
	run -0 ros-bus dead drop --all --json
	[ "$output" = '{"dropped":3}' ]
	run -0 ros-bus dead drop --all --json
	[ "$output" = '{"dropped":0}' ]
	[ "$(ros-bus info --json | jq -c '[.length, .dead]')" = '[4,0]' ]
	run -1 ros-bus dead show "$(tail -1 letters)"
	[ "$output" = "ros-bus: there is no dead letter $(tail -1 letters)" ]
}

@test "file: dead drop removes letters, --all of them" { drops; }
@test "redis: dead drop removes letters, --all of them" { on_redis; drops; }

@test "redis: letters from elsewhere are listed without what they say" {
	on_redis
	redis XADD ros:insights:dead '*' data '{"a":1}' reason 'Maria is no uuid' original_id 'Maria'
	redis XADD ros:insights:dead '*' x Maria
	run -0 ros-bus dead list --json
	[ "$(jq -c '[.reason, .original_id, .bytes]' <<< "$output")" = $'[null,null,7]\n[null,null,null]' ]
	run -1 ros-bus dead show "$(jq -r .id <<< "${lines[1]}")"
	[[ $output == *'has no data' ]]
}

@test "a letter is mended by show, jq, ros-emit and drop; many are chosen by jq" {
	bury 2
	id=$(head -1 letters)
	ros-bus dead show "$id" | jq -c '.stage = 7' | ros-emit
	ros-bus dead drop "$id"
	[ "$(ros-consume | jq .event.stage)" = 7 ]
	ros-bus dead list --json | jq -r 'select(.reason == "enum").id' | xargs -r ros-bus dead requeue
	[ "$(ros-bus info --json | jq .dead)" -eq 0 ]
}

@test "thousands of letters" {
	event | jq -c '. as $e | range(2500) | $e' | ros-emit > ids
	deliver
	sed 's/^ack/bad/; s/$/ enum/' acks | ros-ack
	[ "$(ros-bus dead list --json | jq -r .original_id | cmp - ids && echo same)" = same ]
	[ "$(ros-bus dead requeue --all --json)" = '{"requeued":2500}' ]
	[ "$(ros-bus info --json | jq -c '[.length, .dead]')" = '[5000,0]' ]
}

@test "the command line" {
	for words in '' sideways dead 'dead sideways' 'dead drop' 'dead requeue' 'dead show' 'dead show 1-0 2-0' 'info x' 'create x' 'dead list 1-0' \
		'dead drop --all 1-0' 'info --all' 'dead show --all 1-0' 'dead drop --all --older 3' 'info --older 3' 'trim --older 0'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr ros-bus $words
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	run -64 ros-bus dead drop 1-0 yesterday
	[ "$output" = "ros-bus: not an entry id: 'yesterday'" ]
	[ ! -e "$ROS_STATE_DIR/bus.db" ]
}

@test "an unreachable bus is 69" {
	run -69 ros-bus info --bus "unix://$PWD/nowhere.sock"
	[[ $output == *nowhere.sock* ]]
}

@test "redis: a stream that is none is 78" {
	on_redis
	redis SET ros:insights text
	for words in create info groups trim; do
		run -78 ros-bus $words
	done
	redis SET ros:insights:dead text
	run -78 ros-bus dead list
	run -78 ros-bus dead drop --all
}

# queue N: N events in the local queue, which are for ./r.sock.
queue() {
	export ROS_BUS=unix://$PWD/r.sock
	event | jq -c --argjson n "$1" "range(\$n) as \$i | ." | ros-emit > ids 2> messages
	[ "$(grep -c queued ids)" -eq "$1" ]
}

@test "redis: drain forwards the local queue, oldest first; info says how much waits" {
	queue 1500
	run -69 ros-bus drain
	ln -s "$REDIS_SOCKET" r.sock
	[ "$(ros-bus info --json | jq .queued)" -eq 1500 ]
	run -0 --separate-stderr ros-bus drain --json
	[ "$output" = '{"drained":1500}' ]
	[ "$(ros-replay | jq .sequence)" = "$(seq 1500)" ]
	[ "$(ros-bus info --json | jq .queued)" -eq 0 ]
	[ "$(ros-bus drain --json)" = '{"drained":0}' ]
}

@test "redis: drain forwards what fits, and pushes nothing out of a full stream" {
	queue 3
	ln -s "$REDIS_SOCKET" r.sock
	redis XADD ros:insights '*' a b > /dev/null
	run -75 --separate-stderr ros-bus drain --max-len 3 --json
	[ "$output" = '{"drained":2}' ]
	[[ $stderr == *"the stream ros:insights is full: 3 entries"* ]]
	[ "$(ros-bus info --json | jq .queued)" -eq 1 ]
}

@test "redis: while another process forwards, drain leaves it to that one" {
	queue 2
	ln -s "$REDIS_SOCKET" r.sock
	run -0 --separate-stderr flock "$ROS_STATE_DIR/queue.lock" ros-bus drain --json
	[ "$output" = '{"drained":0}' ]
	[[ $stderr == *"2 events still wait: another process forwards them" ]]
}
