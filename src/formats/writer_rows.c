/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma-separated (RFC 4180) and tab-separated values (tabs, line ends and backslashes escaped with a
 * backslash). */
#include "base/i18n.h"
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

static void write_line(struct writer *w, const struct dialect *d)
{
	buf_adds(&w->line, d->end);
	fwrite(w->line.p, 1, w->line.len, w->file);
}

static void write_header(struct writer *w, const struct dialect *d)
{
	const enum role *column = columns(w->kind);

	buf_clear(&w->line);
	for (size_t i = 0; column[i] != ROLE_META; i++) {
		if (i)
			buf_addc(&w->line, d->delimiter);
		d->put(&w->line, span_of(role_name(column[i])));
	}
	if (w->annotate) {
		buf_addc(&w->line, d->delimiter);
		d->put(&w->line, span_of("_tamis"));
	}
	write_line(w, d);
}

static bool write_row(struct writer *w, const struct dialect *d, const struct export_item *item)
{
	const enum role *column = columns(w->kind);

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
	if (w->annotate) {
		buf_addc(&w->line, d->delimiter);
		d->put(&w->line, item->annotation);
	}
	write_line(w, d);
	w->partial += record_field(item->record, ROLE_META) != NULL;
	return true;
}

static void begin_csv(struct writer *w)
{
	write_header(w, &csv);
}

static bool write_csv(struct writer *w, const struct export_item *item)
{
	return write_row(w, &csv, item);
}

static void begin_tsv(struct writer *w)
{
	write_header(w, &tsv);
}

static bool write_tsv(struct writer *w, const struct export_item *item)
{
	return write_row(w, &tsv, item);
}

#define RECORDS (1u << KIND_DOCUMENT | 1u << KIND_INSTRUCTION | 1u << KIND_BITEXT)

const struct writer_format writer_csv = {
	"csv", "csv", N_("comma-separated values with a header"), RECORDS, false, begin_csv, write_csv, NULL
};
const struct writer_format writer_tsv = {
	"tsv",	   "tsv", N_("tab-separated values with a header; \\t, \\n and \\\\ escaped"),
	RECORDS,   false, begin_tsv,
	write_tsv, NULL
};
