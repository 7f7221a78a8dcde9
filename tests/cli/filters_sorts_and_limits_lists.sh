# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in 1 2 3 4 5 6 7 8 9; do printf '{"text":"document %d %0*d","score":0.%d}\n' $i $i 0 $i; done >s.jsonl
t import s.jsonl
t --json ls documents --where 'score>=0.5'
status 0
out_lines 5
t --json ls documents --sort -score --limit 2
out_lines 2
out_has '"item":"1.9"'
t --json ls documents --sort bytes --limit 1
out_has '"item":"1.1"'
t --json ls documents --where 'text~"document [34]"'
out_lines 2
t ls bitext
status 0
quiet out
err_has 'nothing to list'
t ls documents --where 'score>>1'
status 2
quiet out
err_has 'score'
t ls corpora --where lang=en
status 2
err_has '--where and --sort are for items, not for corpora'
t ls documents --sort size
status 2
err_has '“size” is none of: id score -score bytes -bytes'
# a score is what the file says, not the nearest float
printf '{"text":"nine tenths","score":0.9}\n' >nine.jsonl
t import nine.jsonl
t --json ls documents --where 'score>=0.9 corpus=nine'
out_lines 1
out_has '"score":0.9,'
