# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

cat >guide.html <<'END'
<html><body><nav><a href="/">Home</a></nav><h1>Harbour guide</h1>
<h2>How do I moor a boat?</h2><p>Bring the boat alongside slowly. Pass the bow line ashore, then the stern line.</p>
<h2>Choosing an anchor</h2><p>A plough anchor holds in sand and mud. A fisherman anchor suits rock and weed.</p>
<h2>Tides</h2><p>As an AI language model I know that the water rises twice a day in most places along this coast.</p>
</body></html>
END
t -q import guide.html --corpus guide --format text
status 0
t --json backtranslate guide --least 40
status 0
out_has '"documents":1'
out_has '"segments":3'
out_has '"pairs":3'
out_has '"pair_reasons":{"refuses":1'
t --json ls instructions
status 0
out_has 'How do I moor a boat?"'
out_has '"response":"Bring the boat alongside slowly. Pass the bow line ashore, then the stern line."'
out_has '"generator":"extract"'
out_has '"source_path":"Harbour guide › Choosing an anchor"'
out_has '"copy_ratio":{"value":'
out_has '"reason":"refuses"'
check test "$(grep -c '"suggestion":"accept"' "$dir/out")" = 0

# Nobody has said anything: nothing leaves.
t export instructions --format alpaca
status 0
out </dev/null
err_has '3 drafts left out: nobody has accepted or edited them'
t -q label 1 accept
t -q label 2 reject
t export instructions --format alpaca
status 0
check test "$(wc -l <"$dir/out")" = 1
out_has 'moor a boat'
err_has '2 drafts left out'

# The same pairs the second time: the verdicts are known.
t --json backtranslate guide --least 40
status 0
t --json ls instructions --where 'verdict=accept'
status 0
check test "$(wc -l <"$dir/out")" -ge 1

t --json backtranslate guide --least 40 --types question --n 2
status 0
out_has '"pairs":1'
out_has '"other_types":2'

# What a model is to be tested with is not what it learns.
printf '{"question":"Which anchor?","answer":"A plough anchor holds in sand and mud; a FISHERMAN anchor suits rock and weed."}\n' >test.jsonl
t --json backtranslate guide --least 40 --benchmark test.jsonl
status 0
out_has '"in-benchmark":1'
printf 'Short.\n' >short.txt
t backtranslate guide --least 40 --benchmark short.txt
status 1
err_has 'no text of at least 8 words'
printf 'one line of words\n\0\001\377\002\n' >binary.bin
t backtranslate guide --least 40 --benchmark binary.bin
status 1
err_has 'binary.bin:2 is not UTF-8 text'
t backtranslate guide --least 40 --benchmark nowhere.txt
status 1
err_has 'nowhere.txt'

t backtranslate guide --generator local
status 1
err_has 'local is not available yet'
t backtranslate guide --generator http
status 2
err_has 'needs --endpoint and --model'
t backtranslate guide -g http -e http://127.0.0.1:9 -m ''
status 2
err_has 'needs --endpoint and --model'
t backtranslate guide --least 40
status 0
err_has 'checks of the text alone failed: 0'
err_has 'checks of the pair passed: 2'
t ls runs
out_has '{"pairs":3,'
# A binary file in a folder: one line, with the reason.
mkdir mixed
printf 'The harbour is open.\n' >mixed/a.txt
printf '\001\002\003\004\005\006\007\001\002\003\000\377' >mixed/junk.dat
t import mixed --corpus mixed
check test "$(grep -c 'junk\.dat' "$dir/err")" = 1
check grep -q 'junk\.dat .*binary' "$dir/err"
t backtranslate guide --judge
status 2
err_has 'judge is for --generator http'
t backtranslate guide --generator http --model m --endpoint 'http://user:secret@127.0.0.1:9/v1'
status 2
err_has 'TAMIS_API_KEY'
# Nothing listens on the discard port of this machine: the run fails and nothing is written.
t backtranslate guide --least 40 --generator http --model m --endpoint http://127.0.0.1:9 --tries 1
status 5
err_has "http://127.0.0.1:9/v1/chat/completions can't be asked"
t --json ls runs
check test "$(grep -c '"backtranslate"' "$dir/out")" -gt 0
t ls requests
status 0
err_has 'nothing to list'
t backtranslate guide --least 50 --most 40
status 2
err_has 'must be shorter'
t backtranslate guide --lang zh --least 40 --json
status 0
t backtranslate nowhere
status 1
