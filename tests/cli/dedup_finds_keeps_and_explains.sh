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
cluster=$("$TAMIS" ls clusters --json --run 10 | sed 's/.*"item":"\([0-9]*\)".*/\1/')
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
