/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model 1 over a list of distinct word pairs ("cells"): each row of the parallel text keeps the cell of every word pair in
 * it, so a round is two passes over arrays with no look-up.
 */
#include "bitext/model1.h"

#include "base/thread.h"
#include "text/langid.h"

enum { ROW_WORDS = 60 };

void parallel_free(struct parallel *p)
{
	vec_free(&p->x);
	vec_free(&p->y);
	vec_free(&p->rows);
}

void parallel_add(struct parallel *p, const uint32_t *x, size_t nx, const uint32_t *y, size_t ny)
{
	if (!nx || !ny || nx > ROW_WORDS || ny > ROW_WORDS)
		return;
	vec_push(&p->rows, (struct parallel_row){ (uint32_t)p->x.n, (uint32_t)nx, (uint32_t)p->y.n, (uint32_t)ny });
	for (size_t i = 0; i < nx; i++)
		vec_push(&p->x, x[i]);
	for (size_t i = 0; i < ny; i++)
		vec_push(&p->y, y[i]);
}

static size_t sentence_numbers(uint32_t out[ROW_WORDS], const struct side *s, size_t i)
{
	const struct word_at *w = side_words(s, i);
	size_t n = s->sentences[i].n;

	if (n > ROW_WORDS)
		return n;
	for (size_t k = 0; k < n; k++)
		out[k] = w[k].word;
	return n;
}

void parallel_add_sentences(struct parallel *p, const struct side *a, size_t i, const struct side *b, size_t j)
{
	uint32_t x[ROW_WORDS], y[ROW_WORDS];
	size_t nx = sentence_numbers(x, a, i), ny = sentence_numbers(y, b, j);

	parallel_add(p, x, nx, y, ny);
}

/* Numbers of the words of a phrase that the side knows; `*all` when it knows each. */
static size_t phrase_numbers(uint32_t out[ROW_WORDS], const struct side *s, struct tokenizer *t, struct token_list *list,
			     struct span phrase, bool *all)
{
	size_t n = 0;

	*all = true;
	tokens_cut(t, list, phrase);
	vec_each(&list->tokens, k) {
		uint32_t w = side_word(s, list->tokens.v[k].form);

		if (w == WORD_NONE)
			*all = false;
		else if (n < ROW_WORDS)
			out[n++] = w;
	}
	return n;
}

struct reader {
	struct tokenizer *ta, *tb;
	struct token_list list;
};

static void reader_open(struct reader *r, const struct side *a, const struct side *b, const struct mapstr *headwords_a,
			const struct mapstr *headwords_b)
{
	*r = (struct reader){ tokenizer_new(a->lang, headwords_a), tokenizer_new(b->lang, headwords_b), { { 0 }, BUF_INIT } };
}

static void reader_close(struct reader *r)
{
	tokenizer_free(r->ta);
	tokenizer_free(r->tb);
	token_list_free(&r->list);
}

void parallel_add_lexicon(struct parallel *p, const struct lexwords *w)
{
	for (size_t i = 0; i < w->n; i++) {
		uint32_t x[4], y[4];
		size_t nx = lexside_words(x, &w->a, i), ny = nx ? lexside_words(y, &w->b, i) : 0;

		if (nx && ny && nx + ny <= 7)
			parallel_add(p, x, nx, y, ny);
	}
}

void parallel_add_lines(struct parallel *p, const struct span *x, const struct span *y, size_t n, const struct side *a,
			const struct side *b, const struct mapstr *headwords_a, const struct mapstr *headwords_b)
{
	struct reader r;
	uint32_t wx[ROW_WORDS], wy[ROW_WORDS];
	bool all;

	reader_open(&r, a, b, headwords_a, headwords_b);
	for (size_t i = 0; i < n; i++) {
		size_t nx = phrase_numbers(wx, a, r.ta, &r.list, x[i], &all);

		if (nx)
			parallel_add(p, wx, nx, wy, phrase_numbers(wy, b, r.tb, &r.list, y[i], &all));
	}
	reader_close(&r);
}

void headwords_of(struct mapstr *out, const struct lexicon *l, bool of_b)
{
	const char *code = lang_code(of_b ? l->b : l->a);

	if (strcmp(code, "zh") != 0 && strcmp(code, "ja") != 0)
		return;
	vec_each(&l->entries, i)
		headwords_add(out, of_b ? l->entries.v[i].b : l->entries.v[i].a);
}

/* ---- training ---- */

struct cells {
	const struct parallel *p;
	VEC(struct word_pair) pairs;
	VEC(uint32_t) cell;       /* of each word pair of each row, row-major: x outer, y inner */
	size_t words_x, words_y;
	int rounds;
	bool null_word;
};

static void find_cells(struct cells *c)
{
	struct map64 numbers = { 0 };

	for (size_t r = 0; r < c->p->rows.n; r++) {
		struct parallel_row row = c->p->rows.v[r];

		for (uint32_t i = 0; i < row.nx; i++) {
			for (uint32_t j = 0; j < row.ny; j++) {
				uint32_t x = c->p->x.v[row.x + i], y = c->p->y.v[row.y + j];
				bool made;
				uint64_t *number = map64_at(&numbers, (uint64_t)x << 32 | y, &made);

				if (made) {
					*number = c->pairs.n;
					vec_push(&c->pairs, (struct word_pair){ .x = x, .y = y });
				}
				c->pairs.v[*number].together++;
				vec_push(&c->cell, (uint32_t)*number);
			}
		}
	}
	map64_free(&numbers);
}

/* One direction: given words g explain words e.  `forward`: x given, y explained. */
struct direction {
	struct cells *c;
	bool forward;
	double *t, *count;        /* by pair */
	double *null_t, *null_count; /* by explained word */
	double *total;            /* by given word */
};

static void expect(struct direction *d)
{
	const struct parallel *p = d->c->p;
	const uint32_t *cell = d->c->cell.v;

	for (size_t r = 0; r < p->rows.n; r++) {
		struct parallel_row row = p->rows.v[r];
		uint32_t ng = d->forward ? row.nx : row.ny, ne = d->forward ? row.ny : row.nx;
		uint32_t step_g = d->forward ? row.ny : 1, step_e = d->forward ? 1 : row.ny;
		const uint32_t *explained = d->forward ? p->y.v + row.y : p->x.v + row.x;

		for (uint32_t e = 0; e < ne; e++) {
			double z = d->c->null_word ? d->null_t[explained[e]] : 0;

			for (uint32_t g = 0; g < ng; g++)
				z += d->t[cell[g * step_g + e * step_e]];
			if (z <= 0)
				continue;
			for (uint32_t g = 0; g < ng; g++) {
				uint32_t k = cell[g * step_g + e * step_e];

				d->count[k] += d->t[k] / z;
			}
			if (d->c->null_word)
				d->null_count[explained[e]] += d->null_t[explained[e]] / z;
		}
		cell += (size_t)row.nx * row.ny;
	}
}

static void maximise(struct direction *d)
{
	struct cells *c = d->c;
	size_t given = d->forward ? c->words_x : c->words_y, explained = d->forward ? c->words_y : c->words_x;
	double null_total = 0;

	memset(d->total, 0, given * sizeof *d->total);
	for (size_t k = 0; k < c->pairs.n; k++)
		d->total[d->forward ? c->pairs.v[k].x : c->pairs.v[k].y] += d->count[k];
	for (size_t k = 0; k < c->pairs.n; k++) {
		double total = d->total[d->forward ? c->pairs.v[k].x : c->pairs.v[k].y];

		d->t[k] = total > 0 ? d->count[k] / total : 0;
		d->count[k] = 0;
	}
	for (size_t e = 0; e < explained; e++)
		null_total += d->null_count[e];
	for (size_t e = 0; e < explained; e++) {
		d->null_t[e] = null_total > 0 ? d->null_count[e] / null_total : 0;
		d->null_count[e] = 0;
	}
}

static void run_direction(void *ctx, size_t i)
{
	struct cells *c = ctx;
	size_t explained = i == 0 ? c->words_y : c->words_x;
	struct direction d = { .c = c, .forward = i == 0 };

	d.t = xcalloc(c->pairs.n + 1, sizeof *d.t);
	d.count = xcalloc(c->pairs.n + 1, sizeof *d.count);
	d.null_t = xcalloc(explained + 1, sizeof *d.null_t);
	d.null_count = xcalloc(explained + 1, sizeof *d.null_count);
	d.total = xcalloc((i == 0 ? c->words_x : c->words_y) + 1, sizeof *d.total);
	for (size_t k = 0; k < c->pairs.n; k++)
		d.t[k] = 1;
	for (size_t e = 0; e < explained; e++)
		d.null_t[e] = 1;
	for (int round = 0; round < c->rounds; round++) {
		expect(&d);
		maximise(&d);
	}
	for (size_t k = 0; k < c->pairs.n; k++)
		*(i == 0 ? &c->pairs.v[k].forward : &c->pairs.v[k].backward) = (float)d.t[k];
	free(d.t);
	free(d.count);
	free(d.null_t);
	free(d.null_count);
	free(d.total);
}

void model1_train(struct model1 *out, const struct parallel *p, size_t words_x, size_t words_y, int rounds, bool null_word,
		  unsigned threads)
{
	struct cells c = { .p = p, .words_x = words_x, .words_y = words_y, .rounds = rounds, .null_word = null_word };

	find_cells(&c);
	parallel_for(threads, 2, run_direction, &c, NULL);
	vec_free(&c.cell);
	out->pairs.v = (void *)c.pairs.v;
	out->pairs.n = c.pairs.n;
	out->pairs.cap = c.pairs.cap;
}

void model1_free(struct model1 *m)
{
	vec_free(&m->pairs);
}
