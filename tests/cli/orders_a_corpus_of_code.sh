# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

cat >code.jsonl <<'END'
{"repo_name":"a/b","path":"main.py","text":"import util\n"}
{"repo_name":"a/b","path":"util.py","text":"x = 1\n"}
{"repo_name":"c/d","path":"main.py","text":"import util\n"}
{"repo_name":"c/d","path":"util.py","text":"x = 2\n"}
END
t import code.jsonl
status 0
t order code
status 0
out <<'END'
a/b/util.py
a/b/main.py
c/d/util.py
c/d/main.py
END
t order code --format starcoder2 --metadata on --per-group
status 0
out <<'END'
<repo_name>code<file_sep>a/b/util.py
x = 1
<file_sep>a/b/main.py
import util
<|endoftext|>
<repo_name>code<file_sep>c/d/util.py
x = 2
<file_sep>c/d/main.py
import util
<|endoftext|>
END
t --json order code --links
out_has '"user":"a/b/main.py","dependency":"a/b/util.py","edge":"strong"'
printf '{"text":"no path"}\n{"text":"none here"}\n' >plain.jsonl
t import plain.jsonl
t order plain
status 1
err_has 'no record says which file it is'
t ls order --limit 1
status 0
out_has 'a/b/util.py'
t export order --to o.jsonl
status 0
