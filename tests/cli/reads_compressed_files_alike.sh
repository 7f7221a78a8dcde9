# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in $(seq 1 3000); do printf '{"text":"document %d: 文章"}\n' "$i"; done >a.jsonl
gzip -c a.jsonl >b.gz
gzip -c a.jsonl >>b.gz # two members
head -n 1500 a.jsonl | xz -c >c.xz
tail -n +1501 a.jsonl | xz -c >>c.xz
bzip2 -c a.jsonl >d.bz2
t import a.jsonl
"$TAMIS" --json search 'document 2999:' a </dev/null >plain
for file in c.xz d.bz2; do
	t import "$file"
	status 0
	corpus=${file%.*}
	t --json ls documents --where "corpus=$corpus text~:"
	out_lines 3000
	t show "$("$TAMIS" --json search 'document 2999:' "$corpus" </dev/null | sed 's/.*"item":"\([^"]*\)".*/\1/')" --raw
	out_has '{"text":"document 2999: 文章"}'
done
t import b.gz
t --json ls corpora
out_has '"name":"b","kind":"document","records":6000'
check test -s plain
if command -v zstd >/dev/null; then
	zstd -q -c a.jsonl >e.zst
	t import e.zst
	t --json ls corpora
	out_has '"name":"e","kind":"document","records":3000'
fi
# Cut off in the middle: the good rows are there, the fault is said.
head -c 9000 b.gz >cut.gz
t import cut.gz
status 3
err_has 'cut.gz'
t --json ls documents --where corpus=cut --limit 1
out_lines 1
