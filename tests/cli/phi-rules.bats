# The generator of the scanner's tables refuses rules that are wrong, and says which rule and what about it.

load ../lib/common

rules2c() { # JQ-FILTER: the rules, changed, through the generator of the build that is tested
	jq "$1" "$TOP/schemas/phi-rules.json" > "$BATS_TEST_TMPDIR/rules.json"
	"$ROS_BIN/../gen/rules2c" "$BATS_TEST_TMPDIR/rules.json" "$TOP"/schemas/phi-*.txt
}

refuses() { # JQ-FILTER MESSAGE
	run --separate-stderr rules2c "$1"
	[ "$status" -eq 65 ]
	[ "$stderr" = "rules2c: $2" ]
}

@test "the rules as they are make the tables" {
	rules2c . | grep -q 'phi_n_rules'
}

@test "an id stands once and does not come back" {
	refuses '.rules += [.rules[0]]' 'phi.name.key stands twice'
	refuses '.retired += ["phi.ssn"]' 'phi.ssn is retired'
	refuses '.rules[0].id = "SSN"' 'SSN: an id is phi. and lower-case words with dots and dashes'
}

@test "a rule without examples of both kinds is refused" {
	refuses 'del(.rules[0].examples.no_match)' 'phi.name.key: no list no_match'
	refuses '.rules[0].examples.match = []' 'phi.name.key: no list match'
}

@test "members, letters, severities, values and checks that are not known are refused" {
	refuses '.rules[0].regex = "x"' 'phi.name.key: regex is not known'
	refuses '.rules[0].hipaa = "S"' 'phi.name.key: hipaa is a letter A to R'
	refuses '.rules[0].severity = "info"' 'phi.name.key: severity is block or warn'
	refuses '.rules[0].match.value = "all"' 'phi.name.key: no value all'
	refuses '.rules[0].validate.fn = "guess"' 'phi.name.key: no check guess'
	refuses '.rules[0].validate.on_fail = "pass"' 'phi.name.key: on_fail is drop or demote'
	refuses '.rules[0].match = {}' 'phi.name.key: matches nothing'
}

@test "shapes that no rule has, and rules without their shape, are refused" {
	refuses '.shapes.none = "d"' 'no rule has the shape none'
	refuses 'del(.shapes.ssn)' 'phi.ssn: no shape ssn'
}

@test "a keyword has letters a to z, and a context a reach" {
	refuses '.rules[0].match.keys = ["a-b"]' 'a-b: a keyword is words of letters a to z with one space between, or a word of capitals'
	refuses '(.rules[] | select(.context)).context |= del(.before, .after)' 'phi.postcode: the context needs before or after'
}

@test "a table must be in order and begin with its source" {
	printf '# source\nb\na\n' > "$BATS_TEST_TMPDIR/phi-stop-words.txt"
	run --separate-stderr "$ROS_BIN/../gen/rules2c" "$TOP/schemas/phi-rules.json" "$BATS_TEST_TMPDIR/phi-stop-words.txt"
	[ "$status" -eq 65 ]
	[[ $stderr == *'phi-stop-words.txt: a is not in order' ]]
	printf 'a\nb\n' > "$BATS_TEST_TMPDIR/phi-stop-words.txt"
	run --separate-stderr "$ROS_BIN/../gen/rules2c" "$TOP/schemas/phi-rules.json" "$BATS_TEST_TMPDIR/phi-stop-words.txt"
	[ "$status" -eq 65 ]
	[[ $stderr == *'phi-stop-words.txt: a table is a file phi-NAME.txt that begins with its source' ]]
}
