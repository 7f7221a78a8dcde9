# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n' >a.jsonl
t import a.jsonl
t fsck
status 0
quiet out
err_has 'workspace.tamis is sound'
t --json fsck
out <<'END'
{"problems":0}
END
