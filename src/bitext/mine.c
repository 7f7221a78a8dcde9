/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mining pipeline; see mine.h.
 */
#include "bitext/mine.h"

#include <math.h>

#include "base/i18n.h"
#include "base/sort.h"
#include "base/thread.h"
#include "bitext/kin.h"
#include "bitext/mine_rescore.h"
#include "bitext/nearest.h"
#include "bitext/wordmatch.h"

/* RIVALS: of a sentence's nearest so many can become its pair.  KEEP: found by either side; those beyond the nearest of who found them
 * are near for the other at times.  CANDIDATES_TO_LEARN: the best pairs, which are learned from, are found among few. */
enum { RIVALS = 4, NEAREST = 8, KEEP = 16, CANDIDATES_TO_LEARN = 48, LEARNED_ROUNDS = 5 };

static const double ratio_prior = 1e-3, teacher_share = .04, teacher_least = .3, teacher_probability = .8;

bool margin_from_name(enum margin_kind *out, const char *name)
{
	static const char *const names[] = { "distance", "ratio", "absolute" };

	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(name, names[i])) {
			*out = (enum margin_kind)i;
			return true;
		}
	}
	return false;
}

double margin_of(enum margin_kind kind, double s, double mean)
{
	return kind == MARGIN_DISTANCE ? s - mean : kind == MARGIN_RATIO ? s / (mean + ratio_prior) : s;
}

/* ---- links ---- */

struct state {
	const struct mine_request *request;
	struct mining *out;
	struct mapstr headwords_x, headwords_y;
	struct link_list links;       /* of every source but self-training */
	struct nearest nearest;
	bool backward;                /* the search that runs is of y's neighbours */
	struct edges given;           /* the pairs given, scored, and in the end their decoys */
	size_t memory;                /* for candidates; 0: no bound */
	struct decoy_pairs decoy_pairs; /* rising */
	VEC(struct mined) decoys;
	double shift;                 /* of log-odds, by the share of true pairs */
	atomic_size_t searched;
};

static void build_side(void *ctx, size_t i)
{
	struct state *s = ctx;
	const struct mine_request *r = s->request;
	struct mapstr *headwords = i ? &s->headwords_y : &s->headwords_x;

	if (r->lexicon)
		headwords_of(headwords, r->lexicon, i == 1);
	if (i)
		side_build(&s->out->b, r->lang_y, r->y, r->n_y, headwords);
	else
		side_build(&s->out->a, r->lang_x, r->x, r->n_x, headwords);
}

static void learn(struct state *s, const struct parallel *p, struct link_list *into)
{
	struct model1 m = { { 0 } };

	model1_train(&m, p, s->out->a.forms.n, s->out->b.forms.n, LEARNED_ROUNDS, true, s->request->threads);
	links_add_learned(into, &m);
	model1_free(&m);
}

static void make_links(struct state *s)
{
	const struct mine_request *r = s->request;
	struct parallel p = { 0 };

	links_add_same(&s->links, &s->out->a, &s->out->b);
	links_add_cognates(&s->links, &s->out->a, &s->out->b);
	if (r->lexicon)
		s->out->lexicon_rows = links_add_lexicon(&s->links, &s->out->a, &s->out->b, r->lexicon, &s->headwords_x,
							 &s->headwords_y, r->threads);
	if (r->n_seed) {
		parallel_add_lines(&p, r->seed_x, r->seed_y, r->n_seed, &s->out->a, &s->out->b, &s->headwords_x,
				   &s->headwords_y);
		s->out->seed_rows = p.rows.n;
		learn(s, &p, &s->links);
		parallel_free(&p);
	}
	links_refuse(&s->links, &s->out->a, &s->out->b, &s->headwords_x, &s->headwords_y, &r->refused);
	link_table_build(&s->out->links, &s->links, s->out->a.forms.n);
}

/* ---- neighbours both ways ---- */

static int compare_places(const void *a, const void *b)
{
	const struct edge *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	return p->y < q->y ? -1 : p->y > q->y;
}

static void step(void *ctx, size_t n)
{
	struct state *s = ctx;
	const struct mine_request *r = s->request;
	size_t done = atomic_fetch_add(&s->searched, n) + n;

	if (r->progress)
		r->progress(r->ctx, done, (r->self_training + 1) * (r->n_x + r->n_y));
}

static bool holds(const uint64_t *pairs, size_t n, const struct edge *e)
{
	return sorted_u64_has(pairs, n, (uint64_t)e->x << 32 | e->y);
}

static void add_scored(struct edges *edges, const struct state *s, const uint64_t *pairs, size_t n)
{
	size_t first = edges->edges.n;

	for (size_t i = 0; i < n; i++)
		vec_push(&edges->edges, (struct edge){ .x = (uint32_t)(pairs[i] >> 32), .y = (uint32_t)pairs[i] });
	search_score(edges->edges.v + first, n, &s->out->a, &s->out->b, &s->out->links, &s->out->length);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *p = a, *q = b;

	return (*p > *q) - (*p < *q);
}

static void draw_decoys(struct state *s)
{
	struct decoy_pairs drawn = { { 0 } };

	decoys_draw(&drawn, s->request->given, s->request->n_given);
	if (drawn.pairs.n)
		qsort(drawn.pairs.v, drawn.pairs.n, sizeof *drawn.pairs.v, by_number);
	vec_each(&drawn.pairs, i)
		if (!i || drawn.pairs.v[i] != drawn.pairs.v[i - 1])
			vec_push(&s->decoy_pairs.pairs, drawn.pairs.v[i]);
	vec_free(&drawn.pairs);
}

/* Given pairs are weighed whether the search finds them or not, and decoys beside them in the end. */
static void score_given(struct state *s, bool to_learn)
{
	const struct mine_request *r = s->request;

	vec_clear(&s->given.edges);
	add_scored(&s->given, s, r->given, r->n_given);
	nearest_add(&s->nearest, s->given.edges.v, s->given.edges.n, false);
	if (to_learn)
		return;
	draw_decoys(s);
	add_scored(&s->given, s, s->decoy_pairs.pairs.v, s->decoy_pairs.pairs.n);
	qsort(s->given.edges.v, s->given.edges.n, sizeof *s->given.edges.v, compare_places);
}

static void take(void *ctx, const struct edge *edges, size_t n)
{
	struct state *s = ctx;

	nearest_add(&s->nearest, edges, n, s->backward);
}

static int search_both_ways(struct state *s, bool to_learn, struct error *err)
{
	struct mining *m = s->out;
	unsigned k = s->request->k;
	struct search_options options = SEARCH_OPTIONS_DEFAULT;
	struct link_table reverse;
	struct length_model back = length_model_reverse(&m->length);
	bool whole;

	options.threads = s->request->threads;
	options.cancel = s->request->cancel;
	options.step = step;
	options.take = take;
	options.ctx = s;
	options.keep = KEEP;
	if (to_learn)
		options.candidates = CANDIDATES_TO_LEARN;
	nearest_init(&s->nearest, m->a.n, m->b.n, k > NEAREST ? k : NEAREST);
	if (s->request->n_given)
		score_given(s, to_learn);
	s->backward = false;
	whole = search_neighbours(NULL, &m->a, &m->b, &m->links, &m->length, &options);
	s->backward = true;
	link_table_reverse(&reverse, &m->links, m->b.forms.n);
	whole = whole && search_neighbours(NULL, &m->b, &m->a, &reverse, &back, &options);
	link_table_free(&reverse);
	return whole ? 0 : error_set(err, TAMIS_ECANCEL, _("mining was cancelled"));
}

static int compare_floats(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Most sentences have no partner: the median of best margins is what noise looks like in these corpora, and the distance of the
 * quartiles below it its spread (true pairs are above).  In a bitext most sentences have one: what two sentences agree on, and what is
 * given, is left out there. */
static bool tells_noise(const struct mined *m, bool given)
{
	const struct candidate *c = &m->candidate;

	return given ? (c->rank_x <= 1 || c->rank_y <= 1) && (c->rank_x || c->rank_y) && !m->given : !c->rank_x || !c->rank_y;
}

static void measure_noise(struct mining *m, bool given)
{
	VEC(float) best = { 0 };
	float middle = 0, spread = 0;

	vec_each(&m->candidates, i) {
		mine_candidates_pass(m, i);
		if (tells_noise(&m->candidates.v[i], given))
			vec_push(&best, m->candidates.v[i].candidate.edge.s - m->candidates.v[i].candidate.mean);
	}
	if (best.n) {
		qsort(best.v, best.n, sizeof *best.v, compare_floats);
		middle = best.v[best.n / 2];
		spread = middle - best.v[best.n / 10];
	}
	spread = spread > .01F ? spread : .01F;
	vec_each(&m->candidates, i) {
		struct candidate *c = &m->candidates.v[i].candidate;

		mine_candidates_pass(m, i);
		c->noise = (c->edge.s - c->mean - middle) / spread;
		c->gap_noise = (c->gap_x < c->gap_y ? c->gap_x : c->gap_y) / spread;
	}
	vec_free(&best);
}

static void mark_given(struct state *s)
{
	struct mining *m = s->out;

	vec_each(&m->candidates, i) {
		mine_candidates_pass(m, i);
		m->candidates.v[i].given = holds(s->request->given, s->request->n_given, &m->candidates.v[i].candidate.edge);
	}
}

/* Which candidates are there only as decoys: those go. */
static void part_given(struct state *s, unsigned rivals)
{
	struct mining *m = s->out;
	size_t kept = 0;

	vec_clear(&s->decoys);
	vec_each(&m->candidates, i) {
		struct mined *c = &m->candidates.v[i];

		mine_candidates_pass(m, i);
		if (holds(s->decoy_pairs.pairs.v, s->decoy_pairs.pairs.n, &c->candidate.edge))
			vec_push(&s->decoys, *c);
		if (c->given || c->candidate.rank_x < rivals || c->candidate.rank_y < rivals)
			m->candidates.v[kept++] = *c;
	}
	m->candidates.n = kept;
}

/* `rivals` of either sentence's nearest become candidates with their neighbourhood. */
static int make_candidates(struct state *s, unsigned rivals, struct error *err)
{
	const struct mine_request *r = s->request;
	struct candidate_wish wish = { r->k, rivals, r->margin, s->given.edges.v, s->given.edges.n, r->threads, s->memory };
	int rc = nearest_candidates(s->out, &s->nearest, &wish, err);

	nearest_free(&s->nearest);
	if (rc)
		return rc;
	if (r->given)
		mark_given(s);
	measure_noise(s->out, r->given);
	if (r->given)
		part_given(s, rivals);
	return 0;
}

/* ---- one-to-one ---- */

static int compare_mined(const void *a, const void *b)
{
	const struct mined *p = a, *q = b;

	if (p->score > q->score || p->score < q->score)
		return p->score > q->score ? -1 : 1;
	if (p->candidate.edge.s > q->candidate.edge.s || p->candidate.edge.s < q->candidate.edge.s)
		return p->candidate.edge.s > q->candidate.edge.s ? -1 : 1;
	return compare_places(&p->candidate.edge, &q->candidate.edge);
}

void mine_order_candidates(struct mining *m)
{
	for (size_t i = 0, end; i < m->candidates.n; i = end) {
		for (end = i + 1; end < m->candidates.n; end++)
			if (m->candidates.v[end].candidate.edge.x != m->candidates.v[i].candidate.edge.x)
				break;
		for (size_t k = i; k < end; k++)
			mine_candidates_pass(m, k);
		qsort(m->candidates.v + i, end - i, sizeof *m->candidates.v, compare_mined);
	}
}

/* What decides about a candidate, and where it is. */
struct claim {
	double score;
	float s;
	uint32_t at;
};

static int compare_claims(const void *a, const void *b)
{
	const struct claim *p = a, *q = b;

	if (p->score > q->score || p->score < q->score)
		return p->score > q->score ? -1 : 1;
	if (p->s > q->s || p->s < q->s)
		return p->s > q->s ? -1 : 1;
	return p->at < q->at ? -1 : p->at > q->at;
}

/* Equal claims go by their places, which the order of rivals has brought into the order of x and y. */
static void assign(struct mining *m)
{
	bool *used_x = xcalloc(m->a.n + 1, sizeof *used_x), *used_y = xcalloc(m->b.n + 1, sizeof *used_y);
	struct claim *claims = xmalloc((m->candidates.n + 1) * sizeof *claims);

	mine_order_candidates(m);
	vec_each(&m->candidates, i) {
		mine_candidates_pass(m, i);
		claims[i] = (struct claim){ m->candidates.v[i].score, m->candidates.v[i].candidate.edge.s, (uint32_t)i };
	}
	qsort(claims, m->candidates.n, sizeof *claims, compare_claims);
	vec_clear(&m->pairs);
	vec_each(&m->candidates, i) {
		const struct mined *c = &m->candidates.v[claims[i].at];
		const struct edge *e = &c->candidate.edge;

		if (used_x[e->x] || used_y[e->y])
			continue;
		used_x[e->x] = used_y[e->y] = true;
		vec_push(&m->pairs, *c);
	}
	free(claims);
	free(used_x);
	free(used_y);
}

/* ---- self-training ---- */

/* How many of the pairs, best first, are sure enough to learn from: those the re-scorer believes; without one a small share, for
 * nobody knows how many are true. */
static size_t sure_pairs(const struct state *s)
{
	const struct mining *m = s->out;
	size_t most = (size_t)(teacher_share * (double)(m->a.n > m->b.n ? m->a.n : m->b.n)), n = 0;

	if (s->request->rescorer)
		while (n < m->pairs.n && m->pairs.v[n].score >= teacher_probability)
			n++;
	else
		while (n < m->pairs.n && n < most && (double)m->pairs.v[n].candidate.edge.s >= teacher_least)
			n++;
	return n;
}

static void fit_lengths(struct mining *m, size_t n)
{
	double *x = xmalloc((n + 1) * sizeof *x), *y = xmalloc((n + 1) * sizeof *y);

	for (size_t i = 0; i < n; i++) {
		x[i] = m->a.sentences[m->pairs.v[i].candidate.edge.x].chars;
		y[i] = m->b.sentences[m->pairs.v[i].candidate.edge.y].chars;
	}
	m->length = length_model_fit(&m->length, x, y, n);
	free(x);
	free(y);
}

static void teach(struct state *s)
{
	struct mining *m = s->out;
	struct parallel p = { 0 };
	struct link_list all = { { 0 } };
	size_t n = sure_pairs(s);

	for (size_t i = 0; i < n; i++) {
		const struct edge *e = &m->pairs.v[i].candidate.edge;

		parallel_add_sentences(&p, &m->a, e->x, &m->b, e->y);
	}
	fit_lengths(m, n);
	m->learned_rows = p.rows.n;
	learn(s, &p, &all);
	vec_each(&s->links.links, i)
		vec_push(&all.links, s->links.links.v[i]);
	links_refuse(&all, &m->a, &m->b, &s->headwords_x, &s->headwords_y, &s->request->refused);
	link_table_free(&m->links);
	link_table_build(&m->links, &all, m->a.forms.n);
	link_list_free(&all);
	parallel_free(&p);
}

void mine_order_pairs(struct mining *m)
{
	if (m->pairs.n)
		qsort(m->pairs.v, m->pairs.n, sizeof *m->pairs.v, compare_mined);
}

/* Of an existing bitext: the pairs it has, each with its score. */
static void take_given(struct state *s)
{
	struct mining *m = s->out;
	double *decoys = xmalloc((s->decoys.n + 1) * sizeof *decoys);

	s->decoys.n = mine_leave_out_found(s->decoys.v, s->decoys.n, m, s->request->rescorer ? .5 : -HUGE_VAL);
	vec_clear(&m->pairs);
	vec_each(&m->candidates, i)
		if (m->candidates.v[i].given)
			vec_push(&m->pairs, m->candidates.v[i]);
	if (s->request->rescorer) {
		mine_rescore_list(s->out, s->decoys.v, s->decoys.n, s->request->rescorer, s->request->threads, s->shift);
		mine_compete(m, s->decoys.v, s->decoys.n);
	}
	vec_each(&s->decoys, i)
		decoys[i] = s->decoys.v[i].score;
	mine_judge(m, decoys, s->decoys.n, s->request->rescorer);
	free(decoys);
}

/* What is kept whatever comes, and what is left for candidates. */
static int plan_memory(struct state *s, struct error *err)
{
	const struct mine_request *r = s->request;
	unsigned depth = r->k > NEAREST ? r->k : NEAREST;
	size_t both = r->n_x + r->n_y, pairs = r->n_x < r->n_y ? r->n_x : r->n_y;
	size_t search = nearest_bytes(r->n_x, r->n_y, depth) + s->out->links.n * sizeof(struct link) +
			r->threads * search_scratch_bytes(r->n_x > r->n_y ? r->n_x : r->n_y, KEEP);
	size_t assigning = RIVALS * both * sizeof(struct claim) + 2 * pairs * sizeof(struct mined);
	size_t least = r->kept + mine_bytes(s->out) + s->links.links.cap * sizeof(struct link) + (search > assigning ? search : assigning);

	s->memory = 0;
	if (!r->memory)
		return 0;
	if (r->memory <= least)
		return error_set(err, TAMIS_ELIMIT, _("mining %zu and %zu sentences takes at least %zu MB of memory"), r->n_x, r->n_y,
				 (least >> 20) + 1);
	s->memory = r->memory - least;
	return 0;
}

static int run(struct state *s, struct error *err)
{
	int rc;

	parallel_for(s->request->threads, 2, build_side, s, NULL);
	s->out->length = length_model_of(side_length_ratio(&s->out->a, &s->out->b));
	make_links(s);
	for (unsigned round = 0;; round++) {
		bool to_learn = round < s->request->self_training;

		rc = plan_memory(s, err);
		if (rc == 0)
			rc = search_both_ways(s, to_learn, err);
		if (rc == 0) /* of what the re-scorer has seen the best are enough to learn from */
			rc = make_candidates(s, to_learn && s->request->rescorer ? 1 : RIVALS, err);
		if (rc)
			return rc;
		if (s->request->rescorer)
			s->shift = mine_rescore(s->out, s->request->rescorer, s->request->threads, to_learn);
		assign(s->out);
		if (!to_learn)
			break;
		teach(s);
	}
	if (s->request->given)
		take_given(s);
	return 0;
}

static void state_free(struct state *s)
{
	link_list_free(&s->links);
	nearest_free(&s->nearest);
	vec_free(&s->given.edges);
	vec_free(&s->decoy_pairs.pairs);
	vec_free(&s->decoys);
	mapstr_free(&s->headwords_x);
	mapstr_free(&s->headwords_y);
}

int mine(struct mining *out, const struct mine_request *request, struct error *err)
{
	struct state s = { .request = request, .out = out };
	int rc;

	*out = (struct mining){ 0 };
	rc = run(&s, err);
	state_free(&s);
	if (rc)
		mining_free(out);
	return rc;
}

void mine_prepare(struct mining *out, const struct mine_request *request)
{
	struct state s = { .request = request, .out = out };

	*out = (struct mining){ 0 };
	parallel_for(request->threads, 2, build_side, &s, NULL);
	out->length = length_model_of(side_length_ratio(&out->a, &out->b));
	make_links(&s);
	state_free(&s);
}

void mining_free(struct mining *m)
{
	side_free(&m->a);
	side_free(&m->b);
	link_table_free(&m->links);
	evidence_free(&m->evidence);
	vec_free(&m->pairs);
	mine_candidates_free(m);
}

/* ---- scoring against gold ---- */

static void fill_score(struct mine_score *out, size_t found, size_t right, size_t gold)
{
	*out = (struct mine_score){ .found = found, .right = right, .gold = gold };
	out->precision = found ? (double)right / (double)found : 0;
	out->recall = gold ? (double)right / (double)gold : 0;
	out->f1 = out->precision + out->recall > 0 ? 2 * out->precision * out->recall / (out->precision + out->recall) : 0;
}

static bool is_gold(const struct mined *p, const struct map64 *gold)
{
	return map64_find(gold, (uint64_t)p->candidate.edge.x << 32 | p->candidate.edge.y);
}

void mine_score_at(struct mine_score *out, const struct mining *m, const struct map64 *gold, double threshold)
{
	size_t found = 0, right = 0;

	for (; found < m->pairs.n && m->pairs.v[found].score >= threshold; found++)
		right += is_gold(&m->pairs.v[found], gold);
	fill_score(out, found, right, gold->n);
}

double mine_best_threshold(struct mine_score *out, const struct mining *m, const struct map64 *gold)
{
	size_t right = 0;
	double threshold = 0;

	fill_score(out, 0, 0, gold->n);
	vec_each(&m->pairs, i) {
		struct mine_score here;

		right += is_gold(&m->pairs.v[i], gold);
		fill_score(&here, i + 1, right, gold->n);
		if (here.f1 <= out->f1)
			continue;
		*out = here;
		threshold = i + 1 < m->pairs.n ? (m->pairs.v[i].score + m->pairs.v[i + 1].score) / 2 : m->pairs.v[i].score;
	}
	return threshold;
}
