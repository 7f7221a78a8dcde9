#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every action a person can do on the screen is named, quoted, in a screen test or in an action script of tests/screen/.
set -u
cd "$SRCDIR" || exit 1
names=$(sed -n 's/^[[:space:]]*{ ACTION_[A-Z_]*, "\([a-z-]*\)".*/\1/p' ui/action.c | sort -u)
[ "$(echo "$names" | wc -l)" -ge 50 ] || { echo "ui/action.c: the table can't be read any more"; exit 1; }
failed=0
for name in $names; do
	if ! grep -q -E "\"$name( [^\"]*)?\"" tests/screen/*_test.c; then
		echo "no screen test does \"$name\""
		failed=1
	fi
done
exit $failed
