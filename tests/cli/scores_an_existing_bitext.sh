#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A bitext with a third of its pairs wrong: scored by words and by vectors, the wrong ones fall below the right ones.
. "${SRCDIR:?}/tests/cli/lib.sh"

# 90 sentences of invented words that only the dictionary links; every third has the target of another, and one pair stands twice.
awk 'BEGIN {
	for (w = 0; w < 200; w++)
		printf "kar%c%c\tlum%c%c\n", 98 + w % 20, 98 + w / 20, 98 + w % 20, 98 + w / 20 > "words.tsv"
	for (i = 0; i < 90; i++) {
		x[i] = y[i] = ""
		for (k = 0; k < 7; k++) {
			w = (i * 37 + k * 11 + int(k * i / 5)) % 200
			x[i] = x[i] sprintf("kar%c%c ", 98 + w % 20, 98 + w / 20)
			y[i] = y[i] sprintf("lum%c%c ", 98 + w % 20, 98 + w / 20)
		}
	}
	for (i = 0; i < 90; i++) {
		j = i % 3 ? i : (i + 3) % 90
		print x[i] "\t" y[j] > "pairs.tsv"
		print (i % 3 ? "right" : "wrong") "\t" x[i] > "truth"
		for (d = 0; d < 16; d++) hex = hex (d == i % 16 || d == int(i / 16) ? "\\x80\\x3f" : d == i % 7 ? "\\x00\\x3f" : "\\x00\\x00")
		for (d = 0; d < 16; d++) target = target (d == j % 16 || d == int(j / 16) ? "\\x80\\x3f" : d == j % 7 ? "\\x00\\x3f" : "\\x00\\x00")
	}
	print x[1] "\t" y[1] > "pairs.tsv"
	printf "%s", hex > "x.hex"
	printf "%s%s", target, substr(target, 1, 128) > "y.hex"
}'
t -q import pairs.tsv --corpus pairs
status 0

t --json mine --existing pairs --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold .1
status 0
out_has '"given":90,"repeated":1'
t -q mine --existing pairs --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold -10 --print
status 0
awk -F'\t' '{ print $2 }' "$dir/out" | sed 's/ *$//' >ranked
[ "$(wc -l <ranked)" -eq 90 ] || wrong 'not every pair has a score'
sed 's/ *$//' truth >truth.trimmed
head -60 ranked | while read -r line; do grep -qxF "right	$line" truth.trimmed || echo "$line"; done >misplaced
[ -s misplaced ] && wrong 'a wrong pair stands before a right one'

t mine --existing pairs --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold -10
status 0
err_has 'kept 90 of 90 pairs, score -10.000 or more; 1 more stood there before, 0 are copies'

# The lower threshold keeps everything as items, with links and the record each came from.
t --json ls bitext --run 2 --limit 1
status 0
out_has '"dictionary"]'

# The same by vectors, a row a record.
matrix() {
	header="{\"emb\":{\"dtype\":\"BF16\",\"shape\":[91,16],\"data_offsets\":[0,2912]}}"
	printf '%b\0\0\0\0\0\0\0%s' "\\x$(printf %02x ${#header})" "$header" >"$1.safetensors"
	printf '%b' "$(cat "$1.hex")" >>"$1.safetensors"
}
printf '%s' "$(cut -c129-256 x.hex)" >>x.hex
matrix x
matrix y
t -q mine --existing pairs --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --embedder file --source-vectors x.safetensors \
	--target-vectors y.safetensors --threshold -10 --print
status 0
awk -F'\t' '{ print $2 }' "$dir/out" | sed 's/ *$//' | head -40 | while read -r line; do
	grep -qxF "right	$line" truth.trimmed || echo "$line"
done >misplaced
[ -s misplaced ] && wrong 'by vectors a wrong pair stands before the right ones'

# In the list, both similarities where there are both, and no empty columns where there are not.
t ls bitext --run 5 --limit 3
status 0
head -1 "$dir/out" | grep -q 'score.*lexical.*cosine.*verdict' || wrong 'no columns for both similarities'
t --json ls bitext --run 5 --limit 1
cosine=$(grep -o '"cosine":[0-9.]*' "$dir/out" | cut -d: -f2)
words=$(grep -o '"lexical":[0-9.]*' "$dir/out" | cut -d: -f2)
t ls bitext --run 5 --limit 1
sed -n 2p "$dir/out" | grep -qE "$(printf '%.3f +%.3f' "$words" "$cosine")" || wrong 'not the similarities of the pair'
t ls bitext --run 2 --limit 3
status 0
head -1 "$dir/out" | grep -q 'cosine' && wrong 'a column for what the run has not'

t mine --existing pairs words.tsv
status 2
err_has 'one corpus'
t mine pairs
status 2
err_has 'a source and a target'
t mine --existing nothing
status 1

# Most pairs of a bitext that people made are kept.
messages=/usr/share/locale/de/LC_MESSAGES/git.mo
if [ -r "$messages" ]; then
	t -q import "$messages" --corpus messages
	t --json mine --existing messages
	status 0
	given=$(grep -o '"given":[0-9]*' "$dir/out" | cut -d: -f2)
	kept=$(grep -o '"pairs":[0-9]*' "$dir/out" | cut -d: -f2)
	[ $((2 * kept)) -gt "$given" ] || wrong "only $kept of $given pairs are kept"
fi
