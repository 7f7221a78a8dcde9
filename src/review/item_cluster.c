/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cluster's item: its members, the text that says who stays as a field, and the beginnings of the texts worth looking at: the
 * keeper's and those of the members least like it. */
#include "review/item_body.h"

#include "base/utf8.h"
#include "review/cluster.h"

#define MEMBERS_LOADED 12u
#define TEXT_LOADED ((size_t)128 * 1024)

static const enum role content[] = { ROLE_TEXT,     ROLE_SYSTEM, ROLE_INSTRUCTION, ROLE_INPUT,  ROLE_RESPONSE,
				     ROLE_MESSAGES, ROLE_CHOSEN, ROLE_REJECTED,    ROLE_SOURCE, ROLE_TARGET };

static struct span copy_text(struct arena *arena, const struct item *item)
{
	struct buf text = BUF_INIT;
	struct span out;

	for (size_t i = 0; i < sizeof content / sizeof *content && text.len < TEXT_LOADED; i++) {
		struct span value = record_value(&item->record, content[i]);

		if (value.len > TEXT_LOADED)
			value.len = utf8_floor(value, TEXT_LOADED);
		if (value.len && text.len)
			buf_addc(&text, '\n');
		buf_addspan(&text, value);
	}
	out = arena_span(arena, buf_span(&text));
	buf_free(&text);
	return out;
}

static void load_member(struct cluster_member *m, struct arena *arena, struct item *room, struct item_source *src)
{
	static const struct hash128 unknown;

	m->loaded = true;
	if (item_load(room, src, m->ref, NULL) < 0 || !(hash128_eq(&room->key, &m->key) || hash128_eq(&m->key, &unknown)))
		m->missing = true;
	else
		m->text = copy_text(arena, room);
}

static void add_field(struct item *item, enum role role, const char *name, struct span value)
{
	struct record *r = &item->record;
	struct field *fields = arena_alloc(&item->arena, (r->n_fields + 1) * sizeof *fields);

	memcpy(fields, r->fields, r->n_fields * sizeof *fields);
	fields[r->n_fields++] = (struct field){ .role = role, .name = span_of(name), .value = arena_span(&item->arena, value) };
	r->fields = fields;
}

int item_cluster_load(struct item *item, struct item_source *src, struct error *err)
{
	struct item_cluster *c = arena_alloc(&item->arena, sizeof *c);
	struct buf text = BUF_INIT;
	struct item room;
	size_t rest;
	int rc = cluster_parse(c, buf_span(&item->raw), &item->arena, err);

	if (rc < 0)
		return rc;
	item->cluster = c;
	cluster_text(&text, c);
	add_field(item, ROLE_CLUSTER, "cluster", buf_span(&text));
	buf_free(&text);
	if (src == NULL)
		return 0;
	item_init(&room);
	rest = c->n > MEMBERS_LOADED ? c->n - MEMBERS_LOADED + 1 : 1;
	load_member(&c->member[0], &item->arena, &room, src);
	for (size_t i = rest; i < c->n; i++)
		load_member(&c->member[i], &item->arena, &room, src);
	item_free(&room);
	return 0;
}
