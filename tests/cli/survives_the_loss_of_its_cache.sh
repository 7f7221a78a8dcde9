# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

for i in $(seq 1 200); do printf '{"text":"document %d"}\n' "$i"; done >a.jsonl
gzip -k a.jsonl
t import a.jsonl --corpus plain
t import a.jsonl.gz --corpus packed
printf '{"text":"piped"}\n' >in
t import - --corpus piped <in
t label 1.7 accept --note kept
"$TAMIS" --json ls documents </dev/null >before
rm workspace.tamis-cache*
"$TAMIS" -q --json ls documents </dev/null >after
ran='tamis ls documents without the cache'
check test -s before
check test "$(wc -l <before)" = 401
same_bytes before after
t fsck
status 0
