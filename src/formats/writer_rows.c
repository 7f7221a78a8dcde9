/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma-separated (RFC 4180) and tab-separated values (tabs, line ends and backslashes escaped with a
 * backslash). */
#include <stdlib.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/map.h"
#include "base/vec.h"
#include "formats/writer.h"

/* Columns by kind, in order; ROLE_META ends the list. */
static const enum role document_columns[] = {
	ROLE_ID, ROLE_TEXT, ROLE_LANG, ROLE_SCORE, ROLE_URL, ROLE_META
};
static const enum role bitext_columns[] = { ROLE_SOURCE, ROLE_TARGET, ROLE_SOURCE_LANG, ROLE_TARGET_LANG,
					    ROLE_SCORE,  ROLE_ID,     ROLE_META };
static const enum role instruction_columns[] = { ROLE_ID,     ROLE_SYSTEM,   ROLE_INSTRUCTION,
						 ROLE_INPUT,  ROLE_RESPONSE, ROLE_MESSAGES,
						 ROLE_CHOSEN, ROLE_REJECTED, ROLE_SCORE,
						 ROLE_META };

static const enum role *columns(enum item_kind kind)
{
	if (kind == KIND_BITEXT)
		return bitext_columns;
	return kind == KIND_INSTRUCTION ? instruction_columns : document_columns;
}

static void put_csv(struct buf *out, struct span cell)
{
	bool quote = cell.len && (memchr(cell.p, ',', cell.len) || memchr(cell.p, '"', cell.len) ||
				  memchr(cell.p, '\n', cell.len) || memchr(cell.p, '\r', cell.len) ||
				  cell.p[0] == ' ' || cell.p[cell.len - 1] == ' ');

	if (!quote) {
		buf_addspan(out, cell);
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, cell.p[i]);
	}
	buf_addc(out, '"');
}

static void put_tsv(struct buf *out, struct span cell)
{
	static const char from[] = "\t\n\r\\", to[] = "tnr\\";

	for (size_t i = 0; i < cell.len; i++) {
		const char *special = cell.p[i] ? strchr(from, cell.p[i]) : NULL;

		if (special) {
			buf_addc(out, '\\');
			buf_addc(out, to[special - from]);
		} else {
			buf_addc(out, cell.p[i]);
		}
	}
}

struct dialect {
	void (*put)(struct buf *out, struct span cell);
	char delimiter;
	const char *end;
};

static const struct dialect csv = { put_csv, ',', "\r\n" }, tsv = { put_tsv, '\t', "\n" };

/* ---- columns beside those of the kind ---- */

struct writer_columns {
	VEC(struct span) names;  /* as in the header; in `index`' arena or `made` */
	struct mapstr index;     /* a field's name -> its number here */
	struct arena made;       /* names that had to be changed */
	struct span *cells;      /* of the row at hand */
};

static bool is_column(enum item_kind kind, struct span name)
{
	const enum role *column = columns(kind);

	for (size_t i = 0; column[i] != ROLE_META; i++)
		if (span_is(name, role_name(column[i])))
			return true;
	return false;
}

/* Has this field no place in the columns of the kind? */
static bool is_extra(enum item_kind kind, const struct record *r, const struct field *f)
{
	const enum role *column = columns(kind);

	for (size_t i = 0; column[i] != ROLE_META; i++)
		if (f->role == column[i])
			return record_field(r, f->role) != f;
	return true;
}

static void add_column(struct writer *w, struct span name)
{
	struct writer_columns *c = w->columns;
	bool made;
	uint64_t *number;

	if (c->names.n == WRITER_COLUMNS_MAX)
		return;
	number = mapstr_at(&c->index, name, &made);
	if (!made)
		return;
	*number = c->names.n;
	name = arena_span(&c->made, name);
	if (is_column(w->kind, name) || span_is(name, "_tamis")) { /* the name is taken: by another field in the role's column */
		char *other = arena_alloc(&c->made, name.len + 2);

		memcpy(other, name.p, name.len);
		memcpy(other + name.len, ".2", 2);
		name = span_make(other, name.len + 2);
	}
	vec_push(&c->names, name);
}

static void survey(struct writer *w, const struct export_item *item)
{
	const struct record *r = item->record;

	if (w->columns == NULL)
		w->columns = xcalloc(1, sizeof *w->columns);
	for (size_t i = 0; i < r->n_fields; i++)
		if (is_extra(w->kind, r, &r->fields[i]))
			add_column(w, r->fields[i].name);
}

static void end_columns(struct writer *w)
{
	struct writer_columns *c = w->columns;

	if (c == NULL)
		return;
	vec_free(&c->names);
	mapstr_free(&c->index);
	arena_free(&c->made);
	free(c->cells);
	free(c);
	w->columns = NULL;
}

/* An edit is of a role, and of the first field that has it. */
static struct span cell_of(const struct export_item *item, const struct field *f)
{
	if (f->role != ROLE_META && record_field(item->record, f->role) == f)
		return export_value(item, f->role);
	return f->value;
}

/* Puts the values of the fields into the cells; of two with one name the first. */
static void fill_cells(struct writer *w, const struct export_item *item)
{
	struct writer_columns *c = w->columns;
	const struct record *r = item->record;
	bool left = false;

	for (size_t i = 0; c && i < c->names.n; i++)
		c->cells[i] = (struct span){ NULL, 0 };
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		uint64_t *number;

		if (!is_extra(w->kind, r, f))
			continue;
		number = c ? mapstr_find(&c->index, f->name) : NULL;
		if (number && c->cells[*number].p == NULL)
			c->cells[*number] = cell_of(item, f);
		else
			left = true;
	}
	w->partial += left;
}

/* ---- rows ---- */

static void write_line(struct writer *w, const struct dialect *d)
{
	buf_adds(&w->line, d->end);
	fwrite(w->line.p, 1, w->line.len, w->file);
}

static void put_cell(struct writer *w, const struct dialect *d, struct span cell)
{
	buf_addc(&w->line, d->delimiter);
	d->put(&w->line, cell);
}

/* The first row, when it is known what comes. */
static void write_header(struct writer *w, const struct dialect *d)
{
	const enum role *column = columns(w->kind);
	struct writer_columns *c = w->columns;

	if (w->headed)
		return;
	w->headed = true;
	buf_clear(&w->line);
	for (size_t i = 0; column[i] != ROLE_META; i++) {
		if (i)
			buf_addc(&w->line, d->delimiter);
		d->put(&w->line, span_of(role_name(column[i])));
	}
	for (size_t i = 0; c && i < c->names.n; i++)
		put_cell(w, d, c->names.v[i]);
	if (c)
		c->cells = xcalloc(c->names.n ? c->names.n : 1, sizeof *c->cells);
	if (w->annotate)
		put_cell(w, d, span_of("_tamis"));
	write_line(w, d);
	buf_clear(&w->line);
}

static bool write_row(struct writer *w, const struct dialect *d, const struct export_item *item)
{
	const enum role *column = columns(w->kind);

	write_header(w, d);
	for (size_t i = 0; column[i] != ROLE_META; i++) {
		struct span value = export_value(item, column[i]);

		if (value.len == 0 && column[i] == ROLE_SOURCE_LANG)
			value = span_of(w->source_lang);
		if (value.len == 0 && column[i] == ROLE_TARGET_LANG)
			value = span_of(w->target_lang);
		if (i)
			buf_addc(&w->line, d->delimiter);
		d->put(&w->line, value);
	}
	fill_cells(w, item);
	for (size_t i = 0; w->columns && i < w->columns->names.n; i++)
		put_cell(w, d, w->columns->cells[i]);
	if (w->annotate)
		put_cell(w, d, item->annotation);
	write_line(w, d);
	return true;
}

static bool write_csv(struct writer *w, const struct export_item *item)
{
	return write_row(w, &csv, item);
}

static void end_csv(struct writer *w)
{
	write_header(w, &csv);
	end_columns(w);
}

static bool write_tsv(struct writer *w, const struct export_item *item)
{
	return write_row(w, &tsv, item);
}

static void end_tsv(struct writer *w)
{
	write_header(w, &tsv);
	end_columns(w);
}

#define RECORDS (1u << KIND_DOCUMENT | 1u << KIND_INSTRUCTION | 1u << KIND_BITEXT)

const struct writer_format writer_csv = {
	"csv", "csv", N_("comma-separated values with a header"), RECORDS, false, NULL, write_csv, end_csv, survey
};
const struct writer_format writer_tsv = {
	"tsv",	   "tsv",   N_("tab-separated values with a header; \\t, \\n and \\\\ escaped"),
	RECORDS,   false,   NULL,
	write_tsv, end_tsv, survey
};
