# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

cat >documents.jsonl <<'END'
{"id":"a","text":"Mr. Smith wrote a letter. He sent it on Monday."}
{"id":"b","text":"今天下雨。我们不出门。"}
END
t stage segment <documents.jsonl
status 0
out <<'END'
{"id":"a","index":0,"byte":0,"lang":"en","text":"Mr. Smith wrote a letter."}
{"id":"a","index":1,"byte":26,"lang":"en","text":"He sent it on Monday."}
{"id":"b","index":0,"byte":0,"lang":"zh","text":"今天下雨。"}
{"id":"b","index":1,"byte":15,"lang":"zh","text":"我们不出门。"}
END
printf '{"id":"a","text":"One."}\n{broken\n' >broken.jsonl
t stage segment <broken.jsonl
status 1
err_has 'line 2'
