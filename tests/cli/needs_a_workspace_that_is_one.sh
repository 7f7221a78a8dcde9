# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

t ls corpora
status 4
quiet out
err_has 'there is no workspace workspace.tamis'
head -c 4096 /dev/zero | tr '\0' 'x' >garbage.tamis
t -w garbage.tamis ls corpora
status 4
err_has 'garbage.tamis'
check test "$(head -c 3 garbage.tamis)" = xxx
printf '{"text":"one"}\n' >a.jsonl
t -w folder/does/not/exist.tamis import a.jsonl
status 4
TAMIS_WORKSPACE=other.tamis t import a.jsonl
check test -f other.tamis
