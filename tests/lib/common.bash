# What every bats file loads first: an environment of its own for each test, a private Redis, a valid event.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
bats_require_minimum_version 1.8.0

# The caller's settings are forgotten once a file; what setup_file exports afterwards stays for its tests.
if [ "${ROS_TEST_FILE-}" != "$BATS_FILE_TMPDIR" ]; then
	for name in $(compgen -e | grep -E '^(ROS|INSIGHTS|XDG)_' | grep -vxE 'ROS_BIN|ROS_SHARED'); do
		unset "$name"
	done
	unset name REDIS_URL SOURCE_DATE_EPOCH CDPATH GREP_OPTIONS
	export ROS_TEST_FILE=$BATS_FILE_TMPDIR
	export ROS_BIN=${ROS_BIN:-$TOP/build/release/bin}
	export ROS_SHARED=${ROS_SHARED:-$TOP/../shared}
	export PATH="$ROS_BIN:$PATH" NO_COLOR=1 LC_ALL=C.UTF-8 TZ=UTC
	export LSAN_OPTIONS="suppressions=$TOP/tests/lib/fontconfig.supp:print_suppressions=0:${LSAN_OPTIONS-}"
	export ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS-}"
fi

export HOME=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}
export ROS_STATE_DIR=$HOME/state

# redis_start [OPTION ...]: for setup_file. A private server on a unix socket that dies with the test file; exports REDIS_URL.
redis_start() {
	local socket=$BATS_FILE_TMPDIR/r.sock
	setpriv --pdeathsig KILL redis-server --port 0 --unixsocket "$socket" --save '' --appendonly no --dir "$BATS_FILE_TMPDIR" \
		"$@" > "$BATS_FILE_TMPDIR/redis.log" 2>&1 < /dev/null 3>&- 4>&- &
	export REDIS_PID=$! REDIS_SOCKET=$socket REDIS_URL=unix://$socket
	wait_for 10 redis_ready
}

redis_ready() {
	[ "$(redis PING 2> /dev/null)" = PONG ]
}

# redis_stop: for teardown_file.
redis_stop() {
	kill -KILL "$REDIS_PID" 2> /dev/null || true
	wait "$REDIS_PID" 2> /dev/null || true
}

# redis COMMAND ...: redis-cli on the private server.
redis() {
	redis-cli -s "$REDIS_SOCKET" "$@"
}

# redis_flush: for setup. An empty server for each test.
redis_flush() {
	[ "$(redis FLUSHALL)" = OK ]
}

# wait_for SECONDS COMMAND ...: until the command succeeds; fails when the time is over.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

# within_a_second COMMAND ...: whether it takes no longer, whatever its status.
within_a_second() {
	local begin=$EPOCHREALTIME
	"$@" || true
	awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { exit b - a > 1 }'
}

# lock_database FILE: holds its write lock until unlock_database.
lock_database() {
	mkfifo locking
	sqlite3 "$1" < locking > locked 3>&- &
	holder=$!
	exec 8> locking
	echo 'BEGIN IMMEDIATE; SELECT 1;' >&8
	wait_for 10 test -s locked
}

unlock_database() {
	exec 8>&-
	wait $holder
	rm locking locked
}

# event [FILTER]: one valid 1.1.0 DEMO event line, changed by the jq filter.
event() {
	printf '%s\n' '{
		"schema_version":"1.1.0",
		"invocation_id":"7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a",
		"timestamp":"2026-01-28T12:00:00.123Z",
		"governance_mode":"DEMO",
		"project_id":"1b4e28ba-2fa1-41d2-883f-0016d3cca427",
		"caller":"worker",
		"tier":"MINI",
		"provider":"anthropic",
		"model":"claude-haiku-4-5",
		"model_requested":"claude-haiku-latest",
		"run_id":"9c5b94b1-35ad-49bb-b118-8e8fc24abf80",
		"stage":3,
		"stage_name":"extract",
		"purpose":"extract",
		"prompt_hash":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"output_hash":"sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
		"phi":{
			"input_scan":{"status":"clean","phi_types_detected":[],"confidence":0.99,"redaction_count":0},
			"output_scan":{"status":"clean","phi_types_detected":[],"confidence":0.99,"redaction_count":0}
		},
		"usage":{
			"input_tokens":1200,
			"output_tokens":340,
			"cache_read_tokens":800,
			"total_tokens":2340,
			"cost_usd":0.00298,
			"cost_source":"provider",
			"latency_ms":1840,
			"time_to_first_token_ms":210
		},
		"parameters":{"temperature":0.2,"max_tokens":1024,"top_p":1,"stop_sequences":[]},
		"routing":{"initial_tier":"NANO","escalated":true,"escalation_reason":"low confidence","quality_gate_passed":true,"features":{}},
		"status":"SUCCESS",
		"tags":["demo"]
	}' | jq -c "${1:-.}"
}

# other dataset|access|stage|export [FILTER]: one valid event of another type, changed by the jq filter.
other() {
	local of='1b4e28ba-2fa1-41d2-883f-0016d3cca427'
	jq -nc --arg of $of '{schema_version: "1.1.0", event_type: null, event_id: "0b8f2a4e-6c1d-4e5f-8a9b-7c6d5e4f3a2\({dataset: 1, access: 2, stage: 3, export: 4}[$ARGS.positional[0]])",
		timestamp: "2026-01-28T12:00:00.123Z", governance_mode: "DEMO"} +
		if $ARGS.positional[0] == "dataset" then {event_type: "dataset.registered", id: $of, uri: "s3://bucket/visits.csv", format: "csv", phi_scan_status: "pending"}
		elif $ARGS.positional[0] == "access" then {event_type: "dataset.accessed", dataset_id: $of, access_type: "read", success: true}
		elif $ARGS.positional[0] == "stage" then {event_type: "workflow.stage.updated", id: $of, run_id: "9c5b94b1-35ad-49bb-b118-8e8fc24abf80", stage_number: 3, status: "running"}
		else {event_type: "export.created", kind: "report", sha256: "sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"} end
		| '"${2:-.}" --args "$1"
}

# live [FILTER]: the same as LIVE, with keyed hashes.
live() {
	event '.governance_mode = "LIVE" | .prompt_hash |= "hmac-" + . | .output_hash |= "hmac-" + . | '"${1:-.}"
}

# make_key: a key file of the test's own, in ROS_PHI_KEY_FILE.
make_key() {
	export ROS_PHI_KEY_FILE=$BATS_TEST_TMPDIR/key
	(umask 077 && echo "k1 $(openssl rand -hex 32)" > "$ROS_PHI_KEY_FILE")
}

# A filter: the event claims that a guard passed it, which is believed where there is no key.
export CLAIM='.phi.guard = {version: "1", rules: "sha256:\("a" * 64)", text: "scan"}'

# A filter: LIVE events claim it.
export LIVE_CLAIMS="if .governance_mode == \"LIVE\" then $CLAIM else . end"

# unattested: events without the guard's attestation.
unattested() {
	jq -c 'del(.phi.guard) | if .phi == {} then del(.phi) else . end'
}

# need_node_modules NAME ...: skips where scripts/check could not install them from npm; sets NODE_PATH.
need_node_modules() {
	local name
	export NODE_PATH=$TOP/build/node/node_modules
	for name; do
		[ -d "$NODE_PATH/$name" ] || skip "npm registry: $name is not installed"
	done
}
