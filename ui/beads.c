/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beads side by side.  Documents and links are read once, in the background; every step after that is done at once. */
#include "config.h"

#include "ui/beads.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "jobs/bead_desk.h"
#include "text/display.h"
#include "ui/words.h"

#define GUTTER 9        /* sign, bead type, marks */
#define WHOLE_FROM 18   /* rows from which the bead under the cursor is shown whole below */

struct beads {
	struct bead_desk *desk;  /* owned */
	size_t at, top;          /* bead under the cursor, first one drawn */
	size_t shown;            /* beads drawn last */
	bool leave_asked;
};

/* ---- opening ---- */

struct start {
	struct app *app;
	int64_t run;
};

struct ready {
	struct app_message m;
	struct bead_desk *desk;
};

static void deliver(struct app *app, struct app_message *m)
{
	struct ready *r = (struct ready *)m;

	app->message_shown = false; /* that it is being read */
	if (app_push(app, &beads_screen, r->desk) < 0)
		bead_desk_free(r->desk);
	else if (r->desk->by_words)
		app_say(app, STYLE_WARNING, _("Aligning again compares words, not the embeddings of this run: %s."), r->desk->by_words);
	else if (r->desk->draft_lost)
		app_say(app, STYLE_WARNING, _("Kept corrections do not fit the documents any more: begun anew."));
	else if (r->desk->resumed)
		app_say(app, STYLE_TEXT, _("Corrections brought back: u undoes them, W makes a run of them."));
	free(r);
}

static int read_run(struct job *job, struct store *s, void *arg, struct error *err)
{
	const struct start *start = arg;
	struct bead_desk *desk;
	struct ready *r;
	int rc = bead_desk_open(&desk, s, start->run, job, err);

	if (rc < 0)
		return rc;
	r = xcalloc(1, sizeof *r);
	r->m.deliver = deliver;
	r->desk = desk;
	app_post(start->app, &r->m);
	return 0;
}

void beads_start(struct app *app, int64_t run)
{
	struct start *start = xcalloc(1, sizeof *start);
	char *title = xasprintf(_("alignment of run %lld"), (long long)run);

	*start = (struct start){ app, run };
	jobs_start(app->jobs, title, read_run, start, free);
	app_say(app, STYLE_TEXT, _("Run %lld: reading documents and dictionaries, linking words …"), (long long)run);
	free(title);
}

/* ---- moving ---- */

static void go(struct app *app, struct beads *b, size_t to)
{
	size_t n = b->desk->beads.n;

	b->at = n == 0 ? 0 : to < n ? to : n - 1;
	b->leave_asked = false;
	app_dirty(app);
}

static void do_down(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;

	(void)argument;
	go(app, b, b->at + 1);
}

static void do_up(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;

	(void)argument;
	go(app, b, b->at ? b->at - 1 : 0);
}

static void do_page_down(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;

	(void)argument;
	go(app, b, b->at + (b->shown > 1 ? b->shown - 1 : 1));
}

static void do_page_up(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;
	size_t page = b->shown > 1 ? b->shown - 1 : 1;

	(void)argument;
	go(app, b, b->at > page ? b->at - page : 0);
}

static void do_first(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	go(app, s->state, 0);
}

static void do_last(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	go(app, s->state, SIZE_MAX);
}

/* ---- steps ---- */

/* A step is on the disk before the next key is read: nothing that ends the program takes it away. */
static void keep(struct app *app, struct beads *b)
{
	struct error err = { 0 };

	if (bead_desk_keep(b->desk, app->store, &err) < 0)
		app_fail(app, &err);
}

static void done(struct app *app, struct beads *b, bool could, const char *why_not)
{
	if (could)
		keep(app, b);
	else
		app_say(app, STYLE_WARNING, "%s", why_not);
	go(app, b, b->at);
}

static void do_merge(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;

	(void)argument;
	done(app, b, bead_desk_merge(b->desk, b->at), _("There is no next bead, or the two together are too long."));
}

static void do_split(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;

	(void)argument;
	done(app, b, bead_desk_split(b->desk, b->at), _("One sentence can't be split here: edit the text in the review."));
}

static void shift(struct app *app, struct screen *s, int side, bool on)
{
	struct beads *b = s->state;

	done(app, b, bead_desk_shift(b->desk, b->at, side, on), _("There is no sentence to move over that boundary."));
}

static void do_source_on(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	shift(app, s, 0, true);
}

static void do_source_back(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	shift(app, s, 0, false);
}

static void do_target_on(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	shift(app, s, 1, true);
}

static void do_target_back(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	shift(app, s, 1, false);
}

static void realign(struct app *app, struct beads *b)
{
	struct error err = { 0 };
	int64_t start = clock_steady_us();
	uint32_t x = b->at < b->desk->beads.n ? b->desk->beads.v[b->at].bead.x : 0;
	size_t at = 0;

	if (bead_desk_realign(b->desk, &err) < 0) {
		app_fail(app, &err);
		return;
	}
	while (at + 1 < b->desk->beads.n && b->desk->beads.v[at].bead.x < x)
		at++;
	app_say(app, STYLE_TEXT, _("Aligned again between pins and corrections in %.0f ms."), (double)(clock_steady_us() - start) / 1000);
	keep(app, b);
	go(app, b, at);
}

static void do_pin(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;

	(void)argument;
	done(app, b, bead_desk_pin(b->desk, b->at), _("The beginning is a boundary anyway."));
}

static void do_realign(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	realign(app, s->state);
}

static void do_undo(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;

	(void)argument;
	done(app, b, bead_desk_undo(b->desk), _("There is nothing left to undo here."));
}

/* ---- saving ---- */

static void do_save(struct app *app, struct screen *s, const char *argument)
{
	struct beads *b = s->state;
	struct error err = { 0 };
	int64_t run;

	(void)argument;
	if (bead_desk_save(&run, b->desk, app->store, NULL, &err) < 0)
		app_fail(app, &err);
	else
		app_say(app, STYLE_TEXT, _("Saved as run %lld; the first one stays as it was."), (long long)run);
	app_dirty(app);
}

static bool leave(struct app *app, struct screen *s)
{
	struct beads *b = s->state;

	if (b->desk->unkept.n > 0 && !b->leave_asked) {
		b->leave_asked = true;
		app_say(app, STYLE_WARNING, _("The last corrections are not kept: once more leaves all the same."));
		return false;
	}
	if (b->desk->changed)
		app_say(app, STYLE_TEXT, _("Corrections kept with run %lld; not a run yet: B goes on with them."),
			(long long)b->desk->run);
	return true;
}

/* ---- drawing ---- */

static int rows_of(const struct desk_bead *b)
{
	int nx = b->bead.nx, ny = b->bead.ny;

	return nx > ny ? nx : ny;
}

static void draw_side(struct app *app, struct rect r, int y, const struct bead_desk *d, const struct desk_bead *b, int side, int row,
		      enum style style)
{
	int n = side ? b->bead.ny : b->bead.nx;
	size_t first = side ? b->bead.y : b->bead.x;

	if (row < n)
		draw_data(app, r, y, 0, style, bead_desk_sentence(d, side, first + (size_t)row));
	else if (n == 0 && row == 0)
		draw_text(app, r, y, 0, STYLE_WARNING, _("(no partner)"));
}

static void draw_bead(struct app *app, struct rect area, int y, const struct bead_desk *d, const struct desk_bead *b, bool here)
{
	int half = (area.columns - GUTTER - 3) / 2;
	struct rect left = { area.y, area.x + GUTTER, area.rows, half };
	struct rect right = { area.y, area.x + GUTTER + half + 3, area.rows, area.columns - GUTTER - half - 3 };
	enum style style = here ? STYLE_STRONG : STYLE_TEXT;

	draw_text(app, area, y, 0, STYLE_CURSOR, here ? "▸" : " ");
	draw_textf(app, area, y, 2, b->bead.nx == 1 && b->bead.ny == 1 ? STYLE_DIM : STYLE_LABEL, "%d-%d", b->bead.nx, b->bead.ny);
	draw_text(app, area, y, 6, STYLE_FLAG, b->pinned ? "┳" : " ");
	draw_text(app, area, y, 7, STYLE_CHANGED, b->locked ? "✎" : " ");
	for (int row = 0; row < rows_of(b) && y + row < area.rows; row++) {
		draw_side(app, left, y + row, d, b, 0, row, style);
		draw_text(app, area, y + row, GUTTER + half + 1, STYLE_DIM, "│");
		draw_side(app, right, y + row, d, b, 1, row, style);
	}
}

/* The cursor's bead must be on the screen whole, if there is room. */
static void fit(struct beads *b, int rows)
{
	int used = 0;

	if (b->at < b->top)
		b->top = b->at;
	for (size_t i = b->at + 1; i-- > b->top;) {
		used += rows_of(&b->desk->beads.v[i]);
		if (used > rows) {
			b->top = i + 1 <= b->at ? i + 1 : b->at;
			return;
		}
	}
}

static void wrap_side(struct sheet *out, const struct bead_desk *d, const struct desk_bead *b, int side, int columns)
{
	int n = side ? b->bead.ny : b->bead.nx;

	for (int k = 0; k < n; k++)
		sheet_wrap(out, STYLE_TEXT, -1, bead_desk_sentence(d, side, (size_t)k + (side ? b->bead.y : b->bead.x)), columns, 0);
}

/* The bead under the cursor, whole. */
static void draw_whole(struct app *app, struct rect r, const struct bead_desk *d, const struct desk_bead *b)
{
	struct sheet left = { 0 }, right = { 0 }, both = { 0 };
	int half = (r.columns - 3) / 2;

	draw_rule(app, rect_top(&r, 1), 0, STYLE_DIM, _("this bead"));
	wrap_side(&left, d, b, 0, half);
	wrap_side(&right, d, b, 1, r.columns - 3 - half);
	sheet_beside(&both, &left, &right, half, " │ ");
	draw_sheet(app, r, &both, 0);
	sheet_free(&left);
	sheet_free(&right);
	sheet_free(&both);
}

static void draw(struct app *app, struct screen *s, struct rect area)
{
	struct beads *b = s->state;
	struct rect help = rect_bottom(&area, 1);
	int y = 0;

	if (area.rows >= WHOLE_FROM && b->at < b->desk->beads.n)
		draw_whole(app, rect_bottom(&area, area.rows / 3), b->desk, &b->desk->beads.v[b->at]);

	draw_text(app, help, 0, 2, STYLE_DIM, _("m merge  s split  > < source  ] [ target  p pin  r align again  u undo  W save"));
	if (b->desk->beads.n == 0)
		return;
	fit(b, area.rows);
	b->shown = 0;
	for (size_t i = b->top; i < b->desk->beads.n && y < area.rows; i++) {
		const struct desk_bead *bead = &b->desk->beads.v[i];

		draw_bead(app, area, y, b->desk, bead, i == b->at);
		y += rows_of(bead);
		b->shown++;
	}
}

/* ---- the screen ---- */

static int open_screen(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	struct beads *b = xcalloc(1, sizeof *b);

	(void)app;
	(void)err;
	b->desk = (struct bead_desk *)arg;
	s->state = b;
	return 0;
}

static void close_screen(struct app *app, struct screen *s)
{
	struct beads *b = s->state;

	(void)app;
	bead_desk_free(b->desk);
	free(b);
}

static void title(struct app *app, struct screen *s, struct buf *out)
{
	const struct beads *b = s->state;

	(void)app;
	buf_addf(out, _("alignment of run %lld"), (long long)b->desk->run);
}

static void status(struct app *app, struct screen *s, struct buf *out)
{
	const struct beads *b = s->state;
	size_t locked = 0, pinned = 0;

	(void)app;
	vec_each(&b->desk->beads, i) {
		locked += b->desk->beads.v[i].locked;
		pinned += b->desk->beads.v[i].pinned;
	}
	buf_addf(out, _("bead %zu of %zu"), b->at + 1, b->desk->beads.n);
	buf_addf(out, _("  corrected %zu  pinned %zu"), locked, pinned);
	if (b->desk->by_words)
		buf_adds(out, _("  by words"));
	else if (b->desk->embeddings.used)
		buf_adds(out, _("  by embeddings"));
	if (b->desk->changed)
		buf_adds(out, b->desk->unkept.n ? _("  not kept") : _("  kept, not yet a run"));
}

static const struct action_handler handlers[] = {
	{ ACTION_DOWN, do_down },
	{ ACTION_UP, do_up },
	{ ACTION_PAGE_DOWN, do_page_down },
	{ ACTION_PAGE_UP, do_page_up },
	{ ACTION_FIRST, do_first },
	{ ACTION_LAST, do_last },
	{ ACTION_MERGE, do_merge },
	{ ACTION_SPLIT, do_split },
	{ ACTION_SOURCE_ON, do_source_on },
	{ ACTION_SOURCE_BACK, do_source_back },
	{ ACTION_TARGET_ON, do_target_on },
	{ ACTION_TARGET_BACK, do_target_back },
	{ ACTION_PIN, do_pin },
	{ ACTION_REALIGN, do_realign },
	{ ACTION_UNDO, do_undo },
	{ ACTION_SAVE, do_save },
	{ ACTION_NONE, NULL },
};

const struct screen_type beads_screen = {
	.id = SCREEN_BEADS,
	.handlers = handlers,
	.open = open_screen,
	.close = close_screen,
	.draw = draw,
	.title = title,
	.status = status,
	.leave = leave,
};
