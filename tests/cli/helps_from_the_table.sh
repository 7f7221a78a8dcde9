# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

t help
status 0
quiet err
out_has 'import        read files, folders or standard input (-) into a corpus'
t ls --help
out_has 'usage: tamis ls [options] KIND [CORPUS]'
out_has '  -n, --limit N           at most so many rows'
t help ls
out_has 'usage: tamis ls [options] KIND [CORPUS]'
t --help
status 0
t version
status 0
out_has 'tamis '
t --json --version
out_has '"version":"'
t
status 2
err_has 'the screen needs a terminal'
check test "$("$TAMIS" help | awk 'length > 130' | wc -l)" = 0
