# The report on paper: what the file holds for those who see it, for those who listen, and for those who verify it.
load ../lib/common
load ../lib/store
load ../lib/report

RUN=9c5b94b1-35ad-49bb-b118-8e8fc24abf80
PROJECT=1b4e28ba-2fa1-41d2-883f-0016d3cca427
export SOURCE_DATE_EPOCH=1800000000

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# same_figures [OPTION ...]: whether the PDF's tags and the JSON of a report agree.
same_figures() {
	ros-report "$@" -o r.json
	ros-report "$@" -o r.pdf
	qpdf --check r.pdf
	pdfinfo -struct-text r.pdf > r.struct 2> r.err
	[ ! -s r.err ]
	"$TOP/tests/lib/report-figures" r.json pdf r.struct
}

@test "every figure is that of the JSON, which is attached" {
	many 700 '.governance_mode = ["DEMO", "LIVE"][$i % 2]' | record
	dataset 1 5000 cohort
	access 1 1 200
	same_figures
	pdfdetach -saveall r.pdf
	mv report.json attached.json
	cmp attached.json r.json
	pdftotext r.pdf - | grep -qF "$(sha256sum < r.json | cut -c1-64)"
	same_figures --run "$RUN"
}

@test "each page says how to handle it, what it is about, and which it is" {
	many 700 '.governance_mode = "LIVE"' | record
	ros-report --run "$RUN" -o r.pdf
	pages=$(pdfinfo r.pdf | sed -n 's/^Pages: *//p')
	[ "$pages" -gt 3 ]
	for page in $(seq "$pages"); do
		pdftotext -layout -f "$page" -l "$page" r.pdf page.txt
		head -n 5 page.txt | grep -qF 'LIVE: may rest on data of patients'
		head -n 5 page.txt | grep -qF "run $RUN"
		head -n 5 page.txt | grep -qF 'minimum necessary, 45 CFR 164.502(b)'
		grep -qF "page $page of $pages" page.txt
		grep -qF 'Generated 2027-01-15 08:00:00 UTC by ros-report' page.txt
	done
}

@test "tags, language, title, outline and texts of figures are there; fonts are embedded; nothing is untagged" {
	many 300 | record
	ros-report -o r.pdf
	pdfinfo r.pdf > info
	grep -qE '^Tagged: +yes' info
	grep -qE '^Title: +AI transparency report' info
	grep -qE '^Page size: .*A4' info
	pdffonts r.pdf | awk 'NR > 2 && !/ yes yes yes /{ print; bad = 1 } END { exit bad || NR < 3 }'
	pdfinfo -struct r.pdf > tags
	for tag in Document H1 H2 H3 P L LI LBody Table TR TH TD Figure; do
		grep -qE "^ *$tag\b" tags
	done
	qpdf --json r.pdf > q.json
	jq -e '[.qpdf[1][].value? | objects | select(.["/S"] == "/Figure")] | length > 5 and all(.["/Alt"] | startswith("u:Chart. "))' q.json
	jq -e '[.qpdf[1][].value? | objects | select(.["/Type"] == "/Catalog")] | .[0] | .["/Lang"] == "u:en" and .["/MarkInfo"]["/Marked"]' q.json
	[ "$(jq '[.outlines[].kids[]?.title] | length' q.json)" -gt 8 ]
	qpdf --show-object="$(jq -r '.qpdf[1][].value? | objects | select(.["/Type"] == "/Catalog") | .["/Metadata"] | split(" ")[0]' q.json)" --filtered-stream-data \
		r.pdf > xmp
	grep -qF '<dc:language><rdf:Bag><rdf:li>en</rdf:li>' xmp
	run ! grep -F pdfuaid xmp # nothing is claimed
}

@test "the checkers of PDF/UA on PyPI find no error" {
	checker=$TOP/build/python/bin/pdfua
	[ -x "$checker" ] || skip 'PyPI registry: pdfua is not installed'
	many 300 | record
	ros-report -o r.pdf
	run "$checker" check r.pdf
	[[ $output == *'errors=0 warnings=1 '* ]]
	[[ $output == *'does not declare PDF/UA conformance'* ]] # as we do not
}

@test "the same report has the same bytes" {
	many 300 '.governance_mode = ["DEMO", "LIVE"][$i % 2]' | record
	ros-report -o 1.pdf
	ros-report --format pdf | cmp - 1.pdf
	env -u HOME XDG_CACHE_HOME=/nonexistent ros-report --db "$ROS_STATE_DIR/ros.db" --format pdf 2> warnings | cmp - 1.pdf
}

@test "names from the data are text, in any script that the fonts have" {
	many 60 '.model = ["<b>bold</b> & <span>", ("W" * 500), "\u202Eevil\u202C \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "\u0416\u0435\u043b\u0435\u0437\u043d\u044b\u0439 \u03bb\u03cc\u03b3\u03bf\u03c2",
		"(EMC) /P << /MCID 0 >> BDC EMC", "a\u0001b\\)"][$i % 6] | .provider = .model | .stage_name = .model[0:90]' | record
	ros-report -o r.pdf
	qpdf --check r.pdf
	pdftotext r.pdf text 2> errors
	[ ! -s errors ]
	grep -qF '<b>bold</b> & <span>' text
	grep -qF '[U+202E]evil' text
	grep -qF 'Железный λόγος' text
	grep -qF '(EMC) /P << /MCID 0 >> BDC EMC' text
}

@test "nothing recorded, one call, costs all unknown, very many models: a file for each" {
	ros-aggregate < /dev/null > /dev/null
	ros-report -o r.pdf
	qpdf --check r.pdf
	pdftotext r.pdf - | grep -qF 'That is not a proof that no AI was used'
	event '.usage.cost_usd = null | .usage.cost_source = "unknown"' | record
	same_figures
	pdftotext r.pdf text
	run ! grep -F '$0' text
	many 300 '.model = "model-\($i)" | .stage = $i % 20 + 1 | .stage_name = "stage-\($i % 20 + 1)"' | record
	ros-report -o r.pdf
	qpdf --check r.pdf
	pdftotext -layout r.pdf - | grep -qF 'others, listed in the JSON'
}

@test "without a font there is no PDF, and the tool says why" {
	event | record
	cat > fonts.conf <<- 'END'
		<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/nonexistent</dir></fontconfig>
	END
	FONTCONFIG_FILE=$PWD/fonts.conf run -78 ros-report -o r.pdf
	[[ $output == *'a PDF needs a font, and none is installed'* ]]
	[ ! -e r.pdf ]
}

@test "only ros-report links what makes PDFs" {
	for tool in "$ROS_BIN"/ros-*; do
		if [ "$(basename "$tool")" = ros-report ]; then
			ldd "$tool" | grep -q libqpdf
		else
			ldd "$tool" > libraries
			run ! grep -E 'libcairo|libpango|librsvg|libqpdf' libraries
		fi
	done
}
