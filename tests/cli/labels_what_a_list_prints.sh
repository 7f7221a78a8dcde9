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
