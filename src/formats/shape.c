/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapes as data: names, JSON and back. */
#include "formats/shape.h"

#include <stdio.h>

#include "base/i18n.h"
#include "base/json.h"

static const char *const container_names[] = {
	[CONTAINER_NONE] = "none", [CONTAINER_GZIP] = "gzip", [CONTAINER_ZSTD] = "zstd",
	[CONTAINER_XZ] = "xz",     [CONTAINER_BZIP2] = "bzip2",
};

static const char *const format_names[] = {
	[FORMAT_AUTO] = "auto", [FORMAT_JSONL] = "jsonl", [FORMAT_JSON] = "json",   [FORMAT_CSV] = "csv",
	[FORMAT_TEXT] = "text", [FORMAT_TMX] = "tmx",     [FORMAT_MOSES] = "moses", [FORMAT_PO] = "po",
	[FORMAT_MO] = "mo",
};

static const struct {
	const char *name;
	enum format format;
} format_aliases[] = {
	{ "tsv", FORMAT_CSV },	    { "markdown", FORMAT_TEXT }, { "md", FORMAT_TEXT },
	{ "txt", FORMAT_TEXT },	    { "plain", FORMAT_TEXT },	 { "code", FORMAT_TEXT },
	{ "ndjson", FORMAT_JSONL }, { "gettext", FORMAT_PO },
};

static const char *const split_names[] = { "file", "paragraph", "line" };

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *container_name(enum container c)
{
	return (size_t)c < COUNT(container_names) ? container_names[c] : "none";
}

const char *format_name(enum format f)
{
	return (size_t)f < COUNT(format_names) ? format_names[f] : "auto";
}

enum format format_from_name(struct span name)
{
	for (size_t i = 0; i < COUNT(format_names); i++)
		if (span_is(name, format_names[i]))
			return (enum format)i;
	for (size_t i = 0; i < COUNT(format_aliases); i++)
		if (span_is(name, format_aliases[i].name))
			return format_aliases[i].format;
	return FORMAT_AUTO;
}

bool shape_in_place(const struct shape *s)
{
	return s->container == CONTAINER_NONE && !s->utf16 && s->charset[0] == '\0' &&
	       s->format != FORMAT_MO && s->format != FORMAT_MOSES;
}

void shape_to_json(struct buf *out, const struct shape *s)
{
	char delimiter[2] = { s->delimiter, '\0' };

	buf_addc(out, '{');
	json_put_member(out, "container", span_of(container_name(s->container)));
	json_put_member(out, "format", span_of(format_name(s->format)));
	json_put_member(out, "split", span_of(split_names[s->split]));
	json_put_bool(out, "utf16", s->utf16);
	json_put_member(out, "charset", span_of(s->charset));
	json_put_member(out, "delimiter", span_of(delimiter));
	json_put_bool(out, "quoted", s->quoted);
	json_put_bool(out, "header", s->header);
	if (s->comments)
		json_put_int(out, "comments", s->comments);
	json_put_bool(out, "single", s->single);
	json_put_member(out, "kind", span_of(item_kind_name(s->kind)));
	json_put_member(out, "profile", span_of(s->profile));
	json_put_member(out, "source_lang", span_of(s->source_lang));
	json_put_member(out, "target_lang", span_of(s->target_lang));
	json_put_key(out, "columns");
	buf_addc(out, '[');
	for (size_t i = 0; i < s->n_columns; i++) {
		if (i)
			buf_addc(out, ',');
		buf_addc(out, '[');
		json_put_string(out, span_of(s->columns[i].name));
		buf_addc(out, ',');
		json_put_string(out, span_of(role_name(s->columns[i].role)));
		buf_addc(out, ']');
	}
	buf_addc(out, ']');
	json_put_member(out, "reason", span_of(s->reason));
	buf_addc(out, '}');
}

/* ---- back ---- */

static void read_text(char *out, size_t size, const struct json_member *m)
{
	struct buf text = BUF_INIT;

	json_unescape(&text, m->value);
	snprintf(out, size, "%s", text.p);
	buf_free(&text);
}

static size_t index_of(const char *const *names, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, names[i]))
			return i;
	return 0;
}

static enum role role_from_name(struct span name)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		if (span_is(name, role_name((enum role)role)))
			return (enum role)role;
	return ROLE_META;
}

static void read_columns(struct shape *s, struct span array)
{
	struct json_member column[SHAPE_COLUMNS], part[2];
	struct json_fault fault;
	size_t n, parts;

	if (json_scan_array(array, column, SHAPE_COLUMNS, &n, &fault) < 0)
		return;
	for (size_t i = 0; i < n && i < SHAPE_COLUMNS; i++) {
		if (json_scan_array(column[i].value, part, 2, &parts, &fault) < 0 || parts != 2)
			continue;
		read_text(s->columns[s->n_columns].name, SHAPE_NAME, &part[0]);
		s->columns[s->n_columns++].role = role_from_name(part[1].value);
	}
}

static void read_member(struct shape *s, const struct json_member *m)
{
	bool yes = m->type == JSON_T_TRUE;
	char one[8];
	double n;

	if (span_is(m->key, "container"))
		s->container = (enum container)index_of(container_names, COUNT(container_names), m->value);
	else if (span_is(m->key, "format"))
		s->format = format_from_name(m->value);
	else if (span_is(m->key, "split"))
		s->split = (enum split)index_of(split_names, COUNT(split_names), m->value);
	else if (span_is(m->key, "utf16"))
		s->utf16 = yes;
	else if (span_is(m->key, "charset"))
		read_text(s->charset, sizeof s->charset, m);
	else if (span_is(m->key, "delimiter")) {
		read_text(one, sizeof one, m);
		s->delimiter = one[0];
	} else if (span_is(m->key, "quoted"))
		s->quoted = yes;
	else if (span_is(m->key, "header"))
		s->header = yes;
	else if (span_is(m->key, "comments"))
		s->comments = json_read_real(m->value, &n) && n > 0 && n <= 64 ? (uint32_t)n : 0;
	else if (span_is(m->key, "single"))
		s->single = yes;
	else if (span_is(m->key, "kind"))
		s->kind = item_kind_from_name(m->value);
	else if (span_is(m->key, "profile"))
		read_text(s->profile, sizeof s->profile, m);
	else if (span_is(m->key, "source_lang"))
		read_text(s->source_lang, sizeof s->source_lang, m);
	else if (span_is(m->key, "target_lang"))
		read_text(s->target_lang, sizeof s->target_lang, m);
	else if (span_is(m->key, "columns") && m->type == JSON_T_ARRAY)
		read_columns(s, m->value);
	else if (span_is(m->key, "reason"))
		read_text(s->reason, sizeof s->reason, m);
}

int shape_from_json(struct shape *out, struct span json, struct error *err)
{
	struct json_member m[32];
	struct json_fault fault;
	size_t n;

	*out = (struct shape){ 0 };
	if (json_scan_object(json, m, 32, &n, &fault) < 0)
		return error_set(err, TAMIS_EPARSE, _("the stored shape is damaged at byte %zu: %s"),
				 fault.at, _(fault.reason));
	for (size_t i = 0; i < n && i < 32; i++)
		read_member(out, &m[i]);
	return 0;
}
