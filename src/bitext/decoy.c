/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Right pairs told by decoys; see decoy.h. */
#include "bitext/decoy.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/sort.h"

enum { REACH = 4, DECOYS_LEAST = 4000, ROUNDS_MOST = 8, CHAIN_ROUNDS = 30 };

/* Neighbours are written alike, and their scores err together: each tells less than it would alone. */
static const double untold = .3;
static const double stick_most = .98;

/* ---- drawing ---- */

void decoys_draw(struct decoy_pairs *out, const uint64_t *given, size_t n)
{
	size_t rounds = n ? (DECOYS_LEAST + n - 1) / n : 0;

	rounds = rounds > ROUNDS_MOST ? ROUNDS_MOST : rounds;
	vec_clear(&out->pairs);
	for (size_t round = 0; n > 1 && round < rounds; round++)
		for (size_t i = 0; i < n; i++) {
			uint64_t chance = hash64(&i, sizeof i, round + 1), step = chance / 2 % REACH + 1;
			size_t other = (i + (chance & 1 ? step : n * REACH - step)) % n;
			uint64_t decoy = (given[i] & 0xffffffff00000000) | (given[other] & 0xffffffff);

			if (!sorted_u64_has(given, n, decoy))
				vec_push(&out->pairs, decoy);
		}
}

/* ---- judging ---- */

struct scored {
	double score;
	size_t place;             /* of a pair; SIZE_MAX: a decoy */
};

/* Neighbouring scores among which decoys are equally frequent. */
struct block {
	double decoys, all;
};

struct judging {
	struct scored *list;      /* best first */
	size_t n, pairs, decoys;
	double wrong;
	VEC(struct block) blocks;
};

static int best_first(const void *a, const void *b)
{
	const struct scored *p = a, *q = b;

	if (p->score > q->score || p->score < q->score)
		return p->score > q->score ? -1 : 1;
	return p->place == q->place ? 0 : p->place > q->place ? -1 : 1; /* a decoy before its equals */
}

static void sort_scores(struct judging *j, const double *given, const double *decoys)
{
	j->n = j->pairs + j->decoys;
	j->list = xmalloc(j->n * sizeof *j->list);
	for (size_t i = 0; i < j->pairs; i++)
		j->list[i] = (struct scored){ given[i], i };
	for (size_t i = 0; i < j->decoys; i++)
		j->list[j->pairs + i] = (struct scored){ decoys[i], SIZE_MAX };
	qsort(j->list, j->n, sizeof *j->list, best_first);
}

/* Below the decoys' median hardly a right pair is found: twice as many pairs as there are must be wrong. */
static double share_of_wrong(const struct judging *j)
{
	size_t decoys = 0, pairs = 0;
	double share;

	for (size_t i = j->n; i-- > 0 && decoys < (j->decoys + 1) / 2;) {
		decoys += j->list[i].place == SIZE_MAX;
		pairs += j->list[i].place != SIZE_MAX;
	}
	share = (double)pairs / (double)decoys * (double)j->decoys / (double)j->pairs;
	return share < 1 ? share : 1;
}

/* Pool adjacent violators: the share of decoys must not fall while the score falls. */
static void pool(struct judging *j)
{
	for (size_t i = 0; i < j->n; i++) {
		vec_push(&j->blocks, (struct block){ j->list[i].place == SIZE_MAX, 1 });
		while (j->blocks.n > 1) {
			struct block *last = &j->blocks.v[j->blocks.n - 1], *before = last - 1;

			if (before->decoys * last->all < last->decoys * before->all)
				break;
			*before = (struct block){ before->decoys + last->decoys, before->all + last->all };
			j->blocks.n--;
		}
	}
}

/* Half a decoy more: none among a few pairs is no proof. */
static double right_in(const struct judging *j, const struct block *b)
{
	double pairs = b->all - b->decoys, each = j->wrong * (double)j->pairs / (double)j->decoys;
	double wrong = pairs > 0 ? each * (b->decoys + .5) / (pairs + .5) : 1;

	return wrong < 1 ? 1 - wrong : 0;
}

static void fill_probabilities(double *probability, const struct judging *j)
{
	double lowest = 1;
	size_t at = 0;

	vec_each(&j->blocks, i) {
		double right = right_in(j, &j->blocks.v[i]);

		lowest = right < lowest ? right : lowest;
		for (size_t end = at + (size_t)j->blocks.v[i].all; at < end; at++)
			if (j->list[at].place != SIZE_MAX)
				probability[j->list[at].place] = lowest;
	}
}

/* ---- neighbours ---- */

/* Each pair is as the one before it with a probability of `stick`, else as it comes. */
struct chain {
	const double *probability; /* by the scores alone */
	double *right;            /* of each pair, in the end */
	double (*ahead)[2];       /* forward probabilities: wrong, right */
	size_t n;
	double share[2], stick;
};

static double go(const struct chain *c, int from, int to)
{
	return (from == to ? c->stick : 0) + (1 - c->stick) * c->share[to];
}

/* How much more often right pairs score so than wrong ones. */
static double odds_of(const struct chain *c, size_t i)
{
	double least = .5 / (double)c->n, p = c->probability[i];

	p = p < least ? least : p > 1 - least ? 1 - least : p;
	return pow(p / (1 - p) * c->share[0] / c->share[1], 1 - untold * c->stick);
}

/* Forward, then back; how often neighbours are alike says how much they stick together (the shares stay as they are: learnt as well, they
 * run away where nothing is right). */
static void walk_chain(struct chain *c)
{
	double later[2] = { 1, 1 }, alike = 0, by_chance = c->share[0] * c->share[0] + c->share[1] * c->share[1];

	for (size_t i = 0; i < c->n; i++) {
		double wrong = i ? c->ahead[i - 1][0] * go(c, 0, 0) + c->ahead[i - 1][1] * go(c, 1, 0) : c->share[0];
		double right = (i ? c->ahead[i - 1][0] * go(c, 0, 1) + c->ahead[i - 1][1] * go(c, 1, 1) : c->share[1]) * odds_of(c, i);

		c->ahead[i][0] = wrong / (wrong + right);
		c->ahead[i][1] = right / (wrong + right);
	}
	for (size_t i = c->n; i-- > 0;) {
		double wrong = c->ahead[i][0] * later[0], right = c->ahead[i][1] * later[1];
		double here[2] = { later[0], later[1] * odds_of(c, i) }, pass[2][2], sum = 0;

		c->right[i] = right / (wrong + right);
		for (int s = 0; s < 4 && i; s++)
			sum += pass[s / 2][s % 2] = c->ahead[i - 1][s / 2] * go(c, s / 2, s % 2) * here[s % 2];
		alike += i ? (pass[0][0] + pass[1][1]) / sum : 0;
		later[0] = go(c, 0, 0) * here[0] + go(c, 0, 1) * here[1];
		later[1] = go(c, 1, 0) * here[0] + go(c, 1, 1) * here[1];
		later[0] /= later[0] + later[1];
		later[1] = 1 - later[0];
	}
	c->stick = (alike / (double)(c->n - 1) - by_chance) / (1 - by_chance);
	c->stick = c->stick < 0 ? 0 : c->stick > stick_most ? stick_most : c->stick;
}

/* From what each pair's score says alone to what its neighbours say as well. */
static void ask_neighbours(double *probability, size_t n, double wrong)
{
	double *alone = xmalloc(n * sizeof *alone), least = .5 / (double)n;
	struct chain c = { alone, probability, xmalloc(n * sizeof *c.ahead), n, { 0 }, .5 };

	c.share[0] = wrong < least ? least : wrong > 1 - least ? 1 - least : wrong;
	c.share[1] = 1 - c.share[0];
	memcpy(alone, probability, n * sizeof *alone);
	for (int round = 0; round < CHAIN_ROUNDS; round++)
		walk_chain(&c);
	free(c.ahead);
	free(alone);
}

struct judged {
	double score, probability;
};

static int falling(const void *a, const void *b)
{
	const struct judged *p = a, *q = b;

	return (p->score < q->score) - (p->score > q->score);
}

double decoys_threshold(const double *scores, const double *probability, size_t n, double precision)
{
	struct judged *sorted = xmalloc((n + 1) * sizeof *sorted);
	double right = 0, threshold = NAN;

	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct judged){ scores[i], probability[i] };
	if (n)
		qsort(sorted, n, sizeof *sorted, falling);
	for (size_t i = 0; i < n; i++) {
		right += sorted[i].probability;
		if ((i + 1 == n || sorted[i + 1].score < sorted[i].score) && right >= precision * (double)(i + 1))
			threshold = sorted[i].score;
	}
	free(sorted);
	return threshold;
}

bool decoys_judge(double *probability, const double *given, size_t n, const double *decoys, size_t n_decoys)
{
	struct judging j = { .pairs = n, .decoys = n_decoys };

	if (n < DECOY_PAIRS_LEAST || n_decoys < DECOY_PAIRS_LEAST)
		return false;
	sort_scores(&j, given, decoys);
	j.wrong = share_of_wrong(&j);
	pool(&j);
	fill_probabilities(probability, &j);
	ask_neighbours(probability, n, j.wrong);
	free(j.list);
	vec_free(&j.blocks);
	return true;
}
