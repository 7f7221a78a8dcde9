# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one"}\n' >a.jsonl
t import a.jsonl
# user_version is the big-endian number at byte 60 of a SQLite file.
printf '\000\000\003\347' | dd of=workspace.tamis bs=1 seek=60 conv=notrunc 2>/dev/null
t ls corpora
status 4
quiet out
err_has '999'
