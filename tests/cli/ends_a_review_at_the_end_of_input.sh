# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n{"text":"two"}\n' >a.jsonl
t import a.jsonl
printf 'a' >keys
t review --linear <keys
status 0
t --json ls documents --where verdict=accept
out_lines 1
t --json review --linear <keys
out_has '"saved":true'
