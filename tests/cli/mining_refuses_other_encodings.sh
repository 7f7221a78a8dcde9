# SPDX-License-Identifier: GPL-3.0-or-later
# What is not UTF-8 is never mined as question marks: a file of it is refused, single lines are left out and counted.
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	echo "The vote on law number $i was adopted in winter" >>en.txt
	printf 'La loi num\351ro %s fut adopt\351e en hiver\n' "$i" >>latin.txt
	printf 'La loi num\303\251ro %s fut adopt\303\251e en hiver\n' "$i" >>good.txt
done
printf 'vote\tvote\nlaw\tloi\nnumber\tnuméro\nadopted\tadoptée\nwinter\thiver\n' >words.tsv
t mine en.txt latin.txt --lang en-fr --lexicon words.tsv --no-packaged --no-catalogues
status 1
err_has 'latin.txt:1 is not UTF-8, and 19 more of 20 lines are not; convert the file'
{ cat good.txt; printf 'caf\351 au lait\n'; } >mixed.txt
t mine en.txt mixed.txt --lang en-fr --lexicon words.tsv --no-packaged --no-catalogues --margin distance --threshold 0
status 0
err_has 'not UTF-8 1'
t export bitext -f tsv
out_has 'numéro 1 fut'
! grep -q "$(printf '\357\277\275')" "$dir/out" || wrong "damaged text was written"
