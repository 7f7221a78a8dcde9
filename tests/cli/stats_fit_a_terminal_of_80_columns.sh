# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

command -v script >/dev/null || exit 77
for i in 1 2 3 4; do printf '{"instruction":"ask %d","output":"answer %d"}\n' $i $i; done >a.jsonl
t import a.jsonl
TAMIS_ANNOTATOR=a.curator@a.long.name.example t label 1.1 1.2 1.3 accept
t label 1.4 reject
script -qec "stty cols 80 rows 24; \"$TAMIS\" stats" /dev/null </dev/null | tr -d '\r' >"$dir/out"
out_has 'instruction'
out_has 'acceptance'
out_has 'undone'
check test "$(wc -L <"$dir/out")" -le 80
check test "$(grep -c instruction "$dir/out")" = 6
script -qec "stty cols 160 rows 24; \"$TAMIS\" stats" /dev/null </dev/null | tr -d '\r' >"$dir/out"
check test "$(grep -c instruction "$dir/out")" = 3
