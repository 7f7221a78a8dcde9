# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

# However many lines it has, packed or not; only one too large for the screen is divided, and that is said.
seq 1 60000 | sed 's/$/ some words here/' >one.txt
gzip -k one.txt
t import -c one one.txt one.txt.gz
status 0
err_has '2 new records'
err_has 'DIR/one.txt: plain text: the file is one record (--split paragraph or line divides it)'
t import -c lines one.txt --split line
err_has '60000 new records'
seq 1 600000 | sed 's/$/ some words here/' >lines.txt
gzip -k lines.txt
t import -c large lines.txt lines.txt.gz
err_has '1200000 new records'
err_has 'DIR/lines.txt: plain text: over 8 MiB and without blank lines, so each line is a record'
awk '{ print } NR % 20 == 0 { print "" }' lines.txt >paragraphs.txt
t import -c paragraphs paragraphs.txt
err_has '30000 new records'
err_has 'paragraphs.txt: plain text: over 8 MiB, so each paragraph is a record'
t import -c whole lines.txt --split file
err_has '1 new records'
