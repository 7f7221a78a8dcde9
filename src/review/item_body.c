/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of a body become fields: known names of a kind get their role, the two sides of a pair one level down. */
#include "review/item_body.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/vec.h"

#define MEMBERS_MAX 256

static const struct {
	enum item_kind kind; /* KIND_NONE: any */
	const char *name;
	enum role role;
} roles[] = {
	{ KIND_BITEXT, "source.text", ROLE_SOURCE },
	{ KIND_BITEXT, "source.lang", ROLE_SOURCE_LANG },
	{ KIND_BITEXT, "target.text", ROLE_TARGET },
	{ KIND_BITEXT, "target.lang", ROLE_TARGET_LANG },
	{ KIND_INSTRUCTION, "system", ROLE_SYSTEM },
	{ KIND_INSTRUCTION, "instruction", ROLE_INSTRUCTION },
	{ KIND_INSTRUCTION, "input", ROLE_INPUT },
	{ KIND_INSTRUCTION, "response", ROLE_RESPONSE },
	{ KIND_INSTRUCTION, "messages", ROLE_MESSAGES },
	{ KIND_INSTRUCTION, "chosen", ROLE_CHOSEN },
	{ KIND_INSTRUCTION, "rejected", ROLE_REJECTED },
	{ KIND_ORDER, "path", ROLE_ID },
	{ KIND_ORDER, "language", ROLE_LANG },
	{ KIND_NONE, "text", ROLE_TEXT },
	{ KIND_NONE, "lang", ROLE_LANG },
	{ KIND_NONE, "name", ROLE_ID },
	{ KIND_NONE, "url", ROLE_URL },
};

struct fields {
	VEC(struct field) list;
	enum item_kind kind;
	struct arena *arena;
};

static enum role role_of(enum item_kind kind, struct span name)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if ((roles[i].kind == kind || roles[i].kind == KIND_NONE) && span_is(name, roles[i].name))
			return roles[i].role;
	return ROLE_META;
}

static void add(struct fields *f, struct span prefix, const struct json_member *m)
{
	struct buf name = BUF_INIT;

	if (m->type == JSON_T_NULL)
		return;
	if (prefix.len) {
		buf_addspan(&name, prefix);
		buf_addc(&name, '.');
	}
	json_unescape(&name, m->key);
	vec_push(&f->list, (struct field){ .role = role_of(f->kind, buf_span(&name)),
					   .name = arena_span(f->arena, buf_span(&name)),
					   .value = json_member_text(m, f->arena),
					   .json = m->type == JSON_T_ARRAY || m->type == JSON_T_OBJECT });
	buf_free(&name);
}

static bool is_side(enum item_kind kind, const struct json_member *m)
{
	return kind == KIND_BITEXT && m->type == JSON_T_OBJECT && (span_is(m->key, "source") || span_is(m->key, "target"));
}

int item_body_parse(struct record *out, enum item_kind kind, struct span body, struct arena *arena, struct error *err)
{
	struct json_member *members = xcalloc(MEMBERS_MAX * 2, sizeof *members), *inner = members + MEMBERS_MAX;
	struct fields f = { .kind = kind, .arena = arena };
	struct json_fault fault;
	size_t n = 0, n_inner;
	int rc = json_scan_object(body, members, MEMBERS_MAX, &n, &fault);

	if (rc < 0)
		error_set(err, rc, _("the item's body is damaged at byte %zu: %s"), fault.at, _(fault.reason));
	for (size_t i = 0; rc == 0 && i < n && i < MEMBERS_MAX; i++) {
		if (!is_side(kind, &members[i]) ||
		    json_scan_object(members[i].value, inner, MEMBERS_MAX, &n_inner, &fault) < 0) {
			add(&f, (struct span){0}, &members[i]);
			continue;
		}
		for (size_t k = 0; k < n_inner && k < MEMBERS_MAX; k++)
			add(&f, members[i].key, &inner[k]);
	}
	*out = (struct record){ .kind = kind, .raw = body, .score = NAN, .n_fields = f.list.n };
	out->fields = arena_alloc(arena, (f.list.n ? f.list.n : 1) * sizeof *out->fields);
	if (f.list.n)
		memcpy(out->fields, f.list.v, f.list.n * sizeof *out->fields);
	vec_free(&f.list);
	free(members);
	return rc;
}
