/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histogram, matrix and figures.  What is kept stands out; the cursor is a sign, never colour alone. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "text/display.h"
#include "ui/calibration.h"
#include "ui/words.h"

#define LABELS 9          /* columns left of the bars */
#define FIGURE_ROWS 9
#define DIGIT_ROWS 4      /* below the bars: the axis, judged, good, fitted */
#define PLOT_LEAST 3
#define TABLE_COLUMNS 80
#define BESIDE 160        /* columns from which the table stands beside the histogram */
#define TABLE_BARS 20

static bool kept(double low, double threshold)
{
	return low >= threshold - 1e-12;
}

/* Where the cursor stands: the bar that holds the threshold. */
static size_t bar_at(const struct calibration_bar *bars, size_t n, double threshold)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		if (bars[i].low <= threshold + 1e-12)
			at = i;
	return at;
}

/* ---- words ---- */

static void percent(char out[16], double share)
{
	if (isnan(share))
		snprintf(out, 16, "–");
	else
		snprintf(out, 16, "%.1f %%", 100 * share);
}

static void share_words(char out[64], const struct calibration_share *s)
{
	if (isnan(s->share))
		snprintf(out, 64, "%s", _("unknown"));
	else
		snprintf(out, 64, "%.1f %% (%.1f–%.1f)", 100 * s->share, 100 * s->low, 100 * s->high);
}

static void short_words(char out[64], const struct calibration_share *s)
{
	if (isnan(s->share))
		snprintf(out, 64, "–");
	else
		snprintf(out, 64, "%.0f (%.0f–%.0f)", 100 * s->share, 100 * s->low, 100 * s->high);
}

static void real_words(char out[32], double x, int decimals)
{
	if (isnan(x))
		snprintf(out, 32, "%s", _("unknown"));
	else
		snprintf(out, 32, "%.*f", decimals, x);
}

void calibration_words(struct buf *out, const struct scores *sc, double threshold)
{
	struct calibration_figures f;
	char precision[64], recall[64];

	calibration_at(sc->calibration, threshold, &f);
	short_words(precision, &f.precision);
	short_words(recall, &f.recall);
	buf_addf(out, _("from %.3g: precision %s, recall %s"), threshold, precision, recall);
	if (!isnan(f.errors))
		buf_addf(out, _(", errors %.0f, lost %.0f"), f.errors, f.left);
}

/* ---- the histogram ---- */

static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

static void draw_bar(struct app *app, struct rect plot, int x, double height, enum style style)
{
	int eighths = (int)lround(height * plot.rows * 8);

	if (height > 0 && eighths == 0)
		eighths = 1;
	for (int y = 0; y < plot.rows; y++) {
		int here = eighths - 8 * (plot.rows - 1 - y);

		if (here > 0)
			draw_text(app, plot, y, x, style, blocks[here > 8 ? 8 : here]);
	}
}

/* Tenths as a digit; * for all. */
static void tenths(char out[8], double share)
{
	if (isnan(share))
		snprintf(out, 8, " ");
	else if (share >= 1 - 1e-9)
		snprintf(out, 8, "*");
	else
		snprintf(out, 8, "%d", (int)(share * 10));
}

static void draw_digits(struct app *app, struct rect r, const struct calibration_bar *bars, size_t n, size_t at)
{
	char digit[8];

	draw_text(app, r, 1, 0, STYLE_LABEL, _("judged"));
	draw_text(app, r, 2, 0, STYLE_LABEL, _("good"));
	draw_text(app, r, 3, 0, STYLE_LABEL, _("fitted"));
	for (size_t i = 0; i < n; i++) {
		size_t judged = bars[i].accepted + bars[i].rejected;
		int x = LABELS + (int)i;
		enum style style = i == at ? STYLE_STRONG : STYLE_TEXT;

		snprintf(digit, sizeof digit, judged > 9 ? "+" : "%zu", judged);
		if (judged)
			draw_text(app, r, 1, x, style, digit);
		tenths(digit, bars[i].good.share);
		draw_text(app, r, 2, x, style, digit);
		tenths(digit, bars[i].probability);
		draw_text(app, r, 3, x, style, digit);
	}
}

static void draw_axis(struct app *app, struct rect r, const struct calibration_bar *bars, size_t n, size_t at)
{
	char low[32], high[32];

	snprintf(low, sizeof low, "%.3g", bars[0].low);
	snprintf(high, sizeof high, "%.3g", bars[n - 1].high);
	draw_right(app, r, 0, LABELS - 1, STYLE_DIM, low);
	for (size_t i = 0; i < n; i++)
		draw_text(app, r, 0, LABELS + (int)i, STYLE_DIM, "─");
	draw_text(app, r, 0, LABELS + (int)at, STYLE_CURSOR, "▲");
	draw_text(app, r, 0, LABELS + (int)n + 1, STYLE_DIM, high);
}

static void draw_histogram(struct app *app, struct rect area, struct calibration_state *c)
{
	struct calibration_bar bars[SCORES_BARS];
	struct rect digits = rect_bottom(&area, DIGIT_ROWS), plot = area;
	int room = area.columns - LABELS - 8;
	size_t n, at, most = 1;
	char top[32];

	c->bars = room < 1 ? 1 : room > SCORES_BARS ? SCORES_BARS : (size_t)room;
	n = scores_bars(c->scores, c->bars, bars);
	at = bar_at(bars, n, c->threshold);
	for (size_t i = 0; i < n; i++)
		most = bars[i].n > most ? bars[i].n : most;
	words_count(top, most);
	draw_text(app, plot, 0, 0, STYLE_LABEL, _("items"));
	draw_right(app, plot, plot.rows > 1 ? 1 : 0, LABELS - 1, STYLE_DIM, top);
	for (int y = 0; y < plot.rows; y++)
		draw_text(app, plot, y, LABELS + (int)at, STYLE_DIM, "┊");
	for (size_t i = 0; i < n; i++)
		draw_bar(app, plot, LABELS + (int)i, (double)bars[i].n / (double)most,
			 kept(bars[i].low, c->threshold) || i == at ? STYLE_STRONG : STYLE_DIM);
	draw_axis(app, digits, bars, n, at);
	draw_digits(app, digits, bars, n, at);
}

/* ---- the matrix ---- */

static void draw_row(struct app *app, struct rect r, int y, const struct calibration_bar *b, bool judge, bool here, bool in)
{
	char score[32], good[16], low[16], high[16], fitted[16];
	size_t open = b->n - b->accepted - b->rejected - b->other;

	snprintf(score, sizeof score, "%.3g", judge ? b->low + .5 : b->low);
	percent(good, b->good.share);
	percent(low, b->good.low);
	percent(high, b->good.high);
	percent(fitted, b->probability);
	draw_text(app, r, y, 0, STYLE_CURSOR, here ? "▸" : " ");
	draw_textf(app, r, y, 2, in ? STYLE_STRONG : STYLE_DIM, "%7s %8zu %8zu %8zu %6zu %9zu ", score, b->n, b->accepted, b->rejected,
		   b->other, open);
	draw_right(app, r, y, 62, in ? STYLE_STRONG : STYLE_DIM, good);
	draw_right(app, r, y, 71, in ? STYLE_STRONG : STYLE_DIM, low);
	draw_right(app, r, y, 79, in ? STYLE_STRONG : STYLE_DIM, fitted);
	if (r.columns > 88)
		draw_right(app, r, y, 88, in ? STYLE_STRONG : STYLE_DIM, high);
}

static void draw_headings(struct app *app, struct rect r)
{
	static const struct {
		int x;
		const char *words;
	} headings[] = {
		{ 9, N_("score") },      { 18, N_("items") },  { 27, N_("accepted") },  { 36, N_("rejected") }, { 43, N_("other") },
		{ 53, N_("undecided") }, { 62, N_("good") },   { 71, N_("at least") },  { 79, N_("fitted") },   { 88, N_("at most") },
	};

	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		if (headings[i].x < r.columns)
			draw_right(app, r, 0, headings[i].x, STYLE_LABEL, _(headings[i].words));
}

static void draw_table(struct app *app, struct rect area, const struct calibration_state *c)
{
	struct calibration_bar bars[SCORES_BARS];
	size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1;
	size_t n = scores_bars(c->scores, room < TABLE_BARS ? room : TABLE_BARS, bars), at = bar_at(bars, n, c->threshold);

	draw_headings(app, area);
	for (size_t i = n; i-- > 0;)
		draw_row(app, area, (int)(n - i), &bars[i], c->scores->scale == SCALE_JUDGE, i == at, i == at || kept(bars[i].low, c->threshold));
	if (c->scores->scale == SCALE_JUDGE && area.rows > 8)
		draw_text(app, area, 7, 2, STYLE_DIM,
			  _("published judges (precision/recall): Humpback .44/.09, then .52/.44; GPT-4 .88/.92"));
}

/* ---- the figures ---- */

static void put(struct app *app, struct rect r, int y, const char *label, const char *first, const char *second)
{
	draw_text(app, r, y, 2, STYLE_LABEL, label);
	draw_text(app, r, y, 24, STYLE_TEXT, first);
	draw_text(app, r, y, 50, STYLE_TEXT, second);
}

static void put_counts(struct app *app, struct rect r, int y, const char *label, size_t first, size_t second)
{
	char a[32], b[32];

	words_count(a, first);
	words_count(b, second);
	put(app, r, y, label, a, b);
}

static void draw_figures(struct app *app, struct rect r, const struct calibration_state *c)
{
	const struct scores *sc = c->scores;
	struct calibration_figures f;
	char first[64], second[64], a[32], b[32];

	calibration_at(sc->calibration, c->threshold, &f);
	draw_textf(app, r, 0, 2, STYLE_STRONG, _("threshold %.4g"), c->threshold);
	draw_text(app, r, 0, 24, STYLE_LABEL, _("from there on"));
	draw_text(app, r, 0, 50, STYLE_LABEL, _("below"));
	put_counts(app, r, 1, _("items"), f.kept, f.below);
	put_counts(app, r, 2, _("accepted"), f.accepted, f.accepted_below);
	put_counts(app, r, 3, _("rejected"), f.rejected, f.rejected_below);
	real_words(a, f.right, 1);
	real_words(b, f.left, 1);
	put(app, r, 4, _("good, expected"), a, b);
	real_words(a, f.errors, 1);
	put(app, r, 5, _("errors, expected"), a, "");
	share_words(first, &f.precision);
	put(app, r, 6, _("precision (95 %)"), first, "");
	share_words(second, &f.recall);
	put(app, r, 7, _("recall (95 %)"), second, "");
	if (isnan(f.kappa))
		snprintf(a, sizeof a, "%s", _("unknown"));
	else
		snprintf(a, sizeof a, "%.2f ± %.2f", f.kappa, 1.96 * f.kappa_error);
	put(app, r, 8, _("kappa (95 %)"), a, "");
	if (sc->doubtful) {
		words_count(b, sc->doubtful);
		draw_textf(app, r, 8, 50, STYLE_DIM, PL_("%s item in doubt", "%s items in doubt", sc->doubtful), b);
	}
}

/* What the figures rest on, said in words. */
static void draw_basis(struct app *app, struct rect r, const struct calibration_state *c)
{
	struct calibration_figures f, here;

	calibration_at(c->scores->calibration, -INFINITY, &f);
	calibration_at(c->scores->calibration, c->threshold, &here);
	if (f.accepted + f.rejected == 0)
		draw_text(app, r, 0, 2, STYLE_WARNING,
			  c->scores->scale == SCALE_PROBABILITY ? _("No verdicts yet: what is expected is what the run says of itself.")
								: _("No verdicts yet: nothing is known of this score."));
	else if (here.unseen >= 1)
		draw_textf(app, r, 0, 2, STYLE_WARNING, _("%.0f of those kept have scores where nobody judged: the queue strata (p) tells."), here.unseen);
	else
		draw_text(app, r, 0, 2, STYLE_DIM, _("Judging by score or doubt is allowed for; choosing by what one sees is not."));
}

void calibration_draw(struct app *app, struct screen *s, struct rect area)
{
	struct calibration_state *c = s->state;
	bool matrix = c->table || c->scores->scale == SCALE_JUDGE;
	struct rect basis = rect_bottom(&area, 1), figures = rect_bottom(&area, FIGURE_ROWS);

	draw_basis(app, basis, c);
	draw_figures(app, figures, c);
	draw_text(app, rect_bottom(&area, 1), 0, 2, STYLE_DIM,
		  _("left right: bar  up down: score  enter: keep  n: near  p: queue  P: precision"));
	if (area.columns >= BESIDE && !matrix)
		draw_table(app, rect_right(&area, TABLE_COLUMNS), c);
	if (matrix)
		draw_table(app, area, c);
	else if (area.rows >= DIGIT_ROWS + PLOT_LEAST)
		draw_histogram(app, area, c);
}
