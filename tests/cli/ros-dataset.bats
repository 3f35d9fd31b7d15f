# ros-dataset: what a data set is, and who accessed it, as events.
load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# d [OPTION ...] FILE ...: the event, in `event`; fails where the tool does.
d() {
	ros-dataset describe "$@" > event
}

# has FILTER: a jq condition on the event.
has() {
	jq -e "$1" event > /dev/null || { jq . event; echo "not so: $1"; return 1; }
}

# columns: "name:type" of each column, with ? where it is nullable.
columns() {
	jq -r '[.detected_schema.columns[] | "\(.name):\(.type)\(if .nullable then "?" else "" end)"] | join(" ")' event
}

# refuses STATUS PATTERN ARGUMENT ...: the status and the message, and nothing on standard output.
refuses() {
	run --separate-stderr ${without-} ros-dataset "${@:3}"
	echo "$status: $stderr"
	[ "$status" -eq "$1" ]
	[ -z "$output" ]
	[[ $stderr =~ ^ros-dataset:\ .*$2 ]]
}

xlsx() { # FILE NAME ...: a zip archive with members of these names, with 100 rows each
	python3 -c '
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    for name in sys.argv[2:]:
        text = "".join(f"<row r=\"{i}\"><c r:row=\"row \">a:row <v>{i * i}</v></c></row>\n<rows/><x:row>\n</x:row>" for i in range(50))
        z.writestr(name, "<worksheet>" + text + "</worksheet>")' "$@"
}

@test "a CSV: size, hash, rows, columns with their types" {
	printf 'id,name,born,weight,smoker\n1,"a, ""b""\nc",1970-01-01,71.5,true\n2,,1980-02-03,80,false\n' > x
	d x
	has '.event_type == "dataset.registered" and .format == "csv" and .row_count == 2 and .column_count == 5 and .partition_count == 1'
	has ".size_bytes == $(stat -c %s x) and .sha256 == \"sha256:$(sha256sum < x | cut -c1-64)\""
	has ".uri == \"file://$PWD/x\" and .phi_scan_status == \"flagged\" and .phi_scan_result.findings == {DATE: 2} and .governance_mode == \"DEMO\""
	has '.detected_schema | .delimiter == "," and .header and .ragged_rows == 0 and .typed_rows == 2'
	[ "$(columns)" = 'id:integer name:text? born:date weight:number smoker:boolean' ]
}

@test "the events are taken by the bus and recorded" {
	printf 'a;b\n1;2\n' > x
	ros-dataset describe --name cohort x | ros-emit
	id=$(ros-dataset describe x | jq -r .id)
	ros-dataset access --type read --rows 1 "$id" | ros-emit
	ros-consume | ros-aggregate | ros-ack
	[ "$(sqlite3 "$ROS_STATE_DIR/ros.db" 'SELECT id, name, format, row_count FROM datasets')" = "$id|cohort|csv|1" ]
	[ "$(sqlite3 "$ROS_STATE_DIR/ros.db" 'SELECT dataset_id, access_type, rows_accessed FROM dataset_access_log')" = "$id|read|1" ]
}

@test "the format is found by content, whatever the name" {
	printf 'a\tb\n1\t2\n' > x.parquet && d x.parquet && has '.format == "csv" and .detected_schema.delimiter == "\t"'
	printf '[{"a":1},{"a":null}]' > x.csv && d x.csv && has '.format == "json" and .row_count == 2' && [ "$(columns)" = 'a:integer?' ]
	printf '{"a":1}\n{"a":"x"}\n' > x.json && d x.json && has '.format == "ndjson" and .row_count == 2' && [ "$(columns)" = 'a:text' ]
	printf '{"resourceType":"Bundle","entry":[{},{},{}]}' > x && d x && has '.format == "fhir" and .row_count == 3 and .detected_schema == null'
	printf 'MSH|^~\\&|A\rPID|1\rMSH|^~\\&|A\r' > x && d x && has '.format == "hl7" and .row_count == 2'
	{ head -c 128 /dev/zero && echo DICM; } > x && d x && has '.format == "dicom" and .row_count == 1'
	"$TOP/tests/lib/make-parquet" x 7 id:integer when:date-time? && d x && has '.format == "parquet" and .row_count == 7'
	[ "$(columns)" = 'id:integer when:date-time?' ]
	xlsx x xl/workbook.xml xl/worksheets/sheet1.xml xl/worksheets/sheet2.xml
	d x && has '.format == "xlsx" and .detected_schema.sheets == 2 and .row_count == 200'
}

@test "rows are counted to the end, also beyond what the columns are typed by" {
	{
		echo n,text
		seq 200000 | sed 's/$/,"x\n\ny"/'
		echo '1.5,"z"'
	} > x
	d x
	has '.row_count == 200001 and .detected_schema.typed_rows < 200000'
	[ "$(columns)" = 'n:number text:text' ]
}

@test "a first row of data does not become the names of the columns" {
	printf 'S3CRET,1970-01-01\nS3CRET,1980-01-01\n' > x
	d x
	has '.row_count == 2 and .column_count == 2 and (.detected_schema.header | not)'
	! grep S3CRET event
}

@test "ragged rows are counted and warned of; --strict refuses them" {
	printf 'a,b\n1,2\n3\n4,5,S3CRET\n6,7\n8,9\n' > x
	run --separate-stderr ros-dataset describe x
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.row_count, .column_count, .detected_schema.ragged_rows]' <<< "$output")" = '[5,2,2]' ]
	[ "$stderr" = 'ros-dataset: rows with another number of cells than the first: 2' ]
	refuses 65 'x: line 3: a row with another number of cells than the first; there are 2' describe --strict x
}

@test "the same content is the same data set in a project and mode; the rest is said by options" {
	printf 'a,b\n1,2\n' > x && mkdir other && cp x other/y
	d x && id=$(jq -r .id event)
	d other/y --name n && has ".id == \"$id\""
	d --mode LIVE x && has ".id != \"$id\""
	d --project 1B4E28BA-2FA1-41D2-883F-0016D3CCA427 x && has ".id != \"$id\"" && id=$(jq -r .id event)
	d --project 1b4e28ba-2fa1-41d2-883f-0016d3cca427 x && has ".id == \"$id\""
	echo 3,4 >> x && d x && has ".id != \"$id\""
	d --at 2026-01-28 --uri s3://bucket/x --name cohort --description 'of 2026' --tag a --tag b --owner 7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a \
		--tenant t --created-by etl --expires 2030-01-01 x
	has '[.timestamp, .uri, .name, .description, .tags, .tenant_id, .created_by, .expires_at] == ["2026-01-28T00:00:00.000Z", "s3://bucket/x",
		"cohort", "of 2026", ["a", "b"], "t", "etl", "2030-01-01T00:00:00.000Z"] and .owner_id == "7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a"'
}

@test "paths that are no plain words" {
	mkdir 'a b' && printf 'a,b\n1,2\n' > 'a b/é%?.csv' && cp 'a b/é%?.csv' x
	d 'a b/é%?.csv' && has ".uri == \"file://$PWD/a%20b/%C3%A9%25%3F.csv\""
	d 'a b' && has '.partition_schema.partitions[0].name == "é%?.csv"'
	mv x "a b/$(printf '\377')"
	refuses 65 'a b/\?: its path is not UTF-8' describe 'a b'
	rm 'a b/é%?.csv'
	d "a b/$(printf '\377')" && has ".uri == \"file://$PWD/a%20b/%FF\""
	ros-emit --dry-run event
}

partitions() {
	for year in 2024 2025; do
		for month in 1 2; do
			mkdir -p "visits/year=$year/month=$month"
			printf 'id,v\n%d,%d\n' $year $month > "visits/year=$year/month=$month/part-0.csv"
		done
	done
	printf '7,8.5\n' >> visits/year=2025/month=2/part-0.csv
	touch visits/_SUCCESS visits/.part-0.csv.crc
}

# root DIRECTORY: the root hash as ros-dataset(1) says it.
root() {
	(cd "$1" && find . -type f ! -path '*/[._]*' | sed 's|^\./||' | LC_ALL=C sort | while read -r f; do
		printf '%s\0%s\n' "$f" "$(sha256sum < "$f" | cut -c1-64)"
	done | sha256sum | cut -c1-64)
}

@test "a directory: partitions, keys of their paths, a root hash" {
	partitions
	d visits
	has '.row_count == 5 and .partition_count == 4 and .partition_schema.keys == ["year", "month"]'
	has ".size_bytes == $(cat visits/*/*/*.csv | wc -c) and .uri == \"file://$PWD/visits/\""
	has ".sha256 == \"sha256:$(root visits)\" and .partition_schema.root_hash == .sha256"
	has '[.partition_schema.partitions[] | .name, .row_count] == ["year=2024/month=1/part-0.csv", 1, "year=2024/month=2/part-0.csv", 1,
		"year=2025/month=1/part-0.csv", 1, "year=2025/month=2/part-0.csv", 2]'
	has ".partition_schema.partitions[0] | .size_bytes == 12 and .sha256 == \"sha256:$(sha256sum < visits/year=2024/month=1/part-0.csv | cut -c1-64)\""
	[ "$(columns)" = 'id:integer v:number' ]
}

@test "a pattern, its files, and the directory are the same data set" {
	partitions
	d visits && jq 'del(.event_id, .timestamp)' event > directory
	for way in 'visits/' 'visits/year=*/month=*/*.csv' "$PWD/visits/year=202[45]"; do
		d "$way" && jq 'del(.event_id, .timestamp)' event | diff directory -
	done
	d visits/year=*/month=*/*.csv && jq 'del(.event_id, .timestamp)' event | diff directory -
	d visits/year=2025 && has '.partition_schema.keys == ["year", "month"] and .partition_count == 2'
}

@test "what partitions do not have in common" {
	mkdir p && printf 'a,b\n1,2\n' > p/1 && printf 'a,c\n1,2\n' > p/2 && printf '{"a":1}\n' > p/3
	refuses 65 'p/1 is csv, and p/3 is json: a data set has one format' describe p
	printf '{"a":1}\n{"a":2}\n' > p/1 && printf '{"a":1}\n' > p/2
	d p && has '.format == "ndjson" and .row_count == 4'
	printf 'a,b\n1,2\n' > p/1 && printf 'a,c\n1,2\n' > p/2 && rm p/3
	d p 2> err && has '.detected_schema.differing_partitions == 1'
	grep -q 'files with other columns than the first: 1' err
}

@test "more partitions than an event has room for: the root hash covers all" {
	mkdir p
	python3 - <<-'END'
		for i in range(6000):
		    with open(f"p/{i:05}-{'x' * 40}", "w") as f:
		        f.write(f"a,b\n{i},2\n")
	END
	d p
	has '.row_count == 6000 and .partition_count == 6000 and .partition_schema.unlisted + (.partition_schema.partitions | length) == 6000'
	has '.partition_schema.unlisted > 0'
	[ "$(wc -c < event)" -le 1048577 ]
	ros-emit --dry-run event
}

@test "wide tables: columns are listed up to a limit, and all counted" {
	{
		seq -s, 5000 | sed 's/[0-9]*/c&/g'
		seq -s, 5000
	} > x
	d x
	has '.column_count == 5000 and .detected_schema.unlisted + (.detected_schema.columns | length) == 5000 and .row_count == 1'
	ros-emit --dry-run event
}

@test "broken files: what and where, and nothing of what they hold" {
	printf 'a,b\n1,2\n3,"S3CRET\n4,5\n' > x && refuses 65 'x: line 3, field 2: quote left open$' describe x
	printf 'a,b\n1,2\n3,S3CRET\0\n' > x && refuses 65 'x: line 3, field 2: NUL byte$' describe x
	printf 'a,b\n1,2\n"3"S3CRET,4\n' > x && refuses 65 'x: line 3, field 1: misplaced quote$' describe x
	printf '{"a":1}\n{"a":"S3CRET' > x && refuses 65 'x: line 2: cut off' describe x
	printf '{"a":S3CRET}\n' > x && refuses 65 'x: line 1: not JSON' describe x
	: > x && refuses 65 'x: it is empty' describe x
	head -c 5000 /dev/urandom | tr -d '\n,;\t' > x && refuses 65 'x: its format is none of' describe x
	printf 'a,b\n1,2\n' | gzip > x && refuses 65 'x: it is gzip, which is not read' describe x
	xlsx x S3CRET.txt && refuses 65 'x: it is a zip archive without a workbook' describe x
}

@test "a parquet or xlsx file that is cut anywhere" {
	"$TOP/tests/lib/make-parquet" whole 7 a:integer b:text?
	size=$(stat -c %s whole)
	for n in 4 8 11 $((size / 2)) $((size - 1)); do
		head -c $n whole > x
		refuses 65 'x: it begins as parquet and does not end so: it is cut off' describe x
	done
	printf 'PAR1\377\377\377\177PAR1' > x && refuses 65 'x: its footer is damaged' describe x
	{ head -c 8 whole && tail -c 20 whole; } > x && refuses 65 'x: its footer is damaged' describe x
	xlsx whole xl/workbook.xml
	head -c 100 whole > x && refuses 65 'x: it begins as zip and does not end so: it is cut off' describe x
}

@test "a zip bomb is inflated up to a limit" {
	python3 - <<-'END'
		import copy, zipfile
		with zipfile.ZipFile("x", "w", zipfile.ZIP_DEFLATED) as z:
		    z.writestr("xl/workbook.xml", "<x/>")
		    with z.open("xl/worksheets/sheet0.xml", "w") as f:
		        for _ in range(64):
		            f.write(b"<row/>" + bytes(1 << 20))
		    for i in range(1, 100): # the same bytes again and again
		        again = copy.copy(z.getinfo("xl/worksheets/sheet0.xml"))
		        again.filename = again.orig_filename = f"xl/worksheets/sheet{i}.xml"
		        z.filelist.append(again)
	END
	d x
	has '.format == "xlsx" and .detected_schema.sheets == 100 and (has("row_count") | not)'
}

@test "a sheet that is damaged" {
	xlsx whole xl/worksheets/sheet1.xml xl/workbook.xml
	for at in 60 100 300; do
		cp whole x
		printf '\377\377\377\377\377\377\377\377' | dd of=x bs=1 seek=$at conv=notrunc status=none
		refuses 65 'x: a sheet of it is damaged' describe x
	done
}

@test "lines of any length, in constant memory" {
	limit=30000
	[[ $ROS_BIN != */asan/* ]] || limit=unlimited # the sanitizer has memory of its own
	{
		printf 'a,b\n1,'
		head -c 30000000 /dev/zero | tr '\0' x
		printf '\n2,y\n'
	} > x
	(ulimit -v $limit && d x)
	has '.row_count == 2 and .column_count == 2'
	sed '1d; 2s/^1,/[{"a":"/; 2s/$/"},/; 3s/.*/2]/' x > y
	(ulimit -v $limit && d y)
	has '.format == "json" and .row_count == 2'
	{
		printf 'a,'
		head -c 2000000 /dev/zero | tr '\0' x
		printf '\n2,y\n'
	} > x
	refuses 65 'x: line 1: the first row is longer than 1048576 bytes' describe x
}

@test "what is no file: links, fifos, devices, directories without files, nothing" {
	printf 'a,b\n1,2\n' > x
	ln -s x link
	mkfifo fifo
	mkdir empty hidden links
	touch hidden/.x hidden/_x
	refuses 65 'link: it is a symbolic link, which is not followed' describe link
	refuses 65 'fifo: it is no regular file' describe fifo
	refuses 65 '/dev/null: it is no regular file' describe /dev/null
	refuses 65 'empty: there is no file in this directory' describe empty
	refuses 65 'hidden: there is no file in this directory' describe hidden
	refuses 65 'nowhere: it cannot be read: no such file' describe nowhere
	refuses 65 'no\*where: no file has a name like this' describe 'no*where'
	refuses 64 'x: this file is given twice' describe x x
	cp x links/x && ln -s ../x links/y && ln -s / links/z
	d links 2> err && has '.partition_count == 1'
	[ "$(cat err)" = 'ros-dataset: symbolic links that were passed over: 2' ]
	mkfifo links/fifo
	refuses 65 'links/fifo: it is no regular file' describe links
}

@test "what cannot be read" {
	without='setpriv --bounding-set=-all --inh-caps=-all' # root reads everything, by its capabilities
	[ "$(id -u)" -eq 0 ] || without=
	mkdir p p/q && printf 'a,b\n1,2\n' > p/x && cp p/x p/q/x
	chmod 0 p/x
	refuses 65 'p/x: it cannot be opened: permission denied' describe p/x
	refuses 65 'p/x: it cannot be opened: permission denied' describe p
	chmod 600 p/x && chmod 0 p/q
	refuses 65 'p/q: it cannot be read: permission denied' describe p
	chmod 700 p/q
}

# long SIZE: x is a file that takes a while to read, and no room on the disk.
long() {
	{ head -c 128 /dev/zero && printf DICM; } > x
	truncate -s "$1" x
}

reading() { # PID: whether it has begun to read x
	local fd
	for fd in /proc/"$1"/fd/*; do
		[ "$(readlink "$fd")" = "$PWD/x" ] && grep -q '^pos:[[:space:]]*[1-9]' "/proc/$1/fdinfo/${fd##*/}" && return
	done
	return 1
}

@test "a file that changes while it is read is an error" {
	long 1G
	ros-dataset describe x > out 2> err &
	wait_for 10 reading $!
	printf x | dd of=x bs=1 seek=1000 conv=notrunc status=none
	status=0
	wait $! || status=$?
	cat err
	[ $status -eq 75 ]
	[ ! -s out ]
	grep -qx 'ros-dataset: x: it changed while it was read' err
}

@test "a signal: nothing is printed, and the status says so" {
	long 10G
	for signal in INT TERM; do
		env --default-signal=INT ros-dataset describe x > out 2> err & # which a shell ignores in its background
		wait_for 10 reading $!
		kill -$signal $!
		status=0
		wait $! || status=$?
		[ $status -eq 75 ]
		[ ! -s out ]
		[ "$(cat err)" = 'ros-dataset: x: stopped by a signal' ]
	done
}

@test "a bar on a terminal, and none with --quiet" {
	long 1G
	script -qec 'ros-dataset describe x > event' /dev/null > screen
	grep -aq '\[#* *\] *[0-9]* % of 1024 MiB' screen
	[ "$(tail -c 4 screen)" = $'\r\033[K' ]
	has '.format == "dicom"'
	script -qec 'ros-dataset describe --quiet x > event' /dev/null > screen
	[ ! -s screen ]
}

@test "an access: all that can be said of it" {
	id=7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a
	ros-dataset access --type export --at 2026-01-28T12:00:00Z --user $id --service etl --ip 10.0.0.1 --rows 12 --column age --column sex \
		--purpose refine --run $id --stage 3 --risk low --duration 250 --session s --request r $id > event
	has 'del(.event_id) == {schema_version: "1.1.0", event_type: "dataset.accessed", timestamp: "2026-01-28T12:00:00.000Z", governance_mode: "DEMO",
		dataset_id: "'$id'", access_type: "export", success: true, user_id: "'$id'", service_name: "etl", ip_address: "10.0.0.1", rows_accessed: 12,
		columns_accessed: ["age", "sex"], purpose: "refine", run_id: "'$id'", stage: 3, phi_exposure_risk: "low", duration_ms: 250,
		session_id: "s", request_id: "r"}'
	ros-dataset access --type delete --failed 'permission denied' $id > event
	has '.success == false and .error_message == "permission denied" and (has("stage") | not)'
	for type in read download export transform delete share; do
		ros-dataset access --type $type $id > event && has ".access_type == \"$type\""
	done
}

@test "command lines that are no use" {
	id=7d0a2c3e-5b1f-4c8a-9e6d-0f1e2d3c4b5a
	printf 'a,b\n1,2\n' > x
	refuses 64 'one of describe or access is needed'
	refuses 64 'one of describe or access is needed' look x
	refuses 64 'describe needs a file or a directory' describe
	refuses 64 'access needs the id of one data set' access --type read
	refuses 64 'access needs the id of one data set' access --type read $id $id
	refuses 64 'access needs --type' access $id
	refuses 64 '--type' access --type look $id
	refuses 64 '--rows is for access' describe --rows 5 x
	refuses 64 '--strict is for describe' access --strict --type read $id
	refuses 64 '/dataset_id: format' access --type read cohort
	refuses 64 '/project_id: format' describe --project mine x
	refuses 64 '/uri: format' describe --uri 'no uri' x
	refuses 64 '--stage' access --type read --stage 21 $id
}

@test "patients in a file are flagged, by their types and never by a value" {
	printf 'visit;name;mrn\n1;Dr. John Smith;MRN-448812\n2;"Mary; Jones";MRN-448813\n' > x
	d --phi full x
	has '.phi_scan_status == "flagged" and .phi_scan_result.rows_scanned == 2 and .phi_scan_result.findings.MRN == 2 and (.phi_scan_result.rules | startswith("sha256:"))'
	! grep -qE '44881|Smith|Jones' event
	printf '{"a": 1}\n{"note": "call 212-555-0143"}\n' > x
	d x
	has '.format == "ndjson" and .phi_scan_status == "flagged" and .phi_scan_result.findings == {PHONE: 1}'
	ros-emit event
	[ "$(ros-replay | jq -r .event.phi_scan_status)" = flagged ]
}

@test "a sample is the first MiB; in full, what stands behind it is found" {
	{ echo note; yes 'nothing to see here' | head -n 100000; echo 'SSN 219-09-9999'; } > x
	d x
	has '.phi_scan_status == "clean" and .phi_scan_result.rows_scanned > 50000 and .phi_scan_result.rows_scanned < .row_count'
	d --phi full x
	has '.phi_scan_status == "flagged" and .phi_scan_result.findings == {SSN: 1} and .phi_scan_result.rows_scanned == .row_count'
	d --phi none x
	has '.phi_scan_status == "pending" and (has("phi_scan_result") | not)'
}

@test "what cannot be scanned is failed, not clean" {
	{ printf '{"a": "'; head -c 9000000 /dev/zero | tr '\0' x; echo '"}'; } > x
	d --phi full x
	has '.phi_scan_status == "failed"'
}
