# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n{"text":"two"}\n{"text":"three"}\n' >a.jsonl
t import a.jsonl
t label 1.1 1.2 accept --note 'fine by me'
status 0
err_has '2 items: accept'
t label 1.3 reject --reason 2 --reason boiler
status 0
t --json ls documents --where verdict=accept
out_lines 2
out_has '"note":"fine by me"'
t --json label 1.3 flag
out <<'END'
{"verdict":"flag","labelled":1}
END
t --json undo
status 0
out_has '"undone":1'
t --json ls documents --where verdict=reject
out_lines 1
t undo 2
t --json ls documents --where verdict=none
out_lines 3
t redo
t --json ls documents --where verdict=accept
out_lines 2
t label 1.1 acept
status 2
err_has 'did you mean accept?'
t label 1.1 1.9 accept
status 1
err_has '1.9'
t --json ls documents --where verdict=accept
out_lines 2

# What an undo brings back is its first author's, not of who undid what came after.
TAMIS_ANNOTATOR=bea t label 1.3 accept
TAMIS_ANNOTATOR=bob t label 1.3 reject
t --json show 1.3
out_has '"verdict":"reject","reasons":[],"annotator":"bob"'
TAMIS_ANNOTATOR=bob t undo
t --json show 1.3
out_has '"verdict":"accept","reasons":[],"annotator":"bea"'
TAMIS_ANNOTATOR=bob t redo
t --json show 1.3
out_has '"verdict":"reject","reasons":[],"annotator":"bob"'
