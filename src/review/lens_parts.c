/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that every lens uses. */
#include "review/lens_parts.h"

#include <math.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "text/diff.h"
#include "text/langid.h"
#include "text/pattern.h"

static const struct {
	const char *done; /* what was decided */
	const char *wish; /* what is suggested */
	enum style style;
} verdict_words[] = {
	[VERDICT_NONE] = { N_("undecided"), "", STYLE_DIM },
	[VERDICT_ACCEPT] = { N_("accepted"), N_("suggested: accept"), STYLE_ACCEPT },
	[VERDICT_REJECT] = { N_("rejected"), N_("suggested: reject"), STYLE_REJECT },
	[VERDICT_SKIP] = { N_("skipped"), N_("suggested: skip"), STYLE_SKIP },
	[VERDICT_FLAG] = { N_("flagged"), N_("suggested: flag"), STYLE_FLAG },
};

static void info_origin(struct sheet *out, const struct item *item, int columns)
{
	char ref[32];
	struct buf line = BUF_INIT;
	struct span url = record_value(&item->record, ROLE_URL);

	item_ref_format(ref, item->ref);
	if (item->run)
		buf_addf(&line, _("%s  run %lld"), ref, (long long)item->run);
	else
		buf_addf(&line, "%s  %s", ref, item->corpus);
	if (item->lang != LANG_UNKNOWN)
		buf_addf(&line, "  %s", lang_code(item->lang));
	if (!isnan(item->score))
		buf_addf(&line, _("  score %.4g"), item->score);
	buf_addf(&line, PL_("  %llu byte", "  %llu bytes", item->size), (unsigned long long)item->size);
	if (url.len > 0) {
		buf_adds(&line, "  ");
		buf_addspan(&line, url);
	}
	sheet_line(out, -1);
	sheet_data(out, STYLE_DIM, buf_span(&line), columns);
	if (!item->whole) {
		sheet_line(out, -1);
		sheet_data(out, STYLE_WARNING, span_of(_("! too long to show whole: this is its beginning")), columns);
	}
	buf_free(&line);
}

void lens_info(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	const struct verdict_state *st = &item->state;

	info_origin(out, item, view->columns);
	if (!view->verdict_shown && (st->verdict != VERDICT_NONE || (st->note && *st->note))) {
		sheet_line(out, -1);
		sheet_put(out, verdict_words[st->verdict].style, span_of(_(verdict_words[st->verdict].done)));
		if (st->annotator[0])
			sheet_data(out, STYLE_DIM, span_of(" · "), 3), sheet_data(out, STYLE_DIM, span_of(st->annotator), 24);
	}
	if (st->note && *st->note) {
		struct flow *f = flow_begin(out, -1, view->columns, 0, false);

		flow_mark(f, STYLE_LABEL, _("note: "));
		flow_data(f, STYLE_TEXT, span_of(st->note));
		flow_end(f);
	}
	if (item->suggestion > VERDICT_NONE && item->suggestion <= VERDICT_FLAG && st->verdict == VERDICT_NONE) {
		sheet_line(out, -1);
		sheet_put(out, verdict_words[item->suggestion].style, span_of(_(verdict_words[item->suggestion].wish)));
	}
}

void lens_heading(struct sheet *out, int field, const char *label, const char *note)
{
	if (out->lines.n > 0)
		sheet_line(out, -1);
	sheet_line(out, field);
	sheet_put(out, STYLE_HEADING, span_of(label));
	if (note)
		sheet_putf(out, STYLE_CHANGED, "  %s", note);
}

/* Adds the matches of the view's pattern inside [at, end). */
static void find_matches(stretches *all, struct matcher *m, struct span text, size_t at, size_t end)
{
	size_t from, to;
	struct span subject = span_make(text.p, end);

	while (m && at < end && matcher_find(m, subject, at, &from, &to) == 1) {
		if (to > from)
			vec_push(all, (struct stretch){ from, to - from, STYLE_MATCH, "", "" });
		at = to > from ? to : to + 1;
		if (all->n >= 10000)
			return;
	}
}

static void put_stretches(struct flow *f, struct span text, const stretches *all)
{
	size_t at = 0;

	vec_each(all, i) {
		const struct stretch *s = &all->v[i];

		flow_data(f, STYLE_TEXT, span_make(text.p + at, s->at - at));
		if (*s->open)
			flow_mark(f, s->style, s->open);
		flow_data(f, s->style, span_make(text.p + s->at, s->len));
		if (*s->close)
			flow_mark(f, s->style, s->close);
		at = s->at + s->len;
	}
	flow_data(f, STYLE_TEXT, span_make(text.p + at, text.len - at));
}

void lens_text(struct sheet *out, const struct lens_view *view, int field, struct span text, const stretches *marks)
{
	struct flow *f = flow_begin(out, field, view->columns, 0, view->raw_shapes);
	struct pattern *pattern = NULL;
	struct matcher *m = NULL;
	stretches all = { 0 };
	size_t at = 0;

	if (view->match && *view->match && text.len < LENS_DIFF_LIMIT &&
	    pattern_compile(&pattern, span_of(view->match), NULL) == 0)
		m = matcher_new(pattern);
	for (size_t i = 0; marks && i < marks->n; i++) {
		find_matches(&all, m, text, at, marks->v[i].at);
		vec_push(&all, marks->v[i]);
		at = marks->v[i].at + marks->v[i].len;
	}
	find_matches(&all, m, text, at, text.len);
	put_stretches(f, text, &all);
	flow_end(f);
	vec_free(&all);
	matcher_free(m);
	pattern_free(pattern);
}

/* A changed stretch with its sign around the words, the white space after them outside. */
static void put_changed(struct flow *f, enum diff_op op, struct span text)
{
	size_t len = text.len;

	while (len > 0 && (unsigned char)text.p[len - 1] <= ' ')
		len--;
	if (len == 0)
		len = text.len;
	flow_mark(f, op == DIFF_ADDED ? STYLE_ADDED : STYLE_REMOVED, op == DIFF_ADDED ? "{+" : "[-");
	flow_data(f, op == DIFF_ADDED ? STYLE_ADDED : STYLE_REMOVED, span_make(text.p, len));
	flow_mark(f, op == DIFF_ADDED ? STYLE_ADDED : STYLE_REMOVED, op == DIFF_ADDED ? "+}" : "-]");
	if (op == DIFF_ADDED)
		flow_data(f, STYLE_TEXT, span_make(text.p + len, text.len - len));
}

void lens_word_diff(struct sheet *out, const struct lens_view *view, int field, struct span from, struct span to)
{
	struct flow *f = flow_begin(out, field, view->columns, 0, view->raw_shapes);
	struct diff d = { 0 };

	diff_words(&d, from, to);
	vec_each(&d.pieces, i) {
		const struct diff_piece *p = &d.pieces.v[i];

		if (p->op == DIFF_SAME)
			flow_data(f, STYLE_TEXT, span_make(to.p + p->b, p->b_len));
		else if (p->op == DIFF_ADDED)
			put_changed(f, p->op, span_make(to.p + p->b, p->b_len));
		else
			put_changed(f, p->op, span_make(from.p + p->a, p->a_len));
	}
	flow_end(f);
	diff_free(&d);
}

bool lens_edited(const struct item *item, enum role role)
{
	return item->edited[role].p && !span_eq(item_text(item, role), record_value(&item->record, role));
}

void lens_field(struct sheet *out, const struct item *item, const struct lens_view *view, enum role role, const char *label,
		bool plain)
{
	struct span now = item_text(item, role), before = record_value(&item->record, role);
	bool edited = lens_edited(item, role);

	if (now.len == 0 && before.len == 0)
		return;
	if (label)
		lens_heading(out, role, label, edited ? _("edited") : NULL);
	if (edited && !plain && now.len + before.len < LENS_DIFF_LIMIT)
		lens_word_diff(out, view, role, before, now);
	else
		lens_text(out, view, role, now, NULL);
}

static bool among(enum role role, const enum role *list)
{
	for (; *list != ROLE_COUNT; list++)
		if (*list == role)
			return true;
	return false;
}

void lens_meta(struct sheet *out, const struct item *item, const struct lens_view *view, const enum role *shown)
{
	bool first = true;

	for (size_t i = 0; i < item->record.n_fields; i++) {
		const struct field *field = &item->record.fields[i];
		struct flow *f;

		if (among(field->role, shown))
			continue;
		if (first)
			lens_heading(out, -1, _("metadata"), NULL);
		first = false;
		f = flow_begin(out, ROLE_META, view->columns, 0, view->raw_shapes);
		flow_data(f, STYLE_LABEL, field->name);
		flow_mark(f, STYLE_LABEL, ": ");
		flow_data(f, STYLE_TEXT, field->value);
		flow_end(f);
	}
}

struct span lens_first_words(struct span text)
{
	text = span_trim(text);
	if (text.len > 2000)
		text.len = utf8_floor(text, 2000);
	return text;
}
