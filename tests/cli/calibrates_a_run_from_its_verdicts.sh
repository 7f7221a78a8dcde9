# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

# Sentences of invented words, every sixth right and the others more and more wrong.
awk 'BEGIN {
	for (w = 0; w < 200; w++)
		printf "kar%c%c\tlum%c%c\n", 98 + w % 20, 98 + w / 20, 98 + w % 20, 98 + w / 20 > "words.tsv"
	for (i = 0; i < 60; i++) {
		x = y = ""
		for (k = 0; k < 9; k++) {
			w = (i * 7 + k) % 200
			v = k < i % 6 ? (w + k * 30 + 90) % 200 : w
			x = x sprintf("kar%c%c ", 98 + w % 20, 98 + w / 20)
			y = y sprintf("lum%c%c ", 98 + v % 20, 98 + v / 20)
		}
		print x i + 20 "." > "source.txt"
		print y i + 20 "." > "target.txt"
	}
}'
t mine source.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin absolute --threshold 0
status 0
t calibrate 1
status 0
err_has 'No verdicts yet, so nothing can be said.'
t --json calibrate 1 --threshold 0.5
status 0
out_has '"precision":null'
t export bitext --run 1 --calibrated
status 2
err_has 'no threshold is kept with run 1'

t label 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 accept
status 0
t label 36 37 38 39 40 41 42 reject
status 0
t --json calibrate 1 --threshold -1
status 0
out_has '"accepted":15,"rejected":7'
t calibrate 1 --precision 0.7 --keep
status 0
err_has 'threshold kept with the run: '
t --json export bitext --run 1 --calibrated --to kept.jsonl
status 0
check test "$(wc -l <kept.jsonl)" -lt 42
check test "$(wc -l <kept.jsonl)" -ge 15
t calibrate 1 --forget
status 0
t export bitext --run 1 --calibrated
status 2

t calibrate 7
status 1
err_has 'no run has number 7'
t calibrate pairs
status 2
t calibrate 1 --precision 0.9 --threshold 0.5
status 2
err_has 'not both'
t label 1 reject # the best one is wrong: nothing is certain any more
t calibrate 1 --precision 1
status 1
err_has 'judge more of its items'
t --linear review 1 --queue band
status 2
err_has 'not for this kind of items'
