# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in 1 2 3 4; do printf '{"text":"document %d"}\n' $i; done >a.jsonl
t import a.jsonl
t stats
status 0
err_has 'no verdicts yet'
t label 1.1 1.2 1.3 accept
TAMIS_ANNOTATOR=ben t label 1.4 reject
t stats
status 0
out <<'END'
kind      annotator  items  accept  reject  skip  flag  acceptance  at least  at most (95 %)  a minute  median ms  decisions  undone
document  ann            3       3       0     0     0     100.0 %    43.9 %         100.0 %         -          -          3       0
document  ben            1       0       1     0     0       0.0 %     0.0 %          79.3 %         -          -          1       0
document  -              4       3       1     0     0      75.0 %    30.1 %          95.4 %         -          -          4       0
END
t --json stats
out_has '"kind":"document","annotator":null,"items":4,"accept":3'
