/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets: pieces and lines in arrays, their text in an arena. */
#include "review/sheet.h"

#include <stdarg.h>
#include <stdio.h>

#include "text/display.h"

static const char *const names[STYLE_COUNT] = {
	"text", "dim", "strong", "heading", "label", "token", "link",
	"added", "removed", "changed", "warning", "match",
	"accept", "reject", "skip", "flag", "pending",
	"title", "status", "cursor", "marked", "prompt", "error",
	"word1", "word2", "word3", "word4", "word5", "word6",
};

const char *style_name(enum style s)
{
	return names[s];
}

void sheet_clear(struct sheet *s)
{
	vec_clear(&s->pieces);
	vec_clear(&s->lines);
	arena_clear(&s->arena);
	s->cut = false;
}

void sheet_free(struct sheet *s)
{
	vec_free(&s->pieces);
	vec_free(&s->lines);
	arena_free(&s->arena);
	s->cut = false;
}

void sheet_line(struct sheet *s, int field)
{
	vec_push(&s->lines, (struct sheet_line){ .first = (uint32_t)s->pieces.n, .field = field });
}

bool sheet_full(const struct sheet *s)
{
	return s->limit > 0 && s->lines.n >= s->limit;
}

static void put(struct sheet *s, enum style style, struct span safe, int columns)
{
	struct sheet_line *line;

	if (safe.len == 0)
		return;
	if (s->lines.n == 0)
		sheet_line(s, -1);
	line = &s->lines.v[s->lines.n - 1];
	vec_push(&s->pieces, (struct piece){ style, arena_span(&s->arena, safe).p, columns });
	line->n++;
	line->columns += columns;
}

void sheet_put(struct sheet *s, enum style style, struct span safe)
{
	put(s, style, safe, display_columns(safe, false));
}

void sheet_putf(struct sheet *s, enum style style, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		sheet_put(s, style, span_of(text));
	va_end(ap);
	free(text);
}

void sheet_data(struct sheet *s, enum style style, struct span data, int columns)
{
	struct buf safe = BUF_INIT;
	int drawn = display_line(&safe, data, columns, false);

	put(s, style, buf_span(&safe), drawn);
	buf_free(&safe);
}

void sheet_wrap(struct sheet *s, enum style style, int field, struct span data, int columns, int indent)
{
	struct flow *f = flow_begin(s, field, columns, indent, false);

	flow_data(f, style, data);
	flow_end(f);
}

/* Appends line `i` of `from`, cut at `width` columns, padded to it when `pad`. */
static void copy_line(struct sheet *out, const struct sheet *from, size_t i, int width, bool pad)
{
	int columns = 0;

	if (i < from->lines.n) {
		const struct sheet_line *line = &from->lines.v[i];

		for (uint32_t p = line->first; p < line->first + line->n; p++) {
			const struct piece *piece = &from->pieces.v[p];

			if (columns + piece->columns > width) {
				sheet_data(out, piece->style, span_of(piece->text), width - columns);
				columns = width;
				break;
			}
			put(out, piece->style, span_of(piece->text), piece->columns);
			columns += piece->columns;
		}
	}
	if (pad && columns < width)
		sheet_putf(out, STYLE_TEXT, "%*s", width - columns, "");
}

void sheet_beside(struct sheet *out, const struct sheet *left, const struct sheet *right, int width, const char *gap)
{
	size_t rows = left->lines.n > right->lines.n ? left->lines.n : right->lines.n;

	for (size_t i = 0; i < rows; i++) {
		const struct sheet *named = i < left->lines.n ? left : right;

		sheet_line(out, named->lines.v[i].field);
		copy_line(out, left, i, width, true);
		sheet_put(out, STYLE_DIM, span_of(gap));
		copy_line(out, right, i, INT32_MAX, false);
	}
	out->cut = out->cut || left->cut || right->cut;
}

void sheet_line_text(struct buf *out, const struct sheet *s, size_t line)
{
	const struct sheet_line *l = &s->lines.v[line];

	for (uint32_t p = l->first; p < l->first + l->n; p++)
		buf_adds(out, s->pieces.v[p].text);
}
