# --audit-log: who read records or the stream leaves a trace; what cannot be traced is not read.

load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	event > in
	ros-emit in > ids
	ros-aggregate -q in
	export ROS_AUDIT_LOG=$PWD/log
}

# each_reader COMMAND ...: runs it with every way to read, as its last arguments.
each_reader() {
	local reader
	for reader in ros-report ros-slice ros-stability ros-replay 'ros-consume --peek' 'ros-bus dead list' ros-consume; do
		"$@" $reader || { echo "$reader: not so: $*"; return 1; }
	done
}

traced() { # one access, begun and ended
	rm -f log
	"$@" > out
	[ "$(jq -sc 'map(.event)' log)" = '["begin","end"]' ]
	jq -se --arg tool "$1" --arg version "$(sed -n 's/^VERSION := //p' "$TOP/Makefile")" --arg user "$(id -un)" --argjson uid "$(id -u)" --arg host "$(uname -n)" '
		.[0] as $b | .[1] as $e | $b.access == $e.access and $b.tool == $tool and $e.tool == $tool and $b.pid == $e.pid and $b.version == $version and
		$b.user == $user and $b.uid == $uid and $b.host == $host and $e.status == 0 and ([.[].time | test("^2[0-9-]+T[0-9:]+[.][0-9]{3}Z$")] | all)' log
}

@test "every tool that reads records or the stream says who, what and when, before and after" {
	each_reader traced
}

@test "the rows are those that were read" {
	rows() { tail -n 1 log | jq .rows; }
	ros-report > out
	[ "$(rows)" = 1 ]
	ros-replay --tier FRONTIER > out
	[ "$(rows)" = 0 ]
	ros-replay > out
	[ "$(rows)" = 1 ]
	ros-consume > out
	[ "$(rows)" = 1 ]
	ros-bus dead list > out
	[ "$(rows)" = 0 ]
}

@test "the question is there: operands, runs, projects, tenants, modes and times, and nothing of the events" {
	ros-report --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 --tenant acme --from 2026-01-01 --mode DEMO --format json > out
	[ "$(head -n 1 log | jq -cS .filter)" = '{"from":"2026-01-01T00:00:00.000Z","mode":"DEMO","run":"9c5b94b1-35ad-49bb-b118-8e8fc24abf80","tenant":"acme"}' ]
	rm log
	ros-replay --filter model=sentinel-model --since 1d > out
	[ "$(head -n 1 log | jq -c .filter)" = '{"since":"1d"}' ]
	! grep sentinel log
	rm log
	run -1 ros-bus dead show 1-1
	[ "$(head -n 1 log | jq -c .command)" = '["dead","show","1-1"]' ]
	[ "$(tail -n 1 log | jq .status)" = 1 ]
}

refused() { # nothing is read, nothing is printed
	run -74 --separate-stderr "$@"
	[ -z "$output" ]
	[[ $stderr == "$1: nothing is read without a trace: cannot open the audit log $ROS_AUDIT_LOG: "* ]]
}

@test "what cannot be logged is not read" {
	for ROS_AUDIT_LOG in missing/log "$PWD" link fifo; do
		export ROS_AUDIT_LOG
		[ -e target ] || { ln -s target link && mkfifo fifo && touch target; }
		each_reader refused
	done
	[ ! -s target ]
	run -74 --separate-stderr ros-report --audit-log /dev/full
	[ -z "$output" ]
	[ "$stderr" = 'ros-report: cannot write the audit log /dev/full: no space left on device' ]
	unset ROS_AUDIT_LOG
	[ "$(ros-consume | wc -l)" -eq 1 ] # no refused one has taken it
}

@test "an access that fails is there with its status, also one whose output is lost" {
	run -65 ros-report --db none.db
	[ "$(tail -n 1 log | jq -c '[.rows, .status]')" = '[null,65]' ]
	run -74 bash -c 'ros-replay > /dev/full'
	[ "$(tail -n 1 log | jq -c .status)" = 74 ]
	rm log
	run -64 ros-report --run x
	[ ! -e log ] # nothing was asked for
}

@test "the log is its owner's alone, is appended to, and lines of several at once stay whole" {
	(umask 000 && ros-report > out)
	[ "$(stat -c %a log)" = 600 ]
	for i in 1 2 3 4 5 6 7 8; do
		ros-replay > "out$i" &
	done
	wait
	[ "$(jq -s length log)" = 18 ]
	[ "$(jq -s 'group_by(.access) | map(map(.event) | sort | join(" ")) | unique | join(",")' log)" = '"begin end"' ]
}

@test "it works through the configuration, and without it nothing is written" {
	unset ROS_AUDIT_LOG
	ros-report > out
	[ ! -e log ]
	mkdir -p .config/ros
	echo "ROS_AUDIT_LOG=$PWD/log" > .config/ros/config
	ros-report > out
	[ "$(jq -s length log)" = 2 ]
}
