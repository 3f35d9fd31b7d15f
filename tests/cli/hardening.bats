# The tools themselves: how they are built, what they give up, and what they leave and follow in the state directory.

load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# each_tool COMMAND: runs it with every tool of the build that is installed; prints the tools for which it fails.
each_tool() {
	local tool
	make -s -C "$TOP" PROFILE=release > make.log 2>&1
	for tool in "$TOP"/build/release/bin/ros-*; do
		"$1" "$tool" || echo "$tool: $1 does not hold"
	done
}

@test "build: position independent, symbols bound at the start and then read-only, no memory both writable and executable" {
	is_hard() {
		readelf --dynamic "$1" > dynamic
		readelf --program-headers "$1" > headers
		grep -q 'FLAGS_1.* NOW.* PIE' dynamic && ! grep -qE 'TEXTREL|RPATH|RUNPATH' dynamic &&
			grep -q 'GNU_RELRO' headers && grep -A1 'GNU_STACK' headers | grep -q ' RW ' && ! grep -q 'RWE' headers
	}
	[ -z "$(each_tool is_hard)" ]
}

@test "build: stack protector, checked library calls, stack clash protection, control-flow protection" {
	case $(uname -m) in
	x86_64) flag=-fcf-protection first=endbr64 ;;
	aarch64) flag=-mbranch-protection first='bti|paciasp' ;;
	*) skip "no control-flow protection is known for $(uname -m)" ;;
	esac
	calls() { # what the stack protector and FORTIFY_SOURCE bring
		readelf --dyn-syms --wide "$1" > symbols
		grep -q ' __stack_chk_fail@' symbols && grep -qE ' __[a-z]+_chk@' symbols
	}
	compiled() { # what the compiler noted of itself
		readelf --debug-dump=info --dwarf-depth=1 "$1" | grep 'DW_AT_producer' > producer
		! grep -v 'GNU AS' producer | grep -vE -- "(-fstack-clash-protection.*$flag|$flag.*-fstack-clash-protection)"
	}
	lands() {
		objdump --disassemble=main "$1" | grep -A1 '<main>:' | grep -qE "$first"
	}
	each_tool calls > wrong
	each_tool compiled >> wrong
	each_tool lands >> wrong
	[ ! -s wrong ] || { cat wrong; false; }
}

status_of() { # PID LINE
	grep -x "$2" "/proc/$1/status"
}

@test "ros-scan and ros-report have given their rights up while they work" {
	mkfifo text report
	ros-scan text > found &
	exec 7> text
	wait_for 10 status_of $! $'Seccomp:\t2'
	status_of $! $'NoNewPrivs:\t1'
	exec 7>&-
	wait $!

	event | ros-aggregate -q
	ros-report -o report --format md &
	wait_for 10 status_of $! $'Seccomp:\t2'
	status_of $! $'NoNewPrivs:\t1'
	grep -q '^# ' report
	wait $!
}

@test "a confined report goes to its file, a directory, a link or a device, and nothing else is said" {
	mkdir tmp plain
	event | ros-aggregate -q
	: > target
	ln -s target link.md
	export TMPDIR=$PWD/tmp
	for place in plain/report.html plain/report.pdf plain/tables/ link.md; do
		run --separate-stderr ros-report -o $place
		[ "$status" -eq 0 ]
		[ -z "$stderr$output" ]
	done
	[ -s plain/report.html ]
	[ -s plain/report.pdf ]
	[ -n "$(ls plain/tables)" ]
	[ -s target ]
	[ -L link.md ]
	run -74 ros-report --format md -o /dev/full
	run -74 ros-report -o plain/report.html/tables/
}

# make_state: every file that the tools keep.
make_state() {
	event > in
	ros-emit -q in > ids
	ROS_BUS=unix:///nowhere.sock ros-emit -q in >> ids 2>&1
	ros-consume | ros-aggregate -q | ros-ack -q
	ros-bus drain > drained
}

@test "what the tools keep is for their user alone, whatever the umask" {
	(umask 000 && make_state)
	[ "$(stat -c %a "$ROS_STATE_DIR")" = 700 ]
	[ "$(find "$ROS_STATE_DIR" -type f | wc -l)" -ge 5 ]
	[ -z "$(find "$ROS_STATE_DIR" -type f ! -perm 600)" ]
}

# use_state: each tool that keeps something; what they say goes to said.
use_state() {
	{
		ros-emit in
		ROS_BUS=unix:///nowhere.sock ros-emit in
		ros-bus drain
		ros-consume
		ros-aggregate in
		ros-migrate up
		ros-report
	} > /dev/null 2> said || true
}

@test "a symbolic link in the place of any file of the state directory is not followed, and is said" {
	make_state
	for name in $(ls "$ROS_STATE_DIR") ros.db-wal ros.db-shm bus.db-wal queue.db-shm; do
		for target in there missing; do
			rm -rf "$ROS_STATE_DIR"
			make_state
			echo precious > there
			ln -sfn "$PWD/$target" "$ROS_STATE_DIR/$name"
			use_state
			grep -q "$ROS_STATE_DIR/$name is a symbolic link, and is not followed" said || { echo "$name: $(cat said)"; false; }
			[ "$(cat there)" = precious ]
			[ ! -e missing ]
			[ "$(readlink "$ROS_STATE_DIR/$name")" = "$PWD/$target" ]
		done
	done
}

@test "a link among the directories above is followed: it is the place that was named" {
	mkdir elsewhere
	ln -s elsewhere named
	event | ROS_STATE_DIR=$PWD/named/state ros-aggregate -q
	[ -f elsewhere/state/ros.db ]
	ros-report --db named/state/ros.db --format json | jq -e .
}
