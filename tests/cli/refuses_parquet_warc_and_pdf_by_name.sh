# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

printf 'PAR1\025\004\025\020\025\024\114\025\002\025\004\022\000\000PAR1' >a.parquet
printf 'WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n' >b.warc
printf '%%PDF-1.4\n%%\342\343\317\323\n1 0 obj\n<< /Type /Catalog >>\nendobj\n' >c.pdf
for file in a.parquet b.warc c.pdf; do
	t import "$file"
	status 1
	quiet out
done
t import a.parquet
err_has 'Parquet'
t import b.warc
err_has 'WARC'
t import c.pdf
err_has 'PDF'
