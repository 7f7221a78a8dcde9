/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/data.h"
#include "bitext/align.h"
#include "bitext/clean.h"
#include "bitext/evidence.h"
#include "bitext/mine.h"
#include "bitext/model1.h"
#include "bitext/sound.h"
#include "text/langid.h"

static uint8_t lang(const char *code)
{
	return lang_from_code(span_of(code));
}

/* Invented languages: word i is "a<i>…" in one and "b<i>…" in the other, so that nothing links them but what is learned. */
enum { WORDS = 2000, LINES = 800, PAIRS = 300 };

struct corpus {
	struct buf x, y;
	struct span x_lines[LINES], y_lines[LINES];
	struct lexicon lexicon;
	struct map64 gold;
};

static uint64_t random_state;

static unsigned random_below(unsigned n)
{
	random_state = hash_mix64(random_state);
	return (unsigned)(random_state >> 33) % n;
}

static void add_word(struct buf *out, const char *stem, unsigned w)
{
	buf_addf(out, "%s%c%c%c ", stem, 'b' + (int)(w % 17), 'b' + (int)(w / 17 % 17), 'b' + (int)(w / 289 % 17));
}

static void make_corpus(struct corpus *c)
{
	size_t x_at[LINES + 1] = { 0 }, y_at[LINES + 1] = { 0 };

	*c = (struct corpus){ .x = BUF_INIT, .y = BUF_INIT };
	random_state = 1;
	for (size_t i = 0; i < LINES; i++) {
		unsigned words[9], n = 5 + random_below(5);

		for (unsigned k = 0; k < n; k++)
			words[k] = random_below(WORDS);
		for (unsigned k = 0; k < n; k++)
			add_word(&c->x, "kar", words[k]);
		for (unsigned k = 0; k < n; k++)
			add_word(&c->y, "lum", i < PAIRS ? words[k] : random_below(WORDS));
		x_at[i + 1] = c->x.len;
		y_at[i + 1] = c->y.len;
	}
	for (size_t i = 0; i < LINES; i++) {
		bool made;

		c->x_lines[i] = span_make(c->x.p + x_at[i], x_at[i + 1] - x_at[i]);
		c->y_lines[LINES - 1 - i] = span_make(c->y.p + y_at[i], y_at[i + 1] - y_at[i]);
		if (i < PAIRS)
			*map64_at(&c->gold, (uint64_t)i << 32 | (LINES - 1 - i), &made) = 1;
	}
	lexicon_init(&c->lexicon, lang("en"), lang("sw"));
	for (unsigned w = 0; w < WORDS; w++) {
		struct buf a = BUF_INIT, b = BUF_INIT;

		add_word(&a, "kar", w);
		add_word(&b, "lum", w);
		lexicon_add(&c->lexicon, buf_span(&a), buf_span(&b));
		buf_free(&a);
		buf_free(&b);
	}
}

static void free_corpus(struct corpus *c)
{
	buf_free(&c->x);
	buf_free(&c->y);
	lexicon_free(&c->lexicon);
	map64_free(&c->gold);
}

static int mine_within(struct mining *out, const struct corpus *c, const struct rescorer *rescorer, unsigned threads, size_t memory,
		       struct error *err)
{
	struct mine_request r = MINE_REQUEST_DEFAULT;

	r.lang_x = lang("en");
	r.lang_y = lang("sw");
	r.x = c->x_lines;
	r.n_x = LINES;
	r.y = c->y_lines;
	r.n_y = LINES;
	r.lexicon = &c->lexicon;
	r.rescorer = rescorer;
	r.threads = threads;
	r.memory = memory;
	return mine(out, &r, err);
}

static void mine_corpus(struct mining *out, const struct corpus *c, const struct rescorer *rescorer, unsigned threads)
{
	struct error err = { 0 };

	assert_int_equal(mine_within(out, c, rescorer, threads, 0, &err), 0);
}

static void finds_hidden_pairs_and_rejects_noise(void **state)
{
	struct corpus c;
	struct mining m;
	struct mine_score s;

	(void)state;
	make_corpus(&c);
	mine_corpus(&m, &c, NULL, 2);
	mine_best_threshold(&s, &m, &c.gold);
	assert_true(s.f1 > .97);
	mining_free(&m);
	free_corpus(&c);
}

static void probability_needs_no_threshold_of_its_own(void **state)
{
	struct corpus c;
	struct mining m;
	struct mine_score s;
	struct rescorer r;
	struct error err = { 0 };
	char *path = data_path_shipped("bitext", "rescorer.tsv");

	(void)state;
	assert_non_null(path);
	assert_int_equal(rescorer_read(&r, path, &err), 0);
	make_corpus(&c);
	mine_corpus(&m, &c, &r, 1);
	mine_score_at(&s, &m, &c.gold, .5);
	assert_true(s.precision > .8 && s.recall > .95);
	mining_free(&m);
	free_corpus(&c);
	free(path);
}

static double random_normal(void)
{
	double sum = 0;

	for (int i = 0; i < 12; i++)
		sum += random_below(1000001) / 1e6;
	return sum - 6;
}

/* Candidates of two kinds, their log-odds right for a share of .4; the corpora at hand hold far fewer true ones, or more. */
static void probabilities_hold_where_true_pairs_are_rarer_or_denser(void **state)
{
	static const double shares[] = { .025, .1, .6 };
	enum { N = 120000 };
	const double trained = .4, apart = 4;
	double *odds = xmalloc(N * sizeof *odds);
	bool *right = xmalloc(N * sizeof *right);

	(void)state;
	random_state = 7;
	for (size_t k = 0; k < 3; k++) {
		double prior, shift, mean = 0, hits = 0, n = 0;

		for (size_t i = 0; i < N; i++) {
			right[i] = random_below(10000) < shares[k] * 10000;
			double x = random_normal() + (right[i] ? apart / 2 : -apart / 2);

			odds[i] = apart * x + log(trained / (1 - trained));
		}
		prior = rescore_prior(odds, N, trained);
		assert_true(fabs(prior - shares[k]) < .01);
		shift = log(prior / (1 - prior)) - log(trained / (1 - trained));
		for (size_t i = 0; i < N; i++) {
			double p = 1 / (1 + exp(-(odds[i] + shift)));

			if (p < .85 || p > .95)
				continue;
			mean += p;
			hits += right[i];
			n++;
		}
		assert_true(n > 100);
		assert_true(fabs(hits / n - mean / n) < .05);
	}
	free(odds);
	free(right);
}

/* Lengths of translations that are twice as long, give or take. */
static void lengths_are_fitted_to_the_pairs_at_hand(void **state)
{
	struct length_model before = length_model_of(1), fitted, back;
	double x[400], y[400];

	(void)state;
	random_state = 3;
	for (size_t i = 0; i < 400; i++) {
		x[i] = 40 + random_below(60);
		y[i] = 2 * x[i] + random_normal() * sqrt(2 * 2 * x[i]);
	}
	fitted = length_model_fit(&before, x, y, 400);
	assert_true(fabs(fitted.ratio - 2) < .12);
	assert_true(fitted.variance > 1 && fitted.variance < 4);
	assert_true(length_surprise(50, 100, &fitted) < length_surprise(50, 100, &before));
	back = length_model_reverse(&fitted);
	assert_true(fabs(length_surprise(50, 130, &fitted) - length_surprise(130, 50, &back)) < 1e-9);
}

static void assert_same_pairs(const struct mined *a, const struct mined *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(a[i].candidate.edge.x, b[i].candidate.edge.x);
		assert_int_equal(a[i].candidate.edge.y, b[i].candidate.edge.y);
		assert_memory_equal(&a[i].score, &b[i].score, sizeof(double));
	}
}

static void assert_same(const struct mining *a, const struct mining *b)
{
	assert_int_equal(a->pairs.n, b->pairs.n);
	assert_int_equal(a->candidates.n, b->candidates.n);
	assert_same_pairs(a->pairs.v, b->pairs.v, a->pairs.n);
	assert_same_pairs(a->candidates.v, b->candidates.v, a->candidates.n);
}

static void is_the_same_for_any_number_of_threads(void **state)
{
	struct corpus c;
	struct mining one, three;

	(void)state;
	make_corpus(&c);
	mine_corpus(&one, &c, NULL, 1);
	mine_corpus(&three, &c, NULL, 3);
	assert_same(&one, &three);
	mining_free(&one);
	mining_free(&three);
	free_corpus(&c);
}

/* The least that will do is found from what is refused: there candidates lie in a file. */
static void is_the_same_within_any_memory_that_will_do(void **state)
{
	struct corpus c;
	struct mining ample, scarce;
	struct error err = { 0 };
	size_t memory = 1 << 20;

	(void)state;
	make_corpus(&c);
	mine_corpus(&ample, &c, NULL, 2);
	assert_int_equal(ample.on_disk, 0);
	assert_int_equal(mine_within(&scarce, &c, NULL, 2, memory, &err), TAMIS_ELIMIT);
	assert_non_null(strstr(err.msg, "at least"));
	while (mine_within(&scarce, &c, NULL, 2, memory, &err) == TAMIS_ELIMIT)
		memory += 20000;
	assert_int_equal(scarce.on_disk, scarce.candidates.n * sizeof *scarce.candidates.v);
	assert_same(&ample, &scarce);
	mining_free(&scarce);
	setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(mine_within(&scarce, &c, NULL, 2, memory, &err), TAMIS_EIO);
	unsetenv("TMPDIR");
	mining_free(&ample);
	free_corpus(&c);
}

static void stops_when_cancelled(void **state)
{
	struct corpus c;
	struct mining m;
	struct error err = { 0 };
	atomic_bool cancel = true;
	struct mine_request r = MINE_REQUEST_DEFAULT;

	(void)state;
	make_corpus(&c);
	r.lang_x = lang("en");
	r.lang_y = lang("sw");
	r.x = c.x_lines;
	r.n_x = LINES;
	r.y = c.y_lines;
	r.n_y = LINES;
	r.cancel = &cancel;
	assert_int_equal(mine(&m, &r, &err), TAMIS_ECANCEL);
	free_corpus(&c);
}

static void survives_empty_lines_and_empty_sides(void **state)
{
	struct span lines[] = { { "", 0 }, { "\xff\xfe", 2 }, { "one word", 8 }, { "!!!", 3 } };
	struct mine_request r = MINE_REQUEST_DEFAULT;
	struct mining m;
	struct error err = { 0 };

	(void)state;
	r.lang_x = lang("en");
	r.lang_y = lang("de");
	r.x = r.y = lines;
	r.n_x = 4;
	r.n_y = 4;
	assert_int_equal(mine(&m, &r, &err), 0);
	mining_free(&m);
	r.n_y = 0;
	assert_int_equal(mine(&m, &r, &err), 0);
	assert_int_equal(m.pairs.n, 0);
	mining_free(&m);
}

/* Brown et al. 1993's own example shape: "la maison / la fleur" teaches maison = house. */
static void model1_learns_from_what_occurs_together(void **state)
{
	static const uint32_t la_maison[] = { 0, 1 }, the_house[] = { 0, 1 }, la_fleur[] = { 0, 2 }, the_flower[] = { 0, 2 };
	struct parallel p = { 0 };
	struct model1 m = { { 0 } };
	double house = 0, wrong = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		parallel_add(&p, la_maison, 2, the_house, 2);
		parallel_add(&p, la_fleur, 2, the_flower, 2);
	}
	model1_train(&m, &p, 3, 3, 5, false, 2);
	vec_each(&m.pairs, i) {
		if (m.pairs.v[i].x == 1 && m.pairs.v[i].y == 1)
			house = (double)m.pairs.v[i].forward;
		if (m.pairs.v[i].x == 1 && m.pairs.v[i].y == 0)
			wrong = (double)m.pairs.v[i].forward;
	}
	assert_true(house > 3 * wrong);
	model1_free(&m);
	parallel_free(&p);
}

static void assert_sounds_alike(const char *a, const char *b, size_t letters)
{
	char x[SOUND_MAX], y[SOUND_MAX];

	assert_true(sound_of(x, span_of(a)) >= letters);
	assert_true(sound_of(y, span_of(b)) >= letters);
	assert_memory_equal(x, y, letters);
}

static void cognates_sound_alike_across_spellings_and_scripts(void **state)
{
	char x[SOUND_MAX], y[SOUND_MAX];
	bool katakana;
	size_t n;

	(void)state;
	assert_sounds_alike("kontext", "context", 5);
	assert_sounds_alike("механизм", "mehanism", 5);
	assert_sounds_alike("photograph", "фотограф", 5);
	n = sound_skeleton(x, span_of("server"), &katakana);
	assert_false(katakana);
	assert_true(sound_skeleton(y, span_of("サーバー"), &katakana) >= n);
	assert_true(katakana);
	assert_memory_equal(x, y, n);
	assert_int_equal(sound_of(x, span_of("漢字")), 0);
}

static void cleaning_gives_its_reasons(void **state)
{
	struct cleaner c;

	(void)state;
	cleaner_init(&c, lang("en"), true);
	assert_int_equal(clean_sentence(&c, span_of("A sentence like any other.")), CLEAN_OK);
	assert_int_equal(clean_sentence(&c, span_of("a sentence, like any OTHER")), CLEAN_DUPLICATE);
	assert_int_equal(clean_sentence(&c, span_of("A sentence like any other.")), CLEAN_REPEATED);
	assert_int_equal(clean_sentence(&c, span_of("© 2019 Example Ltd. All Rights Reserved.")), CLEAN_BOILERPLATE);
	assert_int_equal(clean_sentence(&c, span_of("示例公司 版权所有")), CLEAN_BOILERPLATE);
	assert_int_equal(clean_sentence(&c, span_of("See <a href=x>this</a> page.")), CLEAN_MARKUP);
	assert_int_equal(clean_sentence(&c, span_of("12 34 56 78 90 --- ab c")), CLEAN_FEW_LETTERS);
	assert_int_equal(clean_sentence(&c, span_of("")), CLEAN_SHORT);
	assert_int_equal(clean_sentence(&c, span_of("Die Regierung hat gestern beschlossen, dass die Straßen der Stadt im nächsten Jahr erneuert werden.")),
			 CLEAN_OTHER_LANGUAGE);
	assert_int_equal(clean_sentence(&c, span_of("Google Earth 在哪里？")), CLEAN_OTHER_LANGUAGE);
	assert_int_equal(clean_sentence(&c, span_of("Где это?")), CLEAN_OTHER_LANGUAGE);
	assert_int_equal(clean_sentence(&c, span_of("The Japanese write the name of their own country as 日本.")), CLEAN_OK);
	assert_int_equal(clean_sentence(&c, span_of("Great! 😀😀😀")), CLEAN_OK);
	assert_int_equal(clean_pair(span_of("Same text"), span_of("same TEXT!")), CLEAN_COPY);
	assert_int_equal(clean_pair(span_of("Many programs create certificates by default (see sidebar SECURITY Certificates)."),
				    span_of("Many programs create certificates by default (viz rámeček BEZPEČNOST Certificates).")), CLEAN_COPY);
	assert_int_equal(clean_pair(span_of("Run apt-get update and then apt-get install postfix as root."),
				    span_of("Führen Sie als root apt-get update und danach apt-get install postfix aus.")), CLEAN_OK);
	assert_int_equal(clean_pair(span_of("One"), span_of("A sentence that is very much longer than one word can ever be")),
			 CLEAN_LENGTH_RATIO);
	cleaner_free(&c);
	cleaner_init(&c, lang("zh"), true);
	assert_int_equal(clean_sentence(&c, span_of("Many programs create and use snakeoil certificates by default (see sidebar 安全 Snake oil SSL 证书).")),
			 CLEAN_OTHER_LANGUAGE);
	assert_int_equal(clean_sentence(&c, span_of("请用 apt-get install build-essential 命令安装编译器")), CLEAN_OK);
	cleaner_free(&c);
}

/* ---- alignment ---- */

static void aligns_merged_and_missing_sentences(void **state)
{
	struct corpus c;
	struct buf merged = BUF_INIT;
	struct span y[60];
	struct align_request r = { .threads = 2 };
	struct alignment a;
	struct error err = { 0 };
	size_t n = 0, right = 0;

	(void)state;
	make_corpus(&c);
	buf_reserve(&merged, 1 << 16);
	for (size_t i = 0; i < 60; i++) { /* sentences 10 and 11 are one, 30 is missing */
		struct span line = c.y_lines[LINES - 1 - i];
		size_t at = merged.len;

		if (i == 30)
			continue;
		buf_addspan(&merged, line);
		if (i == 10) {
			buf_addspan(&merged, c.y_lines[LINES - 2 - i]);
			i++;
		}
		y[n++] = span_make(merged.p + at, merged.len - at);
	}
	r.lang_x = lang("en");
	r.lang_y = lang("sw");
	r.x = c.x_lines;
	r.n_x = 60;
	r.y = y;
	r.n_y = n;
	r.lexicon = &c.lexicon;
	assert_int_equal(align(&a, &r, &err), 0);
	vec_each(&a.beads, i) {
		const struct bead *b = &a.beads.v[i];

		right += b->x == 10 && b->nx == 2 && b->y == 10 && b->ny == 1;
		right += b->x == 30 && b->nx == 1 && b->ny == 0;
		right += b->x == 59 && b->nx == 1 && b->y == n - 1 && b->ny == 1;
	}
	assert_int_equal(right, 3);
	/* A pin moves the boundary, and nothing crosses it. */
	struct pin pin = { 20, 22 };

	assert_int_equal(align_again(&a, &pin, 1, 1, &err), 0);
	size_t x = 0, yy = 0;

	vec_each(&a.beads, i) {
		const struct bead *b = &a.beads.v[i];

		assert_int_equal(b->nx ? b->x : x, x);
		assert_int_equal(b->ny ? b->y : yy, yy);
		x += b->nx;
		yy += b->ny;
		assert_true((x <= 20 && yy <= 22) || (x >= 20 && yy >= 22));
	}
	assert_int_equal(x, 60);
	assert_int_equal(yy, n);
	alignment_free(&a);
	buf_free(&merged);
	free_corpus(&c);
}

static void scores_alignments_as_vecalign_does(void **state)
{
	static const struct bead found[] = { { 0, 0, 1, 1, 0, 0 }, { 1, 1, 2, 1, 0, 0 }, { 3, 2, 0, 1, 0, 0 }, { 3, 3, 1, 1, 0, 0 } };
	static const struct gold_bead gold[] = { { 0, 0, 1, 1, 1 }, { 1, 1, 1, 1, 2 }, { 2, 2, 1, 1, 3 }, { 3, 3, 1, 1, 4 } };
	struct align_score s;

	(void)state;
	align_score(&s, found, 4, gold, 4);
	assert_int_equal(s.found, 4);
	assert_int_equal(s.found_strict, 2);
	assert_int_equal(s.found_lax, 3);
	assert_int_equal(s.gold, 4);
	assert_int_equal(s.gold_strict, 2);
	assert_int_equal(s.gold_lax, 3);
}

/* Messages of one template, "cannot open <name>": the words they share are found in right and wrong pairs alike, the name in right ones
 * only; every tenth name is in no dictionary. */
static void the_word_that_differs_tells_and_the_template_does_not(void **state)
{
	enum { MESSAGES = 100 };
	struct buf text = BUF_INIT;
	struct span lines[MESSAGES];
	size_t at[MESSAGES + 1] = { 0 };
	struct side a, b;
	struct link_list links = { { 0 } };
	struct link_table table;
	struct evidence e = { NULL, NULL };
	struct witness seen[2 * MESSAGES];
	struct word_cover cover;
	struct testimony t;

	(void)state;
	for (unsigned i = 0; i < MESSAGES; i++) {
		buf_adds(&text, "kannot oppen ");
		add_word(&text, "kar", i);
		at[i + 1] = text.len;
	}
	for (size_t i = 0; i < MESSAGES; i++)
		lines[i] = span_make(text.p + at[i], at[i + 1] - at[i]);
	side_build(&a, lang("sw"), lines, MESSAGES, NULL);
	side_build(&b, lang("sw"), lines, MESSAGES, NULL);
	for (uint32_t w = 0; w < a.forms.n; w++)
		if (w < 10 || w % 10)
			vec_push(&links.links, (struct link){ w, w, 1, LINK_DICTIONARY });
	link_table_build(&table, &links, a.forms.n);
	for (uint32_t i = 0; i < MESSAGES; i++) {
		seen[2 * i] = (struct witness){ i, i, 1 };
		seen[2 * i + 1] = (struct witness){ i, (i + 1) % MESSAGES, 0 };
	}
	evidence_learn(&e, seen, 2 * MESSAGES, &a, &b, &table);
	assert_true(fabs((double)e.x[side_words(&a, 5)[0].word].found) < .1);
	assert_true(e.x[side_words(&a, 5)[2].word].found > 1);
	assert_true(e.x[side_words(&a, 5)[2].word].missing < -1);
	word_cover_of(&cover, &a, 5, &b, 6, &table);
	t = testimony_of(e.x, &a, 5, cover.x);
	assert_true(t.worst < -1 && t.missing < -1);
	word_cover_of(&cover, &a, 5, &b, 5, &table);
	t = testimony_of(e.x, &a, 5, cover.x);
	assert_true(t.found > 1 && t.missing > -1e-6);
	/* A name that nobody knows is missing everywhere and tells nothing. */
	word_cover_of(&cover, &a, 28, &b, 29, &table);
	assert_int_equal(side_words(&a, 28)[2].word % 10, 0);
	t = testimony_of(e.x, &a, 28, cover.x);
	assert_true(fabs(t.missing) < .5);
	evidence_free(&e);
	link_table_free(&table);
	link_list_free(&links);
	side_free(&a);
	side_free(&b);
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_hidden_pairs_and_rejects_noise),
		cmocka_unit_test(probability_needs_no_threshold_of_its_own),
		cmocka_unit_test(probabilities_hold_where_true_pairs_are_rarer_or_denser),
		cmocka_unit_test(lengths_are_fitted_to_the_pairs_at_hand),
		cmocka_unit_test(is_the_same_for_any_number_of_threads),
		cmocka_unit_test(is_the_same_within_any_memory_that_will_do),
		cmocka_unit_test(the_word_that_differs_tells_and_the_template_does_not),
		cmocka_unit_test(stops_when_cancelled),
		cmocka_unit_test(survives_empty_lines_and_empty_sides),
		cmocka_unit_test(model1_learns_from_what_occurs_together),
		cmocka_unit_test(cognates_sound_alike_across_spellings_and_scripts),
		cmocka_unit_test(cleaning_gives_its_reasons),
		cmocka_unit_test(aligns_merged_and_missing_sentences),
		cmocka_unit_test(scores_alignments_as_vecalign_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
