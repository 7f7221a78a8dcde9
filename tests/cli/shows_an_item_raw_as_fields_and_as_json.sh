# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"id": "x1",  "text": "line one\\nline two", "url": "http://example.org/"}\n' >a.jsonl
t import a.jsonl
t show 1.1 --raw
status 0
printf '{"id": "x1",  "text": "line one\\nline two", "url": "http://example.org/"}' >want
same_bytes "$dir/out" want
t show 1.1
out_has 'text:
line one
line two'
t --json show 1.1
out_has '"item":"1.1","kind":"document"'
out_has '"text":"line one\nline two"'
t show 1.7
status 1
err_has '1.7'
t show seven
status 2
err_has '“seven” is no id'
