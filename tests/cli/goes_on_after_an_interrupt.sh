# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

# A pipe that stays open holds the import at its end until the signal comes.
mkfifo pipe
{ for i in $(seq 1 40000); do printf '{"text":"document %d is long enough to fill a block"}\n' "$i"; done; sleep 30; } >pipe &
writer=$!
"$TAMIS" import - --corpus c <pipe >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 1.5
kill -INT "$pid"
wait "$pid"
got=$?
ran='tamis import -, interrupted'
status 130
kill "$writer" 2>/dev/null
wait "$writer" 2>/dev/null
t fsck
status 0
for i in $(seq 1 100); do printf '{"text":"document %d"}\n' "$i"; done >d.jsonl
t import d.jsonl --corpus d
status 0
t --json ls corpora
out_has '"name":"d","kind":"document","records":100'
