#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# summary.sh BUILD-FOLDER…: what the tests left there (.trs and .log), as one line "N passed, N failed[, N skipped]".
#
# A test program's own tests are counted one by one; a script, or a program that died, counts once.  Reports of a sanitizer
# count as failures even where the test itself passed.  Names what failed on standard error; exits 1 when something did.
set -eu
passed=0 failed=0 skipped=0
for folder in "$@"; do
	for list in $(find "$folder/tests" -name '*.trs' | sort); do
		log=${list%.trs}.log
		counts=$(awk -v result="$(sed -n 's/^:test-result: //p' "$list" | head -n 1)" '
			/^\[       OK \]/ { ok++ }
			/^\[  SKIPPED \] [a-z]/ { if (!($0 in seen)) { seen[$0] = 1; skip++ } }
			/^\[  FAILED  \] [a-z]/ { if (!($0 in seen)) { seen[$0] = 1; bad++ } }
			END {
				good = result == "PASS" || result == "XFAIL"
				if (result == "SKIP") { ok = bad = 0; skip = 1 }
				else if (!good && !bad) bad = 1
				else if (good && !ok && !skip) ok = 1
				print ok + 0, bad + 0, skip + 0
			}' "$log")
		set -- $counts
		passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
		if [ "$2" -gt 0 ]; then
			echo "failed: ${log}" >&2
			tail -n 25 "$log" | sed 's/^/    /' >&2
		fi
	done
	for report in "$folder"/sanitizer.*; do
		[ -s "$report" ] || continue
		failed=$((failed + 1))
		echo "failed: $report" >&2
		head -n 25 "$report" | sed 's/^/    /' >&2
	done
done
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
