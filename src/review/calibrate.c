/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts by score in Fenwick trees, and what follows from them; see calibrate.h for the estimates. */
#include "review/calibrate_inside.h"

#include <math.h>
#include <stdlib.h>

#include "base/stats.h"

#define WILSON_95 1.959964
#define UNSEEN_EXPECTED 3.0        /* verdicts by chance: none there at all then has a chance of .05 */
#define UNSEEN_VARIANCE (1 / 12.0) /* of a share that may be anything */

/* ---- making ---- */

struct ranked {
	double score;
	uint32_t item;
};

static int by_falling_score(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

static void allocate(struct calibration *c, size_t items, size_t n)
{
	c->n = n;
	c->score = xcalloc(n + 1, sizeof *c->score);
	c->position = xcalloc(items + 1, sizeof *c->position);
	c->verdict = xcalloc(n + 1, 1);
	c->group = xcalloc(n + 1, 1);
	for (unsigned g = 0; g < CALIBRATION_GROUPS; g++) {
		c->grouped[g] = xcalloc(n + 1, sizeof *c->grouped[g]);
		for (unsigned t = 0; t < TALLIES; t++)
			c->tree[g][t] = xcalloc(n + 1, sizeof *c->tree[g][t]);
	}
}

static void measure(struct calibration *c)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < c->n; i++)
		sum += c->score[i];
	c->mean = c->n ? sum / (double)c->n : 0;
	for (size_t i = 0; i < c->n; i++)
		squares += (c->score[i] - c->mean) * (c->score[i] - c->mean);
	c->deviation = c->n ? sqrt(squares / (double)c->n) : 0;
	if (!(c->deviation > 1e-12))
		c->deviation = 1;
}

static bool put(struct calibration *c, size_t item, enum verdict verdict);

struct calibration *calibration_new(const struct calibration_item *items, size_t n, bool probability)
{
	struct calibration *c = xcalloc(1, sizeof *c);
	struct ranked *ranked = xcalloc(n + 1, sizeof *ranked);
	size_t kept = 0;

	for (size_t i = 0; i < n && i < UINT32_MAX - 1; i++)
		if (!isnan(items[i].score))
			ranked[kept++] = (struct ranked){ items[i].score, (uint32_t)i };
	qsort(ranked, kept, sizeof *ranked, by_falling_score);
	allocate(c, n, kept);
	c->probability = probability;
	memset(c->position, 0xff, n * sizeof *c->position);
	for (size_t p = 0; p < kept; p++) {
		const struct calibration_item *item = &items[ranked[p].item];

		c->score[p] = item->score;
		c->position[ranked[p].item] = (uint32_t)p;
		c->group[p] = item->group < CALIBRATION_GROUPS ? item->group : 0;
		for (unsigned g = 0; g < CALIBRATION_GROUPS; g++)
			c->grouped[g][p + 1] = c->grouped[g][p] + (c->group[p] == g);
	}
	free(ranked);
	measure(c);
	calibration_cells(c);
	for (size_t i = 0; i < n && i < UINT32_MAX - 1; i++)
		put(c, i, items[i].verdict);
	calibration_fit(c);
	return c;
}

void calibration_free(struct calibration *c)
{
	if (c == NULL)
		return;
	free(c->score);
	free(c->position);
	free(c->verdict);
	free(c->group);
	for (unsigned g = 0; g < CALIBRATION_GROUPS; g++) {
		free(c->grouped[g]);
		for (unsigned t = 0; t < TALLIES; t++)
			free(c->tree[g][t]);
	}
	free(c->cells);
	free(c);
}

size_t calibration_items(const struct calibration *c)
{
	return c->n;
}

void calibration_range(const struct calibration *c, double *least, double *most)
{
	*least = c->n ? c->score[c->n - 1] : 0;
	*most = c->n ? c->score[0] : 0;
}

/* ---- counting ---- */

static enum tally tally_of(enum verdict v)
{
	return v == VERDICT_ACCEPT ? TALLY_RIGHT : v == VERDICT_REJECT ? TALLY_WRONG : v == VERDICT_NONE ? TALLIES : TALLY_OTHER;
}

static void add(struct calibration *c, size_t p, enum verdict verdict, uint32_t by)
{
	enum tally t = tally_of(verdict);
	unsigned g = c->group[p];

	if (t == TALLIES)
		return;
	for (size_t i = p + 1; i <= c->n; i += i & (~i + 1))
		c->tree[g][t][i] += by;
	if (t != TALLY_OTHER)
		calibration_cell(c, p)->judged[g][t == TALLY_RIGHT] += by;
}

static bool put(struct calibration *c, size_t item, enum verdict verdict)
{
	uint32_t p = c->position[item];

	if (p == UINT32_MAX || c->verdict[p] == (uint8_t)verdict)
		return false;
	add(c, p, (enum verdict)c->verdict[p], UINT32_MAX); /* one less, modulo 2^32 */
	add(c, p, verdict, 1);
	c->verdict[p] = (uint8_t)verdict;
	return true;
}

bool calibration_set(struct calibration *c, size_t item, enum verdict verdict)
{
	if (!put(c, item, verdict))
		return false;
	calibration_fit(c);
	return true;
}

size_t calibration_before(const struct calibration *c, unsigned group, enum tally t, size_t at)
{
	uint32_t sum = 0;

	for (size_t i = at; i > 0; i -= i & (~i + 1))
		sum += c->tree[group][t][i];
	return sum;
}

size_t calibration_place(const struct calibration *c, double threshold)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (c->score[mid] >= threshold)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t count(const struct calibration *c, enum tally t, size_t from, size_t to)
{
	size_t n = 0;

	for (unsigned g = 0; g < CALIBRATION_GROUPS; g++)
		n += calibration_between(c, g, t, from, to);
	return n;
}

/* ---- shares ---- */

struct calibration_share calibration_interval(double share, double size)
{
	const double z = WILSON_95;
	struct calibration_share out = { share, 0, 1 };
	double scale, centre, half;

	if (isnan(share) || !(size > 0))
		return (struct calibration_share){ NAN, NAN, NAN };
	if (isinf(size))
		return (struct calibration_share){ share, share, share };
	scale = 1 + z * z / size;
	centre = (share + z * z / (2 * size)) / scale;
	half = z / scale * sqrt(share * (1 - share) / size + z * z / (4 * size * size));
	out.low = share <= 0 ? 0 : fmax(centre - half, 0);
	out.high = share >= 1 ? 1 : fmin(centre + half, 1);
	return out;
}

/* One stratum on its way: items and verdicts of a group that still wait for enough company. */
struct stratum {
	double items, judged, right;
};

struct strata {
	struct stratum last;  /* added to the sums already: joined to when the end has too few */
	double items, share, smooth, variance;
	double judged, all;   /* of the whole range */
	double unseen;        /* items */
};

/* One range of score of a group. */
struct band {
	size_t from, to;
	struct stratum in;
	bool unseen;
};

/* `sign` -1 takes it out again. */
static void weigh(struct strata *s, const struct stratum *h, double sign)
{
	double share, smooth, rest;

	if (h->judged <= 0)
		return;
	share = h->right / h->judged;
	smooth = (h->right + 1) / (h->judged + 2); /* a stratum of only good ones is not known for certain */
	rest = 1 - h->judged / h->items;
	s->share += sign * h->items * share;
	s->smooth += sign * h->items * smooth;
	s->variance += sign * h->items * h->items * smooth * (1 - smooth) / h->judged * rest;
	s->items += sign * h->items;
}

static void join(struct strata *s, struct stratum *h)
{
	weigh(s, &s->last, -1);
	h->items += s->last.items;
	h->judged += s->last.judged;
	h->right += s->last.right;
	weigh(s, h, 1);
	s->last = *h;
}

static void read_bands(const struct calibration *c, struct band band[CALIBRATION_STRATA], unsigned g, size_t from, size_t to)
{
	for (size_t i = 0; i < CALIBRATION_STRATA; i++) {
		struct band *b = &band[i];
		size_t right;

		b->from = from + (to - from) * i / CALIBRATION_STRATA;
		b->to = from + (to - from) * (i + 1) / CALIBRATION_STRATA;
		right = calibration_between(c, g, TALLY_RIGHT, b->from, b->to);
		b->in.items = c->grouped[g][b->to] - c->grouped[g][b->from];
		b->in.right = (double)right;
		b->in.judged = (double)(right + calibration_between(c, g, TALLY_WRONG, b->from, b->to));
		b->unseen = false;
	}
}

/* Neighbouring bands without a verdict where as many verdicts given by chance would have left some. */
static void mark_unseen(const struct strata *s, struct band band[CALIBRATION_STRATA])
{
	for (size_t i = 0; i < CALIBRATION_STRATA; i++) {
		double items = 0;
		size_t end = i;

		while (end < CALIBRATION_STRATA && band[end].in.judged <= 0)
			items += band[end++].in.items;
		for (size_t k = i; k < end; k++)
			band[k].unseen = items / s->all * s->judged >= UNSEEN_EXPECTED;
		if (end > i)
			i = end - 1;
	}
}

static double fitted(const struct calibration *c, size_t from, size_t to);

/* All that is said of these is what the curve says, and that may be anything. */
static void weigh_unseen(const struct calibration *c, struct strata *s, const struct band *b)
{
	s->items += b->in.items;
	s->unseen += b->in.items;
	s->share += b->in.items * fitted(c, b->from, b->to);
	s->smooth += b->in.items * fitted(c, b->from, b->to);
}

/* The strata of one group between two positions. */
static void add_group(const struct calibration *c, struct strata *s, unsigned g, size_t from, size_t to)
{
	struct band band[CALIBRATION_STRATA];
	struct stratum h = { 0 };

	s->last = h;
	read_bands(c, band, g, from, to);
	mark_unseen(s, band);
	for (size_t i = 0; i < CALIBRATION_STRATA; i++) {
		if (band[i].unseen) {
			weigh_unseen(c, s, &band[i]);
			continue;
		}
		h.items += band[i].in.items;
		h.right += band[i].in.right;
		h.judged += band[i].in.judged;
		if (h.judged < CALIBRATION_LEAST)
			continue;
		weigh(s, &h, 1);
		s->last = h;
		h = (struct stratum){ 0 };
	}
	if (h.items > 0)
		join(s, &h);
}

bool calibration_estimate(const struct calibration *c, size_t from, size_t to, struct estimate *out)
{
	struct strata s = { .all = (double)(to - from) };

	s.judged = (double)(count(c, TALLY_RIGHT, from, to) + count(c, TALLY_WRONG, from, to));
	if (!(s.judged > 0))
		return false;
	for (unsigned g = 0; g < CALIBRATION_GROUPS; g++)
		add_group(c, &s, g, from, to);
	s.variance += s.unseen * s.unseen * UNSEEN_VARIANCE;
	/* The few of a group that nobody judged are taken to be like the others. */
	*out = (struct estimate){ .share = fmin(fmax(s.share / s.items, 0), 1), .smooth = fmin(fmax(s.smooth / s.items, .001), .999),
				  .variance = fmax(s.variance, 0) / (s.items * s.items), .unseen = s.unseen };
	return true;
}

/* As many verdicts as tell a share so well. */
static double size_of(double smooth, double variance)
{
	return variance > 1e-15 ? smooth * (1 - smooth) / variance : INFINITY;
}

static struct calibration_share interval_of(const struct estimate *e)
{
	return calibration_interval(e->share, size_of(e->smooth, e->variance));
}

/* Recall = good above / all good; both are estimates, the variance by the delta method. */
static struct calibration_share recall_of(const struct estimate *above, double n, const struct estimate *below, double rest)
{
	double good = n * above->share, left = rest * below->share, a = n * above->smooth, b = rest * below->smooth, all = a + b;
	double variance;

	if (!(good + left > 0))
		return (struct calibration_share){ NAN, NAN, NAN };
	variance = (b * b * n * n * above->variance + a * a * rest * rest * below->variance) / (all * all * all * all);
	return calibration_interval(good / (good + left), size_of(a / all, variance));
}

static void set_shares(const struct calibration *c, size_t at, struct calibration_figures *f)
{
	const struct calibration_share unknown = { NAN, NAN, NAN };
	struct estimate above, below = { 0 };

	f->precision = f->recall = unknown;
	if (!calibration_estimate(c, 0, at, &above))
		return;
	f->precision = interval_of(&above);
	f->unseen = above.unseen;
	if (at == c->n || calibration_estimate(c, at, c->n, &below))
		f->recall = recall_of(&above, (double)at, &below, (double)(c->n - at));
}

/* Good ones to expect among positions [from, to): those accepted, and what the fit says of the undecided. */
static double expected(const struct calibration *c, size_t from, size_t to)
{
	double sum = (double)count(c, TALLY_RIGHT, from, to);

	for (size_t i = 0; i < c->n_cells; i++) {
		const struct cell *cell = &c->cells[i];
		size_t a = from > cell->from ? from : cell->from, b = to < cell->to ? to : cell->to;

		if (a < b)
			sum += cell->probability *
			       (double)(b - a - count(c, TALLY_RIGHT, a, b) - count(c, TALLY_WRONG, a, b));
	}
	return calibration_known(c) ? sum : NAN;
}

/* The mean of the curve over positions. */
static double fitted(const struct calibration *c, size_t from, size_t to)
{
	double sum = 0;

	for (size_t i = 0; i < c->n_cells; i++) {
		const struct cell *cell = &c->cells[i];
		size_t a = from > cell->from ? from : cell->from, b = to < cell->to ? to : cell->to;

		if (a < b)
			sum += cell->probability * (double)(b - a);
	}
	return to > from ? sum / (double)(to - from) : 0;
}

void calibration_at(const struct calibration *c, double threshold, struct calibration_figures *f)
{
	size_t at = calibration_place(c, threshold);
	struct stats_pair pair;

	*f = (struct calibration_figures){ .threshold = threshold, .kept = at, .below = c->n - at };
	f->accepted = count(c, TALLY_RIGHT, 0, at);
	f->rejected = count(c, TALLY_WRONG, 0, at);
	f->accepted_below = count(c, TALLY_RIGHT, at, c->n);
	f->rejected_below = count(c, TALLY_WRONG, at, c->n);
	set_shares(c, at, f);
	f->right = expected(c, 0, at);
	f->errors = (double)at - f->right;
	f->left = expected(c, at, c->n);
	pair = (struct stats_pair){ f->accepted, f->rejected, f->accepted_below, f->rejected_below };
	f->kappa = stats_kappa(&pair, &f->kappa_error);
}

void calibration_bar(const struct calibration *c, double low, double high, struct calibration_bar *out)
{
	size_t to = calibration_place(c, low), from = isinf(high) ? 0 : calibration_place(c, high);
	double judged;

	if (to < from)
		to = from;
	*out = (struct calibration_bar){ .low = low, .high = high, .n = to - from };
	out->accepted = count(c, TALLY_RIGHT, from, to);
	out->rejected = count(c, TALLY_WRONG, from, to);
	out->other = count(c, TALLY_OTHER, from, to);
	judged = (double)(out->accepted + out->rejected);
	out->good = calibration_interval(judged > 0 ? (double)out->accepted / judged : NAN, judged);
	out->probability = calibration_probability(c, isinf(high) ? low : (low + high) / 2);
}

/* ---- thresholds ---- */

double calibration_step(const struct calibration *c, double score, int direction)
{
	size_t at = calibration_place(c, score);

	if (direction < 0)
		return at < c->n ? c->score[at] : score;
	at = calibration_place(c, nextafter(score, INFINITY));
	return at > 0 ? c->score[at - 1] : score;
}

double calibration_threshold(const struct calibration *c, double wanted, bool sure)
{
	double best = NAN;

	for (size_t i = 0; i < c->n_cells; i++) {
		size_t at = c->cells[i].to;
		struct calibration_share precision;
		struct estimate e;

		if (count(c, TALLY_RIGHT, 0, at) + count(c, TALLY_WRONG, 0, at) < CALIBRATION_LEAST ||
		    !calibration_estimate(c, 0, at, &e))
			continue;
		precision = interval_of(&e);
		if ((sure ? precision.low : precision.share) >= wanted)
			best = c->score[at - 1];
	}
	return best;
}
