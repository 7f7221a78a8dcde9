/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of a table into fields. */
#include <stdio.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "formats/decode.h"

static struct span column_name(struct decoder *d, size_t i)
{
	char text[32];

	if (i < d->shape->n_columns)
		return span_of(d->shape->columns[i].name);
	snprintf(text, sizeof text, "column %zu", i + 1);
	return arena_span(d->arena, span_of(text));
}

/* Spreadsheets write separators for empty cells beyond the last column: nothing is lost there. */
static bool only_empty_beyond(const struct decoder *d)
{
	if (d->cells.n < d->shape->n_columns)
		return false;
	for (size_t i = d->shape->n_columns; i < d->cells.n; i++)
		if (d->cells.v[i].len)
			return false;
	return true;
}

int decode_csv(struct decoder *d, struct span raw, struct record_fault *fault)
{
	const struct shape *s = d->shape;
	size_t bad;

	if (!utf8_valid(raw, &bad))
		return decode_fault(fault, N_("not UTF-8"), bad);
	if (!csv_split(&d->cells, d->arena, raw, s->delimiter, s->quoted))
		return decode_fault(fault, N_("a quoted cell is not closed"), 0);
	if (d->cells.n != s->n_columns && s->n_columns < SHAPE_COLUMNS && !only_empty_beyond(d)) {
		decode_fault(fault, N_("the row has another number of fields than the table"), raw.len);
		fault->fields = d->cells.n;
		fault->wanted = s->n_columns;
		return TAMIS_EPARSE;
	}
	for (size_t i = 0; i < d->cells.n; i++) {
		enum role role = i < s->n_columns ? s->columns[i].role : ROLE_META;

		if (role == ROLE_META && !d->all)
			continue;
		/* an empty cell is a value for a text, nothing for the others */
		if (d->cells.v[i].len == 0 && !role_is_content(role))
			continue;
		decode_add(d, role, column_name(d, i), d->cells.v[i], false);
	}
	return 0;
}
