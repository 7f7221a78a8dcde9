/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts, reasons, notes; ranges and everything a filter matches; undo and redo. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/review_inside.h"
#include "ui/words.h"

static void remember(struct review *r, const struct item *item, enum verdict verdict)
{
	free(r->again.note);
	r->again = (struct again){ true, verdict, item->state.reasons, item->state.note ? xstrdup(item->state.note) : NULL };
}

static void say_end(struct app *app, struct review *r)
{
	struct deck_stats st;
	size_t left;

	deck_stats(r->deck, &st);
	left = st.count - st.decided;
	if (left == 0)
		app_say(app, STYLE_TEXT, _("The end: everything in this queue is decided."));
	else
		app_say(app, STYLE_TEXT,
			PL_("The end of the queue; %zu item before is undecided.", "The end of the queue; %zu items before are undecided.",
			    left),
			left);
}

/* One item; the next one comes when the verdict is a verdict. */
static void submit(struct app *app, struct review *r, const struct decision *change, bool advance)
{
	size_t at = r->deck ? deck_position(r->deck) : 0;
	item_ref here = r->deck && deck_count(r->deck) > 0 ? deck_ref(r->deck, at) : ITEM_REF_NONE;
	struct error err = { 0 };
	bool ignored = false;

	if (!r->deck)
		return;
	/* A script means every line it says; a hand may rest on a key. */
	if (deck_decide(r->deck, change, advance, !app->options->batch, &ignored, &err) < 0) {
		app_fail(app, &err);
		return;
	}
	if (ignored)
		return;
	if (advance)
		r->judged = here;
	if (advance && deck_position(r->deck) == at)
		say_end(app, r);
	r->top = advance ? 0 : r->top;
	review_anew(app, r);
}

static int run_range(struct work *w)
{
	w->change.note = w->note;
	return deck_decide_range(w->deck, w->from, w->to, &w->change, &w->err);
}

/* The end of what is said about many: those that could not be accepted. */
static void say_left_out(struct app *app, struct review *r, const char *said)
{
	uint64_t n = deck_left_out(r->deck);

	if (n == 0)
		app_say(app, STYLE_TEXT, "%s", said);
	else
		app_say(app, STYLE_WARNING, PL_("%s %llu left out: it has no instruction.", "%s %llu left out: they have no instruction.", n),
			said, (unsigned long long)n);
}

static void range_done(struct app *app, struct screen *s, struct work *w)
{
	struct review *r = s->state;
	size_t n = w->to - w->from + 1 - (size_t)deck_left_out(r->deck);
	char said[120];

	if (w->code < 0) {
		app_fail(app, &w->err);
		return;
	}
	deck_go(r->deck, w->to + 1);
	snprintf(said, sizeof said, PL_("%zu item: %s. u takes it back.", "%zu items: %s. u takes them back.", n), n,
		 w->change.verdict == VERDICT_NONE ? _("no verdict") : _(verdict_name(w->change.verdict)));
	say_left_out(app, r, said);
}

static void submit_range(struct app *app, struct screen *s, const struct decision *change)
{
	struct review *r = s->state;
	size_t here = deck_position(r->deck);
	struct work *w = review_work_new(run_range, range_done);

	w->from = r->range < here ? r->range : here;
	w->to = r->range < here ? here : r->range;
	w->change = *change;
	w->note = change->note ? xstrdup(change->note) : NULL;
	r->range = REVIEW_NO_RANGE;
	review_work(app, s, w);
}

static void decide(struct app *app, struct screen *s, enum verdict verdict)
{
	struct review *r = s->state;
	const struct decision change = { .fields = DECISION_VERDICT, .verdict = verdict };
	const struct item *item = review_item(r);

	if (!item) {
		if (r->failed.code < 0)
			app_fail(app, &r->failed);
		return;
	}
	if (r->range != REVIEW_NO_RANGE) {
		submit_range(app, s, &change);
		return;
	}
	if (verdict != VERDICT_NONE)
		remember(r, item, verdict);
	submit(app, r, &change, verdict != VERDICT_NONE);
}

void review_do_accept(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_ACCEPT);
}

void review_do_reject(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_REJECT);
}

void review_do_skip(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_SKIP);
}

void review_do_flag(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_FLAG);
}

void review_do_undecide(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s, VERDICT_NONE);
}

void review_do_again(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	struct decision change = { .fields = DECISION_VERDICT | DECISION_REASONS | DECISION_NOTE };

	(void)argument;
	if (!r->again.known) {
		app_say(app, STYLE_TEXT, _("Nothing was decided yet that could be done again."));
		return;
	}
	change.verdict = r->again.verdict;
	change.reasons = r->again.reasons;
	change.note = r->again.note;
	if (review_item(r) && r->range != REVIEW_NO_RANGE)
		submit_range(app, s, &change);
	else
		submit(app, r, &change, true);
}

/* ---- reasons, notes ---- */

/* The reasons of `item` with the one of `argument` on or off. */
static bool turn_reason(struct app *app, const struct item *item, const char *argument, struct decision *out)
{
	long n = strtol(argument, NULL, 10);

	*out = (struct decision){ .fields = DECISION_REASONS };
	if (!item)
		return false;
	if (n < 1 || n > REASONS_MAX) {
		app_say(app, STYLE_WARNING, _("Reasons are numbers from 1 to %d."), REASONS_MAX);
		return false;
	}
	out->reasons = item->state.reasons ^ (uint32_t)1 << (n - 1);
	return true;
}

void review_do_reason(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	struct decision change;

	if (turn_reason(app, review_item(r), argument, &change))
		submit(app, r, &change, false);
}

static void say_reasons(struct app *app, const struct review *r, uint32_t bits)
{
	struct buf list = BUF_INIT;

	for (size_t i = 0; i < 32; i++)
		if (bits >> i & 1)
			buf_addf(&list, "%s%zu %s", list.len ? ", " : "", i + 1, i < r->reasons.n ? r->reasons.text[i] : "");
	app_say(app, STYLE_TEXT, _("The item before: %s"), list.len ? list.p : _("no reason"));
	buf_free(&list);
}

/* Who gives reasons after the verdict means the item that has left the screen with it. */
void review_do_reason_before(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	size_t at, here = r->deck ? deck_position(r->deck) : 0;
	struct error err = { 0 };
	struct decision change;
	bool ignored;

	if (!r->deck || r->judged == ITEM_REF_NONE || !deck_find(r->deck, r->judged, &at)) {
		app_say(app, STYLE_WARNING, _("Nothing was judged here yet."));
		return;
	}
	deck_go(r->deck, at);
	if (turn_reason(app, deck_item(r->deck, &err), argument, &change) &&
	    deck_decide(r->deck, &change, false, false, &ignored, &err) == 0)
		say_reasons(app, r, change.reasons);
	if (err.code < 0)
		app_fail(app, &err);
	deck_go(r->deck, here);
	review_anew(app, r);
}

static void note_typed(struct app *app, struct screen *s, const char *text)
{
	const struct decision change = { .fields = DECISION_NOTE, .note = text };

	submit(app, s->state, &change, false);
}

static const struct prompt_type note_prompt = {
	.label = N_("note"), .hint = N_("what the next reader should know; empty takes the note away"), .accepted = note_typed,
};

void review_do_note(struct app *app, struct screen *s, const char *argument)
{
	const struct item *item = review_item(s->state);

	if (*argument)
		note_typed(app, s, argument);
	else if (item)
		prompt_open(app, &note_prompt, item->state.note ? item->state.note : "");
}

/* ---- many ---- */

void review_do_range(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	if (!r->deck || deck_count(r->deck) == 0)
		return;
	if (r->range == REVIEW_NO_RANGE) {
		r->range = deck_position(r->deck);
		app_say(app, STYLE_TEXT, _("A range begins here: move, then give its verdict."));
	} else {
		r->range = REVIEW_NO_RANGE;
	}
	app_dirty(app);
}

static int run_all(struct work *w)
{
	return deck_decide_all(w->deck, w->where, &w->change, &w->n, &w->err);
}

static void all_done(struct app *app, struct screen *s, struct work *w)
{
	char number[32], said[120];

	words_count(number, w->n);
	if (w->code < 0) {
		app_fail(app, &w->err);
		return;
	}
	snprintf(said, sizeof said, PL_("%s item: %s. u takes it back.", "%s items: %s. u takes them back.", w->n), number,
		 _(verdict_name(w->change.verdict)));
	say_left_out(app, s->state, said);
}

static void all_confirmed(struct app *app, struct screen *s, const char *text)
{
	struct review *r = s->state;
	struct work *w;

	if (!r->deck || !r->all_where || (strcmp(text, "yes") != 0 && strcmp(text, _("yes")) != 0)) {
		app_say(app, STYLE_TEXT, _("Nothing was decided."));
		free(r->all_where);
		r->all_where = NULL;
		return;
	}
	w = review_work_new(run_all, all_done);
	w->where = r->all_where;
	w->change = (struct decision){ .fields = DECISION_VERDICT, .verdict = r->all_verdict };
	r->all_where = NULL;
	review_work(app, s, w);
}

static void all_cancelled(struct app *app, struct screen *s)
{
	all_confirmed(app, s, "");
}

static const struct prompt_type confirm_prompt = {
	.label = N_("type yes to decide them all"), .accepted = all_confirmed, .cancelled = all_cancelled,
};

static int run_count(struct work *w)
{
	return deck_count_all(w->deck, w->where, &w->n, &w->err);
}

/* The number stands above the question. */
static void counted(struct app *app, struct screen *s, struct work *w)
{
	struct review *r = s->state;
	char number[32];

	if (w->code < 0) {
		app_fail(app, &w->err);
		return;
	}
	if (w->n == 0) {
		app_say(app, STYLE_TEXT, _("Nothing in this queue matches."));
		return;
	}
	if (app_top(app) != s || app->prompt.type)
		return; /* something else is being asked by now */
	free(r->all_where);
	r->all_where = xstrdup(w->where);
	r->all_verdict = w->change.verdict;
	prompt_open(app, &confirm_prompt, "");
	words_count(number, w->n);
	buf_addf(&app->prompt.choices, PL_("%s %s item: %s", "%s %s items: %s", w->n), _(verdict_name(w->change.verdict)), number,
		 *w->where ? w->where : _("the whole queue"));
	prompt_question(app, PL_("%s %s item? type yes", "%s %s items? type yes", w->n), _(verdict_name(w->change.verdict)), number);
}

/* Counts what `where` is about, then asks. */
static void ask_all(struct app *app, struct screen *s, enum verdict verdict, const char *where)
{
	struct work *w = review_work_new(run_count, counted);

	w->where = xstrdup(where);
	w->change.verdict = verdict;
	review_work(app, s, w);
}

static void all_do(struct app *app, struct screen *s, enum verdict verdict, const char *argument)
{
	struct review *r = s->state;

	if (strcmp(argument, "yes") == 0 && r->all_where)
		all_confirmed(app, s, argument);
	else
		ask_all(app, s, verdict, argument);
}

void review_do_accept_all(struct app *app, struct screen *s, const char *argument)
{
	all_do(app, s, VERDICT_ACCEPT, argument);
}

void review_do_reject_all(struct app *app, struct screen *s, const char *argument)
{
	all_do(app, s, VERDICT_REJECT, argument);
}

/* "reject lang=fr score<0.2" */
static void bulk_typed(struct app *app, struct screen *s, const char *text)
{
	const char *blank = strchr(text, ' ');
	size_t n = blank ? (size_t)(blank - text) : strlen(text);
	bool known = false;
	enum verdict verdict = verdict_from_name(span_make(text, n), &known);

	if (!known || n == 0) {
		app_say(app, STYLE_WARNING, _("Begin with accept, reject, skip or flag; a filter may follow."));
		return;
	}
	ask_all(app, s, verdict, blank ? blank + 1 : "");
}

static const struct prompt_type bulk_prompt = {
	.label = N_("decide all"), .hint = N_("accept, reject, skip or flag, then a filter"), .accepted = bulk_typed,
};

void review_do_bulk(struct app *app, struct screen *s, const char *argument)
{
	if (*argument)
		bulk_typed(app, s, argument);
	else
		prompt_open(app, &bulk_prompt, "");
}

/* ---- undo ---- */

static int run_undo(struct work *w)
{
	return deck_undo(w->deck, &w->said, &w->err);
}

static int run_redo(struct work *w)
{
	return deck_redo(w->deck, &w->said, &w->err);
}

static void turned(struct app *app, struct screen *s, struct work *w)
{
	((struct review *)s->state)->scores_stale = true;
	if (w->code == TAMIS_ENOTFOUND)
		app_say(app, STYLE_TEXT, "%s", w->err.msg);
	else if (w->code < 0)
		app_fail(app, &w->err);
	else
		app_say(app, STYLE_TEXT, "%s", w->said.p);
}

void review_do_undo(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	review_work(app, s, review_work_new(run_undo, turned));
}

void review_do_redo(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	review_work(app, s, review_work_new(run_redo, turned));
}
