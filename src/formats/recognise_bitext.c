/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables: with a header by their names, without one by what the columns hold.  Writers of bitext leave out
 * the columns of modules that were off, so a tab-separated file is told by classes of columns: URL, text,
 * number, hash.
 */
#include <ctype.h>
#include <stdio.h>

#include "base/i18n.h"
#include "base/json.h"
#include "formats/csv.h"
#include "formats/profile.h"
#include "formats/recognise.h"

#define SAMPLE 64
#define WIDTH 32

struct column {
	size_t cells, filled, urls, numbers, within_one, hashes, spaced, letters, bytes, dashes;
};

struct table {
	const struct shape *shape;
	struct arena arena;
	struct cells cells;
	struct histogram histogram;
	struct column column[WIDTH];
};

/* ---- looking at cells ---- */

static bool is_hash(struct span cell)
{
	if (cell.len != 16)
		return false;
	for (size_t i = 0; i < 16; i++)
		if (!isxdigit((unsigned char)cell.p[i]))
			return false;
	return true;
}

static void note_cell(struct column *c, struct span cell)
{
	double v;

	c->cells++;
	if (cell.len == 0)
		return;
	c->filled++;
	c->bytes += cell.len;
	c->dashes += span_is(cell, "_");
	if (span_starts(cell, "http://") || span_starts(cell, "https://")) {
		c->urls++;
	} else if (is_hash(cell)) {
		c->hashes++;
	} else if (json_read_real(span_trim(cell), &v)) {
		c->numbers++;
		c->within_one += v >= 0 && v <= 1;
	} else {
		bool letters = false;

		for (size_t i = 0; i < cell.len && !letters; i++)
			letters = isalpha((unsigned char)cell.p[i]) || (unsigned char)cell.p[i] >= 0x80;
		c->letters += letters;
		c->spaced += memchr(cell.p, ' ', cell.len) != NULL || (unsigned char)cell.p[0] >= 0x80;
	}
}

static void note_row(void *ctx, struct span row)
{
	struct table *t = ctx;

	csv_split(&t->cells, &t->arena, row, t->shape->delimiter, t->shape->quoted);
	if (t->cells.n != t->shape->n_columns && t->shape->n_columns < SHAPE_COLUMNS)
		return; /* will be rejected */
	t->histogram.records++;
	vec_each(&t->cells, i) {
		if (i < t->shape->n_columns)
			histogram_add_cell(&t->histogram, span_of(t->shape->columns[i].name), t->cells.v[i]);
		if (i < WIDTH)
			note_cell(&t->column[i], t->cells.v[i]);
	}
}

/* U URL, N number, H hash, T running text, W a word (or "_" for none), - empty. */
static char class_of(const struct column *c)
{
	if (c->filled == 0)
		return '-';
	if ((c->urls + c->dashes) * 5 >= c->filled * 4 && c->urls)
		return 'U';
	if (c->numbers * 10 >= c->filled * 9)
		return 'N';
	if (c->hashes * 10 >= c->filled * 9)
		return 'H';
	if (c->letters * 2 >= c->filled && c->spaced * 2 >= c->filled)
		return 'T';
	return 'W';
}

/* ---- patterns ---- */

static const struct pattern {
	const char *classes; /* columns must begin like this; a final '$': and end there; 't' is T or W */
	const char *profile;
	const char *origin;  /* N_() */
	size_t source, target,
		score; /* columns; score 99: none, 98: the last number within 0..1, else the first number */
	size_t url;          /* 99: none */
} patterns[] = {
	{ "UUtt", "bitextor", N_("bitextor output: two URLs, two texts, scores"), 2, 3, 98, 0 },
	{ "ttNNN", "nllb", N_("NLLB mined pairs: two texts, LASER and language scores, sources"), 0, 1, 2,
	  99 },
	{ "NTT", "mined", N_("mined pairs: score, source, target (WikiMatrix, CCMatrix)"), 1, 2, 0, 99 },
	{ "TTN", "scored", N_("scored pairs: source, target, score"), 0, 1, 2, 99 },
	{ "TT$", "pairs", N_("pairs: source, target"), 0, 1, 99, 99 },
	{ "NtT$", "mined", N_("mined pairs: score, source, target (WikiMatrix, CCMatrix)"), 1, 2, 0, 99 },
	{ "tTN", "scored", N_("scored pairs: source, target, score"), 0, 1, 2, 99 },
};

static bool matches(const char *want, const char *have)
{
	for (; *want; want++, have++) {
		if (*want == '$')
			return *have == '\0';
		if (*want != *have && !(*want == 't' && (*have == 'T' || *have == 'W')))
			return false;
	}
	return true;
}

static size_t score_column(const struct pattern *p, const struct table *t, size_t width, const char *classes)
{
	if (p->score != 98)
		return p->score;
	for (size_t i = width; i-- > 4;)
		if (classes[i] == 'N' && t->column[i].within_one * 10 >= t->column[i].filled * 9)
			return i;
	for (size_t i = 4; i < width; i++)
		if (classes[i] == 'N')
			return i;
	return 99;
}

static bool try_patterns(struct shape *out, const struct head *h, const struct table *t)
{
	char classes[WIDTH + 1] = "";
	size_t width = out->n_columns < WIDTH ? out->n_columns : WIDTH;

	for (size_t i = 0; i < width; i++)
		classes[i] = class_of(&t->column[i]);
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		const struct pattern *p = &patterns[i];
		size_t score;

		if (!matches(p->classes, classes))
			continue;
		score = score_column(p, t, width, classes);
		out->kind = KIND_BITEXT;
		snprintf(out->profile, sizeof out->profile, "%s", p->profile);
		out->columns[p->source].role = ROLE_SOURCE;
		out->columns[p->target].role = ROLE_TARGET;
		if (score < out->n_columns)
			out->columns[score].role = ROLE_SCORE;
		if (p->url < out->n_columns)
			out->columns[p->url].role = ROLE_URL;
		set_languages(out, h);
		set_reason(out, _("tab-separated values without header: %s"), _(p->origin));
		return true;
	}
	return false;
}

static void table_name(char *out, size_t size, const struct shape *s)
{
	if (s->delimiter == '\t')
		snprintf(out, size, "%s",
			 s->header ? _("tab-separated values with a header")
				   : _("tab-separated values without header"));
	else
		snprintf(out, size,
			 s->header ? _("values separated by “%c” with a header")
				   : _("values separated by “%c” without header"),
			 s->delimiter);
}

int recognise_table(struct shape *out, const struct head *h, char delimiter, bool lenient,
		    struct error *err)
{
	struct table t = { .shape = out };
	struct shape blank = *out;
	char what[120];
	int rc = 1;

	if (!csv_recognise(out, h->bytes, h->complete, delimiter, lenient))
		return 0;
	sample_records(out, h, SAMPLE, note_row, &t);
	if (lenient && t.histogram.keys.n == 0) /* no row is whole: the names alone say what it is */
		for (size_t i = 0; i < out->n_columns; i++)
			histogram_add_cell(&t.histogram, span_of(out->columns[i].name),
					   span_of(out->columns[i].name));
	table_name(what, sizeof what, out);
	if (out->header || !(out->delimiter == '\t' && try_patterns(out, h, &t)))
		rc = t.histogram.keys.n ? finish_with_profile(out, h, &t.histogram, what, err) : 0;
	if (rc == 0)
		*out = blank;
	vec_free(&t.cells);
	arena_free(&t.arena);
	histogram_free(&t.histogram);
	return rc;
}
