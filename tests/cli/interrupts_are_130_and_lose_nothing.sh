# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"
for i in $(seq 1 50); do printf '{"text":"document %d"}\n' "$i"; done >a.jsonl
t import a.jsonl
# A review waiting for its next line.
mkfifo keys
"$TAMIS" --linear review a <keys >"$dir/out" 2>"$dir/err" &
pid=$!
exec 3>keys
printf 'a\nx\n' >&3
for i in $(seq 1 100); do
	[ "$(grep -c '^saved: ' "$dir/out")" = 2 ] && break
	sleep 0.1
done
kill -INT "$pid"
wait "$pid"
got=$?
exec 3>&-
ran='tamis --linear review a, interrupted'
status 130
err_has 'every verdict acknowledged above is saved'
t --json ls documents --where verdict=accept,reject
out_lines 2
# A killed one has lost none of those either.
"$TAMIS" --linear review a --undecided <keys >"$dir/out" 2>"$dir/err" &
pid=$!
exec 3>keys
printf 'f\n' >&3
for i in $(seq 1 100); do
	grep -q '^saved: ' "$dir/out" && break
	sleep 0.1
done
kill -KILL "$pid"
wait "$pid" 2>/dev/null
exec 3>&-
t --json ls documents --where verdict=flag
out_lines 1
t fsck
status 0
