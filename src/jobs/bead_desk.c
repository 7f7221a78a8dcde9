/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps on beads, and aligning between what is fixed. */
#include "jobs/bead_draft.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"

#define STEPS_KEPT 1000 /* for undo */

static void embeddings_free(struct desk_embeddings *e)
{
	free(e->source);
	free(e->target);
	free(e->tensor);
	free(e->url);
	free(e->model);
	free(e->prefix);
	free(e->cache);
}

void bead_desk_free(struct bead_desk *d)
{
	if (d == NULL)
		return;
	mine_work_free(&d->work);
	for (size_t i = 0; d->lexicons && d->lexicons[i]; i++)
		free(d->lexicons[i]);
	free(d->lexicons);
	embeddings_free(&d->embeddings);
	free(d->by_words);
	vec_free(&d->beads);
	vec_each(&d->past, i)
		vec_free(&d->past.v[i]);
	vec_free(&d->past);
	vec_each(&d->unkept, i)
		free(d->unkept.v[i]);
	vec_free(&d->unkept);
	free(d);
}

struct span bead_desk_sentence(const struct bead_desk *d, int side, size_t k)
{
	const struct pile *p = side ? &d->work.target : &d->work.source;

	return k < p->text.n ? p->text.v[k] : (struct span){ NULL, 0 };
}

/* ---- steps ---- */

static void remember(struct bead_desk *d)
{
	desk_beads copy = { 0 };

	vec_reserve(&copy, d->beads.n);
	vec_each(&d->beads, i)
		vec_push(&copy, d->beads.v[i]);
	if (d->past.n == STEPS_KEPT) {
		vec_free(&d->past.v[0]);
		memmove(d->past.v, d->past.v + 1, (d->past.n - 1) * sizeof *d->past.v);
		d->past.n--;
		d->apart = true;
	}
	vec_push(&d->past, copy);
}

static void step_back(struct bead_desk *d)
{
	vec_free(&d->beads);
	d->beads = d->past.v[--d->past.n];
}

/* The last line of each step. */
static bool stepped(struct bead_desk *d)
{
	bead_draft_note_step(d);
	d->changed = true;
	return true;
}

bool bead_desk_undo(struct bead_desk *d)
{
	if (d->past.n == 0)
		return false;
	step_back(d);
	bead_draft_note(d, "undo");
	d->changed = d->past.n > 0 || d->apart;
	return true;
}

/* What was made by hand has no similarity that anybody measured. */
static void lock(struct desk_bead *b)
{
	b->locked = true;
	b->bead.s = NAN;
	b->bead.cost = 0;
}

static void take_out(struct bead_desk *d, size_t i)
{
	memmove(d->beads.v + i, d->beads.v + i + 1, (d->beads.n - i - 1) * sizeof *d->beads.v);
	d->beads.n--;
}

bool bead_desk_merge(struct bead_desk *d, size_t i)
{
	struct desk_bead *b, *next;

	if (i + 1 >= d->beads.n || d->beads.v[i].bead.nx + d->beads.v[i + 1].bead.nx > DESK_SENTENCES ||
	    d->beads.v[i].bead.ny + d->beads.v[i + 1].bead.ny > DESK_SENTENCES)
		return false;
	remember(d);
	b = &d->beads.v[i];
	next = &d->beads.v[i + 1];
	b->bead.nx = (uint8_t)(b->bead.nx + next->bead.nx);
	b->bead.ny = (uint8_t)(b->bead.ny + next->bead.ny);
	lock(b);
	take_out(d, i + 1);
	return stepped(d);
}

bool bead_desk_split(struct bead_desk *d, size_t i)
{
	struct desk_bead rest = { 0 }, *b;

	if (i >= d->beads.n || d->beads.v[i].bead.nx + d->beads.v[i].bead.ny < 2)
		return false;
	remember(d);
	vec_push(&d->beads, rest);
	b = &d->beads.v[i];
	memmove(b + 1, b, (d->beads.n - i - 1) * sizeof *b);
	rest = *b;
	if (b->bead.nx == 1 && b->bead.ny == 1)
		b->bead.ny = 0; /* the two have nothing to do with each other */
	b->bead.nx = b->bead.nx > 0;
	b->bead.ny = b->bead.ny > 0;
	rest.bead.x += b->bead.nx;
	rest.bead.y += b->bead.ny;
	rest.bead.nx = (uint8_t)(rest.bead.nx - b->bead.nx);
	rest.bead.ny = (uint8_t)(rest.bead.ny - b->bead.ny);
	rest.pinned = false;
	lock(b);
	lock(&rest);
	b[1] = rest;
	return stepped(d);
}

bool bead_desk_shift(struct bead_desk *d, size_t i, int side, bool on)
{
	struct desk_bead *b, *next;
	uint8_t *from, *to;

	if (i + 1 >= d->beads.n)
		return false;
	b = &d->beads.v[i];
	next = b + 1;
	from = side ? (on ? &b->bead.ny : &next->bead.ny) : on ? &b->bead.nx : &next->bead.nx;
	to = side ? (on ? &next->bead.ny : &b->bead.ny) : on ? &next->bead.nx : &b->bead.nx;
	if (*from == 0 || *to >= DESK_SENTENCES)
		return false;
	remember(d);
	(*from)--;
	(*to)++;
	*(side ? &next->bead.y : &next->bead.x) += on ? UINT32_MAX : 1; /* one less, modulo 2^32 */
	next->pinned = false;
	lock(b);
	lock(next);
	if (next->bead.nx + next->bead.ny == 0)
		take_out(d, i + 1);
	else if (b->bead.nx + b->bead.ny == 0)
		take_out(d, i);
	return stepped(d);
}

bool bead_desk_pin(struct bead_desk *d, size_t i)
{
	if (i >= d->beads.n || i == 0)
		return false; /* the beginning is a boundary anyway */
	remember(d);
	d->beads.v[i].pinned = !d->beads.v[i].pinned;
	return stepped(d);
}

/* ---- aligning between ---- */

typedef VEC(struct pin) pin_list;

static void add_pin(pin_list *pins, uint32_t x, uint32_t y)
{
	const struct pin *last = pins->n ? &pins->v[pins->n - 1] : NULL;

	if (x + y > 0 && (!last || last->x != x || last->y != y))
		vec_push(pins, (struct pin){ x, y });
}

static void collect_pins(pin_list *pins, const struct bead_desk *d)
{
	vec_each(&d->beads, i) {
		const struct desk_bead *b = &d->beads.v[i];

		if (b->pinned || b->locked)
			add_pin(pins, b->bead.x, b->bead.y);
		if (b->locked)
			add_pin(pins, b->bead.x + b->bead.nx, b->bead.y + b->bead.ny);
	}
}

/* `*at` moves on: beads come in order. */
static bool is_pin(const desk_beads *old, size_t *at, const struct bead *b)
{
	while (*at < old->n && (old->v[*at].bead.x < b->x || old->v[*at].bead.y < b->y))
		++*at;
	for (size_t i = *at; i < old->n && old->v[i].bead.x == b->x && old->v[i].bead.y == b->y; i++)
		if (old->v[i].pinned)
			return true;
	return false;
}

static bool begins_after(const struct bead *b, const struct bead *lock)
{
	return b->x >= lock->x && b->y >= lock->y;
}

static bool ends_within(const struct bead *b, const struct bead *lock)
{
	return b->x + b->nx <= lock->x + lock->nx && b->y + b->ny <= lock->y + lock->ny;
}

static size_t next_locked(const desk_beads *old, size_t at)
{
	while (at < old->n && !old->v[at].locked)
		at++;
	return at;
}

/* The new beads, with those made by hand in their places: pins made boundaries of their beginnings and ends. */
static void weave(struct bead_desk *d, const desk_beads *old)
{
	size_t at = next_locked(old, 0), pin = 0;
	bool placed = false;

	vec_each(&d->work.alignment.beads, i) {
		const struct bead *b = &d->work.alignment.beads.v[i];
		bool held = false;

		while (at < old->n && !held && begins_after(b, &old->v[at].bead)) {
			if (!placed)
				vec_push(&d->beads, old->v[at]);
			placed = true;
			held = ends_within(b, &old->v[at].bead);
			if (held)
				break;
			at = next_locked(old, at + 1);
			placed = false;
		}
		if (!held)
			vec_push(&d->beads, (struct desk_bead){ .bead = *b, .pinned = is_pin(old, &pin, b) });
	}
}

/* Whether the beads still cover both documents, each sentence once and in order. */
static bool covers(const struct bead_desk *d)
{
	size_t x = 0, y = 0;

	vec_each(&d->beads, i) {
		const struct bead *b = &d->beads.v[i].bead;

		if ((b->nx && b->x != x) || (b->ny && b->y != y))
			return false;
		x += b->nx;
		y += b->ny;
	}
	return x == d->work.source.text.n && y == d->work.target.text.n;
}

bool bead_desk_replace(struct bead_desk *d, size_t at, size_t out, const struct desk_bead *in, size_t n)
{
	size_t rest;

	if (at > d->beads.n || out > d->beads.n - at)
		return false;
	remember(d);
	rest = d->beads.n - at - out;
	vec_reserve(&d->beads, d->beads.n - out + n);
	memmove(d->beads.v + at + n, d->beads.v + at + out, rest * sizeof *d->beads.v);
	if (n > 0)
		memcpy(d->beads.v + at, in, n * sizeof *in);
	d->beads.n = at + n + rest;
	if (covers(d))
		return stepped(d);
	step_back(d);
	return false;
}

int bead_desk_realign(struct bead_desk *d, struct error *err)
{
	pin_list pins = { 0 };
	desk_beads old;
	int rc;

	collect_pins(&pins, d);
	rc = align_again(&d->work.alignment, pins.v, pins.n, 1, err);
	vec_free(&pins);
	if (rc < 0)
		return rc;
	remember(d);
	old = d->beads;
	d->beads = (desk_beads){ 0 };
	weave(d, &old);
	vec_free(&old);
	if (covers(d)) {
		stepped(d);
		return 0;
	}
	step_back(d);
	return error_set(err, TAMIS_EUSAGE, _("Nothing was aligned anew: pins and corrections cross each other."));
}

/* ---- a run's beads ---- */

static char *string_of(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? xstrdup(value) : NULL;
}

/* Which documents the run aligned, and in which languages. */
struct inputs {
	char *source, *target, *source_lang, *target_lang;
	bool align;
};

static void inputs_free(struct inputs *in)
{
	free(in->source);
	free(in->target);
	free(in->source_lang);
	free(in->target_lang);
}

static char *input_name(json_t *inputs, const char *side)
{
	json_t *object = json_object_get(inputs, side);
	char *name = string_of(object, "corpus");

	return name ? name : string_of(object, "file");
}

/* What words were linked by: the run's dictionaries, wherever tamis is started this time. */
static void read_dictionaries(struct bead_desk *d, const json_t *parameters)
{
	const json_t *files = json_object_get(parameters, "lexicon_files");
	size_t n = json_array_size(files);

	d->packaged = !json_is_false(json_object_get(parameters, "packaged")); /* older runs do not say */
	d->catalogues = json_is_true(json_object_get(parameters, "catalogues"));
	d->lexicons = xcalloc(n + 1, sizeof *d->lexicons);
	for (size_t i = 0, k = 0; i < n; i++) {
		const char *path = json_string_value(json_array_get(files, i));

		if (path)
			d->lexicons[k++] = xstrdup(path);
	}
}

static void read_embeddings(struct desk_embeddings *e, const json_t *parameters, struct store *s)
{
	e->model = string_of(parameters, "embedder");
	e->used = e->model && strcmp(e->model, "lexical") != 0;
	e->source = string_of(parameters, "source_vectors");
	e->target = string_of(parameters, "target_vectors");
	e->tensor = string_of(parameters, "tensor");
	e->url = string_of(parameters, "endpoint");
	e->prefix = string_of(parameters, "prefix");
	e->cache = xasprintf("%s-embeddings", workspace_path(store_workspace(s)));
}

static int check_dictionaries(const struct bead_desk *d, struct error *err)
{
	for (size_t i = 0; d->lexicons[i]; i++)
		if (access(d->lexicons[i], R_OK) != 0)
			return error_set(err, TAMIS_ECHANGED,
					 _("%s: this dictionary, given to run %lld, can't be read any more: put it back, or align "
					   "again without it"),
					 d->lexicons[i], (long long)d->run);
	return 0;
}

static int read_inputs(struct inputs *in, struct bead_desk *d, struct store *s, struct error *err)
{
	struct run run = { 0 };
	int rc = store_run_get(s, &run, d->run, err);
	json_t *parameters, *inputs, *counts;

	if (rc < 0)
		return rc;
	parameters = json_loads(run.parameters ? run.parameters : "", 0, NULL);
	inputs = json_loads(run.inputs ? run.inputs : "", 0, NULL);
	counts = json_loads(run.counts ? run.counts : "", 0, NULL);
	in->align = strcmp(run.pipeline, "mine") == 0 && json_is_true(json_object_get(parameters, "align"));
	read_dictionaries(d, parameters);
	read_embeddings(&d->embeddings, parameters, s);
	in->source = input_name(inputs, "source");
	in->target = input_name(inputs, "target");
	in->source_lang = string_of(counts, "source_lang");
	in->target_lang = string_of(counts, "target_lang");
	json_decref(parameters);
	json_decref(inputs);
	json_decref(counts);
	run_free(&run);
	if (!in->align || !in->source || !in->target)
		return error_set(err, TAMIS_EUSAGE, _("run %lld is no alignment of documents"), (long long)d->run);
	return check_dictionaries(d, err);
}

struct restoring {
	struct bead_desk *d;
	size_t x, y;            /* the next sentences */
	bool lost;
};

static void add_bead(struct bead_desk *d, size_t x, size_t nx, size_t y, size_t ny, double s)
{
	vec_push(&d->beads, (struct desk_bead){ .bead = { .x = (uint32_t)x, .y = (uint32_t)y, .nx = (uint8_t)nx, .ny = (uint8_t)ny,
							  .s = (float)s } });
}

/* Sentences without a partner are not items: those that were passed over. */
static void add_alone(struct restoring *r, size_t x, size_t y)
{
	for (; r->x < x; r->x++)
		add_bead(r->d, r->x, 1, r->y, 0, 0);
	for (; r->y < y; r->y++)
		add_bead(r->d, r->x, 0, r->y, 1, 0);
}

/* From `from` on, the sentence that a side of the item names. */
static size_t place_of(const struct pile *p, size_t from, json_t *side)
{
	json_int_t index = json_integer_value(json_object_get(side, "index"));
	const char *document = json_string_value(json_object_get(side, "document"));
	item_ref ref = p->of_file || !document ? ITEM_REF_NONE : item_ref_parse(span_of(document));

	for (size_t k = from; k < p->sentences.n; k++)
		if (p->sentences.v[k].index == (uint32_t)index && p->sentences.v[k].document == ref)
			return k;
	return SIZE_MAX;
}

static int take_item(void *ctx, const struct item_row *row, struct error *err)
{
	struct restoring *r = ctx;
	json_t *body = json_loadb(row->body, row->body_len, JSON_ALLOW_NUL, NULL);
	size_t x = place_of(&r->d->work.source, r->x, json_object_get(body, "source"));
	size_t y = place_of(&r->d->work.target, r->y, json_object_get(body, "target"));
	json_int_t nx = json_integer_value(json_object_get(body, "source_sentences"));
	json_int_t ny = json_integer_value(json_object_get(body, "target_sentences"));

	(void)err;
	json_decref(body);
	if (x == SIZE_MAX || y == SIZE_MAX || nx < 1 || ny < 1 || nx > DESK_SENTENCES || ny > DESK_SENTENCES) {
		r->lost = true;
		return 0;
	}
	add_alone(r, x, y);
	add_bead(r->d, x, (size_t)nx, y, (size_t)ny, row->score);
	r->x = x + (size_t)nx;
	r->y = y + (size_t)ny;
	return 0;
}

static int restore(struct bead_desk *d, struct store *s, struct error *err)
{
	struct restoring r = { .d = d };
	int rc = store_items_each(s, d->run, take_item, &r, err);

	if (rc < 0)
		return rc;
	add_alone(&r, d->work.source.text.n, d->work.target.text.n);
	if (r.lost || !covers(d))
		return error_set(err, TAMIS_ECHANGED, _("the documents have changed since: align them again"));
	return 0;
}

/* As it was left: the run's beads, and what its draft has changed. */
static int fill(struct bead_desk *d, struct store *s, struct error *err)
{
	int rc = restore(d, s, err);

	if (rc == 0)
		rc = bead_draft_restore(d, s, err);
	if (rc < 0 || !d->draft_lost)
		return rc;
	while (d->past.n > 0)
		step_back(d);
	vec_clear(&d->beads);
	d->changed = d->apart = false;
	return restore(d, s, err);
}

static void use_dictionaries(struct mine_wish *wish, const struct bead_desk *d)
{
	wish->lexicons = (const char *const *)d->lexicons;
	wish->packaged = d->packaged;
	wish->catalogues = d->catalogues;
}

/* False where the run does not say which they were, or they would all have to be asked for again. */
static bool use_embeddings(struct mine_wish *wish, const struct desk_embeddings *e)
{
	if (e->source && e->target) {
		wish->source_vectors = e->source;
		wish->target_vectors = e->target;
		wish->tensor = e->tensor;
		return true;
	}
	if (!e->url || access(e->cache, R_OK) != 0)
		return false;
	wish->endpoint = (struct embed_request){ .url = e->url, .model = e->model, .prefix = e->prefix, .key = getenv("TAMIS_EMBED_KEY"),
						 .cache = e->cache };
	return true;
}

/* By words where the embeddings of the run cannot be had. */
static int work(struct bead_desk *d, const struct mine_wish *wish, struct store *s, struct job *job, struct error *err)
{
	struct mine_wish with = *wish;
	struct error why = { 0 };
	int rc;

	if (!d->embeddings.used)
		return mine_work_run(&d->work, wish, s, job, err);
	if (use_embeddings(&with, &d->embeddings)) {
		rc = mine_work_run(&d->work, &with, s, job, &why);
		if (rc == 0 || rc == TAMIS_ECANCEL) {
			*err = why;
			return rc;
		}
	} else {
		error_set(&why, TAMIS_ECHANGED, _("run %lld does not say where they are, or their cache is gone"), (long long)d->run);
	}
	d->by_words = xstrdup(why.msg);
	return mine_work_run(&d->work, wish, s, job, err);
}

int bead_desk_open(struct bead_desk **out, struct store *s, int64_t run, struct job *job, struct error *err)
{
	struct bead_desk *d = xcalloc(1, sizeof *d);
	struct mine_wish wish = MINE_WISH_DEFAULT;
	struct inputs in = { 0 };
	int rc;

	d->run = run;
	rc = read_inputs(&in, d, s, err);
	wish.align = wish.again = true;
	wish.source = in.source;
	wish.target = in.target;
	wish.source_lang = in.source_lang;
	wish.target_lang = in.target_lang;
	use_dictionaries(&wish, d);
	if (rc == 0)
		rc = work(d, &wish, s, job, err);
	if (rc == 0)
		rc = fill(d, s, err);
	inputs_free(&in);
	if (rc < 0) {
		bead_desk_free(d);
		d = NULL;
	}
	*out = d;
	return rc;
}

int bead_desk_save(int64_t *run, struct bead_desk *d, struct store *s, struct job *job, struct error *err)
{
	struct mine_wish wish = MINE_WISH_DEFAULT;
	int rc;

	wish.align = true;
	wish.corrected = d->run;
	use_dictionaries(&wish, d); /* the next to open it needs them as well */
	if (d->embeddings.used)
		use_embeddings(&wish, &d->embeddings);
	vec_clear(&d->work.alignment.beads);
	d->work.kept = 0;
	vec_each(&d->beads, i) {
		vec_push(&d->work.alignment.beads, d->beads.v[i].bead);
		d->work.kept += mine_bead_is_pair(&d->work, &d->beads.v[i].bead);
	}
	rc = mine_work_save(&d->work, &wish, s, job, err);
	*run = d->work.run;
	if (rc < 0)
		return rc;
	d->changed = false;
	d->apart = true;
	bead_draft_note(d, "saved");
	return bead_desk_keep(d, s, err);
}
