# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"first text"}\n{"text":"second text"}\n{"text":"third text"}\n' >a.jsonl
t import a.jsonl
printf 'a\nx 2 5\nn look again\ne text THIRD\nf\nq\n' >keys
t --linear review a <keys
status 0
out_has 'item 1 of 3: 1.1, verdict -'
out_has 'first text'
out_has 'saved: 1.1 verdict accept'
out_has 'saved: 1.2 verdict reject'
out_has 'saved: 1.3 note look again'
out_has 'saved: 1.3 edit text'
out_has 'saved: 1.3 verdict flag'
out_has '3 of 3 judged: 1 accepted, 1 rejected, 0 skipped, 1 flagged'
t --json show 1.3
out_has '"verdict":"flag"'
out_has '"note":"look again"'
printf 'u\nu\n?\nzzz\ng 9\n/ text~second\nq\n' >keys
t --linear review a <keys
status 0
out_has 'reason 1: boilerplate or navigation'
out_has '“zzz” is no command'
out_has 'g N goes to item N of 3'
out_has '1 item'
check test "$(tr -d '\33' <"$dir/out" | wc -c)" = "$(wc -c <"$dir/out")"
