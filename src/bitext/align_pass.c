/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Similarities of all beads in the band, in parallel by source sentence, then dynamic programming from pin to pin; see
 * align_pass.h, and align.h for the cost.
 */
#include "bitext/align_pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/thread.h"
#include "bitext/align_measure.h"
#include "bitext/align_path.h"

enum { RANDOM_SPANS = 60, RANDOM_SPAN_MAX = 3, ROWS = 8 };

static const double length_most = 10, merge_cost = .2, end_cost = .15;

/* How much a bead counts grows with (a b)^.3 ((a + b) / 2)^.65: less than with Vecalign's a b, under which two sentences that have exchanged
 * a clause with two others cost twice what two halves with nothing in common do. */
static const double product_power = .3, mean_power = .65;

/* A sentence left out costs by its words up to the mean, in part: page numbers and specks go easily. */
static const double deletion_by_weight = .2;

/* The next sentence left out on the same side costs less: paragraphs are left out whole. */
static const double deletion_goes_on = .8;

/* Bead types: (1,0), (0,1), then n + m <= 6. */
static const struct {
	uint8_t nx, ny;
} types[] = {
	{ 1, 0 }, { 0, 1 }, { 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 3 }, { 3, 1 }, { 2, 2 }, { 1, 4 },
	{ 4, 1 }, { 2, 3 }, { 3, 2 }, { 1, 5 }, { 5, 1 }, { 2, 4 }, { 4, 2 }, { 3, 3 },
};

enum { TYPES = sizeof types / sizeof *types, DELETIONS = 2 };

/* The beads that begin at one pair of boundaries. */
struct weighed {
	float s[TYPES], cost[TYPES];
};

/* What was found between two pins: beads[first..]. */
struct found {
	struct pin from, to;
	size_t first, n;
};

struct second_pass {
	const struct alignment *a;
	struct band path;         /* of the first pass and the pins it was given */
	struct band band;         /* searched: with the pins of the last run */
	struct band known;        /* measured: all that was ever searched */
	const struct band *before; /* while measuring: what was known already; a row with low > high holds nothing */
	size_t *offset;           /* by boundary of x: its first cell of `known` */
	struct weighed *cells;
	float *norm_x, *norm_y;   /* sentences * BEAD_MAX: one less the mean similarity to random spans */
	double *prefix_x, *prefix_y; /* characters up to each boundary */
	struct bead_costs costs;
	double mean_x, mean_y;    /* weight of a sentence */
	double counts[TYPES];     /* how much a bead of each type counts */
	VEC(struct found) found;  /* by the last run, in order */
	VEC(struct bead) beads;
};

/* The rows of x, and those of y, compared with random spans. */
struct normalising {
	struct second_pass *p;
	struct link_table reverse;
};

static size_t span_words(const struct side *s, size_t i, size_t n)
{
	return side_first(s, i + n) - side_first(s, i);
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

static void normalise_rows(const struct normalising *z, size_t chunk, bool of_x)
{
	struct second_pass *p = z->p;
	const struct side *own = of_x ? &p->a->a : &p->a->b, *other = of_x ? &p->a->b : &p->a->a;
	struct measure *m = measure_new(p->a, of_x ? &p->a->links : &z->reverse, of_x);
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

static double bead_cost(const struct second_pass *p, size_t i, size_t j, size_t t, double s)
{
	size_t a = types[t].nx, b = types[t].ny;
	double norm = (double)p->norm_x[i * BEAD_MAX + a - 1] + (double)p->norm_y[j * BEAD_MAX + b - 1];
	double length = length_surprise(p->prefix_x[i + a] - p->prefix_x[i], p->prefix_y[j + b] - p->prefix_y[j], &p->a->length);

	bool ends_differ = p->a->a.sentences[i + a - 1].end != p->a->b.sentences[j + b - 1].end;

	return p->counts[t] * 2 * (1 - s) / (norm > .1 ? norm : .1) + p->costs.length * fmin(length_most, length) +
	       merge_cost * (double)(a + b - 2) + (ends_differ ? end_cost : 0);
}

static double deletion_of(const struct second_pass *p, double weight, double mean)
{
	return p->costs.deletion * (1 - deletion_by_weight + deletion_by_weight * fmin(1, mean > 0 ? weight / mean : 1));
}

/* Of sentence i of x (t 0) or j of y (t 1). */
static double deletion_cost(const struct second_pass *p, size_t i, size_t j, size_t t)
{
	return t == 0 ? deletion_of(p, (double)p->a->a.sentences[i].weight, p->mean_x)
		      : deletion_of(p, (double)p->a->b.sentences[j].weight, p->mean_y);
}

static void weigh(struct weighed *out, const struct second_pass *p, struct measure *m, size_t i, size_t j, size_t n)
{
	for (size_t t = DELETIONS; t < TYPES; t++) {
		if (types[t].nx != n || j + types[t].ny > p->a->b.n)
			continue;
		out->s[t] = (float)measure_compare(m, j, types[t].ny);
		out->cost[t] = (float)bead_cost(p, i, j, t, (double)out->s[t]);
	}
}

static bool row_known(const struct band *b, const struct band *than, size_t i)
{
	return b->low[i] >= than->low[i] && b->high[i] <= than->high[i];
}

static bool rows_known(const struct second_pass *p, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (!row_known(&p->known, p->before, i))
			return false;
	return true;
}

static void measure_rows(void *ctx, size_t chunk)
{
	struct second_pass *p = ctx;
	size_t first = chunk * ROWS, end = first + ROWS < p->a->a.n ? first + ROWS : p->a->a.n;
	struct measure *m;

	if (rows_known(p, first, end))
		return;
	m = measure_new(p->a, &p->a->links, true);
	for (size_t i = first; i < end; i++) {
		for (size_t n = 1; n <= BEAD_MAX && i + n <= p->a->a.n && !row_known(&p->known, p->before, i); n++) {
			measure_set(m, i, n);
			for (size_t j = p->known.low[i]; j <= p->known.high[i]; j++)
				if (j < p->before->low[i] || j > p->before->high[i])
					weigh(&p->cells[p->offset[i] + j - p->known.low[i]], p, m, i, j, n);
		}
	}
	measure_free(m);
}

/* Makes room for the cells of `b` and measures those that are new; when cancelled, nothing is known. */
static bool know(struct second_pass *p, const struct band *b, unsigned threads, const atomic_bool *cancel)
{
	struct band before = p->known;
	size_t *offset = p->offset;
	struct weighed *cells = p->cells;
	size_t n = before.n;
	bool more = false;

	for (size_t i = 0; i < n && !more; i++)
		more = !row_known(b, &before, i);
	if (!more)
		return true;
	band_join(&p->known, &before, b);
	p->offset = xcalloc(n + 1, sizeof *p->offset);
	for (size_t i = 0; i < n; i++)
		p->offset[i + 1] = p->offset[i] + p->known.high[i] - p->known.low[i] + 1;
	p->cells = xcalloc(p->offset[n] + 1, sizeof *p->cells);
	for (size_t i = 0; i < n; i++)
		if (before.low[i] <= before.high[i])
			memcpy(p->cells + p->offset[i] + before.low[i] - p->known.low[i], cells + offset[i],
			       (before.high[i] - before.low[i] + 1) * sizeof *cells);
	p->before = &before;
	more = parallel_for(threads, (p->a->a.n + ROWS - 1) / ROWS, measure_rows, p, cancel);
	p->before = NULL;
	if (!more)
		band_clear(&p->known);
	band_free(&before);
	free(offset);
	free(cells);
	return more;
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

static size_t place_of(const struct second_pass *p, size_t i, size_t j)
{
	return p->offset[i] + j - p->known.low[i];
}

static struct cell *cell_at(const struct stretch *s, size_t i, size_t j)
{
	const struct band *b = &s->p->band;

	if (i < s->from.x || i > s->to.x || j < s->from.y || j > s->to.y || j < b->low[i] || j > b->high[i])
		return NULL;
	return &s->cells[place_of(s->p, i, j)];
}

static void extend(const struct stretch *s, size_t i, size_t j)
{
	const struct cell *here = cell_at(s, i, j);

	if (!here || !isfinite(here->cost))
		return;
	const float *costs = s->p->cells[place_of(s->p, i, j)].cost;

	for (size_t t = 0; t < TYPES; t++) {
		struct cell *next = cell_at(s, i + types[t].nx, j + types[t].ny);
		double cost;

		if (!next)
			continue;
		if (t < DELETIONS)
			cost = here->cost + deletion_cost(s->p, i, j, t) * (here->type == t ? deletion_goes_on : 1);
		else
			cost = here->cost + (double)costs[t];
		if (cost < next->cost)
			*next = (struct cell){ cost, (uint8_t)t };
	}
}

/* Beads are found backwards: they are pushed and then turned round. */
static void align_stretch(const struct stretch *s, struct alignment *a)
{
	size_t i = s->to.x, j = s->to.y, first = a->beads.n;

	for (size_t c = s->p->offset[s->from.x]; c < s->p->offset[s->to.x + 1]; c++)
		s->cells[c] = (struct cell){ INFINITY, TYPES };
	cell_at(s, s->from.x, s->from.y)->cost = 0;
	for (size_t x = s->from.x; x <= s->to.x; x++)
		for (size_t y = s->from.y > s->p->band.low[x] ? s->from.y : s->p->band.low[x];
		     y <= s->to.y && y <= s->p->band.high[x]; y++)
			extend(s, x, y);
	while (i > s->from.x || j > s->from.y) {
		const struct cell *c = cell_at(s, i, j);
		uint8_t nx = types[c->type].nx, ny = types[c->type].ny;
		float similar;

		i -= nx;
		j -= ny;
		similar = c->type < DELETIONS ? 0 : s->p->cells[place_of(s->p, i, j)].s[c->type];
		vec_push(&a->beads, (struct bead){ (uint32_t)i, (uint32_t)j, nx, ny, similar,
						   (float)(c->cost - cell_at(s, i, j)->cost) });
	}
	for (size_t l = first, r = a->beads.n; l + 1 < r; l++, r--) {
		struct bead t = a->beads.v[l];

		a->beads.v[l] = a->beads.v[r - 1];
		a->beads.v[r - 1] = t;
	}
}

/* ---- from pin to pin ---- */

typedef VEC(struct found) stretches;

static void cut_at_pins(stretches *out, const struct alignment *a, const struct pin *pins, size_t n_pins)
{
	struct pin from = { 0, 0 }, end = { (uint32_t)a->a.n, (uint32_t)a->b.n };

	for (size_t k = 0; k <= n_pins; k++) {
		struct pin to = k < n_pins ? pins[k] : end;

		if (to.x < from.x || to.y < from.y || to.x > end.x || to.y > end.y)
			continue;
		vec_push(out, (struct found){ .from = from, .to = to });
		from = to;
	}
}

/* Whether the same was searched between the same pins. */
static bool same_search(const struct band *p, const struct band *q, const struct found *s)
{
	for (size_t i = s->from.x; i <= s->to.x; i++) {
		uint32_t l = p->low[i] > s->from.y ? p->low[i] : s->from.y, m = q->low[i] > s->from.y ? q->low[i] : s->from.y;
		uint32_t h = p->high[i] < s->to.y ? p->high[i] : s->to.y, k = q->high[i] < s->to.y ? q->high[i] : s->to.y;

		if (l != m || h != k)
			return false;
	}
	return true;
}

static int compare_pins(struct pin p, struct pin q)
{
	if (p.x != q.x)
		return p.x < q.x ? -1 : 1;
	return p.y < q.y ? -1 : p.y > q.y;
}

/* The stretch as the last run found it, or NULL; `*at` moves on. */
static const struct found *found_before(const struct second_pass *p, const struct found *s, const struct band *band, size_t *at)
{
	while (*at < p->found.n && compare_pins(p->found.v[*at].from, s->from) < 0)
		++*at;
	for (size_t k = *at; k < p->found.n && compare_pins(p->found.v[k].from, s->from) == 0; k++)
		if (compare_pins(p->found.v[k].to, s->to) == 0)
			return same_search(&p->band, band, s) ? &p->found.v[k] : NULL;
	return NULL;
}

/* Sets p->band to `band`. */
static void run_stretches(struct second_pass *p, struct alignment *a, stretches *all, struct band *band)
{
	struct stretch s = { .p = p };
	size_t at = 0;

	for (size_t k = 0; k < all->n; k++) { /* before p->band goes */
		const struct found *old = found_before(p, &all->v[k], band, &at);

		all->v[k].first = old ? old->first : SIZE_MAX;
		all->v[k].n = old ? old->n : 0;
	}
	band_free(&p->band);
	p->band = *band;
	s.cells = xmalloc((p->offset[p->known.n] + 1) * sizeof *s.cells);
	vec_clear(&a->beads);
	for (size_t k = 0; k < all->n; k++) {
		struct found *f = &all->v[k];
		size_t first = a->beads.n;

		s.from = f->from;
		s.to = f->to;
		if (f->first == SIZE_MAX)
			align_stretch(&s, a);
		else
			for (size_t i = 0; i < f->n; i++)
				vec_push(&a->beads, p->beads.v[f->first + i]);
		f->first = first;
		f->n = a->beads.n - first;
	}
	free(s.cells);
	vec_clear(&p->found);
	vec_each(all, k)
		vec_push(&p->found, all->v[k]);
	vec_clear(&p->beads);
	vec_each(&a->beads, i)
		vec_push(&p->beads, a->beads.v[i]);
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

bool pass_run(struct second_pass *p, struct alignment *a, const struct pin *pins, size_t n_pins, unsigned threads,
	      const atomic_bool *cancel)
{
	stretches all = { 0 };
	struct band band;
	bool whole;

	p->a = a;
	cut_at_pins(&all, a, pins, n_pins);
	band_copy(&band, &p->path);
	for (size_t k = 0; k < all.n; k++)
		band_connect(&band, all.v[k].from, all.v[k].to, p->costs.margin, all.n > 1, a->b.n);
	whole = know(p, &band, threads, cancel);
	if (whole) {
		run_stretches(p, a, &all, &band);
		find_confidence(a);
	} else {
		band_free(&band);
	}
	vec_free(&all);
	return whole;
}

/* ---- the pass ---- */

static double *prefixes(const struct side *s)
{
	double *p = xcalloc(s->n + 1, sizeof *p);

	for (size_t i = 0; i < s->n; i++)
		p[i + 1] = p[i] + s->sentences[i].chars;
	return p;
}

static double mean_weight(const struct side *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += (double)s->sentences[i].weight;
	return s->n ? sum / (double)s->n : 0;
}

static bool normalise(struct second_pass *p, unsigned threads, const atomic_bool *cancel)
{
	struct normalising z = { .p = p };
	size_t n_x = p->a->a.n, n_y = p->a->b.n;
	bool whole;

	p->norm_x = xcalloc(n_x + 1, BEAD_MAX * sizeof *p->norm_x);
	p->norm_y = xcalloc(n_y + 1, BEAD_MAX * sizeof *p->norm_y);
	link_table_reverse(&z.reverse, &p->a->links, p->a->b.forms.n);
	whole = parallel_for(threads, n_y ? (n_x + ROWS - 1) / ROWS : 0, normalise_x, &z, cancel);
	whole = whole && parallel_for(threads, n_x ? (n_y + ROWS - 1) / ROWS : 0, normalise_y, &z, cancel);
	link_table_free(&z.reverse);
	return whole;
}

struct second_pass *pass_new(const struct alignment *a, const struct pin *pins, size_t n_pins, unsigned threads, const atomic_bool *cancel)
{
	struct second_pass *p = xcalloc(1, sizeof *p);
	bool whole = band_find(&p->path, a, pins, n_pins, a->costs.margin, threads, cancel);

	p->a = a;
	p->costs = a->costs;
	p->prefix_x = prefixes(&a->a);
	p->prefix_y = prefixes(&a->b);
	p->mean_x = mean_weight(&a->a);
	p->mean_y = mean_weight(&a->b);
	for (size_t t = DELETIONS; t < TYPES; t++)
		p->counts[t] = pow(types[t].nx * types[t].ny, product_power) * pow((types[t].nx + types[t].ny) / 2.0, mean_power);
	band_copy(&p->known, &p->path);
	band_clear(&p->known);
	band_copy(&p->band, &p->known);
	if (whole && normalise(p, threads, cancel) && know(p, &p->path, threads, cancel))
		return p;
	pass_free(p);
	return NULL;
}

void pass_free(struct second_pass *p)
{
	if (!p)
		return;
	band_free(&p->path);
	band_free(&p->band);
	band_free(&p->known);
	free(p->offset);
	free(p->cells);
	free(p->norm_x);
	free(p->norm_y);
	free(p->prefix_x);
	free(p->prefix_y);
	vec_free(&p->found);
	vec_free(&p->beads);
	free(p);
}
