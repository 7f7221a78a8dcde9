# SPDX-License-Identifier: GPL-3.0-or-later
# What a record says of its language is taken for it; --lang is stronger, a guess is for those that say nothing.
. "${SRCDIR:?}/tests/cli/lib.sh"

text='Das ist ein deutscher Satz, der ganz gut erkannt werden sollte, wenn niemand etwas anderes sagt.'
printf '{"text":"%s","lang":"fr"}\n{"text":"%s","lang":"Klingon"}\n{"text":"%s"}\n' "$text 1" "$text 2" "$text 3" >in.jsonl
t import in.jsonl --corpus a
t --json ls documents a
out_has '"lang":"fr"'
t --json ls documents a --where lang=de
out_lines 2
t --json ls documents a --where lang=fr
out_lines 1
t import in.jsonl --corpus b --lang it
t --json ls documents b --where lang=it
out_lines 3
