# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

mkdir code
printf 'import b\n' >code/a.py
printf 'x = 1\n' >code/b.py
mkdir -p doc/alpha doc/beta common-licenses locale/fr/LC_MESSAGES
printf 'License: MIT\nCopyright someone\n' >doc/alpha/copyright
printf 'Public domain, no strings.\n' >doc/beta/copyright
printf 'GNU GENERAL PUBLIC LICENSE\nThe GNU General Public License is a free, copyleft license.\n' >common-licenses/GPL-3
{
	printf '<h1>Guide</h1>\n<h2>How do I moor a boat?</h2>\n<p>'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28; do
		printf 'Line %s goes ashore over cleat %s, then cast off fender %s while heading %s degrees. ' "$i" "$((i * 7))" "$((i * 3))" "$((i * 11))"
	done
	printf '</p>\n'
} >doc/alpha/guide.html
t --json demo --documents doc --catalogues locale --sources code
status 0
check test "$(wc -l <"$dir/out")" -ge 9
out_has '"step":"import-documents","count":3,"unit":"documents","seconds":S,"state":"done"'
out_has '"step":"import-bitext","count":null'
out_has 'apt-get install iso-codes'
out_has '"step":"review","count":3'
out_has '"step":"order","count":2'
out_has '"step":"backtranslate","count":1'
out_has '"step":"fsck","count":0'
t demo --documents doc --catalogues locale --sources code
out_has 'step '
check test "$(find "$TMPDIR" -maxdepth 1 -name 'tamis-demo-*' | wc -l)" = 0
# A step that fails is said, and the others still run.
t --json demo --documents doc --catalogues locale --sources nowhere
status 1
out_has '"step":"order","count":null,"unit":"files","seconds":S,"state":"failed"'
out_has '"step":"fsck","count":0'
err_has 'order: nowhere'
