# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in $(seq 1 1000000); do echo '{"text":"a document that takes its time to be read, '$i'"}'; done >big.jsonl
killed=
for pause in 0.05 0.1 0.2 0.02 0.4; do
	rm -f workspace.tamis*
	"$TAMIS" import big.jsonl >"$dir/out" 2>"$dir/err" &
	pid=$!
	sleep "$pause"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	[ -f workspace.tamis ] || continue
	t --json ls sources
	grep -q '"state":"indexing"' "$dir/out" && killed=yes && break
done
[ "$killed" ] || exit 77 # too fast or too slow a machine to hit it in the midst
t ls corpora
err_has 'big: unfinished: import again to go on'
t --json ls corpora
out_has '"state":"unfinished"'
t --json ls jobs
out_lines 1
out_has '"pipeline":"import","state":"unfinished"'
t import big.jsonl
status 0
t ls jobs
quiet out
t ls corpora
quiet err
t --json ls corpora
out_has '"records":1000000'
out_has '"state":"ready"'
