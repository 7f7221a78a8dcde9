/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The draft of the text being edited: written after each frame that shows a change, dropped when the text is saved or given up. */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "review/draft_saver.h"
#include "ui/review_inside.h"

static void format_moment(char out[40], int64_t at_ms)
{
	time_t then = (time_t)(at_ms / 1000), now = (time_t)(clock_wall_ms() / 1000);
	struct tm at, today;

	out[0] = '\0';
	if (localtime_r(&then, &at) && localtime_r(&now, &today))
		strftime(out, 40, at.tm_year == today.tm_year && at.tm_yday == today.tm_yday ? "%H:%M" : "%Y-%m-%d %H:%M", &at);
}

static struct hash128 hash_text(struct span text)
{
	return hash128(text.p ? text.p : "", text.len);
}

void review_open_draft(struct app *app, struct review *r, struct span saved)
{
	struct buf text = BUF_INIT;
	struct text_draft draft = { 0 };
	struct error err = { 0 };
	char moment[40];
	int rc;

	if (!r->drafts)
		r->drafts = draft_saver_new(app->workspace);
	r->edited_key = review_item(r)->key;
	r->edited_base = hash_text(saved);
	r->draft_done = false;
	rc = draft_saver_find(r->drafts, r->store, &draft, &text, &r->edited_key, r->edited, &err);
	if (rc < 0)
		app_fail(app, &err);
	if (rc > 0 && !span_eq(buf_span(&text), saved) && text.len <= EDITOR_LIMIT) {
		editor_set(r->editor, buf_span(&text));
		format_moment(moment, draft.at_ms);
		app_say(app, STYLE_WARNING, hash128_eq(&draft.base, &r->edited_base)
			? _("Your unsaved text from %s is back; esc twice drops it for the saved one.")
			: _("Your unsaved text from %s; the saved one is another now, esc twice takes it."), moment);
	}
	r->draft_kept = editor_changes(r->editor);
	buf_free(&text);
}

void review_keep_draft(struct app *app, struct review *r)
{
	struct error err = { 0 };

	if (!r->drafts)
		return;
	if (draft_saver_trouble(r->drafts, &err) < 0)
		app_fail(app, &err);
	if (!r->editor || r->draft_kept == editor_changes(r->editor))
		return;
	r->draft_kept = editor_changes(r->editor);
	if (editor_changed(r->editor))
		draft_saver_keep(r->drafts, &r->edited_key, r->edited, &r->edited_base, editor_text(r->editor));
	else
		draft_saver_drop(r->drafts, &r->edited_key, r->edited);
}

void review_drop_draft(struct review *r)
{
	r->draft_done = false;
	draft_saver_drop(r->drafts, &r->edited_key, r->edited);
}

void review_settle_draft(struct review *r)
{
	if (r->draft_done && r->deck && deck_waiting(r->deck) == 0)
		review_drop_draft(r);
}
