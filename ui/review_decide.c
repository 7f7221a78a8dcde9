/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts, reasons, notes; ranges and everything a filter matches; undo and redo. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/review_inside.h"

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
	struct error err = { 0 };
	bool ignored = false;

	if (!r->deck)
		return;
	if (deck_decide(r->deck, change, advance, true, &ignored, &err) < 0) {
		app_fail(app, &err);
		return;
	}
	if (ignored)
		return;
	if (advance && deck_position(r->deck) == at)
		say_end(app, r);
	r->top = advance ? 0 : r->top;
	review_anew(app, r);
}

static void submit_range(struct app *app, struct review *r, const struct decision *change)
{
	size_t from = r->range, to = deck_position(r->deck), n;
	struct error err = { 0 };

	n = 1 + (from > to ? from - to : to - from);
	if (deck_decide_range(r->deck, from, to, change, &err) < 0) {
		app_fail(app, &err);
		return;
	}
	r->range = REVIEW_NO_RANGE;
	deck_go(r->deck, (from > to ? from : to) + 1);
	r->top = 0;
	app_say(app, STYLE_TEXT, PL_("%zu item: %s. u takes it back.", "%zu items: %s. u takes them back.", n), n,
		change->verdict == VERDICT_NONE ? _("no verdict") : _(verdict_name(change->verdict)));
	review_anew(app, r);
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
		submit_range(app, r, &change);
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
		submit_range(app, r, &change);
	else
		submit(app, r, &change, true);
}

/* ---- reasons, notes ---- */

void review_do_reason(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	const struct item *item = review_item(r);
	long n = strtol(argument, NULL, 10);
	struct decision change = { .fields = DECISION_REASONS };

	if (!item)
		return;
	if (n < 1 || n > REASONS_MAX) {
		app_say(app, STYLE_WARNING, _("Reasons are numbers from 1 to %d."), REASONS_MAX);
		return;
	}
	change.reasons = item->state.reasons ^ (uint32_t)1 << (n - 1);
	submit(app, r, &change, false);
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

static void decide_all(struct app *app, struct review *r)
{
	const struct decision change = { .fields = DECISION_VERDICT, .verdict = r->all_verdict };
	struct error err = { 0 };
	uint64_t n = 0;

	if (deck_decide_all(r->deck, r->all_where, &change, &n, &err) < 0)
		app_fail(app, &err);
	else
		app_say(app, STYLE_TEXT, PL_("%llu item: %s. u takes it back.", "%llu items: %s. u takes them back.", n),
			(unsigned long long)n, change.verdict == VERDICT_NONE ? _("no verdict") : _(verdict_name(change.verdict)));
	review_anew(app, r);
}

static void all_confirmed(struct app *app, struct screen *s, const char *text)
{
	struct review *r = s->state;

	if (r->deck && r->all_where && (strcmp(text, "yes") == 0 || strcmp(text, _("yes")) == 0))
		decide_all(app, r);
	else
		app_say(app, STYLE_TEXT, _("Nothing was decided."));
	free(r->all_where);
	r->all_where = NULL;
}

static void all_cancelled(struct app *app, struct screen *s)
{
	all_confirmed(app, s, "");
}

static const struct prompt_type confirm_prompt = {
	.label = N_("type yes to decide them all"), .accepted = all_confirmed, .cancelled = all_cancelled,
};

/* Counts what `where` is about, then asks. */
static void ask_all(struct app *app, struct screen *s, enum verdict verdict, const char *where)
{
	struct review *r = s->state;
	struct error err = { 0 };
	uint64_t n = 0;

	if (!r->deck)
		return;
	if (deck_count_all(r->deck, where, &n, &err) < 0) {
		app_fail(app, &err);
		return;
	}
	if (n == 0) {
		app_say(app, STYLE_TEXT, _("Nothing in this queue matches."));
		return;
	}
	free(r->all_where);
	r->all_where = xstrdup(where);
	r->all_verdict = verdict;
	prompt_open(app, &confirm_prompt, "");
	buf_addf(&app->prompt.choices, PL_("%s %llu item: %s", "%s %llu items: %s", n), _(verdict_name(verdict)),
		 (unsigned long long)n, *where ? where : _("the whole queue"));
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

static void turn(struct app *app, struct review *r, int (*fn)(struct deck *, struct buf *, struct error *))
{
	struct buf said = BUF_INIT;
	struct error err = { 0 };
	int rc;

	if (!r->deck)
		return;
	rc = fn(r->deck, &said, &err);
	if (rc == TAMIS_ENOTFOUND)
		app_say(app, STYLE_TEXT, "%s", err.msg);
	else if (rc < 0)
		app_fail(app, &err);
	else
		app_say(app, STYLE_TEXT, "%s", said.p);
	r->top = 0;
	buf_free(&said);
	review_anew(app, r);
}

void review_do_undo(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	turn(app, s->state, deck_undo);
}

void review_do_redo(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	turn(app, s->state, deck_redo);
}
