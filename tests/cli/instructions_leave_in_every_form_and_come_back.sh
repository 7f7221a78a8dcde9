# SPDX-License-Identifier: GPL-3.0-or-later
# Pairs made from a text and pairs that people wrote, out in each form of training data, with and without source tags, and in again.
. "${SRCDIR:?}/tests/cli/lib.sh"

cat >guide.html <<'HTML'
<html><body><h1>Harbour guide</h1>
<h2>How do I moor a boat?</h2><p>Bring the boat alongside slowly. Pass the bow line ashore, then the stern line.</p>
<h2>Choosing an anchor</h2><p>A plough anchor holds in sand and mud. A fisherman anchor suits rock and weed.</p>
</body></html>
HTML
t -q import guide.html --corpus guide --format text
t -q backtranslate guide --least 40
t -q label 1 accept
status 0

for form in alpaca chat sharegpt; do
	t export instructions --run 2 --format "$form" --to "$form.jsonl"
	status 0
	check test "$(wc -l <"$form.jsonl")" = 1
	check test "$(grep -c 'web search' "$form.jsonl")" = 0
	t export instructions --run 2 --format "$form" --tags --to "$form-tags.jsonl"
	status 0
	check test "$(grep -c 'Answer with knowledge from web search\.' "$form-tags.jsonl")" = 1
	for file in "$form" "$form-tags"; do
		t --json import "$file.jsonl" --corpus "back-$file"
		status 0
		t --json ls corpora
		check test "$(grep "\"back-$file\"" "$dir/out" | grep -c '"kind":"instruction"')" = 1
		t --json ls instructions "back-$file"
		status 0
		out_has 'moor a boat?'
		out_has 'Pass the bow line ashore'
	done
done
# What comes back goes out the same.
t export back-alpaca --format alpaca
status 0
check cmp -s "$dir/out" alpaca.jsonl

# Nothing is preferred to an answer nobody changed.
t export instructions --run 2 --format dpo
status 0
out </dev/null
err_has '1 left out: its answer was not edited'

# People's own pairs bear the other tag, their own system message when they have one.
cat >own.jsonl <<'JSON'
{"instruction":"Name a knot.","input":"","output":"A bowline, I think.","rewritten":"The bowline."}
{"system":"Be brief.","instruction":"Name a sail.","input":"","output":"The jib."}
JSON
t -q import own.jsonl --corpus own
status 0
t export own --format chat --tags --to own-chat.jsonl
status 0
check test "$(grep -c 'Answer in the style of an AI Assistant\.' own-chat.jsonl)" = 1
check test "$(grep -c '"Be brief\."' own-chat.jsonl)" = 1
# A rewritten answer that nobody took is preferred to nothing, whatever was accepted; once taken, it is.
t export own --format dpo
status 0
out </dev/null
err_has '2 left out: their answers were not edited'
t --json ls instructions own
first=$(sed -n '/Name a knot/s/.*"item":"\([^"]*\)".*/\1/p' "$dir/out")
t label "$first" accept
status 0
t export own -a --format dpo
status 0
out </dev/null
err_has '1 left out: its answer was not edited'
t undo
printf 'e response The bowline.\na\nq\n' >keys
t --linear review own <keys
status 0
t export own --format dpo --to own-dpo.jsonl
status 0
check test "$(wc -l <own-dpo.jsonl)" = 1
check test "$(grep -c '"chosen":"The bowline\."' own-dpo.jsonl)" = 1
check test "$(grep -c '"rejected":"A bowline, I think\."' own-dpo.jsonl)" = 1
t --json import own-dpo.jsonl --corpus back-dpo
status 0
t --json ls corpora
check test "$(grep '"back-dpo"' "$dir/out" | grep -c '"kind":"instruction"')" = 1

# Personal data is marked where it stands.
printf '{"instruction":"Whom do I ask about knots?","input":"","output":"Ask joe@debian.org, not joe@example.org."}\n' >whom.jsonl
t -q import whom.jsonl --corpus whom
printf 'q\n' >keys
t --linear review whom <keys
out_has '{!joe@debian.org!}, not joe@example.org.'
