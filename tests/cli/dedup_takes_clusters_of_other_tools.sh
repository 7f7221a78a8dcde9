#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What text-dedup wrote into its records becomes clusters to judge, with the similarity that each member really has.
. "${SRCDIR:?}/tests/cli/lib.sh"

words() { seq -f "word%g" "$1" "$2" | tr '\n' ' '; }
{
	printf '{"text":"%s","__cluster__":0}\n' "$(words 1 100)"
	printf '{"text":"%s","__cluster__":0}\n' "$(words 1 110)"
	printf '{"text":"%s","__cluster__":0}\n' "$(words 900 960)"
	printf '{"text":"%s","__cluster__":3}\n' "$(words 500 600)"
} >textdedup.jsonl
t import -c theirs textdedup.jsonl
status 0
t dedup theirs --method imported
status 0
err_has '4 documents, 2 kept, 2 removed'
t ls clusters --json
out_lines 1
out_has '"method":"imported"'
out_has '"keep":"1.2","size":3,"min_similarity":0,'
out_has '"similarity":0.9056603773584906'
out_has '"flags":["borderline","disagreement"]'
t export theirs --deduplicated --to kept.jsonl
err_has '1 duplicate left out' # what is not like the keeper stays until somebody accepts it
t label 1 accept
t export theirs --deduplicated --to kept.jsonl
err_has '2 duplicates left out'
printf '{"text":"none"}\n' >plain.jsonl
t import -c plain plain.jsonl
t dedup plain --method imported
status 1
err_has 'no record names a cluster'
