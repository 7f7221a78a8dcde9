# SPDX-License-Identifier: GPL-3.0-or-later
# As many embeddings as lines, and what says nothing is said.
. "${SRCDIR:?}/tests/cli/lib.sh"

number() { printf "$1"; } # a float32 in octal, little endian
ONE='\000\000\200\077' NIL='\000\000\000\000' NAN='\000\000\300\177'
tensor() { # FILE ROWS NUMBERS…: a matrix of 2 columns
	file=$1 rows=$2
	shift 2
	head="{\"v\":{\"dtype\":\"F32\",\"shape\":[$rows,2],\"data_offsets\":[0,$((rows * 8))]}}"
	{
		printf "\\$(printf %o ${#head})\\000\\000\\000\\000\\000\\000\\000%s" "$head"
		for n in "$@"; do number "$n"; done
	} >"$file"
}
printf 'The old harbour lies there\nForty boats were lying in it\nNobody mended the nets\n' >en.txt
printf 'Le vieux port est là\nQuarante bateaux y étaient\nPersonne ne réparait les filets\n' >fr.txt
tensor x.safetensors 3 "$ONE" "$NIL" "$NIL" "$ONE" "$NIL" "$NIL"
tensor y.safetensors 3 "$ONE" "$NIL" "$NIL" "$ONE" "$NAN" "$ONE"
tensor more.safetensors 4 "$ONE" "$NIL" "$NIL" "$ONE" "$NAN" "$ONE" "$ONE" "$ONE"
mine() { t mine en.txt fr.txt --lang en-fr --no-packaged --no-catalogues --embedder file --source-vectors x.safetensors --target-vectors "$1"; }
mine y.safetensors
status 0
err_has '1 sentence of en.txt has an embedding of zeros'
err_has '1 sentence of fr.txt has an embedding of zeros'
mine more.safetensors
status 2
err_has 'more.safetensors holds 4 embeddings, but fr.txt has 3 lines'
