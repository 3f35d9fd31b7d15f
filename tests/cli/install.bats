# make install, uninstall, and builds that do not depend on the folder.

load ../lib/common

setup() {
	root=$BATS_TEST_TMPDIR/root
	prefix=$root/opt/ros
}

build() {
	make -s -C "$TOP" PROFILE=release PREFIX=/opt/ros DESTDIR="$root" "$@" > make.log 2>&1 || { tail make.log; return 1; }
}

@test "installed tools run without the checkout, and have their pages, schemas and completions" {
	cd "$BATS_TEST_TMPDIR"
	build install
	for tool in "$TOP"/cmd/ros-*.c; do
		tool=$(basename "$tool" .c)
		run env -i HOME="$HOME" "$prefix/bin/$tool" --version
		[ "$status" -eq 0 ]
		[ "$output" = "$tool $(sed -n 's/^VERSION := //p' "$TOP/Makefile")" ]
		gzip -dc "$prefix/share/man/man1/$tool.1.gz" | cmp - "$TOP/man/$tool.1"
		bash -n "$prefix/share/bash-completion/completions/$tool"
	done
	[ -s "$prefix/share/man/man7/ros.7.gz" ]
	[ -s "$prefix/share/man/man5/ros-event.5.gz" ]
	jq -e .title "$prefix/share/ros/schemas/ai_invocation_event.schema.json"

	event > in
	env -i HOME="$HOME" PATH="$prefix/bin:/usr/bin:/bin" sh -c 'ros-emit < in && ros-consume | ros-aggregate | ros-ack && ros-report --format json' > out
	sed 1d out | jq -e .
}

@test "the installed completion offers options and their choices" {
	cd "$BATS_TEST_TMPDIR"
	build install
	run bash -c '. "$1"/share/bash-completion/completions/ros-emit
		complete -p ros-emit | grep -oE "_[a-z_]+" | head -n 1 > function
		COMP_WORDS=(ros-emit --dry) COMP_CWORD=1 COMP_LINE="ros-emit --dry" COMP_POINT=14
		"$(cat function)"
		printf "%s\n" "${COMPREPLY[@]}"' - "$prefix"
	[ "$status" -eq 0 ]
	[ "$output" = --dry-run ]
}

@test "uninstall leaves no file" {
	cd "$BATS_TEST_TMPDIR"
	build install
	[ "$(find "$root" -type f | wc -l)" -gt 20 ]
	build uninstall
	[ -z "$(find "$root" ! -type d)" ]
}

@test "two builds in different folders give the same bytes" {
	cd "$BATS_TEST_TMPDIR"
	build all
	copy=$BATS_TEST_TMPDIR/another/folder/with-a-longer-name
	mkdir -p "$copy"
	tar -C "$TOP" -cf - Makefile cmd common migrations schemas scripts | tar -C "$copy" -xf -
	make -s -C "$copy" PROFILE=release build/release/bin/ros-emit build/release/bin/ros-report > copy.log 2>&1
	cmp "$copy/build/release/bin/ros-emit" "$TOP/build/release/bin/ros-emit"
	cmp "$copy/build/release/bin/ros-report" "$TOP/build/release/bin/ros-report"
}
