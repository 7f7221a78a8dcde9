# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"the colour red\\nand the color blue"}\n{"text":"nothing"}\n{"text":"Colour again"}\n' >a.jsonl
t import a.jsonl
t search 'colou?r'
status 0
out <<'END'
1.1:1:the colour red
1.1:2:and the color blue
END
t search -i -c 'colou?r'
out <<'END'
2
END
t --json search 'blue$'
out <<'END'
{"item":"1.1","corpus":"a","field":"text","line":2,"byte":29,"match":"blue","text":"and the color blue"}
END
t search 'co(lour'
status 2
quiet out
err_has 'regular expression “co(lour”'
t search a/b
status 0
quiet out
t search x elsewhere
status 1
err_has 'no corpus “elsewhere”'
