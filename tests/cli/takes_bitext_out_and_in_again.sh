# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf 'Open file\t打开文件\nClose %%s\t关闭 %%s\nA "quoted" & <odd> one\t带“引号”的 & <奇怪>\n' >pairs.tsv
t import pairs.tsv --lang en-zh
status 0
t --json ls corpora
out_has '"kind":"bitext","records":3'
t label 1.1 1.2 1.3 accept
t export pairs --accepted --format tmx --to out.tmx
status 0
t import out.tmx --corpus back
status 0
"$TAMIS" --json ls bitext --where corpus=pairs </dev/null | sed 's/.*"source":{[^}]*"text":\("[^}]*"\)}.*"target":{[^}]*"text":\("[^}]*"\)}.*/\1 \2/' >before
"$TAMIS" --json ls bitext --where corpus=back </dev/null | sed 's/.*"source":{[^}]*"text":\("[^}]*"\)}.*"target":{[^}]*"text":\("[^}]*"\)}.*/\1 \2/' >after
check test "$(wc -l <before)" = 3
same_bytes before after
# The same content, so the same verdict.
t --json ls bitext --where 'corpus=back verdict=accept'
out_lines 3
t export pairs --format moses --to moses
status 0
check test "$(cat moses.en | wc -l)" = 3
check grep -q '关闭 %s' moses.zh
t export pairs --format dpo
status 2
