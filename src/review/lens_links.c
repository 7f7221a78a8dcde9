/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Word links and rival candidates of mined pairs; see lens_links.h. */
#include "review/lens_links.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <wctype.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/utf8.h"
#include "review/rivals.h"

enum { LINK_MEMBERS = 6, COLOURS = 6, UNCOVERED_MAX = 16 };

static void name_number(char out[8], unsigned n)
{
	char digits[4];

	out[0] = '\0';
	snprintf(digits, sizeof digits, "%u", n % 100);
	for (const char *d = digits; *d; d++) {
		char subscript[4] = { (char)0xE2, (char)0x82, (char)(0x80 + *d - '0'), '\0' };

		strcat(out, subscript);
	}
}

static bool read_number(size_t *out, const struct json_member *m, size_t most)
{
	size_t v = 0;

	if (m->type != JSON_T_NUMBER || m->value.len > 9)
		return false;
	for (size_t i = 0; i < m->value.len; i++) {
		if (m->value.p[i] < '0' || m->value.p[i] > '9')
			return false;
		v = v * 10 + (size_t)(m->value.p[i] - '0');
	}
	*out = v;
	return v <= most;
}

/* One link: [at, length, at, length, weight, "kind"]; refused when it points outside a text. */
static void add_link(struct word_marks *out, struct span link, const struct span text[2], unsigned number)
{
	struct json_member members[LINK_MEMBERS];
	struct json_fault fault;
	size_t n = 0, at[2], len[2];
	enum style style = (enum style)(STYLE_WORD1 + number % COLOURS);

	if (json_scan_array(link, members, LINK_MEMBERS, &n, &fault) != 0 || n < 4)
		return;
	for (int side = 0; side < 2; side++)
		if (!read_number(&at[side], &members[2 * side], text[side].len) ||
		    !read_number(&len[side], &members[2 * side + 1], text[side].len - at[side]) || !len[side])
			return;
	name_number(out->numbers[number], number + 1);
	for (int side = 0; side < 2; side++)
		vec_push(&out->sides[side], (struct stretch){ at[side], len[side], style, "", out->numbers[number] });
}

static int compare_stretches(const void *a, const void *b)
{
	const struct stretch *p = a, *q = b;

	return p->at < q->at ? -1 : p->at > q->at;
}

/* In order, and without what overlaps the one before. */
static void tidy(stretches *s)
{
	size_t kept = 0, end = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, compare_stretches);
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].at < end)
			continue;
		end = s->v[i].at + s->v[i].len;
		s->v[kept++] = s->v[i];
	}
	s->n = kept;
}

bool word_marks_find(struct word_marks *out, const struct item *item)
{
	struct span links = item_field(item, "links");
	struct span text[2] = { record_value(&item->record, ROLE_SOURCE), record_value(&item->record, ROLE_TARGET) };
	struct json_member *members;
	struct json_fault fault;
	size_t n = 0;

	memset(out, 0, sizeof *out);
	if (!links.len || lens_edited(item, ROLE_SOURCE) || lens_edited(item, ROLE_TARGET))
		return false;
	members = xcalloc(LINKS_MAX, sizeof *members);
	if (json_scan_array(links, members, LINKS_MAX, &n, &fault) == 0)
		for (size_t i = 0; i < n && i < LINKS_MAX; i++)
			if (members[i].type == JSON_T_ARRAY)
				add_link(out, members[i].value, text, (unsigned)i);
	free(members);
	tidy(&out->sides[0]);
	tidy(&out->sides[1]);
	return out->sides[0].n > 0;
}

void word_marks_free(struct word_marks *m)
{
	vec_free(&m->sides[0]);
	vec_free(&m->sides[1]);
}

static void put_number(struct flow *f, const char *label, double v)
{
	char text[48];

	if (isnan(v))
		return;
	snprintf(text, sizeof text, "%s%.3g  ", label, v);
	flow_mark(f, STYLE_DIM, text);
}

/* One line: its number for `swap`, score, margin, text. */
static void draw_rival(struct sheet *out, const struct lens_view *view, const struct rival *rival, int number, bool chosen)
{
	struct flow *f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	char sign[16];

	snprintf(sign, sizeof sign, "%s%d ", chosen ? "▸" : " ", number);
	flow_mark(f, chosen ? STYLE_CHANGED : STYLE_LABEL, sign);
	put_number(f, _("score "), rival->score);
	put_number(f, _("margin "), rival->margin);
	flow_data(f, chosen ? STYLE_STRONG : STYLE_TEXT, rival->text);
	flow_end(f);
}

void lens_rivals(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	struct rival rivals[RIVALS_MAX];
	struct arena arena = { 0 };
	size_t n = rivals_read(rivals, item, &arena);
	int chosen = rival_chosen(item);

	if (n)
		lens_heading(out, -1, _("other candidates"), chosen >= 0 ? _("swapped") : NULL);
	for (size_t i = 0; i < n; i++)
		draw_rival(out, view, &rivals[i], (int)i + 1, chosen == (int)i);
	arena_free(&arena);
}

/* ---- what has no link ---- */

static bool is_word(int32_t cp)
{
	return cp < 0x80 ? (cp >= '0' && cp <= '9') || ((cp | 32) >= 'a' && (cp | 32) <= 'z') : iswalnum((wint_t)cp) != 0;
}

/* The next word at or after `at`: letters and digits together, each ideograph alone. */
static struct span next_word(struct span text, size_t *at)
{
	while (*at < text.len) {
		size_t used, from = *at;
		int32_t cp = utf8_decode(span_make(text.p + from, text.len - from), &used);
		bool wide = cp >= 0x2e80;

		*at += used ? used : 1;
		if (cp < 0 || !is_word(cp))
			continue;
		while (!wide && *at < text.len) {
			cp = utf8_decode(span_make(text.p + *at, text.len - *at), &used);
			if (cp < 0 || cp >= 0x2e80 || !is_word(cp))
				break;
			*at += used ? used : 1;
		}
		return span_make(text.p + from, *at - from);
	}
	return (struct span){ NULL, 0 };
}

static bool is_linked(const stretches *links, size_t at, size_t end)
{
	vec_each(links, i)
		if (links->v[i].at < end && at < links->v[i].at + links->v[i].len)
			return true;
	return false;
}

static void list_uncovered(struct flow *f, const char *label, struct span text, const stretches *links)
{
	size_t at = 0, words = 0, open = 0, last = SIZE_MAX;
	struct span word;
	struct buf list = BUF_INIT;
	char head[96];

	while ((word = next_word(text, &at)).len > 0) {
		size_t from = (size_t)(word.p - text.p);

		words++;
		if (is_linked(links, from, from + word.len))
			continue;
		if (open++ < UNCOVERED_MAX) {
			if (from != last)
				buf_adds(&list, " ");
			buf_addspan(&list, word);
		}
		last = from + word.len;
	}
	snprintf(head, sizeof head, label, words - open, words);
	flow_mark(f, STYLE_LABEL, head);
	flow_data(f, STYLE_DIM, buf_span(&list));
	if (open > UNCOVERED_MAX)
		flow_mark(f, STYLE_DIM, " …");
	flow_mark(f, STYLE_DIM, "  ");
	buf_free(&list);
}

void lens_uncovered(struct sheet *out, const struct item *item, const struct lens_view *view, const struct word_marks *marks)
{
	struct flow *f;

	if (marks->sides[0].n == 0)
		return;
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	list_uncovered(f, _("source: %zu of %zu words linked, not"), record_value(&item->record, ROLE_SOURCE), &marks->sides[0]);
	list_uncovered(f, _("target: %zu of %zu words linked, not"), record_value(&item->record, ROLE_TARGET), &marks->sides[1]);
	flow_end(f);
}
