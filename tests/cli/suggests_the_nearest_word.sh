# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

t lst
status 2
err_has '“lst” is neither a verb nor a file; did you mean ls?'
t exprot
err_has 'did you mean export?'
t ls documnts
status 2
err_has 'did you mean documents?'
t ls documents --limt 3
status 2
err_has 'unknown option --limt; did you mean --limit?'
t ls documents --limit
status 2
err_has '--limit needs a value: N'
t ls documents --limit many
status 2
err_has '“many” is not a whole number'
t help improt
status 2
err_has 'did you mean import?'
printf '{"text":"one"}\n' >crawl.jsonl
t import crawl.jsonl
t ls documents crwal
status 1
err_has 'did you mean crawl?'
t show
status 2
err_has 'tamis show needs: ID…'
t fsck now
status 2
err_has 'unexpected argument “now”'
t -j many ls corpora
status 2
# A corpus where a verb could stand is browsed; without a screen, reviewed.
t crawl
status 2
err_has 'the screen needs a terminal'
printf 'q\n' | t --linear crawl
out_has 'one'
