# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

head -c 20000 "$TAMIS" >junk.jsonl
t import junk.jsonl
status 1
quiet out
err_has 'junk.jsonl'
