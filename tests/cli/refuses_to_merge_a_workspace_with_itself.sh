# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n' >a.jsonl
t -w g.tamis import a.jsonl
t -w g.tamis label 1.1 accept
ln -s g.tamis soft
ln g.tamis hard
for other in g.tamis ./g.tamis soft hard; do
	t -w g.tamis merge "$other"
	status 2
	err <<END
tamis: $other: that is this workspace; name the other one
END
done
t -w g.tamis fsck
status 0
