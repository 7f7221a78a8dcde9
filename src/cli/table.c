/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows for people and for programs. */
#include "config.h"

#include "cli/table.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "text/display.h"

#define GAP 2
#define NARROWEST 8

void table_init(struct table *t, struct cli *cli, const struct table_column *columns, size_t n_columns)
{
	*t = (struct table){ .cli = cli, .columns = columns, .n_columns = n_columns };
	buf_init(&t->json);
	buf_init(&t->text);
	t->widths = xcalloc(n_columns, sizeof *t->widths);
	for (size_t i = 0; i < n_columns; i++)
		if (columns[i].title)
			t->widths[i] = display_columns(span_of(_(columns[i].title)), false);
}

/* One cell: `json` is its value as JSON, `text` what people see. */
static void cell(struct table *t, struct span json, struct span text)
{
	const struct table_column *c = &t->columns[t->at];

	if (t->cli->json) {
		if (t->json.len == 0)
			buf_addc(&t->json, '{');
		if (c->key) {
			json_put_key(&t->json, c->key);
			buf_addspan(&t->json, json);
		}
	} else {
		int columns;

		if (c->title)
			display_line(&t->text, text, INT32_MAX, false);
		vec_push(&t->ends, (uint32_t)t->text.len);
		columns = display_columns(text, false);
		if (!t->settled && c->title && columns > t->widths[t->at])
			t->widths[t->at] = columns;
	}
	t->at++;
}

void table_text(struct table *t, struct span data)
{
	struct buf json = BUF_INIT;

	if (t->cli->json)
		json_put_string(&json, data);
	cell(t, buf_span(&json), data);
	buf_free(&json);
}

void table_none(struct table *t)
{
	cell(t, span_of("null"), span_of("-"));
}

void table_string(struct table *t, const char *text)
{
	if (text)
		table_text(t, span_of(text));
	else
		table_none(t);
}

void table_count(struct table *t, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	cell(t, span_of(text), span_of(text));
}

void table_real(struct table *t, double x, int decimals)
{
	char json[40], text[40];

	if (isnan(x)) {
		table_none(t);
		return;
	}
	snprintf(json, sizeof json, "%.9g", x);
	snprintf(text, sizeof text, "%.*f", decimals, x);
	cell(t, span_of(json), span_of(text));
}

void table_percent(struct table *t, double share)
{
	char json[40], text[40];

	if (isnan(share)) {
		table_none(t);
		return;
	}
	snprintf(json, sizeof json, "%.6g", share);
	snprintf(text, sizeof text, "%.1f %%", 100 * share);
	cell(t, span_of(json), span_of(text));
}

void table_seconds(struct table *t, double s)
{
	char json[40], text[40];

	snprintf(json, sizeof json, "%.3f", s);
	snprintf(text, sizeof text, "%.2f s", s);
	cell(t, span_of(json), span_of(text));
}

void format_bytes(char out[16], uint64_t n)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double x = (double)n;
	size_t u = 0;

	for (; x >= 999.5 && u + 1 < sizeof units / sizeof units[0]; u++)
		x /= 1000;
	snprintf(out, 16, u && x < 99.95 ? "%.1f %s" : "%.0f %s", x, units[u]);
}

void table_bytes(struct table *t, uint64_t n)
{
	char json[24], text[16];

	snprintf(json, sizeof json, "%llu", (unsigned long long)n);
	format_bytes(text, n);
	cell(t, span_of(json), span_of(text));
}

void table_time(struct table *t, int64_t wall_ms)
{
	char stamp[32], json[40];

	if (wall_ms == 0) {
		table_none(t);
		return;
	}
	clock_format(stamp, wall_ms);
	snprintf(json, sizeof json, "\"%s\"", stamp);
	cell(t, span_of(json), span_of(stamp));
}

void table_raw_json(struct table *t, struct span json)
{
	if (json.len == 0)
		table_none(t);
	else
		cell(t, json, json);
}

/* The last column people see: it is not padded. */
static size_t last_shown(const struct table *t)
{
	size_t last = 0;

	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].title)
			last = i;
	return last;
}

/* Takes columns from the widest cuttable column until the line fits the terminal. */
static void fit(struct table *t)
{
	int total = -GAP;

	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].title)
			total += t->widths[i] + GAP;
	while (t->cli->columns && total > t->cli->columns) {
		size_t widest = t->n_columns;

		for (size_t i = 0; i < t->n_columns; i++)
			if (t->columns[i].title && t->columns[i].cut && t->widths[i] > NARROWEST &&
			    (widest == t->n_columns || t->widths[i] > t->widths[widest]))
				widest = i;
		if (widest == t->n_columns)
			return;
		t->widths[widest]--;
		total--;
	}
}

static void put_cell(const struct table *t, struct buf *line, size_t column, struct span text, bool last)
{
	const struct table_column *c = &t->columns[column];
	int width = t->widths[column];
	int columns = display_columns(text, false);
	int limit = t->cli->columns && c->cut ? width : INT32_MAX;

	if (c->right && columns < width)
		buf_fill(line, ' ', (size_t)(width - columns));
	columns = display_line(line, text, limit, false);
	if (!last && !c->right && columns < width)
		buf_fill(line, ' ', (size_t)(width - columns));
	if (!last)
		buf_fill(line, ' ', GAP);
}

static bool put_headings(struct table *t)
{
	struct buf line = BUF_INIT;
	bool ok;

	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].title)
			put_cell(t, &line, i, span_of(_(t->columns[i].title)), i == last_shown(t));
	buf_addc(&line, '\n');
	ok = cli_put(t->cli, buf_span(&line));
	buf_free(&line);
	return ok;
}

/* Prints the waiting rows. */
static bool put_rows(struct table *t)
{
	struct buf line = BUF_INIT;
	uint32_t start = 0;
	bool ok = true;

	for (size_t i = 0; i < t->ends.n && ok; i++) {
		size_t column = i % t->n_columns;

		if (t->columns[column].title)
			put_cell(t, &line, column, span_make(t->text.p + start, t->ends.v[i] - start),
				 column == last_shown(t));
		start = t->ends.v[i];
		if (column + 1 == t->n_columns) {
			buf_addc(&line, '\n');
			ok = cli_put(t->cli, buf_span(&line));
			buf_clear(&line);
		}
	}
	buf_clear(&t->text);
	vec_clear(&t->ends);
	buf_free(&line);
	return ok;
}

static bool settle(struct table *t)
{
	if (!t->settled) {
		t->settled = true;
		fit(t);
		if (t->rows && !put_headings(t))
			return false;
	}
	return put_rows(t);
}

bool table_row(struct table *t)
{
	bool ok = true;

	t->rows++;
	t->at = 0;
	if (t->cli->json) {
		buf_adds(&t->json, "}\n");
		ok = cli_put(t->cli, buf_span(&t->json));
		buf_clear(&t->json);
	} else if (t->settled || t->rows == TABLE_LOOKAHEAD) {
		ok = settle(t);
	}
	return ok && !t->cli->gone;
}

void table_end(struct table *t)
{
	if (!t->cli->json)
		settle(t);
	buf_free(&t->json);
	buf_free(&t->text);
	vec_free(&t->ends);
	free(t->widths);
}
