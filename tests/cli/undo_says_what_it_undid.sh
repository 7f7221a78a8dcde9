# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in 1 2 3 4 5 6 7 8 9; do printf '{"text":"document %d"}\n' "$i"; done >a.jsonl
t import a.jsonl
printf 'e text another text\nn a remark\n2\nu\nu\nu\nq\n' | "$TAMIS" review a --linear >"$dir/out" 2>"$dir/err"
got=$?
ran='tamis review --linear'
status 0
out_has 'undone: reasons'
out_has 'undone: note'
out_has 'undone: edit'
# Across sessions, newest first.
printf 'e text another text\nn a remark\n2\nq\n' | "$TAMIS" review a --linear >"$dir/out" 2>"$dir/err"
for what in reasons note edit; do
	t undo
	err <<END
undone: $what 1.1 (1 item)
END
done
# The first of many is the first in the file, whatever order they were named in.
t label 1.9 1.7 1.4 1.3 1.8 1.5 accept
t undo
err <<'END'
undone: accept 1.3 … (6 items)
END
t redo
err <<'END'
done again: accept 1.3 … (6 items)
END
