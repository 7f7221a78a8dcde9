# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n{"text":"two"}\n' >a.jsonl
t import a.jsonl
printf '{"text":"ONE"}\n{"text":"TWO"}\n' >b.jsonl
touch -d '2001-02-03 04:05:06' b.jsonl
mv b.jsonl a.jsonl
t show 1.1
status 1
quiet out
err_has 'a.jsonl'
t --json ls sources
out_has '"state":"changed"'
rm a.jsonl
t --json ls sources
out_has '"state":"missing"'
