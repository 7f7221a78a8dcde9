# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n' >a.jsonl
t --json import a.jsonl
out <<'END'
{"corpus":"a","kind":"document","sources":1,"skipped_sources":0,"records":1,"rejected":0,"media":0,"bytes":15,"seconds":S}
END
t --json import a.jsonl
status 0
out_has '"skipped_sources":1,"records":0'
t --json ls documents
out_lines 1
t import a.jsonl
err_has '1 files known already'
printf '{"text":"two"}\n' >b.jsonl
t import b.jsonl --corpus a
err_has 'DIR/b.jsonl: JSON Lines'
check test "$(grep -c JSON "$dir/err")" = 1
