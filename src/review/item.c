/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading items: records through a view, a run's items by their body; then what was decided about them. */
#include "review/item.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "review/item_body.h"
#include "review/item_context.h"
#include "review/rivals.h"

#define HEAD_BYTES ((size_t)256 * 1024) /* shown of a record too large to be loaded whole */

struct opened {
	struct corpus_view *view;
	char name[64];
};

struct item_source {
	struct store *s;
	bool members;
	VEC(struct opened) views;
};

struct item_source *item_source_new(struct store *s)
{
	struct item_source *src = xcalloc(1, sizeof *src);

	src->s = s;
	return src;
}

void item_source_free(struct item_source *src)
{
	if (src == NULL)
		return;
	vec_each(&src->views, i)
		corpus_view_close(src->views.v[i].view);
	vec_free(&src->views);
	free(src);
}

void item_source_read_members(struct item_source *src)
{
	src->members = true;
}

void item_source_use(struct item_source *src, struct corpus_view *view)
{
	struct opened mine = { .view = corpus_view_share(view) };

	vec_each(&src->views, i) {
		if (corpus_view_corpus(src->views.v[i].view) != corpus_view_corpus(view))
			continue;
		corpus_view_close(src->views.v[i].view);
		memcpy(mine.name, src->views.v[i].name, sizeof mine.name);
		src->views.v[i] = mine;
		return;
	}
	vec_push(&src->views, mine);
}

static struct opened *open_for(struct item_source *src, int64_t source, struct error *err)
{
	struct opened fresh = {0};
	int64_t corpus;

	vec_each(&src->views, i)
		if (src->views.v[i].name[0] && corpus_view_source(src->views.v[i].view, item_ref_record(source, 0)))
			return &src->views.v[i];
	if (store_corpus_of_source(src->s, source, &corpus, fresh.name, err) < 0)
		return NULL;
	vec_each(&src->views, i) {
		struct opened *have = &src->views.v[i];

		if (corpus_view_corpus(have->view) != corpus)
			continue;
		memcpy(have->name, fresh.name, sizeof have->name);
		if (corpus_view_source(have->view, item_ref_record(source, 0)))
			return have;
		corpus_view_close(have->view); /* another process has added the source since */
		src->views.v[i] = src->views.v[--src->views.n];
		break;
	}
	if (corpus_view_open(&fresh.view, src->s, corpus, err) < 0)
		return NULL;
	vec_push(&src->views, fresh);
	return &src->views.v[src->views.n - 1];
}

struct corpus_view *item_source_view(struct item_source *src, int64_t source_id, struct error *err)
{
	struct opened *opened = open_for(src, source_id, err);

	return opened ? opened->view : NULL;
}

void item_init(struct item *item)
{
	*item = (struct item){ .score = NAN };
	buf_init(&item->raw);
}

void item_free(struct item *item)
{
	verdict_state_free(&item->state);
	buf_free(&item->raw);
	arena_free(&item->arena);
	item_init(item);
}

/* ---- loading ---- */

static void reset(struct item *item, item_ref ref)
{
	struct buf raw = item->raw;
	struct arena arena = item->arena;

	verdict_state_free(&item->state);
	buf_clear(&raw);
	arena_clear(&arena);
	*item = (struct item){ .ref = ref, .score = NAN, .raw = raw, .arena = arena, .whole = true };
}

/* The head of a record too large for a tree: its bytes, as one field. */
static void take_head(struct item *item, enum item_kind kind)
{
	struct field *field = arena_alloc(&item->arena, sizeof *field);

	*field = (struct field){ .role = ROLE_TEXT, .name = span_of("text"), .value = buf_span(&item->raw) };
	item->whole = false;
	item->record = (struct record){ .kind = kind, .raw = buf_span(&item->raw), .fields = field, .n_fields = 1,
					.score = NAN };
}

static int refuse_changed(const struct source *source, item_ref ref, struct error *err)
{
	char name[32];

	item_ref_format(name, ref);
	return error_set(err, TAMIS_ECHANGED, _("%s: record %s is not what was imported any more; import the file again"),
			 source->path, name);
}

/* Records too long for the bulk path were never parsed: their key is that of their bytes. */
static bool keyed_by_bytes(const struct item *item)
{
	struct hash128 key = hash128(item->raw.p, item->raw.len);

	return hash128_eq(&key, &item->key);
}

static int parse_whole(struct item *item, const struct source *source, struct error *err)
{
	struct error why = {0};
	struct hash128 key;

	if (record_parse(&item->record, &source->shape, buf_span(&item->raw), &item->arena, &why) == 0) {
		key = record_key(&item->record);
		if (hash128_eq(&key, &item->key) || keyed_by_bytes(item))
			return 0;
	} else if (keyed_by_bytes(item)) {
		take_head(item, source->shape.kind);
		return 0;
	}
	return refuse_changed(source, item->ref, err);
}

static enum verdict suggested(const struct record *record)
{
	struct span word = record_value(record, ROLE_VERDICT);
	bool known;
	enum verdict verdict = verdict_from_name(word, &known);

	if (known)
		return verdict;
	return span_is(word, "ignore") ? VERDICT_SKIP : VERDICT_NONE;
}

static int load_record(struct item *item, struct item_source *src, struct error *err)
{
	struct opened *opened = open_for(src, item_ref_source(item->ref), err);
	const struct source *source;
	struct record_place place;
	struct record_fact fact;
	uint64_t i;
	char name[32];
	int rc;

	if (opened == NULL)
		return err && err->code ? err->code : TAMIS_ENOTFOUND;
	if (!corpus_view_find(opened->view, item->ref, &i)) {
		item_ref_format(name, item->ref);
		return error_set(err, TAMIS_ENOTFOUND, _("no record is %s"), name);
	}
	source = corpus_view_source(opened->view, item->ref);
	memcpy(item->corpus, opened->name, sizeof item->corpus);
	rc = corpus_view_place(opened->view, src->s, i, &place, err);
	if (rc == 0)
		rc = corpus_view_facts(opened->view, src->s, i, 1, &fact, err);
	if (rc < 0)
		return rc;
	item->key = fact.key;
	item->kind = source->shape.kind;
	item->lang = fact.lang;
	item->score = (double)fact.score;
	item->size = place.len;
	rc = corpus_view_read(opened->view, src->s, i, 0, place.len > ITEM_WHOLE_LIMIT ? HEAD_BYTES : (size_t)place.len,
			      &item->raw, err);
	if (rc < 0)
		return rc;
	if (place.len > item->raw.len)
		take_head(item, item->kind);
	else
		rc = parse_whole(item, source, err);
	if (rc == 0 && !isnan(item->record.score))
		item->score = item->record.score; /* as written; the index keeps a float */
	if (rc == 0)
		item->suggestion = suggested(&item->record);
	return rc;
}

/* Tables, TMX and the rest of exports look for fields: a run's item brings its score as a number beside its body. */
static void add_score_field(struct item *item)
{
	struct record *r = &item->record;
	struct field *fields = arena_alloc(&item->arena, (r->n_fields + 1) * sizeof *fields);
	char text[32];
	int n = snprintf(text, sizeof text, "%.6g", item->score);

	if (r->n_fields)
		memcpy(fields, r->fields, r->n_fields * sizeof *fields);
	fields[r->n_fields++] = (struct field){ .role = ROLE_SCORE, .name = span_of("score"),
						.value = arena_span(&item->arena, span_make(text, (size_t)n)) };
	r->fields = fields;
}

static int load_run_item(struct item *item, struct item_source *src, struct error *err)
{
	struct item_row row;
	int rc = store_item_get(src->s, &row, &item->raw, item_ref_id(item->ref), err);

	if (rc < 0)
		return rc;
	item->key = row.key;
	item->kind = row.kind;
	item->run = row.run;
	item->score = row.score;
	item->suggestion = (enum verdict)row.suggestion;
	item->size = item->raw.len;
	rc = item_body_parse(&item->record, row.kind, buf_span(&item->raw), &item->arena, err);
	item->record.score = row.score;
	if (row.kind == KIND_BITEXT) /* of what a person reads: links and features are not text */
		item->size = record_value(&item->record, ROLE_SOURCE).len + record_value(&item->record, ROLE_TARGET).len;
	if (rc == 0 && !isnan(row.score) && !record_field(&item->record, ROLE_SCORE))
		add_score_field(item);
	if (rc == 0 && row.kind == KIND_CLUSTER)
		rc = item_cluster_load(item, src->members ? src : NULL, err);
	if (rc == 0 && src->members)
		item_context_load(item, src);
	return rc;
}

int item_load(struct item *item, struct item_source *src, item_ref ref, struct error *err)
{
	int rc;

	reset(item, ref);
	rc = item_ref_is_record(ref) ? load_record(item, src, err) : load_run_item(item, src, err);
	return rc < 0 ? rc : item_reload_state(item, src, err);
}

void item_take_edits(struct item *item)
{
	struct json_member members[ROLE_COUNT];
	struct json_fault fault;
	struct buf text = BUF_INIT;
	size_t n;

	memset(item->edited, 0, sizeof item->edited);
	if (item->state.edit == NULL ||
	    json_scan_object(span_of(item->state.edit), members, ROLE_COUNT, &n, &fault) < 0)
		n = 0;
	for (size_t i = 0; i < n && i < ROLE_COUNT; i++)
		for (int role = 0; role < ROLE_COUNT; role++) {
			if (members[i].type != JSON_T_STRING || !span_is(members[i].key, role_name((enum role)role)))
				continue;
			buf_clear(&text);
			json_unescape(&text, members[i].value);
			item->edited[role] = arena_span(&item->arena, buf_span(&text));
		}
	buf_free(&text);
	rival_take_score(item);
}

int item_reload_state(struct item *item, struct item_source *src, struct error *err)
{
	int rc;

	verdict_state_free(&item->state);
	rc = store_verdict_get(src->s, &item->state, &item->key, err);
	item_take_edits(item);
	return rc;
}

struct span item_field(const struct item *item, const char *name)
{
	for (size_t i = 0; i < item->record.n_fields; i++)
		if (span_is(item->record.fields[i].name, name))
			return item->record.fields[i].value;
	return (struct span){ NULL, 0 };
}

struct span item_text(const struct item *item, enum role role)
{
	return item->edited[role].p ? item->edited[role] : record_value(&item->record, role);
}

bool item_lacks_instruction(const struct item *item)
{
	struct span outcome = item_field(item, "outcome");
	bool unusable = outcome.len > 0 && !span_is(outcome, "ok") && !item->state.edit;

	if (item->kind != KIND_INSTRUCTION || !item->run)
		return false;
	return unusable || (span_trim(item_text(item, ROLE_INSTRUCTION)).len == 0 && item_text(item, ROLE_MESSAGES).len == 0);
}
