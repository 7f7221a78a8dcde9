/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of kinds and roles, and looking things up in a record. */
#include "formats/record.h"

#include "base/i18n.h"

static const char *const kind_names[][2] = {
	[KIND_NONE] = { "none", "none" },
	[KIND_DOCUMENT] = { N_("document"), "documents" },
	[KIND_CLUSTER] = { N_("cluster"), "clusters" },
	[KIND_BITEXT] = { N_("bitext"), "bitext" },
	[KIND_INSTRUCTION] = { N_("instruction"), "instructions" },
	[KIND_ORDER] = { N_("order"), "orders" },
	[KIND_REGION] = { N_("region"), "regions" },
	[KIND_FINDING] = { N_("finding"), "findings" },
};

static const char *const role_names[ROLE_COUNT] = {
	[ROLE_META] = "meta",
	[ROLE_ID] = "id",
	[ROLE_TEXT] = N_("text"),
	[ROLE_LANG] = "lang",
	[ROLE_SCORE] = "score",
	[ROLE_URL] = "url",
	[ROLE_SYSTEM] = N_("system"),
	[ROLE_INSTRUCTION] = N_("instruction"),
	[ROLE_INPUT] = N_("input"),
	[ROLE_RESPONSE] = N_("response"),
	[ROLE_MESSAGES] = N_("messages"),
	[ROLE_CHOSEN] = N_("chosen"),
	[ROLE_REJECTED] = N_("rejected"),
	[ROLE_SOURCE] = N_("source"),
	[ROLE_TARGET] = N_("target"),
	[ROLE_SOURCE_LANG] = "source_lang",
	[ROLE_TARGET_LANG] = "target_lang",
	[ROLE_CLUSTER] = N_("cluster"),
	[ROLE_VERDICT] = "verdict",
};

const char *item_kind_name(enum item_kind kind)
{
	return (size_t)kind < sizeof kind_names / sizeof *kind_names ? kind_names[kind][0] : "none";
}

enum item_kind item_kind_from_name(struct span name)
{
	for (size_t i = 1; i < sizeof kind_names / sizeof *kind_names; i++)
		if (span_is(name, kind_names[i][0]) || span_is(name, kind_names[i][1]))
			return (enum item_kind)i;
	return KIND_NONE;
}

const char *role_name(enum role role)
{
	return (unsigned)role < ROLE_COUNT ? role_names[role] : "meta";
}

const struct field *record_field(const struct record *r, enum role role)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].role == role)
			return &r->fields[i];
	return NULL;
}

struct span record_value(const struct record *r, enum role role)
{
	const struct field *f = record_field(r, role);

	return f ? f->value : (struct span){ NULL, 0 };
}

struct span record_main_text(const struct record *r)
{
	static const enum role roles[] = { ROLE_TEXT, ROLE_SOURCE, ROLE_RESPONSE };

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (record_field(r, roles[i]))
			return record_value(r, roles[i]);
	return (struct span){ NULL, 0 };
}
