# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

# One row of another width is rejected by line and reason; the others are records.
printf 'id,text,lang\n1,hello world,en\n2,bonjour,fr\n3,hola\n' >short.csv
t import -c one short.csv
status 3
err_has '2 new records'
err_has 'DIR/short.csv:4: has 2 fields, the header 3'
printf 'id,text,lang\n1,hello,en\n2,hej,sv,x\n3,hola,es\n' >long.csv
t import -c one long.csv
status 3
err_has 'DIR/long.csv:3: has 4 fields, the header 3'
grep -q "short.csv" "$dir/err" && wrong "says again what was rejected before"
printf 'id\ttext\tlang\n1\thello\ten\n2\tbonjour\tfr\n3\thola\n' >short.tsv
t import -c two short.tsv
status 3
err_has 'DIR/short.tsv:4: has 2 fields, the header 3'
printf '# made by hand, today\nid,text,lang\n1,hello,en\n2,"bon\njour",fr\n3,hola,es\n' >comment.csv
t import -c three comment.csv
status 0
err_has '3 new records'
printf 'id,text,lang\n1,hello,en\n2,bonjour,fr\n3,"hola,es\n' >quote.csv
t import -c four quote.csv
status 3
err_has 'DIR/quote.csv:4: a quoted cell is not closed'
(echo 'Date,Open,High,Close*'; for i in 1 2 3 4 5 6 7; do echo "19-Sep-03,29.$i,30.$i,31.$i"; done) >prices.csv
t import -c five prices.csv
err_has '7 new records'

# Sentences have commas too.
printf 'Dear John, I am well, thanks.\nIt rains, and the sun, too, is out.\nNothing, but, this.\n' >letter.txt
t import -c six letter.txt
err_has '1 new records'
printf 'Changes\n' >news.txt
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do printf '\tAn indented line of prose.\n'; done >>news.txt
t import -c news news.txt
err_has '1 new records'

# Asked for by name.
printf 'id,text,lang\n1,hello\n' >asked.csv
t import -c seven -f csv asked.csv
status 3
err_has 'DIR/asked.csv:2: has 2 fields, the header 3'
printf 'no separator\n' >none.tsv
t import -c eight -f tsv none.tsv
status 2
err_has 'none.tsv:1: is not in the format tsv'

# A record that is cut off is one rejected record, wherever they are counted.
printf '[{"text":"a b c"},{"text":"d e f"},{"text":"g' >cut.json
t import -c nine cut.json
status 3
err_has '1 rejected'
t --json ls rejected
[ "$(grep -c cut.json "$dir/out")" = 1 ] || wrong "a cut off record is not listed once"
