# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n' >a.jsonl
t import a.jsonl
printf '{"text":"two"}\n' >>a.jsonl
t --json import a.jsonl
status 0
out_has '"records":1'
t --json ls documents
out_lines 2
