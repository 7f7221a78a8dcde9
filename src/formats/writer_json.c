/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON Lines.  A record that was JSON leaves as the bytes it came in; only what must change does: an edited
 * value, the
 * `_tamis` of --annotate, line ends inside a record (which can't stand in JSON strings) become spaces.
 */
#include "base/i18n.h"
#include "base/json.h"
#include "base/vec.h"
#include "formats/writer.h"

/* True when the record's own bytes are a JSON object (items without a file behind them have none). */
static bool is_json(const struct export_item *item)
{
	const struct shape *s = item->shape;

	return s && item->record->raw.len && (s->format == FORMAT_JSONL || s->format == FORMAT_JSON);
}

/* The edited role that top-level member `key` holds, or ROLE_META. */
static enum role edited_role(const struct export_item *item, struct span key)
{
	const struct record *r = item->record;

	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].role != ROLE_META && span_eq(r->fields[i].name, key) &&
		    export_is_edited(item, r->fields[i].role))
			return r->fields[i].role;
	return ROLE_META;
}

static bool put_edited(struct buf *out, const struct export_item *item, const struct json_member *m)
{
	enum role role = edited_role(item, m->key);

	if (role == ROLE_META)
		return false;
	if (export_is_turns(item, role))
		buf_addspan(out, export_value(item, role));
	else if (m->type == JSON_T_STRING)
		json_put_string(out, export_value(item, role));
	else
		return false;
	return true;
}

static size_t count_edits(const struct export_item *item)
{
	size_t n = 0;

	for (int role = 0; role < ROLE_COUNT; role++)
		n += export_is_edited(item, (enum role)role);
	return n;
}

/* From just before a member's key to just after its value, quotes included. */
static const char *member_begin(const struct json_member *m)
{
	return m->key.p - 1;
}

static const char *value_begin(const struct json_member *m)
{
	return m->type == JSON_T_STRING ? m->value.p - 1 : m->value.p;
}

static const char *value_end(const struct json_member *m)
{
	return m->value.p + m->value.len + (m->type == JSON_T_STRING);
}

/* Copies the object byte for byte, an older `_tamis` left out and edited values put in.  False when an edit
 * has no place of its own in it (a turn made of several fields, a nested one). */
static bool copy_object(struct buf *out, const struct export_item *item, struct span raw)
{
	VEC(struct json_member) m = { 0 };
	struct json_fault fault;
	const char *from = raw.p, *last = NULL;
	size_t n, edits = count_edits(item);

	vec_reserve(&m, 64);
	if (json_scan_object(raw, m.v, m.cap, &n, &fault) < 0) {
		vec_free(&m);
		return false;
	}
	if (n > m.cap) {
		vec_reserve(&m, n);
		json_scan_object(raw, m.v, m.cap, &n, &fault);
	}
	for (size_t i = 0; i < n; i++) {
		if (span_is(m.v[i].key, "_tamis")) {
			/* with the comma before it, or after it when it is the first */
			buf_add(out, from, (size_t)((last ? last : member_begin(&m.v[i])) - from));
			from = last || i + 1 == n ? value_end(&m.v[i]) : member_begin(&m.v[i + 1]);
			continue;
		}
		buf_add(out, from, (size_t)(value_begin(&m.v[i]) - from));
		if (put_edited(out, item, &m.v[i]))
			edits--;
		else
			buf_add(out, value_begin(&m.v[i]),
				(size_t)(value_end(&m.v[i]) - value_begin(&m.v[i])));
		from = last = value_end(&m.v[i]);
	}
	buf_add(out, from, (size_t)(raw.p + raw.len - from));
	vec_free(&m);
	return edits == 0;
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
	} else if (!is_json(item) || !copy_object(line, item, raw)) {
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
	"jsonl", "jsonl", N_("JSON Lines, the records as they came"), ~0u, false, NULL, write_jsonl, NULL
};
