/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the beginning of a file a table, how are its cells set apart, and has it a header? */
#include <stdio.h>

#include "base/json.h"
#include "base/utf8.h"
#include "formats/csv.h"
#include "formats/profile.h"

#define ROWS 64

struct trial {
	struct arena arena;
	struct cells row[ROWS];
	size_t n;      /* rows read */
	size_t comments; /* lines that begin with '#' before the first row: not among the rows */
	size_t width;  /* most rows have */
	size_t even;   /* rows of that width */
	size_t filled; /* of these, rows whose first cell is not empty */
	size_t broken; /* rows whose quotes don't match */
	size_t needed; /* rows with a quoted cell that holds what must be quoted, or whose cells are all
			  quoted */
	size_t bare;   /* rows with a quoted cell otherwise */
};

static void trial_free(struct trial *t)
{
	for (size_t i = 0; i < ROWS; i++)
		vec_free(&t->row[i]);
	arena_free(&t->arena);
}

/* Why a row has quotes: because a cell needs them or all have them (what writers do), or as plain text. */
static void note_quotes(struct trial *t, struct span row, const struct cells *cells, char delimiter)
{
	size_t in_quotes = 0;
	bool needs = false;

	for (size_t i = 0; i < cells->n; i++) {
		struct span c = cells->v[i];
		bool outside = c.p < row.p || c.p > row.p + row.len;

		if (outside || (c.p > row.p && c.p[-1] == '"')) {
			in_quotes++;
			needs |= outside || memchr(c.p, delimiter, c.len) || memchr(c.p, '\n', c.len) ||
				 memchr(c.p, '\r', c.len);
		}
	}
	if (in_quotes == 0)
		return;
	if (needs || in_quotes == cells->n)
		t->needed++;
	else
		t->bare++;
}

/* The width most rows have; of two as frequent ones the one that comes first. */
static size_t usual_width(const struct trial *t, size_t from)
{
	size_t best = 0, width = 0;

	for (size_t i = from; i < t->n; i++) {
		size_t same = 0;

		for (size_t k = from; k < t->n; k++)
			same += t->row[k].n == t->row[i].n;
		if (same > best) {
			best = same;
			width = t->row[i].n;
		}
	}
	return width;
}

/* Comments above the table (gnuplot, R, numpy) are lines with '#' of another width than its rows; a header
 * may begin with '#' as well. */
static void drop_comments(struct trial *t)
{
	size_t n = 0;

	while (n + 1 < t->n && span_starts(t->row[n].v[0], "#") && t->row[n].n != usual_width(t, n + 1))
		n++;
	for (size_t i = 0; i < n; i++)
		vec_free(&t->row[i]);
	memmove(t->row, t->row + n, (ROWS - n) * sizeof *t->row);
	memset(t->row + ROWS - n, 0, n * sizeof *t->row);
	t->n -= n;
	t->comments = n;
}

static void measure(struct trial *t, bool lenient)
{
	drop_comments(t);
	t->width = lenient ? t->row[0].n : usual_width(t, 0);
	for (size_t i = 0; i < t->n; i++) {
		t->even += t->row[i].n == t->width;
		t->filled += t->row[i].n == t->width && span_trim(t->row[i].v[0]).len > 0;
	}
}

static void trial_run(struct trial *t, struct span head, bool complete, char delimiter, bool quoted)
{
	struct span rest = head;

	while (rest.len && t->n < ROWS) {
		struct span row = csv_row(&rest, delimiter, quoted);

		if (rest.len == 0 && !complete && t->n > 0)
			break; /* the last row may be cut */
		if (row.len == 0)
			continue;
		if (!csv_split(&t->row[t->n], &t->arena, row, delimiter, quoted)) {
			/* a quote that is not closed swallows rows: they are looked at one by one */
			rest = span_make(row.p, (size_t)(head.p + head.len - row.p));
			row = span_line(&rest);
			csv_split(&t->row[t->n], &t->arena, row, delimiter, quoted);
			t->broken++;
		} else if (quoted) {
			note_quotes(t, row, &t->row[t->n], delimiter);
		}
		t->n++;
	}
}

static bool trial_good(const struct trial *t)
{
	size_t forgiven = t->n >= 3 ? t->n / 3 : 0; /* bad rows are for the import to name */

	return t->n > 0 && t->width >= 2 && t->width <= 1024 && t->broken <= forgiven &&
	       t->n - t->even <= forgiven;
}

/* Nearly all rows alike: what is asked of a table that names no columns one knows. */
static bool is_regular(const struct trial *t)
{
	return (t->n - t->even) * 20 <= t->n && t->broken <= 1 + t->n / 20;
}

static bool is_number(struct span cell)
{
	double v;

	return json_read_real(span_trim(cell), &v);
}

static bool looks_like_name(struct span cell)
{
	size_t spaces = 0;

	if (cell.len == 0 || cell.len > 40 || is_number(cell) || span_starts(cell, "http") ||
	    !utf8_valid(cell, NULL))
		return false;
	for (size_t i = 0; i < cell.len; i++) {
		char c = cell.p[i];

		spaces += c == ' ';
		if (c == '\n' || c == '"' || c == '!' || c == '?' || c == ',' ||
		    (c == '.' && i + 1 == cell.len))
			return false;
	}
	return spaces <= 2;
}

static bool is_identifier(struct span cell)
{
	for (size_t i = 0; i < cell.len; i++) {
		char c = cell.p[i];

		if (!((c >= 'a' && c <= 'z') || c == '_' || (i && c >= '0' && c <= '9')))
			return false;
	}
	return cell.len > 0;
}

/* A name some profile asks for. */
static bool is_known_name(struct span cell)
{
	const struct profile *p;

	for (size_t i = 0; (p = profile_at(i)) != NULL; i++)
		for (size_t k = 0; k < PROFILE_KEYS && p->keys[k].key; k++)
			if (span_is(cell, p->keys[k].key))
				return true;
	return span_is(cell, "lang") || span_is(cell, "title") || span_is(cell, "name") ||
	       span_is(cell, "body");
}

/* Does the first row differ from the others as names differ from values? */
static bool has_header(const struct trial *t)
{
	const struct cells *first = &t->row[0];
	bool known = false, contrast = false, identifiers = true, measured = false;

	if (first->n != t->width)
		return false;
	for (size_t c = 0; c < first->n; c++) {
		size_t numbers = 0, bytes = 0;

		if (!looks_like_name(first->v[c]))
			return false;
		for (size_t d = 0; d < c; d++)
			if (span_eq(first->v[c], first->v[d]))
				return false;
		known |= is_known_name(first->v[c]);
		identifiers &= is_identifier(first->v[c]);
		for (size_t r = 1; r < t->n; r++) {
			if (c >= t->row[r].n)
				continue;
			numbers += is_number(t->row[r].v[c]);
			bytes += t->row[r].v[c].len;
		}
		measured |= t->n > 4 && numbers == t->n - 1;
		if (t->n > 1)
			contrast |= numbers * 2 > t->n - 1 || bytes / (t->n - 1) > 3 * first->v[c].len;
	}
	return known || (identifiers && contrast) || (measured && is_regular(t));
}

/* Prose has commas too: without a header, only a wide regular table with a column of numbers counts.  Indented
 * lines have tabs too: rows that differ in width must all begin with something. */
static bool is_table(const struct trial *t, char delimiter, bool asked, bool header)
{
	size_t numbers = 0;

	if (asked)
		return true;
	if (delimiter == '\t')
		return header || (is_regular(t) && t->row[0].n == t->width) || t->filled == t->even;
	if (header)
		return t->n >= 2 || t->width >= 3;
	for (size_t r = 0; r < t->n; r++)
		numbers += t->width <= t->row[r].n &&
			   (is_number(t->row[r].v[0]) || is_number(t->row[r].v[t->width - 1]));
	return t->n >= 3 && t->even == t->n && numbers == t->n;
}

static void name_columns(struct shape *out, const struct trial *t)
{
	out->n_columns = t->width < SHAPE_COLUMNS ? t->width : SHAPE_COLUMNS;
	for (size_t c = 0; c < out->n_columns; c++) {
		struct span name = out->header ? t->row[0].v[c] : (struct span){ NULL, 0 };

		out->columns[c].role = ROLE_META;
		if (out->header)
			snprintf(out->columns[c].name, SHAPE_NAME, "%.*s",
				 (int)(name.len > 63 ? 63 : name.len), name.p);
		else
			snprintf(out->columns[c].name, SHAPE_NAME, "column %zu", c + 1);
	}
}

static bool try_dialect(struct shape *out, struct span head, bool complete, char delimiter, bool quoted,
			bool asked, bool lenient)
{
	struct trial t = { .n = 0 };
	bool good, header;

	trial_run(&t, head, complete, delimiter, quoted);
	if (t.n)
		measure(&t, lenient);
	good = trial_good(&t) || (lenient && t.n && t.width <= 1024);
	if (good && quoted && delimiter == '\t')
		good = t.needed > 0 && t.bare == 0 && t.broken == 0;
	header = good && has_header(&t);
	good = good && is_table(&t, delimiter, asked, header) && (t.width >= 2 || header);
	if (good) {
		out->format = FORMAT_CSV;
		out->delimiter = delimiter;
		out->quoted = quoted;
		out->header = header;
		out->comments = (uint32_t)t.comments;
		name_columns(out, &t);
	}
	trial_free(&t);
	return good;
}

bool csv_recognise(struct shape *out, struct span head, bool complete, char delimiter, bool lenient)
{
	static const char delimiters[] = { '\t', ',', ';', '|' };

	for (size_t i = 0; i < sizeof delimiters; i++) {
		if (delimiter && delimiter != delimiters[i])
			continue;
		if (try_dialect(out, head, complete, delimiters[i], true, delimiter != 0, lenient))
			return true;
		if (delimiters[i] == '\t' &&
		    try_dialect(out, head, complete, '\t', false, delimiter != 0, lenient))
			return true;
	}
	return false;
}
