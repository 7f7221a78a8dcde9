# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"id":"a","text":"The first document."}\n{"id":"b","text":"The second."}\n' >crawl.jsonl
t import crawl.jsonl
status 0
quiet out
err_has 'corpus crawl: 2 new records of kind document'
err_has 'DIR/crawl.jsonl: JSON Lines: records with a text field'
t ls corpora
out <<'END'
corpus  kind      records  rejected  size  files
crawl   document        2         0  72 B      1
END
t --json ls corpora
out <<'END'
{"name":"crawl","kind":"document","records":2,"rejected":0,"bytes":72,"sources":1,"state":"ready"}
END
