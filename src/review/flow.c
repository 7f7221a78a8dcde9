/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrapping of styled text, one cluster at a time: `row` is what the line holds, `word` what came since the last place where a
 * line may break.  A word that doesn't fit moves to a new line; one longer than a line is cut. */
#include "review/sheet.h"

#include "text/display.h"

#define SENTENCE 4      /* columns of a mark that is no sign of its own: a line may break after its last blank */
#define LONG_WORD 24    /* columns from which a word may break after … */
#define JOINTS ",;/&|"  /* … one of these: paths, addresses, JSON */

struct run {
	enum style style;
	size_t at, len; /* in the strip's text */
	int columns;
};

struct strip {
	struct buf text;
	VEC(struct run) runs;
	int columns;
};

struct flow {
	struct sheet *sheet;
	int field, columns, indent;
	bool raw_shapes;
	bool after_wide;  /* the last cluster was CJK, or punctuation behind it: a line may break here */
	bool after_opening; /* but not here */
	bool started;     /* the paragraph's first line exists */
	bool swallow;     /* blanks that follow a break are not drawn */
	struct strip row, word;
};

struct flow *flow_begin(struct sheet *s, int field, int columns, int indent, bool raw_shapes)
{
	struct flow *f = xcalloc(1, sizeof *f);

	f->sheet = s;
	f->field = field;
	f->indent = indent < 0 ? 0 : indent;
	f->columns = columns - f->indent < 1 ? 1 : columns - f->indent;
	f->raw_shapes = raw_shapes;
	buf_init(&f->row.text);
	buf_init(&f->word.text);
	return f;
}

static void strip_add(struct strip *s, enum style style, struct span safe, int columns)
{
	struct run *last = s->runs.n ? &s->runs.v[s->runs.n - 1] : NULL;

	if (!last || last->style != style) {
		vec_push(&s->runs, (struct run){ style, s->text.len, 0, 0 });
		last = &s->runs.v[s->runs.n - 1];
	}
	buf_addspan(&s->text, safe);
	last->len += safe.len;
	last->columns += columns;
	s->columns += columns;
}

static void strip_clear(struct strip *s)
{
	buf_clear(&s->text);
	vec_clear(&s->runs);
	s->columns = 0;
}

static void word_to_row(struct flow *f)
{
	vec_each(&f->word.runs, i) {
		const struct run *r = &f->word.runs.v[i];

		strip_add(&f->row, r->style, span_make(f->word.text.p + r->at, r->len), r->columns);
	}
	strip_clear(&f->word);
}

static void end_row(struct flow *f)
{
	struct sheet *s = f->sheet;

	if (sheet_full(s)) {
		s->cut = true;
	} else {
		sheet_line(s, f->field);
		if (f->indent > 0 && f->row.columns > 0)
			sheet_putf(s, STYLE_TEXT, "%*s", f->indent, "");
		vec_each(&f->row.runs, i) {
			const struct run *r = &f->row.runs.v[i];
			struct sheet_line *line = &s->lines.v[s->lines.n - 1];
			struct span text = arena_span(&s->arena, span_make(f->row.text.p + r->at, r->len));

			vec_push(&s->pieces, (struct piece){ r->style, text.p, r->columns });
			line->n++;
			line->columns += r->columns;
		}
	}
	strip_clear(&f->row);
	f->started = true;
}

/* Makes room for `columns` more at the end of the pending word. */
static void make_room(struct flow *f, int columns)
{
	if (f->row.columns + f->word.columns + columns <= f->columns)
		return;
	if (f->row.columns > 0)
		end_row(f);
	if (f->word.columns > 0 && f->word.columns + columns > f->columns) {
		word_to_row(f);
		end_row(f);
	}
}

static void add_cluster(struct flow *f, enum style style, const struct cluster *c)
{
	if (c->space) {
		word_to_row(f);
		if (f->row.columns + c->columns > f->columns) {
			if (f->row.columns > 0)
				end_row(f);
			f->swallow = true;
		}
		if (!f->swallow)
			strip_add(&f->row, style, span_of(c->text), c->columns);
		f->after_wide = f->after_opening = false;
		return;
	}
	f->swallow = false;
	if (!c->closing && !f->after_opening && (c->wide || f->after_wide))
		word_to_row(f);
	if (f->word.columns >= LONG_WORD && strchr(JOINTS, f->word.text.p[f->word.text.len - 1]))
		word_to_row(f);
	make_room(f, c->columns);
	strip_add(&f->word, c->token && style == STYLE_TEXT ? STYLE_TOKEN : style, span_of(c->text), c->columns);
	f->after_wide = c->wide || (f->after_wide && c->closing);
	f->after_opening = c->opening;
}

void flow_data(struct flow *f, enum style style, struct span data)
{
	struct cluster c;

	while (data.len > 0 && !(f->sheet->cut && sheet_full(f->sheet))) {
		size_t used = cluster_next(&c, data, f->row.columns + f->word.columns, f->raw_shapes);

		data = span_make(data.p + used, data.len - used);
		if (c.line_end) {
			word_to_row(f);
			if (!f->swallow || f->row.columns > 0)
				end_row(f);
			f->swallow = f->after_wide = f->after_opening = false;
			continue;
		}
		add_cluster(f, style, &c);
	}
}

void flow_mark(struct flow *f, enum style style, const char *safe)
{
	int columns = display_columns(span_of(safe), false);
	size_t len = strlen(safe);

	make_room(f, columns);
	strip_add(&f->word, style, span_of(safe), columns);
	if (columns >= SENTENCE && safe[len - 1] == ' ')
		word_to_row(f);
	f->swallow = f->after_wide = f->after_opening = false;
}

void flow_end(struct flow *f)
{
	word_to_row(f);
	if (f->row.columns > 0 || !f->started)
		end_row(f);
	buf_free(&f->row.text);
	vec_free(&f->row.runs);
	buf_free(&f->word.text);
	vec_free(&f->word.runs);
	free(f);
}
