/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second pass of alignment: similarities of all beads in the band, in parallel by source sentence, then dynamic
 * programming from pin to pin; see align.h for the cost.
 */
#include "bitext/align.h"

#include <math.h>

#include "base/hash.h"
#include "base/i18n.h"
#include "base/thread.h"
#include "bitext/align_measure.h"
#include "bitext/align_path.h"
#include "bitext/kin.h"
#include "text/langid.h"

enum { BAND_MARGIN = 6, RANDOM_SPANS = 60, RANDOM_SPAN_MAX = 3, ROWS = 8 };

static const double length_cost = .2, length_most = 10, merge_cost = .04;
static const double deletion_known = 1.05, deletion_unknown = .85, deletion_vectors = 1, sound = .12;

/* Bead types: (1,0), (0,1), then n + m <= 6. */
static const struct {
	uint8_t nx, ny;
} types[] = {
	{ 1, 0 }, { 0, 1 }, { 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 3 }, { 3, 1 }, { 2, 2 }, { 1, 4 },
	{ 4, 1 }, { 2, 3 }, { 3, 2 }, { 1, 5 }, { 5, 1 }, { 2, 4 }, { 4, 2 }, { 3, 3 },
};

enum { TYPES = sizeof types / sizeof *types, DELETIONS = 2 };

struct second_pass {
	struct alignment *a;
	struct link_table reverse;
	struct band band;
	size_t *offset;           /* by boundary of x: its first cell */
	float *s;                 /* cells * TYPES: similarity of the bead that begins there */
	float *norm_x, *norm_y;   /* sentences * BEAD_MAX: one less the mean similarity to random spans */
	double *prefix_x, *prefix_y; /* characters up to each boundary */
	double deletion;
	const atomic_bool *cancel;
};

static size_t span_first(const struct side *s, size_t i)
{
	return i < s->n ? s->sentences[i].first : s->words.n;
}

static size_t span_words(const struct side *s, size_t i, size_t n)
{
	return span_first(s, i + n) - span_first(s, i);
}

/* ---- normalisation ---- */

static double mean_similarity(struct measure *m, const struct side *other, uint64_t seed)
{
	double sum = 0;

	for (uint64_t k = 0; k < RANDOM_SPANS; k++) {
		uint64_t random = hash_mix64(seed * RANDOM_SPANS + k);
		size_t n = 1 + random % RANDOM_SPAN_MAX;
		size_t at = (size_t)((random >> 8) % other->n);

		n = n < other->n - at ? n : other->n - at;
		sum += measure_compare(m, at, n);
	}
	return sum / RANDOM_SPANS;
}

static void normalise_rows(struct second_pass *p, size_t chunk, bool of_x)
{
	const struct side *own = of_x ? &p->a->a : &p->a->b, *other = of_x ? &p->a->b : &p->a->a;
	struct measure *m = measure_new(p->a, of_x ? &p->a->links : &p->reverse, of_x);
	float *norm = of_x ? p->norm_x : p->norm_y;

	for (size_t i = chunk * ROWS; i < (chunk + 1) * ROWS && i < own->n; i++) {
		for (size_t n = 1; n <= BEAD_MAX && i + n <= own->n; n++) {
			measure_set(m, i, n);
			norm[i * BEAD_MAX + n - 1] = (float)(1 - mean_similarity(m, other, i));
		}
	}
	measure_free(m);
}

static void normalise_x(void *ctx, size_t chunk)
{
	normalise_rows(ctx, chunk, true);
}

static void normalise_y(void *ctx, size_t chunk)
{
	normalise_rows(ctx, chunk, false);
}

/* ---- similarities in the band ---- */

static void compare_rows(void *ctx, size_t chunk)
{
	struct second_pass *p = ctx;
	const struct side *a = &p->a->a, *b = &p->a->b;
	struct measure *m = measure_new(p->a, &p->a->links, true);

	for (size_t i = chunk * ROWS; i < (chunk + 1) * ROWS && i < a->n; i++) {
		for (size_t n = 1; n <= BEAD_MAX && i + n <= a->n; n++) {
			measure_set(m, i, n);
			for (size_t j = p->band.low[i]; j <= p->band.high[i]; j++) {
				float *s = p->s + (p->offset[i] + j - p->band.low[i]) * TYPES;

				for (size_t t = DELETIONS; t < TYPES; t++)
					if (types[t].nx == n && j + types[t].ny <= b->n)
						s[t] = (float)measure_compare(m, j, types[t].ny);
			}
		}
	}
	measure_free(m);
}

static double bead_cost(const struct second_pass *p, size_t i, size_t j, size_t t, double s)
{
	size_t a = types[t].nx, b = types[t].ny;
	double norm, length;

	if (t < DELETIONS)
		return p->deletion;
	norm = (double)p->norm_x[i * BEAD_MAX + a - 1] + (double)p->norm_y[j * BEAD_MAX + b - 1];
	length = length_surprise(p->prefix_x[i + a] - p->prefix_x[i], p->prefix_y[j + b] - p->prefix_y[j], &p->a->length);
	return (double)(a * b) * 2 * (1 - s) / (norm > .1 ? norm : .1) + length_cost * fmin(length_most, length) +
	       merge_cost * (double)(a + b - 2);
}

/* ---- dynamic programming over one stretch between pins ---- */

struct cell {
	double cost;              /* to reach this boundary pair; infinite when it cannot be */
	uint8_t type;             /* of the bead that ends here */
};

struct stretch {
	struct second_pass *p;
	struct pin from, to;
	struct cell *cells;       /* by p->offset */
};

static struct cell *cell_at(const struct stretch *s, size_t i, size_t j)
{
	const struct band *b = &s->p->band;

	if (i < s->from.x || i > s->to.x || j < s->from.y || j > s->to.y || j < b->low[i] || j > b->high[i])
		return NULL;
	return &s->cells[s->p->offset[i] + j - b->low[i]];
}

static void extend(const struct stretch *s, size_t i, size_t j)
{
	const struct cell *here = cell_at(s, i, j);

	if (!here || !isfinite(here->cost))
		return;
	for (size_t t = 0; t < TYPES; t++) {
		struct cell *next = cell_at(s, i + types[t].nx, j + types[t].ny);
		const float *similar = s->p->s + (s->p->offset[i] + j - s->p->band.low[i]) * TYPES;
		double cost;

		if (!next)
			continue;
		cost = here->cost + bead_cost(s->p, i, j, t, t < DELETIONS ? 0 : (double)similar[t]);
		if (cost < next->cost)
			*next = (struct cell){ cost, (uint8_t)t };
	}
}

/* Beads are found backwards: they are pushed and then turned round. */
static void align_stretch(struct stretch *s)
{
	struct alignment *a = s->p->a;
	size_t i = s->to.x, j = s->to.y, first = a->beads.n;

	cell_at(s, s->from.x, s->from.y)->cost = 0;
	for (size_t x = s->from.x; x <= s->to.x; x++)
		for (size_t y = s->from.y > s->p->band.low[x] ? s->from.y : s->p->band.low[x];
		     y <= s->to.y && y <= s->p->band.high[x]; y++)
			extend(s, x, y);
	while (i > s->from.x || j > s->from.y) {
		const struct cell *c = cell_at(s, i, j);
		uint8_t nx = types[c->type].nx, ny = types[c->type].ny;
		size_t at = s->p->offset[i - nx] + (j - ny) - s->p->band.low[i - nx];
		float similar = c->type < DELETIONS ? 0 : s->p->s[at * TYPES + c->type];

		i -= nx;
		j -= ny;
		vec_push(&a->beads, (struct bead){ (uint32_t)i, (uint32_t)j, nx, ny, similar,
						   (float)(c->cost - cell_at(s, i, j)->cost) });
	}
	for (size_t l = first, r = a->beads.n; l + 1 < r; l++, r--) {
		struct bead t = a->beads.v[l];

		a->beads.v[l] = a->beads.v[r - 1];
		a->beads.v[r - 1] = t;
	}
}

static double *prefixes(const struct side *s)
{
	double *p = xcalloc(s->n + 1, sizeof *p);

	for (size_t i = 0; i < s->n; i++)
		p[i + 1] = p[i] + s->sentences[i].chars;
	return p;
}

static void run_stretches(struct second_pass *p, const struct pin *pins, size_t n_pins)
{
	struct alignment *a = p->a;
	size_t cells = p->offset[a->a.n + 1];
	struct stretch s = { .p = p };
	struct pin end = { (uint32_t)a->a.n, (uint32_t)a->b.n };

	vec_clear(&a->beads);
	s.cells = xmalloc((cells + 1) * sizeof *s.cells);
	for (size_t k = 0; k <= n_pins; k++) {
		struct pin to = k < n_pins ? pins[k] : end;

		if (to.x < s.from.x || to.y < s.from.y || to.x > end.x || to.y > end.y)
			continue;
		for (size_t c = p->offset[s.from.x]; c < p->offset[to.x + 1]; c++)
			s.cells[c] = (struct cell){ INFINITY, 0 };
		s.to = to;
		align_stretch(&s);
		s.from = to;
	}
	free(s.cells);
}

static void find_confidence(struct alignment *a)
{
	double sum = 0, words = 0;

	vec_each(&a->beads, k) {
		const struct bead *b = &a->beads.v[k];
		double n = (double)(span_words(&a->a, b->x, b->nx) + span_words(&a->b, b->y, b->ny));

		sum += n * (double)b->s;
		words += n;
	}
	a->confidence = words > 0 ? sum / words : 0;
}

static int second_pass(struct alignment *a, const struct pin *pins, size_t n_pins, bool dictionary, unsigned threads,
		       const atomic_bool *cancel, struct error *err)
{
	struct second_pass p = { .a = a, .cancel = cancel };
	size_t n_x = a->a.n, n_y = a->b.n;
	bool whole = band_find(&p.band, a, pins, n_pins, BAND_MARGIN, threads, cancel);

	p.deletion = a->vectors_x ? deletion_vectors : dictionary ? deletion_known : deletion_unknown;
	link_table_reverse(&p.reverse, &a->links, a->b.forms.n);
	p.offset = xcalloc(n_x + 2, sizeof *p.offset);
	for (size_t i = 0; i <= n_x; i++)
		p.offset[i + 1] = p.offset[i] + p.band.high[i] - p.band.low[i] + 1;
	p.s = xcalloc(p.offset[n_x + 1] + 1, TYPES * sizeof *p.s);
	p.norm_x = xcalloc(n_x + 1, BEAD_MAX * sizeof *p.norm_x);
	p.norm_y = xcalloc(n_y + 1, BEAD_MAX * sizeof *p.norm_y);
	p.prefix_x = prefixes(&a->a);
	p.prefix_y = prefixes(&a->b);
	whole = whole && parallel_for(threads, n_y ? (n_x + ROWS - 1) / ROWS : 0, normalise_x, &p, cancel);
	whole = whole && parallel_for(threads, n_x ? (n_y + ROWS - 1) / ROWS : 0, normalise_y, &p, cancel);
	whole = whole && parallel_for(threads, (n_x + ROWS - 1) / ROWS, compare_rows, &p, cancel);
	if (whole) {
		run_stretches(&p, pins, n_pins);
		find_confidence(a);
	}
	band_free(&p.band);
	link_table_free(&p.reverse);
	free(p.offset);
	free(p.s);
	free(p.norm_x);
	free(p.norm_y);
	free(p.prefix_x);
	free(p.prefix_y);
	return whole ? 0 : error_set(err, TAMIS_ECANCEL, _("alignment was cancelled"));
}

/* ---- links ---- */

static size_t bead_words(uint32_t out[64], const struct side *s, size_t i, size_t n)
{
	size_t count = span_words(s, i, n), first = span_first(s, i);

	for (size_t k = 0; k < count && k < 64; k++)
		out[k] = s->words.v[first + k].word;
	return count < 64 ? count : 0;
}

static void learn_from_beads(struct alignment *a, const struct link_list *known, const struct align_request *r,
			     const struct mapstr *headwords_x, const struct mapstr *headwords_y)
{
	struct parallel p = { 0 };
	struct model1 m = { { 0 } };
	struct link_list all = { { 0 } };
	uint32_t x[64], y[64];

	vec_each(&a->beads, k) {
		const struct bead *b = &a->beads.v[k];

		if (b->nx && b->ny && b->nx + b->ny <= 3) {
			size_t nx = bead_words(x, &a->a, b->x, b->nx);

			parallel_add(&p, x, nx, y, bead_words(y, &a->b, b->y, b->ny));
		}
	}
	model1_train(&m, &p, a->a.forms.n, a->b.forms.n, 5, true, r->threads);
	links_add_learned(&all, &m);
	vec_each(&known->links, k)
		vec_push(&all.links, known->links.v[k]);
	links_refuse(&all, &a->a, &a->b, headwords_x, headwords_y, &r->refused);
	link_table_free(&a->links);
	link_table_build(&a->links, &all, a->a.forms.n);
	link_list_free(&all);
	model1_free(&m);
	parallel_free(&p);
}

static void first_links(struct link_list *out, struct alignment *a, const struct align_request *r,
			const struct mapstr *headwords_x, const struct mapstr *headwords_y)
{
	links_add_same(out, &a->a, &a->b);
	links_add_cognates(out, &a->a, &a->b);
	if (r->lexicon)
		links_add_lexicon(out, &a->a, &a->b, r->lexicon, headwords_x, headwords_y, r->threads);
	links_refuse(out, &a->a, &a->b, headwords_x, headwords_y, &r->refused);
	link_table_build(&a->links, out, a->a.forms.n);
}

int align(struct alignment *out, const struct align_request *r, struct error *err)
{
	struct mapstr headwords_x = { 0 }, headwords_y = { 0 };
	struct link_list links = { { 0 } };
	int rc;

	*out = (struct alignment){ 0 };
	if (r->lexicon) {
		headwords_of(&headwords_x, r->lexicon, false);
		headwords_of(&headwords_y, r->lexicon, true);
	}
	side_build(&out->a, r->lang_x, r->x, r->n_x, &headwords_x);
	side_build(&out->b, r->lang_y, r->y, r->n_y, &headwords_y);
	out->length = length_model_of(side_length_ratio(&out->a, &out->b) * (double)(r->n_y + 1) / (double)(r->n_x + 1));
	first_links(&links, out, r, &headwords_x, &headwords_y);
	out->vectors_x = r->vectors_x;
	out->vectors_y = r->vectors_y;
	rc = second_pass(out, r->pins, r->n_pins, r->lexicon != NULL, r->threads, r->cancel, err);
	for (unsigned round = 0; !rc && !r->vectors_x && round < r->rounds && out->confidence >= sound; round++) {
		learn_from_beads(out, &links, r, &headwords_x, &headwords_y);
		rc = second_pass(out, r->pins, r->n_pins, true, r->threads, r->cancel, err);
	}
	link_list_free(&links);
	mapstr_free(&headwords_x);
	mapstr_free(&headwords_y);
	if (rc)
		alignment_free(out);
	return rc;
}

int align_again(struct alignment *a, const struct pin *pins, size_t n_pins, unsigned threads, struct error *err)
{
	return second_pass(a, pins, n_pins, true, threads, NULL, err);
}

void alignment_free(struct alignment *a)
{
	side_free(&a->a);
	side_free(&a->b);
	link_table_free(&a->links);
	vec_free(&a->beads);
}
