# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"中文的第一篇文章。"}\n{"text":"plain"}\n' >zh.jsonl
t import zh.jsonl --corpus 中文
t ls corpora
out <<'END'
corpus  kind      records  rejected  size  files
中文    document        2         0  56 B      1
END
t show 1.1
status 0
out_has '中文的第一篇文章。'
