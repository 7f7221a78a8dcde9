# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one thing"}\n{"text":"another thing"}\n' >a.jsonl
t import a.jsonl
t label 1.1 accept
chmod a-w workspace.tamis workspace.tamis-cache .
if [ "$(id -u)" = 0 ]; then # root may write everything: be somebody else
	command -v setpriv >/dev/null || exit 77
	chmod a+rx "$dir" "$HOME"
	as="setpriv --reuid 65534 --regid 65534 --clear-groups"
	$as test -x "$TAMIS" -a -r a.jsonl || exit 77
	cp "$TAMIS" "$dir/tamis" && chmod a+rx "$dir/tamis"
	printf '#!/bin/sh\nexec %s %s/tamis "$@"\n' "$as" "$dir" >"$dir/as"
	chmod +x "$dir/as"
	TAMIS=$dir/as
fi
t ls documents
status 0
out_lines 3
t export a --accepted
status 0
out_lines 1
t search another
status 0
t fsck
status 0
t label 1.2 reject
status 4
t stats
status 0
chmod u+w .
