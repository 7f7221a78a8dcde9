/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scores of the run under review: read beside the queue, told each verdict, shown in one line; and the queues made from them. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "review/rivals.h"
#include "ui/calibration.h"
#include "ui/review_inside.h"

static void take(struct app *app, uint32_t serial, struct scores *scores, const struct error *err)
{
	struct screen *s = app_screen(app, serial);
	struct review *r = s ? s->state : NULL;
	bool wanted = r && r->scores_wanted;

	if (!r) {
		scores_free(scores);
		return;
	}
	r->scores_reading = r->scores_wanted = false;
	if (!scores) {
		r->scores_missing = *err;
		if (wanted)
			app_fail(app, err);
		return;
	}
	r->scores = scores;
	r->scores_owned = true;
	r->scores_stale = true; /* verdicts may have been given meanwhile */
	review_follow(app, r);
	if (wanted && app_top(app) == s)
		calibration_open_on(app, r->scores);
}

void review_read_scores(struct app *app, struct screen *s)
{
	struct review *r = s->state;

	if (!r->spec.run || r->scores || r->scores_reading)
		return;
	r->scores_reading = true;
	scores_read_start(app, r->spec.run, s->serial, take);
}

void review_free_scores(struct review *r)
{
	if (r->scores_owned)
		scores_free(r->scores);
	r->scores = NULL;
}

void review_follow(struct app *app, struct review *r)
{
	size_t *at = NULL, n = 0;
	bool all;

	if (!r->deck)
		return;
	all = !deck_take_changes(r->deck, &at, &n);
	if (r->scores && (all || r->scores_stale)) {
		workspace_flush(app->workspace, NULL);
		scores_refresh(r->scores, app->store, NULL);
	}
	for (size_t i = 0; r->scores && i < n; i++)
		scores_set(r->scores, deck_ref(r->deck, at[i]), deck_verdict(r->deck, at[i]));
	r->scores_stale = false;
	free(at);
}

/* ---- the line ---- */

bool review_has_scores(const struct review *r)
{
	const struct scores *sc = r->scores;

	/* What a check measured of a draft made without a judge is no score of it, unless a curator has set a threshold. */
	if (sc && sc->kind == KIND_INSTRUCTION && sc->scale == SCALE_OTHER && !sc->kept)
		return false;
	return sc && calibration_items(sc->calibration) > 0;
}

void review_draw_scores(struct app *app, struct review *r, const struct item *item, struct rect line)
{
	const struct scored *scored = scores_find(r->scores, item->ref);
	struct buf text = BUF_INIT;
	double p = scored ? calibration_probability(r->scores->calibration, scored->score) : NAN;
	int x = 1;

	if (scored && !isnan(scored->score)) {
		x += draw_text(app, line, 0, x, STYLE_DIM, scored->score >= r->scores->threshold ? "▲" : "▽");
		if (!isnan(p))
			x += draw_textf(app, line, 0, x, STYLE_STRONG, _(" good %.0f %%"), 100 * p);
		if (scored->doubt)
			x += draw_text(app, line, 0, x, STYLE_WARNING, _(" in doubt"));
		x += 2;
	}
	calibration_words(&text, r->scores, r->scores->threshold);
	draw_text(app, line, 0, x, STYLE_DIM, text.p);
	buf_free(&text);
}

/* ---- actions ---- */

void review_do_calibrate(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	if (!r->spec.run) {
		app_say(app, STYLE_WARNING, _("Scores are calibrated for the items of a run."));
	} else if (r->scores) {
		review_follow(app, r);
		calibration_open_on(app, r->scores);
	} else if (r->scores_missing.code < 0) {
		app_fail(app, &r->scores_missing);
	} else {
		r->scores_wanted = true;
		review_read_scores(app, s);
	}
}

static enum item_kind kind_of(struct review *r)
{
	const struct item *item = review_item(r);

	return item ? item->kind : r->scores ? r->scores->kind : KIND_NONE;
}

static bool is_of_instructions(struct review *r)
{
	return kind_of(r) == KIND_INSTRUCTION;
}

static void queue_typed(struct app *app, struct screen *s, const char *text)
{
	struct review *r = s->state;
	struct deck_spec spec = r->spec;

	spec.queue = NULL;
	if (span_trim(span_of(text)).len > 0) {
		spec.queue = calibration_queue(app, text, kind_of(r));
		if (!spec.queue)
			return;
	}
	spec.threshold = r->scores ? r->scores->threshold : 0;
	spec.order = DECK_FILE;
	r->top = 0;
	review_reopen(app, s, &spec);
}

static const struct prompt_type prompt_of_pairs = {
	.label = N_("queue"), .hint = N_("threshold, above, strata, conflict or audit; empty: all"), .accepted = queue_typed,
	.complete = calibration_complete_pairs,
};

static const struct prompt_type prompt_of_instructions = {
	.label = N_("queue"), .hint = N_("threshold, above, strata, conflict, band, audit or clusters; empty: all"), .accepted = queue_typed,
	.complete = calibration_complete_instructions,
};

void review_do_queue(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	if (!r->spec.run)
		app_say(app, STYLE_WARNING, _("Queues by score are for the items of a run."));
	else if (argument[0])
		queue_typed(app, s, argument);
	else
		prompt_open(app, is_of_instructions(r) ? &prompt_of_instructions : &prompt_of_pairs, "");
}
