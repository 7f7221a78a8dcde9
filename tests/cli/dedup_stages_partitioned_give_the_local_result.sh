#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The stages through sort in 1, 4 and 16 partitions say bit for bit what one process says.
. "${SRCDIR:?}/tests/cli/lib.sh"
export LC_ALL=C

# 600 documents of 150 families, edited more or less, some equal, some empty.
awk 'BEGIN {
	srand(7)
	for (family = 0; family < 150; family++) {
		n = 20 + int(rand() * 150)
		for (i = 0; i < n; i++) word[i] = "w" int(rand() * 3000)
		for (copy = 0; copy < 4; copy++) {
			every = copy == 3 ? 0 : 0.01 + copy * 0.012
			printf "{\"id\":\"doc-%03d-%d\",\"text\":\"", family * 7 % 150, copy
			for (i = 0; i < n; i++) printf "%s ", (copy && rand() < every) ? "e" int(rand() * 9999) : word[i]
			print "\"}"
		}
	}
	for (i = 0; i < 6; i++) printf "{\"id\":\"short-%d\",\"text\":\"%s\"}\n", i, i % 2 ? "" : "ok then"
}' >all.jsonl

# partitions FILES…: lines spread by a hash of their first field, so that equal keys meet; each partition sorted.
spread() {
	parts=$1
	shift
	rm -f part.*
	cat "$@" | awk -F'\t' -v n="$parts" '
		BEGIN { for (i = 0; i < 256; i++) code[sprintf("%c", i)] = i }
		{ h = 0; for (i = 1; i <= length($1); i++) h = (h * 31 + code[substr($1, i, 1)]) % 1000003; print > ("part." h % n) }'
	for part in part.*; do sort -t '	' -k1,1 -k2,2 -o "$part" "$part"; done
}

# reduce STAGE OUT: each partition through the stage.
reduce() {
	: >"$2.new"
	for part in part.*; do "$TAMIS" stage "$1" <"$part" >>"$2.new" || echo "stage $1 failed" >>"$2.new"; done
	mv "$2.new" "$2"
}

staged() {
	n=$1
	rm -f shard.* bands docs sets
	split -n "r/$n" all.jsonl shard.
	for shard in shard.*; do
		"$TAMIS" stage sign <"$shard" >>signed
		"$TAMIS" stage sign --sets <"$shard" >>sets
	done
	grep '^b' signed >bands
	grep '^d' signed >docs
	rm signed
	sort -u -o sets sets # equal texts have equal sets
	spread "$n" bands && reduce bucket pairs
	spread "$n" pairs && reduce edges edges
	spread "$n" sets edges && reduce attach half
	spread "$n" sets half && reduce attach whole
	spread "$n" whole && reduce verify verified
	cat verified docs | "$TAMIS" stage star
}

# Components in rounds until they stay the same, then a star of its own for each partition.
components() {
	n=$1
	"$TAMIS" stage links <verified >links
	rounds=0
	while :; do
		rounds=$((rounds + 1))
		spread "$n" links && reduce small-star both
		spread "$n" both && reduce large-star next
		sort -u next | cmp -s - <(sort -u links) && break
		mv next links
	done
	cat verified docs | "$TAMIS" stage scatter >lines
	spread "$n" links lines && reduce place placed
	spread "$n" placed && reduce star stars
	sort -t '	' -k1,1 stars
}

t stage local <all.jsonl
status 0
cp "$dir/out" local.tsv
checks=$((checks + 1))
[ "$(wc -l <local.tsv)" -gt 200 ] || wrong "only $(wc -l <local.tsv) removals"
for n in 1 4 16; do
	staged "$n" >staged.tsv
	checks=$((checks + 1))
	cmp local.tsv staged.tsv || { wrong "$n partitions differ"; diff local.tsv staged.tsv | head; }
	components "$n" >starred.tsv
	checks=$((checks + 1))
	cmp local.tsv starred.tsv || { wrong "stars in $n partitions differ"; diff local.tsv starred.tsv | head; }
	[ "$n" = 1 ] || { [ "$(ls part.* | wc -l)" -gt 1 ] && [ "$rounds" -lt 12 ]; } || wrong "$rounds rounds"
done

# A chain of a thousand texts is one component after a few rounds, and sits at its least.
seq 1 999 | awk '{ printf "%032d:%032d\t1\t1\t1\n", $1, $1 + 1 }' >verified
: >docs
components 4 >/dev/null
checks=$((checks + 2))
[ "$(cut -f 2 links | sort -u)" = 00000000000000000000000000000001 ] || wrong "the chain is not one component"
[ "$rounds" -lt 15 ] || wrong "$rounds rounds for a chain of a thousand"
printf '%032d\t%032d\n%032d\t%032d\n' 5 4 3 2 >unsorted
t stage small-star <unsorted
status 1
err_has 'sorted by the first two fields'
printf 'c:%032d\td:%032d\tx\t1\t1\nc:%032d\td:%032d\ty\t1\t1\n' 5 5 4 4 >unsorted
t stage star <unsorted
status 1
err_has 'components sorted by the first field'

# Unsorted or damaged input is refused, not guessed at.
shuf --random-source=<(yes) bands 2>/dev/null | head -200 | sed 's/^b[^	]*/b000:0000000000000000/' >mixed
t stage bucket <mixed
status 1
err_has 'sorted by the first two fields'
printf 'nonsense\n' >bad
t stage verify <bad
status 1
err_has 'line 1: expected'
t stage nothing
status 2
err_has 'there is no stage'
