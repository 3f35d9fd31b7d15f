# ros-scan: findings without their values, verdicts, redaction.
load ../lib/common
load ../lib/buses

# site [FILTER]: a file of site rules, changed by the jq filter.
site() {
	jq "${1:-.}" > site-rules <<-'END'
		{"rules": [{"id": "site.study", "label": "STUDY_ID", "hipaa": "R", "severity": "block", "about": "a subject of a study",
			"match": {"keywords": ["Study"], "regex": "\\bST-[0-9]{4}\\b"},
			"examples": {"match": ["study ST-1234", "STUDY: ST-0001"], "no_match": ["ST-1234", "study ST-12345"]}}]}
	END
}

# allow MEMBERS: a file with one entry.
allow() {
	jq -nc "{rule: \"phi.email\", reason: \"a sample\", expires: \"2999-12-31\"} + $1" > allow
}

# bad OPTION PATTERN: the file of the option's name is refused with such a message.
bad() {
	run -78 --separate-stderr ros-scan "--$1" "$1" <<< 'mail a.b@example.com'
	[ -z "$output" ]
	[[ $stderr == "ros-scan: $1: "*"$2"* ]]
}

@test "a finding names rule, letter, place and bytes, and never the value" {
	echo '{"prompt_redacted":"patient SSN 123-45-6789"}' > in
	run -1 ros-scan in
	[[ $output =~ ^'in:1:33: block confirmed phi.ssn'[.a-z]*' SSN[G] at /prompt_redacted bytes 12+11 fp='[0-9a-f]{24}$ ]]
	run -1 ros-scan --format jsonl in
	[ "$(jq -c '[.file, .line, .column, .pointer, .part, .start, .length, .label, .hipaa, .severity, .confidence, (.fingerprint | length)]' <<< "$output")" = \
		'["in",1,33,"/prompt_redacted","value",12,11,"SSN","G","block","confirmed",24]' ]
	for format in human jsonl sarif; do
		run ros-scan --verbose --format $format in
		[[ $output != *6789* && $output != *123-45* ]]
		! grep -q "$(printf 123-45-6789 | sha256sum | head -c 16)" <<< "$output"
	done
}

@test "text, files and standard input; lines are recognised one by one" {
	printf '%s\n' 'call (555) 123-4567' '{"a":["x",{"note":"MRN: 12345678"}]}' '[1,' '"MRN: 12345678"' > in
	run -1 ros-scan in - <<< 'call (555) 123-4567'
	[ "$(grep -oE '^[^ ]*|( at [^ ]*)? bytes [0-9+]*' <<< "$output" | paste -sd '\0\n')" = 'in:1:6: bytes 5+14
in:2:25: at /?/1/? bytes 5+8
in:4:7: bytes 5+8
-:1:6: bytes 5+14' ]
	run -1 ros-scan <<< 'call (555) 123-4567'
	[[ $output == -:1:6:* ]]
}

@test "columns are characters, bytes are bytes; a string with escapes has one column" {
	run -1 ros-scan <<< 'äöü (555) 123-4567'
	[[ $output == "-:1:5: "*" bytes 7+14 "* ]]
	run -1 ros-scan <<< '{"a":"äöü call (555) 123-4567","b":"\tcall (555) 123-4567"}'
	[[ ${lines[0]} == "-:1:16: "*" bytes 12+14 "* ]]
	[[ ${lines[1]} == "-:1:36: "*" bytes 6+14 "* ]]
}

@test "JSON strings are decoded, keys are context and are searched, numbers too" {
	run -1 ros-scan <<< '{"a":"SSN \u0031\u0032\u0033-45-6789"}'
	[[ $output == *SSN* ]]
	run -1 ros-scan <<< '{"patient":{"memberId":["QW-987654"]}}'
	[[ $output == *"HEALTH_PLAN[I] at /?/?/0 "* ]]
	run -1 ros-scan <<< '{"ssn":219099999}'
	[[ $output == *"SSN[G] at /? bytes 0+9 "* ]]
	run -1 ros-scan <<< '{"error":{"219-09-9999":1}}'
	[[ $output == "-:1:12: "*"SSN[G] at /error/? key bytes 0+11 "* ]]
}

@test "what is written another way is found" {
	for text in 'MRN&#58; 12345678' 'SSN 123\u002d45\u002d6789' "$(printf 'MRN: 12345678' | base64)" $'SSN 123\u201145\u20116789' \
		$'M\u200bR\u200bN\u200b: 1\u200b2345678' 'M R N :   1 2 3 4 5 6 7 8' 'MRN%3A%2012345678'; do
		run -1 ros-scan <<< "$text"
	done
}

@test "telemetry without patients has no findings" {
	event | jq -c '., {trace: "4add66c2a2f79679", at: 1707068120011, id: "1707068120011-73", took: 54188608}' > in
	run -0 ros-scan in
	[ -z "$output" ]
}

@test "nothing that counts is 0, a warning too; with --strict a warning is 1" {
	run -0 ros-scan <<< 'nothing here'
	[ -z "$output" ]
	run -0 ros-scan <<< 'NPI 1234567893'
	[[ $output == *": warn "*phi.npi* ]]
	run -1 ros-scan --strict <<< 'NPI 1234567893'
	run -0 ros-scan --mode gate <<< 'NPI 1234567893'
	run -1 ros-scan --mode gate --strict <<< 'NPI 1234567893'
}

@test "gate stops at the first finding that counts, and prints what it has while it waits" {
	run -1 ros-scan --mode gate < <(yes 'SSN 123-45-6789')
	[ "${#lines[@]}" -eq 1 ]
	mkfifo pipe
	ros-scan pipe > out &
	exec 7> pipe
	echo 'SSN 123-45-6789' >&7
	wait_for 10 grep -q SSN out
	exec 7>&-
	wait $! || [ $? -eq 1 ]
}

@test "filter passes clean lines to the byte, redacts others, withholds what it cannot redact" {
	printf '%s\n' '{"a": 1.50,  "b":"\u0041"}' 'call (555) 123-4567' '{"a" :["SSN: 123-45-6789\n",2], "ssn":219099999, "c":"\/"}' '{"123-45-6789":1}' '' > in
	run -1 --keep-empty-lines --separate-stderr ros-scan --mode filter in
	[ "$output" = $'{"a": 1.50,  "b":"\\u0041"}\ncall [PHONE]\n{"a" :["SSN: [SSN]\\n",2], "ssn":"[SSN]", "c":"\\/"}\n\n' ]
	[ "$stderr" = 'ros-scan: in: line 4: withheld: a finding in a key cannot be taken out' ]
}

@test "what the filter passes is clean when it is scanned again, and JSON stays JSON" {
	{
		jq -r '.rules[].examples.match[]' "$TOP/schemas/phi-rules.json"
		jq -c '.rules[] | {id, text: .examples.match, joined: (.examples.match | join(" "))}' "$TOP/schemas/phi-rules.json"
	} > in
	[ "$(wc -l < in)" -gt 50 ]
	run -1 ros-scan --mode filter in
	printf '%s\n' "$output" > out
	[ "$(wc -l < in)" -eq "$(wc -l < out)" ]
	run -0 ros-scan --strict out
	[ -z "$output" ]
	[ "$(grep '^{"id"' out | jq -s length)" -eq "$(jq '.rules | length' "$TOP/schemas/phi-rules.json")" ]
}

@test "filter shows no findings: with a format or a baseline it is 64" {
	: > base
	run -64 ros-scan --mode filter --format jsonl < /dev/null
	run -64 ros-scan --mode filter --baseline base < /dev/null
}

@test "SARIF is valid by the official schema, with help and letter for each rule; also when there is nothing, or no verdict" {
	need_node_modules ajv ajv-formats @microsoft/jest-sarif
	printf '%s\n' 'SSN 123-45-6789' '{"note":"NPI 1234567893","219-09-9999":0}' > 'a b:ü'
	ros-scan --format sarif 'a b:ü' "$PWD/a b:ü" > some || [ $? -eq 1 ]
	ros-scan --format sarif /dev/null > none
	site
	printf 'a\0SSN 123-45-6789' | ros-scan --site-rules site-rules --format sarif > cut || [ $? -eq 65 ]
	for log in some none cut; do
		node "$TOP/tests/lib/node/sarif.js" $log
	done
	[ "$(jq -c '.runs[0] | [(.results | length), .invocations[0].executionSuccessful]' some none cut | tr '\n' ' ')" = '[6,true] [0,true] [1,false] ' ]
	jq -e '.runs[0] | .tool.driver.rules as $rules | .columnKind == "unicodeCodePoints" and all(.results[]; $rules[.ruleIndex].id == .ruleId)
		and all(.results[]; .partialFingerprints | has("rosScan/v1"))' some
	[ "$(jq -r '.runs[0].results[].level' some | sort | uniq -c | xargs)" = '4 error 2 warning' ]
	[ "$(jq -r '.runs[0].results[0, 3].locations[0].physicalLocation.artifactLocation.uri' some)" = "a%20b%3A%C3%BC
file://$PWD/a%20b%3A%C3%BC" ]
	jq -e '.runs[0].tool.driver.rules | all(.[]; .help.text | test("Identifier \\([A-R]\\) of 45 CFR 164.514")) and .[-1].id == "site.study"' cut
	! grep -E '6789|4567893|9999' some cut
}

@test "input that cannot be scanned in full is 65 and is named; what it shows is printed" {
	check() { # PATTERN FINDINGS
		run -65 --separate-stderr ros-scan in
		[[ $stderr =~ ^'ros-scan: in: line 2: not scanned in full: '.*$1 ]]
		[ "$(grep -c SSN <<< "$output")" -eq "$2" ]
		run -65 --separate-stderr ros-scan --mode filter in
		[[ $output == 'a'* && $output != *SSN* ]]
	}
	printf 'a\nSSN 123-45-6789\0\nb\n' > in
	check NUL 1
	printf 'a\nSSN 123-45-6789 \377\n' > in
	check UTF-8 0
	printf 'a\n{"a":"SSN 123-45-6789 \377"}\n' > in
	check utf8 0
	printf 'a\n{"a":"SSN 123-45-6789","a":1}\n' > in
	check duplicate-key 1
	printf 'a\n{"a":"SSN 123-45-6789 \\ud800"}\n' > in
	check utf8 1
	printf 'a\n%s "SSN 123-45-6789"\n' "$(printf '[%.0s' {1..100})" > in
	check depth 1
	printf 'a\n' > in
	head -c 9000000 /dev/zero | tr '\0' x >> in
	check 'too long' 0
}

@test "an event that breaks off anywhere is no pass; whole without line feed it is" {
	event '.tags = ["a\u0001"]' | tr -d '\n' > whole
	run -0 ros-scan whole
	for n in $(seq 1 7 $(($(wc -c < whole) - 1))) $(($(wc -c < whole) - 1)); do
		head -c "$n" whole > cut
		run -65 ros-scan cut
		[[ $output == *'line 1: not scanned in full: cut off' ]]
	done
	run -0 ros-scan < <(printf '[1]: a link\n[a link](x)')
}

@test "20 lines of a file are named that cannot be scanned, then their number" {
	run -65 --separate-stderr ros-scan < <(for _ in {1..30}; do printf '\0\n'; done)
	[ "$(wc -l <<< "$stderr")" -eq 21 ]
	[[ $stderr == *'30 lines in all were not scanned in full' ]]
}

@test "a file that cannot be read takes the verdict away, and the others are scanned" {
	echo 'SSN 123-45-6789' > in
	run -65 ros-scan nowhere in
	[[ $output == *'cannot open nowhere: '*'in:1:'* ]]
}

@test "--min-events: an empty scan is no clean one; blank lines do not count, findings stay findings" {
	run -65 ros-scan --min-events 1 < /dev/null
	[[ $output == *'0 lines, fewer than --min-events'* ]]
	run -65 ros-scan --min-events 2 < <(printf 'a\n\n \n')
	run -0 ros-scan --min-events 2 < <(printf 'a\n\nb\n')
	run -1 ros-scan --min-events 2 <<< 'SSN 123-45-6789'
}

@test "each of the letters A to R has a rule, a canary that is found, and examples that hold" {
	[ "$(ros-scan --list-rules | awk '{ print $2 }' | sort -u | tr -d '\n')" = ABCDEFGHIJKLMNOPQR ]
	run -0 ros-scan --canary < /dev/null
	[ -z "$output" ]
	run -0 ros-scan --self-test
	[ -z "$output" ]
}

@test "a rule can be explained; an unknown one is 64, and so is a file" {
	run -0 ros-scan --explain phi.mbi
	[[ $output == *'45 CFR 164.514(b)(2)(i)(I): health plan'*1EG4-TE5-MK73* ]]
	run -64 ros-scan --explain phi.nothing
	run -64 ros-scan --list-rules file
}

@test "a baseline lets pass as many as it has, wherever they have moved" {
	printf 'SSN 123-45-6789\nmail a.b@example.com\n' > in
	ros-scan --format jsonl in > baseline || [ $? -eq 1 ]
	run -0 ros-scan --baseline baseline in
	[ -z "$output" ]
	sed -i '1i another line' in
	run -0 ros-scan --baseline baseline in
	echo 'SSN 987-65-4321' >> in # masked, it looks like the first
	run -1 ros-scan --baseline baseline in
	[[ $output == in:4:5:* && ${#lines[@]} -eq 1 ]]
	echo '{"a":1}' >> baseline
	bad baseline 'line 3: has no fingerprint'
	rm baseline
	run -78 ros-scan --baseline baseline in
}

@test "an allow file lets one rule pass at one place, or one value" {
	mail='{"event":{"tags":["x","a.b@example.com"],"prompt_redacted":"a.b@example.com, c.d@example.com"}}'
	allow '{path: "/event/tags/1"}'
	run -1 ros-scan --allow allow <<< "$mail"
	[ "${#lines[@]}" -eq 2 ]
	allow '{value: "a.b@example.com"}'
	run -1 --separate-stderr ros-scan --mode filter --allow allow <<< "$mail"
	[ "$output" = '{"event":{"tags":["x","a.b@example.com"],"prompt_redacted":"a.b@example.com, [EMAIL]"}}' ]
	allow '{rule: "phi.url", value: "a.b@example.com"}'
	run -1 ros-scan --allow allow <<< "$mail"
	[ "${#lines[@]}" -eq 3 ]
	allow '{path: "/a b"}'
	run -0 ros-scan --canary --allow allow <<< '{"a b":"a.b@example.com"}'
}

@test "an allow entry without rule, reason, place or day, or one that is over, is 78 and its line is named" {
	bad_entry() {
		allow "$1"
		sed -i '1i {"rule":"phi.url","path":"/a","reason":"r","expires":"2999-12-31"}' allow
		bad allow "line 2: $2"
	}
	bad_entry '{path: "/a", expires: "2020-01-01"}' 'has expired'
	bad_entry '{path: "/a", expires: "soon"}' 'needs a day'
	bad_entry '{path: "/a", reason: " "}' 'has no reason'
	bad_entry '{path: "/a", rule: "phi.nothing"}' 'names no rule'
	bad_entry '{path: "/a", value: "b"}' 'needs either'
	bad_entry '{}' 'needs either'
	bad_entry '{path: "a"}' 'path is no JSON pointer'
	bad_entry '{path: "/a", expiry: "2999-12-31"}' 'has a member'
	bad_entry '{path: 1}' 'has a member'
	jq -c 'del(.expires)' <<< '{"rule":"phi.url","path":"/a","reason":"r","expires":""}' > allow
	bad allow 'line 1: needs a day'
	echo nonsense > allow
	bad allow 'line 1: is no JSON object'
	# Today is not over.
	allow "{value: \"a.b@example.com\", expires: \"$(date -u +%F)\"}"
	run -0 ros-scan --allow allow <<< 'mail a.b@example.com'
}

@test "site rules find behind their keywords, in text, JSON and filter, and can be listed, explained and allowed" {
	site
	run -1 ros-scan --site-rules site-rules <<< 'the STUDY has ST-1234 and ST-5678'
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == "-:1:27: block likely site.study STUDY_ID[R] bytes 26+7 "* ]]
	run -0 ros-scan --site-rules site-rules <<< 'ST-1234'
	run -1 ros-scan --site-rules site-rules <<< '{"study_subject":"ST-1234"}'
	run -1 ros-scan --site-rules site-rules --mode filter <<< '{"study":"ST-1234 SSN 123-45-6789"}'
	[ "$output" = '{"study":"[STUDY_ID] SSN [SSN]"}' ]
	run -0 ros-scan --site-rules site-rules --canary --explain site.study
	[[ $output == *'finds:          study ST-1234'* ]]
	ros-scan --site-rules site-rules --list-rules | grep '^site.study '
	allow '{rule: "site.study", value: "ST-1234"}'
	run -0 ros-scan --site-rules site-rules --allow allow <<< 'study ST-1234'
	run -78 ros-scan --allow allow <<< 'study ST-1234'
}

@test "a site rule that is not whole, or whose examples do not hold, is 78 and is named" {
	bad_rule() {
		site "$1"
		bad site-rules "$2"
	}
	bad_rule '.rules[0] |= del(.about)' 'rule 1: needs id, label'
	bad_rule '.rules[0].more = 1' 'rule 1: needs id, label'
	bad_rule '.rules += .rules' 'rule 2: id needs'
	bad_rule '.rules[0].id = "phi.ssn"' 'rule 1: id needs'
	bad_rule '.rules[0].label = "a b"' 'rule 1: label needs'
	bad_rule '.rules[0].hipaa = "S"' 'rule 1: hipaa needs'
	bad_rule '.rules[0].severity = "low"' 'rule 1: severity is'
	bad_rule '.rules[0].about = "a\u0007"' 'rule 1: about says'
	bad_rule '.rules[0].match.keywords = []' 'rule 1: match.keywords needs'
	bad_rule '.rules[0].match |= del(.keywords)' 'rule 1: match needs keywords'
	bad_rule '.rules[0].match.regex = "("' 'rule 1: match.regex, at byte 2: '
	bad_rule '.rules[0].match.regex = "a*"' 'rule 1: match.regex matches the empty text'
	bad_rule '.rules[0].examples.match = []' 'rule 1: examples.match and'
	bad_rule '.rules[0].examples |= del(.no_match)' 'rule 1: examples needs'
	bad_rule '.rules[0].examples.match[1] = "study"' 'site.study: examples.match 2 is not found'
	bad_rule '.rules[0].examples.no_match[0] = "study ST-1234"' 'site.study: examples.no_match 1 is found'
	bad_rule '{rules: 1}' 'needs rules'
	echo '{"rules":[' > site-rules
	bad site-rules 'syntax at byte'
	run -78 ros-scan --site-rules nowhere /dev/null
}

@test "a site rule that reaches its limit has not scanned the line" {
	site '.rules[0].match.regex = "(x+x+)+[yz]" | .rules[0].examples = {match: ["study xxy"], no_match: ["study"]}'
	run -0 ros-scan --site-rules site-rules <<< 'study xxx'
	run -65 ros-scan --site-rules site-rules <<< 'study xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
	[[ $output == 'ros-scan: standard input: line 1: not scanned in full: site.study: match limit exceeded' ]]
	run -65 --separate-stderr ros-scan --mode filter --site-rules site-rules <<< '{"study":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}'
	[ -z "$output" ]
}

@test "stopped by a signal there is no verdict, and what was found is printed" {
	mkfifo pipe
	ros-scan --format sarif pipe > out 2> err &
	exec 7> pipe
	echo 'SSN 123-45-6789' >&7
	wait_for 10 grep -q ruleIndex out
	kill -TERM $!
	wait $! && status=0 || status=$?
	exec 7>&-
	[ $status -eq 75 ]
	grep -q 'stopped by a signal after line 1' err
	jq -e '.runs[0].invocations[0].executionSuccessful == false' out
}

@test "findings that cannot be written are 74, whatever was found" {
	for format in human jsonl sarif; do
		run -74 --separate-stderr bash -c "ros-scan --format $format <<< 'SSN 123-45-6789' > /dev/full"
		[[ $stderr == *'cannot write standard output'* ]]
	done
	run -74 timeout 10 bash -c "yes 'SSN 123-45-6789' | ros-scan > /dev/full"
}

@test "the file's name is shown without control characters" {
	name=$(printf 'a\033[31m\n\377')
	echo 'SSN 123-45-6789' > "$name"
	run -1 ros-scan "$name"
	[[ $output == 'a?[31m'*':1:5: '* ]]
	ros-scan --format jsonl "$name" | jq -e '.file | test("^a\\?")'
}

@test "--stats tells how many lines and findings there were" {
	printf 'SSN 123-45-6789\nNPI 1234567893\n\n\0\n' > in
	run -65 ros-scan --stats stats in
	[ "$(jq -c '[.tool, .event, .lines, .findings, .warnings, .unscanned]' stats)" = '["ros-scan","exit",3,1,1,1]' ]
}

# watch: what follows the bus in use ends at the first event with a finding, though the stream goes on.
watch() {
	event | ros-emit > ids
	ros-replay --follow 2> err | { ros-scan --mode gate > found || echo $? > status; } 3>&- &
	event '.invocation_id |= sub("^."; "1")' | ros-emit > ids
	[ ! -e status ]
	event '.invocation_id |= sub("^."; "2") | .prompt_redacted = "SSN 219-09-9999"' | ros-emit --phi off > ids
	wait_for 10 test -s status
	[ "$(cat status)" -eq 1 ]
	grep -q 'SSN\[G\] at /event/prompt_redacted bytes 4+11' found
	event '.invocation_id |= sub("^."; "3")' | ros-emit > ids # and ros-replay finds its reader gone
	wait
}

@test "a stream is watched as it grows, on the embedded bus" {
	watch
}

@test "a stream is watched as it grows, on Redis" {
	on_redis
	watch
}

@test "an identifier of FHIR is what its type says, in whatever form" {
	local id='"value": "9f3c2a10-77aa-4b1e-9c55-0d1e2f3a4b5c"'
	echo "{\"resourceType\": \"Patient\", \"identifier\": [{\"type\": {\"coding\": [{\"code\": \"MR\"}]}, $id}]}" > fhir
	run -1 ros-scan fhir
	[[ $output == 'fhir:1:'*' phi.mrn MRN[H] at '* ]]
	echo "{\"resourceType\": \"Device\", \"identifier\": [{\"type\": {\"coding\": [{\"code\": \"XX\"}]}, $id}]}" > other
	run -0 ros-scan other
}

@test "an address is looked into behind its host" {
	run -1 ros-scan --mode gate <<< 'https://h.example/x?ssn=123-45-6789'
	run -1 ros-scan --mode gate <<< 'https://h.example/x?email=maria.lopez@mail.example'
	run -0 ros-scan --mode gate <<< 'https://docs.example/2026/01/page?id=7'
}

@test "an integer in any spelling, and under a key above that says more" {
	run -1 ros-scan <<< '{"ssn": 123456789.0}'
	run -1 ros-scan <<< '{"mrn": {"value": 1234567}}'
	[ "$(ros-scan --mode filter <<< '{"a": 1.50, "b": {"value": 2e3}}')" = '{"a": 1.50, "b": {"value": 2e3}}' ]
}
