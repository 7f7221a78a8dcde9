#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/house.sh itself: clean as the tree is, and each planted breach is found, with its file and line.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

mkdir "$folder/tree"
(cd "$SRCDIR" && tar cf - Makefile.am src store ui tests/local.am bench/local.am man/local.am share/local.am) | tar xf - -C "$folder/tree"

# planted NAME FILE LINES EXPECTED: the file is put back afterwards.
planted() {
	cp "$folder/tree/$2" "$folder/kept"
	printf '%s\n' "$3" >>"$folder/tree/$2"
	if bash "$SRCDIR/tests/house.sh" "$folder/tree" >"$folder/out"; then
		echo "[  FAILED  ] finds_$1: nothing found"
		failed=1
	elif ! grep -q "^$2.*$4" "$folder/out"; then
		echo "[  FAILED  ] finds_$1: found something else:"
		cat "$folder/out"
		failed=1
	else
		echo "[       OK ] finds_$1"
	fi
	cp "$folder/kept" "$folder/tree/$2"
}

long_function=$(echo 'int planted(void)'; echo '{'; yes '	f();' | head -n 150; echo '}')
long_file=$(yes '/* line */' | head -n 701)

planted include_of_a_higher_floor src/base/buf.c '#include "store/store.h"' 'higher floor'
planted include_of_the_screen_from_a_job src/jobs/job.h '#include "ui/app.h"' 'higher floor'
planted include_from_beside src/cli/verb.h '#include "ui/app.h"' 'beside'
planted include_by_a_way_up src/base/buf.c '#include "../text/diff.h"' 'way up'
planted sql_outside_the_store src/text/langid.c 'static const char *q = "SELECT 1";' 'SQL'
planted sqlite_outside_the_store src/jobs/job.h '#include <sqlite3.h>' 'SQL'
planted curses_outside_the_screen src/text/display.c '#include <curses.h>' 'curses'
planted endless_function src/base/buf.c "$long_function" 'has 150 lines'
planted long_file src/base/stats.c "$long_file" 'more than 700'
planted code_in_generated_data src/text/langid_table.c "$long_function" 'generated data'
planted unfinished_work src/base/stats.c '/* TODO: later */' 'unfinished'

mkdir -p "$folder/tree/src/dedup" "$folder/tree/src/bitext"
printf '/* SPDX-License-Identifier: GPL-3.0-or-later */\n/* x */\n#include "bitext/mine.h"\n' >"$folder/tree/src/dedup/planted.c"
printf 'int no_licence;\n\n\n' >"$folder/tree/src/base/planted.c"
bash "$SRCDIR/tests/house.sh" "$folder/tree" >"$folder/out"
for expected in 'src/dedup/planted.c:3: one engine knows another' 'src/base/planted.c:3: no SPDX' 'src/base/planted.c: named in no local.am'; do
	name=$(echo "$expected" | tr -c 'a-zA-Z0-9\n' '_')
	if grep -q -F "$expected" "$folder/out"; then
		echo "[       OK ] finds_$name"
	else
		echo "[  FAILED  ] finds_$name"
		failed=1
	fi
done
exit $failed
