# The suite looks for patients in what it leaves behind: streams, queue, databases, reports, messages of a run of the main job.
load ../lib/common
load ../lib/buses
load ../lib/store
load ../lib/phi

# clean: there is something in every file, and nothing in it that counts.
clean() {
	for file in stream envelopes acks queue.db.text ros.db.text report.md report.json; do
		[ -s traces/$file ]
	done
	run -0 ros-scan --canary --min-events 300 traces/*
	[ "$(grep -c ': block ' <<< "$output")" -eq 0 ]
}

# found FILE ...: in these and in no other file there is the planted number.
found() {
	run -1 ros-scan traces/*
	[ "$(grep -E ' phi\.ssn[^ ]* SSN\[G\] ' <<< "$output" | cut -d: -f1 | sort -u)" = "$(printf 'traces/%s\n' "$@" | sort)" ]
}

made_up() {
	events 50
	"$TOP/tests/lib/make-traces" 200 1 | ros-import --from provider-calls
}

planted() {
	event '.prompt_redacted = "the SSN is 219-09-9999"'
}

@test "events without patients leave nothing behind that looks like one, on the embedded bus" {
	made_up > in
	leave_traces in
	[ -s traces/bus.db.text ]
	clean
}

@test "events without patients leave nothing behind that looks like one, on Redis" {
	on_redis
	made_up > in
	leave_traces in
	clean
}

@test "a planted number is found wherever it comes to, on the embedded bus" {
	planted > in
	leave_traces in --phi off
	found stream envelopes bus.db.text queue.db.text ros.db.text
}

@test "a planted number is found wherever it comes to, on Redis" {
	on_redis
	planted > in
	leave_traces in --phi off
	found stream envelopes queue.db.text ros.db.text
}

@test "the guard lets no planted number come anywhere" {
	planted > in
	leave_traces in
	run -0 ros-scan --min-events 5 traces/*
	[ "$(ros-replay | jq -r .event.prompt_redacted)" = '[REDACTED:SSN]' ]
}
