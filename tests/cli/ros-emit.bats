# ros-emit: events to the bus.
load ../lib/common
load ../lib/buses

# on_bus [OPTION ...]: the events on the bus, in order, without the guard's attestation.
on_bus() {
	ros-replay "$@" | jq -c 'select(.type == "ai.invocation.completed").event' | unattested
}

# summaries: the summaries on the bus, without what is never the same.
summaries() {
	ros-replay | jq -c 'select(.type == "emit.summary") | .event | del(.summary_id, .timestamp, .source)'
}

# all_ids TEXT: whether every line is a stream id.
all_ids() {
	! grep -qvxE '[0-9]+-[0-9]+' <<< "$1"
}

@test "prints one id a line, in input order, and the bus holds the events as they were given" {
	for n in 1 2 3; do event ".stage = $n"; done > in
	run -0 --separate-stderr ros-emit < in
	[ "${#lines[@]}" -eq 3 ]
	all_ids "$output"
	[ "$output" = "$(sort -V <<< "$output")" ]
	[ -z "$stderr" ]
	[ "$(on_bus)" = "$(cat in)" ]
	[ "$(ros-replay | jq -r .id)" = "$output" ]
}

@test "data is the line's JSON byte for byte" {
	printf '  %s \t\r\n' "$(event '.usage.cost_usd = 0.00298' | sed 's/0.00298/2.980e-3/; s/:/ : /')" > in
	ros-emit in
	[ "$(ros-replay | grep -c '2.980e-3')" -eq 1 ]
}

@test "files are read in order; - is standard input; ids come in that order" {
	event '.stage = 1' > a
	event '.stage = 3' > c
	run -0 ros-emit a - c < <(event '.stage = 2')
	[ "${#lines[@]}" -eq 3 ]
	[ "$(on_bus | jq -c .stage)" = $'1\n2\n3' ]
}

@test "a last line without line feed counts when it is a whole object" {
	event | tr -d '\n' > in
	run -0 ros-emit in
	[ "${#lines[@]}" -eq 1 ]
}

@test "a last line that is cut off is refused" {
	{ event; event | head -c 200; } > in
	run -1 --separate-stderr ros-emit in
	[ "${#lines[@]}" -eq 1 ]
	[[ $stderr == *"in: line 2: syntax"* ]]
}

@test "a refused line is named with place, rule and invocation; the others go on" {
	{ event; event '.usage.cost_usd = -1'; event '.stage = 4'; } > in
	run -1 --separate-stderr ros-emit < in
	[ "${#lines[@]}" -eq 2 ]
	[ "$stderr" = "ros-emit: line 2: /usage/cost_usd: minimum (invocation_id 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a)" ]
	[ "$(on_bus | jq -c .stage)" = $'3\n4' ]
}

@test "a message never holds what the event holds" {
	{
		event '.prompt_redacted = ("Maria Musterfrau " * 40)'
		event '.["Maria Musterfrau"] = 1'
		event '.tier = "Maria Musterfrau"'
		event '.invocation_id = "Maria Musterfrau"'
		echo '{"model":"Maria Musterfrau"'
		echo 'Maria Musterfrau'
	} > in
	run -1 --separate-stderr ros-emit in
	[ "${#stderr_lines[@]}" -eq 6 ]
	[[ $stderr != *Maria* ]]
	[ -z "$output" ]
}

@test "blank lines are passed over, and line numbers count them" {
	{ echo; event; printf ' \r\n'; echo '{}'; } > in
	run -1 --separate-stderr ros-emit in
	[ "${#lines[@]}" -eq 1 ]
	[[ $stderr == "ros-emit: in: line 4: "*": required" ]]
}

@test "a line of more than 1 MiB is refused and the next one goes on" {
	{ head -c 3000000 /dev/zero | tr '\0' x; echo; event; } > in
	run -1 --separate-stderr ros-emit in
	[ "$stderr" = "ros-emit: in: line 1: longer than 1 MiB" ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "a 1.0.0 event is published, an undeclared field is refused, a higher minor keeps it, another major is refused" {
	event 'del(.schema_version, .prompt_hash, .output_hash, .model_requested, .usage.cost_source)' > in
	event '.schema_version = "1.1.0" | .novelty = 1' >> in
	event '.schema_version = "1.2.0" | .novelty = 1' >> in
	event '.schema_version = "2.0.0"' >> in
	run -1 --separate-stderr ros-emit in
	[ "${#lines[@]}" -eq 2 ]
	local value
	value=$(sed -n 2p in | grep -bo '"novelty":' | cut -d: -f1)
	[[ ${stderr_lines[0]} == *"line 2: /?: undeclared at byte $((value + 11)) "* ]] # counted from 1; the name could be PHI
	[[ ${stderr_lines[1]} == *"line 4: /schema_version: version"* ]]
	[ "$(on_bus | jq -c '.novelty')" = $'null\n1' ]
}

@test "events of the other types travel with their type and their fields; a refused one is named by its event_id" {
	local type
	for type in dataset access stage export; do other $type; done > in
	run -0 ros-emit in
	[ "${#lines[@]}" -eq 4 ]
	[ "$(ros-replay | jq -c '.event | del(.phi)')" = "$(cat in)" ]
	[ "$(ros-replay | jq -r .type)" = "$(jq -r .event_type in)" ]
	on_redis
	ros-emit in
	[ "$(redis --json XRANGE ros:insights - + | jq -c '.[2][1][8:14]')" = '["status","running","run_id","9c5b94b1-35ad-49bb-b118-8e8fc24abf80","stage","3"]' ]
	{ other stage '.stage_number = 21'; other dataset '.event_type = "dataset.lost"'; other access 'del(.event_type)'; } > bad
	run -1 --separate-stderr ros-emit bad
	[ "${stderr_lines[0]}" = 'ros-emit: bad: line 1: /stage_number: maximum (event_id 0b8f2a4e-6c1d-4e5f-8a9b-7c6d5e4f3a23)' ]
	[[ ${stderr_lines[1]} == 'ros-emit: bad: line 2: /event_type: event-type ('* ]]
	[[ ${stderr_lines[2]} == 'ros-emit: bad: line 3: /event_id: undeclared '* ]]
	other stage '.governance_mode = "LIVE"' > live
	run -78 ros-emit live
}

@test "without a key a LIVE event is refused with 78 and the command that makes one; DEMO events go on" {
	{ live; event; live; } > in
	run -78 --separate-stderr ros-emit in
	[ "${#lines[@]}" -eq 1 ]
	[[ ${stderr_lines[0]} == *"in: line 1: no-key (invocation_id "* ]]
	[[ ${stderr_lines[1]} == *'let ROS_PHI_KEY_FILE name it: (umask 077; echo "k1 $(openssl rand -hex 32)" > FILE)' ]]
	[[ ${stderr_lines[2]} == *"in: line 3: no-key "* ]]
	[ "${#stderr_lines[@]}" -eq 3 ]
	[ "$(on_bus | jq -r .governance_mode)" = DEMO ]
	sed 's/.*name it: //; s/FILE/key/; q' <<< "${stderr_lines[1]}" > make
	bash make
	ROS_PHI_KEY_FILE=key run -0 ros-emit in
	[ "$(on_bus | jq -r .governance_mode | sort | uniq -c | tr -s ' \n' ' ')" = ' 2 DEMO 2 LIVE ' ]
}

@test "--dry-run only checks, also LIVE events, and needs no bus" {
	make_key
	live > good
	event '.stage = 21' > bad
	run -0 ros-emit --dry-run --bus unix:///nowhere.sock good
	[ -z "$output" ]
	run -1 ros-emit -n --bus unix:///nowhere.sock good bad
	[[ $output == *"bad: line 1: /stage: maximum"* ]]
	[ ! -e "$ROS_STATE_DIR/bus.db" ]
}

@test "an input without events is a warning" {
	run -0 ros-emit /dev/null
	[ "$output" = "ros-emit: no events in the input" ]
}

@test "a file that cannot be read is 65, and the others are published" {
	event > good
	run -65 --separate-stderr ros-emit missing . good
	[ "${#lines[@]}" -eq 1 ]
	[[ $stderr == *missing* ]]
	[ "${#stderr_lines[@]}" -eq 2 ]
}

@test "what the input has now is published before more comes" {
	mkfifo pipe
	ros-emit < pipe > ids 3>&- &
	exec 9> pipe
	event >&9
	wait_for 10 test -s ids
	event >&9
	exec 9>&-
	wait $!
	[ "$(wc -l < ids)" -eq 2 ]
}

@test "SIGTERM ends an idle ros-emit; what it read is published" {
	mkfifo pipe
	ros-emit < pipe > ids 2> messages 3>&- &
	pid=$!
	exec 9> pipe
	event >&9
	wait_for 10 test -s ids
	kill -TERM $pid
	wait $pid
	exec 9>&-
	[ "$(on_bus | wc -l)" -eq 1 ]
	grep -q 'stopped by a signal after line 1' messages
}

@test "thousands of events in several batches keep their order" {
	event | jq -c '. as $e | range(2500) | . as $n | $e | .tags = ["\($n)"]' > in
	run -0 ros-emit in
	[ "${#lines[@]}" -eq 2500 ]
	on_bus | cmp - in
}

@test "one event by options: id and timestamp are minted" {
	run -0 ros-emit --mode DEMO --project 1b4e28ba-2fa1-41d2-883f-0016d3cca427 --caller worker --tier MINI --provider acme \
		--model m-1 --input-tokens 12 --output-tokens 34 < /dev/null
	all_ids "$output"
	run -0 jq -c '[.schema_version, .provider, .model, .usage]' <(on_bus)
	[ "$output" = '["1.1.0","acme","m-1",{"input_tokens":12,"output_tokens":34,"cost_usd":null,"latency_ms":null}]' ]
	on_bus | jq -e '(.invocation_id | test("^[0-9a-f-]{36}$")) and (.timestamp | sub("\\.[0-9]+"; "") | fromdate | now - . | . < 600 and . >= 0)'
}

@test "one event by options: every option arrives in its place" {
	ros-emit --invocation-id 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a --timestamp 2026-01-28T12:00:00Z --mode DEMO \
		--project 1b4e28ba-2fa1-41d2-883f-0016d3cca427 --caller web --tier NANO --provider p --model m --model-requested r \
		--model-version v --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 --stage 7 --stage-name 'a "quoted" name' --purpose rag \
		--prompt-ref s3://bucket/p --output-ref s3://bucket/o --prompt-hash "sha256:$(printf 'a%.0s' {1..64})" \
		--output-hash "hmac-sha256:$(printf 'b%.0s' {1..64})" --status TIMEOUT --agent a --tenant t \
		--user 1b4e28ba-2fa1-41d2-883f-0016d3cca427 --input-tokens 1 --output-tokens 2 --cache-read-tokens 3 \
		--cache-write-tokens 4 --reasoning-tokens 5 --total-tokens 15 --cost 0.0000125 --cost-source local --latency 6 --ttft 7 \
		--tag x --tag y --dataset 9c5b94b1-35ad-49bb-b118-8e8fc24abf80
	[ "$(on_bus | jq -c '[.invocation_id, .timestamp, .caller, .tier, .model_requested, .model_version, .run_id, .stage, .stage_name]')" = \
		'["7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a","2026-01-28T12:00:00Z","web","NANO","r","v","9c5b94b1-35ad-49bb-b118-8e8fc24abf80",7,"a \"quoted\" name"]' ]
	[ "$(on_bus | jq -c '[.purpose, .prompt_ref, .output_ref, .status, .agent_id, .tenant_id, .user_id, .tags, .dataset_ids]')" = \
		'["rag","s3://bucket/p","s3://bucket/o","TIMEOUT","a","t","1b4e28ba-2fa1-41d2-883f-0016d3cca427",["x","y"],["9c5b94b1-35ad-49bb-b118-8e8fc24abf80"]]' ]
	[ "$(on_bus | jq -c '.prompt_hash[:8], .output_hash[:13]')" = $'"sha256:a"\n"hmac-sha256:b"' ]
	ros-replay | grep -F '"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":15,"cache_read_tokens":3,"cache_write_tokens":4,"reasoning_tokens":5,"cost_usd":0.0000125,"cost_source":"local","latency_ms":6,"time_to_first_token_ms":7}'
}

@test "one event by options: the error names the field" {
	run -1 ros-emit --mode DEMO --project 1b4e28ba-2fa1-41d2-883f-0016d3cca427 --caller worker --tier HUGE --provider p --model m
	[[ $output == "ros-emit: event: /tier: enum (invocation_id "* ]]
	run -1 ros-emit --model m --provider p
	[[ $output == "ros-emit: event: /"*": required"* ]]
	[ -z "$(on_bus)" ]
}

@test "one event by options: LIVE without a key is refused with 78" {
	run -78 ros-emit --mode LIVE --project 1b4e28ba-2fa1-41d2-883f-0016d3cca427 --caller worker --tier MINI --provider p --model m
	[[ $output == *"event: no-key "* ]]
}

@test "one event by options: a value that is no number, or not UTF-8, is a usage error that names the option" {
	run -64 ros-emit --model m --cost 1,50
	[ "$output" = "ros-emit: --cost: '1,50' is not a number" ]
	run -64 ros-emit --model $'\xff'
	[[ $output == *"--model: "*" is not UTF-8" ]]
	run -64 ros-emit --tag $'\xff'
	[[ $output == *"--tag: "*" is not UTF-8" ]]
}

@test "one event by options takes no FILE" {
	event > in
	run -64 ros-emit --model m in
	[[ $output == *"no FILE"* ]]
}

# attestation: phi.guard of what is on the bus, a line each.
attestation() {
	ros-replay | jq -c 'select(.event.phi).event.phi.guard'
}

@test "guard: an identifier in a name refuses the event, by place and rule, never by value; in a text of DEMO the text is replaced" {
	{ event '.tags = ["x", "SSN 123-45-6789"]'; event '.prompt_redacted = "his SSN 123-45-6789" | .output_redacted = "fine"'; } > in
	run -1 --separate-stderr ros-emit in
	[ "${#lines[@]}" -eq 1 ]
	[ "$stderr" = 'ros-emit: in: line 1: /tags/1: phi (invocation_id 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a)' ]
	[ "$(on_bus | jq -c '[.prompt_redacted, .output_redacted]')" = '["[REDACTED:SSN]","fine"]' ]
	[ "$(attestation | jq -c '[.version, (.rules | length), .text, .findings, has("mac")]')" = '["1",71,"scan",{"SSN":1},false]' ]
	[ "$(summaries | jq -c .refused)" = '{"phi":1}' ]
}

@test "guard: the rules of the attestation are those of the project" {
	ros-emit <<< "$(event)"
	[ "$(attestation | jq -r .rules)" = "sha256:$(cat "$TOP"/schemas/phi-rules.json "$TOP"/schemas/phi-*.txt | sha256sum | cut -d' ' -f1)" ]
}

@test "guard: text of LIVE is hashed under the key, whatever it says; bare hashes are refused" {
	make_key
	{ live '.prompt_redacted = "what is on?" | .routing.features = {length: 3, words: ["a"]}'; event '.governance_mode = "LIVE"'; } > in
	run -1 --separate-stderr ros-emit in
	[[ $stderr == 'ros-emit: in: line 2: /prompt_hash: unkeyed-hash (invocation_id '* ]]
	key=$(cut -d' ' -f2 "$ROS_PHI_KEY_FILE")
	[ "$(on_bus | jq -r .prompt_redacted)" = "hmac-sha256:$(printf 'what is on?' | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" | sed 's/.* //')" ]
	[ "$(on_bus | jq -c '.routing.features | [.length, .words[0][:12]]')" = '[3,"hmac-sha256:"]' ]
	[ "$(attestation | jq -c '[.text, .findings, .key_id]')" = '["hash",{},"k1"]' ]
	[ "$(ros-replay | jq -cS 'select(.event.phi).event | del(.phi.guard), (.phi.guard | del(.mac))' | head -c -1 | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" |
		sed 's/.* /hmac-sha256:/')" = "$(attestation | jq -r .mac)" ]
}

@test "guard: what names, URIs and numbers hide in LIVE is refused" {
	make_key
	local change
	for change in '.output_ref = "s3://bucket/patients/123-45-6789/scan.dcm"' '.prompt_ref = "s3://b/x_123-45-6789_y.json"' '.tags = ["ward7/123-45-6789"]' \
		'.prompt_ref = "mrn:1234567"' '.prompt_ref = "tel:4155551234"' '.prompt_ref = "SSN-123-45-6789:x"' '.prompt_ref = "x://maria.lopez%40gmail.com/"' \
		'.prompt_ref = "https://h:123456789/"' '.routing.features = {mrn: {value: 1234567}}'; do
		live "$change"
	done > in
	live '.routing.features = {ssn: 1}' | sed 's/"ssn":1/"ssn":123456789.0/' >> in
	live '.routing.features = {ssn: 1}' | sed 's/"ssn":1/"ssn":1.23456789e8/' >> in
	run -1 --separate-stderr ros-emit in
	[ -z "$output" ]
	[ "$(grep -cE ': phi( at byte [0-9]+)? \(invocation_id' <<< "$stderr")" = 11 ]
	! grep -aqE '6789|1234567|4155551234|lopez' "$ROS_STATE_DIR"/*.db*
	live '.output_ref = "s3://bucket/runs/2026/01/28/7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a.json" | .prompt_ref = "https://[::1]:9000/a_b/c?version=2" | .tags = ["meta/llama-3.1_8b"]' | ros-emit
}

@test "guard: --live-text scan keeps the text of LIVE where nothing is found, and says so" {
	make_key
	live '.prompt_redacted = "fine" | .output_redacted = "SSN 123-45-6789"' > in
	ros-emit --live-text scan in
	[ "$(on_bus | jq -c '[.prompt_redacted, .output_redacted]')" = '["fine","[REDACTED:SSN]"]' ]
	[ "$(attestation | jq -r .text)" = scan ]
	unset ROS_PHI_KEY_FILE
	run -78 ros-emit --live-text scan in
}

@test "guard: --phi off is for DEMO alone, and says so" {
	make_key
	event '.prompt_redacted = "SSN 123-45-6789" | .tags = ["SSN 123-45-6789"]' > in
	ros-emit --phi off in
	[ "$(on_bus)" = "$(cat in)" ]
	[ "$(attestation | jq -c '[.text, has("findings")]')" = '["off",false]' ]
	run -78 --separate-stderr ros-emit --phi off <<< "$(live)"
	[ -z "$output" ]
	[[ $stderr == 'ros-emit: line 1: no-guard (invocation_id '* ]]
	run -64 ros-emit --phi maybe in
}

@test "guard: what a producer says in phi.guard is replaced, its other claims stay" {
	event '.phi.guard = {version: "9", text: "hash", findings: {NAME: 7}, key_id: "theirs"} | .phi.mine = 1' > in
	ros-emit in
	[ "$(ros-replay | jq -c '.event.phi | [.guard.version, .guard.text, .guard.findings, .guard.key_id, .mine, .input_scan.status]')" = '["1","scan",{},null,1,"clean"]' ]
}

@test "guard: after a change of keys the new one is used" {
	make_key
	sed -i "1i k2 $(openssl rand -hex 32)" "$ROS_PHI_KEY_FILE"
	live > in
	ros-emit in
	[ "$(attestation | jq -r .key_id)" = k2 ]
}

@test "guard: a key file that others may read, or with a bad line, is 78 before anything is read" {
	make_key
	event > in
	chmod 644 "$ROS_PHI_KEY_FILE"
	run -78 ros-emit in
	[ "$output" = "ros-emit: key file $ROS_PHI_KEY_FILE: its mode is 0644, and must be 0600" ]
	chmod 600 "$ROS_PHI_KEY_FILE"
	echo 'k2 secret' >> "$ROS_PHI_KEY_FILE"
	run -78 ros-emit in
	[ "$output" = "ros-emit: key file $ROS_PHI_KEY_FILE: line 2: the key is not 64 to 128 hex digits" ]
	ROS_PHI_KEY_FILE=$PWD/none run -78 ros-emit in
	[[ $output == "ros-emit: key file $PWD/none: "* ]]
	ROS_PHI_KEY_FILE=$PWD run -78 ros-emit in
	[ -z "$(on_bus)" ]
}

@test "guard: what dies with an event in hand leaves no core dump" {
	cat > die <<-'END'
		import os, resource, signal, subprocess, sys
		resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
		tool = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, 'ASAN_OPTIONS': 'handle_segv=0'})
		tool.stdin.write(open('in', 'rb').read())
		tool.stdin.flush()
		tool.stdout.readline()
		tool.send_signal(signal.SIGSEGV)
		_, status = os.waitpid(tool.pid, 0)
		sys.exit(os.WTERMSIG(status) != signal.SIGSEGV or os.WCOREDUMP(status))
	END
	event > in
	python3 die ros-emit
	[ -z "$(ls core* 2> /dev/null)" ]
}

# queued: whether every line of $output says that an event of `event` is in the local queue.
queued() {
	! grep -qvx 'queued 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a' <<< "$output"
}

# numbers: source and sequence of what is on the bus, the source as 1, 2 ... in the order in which it came.
numbers() {
	ros-replay "$@" | jq -c 'select(.sequence)' | jq -rs '(map(.source) | reduce .[] as $s ([]; if index($s) then . else . + [$s] end)) as $all | .[] | "\(.source as $s | $all | index($s) + 1):\(.sequence)"' | tr '\n' ' '
}

@test "the cap: what every group has acknowledged makes room; what a group needs is never pushed out" {
	event > in
	ros-emit --max-len 2 in in
	run -0 --separate-stderr ros-emit --max-len 2 in
	[ "${#lines[@]}" -eq 1 ]
	queued
	[[ $stderr == *"the stream ros:insights is full: 2 entries"*"local queue $ROS_STATE_DIR/queue.db"* ]]
	[ "$(on_bus | wc -l)" -eq 2 ]
	ros-consume | jq -r '"ack \(.stream) \(.group) \(.id)"' | ros-ack
	run -0 --separate-stderr ros-emit --max-len 2 in
	all_ids "$output"
	[ "$(numbers)" = '1:3 1:4 ' ]
}

@test "the cap: INSIGHTS_MAX_LEN gives it; of a batch, what fits is published, and the rest is queued" {
	for n in 1 2 3; do event ".stage = $n"; done > in
	INSIGHTS_MAX_LEN=2 run -0 --separate-stderr ros-emit in
	all_ids "${lines[0]}"
	all_ids "${lines[1]}"
	[[ ${lines[2]} == queued* ]]
	[[ $stderr == *"the stream ros:insights is full: 2 entries"* ]]
	[ "$(on_bus | jq .stage | tr -d '\n')" = 12 ]
	ros-consume | jq -r '"ack \(.stream) \(.group) \(.id)"' | ros-ack
	INSIGHTS_MAX_LEN=2 ros-bus drain
	[ "$(numbers)" = '1:3 ' ]
}

@test "the cap: from 80 % of it on, of what cannot be trimmed, there is a warning" {
	event > in
	ros-emit --max-len 5 in in in in 2> messages
	[ ! -s messages ]
	run -0 --separate-stderr ros-emit --max-len 5 in
	[[ $stderr == *"the stream ros:insights has more than 80 % of its limit of 5 entries"* ]]
	all_ids "$output"
}

@test "queue: while the bus is down events are queued, once said; the next ros-emit forwards them first, in order" {
	for n in 1 2 3; do event ".stage = $n"; done > in
	export ROS_BUS=unix://$BATS_TEST_TMPDIR/r.sock
	run -0 --separate-stderr ros-emit in
	[ "${#lines[@]}" -eq 3 ]
	queued
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "ros-emit: cannot reach $ROS_BUS: "*": events go to the local queue $ROS_STATE_DIR/queue.db" ]]
	run -0 ros-emit < in
	ln -s "$REDIS_SOCKET" r.sock
	run -0 --separate-stderr ros-emit < <(event '.stage = 4')
	[ -z "$stderr" ]
	all_ids "$output"
	[ "$(on_bus | jq .stage | tr -d '\n')" = 1231234 ]
	[ "$(numbers)" = '1:1 1:2 1:3 1:4 1:5 1:6 1:7 ' ]
	run -0 ros-emit < <(event '.stage = 5')
	[ "$(on_bus | jq .stage | tr -d '\n')" = 12312345 ]
}

@test "queue: a ros-emit that goes on empties it when the bus is back, also while its input is idle" {
	export ROS_BUS=unix://$BATS_TEST_TMPDIR/r.sock
	mkfifo pipe
	ros-emit < pipe > out 2> messages 3>&- &
	pid=$!
	exec 9> pipe
	event >&9
	wait_for 10 grep -q queued out
	ln -s "$REDIS_SOCKET" r.sock
	wait_for 20 eval '[ "$(redis XLEN ros:insights)" -eq 1 ]'
	event >&9
	exec 9>&-
	wait $pid
	[ "$(numbers)" = '1:1 1:2 ' ]
}

@test "queue: it is for one bus and stream: another one does not get its events" {
	event > in
	ros-emit --bus "unix://$BATS_TEST_TMPDIR/nowhere.sock" in
	run -0 ros-emit --bus "unix://$REDIS_SOCKET" in
	[ "$(redis XLEN ros:insights)" -eq 1 ]
	[ "$(sqlite3 "$ROS_STATE_DIR/queue.db" 'SELECT count(*) FROM entry')" -eq 1 ]
}

@test "queue: many at once share it, and nothing is lost or doubled" {
	export ROS_BUS=unix://$BATS_TEST_TMPDIR/r.sock
	for n in $(seq 8); do
		event | jq -c --argjson n "$n" '. as $e | range(250) | . as $i | $e | .tags = ["\($n)-\($i)"]' | ros-emit > "out$n" 2> /dev/null 3>&- &
	done
	ln -s "$REDIS_SOCKET" r.sock
	for n in $(seq 8 16); do
		event | jq -c --argjson n "$n" '. as $e | range(50) | . as $i | $e | .tags = ["x\($n)-\($i)"]' | ros-emit > "out$n" 2> /dev/null 3>&- &
	done
	wait
	event '.tags = ["last"]' | ros-emit
	[ "$(on_bus | jq -r '.tags[0]' | sort -u | wc -l)" -eq $((8 * 250 + 9 * 50 + 1)) ]
	[ "$(on_bus | wc -l)" -eq $((8 * 250 + 9 * 50 + 1)) ]
	ros-replay | jq -rs 'group_by(.source)[] | map(.sequence) | . == [range(1; length + 1)]' > orders
	[ "$(sort -u orders)" = true ]
}

@test "queue: full is 75, and the lines that it did not take are named" {
	export ROS_BUS=unix://$BATS_TEST_TMPDIR/nowhere.sock
	event > in
	ros-emit in in
	run -75 --separate-stderr ros-emit --queue-bytes 1 in
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == "ros-emit: the local queue $ROS_STATE_DIR/queue.db is full: 2 events wait in it, the limit is 1 bytes" ]]
	[[ ${stderr_lines[1]} == "ros-emit: in: lines neither published nor queued: 1" ]]
	sqlite3 "$ROS_STATE_DIR/queue.db" "UPDATE entry SET ms = ms - 8 * 86400000"
	run -75 --separate-stderr ros-emit in
	[[ $stderr == *"its oldest event has waited for 192 hours"* ]]
	run -0 --separate-stderr ros-emit --queue-days 9 in
	queued
}

@test "queue: a disk that is full is 74, and the line is named" {
	export ROS_BUS=unix://$BATS_TEST_TMPDIR/nowhere.sock
	event > in
	run -74 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 8; exec ros-emit in' # blocks of 1 KiB
	[ -z "$output" ]
	[[ $stderr == *"in: lines neither published nor queued: 1"* ]]
}

@test "queue: one that cannot be read is said, and holds nobody up" {
	redis_flush
	export ROS_BUS=unix://$PWD/r.sock
	event > in
	ros-emit in 2> messages
	printf 'no database at all' | dd of="$ROS_STATE_DIR/queue.db" conv=notrunc status=none
	ln -s "$REDIS_SOCKET" r.sock
	run -0 --separate-stderr ros-emit in
	all_ids "$output"
	[[ $stderr == *"$ROS_STATE_DIR/queue.db: "*": what may wait in the local queue is not forwarded" ]]
}

@test "queue: behind what another process forwards, events are queued, and it is said" {
	redis_flush
	export ROS_BUS=unix://$PWD/r.sock
	event > in
	ros-emit in 2> messages
	ln -s "$REDIS_SOCKET" r.sock
	run -0 --separate-stderr flock "$ROS_STATE_DIR/queue.lock" ros-emit in
	queued
	[[ $stderr == *"another process forwards the local queue: events go to the local queue"* ]]
	ros-bus drain
	[ "$(numbers)" = '1:1 1:2 ' ]
}

@test "numbers: what the bus refused and no queue took leaves no gap" {
	redis_flush
	on_redis
	event > in
	ros-emit in
	redis CONFIG SET maxmemory 1
	mkdir "$ROS_STATE_DIR/queue.db"
	run --separate-stderr ros-emit in in
	redis CONFIG SET maxmemory 0
	rmdir "$ROS_STATE_DIR/queue.db"
	[ "$status" -ne 0 ]
	[[ $stderr == *"in: lines neither published nor queued: 1"* ]]
	ros-emit in
	[ "$(numbers)" = '1:1 1:2 ' ]
}

@test "numbers: processes that run one after the other go on with one source, processes that run at once have their own" {
	event > in
	ros-emit in
	ros-emit in
	mkfifo pipe
	ros-emit < pipe > out 3>&- &
	exec 9> pipe
	event >&9
	wait_for 10 test -s out
	ros-emit in
	event >&9
	exec 9>&-
	wait
	[ "$(numbers)" = '1:1 1:2 1:3 2:1 1:4 ' ]
}

@test "numbers: after an unclean end, or a restart of the machine, a new source begins" {
	event > in
	ros-emit in
	file=$ROS_STATE_DIR/source-1
	sed -i 's/00000000000000000002 /00000000000000000005 /' "$file" # 2 to 4 were taken, and nobody knows what came of them
	ros-emit in
	[ "$(numbers)" = '1:1 2:1 ' ]
	sed -i -E 's/ [0-9a-f-]{36} / 00000000-0000-4000-8000-000000000000 /' "$file"
	ros-emit in
	[ "$(numbers)" = '1:1 2:1 3:1 ' ]
	echo nonsense > "$file"
	ros-emit in in
	[ "$(numbers)" = '1:1 2:1 3:1 4:1 4:2 ' ]
}

@test "summary: what was refused is published by rule, so that the record can tell of it; nothing without refusals" {
	{ event; event '.stage = 21'; event '.tier = "HUGE"'; echo '{'; event; event '.stage = 0'; event '.stage = 99'; } > in
	ros-emit < <(event)
	[ -z "$(summaries)" ]
	run -1 ros-emit in
	[ "$(summaries)" = '{"schema_version":"1.1.0","first":2,"last":3,"refused":{"maximum":2,"enum":1,"syntax":1,"minimum":1}}' ]
	ros-consume | ros-aggregate | ros-ack
	[ "$(sqlite3 "$ROS_STATE_DIR/ros.db" 'SELECT emitted, recorded, repeated, refused, missing FROM sources')" = '8|1|2|5|0' ]
}

@test "summary: the source that ended in doubt is told of by the next run" {
	event > in
	ros-emit in in
	sed -i 's/00000000000000000003 /00000000000000000009 /' "$ROS_STATE_DIR/source-1"
	ros-emit in
	[ "$(summaries)" = '{"schema_version":"1.1.0","first":1,"last":2,"refused":{}}' ]
	[ "$(ros-replay | jq -r 'select(.type == "emit.summary").event.source')" = "$(ros-replay | jq -r 'select(.sequence == 2).source')" ]
}

@test "--stats tells what became of the events, and how much waits" {
	{ event; event '.stage = 21'; } > in
	run -1 ros-emit --stats stats in
	run -1 ros-emit --stats stats --bus "unix://$PWD/nowhere.sock" in
	[ "$(jq -c '[.tool, .event, .events, .published, .queued, .refused, .left, .errors, .queue_depth, .event_age_ms.count]' stats)" = '["ros-emit","exit",2,1,0,1,0,0,0,1]
["ros-emit","exit",2,0,1,1,0,1,1,0]' ]
}

@test "summary: a run that a signal ends tells it, too" {
	mkfifo pipe
	ros-emit < pipe > out 2> messages 3>&- &
	pid=$!
	exec 9> pipe
	{ event '.stage = 21'; event; } >&9
	wait_for 10 test -s out
	kill -TERM $pid
	wait $pid || true
	exec 9>&-
	[ "$(summaries)" = '{"schema_version":"1.1.0","first":1,"last":1,"refused":{"maximum":1}}' ]
}

@test "without a state directory events are published, without numbers, and with a warning" {
	event > in
	ROS_STATE_DIR=/dev/null/x run -0 --separate-stderr ros-emit --bus "unix://$REDIS_SOCKET" in
	all_ids "$output"
	[[ $stderr == *"events carry no numbers"* ]]
	[ "$(ros-replay --bus "unix://$REDIS_SOCKET" | jq -c '[.source, .sequence]')" = '[null,null]' ]
	ROS_STATE_DIR=/dev/null/x run -69 --separate-stderr ros-emit --bus "unix://$PWD/nowhere.sock" in
	[[ $stderr == *"lines neither published nor queued: 1"* ]]
}

@test "redis: what a server that stops answering did not confirm is queued; nothing is lost" {
	server
	mkfifo pipe
	ros-emit --timeout 300 < pipe > out 2> messages 3>&- &
	pid=$!
	exec 9> pipe
	event '.stage = 1' >&9
	wait_for 10 test -s out
	kill -STOP $server
	for n in 2 3 4; do event ".stage = $n"; done >&9
	exec 9>&-
	wait $pid
	grep -q 'no answer from .* within 300 ms: events go to the local queue' messages
	kill -CONT $server
	ros-emit < <(event '.stage = 5')
	[ "$(on_bus | jq .stage | sort -u | tr -d '\n')" = 12345 ]
	[ "$(ros-replay | jq .sequence | sort -u | tr -d '\n')" = 12345 ]
	stop_server
}

@test "redis: when a server dies the lines without an id are queued" {
	server
	mkfifo pipe
	ros-emit < pipe > out 2> messages 3>&- &
	pid=$!
	exec 9> pipe
	event >&9
	wait_for 10 test -s out
	stop_server
	event >&9
	exec 9>&-
	wait $pid
	[ "$(grep -c queued out)" -eq 1 ]
}

@test "redis: out of memory is queued; a wrong type is queued, too, and 78: somebody must act" {
	on_redis
	for n in 1 2 3; do event; done > in
	redis CONFIG SET maxmemory 1
	run -0 --separate-stderr ros-emit in
	redis CONFIG SET maxmemory 0
	[ "${#lines[@]}" -eq 3 ]
	queued
	redis SET ros:insights x
	run -78 --separate-stderr ros-emit in
	queued
	[[ $stderr == *WRONGTYPE*"local queue"* ]]
	redis DEL ros:insights
	run -0 ros-emit in
	[ "$(numbers)" = '1:1 1:2 1:3 1:4 1:5 1:6 1:7 1:8 1:9 ' ]
}

@test "redis: REDIS_URL is taken, ROS_BUS goes before it, --bus before both" {
	event > in
	REDIS_URL=unix://$REDIS_SOCKET ros-emit in
	[ "$(redis XLEN ros:insights)" -eq 1 ]
	REDIS_URL=unix:///nowhere ROS_BUS=unix://$REDIS_SOCKET ros-emit in
	[ "$(redis XLEN ros:insights)" -eq 2 ]
	ROS_BUS=unix:///nowhere ros-emit --bus "unix://$REDIS_SOCKET" --stream other in
	[ "$(redis XLEN other)" -eq 1 ]
}

@test "redis: the password comes from a file" {
	event > in
	echo wrong > wrong
	printf 's3cret\n' > right
	: > empty
	chmod 600 wrong right empty
	url=unix://$REDIS_SOCKET
	redis CONFIG SET requirepass s3cret
	ROS_REDIS_PASSWORD_FILE=$PWD/wrong run -78 ros-emit --bus "$url" in
	ROS_REDIS_PASSWORD_FILE=$PWD/empty run -78 ros-emit --bus "$url" in
	[[ $output == *"empty: no password in it"* ]]
	ROS_REDIS_PASSWORD_FILE=$PWD/missing run -78 ros-emit --bus "$url" in
	ROS_REDIS_PASSWORD_FILE=$PWD/right run -0 ros-emit --bus "$url" in
	redis -a s3cret --no-auth-warning CONFIG SET requirepass ''
}

@test "a stream name with white space is refused" {
	event > in
	INSIGHTS_STREAM_NAME='a b' run -78 ros-emit in
	[[ $output == "ros-emit: INSIGHTS_STREAM_NAME: 'a b' is not a name of"* ]]
	INSIGHTS_STREAM_NAME='a b' run -64 ros-emit --stream 'c d' in
	[[ $output == "ros-emit: --stream: 'c d' is not a name of"* ]]
	run -64 ros-consume --group ''
	[[ $output == "ros-consume: --group: '' is not a name of"* ]]
}

@test "output that cannot be written is 74" {
	event > in
	run -74 bash -c 'ros-emit in > /dev/full'
	run -74 bash -c 'ros-emit in >&-'
}
