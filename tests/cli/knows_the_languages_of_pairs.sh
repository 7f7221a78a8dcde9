# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

command -v msgfmt >/dev/null || exit 77
header() {
	printf 'msgid ""\nmsgstr ""\n"Project-Id-Version: %0300d\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: %s\\n"\n' 7 "$1"
}

# A header of any length, also where it comes after hundreds of kilobytes of originals.
{ header zh_CN; printf '\nmsgid "Open the file"\nmsgstr "打开文件"\n'; } >short.po
{
	header fr
	for ((i = 0; i < 9000; i++)); do
		printf '\nmsgid "The long original message with the number %d of them"\nmsgstr "Message %d"\n' $i $i
	done
} >long.po
msgfmt -o short.mo short.po && msgfmt -o long.mo long.po
check test "$(wc -c <long.mo)" -gt 600000
t import short.mo
err_has 'into zh_CN'
t import long.mo
err_has 'into fr'

t --json ls bitext short --where target_lang=zh
out_lines 1
t --json ls bitext short --where target_lang=zh_CN
out_lines 1
t --json ls bitext short --where target_lang=zh_TW
out_lines 0
t --json ls bitext short --where source_lang=en
out_lines 1
t --json ls bitext short --where source_lang=zh
out_lines 0
t --json ls bitext short --where lang=zh
out_lines 1
t --json ls bitext short --where lang=en
out_lines 1
t --json ls bitext short --where lang=de
out_lines 0
t --json ls bitext --where target_lang=fr,zh
out_lines 9001

# TMX has languages as BCP 47 writes them.
t export short -f tmx -o pairs.tmx
check grep -q 'xml:lang="zh-CN"' pairs.tmx
check grep -q 'srclang="en"' pairs.tmx
check test "$(grep -c zh_CN pairs.tmx)" = 0
