# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"good"}\n{"text":"cut off\n{"text":"also good"}\n{"text":"bad \377 byte"}\n{"other":1}\n' >mixed.jsonl
t import mixed.jsonl
status 3
err_has 'DIR/mixed.jsonl:2: '
t --json ls documents
out_lines 2
t --json ls rejected
out_lines 3
out_has '"file":"DIR/mixed.jsonl","line":2,"byte":'
t ls rejected
out_has 'DIR/mixed.jsonl'
