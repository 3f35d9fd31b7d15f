# What a run of the main job leaves behind, for ros-scan: the suite looks for patients in its own traces.

# texts FILE.db: all that a database holds, as lines of text, its blobs as what can be read in them.
texts() {
	sqlite3 "$1" .dump | perl -pe "s/X'([0-9a-f]*)'/pack('H*', \$1)/gie" | LC_ALL=C tr -c '[:print:]\n' '\n' | grep -E '.{6}'
}

# leave_traces EVENTS [OPTION ...]: emits them with the options to the bus in use, and to a queue; the main job and reports. What came of it is in the folder
# traces, one file each.
leave_traces() {
	mkdir -p traces
	ros-emit "${@:2}" "$1" > ids 2> traces/emit.err
	ros-replay > traces/stream
	ros-emit "${@:2}" --bus "unix://$PWD/nowhere.sock" "$1" > ids 2> traces/queue.err
	ros-consume 2> traces/consume.err | tee traces/envelopes | ros-aggregate 2> traces/aggregate.err | tee traces/acks | ros-ack 2> traces/ack.err
	for db in "$ROS_STATE_DIR"/*.db; do
		texts "$db" > "traces/$(basename "$db").text"
	done
	for format in md json; do
		ros-report --format $format > "traces/report.$format"
	done
}
