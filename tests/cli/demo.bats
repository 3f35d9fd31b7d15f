# scripts/demo, and the lines that it shows, typed again.

load ../lib/common

recorded() {
	sqlite3 "$TOP/build/demo/ros.db" 'SELECT count(*) FROM ai_invocations'
}

@test "the demo ends with a report, and its lines can be typed again" {
	cd "$BATS_TEST_TMPDIR"
	run "$TOP/scripts/demo"
	echo "$output" # shown where the test fails
	[ "$status" -eq 0 ]
	grep -q '^# ' <<< "$output"
	grep -q '^| ' <<< "$output"
	before=$(recorded)
	[ "$before" -gt 2000 ]

	sed -n 's/^\$ //p' <<< "$output" > typed
	[ "$(wc -l < typed)" -ge 6 ]
	run bash -eu -o pipefail typed
	[ "$status" -eq 0 ]
	[ "$(recorded)" -eq "$before" ]
}
