/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changing an item's text, here or in $EDITOR.  What a curator changed is kept as a JSON object role -> text beside the record,
 * which stays as it was imported; a text that is as it was again is no longer in it. */
#include "config.h"

#include "base/i18n.h"
#include "base/json.h"
#include "ui/review_inside.h"

/* The edits of the item with `role` set to `text`; empty when none is left. */
static void merge_edit(struct buf *out, const struct item *item, enum role role, struct span text)
{
	buf_addc(out, '{');
	for (enum role other = ROLE_ID; other < ROLE_COUNT; other++) {
		struct span value = other == role ? text : item->edited[other];

		if ((other == role || item->edited[other].p) && !span_eq(value, record_value(&item->record, other)))
			json_put_member(out, role_name(other), value);
	}
	buf_addc(out, '}');
	if (out->len == 2)
		buf_clear(out);
}

/* A chat must stay an array of turns. */
static bool fits(struct app *app, const struct item *item, enum role role, struct span text)
{
	const struct field *field = record_field(&item->record, role);
	struct json_member none;
	struct json_fault fault;
	size_t n;

	if (!field || !field->json || json_scan_array(text, &none, 0, &n, &fault) == 0)
		return true;
	app_say(app, STYLE_ERROR, _("This field is a JSON array of turns, and is none now: %s at byte %zu."), _(fault.reason), fault.at);
	return false;
}

bool review_keep_text(struct app *app, struct review *r, enum role role, struct span text)
{
	const struct item *item = review_item(r);
	struct decision change = { .fields = DECISION_EDIT };
	struct buf edit = BUF_INIT;
	struct error err = { 0 };
	bool ignored, judged = item && item->state.verdict != VERDICT_NONE, good = item && fits(app, item, role, text);

	if (good && !span_eq(text, item_text(item, role))) {
		merge_edit(&edit, item, role, text);
		change.edit = edit.len ? edit.p : NULL;
		if (deck_decide(r->deck, &change, false, false, &ignored, &err) < 0) {
			app_fail(app, &err);
			good = false;
		} else if (judged) {
			app_say(app, STYLE_TEXT, _("The text is another now, so its verdict was taken back: judge it again."));
			review_follow(app, r);
		}
		review_anew(app, r);
	}
	buf_free(&edit);
	return good;
}

/* The field to edit, or ROLE_COUNT after saying why not. */
static enum role editable_field(struct app *app, struct review *r)
{
	const struct item *item = review_item(r);
	enum role field = review_field(r);

	if (!item)
		return ROLE_COUNT;
	if (field == ROLE_COUNT || !item->whole) {
		app_say(app, STYLE_WARNING, item->whole ? _("Nothing here can be edited.") : _("This item is too long to be edited."));
		return ROLE_COUNT;
	}
	return field;
}

void review_do_edit(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	enum role field = editable_field(app, r);
	struct span text;

	(void)argument;
	if (field == ROLE_COUNT)
		return;
	text = item_text(review_item(r), field);
	if (text.len > EDITOR_LIMIT / 2) {
		app_do(app, ACTION_EDIT_EXTERNAL, "");
		return;
	}
	r->editor = editor_new(text);
	r->edited = field;
	r->leave_asked = false;
	review_open_draft(app, r, text);
	app_dirty(app);
}

void review_do_edit_external(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	enum role field = editable_field(app, r);
	struct buf text = BUF_INIT;
	struct error err = { 0 };
	int rc;

	(void)argument;
	if (field == ROLE_COUNT)
		return;
	buf_addspan(&text, item_text(review_item(r), field));
	rc = app_edit(app, &text, ".txt", &err);
	if (rc == 0)
		review_keep_text(app, r, field, buf_span(&text));
	else if (rc == TAMIS_ECANCEL)
		app_say(app, STYLE_TEXT, "%s", err.msg[0] ? err.msg : _("The text is as it was."));
	else
		app_fail(app, &err);
	buf_free(&text);
	review_anew(app, r);
}

static void close_editor(struct app *app, struct review *r)
{
	editor_free(r->editor);
	r->editor = NULL;
	review_anew(app, r);
}

void review_do_save(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	if (!r->editor || !review_keep_text(app, r, r->edited, editor_text(r->editor)))
		return;
	close_editor(app, r);
	r->draft_done = true;
	review_settle_draft(r);
}

void review_pause_editor(struct app *app, struct review *r)
{
	review_keep_draft(app, r);
	if (editor_changed(r->editor))
		app_say(app, STYLE_TEXT, _("Not saved, but kept as a draft: edit the text again to go on with it."));
	close_editor(app, r);
}

bool review_leave_editor(struct app *app, struct review *r)
{
	if (editor_changed(r->editor) && !r->leave_asked) {
		r->leave_asked = true;
		app_say(app, STYLE_WARNING, _("The text was changed: esc again drops the change."));
		return false;
	}
	review_drop_draft(r);
	close_editor(app, r);
	return true;
}

/* What a key may still do while a text is being edited. */
static bool allowed(struct app *app, int32_t key)
{
	static const enum action_id ids[] = { ACTION_SAVE, ACTION_BACK, ACTION_CANCEL, ACTION_REDRAW, ACTION_SUSPEND,
					      ACTION_MOUSE, ACTION_HELP, ACTION_NONE };
	bool prefix;
	const struct binding *b = keymap_find(&app->keymap, SCREEN_REVIEW, key, 0, &prefix);

	for (size_t i = 0; b && ids[i] != ACTION_NONE; i++)
		if (b->action == ids[i])
			return true;
	return false;
}

/* Everything that types or moves in the text; of what is left, little goes to the key map. */
bool review_typed(struct app *app, struct screen *s, int32_t key)
{
	struct review *r = s->state;

	if (!r->editor)
		return review_look_elsewhere(app, r); /* the key was for what stood there before */
	if (!editor_key(r->editor, key))
		return !allowed(app, key);
	r->leave_asked = false;
	return true;
}
