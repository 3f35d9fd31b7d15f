# The transparency panel: what a reader sees in a browser, that it says what the JSON form says, and that what is in the data stays data.
load ../lib/common
load ../lib/store
load ../lib/report

RUN=9c5b94b1-35ad-49bb-b118-8e8fc24abf80
PROJECT=1b4e28ba-2fa1-41d2-883f-0016d3cca427
export SOURCE_DATE_EPOCH=1800000000

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# look PAGE [VIEW ...]: what Chromium sees, a line a view, in `seen`; pictures beside the page.
look() {
	need_node_modules playwright-core axe-core
	node "$TOP/tests/lib/browser/look.js" "$1" . "${@:2}" > seen
}

# accepted: whether each view of `seen` is one that a person can use.
accepted() {
	[ -s seen ]
	jq -c 'select(.violations != [] or .overflow > 0 or .overflowOpened > 0 or .outside > 0 or .ids != [] or .lang != "en" or .ran
		or .messages != [] or .requests != 1 or .chartsWithoutTable > 0 or .headings[0] != 1
		or ([.headings, .headings[1:]] | transpose | any(.[1] != null and .[1] - .[0] > 1))) | del(.json)' seen > wrong
	cat wrong
	[ ! -s wrong ]
}

# same_figures [OPTION ...]: whether the panel, Markdown and JSON of a report agree.
same_figures() {
	ros-report "$@" -o r.json
	ros-report "$@" -o r.html
	ros-report "$@" -o r.md
	"$TOP/tests/lib/report-figures" r.json html r.html
	"$TOP/tests/lib/report-figures" r.json md r.md
}

@test "light, dark, forced colours, narrow, on paper: axe finds nothing, and nothing is cut off" {
	many 400 '.governance_mode = ["DEMO", "LIVE"][$i % 2] | .tenant_id = ["a", "b"][$i % 3 % 2]' | record
	dataset 1 5000 cohort
	access 1 1 200
	stage 1 completed 0 1000
	ros-report --run "$RUN" --against 2026-01-28/2026-01-29 -o r.html
	look r.html
	accepted
	[ "$(jq -r .view seen | xargs)" = 'light dark forced narrow narrow-dark print' ]
	[ "$(jq -rs 'map(.background) | .[0] != .[1] and .[5] == .[0]' seen)" = true ]
	jq -se '.[0].charts > 8 and .[0].folded > 3 and .[5].folded == 0' seen # on paper no table is folded
	[ "$(jq -rs '.[0].title' seen)" = "AI transparency report of run $RUN" ]
	[ "$(find . -name '*.png' -size +10k | wc -l)" = 6 ]
}

@test "every figure is that of the JSON, which is inside" {
	many 700 '.governance_mode = ["DEMO", "LIVE"][$i % 2]' | record
	dataset 1 5000 cohort
	access 1 1 200
	same_figures
	sed -n '/^<script type="application\/json"/,/^<\/script>/p' r.html | sed '1d;$d' | jq -S . | diff - <(jq -S . r.json)
	same_figures --run "$RUN"
	grep -qF "$(sha256sum < r.json | cut -c1-64)" r.html
}

@test "names from the data are text: no tag, no script, no other direction" {
	many 80 '.model = ["<script>window.ran = true</script>", "</style><img src=x onerror=\"window.ran = true\">", ("W" * 500), "\u202Eevil\u202C \u05e9\u05dc\u05d5\u05dd",
		"\ud83d\udc69\u200d\ud83d\ude80 emoji", "a\u0001\u0007b]]>-->", "日本語のモデル名がここにあります長い名前", "x\" onload=\"window.ran = true"][$i % 8]
		| .provider = .model | .stage_name = .model[0:90] | .tenant_id = .model[0:90] | .model_requested = "</script><script>window.ran = true</script>"
		| .error = {code: "<b>&amp;</title>"} | .status = ["FAILED", "SUCCESS"][$i % 2]' > events
	record < events
	ros-report -o r.html
	sed '/^<script/,$d' r.html > page # but for the JSON
	run ! grep -P '\x{202e}|\x{202c}|\x{200d}|\x01|\x07' page
	grep -qF '[U+202E]evil[U+202C]' r.html
	[ "$(grep -oiE '<(script|style|img|iframe|meta http)\b' r.html | sort | xargs)" = '<meta http <script <style' ]
	[ "$(grep -oF '<b>' page | wc -l)" = 6 ]
	look r.html
	accepted
	jq -rn 'first(inputs).json' seen | jq -e '[.models[].model] | any(. == "<script>window.ran = true</script>")'
}

@test "what is put into the page later does not run, load or restyle" {
	many 10 | record
	ros-report -o r.html
	sed 's|<main id="main">|&<script>window.ran = true</script><img src="http://127.0.0.1:9/x" onerror="window.ran = true"><style>body { display: none }</style>|' \
		r.html > injected.html
	! cmp -s r.html injected.html
	look injected.html light
	jq -e '.ran == false and .display == "block" and .requests == 1' seen
	jq -e '.messages | length >= 3 and all(contains("Content Security Policy"))' seen
	grep -qF "default-src 'none'; style-src 'sha256-" r.html
}

@test "the same report has the same bytes, and needs no other file" {
	many 300 '.governance_mode = ["DEMO", "LIVE"][$i % 2]' | record
	ros-report -o 1.html
	ros-report --format html | cmp - 1.html
	run ! grep -E '(src|href|action)="[^#d]' 1.html
	run ! grep -F 'style=' 1.html
}

@test "nothing recorded, one call, costs all unknown: a page for each" {
	ros-aggregate < /dev/null > /dev/null
	same_figures || [ "$(jq .total_ai_calls r.json)" = 0 ]
	grep -qF 'That is not a proof that no AI was used' r.html
	event '.usage.cost_usd = null | .usage.cost_source = "unknown"' | record
	same_figures
	run ! grep -F '$0' r.html
	look r.html light narrow
	accepted
}

@test "twenty stages and very many models: long lists end with all others" {
	many 300 '.model = "model-\($i)" | .stage = $i % 20 + 1 | .stage_name = "stage-\($i % 20 + 1)"' | record
	ros-report -o r.html
	[ "$(grep -c '<th scope="row"><bdi class="short">model-' r.html)" = $((9 + 199)) ]
	grep -qF '101 others, listed in the JSON form' r.html
	look r.html light narrow
	accepted
}

@test "the design tokens are in the format of the Design Tokens Community Group" {
	need_node_modules @terrazzo/parser
	node "$TOP/tests/lib/browser/tokens.js" "$TOP/schemas/tokens.json"
	sed 's/"srgb", "components": \[1.0/"srgb", "components": [1.5/' "$TOP/schemas/tokens.json" > bad.json
	run -1 node "$TOP/tests/lib/browser/tokens.js" bad.json
	[[ $output == *core/valid-color* ]]
}
