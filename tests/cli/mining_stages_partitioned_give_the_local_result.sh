#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Mining by embeddings through stages and sort, in 1, 4 and 16 partitions, finds bit for bit what one process finds.
. "${SRCDIR:?}/tests/cli/lib.sh"
export LC_ALL=C

# 240 and 300 lines with bfloat16 vectors of 8 numbers out of five: many cosines are equal, and a third of the lines have a partner.
awk 'BEGIN {
	srand(5)
	split("\\x00\\x00 \\x80\\x3f \\x80\\xbf \\x00\\x40 \\x00\\x3f", number, " ")
	for (i = 0; i < 300; i++) {
		row = ""
		for (d = 0; d < 8; d++) row = row number[1 + int(rand() * 5)]
		if (i < 240) { x[i] = row; print "source line " i > "x.txt" }
		y[i] = i % 3 && i < 240 ? row : y[int(rand() * i)] row
		y[i] = substr(y[i], length(y[i]) - 63)
		print "target line " i > "y.txt"
	}
	for (i = 0; i < 240; i++) printf "%s", x[i] > "x.hex"
	for (i = 0; i < 300; i++) printf "%s", y[i] > "y.hex"
}'
matrix() { # NAME ROWS
	header="{\"emb\":{\"dtype\":\"BF16\",\"shape\":[$2,8],\"data_offsets\":[0,$(($2 * 16))]}}"
	printf '%b\0\0\0\0\0\0\0%s' "\\x$(printf %02x ${#header})" "$header" >"$1.safetensors"
	printf '%b' "$(cat "$1.hex")" >>"$1.safetensors"
}
matrix x 240
matrix y 300

spread() { # PARTITIONS FIELDS FILES…: lines spread by a hash of their first fields; each partition sorted by them
	parts=$1 fields=$2
	shift 2
	rm -f part.*
	cat "$@" | awk -F'\t' -v n="$parts" -v fields="$fields" '
		BEGIN { for (i = 0; i < 256; i++) code[sprintf("%c", i)] = i }
		{ h = 0; key = fields > 1 ? $1 FS $2 : $1
		  for (i = 1; i <= length(key); i++) h = (h * 31 + code[substr(key, i, 1)]) % 1000003
		  print > ("part." h % n) }'
	for part in part.*; do sort -t '	' -k1,1 -k2,2 -k3,3 -o "$part" "$part"; done
}

reduce() { # STAGE OUT OPTIONS…: each partition through the stage
	stage=$1 to=$2
	shift 2
	: >"$to.new"
	for part in part.*; do "$TAMIS" stage "$stage" "$@" <"$part" >>"$to.new" || echo "stage $stage failed" >>"$to.new"; done
	mv "$to.new" "$to"
}


staged() { # PARTITIONS RETRIEVAL MARGIN
	for side in x y; do
		awk -v side="$side" '{ print side "\t" NR - 1 "\t" $0 }' "$side.txt" |
			"$TAMIS" stage embed --vectors "$side.safetensors"
	done | "$TAMIS" stage spread --blocks "$1" >vectors
	spread "$1" 1 vectors && reduce knn near --k 4
	spread "$1" 2 near && reduce nearest means --k 4
	spread "$1" 2 means && reduce margin margins --margin "$3"
	"$TAMIS" stage match --retrieval "$2" <margins
}

printf "0\t0\n" >any.gold # with gold, no line is cleaned away
for how in 'max ratio' 'forward distance' 'intersection ratio'; do
	set -- $how
	t -q mine x.txt y.txt --lang en-sw --no-packaged --no-catalogues --embedder file --source-vectors x.safetensors \
		--target-vectors y.safetensors --margin "$2" --retrieval "$1" --threshold -1000 --print --score any.gold
	status 0
	awk -F'\t' 'NF == 3 { sub(/.* /, "", $2); sub(/.* /, "", $3); print $2 "\t" $3 "\t" $1 }' "$dir/out" >local
	for n in 1 4 16; do
		staged "$n" "$1" "$2" >"pairs.$n"
		awk -F'\t' '{ printf "%s\t%s\t%.4f\n", $1, $2, $3 }' "pairs.$n" >shown
		cmp -s local shown || wrong "$how: $n partitions and one process differ"
		cmp -s pairs.1 "pairs.$n" || wrong "$how: $n partitions and one differ"
	done
	[ "$(wc -l <local)" -gt 50 ] || wrong "$how: hardly any pairs"
done

# Sentences of documents are lines that embed takes.
printf '{"id":"a\\tb","text":"One thing. Another\\nthing."}\n' >doc.jsonl
"$TAMIS" stage segment --side x <doc.jsonl >"$dir/out"
out_has 'x	a b:0	One thing.'
awk -F'\t' 'NF != 3' "$dir/out" | grep -q . && wrong 'segment writes fields that are not three'

# What is wrong with a line is said.
for stage in embed spread knn nearest margin match; do
	printf 'nonsense\n' | "$TAMIS" stage "$stage" --vectors x.safetensors >"$dir/out" 2>"$dir/err"
	[ $? -eq 1 ] && grep -q 'line 1: expected' "$dir/err" || wrong "stage $stage takes anything"
done
printf 'y\t7\t+\t3\t0.5\t0.5\n' | "$TAMIS" stage margin >"$dir/out" 2>"$dir/err"
grep -q 'LC_ALL=C' "$dir/err" || wrong 'an unsorted line is not noticed'
