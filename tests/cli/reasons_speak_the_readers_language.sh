# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"one thing"}\n{"text":"another thing"}\n' >a.jsonl
t import a.jsonl
export LANGUAGE=zh_CN
printf 'x\n6\nq\n' >keys
t --linear review a <keys
status 0
t label 1.1 reject --reason 含个人
status 0
t label 1.2 reject --reason 'machine gen' # the words of the manual do as well
status 0
unset LANGUAGE
t --json show 1.1
out_has '"reasons":[6]'
t --json show 1.2
out_has '"reasons":[2]'
# Every list says the same things in every language it is in.
for list in "$SRCDIR"/share/reasons/*.*; do
	ran=$list
	check test "$(grep -v -c '^#' "$list")" = "$(grep -v -c '^#' "${list%.*}")"
done
# A list of one's own comes first.
mkdir -p "$HOME/.config/tamis/reasons"
printf 'my reason\n' >"$HOME/.config/tamis/reasons/document"
LANGUAGE=zh_CN
export LANGUAGE
t label 1.1 reject --reason 'my r'
status 0
t label 1.1 reject --reason 含个人
status 2
