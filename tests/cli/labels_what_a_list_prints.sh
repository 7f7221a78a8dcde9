# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"accept all cookies"}\n{"text":"two"}\n{"text":"cookies again"}\n' >a.jsonl
t import a.jsonl
"$TAMIS" --json ls documents --where 'text~cookies' >ids </dev/null
t label - reject --reason 1 <ids
status 0
err_has '2 items: reject'
printf '1.2 the rest of the line\n\n' >ids
t label - accept <ids
status 0
t --json ls documents --where verdict=reject
out_lines 2
t undo
t undo
t --json ls documents --where verdict=none
out_lines 3

# The same text twice is two items, and one text for undo.
printf '{"text":"twin"}\n{"text":"twin"}\n' >twins.jsonl
t import twins.jsonl
printf '2.1\n2.2\n' >ids
t label - accept <ids
status 0
err_has '2 items, 1 different text: accept'
