/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON Lines.  A record that was JSON leaves as the bytes it came in; only what must change does: an edited
 * value, the
 * `_tamis` of --annotate, line ends inside a record (which can't stand in JSON strings) become spaces.
 */
#include "base/i18n.h"
#include "base/json.h"
#include "formats/splice.h"

/* True when the record's own bytes are a JSON object (items without a file behind them have none). */
static bool is_json(const struct export_item *item)
{
	const struct shape *s = item->shape;

	return s && item->record->raw.len && (s->format == FORMAT_JSONL || s->format == FORMAT_JSON);
}

static size_t count_edits(const struct export_item *item)
{
	size_t n = 0;

	for (int role = 0; role < ROLE_COUNT; role++)
		n += export_is_edited(item, (enum role)role);
	return n;
}

/* Any record as an object: content under the names of its roles, the rest under its own names. */
static void put_fields(struct buf *out, const struct export_item *item)
{
	const struct record *r = item->record;

	buf_addc(out, '{');
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		struct span value = f->role == ROLE_META ? f->value : export_value(item, f->role);
		struct span name = f->role == ROLE_META ? f->name : span_of(role_name(f->role));

		if (f->role != ROLE_META && record_field(r, f->role) != f)
			name = f->name; /* a second id, score … */
		if (span_is(name, "_tamis"))
			continue;
		if (out->p[out->len - 1] != '{')
			buf_addc(out, ',');
		json_put_string(out, name);
		buf_addc(out, ':');
		if (f->json)
			buf_addspan(out, value);
		else
			json_put_string(out, value);
	}
	buf_addc(out, '}');
}

static void add_annotation(struct buf *out, struct span annotation)
{
	while (out->len && out->p[out->len - 1] != '}')
		buf_truncate(out, out->len - 1);
	buf_truncate(out, out->len - 1);
	while (out->len && strchr(" \t\r\n", out->p[out->len - 1]))
		buf_truncate(out, out->len - 1);
	json_put_key(out, "_tamis");
	buf_addspan(out, annotation);
	buf_addc(out, '}');
}

static bool write_jsonl(struct writer *w, const struct export_item *item)
{
	struct span raw = item->record->raw;
	struct buf *line = &w->line;
	bool annotate = w->annotate && item->annotation.len;

	if (is_json(item) && !annotate && count_edits(item) == 0) {
		buf_addspan(line, raw);
	} else if (!is_json(item) || !splice_edits(line, item, raw)) {
		buf_clear(line);
		put_fields(line, item);
	}
	if (annotate)
		add_annotation(line, item->annotation);
	for (char *p = line->p; (p = memchr(p, '\n', (size_t)(line->p + line->len - p))) != NULL; p++) {
		*p = ' ';
		if (p > line->p && p[-1] == '\r')
			p[-1] = ' ';
	}
	buf_addc(line, '\n');
	fwrite(line->p, 1, line->len, w->file);
	return true;
}

const struct writer_format writer_jsonl = {
	"jsonl", "jsonl", N_("JSON Lines, the records as they came"), ~0u, false, NULL, write_jsonl, NULL, NULL
};
