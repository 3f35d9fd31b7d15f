# A bundle in the real LIT: it validates, serves what its files say, its figures are those of the other tools, and a person sees them in a browser.
load ../lib/common
load ../lib/store
load ../lib/report

# calls N [FILTER]: N calls with a stage that fails, versions of a model that drift, prompts asked again, and costs by the token.
calls() {
	many "$1" '.prompt_hash = "sha256:" + ("\($i % 40)" * 64)[0:64]
		| .output_hash = "sha256:" + ("\(if $i % 23 == 0 then $i elif $i > 150 then $i % 20 else $i % 40 end)" * 64)[0:64]
		| if .model == "gpt-5" then .model_version = ["2026-01-01", "2026-02-01"][if $i > 150 then 1 else 0 end] else del(.model_version) end
		| if .model == "gpt-5-mini" and .stage == 2 and $i % 5 < 3 then .status = "FAILED" | .error = {code: "overloaded", message: "m", retryable: true} else . end
		| .usage.input_tokens = 100 + $i * 37 % 4000 | .usage.output_tokens = 10 + $i * 91 % 900
		| .usage.cost_usd = if $i % 7 == 0 then null else ((.usage.input_tokens * 2 + .usage.output_tokens * 10) * {NANO: 1, MINI: 10, FRONTIER: 40}[.tier]
			* (if $i % 61 == 1 then 3 else 1 end) / 10000000) end
		| '"${2:-.}"
}

bundle() { # [OPTION ...]
	ros-report --format lit "$@"
}

python() {
	"$TOP/build/python/bin/python" "$@"
}

# served ENDPOINT|same [ARGUMENT ...]: what the running server says.
served() {
	python "$TOP/tests/lib/python/served.py" "$LIT" "$@"
}

setup_file() {
	export SOURCE_DATE_EPOCH=1800000000 ROS_DB=$BATS_FILE_TMPDIR/ros.db BUNDLE=$BATS_FILE_TMPDIR/bundle
	calls 300 | ros-aggregate > "$BATS_FILE_TMPDIR/acks"
	bundle -o "$BUNDLE"
	cmp -s "$TOP/build/python/installed" <(cat "$TOP/tests/lib/python/requirements.txt" "$BUNDLE/requirements.txt") || return 0
	local port
	port=$(python -c 'import portpicker; print(portpicker.pick_unused_port())')
	export LIT=http://127.0.0.1:$port
	setpriv --pdeathsig KILL "$TOP/build/python/bin/python" "$BUNDLE/demo.py" --port="$port" > "$BATS_FILE_TMPDIR/server" 2>&1 < /dev/null 3>&- 4>&- &
	export SERVER=$!
	wait_for 60 served get_info
}

teardown_file() {
	[ -z "${SERVER-}" ] || kill "$SERVER"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

need_lit() {
	[ -n "${LIT-}" ] || skip 'lit-nlp is not installed: the registry was not reached'
}

# prebake DIR: whether LIT accepts each row.
prebake() {
	python "$1/demo.py" --server_type=prebake --validate=all --report_all > prebaked 2>&1
}

# planted JQ FILE: a bundle in which the first row of a file is changed.
planted() {
	rm -rf planted
	cp -r "$BUNDLE" planted
	{
		head -1 "$BUNDLE/$2" | jq -c "$1"
		tail -n +2 "$BUNDLE/$2"
	} > "planted/$2"
}

@test "LIT accepts every row, and not a text for a number, a word outside the vocabulary, a prediction less" {
	need_lit
	prebake "$BUNDLE"
	planted '.data.latency_ms = "fast"' data/invocations.lit.jsonl
	run ! prebake planted
	grep -q 'latency_ms' prebaked
	planted '.data.tier = "HUGE"' data/invocations.lit.jsonl
	run ! prebake planted
	grep -q '"tier"' prebaked
	planted 'del(.data.tier_served)' data/invocations.preds.lit.jsonl
	run ! prebake planted
	grep -q 'tier_served' prebaked
	planted empty data/invocations.preds.lit.jsonl
	run ! prebake planted
	grep -q 'not a prediction for each row' prebaked
}

@test "every field of every row, every type and every prediction is served as the files have it" {
	need_lit
	[ "$(served same "$BUNDLE")" -gt 10000 ]
	served get_info | jq -e '.demoMode and .defaultLayout == "calls" and (.inlineDoc | contains("AI transparency report")) and (.models | length) > 3'
	planted '.data.model = "other"' data/invocations.lit.jsonl
	run ! served same planted
	[[ "$output" = *'other'* ]]
}

@test "the figures of a facet are those of SQL, scipy and ros-slice" {
	need_lit
	ros-slice --metric error --by model --by stage --depth 2 --min-size 5 --format json > slices.json
	run python "$TOP/tests/lib/python/facets.py" "$LIT" "$BUNDLE" "$ROS_DB" slices.json
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^[0-9]+\ [1-9][0-9]*$ ]]
	served get_metrics dataset_name=invocations model=recorded inputs="$(jq -rs 'map(.id) | join(",")' "$BUNDLE/data/invocations.lit.jsonl")" > metrics
	jq -e --argjson all "$(jq -s 'map(.data | select(.usual_output != "" and .output_hash != "")) | length' "$BUNDLE/data/invocations.lit.jsonl")" '
		.output[0].metrics | .n > 0 and .n <= $all and .usual > 0.5 and .usual < 1 and ."usual low" < .usual' metrics
}

@test "a person sees the calls as rows, the figures by model, and each call as a point" {
	need_lit
	need_node_modules playwright-core
	node "$TOP/tests/lib/browser/lit.js" "$LIT" lit.png > seen
	[ "$(stat -c %s lit.png)" -gt 50000 ]
	jq -e '.errors == [] and .title == "ros-insights" and .scalars[:2] == ["latency_ms", "cost_usd"] and (.ticks | length > 10)' seen
	jq -r '.table[:10][] | [.[3:7][], .[17], .[-1]] | join(" ")' seen > rows
	jq -r '.data | [.status, .model, .tier, .stage, .governance_mode, .invocation_id] | join(" ")' "$BUNDLE/data/invocations.lit.jsonl" | head -10 | diff rows -
	[ "$(jq '.table | length' seen)" -gt 10 ]
	jq -r '.metrics[] | "\(.[2]) \(.[5])"' seen | sort > rates
	sqlite3 "$ROS_DB" "SELECT model || printf(' %.3f', avg(status <> 'SUCCESS')) FROM ai_invocations GROUP BY model
		UNION SELECT printf('- %.3f', avg(status <> 'SUCCESS')) FROM ai_invocations" | sort | diff rates -
}

@test "equal records, options and times give equal bytes, as a directory and as an archive" {
	bundle -o again
	diff -r "$BUNDLE" again
	bundle -o one.tar.gz
	mkdir two
	bundle -o two/one.tar.gz
	cmp one.tar.gz two/one.tar.gz
	tar -xzf one.tar.gz
	diff -r "$BUNDLE" one
	[ "$(tar -tvzf one.tar.gz | awk '{ print $2, $4 }' | sort -u)" = '0/0 2027-01-15' ]
}

@test "the manifest has the hash of each file, and names report, record, rule and numbers" {
	jq -r '.files[] | "\(.sha256 | sub("sha256:"; ""))  \(.path)"' "$BUNDLE/MANIFEST.json" > sums
	(cd "$BUNDLE" && sha256sum -c --quiet) < sums
	[ "$(cd "$BUNDLE" && find . -type f ! -name MANIFEST.json | wc -l)" = "$(wc -l < sums)" ]
	jq -e --arg report "sha256:$(ros-report --exact --format json | sha256sum | cut -c 1-64)" '.report.sha256 == $report and .record.last_batch >= 1
		and .sampling.calls == 300 and .sampling.rows == 300 and .governance_mode == "DEMO" and (.sampling.rule | length > 100) and .redaction.texts == "hashes alone" and .redaction.blocking_findings == 0' \
		"$BUNDLE/MANIFEST.json"
	ros-report --verify "$BUNDLE/report.json"
}

@test "more calls than rows are sampled: all failures stay, weights add up to the calls of each stratum" {
	bundle --max-examples 150 -o some
	jq -e '.sampling | .rows == 150 and .calls == 300 and .rows_without_success == .calls_without_success
		and ([.strata[].calls] | add) == 300 and ([.strata[].rows] | add) == 150 and all(.strata[]; .rows > 0)' some/MANIFEST.json
	jq -s 'group_by(.data | [.model, .tier, .stage, .status])[] | {n: length, calls: (map(.data.weight) | add | round)}' some/data/invocations.lit.jsonl |
		jq -s 'sort' > drawn
	jq '[.sampling.strata[] | {provider, model, tier, stage, status, calls, rows}] | group_by([.model, .tier, .stage, .status])
		| map({n: (map(.rows) | add), calls: (map(.calls) | add)}) | sort' some/MANIFEST.json | diff - drawn
	calls 300 | tac | ROS_DB=$PWD/backwards.db ros-aggregate > acks
	ROS_DB=$PWD/backwards.db bundle --max-examples 150 -o backwards
	diff -r some/data backwards/data # which calls are drawn is no matter of their order in the record
	run -0 --separate-stderr bundle --max-examples 30 -o few
	[[ "$stderr" = *'calls without success are in the bundle'* ]]
	jq -e '.sampling | .rows == 30 and .rows_without_success < .calls_without_success' few/MANIFEST.json
	run -0 --separate-stderr bundle --max-examples 5 -o five
	[[ "$stderr" = *" $(jq '[.sampling.strata[] | select(.rows == 0).calls] | add' five/MANIFEST.json) calls are of strata without a row"* ]]
	run -0 --separate-stderr bundle --max-examples 150 -o enough
	[[ "$stderr" != *'strata without a row'* ]]
}

@test "options choose the calls: run, project, period, stages, mode" {
	bundle --stages 1,3 --run 9c5b94b1-35ad-49bb-b118-8e8fc24abf80 -o stages
	[ "$(jq -rs 'map(.data.stage) | unique | join(" ")' stages/data/invocations.lit.jsonl)" = '01 03' ]
	jq -e '.filter.stages == [1, 3] and .stages_covered == [1, 3] and .run_id == "9c5b94b1-35ad-49bb-b118-8e8fc24abf80"' stages/MANIFEST.json
	bundle --from 2026-01-28T01:00:00Z --to 2026-01-28T01:30:10Z -o period
	[ "$(jq -s length period/data/invocations.lit.jsonl)" = "$(sqlite3 "$ROS_DB" "SELECT count(*) FROM ai_invocations
		WHERE timestamp >= '2026-01-28T01:00:00' AND timestamp < '2026-01-28T01:30:10'")" ]
	run -1 bundle --mode LIVE -o none
	run -1 bundle --project 00000000-0000-4000-8000-000000000000 -o none
	[ ! -e none ]
	run -64 bundle --stages 2,x -o none
	run -64 bundle --stages 21 -o none
	run -64 bundle
	run -64 bundle --max-examples 0 -o none
	run -64 bundle -o none/
	run -64 bundle -o ''
	run -64 bundle -o ...tar.gz # its paths would begin with ../
	run -64 bundle -o ./.tar.gz
	run -64 ros-report --record -o none.html
}

@test "a call without a stage has none, and a scan of the producer's own stops nothing" {
	local -x ROS_DB=$PWD/open.db
	calls 20 'if $i % 2 == 0 then .stage = null | .stage_name = null else . end | .phi.note = "abc" | .phi.own = {phi_types_detected: ["OTHER"]}' | ros-aggregate > acks
	bundle -o open
	[ "$(jq -rs 'map(.data.stage) | unique | join(" ")' open/data/invocations.lit.jsonl)" = '02 04 not stated' ]
	[ "$(jq -rs 'map(.data.phi_types[]) | unique | join(" ")' open/data/invocations.lit.jsonl)" = 'MRN NAME' ]
}

@test "each call has the numbers of the slices in which it is, of those that the report found worse" {
	local -x ROS_DB=$PWD/many.db
	calls 900 '.model = if .model == "gpt-5-mini" then "it\u0027s mini" else .model end
		| if $i % 5 < 2 then .governance_mode = "LIVE" else . end' | ros-aggregate > acks
	bundle -o many
	jq -r '.by_mode | to_entries[] | .key as $mode | .value.slices.metrics[] | .metric as $metric | .slices | to_entries[]
		| "\($metric) \($mode) \(.key + 1) \(.value.found.slice.n + .value.held_back.slice.n)"' many/report.json | sort > wanted
	jq -r '.data | to_entries[] | select(.key | startswith("slice_")) | .key[6:] as $metric | .value | select(test("^(DEMO|LIVE) "))
		| .[:4] as $mode | .[5:] / "+" | .[] | "\($metric) \($mode) \(.)"' many/data/invocations.lit.jsonl | sort | uniq -c | awk '{ print $2, $3, $4, $1 }' | sort | diff wanted -
	[ "$(grep -c ^error wanted)" -gt 1 ]
	[ "$(grep -c LIVE wanted)" -gt 0 ]
	grep -qE '\| calls without success +\| +1 \| model `it'"'"'s mini`, stage `2` ' many/report.md
	jq -s 'map(.data | select(.model == "it\u0027s mini" and .stage == "02" and .governance_mode == "DEMO").slice_error) | unique' many/data/invocations.lit.jsonl > labels
	jq -e 'all(test("^DEMO 1(\\+|$)"))' labels
	ROS_DB=$BATS_TEST_TMPDIR/none.db
	calls 20 '.status = "SUCCESS" | .error = null' | ros-aggregate > acks
	bundle -o none
	[ "$(jq -rs 'map(.data.slice_error) | unique[]' none/data/invocations.lit.jsonl)" = 'not stated' ]
}

@test "what is there already is not touched, and what cannot be written leaves nothing behind" {
	mkdir there
	echo kept > there/file
	run -1 bundle -o there
	[ "$(cat there/file)" = kept ]
	run -74 bundle -o missing/there
	: > file.tar.gz
	run -1 bundle -o file.tar.gz
	[ "$(find . -type f -o -type d | sort | xargs)" = '. ./file.tar.gz ./there ./there/file' ]
}

@test "LIVE has hashes alone, DEMO previews where they are asked for" {
	local -x ROS_DB=$PWD/mixed.db
	calls 40 '.prompt_redacted = "a synthetic question" | .output_redacted = "an answer" | .governance_mode = ["DEMO", "LIVE"][$i % 2]' | ros-aggregate > acks
	[ "$(sqlite3 mixed.db "SELECT count(*) > 0 FROM ai_invocations WHERE governance_mode = 'LIVE'")" = 1 ]
	bundle -o plain
	run ! grep -rqE 'synthetic question|an answer' plain
	jq -e '.governance_mode == "MIXED"' plain/MANIFEST.json
	bundle --previews -o previews
	[ "$(jq -rs 'map(.data | select(.prompt_redacted != "") | .governance_mode + .response_redacted) | unique | join(",")' previews/data/invocations.lit.jsonl)" = 'DEMOan answer' ]
	! need_lit || prebake previews
}

@test "a patient in the record is not in a bundle: there is none, and the message has not the patient" {
	local -x ROS_DB=$PWD/phi.db
	calls 20 | ros-aggregate > acks
	sqlite3 phi.db "UPDATE deployment SET model = 'SSN 219-09-9999' WHERE model = 'gpt-5'"
	run -1 --separate-stderr bundle -o bundle
	[[ "$stderr" = *'PHI rule'* ]]
	[[ "$stderr" != *219-09* ]]
	[ "$(find . -name 'bundle*' | wc -l)" = 0 ]
}

@test "--record tells the record what left: hash, rows, filter, who" {
	bundle --stages 2 --record --created-by tester -o told | tee event | ros-emit
	jq -e --arg sha "sha256:$(sha256sum < told/MANIFEST.json | cut -c 1-64)" '.event_type == "export.created" and .kind == "lit" and .sha256 == $sha
		and .filter.stages == [2] and .created_by == "tester" and .rows > 0' event
	run -64 bundle --record --created-by $'\xff' -o none
	[ ! -e none ]
	bundle --record --created-by tester -o told.tar.gz > archive
	[ "$(jq -r .sha256 archive)" = "sha256:$(sha256sum < told.tar.gz | cut -c 1-64)" ]
	[ "$(jq -r .size_bytes archive)" = "$(stat -c %s told.tar.gz)" ]
	local -x ROS_DB=$PWD/other.db
	ros-consume | ros-aggregate | ros-ack
	[ "$(sqlite3 other.db 'SELECT kind, created_by FROM exports')" = 'lit|tester' ]
}
