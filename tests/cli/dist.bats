# make dist: the same bytes from every clone, and a parts list that is true.

load ../lib/common

# dist_of FOLDER: a clone there, and its make dist; the tools without optimisation, which takes a tenth of the time.
dist_of() {
	git clone -q "$TOP" "$1"
	make -s -j2 -C "$1" PROFILE=debug WERROR= dist > "$BATS_FILE_TMPDIR/make.log" 2>&1 || { tail "$BATS_FILE_TMPDIR/make.log"; return 1; }
}

setup_file() {
	git -C "$TOP" rev-parse -q --verify HEAD > /dev/null || skip 'this is no clone'
	dist_of "$BATS_FILE_TMPDIR/one"
	dist_of "$BATS_FILE_TMPDIR/another/folder/with-a-longer-name"
	version=$(sed -n 's/^VERSION := //p' "$TOP/Makefile")
	export one=$BATS_FILE_TMPDIR/one another=$BATS_FILE_TMPDIR/another/folder/with-a-longer-name version
	export bom=$one/build/dist/ros-insights-$version.cdx.json
}

@test "two clones in different folders give the same tools, tarball, parts list and sums" {
	diff -r "$one/build/debug/bin" "$another/build/debug/bin"
	diff -r "$one/build/dist" "$another/build/dist"
	cd "$one/build/dist"
	sha256sum --check --quiet "ros-insights-$version.sha256"
}

@test "the tarball holds what is committed, and no more" {
	cd "$BATS_TEST_TMPDIR"
	tar -xzf "$one/build/dist/ros-insights-$version.tar.gz"
	diff <(git -C "$one" ls-files) <(cd "ros-insights-$version" && find . -type f | cut -c 3- | sort)
	[ "$(tar -tvzf "$one/build/dist/ros-insights-$version.tar.gz" | awk '{ print $2 }' | sort -u)" = root/root ]
}

@test "what is not committed is not given out" {
	echo >> "$another/README.md"
	run -2 make -s -C "$another" PROFILE=debug WERROR= dist
	[[ $output == *'dist: there are changes that are not committed'* ]]
}

@test "the parts list is CycloneDX 1.6" {
	need_node_modules @cyclonedx/cyclonedx-library
	node "$TOP/tests/lib/node/cyclonedx.js" "$bom"
}

@test "the parts list names every tool by its sum, and the packages of the libraries that it loads" {
	for tool in "$one"/build/debug/bin/ros-*; do
		sum=$(jq -r --arg name "$(basename "$tool")" '.components[] | select(.name == $name) | .hashes[0].content' "$bom")
		[ "$sum" = "$(sha256sum < "$tool" | cut -c 1-64)" ]
	done
	needs() { # of a tool, the names and versions
		jq -r --arg ref "$1" '(.components | map({(."bom-ref"): "\(.name) \(.version)"}) | add) as $part
			| .dependencies[] | select(.ref == $ref).dependsOn[] | $part[.]' "$bom"
	}
	needs ros-emit | grep -x "$(dpkg-query -W -f '${Package} ${Version}' libhiredis0.14)"
	needs ros-emit | grep -x "$(dpkg-query -W -f '${Package} ${Version}' libc6)"
	! needs ros-emit | grep cairo
	needs ros-report | grep -x "$(dpkg-query -W -f '${Package} ${Version}' libqpdf29)"
	[ -z "$(jq -r '.components[]."bom-ref" as $ref | select(all(.dependencies[].ref; . != $ref)) | $ref' "$bom")" ]
}
