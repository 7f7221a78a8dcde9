# SPDX-License-Identifier: GPL-3.0-or-later
# A folder of pages holds the pages' pictures too: they are no documents, and no fault of the import.
. "${SRCDIR:?}/tests/cli/lib.sh"

mkdir -p site/images
printf '<html><body><h1>Sieves</h1><p>A sieve keeps what is coarse.</p></body></html>\n' >site/index.html
printf '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>\n' >site/images/logo.SVG
printf '\211PNG\r\n\032\n\000\000' >site/images/photo.png
t --json import site
status 0
out_has '"sources":1,' '"rejected":0,"media":2'
t --json import site/images/logo.SVG --corpus picture
status 0
out_has '"records":1,"rejected":0,"media":0'
