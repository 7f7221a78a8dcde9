#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Clusters from the command line: who stays and why, the same at any thread count and memory, only what is new the second time.
. "${SRCDIR:?}/tests/cli/lib.sh"

words() { seq -f "word%g" "$1" "$2" | tr '\n' ' '; }
{
	printf '{"id":"short","text":"%s"}\n' "$(words 1 100)"
	printf '{"id":"long","text":"%s"}\n' "$(words 1 110)"
	printf '{"id":"shouted","text":"%s"}\n' "$(words 1 110 | tr a-z A-Z)"
	printf '{"id":"copy","text":"%s"}\n' "$(words 1 110)"
	printf '{"id":"other","text":"%s"}\n' "$(words 500 600)"
	printf '{"id":"empty","text":"."}\n'
} >train.jsonl
printf '{"id":"exam","text":"%s"}\n' "$(words 500 605)" >test.jsonl
t import -c train train.jsonl
t import -c test test.jsonl

t dedup train
status 0
err_has '6 documents, 3 kept, 3 removed (1 same bytes, 1 same words, 1 near) in 1 clusters'
t ls clusters --json
out_lines 1
out_has '"keep":"1.2","size":4,"min_similarity":0.90566'
out_has '{"document":"1.4","name":"copy",'
out_has '{"document":"1.1","name":"short",'
out_has '"similarity":0.9056603773584906,"containment":1,"covers":0.9056603773584906,"why":"near"}'

# Thread count and memory don't change a byte of the clusters, nor does the index of signatures.
t ls clusters --json
sed 's/"run":[0-9]*//;s/"item":"[0-9]*"//' "$dir/out" >one
for how in '-j 4' '--memory 1M' '--no-index'; do
	# shellcheck disable=SC2086
	t dedup train $how
	status 0
	t ls clusters --json
	tail -n 1 "$dir/out" | sed 's/"run":[0-9]*//;s/"item":"[0-9]*"//' >two
	same_bytes one two
done
t --json dedup train
out_has '"from_index":6'

t dedup train --against test
status 0
err_has '1 removed'
t ls clusters --json --run 8
out_has '"keep":"2.1"'
out_has '"name":"other"'

# A short test item in the middle of a long document, where nothing else is alike; with one word changed; another too short; all named.
{
	printf '{"id":"page","text":"%s %s %s"}\n' "$(words 2000 2900)" "$(words 7000 7029)" "$(words 3000 3900)"
	printf '{"id":"edited","text":"%s %s x %s %s"}\n' "$(words 4000 4900)" "$(words 7000 7027)" "$(words 7029 7029)" "$(words 8000 8019)"
	printf '{"id":"innocent","text":"%s"}\n' "$(words 5000 5900)"
} >pages.jsonl
{
	printf '{"id":"question","text":"%s"}\n' "$(words 7000 7029 | tr a-z A-Z)"
	printf '{"id":"second","text":"%s"}\n' "$(words 8000 8019)"
	printf '{"id":"tiny","text":"%s"}\n' "$(words 5000 5006)"
} >exam.jsonl
t import -c pages pages.jsonl
t import -c exam exam.jsonl
t dedup pages --against exam
status 0
err_has '2 removed'
err_has '2 of these documents hold a test item among other text; 1 test items of fewer than 8 words'
run=$(sed -n 's/.*run \([0-9]*\):.*/\1/p' "$dir/err" | head -n 1)
t ls clusters --json --run "$run"
out_has '"name":"page"'
out_has '"covers":1,"why":"contains"}'
out_has '"name":"edited"'
out_has '"also":[{"document":"4.'
cp "$dir/out" contained
t dedup pages --against exam --memory 1M -j 1
t export pages --deduplicated --to kept.jsonl
status 0
err_has '2 duplicates left out'
check grep -q '"id":"innocent"' kept.jsonl
t dedup pages --against exam --contained 0
err_has ' 0 removed'
t dedup pages --contained 0.5
status 2

t dedup train --compare --json
status 0
out_has '"method":"simhash","distance":3'
out_has '"bytes_per_document":8'

t dedup train --keep prettiest
status 2
t dedup train --bands 40x10
status 2
err_has "is no banding"
t dedup nothing
status 1
t dedup test --against test
status 2

# Export leaves out who goes, until the curator says otherwise.
t dedup train
run=$(sed -n 's/.*run \([0-9]*\):.*/\1/p' "$dir/err" | head -n 1)
cluster=$("$TAMIS" ls clusters --json --run "$run" | sed 's/.*"item":"\([0-9]*\)".*/\1/')
t export train --deduplicated --to kept.jsonl
status 0
err_has '3 duplicates left out'
check grep -q '"id":"long"' kept.jsonl
check test "$(wc -l <kept.jsonl)" = 3
check grep -q '"document":"1.1","key":"[0-9a-f]*","keeper":"1.2","similarity":0.90566' kept.jsonl.removed.jsonl
t label "$cluster" reject
status 0
t export train --deduplicated --to kept.jsonl
check cmp kept.jsonl train.jsonl
