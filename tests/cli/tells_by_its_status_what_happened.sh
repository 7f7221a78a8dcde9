# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"
printf 'The house is red.\nWater is life.\n' >en.txt
printf 'Das Haus ist rot.\nWasser ist Leben.\n' >de.txt
printf '{"text":"one"}\n{"text":\n' >mixed.jsonl
t help
status 0
t show 1.1
status 4 # there is no workspace yet
t import mixed.jsonl
status 3
t show 9.9
status 1
t show
status 2
# Nothing listens on the discard port of this machine.
t mine en.txt de.txt --lang en-de --embedder http --endpoint http://127.0.0.1:9/v1/embeddings --model any
status 5
err_has '127.0.0.1:9'
t --json ls bitext
out_lines 0
