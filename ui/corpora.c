/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first screen: corpora, and below them the runs that made something to review. */
#include "config.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "base/i18n.h"
#include "text/display.h"
#include "ui/app_inside.h"
#include "ui/ask.h"
#include "ui/beads.h"
#include "ui/calibration.h"
#include "ui/corpora_health.h"
#include "ui/documents.h"
#include "ui/empty.h"
#include "ui/lexicon.h"
#include "ui/list.h"
#include "ui/order_screen.h"
#include "ui/tradeoff.h"
#include "ui/words.h"

struct corpora {
	struct list list;
	struct corpus *corpora;
	size_t n_corpora;
	struct run *runs;
	size_t n_runs;
	struct health_check *checking;
	struct corpus_health *health; /* as far as known */
	size_t n_health;
};

static void forget(struct corpora *c)
{
	free(c->corpora);
	for (size_t i = 0; i < c->n_runs; i++)
		run_free(&c->runs[i]);
	free(c->runs);
	c->corpora = NULL;
	c->runs = NULL;
	c->n_corpora = c->n_runs = 0;
}

/* Imports are seen as their corpora. */
static void drop_imports(struct corpora *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n_runs; i++) {
		if (strcmp(c->runs[i].pipeline, "import") == 0)
			run_free(&c->runs[i]);
		else
			c->runs[kept++] = c->runs[i];
	}
	c->n_runs = kept;
}

static int reload(struct app *app, struct corpora *c, struct error *err)
{
	int code;

	forget(c);
	code = store_corpus_list(app->store, &c->corpora, &c->n_corpora, err);
	if (code == 0)
		code = store_run_list(app->store, &c->runs, &c->n_runs, err);
	drop_imports(c);
	app_dirty(app);
	return code;
}

static void take_health(struct app *app, struct screen *s, struct corpus_health *found, size_t n)
{
	struct corpora *c = s->state;

	free(c->health);
	c->checking = NULL;
	c->health = found;
	c->n_health = n;
	app_dirty(app);
}

static void check_files(struct app *app, struct screen *s)
{
	struct corpora *c = s->state;

	if (!c->checking && c->n_corpora > 0)
		c->checking = health_check_start(app, s, take_health);
}

static int corpora_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	struct corpora *c = xcalloc(1, sizeof *c);

	(void)arg;
	s->state = c;
	if (reload(app, c, err) == 0) {
		check_files(app, s);
		return 0;
	}
	forget(c);
	free(c);
	return err->code;
}

static void corpora_close(struct app *app, struct screen *s)
{
	struct corpora *c = s->state;

	(void)app;
	if (c->checking)
		health_check_stop(c->checking);
	forget(c);
	free(c->health);
	free(c);
}

static void corpora_woken(struct app *app, struct screen *s)
{
	struct error err = { 0 };

	if (reload(app, s->state, &err) < 0)
		app_fail(app, &err);
}

static void corpora_shown(struct app *app, struct screen *s)
{
	corpora_woken(app, s);
	check_files(app, s);
}

/* ---- drawing ---- */

static int name_width(const struct corpora *c, int columns)
{
	int widest = 12;

	for (size_t i = 0; i < c->n_corpora; i++) {
		int w = display_columns(span_of(c->corpora[i].name), false);

		widest = w > widest ? w : widest;
	}
	return widest < columns - 48 ? widest : columns - 48 > 12 ? columns - 48 : 12;
}

/* What is wrong with the files; false when nothing is known to be. */
static bool add_trouble(struct buf *out, const struct corpus_health *h)
{
	if (h && h->changed)
		buf_addf(out, PL_("%u changed", "%u changed", h->changed), h->changed);
	else if (h && h->missing)
		buf_addf(out, PL_("%u missing", "%u missing", h->missing), h->missing);
	else if (h && h->grown)
		buf_addf(out, PL_("%u grown", "%u grown", h->grown), h->grown);
	return out->len > 0;
}

/* The size and how many files there are, or what is wrong with them, in the size's place where there is no other. */
static void draw_files(struct app *app, struct rect r, int y, int x, const struct corpus *c, const struct corpus_health *health)
{
	struct buf trouble = BUF_INIT;
	bool wrong = add_trouble(&trouble, health), room = r.columns > x + 62;
	char size[32];

	words_bytes(size, c->bytes);
	if (room || !wrong)
		draw_right(app, r, y, x + 48, STYLE_DIM, size);
	else
		draw_right(app, r, y, x + 48, STYLE_WARNING, trouble.p);
	if (room && wrong)
		draw_text(app, r, y, x + 51, STYLE_WARNING, trouble.p);
	else if (room)
		draw_textf(app, r, y, x + 51, STYLE_DIM, PL_("%u source", "%u sources", c->sources), c->sources);
	buf_free(&trouble);
}

static const struct corpus_health *health_of(const struct corpora *c, int64_t corpus)
{
	for (size_t i = 0; i < c->n_health; i++)
		if (c->health[i].corpus == corpus)
			return &c->health[i];
	return NULL;
}

static void draw_corpus(struct app *app, struct rect r, int y, int width, const struct corpus *c, const struct corpus_health *health,
			bool here)
{
	enum style style = here ? STYLE_STRONG : STYLE_TEXT;
	struct rect name = { r.y, r.x, r.rows, 3 + width };
	char number[32];
	int x = 3 + width;

	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	draw_data(app, name, y, 3, style, span_of(c->name));
	draw_text(app, r, y, x + 2, STYLE_LABEL, _(item_kind_name(c->kind)));
	words_count(number, c->records);
	draw_right(app, r, y, x + 28, style, number);
	if (c->rejected)
		words_count(number, c->rejected);
	draw_right(app, r, y, x + 38, c->rejected ? STYLE_WARNING : STYLE_DIM, c->rejected ? number : "–");
	draw_files(app, r, y, x, c, health);
}

static void draw_header(struct app *app, struct rect r, int y, int width)
{
	int x = 3 + width;

	draw_text(app, r, y, 3, STYLE_LABEL, _("corpus"));
	draw_text(app, r, y, x + 2, STYLE_LABEL, _("kind"));
	draw_right(app, r, y, x + 28, STYLE_LABEL, _("records"));
	draw_right(app, r, y, x + 38, STYLE_LABEL, _("rejected"));
	draw_right(app, r, y, x + 48, STYLE_LABEL, _("size"));
}

/* What a run made, from the figures its end was written with: those people ask for, else the first few there are. */
static const struct {
	const char *key, *words;
} figures[] = {
	{ "documents", N_("documents") }, { "kept", N_("kept") },           { "removed", N_("removed") }, { "clusters", N_("clusters") },
	{ "files", N_("files") },         { "links", N_("links") },         { "satisfied", N_("in order") }, { "pairs", N_("pairs") },
};
#define FIGURES (sizeof figures / sizeof *figures)

static bool add_figure(struct buf *out, const char *words, const json_t *value)
{
	char number[32];

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	words_count(number, (uint64_t)json_integer_value(value));
	buf_addf(out, "%s%s %s", out->len ? "  " : "", words, number);
	return true;
}

static void add_first_figures(struct buf *out, json_t *counts)
{
	const char *key;
	json_t *value;
	int n = 0;

	json_object_foreach(counts, key, value)
		if (n < 4 && add_figure(out, key, value))
			n++;
}

static void run_words(struct buf *out, const struct run *run)
{
	json_t *counts = json_loads(run->counts ? run->counts : "", 0, NULL);
	bool drafts = strcmp(run->pipeline, "backtranslate") == 0; /* its documents are what was read, its pairs what was made */
	bool documents = json_object_get(counts, "documents") != NULL;    /* of a dedup run pairs are a step on its way */
	const char *aside = drafts ? "documents" : documents ? "pairs" : "";

	for (size_t i = 0; i < FIGURES; i++)
		if (strcmp(figures[i].key, aside) != 0)
			add_figure(out, _(figures[i].words), json_object_get(counts, figures[i].key));
	if (out->len == 0)
		add_first_figures(out, counts);
	json_decref(counts);
}

static void draw_run(struct app *app, struct rect r, int y, const struct run *run, bool here)
{
	enum style style = here ? STYLE_STRONG : STYLE_TEXT;
	struct buf text = BUF_INIT;

	if (run->ended_ms)
		run_words(&text, run);
	else
		buf_adds(&text, _("not finished"));
	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	draw_textf(app, r, y, 3, style, "%-12s", run->pipeline);
	draw_textf(app, r, y, 17, STYLE_DIM, _("run %lld"), (long long)run->id);
	draw_data(app, r, y, 28, STYLE_DIM, buf_span(&text));
	buf_free(&text);
}

static void draw_empty(struct app *app, struct rect area)
{
	static const struct hint hints[] = {
		{ ACTION_IMPORT, N_("import a file or folder: JSON Lines, CSV, text, TMX …") },
		{ ACTION_HELP, N_("the keys of this screen") },
		{ ACTION_BACK, N_("leave") },
		{ ACTION_NONE, N_("From the shell, tamis FILE… imports and opens at once.") },
		{ ACTION_NONE, NULL },
	};

	empty_draw(app, area, _("This workspace has no corpora yet."), hints);
}

static void corpora_draw(struct app *app, struct screen *s, struct rect area)
{
	struct corpora *c = s->state;
	uint64_t n = c->n_corpora + c->n_runs;
	int width = name_width(c, area.columns);
	struct rect header;
	int y = 0;

	if (n == 0) {
		draw_empty(app, area);
		return;
	}
	header = rect_top(&area, 2);
	draw_header(app, header, 1, width);
	list_fit(&c->list, n, area.rows - (c->n_runs ? 2 : 0));
	c->list.first_row = area.y;
	for (uint64_t i = c->list.top; i < n && y < area.rows; i++) {
		bool here = i == c->list.cursor;

		if (i == c->n_corpora) {
			draw_text(app, area, y + 1, 3, STYLE_LABEL, _("made by runs"));
			y += 2;
		}
		if (i < c->n_corpora)
			draw_corpus(app, area, y++, width, &c->corpora[i], health_of(c, c->corpora[i].id), here);
		else
			draw_run(app, area, y++, &c->runs[i - c->n_corpora], here);
	}
	draw_scroll_mark(app, area, c->list.top, (uint64_t)c->list.rows, n);
}

static void corpora_title(struct app *app, struct screen *s, struct buf *out)
{
	(void)app;
	(void)s;
	buf_adds(out, _("corpora"));
}

static void corpora_status(struct app *app, struct screen *s, struct buf *out)
{
	struct corpora *c = s->state;
	uint64_t records = 0;
	char number[32];

	(void)app;
	if (c->n_corpora == 0)
		return;
	for (size_t i = 0; i < c->n_corpora; i++)
		records += c->corpora[i].records;
	words_count(number, records);
	buf_addf(out, PL_("%zu corpus", "%zu corpora", c->n_corpora), c->n_corpora);
	buf_addf(out, PL_(", %s record", ", %s records", records), number);
}

/* ---- actions ---- */

static void do_review(struct app *app, struct screen *s, const char *argument)
{
	struct corpora *c = s->state;
	struct review_request request = { 0 };

	(void)argument;
	if (c->list.cursor < c->n_corpora) {
		request.corpus = c->corpora[c->list.cursor].id;
		request.kind = c->corpora[c->list.cursor].kind;
	} else if (c->list.cursor < c->n_corpora + c->n_runs) {
		request.run = c->runs[c->list.cursor - c->n_corpora].id;
	} else {
		app_say(app, STYLE_WARNING, _("There is nothing to review yet: import something first."));
		return;
	}
	app_review(app, &request);
}

/* An order is more than its items: its tree is looked at again, with the cache of the first time. */
static bool open_order(struct app *app, const struct run *run)
{
	json_t *parameters = json_loads(run->parameters ? run->parameters : "", 0, NULL);
	const char *path = json_string_value(json_object_get(parameters, "path"));
	bool there = path && access(path, R_OK) == 0;

	if (there)
		order_screen_start(app, path);
	json_decref(parameters);
	return there;
}

static void do_open(struct app *app, struct screen *s, const char *argument)
{
	struct corpora *c = s->state;
	struct documents_request request = { 0 };

	if (c->list.cursor >= c->n_corpora) {
		const struct run *run = c->list.cursor < c->n_corpora + c->n_runs ? &c->runs[c->list.cursor - c->n_corpora] : NULL;

		if (!run || strcmp(run->pipeline, "order") != 0 || !open_order(app, run))
			do_review(app, s, argument);
		return;
	}
	request.corpus = c->corpora[c->list.cursor].id;
	app_push(app, &documents_screen, &request);
}

static void do_dedup(struct app *app, struct screen *s, const char *argument)
{
	const struct corpora *c = s->state;

	(void)argument;
	if (c->list.cursor >= c->n_corpora) {
		app_say(app, STYLE_WARNING, _("Choose a corpus: runs are not deduplicated."));
		return;
	}
	tradeoff_screen_start(app, c->corpora[c->list.cursor].name);
}

/* The number of the run under the cursor; 0 after saying what to choose. */
static int64_t chosen_run(struct app *app, const struct corpora *c, const char *what)
{
	if (c->list.cursor >= c->n_corpora && c->list.cursor < c->n_corpora + c->n_runs)
		return c->runs[c->list.cursor - c->n_corpora].id;
	app_say(app, STYLE_WARNING, "%s", what);
	return 0;
}

static void do_calibrate(struct app *app, struct screen *s, const char *argument)
{
	int64_t run = chosen_run(app, s->state, _("Choose a run: scores are calibrated for its items."));

	(void)argument;
	if (run)
		calibration_start(app, run);
}

static void do_beads(struct app *app, struct screen *s, const char *argument)
{
	int64_t run = chosen_run(app, s->state, _("Choose a run of tamis mine --align: its beads can be corrected."));

	(void)argument;
	if (run)
		beads_start(app, run);
}

static void do_lexicon(struct app *app, struct screen *s, const char *argument)
{
	int64_t run = chosen_run(app, s->state, _("Choose a run of tamis mine: it has a lexicon."));

	(void)argument;
	if (run)
		lexicon_start(app, run);
}

static void do_ask(struct app *app, struct screen *s, const char *argument)
{
	const struct corpora *c = s->state;

	if (c->list.cursor < c->n_corpora)
		ask_model(app, c->corpora[c->list.cursor].name, NULL, argument);
	else if (c->list.cursor < c->n_corpora + c->n_runs)
		ask_model(app, NULL, &c->runs[c->list.cursor - c->n_corpora], argument);
	else
		app_say(app, STYLE_WARNING, _("There is nothing to ask about yet: import something first."));
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_OPEN, do_open },
	{ ACTION_REVIEW, do_review },
	{ ACTION_IMPORT, app_ask_import },
	{ ACTION_ORDER_TREE, order_screen_ask },
	{ ACTION_DEDUP, do_dedup },
	{ ACTION_CALIBRATE, do_calibrate },
	{ ACTION_BEADS, do_beads },
	{ ACTION_LEXICON, do_lexicon },
	{ ACTION_ASK, do_ask },
	{ ACTION_NONE, NULL },
};

const struct screen_type corpora_screen = {
	.id = SCREEN_CORPORA,
	.handlers = handlers,
	.open = corpora_open,
	.close = corpora_close,
	.draw = corpora_draw,
	.title = corpora_title,
	.status = corpora_status,
	.shown = corpora_shown,
	.woken = corpora_woken,
	.pointed = list_pointed,
};
