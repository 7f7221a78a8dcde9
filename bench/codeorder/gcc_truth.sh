#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# gcc_truth.sh ROOT [INCLUDE-FOLDER…]: for each .c file that gcc can preprocess, the files of ROOT it includes: unit, TAB, file.
root=$1
shift
cd "$root" || exit 1
flags=
for folder; do flags="$flags -I$folder"; done
find . -name '*.c' | sed 's,^\./,,' | LC_ALL=C sort | while read -r unit; do
	# shellcheck disable=SC2086
	gcc -MM -MG $flags "$unit" 2>/dev/null | sed 's/\\$//; s/^[^:]*://' | tr -s ' ' '\n' | while read -r file; do
		[ -n "$file" ] && [ -f "$file" ] && realpath --relative-to=. "$file"
	done | LC_ALL=C sort -u | grep -v -x -F "$unit" | sed "s|^|$unit	|"
done
