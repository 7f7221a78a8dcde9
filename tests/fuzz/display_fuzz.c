/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing any bytes: nothing that leaves holds a control byte or malformed UTF-8, every byte is accounted for, cut lines and
 * wrapped rows fit, and a diff of any two texts gives both back. */
#include "config.h"

#include <locale.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "driver.h"
#include "review/sheet.h"
#include "text/anchors.h"
#include "text/diff.h"
#include "text/display.h"
#include "text/langid.h"

static void must(bool promise)
{
	if (!promise)
		abort();
}

static void is_safe(struct span s)
{
	must(utf8_valid(s, NULL));
	for (size_t i = 0; i < s.len; i++)
		must((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f && !(s.p[i] == '\xc2' && (unsigned char)s.p[i + 1] < 0xa0));
}

static void draw(struct span all, int columns, bool raw)
{
	struct buf line = BUF_INIT;
	struct cluster c;
	int drawn = display_line(&line, all, columns, raw);
	size_t at = 0;

	must(drawn <= (columns > 0 ? columns : 0));
	is_safe(buf_span(&line));
	buf_free(&line);
	while (at < all.len) {
		size_t used = cluster_next(&c, span_make(all.p + at, all.len - at), 0, raw);

		must(used > 0 && at + used <= all.len && (c.line_end || c.columns > 0));
		is_safe(span_of(c.text));
		at += used;
	}
	for (at = 0; at < all.len;) {
		size_t length = 0, used = display_wrap(span_make(all.p + at, all.len - at), columns, raw, &length);

		must(used > 0 && length <= used && at + used <= all.len);
		at += used;
	}
}

static void lay_out(struct span all, int columns)
{
	struct sheet sheet = { .limit = 50 };

	sheet_wrap(&sheet, STYLE_TEXT, 0, all, columns, columns / 4);
	must(sheet.lines.n >= 1 && sheet.lines.n <= 50);
	vec_each(&sheet.pieces, i)
		is_safe(span_of(sheet.pieces.v[i].text));
	sheet_free(&sheet);
}

static void compare(struct span a, struct span b)
{
	struct diff d = { 0 };
	struct anchors x = { 0 }, y = { 0 };
	size_t from_a = 0, from_b = 0;

	diff_words(&d, a, b);
	vec_each(&d.pieces, i) {
		const struct diff_piece *p = &d.pieces.v[i];

		must(p->a == from_a && p->b == from_b && p->a_len + p->b_len > 0);
		if (p->op == DIFF_SAME)
			must(span_eq(span_make(a.p + p->a, p->a_len), span_make(b.p + p->b, p->b_len)));
		from_a += p->a_len;
		from_b += p->b_len;
	}
	must(from_a == a.len && from_b == b.len && d.similarity >= 0 && d.similarity <= 1);
	diff_free(&d);
	anchors_find(&x, a, lang_from_code(span_of("de")));
	anchors_find(&y, b, lang_from_code(span_of("zh")));
	must(anchors_compare(&x, &y) <= x.all.n + y.all.n);
	vec_each(&x.all, i)
		must(x.all.v[i].len > 0 && x.all.v[i].at + x.all.v[i].len <= a.len);
	anchors_free(&x);
	anchors_free(&y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { (const char *)data, size }, rest;
	int columns;

	setlocale(LC_ALL, "C.UTF-8");
	if (size < 2)
		return 0;
	columns = data[0] % 130;
	rest = span_make(all.p + 2, size - 2);
	draw(rest, columns, data[1] & 1);
	lay_out(rest, columns);
	compare(span_make(rest.p, rest.len / 2), span_make(rest.p + rest.len / 2, rest.len - rest.len / 2));
	return 0;
}
