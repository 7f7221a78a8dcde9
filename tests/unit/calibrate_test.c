/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration against a plain recount, against the truth of made-up populations, and its time at 100,000 items. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "review/calibrate.h"

#define assert_near(a, b, by) assert_true(fabs((a) - (b)) <= (by))

static uint64_t state;

static double uniform(void)
{
	state = hash_mix64(state + 1);
	return (double)(state >> 11) / 9007199254740992.0;
}

struct made {
	struct calibration_item *item;
	bool *good;
	size_t n;
};

/* Scores in 0..1 that are too sure of themselves: an item is good with its score to the power of `bend`. */
static struct made make(size_t n, double bend, uint64_t seed)
{
	struct made m = { xcalloc(n, sizeof(struct calibration_item)), xcalloc(n, sizeof(bool)), n };

	state = seed;
	for (size_t i = 0; i < n; i++) {
		double score = uniform();

		m.item[i] = (struct calibration_item){ .score = floor(score * 5000) / 5000, .group = uniform() < .1 };
		m.good[i] = uniform() < pow(score, bend) * (m.item[i].group ? .5 : 1);
	}
	return m;
}

static void made_free(struct made *m)
{
	free(m->item);
	free(m->good);
}

static enum verdict truth(const struct made *m, size_t i)
{
	return m->good[i] ? VERDICT_ACCEPT : VERDICT_REJECT;
}

/* ---- a plain recount ---- */

static void recount(const struct made *m, double threshold, struct calibration_figures *f)
{
	*f = (struct calibration_figures){ 0 };
	for (size_t i = 0; i < m->n; i++) {
		bool above = m->item[i].score >= threshold;

		if (isnan(m->item[i].score))
			continue;
		f->kept += above;
		f->below += !above;
		f->accepted += above && m->item[i].verdict == VERDICT_ACCEPT;
		f->rejected += above && m->item[i].verdict == VERDICT_REJECT;
		f->accepted_below += !above && m->item[i].verdict == VERDICT_ACCEPT;
		f->rejected_below += !above && m->item[i].verdict == VERDICT_REJECT;
	}
}

static double kappa_of(const struct calibration_figures *f)
{
	double a = (double)f->accepted, b = (double)f->rejected, c = (double)f->accepted_below, d = (double)f->rejected_below;
	double n = a + b + c + d, agreed = (a + d) / n, chance = ((a + b) * (a + c) + (c + d) * (b + d)) / (n * n);

	return (agreed - chance) / (1 - chance);
}

static void check_same(const struct calibration *kept, const struct made *m, double threshold)
{
	struct calibration *anew = calibration_new(m->item, m->n, true);
	struct calibration_figures a, b, plain;

	calibration_at(kept, threshold, &a);
	calibration_at(anew, threshold, &b);
	recount(m, threshold, &plain);
	assert_int_equal(a.kept, plain.kept);
	assert_int_equal(a.below, plain.below);
	assert_int_equal(a.accepted, plain.accepted);
	assert_int_equal(a.rejected, plain.rejected);
	assert_int_equal(a.accepted_below, plain.accepted_below);
	assert_int_equal(a.rejected_below, plain.rejected_below);
	if (!isnan(a.kappa))
		assert_near(a.kappa, kappa_of(&plain), 1e-9);
	assert_near(a.right, b.right, 1e-6);
	assert_near(a.left, b.left, 1e-6);
	if (isnan(a.precision.share))
		assert_true(isnan(b.precision.share));
	else
		assert_near(a.precision.low, b.precision.low, 1e-9);
	calibration_free(anew);
}

static void verdict_by_verdict_is_the_same_as_all_at_once(void **unused)
{
	struct made m = make(700, 2, 7);
	struct calibration *c = calibration_new(m.item, m.n, true);

	(void)unused;
	for (int i = 0; i < 3000; i++) {
		size_t at = (size_t)(uniform() * (double)m.n);
		enum verdict v = (enum verdict)(uniform() * 5);
		bool changed = calibration_set(c, at, v);

		assert_int_equal(changed, m.item[at].verdict != v);
		m.item[at].verdict = v;
		if (i % 50 == 0)
			check_same(c, &m, uniform() * 1.2 - .1);
	}
	calibration_free(c);
	made_free(&m);
}

/* ---- estimates ---- */

static double true_precision(const struct made *m, double threshold, double *recall, double *good_below)
{
	double kept = 0, right = 0, all = 0;

	for (size_t i = 0; i < m->n; i++) {
		bool above = m->item[i].score >= threshold;

		kept += above;
		right += above && m->good[i];
		all += m->good[i];
	}
	*recall = right / all;
	*good_below = all - right;
	return right / kept;
}

static double abs_score_distance(const struct made *m, size_t i, double t)
{
	return fabs(m->item[i].score - t);
}

enum choice { AT_RANDOM, AROUND_THRESHOLD, MOSTLY_DOUBTFUL };

static void judge(struct made *m, enum choice how, size_t n)
{
	for (size_t done = 0, tries = 0; done < n && tries < 1000 * n; tries++) {
		size_t i = (size_t)(uniform() * (double)m->n);

		if (m->item[i].verdict != VERDICT_NONE)
			continue;
		if (how == AROUND_THRESHOLD && uniform() < .8 && abs_score_distance(m, i, .6) > .1)
			continue;
		if (how == MOSTLY_DOUBTFUL && !m->item[i].group && uniform() < .9)
			continue;
		m->item[i].verdict = truth(m, i);
		done++;
	}
}

/* How often the interval holds the truth, over `rounds` samples; and the mean error. */
static void coverage(enum choice how, double threshold, double *covered, double *bias, double *recall_covered)
{
	const int rounds = 200;
	int hits = 0, recall_hits = 0;
	double off = 0;

	for (int round = 0; round < rounds; round++) {
		struct made m = make(4000, 1.5, (uint64_t)round * 1000 + 5);
		struct calibration_figures f;
		struct calibration *c;
		double recall, below, precision = true_precision(&m, threshold, &recall, &below);

		judge(&m, how, 200);
		c = calibration_new(m.item, m.n, true);
		calibration_at(c, threshold, &f);
		hits += f.precision.low <= precision && precision <= f.precision.high;
		recall_hits += f.recall.low <= recall && recall <= f.recall.high;
		off += f.precision.share - precision;
		calibration_free(c);
		made_free(&m);
	}
	*covered = (double)hits / rounds;
	*recall_covered = (double)recall_hits / rounds;
	*bias = off / rounds;
}

static void intervals_hold_the_truth_however_the_judged_were_chosen(void **unused)
{
	static const enum choice all[] = { AT_RANDOM, AROUND_THRESHOLD, MOSTLY_DOUBTFUL };

	(void)unused;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		double covered, bias, recall;

		coverage(all[i], .6, &covered, &bias, &recall);
		print_message("choice %zu: precision held %.3f, bias %+.4f; recall held %.3f\n", i, covered, bias, recall);
		assert_true(covered >= .9);
		assert_true(recall >= .88);
		assert_true(fabs(bias) < .015);
	}
}

/* What the plain share of the judged would say, choosing mostly the doubtful, is far off: the strata are not there for show. */
static void the_plain_share_would_have_been_wrong(void **unused)
{
	struct made m = make(20000, 1.5, 99);
	struct calibration_figures f;
	struct calibration *c;
	double recall, below, precision = true_precision(&m, .6, &recall, &below), plain;

	(void)unused;
	judge(&m, MOSTLY_DOUBTFUL, 1000);
	c = calibration_new(m.item, m.n, true);
	calibration_at(c, .6, &f);
	plain = (double)f.accepted / (double)(f.accepted + f.rejected);
	assert_true(fabs(plain - precision) > .08);
	assert_true(fabs(f.precision.share - precision) < .04);
	calibration_free(c);
	made_free(&m);
}

/* Two hundred verdicts at the threshold say nothing of what lies far above it: the interval must not pretend so. */
static void what_nobody_judged_makes_the_interval_wide(void **unused)
{
	struct made m = make(20000, 1.5, 17);
	struct calibration_figures f;
	struct calibration *c;
	double recall, below, precision = true_precision(&m, .5, &recall, &below);
	size_t done = 0;

	(void)unused;
	for (size_t i = 0; i < m.n && done < 200; i++)
		if (fabs(m.item[i].score - .5) < .03) {
			m.item[i].verdict = truth(&m, i);
			done++;
		}
	c = calibration_new(m.item, m.n, true);
	calibration_at(c, .5, &f);
	assert_true(f.unseen > 8000);
	assert_true(f.precision.low < precision && precision < f.precision.high);
	assert_true(f.precision.high - f.precision.low > .5);
	calibration_free(c);
	made_free(&m);
}

static void verdicts_bend_the_probability(void **unused)
{
	struct made m = make(20000, 3, 3);
	struct calibration *c = calibration_new(m.item, m.n, true);
	struct calibration_figures f;
	double recall, below;

	(void)unused;
	assert_true(fabs(calibration_probability(c, .7) - .7) < .01); /* nobody said otherwise yet */
	judge(&m, AT_RANDOM, 1500);
	calibration_free(c);
	c = calibration_new(m.item, m.n, true);
	assert_true(fabs(calibration_probability(c, .7) - pow(.7, 3) * .95) < .08);
	true_precision(&m, .5, &recall, &below);
	calibration_at(c, .5, &f);
	assert_true(fabs(f.left - below) / below < .25);
	calibration_free(c);
	made_free(&m);
}

static void a_judge_means_nothing_before_the_first_verdict(void **unused)
{
	struct calibration_item items[] = { { 5, 0, 0 }, { 4, 0, 0 }, { 1, 0, 0 }, { NAN, VERDICT_ACCEPT, 0 } };
	struct calibration *c = calibration_new(items, 4, false);
	struct calibration_figures f;

	(void)unused;
	calibration_at(c, 4, &f);
	assert_int_equal(f.kept, 2);
	assert_int_equal(f.below, 1);
	assert_true(isnan(f.precision.share) && isnan(f.recall.share) && isnan(f.right) && isnan(f.kappa));
	assert_true(calibration_set(c, 0, VERDICT_ACCEPT));
	assert_false(calibration_set(c, 3, VERDICT_REJECT)); /* it has no score */
	calibration_at(c, 4, &f);
	assert_near(f.precision.share, 1, 1e-12);
	assert_true(isnan(f.recall.share)); /* nobody looked below */
	assert_false(isnan(f.right));
	calibration_free(c);
}

static void nothing_breaks_on_nothing_or_on_one_score(void **unused)
{
	struct calibration_item same[300];
	struct calibration *c = calibration_new(NULL, 0, true);
	struct calibration_figures f;
	struct calibration_bar bar;
	double least, most;

	(void)unused;
	calibration_at(c, .5, &f);
	calibration_range(c, &least, &most);
	assert_true(f.kept == 0 && least == 0 && most == 0 && isnan(calibration_threshold(c, .5, false)));
	calibration_free(c);
	for (size_t i = 0; i < 300; i++)
		same[i] = (struct calibration_item){ 3, i % 3 ? VERDICT_ACCEPT : VERDICT_REJECT, 0 };
	c = calibration_new(same, 300, false);
	calibration_at(c, 3, &f);
	assert_near(f.precision.share, 2. / 3, 1e-9);
	assert_near(f.recall.share, 1, 1e-9);
	assert_near(calibration_step(c, 3, 1), 3, 0);
	assert_near(calibration_step(c, 3, -1), 3, 0);
	calibration_bar(c, 2.5, INFINITY, &bar);
	assert_int_equal(bar.n, 300);
	assert_int_equal(bar.accepted, 200);
	calibration_free(c);
}

static void the_threshold_for_a_precision_keeps_it(void **unused)
{
	struct made m = make(5000, 2, 11);
	struct calibration_figures f;
	struct calibration *c;
	double t, sure;

	(void)unused;
	judge(&m, AT_RANDOM, 800);
	c = calibration_new(m.item, m.n, true);
	t = calibration_threshold(c, .8, false);
	sure = calibration_threshold(c, .8, true);
	assert_false(isnan(t));
	assert_true(sure >= t);
	calibration_at(c, t, &f);
	assert_true(f.precision.share >= .8);
	calibration_at(c, sure, &f);
	assert_true(f.precision.low >= .8);
	assert_true(isnan(calibration_threshold(c, 1.01, false)));
	calibration_free(c);
	made_free(&m);
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The figure: a verdict at 100,000 pairs in under 50 ms; here with everything a panel shows, in CPU time. */
static void one_verdict_at_a_hundred_thousand_is_quick(void **unused)
{
	struct made m = make(100000, 2, 5);
	struct calibration *c = calibration_new(m.item, m.n, true);
	struct calibration_figures f;
	struct calibration_bar bar;
	double start = cpu_ms(), each;
	const int rounds = 200;

	(void)unused;
	for (int i = 0; i < rounds; i++) {
		calibration_set(c, (size_t)(uniform() * (double)m.n), i % 3 ? VERDICT_ACCEPT : VERDICT_REJECT);
		calibration_at(c, .5, &f);
		for (int k = 0; k < 70; k++)
			calibration_bar(c, k / 70., (k + 1) / 70., &bar);
	}
	each = (cpu_ms() - start) / rounds;
	print_message("one verdict, its figures and 70 bars at 100,000 items: %.3f ms of CPU\n", each);
	assert_true(each < 50);
	calibration_free(c);
	made_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_by_verdict_is_the_same_as_all_at_once),
		cmocka_unit_test(intervals_hold_the_truth_however_the_judged_were_chosen),
		cmocka_unit_test(the_plain_share_would_have_been_wrong),
		cmocka_unit_test(what_nobody_judged_makes_the_interval_wide),
		cmocka_unit_test(verdicts_bend_the_probability),
		cmocka_unit_test(a_judge_means_nothing_before_the_first_verdict),
		cmocka_unit_test(nothing_breaks_on_nothing_or_on_one_score),
		cmocka_unit_test(the_threshold_for_a_precision_keeps_it),
		cmocka_unit_test(one_verdict_at_a_hundred_thousand_is_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
