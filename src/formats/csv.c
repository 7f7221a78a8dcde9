/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows and cells. */
#include "formats/csv.h"

/* A copy with each pair of quotes made one. */
static struct span undoubled(struct arena *arena, struct span s)
{
	char *copy = arena_alloc(arena, s.len + 1), *to = copy;

	while (s.len) {
		const char *quote = memchr(s.p, '"', s.len);
		size_t run = quote ? (size_t)(quote - s.p) + 1 : s.len;
		size_t used = quote && run < s.len ? run + 1 : run;

		memcpy(to, s.p, run);
		to += run;
		s = span_make(s.p + used, s.len - used);
	}
	return span_make(copy, (size_t)(to - copy));
}

/* At an opening quote: the cell's content, unquoted; `*i` ends after the closing quote. */
static bool quoted_cell(struct span *out, struct arena *arena, struct span row, size_t *i)
{
	size_t from = ++*i;
	bool doubled = false;

	for (;; (*i)++) {
		const char *quote = memchr(row.p + *i, '"', row.len - *i);

		if (quote == NULL) {
			*out = span_make(row.p + from, row.len - from);
			*i = row.len;
			return false;
		}
		*i = (size_t)(quote - row.p);
		if (*i + 1 == row.len || row.p[*i + 1] != '"')
			break;
		doubled = true;
		(*i)++;
	}
	*out = span_make(row.p + from, *i - from);
	(*i)++;
	if (doubled) {
		*out = undoubled(arena, *out);
	}
	return true;
}

bool csv_split(struct cells *out, struct arena *arena, struct span row, char delimiter, bool quoted)
{
	bool good = true;
	size_t i = 0;

	vec_clear(out);
	for (;;) {
		struct span cell;
		const char *end;

		if (quoted && i < row.len && row.p[i] == '"') {
			good &= quoted_cell(&cell, arena, row, &i);
			good &= i == row.len || row.p[i] == delimiter;
			end = i < row.len ? memchr(row.p + i, delimiter, row.len - i) : NULL;
		} else {
			end = i < row.len ? memchr(row.p + i, delimiter, row.len - i) : NULL;
			cell = span_make(row.p + i, (end ? (size_t)(end - row.p) : row.len) - i);
		}
		vec_push(out, cell);
		if (end == NULL)
			return good;
		i = (size_t)(end - row.p) + 1;
	}
}

/* End of the row that begins at `s`: offset of its "\n", or s.len. */
static size_t row_end(struct span s, char delimiter)
{
	bool start = true;
	size_t i = 0;

	while (i < s.len && s.p[i] != '\n') {
		if (start && s.p[i] == '"') {
			do {
				const char *quote = memchr(s.p + i + 1, '"', s.len - i - 1);

				i = quote ? (size_t)(quote - s.p) + 1 : s.len;
			} while (i < s.len && s.p[i] == '"');
			start = false;
			continue;
		}
		start = s.p[i] == delimiter;
		i++;
	}
	return i;
}

struct span csv_row(struct span *rest, char delimiter, bool quoted)
{
	size_t end;
	struct span row;

	if (!quoted)
		return span_line(rest);
	end = row_end(*rest, delimiter);
	row = span_make(rest->p, end);
	if (end < rest->len)
		end++;
	*rest = span_make(rest->p + end, rest->len - end);
	if (row.len && row.p[row.len - 1] == '\r')
		row.len--;
	return row;
}

/* ---- after a quote that nobody closed ---- */

enum line { LINE_TEXT, LINE_UNSURE, LINE_ROW };

/* Is this line by itself a row?  Unsure when an unquoted cell holds a quote: it may be the one that closes a cell of text. */
static enum line line_kind(struct span line, char delimiter, size_t width)
{
	enum line kind = width > 1 || (line.len && line.p[0] == '"') ? LINE_ROW : LINE_TEXT;
	size_t i = 0, cells = 0;

	for (;;) {
		size_t from = i;
		const char *end;

		while (i < line.len && line.p[i] == '"') { /* a quoted cell, or the rest of one after a doubled quote */
			const char *quote = memchr(line.p + i + 1, '"', line.len - i - 1);

			if (quote == NULL)
				return LINE_TEXT;
			i = (size_t)(quote - line.p) + 1;
		}
		end = i < line.len ? memchr(line.p + i, delimiter, line.len - i) : NULL;
		if (i > from && i < line.len && line.p[i] != delimiter)
			return LINE_TEXT;
		if (i < line.len && memchr(line.p + i, '"', (end ? (size_t)(end - line.p) : line.len) - i) && kind == LINE_ROW)
			kind = LINE_UNSURE;
		cells++;
		if (end == NULL)
			break;
		i = (size_t)(end - line.p) + 1;
	}
	return cells == width || (width >= SHAPE_COLUMNS && cells > width) ? kind : LINE_TEXT;
}

size_t csv_resume(struct span inside, char delimiter, size_t width, int64_t least)
{
	struct span rest = inside;
	size_t found = inside.len;
	int64_t trust = 0; /* of the stretch begun at `found`: a row gives one, a line that is none takes three */

	while (width && rest.len) {
		const char *begin = rest.p;
		struct span line = span_line(&rest);

		if (line.len == 0)
			continue;
		switch (line_kind(line, delimiter, width)) {
		case LINE_ROW:
			if (trust++ == 0)
				found = (size_t)(begin - inside.p);
			break;
		case LINE_UNSURE:
			break;
		default:
			trust = trust > 3 ? trust - 3 : 0;
		}
		if (trust == 0)
			found = inside.len;
	}
	if (width == 2 && least < 2 && found > 0)
		least = 2; /* a comma in a sentence makes two cells of it: one such line is not enough */
	return trust < least ? inside.len : found;
}
