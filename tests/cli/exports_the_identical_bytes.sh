# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"id":1,  "text":"keep \\u00e9"}\n{"id":2,"text":"drop"}\r\n{ "text" : "keep too" }\n' >a.jsonl
t import a.jsonl
t label 1.1 1.3 accept
t export a --accepted --to kept.jsonl
status 0
quiet out
err_has '2 of 3 written'
printf '{"id":1,  "text":"keep \\u00e9"}\n{ "text" : "keep too" }\n' >want
same_bytes kept.jsonl want
t --json export a --accepted --to kept.jsonl
out_has "\"sha256\":\"$(sha256sum want | cut -c1-64)\""
t export a --accepted
same_bytes "$dir/out" want
t export documents --where 'text~drop'
out_lines 1
t export a --annotate --accepted
out_has '_tamis'
t export a --to /nowhere/at/all.jsonl
status 1
quiet out
t export b
status 1
err_has 'no corpus “b”'
t export a --format pdf
status 2
err_has 'none of: jsonl csv tsv tmx moses chat alpaca sharegpt dpo markdown html'

# A table has columns for the roles, then for all else.
printf '{"id":"1","text":"hi","src":"web"}\n' >more.jsonl
t import -c more more.jsonl
t export more -f csv
grep -q 'leaves out' "$dir/err" && wrong "says that fields are left out"
out_has 'id,text,lang,score,url,src'
out_has '1,hi,,,,web'
