# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

t import nowhere.jsonl
status 1
quiet out
err_has "nowhere.jsonl: can't be opened: No such file or directory"
check test ! -e workspace.tamis
