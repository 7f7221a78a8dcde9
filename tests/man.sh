#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Manual pages: mandoc has nothing to say about them.
set -u
command -v mandoc >/dev/null || { echo "mandoc is missing"; exit 77; }
pages=$(find "$SRCDIR/man" -name '*.[1-8]' | sort)
[ -n "$pages" ] || { echo "no manual pages yet"; exit 77; }
failed=0
for page in $pages; do
	# The bug report address and date are ours; everything from "warning" up counts.
	if ! mandoc -T lint -W warning "$page"; then
		failed=1
	fi
done
exit $failed
