/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two plots and the figures of both settings: M marks MinHash, S SimHash, the setting that moves stands out. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "ui/tradeoff.h"
#include "ui/words.h"

#define AXIS 5          /* columns of the labels of y */
#define PLOT_LEAST 6    /* rows under which plots are left out */

static double share_of(const struct tradeoff_point *p, double similarity)
{
	return p->method == DEDUP_MINHASH ? banding_probability(p->banding, similarity)
					  : simhash_probability(p->distance, similarity);
}

/* A frame with 100 % on top and 0 % below; returns the rectangle inside. */
static struct rect draw_axes(struct app *app, struct rect r, const char *heading, const char *left, const char *right)
{
	struct rect inner = { r.y + 1, r.x + AXIS, r.rows - 2, r.columns - AXIS - 1 };

	draw_text(app, r, 0, AXIS, STYLE_LABEL, heading);
	for (int y = 1; y < r.rows - 1; y++)
		draw_text(app, r, y, AXIS - 1, STYLE_DIM, "│");
	draw_text(app, r, 1, 0, STYLE_DIM, "100%");
	draw_text(app, r, r.rows - 2, 2, STYLE_DIM, "0%");
	draw_text(app, r, r.rows - 1, AXIS, STYLE_DIM, left);
	draw_right(app, r, r.rows - 1, r.columns - 1, STYLE_DIM, right);
	return inner;
}

static int row_of(struct rect plot, double share)
{
	int y = (int)lround((1 - share) * (plot.rows - 1));

	return y < 0 ? 0 : y >= plot.rows ? plot.rows - 1 : y;
}

/* P(candidate) by similarity for both settings, with a line at the threshold. */
static void draw_curves(struct app *app, struct rect r, const struct tradeoff_state *t)
{
	double threshold = (double)t->threshold / THRESHOLD_ONE;
	struct rect plot = draw_axes(app, r, _("chance to be found, by similarity"), "0", "1");
	int at = (int)lround(threshold * (plot.columns - 1));

	if (plot.rows < 2 || plot.columns < 10)
		return;
	for (int y = 0; y < plot.rows; y++)
		draw_text(app, plot, y, at, STYLE_DIM, "┊");
	for (int method = DEDUP_SIMHASH; method >= DEDUP_MINHASH; method--)
		for (int x = 0; x < plot.columns; x++) {
			double share = share_of(&t->now[method], (double)x / (plot.columns - 1));

			draw_text(app, plot, row_of(plot, share), x, (int)t->method == method ? STYLE_STRONG : STYLE_TEXT,
				  method == DEDUP_MINHASH ? "M" : "S");
		}
}

static double cost_of(const struct tradeoff_point *p)
{
	return log10(p->candidates > 1 ? p->candidates : 1);
}

static void draw_point(struct app *app, struct rect plot, const struct tradeoff_point *p, double least, double most,
		       enum style style, const char *mark)
{
	double span = most > least ? most - least : 1;

	if (!isnan(p->recall))
		draw_text(app, plot, row_of(plot, p->recall), (int)lround((cost_of(p) - least) / span * (plot.columns - 1)), style,
			  mark);
}

/* Recall on the sample by the number of candidates, logarithmic. */
static void draw_points(struct app *app, struct rect r, const struct tradeoff_state *t)
{
	double least = 99, most = 0;
	char low[32], high[32];
	struct rect plot;

	vec_each(&t->seen, i) {
		least = fmin(least, cost_of(&t->seen.v[i]));
		most = fmax(most, cost_of(&t->seen.v[i]));
	}
	words_count(low, (uint64_t)llround(pow(10, least)));
	words_count(high, (uint64_t)llround(pow(10, most)));
	plot = draw_axes(app, r, _("found, by pairs to look at"), low, high);
	if (plot.rows < 2 || plot.columns < 10)
		return;
	vec_each(&t->seen, i)
		draw_point(app, plot, &t->seen.v[i], least, most, STYLE_DIM, t->seen.v[i].method == DEDUP_MINHASH ? "m" : "s");
	for (int method = DEDUP_MINHASH; method <= DEDUP_SIMHASH; method++)
		draw_point(app, plot, &t->now[method], least, most, (int)t->method == method ? STYLE_CURSOR : STYLE_STRONG,
			   method == DEDUP_MINHASH ? "M" : "S");
}

static void percent(char out[16], double share)
{
	if (isnan(share))
		snprintf(out, 16, "-");
	else
		snprintf(out, 16, "%.1f%%", 100 * share);
}

static void draw_figures(struct app *app, struct rect r, int y, const struct tradeoff_state *t, enum dedup_method method)
{
	const struct tradeoff_point *p = &t->now[method];
	char setting[32], recall[16], low[16], high[16], theory[16], precise[16], candidates[32], verified[32];
	bool here = t->method == method;

	if (method == DEDUP_MINHASH)
		snprintf(setting, sizeof setting, "M %ux%u", p->banding.bands, p->banding.rows);
	else
		snprintf(setting, sizeof setting, "S k=%u", p->distance);
	percent(recall, p->recall);
	percent(low, p->low);
	percent(high, p->high);
	percent(theory, p->theory);
	percent(precise, p->precision);
	words_count(candidates, (uint64_t)llround(p->candidates));
	words_count(verified, (uint64_t)llround(p->verified));
	draw_text(app, r, y, 0, STYLE_CURSOR, here ? "▸" : " ");
	draw_textf(app, r, y, 2, here ? STYLE_STRONG : STYLE_TEXT, "%-8s %7s %7s-%-7s %7s %11s %7s %10s %5u", setting, recall, low,
		   high, theory, candidates, precise, verified, p->bytes);
}

static void draw_help(struct app *app, struct rect r, int y, const struct tradeoff_state *t)
{
	draw_text(app, r, y, 2, STYLE_DIM,
		  t->method == DEDUP_MINHASH ? _("left right: rows   up down: bands   tab: SimHash   t: threshold   D: deduplicate with this")
					     : _("left right: distance   tab: MinHash   t: threshold   D: deduplicate with this"));
}

void tradeoff_draw(struct app *app, struct screen *s, struct rect area)
{
	const struct tradeoff_state *t = s->state;
	struct rect figures, left;

	figures = rect_bottom(&area, area.rows > 5 ? 5 : area.rows);
	draw_textf(app, figures, 0, 2, STYLE_LABEL, "%-8s %7s %15s %7s %11s %7s %10s %5s", _("setting"), _("found"), _("95 %"),
		   _("theory"), _("candidates"), _("right"), _("verified"), _("B/doc"));
	draw_figures(app, figures, 1, t, DEDUP_MINHASH);
	draw_figures(app, figures, 2, t, DEDUP_SIMHASH);
	draw_help(app, figures, 4, t);
	if (area.rows < PLOT_LEAST)
		return;
	left = rect_left(&area, area.columns / 2);
	draw_curves(app, left, t);
	draw_points(app, area, t);
}
