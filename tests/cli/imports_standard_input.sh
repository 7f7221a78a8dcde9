# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf '{"text":"piped"}\n' | t import - --corpus piped
t ls corpora </dev/null
printf '{"text":"piped"}\n' >in
t import - --corpus piped <in
status 0
t --json ls documents
out_lines 1
out_has '"piped"'
