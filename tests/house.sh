#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of the house, proven on the source tree in $1 (default: $SRCDIR).  Prints each breach as file:line: what; exits 1 when
# there is one.  tests/house_test.sh proves that each rule can fail.
#
# Floors: a file includes from its own folder or from a lower floor; the engines don't know each other.
#   1 src/base   2 src/formats src/text src/net, and the engines   3 store   4 src/review   5 src/jobs   6 src/cli ui   7 src/main.c
set -u
root=${1:-${SRCDIR:-.}}
cd "$root" || exit 1
LONG_FUNCTION=60   # lines; more is a warning …
LONG_FUNCTIONS=15  # … and more warnings than this a breach,
ENDLESS_FUNCTION=110 # as is one function of this length
LONG_FILE=700

files=$(find src store ui tests bench -name '*.[ch]' -type f 2>/dev/null | sort)
# shellcheck disable=SC2086
awk -v long_function=$LONG_FUNCTION -v long_functions=$LONG_FUNCTIONS -v endless=$ENDLESS_FUNCTION -v long_file=$LONG_FILE '
function breach(what) { print FILENAME ":" FNR ": " what; bad++ }

# What a program made ("do not edit" on top) is data: it may be long, and holds no function.
function file_ends() {
	if (last_lines > long_file && !table) { print last_name ": " last_lines " lines, more than " long_file; bad++ }
}

# "src/dedup/x.c" -> "dedup"; "ui/x.c" -> "ui"; "src/main.c" -> "main"
function house_of(path,  part) {
	split(path, part, "/")
	if (part[1] != "src") return part[1]
	return part[2] ~ /\./ ? "main" : part[2]
}

BEGIN {
	split("base 1 formats 2 text 2 net 2 dedup 2 bitext 2 instruct 2 codeorder 2 pdf 2 lab 2 store 3 review 4 jobs 5 cli 6 ui 6 main 7", pair, " ")
	for (i = 1; i in pair; i += 2) floor[pair[i]] = pair[i + 1] + 0
	split("dedup bitext instruct codeorder pdf lab", name, " ")
	for (i in name) engine[name[i]] = 1
	verbs = "(SELECT|INSERT (INTO|OR)|UPDATE [a-z]|DELETE FROM|CREATE (TABLE|INDEX|VIRTUAL|TRIGGER)|PRAGMA|DROP (TABLE|INDEX)|BEGIN( IMMEDIATE)?[\";]|COMMIT[\";])"
}

FNR == 1 {
	file_ends()
	table = 0
	here = house_of(FILENAME)
	inside = here in floor
	spdx = 0
	body = 0
}
{ last_name = FILENAME; last_lines = FNR }
FNR <= 6 && /do not edit/ { table = 1 }
FNR <= 2 && /SPDX-License-Identifier: GPL-3\.0-or-later/ { spdx = 1 }
FNR == 3 && !spdx { breach("no SPDX line on top") }
!table && /TODO|FIXME|XXX/ && !/XXXXXX/ { breach("unfinished work: do it or write it down as an issue") }

inside && /^[ \t]*#[ \t]*include[ \t]*"/ {
	target = $0
	sub(/^[^"]*"/, "", target)
	sub(/".*/, "", target)
	if (target != "config.h") {
		if (target ~ /\.\./) breach("include by a way up: " target)
		there = target ~ /\// ? target : here "/" target
		sub(/\/.*/, "", there)
		if (!(there in floor)) breach("include from an unknown folder: " target)
		else if (floor[there] > floor[here]) breach("includes from a higher floor: " target)
		else if (there != here && (there in engine) && floor[here] == 2) breach("one engine knows another: " target)
		else if (there != here && floor[there] == floor[here] && floor[here] != 2) breach("includes from beside: " target)
	}
}
inside && here != "store" && (/sqlite3?_|<sqlite3/ || $0 ~ "\"[ \t]*" verbs) { breach("SQL outside store/") }
inside && here != "ui" && /<n?curses|<panel\.h>|<ncursesw|initscr|endwin/ { breach("curses outside ui/") }

# Functions: "{" and "}" alone at the left edge.
/^[a-zA-Z_].*\(/ && !/;[ \t]*$/ { heading = $0; sub(/\(.*/, "", heading); sub(/.*[ *]/, "", heading) }
/^\{/ { body = FNR; if (table) breach("code in generated data") }
/^\}/ && body {
	n = FNR - body - 1
	if (n > endless) breach(heading "() has " n " lines, more than " endless)
	else if (n > long_function) { warning[++warnings] = FILENAME ":" body ": " heading "() has " n " lines" }
	body = 0
}
END {
	file_ends()
	for (i = 1; i <= warnings; i++) print "warning: " warning[i]
	if (warnings > long_functions) { print warnings " functions of more than " long_function " lines; at most " long_functions; bad++ }
	exit bad > 0
}' $files
status=$?

# A source file that no local.am names is not built and not released.
named=$(grep -h -o -E '[a-zA-Z0-9_/.]+\.[ch]\>' Makefile.am */local.am src/*/local.am | sort -u)
unnamed=$(echo "$files" | grep -v -x -F "$named")
if [ -n "$unnamed" ]; then
	echo "$unnamed" | sed 's/$/: named in no local.am/'
	status=1
fi
exit $status
