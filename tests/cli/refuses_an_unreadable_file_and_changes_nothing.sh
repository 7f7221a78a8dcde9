# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"
printf '{"text":"one"}\n' >good.jsonl
printf '{"text":"two"}\n' >secret.jsonl
chmod 0 secret.jsonl
if [ "$(id -u)" = 0 ]; then # root reads everything: become nobody
	command -v setpriv >/dev/null || { echo "setpriv is missing"; exit 77; }
	cp "$TAMIS" "$dir/tamis"
	chown -R 65534:65534 "$dir"
	printf '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups "%s" "$@"\n' "$dir/tamis" >"$dir/as-nobody"
	chmod +x "$dir/as-nobody"
	TAMIS=$dir/as-nobody
fi
t import good.jsonl secret.jsonl
status 1
quiet out
err_has "secret.jsonl: can't be opened: Permission denied"
check test ! -e workspace.tamis
t import good.jsonl
t import secret.jsonl
status 1
t --json ls documents
out_lines 1
chmod 400 good.jsonl workspace.tamis*
t label 1.1 accept
status 4
err_has workspace.tamis
