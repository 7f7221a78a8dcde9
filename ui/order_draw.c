/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order screen's three lists, and the pane that says why a file stands where it does. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/empty.h"
#include "ui/order_inside.h"
#include "ui/verdicts.h"
#include "ui/words.h"

#define BAR 8

static double share(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 100.0;
}

static struct span path_of(const struct order_state *o, uint32_t file)
{
	return o->work->repo.files.v[file].path;
}

/* ---- the figures over the list ---- */

static void draw_figures(struct app *app, const struct order_state *o, struct rect r)
{
	const struct order_work *w = o->work;
	char budget[32];
	int x;

	words_count(budget, o->request.budget ? o->request.budget : 32768);
	x = 1 + draw_textf(app, r, 0, 1, STYLE_STRONG, PL_("%.1f %% of %llu link satisfied", "%.1f %% of %llu links satisfied", w->order.links),
			   share(w->order.satisfied, w->order.links), (unsigned long long)w->order.links);
	x += draw_textf(app, r, 0, x, STYLE_DIM, _(" · strong %.1f %% · cuts %zu · largest cycle %u"),
			share(w->order.strong_satisfied, w->order.strong), w->order.cuts.n, w->order.largest);
	x = 1 + draw_textf(app, r, 1, 1, STYLE_DIM, _("%s of %s tokens hold %.1f %% of the links in %u windows"),
			   o->request.bundle ? _("bundles") : _("windows"), budget, share(w->windows.covered, w->windows.links),
			   w->windows.n);
	if (o->request.bundle && w->windows.source_tokens)
		x += draw_textf(app, r, 1, x, STYLE_DIM, _(" · every token %.1f times"),
				(double)w->windows.tokens / (double)w->windows.source_tokens);
	if (o->compared.n)
		draw_textf(app, r, 1, x, STYLE_LABEL, _(" · %s: %.1f %%"), order_kind_names[o->compared_kind],
			   share(o->compared.satisfied, o->compared.links));
}

/* ---- files ---- */

/* How large a file is among the window's tokens, in eighths of a cell. */
static void token_bar(char out[BAR * 3 + 1], uint64_t bytes, uint64_t budget)
{
	static const char *const eighths[] = { "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
	uint64_t tokens = bytes * 2 / 7, parts = budget ? tokens * BAR * 8 / budget : 0;
	size_t at = 0;

	if (parts > BAR * 8)
		parts = BAR * 8;
	for (; parts >= 8; parts -= 8, at += 3)
		memcpy(out + at, eighths[7], 3);
	if (parts || at == 0) {
		memcpy(out + at, eighths[parts ? parts - 1 : 0], 3);
		at += 3;
	}
	out[at] = '\0';
}

static bool is_cut(const struct order_state *o, uint32_t file)
{
	const struct code_graph *g = &o->work->resolution.graph;

	for (uint32_t k = g->first[file]; k < g->first[file + 1]; k++)
		if (o->work->order.position[g->links.v[k].to] > o->work->order.position[file] && !g->links.v[k].refused)
			return true;
	return false;
}

static void draw_file(struct app *app, const struct order_state *o, struct rect r, int y, uint32_t row)
{
	uint32_t file = o->shown[row];
	const struct code_facts *facts = &o->work->repo.files.v[file].facts;
	struct hash128 key = order_item_key(o->work, file);
	bool here = row == o->list.cursor, pending, border;
	enum verdict verdict = verdicts_of(app->verdicts, &key, &pending);
	char bar[BAR * 3 + 1], text[32];
	int x = 1;

	border = row == 0 || o->window[file] != o->window[o->shown[row - 1]];
	draw_text(app, r, y, x, STYLE_CURSOR, here ? "▸" : "");
	draw_text(app, r, y, x + 2, pending ? STYLE_PENDING : verdict_style(verdict), pending ? "●" : verdict_sign(verdict));
	snprintf(text, sizeof text, "%u", row + 1);
	draw_right(app, r, y, x + 10, STYLE_DIM, text);
	snprintf(text, sizeof text, "%u", o->work->order.layer[file]);
	draw_right(app, r, y, x + 15, STYLE_LABEL, text);
	if (o->window[file] != UINT32_MAX && border) {
		snprintf(text, sizeof text, "┌%u", o->window[file] + 1);
		draw_text(app, r, y, x + 16, STYLE_HEADING, text);
	} else {
		draw_text(app, r, y, x + 16, STYLE_DIM, o->window[file] == UINT32_MAX ? " " : "│");
	}
	token_bar(bar, facts->bytes, o->request.budget ? o->request.budget : 32768);
	draw_text(app, r, y, x + 22, STYLE_DIM, bar);
	draw_text(app, r, y, x + 23 + BAR, STYLE_WARNING, is_cut(o, file) ? "✂" : "");
	x += 25 + BAR;
	if (o->compared.n) {
		int64_t moved = (int64_t)o->compared.position[file] - (int64_t)o->work->order.position[file];

		snprintf(text, sizeof text, "%+lld", (long long)moved);
		draw_right(app, r, y, x + 6, STYLE_LABEL, text);
		x += 7;
	}
	draw_data(app, r, y, x, here ? STYLE_STRONG : STYLE_TEXT, path_of(o, file));
}

/* ---- cut links, unresolved names ---- */

static void draw_cut(struct app *app, const struct order_state *o, struct rect r, int y, uint32_t row)
{
	const struct code_link *l = &o->work->resolution.graph.links.v[o->work->order.cuts.v[row]];
	bool here = row == o->list.cursor;
	int x = 3, half = (r.columns - 18) / 2;
	struct rect left = r;

	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	draw_textf(app, r, y, x, STYLE_LABEL, "%-11s", _(code_edge_name((enum code_edge)l->kind)));
	left.columns = x + 12 + half;
	x += 12;
	draw_data(app, left, y, x, here ? STYLE_STRONG : STYLE_TEXT, path_of(o, l->from));
	draw_text(app, r, y, x + half, STYLE_DIM, "←");
	draw_data(app, r, y, x + half + 2, here ? STYLE_STRONG : STYLE_TEXT, path_of(o, l->to));
}

static void draw_unresolved(struct app *app, const struct order_state *o, struct rect r, int y, uint32_t row)
{
	const struct code_unresolved *u = &o->work->resolution.unresolved.v[row];
	bool here = row == o->list.cursor;
	struct rect left = r;
	char line[32];
	int width = r.columns * 2 / 5;

	snprintf(line, sizeof line, ":%u", u->line);
	left.columns = width - (int)strlen(line);
	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	draw_text(app, r, y, 3 + draw_data(app, left, y, 3, here ? STYLE_STRONG : STYLE_TEXT, path_of(o, u->file)), STYLE_LABEL, line);
	draw_textf(app, r, y, width + 2, u->why == MISS_AMBIGUOUS ? STYLE_WARNING : STYLE_DIM, "%-10s", _(code_miss_name(u->why)));
	draw_data(app, r, y, width + 14, STYLE_TEXT, u->name);
	if (u->candidates.n)
		draw_right(app, r, y, r.columns - 2, STYLE_LABEL, PL_("1 candidate", "some candidates", u->candidates.n));
}

static void draw_rule_row(struct app *app, const struct order_state *o, struct rect r, int y, uint32_t row)
{
	static const char *const kinds[] = { N_("means"), N_("must hold"), N_("left out") };
	const struct order_rule *rule = &o->work->rules.list.v[row];
	bool here = row == o->list.cursor;
	int half = (r.columns - 16) / 2;
	struct rect left = r;

	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	draw_text(app, r, y, 3, STYLE_LABEL, _(kinds[rule->kind]));
	left.columns = 15 + half;
	draw_data(app, left, y, 15, here ? STYLE_STRONG : STYLE_TEXT, span_of(rule->from));
	draw_text(app, r, y, 15 + half, STYLE_DIM, "→");
	draw_data(app, r, y, 17 + half, here ? STYLE_STRONG : STYLE_TEXT, span_of(rule->to));
}

/* ---- why here ---- */

static int draw_links(struct app *app, const struct order_state *o, struct rect r, int y, uint32_t file, bool needs)
{
	const struct code_graph *g = &o->work->resolution.graph;
	uint32_t from = needs ? g->first[file] : o->work->user_first[file];
	uint32_t to = needs ? g->first[file + 1] : o->work->user_first[file + 1];

	draw_textf(app, r, y++, 1, STYLE_HEADING, needs ? _("needs %u") : _("is needed by %u"), to - from);
	for (uint32_t k = from; k < to && y < r.rows; k++) {
		uint32_t other = needs ? g->links.v[k].to : o->work->user[k];
		bool after = o->work->order.position[other] > o->work->order.position[file];
		bool cut = needs ? after : !after;
		int x = 2 + draw_text(app, r, y, 2, cut ? STYLE_WARNING : STYLE_DIM, cut ? "✂ " : needs ? "↑ " : "↓ ");

		if (needs)
			x += draw_textf(app, r, y, x, STYLE_LABEL, "%-11s ", _(code_edge_name((enum code_edge)g->links.v[k].kind)));
		draw_data(app, r, y++, x, STYLE_TEXT, path_of(o, other));
	}
	return y;
}

static void draw_why(struct app *app, const struct order_state *o, struct rect r)
{
	const struct code_unresolved *u = order_unresolved_here(o);
	uint32_t file;
	struct rect left;

	if (u) {
		draw_text(app, r, 0, 1, STYLE_HEADING, u->candidates.n ? _("candidates: = takes the first, or asks for a path") :
									 _("no candidates: = names the file this means"));
		for (size_t i = 0; i < u->candidates.n && (int)i + 1 < r.rows; i++)
			draw_data(app, r, (int)i + 1, 3, STYLE_TEXT, path_of(o, u->candidates.v[i]));
		return;
	}
	if (!order_file_here(o, &file))
		return;
	left = rect_left(&r, r.columns / 2);
	draw_links(app, o, left, 0, file, true);
	draw_links(app, o, r, 0, file, false);
}

/* ---- the whole ---- */

static uint64_t rows_of(const struct order_state *o)
{
	switch (o->view) {
	case ORDER_CUTS: return o->work->order.cuts.n;
	case ORDER_UNRESOLVED: return o->work->resolution.unresolved.n;
	case ORDER_RULES: return o->work->rules.list.n;
	default: return o->n_shown;
	}
}

void order_draw(struct app *app, struct screen *s, struct rect area)
{
	static void (*const draw_row[ORDER_VIEWS])(struct app *, const struct order_state *, struct rect, int, uint32_t) = {
		draw_file, draw_cut, draw_unresolved, draw_rule_row,
	};
	static const char *const labels[ORDER_VIEWS] = { N_("files in order"), N_("cut links"), N_("unresolved imports"), N_("rules of this repository") };
	static const char *const nothing[ORDER_VIEWS] = { N_("No file is left in the order."), N_("No link had to be cut."),
							  N_("Nothing is unresolved."), N_("No rules yet: h, d and = make them.") };
	struct order_state *o = s->state;
	struct rect why = { 0 };

	if (area.rows >= 10)
		draw_figures(app, o, rect_top(&area, 2));
	if (area.rows >= 6)
		draw_rule(app, rect_top(&area, 1), 0, STYLE_DIM, _(labels[o->view]));
	if (area.rows >= 14 && !o->hide_why && (o->view == ORDER_FILES || o->view == ORDER_UNRESOLVED)) {
		why = rect_bottom(&area, area.rows / 3);
		draw_rule(app, rect_top(&why, 1), 0, STYLE_DIM, o->view == ORDER_FILES ? _("why here") : NULL);
	}
	list_fit(&o->list, rows_of(o), area.rows);
	o->list.first_row = area.y;
	if (rows_of(o) == 0)
		draw_text(app, area, 1, 3, STYLE_DIM, _(nothing[o->view]));
	for (int y = 0; y < area.rows && o->list.top + (uint64_t)y < rows_of(o); y++)
		draw_row[o->view](app, o, area, y, (uint32_t)(o->list.top + (uint64_t)y));
	draw_scroll_mark(app, area, o->list.top, (uint64_t)area.rows, rows_of(o));
	if (why.rows > 0)
		draw_why(app, o, why);
}

void order_title(struct app *app, struct screen *s, struct buf *out)
{
	const struct order_state *o = s->state;

	(void)app;
	buf_addf(out, _("order  %s  (%s)"), o->work->name, order_kind_names[o->request.options.kind]);
}

void order_status(struct app *app, struct screen *s, struct buf *out)
{
	const struct order_state *o = s->state;
	unsigned off = o->work->rules.kinds_off;
	char number[32];

	(void)app;
	words_count(number, rows_of(o) ? o->list.cursor + 1 : 0);
	buf_adds(out, number);
	words_count(number, rows_of(o));
	buf_addf(out, " / %s", number);
	for (unsigned k = 0; k < EDGE_KINDS; k++)
		if (off >> k & 1)
			buf_addf(out, _("  without %s"), _(code_edge_name((enum code_edge)k)));
	if (o->work->rules.list.n)
		buf_addf(out, PL_("  %zu rule", "  %zu rules", o->work->rules.list.n), o->work->rules.list.n);
}
