/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Word links and rival candidates of mined pairs; see lens_links.h. */
#include "review/lens_links.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"

enum { LINK_MEMBERS = 6, RIVALS_MAX = 8, COLOURS = 6 };

static struct span field_named(const struct item *item, const char *name)
{
	for (size_t i = 0; i < item->record.n_fields; i++)
		if (span_is(item->record.fields[i].name, name))
			return item->record.fields[i].value;
	return (struct span){ NULL, 0 };
}

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
	struct span links = field_named(item, "links");
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

static void draw_rival(struct sheet *out, const struct lens_view *view, const struct json_member *rival)
{
	struct json_member members[8];
	struct json_fault fault;
	struct buf text = BUF_INIT;
	struct span score = { NULL, 0 };
	struct flow *f;
	size_t n = 0;

	if (rival->type != JSON_T_OBJECT || json_scan_object(rival->value, members, 8, &n, &fault) != 0)
		return;
	for (size_t i = 0; i < n && i < 8; i++) {
		if (span_is(members[i].key, "score"))
			score = members[i].value;
		else if (span_is(members[i].key, "text"))
			json_unescape(&text, members[i].value);
	}
	f = flow_begin(out, -1, view->columns, 0, view->raw_shapes);
	flow_data(f, STYLE_DIM, score);
	flow_mark(f, STYLE_DIM, "  ");
	flow_data(f, STYLE_TEXT, buf_span(&text));
	flow_end(f);
	buf_free(&text);
}

void lens_rivals(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	struct span rivals = field_named(item, "rivals");
	struct json_member members[RIVALS_MAX];
	struct json_fault fault;
	size_t n = 0;

	if (!rivals.len || json_scan_array(rivals, members, RIVALS_MAX, &n, &fault) != 0 || !n)
		return;
	lens_heading(out, -1, _("other candidates"), NULL);
	for (size_t i = 0; i < n && i < RIVALS_MAX; i++)
		draw_rival(out, view, &members[i]);
}
