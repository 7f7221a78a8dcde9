# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in $(seq 1 40000); do printf '{"id":"r%d","text":"document %d about %d things, enough of them to need some words"}\n' "$i" "$i" $((i % 97)); done >a.jsonl
for n in 1 4; do
	t -w "w$n.tamis" -j "$n" import a.jsonl
	status 0
	"$TAMIS" -w "w$n.tamis" -j "$n" --json ls documents --where '/\b13 things/' </dev/null >"list$n"
	t -w "w$n.tamis" -j "$n" export a --where '/\b1[0-9] things/' --to "out$n.csv" --format csv
	status 0
done
check test "$(wc -l <list1)" = 413
same_bytes list1 list4
same_bytes out1.csv out4.csv
