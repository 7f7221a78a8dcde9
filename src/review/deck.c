/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The deck: moving, deciding, undoing. */
#include "review/deck_inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"

#define REPEAT_US (80 * 1000)
#define STEP_AT_ONCE 500          /* larger steps are streamed */
#define STEP_SLICE 1000
#define RECOUNT_AT_ONCE 100000    /* in larger queues a verdict from elsewhere is seen when its item is loaded */
#define UNDECIDED_TRIES 64        /* items that turn out to be decided elsewhere (the same text twice) */

/* ---- life ---- */

/* On the writer's thread. */
static void now_durable(void *ctx, int64_t ticket, const struct error *err)
{
	struct deck *d = ctx;

	if (err && err->code < 0) {
		pthread_mutex_lock(&d->lock);
		if (d->failed.code == 0)
			d->failed = *err;
		pthread_mutex_unlock(&d->lock);
		return;
	}
	if (ticket > (int64_t)atomic_load(&d->durable))
		atomic_store(&d->durable, ticket);
}

static void resume(struct deck *d)
{
	item_ref ref;
	size_t position, at;

	if (!deck_saver_read(d->saver, d->store, &ref, &position))
		return;
	if (deck_find(d, ref, &at))
		d->position = at;
	else if (!d->spec.undecided_only && position < deck_count(d))
		d->position = position;
}

int deck_open(struct deck **out, struct workspace *w, struct store *s, const struct deck_spec *spec, struct corpus_view *view,
	      const atomic_bool *cancel, struct error *err)
{
	struct deck *d = xcalloc(1, sizeof *d);
	int rc;

	*out = NULL;
	d->workspace = w;
	d->store = s;
	d->items = item_source_new(s);
	item_source_read_members(d->items);
	d->spec = *spec;
	d->where = spec->where ? xstrdup(spec->where) : NULL;
	d->spec.where = d->where;
	d->facts = xcalloc(DECK_FACTS, sizeof *d->facts);
	pthread_mutex_init(&d->lock, NULL);
	for (size_t i = 0; i < DECK_SLOTS; i++)
		item_init(&d->slots[i].item);
	d->saver = deck_saver_new(w, &d->spec);
	workspace_on_durable(w, now_durable, d);
	store_changed_elsewhere(s, NULL);
	rc = deck_fill(d, view, cancel, err);
	if (rc == 0)
		rc = deck_history_read(d, err);
	if (rc < 0) {
		deck_free(d);
		return rc;
	}
	resume(d);
	*out = d;
	return 0;
}

void deck_free(struct deck *d)
{
	if (!d)
		return;
	workspace_off_durable(d->workspace, now_durable, d);
	deck_saver_free(d->saver);
	for (size_t i = 0; i < DECK_SLOTS; i++)
		item_free(&d->slots[i].item);
	atomic_store(&d->durable, INT64_MAX);
	deck_settle(d);
	vec_free(&d->waiting);
	vec_free(&d->history);
	vec_free(&d->activity);
	item_source_free(d->items);
	vec_each(&d->parts, i)
		corpus_view_close(d->parts.v[i].view);
	vec_free(&d->parts);
	vec_free(&d->verdicts);
	vec_free(&d->twins);
	vec_free(&d->ids);
	pthread_mutex_destroy(&d->lock);
	free(d->facts);
	free(d->order);
	vec_free(&d->changed);
	free(d->where);
	free(d);
}

/* ---- moving ---- */

size_t deck_position(const struct deck *d)
{
	return d->position;
}

const struct deck_spec *deck_spec(const struct deck *d)
{
	return &d->spec;
}

enum verdict deck_verdict(const struct deck *d, size_t i)
{
	return i < d->verdicts.n ? (enum verdict)d->verdicts.v[i] : VERDICT_NONE;
}

const struct item *deck_item(struct deck *d, struct error *err)
{
	if (deck_count(d) == 0) {
		error_set(err, TAMIS_ENOTFOUND, _("the queue is empty"));
		return NULL;
	}
	return deck_load(d, d->position, err);
}

int deck_go(struct deck *d, size_t i)
{
	size_t n = deck_count(d);

	if (n == 0)
		return TAMIS_ENOTFOUND;
	if (i >= n)
		i = n - 1;
	if (i != d->position) {
		d->position = i;
		d->painted_us = 0;
		deck_saver_note(d->saver, deck_ref(d, i), i);
	}
	return 0;
}

int deck_next_undecided(struct deck *d, int direction)
{
	size_t n = deck_count(d), at = d->position;
	int tries = 0;

	while (direction < 0 ? at > 0 : at + 1 < n) {
		at = direction < 0 ? at - 1 : at + 1;
		if (deck_verdict(d, at) != VERDICT_NONE)
			continue;
		/* Loading corrects the verdict when the same text was decided elsewhere. */
		if (tries++ < UNDECIDED_TRIES && deck_load(d, at, NULL) && deck_verdict(d, at) != VERDICT_NONE)
			continue;
		return deck_go(d, at);
	}
	return TAMIS_ENOTFOUND;
}

void deck_painted(struct deck *d)
{
	if (d->painted_us == 0)
		d->painted_us = clock_steady_us();
}

bool deck_pending(const struct deck *d, item_ref ref)
{
	int64_t durable = (int64_t)atomic_load(&d->durable);

	vec_each(&d->waiting, i)
		if (d->waiting.v[i].change.ref == ref && d->waiting.v[i].ticket > durable)
			return true;
	return false;
}

size_t deck_waiting(const struct deck *d)
{
	int64_t durable = (int64_t)atomic_load(&d->durable);
	size_t n = 0;

	vec_each(&d->waiting, i)
		n += d->waiting.v[i].ticket > durable;
	return n;
}

int deck_trouble(struct deck *d, struct error *err)
{
	int code;

	pthread_mutex_lock(&d->lock);
	code = d->failed.code;
	if (err)
		*err = d->failed;
	d->failed = (struct error){ 0 };
	pthread_mutex_unlock(&d->lock);
	return code;
}

/* ---- deciding ---- */

/* A held-down key: the same verdict again before a person can have seen the item. */
static bool is_repeat(const struct deck *d, const struct decision *change)
{
	bool same = d->previous.fields == change->fields && d->previous.verdict == change->verdict &&
		    (change->fields & DECISION_VERDICT);

	return same && (d->painted_us == 0 || clock_steady_us() - d->painted_us < REPEAT_US);
}

static void wait_for(struct deck *d, const struct decision *change, int64_t ticket)
{
	struct deck_waiting w = { .ticket = ticket, .change = *change };

	w.change.note = change->note ? xstrdup(change->note) : NULL;
	w.change.edit = change->edit ? xstrdup(change->edit) : NULL;
	vec_push(&d->waiting, w);
}

/* A verdict was about the text that stood there: who changes the text takes it back, in the same step. */
static bool takes_verdict_back(const struct decision *change, const struct item *item)
{
	const char *now = item->state.edit ? item->state.edit : "", *then = change->edit ? change->edit : "";

	return change->fields & DECISION_EDIT && !(change->fields & DECISION_VERDICT) && item->state.verdict != VERDICT_NONE &&
	       strcmp(now, then) != 0;
}

int deck_decide(struct deck *d, const struct decision *change, bool advance, bool key_repeat_guard, bool *ignored,
		struct error *err)
{
	const struct item *item = deck_item(d, err);
	struct decision whole = *change;
	int64_t ticket, shown;

	*ignored = item && key_repeat_guard && is_repeat(d, change);
	if (!item)
		return err && err->code < 0 ? err->code : TAMIS_ENOTFOUND;
	if (*ignored)
		return 0;
	if (change->fields & DECISION_VERDICT && change->verdict == VERDICT_ACCEPT && item_lacks_instruction(item))
		return error_set(err, TAMIS_EUSAGE, _("There is nothing to accept: it has no instruction. Write one, or reject it."));
	shown = d->painted_us ? (clock_steady_us() - d->painted_us) / 1000 : 0;
	whole.key = item->key;
	whole.ref = item->ref;
	whole.kind = item->kind;
	if (takes_verdict_back(change, item)) {
		whole.fields |= DECISION_VERDICT;
		whole.verdict = VERDICT_NONE;
	}
	whole.shown_ms = shown < UINT32_MAX ? (uint32_t)shown : UINT32_MAX;
	ticket = workspace_decide(d->workspace, &whole, 1, deck_step_label(&whole));
	wait_for(d, &whole, ticket);
	deck_apply(d, &whole);
	d->previous = (struct decision){ .fields = whole.fields, .verdict = whole.verdict, .reasons = whole.reasons };
	if (whole.fields & DECISION_VERDICT) {
		deck_set_verdict(d, d->position, &whole.key, whole.verdict);
		if (!(whole.fields & DECISION_EDIT))
			deck_history_add(d, &whole, ticket, NULL);
	}
	if (advance) {
		size_t next = deck_after_twins(d, d->position, &whole.key);

		deck_go(d, next < deck_count(d) ? next : d->position);
	}
	return 0;
}

typedef VEC(item_ref) ref_list;

/* What `change` means for one item. */
static int change_of(struct deck *d, item_ref ref, const struct decision *change, struct decision *out, struct error *err)
{
	struct deck_mark mark;
	int rc = deck_mark(d, ref, &mark, err);

	*out = *change;
	out->key = mark.key;
	out->ref = mark.ref;
	out->kind = mark.kind;
	return rc;
}

/* The store commits what one bulk_add() brings: a thousand at a time. */
static int stream_step(struct deck *d, const ref_list *refs, const struct decision *change, const char *label,
		       struct error *err)
{
	struct decision *slice;
	struct bulk_step *step;
	size_t n = 0;
	int64_t count;
	int rc = bulk_begin(&step, d->store, label, err), end;

	if (rc < 0)
		return rc;
	slice = xcalloc(STEP_SLICE, sizeof *slice);
	for (size_t i = 0; i < refs->n && rc == 0; i++) {
		rc = change_of(d, refs->v[i], change, &slice[n++], err);
		if (rc == 0 && (n == STEP_SLICE || i + 1 == refs->n)) {
			rc = bulk_add(step, slice, n, err);
			n = 0;
		}
	}
	free(slice);
	end = bulk_end(step, rc == 0, &count, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int submit_step(struct deck *d, const ref_list *refs, const struct decision *change, const char *label,
		       struct error *err)
{
	VEC(struct decision) all = { 0 };
	int rc = 0;

	for (size_t i = 0; i < refs->n && rc == 0; i++) {
		struct decision one;

		rc = change_of(d, refs->v[i], change, &one, err);
		if (rc == 0)
			vec_push(&all, one);
	}
	if (rc == 0) {
		int64_t ticket = workspace_decide(d->workspace, all.v, all.n, label);

		vec_each(&all, i) {
			size_t at;

			wait_for(d, &all.v[i], ticket);
			deck_apply(d, &all.v[i]);
			if ((all.v[i].fields & DECISION_VERDICT) && deck_find(d, all.v[i].ref, &at))
				deck_set_verdict(d, at, &all.v[i].key, all.v[i].verdict);
		}
		deck_history_add(d, &all.v[0], ticket, label);
	}
	vec_free(&all);
	return rc;
}

static int leave_out(struct deck *d, ref_list *refs, struct error *err)
{
	struct item item;
	size_t kept = 0;
	int rc = workspace_flush(d->workspace, err); /* an instruction may have been written just now */

	item_init(&item);
	for (size_t i = 0; i < refs->n && rc == 0; i++) {
		bool lacks = false;

		if (!item_ref_is_record(refs->v[i])) {
			rc = item_load(&item, d->items, refs->v[i], err);
			lacks = rc == 0 && item_lacks_instruction(&item);
		}
		if (!lacks)
			refs->v[kept++] = refs->v[i];
	}
	item_free(&item);
	d->left_out = rc == 0 ? refs->n - kept : 0;
	if (rc == 0)
		refs->n = kept;
	return rc;
}

static bool is_of_instructions(struct deck *d, const ref_list *refs)
{
	struct deck_mark mark;

	return refs->n > 0 && !item_ref_is_record(refs->v[0]) && deck_mark(d, refs->v[0], &mark, NULL) == 0 &&
	       mark.kind == KIND_INSTRUCTION;
}

uint64_t deck_left_out(const struct deck *d)
{
	return d->left_out;
}

/* One undoable step over many items. */
static int decide_refs(struct deck *d, ref_list *refs, const struct decision *change, const char *label, struct error *err)
{
	int rc = 0;

	d->left_out = 0;
	if (change->fields & DECISION_VERDICT && change->verdict == VERDICT_ACCEPT && is_of_instructions(d, refs))
		rc = leave_out(d, refs, err);
	if (rc < 0 || refs->n == 0)
		return rc;
	if (refs->n <= STEP_AT_ONCE)
		return submit_step(d, refs, change, label, err);
	rc = workspace_flush(d->workspace, err);
	if (rc == 0)
		rc = stream_step(d, refs, change, label, err);
	if (rc < 0)
		return rc;
	deck_forget_items(d);
	rc = deck_recount(d, err);
	return rc < 0 ? rc : deck_history_read(d, err);
}

int deck_decide_range(struct deck *d, size_t from, size_t to, const struct decision *change, struct error *err)
{
	ref_list refs = { 0 };
	char label[64];
	int rc;

	if (from > to) {
		size_t swap = from;

		from = to;
		to = swap;
	}
	for (size_t i = from; i <= to && i < deck_count(d); i++)
		vec_push(&refs, deck_ref(d, i));
	snprintf(label, sizeof label, PL_("%s %zu item", "%s %zu items", refs.n), verdict_name(change->verdict), refs.n);
	rc = decide_refs(d, &refs, change, label, err);
	vec_free(&refs);
	return rc;
}

static void keep_hits(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	ref_list *out = ctx;

	(void)scanned;
	for (size_t i = 0; i < n; i++)
		vec_push(out, refs[i]);
}

static int filter_listed(struct deck *d, const struct filter *f, ref_list *out, struct error *err)
{
	struct corpus_view *view = d->parts.n == 1 ? d->parts.v[0].view : NULL;
	item_ref *refs = xcalloc(deck_count(d) + 1, sizeof *refs);
	int rc;

	for (size_t i = 0; i < deck_count(d); i++)
		refs[i] = deck_ref(d, i);
	rc = filter_scan(f, d->store, view, refs, deck_count(d), NULL, keep_hits, out, err);
	free(refs);
	return rc;
}

/* What a filter matches in this queue, in its order. */
static int matching(struct deck *d, const char *where, ref_list *out, struct error *err)
{
	struct filter *f;
	int rc = workspace_flush(d->workspace, err); /* verdict terms are to see everything decided so far */

	if (rc == 0)
		rc = filter_parse(&f, where, err);
	if (rc < 0)
		return rc;
	if (d->order)
		rc = filter_listed(d, f, out, err);
	for (size_t i = 0; !d->order && i < d->parts.n && rc == 0; i++)
		rc = filter_scan(f, d->store, d->parts.v[i].view, NULL, 0, NULL, keep_hits, out, err);
	filter_free(f);
	return rc;
}

int deck_count_all(struct deck *d, const char *where, uint64_t *count, struct error *err)
{
	ref_list refs = { 0 };
	int rc = matching(d, where, &refs, err);

	*count = refs.n;
	vec_free(&refs);
	return rc;
}

int deck_decide_all(struct deck *d, const char *where, const struct decision *change, uint64_t *count, struct error *err)
{
	ref_list refs = { 0 };
	char label[64];
	int rc = matching(d, where, &refs, err);

	snprintf(label, sizeof label, "%s %zu: %.40s", verdict_name(change->verdict), refs.n, where);
	if (rc == 0)
		rc = decide_refs(d, &refs, change, label, err);
	*count = refs.n;
	vec_free(&refs);
	return rc;
}

/* ---- others ---- */

/* What is decided here and not durable yet is not in the log that was read. */
static void add_waiting(struct deck *d)
{
	size_t at;

	vec_each(&d->waiting, i) {
		const struct decision *change = &d->waiting.v[i].change;

		if ((change->fields & DECISION_VERDICT) && deck_find(d, change->ref, &at))
			deck_set_verdict(d, at, &change->key, change->verdict);
	}
}

bool deck_look(struct deck *d, bool *here)
{
	enum verdict before = deck_verdict(d, d->position);

	*here = false;
	if (store_changed_elsewhere(d->store, NULL) <= 0)
		return false;
	deck_settle(d);
	deck_forget_items(d);
	if (deck_count(d) <= RECOUNT_AT_ONCE && deck_recount(d, NULL) == 0)
		add_waiting(d);
	if (deck_count(d) > 0)
		deck_load(d, d->position, NULL); /* sets its verdict */
	*here = deck_verdict(d, d->position) != before;
	return true;
}

/* ---- undoing ---- */

typedef int (*turn_fn)(struct workspace *w, int64_t *count, char label[128], item_ref *first, struct error *err);

static int turn(struct deck *d, turn_fn fn, const char *what, struct buf *said, struct error *err)
{
	char label[128] = "", name[32];
	item_ref first = ITEM_REF_NONE;
	int64_t count = 0;
	size_t at;
	int rc = fn(d->workspace, &count, label, &first, err);

	if (rc < 0)
		return rc;
	deck_settle(d);
	deck_forget_items(d);
	d->previous = (struct decision){ 0 };
	if (deck_find(d, first, &at)) {
		deck_go(d, at);
		d->painted_us = 0;
	} else {
		at = SIZE_MAX;
	}
	buf_addf(said, "%s: %s", what, label);
	if (count == 1 && first != ITEM_REF_NONE) {
		item_ref_format(name, first);
		buf_addf(said, " %s", name);
	}
	if (at == SIZE_MAX)
		buf_addf(said, " (%s)", _("not in this queue"));
	if (count > 1)
		rc = deck_recount(d, err);
	else if (at != SIZE_MAX)
		deck_load(d, at, NULL); /* sets its verdict */
	return rc < 0 ? rc : deck_history_read(d, err);
}

int deck_undo(struct deck *d, struct buf *said, struct error *err)
{
	return turn(d, workspace_undo, _("undone"), said, err);
}

int deck_redo(struct deck *d, struct buf *said, struct error *err)
{
	return turn(d, workspace_redo, _("done again"), said, err);
}
