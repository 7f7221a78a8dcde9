# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n{"text":"two"}\n{"text":"one"}\n' >a.jsonl
printf 'hello there\ngood morning\n' >m.en
printf 'bonjour\nbon matin\n' >m.fr
cp a.jsonl kept.jsonl
cp a.jsonl x.removed.jsonl
cp a.jsonl y.manifest.json
mkdir sub
t import a.jsonl
t import m.en --corpus m
status 0
t import x.removed.jsonl --corpus removed
t import y.manifest.json --corpus manifest --format jsonl
status 0
t label 1.1 accept
ln -s a.jsonl soft.jsonl
ln a.jsonl hard.jsonl
for to in a.jsonl ./sub/../a.jsonl soft.jsonl hard.jsonl y; do
	t export a --accepted --to "$to"
	status 2
	err_has 'records of this workspace are read from it'
	quiet out
done
printf 'x = 1\n' >sub/one.py
t order sub --to a.jsonl
status 2
check cmp a.jsonl kept.jsonl
t dedup a
status 0
t export a --deduplicated --to x
status 2
err_has 'x.removed.jsonl: records of this workspace are read from it'
for to in workspace.tamis workspace.tamis-cache; do
	t export a --to "$to"
	status 2
	err_has 'belongs to this workspace'
done
t export m --format moses --to m
status 2
err_has 'records of this workspace are read from it'
same_bytes a.jsonl kept.jsonl
same_bytes x.removed.jsonl kept.jsonl
same_bytes y.manifest.json kept.jsonl
check test "$(cat m.fr)" = "$(printf 'bonjour\nbon matin')"
check test ! -e x
check test ! -e a.jsonl.manifest.json
check test ! -e m.manifest.json
check test -z "$(ls ./*.tmp 2>/dev/null)"
t fsck
status 0
t export a --accepted --to b.jsonl
status 0
t export a --to b.jsonl
status 0
t export m --format moses --to n
status 0
# Somebody's file stays, an export that is as it was written goes.
printf 'my own notes\n' >mine.jsonl
t export a --to mine.jsonl
status 2
err_has 'mine.jsonl is there already'
check test "$(cat mine.jsonl)" = 'my own notes'
t export a --to mine.jsonl --force
status 0
printf 'added by hand\n' >>mine.jsonl
t export a --to mine.jsonl
status 2
: >empty.jsonl
t export a --to empty.jsonl
status 0
ln -s b.jsonl latest.jsonl
t export a --to latest.jsonl --force
status 0
check test -L latest.jsonl
t export a --to sub
status 2
err_has 'sub is a folder'
t export a --to /dev/null --force
status 2
err_has 'no ordinary file'
check test -c /dev/null
mkdir -p workspace.tamis-signatures
for to in workspace.tamis-signatures/x.jsonl workspace.tamis-cache-wal ./sub/../workspace.tamis-journal; do
	t export a --to "$to" --force
	status 2
	err_has 'belongs to this workspace'
done
# An order is not written over what it orders, and then keeps no run.
t --json ls runs
before=$(grep -c '"pipeline":"order"' "$dir/out")
t order sub --to sub/one.py
status 2
t order sub --to sub/one.py --force
status 2
err_has 'one of the files that are put in order'
check test "$(cat sub/one.py)" = 'x = 1'
t --json ls runs
check test "$(grep -c '"pipeline":"order"' "$dir/out")" = "$before"
t order sub --to order.txt
status 0
t order sub --to order.txt
status 2
err_has 'order.txt is there already'
# The second of the two files alone.
rm m.en && mv n.en m.en
ln a.jsonl two.fr
t export m --format moses --to two
status 2
err_has 'two.fr: records of this workspace are read from it'
check test ! -e two.en
