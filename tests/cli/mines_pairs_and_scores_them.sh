# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

# Sentences of invented words: only the dictionary links them.  20 pairs among 30 lines a side, the target side reversed.
awk 'BEGIN {
	srand(4)
	for (w = 0; w < 200; w++)
		printf "kar%c%c\tlum%c%c\n", 98 + w % 20, 98 + w / 20, 98 + w % 20, 98 + w / 20 > "words.tsv"
	for (i = 0; i < 30; i++) {
		x = y = ""
		for (k = 0; k < 7; k++) {
			w = (i * 7 + k) % 200
			v = i < 20 ? w : int(rand() * 200)
			x = x sprintf("kar%c%c ", 98 + w % 20, 98 + w / 20)
			y = y sprintf("lum%c%c ", 98 + v % 20, 98 + v / 20)
		}
		print x > "source.txt"
		target[29 - i] = y
		if (i < 20)
			print i "\t" 29 - i > "pairs.gold"
	}
	for (i = 0; i < 30; i++)
		print target[i] > "target.txt"
	for (i = 0; i < 12; i++)
		print target[29 - i] > "chapter.txt"
}'
head -12 source.txt >story.txt
awk 'BEGIN { for (i = 0; i < 12; i++) printf "[%d]:[%d]\n", i, i }' >story.gold

t --json mine source.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold .3 --score pairs.gold
status 0
out_has '"precision":1,"recall":1,"f1":1'
out_has '"source_lang":"en","target_lang":"sw"'
out_has '"pairs":20'
t --json ls bitext --run 1 --limit 1
status 0
out_has '"source":{"document":"source.txt"'
out_has '"kind":"bitext"'
out_has '"dictionary"]'
out_has '"rivals":['

# What a run did not make is no empty list; the bytes of a pair are those of its texts.
t ls clusters --run 1
status 1
err_has 'run 1 (mine) made no clusters: tamis ls bitext --run 1'
t ls bitext --run 99
status 1
t ls bitext --run 1 --limit 1
out_has '  84  '

# The same again is the same, whatever the number of threads.
t -j 1 --json ls bitext --run 1
cp "$dir/out" first
t -j 3 mine source.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold .3 --score pairs.gold
status 0
t --json ls bitext --run 2
sed 's/"run":2/"run":1/; s/"item":"[0-9]*"//' "$dir/out" >second
sed 's/"item":"[0-9]*"//' first | cmp -s - second || wrong 'two runs differ'

t -q export bitext --run 1 --format tsv
out_has '	en	sw	0.85'

# JSON Lines come back as the pairs they were, with their scores and what else is known of them.
for annotate in '' --annotate; do
	t export bitext --run 1 $annotate --to "mined$annotate.jsonl"
	status 0
	t import "mined$annotate.jsonl" --corpus "again$annotate"
	status 0
	t --json ls bitext --where "corpus=again$annotate"
	out_lines 20
	out_has '"score":0.85'
	out_has '"source":{"lang":"en","text":"kar'
	out_has '"target":{"lang":"sw","text":"lum'
	out_has '"lexical":'
	out_has '"links":[[0,5,0,5,1.00,"dictionary"]'
	[ "$("$TAMIS" --json ls bitext --where "corpus=again$annotate score>=.8" </dev/null | wc -l)" -gt 0 ] || wrong 'the score is not one'
done

# The languages of the run are those of what leaves it.
t -q export bitext --run 1 --format tmx
out_has 'srclang="en"'
out_has '<tuv xml:lang="sw">'
t -q export bitext --run 1 --format moses --to mined
status 0
[ -s mined.en ] && [ -s mined.sw ] || wrong 'the two files are not named after the languages'

t --json mine --align story.txt chapter.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --score story.gold
status 0
out_has '"strict_f1":1'
t mine --align story.txt chapter.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --print
out_has '[11]:[11]:'

# A corpus imported line by line is one document, whose lines stand in order.
t import --split line --corpus story story.txt
t import --split line --corpus chapter chapter.txt
t --json mine --align story chapter --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --score story.gold
status 0
out_has '"strict_f1":1'
t --json mine --align story chapter --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues
out_has '"confidence"'
! grep -q document_pairs "$dir/out" || wrong 'lines are taken for documents'

bad_beads() { # what is wrong, the gold
	printf '%b' "$2" >bad.gold
	t mine --align story.txt chapter.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --score bad.gold
	status 1
	err_has "$1"
}
bad_beads 'bad.gold:2 names sentence 12, but chapter.txt has 12, counted from 0' '[0]:[0]\n[1]:[11, 12]\n'
bad_beads 'bad.gold:1 names sentence 99, but story.txt has 12, counted from 0' '[99]:[0]\n'
bad_beads 'bad.gold:3 names source sentence 1, which line 1 has named' '[0, 1]:[0]\n\n[1]:[1]\n'
bad_beads 'bad.gold:2 names target sentence 0, which line 1 has named' '[0]:[0]\n[1]:[0]\n'
bad_beads 'bad.gold:1 is not a bead like [0, 1]:[2]' '[0, 0]:[0]\n'
bad_beads 'bad.gold:2 is not a bead like [0, 1]:[2]' '[0]:[0]\n[1]:[-1]\n'
bad_beads 'bad.gold:1 is not a bead like [0, 1]:[2]' '[0, 70]:[0]\n'
bad_beads 'bad.gold:1 is not a bead like [0, 1]:[2]' '0\t0\n'
bad_beads 'bad.gold holds nothing to score against' '\n'
printf '[1, 0]:[0,1]:0.5\n' >odd.gold
t --json mine --align story.txt chapter.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --score odd.gold
status 0
out_has '"gold":1'

t mine source.txt nothing.txt --lang en-sw
status 1
err_has 'no corpus and no file'
t mine source.txt target.txt --lang en
status 2
t mine source.txt target.txt --lang en-sw --lexicon pairs.none
status 1
t mine source.txt target.txt --lang en-sw --embedder npy
status 2
err_has '--source-vectors'

# What is to be scored against is read before anything is mined.
t --json ls runs
cp "$dir/out" runs.before
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --score missing.gold
status 1
err_has missing.gold
printf '0\t1\nzero\tone\n' >bad.gold
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --score bad.gold
status 1
err_has 'bad.gold:2 is not two line numbers'
printf '0\t1\n9999999\t1\n' >bad.gold
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --score bad.gold
status 1
err_has 'bad.gold:2 names line 9999999, but source.txt has 30'
printf '0\t30\n' >bad.gold
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --score bad.gold
status 1
err_has 'bad.gold:1 names line 30, but target.txt has 30'
t --json ls runs
cmp -s "$dir/out" runs.before || wrong 'a refused list of true pairs left a run'

# What was left out of a side is said, with the reasons; most of a side in another language is a warning.
for i in 1 2 3 4 5 6; do
	echo "Die Regierung hat am Montag beschlossen, dass $i neue Schulen in den kleinen Dörfern gebaut werden sollen."
	echo "Am Nachmittag gingen wir mit den Kindern durch den Wald und sammelten Pilze für das Abendessen der Familie $i."
done | awk '{ $3 = $3 NR % 2; for (i = 0; i < NR; i++) $2 = $2 "n"; print }' >german.txt
awk '{ print } NR < 4 { print "<b>kar</b> <i>lum</i> <td>nothing</td>" NR }' source.txt >marked.txt
t mine marked.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold .3
status 0
err_has 'left out of marked.txt: markup left over 3'
{ cat german.txt; head -3 source.txt; } >mixed.txt
t mine mixed.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold .3
status 0
err_has 'left out of mixed.txt: another language'
err_has 'more than half of mixed.txt is not in the language en'
t mine german.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues
status 2
err_has 'all were left out: another language'

# What is no dictionary is refused, not read as one.
{ printf 'kar\tlum\n'; printf 'k\0\001\t\377\n'; } >binary.dict
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --lexicon binary.dict
status 1
err_has 'binary.dict:2 holds zero bytes'
{ printf 'kar\tlum\n'; for i in 1 2 3 4 5 6 7 8 9; do printf '\376\377\001\374\t\377\376\n'; done; } >bytes.dict
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --lexicon bytes.dict
status 1
err_has 'bytes.dict:2 is neither UTF-8 nor EUC-JP'
{ cat words.tsv | head -3; yes 'a line of prose without any tab' | head -20; } >prose.dict
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --lexicon prose.dict
status 1
err_has 'prose.dict:4 is no dictionary entry'

# The time of a run is that of the whole job, and a dictionary that comes slowly is part of it.
mkfifo slow.tsv
{ sleep 1.2; cat words.tsv; } >slow.tsv &
now=$TAMIS_NOW
unset TAMIS_NOW
t mine source.txt target.txt --lang en-sw --no-packaged --no-catalogues --lexicon slow.tsv
status 0
export TAMIS_NOW=$now
wait
t --json ls runs
tail -1 "$dir/out" | grep -qE '"seconds":([2-9]|1\.)' || wrong "a run's time is not that of the job: $(tail -1 "$dir/out")"

# The same lines as corpora: a line is a record, and gold counts records.
t import source.txt --split line --corpus here
t import target.txt --split line --corpus there
t --json mine here there --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold .3 --score pairs.gold
status 0
out_has '"precision":1,"recall":1,"f1":1'

# Blank lines align with each other, and are no pair.
{ head -4 source.txt; printf '\n \n'; sed -n 5,8p source.txt; } >blank.src
{ tail -4 target.txt | tac; printf '\n\n'; tail -8 target.txt | head -4 | tac; } >blank.tgt
t --json mine --align blank.src blank.tgt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues
status 0
out_has '"pairs":8'
run=$(sed 's/.*"run":\([0-9]*\).*/\1/' "$dir/out")
t --json ls bitext --run "$run"
out_lines 8
! grep -q '"text":""' "$dir/out" || wrong 'a blank line is a pair'
