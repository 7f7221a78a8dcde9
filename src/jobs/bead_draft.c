/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps to texts and back. */
#include "jobs/bead_draft.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

#define PINNED 1
#define LOCKED 2

/* ---- writing ---- */

static bool same_number(float a, float b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same_bead(const struct desk_bead *a, const struct desk_bead *b)
{
	return a->bead.x == b->bead.x && a->bead.y == b->bead.y && a->bead.nx == b->bead.nx && a->bead.ny == b->bead.ny &&
	       a->pinned == b->pinned && a->locked == b->locked && same_number(a->bead.s, b->bead.s) &&
	       same_number(a->bead.cost, b->bead.cost);
}

/* A number that was measured, or null. */
static json_t *number_of(float value)
{
	return isfinite(value) ? json_real((double)value) : json_null();
}

static json_t *bead_json(const struct desk_bead *b)
{
	json_t *out = json_array();

	json_array_append_new(out, json_integer(b->bead.x));
	json_array_append_new(out, json_integer(b->bead.y));
	json_array_append_new(out, json_integer(b->bead.nx));
	json_array_append_new(out, json_integer(b->bead.ny));
	json_array_append_new(out, json_integer((b->pinned ? PINNED : 0) | (b->locked ? LOCKED : 0)));
	json_array_append_new(out, number_of(b->bead.s));
	json_array_append_new(out, number_of(b->bead.cost));
	return out;
}

static void push_json(struct bead_desk *d, json_t *step)
{
	char *text = json_dumps(step, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));

	json_decref(step);
	vec_push(&d->unkept, text);
}

void bead_draft_note(struct bead_desk *d, const char *what)
{
	push_json(d, json_string(what));
}

void bead_draft_note_step(struct bead_desk *d)
{
	const desk_beads *old = &d->past.v[d->past.n - 1], *new = &d->beads;
	size_t least = old->n < new->n ? old->n : new->n, head = 0, tail = 0;
	json_t *step = json_object(), *in = json_array();

	while (head < least && same_bead(&old->v[head], &new->v[head]))
		head++;
	while (tail < least - head && same_bead(&old->v[old->n - 1 - tail], &new->v[new->n - 1 - tail]))
		tail++;
	for (size_t i = head; i < new->n - tail; i++)
		json_array_append_new(in, bead_json(&new->v[i]));
	json_object_set_new(step, "at", json_integer((json_int_t)head));
	json_object_set_new(step, "out", json_integer((json_int_t)(old->n - tail - head)));
	json_object_set_new(step, "in", in);
	push_json(d, step);
}

/* ---- reading ---- */

static bool whole_number(uint32_t *out, const json_t *value, uint32_t most)
{
	json_int_t n = json_integer_value(value);

	*out = (uint32_t)n;
	return json_is_integer(value) && n >= 0 && n <= (json_int_t)most;
}

static bool read_bead(struct desk_bead *out, const json_t *value)
{
	uint32_t nx, ny, marks;
	const json_t *s = json_array_get(value, 5), *cost = json_array_get(value, 6);

	if (!whole_number(&out->bead.x, json_array_get(value, 0), UINT32_MAX) ||
	    !whole_number(&out->bead.y, json_array_get(value, 1), UINT32_MAX) ||
	    !whole_number(&nx, json_array_get(value, 2), DESK_SENTENCES) || !whole_number(&ny, json_array_get(value, 3), DESK_SENTENCES) ||
	    !whole_number(&marks, json_array_get(value, 4), PINNED | LOCKED) || nx + ny == 0)
		return false;
	out->bead.nx = (uint8_t)nx;
	out->bead.ny = (uint8_t)ny;
	out->bead.s = json_is_number(s) ? (float)json_number_value(s) : NAN;
	out->bead.cost = json_is_number(cost) ? (float)json_number_value(cost) : NAN;
	out->pinned = marks & PINNED;
	out->locked = marks & LOCKED;
	return true;
}

static bool do_splice(struct bead_desk *d, const json_t *step)
{
	uint32_t at, out;
	const json_t *list = json_object_get(step, "in");
	desk_beads in = { 0 };
	bool good = whole_number(&at, json_object_get(step, "at"), UINT32_MAX) &&
		    whole_number(&out, json_object_get(step, "out"), UINT32_MAX) && json_is_array(list);

	for (size_t i = 0; good && i < json_array_size(list); i++) {
		struct desk_bead b = { 0 };

		good = read_bead(&b, json_array_get(list, i));
		vec_push(&in, b);
	}
	good = good && bead_desk_replace(d, at, out, in.v, in.n);
	vec_free(&in);
	return good;
}

static bool do_step(struct bead_desk *d, const char *text)
{
	json_t *step = json_loads(text, JSON_DECODE_ANY, NULL);
	const char *word = json_string_value(step);
	bool good;

	if (word && strcmp(word, "saved") == 0) {
		d->apart = true;
		good = true;
	} else if (word) {
		good = strcmp(word, "undo") == 0 && bead_desk_undo(d);
	} else {
		good = do_splice(d, step);
	}
	json_decref(step);
	return good;
}

typedef VEC(char *) step_list;

static int take_step(void *ctx, struct span step, struct error *err)
{
	step_list *steps = ctx;

	(void)err;
	vec_push(steps, xstrndup(step.p, step.len));
	return 0;
}

static void forget_notes(struct bead_desk *d)
{
	vec_each(&d->unkept, i)
		free(d->unkept.v[i]);
	vec_clear(&d->unkept);
}

int bead_draft_restore(struct bead_desk *d, struct store *s, struct error *err)
{
	step_list steps = { 0 };
	int rc = store_draft_read(s, &d->draft, d->run, take_step, &steps, err);
	bool ended = rc == 0 && steps.n > 0 && strcmp(steps.v[steps.n - 1], "\"saved\"") == 0;

	for (size_t i = 0; rc == 0 && !ended && !d->draft_lost && i < steps.n; i++)
		d->draft_lost = !do_step(d, steps.v[i]);
	forget_notes(d); /* they are kept already */
	if (ended || d->draft_lost)
		d->draft = (struct draft){ .run = d->run, .number = d->draft.number + 1 };
	d->resumed = rc == 0 && d->changed && !d->draft_lost;
	vec_each(&steps, i)
		free(steps.v[i]);
	vec_free(&steps);
	return rc;
}

int bead_desk_keep(struct bead_desk *d, struct store *s, struct error *err)
{
	size_t kept = 0;
	int rc = 0;

	while (kept < d->unkept.n && (rc = store_draft_append(s, &d->draft, span_of(d->unkept.v[kept]), err)) == 0)
		free(d->unkept.v[kept++]);
	memmove(d->unkept.v, d->unkept.v + kept, (d->unkept.n - kept) * sizeof *d->unkept.v);
	d->unkept.n -= kept;
	return rc;
}
