# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Orders and cost: the share of dependencies before their users beside DeepSeek's published rule, time beside other tools that find
# dependencies, and one large tree from a cold cache; sourced by run.

# figure WHAT BY VALUE [WANTED <=|>=]
figure() {
	say "$1, $2: $3"
	printf 'figure\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}" "${5:-}" >>"$results"
}
member() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" | tail -n 1; }
percent() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", b ? 100 * a / b : 100 }'; }

order_shares() { # NAME ROOT WANTED: of all links, of strong ones, of those between components
	local kind summary
	for kind in deps deepseek path; do
		rm -f run-$$.tamis*
		summary=$(order "$2" --json --order $kind | tail -n 1)
		set -- "$1" "$2" "$3" "$(echo "$summary" | member satisfied)" "$(echo "$summary" | member links)" \
			"$(echo "$summary" | member strong_satisfied)" "$(echo "$summary" | member strong)" \
			"$(echo "$summary" | member outside_cycles_satisfied)" "$(echo "$summary" | member outside_cycles)"
		[ $kind = deps ] || set -- "$1" "$2" "" "${@:4}"
		figure "$1: dependency before user, %" "order $kind" "$(percent "$4" "$5")" "$3" ">="
		figure "$1: strong links, %" "order $kind" "$(percent "$6" "$7")" "${3:+99}" ">="
		figure "$1: links outside cycles, %" "order $kind" "$(percent "$8" "$9")" "${3:+100}" ">="
	done
}

measure_order() {
	local name version wanted
	while read -r name version wanted; do
		if wheel "$name" "$version"; then order_shares "$name" "python/$name" "$wanted"; else skip "order of $name" "PyPI can't be reached"; fi
	done <<-'END'
		sympy 1.11.1 95
		networkx 2.8.8 98
		django 4.2.11 90
	END
	deb_source redis && order_shares redis redis 95
}

# seconds COMMAND…: wall time, and "user+sys" on a second line
seconds() {
	local TIMEFORMAT='%R %U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ printf "%.2f %.2f\n", $1, $2 + $3 }'
}
timed() { # WHAT BY COMMAND…
	local wall cpu
	read -r wall cpu <<<"$(seconds "${@:3}")"
	figure "$1: seconds" "$2" "$wall"
	figure "$1: CPU seconds" "$2" "$cpu"
}
fresh_order() { rm -f run-$$.tamis* && order "$@"; }

measure_peers() {
	local tree=javascript/node_modules/three/src
	if npm_packages dependency-cruiser@17 typescript@5 three@0.170.0 madge@8; then
		rm -rf three && cp -r $tree three
		timed "three/src, 757 files" "this program" fresh_order three --json
		timed "three/src, 757 files" dependency-cruiser javascript/node_modules/.bin/depcruise --no-config -T json three
		timed "three/src, 757 files" madge javascript/node_modules/.bin/madge --json three
	else
		skip "dependency-cruiser and madge" "npm can't reach them"
	fi
	wheel sympy 1.11.1 || return
	timed "sympy, 1,472 files" "this program" fresh_order python/sympy --json
	timed "sympy, 1,472 files" "DeepSeek's rule, restated" fresh_order python/sympy --json --order deepseek
	have ctags && timed "sympy, 1,472 files" "universal-ctags with roles" \
		ctags -R --languages=Python --extras=+r --fields=+r --output-format=json -f /dev/null python/sympy
}

# A tree of 58,000 files or more: the Linux source.
cold() { sync && echo 3 2>/dev/null >/proc/sys/vm/drop_caches || { find "$1" -type f -print0 | xargs -0 python3 "$here/drop.py"; }; }
read_all() { find "$1" -type f -print0 | xargs -0 -n 512 cat; }

measure_size() {
	local files bytes reading ordering i
	deb_source linux || { skip "58,000 files" "Debian's Linux source can't be fetched"; return; }
	[ -d large ] || (mkdir large && cd linux && cp -r arch block crypto drivers fs include kernel lib mm net sound tools ../large)
	read -r files bytes <<<"$(find large -type f -printf '%s\n' | awk '{ n++; b += $1 } END { print n, b }')"
	figure "large tree: files" "" "$files"
	figure "large tree: MB" "" $((bytes / 1000000))
	for i in 1 2 3; do
		cold large && reading="${reading:-} $(seconds read_all large | cut -d ' ' -f 1)"
		cold large && ordering="${ordering:-} $(seconds fresh_order large --json | cut -d ' ' -f 1)"
	done
	reading=$(echo $reading | tr ' ' '\n' | sort -n | sed -n 2p) ordering=$(echo $ordering | tr ' ' '\n' | sort -n | sed -n 2p)
	figure "large tree, cold: seconds (median of 3)" "reading all files once" "$reading"
	figure "large tree, cold: seconds (median of 3)" "this program" "$ordering"
	figure "large tree, cold: times reading" "this program" "$(awk -v a="$ordering" -v b="$reading" 'BEGIN { printf "%.2f", a / b }')" 1.5 "<="
	echo >>large/kernel/fork.c
	figure "large tree, one file changed: seconds" "this program" "$(seconds order large --json | cut -d ' ' -f 1)" 1.0 "<="
	[ -d ten ] || { mkdir ten && cp -rl large/include large/net large/kernel large/lib large/mm ten; }
	if [ -x "$here/../../build/bench/codeorder/again" ]; then
		read -r files bytes _ reading <<<"$("$here/../../build/bench/codeorder/again" ten)"
		figure "a rule changed on the screen: ms" "$files files, $bytes links" "$reading" 200 "<="
	else
		skip "a rule changed on the screen" "make bench-programs has not been run"
	fi
}
