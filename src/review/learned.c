/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links of a run's pairs, counted; rejections as a setting: [["source word","target word"],…]. */
#include "review/learned.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/map.h"

#define CANCEL_EVERY 256
#define WORD_MOST 120 /* bytes */

static void setting_key(char out[48], const char *source, const char *target)
{
	struct buf text = BUF_INIT;
	struct hash128 h;
	char hex[33];

	buf_adds(&text, source);
	buf_addc(&text, '\0');
	buf_adds(&text, target);
	h = hash128(text.p, text.len);
	hash128_hex(hex, &h);
	snprintf(out, 48, "refused/%s", hex);
	buf_free(&text);
}

/* ---- what was rejected ---- */

void refusals_read(struct refusals *out, struct store *s, const char *source, const char *target)
{
	struct buf value = BUF_INIT;
	json_t *list = NULL, *pair;
	char key[48];
	size_t i;

	*out = (struct refusals){ 0 };
	setting_key(key, source, target);
	if (store_setting_get(s, key, &value, NULL) == 0)
		list = json_loadb(value.p, value.len, 0, NULL);
	json_array_foreach(list, i, pair) {
		const char *x = json_string_value(json_array_get(pair, 0)), *y = json_string_value(json_array_get(pair, 1));

		if (!x || !y)
			continue;
		vec_push(&out->source, arena_span(&out->arena, span_of(x)));
		vec_push(&out->target, arena_span(&out->arena, span_of(y)));
	}
	json_decref(list);
	buf_free(&value);
}

void refusals_free(struct refusals *r)
{
	vec_free(&r->source);
	vec_free(&r->target);
	arena_free(&r->arena);
}

static int refusals_write(const struct learned *l, struct store *s, struct error *err)
{
	struct buf value = BUF_INIT;
	char key[48];
	bool any = false;
	int rc;

	buf_addc(&value, '[');
	vec_each(&l->words, i) {
		const struct learned_word *w = &l->words.v[i];

		if (!w->refused)
			continue;
		buf_adds(&value, any ? ",[" : "[");
		json_put_string(&value, w->source);
		buf_addc(&value, ',');
		json_put_string(&value, w->target);
		buf_addc(&value, ']');
		any = true;
	}
	buf_addc(&value, ']');
	setting_key(key, l->source, l->target);
	rc = store_setting_put(s, key, buf_span(&value), err);
	buf_free(&value);
	return rc;
}

/* ---- what was linked ---- */

struct gathering {
	struct learned *l;
	struct mapstr places;  /* "source\ttarget" -> word + 1 */
	const atomic_bool *cancel;
	size_t rows;
	struct buf key;
};

static struct learned_word *word_at(struct gathering *g, struct span source, struct span target)
{
	bool made;
	uint64_t *place;

	buf_clear(&g->key);
	buf_addspan(&g->key, source);
	buf_addc(&g->key, '\t');
	buf_addspan(&g->key, target);
	place = mapstr_at(&g->places, buf_span(&g->key), &made);
	if (made) {
		vec_push(&g->l->words, (struct learned_word){ .source = arena_span(&g->l->arena, source),
							      .target = arena_span(&g->l->arena, target) });
		*place = g->l->words.n;
	}
	return &g->l->words.v[*place - 1];
}

/* [at, length, at, length, weight, "kind"], in bytes of the two texts. */
static void take_link(struct gathering *g, json_t *link, struct span source, struct span target)
{
	json_int_t at = json_integer_value(json_array_get(link, 0)), len = json_integer_value(json_array_get(link, 1));
	json_int_t to = json_integer_value(json_array_get(link, 2)), to_len = json_integer_value(json_array_get(link, 3));
	const char *kind = json_string_value(json_array_get(link, 5));
	struct learned_word *w;

	if (at < 0 || len < 1 || to < 0 || to_len < 1 || len > WORD_MOST || to_len > WORD_MOST ||
	    (size_t)(at + len) > source.len || (size_t)(to + to_len) > target.len)
		return;
	w = word_at(g, span_make(source.p + at, (size_t)len), span_make(target.p + to, (size_t)to_len));
	if (w->kind.len == 0)
		w->kind = arena_span(&g->l->arena, span_of(kind ? kind : ""));
	w->weight = (w->weight * w->count + json_number_value(json_array_get(link, 4))) / (w->count + 1);
	w->count++;
}

static struct span text_of(json_t *body, const char *side)
{
	json_t *text = json_object_get(json_object_get(body, side), "text");

	return json_is_string(text) ? span_make(json_string_value(text), json_string_length(text)) : (struct span){ NULL, 0 };
}

static int take_row(void *ctx, const struct item_row *row, struct error *err)
{
	struct gathering *g = ctx;
	json_t *body, *link;
	size_t i;

	if (g->rows++ % CANCEL_EVERY == 0 && g->cancel && *g->cancel)
		return error_set(err, TAMIS_ECANCEL, _("stopped"));
	body = json_loadb(row->body, row->body_len, JSON_ALLOW_NUL, NULL);
	json_array_foreach(json_object_get(body, "links"), i, link)
		take_link(g, link, text_of(body, "source"), text_of(body, "target"));
	json_decref(body);
	return 0;
}

static int compare(const void *x, const void *y)
{
	const struct learned_word *a = x, *b = y;
	bool a_learned = span_is(a->kind, "learned"), b_learned = span_is(b->kind, "learned");
	size_t n = a->source.len < b->source.len ? a->source.len : b->source.len;
	int order;

	if (a->refused != b->refused)
		return a->refused ? -1 : 1;
	if (a_learned != b_learned)
		return a_learned ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	order = memcmp(a->source.p, b->source.p, n);
	if (order == 0 && a->source.len != b->source.len)
		return a->source.len < b->source.len ? -1 : 1;
	return order ? order : (int)(a->target.p > b->target.p) - (int)(a->target.p < b->target.p);
}

static char *name_of(json_t *inputs, const char *side)
{
	json_t *object = json_object_get(inputs, side);
	const char *name = json_string_value(json_object_get(object, "corpus"));

	if (!name)
		name = json_string_value(json_object_get(object, "file"));
	return name ? xstrdup(name) : NULL;
}

static int read_names(struct learned *l, struct store *s, int64_t id, struct error *err)
{
	struct run run = { 0 };
	json_t *inputs;
	int rc = store_run_get(s, &run, id, err);

	if (rc < 0)
		return rc;
	inputs = json_loads(run.inputs ? run.inputs : "", 0, NULL);
	if (strcmp(run.pipeline, "mine") == 0) {
		l->source = name_of(inputs, "source");
		l->target = name_of(inputs, "target");
	}
	json_decref(inputs);
	run_free(&run);
	if (!l->source || !l->target)
		return error_set(err, TAMIS_EUSAGE, _("run %lld has mined no pairs: it has no lexicon"), (long long)id);
	return 0;
}

int learned_read(struct learned *out, struct store *s, int64_t run, const atomic_bool *cancel, struct error *err)
{
	struct gathering g = { .l = out, .cancel = cancel };
	struct refusals refused = { 0 };
	int rc;

	*out = (struct learned){ 0 };
	rc = read_names(out, s, run, err);
	if (rc == 0)
		rc = store_items_each(s, run, take_row, &g, err);
	if (rc == 0) {
		refusals_read(&refused, s, out->source, out->target);
		vec_each(&refused.source, i)
			word_at(&g, refused.source.v[i], refused.target.v[i])->refused = true;
		if (out->words.n)
			qsort(out->words.v, out->words.n, sizeof *out->words.v, compare);
	}
	refusals_free(&refused);
	mapstr_free(&g.places);
	buf_free(&g.key);
	if (rc < 0)
		learned_free(out);
	return rc;
}

void learned_free(struct learned *l)
{
	free(l->source);
	free(l->target);
	vec_free(&l->words);
	arena_free(&l->arena);
	*l = (struct learned){ 0 };
}

int learned_refuse(struct learned *l, size_t i, bool refused, struct store *s, struct error *err)
{
	bool before = l->words.v[i].refused;
	int rc;

	l->words.v[i].refused = refused;
	rc = refusals_write(l, s, err);
	if (rc < 0)
		l->words.v[i].refused = before;
	return rc;
}
