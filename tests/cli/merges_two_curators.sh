# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n{"text":"two"}\n{"text":"three"}\n' >a.jsonl
t -w ann.tamis import a.jsonl
t -w ben.tamis import a.jsonl
t -w ann.tamis label 1.1 1.2 accept
TAMIS_ANNOTATOR=ben t -w ben.tamis label 1.2 1.3 reject
t -w ann.tamis --json merge ben.tamis
status 0
out <<'END'
{"decisions":2,"known":0,"conflicts":1}
END
t -w ann.tamis --json merge ben.tamis
out_has '"decisions":0,"known":2'
t -w ann.tamis --json ls documents --where verdict=flag
out_lines 1
t -w ann.tamis merge nowhere.tamis
status 4
