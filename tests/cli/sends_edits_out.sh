# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"instruction":"Say hi","input":"","output":"hi"}\n{"instruction":"Say bye","input":"","output":"by"}\n' >pairs.jsonl
t import pairs.jsonl
status 0
t --json ls corpora
out_has '"kind":"instruction"'
printf 'a\ne response bye\\nbye\na\nq\n' >keys
t --linear review pairs <keys
status 0
out_has 'saved: 1.2 edit response'
t export pairs --accepted --format chat
status 0
out_has '"content":"bye\nbye"'
t export pairs --accepted
status 0
sed 's/"output":"by"/"output":"bye\\nbye"/' pairs.jsonl >want
same_bytes "$dir/out" want
err_has '1 with your edit'
t export pairs --accepted --annotate
out_has '"edit":{"response":"bye\nbye"},"original":{"response":"by"}'
t export pairs --accepted --format dpo
out_lines 1
out_has '"rejected"'
t export pairs --accepted --format tmx
status 2
