# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

command -v gcc >/dev/null || exit 77
# this program's own sources: what gcc -MM says each .c file includes
mkdir tree
cp -r "$SRCDIR/src" "$SRCDIR/store" "$SRCDIR/ui" tree/
sh "$SRCDIR/bench/codeorder/gcc_truth.sh" tree src . >truth
t order tree --links
status 0
figures=$(awk -f "$SRCDIR/bench/codeorder/closure.awk" "$dir/out" truth)
echo "$figures"
checks=$((checks + 1))
case $figures in
*"	1.0000	1.0000") ;;
*) failed=1 ;;
esac
t --json order tree --unresolved
status 0
t order tree --order backwards
status 2
t order nowhere
status 1
err_has 'nowhere'
