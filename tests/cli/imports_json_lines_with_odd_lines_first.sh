# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

good='{"text":"a good one"}'

# What stands among the first lines costs those lines only.
printf 'null\n[1,2]\n{"text":"one"}\n{"text":"two"}\n{"text":broken\n{"text":"three"}\n' >odd.jsonl
t import odd.jsonl
status 3
t --json ls documents
out_lines 3
t --json ls rejected
out_lines 3

# Half of four will do.
printf '[1,2]\n%s\n"a string"\n{"text":"another"}\n' "$good" >half.jsonl
t import half.jsonl
status 3
t --json ls documents half
out_lines 2

# Lines that all begin as objects are JSON Lines, however many are broken.
printf '{"text": 1 2}\n{broken}\n%s\n{"text": no}\n' "$good" >begun.jsonl
t import begun.jsonl
status 3
t --json ls documents begun
out_lines 1

printf '{"text":"a"}\n{"text":5}\n' >number.jsonl
t import number.jsonl
status 3
t --json ls documents number
out_lines 1
t --json ls rejected number
out_lines 1

# A text with an object in it stays a text.
printf 'Some words.\nMore words.\n%s\nWords again.\n' "$good" >words.txt
t import words.txt
status 0
t show 5.1
out_has 'More words.'
