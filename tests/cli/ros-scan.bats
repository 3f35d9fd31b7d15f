# ros-scan: findings without their values, verdicts, redaction.
load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "every rule finds its examples" {
	run -0 ros-scan --self-test
	[ -z "$output" ]
}

@test "a finding names rule, letter, place and bytes, and never the value" {
	echo '{"note":"patient SSN 123-45-6789"}' > in
	for format in human jsonl sarif; do
		run -1 ros-scan --format $format in
		[[ $output != *6789* ]]
	done
	run -1 ros-scan in
	[[ $output == "in:1:9: block confirmed phi.ssn.cue SSN[G] at /note bytes 12+11 fp="* ]]
	ros-scan --format sarif in | jq -e '.version == "2.1.0" and .runs[0].results[0].level == "error"'
}

@test "each of the letters A to R has a rule" {
	[ "$(ros-scan --list-rules | awk '{ print $2 }' | sort -u | tr -d '\n')" = ABCDEFGHIJKLMNOPQR ]
}

@test "nothing found is 0, a warning too; with --strict it is 1" {
	run -0 ros-scan <<< 'nothing here'
	[ -z "$output" ]
	run -0 ros-scan <<< 'NPI 1234567893'
	[[ $output == *warn*phi.npi* ]]
	run -1 ros-scan --strict <<< 'NPI 1234567893'
}

@test "what is written another way is found" {
	for text in 'MRN&#58; 12345678' 'SSN 123\u002d45\u002d6789' "$(printf 'MRN: 12345678' | base64)" $'SSN 123\u201145\u20116789' \
		$'M\u200bR\u200bN\u200b: 1\u200b2345678' 'M R N :   1 2 3 4 5 6 7 8' 'MRN%3A%2012345678'; do
		run -1 ros-scan <<< "$text"
	done
}

@test "keys are context, are searched, and show only where they are plain names" {
	run -1 ros-scan <<< '{"patient":{"memberId":"QW-987654"}}'
	[[ $output == *"HEALTH_PLAN[I] at /patient/memberId "* ]]
	run -1 ros-scan <<< '{"123-45-6789":1}'
	[[ $output == *"at /? "* ]]
}

@test "filter passes clean lines to the byte, redacts others, withholds a finding in a key" {
	printf '%s\n' '{"a": 1.50}' 'call (555) 123-4567' '{"a":["SSN: 123-45-6789",2]}' '{"123-45-6789":1}' > in
	run -1 --separate-stderr ros-scan --mode filter in
	[ "$output" = $'{"a": 1.50}\ncall [PHONE]\n{"a":["SSN: [SSN]",2]}' ]
	[ "$stderr" = 'ros-scan: in: line 4: withheld' ]
}

@test "gate stops at the first; an empty scan is no clean one; neither is one that is cut short" {
	run -1 ros-scan --mode gate < <(yes 'SSN 123-45-6789')
	[ "${#lines[@]}" -eq 1 ]
	run -65 ros-scan --min-events 1 < /dev/null
	run -65 ros-scan < <(head -c 9000000 /dev/zero | tr '\0' x)
}

@test "a baseline and an allow file take findings away; an entry that is over or without reason is refused" {
	echo 'SSN 123-45-6789' > in
	ros-scan --format jsonl in > base || true
	run -0 ros-scan --baseline base in
	echo '{"rule":"phi.ssn.cue","value":"123-45-6789","reason":"a sample","expires":"2999-01-01"}' > allow
	run -0 ros-scan --allow allow in
	sed -i s/2999/1999/ allow
	run -78 ros-scan --allow allow in
	echo '{"rule":"phi.ssn.cue","value":"123-45-6789","expires":"2999-01-01"}' > allow
	run -78 ros-scan --allow allow in
}

@test "telemetry without patients has no findings" {
	event | jq -c '., {trace: "4add66c2a2f79679", at: 1707068120011, id: "1707068120011-73", took: 54188608}' > in
	run -0 ros-scan --canary in
	[ -z "$output" ]
}

@test "a rule can be explained; an unknown one is 64" {
	run -0 ros-scan --explain phi.mbi
	[[ $output == *1EG4-TE5-MK73* ]]
	run -64 ros-scan --explain phi.nothing
}
