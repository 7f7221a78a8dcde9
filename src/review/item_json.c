/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An item as one JSON object: the common keys, then those of its kind. */
#include "review/item.h"

#include <math.h>

#include "base/json.h"
#include "text/langid.h"

static void put_value(struct buf *out, const char *key, struct span value, bool json)
{
	json_put_key(out, key);
	if (json)
		buf_addspan(out, value);
	else
		json_put_string(out, value);
}

/* The field with `role` under `key`, when the item has it. */
static void put_role(struct buf *out, const struct item *item, const char *key, enum role role)
{
	const struct field *field = record_field(&item->record, role);

	if (item->edited[role].p)
		put_value(out, key, item->edited[role], false);
	else if (field)
		put_value(out, key, field->value, field->json);
}

void item_put_verdict(struct buf *out, const struct item *item)
{
	json_put_member(out, "verdict", span_of(verdict_name(item->state.verdict)));
	json_put_key(out, "reasons");
	buf_addc(out, '[');
	for (unsigned bit = 0, n = 0; bit < 32; bit++)
		if (item->state.reasons >> bit & 1)
			buf_addf(out, "%s%u", n++ ? "," : "", bit + 1);
	buf_addc(out, ']');
	if (item->state.note)
		json_put_member(out, "note", span_of(item->state.note));
}

static void put_common(struct buf *out, const struct item *item)
{
	char ref[32];

	item_ref_format(ref, item->ref);
	json_put_member(out, "item", span_of(ref));
	json_put_member(out, "kind", span_of(item_kind_name(item->kind)));
	if (item->run)
		json_put_int(out, "run", item->run);
	json_put_real(out, "score", item->score);
	item_put_verdict(out, item);
	if (item->state.annotator[0])
		json_put_member(out, "annotator", span_of(item->state.annotator));
	if (item->suggestion != VERDICT_NONE)
		json_put_member(out, "suggestion", span_of(verdict_name(item->suggestion)));
	if (item->state.edit)
		put_value(out, "edit", span_of(item->state.edit), true);
}

static void put_meta(struct buf *out, const struct item *item)
{
	json_put_key(out, "meta");
	buf_addc(out, '{');
	for (size_t i = 0; i < item->record.n_fields; i++) {
		const struct field *field = &item->record.fields[i];
		struct buf name = BUF_INIT;

		if (field->role != ROLE_META)
			continue;
		buf_addspan(&name, field->name);
		put_value(out, name.p, field->value, field->json);
		buf_free(&name);
	}
	buf_addc(out, '}');
}

static void put_side(struct buf *out, const struct item *item, const char *key, enum role text, enum role lang)
{
	json_put_key(out, key);
	buf_addc(out, '{');
	put_role(out, item, "lang", lang);
	put_role(out, item, "text", text);
	buf_addc(out, '}');
}

static void put_document(struct buf *out, const struct item *item)
{
	put_role(out, item, "name", ROLE_ID);
	json_put_member(out, "lang", span_of(lang_code(item->lang)));
	json_put_int(out, "bytes", (int64_t)item->size);
	put_role(out, item, "url", ROLE_URL);
	put_role(out, item, "text", ROLE_TEXT);
}

static void put_bitext(struct buf *out, const struct item *item)
{
	put_side(out, item, "source", ROLE_SOURCE, ROLE_SOURCE_LANG);
	put_side(out, item, "target", ROLE_TARGET, ROLE_TARGET_LANG);
	json_put_real(out, "margin", item->score);
}

static void put_instruction(struct buf *out, const struct item *item)
{
	static const enum role roles[] = { ROLE_SYSTEM, ROLE_INSTRUCTION, ROLE_INPUT, ROLE_RESPONSE, ROLE_MESSAGES,
					   ROLE_CHOSEN, ROLE_REJECTED };

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		put_role(out, item, role_name(roles[i]), roles[i]);
}

static void put_record(struct buf *out, const struct item *item)
{
	json_put_member(out, "corpus", span_of(item->corpus));
	if (item->kind == KIND_BITEXT)
		put_bitext(out, item);
	else if (item->kind == KIND_INSTRUCTION)
		put_instruction(out, item);
	else
		put_document(out, item);
	if (!item->whole)
		json_put_bool(out, "truncated", true);
	put_meta(out, item);
}

/* A run's item brings its members itself. */
static void put_body(struct buf *out, const struct item *item)
{
	struct span body = span_trim(buf_span(&item->raw));

	if (body.len <= 2)
		return;
	buf_addc(out, ',');
	buf_add(out, body.p + 1, body.len - 2);
}

void item_to_json(struct buf *out, const struct item *item)
{
	buf_addc(out, '{');
	put_common(out, item);
	if (item->run)
		put_body(out, item);
	else
		put_record(out, item);
	buf_addc(out, '}');
}
