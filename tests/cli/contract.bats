#!/usr/bin/env bats
# The contract at large: ros-emit's verdicts equal Ajv's on 25,000 invocations, valid ones and mutants of every field, and on the other types; ros-aggregate's on
# summaries.

load ../lib/common

# broken FILE: the numbers of the lines that ros-emit refuses for a rule of the contract. The guard looks at what the contract has taken.
broken() {
	{ ros-emit --dry-run "$1" 2>&1 || true; } | sed -n "s/^ros-emit: $1: line \([0-9]*\): \(.*\)/\1 \2/p" | grep -vE '^[0-9]+ (/[^ ]*: )?(no-key|phi|scan|key|unkeyed-hash)( |$)' | cut -d' ' -f1 | sort -un
}

@test "verdicts equal those of Ajv, but for the listed differences" {
	need_node_modules ajv ajv-formats
	cd "$BATS_TEST_TMPDIR"
	node "$TOP/tests/lib/node/differential.js" "$TOP/schemas/ai_invocation_event.schema.json" events verdicts
	[ "$(wc -l < events)" -ge 20000 ]
	broken events > refused
	awk '$1 != "valid" { print NR }' verdicts > expected
	diff expected refused
	# Not vacuous: both verdicts, and each kind of permitted difference, are there in numbers.
	[ "$(grep -c '^valid$' verdicts)" -ge 4000 ]
	[ "$(grep -c '^invalid$' verdicts)" -ge 10000 ]
	[ "$(grep '^differs' verdicts | sort -u | wc -l)" -eq 5 ]
}

@test "verdicts on summaries equal those of Ajv, but for the listed differences" {
	need_node_modules ajv ajv-formats
	cd "$BATS_TEST_TMPDIR"
	node "$TOP/tests/lib/node/differential.js" "$TOP/schemas/emit_summary_event.schema.json" events verdicts 10000
	awk '{ print "{\"stream\":\"s\",\"group\":\"g\",\"id\":\"" NR "-0\",\"type\":\"emit.summary\",\"deliveries\":1,\"event\":" $0 "}" }' events > in
	run -1 --separate-stderr ros-aggregate in
	{
		sed -n 's/^ack s g \([0-9]*\)-0$/\1/p' <<< "$output"
		sed -n 's/^ros-aggregate: s: entry \([0-9]*\)-0 is refused: [^ ]*: phi; nothing of it is kept$/\1/p' <<< "$stderr" # by the guard
	} | sort -n > taken
	awk '$1 == "valid" { print NR }' verdicts | diff - taken
	[ "$(grep -c '^valid$' verdicts)" -ge 500 ]
	[ "$(grep -c '^invalid$' verdicts)" -ge 5000 ]
	grep -q '^differs order$' verdicts
}

@test "verdicts on events of the other types equal those of Ajv, but for the listed differences" {
	need_node_modules ajv ajv-formats
	cd "$BATS_TEST_TMPDIR"
	local type
	for type in dataset_registered dataset_accessed workflow_stage export_created; do
		node "$TOP/tests/lib/node/differential.js" "$TOP/schemas/${type}_event.schema.json" events verdicts 8000
		broken events > refused
		awk '$1 != "valid" { print NR }' verdicts | diff - refused
		[ "$(grep -c '^valid$' verdicts)" -ge 500 ]
		[ "$(grep -c '^invalid$' verdicts)" -ge 3000 ]
	done
}

@test "the schemas are valid JSON Schema 2020-12" {
	need_node_modules ajv
	local schema
	for schema in "$TOP"/schemas/*.schema.json; do
		node -e '
			const Ajv = require("ajv/dist/2020");
			const schema = JSON.parse(require("fs").readFileSync(process.argv[1]));
			process.exit(new Ajv({ strict: false }).validateSchema(schema) ? 0 : 1);
		' "$schema"
	done
}

@test "every string of a schema has an x-ros-type, and every member a description" {
	run jq -r '
		[paths(type == "object" and (has("enum") or .type == "string" or (.type | type) == "array" and any(.type[]; . == "string"))) as $p
		 | select($p | index("if") or index("then") or index("else") or index("propertyNames") | not)
		 | select(getpath($p) | has("x-ros-type") | not) | $p | join("/")] | .[]' "$TOP"/schemas/*_event.schema.json
	[ -z "$output" ]
	run jq -r '
		[paths as $p | select($p[-2] == "properties" and ($p | index("if") or index("then") | not))
		 | select(getpath($p) | has("description") or has("$ref") | not) | $p | join("/")] | .[]' "$TOP"/schemas/*_event.schema.json
	[ -z "$output" ]
}
