/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bitext/decoy.h"

enum { N = 3000, SLIP = 15 };

static uint64_t random_state;

static double uniform(void)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(random_state >> 11) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform() + 1e-18)) * cos(6.283185307179586 * uniform());
}

/* Scores of right pairs are three deviations above those of wrong ones. */
struct world {
	double given[N], decoys[N], probability[N];
	bool right[N];
};

static void make_world(struct world *w, double wrong, size_t run)
{
	size_t n_wrong = 0;

	for (size_t i = 0; i < N; i++)
		w->right[i] = true;
	while ((double)n_wrong < wrong * N) {
		size_t at = (size_t)(uniform() * (double)(N - run));

		for (size_t i = at; i < at + run; i++) {
			n_wrong += w->right[i];
			w->right[i] = false;
		}
	}
	for (size_t i = 0; i < N; i++) {
		w->given[i] = normal() + (w->right[i] ? 3 : 0);
		w->decoys[i] = normal();
	}
}

static double mean(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum / (double)n;
}

/* Recall, and precision in `*precision`, of what is kept. */
static double recall_at(const struct world *w, const double *scores, double threshold, double *precision)
{
	double kept = 0, good = 0, right = 0;

	for (size_t i = 0; i < N; i++) {
		right += w->right[i];
		kept += scores[i] >= threshold;
		good += scores[i] >= threshold && w->right[i];
	}
	*precision = kept > 0 ? good / kept : 0;
	return right > 0 ? good / right : 0;
}

static void the_share_of_wrong_pairs_and_the_threshold_are_found(void **state)
{
	static const double shares[] = { .1, .33, .6 };
	struct world w;

	(void)state;
	random_state = 5;
	for (size_t i = 0; i < 3; i++) {
		double threshold, precision, recall;

		make_world(&w, shares[i], 1);
		assert_true(decoys_judge(w.probability, w.given, N, w.decoys, N));
		assert_true(fabs(1 - mean(w.probability, N) - shares[i]) < .05);
		threshold = decoys_threshold(w.probability, w.probability, N, .97);
		recall = recall_at(&w, w.probability, threshold, &precision);
		assert_true(precision > .95);
		assert_true(recall > .6);
		assert_true(isnan(decoys_threshold(w.probability, w.probability, N, 1.01)));
	}
}

static void wrong_pairs_that_stand_together_are_told_by_their_neighbours(void **state)
{
	struct world alone, together;
	double precision, recall_alone, recall_together;

	(void)state;
	random_state = 6;
	make_world(&alone, .33, 1);
	make_world(&together, .33, SLIP);
	assert_true(decoys_judge(alone.probability, alone.given, N, alone.decoys, N));
	assert_true(decoys_judge(together.probability, together.given, N, together.decoys, N));
	recall_alone = recall_at(&alone, alone.probability, decoys_threshold(alone.probability, alone.probability, N, .99), &precision);
	recall_together = recall_at(&together, together.probability,
				    decoys_threshold(together.probability, together.probability, N, .99), &precision);
	assert_true(precision > .97);
	assert_true(recall_together > .9);
	assert_true(recall_together > recall_alone + .05);
}

/* A bitext without a wrong pair is kept nearly whole, and of one without a right pair next to nothing is. */
static void all_right_and_all_wrong_are_told(void **state)
{
	struct world w;
	double precision;

	(void)state;
	random_state = 7;
	make_world(&w, 0, 1);
	assert_true(decoys_judge(w.probability, w.given, N, w.decoys, N));
	assert_true(recall_at(&w, w.probability, decoys_threshold(w.probability, w.probability, N, .99), &precision) > .95);
	for (size_t i = 0; i < N; i++)
		w.given[i] = normal();
	assert_true(decoys_judge(w.probability, w.given, N, w.decoys, N));
	assert_true(mean(w.probability, N) < .1);
	for (size_t i = 0; i < N; i++)
		assert_true(w.probability[i] >= 0 && w.probability[i] < .99);
}

static void a_few_pairs_are_not_judged(void **state)
{
	double scores[DECOY_PAIRS_LEAST] = { 0 }, probability[DECOY_PAIRS_LEAST];

	(void)state;
	assert_false(decoys_judge(probability, scores, DECOY_PAIRS_LEAST - 1, scores, DECOY_PAIRS_LEAST));
	assert_false(decoys_judge(probability, scores, DECOY_PAIRS_LEAST, scores, DECOY_PAIRS_LEAST - 1));
	assert_true(decoys_judge(probability, scores, DECOY_PAIRS_LEAST, scores, DECOY_PAIRS_LEAST)); /* equals all */
	assert_true(probability[0] < .5);
}

static void decoys_are_no_given_pairs_and_near_by(void **state)
{
	struct decoy_pairs decoys = { { 0 } };
	uint64_t given[200];

	(void)state;
	for (uint64_t i = 0; i < 200; i++)
		given[i] = i << 32 | (i == 7 ? 8 : i); /* two share a partner */
	decoys_draw(&decoys, given, 200);
	assert_true(decoys.pairs.n > 1000);
	for (size_t i = 0; i < decoys.pairs.n; i++) {
		uint32_t x = (uint32_t)(decoys.pairs.v[i] >> 32), y = (uint32_t)decoys.pairs.v[i];
		uint32_t apart = x > y ? x - y : y - x;

		assert_true(given[x] != decoys.pairs.v[i]);
		assert_true(x == y ? x == 7 : apart <= 5 || apart >= 195);
	}
	decoys_draw(&decoys, given, 1);
	assert_int_equal(decoys.pairs.n, 0);
	vec_free(&decoys.pairs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_share_of_wrong_pairs_and_the_threshold_are_found),
		cmocka_unit_test(wrong_pairs_that_stand_together_are_told_by_their_neighbours),
		cmocka_unit_test(all_right_and_all_wrong_are_told),
		cmocka_unit_test(a_few_pairs_are_not_judged),
		cmocka_unit_test(decoys_are_no_given_pairs_and_near_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
