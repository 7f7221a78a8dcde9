/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clusters: who stays, who goes and how like the keeper each is; then what differs, word by word. */
#include <jansson.h>
#include <math.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/utf8.h"
#include "review/cluster.h"
#include "review/lens_parts.h"
#include "text/diff.h"

#define CONTEXT 60          /* bytes of same text around a change */
#define ALSO 32u            /* other test items read of a member */
#define LISTED 200u         /* members listed */

static const enum role editable[] = { ROLE_CLUSTER, ROLE_COUNT };
static const char *const variants[] = { N_("what differs"), N_("whole texts, differences marked"), N_("members only"), NULL };

enum variant { CHANGES, WHOLE, MEMBERS };

/* ---- members ---- */

static void put_figure(struct sheet *out, double x)
{
	if (isnan(x))
		sheet_put(out, STYLE_DIM, span_of("    - "));
	else
		sheet_putf(out, STYLE_TEXT, " %.3f", x);
}

/* Other test items that stand in a document. */
static void draw_also(struct sheet *out, const struct cluster_member *m, const struct lens_view *view)
{
	struct json_member item[ALSO], field[4];
	struct json_fault fault;
	struct buf line = BUF_INIT;
	size_t n = 0, k = 0;

	if (m->also.len == 0 || json_scan_array(m->also, item, ALSO, &n, &fault) < 0)
		return;
	for (size_t i = 0; i < n && i < ALSO; i++) {
		if (json_scan_object(item[i].value, field, 4, &k, &fault) < 0 || k < 2)
			continue;
		buf_adds(&line, i ? ", " : "");
		buf_addspan(&line, field[0].value);
		buf_addc(&line, ' ');
		buf_add(&line, field[1].value.p, field[1].value.len < 4 ? field[1].value.len : 4);
	}
	sheet_line(out, ROLE_CLUSTER);
	sheet_putf(out, STYLE_DIM, PL_("     and %zu more test item: ", "     and %zu more test items: ", n), n);
	sheet_data(out, STYLE_DIM, buf_span(&line), view->columns > 50 ? view->columns - 36 : 14);
	buf_free(&line);
}

static void draw_member(struct sheet *out, const struct cluster_member *m, const struct lens_view *view)
{
	int room = view->columns - 36;
	char ref[32];

	item_ref_format(ref, m->ref);
	sheet_line(out, ROLE_CLUSTER);
	sheet_put(out, m->keep ? STYLE_ACCEPT : STYLE_REJECT, span_of(m->keep ? _("keep") : _("drop")));
	put_figure(out, m->similarity);
	put_figure(out, m->containment);
	put_figure(out, m->covers);
	sheet_putf(out, STYLE_LABEL, "  %-8s ", ref);
	if (m->missing)
		sheet_put(out, STYLE_WARNING, span_of(_("! changed since: ")));
	sheet_data(out, STYLE_TEXT, m->name, room > 8 ? room : 8);
	draw_also(out, m, view);
}

static void draw_members(struct sheet *out, const struct item_cluster *c, size_t stay, const struct lens_view *view)
{
	lens_heading(out, ROLE_CLUSTER, _("members"), NULL);
	sheet_putf(out, STYLE_DIM, "  ");
	sheet_putf(out, STYLE_DIM, PL_("%zu stays, %zu go", "%zu stay, %zu go", stay), stay, c->n - stay);
	if (!isnan(c->threshold))
		sheet_putf(out, STYLE_DIM, _("; threshold %.4g"), c->threshold);
	sheet_line(out, -1);
	sheet_put(out, STYLE_DIM, span_of(_("      same  held covers")));
	for (size_t i = 0; i < c->n && i < LISTED && !sheet_full(out); i++)
		draw_member(out, &c->member[i], view);
	if (c->n > LISTED) {
		sheet_line(out, -1);
		sheet_putf(out, STYLE_DIM, PL_("… and %zu more", "… and %zu more", c->n - LISTED), c->n - LISTED);
	}
}

/* ---- differences ---- */

/* Several line ends in a row say nothing here: one is drawn. */
static void put_squeezed(struct flow *f, enum style style, struct span text)
{
	while (text.len) {
		const char *nl = memchr(text.p, '\n', text.len);
		size_t n = nl ? (size_t)(nl - text.p) + 1 : text.len, k;

		flow_data(f, style, span_make(text.p, n));
		for (k = n; nl && k < text.len && (text.p[k] == '\n' || text.p[k] == '\r' || text.p[k] == ' ' || text.p[k] == '\t'); k++)
			if (text.p[k] == '\n')
				n = k + 1;
		text.p += n;
		text.len -= n;
	}
}

static void put_change(struct flow *f, enum style style, struct span text)
{
	flow_mark(f, style, style == STYLE_ADDED ? "{+" : "[-");
	put_squeezed(f, style, text);
	flow_mark(f, style, style == STYLE_ADDED ? "+}" : "-]");
}

/* At most `n` bytes of the beginning, cut after a blank when there is one. */
static size_t cut_head(struct span text, size_t n)
{
	size_t at = utf8_floor(text, n);

	for (size_t i = at; i > at / 2; i--)
		if (text.p[i - 1] == ' ' || text.p[i - 1] == '\n')
			return i;
	return at;
}

/* The same for the end: where it begins. */
static size_t cut_tail(struct span text, size_t n)
{
	size_t at = utf8_floor(text, text.len - n);

	for (size_t i = at; i < at + n / 2; i++)
		if (text.p[i] == ' ' || text.p[i] == '\n')
			return i + 1;
	return at;
}

/* Same text between two changes: its ends only when it is long. */
static void put_same(struct flow *f, struct span same, bool first, bool last)
{
	size_t head = first ? 0 : CONTEXT, tail = last ? 0 : CONTEXT;

	if (same.len <= head + tail + CONTEXT) {
		put_squeezed(f, STYLE_TEXT, same);
		return;
	}
	put_squeezed(f, STYLE_TEXT, span_make(same.p, cut_head(same, head)));
	flow_mark(f, STYLE_DIM, "… ");
	if (tail) {
		size_t from = cut_tail(same, tail);

		put_squeezed(f, STYLE_TEXT, span_make(same.p + from, same.len - from));
	}
}

/* What surrounds a test item in a long document: only what stands next to it. */
static void put_around(struct flow *f, struct span added, bool first, bool last)
{
	if (added.len <= 3 * CONTEXT) {
		put_change(f, STYLE_ADDED, added);
		return;
	}
	if (!first)
		put_change(f, STYLE_ADDED, span_make(added.p, cut_head(added, CONTEXT)));
	flow_mark(f, STYLE_DIM, "… ");
	if (!last) {
		size_t from = cut_tail(added, CONTEXT);

		put_change(f, STYLE_ADDED, span_make(added.p + from, added.len - from));
	}
}

/* `inside`: the keeper is a test item that the other holds; the item is shown whole, the document around it not. */
static void draw_changes(struct sheet *out, const struct lens_view *view, struct span keeper, struct span other, bool inside)
{
	struct diff d = { 0 };
	struct flow *f;

	diff_words(&d, keeper, other);
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	vec_each(&d.pieces, i) {
		const struct diff_piece *p = &d.pieces.v[i];

		if (p->op == DIFF_SAME && inside)
			put_squeezed(f, STYLE_TEXT, span_make(other.p + p->b, p->b_len));
		else if (p->op == DIFF_ADDED && inside)
			put_around(f, span_make(other.p + p->b, p->b_len), i == 0, i + 1 == d.pieces.n);
		else if (p->op == DIFF_SAME)
			put_same(f, span_make(other.p + p->b, p->b_len), i == 0, i + 1 == d.pieces.n);
		else if (p->op == DIFF_ADDED)
			put_change(f, STYLE_ADDED, span_make(other.p + p->b, p->b_len));
		else
			put_change(f, STYLE_REMOVED, span_make(keeper.p + p->a, p->a_len));
	}
	if (d.pieces.n == 1 && d.pieces.v[0].op == DIFF_SAME)
		flow_mark(f, STYLE_DIM, _("(the same words)"));
	flow_end(f);
	diff_free(&d);
}

static void draw_texts(struct sheet *out, const struct item_cluster *c, const struct lens_view *view)
{
	const struct cluster_member *keeper = &c->member[0];
	char ref[32], first[32];

	item_ref_format(first, keeper->ref);
	for (size_t i = c->n; i-- > 1 && !sheet_full(out);) {
		const struct cluster_member *m = &c->member[i];

		if (!m->loaded || m->missing || keeper->missing)
			continue;
		item_ref_format(ref, m->ref);
		lens_heading(out, -1, ref, NULL);
		sheet_putf(out, STYLE_DIM, _("  against %s: [-only there-] {+only here+}"), first);
		sheet_line(out, -1);
		if (span_eq(m->text, keeper->text))
			sheet_put(out, STYLE_DIM, span_of(_("(the same bytes)")));
		else if (view->variant == WHOLE || m->text.len + keeper->text.len > LENS_DIFF_LIMIT)
			lens_word_diff(out, view, -1, keeper->text, m->text);
		else
			draw_changes(out, view, keeper->text, m->text, span_is(m->why, "contains"));
	}
	if (c->n > 1 && view->variant == WHOLE && !sheet_full(out)) {
		lens_heading(out, -1, first, NULL);
		lens_text(out, view, -1, keeper->text, NULL);
	}
}

/* Why the cluster is worth a look, in the reader's language; the filter meta.flags~… asks for the English word, which stays beside it. */
static void draw_flags(struct sheet *out, struct span flags, const struct lens_view *view)
{
	json_t *list = json_loadb(flags.p, flags.len, 0, NULL), *flag;
	struct buf words = BUF_INIT;
	size_t i;

	json_array_foreach(list, i, flag) {
		const char *name = json_string_value(flag);

		if (name == NULL || *name == '\0')
			continue;
		buf_adds(&words, words.len ? _(", ") : "");
		buf_adds(&words, _(name));
	}
	json_decref(list);
	sheet_line(out, -1);
	sheet_put(out, STYLE_LABEL, span_of(_("to look at: ")));
	sheet_data(out, STYLE_WARNING, buf_span(&words), view->columns - 16);
	buf_free(&words);
}

static void draw(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	static const enum role shown[] = { ROLE_CLUSTER, ROLE_COUNT };
	struct item_cluster c;
	size_t stay;

	lens_info(out, item, view);
	if (item->cluster == NULL)
		return;
	c = *item->cluster;
	stay = cluster_apply(&c, item_text(item, ROLE_CLUSTER));
	if (c.flags.len > 2)
		draw_flags(out, c.flags, view);
	if (view->meta)
		lens_meta(out, item, view, shown);
	draw_members(out, &c, stay, view);
	if (view->variant != MEMBERS)
		draw_texts(out, &c, view);
}

static void head(struct sheet *out, const struct item *item, int columns)
{
	struct buf line = BUF_INIT;

	if (item->cluster && item->cluster->n) {
		const struct cluster_member *keeper = &item->cluster->member[0];

		buf_addf(&line, PL_("%zu document: ", "%zu documents: ", item->cluster->n), item->cluster->n);
		buf_addspan(&line, keeper->name);
		buf_adds(&line, "  ");
		buf_addspan(&line, lens_first_words(keeper->text));
	}
	sheet_data(out, STYLE_TEXT, buf_span(&line), columns);
	buf_free(&line);
}

const struct lens cluster_lens = {
	.kind = KIND_CLUSTER,
	.name = "cluster",
	.help = N_("a cluster's members, and what differs from the keeper"),
	.variants = variants,
	.draw = draw,
	.head = head,
	.editable = editable,
};
