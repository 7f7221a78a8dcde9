/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another candidate as the partner of a mined pair: an edit, so that it is undone, merged and exported like one. */
#include "config.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "review/lens_draft.h"
#include "review/rivals.h"
#include "ui/beads.h"
#include "ui/lexicon.h"
#include "ui/review_inside.h"

/* An instruction's: the rewritten response, or the first one again. */
static void swap_response(struct app *app, struct review *r, const struct item *item)
{
	struct span rewritten = draft_rewritten(item), original = record_value(&item->record, ROLE_RESPONSE);
	bool back = span_eq(item_text(item, ROLE_RESPONSE), rewritten);

	if (rewritten.len == 0)
		app_say(app, STYLE_WARNING, _("This item has no other candidates."));
	else if (review_keep_text(app, r, ROLE_RESPONSE, back ? original : rewritten))
		app_say(app, STYLE_TEXT, back ? _("The first response stands again.")
					      : _("The rewritten response stands now. u takes it back."));
}

void review_do_swap(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	const struct item *item = review_item(r);
	struct rival rivals[RIVALS_MAX];
	struct arena arena = { 0 };
	size_t n = item ? rivals_read(rivals, item, &arena) : 0;
	long next = item ? rival_chosen(item) + 1L : 0;

	if (item && item->kind == KIND_INSTRUCTION) {
		swap_response(app, r, item);
		return;
	}
	if (argument[0])
		next = strtol(argument, NULL, 10) - 1;
	if (!item || n == 0) {
		app_say(app, STYLE_WARNING, _("This item has no other candidates."));
	} else if (next < 0 || (argument[0] && next >= (long)n)) {
		app_say(app, STYLE_WARNING, PL_("There is %zu other candidate.", "There are %zu other candidates.", n), n);
	} else {
		bool back = next >= (long)n;
		item_ref ref = item->ref;

		if (review_keep_text(app, r, ROLE_TARGET, back ? record_value(&item->record, ROLE_TARGET) : rivals[next].text)) {
			app_say(app, STYLE_TEXT, back ? _("The partner that was mined stands again.")
						      : _("Swapped; accept it if it is right now. u takes it back."));
			review_follow(app, r);
			if (r->scores)
				scores_set_swapped(r->scores, ref, !back);
		}
	}
	arena_free(&arena);
}

void review_do_beads(struct app *app, struct screen *s, const char *argument)
{
	const struct review *r = s->state;

	(void)argument;
	if (r->spec.run)
		beads_start(app, r->spec.run);
	else
		app_say(app, STYLE_WARNING, _("Choose a run of tamis mine --align: its beads can be corrected."));
}

void review_do_lexicon(struct app *app, struct screen *s, const char *argument)
{
	const struct review *r = s->state;

	(void)argument;
	if (r->spec.run)
		lexicon_start(app, r->spec.run);
	else
		app_say(app, STYLE_WARNING, _("Choose a run of tamis mine: it has a lexicon."));
}
