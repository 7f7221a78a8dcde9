# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

[ "$(id -u)" != 0 ] || { echo "root reads everything"; exit 77; }
printf '{"text":"one"}\n' >good.jsonl
printf '{"text":"two"}\n' >secret.jsonl
chmod 0 secret.jsonl
t import good.jsonl secret.jsonl
status 1
err_has 'secret.jsonl: Permission denied'
check test ! -e workspace.tamis
