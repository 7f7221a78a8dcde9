# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

mkdir -p tree/vendor/lib
printf 'import b\n' >tree/a.py
printf 'x = 1\n' >tree/b.py
printf 'y = 1\n' >tree/vendor/lib/c.py
t order tree
status 0
out_lines 2
err_has '2 of 3 files (1 left out: vendored 1)'
