# Bad input, bad descriptors and bad command lines, in one loop over all tools: the documented status, one clear message, never content.

load ../lib/common

# What each tool reads in its work, and how many lines it prints for two good lines. A tool without a row fails the first test.
rows() {
	cat <<-'END'
		ros-emit events 2
		ros-price events 2
		ros-aggregate events 0
		ros-aggregate envelopes 2
		ros-ack acks 0
		ros-import calls 2
		ros-import csv 2
		ros-scan events 2
		ros-consume nothing many
		ros-replay nothing many
		ros-dataset nothing many
		ros-report nothing many
		ros-stability nothing many
		ros-slice nothing many
		ros-migrate nothing many
		ros-bus nothing many
		ros-health nothing 1
		ros-purge nothing many
		ros-stage nothing 1
	END
}
readers() { rows | grep -v ' nothing '; }

# tool KIND TOOL [ARGUMENT ...]: runs the tool as it does its work on input of the kind.
tool() {
	case $1:$2 in
	csv:*) "$2" --from csv --column model=model --column timestamp=time --set provider=x "${@:3}" ;;
	calls:*) "$2" --from provider-calls "${@:3}" ;;
	*:ros-price) "$2" --map "$BATS_FILE_TMPDIR/prices" "${@:3}" ;;
	*:ros-dataset) "$2" describe "$BATS_FILE_TMPDIR/prices" "${@:3}" ;;
	*:ros-scan) "$2" --mode filter "${@:3}" ;;
	*:ros-migrate) "$2" status "${@:3}" ;;
	*:ros-bus) "$2" info "${@:3}" ;;
	*:ros-health) "$2" --{warn,crit}={state,database}_free=none "${@:3}" ;;
	*:ros-stage) "$2" resume 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 "${@:3}" ;;
	*) "${@:2}" ;;
	esac
}

# refused TOOL: the status where lines were refused. To ros-scan a line that it cannot read is no verdict.
refused() {
	[ "$1" = ros-scan ] && echo 65 || echo 1
}

# of TOOL STATUS: what becomes of it. ros-health has the monitors' 3 for whatever goes wrong.
of() {
	[ "$1" = ros-health ] && echo 3 || echo "$2"
}

# good KIND N: the Nth good line.
good() {
	case $1 in
	events) event ".stage = $2 | .invocation_id |= sub(\"^.\"; \"$2\")" ;;
	envelopes) printf '{"stream":"ros:insights","group":"ros:insights-workers","id":"176960880000%d-0","deliveries":1,"event":%s}\n' "$2" "$(good events "$2")" ;;
	acks) echo "ack ros:insights ros:insights-workers 176960880000$2-0" ;;
	calls) sed -n "$2p" "$BATS_FILE_TMPDIR/calls" ;;
	csv) echo "m$2,2026-01-0$2T00:00:00Z" ;;
	esac
}

# bad HOW: a line that must be refused. What it holds must never be in a message.
bad() {
	case $1 in
	binary) printf '\001\002S3CRET\377\376\200\177\033[31m\n' ;;
	long)
		printf '{"a":"S3CRET'
		head -c 10485760 /dev/zero | tr '\0' x
		printf '"}\n'
		;;
	nesting)
		printf '{"a":'
		printf '%0.s[' {1..100}
		printf '%0.s]' {1..100}
		printf ',"b":"S3CRET"}\n'
		;;
	nul) printf '{"a":"S3CRET\000"}\n' ;;
	utf8) printf '{"a":"S3CRET\377"}\n' ;;
	esac
}

header() {
	[ "$1" != csv ] || echo model,time
}

setup_file() {
	export GOOD=$BATS_FILE_TMPDIR/good
	echo '{"m":{"litellm_provider":"p","input_cost_per_token":1e-6}}' > "$BATS_FILE_TMPDIR/prices"
	"$TOP/tests/lib/make-traces" 400 1 | jq -c 'select(.http_status == 200)' > "$BATS_FILE_TMPDIR/calls"
	ROS_STATE_DIR=$GOOD
	ros-import --from provider-calls "$BATS_FILE_TMPDIR/calls" | ros-emit > "$BATS_FILE_TMPDIR/ids"
	ros-consume | ros-aggregate | ros-ack
	ros-import --from provider-calls "$BATS_FILE_TMPDIR/calls" | ros-emit > "$BATS_FILE_TMPDIR/ids"
}

setup() {
	cp -r "$GOOD" "$ROS_STATE_DIR"
	cd "$BATS_TEST_TMPDIR"
}

# expect STATUS WHAT COMMAND ...: runs it with stdin as it is; $out and $err are what it printed; says and fails where the status is another.
expect() {
	local status=0
	"${@:3}" > out 2> err || status=$?
	if [ $status -ne "$1" ]; then
		echo "$2: status $status, not $1: ${*:3}"
		head -n 5 err
		return 1
	fi
	if grep -aq S3CRET err; then
		echo "$2: content in a message: ${*:3}"
		return 1
	fi
}

# says TOOL PATTERN: every message names the tool, one of them matches.
says() {
	grep -aE -- "$2" err > /dev/null || { echo "$1 does not say $2:"; head -n 5 err; return 1; }
	! grep -avE "^$1: " err || { echo "a message that does not name $1"; return 1; }
}

silent() {
	[ ! -s err ] || { echo "messages where none is due:"; head -n 5 err; return 1; }
}

@test "every tool has a row" {
	diff <(cd "$ROS_BIN" && ls -d ros-*) <(rows | cut -d' ' -f1 | sort -u)
}

@test "--help and --version are 0 and on standard output" {
	while read -r name kind _; do
		expect 0 help "$name" --help < /dev/null && silent
		grep -q "^usage: $name " out
		expect 0 version "$name" --version < /dev/null && silent
		[ "$(cat out)" = "$name $(sed -n 's/^VERSION := //p' "$TOP/Makefile")" ]
	done < <(rows)
}

@test "an unknown option is 64 and is named; options are not abbreviated" {
	while read -r name kind _; do
		expect "$(of "$name" 64)" unknown tool "$kind" "$name" --frobnicate < /dev/null
		says "$name" --frobnicate
		expect "$(of "$name" 64)" abbreviated tool "$kind" "$name" --hel < /dev/null
		says "$name" --hel
		[ ! -s out ]
	done < <(rows)
}

@test "standard output is full or closed: 74 where something was to be printed" {
	while read -r name kind prints; do
		for n in 1 2; do good "$kind" $n; done > in
		header "$kind" | cat - in > good.in
		due=$(of "$name" 74)
		[ "$prints" != 0 ] || due=0
		for where in '>/dev/full' '>&-'; do
			rm -rf "$ROS_STATE_DIR" && cp -r "$GOOD" "$ROS_STATE_DIR"
			status=0
			eval "tool $kind $name < good.in 2> err $where" || status=$?
			echo "$name ($kind) $where: $status, not $due"
			[ $status -eq $due ]
			[ $due -eq 0 ] || says "$name" 'cannot write standard output'
			status=0
			eval "$name --help < /dev/null 2> err $where" || status=$?
			echo "$name --help $where: $status"
			[ $status -eq "$(of "$name" 74)" ]
			says "$name" 'cannot write standard output'
		done
	done < <(rows)
}

@test "standard input is closed: 74 for who reads it, and no matter to the others" {
	while read -r name kind prints; do
		if [ "$kind" = nothing ]; then
			expect 0 closed tool "$kind" "$name" <&-
		else
			expect 74 closed tool "$kind" "$name" <&-
			says "$name" 'cannot read standard input'
		fi
	done < <(rows)
}

@test "standard error is closed: the same status" {
	while read -r name kind _; do
		status=0
		bad binary | tool "$kind" "$name" > out 2>&- || status=$?
		echo "$name ($kind): $status"
		case $kind in
		nothing) [ $status -eq 0 ] ;;
		csv) [ $status -eq 65 ] ;;
		*) [ $status -eq "$(refused "$name")" ] ;;
		esac
	done < <(rows)
}

@test "a reader that leaves early ends a tool quietly" {
	while read -r name kind prints; do
		[ "$prints" != 0 ] || continue
		if [ "$kind" = calls ]; then
			cp "$BATS_FILE_TMPDIR/calls" in
		else
			good "$kind" 1 | awk '{ for (i = 0; i < 6000; i++) print }' > in
		fi
		header "$kind" | cat - in > good.in
		{
			status=0
			tool "$kind" "$name" < good.in 2> err || status=$?
			echo $status > status
		} | head -n 1 > out
		echo "$name ($kind): $(cat status)"
		[ "$(cat status)" = 0 ] || [ "$(cat status)" = 141 ]
		silent
		[ "$(wc -l < out)" -eq 1 ]
	done < <(rows)
}

@test "an empty file is no error" {
	while read -r name kind _; do
		: > empty
		expect 0 "$kind" tool "$kind" "$name" < empty
		[ ! -s out ]
		[ ! -s err ] || says "$name" .
	done < <(readers)
}

@test "a directory is 65" {
	while read -r name kind _; do
		expect 65 "$kind" tool "$kind" "$name" < "$BATS_TEST_TMPDIR"
		says "$name" 'standard input: is a directory'
	done < <(readers)
	for name in ros-emit ros-aggregate; do
		expect 65 operand "$name" "$BATS_TEST_TMPDIR" < /dev/null
		says "$name" "$BATS_TEST_TMPDIR: is a directory"
		expect 65 operand "$name" nowhere < /dev/null
		says "$name" 'nowhere: no such file or directory'
	done
}

# A bad line between two good ones is named and refused, and the good ones go on.
among_good_ones() { # HOW
	bad "$1" > bad.in
	while read -r name kind prints; do
		{
			header "$kind"
			good "$kind" 1
			cat bad.in
			good "$kind" 2
		} > in
		line=2
		[ "$kind" != csv ] || line=3
		rm -rf "$ROS_STATE_DIR"
		expect "$(refused "$name")" "$kind with $1" tool "$kind" "$name" < in
		says "$name" "line $line"
		echo "$name ($kind) printed $(wc -l < out) lines, not $prints"
		[ "$(wc -l < out)" -eq "$prints" ]
	done < <(readers)
}

@test "binary bytes" { among_good_ones binary; }
@test "a line of 10 MB" { among_good_ones long; }
@test "100 levels of nesting" { among_good_ones nesting; }
@test "a NUL byte" { among_good_ones nul; }
@test "invalid UTF-8" { among_good_ones utf8; }

@test "an unterminated last line: whole objects count, cut envelopes and acks do not" {
	while read -r name kind prints; do
		rm -rf "$ROS_STATE_DIR"
		{
			header "$kind"
			good "$kind" 1
			good "$kind" 2 | tr -d '\n'
		} > in
		expect 0 "$kind" tool "$kind" "$name" < in
		case $kind in
		envelopes | acks)
			says "$name" 'line 2: cut off'
			[ "$(wc -l < out)" -eq $((prints / 2)) ]
			;;
		*)
			silent
			[ "$(wc -l < out)" -eq "$prints" ]
			;;
		esac
		[ "$kind" = acks ] || [ "$kind" = envelopes ] || [ "$kind" = csv ] && continue
		rm -rf "$ROS_STATE_DIR"
		{
			good "$kind" 1
			good "$kind" 2 | head -c 100
		} > in
		expect "$(refused "$name")" "cut $kind" tool "$kind" "$name" < in
		says "$name" 'line 2'
	done < <(readers)
}

@test "CRLF is white space in JSON and CSV, and refused in ack lines" {
	while read -r name kind prints; do
		rm -rf "$ROS_STATE_DIR"
		{
			header "$kind"
			good "$kind" 1
			good "$kind" 2
		} | sed 's/$/\r/' > in
		if [ "$kind" = acks ]; then
			expect 1 "$kind" tool "$kind" "$name" < in
			says "$name" 'line 1: not an ack line'
		else
			expect 0 "$kind" tool "$kind" "$name" < in
			silent
		fi
		[ "$(wc -l < out)" -eq "$prints" ]
	done < <(readers)
}

@test "a byte order mark is refused in lines, and passed over before a CSV header and by ros-scan" {
	while read -r name kind prints; do
		rm -rf "$ROS_STATE_DIR"
		{
			printf '\357\273\277'
			header "$kind"
			good "$kind" 1
			good "$kind" 2
		} > in
		if [ "$kind" = csv ] || [ "$name" = ros-scan ]; then
			expect 0 "$kind" tool "$kind" "$name" < in
		else
			expect 1 "$kind" tool "$kind" "$name" < in
			says "$name" 'line 1'
			[ "$(wc -l < out)" -eq $((prints / 2)) ]
		fi
	done < <(readers)
}

@test "a bus that is no bus is 78 and is named" {
	mkdir directory
	head -c 4096 /dev/zero | tr '\0' S > text
	for name in ros-emit ros-consume ros-replay ros-ack ros-bus; do
		for bus in directory text; do
			event > in
			expect 78 "$bus" tool nothing "$name" --bus "file://$PWD/$bus" < in
			says "$name" "$PWD/$bus"
		done
		for bus in nonsense ftp://host/ 'redis://host:99999'; do
			expect 78 "$bus" tool nothing "$name" --bus "$bus" < in
			says "$name" .
		done
		for scheme in file unix; do
			for bus in $scheme:// $scheme://bus.db $scheme://./bus.db; do
				expect 78 "$bus" tool nothing "$name" --bus "$bus" < in
				says "$name" "$scheme:///path"
			done
		done
		[ ! -e bus.db ]
		status=69
		[ "$name" != ros-emit ] || status=0 # which has a queue for that
		expect $status 'no server' tool nothing "$name" --bus "unix://$PWD/no.sock" < <(event)
		says "$name" "unix://$PWD/no.sock: "
	done
}

@test "a database that is no database is 65 and is named" {
	mkdir directory
	head -c 4096 /dev/zero | tr '\0' S > text
	for name in ros-aggregate ros-report ros-stability ros-slice ros-migrate ros-purge; do
		for db in directory text; do
			expect 65 "$db" tool nothing "$name" --db "$PWD/$db" < <(event)
			says "$name" "$PWD/$db"
		done
	done
}
