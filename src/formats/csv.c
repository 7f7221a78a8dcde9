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
