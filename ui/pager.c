/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrapping by window. */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "text/display.h"
#include "ui/pager.h"

#define LOOK_BACK 32768u
#define READ_BLOCK 65536u
#define SEARCH_BLOCK (512u * 1024)
#define SEARCH_OVERLAP 4096u
#define SEEK_BLOCK (1u << 20)
#define SEEK_US 4000
#define BEFORE_LIMIT 100000u

void pager_init(struct pager *p)
{
	*p = (struct pager){ .columns = 80 };
	buf_init(&p->raw);
	buf_init(&p->text);
}

void pager_free(struct pager *p)
{
	vec_free(&p->before);
	buf_free(&p->raw);
	buf_free(&p->text);
}

void pager_set(struct pager *p, const struct pager_source *source)
{
	p->source = *source;
	p->source.open_end = source->escaped;
	p->top = p->bottom = 0;
	vec_clear(&p->before);
	buf_clear(&p->raw);
	p->raw_at = 0;
	p->failed = (struct error){ 0 };
}

void pager_fit(struct pager *p, int columns, bool shapes)
{
	if (p->columns == columns && p->shapes == shapes)
		return;
	p->columns = columns > 1 ? columns : 1;
	p->shapes = shapes;
	vec_clear(&p->before);
}

/* ---- bytes ---- */

/* The quote that ends a JSON string, from a place outside of any escape; s.len when it isn't here. */
static size_t find_quote(struct span s)
{
	size_t i = 0;

	while (i < s.len && s.p[i] != '"')
		i += s.p[i] == '\\' ? 2 : 1;
	return i < s.len ? i : s.len;
}

static bool holds(const struct pager *p, uint64_t at, size_t n)
{
	uint64_t end = at + n < p->source.size ? at + n : p->source.size;

	return at >= p->raw_at && end <= p->raw_at + p->raw.len;
}

/* Source bytes [at, at + n), fewer at the end.  `at` must not lie inside an escape. */
static struct span bytes_at(struct pager *p, uint64_t at, size_t n)
{
	struct pager_source *s = &p->source;
	struct span got;

	if (at >= s->size)
		return span_make(NULL, 0);
	if (n > s->size - at)
		n = (size_t)(s->size - at);
	if (s->view && !holds(p, at, n)) {
		buf_clear(&p->raw);
		p->raw_at = at;
		if (corpus_view_read(s->view, s->store, s->record, s->base + at, n > READ_BLOCK ? n : READ_BLOCK, &p->raw,
				     &p->failed) < 0)
			buf_clear(&p->raw);
	}
	got = s->view ? span_make(p->raw.p + (at - p->raw_at), p->raw.len - (size_t)(at - p->raw_at))
		      : span_make(s->memory.p + at, n);
	if (got.len > n)
		got.len = n;
	if (s->escaped && s->open_end) {
		size_t quote = find_quote(got);

		if (quote < got.len) {
			s->size = at + quote;
			s->open_end = false;
			got.len = quote;
		}
	}
	return got;
}

/* ---- escapes ---- */

static int hex_value(struct span s, size_t at)
{
	int value = 0;

	if (at + 4 > s.len)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		char c = s.p[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* Bytes of one escape or plain byte at `i`, and how many decoded bytes they make; 0 when the escape is cut. */
static size_t escape_length(struct span s, size_t i, size_t *decoded)
{
	int value, low;

	*decoded = 1;
	if (s.p[i] != '\\')
		return 1;
	if (i + 1 >= s.len)
		return 0;
	if (s.p[i + 1] != 'u')
		return 2;
	value = hex_value(s, i + 2);
	if (i + 6 > s.len)
		return 0;
	*decoded = value < 0x80 ? 1 : value < 0x800 ? 2 : 3;
	if (value < 0xd800 || value > 0xdbff)
		return 6;
	if (i + 12 > s.len)
		return i + 6 < s.len && s.p[i + 6] != '\\' ? 6 : 0;
	low = s.p[i + 6] == '\\' && s.p[i + 7] == 'u' ? hex_value(s, i + 8) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return 6;
	*decoded = 4;
	return 12;
}

/* Source bytes that decode to the first `n` bytes of text (at least). */
static size_t source_length(const struct pager *p, struct span raw, size_t n)
{
	size_t i = 0, made = 0, decoded;

	if (!p->source.escaped)
		return n;
	while (i < raw.len && made < n) {
		size_t used = escape_length(raw, i, &decoded);

		if (used == 0)
			break;
		i += used;
		made += decoded;
	}
	return i;
}

/* `raw` without a cut escape or character at its end (unless it is the end of the text). */
static struct span whole_units(const struct pager *p, uint64_t at, struct span raw)
{
	size_t i = 0, decoded;

	if (at + raw.len >= p->source.size && !p->source.open_end)
		return raw;
	if (p->source.escaped) {
		while (i < raw.len) {
			size_t used = escape_length(raw, i, &decoded);

			if (used == 0)
				break;
			i += used;
		}
		raw.len = i < raw.len ? i : raw.len;
	}
	for (i = raw.len; i > 0 && raw.len - i < 4; i--) {
		unsigned char c = (unsigned char)raw.p[i - 1];
		size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

		if (c >= 0xc0) {
			if (need > raw.len - (i - 1))
				raw.len = i - 1;
			break;
		}
		if (c < 0x80)
			break;
	}
	return raw;
}

/* Decoded text of source bytes [at, at + n); `*raw` are those it was made of. */
static struct span text_at(struct pager *p, uint64_t at, size_t n, struct span *raw)
{
	*raw = whole_units(p, at, bytes_at(p, at, n));
	if (!p->source.escaped)
		return *raw;
	buf_clear(&p->text);
	json_unescape(&p->text, *raw);
	return buf_span(&p->text);
}

/* ---- rows ---- */

/* The row at `at`: its text (valid until the next call), and where the next one starts.  False at the end. */
static bool row_at(struct pager *p, uint64_t at, struct span *drawn, uint64_t *next)
{
	size_t want = (size_t)p->columns * 6 + 256;
	struct span raw, text;
	size_t taken, shown;

	for (;;) {
		text = text_at(p, at, want, &raw);
		if (text.len == 0)
			return false;
		taken = display_wrap(text, p->columns, p->shapes, &shown);
		if (taken < text.len || at + raw.len >= p->source.size || want > READ_BLOCK / 2)
			break;
		want *= 4; /* many bytes a column: marks upon marks */
	}
	*drawn = span_make(text.p, shown);
	*next = at + source_length(p, raw, taken);
	if (*next == at)
		*next = at + 1;
	return true;
}

/* Is `i` the byte after a line end? */
static bool after_line_end(const struct pager *p, struct span s, size_t i)
{
	size_t slashes = 0;

	if (!p->source.escaped)
		return i >= 1 && s.p[i - 1] == '\n';
	if (i < 2 || s.p[i - 1] != 'n')
		return false;
	while (slashes < i - 1 && s.p[i - 2 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 1;
}

/* A place where neither an escape nor a character is cut, at `i` or soon after. */
static size_t clean_place(const struct pager *p, struct span s, size_t i)
{
	if (p->source.escaped) {
		size_t clean = 0;

		/* 12 bytes without a backslash cannot be the inside of an escape */
		for (; i < s.len && clean < 12; i++)
			clean = s.p[i] == '\\' ? 0 : clean + 1;
	}
	while (i < s.len && ((unsigned char)s.p[i] & 0xc0) == 0x80)
		i++;
	return i;
}

/* Where to begin to wrap so that rows up to `at` come out right. */
static uint64_t wrap_start(struct pager *p, uint64_t at)
{
	uint64_t from = at > LOOK_BACK ? at - LOOK_BACK : 0;
	struct pager_source *s = &p->source;
	bool open = s->open_end;
	struct span raw;

	if (at == 0)
		return 0;
	s->open_end = false; /* `from` may lie inside an escape: no quotes are looked for before `at` */
	raw = bytes_at(p, from, (size_t)(at - from));
	s->open_end = open;
	for (size_t i = raw.len; i-- > 1;)
		if (after_line_end(p, raw, i))
			return from + i;
	return from == 0 ? 0 : from + clean_place(p, raw, 0);
}

/* Fills `before` with the starts of rows from the last line end up to `top` (not included). */
static void learn_before(struct pager *p)
{
	uint64_t at = wrap_start(p, p->top);
	struct span drawn;
	uint64_t next;

	vec_clear(&p->before);
	while (at < p->top && row_at(p, at, &drawn, &next)) {
		vec_push(&p->before, at);
		at = next;
	}
}

static void remember(struct pager *p, uint64_t start)
{
	if (p->before.n == BEFORE_LIMIT) {
		memmove(p->before.v, p->before.v + BEFORE_LIMIT / 2, BEFORE_LIMIT / 2 * sizeof *p->before.v);
		p->before.n = BEFORE_LIMIT / 2;
	}
	vec_push(&p->before, start);
}

void pager_up(struct pager *p, int rows)
{
	while (rows-- > 0 && p->top > 0) {
		if (p->before.n == 0)
			learn_before(p);
		if (p->before.n == 0) {
			p->top = 0;
			return;
		}
		p->top = p->before.v[--p->before.n];
	}
}

bool pager_at_end(struct pager *p, int shown)
{
	uint64_t at = p->top, next;
	struct span drawn;

	for (int i = 0; i < shown; i++) {
		if (!row_at(p, at, &drawn, &next))
			return true;
		at = next;
	}
	return bytes_at(p, at, 1).len == 0;
}

void pager_down(struct pager *p, int rows, int shown)
{
	uint64_t next;
	struct span drawn;

	while (rows-- > 0 && !pager_at_end(p, shown) && row_at(p, p->top, &drawn, &next)) {
		remember(p, p->top);
		p->top = next;
	}
}

void pager_go(struct pager *p, uint64_t offset)
{
	uint64_t at, next;
	struct span drawn;

	if (offset > p->source.size)
		offset = p->source.size;
	at = wrap_start(p, offset);
	vec_clear(&p->before);
	while (row_at(p, at, &drawn, &next) && next <= offset) {
		remember(p, at);
		at = next;
	}
	p->top = at;
}

bool pager_last(struct pager *p, int shown)
{
	if (p->source.open_end)
		return false;
	pager_go(p, p->source.size ? p->source.size - 1 : 0);
	pager_up(p, shown - 1);
	return true;
}

bool pager_seek_end(struct pager *p, uint64_t *at)
{
	int64_t start = clock_steady_us();

	while (p->source.open_end && clock_steady_us() - start < SEEK_US) {
		struct span raw = bytes_at(p, *at, SEEK_BLOCK);
		size_t whole = whole_units(p, *at, raw).len;

		if (whole == 0) { /* no quote up to the end of the record */
			p->source.size = *at;
			p->source.open_end = false;
		}
		*at += whole;
	}
	return !p->source.open_end;
}

/* ---- drawing ---- */

struct put_state {
	struct sheet *out;
	struct buf run;
	enum style style;
};

static void flush_run(struct put_state *put)
{
	if (put->run.len)
		sheet_put(put->out, put->style, buf_span(&put->run));
	buf_clear(&put->run);
}

/* One row as pieces, with the matches in it. */
static void put_row(struct pager *p, struct sheet *out, struct span text, struct matcher *m)
{
	struct put_state put = { .out = out, .run = BUF_INIT, .style = STYLE_TEXT };
	size_t from = 0, to = 0;
	int column = 0;

	sheet_line(out, -1);
	for (size_t at = 0; at < text.len;) {
		struct cluster c;
		size_t used = cluster_next(&c, span_make(text.p + at, text.len - at), column, p->shapes);
		enum style style;

		if (used == 0 || c.line_end)
			break;
		if (m && at >= to && matcher_find(m, text, at, &from, &to) != 1)
			m = NULL;
		style = m && at >= from && at < to ? STYLE_MATCH : c.token ? STYLE_TOKEN : STYLE_TEXT;
		if (style != put.style)
			flush_run(&put);
		put.style = style;
		buf_adds(&put.run, c.text);
		column += c.columns;
		at += used;
	}
	flush_run(&put);
	buf_free(&put.run);
}

int pager_layout(struct pager *p, struct sheet *out, int rows, struct matcher *m)
{
	uint64_t at = p->top, next;
	struct span drawn;
	int n = 0;

	for (; n < rows && row_at(p, at, &drawn, &next); n++) {
		put_row(p, out, drawn, m);
		at = next;
	}
	p->bottom = at;
	return n;
}

/* ---- searching ---- */

static int search_forward(struct pager *p, struct matcher *m, uint64_t *from)
{
	struct span raw;
	struct span text = text_at(p, *from, SEARCH_BLOCK, &raw);
	size_t start, end;

	if (text.len == 0)
		return TAMIS_ENOTFOUND;
	if (matcher_find(m, text, 0, &start, &end) == 1) {
		*from += source_length(p, raw, start);
		return 1;
	}
	if (*from + raw.len >= p->source.size)
		return TAMIS_ENOTFOUND;
	/* step back a little: a match may lie across the border of two blocks */
	if (raw.len > 2 * SEARCH_OVERLAP) {
		struct span tail = span_make(raw.p + raw.len - SEARCH_OVERLAP, SEARCH_OVERLAP);

		*from += raw.len - SEARCH_OVERLAP + clean_place(p, tail, 0);
	} else {
		*from += raw.len;
	}
	return 0;
}

static int search_backward(struct pager *p, struct matcher *m, uint64_t *from)
{
	uint64_t at = *from > SEARCH_BLOCK ? *from - SEARCH_BLOCK : 0;
	bool open = p->source.open_end;
	size_t start, end, seen = 0, last = 0;
	bool found = false;
	struct span raw, text;

	if (*from == 0)
		return TAMIS_ENOTFOUND;
	p->source.open_end = false;
	if (at)
		at += clean_place(p, bytes_at(p, at, SEARCH_OVERLAP), 0);
	text = text_at(p, at, (size_t)(*from - at), &raw);
	p->source.open_end = open;
	while (seen <= text.len && matcher_find(m, text, seen, &start, &end) == 1) {
		found = true;
		last = start;
		seen = end > start ? end : end + 1;
	}
	*from = found ? at + source_length(p, raw, last) : at;
	return found ? 1 : at == 0 ? TAMIS_ENOTFOUND : 0;
}

uint64_t pager_after(struct pager *p, uint64_t offset)
{
	struct span raw;
	struct span text = text_at(p, offset, 256, &raw);

	return text.len ? offset + source_length(p, raw, utf8_grapheme(text)) : offset;
}

int pager_search(struct pager *p, struct matcher *m, bool backward, uint64_t *from)
{
	return backward ? search_backward(p, m, from) : search_forward(p, m, from);
}

int pager_text(struct pager *p, size_t limit, struct buf *out, struct error *err)
{
	struct span raw;
	struct span text = text_at(p, 0, limit, &raw);

	if (p->failed.code) {
		*err = p->failed;
		return err->code;
	}
	buf_addspan(out, text);
	return 0;
}
