/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heads of records. */
#include "config.h"

#include "base/i18n.h"
#include "base/json.h"
#include "base/utf8.h"
#include "review/lens.h"
#include "ui/peek.h"

/* ---- a JSON object that may be cut anywhere ---- */

static size_t skip_blank(struct span s, size_t i)
{
	while (i < s.len && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r'))
		i++;
	return i;
}

/* From the byte after an opening quote to its closing one; s.len when it is cut. */
static size_t string_end(struct span s, size_t i)
{
	while (i < s.len && s.p[i] != '"')
		i += s.p[i] == '\\' ? 2 : 1;
	return i < s.len ? i : s.len;
}

/* The byte after a value. */
static size_t value_end(struct span s, size_t i)
{
	int depth = 0;

	for (; i < s.len; i++) {
		char c = s.p[i];

		if (c == '"')
			i = string_end(s, i + 1);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth < 0)
			return i;
		else if (c == ',' && depth == 0)
			return i;
	}
	return s.len;
}

bool peek_member(struct span head, const char *key, size_t *at)
{
	size_t i = skip_blank(head, 0);

	if (i >= head.len || head.p[i] != '{')
		return false;
	for (i++; i < head.len; i++) {
		size_t end;
		bool wanted;

		i = skip_blank(head, i);
		if (i >= head.len || head.p[i] != '"')
			return false;
		end = string_end(head, i + 1);
		wanted = span_is(span_make(head.p + i + 1, end - i - 1), key);
		i = skip_blank(head, end + 1);
		if (i >= head.len || head.p[i] != ':')
			return false;
		i = skip_blank(head, i + 1);
		if (wanted && i < head.len && head.p[i] == '"') {
			*at = i + 1;
			return true;
		}
		i = value_end(head, i);
	}
	return false;
}

/* What is there of a string value, without a broken end. */
static struct span whole_part(struct span value)
{
	size_t end = string_end(value, 0);
	size_t i = 0, good = 0;

	if (end < value.len)
		return span_make(value.p, end);
	while (i < value.len) { /* up to the last whole escape */
		size_t step = value.p[i] != '\\' ? 1 : i + 1 < value.len && value.p[i + 1] == 'u' ? 6 : 2;

		if (i + step > value.len)
			break;
		i += step;
		good = i;
	}
	good = utf8_floor(value, good);
	return span_make(value.p, good);
}

static void add_field(struct record *r, struct arena *arena, enum role role, struct span value)
{
	struct field *fields = arena_alloc(arena, (r->n_fields + 1) * sizeof *fields);

	if (r->n_fields)
		memcpy(fields, r->fields, r->n_fields * sizeof *fields);
	fields[r->n_fields++] = (struct field){ .role = role, .name = span_of(role_name(role)), .value = value };
	r->fields = fields;
}

/* The members with a role that begin in the part that was read. */
static void fields_of_part(struct record *out, const struct shape *shape, struct span head, struct arena *arena)
{
	struct buf text = BUF_INIT;
	size_t at;

	for (size_t i = 0; i < shape->n_columns; i++) {
		if (!peek_member(head, shape->columns[i].name, &at))
			continue;
		buf_clear(&text);
		json_unescape(&text, whole_part(span_make(head.p + at, head.len - at)));
		add_field(out, arena, shape->columns[i].role, arena_span(arena, buf_span(&text)));
	}
	buf_free(&text);
}

/* ---- one line ---- */

static bool is_json(const struct shape *shape)
{
	return shape->format == FORMAT_JSONL || shape->format == FORMAT_JSON || shape->format == FORMAT_MOSES ||
	       shape->format == FORMAT_MO;
}

static void parse_head(struct item *item, const struct shape *shape, struct span head, bool whole)
{
	struct error err = { 0 };

	if (whole && record_parse(&item->record, shape, head, &item->arena, &err) == 0)
		return;
	item->record.n_fields = 0;
	if (is_json(shape))
		fields_of_part(&item->record, shape, head, &item->arena);
	if (item->record.n_fields == 0)
		add_field(&item->record, &item->arena, ROLE_TEXT, head);
}

static void put_head(struct sheet *out, const struct source *source, struct span head, bool whole, int columns)
{
	struct item item;

	item_init(&item);
	item.kind = source->shape.kind;
	item.record.kind = item.kind;
	item.record.raw = head;
	parse_head(&item, &source->shape, head, whole);
	lens_head(out, &item, columns);
	item_free(&item);
}

void peek_head(struct sheet *out, struct corpus_view *view, struct store *store, uint64_t record, bool raw, int columns)
{
	const struct source *source = corpus_view_source(view, corpus_view_ref(view, record));
	struct buf head = BUF_INIT;
	struct error err = { 0 };

	if (!source || corpus_view_read(view, store, record, 0, PEEK_BYTES, &head, &err) < 0)
		sheet_putf(out, STYLE_ERROR, "%s", err.code ? err.msg : _("this record can't be found"));
	else if (raw)
		sheet_data(out, STYLE_TEXT, buf_span(&head), columns);
	else
		put_head(out, source, buf_span(&head), head.len < PEEK_BYTES, columns);
	buf_free(&head);
}
