# The promise, looked at from outside: an identifier of every kind, put into every place of an event, is seen nowhere behind the guard.
load ../lib/common
load ../lib/buses
load ../lib/store

setup_file() {
	redis_start
	unset REDIS_URL
	cd "$BATS_FILE_TMPDIR"
	canaries patterns -nr > patterns
	event | canaries seeded -c > DEMO
	live | canaries seeded -c > LIVE
}

canaries() { # PROGRAM [OPTION ...]
	jq -L "$TOP/tests/lib" "${@:2}" "include \"canaries\"; $1"
}

# holds_none FILE ...: none of the canaries, as they are or decoded, in the bytes of the files, which are not empty.
holds_none() {
	for file; do
		[ -s "$file" ] || { echo "$file is empty"; return 1; }
	done
	run -1 grep -aoF -f "$BATS_FILE_TMPDIR/patterns" "$@"
}

# what_is_left: everything that the tools left on the bus in use and in the state directory, read and as bytes.
what_is_left() {
	ros-replay > left.stream
	ros-replay --stream ros:insights:dead > left.dead
	for file in "$ROS_STATE_DIR"/*.db; do sqlite3 "$file" .dump; done > left.databases
	ros-report > left.report
	ros-report --format json > left.json
	cat "$ROS_STATE_DIR"/* > left.bytes
}

main_job() {
	ros-consume 2>> said | ros-aggregate 2>> said | ros-ack 2>> said
}

# promised MODE: what ros-emit takes of the mode's events, and what it refuses, through the whole job on the bus in use.
promised() {
	local in=$BATS_FILE_TMPDIR/$1
	run -1 --separate-stderr ros-emit --stats stats "$in"
	printf '%s\n' "$output" > ids
	printf '%s\n' "$stderr" > said
	[ "$(($(wc -l < ids) + $(wc -l < said)))" -eq "$(wc -l < "$in")" ]
	[ "$(grep -cE ': (phi|key)( at byte [0-9]+)? \(invocation_id ' said)" -eq "$(wc -l < said)" ]
	[ "$(wc -l < ids)" -gt 100 ]
	main_job
	what_is_left
	holds_none said stats ids left.stream left.databases left.report left.json left.bytes
	[ ! -s left.dead ]
	[ "$(db 'SELECT count(*) FROM ai_invocations')" -eq "$(wc -l < ids)" ]
	[ "$(ros-report --format json | jq .attested)" -eq "$(wc -l < ids)" ]
	[ "$(ros-replay | jq -r 'select(.type == "emit.summary") | .event.refused | add')" -eq "$(wc -l < said)" ]
}

@test "the canaries are of every letter, thousands, and would be seen" {
	[ "$(canaries '[canaries[][0]] | unique | join("")' -nr)" = ABCDEFGHIJKLMNOPQR ]
	[ "$(cat "$BATS_FILE_TMPDIR"/{DEMO,LIVE} | sort -u | wc -l)" -gt 1500 ]
	ros-emit --phi off "$BATS_FILE_TMPDIR/DEMO" > ids
	ros-consume | ros-aggregate > acks
	what_is_left
	for file in left.stream left.databases left.bytes; do
		[ "$(grep -aoF -f "$BATS_FILE_TMPDIR/patterns" $file | sort -u | wc -l)" -ge "$(canaries 'canaries | length' -n)" ]
	done
	[ "$(ros-report --format json | jq .attested)" -eq 0 ]
}

@test "DEMO, on the embedded bus" { promised DEMO; }
@test "DEMO, on Redis" { on_redis; promised DEMO; }
@test "LIVE, on the embedded bus" { make_key; promised LIVE; }
@test "LIVE, on Redis" { on_redis; make_key; promised LIVE; }

@test "the local queue, when the bus is down" {
	make_key
	export ROS_BUS=unix://$PWD/nowhere.sock
	for mode in DEMO LIVE; do
		ros-emit "$BATS_FILE_TMPDIR/$mode" > ids 2>> said || [ $? = 1 ]
		grep -q queued ids
	done
	sqlite3 "$ROS_STATE_DIR/queue.db" .dump > dump
	cat "$ROS_STATE_DIR"/queue.db* > bytes
	holds_none said dump bytes
}

# went_past MODE: the same events, written to the record by somebody else than ros-emit, with a forged attestation.
went_past() {
	jq -c '.phi.guard += {version: "1", rules: "sha256:\("a" * 64)", text: "hash", mac: "hmac-sha256:\("b" * 64)"}' "$BATS_FILE_TMPDIR/$1" | envelopes > in
	run --separate-stderr ros-aggregate in
	printf '%s\n' "$output" > acks
	printf '%s\n' "$stderr" > said
	db .dump > dump
	cat "$ROS_STATE_DIR"/ros.db* > bytes
	ros-report > report
	holds_none acks said dump bytes report
	[ "$(grep -c ^bad acks)" -gt 100 ]
	[ "$(wc -l < acks)" -eq "$(wc -l < in)" ]
	[ "$(db 'SELECT count(*), total(attested) FROM invocation')" = "$(grep -c ^ack acks)|0.0" ]
	[ "$(db "SELECT count(*) FROM refusal WHERE reason IN ('phi', 'key')")" -eq "$(grep -c ^bad acks)" ]
}

@test "DEMO that went past ros-emit, its attestation forged" { make_key; went_past DEMO; }
@test "LIVE that went past ros-emit, its attestation forged" { make_key; went_past LIVE; }

@test "dead letters: of an entry with a canary, valid or not, the reason alone is left" {
	on_redis
	make_key
	canaries 'canaries[][1]' -nr | while IFS= read -r text; do
		event ".tags = [$(jq -n --arg t "$text" '$t')]"
		event ".prompt_redacted = $(jq -n --arg t "$text" '$t') | .project_id = \"proj-123\""
		live ".prompt_redacted = $(jq -n --arg t "$text" '$t') | .stage = 21"
		jq -nc --arg t "$text" '{no: "event", says: $t}'
	done > in
	while IFS= read -r line; do
		redis XADD ros:insights '*' type ai.invocation.completed source "$(jq -r '.tags[0]? // .says? // "s"' <<< "$line")" sequence 1 data "$line" agent_id "$line"
	done < in > ids
	ros-consume | ros-aggregate > acks 2> said || [ $? = 1 ]
	ros-ack < acks
	[ "$(redis XLEN ros:insights:dead)" -eq "$(wc -l < in)" ]
	redis --raw XRANGE ros:insights:dead - + > dead
	[ "$(ros-bus dead list --json | jq -r .reason | sort -u)" = phi ]
	db .dump > dump
	holds_none acks said dead dump
}
