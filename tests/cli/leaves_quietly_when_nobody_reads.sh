# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in $(seq 1 5000); do printf '{"text":"document %d"}\n' "$i"; done >a.jsonl
t import a.jsonl
set -o pipefail
"$TAMIS" ls documents 2>noise | head -n 1 >first
ran='tamis ls documents | head -n 1'
check test "${PIPESTATUS[0]}" = 0
check test ! -s noise
check test -s first
"$TAMIS" --json ls documents >/dev/full 2>noise
got=$?
ran='tamis ls documents >/dev/full'
status 1
check grep -q 'standard output: the disk is full' noise
for format in jsonl csv; do
	"$TAMIS" export a --format "$format" 2>noise | head -n 1 >first
	got=${PIPESTATUS[0]}
	ran="tamis export a --format $format | head -n 1"
	status 0
	check test ! -s noise
	check test -s first
done
"$TAMIS" export a >/dev/full 2>noise
got=$?
ran='tamis export a >/dev/full'
status 1
check grep -q 'the disk is full' noise
