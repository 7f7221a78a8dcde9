/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching in one text, a block at a time so that keys are never kept waiting. */
#include "config.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "ui/reader_inside.h"

#define SLICE_US 4000

void reader_count_anew(struct reader *r)
{
	r->counting = r->matcher != NULL;
	r->hits = r->count_at = 0;
}

int reader_set_pattern(struct reader *r, const char *typed, struct error *err)
{
	struct pattern *pattern = NULL;

	if (typed && typed[0] && pattern_compile(&pattern, span_of(typed), err) < 0)
		return err->code;
	matcher_free(r->matcher);
	pattern_free(r->pattern);
	free(r->typed);
	r->typed = pattern ? xstrdup(typed) : NULL;
	r->pattern = pattern;
	r->matcher = pattern ? matcher_new(pattern) : NULL;
	r->sheet_columns = 0;
	r->hit = UINT64_MAX;
	reader_count_anew(r);
	return 0;
}

/* In a laid-out sheet the hits are its lines. */
static void next_line_hit(struct app *app, struct reader *r, size_t from, int direction)
{
	struct buf line = BUF_INIT;
	size_t start, end;

	for (size_t i = from; i < r->sheet.lines.n; i += (size_t)direction) {
		buf_clear(&line);
		sheet_line_text(&line, &r->sheet, i);
		if (matcher_find(r->matcher, buf_span(&line), 0, &start, &end) != 1)
			continue;
		r->sheet_top = i;
		buf_free(&line);
		return;
	}
	buf_free(&line);
	app_say(app, STYLE_DIM, "%s", direction > 0 ? _("No hit after this one.") : _("No hit before this one."));
}

static void start_search(struct app *app, struct reader *r, bool backward)
{
	if (!r->matcher) {
		app_say(app, STYLE_TEXT, _("There is nothing to search for yet; / asks for it."));
		return;
	}
	if (r->mode == READER_SHEET) {
		next_line_hit(app, r, r->sheet_top + (backward ? (size_t)-1 : 1), backward ? -1 : 1);
		return;
	}
	r->backward = backward;
	if (r->hit < r->pager.top || r->hit >= r->pager.bottom)
		r->hit = UINT64_MAX; /* one has moved on: from what is on the screen */
	r->search_at = r->hit != UINT64_MAX ? r->hit : backward ? r->pager.bottom : r->pager.top;
	if (!backward && r->hit != UINT64_MAX)
		r->search_at = pager_after(&r->pager, r->hit);
	r->searching = true;
}

static void search_changed(struct app *app, struct screen *s, const char *text)
{
	struct reader *r = s->state;
	struct error err = { 0 };

	(void)app;
	if (reader_set_pattern(r, text, &err) < 0)
		return; /* half typed: the last good one stays */
	r->search_at = r->pager.top;
	r->backward = false;
	r->searching = r->matcher && r->mode == READER_TEXT;
}

static void search_accepted(struct app *app, struct screen *s, const char *text)
{
	struct reader *r = s->state;

	if (!r->typed || strcmp(r->typed, text) != 0)
		app_do(app, ACTION_SEARCH, text[0] ? text : "");
	else if (r->matcher && r->mode == READER_SHEET)
		next_line_hit(app, r, r->sheet_top, 1);
	else if (!r->searching && r->hit == UINT64_MAX)
		start_search(app, r, false); /* what was found while typing is on the screen; that nothing was is said now */
}

static void search_cancelled(struct app *app, struct screen *s)
{
	struct error err = { 0 };

	(void)app;
	reader_set_pattern(s->state, NULL, &err);
	((struct reader *)s->state)->searching = false;
}

static const struct prompt_type search_prompt = {
	.label = N_("search"), .hint = N_("a regular expression"), .changed = search_changed, .accepted = search_accepted,
	.cancelled = search_cancelled,
};

void reader_do_search(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;
	struct error err = { 0 };

	if (!argument[0])
		prompt_open(app, &search_prompt, "");
	else if (reader_set_pattern(r, argument, &err) < 0)
		app_fail(app, &err);
	else
		start_search(app, r, false);
}

void reader_do_next_hit(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	start_search(app, s->state, false);
}

void reader_do_previous_hit(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	start_search(app, s->state, true);
}

static void search_slice(struct app *app, struct reader *r)
{
	int64_t start = clock_steady_us();
	int got = 0;

	while (got == 0 && clock_steady_us() - start < SLICE_US)
		got = pager_search(&r->pager, r->matcher, r->backward, &r->search_at);
	app_dirty(app);
	if (got == 0)
		return;
	r->searching = false;
	if (got < 0) {
		app_say(app, STYLE_DIM, "%s", r->backward ? _("No hit before this one.") : _("No hit after this one."));
		return;
	}
	r->hit = r->search_at;
	if (r->hit < r->pager.top || r->hit >= r->pager.bottom) {
		pager_go(&r->pager, r->hit);
		pager_up(&r->pager, r->rows / 3);
	}
}

static void count_lines(struct reader *r)
{
	struct buf line = BUF_INIT;
	size_t start, end;

	for (size_t i = 0; i < r->sheet.lines.n && r->hits < READER_HITS; i++) {
		buf_clear(&line);
		sheet_line_text(&line, &r->sheet, i);
		r->hits += matcher_find(r->matcher, buf_span(&line), 0, &start, &end) == 1;
	}
	r->counting = false;
	buf_free(&line);
}

static void count_slice(struct app *app, struct reader *r)
{
	int64_t start = clock_steady_us();

	app_dirty(app);
	if (r->mode == READER_SHEET) {
		count_lines(r);
		return;
	}
	while (r->counting && clock_steady_us() - start < SLICE_US) {
		int got = pager_search(&r->pager, r->matcher, false, &r->count_at);
		uint64_t at = r->count_at;

		if (got == 1) {
			r->hits++;
			r->count_at = pager_after(&r->pager, at);
		}
		r->counting = got >= 0 && !(got == 1 && r->count_at == at) && r->hits < READER_HITS && r->count_at < READER_COUNTED;
	}
}

bool reader_idle(struct app *app, struct screen *s)
{
	struct reader *r = s->state;

	if (r->searching) {
		search_slice(app, r);
	} else if (r->counting) {
		count_slice(app, r);
	} else if (r->seeking_end) {
		app_dirty(app);
		if (pager_seek_end(&r->pager, &r->seek_at)) {
			r->seeking_end = false;
			pager_last(&r->pager, r->rows);
		}
	}
	return r->searching || r->counting || r->seeking_end;
}
