# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"first text"}\n' >a.jsonl
t import a.jsonl
export LC_ALL=zh_CN.none LANGUAGE=
t label 1.1 accept
status 0
err_has '1 个条目'
printf '{"text":"another"}\n' >b.jsonl
t import b.jsonl
err_has '文档'
