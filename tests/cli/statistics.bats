# The statistics against other implementations: scipy, and the DDSketch of PyPI.
load ../lib/common

setup_file() {
	export PYTHON=$TOP/build/python/bin/python
	"$TOP/build/release/bench/stat-values" > "$BATS_FILE_TMPDIR/values"
}

setup() {
	[ -f "$TOP/build/python/installed" ] || skip 'scipy is not installed: the registry was not reached'
}

@test "intervals, tests and percentiles agree with scipy and ddsketch to 1e-9" {
	run "$PYTHON" "$TOP/tests/lib/python/agrees.py" < "$BATS_FILE_TMPDIR/values"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" = *'fisher 200 newcombe 400 percentiles 20000 proportions 200 samples 1200 tails 800 wilson 400' ]]
}

@test "a value that is off by 1e-8 would be seen" {
	sed '/^fisher/{s/= 1$/= 1.00000001/;s/= \(0\.[0-9]\{6\}\).*/= \11/}' "$BATS_FILE_TMPDIR/values" > "$BATS_TEST_TMPDIR/off"
	run "$PYTHON" "$TOP/tests/lib/python/agrees.py" < "$BATS_TEST_TMPDIR/off"
	[ "$status" -eq 1 ]
	[[ "$output" = *'fisher: '*' here, '*' there'* ]]
}
