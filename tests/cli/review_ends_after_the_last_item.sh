# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"first text"}\n{"text":"second text"}\n' >a.jsonl
t import a.jsonl
printf 'a\nx\na\n' >keys
t --linear review a <keys
status 0
out_has '2 of 2 judged: 1 accepted, 1 rejected, 0 skipped, 0 flagged'
t --json show 1.2
out_has '"verdict":"reject"'
