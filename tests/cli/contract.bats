#!/usr/bin/env bats
# The contract at large: ros-emit's verdicts equal Ajv's on 25,000 events, valid ones and mutants of every field; ros-aggregate's on summaries.

load ../lib/common

@test "verdicts equal those of Ajv, but for the listed differences" {
	need_node_modules ajv ajv-formats
	cd "$BATS_TEST_TMPDIR"
	node "$TOP/tests/lib/node/differential.js" "$TOP/schemas/ai_invocation_event.schema.json" events verdicts
	[ "$(wc -l < events)" -ge 20000 ]
	run -1 --separate-stderr ros-emit --dry-run events
	# `ros-emit: events: line 7: ...` names each refused line.
	printf '%s\n' "$stderr" | sed -n 's/^ros-emit: events: line \([0-9]*\): .*/\1/p' | sort -un > refused
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
	sed -n 's/^ack s g \([0-9]*\)-0$/\1/p' <<< "$output" > taken
	awk '$1 == "valid" { print NR }' verdicts | diff - taken
	[ "$(grep -c '^valid$' verdicts)" -ge 500 ]
	[ "$(grep -c '^invalid$' verdicts)" -ge 5000 ]
	grep -q '^differs order$' verdicts
}

@test "the schemas are valid JSON Schema 2020-12" {
	need_node_modules ajv
	local schema
	for schema in "$TOP"/schemas/*.json; do
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
